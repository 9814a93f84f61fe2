package node

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/internal/reference"
	"github.com/kcfg/kcfg/kafkacfg"
)

// asked is a listener's settings for the real classes, beyond those of the stored table. {L} stands for a listener's
// prefix; @KS@ for the directory of the stores.
type asked struct {
	name, protocol, settings string
}

const plain1 = `org.apache.kafka.common.security.plain.PlainLoginModule required username="a" password="b" user_a="b"`

func tlsCase(name, keystore, truststore, more string) asked {
	s := ""
	if keystore != "" {
		s += "ssl.keystore.location=@KS@/" + keystore + "\nssl.keystore.password=changeit\nssl.keystore.type=PKCS12\n"
	}
	if truststore != "" {
		s += "ssl.truststore.location=@KS@/" + truststore + "\nssl.truststore.password=changeit\nssl.truststore.type=PKCS12\n"
	}
	return asked{name, "SSL", s + more}
}

func pemCase(name, keystore, more string) asked {
	return asked{name, "SSL", "ssl.keystore.type=PEM\nssl.keystore.location=@KS@/" + keystore + "\nssl.truststore.type=PEM\nssl.truststore.location=@KS@/good.crt\n" + more}
}

func saslCase(name, mechanisms, more string) asked {
	return asked{name, "SASL_PLAINTEXT", "sasl.enabled.mechanisms=" + mechanisms + "\n" + more}
}

func jaas1(mechanism, value string) string {
	return "listener.name.sasl_plaintext." + mechanism + ".sasl.jaas.config=" + value + "\n"
}

var questions = []asked{
	tlsCase("chain through an intermediate", "leafinter.p12", "ts-ca.p12", ""),
	tlsCase("intermediate missing", "leafnointer.p12", "ts-ca.p12", ""),
	tlsCase("intermediate as anchor", "leafnointer.p12", "ts-intermediate.p12", ""),
	tlsCase("intermediate as anchor, chain complete", "leafinter.p12", "ts-intermediate.p12", ""),
	tlsCase("no extended key usage, client auth", "leafnoeku.p12", "ts-ca.p12", "ssl.client.auth=required\n"),
	tlsCase("server only, requested", "leafserveronly.p12", "ts-ca.p12", "ssl.client.auth=requested\n"),
	tlsCase("both usages, required", "leafok.p12", "ts-ca.p12", "ssl.client.auth=required\n"),
	tlsCase("any usage, required", "leafanyusage.p12", "ts-ca.p12", "ssl.client.auth=required\n"),
	tlsCase("key encipherment alone", "leafkeyenc.p12", "ts-ca.p12", ""),
	tlsCase("leaf of the future", "leaffuture.p12", "ts-ca.p12", ""),
	tlsCase("garbage as key store", "garbage.p12", "ts-ca.p12", ""),
	tlsCase("empty file as key store", "empty.p12", "ts-ca.p12", ""),
	tlsCase("garbage as trust store", "leafok.p12", "garbage.p12", ""),
	tlsCase("empty location", "", "ts-ca.p12", "ssl.keystore.location=\nssl.keystore.password=changeit\n"),
	tlsCase("directory as key store", "", "ts-ca.p12", "ssl.keystore.location=@KS@\nssl.keystore.password=changeit\n"),
	tlsCase("empty key password", "leafok.p12", "ts-ca.p12", "ssl.key.password=\n"),
	tlsCase("key password as the store's", "leafok.p12", "ts-ca.p12", "ssl.key.password=changeit\n"),
	tlsCase("PKCS12 whose key has a password of its own", "twopasswords.p12", "ts-good.p12", "ssl.key.password=differs\n"),
	tlsCase("PKCS12 whose key has a password of its own, not given", "twopasswords.p12", "ts-good.p12", ""),
	tlsCase("PKCS12 whose key has a password of its own, the store's given", "twopasswords.p12", "ts-good.p12", "ssl.key.password=changeit\n"),
	tlsCase("PKCS12 with another key password", "good.p12", "ts-good.p12", "ssl.key.password=differs\n"),
	tlsCase("JCEKS for a PKCS12 store", "leafok.p12", "ts-ca.p12", "ssl.truststore.type=JCEKS\n"),
	tlsCase("lower-case jks", "leafok.p12", "ts-ca.p12", "ssl.truststore.type=jks\n"),
	tlsCase("TLSv1.2 alone", "leafok.p12", "ts-ca.p12", "ssl.enabled.protocols=TLSv1.2\n"),
	tlsCase("TLSv1.3 alone", "leafok.p12", "ts-ca.p12", "ssl.enabled.protocols=TLSv1.3\n"),
	tlsCase("TLSv1.1 and TLSv1.2", "leafok.p12", "ts-ca.p12", "ssl.enabled.protocols=TLSv1.1,TLSv1.2\n"),
	tlsCase("protocols in lower case", "leafok.p12", "ts-ca.p12", "ssl.enabled.protocols=tlsv1.2\n"),
	tlsCase("protocols with an unknown one", "leafok.p12", "ts-ca.p12", "ssl.enabled.protocols=TLSv1.2,TLSv9\n"),
	tlsCase("no protocols", "leafok.p12", "ts-ca.p12", "ssl.enabled.protocols=\n"),
	tlsCase("context TLSv1.2", "leafok.p12", "ts-ca.p12", "ssl.protocol=TLSv1.2\n"),
	tlsCase("context tls", "leafok.p12", "ts-ca.p12", "ssl.protocol=tls\n"),
	tlsCase("context SSLv3", "leafok.p12", "ts-ca.p12", "ssl.protocol=SSLv3\n"),
	tlsCase("context SSL", "leafok.p12", "ts-ca.p12", "ssl.protocol=SSL\n"),
	tlsCase("context TLSv1.1 with suites", "leafok.p12", "ts-ca.p12", "ssl.protocol=TLSv1.1\nssl.cipher.suites=TLS_AES_128_GCM_SHA256\n"),
	tlsCase("context TLSv1.2, protocol TLSv1.3", "leafok.p12", "ts-ca.p12", "ssl.protocol=TLSv1.2\nssl.enabled.protocols=TLSv1.3\n"),
	tlsCase("context TLSv1.2, protocol and suite of TLSv1.3", "leafok.p12", "ts-ca.p12", "ssl.protocol=TLSv1.2\nssl.enabled.protocols=TLSv1.3\nssl.cipher.suites=TLS_AES_128_GCM_SHA256\n"),
	tlsCase("context Default", "leafok.p12", "ts-ca.p12", "ssl.protocol=Default\n"),
	tlsCase("empty context", "leafok.p12", "ts-ca.p12", "ssl.protocol=\n"),
	tlsCase("suite of TLS 1.3", "leafok.p12", "ts-ca.p12", "ssl.cipher.suites=TLS_AES_256_GCM_SHA384\n"),
	tlsCase("suite of the key's kind", "leafok.p12", "ts-ca.p12", "ssl.cipher.suites=TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256\n"),
	tlsCase("suite of another kind of key", "leafok.p12", "ts-ca.p12", "ssl.cipher.suites=TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256\n"),
	tlsCase("suite of TLS 1.3 without the protocol", "leafok.p12", "ts-ca.p12", "ssl.cipher.suites=TLS_AES_256_GCM_SHA384\nssl.enabled.protocols=TLSv1.2\n"),
	tlsCase("suite of TLS 1.2 without the protocol", "leafok.p12", "ts-ca.p12", "ssl.cipher.suites=TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256\nssl.enabled.protocols=TLSv1.3\n"),
	tlsCase("disabled suite", "leafok.p12", "ts-ca.p12", "ssl.cipher.suites=TLS_ECDHE_ECDSA_WITH_RC4_128_SHA\n"),
	tlsCase("disabled suite beside a good one", "leafok.p12", "ts-ca.p12", "ssl.cipher.suites=SSL_RSA_WITH_NULL_MD5,TLS_AES_128_GCM_SHA256\n"),
	tlsCase("unknown suite beside a good one", "leafok.p12", "ts-ca.p12", "ssl.cipher.suites=TLS_AES_128_GCM_SHA256,TLS_NOPE\n"),
	tlsCase("DSS suite", "leafok.p12", "ts-ca.p12", "ssl.cipher.suites=TLS_DHE_DSS_WITH_AES_128_GCM_SHA256\n"),
	tlsCase("renegotiation alone", "leafok.p12", "ts-ca.p12", "ssl.cipher.suites=TLS_EMPTY_RENEGOTIATION_INFO_SCSV\n"),
	tlsCase("provider", "leafok.p12", "ts-ca.p12", "ssl.provider=SunJSSE\n"),
	tlsCase("provider without TLS", "leafok.p12", "ts-ca.p12", "ssl.provider=SunEC\n"),
	tlsCase("random", "leafok.p12", "ts-ca.p12", "ssl.secure.random.implementation=sha1prng\n"),
	tlsCase("DRBG", "leafok.p12", "ts-ca.p12", "ssl.secure.random.implementation=DRBG\n"),
	tlsCase("empty random", "leafok.p12", "ts-ca.p12", "ssl.secure.random.implementation=\n"),
	tlsCase("key manager PKIX", "leafok.p12", "ts-ca.p12", "ssl.keymanager.algorithm=PKIX\n"),
	tlsCase("key manager NewSunX509", "leafok.p12", "ts-ca.p12", "ssl.keymanager.algorithm=NewSunX509\n"),
	tlsCase("trust manager SunX509", "leafok.p12", "ts-ca.p12", "ssl.trustmanager.algorithm=SunX509\n"),
	tlsCase("unknown trust manager", "leafok.p12", "ts-ca.p12", "ssl.trustmanager.algorithm=Nope\n"),
	tlsCase("mapping rule", "leafok.p12", "ts-ca.p12", "ssl.principal.mapping.rules=RULE:^CN=(.*?),.*$/$1/L,DEFAULT\n"),
	tlsCase("mapping rule without end", "leafok.p12", "ts-ca.p12", "ssl.principal.mapping.rules=RULE:^CN=(.*?)$/$1\n"),
	tlsCase("mapping rule with a brace", "leafok.p12", "ts-ca.p12", "ssl.principal.mapping.rules=RULE:^CN={x/$1/\n"),
	tlsCase("mapping rule that looks ahead", "leafok.p12", "ts-ca.p12", "ssl.principal.mapping.rules=RULE:^CN=(?=a)[a-z&&[^b]]++/$1/\n"),
	tlsCase("mapping rule with X", "leafok.p12", "ts-ca.p12", "ssl.principal.mapping.rules=RULE:^CN=(.*?)$/$1/X\n"),
	tlsCase("mapping rule with L and more", "leafok.p12", "ts-ca.p12", "ssl.principal.mapping.rules=RULE:^CN=(.*?)$/$1/LX\n"),
	tlsCase("mapping rules empty", "leafok.p12", "ts-ca.p12", "ssl.principal.mapping.rules=\n"),
	tlsCase("mapping rules with stray commas", "leafok.p12", "ts-ca.p12", "ssl.principal.mapping.rules=,DEFAULT,,\n"),
	tlsCase("mapping rule default in lower case", "leafok.p12", "ts-ca.p12", "ssl.principal.mapping.rules=default\n"),
	tlsCase("mapping rule with a bad pattern", "leafok.p12", "ts-ca.p12", "ssl.principal.mapping.rules=RULE:^CN=(.*$/x/\n"),
	tlsCase("mapping rule with look-ahead", "leafok.p12", "ts-ca.p12", "ssl.principal.mapping.rules=RULE:^CN=(?!x)(.*)$/$1/\n"),
	tlsCase("mapping rule with a comma in its pattern", "leafok.p12", "ts-ca.p12", "ssl.principal.mapping.rules=RULE:^CN=(.*),OU=(.*),O=x$/$1@$2/U , DEFAULT\n"),
	tlsCase("listener's own key store, plain garbage", "garbage.p12", "ts-ca.p12", "{L}ssl.keystore.location=@KS@/leafok.p12\n"),
	tlsCase("listener's own password wrong", "leafok.p12", "ts-ca.p12", "{L}ssl.keystore.password=wrong1\n"),
	tlsCase("listener's client auth", "leafserveronly.p12", "ts-ca.p12", "{L}ssl.client.auth=required\n"),
	tlsCase("listener's client auth over required", "leafserveronly.p12", "ts-ca.p12", "ssl.client.auth=required\n{L}ssl.client.auth=none\n"),
	tlsCase("listener's client auth bad", "leafok.p12", "ts-ca.p12", "{L}ssl.client.auth=Required\n"),
	tlsCase("listener's boolean bad", "leafok.p12", "ts-ca.p12", "{L}auto.create.topics.enable=maybe\n"),
	tlsCase("trust store without password, good key store", "leafok.p12", "", "ssl.truststore.location=@KS@/ts-ca.p12\nssl.truststore.type=PKCS12\n"),
	tlsCase("inline key without PEM", "", "", "ssl.keystore.key=x\nssl.keystore.certificate.chain=y\n"),
	pemCase("PEM with text", "text.pem", ""),
	pemCase("PEM with two keys", "twokeys.pem", ""),
	pemCase("PEM with key password, key not encrypted", "good-all.pem", "ssl.key.password=pw\n"),
	pemCase("PEM with wrong key password", "good-enc3des.pem", "ssl.key.password=wrong\n"),
	pemCase("PEM missing", "nope.pem", ""),
	pemCase("PEM store is garbage", "garbage.p12", ""),
	pemCase("PEM trust store password", "good-all.pem", "ssl.truststore.password=x\n"),
	pemCase("PEM chain", "chain.pem", "ssl.truststore.location=@KS@/ca.pem\n"),
	pemCase("PEM chain with its root", "withroot.pem", "ssl.truststore.location=@KS@/ca.pem\n"),
	pemCase("PEM chain, issuer first", "disordered.pem", "ssl.truststore.location=@KS@/ca.pem\n"),
	pemCase("PEM chain, root before intermediate", "rootbetween.pem", "ssl.truststore.location=@KS@/ca.pem\n"),
	pemCase("PEM chain, leaf at the end again", "repeated.pem", "ssl.truststore.location=@KS@/ca.pem\n"),
	pemCase("PEM chain, leaf twice", "leaftwice.pem", "ssl.truststore.location=@KS@/ca.pem\n"),
	pemCase("PEM chain with a stranger", "stranger.pem", "ssl.truststore.location=@KS@/ca.pem\n"),
	pemCase("PEM without the leaf", "issueralone.pem", "ssl.truststore.location=@KS@/ca.pem\n"),
	pemCase("PEM with the key of another", "otherkey.pem", "ssl.truststore.location=@KS@/ca.pem\n"),
	saslCase("PLAIN without options", "PLAIN", jaas1("plain", "org.apache.kafka.common.security.plain.PlainLoginModule required;")),
	saslCase("PLAIN optional", "PLAIN", jaas1("plain", "org.apache.kafka.common.security.plain.PlainLoginModule OPTIONAL;")),
	saslCase("SCRAM", "SCRAM-SHA-256", jaas1("scram-sha-256", `org.apache.kafka.common.security.scram.ScramLoginModule required username="a" password="b";`)),
	saslCase("no mechanism", "", ""),
	saslCase("mechanisms with a blank", "PLAIN, SCRAM-SHA-512", jaas1("plain", plain1+";")+jaas1("scram-sha-512", plain1+";")),
	saslCase("stray comma", "PLAIN,", jaas1("plain", plain1+";")),
	saslCase("bearer without options", "OAUTHBEARER", jaas1("oauthbearer", "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required;")),
	saslCase("bearer with sub", "OAUTHBEARER", jaas1("oauthbearer", `org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub="x";`)),
	saslCase("bearer without sub", "OAUTHBEARER", jaas1("oauthbearer", `org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required clientId="x";`)),
	saslCase("bearer with extension alone", "OAUTHBEARER", jaas1("oauthbearer", `org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required unsecuredLoginExtension_x="y";`)),
	saslCase("bearer with another claim", "OAUTHBEARER", jaas1("oauthbearer", `org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required unsecuredLoginPrincipalClaimName="me" unsecuredLoginStringClaim_me="y";`)),
	saslCase("bearer, number as sub", "OAUTHBEARER", jaas1("oauthbearer", `org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required unsecuredLoginNumberClaim_sub="5";`)),
	saslCase("LDAP module", "PLAIN", jaas1("plain", `com.sun.security.auth.module.LdapLoginModule required;`)),
	saslCase("key store module", "PLAIN", jaas1("plain", `com.sun.security.auth.module.KeyStoreLoginModule required;`)),
	saslCase("GSSAPI without service name", "GSSAPI", jaas1("gssapi", `com.sun.security.auth.module.Krb5LoginModule required useKeyTab=true keyTab="/nope" principal="kafka/x@Y";`)),
	saslCase("GSSAPI without key table", "GSSAPI", "sasl.kerberos.service.name=kafka\n"+jaas1("gssapi", `com.sun.security.auth.module.Krb5LoginModule required useKeyTab=true keyTab="/nope" principal="kafka/x@Y";`)),
	saslCase("class misspelt", "PLAIN", jaas1("plain", `org.apache.kafka.common.security.plain.PlainLoginModul required;`)),
	saslCase("module in the wrong case", "PLAIN", jaas1("plain", `org.apache.kafka.common.security.plain.plainLoginModule required;`)),
	saslCase("optional class misspelt", "PLAIN", jaas1("plain", `x.Y optional;`)),
	saslCase("number as password", "PLAIN", jaas1("plain", `org.apache.kafka.common.security.plain.PlainLoginModule required password=1234;`)),
	saslCase("comment behind", "PLAIN", jaas1("plain", plain1+"; # mine")),
	saslCase("slash comment behind", "PLAIN", jaas1("plain", plain1+"; // mine")),
	saslCase("backslashed quotes", "PLAIN", jaas1("plain", `org.apache.kafka.common.security.plain.PlainLoginModule required username=\"a\" password=\"b\";`)),
	saslCase("whole value in quotes", "PLAIN", jaas1("plain", `"`+plain1+`;"`)),
	saslCase("Kerberos rules bad, no Kerberos", "PLAIN", "sasl.kerberos.principal.to.local.rules=NOPE\n"+jaas1("plain", plain1+";")),
}

// render makes the broker's settings of a question, on the inter-broker listener or on another one.
func (q asked) render(inter bool, dir string) (config, listeners string) {
	name := strings.ToLower(q.protocol)
	settings := strings.NewReplacer("@KS@", dir, "{L}", "listener.name."+name+".").Replace(q.settings)
	listeners = q.protocol + ":" + q.protocol + ":" + fmt.Sprint(inter)
	if inter {
		config = fmt.Sprintf("listeners=%s://:9093\nadvertised.listeners=%[1]s://localhost:9093\nsecurity.inter.broker.protocol=%[1]s\n", q.protocol)
		if strings.HasPrefix(q.protocol, "SASL") {
			first, _, _ := strings.Cut(strings.TrimPrefix(strings.Split(q.settings, "\n")[0], "sasl.enabled.mechanisms="), ",")
			config += "sasl.mechanism.inter.broker.protocol=" + first + "\n"
		}
	} else {
		config = fmt.Sprintf("listeners=PLAINTEXT://:9092,%s://:9093\nadvertised.listeners=PLAINTEXT://localhost:9092,%[1]s://localhost:9093\n", q.protocol)
	}
	return config + settings, listeners
}

// referenceReleases: the ends of what the stages know, and the sides of each change (PEM 2.7, its
// keys 3.3, forbidden modules 3.4 and 3.9.1).
var referenceReleases = []string{"2.5.1", "2.7.2", "3.2.3", "3.3.2", "3.9.0", "4.4.0"}

// TestKafkaBuildsChannelsAsJudged asks the real ChannelBuilders about every question.
func TestKafkaBuildsChannelsAsJudged(t *testing.T) {
	reference.Require(t)
	jdk := reference.Java17(t)
	dir := filepath.Join(t.TempDir(), "ks")
	require.NoError(t, os.Mkdir(dir, 0o700))
	for name, data := range stores(t) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), data, 0o600))
	}
	reference.PrepareKafka(t, referenceReleases...)
	for _, release := range referenceReleases {
		classpath := reference.KafkaClasspath(t, release)
		classes := reference.Compile(t, jdk, classpath, filepath.Join("testdata", "ChannelJudge.java"))
		var in bytes.Buffer
		var configs, names []string
		all := slices.Clone(questions)
		for _, c := range handlerCases {
			all = append(all, c.asked)
		}
		for _, q := range all {
			for _, inter := range []bool{true, false} {
				config, listeners := q.render(inter, dir)
				config = base(kafkacfg.Release(release)) + config
				fmt.Fprintf(&in, "%s %s\n", listeners, hex.EncodeToString([]byte(config)))
				configs = append(configs, config)
				names = append(names, fmt.Sprintf("%s (inter-broker: %v)", q.name, inter))
			}
		}
		cmd := exec.Command(jdk.Bin("java"), "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", classes+string(os.PathListSeparator)+classpath, "ChannelJudge")
		cmd.Stdin = &in
		out, err := cmd.Output()
		require.NoError(t, err)
		said := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
		require.Len(t, said, len(configs))
		for i, want := range said {
			if want[:1] == "R" && len(kafkacfg.ExplainLog(want)) == 0 {
				t.Errorf("%s on %s: no rule explains %q", names[i], release, want)
			}
			got, r := judgedBase(t, os.DirFS("/"), kafkacfg.Release(release), configs[i])
			if got != want[:1] && !(got == "?" && mayBeUnjudged(names[i])) {
				t.Errorf("%s: %s on %s: %s, Kafka says %s\n%s", release, names[i], release, got, want, describe(r))
			}
		}
	}
}

// mayBeUnjudged: what depends on a Kerberos realm is not for files to tell.
func mayBeUnjudged(name string) bool { return strings.HasPrefix(name, "GSSAPI") }
