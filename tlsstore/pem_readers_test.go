package tlsstore

import (
	"crypto/ecdsa"
	"crypto/x509"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestReadersOfPEM: kcfg takes more than Kafka and OpenSSL do, and says so. What Kafka does was tried with its patterns and its
// calls of Java 17 and 25.
func TestReadersOfPEM(t *testing.T) {
	id, other := fixture(t, "p256"), fixture(t, "p256b")
	cert := func(der []byte) string { return pemOf(labelCertificate, der) }
	leaf, inter, root := cert(id.chain[0]), cert(id.chain[1]), cert(id.root)
	signer, err := parsePKCS8(id.key)
	require.NoError(t, err)
	sec1, err := x509.MarshalECPrivateKey(signer.(*ecdsa.PrivateKey))
	require.NoError(t, err)
	ed := fixture(t, "ed25519")
	key := pemOf(labelPKCS8, id.key)
	encrypted := func(p Profile) string {
		s := &Store{Format: PEM, Entries: []Entry{{Alias: "k", Kind: KindKey, Key: id.key, Chain: id.chain}}}
		data, err := Encode(s, Password{}, EncodeOptions{KeyPassword: changeit, Profile: p})
		require.NoError(t, err)
		return string(data)
	}
	const order = "its certificates are not in the order of the chain"
	for _, c := range []struct{ name, text, readers, why string }{
		{"certificates", root + leaf, "Kafka 2.7+, OpenSSL", ""},
		{"a key in clear", key + leaf + inter, "Kafka 3.3+, OpenSSL", ""},
		{"a key behind its chain", leaf + inter + root + key, "Kafka 3.3+, OpenSSL", ""},
		{"PBES2", encrypted(ProfileModern), "Kafka on Java 25+, OpenSSL", ""},
		{"3DES", encrypted(ProfileLegacy), "Kafka 2.7+, OpenSSL", ""},
		{"SEC1", pemOf(labelSEC1, sec1) + leaf + inter, "OpenSSL", "PKCS#8"},
		{"Ed25519", pemOf(labelPKCS8, ed.key) + cert(ed.chain[0]), "OpenSSL", ""},
		{"two keys", key + pemOf(labelPKCS8, other.key) + leaf + cert(other.chain[0]), "OpenSSL", "not 2"},
		{"the intermediate first", key + inter + leaf, "OpenSSL", order},
		{"a certificate twice", key + leaf + leaf + inter, "OpenSSL", order},
		{"another's certificate", key + leaf + inter + cert(other.root), "OpenSSL", order},
		{"a key alone", key, "OpenSSL", "no certificate"},
		{"joined", strings.TrimSuffix(leaf, "\n") + inter, "", "behind it"},
		{"key and certificate joined", strings.TrimSuffix(key, "\n") + leaf, "", "behind it"},
		{"no end of line behind BEGIN", strings.Replace(leaf, "-----\n", "-----", 1), "", "behind it"},
		{"CR LF", strings.ReplaceAll(leaf+inter, "\n", "\r\n"), "Kafka 2.7+, OpenSSL", ""},
		{"CR", strings.ReplaceAll(leaf+inter, "\n", "\r"), "Kafka 2.7+", ""},
		{"indented", "  " + strings.ReplaceAll(leaf+inter, "\n", "\n  "), "Kafka 2.7+", ""},
		{"blanks at line ends", strings.ReplaceAll(leaf+inter, "\n", " \t\n"), "Kafka 2.7+, OpenSSL", ""},
		{"no end of line at the end", strings.TrimSuffix(leaf+inter, "\n"), "Kafka 2.7+, OpenSSL", ""},
		{"commented out", "#-----BEGIN CERTIFICATE-----\n" + leaf, "Kafka 2.7+, OpenSSL", ""},
		{"UTF-8 mark", "\ufeff" + leaf, "Kafka 2.7+, OpenSSL", ""},
	} {
		s, err := Decode([]byte(c.text), Password{}, DecodeOptions{})
		require.NoError(t, err, c.name)
		require.Equal(t, c.readers, strings.Join(s.ReadableBy(), ", "), c.name)
		require.Contains(t, s.traits.pem.kafka, c.why, c.name)
		require.Equal(t, c.why == "", s.traits.pem.kafka == "", c.name)
	}
	inClear := Store{Format: PEM, Entries: []Entry{{Alias: "k", Kind: KindKey, Key: id.key, Chain: id.chain}}}
	require.Equal(t, []string{readerKafka33, readerOpenSSL}, inClear.ReadableBy(), "a store made by hand is what Encode writes")
}
