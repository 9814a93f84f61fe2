package node

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/kafkacfg"
	"github.com/kcfg/kcfg/properties"
)

// The cases of what a mechanism is given beside its login module, and what the real channel builders say of each; they are
// asked again by TestKafkaBuildsChannelsAsJudged.
var handlerCases = []struct {
	asked
	release kafkacfg.Release
	want    string // the messages of the findings that refuse, or nothing
}{
	{saslCase("handler that is none", "PLAIN", plainLogin+handler("plain", "login", "java.lang.String")), "3.9.1",
		"listener.name.sasl_plaintext.plain.sasl.login.callback.handler.class is java.lang.String, of which no callback handler can be made"},
	{saslCase("handler without a constructor", "PLAIN", plainLogin+handler("plain", "server", "org.apache.kafka.common.security.scram.internals.ScramServerCallbackHandler")), "4.4.0",
		"listener.name.sasl_plaintext.plain.sasl.server.callback.handler.class is org.apache.kafka.common.security.scram.internals.ScramServer…, of which no callback handler can be made"},
	{saslCase("handler under no mechanism", "PLAIN", plainLogin+"sasl.login.callback.handler.class=java.lang.String\n"), "3.9.1", ""},
	{saslCase("handler of the mechanism", "PLAIN", plainLogin+handler("plain", "server", "org.apache.kafka.common.security.plain.internals.PlainServerCallbackHandler")), "3.9.1", ""},
	{saslCase("handler of another mechanism", "PLAIN", plainLogin+handler("plain", "server", unsecuredHandler)), "3.9.1",
		"listener.name.sasl_plaintext.plain.sasl.server.callback.handler.class is org.apache.kafka.common.security.oauthbearer.internals.unsec…, which serves OAUTHBEARER and no other mechanism"},
	{saslCase("login that is none", "PLAIN", plainLogin+jaasOf("plain", "sasl.login.class=java.lang.String")), "3.9.1",
		"listener.name.sasl_plaintext.plain.sasl.login.class is java.lang.String, of which no login can be made"},
	{saslCase("abstract login", "PLAIN", plainLogin+jaasOf("plain", "sasl.login.class=org.apache.kafka.common.security.authenticator.AbstractLogin")), "3.9.1",
		"listener.name.sasl_plaintext.plain.sasl.login.class is org.apache.kafka.common.security.authenticator.AbstractLogin, of which no login can be made"},
	{saslCase("login of Kerberos without a service name", "PLAIN", plainLogin+jaasOf("plain", "sasl.login.class="+kerberosLogin)), "3.9.1",
		"sasl.kerberos.service.name is not set, nor serviceName in the login of SASL_PLAINTEXT"},
	{saslCase("key table that is not used", "GSSAPI", kerberosService+jaas1("gssapi", krb5Module+` required keyTab="/nope" principal="kafka/h@R";`)), "3.9.1",
		"listener.name.sasl_plaintext.gssapi.sasl.jaas.config has a keyTab, but not useKeyTab=true"},
	{saslCase("no key table", "GSSAPI", kerberosService+jaas1("gssapi", krb5Module+` required storeKey=true principal="kafka/h@R";`)), "3.9.1",
		"listener.name.sasl_plaintext.gssapi.sasl.jaas.config has neither useKeyTab=true nor useTicketCache=true, and nobody is there to ask for a password"},
	{saslCase("module of tokens for PLAIN", "PLAIN", jaas1("plain", bearerModule+" required;")), "3.9.1",
		"listener.name.sasl_plaintext.plain.sasl.jaas.config has org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule, but the login of PLAIN has no token for it"},
	{saslCase("token's handler under no mechanism", "OAUTHBEARER", jaas1("oauthbearer", bearerModule+` required clientId="x";`)+"sasl.login.callback.handler.class="+tokenHandlers[0]+"\n"), "3.9.1",
		"listener.name.sasl_plaintext.oauthbearer.sasl.jaas.config has options but no unsecuredLoginStringClaim_sub: no token can be made"},
	{saslCase("handler that has no token", "OAUTHBEARER", bearerLogin+handler("oauthbearer", "login", "org.apache.kafka.common.security.plain.internals.PlainServerCallbackHandler")), "2.8.2",
		"listener.name.sasl_plaintext.oauthbearer.sasl.login.callback.handler.class is org.apache.kafka.common.security.plain.internals.PlainServer…, which has no token for org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule"},
	{saslCase("handler that fetches tokens from nowhere", "OAUTHBEARER", bearerLogin+handler("oauthbearer", "login", tokenHandlers[0])), "3.9.1",
		"listener.name.sasl_plaintext.oauthbearer.sasl.login.callback.handler.class fetches tokens, but sasl.oauthbearer.token.endpoint.url is not set"},
	{saslCase("handler that checks without keys", "OAUTHBEARER", bearerLogin+handler("oauthbearer", "server", validators[1])), "4.0.2",
		"listener.name.sasl_plaintext.oauthbearer.sasl.server.callback.handler.class checks signatures, but sasl.oauthbearer.jwks.endpoint.url is not set"},
	{saslCase("handler that checks nothing", "OAUTHBEARER", bearerLogin+handler("oauthbearer", "server", validators[1])), "4.2.1", ""},
	{saslCase("handler that checks again", "OAUTHBEARER", bearerLogin+handler("oauthbearer", "server", validators[1])), "4.2.2",
		"listener.name.sasl_plaintext.oauthbearer.sasl.server.callback.handler.class checks signatures, but sasl.oauthbearer.jwks.endpoint.url is not set"},
	{saslCase("handler that checks for PLAIN", "PLAIN", plainLogin+handler("plain", "server", validators[1])), "4.1.2", ""},
	{asked{"engines of no factory", "SSL", "ssl.engine.factory.class=java.lang.String\n"}, "3.9.1",
		"ssl.engine.factory.class is java.lang.String, of which no engine factory can be made"},
	{asked{"provider in lower case", "SSL", "ssl.provider=sunjsse\n"}, "3.9.1", "ssl.provider is sunjsse, which Java does not know"},
	{tlsCase("PKCS12 as exact JKS", "leafok.p12", "", "ssl.keystore.type=CaseExactJKS\n"), "3.9.1", "@KS@/leafok.p12 is no store of type CaseExactJKS: it is PKCS12"},
	{tlsCase("PKCS12 as a domain of stores", "leafok.p12", "", "ssl.keystore.type=DKS\n"), "3.9.1", ""},
	{tlsCase("JKS as exact JKS", "keypass.jks", "", "ssl.keystore.type=CaseExactJKS\nssl.key.password=differs\n"), "3.9.1", ""},
}

const (
	plainLogin      = "listener.name.sasl_plaintext.plain.sasl.jaas.config=" + plain1 + ";\n"
	kerberosService = "sasl.kerberos.service.name=kafka\n"

	bearerLogin = "listener.name.sasl_plaintext.oauthbearer.sasl.jaas.config=" + bearerModule + " required;\n"
)

func jaasOf(mechanism, setting string) string {
	return "listener.name.sasl_plaintext." + mechanism + "." + setting + "\n"
}

func handler(mechanism, side, class string) string {
	return jaasOf(mechanism, "sasl."+side+".callback.handler.class="+class)
}

func TestClassesOfLogins(t *testing.T) {
	root := withStores(t)
	for _, c := range handlerCases {
		config, _ := c.render(false, "/ks")
		verdict, r := judged(t, root, c.release, config)
		var said []string
		for _, f := range r.Findings {
			if f.Refuses() && f.Stage == finding.Security {
				said = append(said, f.Message)
			}
		}
		got := strings.ReplaceAll(strings.Join(said, "\n"), "/ks/", "@KS@/")
		require.Equal(t, c.want, got, c.name)
		require.Equal(t, c.want != "", verdict == "R", "%s: %s", c.name, describe(r))
	}
}

// A client's channel reads the rules too, as they stand.
func TestMappingRulesOfAClient(t *testing.T) {
	for rules, want := range map[string]string{
		"RULE:a/b/LU": `ssl.principal.mapping.rules is neither DEFAULT nor RULE:pattern/replacement/[LU]: "RULE:a/b/LU"`,
		"RULE:a/b/U":  "",
	} {
		f, err := properties.Parse("client.properties", []byte("bootstrap.servers=h:1\nsecurity.protocol=SSL\nssl.principal.mapping.rules="+rules+"\n"))
		require.NoError(t, err)
		r, err := Validate(f, Options{Options: kafkacfg.Options{Release: "3.9.1", Kind: kafkacfg.Admin}, Through: finding.Security})
		require.NoError(t, err)
		got := ""
		for _, x := range r.Findings {
			if x.Refuses() {
				got += x.Message
			}
		}
		require.Equal(t, want, got)
	}
}
