package node

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/kafkacfg"
	"github.com/kcfg/kcfg/properties"
)

// TestBearerAddresses: what the real channel builders said of these addresses, before they connected to one.
func TestBearerAddresses(t *testing.T) {
	const (
		listenerAndMechanism = "listener.name.sasl_plaintext.oauthbearer."

		address = "https://login.example.com/t"
		token   = "sasl.oauthbearer.token.endpoint.url="
		keys    = "sasl.oauthbearer.jwks.endpoint.url="
	)
	fetches := bearerLogin + handler("oauthbearer", "login", tokenHandlers[1])
	checks := bearerLogin + handler("oauthbearer", "server", validators[1]) + "sasl.oauthbearer.expected.audience=kafka\nsasl.oauthbearer.expected.issuer=me\n" + keys + "https://k.example.com/"
	forbidden := keys[:len(keys)-1] + " is https://k.example.com/, which the JVM's options do not allow"
	class := listenerAndMechanism + serverHandlerKey
	for _, c := range []struct {
		name    string
		release kafkacfg.Release
		options string // of the JVM
		more    string
		want    string
	}{
		{"allowed to all", "3.9.1", "-Dx=y", fetches + token + address, ""},
		{"not allowed", "4.0.0", "-Dx=y", fetches + token + address, token[:len(token)-1] + " is " + address + ", which the JVM's options do not allow"},
		{"allowed", "4.0.0", "-D" + allowedURLs + "=https://a.example.com/," + address, fetches + token + address, ""},
		{"another one is allowed", "4.4.0", "-D" + allowedURLs + "=" + address + "/", fetches + token + address, token[:len(token)-1] + " is " + address + ", which the JVM's options do not allow"},
		{"under the mechanism", "4.4.0", "-Dx=y", fetches + jaasOf("oauthbearer", token+address), listenerAndMechanism + token[:len(token)-1] + " is " + address + ", which the JVM's options do not allow"},
		{"another protocol", "3.9.0", "-Dx=y", fetches + token + "ftp://x/y", token[:len(token)-1] + " is ftp://x/y, which is no address of https, http or file"},
		{"no protocol", "4.4.0", "-Dx=y", fetches + token + "login.example.com", token[:len(token)-1] + " is login.example.com, which is no address of https, http or file"},
		{"a file", "4.0.1", "-Dx=y", fetches + token + "file:/t", token[:len(token)-1] + " is file:/t, which the JVM's options do not allow"},
		{"a file, which has its own list", "4.1.0", "-Dx=y", fetches + token + "file:/t", ""},
		{"keys not allowed", "4.0.1", "-D" + allowedURLs + "=" + address, checks, forbidden},
		{"keys not allowed", "4.1.2", "-Dx=y", checks, forbidden},
		{"keys not looked at", "4.1.1", "-Dx=y", checks, ""},
		{"keys allowed", "4.4.0", "-D" + allowedURLs + "=https://k.example.com/", checks, ""},
		{"a validator of one's own", "4.4.0", "-Dx=y", checks + "\nsasl.oauthbearer.jwt.validator.class=org.apache.kafka.common.security.oauthbearer.ClientJwtValidator", ""},
		{"no audience", "4.4.0", "-D" + allowedURLs + "=https://k.example.com/", checks + "\nsasl.oauthbearer.expected.audience=", class + " checks tokens, but sasl.oauthbearer.expected.audience is not set"},
		{"no issuer", "4.4.0", "-Dx=y", checks + "\nsasl.oauthbearer.expected.issuer=", class + " checks tokens, but sasl.oauthbearer.expected.issuer is not set"},
		{"no issuer", "4.3.1", "-D" + allowedURLs + "=https://k.example.com/", checks + "\nsasl.oauthbearer.expected.issuer=", ""},
		{"nothing uses it", "4.4.0", "-Dx=y", bearerLogin + token + address, ""},
	} {
		config, _ := saslCase(c.name, "OAUTHBEARER", c.more+"\n").render(false, "/ks")
		f, err := properties.Parse("server.properties", []byte(base(c.release)+config))
		require.NoError(t, err)
		r, err := Validate(f, Options{
			Options: kafkacfg.Options{Release: c.release, Kind: kafkacfg.Broker, Env: func(name string) (string, bool) { return c.options, name == "KAFKA_OPTS" }},
			Root:    os.DirFS(t.TempDir()), Through: finding.Security,
		})
		require.NoError(t, err)
		got := ""
		for _, x := range r.Findings {
			if x.Refuses() && x.Stage == finding.Security {
				got += x.Message
			}
		}
		require.Equal(t, c.want, got, "%s\n%s", c.name, describe(r))
	}
}

// TestBearerAddressWithoutTheJVM: where nothing tells of the JVM's options, it is told what was not looked at.
func TestBearerAddressWithoutTheJVM(t *testing.T) {
	config, _ := saslCase("", "OAUTHBEARER", bearerLogin+handler("oauthbearer", "login", tokenHandlers[1])+"sasl.oauthbearer.token.endpoint.url=https://a/\n").render(false, "/ks")
	f, err := properties.Parse("server.properties", []byte(base("4.4.0")+config))
	require.NoError(t, err)
	r, err := Validate(f, Options{Options: kafkacfg.Options{Release: "4.4.0", Kind: kafkacfg.Broker}, Root: os.DirFS(t.TempDir()), Through: finding.Security})
	require.NoError(t, err)
	require.Equal(t, finding.Accepts, r.Verdict, describe(r))
	var said []string
	for _, x := range r.Findings {
		if x.ID == "kafka-files-not-seen" {
			said = append(said, x.Message)
		}
	}
	require.Equal(t, []string{"not looked at: the JVM's options, whose " + allowedURLs + " has to allow sasl.oauthbearer.token.endpoint.url"}, said)
}
