package tlsstore

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// hierarchy is a leaf below an intermediate below a root, and a second root that cross-signs the first.
type hierarchy struct {
	old, root, cross, sub, leaf *issued
}

func newHierarchy(t testing.TB, leafKey string) hierarchy {
	var h hierarchy
	h.old = issue(t, request{cn: "Old Root", ca: true})
	h.root = issue(t, request{cn: "New Root", ca: true})
	h.cross = issue(t, request{cn: "New Root", ca: true, key: h.root.key, by: h.old})
	h.sub = issue(t, request{cn: "Issuing", ca: true, issuing: true, by: h.root})
	h.leaf = issue(t, request{cn: "kafka1", hosts: "kafka1.example.com", key: newKey(t, leafKey), by: h.sub})
	return h
}

// chainNames names the certificates of a chain by the variable of the hierarchy.
func (h hierarchy) chainNames(chain [][]byte) string {
	var out []string
	for _, der := range chain {
		name := "?"
		for n, i := range map[string]*issued{"old": h.old, "root": h.root, "cross": h.cross, "sub": h.sub, "leaf": h.leaf} {
			if bytes.Equal(i.der, der) {
				name = n
			}
		}
		out = append(out, name)
	}
	return strings.Join(out, " ")
}

func TestChains(t *testing.T) {
	h := newHierarchy(t, "EC-256")
	foreign := issue(t, request{cn: "Somebody", ca: true})
	namesake := issue(t, request{cn: "Issuing", ca: true, issuing: true, by: h.root}) // the same name, another key
	files := map[string]*issued{"old": h.old, "root": h.root, "cross": h.cross, "sub": h.sub, "leaf": h.leaf, "foreign": foreign, "namesake": namesake}
	for _, c := range []struct {
		name, file, chain, roots, findings string
		keepRoot                           bool
	}{
		{name: "in order", file: "leaf sub", chain: "leaf sub"},
		{name: "reversed", file: "sub leaf", chain: "leaf sub"},
		{name: "leaf alone", file: "leaf", chain: "leaf"},
		{name: "root dropped", file: "leaf sub root", chain: "leaf sub", roots: "root"},
		{name: "root kept", file: "leaf sub root", chain: "leaf sub root", keepRoot: true},
		{name: "root first", file: "root sub leaf", chain: "leaf sub", roots: "root"},
		{name: "chain twice", file: "leaf sub leaf sub sub", chain: "leaf sub"},
		{name: "cross-signed", file: "leaf sub cross", chain: "leaf sub cross"},
		{name: "cross-signed, shuffled", file: "cross sub leaf", chain: "leaf sub cross"},
		{name: "cross-signed with its root", file: "leaf sub cross old", chain: "leaf sub cross", roots: "old"},
		{name: "two ends, cross-sign first", file: "leaf sub cross root", chain: "leaf sub cross",
			findings: "info[tls-chain-other-path] in.pem: New Root could continue the chain of kafka1 too; another path is taken"},
		{name: "two ends, root first", file: "leaf sub root cross", chain: "leaf sub", roots: "root",
			findings: "info[tls-chain-other-path] in.pem: New Root could continue the chain of kafka1 too; another path is taken"},
		{name: "two ends, no order: the longest", file: "root sub leaf old cross", chain: "leaf sub cross", roots: "old",
			findings: "info[tls-chain-other-path] in.pem: New Root could continue the chain of kafka1 too; another path is taken"},
		{name: "a certificate too many", file: "leaf foreign sub", chain: "leaf sub",
			findings: "warning[tls-chain-foreign] in.pem: Somebody is not part of the chain of kafka1"},
		{name: "a namesake of the issuer", file: "leaf namesake sub", chain: "leaf sub",
			findings: "warning[tls-chain-foreign] in.pem: Issuing is not part of the chain of kafka1"},
		{name: "a namesake instead of the issuer", file: "leaf namesake", chain: "leaf",
			findings: "warning[tls-chain-foreign] in.pem: Issuing is not part of the chain of kafka1"},
		{name: "the middle is missing", file: "leaf root", chain: "leaf",
			findings: "warning[tls-chain-foreign] in.pem: New Root is not part of the chain of kafka1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := keyPEM(t, h.leaf.key)
			for f := range strings.FieldsSeq(c.file) {
				text += files[f].pem()
			}
			pair, err := KeyEntry(mustParse(t, text), KeyOptions{KeepRoot: c.keepRoot})
			require.NoError(t, err)
			require.Equal(t, c.chain, h.chainNames(pair.Entry.Chain))
			require.Equal(t, c.roots, h.chainNames(pair.Roots))
			var got []string
			for _, f := range pair.Findings {
				require.Equal(t, "kafka1", f.Key)
				require.Positive(t, f.Pos.Line)
				got = append(got, fmt.Sprintf("%s[%s] %s: %s", f.Severity, f.ID, f.Pos.File, f.Message))
			}
			require.Equal(t, c.findings, strings.Join(got, "\n"))
			require.Len(t, pair.Unused, len(got))
		})
	}
}

func TestChainsOfEveryKeyType(t *testing.T) {
	for _, kind := range []string{"RSA-2048", "RSA-4096", "EC-256", "EC-384", "EC-521", "Ed25519"} {
		h := newHierarchy(t, kind)
		pair, err := KeyEntry(mustParse(t, h.sub.pem(), keyPEM(t, h.leaf.key), h.leaf.pem()), KeyOptions{})
		require.NoError(t, err, kind)
		require.Equal(t, "leaf sub", h.chainNames(pair.Entry.Chain), kind)
		require.Equal(t, KindKey, pair.Entry.Kind)
		s, err := pair.Entry.Signer()
		require.NoError(t, err)
		require.Equal(t, h.leaf.cert.PublicKey, s.Public())
	}
}

func TestSelfSignedLeafStays(t *testing.T) {
	self := issue(t, request{cn: "kafka1", hosts: "kafka1.example.com"})
	pair, err := KeyEntry(mustParse(t, self.pem(), keyPEM(t, self.key)), KeyOptions{})
	require.NoError(t, err)
	require.Equal(t, [][]byte{self.der}, pair.Entry.Chain)
	require.Empty(t, pair.Roots)
}

func TestRenewedCertificateOfTheSameKey(t *testing.T) {
	h := newHierarchy(t, "EC-256")
	older := issue(t, request{cn: "kafka1", key: h.leaf.key, by: h.sub})
	pair, err := KeyEntry(mustParse(t, h.leaf.pem(), older.pem(), h.sub.pem(), keyPEM(t, h.leaf.key)), KeyOptions{})
	require.NoError(t, err)
	require.Equal(t, "leaf sub", h.chainNames(pair.Entry.Chain))
	require.Equal(t, "kafka1 has the same key as kafka1, which stands first and is taken", pair.Findings[0].Message)
	require.Equal(t, "tls-chain-other-leaf", pair.Findings[0].ID)
}

// resigned gives a certificate another signature algorithm, by the last arc of PKCS#1's, and signs it again where a hash
// is given.
func resigned(t *testing.T, c *issued, arc byte, hash crypto.Hash, by crypto.Signer) *issued {
	t.Helper()
	oid := []byte{0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01}
	der := bytes.ReplaceAll(c.der, append(bytes.Clone(oid), 0x0b), append(bytes.Clone(oid), arc))
	cert, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	if hash != 0 {
		h := hash.New()
		h.Write(cert.RawTBSCertificate)
		signature, err := by.Sign(rand.Reader, h.Sum(nil), hash)
		require.NoError(t, err)
		der = append(bytes.Clone(der[:len(der)-len(signature)]), signature...)
		cert, err = x509.ParseCertificate(der)
		require.NoError(t, err)
	}
	return &issued{der, cert, c.key}
}

func TestOldAndUnknownSignatureAlgorithms(t *testing.T) {
	root := issue(t, request{cn: "Root", ca: true})
	sub := issue(t, request{cn: "Issuing", ca: true, by: root, key: newKey(t, "RSA-2048")})
	namesake := issue(t, request{cn: "Issuing", ca: true, by: root})
	leaf := issue(t, request{cn: "kafka1", by: sub})
	const unverified = "kafka1 is signed with %s: that Issuing issued it rests on names and key identifiers alone"
	for _, c := range []struct {
		name, finding string
		leaf          *issued
		length        int
	}{
		{"SHA-1", "", resigned(t, leaf, 5, crypto.SHA1, sub.key), 2},
		{"SHA-1, signature of another", "", resigned(t, leaf, 5, crypto.SHA1, newKey(t, "RSA-2048-other")), 1},
		{"MD5", fmt.Sprintf(unverified, "MD5-RSA"), resigned(t, leaf, 4, 0, nil), 2},
		{"unknown", fmt.Sprintf(unverified, "an algorithm that Go does not know"), resigned(t, leaf, 0x63, 0, nil), 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			pair, err := KeyEntry(mustParse(t, namesake.pem(), sub.pem(), root.pem(), c.leaf.pem(), keyPEM(t, leaf.key)), KeyOptions{})
			require.NoError(t, err)
			require.Len(t, pair.Entry.Chain, c.length)
			if c.length > 1 {
				require.True(t, bytes.Equal(sub.der, pair.Entry.Chain[1]), "not by name alone: a namesake stands first")
			}
			got := ""
			if pair.Findings[0].ID == "tls-chain-unverified" {
				got = pair.Findings[0].Message
			}
			require.Equal(t, c.finding, got)
		})
	}
}

func TestKeysWithoutTheirCertificate(t *testing.T) {
	h := newHierarchy(t, "EC-256")
	other := newKey(t, "EC-256")
	locked, _ := os.ReadFile(keyArchive)
	require.NotEmpty(t, locked)
	for _, c := range []struct{ name, in, want string }{
		{"another key", keyPEM(t, other) + h.leaf.pem() + h.sub.pem(), "in.pem:1: block 1 (PRIVATE KEY): the key belongs to none of the 2 certificates (kafka1, Issuing)"},
		{"no certificate", keyPEM(t, other), "in.pem:1: block 1 (PRIVATE KEY): no certificate beside the key"},
		{"no key", h.leaf.pem(), "in.pem: no private key"},
		{"a public key is none", h.leaf.pem() + pemOf("PUBLIC KEY", []byte{0x30, 0}), "in.pem: no private key"},
		{"two keys", keyPEM(t, other) + keyPEM(t, h.leaf.key) + h.leaf.pem(), "2 private keys (in.pem:1, in.pem:6), one has to be named"},
	} {
		_, err := KeyEntry(mustParse(t, c.in), KeyOptions{})
		require.EqualError(t, err, c.want, c.name)
		require.ErrorIs(t, err, ErrKeyMismatch, c.name)
	}
	pair, err := KeyEntry(mustParse(t, keyPEM(t, h.leaf.key), h.leaf.pem(), keyPEM(t, h.leaf.key)), KeyOptions{})
	require.NoError(t, err, "the same key twice is one key")
	require.Equal(t, "leaf", h.chainNames(pair.Entry.Chain))
}

func TestManyForeignCertificatesAreNamedBriefly(t *testing.T) {
	h := newHierarchy(t, "EC-256")
	text := keyPEM(t, h.leaf.key) + h.leaf.pem()
	for range maxForeign + 5 {
		text += issue(t, request{cn: "Somebody", ca: true}).pem()
	}
	pair, err := KeyEntry(mustParse(t, text), KeyOptions{})
	require.NoError(t, err)
	require.Len(t, pair.Unused, maxForeign+5)
	require.Len(t, pair.Findings, maxForeign)
	require.Equal(t, []string{"5 more certificates are not part of the chain"}, pair.Findings[maxForeign-1].Notes)
}

func TestVerifiedPathEndsWhereNothingIsProved(t *testing.T) {
	h := newHierarchy(t, "EC-256")
	md5 := resigned(t, issue(t, request{cn: "k", by: issue(t, request{cn: "RSA", ca: true, key: newKey(t, "RSA-2048")})}), 4, 0, nil)
	unused := newHierarchy(t, "EC-256")
	unused.sub.der = withoutCertSign(t, unused.sub, unused.root)
	for _, c := range []struct {
		name string
		in   [][]byte
		want int
	}{
		{"whole", [][]byte{h.leaf.der, h.sub.der, h.root.der}, 3},
		{"shuffled, with garbage", [][]byte{h.leaf.der, {1, 2}, h.root.der, h.sub.der}, 3},
		{"the longest of two", [][]byte{h.leaf.der, h.sub.der, h.root.der, h.cross.der, h.old.der}, 4},
		{"alone", [][]byte{h.leaf.der}, 1},
		{"no key for signing certificates", [][]byte{unused.leaf.der, unused.sub.der, unused.root.der}, 1},
		{"by name alone", [][]byte{md5.der, issue(t, request{cn: "RSA", ca: true}).der}, 1},
	} {
		path, err := VerifiedPath(c.in)
		require.NoError(t, err, c.name)
		require.Len(t, path, c.want, c.name)
	}
	_, err := VerifiedPath(nil)
	require.ErrorIs(t, err, ErrFormat)
	_, err = VerifiedPath([][]byte{{1}})
	require.ErrorIs(t, err, ErrCorrupt)
}

// withoutCertSign issues an authority's certificate again, for another use.
func withoutCertSign(t *testing.T, c, by *issued) []byte {
	t.Helper()
	template := *c.cert
	template.KeyUsage = x509.KeyUsageDigitalSignature
	der, err := x509.CreateCertificate(rand.Reader, &template, by.cert, c.key.Public(), by.key)
	require.NoError(t, err)
	return der
}

func TestVerifiedPathToOneOfTwoRoots(t *testing.T) {
	h := newHierarchy(t, "EC-256")
	in := [][]byte{h.leaf.der, h.sub.der, h.root.der, h.cross.der, h.old.der, issue(t, request{cn: "Stranger", ca: true}).der}
	for i, want := range []int{1, 2, 3, 3, 4, 0} {
		path, err := VerifiedPathTo(in, sha256.Sum256(in[i]))
		require.NoError(t, err)
		require.Len(t, path, want)
		for k := range path[:max(0, want-1)] {
			require.NoError(t, path[k].CheckSignatureFrom(path[k+1]))
		}
		if want > 0 {
			require.Equal(t, in[i], path[want-1].Raw)
		}
	}
	path, err := VerifiedPathTo(in, [sha256.Size]byte{})
	require.NoError(t, err)
	require.Empty(t, path)
}

func TestDefaultAlias(t *testing.T) {
	for _, c := range []struct{ name, cn, hosts, want string }{
		{"lineage", "kafka1", "a.example.com", "lineage"},
		{"", "kafka1", "a.example.com", "kafka1"},
		{"", "", "a.example.com,b.example.com", "a.example.com"},
		{"", "", "", "kafka"},
	} {
		leaf := issue(t, request{cn: c.cn, hosts: c.hosts})
		p := mustParse(t, leaf.pem(), keyPEM(t, leaf.key))
		p.Name = c.name
		pair, err := KeyEntry(p, KeyOptions{})
		require.NoError(t, err)
		require.Equal(t, c.want, pair.Entry.Alias)
	}
}

// TestManyNamesakes holds the search down where hostile input makes every certificate a possible issuer of every other.
func TestManyNamesakes(t *testing.T) {
	root := issue(t, request{cn: "Root", ca: true})
	var text strings.Builder
	key := newKey(t, "EC-256")
	var last *issued
	for range maxSignatures + 10 {
		last = issue(t, request{cn: "Root", ca: true, key: key, by: root})
		text.WriteString(last.pem())
	}
	leaf := issue(t, request{cn: "kafka1", by: last})
	_, err := KeyEntry(mustParse(t, keyPEM(t, leaf.key), leaf.pem(), text.String()), KeyOptions{})
	require.ErrorIs(t, err, ErrTooCostly)
}

// letsEncryptFile reads one of the certificates that Let's Encrypt publishes.
func letsEncryptFile(t testing.TB, name string) PEMCertificate {
	t.Helper()
	var text []byte
	var err error
	if i := slices.Index(letsEncryptNames, name); i >= 0 {
		text = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: letsEncrypt()[i]})
	} else {
		text, err = os.ReadFile("testdata/letsencrypt/" + name + ".pem")
		require.NoError(t, err)
	}
	p, err := ParsePEM(name, text, PEMOptions{})
	require.NoError(t, err)
	require.Len(t, p.Certificates, 1)
	return p.Certificates[0]
}

// TestLetsEncryptChains puts the published certificates in order. Nobody outside has a leaf's key, so the path is asked for
// from the intermediate up.
func TestLetsEncryptChains(t *testing.T) {
	for _, c := range []struct{ file, path string }{
		{"int-ye1 root-ye-by-x2 root-x2-by-x1", "int-ye1 root-ye-by-x2 root-x2-by-x1"},
		{"root-x2-by-x1 root-ye-by-x2 int-ye2", "int-ye2 root-ye-by-x2 root-x2-by-x1"},
		{"int-yr1 root-yr-by-x1", "int-yr1 root-yr-by-x1"},
		{"isrg-root-x1 root-yr-by-x1 int-yr2", "int-yr2 root-yr-by-x1 isrg-root-x1"},
		{"int-yr1 root-yr root-yr-by-x1", "int-yr1 root-yr"},
		{"int-yr1 root-yr-by-x1 root-yr", "int-yr1 root-yr-by-x1"},
		{"root-yr int-yr3 isrg-root-x1 root-yr-by-x1", "int-yr3 root-yr-by-x1 isrg-root-x1"},
		{"isrg-root-x1 isrg-root-x2 root-ye int-ye1 root-x2-by-x1 root-ye-by-x2", "int-ye1 root-ye-by-x2 root-x2-by-x1 isrg-root-x1"},
		{"int-ye1 int-yr1 root-ye-by-x2 root-yr-by-x1 root-x2-by-x1", "int-ye1 root-ye-by-x2 root-x2-by-x1"},
		{"int-ye1 root-yr-by-x1", "int-ye1"},
	} {
		t.Run(c.file, func(t *testing.T) {
			var certs []PEMCertificate
			files := strings.Fields(c.file)
			for _, f := range files {
				certs = append(certs, letsEncryptFile(t, f))
			}
			g, err := newGraph(certs)
			require.NoError(t, err)
			first := slices.Index(files, strings.Fields(c.path)[0])
			path, err := g.path(first)
			require.NoError(t, err)
			var got []string
			for _, i := range path {
				got = append(got, files[i])
			}
			require.Equal(t, c.path, strings.Join(got, " "))
		})
	}
}

func TestLetsEncryptRoots(t *testing.T) {
	entries := LetsEncryptRoots(testNow)
	var got []string
	for _, e := range entries {
		certs, err := e.Certificates()
		require.NoError(t, err)
		require.NoError(t, certs[0].CheckSignatureFrom(certs[0]))
		require.Equal(t, KindCertificate, e.Kind)
		require.True(t, IsLetsEncrypt(e.Chain[0]))
		got = append(got, e.Alias+" "+certs[0].Subject.CommonName)
	}
	require.Equal(t, []string{"isrg-root-x1 ISRG Root X1", "isrg-root-x2 ISRG Root X2", "root-ye Root YE", "root-yr Root YR"}, got)
}

func TestTrustEntriesTakeAllOfAChain(t *testing.T) {
	h := newHierarchy(t, "EC-256")
	p := mustParse(t, h.leaf.pem(), h.sub.pem(), h.cross.pem(), h.sub.pem(), keyPEM(t, h.leaf.key))
	p.Name = "kafka1.example.com"
	entries, left := TrustEntries(p, TrustOptions{})
	require.Equal(t, []string{"kafka1.example.com-1", "kafka1.example.com-2"}, []string{entries[0].Alias, entries[1].Alias})
	require.Equal(t, "sub cross", h.chainNames([][]byte{entries[0].Chain[0], entries[1].Chain[0]}))
	require.Len(t, left, 1)
	require.Equal(t, h.leaf.der, left[0].DER)
	entries, left = TrustEntries(p, TrustOptions{Alias: "x", Leaves: true})
	require.Len(t, entries, 3)
	require.Empty(t, left)
	entries, _ = TrustEntries(mustParse(t, h.root.pem()), TrustOptions{})
	require.Equal(t, "ca", entries[0].Alias)
}

func TestIssuedByTakesOldAlgorithmsByKeyIdentifier(t *testing.T) {
	root := issue(t, request{cn: "Root", ca: true, key: newKey(t, "RSA-2048")})
	other := issue(t, request{cn: "Root", ca: true, key: newKey(t, "RSA-2048-other")})
	sub := issue(t, request{cn: "Issuing", ca: true, by: root})
	leaf := issue(t, request{cn: "kafka1", by: sub})
	self := issue(t, request{cn: "self"})
	for _, c := range []struct {
		name          string
		child, issuer *issued
		want          bool
	}{
		{"itself", root, root, true},
		{"itself, SHA-1", resigned(t, root, 5, crypto.SHA1, root.key), root, true},
		{"itself, an algorithm that Go does not know", resigned(t, root, 0x63, 0, nil), root, true},
		{"its authority", sub, root, true},
		{"a namesake of its authority", sub, other, false},
		{"no authority", self, self, false},
		{"the wrong way round", sub, leaf, false},
	} {
		require.Equal(t, c.want, IssuedBy(c.child.der, c.issuer.der), c.name)
	}
}
