package tlsstore

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/internal/reference"
)

func keytool(t *testing.T, jdk reference.JDK, args ...string) string {
	t.Helper()
	args = append(args, "-J-Duser.timezone=UTC", "-J-Duser.language=en", "-J-XX:+UseSerialGC", "-J-Xmx256m")
	out, err := exec.Command(jdk.Bin("keytool"), args...).CombinedOutput()
	require.NoError(t, err, string(out))
	return string(out)
}

// TestKeytoolListsAndExports is the proof that operators ask for: keytool itself, on what we wrote.
func TestKeytoolListsAndExports(t *testing.T) {
	id := fixture(t, "p256")
	for _, jdk := range reference.JDKs(t) {
		for _, format := range []Format{JKS, PKCS12} {
			s := &Store{Format: format, Entries: []Entry{
				{Alias: "Kafka1", Kind: KindKey, Created: testTime, Key: id.key, Chain: id.chain}, TrustEntry("ca", fixture(t, "rsa2048").root, testTime)}}
			data, err := Encode(s, changeit, EncodeOptions{})
			require.NoError(t, err)
			path := writeTemp(t, "store", data)
			list := keytool(t, jdk, "-list", "-v", "-keystore", path, "-storepass", "changeit")
			for _, want := range []string{"Keystore type: " + format.String(), "contains 2 entries", "Alias name: kafka1\nCreation date: Mar 4, 2026\nEntry type: PrivateKeyEntry\nCertificate chain length: 2",
				"Alias name: ca\n", "Entry type: trustedCertEntry"} {
				require.Contains(t, list, want)
			}
			bare := strings.ToLower(strings.ReplaceAll(list, ":", ""))
			for _, der := range append(id.chain[:2:2], s.Entries[1].Chain[0]) {
				require.Contains(t, bare, DescribeCertificate(der).SHA256)
			}
			exported := filepath.Join(t.TempDir(), "leaf.der")
			keytool(t, jdk, "-exportcert", "-keystore", path, "-storepass", "changeit", "-alias", "kafka1", "-file", exported)
			leaf, err := os.ReadFile(exported)
			require.NoError(t, err)
			require.True(t, bytes.Equal(id.chain[0], leaf))
		}
	}
}

// TestReadKeytoolsStores reads stores that keytool made by itself.
func TestReadKeytoolsStores(t *testing.T) {
	for _, jdk := range reference.JDKs(t) {
		dir := t.TempDir()
		ca := filepath.Join(dir, "ca.pem")
		require.NoError(t, os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: fixture(t, "p384").root}), 0o600))
		for _, format := range []string{"PKCS12", "JKS", "JCEKS"} {
			path := filepath.Join(dir, format)
			common := []string{"-keystore", path, "-storetype", format, "-storepass", "changeit"}
			if format == "PKCS12" {
				common = append(common, "-J-Dkeystore.pkcs12.legacy")
			}
			keytool(t, jdk, append([]string{"-genkeypair", "-keyalg", "EC", "-alias", "Broker", "-dname", "CN=broker, O=Example", "-keypass", "changeit"}, common...)...)
			keytool(t, jdk, append([]string{"-importcert", "-noprompt", "-alias", "CARoot", "-file", ca}, common...)...)
			data, err := os.ReadFile(path)
			require.NoError(t, err)
			s, err := Decode(data, changeit, DecodeOptions{})
			require.NoError(t, err)
			require.Equal(t, format, s.Format.String())
			require.Len(t, s.Entries, 2)
			e, ok := s.Entry("BROKER")
			require.True(t, ok)
			require.Equal(t, "broker", e.Alias)
			require.WithinDuration(t, time.Now(), e.Created, 5*time.Minute)
			_, err = e.Signer()
			require.NoError(t, err)
			require.Equal(t, "CN=broker,O=Example", DescribeCertificate(e.Chain[0]).Subject)
			e, ok = s.Entry("caroot")
			require.True(t, ok)
			require.Equal(t, KindCertificate, e.Kind)
		}
	}
}

// keytoolSettings are the system properties for PKCS12 that keytool knows, each with what it should do to the algorithms.
var keytoolSettings = []struct {
	set  []string
	want [3]string // of key, certificate and MAC; a beginning is enough
}{
	{nil, [3]string{"PBES2 AES-256-CBC, PBKDF2-HMAC-SHA256", "PBES2 AES-256-CBC, PBKDF2-HMAC-SHA256", "HMAC-SHA256"}},
	{[]string{"legacy"}, [3]string{"PKCS12 3DES", "PKCS12 RC2-40", "HMAC-SHA1"}},
	{[]string{"certProtectionAlgorithm=NONE", "macAlgorithm=NONE"}, [3]string{"PBES2 AES-256", "", ""}},
	{[]string{"keyProtectionAlgorithm=PBEWithHmacSHA512AndAES_128", "certProtectionAlgorithm=PBEWithHmacSHA1AndAES_256", "macAlgorithm=HmacPBESHA512"},
		[3]string{"PBES2 AES-128-CBC, PBKDF2-HMAC-SHA512", "PBES2 AES-256-CBC, PBKDF2-HMAC-SHA1", "HMAC-SHA512"}},
	{[]string{"keyPbeIterationCount=1234", "certPbeIterationCount=2345", "macIterationCount=3456", "macAlgorithm=HmacPBESHA384"},
		[3]string{"PBES2 AES-256", "PBES2 AES-256", "HMAC-SHA384"}},
}

// TestReadKeytoolsSettings reads what keytool itself writes under its -J-Dkeystore.pkcs12 settings: a key, a trusted certificate, a
// secret key and a password.
func TestReadKeytoolsSettings(t *testing.T) {
	ca := writeTemp(t, "ca.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: fixture(t, "p384").root}))
	eachJDK(t, func(t *testing.T, j *jvm) {
		for _, c := range keytoolSettings {
			what := strings.Join(c.set, " ")
			path := filepath.Join(t.TempDir(), "store")
			common := []string{"-keystore", path, "-storetype", "PKCS12", "-storepass", "changeit"}
			for _, p := range c.set {
				common = append(common, "-J-Dkeystore.pkcs12."+p)
			}
			keytool(t, j.jdk, append([]string{"-genkeypair", "-keyalg", "EC", "-alias", "Broker", "-dname", "CN=broker, O=Example"}, common...)...)
			keytool(t, j.jdk, append([]string{"-importcert", "-noprompt", "-alias", "CARoot", "-file", ca}, common...)...)
			keytool(t, j.jdk, append([]string{"-genseckey", "-keyalg", "AES", "-keysize", "256", "-alias", "Secret"}, common...)...)
			s := requireRead(t, j, "PKCS12", path, changeit, what)
			require.Len(t, s.Entries, 3)
			for i, a := range []Algorithm{s.Algorithms.Key, s.Algorithms.Certificate, s.Algorithms.MAC} {
				require.True(t, strings.HasPrefix(a.Name, c.want[i]) && (a.Name == "") == (c.want[i] == ""), "%s: %s", what, a.Name)
			}
			if strings.Contains(what, "1234") {
				require.Equal(t, [3]int{1234, 2345, 3456}, [3]int{s.Algorithms.Key.Iterations, s.Algorithms.Certificate.Iterations, s.Algorithms.MAC.Iterations})
			}
		}
	})
}

// TestAuthoritiesOfOneName: a private authority that got a new key under its old name. A store with both chains is refused, since
// older Java would serve the wrong intermediate; one chain alone works, and current Java tells them apart.
func TestAuthoritiesOfOneName(t *testing.T) {
	rootKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	issue := func(name string, ca bool, key *ecdsa.PrivateKey, parent *x509.Certificate, signer *ecdsa.PrivateKey) *x509.Certificate {
		c := &x509.Certificate{SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name}, IsCA: ca, BasicConstraintsValid: true,
			NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
		if parent == nil {
			parent = c
		}
		der, err := x509.CreateCertificate(rand.Reader, c, parent, key.Public(), signer)
		require.NoError(t, err)
		c, err = x509.ParseCertificate(der)
		require.NoError(t, err)
		return c
	}
	root := issue("Root", true, rootKey, nil, rootKey)
	s := &Store{Format: PKCS12}
	for _, name := range []string{"a", "b"} {
		interKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		require.NoError(t, err)
		leafKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		require.NoError(t, err)
		inter := issue("Intermediate", true, interKey, root, rootKey)
		leaf := issue(name, false, leafKey, inter, interKey)
		der, err := x509.MarshalPKCS8PrivateKey(leafKey)
		require.NoError(t, err)
		s.Entries = append(s.Entries, Entry{Alias: name, Kind: KindKey, Created: testTime, Key: der, Chain: [][]byte{leaf.Raw, inter.Raw}})
	}
	_, err = Encode(s, changeit, EncodeOptions{})
	require.ErrorIs(t, err, ErrChain)
	require.ErrorContains(t, err, `"b"`)

	one := &Store{Format: PKCS12, Entries: s.Entries[1:]}
	_, err = Encode(one, changeit, EncodeOptions{})
	require.NoError(t, err)

	s.Format = JKS // which stores chains as they are
	data, err := Encode(s, changeit, EncodeOptions{})
	require.NoError(t, err)
	eachJDK(t, func(t *testing.T, j *jvm) {
		seen, failure := j.dump(t, "JKS", writeTemp(t, "two.jks", data), changeit, "-")
		require.Empty(t, failure)
		back, err := Decode(data, changeit, DecodeOptions{})
		require.NoError(t, err)
		requireSame(t, seen, weSee(back), "JKS")

		path := filepath.Join(t.TempDir(), "two.p12")
		fields := []string{"write", "PKCS12", tohex(path), tohex("changeit")}
		for _, e := range s.Entries {
			fields = append(fields, "key", tohex(e.Alias), tohex("changeit"), tohex(string(e.Key)), tohex(string(e.Chain[0]))+","+tohex(string(e.Chain[1])))
		}
		_, failure = j.ask(t, fields...)
		require.Empty(t, failure)
		seen, failure = j.dump(t, "PKCS12", path, changeit, "-")
		require.Empty(t, failure)
		p12, err := os.ReadFile(path)
		require.NoError(t, err)
		back, err = Decode(p12, changeit, DecodeOptions{})
		require.NoError(t, err)
		require.NotEqual(t, seen[0].chain[1], seen[1].chain[1])
		requireSame(t, seen, weSee(back), "PKCS12")
		require.NotEmpty(t, back.traits.odd)
	})
}

// TestMixedStoreServesTheIntendedChain: a key with a cross-signed chain beside the self-signed roots of the same names.
func TestMixedStoreServesTheIntendedChain(t *testing.T) {
	newKey := func() *ecdsa.PrivateKey {
		k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		require.NoError(t, err)
		return k
	}
	oldKey, newRootKey, leafKey := newKey(), newKey(), newKey()
	issue := func(name string, ca bool, key *ecdsa.PrivateKey, parent *x509.Certificate, signer *ecdsa.PrivateKey) *x509.Certificate {
		c := &x509.Certificate{SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name}, IsCA: ca, BasicConstraintsValid: true,
			NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
		if parent == nil {
			parent = c
		}
		der, err := x509.CreateCertificate(rand.Reader, c, parent, key.Public(), signer)
		require.NoError(t, err)
		c, err = x509.ParseCertificate(der)
		require.NoError(t, err)
		return c
	}
	oldRoot, newRoot := issue("Old Root", true, oldKey, nil, oldKey), issue("New Root", true, newRootKey, nil, newRootKey)
	cross := issue("New Root", true, newRootKey, oldRoot, oldKey)
	leaf := issue("leaf", false, leafKey, cross, newRootKey)
	der, err := x509.MarshalPKCS8PrivateKey(leafKey)
	require.NoError(t, err)
	key := Entry{Alias: "kafka1", Kind: KindKey, Created: testTime, Key: der, Chain: [][]byte{leaf.Raw, cross.Raw}}
	s := &Store{Format: PKCS12, Entries: []Entry{TrustEntry("new", newRoot.Raw, testTime), TrustEntry("old", oldRoot.Raw, testTime), key}}
	data, err := Encode(s, changeit, EncodeOptions{})
	require.NoError(t, err)
	back, err := Decode(data, changeit, DecodeOptions{})
	require.NoError(t, err)
	eachJDK(t, func(t *testing.T, j *jvm) {
		seen, failure := j.dump(t, "PKCS12", writeTemp(t, "mixed.p12", data), changeit, "-")
		require.Empty(t, failure)
		requireSame(t, seen, weSee(back), "mixed")
		require.Equal(t, "kafka1", seen[0].alias)
		require.Equal(t, "signs", seen[0].key)
		require.Equal(t, []string{DescribeCertificate(leaf.Raw).SHA256, DescribeCertificate(cross.Raw).SHA256, DescribeCertificate(oldRoot.Raw).SHA256}, seen[0].chain,
			"the cross-signed certificate, not the self-signed one; then the old root, which is in the store")
	})
}
