package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// secretKeys are keys that hold secrets: of the broker, behind prefixes, misspelt, of other software, and lines of a JAAS
// configuration whose backslashes are missing.
var secretKeys = []string{
	"ssl.keystore.password", "ssl.key.password", "listener.name.sasl_ssl.ssl.keystore.password", "listener.name.SASL_SSL.ssl.key.password",
	"listener.name.nolistener.ssl.keystore.password", "ssl.keystore.pasword", "ssl.keystore.passwd", "ssl.keystore.key", "ssl.truststore.certificates",
	"zookeeper.ssl.keystore.password", "password.encoder.secret", "delegation.token.secret.key", "sasl.jaas.config",
	"listener.name.sasl_ssl.plain.sasl.jaas.config", "listener.name.sasl_ssl.plain.sasl.jaas.confg", "producer.sasl.jaas.config", "basic.auth.user.info",
	"sasl.password", "KAFKA_SSL_KEYSTORE_PASSWORD", "ssl.keystore.password.", "ssl_keystore_password", "my.secretkey",
	"sasl.oauthbearer.client.credentials.client.secret", "sasl.oauthbearer.assertion.private.key.passphrase", "password", "user_admin", "user_alice",
}

// secretValues are what people write there, each with something that a rule looks at.
func secretValues() []string {
	const login = `org.apache.kafka.common.security.plain.PlainLoginModule required username="a" `
	return []string{
		marker, marker + " ", " " + marker, marker + " # note", "# " + marker, `"` + marker + `"`, "'" + marker + "'", "<" + marker + ">", "YOUR_" + marker,
		`C:\` + marker, marker + `\u12`, "\xfc" + marker, "\u00fc" + marker, marker + "\\\n   " + marker, "0" + marker, "{{" + marker + "}}", "$" + marker, "%" + marker + "%", marker + "\t" + marker,
		login + `password="` + marker + `";`, login + `password="` + marker + `"`, login + "password=" + marker + "!x;", login + "user_" + marker + `="x";`,
		login + `password="` + marker + `" user_a="` + marker + `"; ` + marker + " required;", `-----BEGIN PRIVATE KEY-----\n` + marker + `\n-----END PRIVATE KEY-----`,
		`"a" password="` + marker + `";`, "tcp://" + marker + ":1",
	}
}

// TestNoSecretOfAnyKindComesOut plants the marker in every secret in every spelling, twice each, in comments and behind
// signs that make keys of lines, and reads everything that validate and set print.
func TestNoSecretOfAnyKindComesOut(t *testing.T) {
	dir := t.TempDir()
	login := "KafkaServer {\n a.B required password=\"" + marker + "\" secret=" + marker + "! ;\n};\n"
	require.NoError(t, os.WriteFile(filepath.Join(dir, "jaas.conf"), []byte(login), 0o600))
	path := filepath.Join(dir, "server.properties")
	for _, head := range []string{
		"broker.id=0\nzookeeper.connect=z:2181\nlisteners=SASL_SSL://b:9092\nsecurity.inter.broker.protocol=SASL_SSL\nsasl.enabled.mechanisms=PLAIN\n",
		"bootstrap.servers=b:9092\nkey.serializer=x\nsecurity.protocol=SASL_SSL\nsasl.mechanism=PLAIN\n",
	} {
		for _, value := range secretValues() {
			src := head
			if strings.Contains(value, "password=") {
				src += "username=" + value + "\n"
			}
			for _, key := range secretKeys {
				src += key + "=" + value + "\n" + key + " : " + value + "x\n; " + key + "=" + value + "\n"
				if !strings.Contains(value, "\n") { // comments have no second line
					src += "#" + key + "=" + value + "\n"
				}
			}
			for _, args := range [][]string{
				{"validate", path}, {"validate", path, "-o", "json"}, {"validate", path, "-o", "github"}, {"validate", path, "-o", "sarif"},
				{"validate", path, "--root", dir, "--jaas", "/jaas.conf"}, {"validate", path, "--diff", "--unsafe-fixes"}, {"validate", path, "--diff"},
				{"set", path, "num.io.threads=9", "--diff"}, {"get", path}, {"validate", path, "--fix", "--unsafe-fixes"},
			} {
				require.NoError(t, os.WriteFile(path, []byte(src), 0o600))
				_, stdout, stderr := call(t, "", withRelease(args)...)
				for line := range strings.Lines(stdout + stderr) {
					if strings.Contains(line, marker) {
						t.Errorf("%q of %q: %.300s", args[1:], value, line)
						break
					}
				}
			}
		}
	}
}

func withRelease(args []string) []string {
	if args[0] == "validate" {
		return append(args, "--kafka", "3.9.1")
	}
	return args
}
