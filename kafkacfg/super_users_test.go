package kafkacfg

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/properties"
)

// What AclAuthorizer.configure and StandardAuthorizer.configure do with super.users, run on 2.5.0 and 3.9.2: Error stands for an
// IllegalArgumentException, and 0 for nothing to say.
func TestSuperUsers(t *testing.T) {
	for _, c := range []struct {
		users         string
		acl, standard finding.Severity
	}{
		{"User:a", 0, 0},
		{"User:a;", 0, 0},
		{"User:a;;", 0, 0},
		{"User:a; User:b", 0, 0},
		{"", 0, 0},
		{"admin", finding.Error, finding.Error},
		{"User:a;;User:b", finding.Error, 0},
		{";User:a", finding.Error, 0},
		{"User:a; ", finding.Error, 0},
		{":a", finding.Warning, finding.Warning},
		{"User:", finding.Warning, finding.Warning},
	} {
		for authorizer, want := range map[string]finding.Severity{
			"zookeeper.connect=z:2181\nauthorizer.class.name=" + aclAuthorizer:             c.acl,
			"process.roles=broker\nnode.id=1\nauthorizer.class.name=" + standardAuthorizer: c.standard,
		} {
			f, err := properties.Parse("server.properties", []byte(authorizer+"\nsuper.users="+c.users+"\n"))
			require.NoError(t, err)
			r, err := Validate(f, Options{Release: "3.9.2", Kind: Broker})
			require.NoError(t, err)
			var got finding.Severity
			for _, x := range r.Findings {
				if x.ID == "kafka-super-users-syntax" {
					got = max(got, x.Severity)
				}
			}
			require.Equal(t, want, got, "%s, super.users=%s", authorizer, c.users)
		}
	}
}
