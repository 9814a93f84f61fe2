package kafkacfg

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/properties"
)

// Kafka's own authorizers trim what they read, allow.everyone.if.no.acl.found since 3.6; others need not.
func TestBlanksBehindWhatAuthorizersRead(t *testing.T) {
	for _, c := range []struct {
		release    Release
		authorizer string
		line       string
		want       finding.Severity
	}{
		{"3.5.2", aclAuthorizer, "super.users=User:admin  \n", finding.Info},
		{"4.4.0", standardAuthorizer, "super.users=User:admin  \n", finding.Info},
		{"4.4.0", "com.acme.Authorizer", "super.users=User:admin  \n", finding.Warning},
		{"3.5.2", aclAuthorizer, "allow.everyone.if.no.acl.found=false \n", finding.Warning},
		{"3.6.0", aclAuthorizer, "allow.everyone.if.no.acl.found=false \n", finding.Info},
		{"4.4.0", standardAuthorizer, "com.acme.key=x \n", finding.Warning},
	} {
		f, err := properties.Parse("server.properties", []byte("authorizer.class.name="+c.authorizer+"\n"+c.line))
		require.NoError(t, err)
		r, err := Validate(f, Options{Release: c.release, Kind: Broker})
		require.NoError(t, err)
		var got finding.Severity
		for _, x := range r.Findings {
			if x.ID == "file-trailing-blank" {
				got = x.Severity
				require.Equal(t, got == finding.Info, x.Fix.Safe, c.line)
			}
		}
		require.Equal(t, c.want, got, "%s %s %s", c.release, c.authorizer, c.line)
	}
}
