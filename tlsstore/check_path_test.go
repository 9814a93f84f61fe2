package tlsstore

import (
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/tlsstore/internal/ber"
)

// extension is one with any content.
func extension(oid string, critical bool, der ...byte) pkix.Extension {
	var id asn1.ObjectIdentifier
	for p := range strings.SplitSeq(oid, ".") {
		n := 0
		fmt.Sscan(p, &n)
		id = append(id, n)
	}
	return pkix.Extension{Id: id, Critical: critical, Value: der}
}

// requirePolicy is the extension that requires policies after so many certificates.
func requirePolicy(after byte) pkix.Extension {
	return extension("2.5.29.36", true, 0x30, 3, 0x80, 1, after)
}

// policy is the extension with one policy, whose identifier has four bytes.
func policy(oid string) pkix.Extension {
	return extension("2.5.29.32", false, append([]byte{0x30, 8, 0x30, 6, 6, 4}, oid...)...)
}

// inPath is a chain of leaf, perhaps an issuing CA, a CA and a root, with something odd in one of them.
type inPath struct {
	name            string
	want            string // the finding, where Java refuses it
	unsaid          bool   // Java refuses it, and Check does not say so
	root, sub, leaf func(*x509.Certificate)
	issuing         func(*x509.Certificate)
	rsa, client     bool
	version1        bool // the CA's certificate has no extensions
}

var inPaths = []inPath{
	{name: "plain"},
	{name: "pathlen of sub exceeded", want: "tls-path-length", sub: func(c *x509.Certificate) { c.MaxPathLenZero = true }, issuing: func(c *x509.Certificate) {}},
	{name: "pathlen of sub exactly", sub: func(c *x509.Certificate) { c.MaxPathLen = 1 }, issuing: func(c *x509.Certificate) {}},
	{name: "pathlen of root exceeded", root: func(c *x509.Certificate) { c.MaxPathLenZero = true }},
	{name: "sub no certsign", want: "tls-chain-not-ca", sub: func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageCRLSign }},
	{name: "sub no key usage", sub: func(c *x509.Certificate) { c.KeyUsage = 0 }},
	{name: "root no certsign", want: "tls-chain-not-ca", root: func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageCRLSign }},
	{name: "root not ca", want: "tls-chain-not-ca", root: func(c *x509.Certificate) { c.IsCA = false }},
	{name: "sub not ca", want: "tls-chain-not-ca", sub: func(c *x509.Certificate) { c.IsCA = false }},
	{name: "sub no basic constraints", want: "tls-chain-not-ca", sub: func(c *x509.Certificate) { c.BasicConstraintsValid, c.IsCA = false, false }},
	{name: "root no basic constraints", want: "tls-chain-not-ca", root: func(c *x509.Certificate) { c.BasicConstraintsValid, c.IsCA = false, false }},
	{name: "sub of version 1", want: "tls-chain-not-ca", version1: true},
	{name: "eku of sub client only", sub: func(c *x509.Certificate) { c.ExtKeyUsage = clientOnly }},
	{name: "eku of sub server only, client", sub: func(c *x509.Certificate) { c.ExtKeyUsage = serverOnly }, client: true},
	{name: "unknown critical on leaf", want: "tls-critical-extension", leaf: add(extension("1.2.3.4", true, 5, 0))},
	{name: "unknown critical on sub", want: "tls-critical-extension", sub: add(extension("1.2.3.4", true, 5, 0))},
	{name: "unknown critical on root", root: add(extension("1.2.3.4", true, 5, 0))},
	{name: "crl dp critical", want: "tls-critical-extension", leaf: add(extension("2.5.29.31", true, 0x30, 0x15, 0x30, 0x13, 0xa0, 0x11, 0xa0, 0x0f, 0x86, 0x0d, 'h', 't', 't', 'p', ':', '/', '/', 'a', '.', 'b', '/', 'c', 'd'))},
	{name: "crl dp critical on sub", want: "tls-critical-extension", sub: add(extension("2.5.29.31", true, 0x30, 0x15, 0x30, 0x13, 0xa0, 0x11, 0xa0, 0x0f, 0x86, 0x0d, 'h', 't', 't', 'p', ':', '/', '/', 'a', '.', 'b', '/', 'c', 'd'))},
	{name: "netscape critical", want: "tls-critical-extension", leaf: add(extension("2.16.840.1.113730.1.1", true, 3, 2, 6, 0xc0))},
	{name: "netscape", leaf: add(extension("2.16.840.1.113730.1.1", false, 3, 2, 6, 0xc0))},
	{name: "netscape client for server", want: "tls-usage-restricted", leaf: add(extension("2.16.840.1.113730.1.1", false, 3, 2, 7, 0x80))},
	{name: "netscape server for client", want: "tls-usage-restricted", leaf: add(extension("2.16.840.1.113730.1.1", false, 3, 2, 6, 0x40)), client: true},
	{name: "netscape emailonly for client", want: "tls-usage-restricted", leaf: add(extension("2.16.840.1.113730.1.1", false, 3, 2, 5, 0x20)), client: true},
	{name: "tls feature critical", want: "tls-critical-extension", leaf: add(extension("1.3.6.1.5.5.7.1.24", true, 0x30, 3, 2, 1, 5))},
	{name: "policies critical", leaf: add(extension("2.5.29.32", true, 0x30, 8, 0x30, 6, 6, 4, 0x55, 0x1d, 0x20, 0))},
	{name: "san critical", leaf: add(extension("2.5.29.17", true, append([]byte{0x30, 20, 0x82, 18}, "kafka1.example.com"...)...))},
	{name: "eku critical", leaf: add(extension("2.5.29.37", true, 0x30, 10, 6, 8, 0x2b, 6, 1, 5, 5, 7, 3, 1))},
	{name: "ski critical", want: "tls-critical-extension", leaf: add(extension("2.5.29.14", true, 4, 2, 1, 2))},
	{name: "issuer alt name critical", want: "tls-critical-extension", leaf: add(extension("2.5.29.18", true, 0x30, 5, 0x82, 3, 'a', '.', 'b'))},
	{name: "aia critical", want: "tls-critical-extension", leaf: add(extension("1.3.6.1.5.5.7.1.1", true, 0x30, 0x19, 0x30, 0x17, 6, 8, 0x2b, 6, 1, 5, 5, 7, 48, 1, 0x86, 0x0b, 'h', 't', 't', 'p', ':', '/', '/', 'a', '.', 'b', '/'))},
	{name: "ct poison", want: "tls-critical-extension", leaf: add(extension("1.3.6.1.4.1.11129.2.4.3", true, 5, 0))},
	{name: "inhibit any policy", sub: add(extension("2.5.29.54", true, 2, 1, 0))},
	{name: "require explicit policy, none", want: "tls-policy-missing", sub: add(requirePolicy(0))},
	{name: "require explicit policy, any", sub: add(requirePolicy(0), policy("\x55\x1d\x20\x00")), leaf: add(policy("\x2a\x03\x04\x05"))},
	{name: "require explicit policy, leaf none", want: "tls-policy-missing", sub: add(requirePolicy(0), policy("\x55\x1d\x20\x00"))},
	{name: "require explicit policy, same", sub: add(requirePolicy(0), policy("\x2a\x03\x04\x05")), leaf: add(policy("\x2a\x03\x04\x05"))},
	{name: "require explicit policy, leaf any", sub: add(requirePolicy(0), policy("\x2a\x03\x04\x05")), leaf: add(policy("\x55\x1d\x20\x00"))},
	{name: "require explicit policy, other", want: "tls-policy-missing", sub: add(requirePolicy(0), policy("\x2a\x03\x04\x05")), leaf: add(policy("\x2a\x03\x04\x06"))},
	{name: "require explicit policy after one, leaf", want: "tls-policy-missing", sub: add(requirePolicy(1)), issuing: add()},
	{name: "require explicit policy after two, leaf", want: "tls-policy-missing", sub: add(requirePolicy(2)), issuing: add()},
	{name: "require explicit policy after one, no second", want: "tls-policy-missing", sub: add(requirePolicy(1))},
	{name: "require explicit policy after two, no second", sub: add(requirePolicy(2))},
	{name: "require explicit policy after three", sub: add(requirePolicy(3)), issuing: add()},
	{name: "issuing requires, sub has none", want: "tls-policy-missing", issuing: add(requirePolicy(0), policy("\x2a\x03\x04\x05")), leaf: add(policy("\x2a\x03\x04\x05"))},
	{name: "issuing requires after five, sub at once", want: "tls-policy-missing", sub: add(requirePolicy(0)), issuing: add(requirePolicy(5))},
	{name: "leaf requires", want: "tls-policy-missing", leaf: add(requirePolicy(0))},
	{name: "leaf requires, and all have", sub: add(policy("\x55\x1d\x20\x00")), leaf: add(requirePolicy(0), policy("\x2a\x03\x04\x05"))},
	{name: "root requires", root: add(requirePolicy(0))},
	{name: "require explicit policy, with mappings", unsaid: true, sub: add(requirePolicy(0), extension("2.5.29.33", true, 0x30, 14, 0x30, 12, 6, 4, 0x2a, 3, 4, 5, 6, 4, 0x2a, 3, 4, 6))},
	{name: "policy mismatch without requirement", sub: add(extension("2.5.29.32", false, 0x30, 8, 0x30, 6, 6, 4, 0x2a, 3, 4, 4)), leaf: add(extension("2.5.29.32", false, 0x30, 8, 0x30, 6, 6, 4, 0x2a, 3, 4, 5))},
	{name: "policy mismatch, leaf's critical", sub: add(extension("2.5.29.32", false, 0x30, 8, 0x30, 6, 6, 4, 0x2a, 3, 4, 4)), leaf: add(extension("2.5.29.32", true, 0x30, 8, 0x30, 6, 6, 4, 0x2a, 3, 4, 5))},
	{name: "policy mapping any", sub: add(extension("2.5.29.33", true, 0x30, 14, 0x30, 12, 6, 4, 0x2a, 3, 4, 5, 6, 4, 0x2a, 3, 4, 6))},
	{name: "ec encipherment only", want: "tls-usage-restricted", leaf: func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageKeyEncipherment }},
	{name: "rsa encipherment only", want: "tls-usage-restricted", rsa: true, leaf: func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageKeyEncipherment }},
	{name: "rsa encipherment only, client", want: "tls-usage-restricted", rsa: true, client: true, leaf: func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageKeyEncipherment }},
	{name: "ec agreement only", want: "tls-usage-restricted", leaf: func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageKeyAgreement }},
	{name: "ec nonrepudiation only, client", want: "tls-usage-restricted", client: true, leaf: func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageContentCommitment }},
	{name: "rsa signature only", rsa: true, leaf: func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageDigitalSignature }},
	{name: "no key usage", rsa: true, leaf: func(c *x509.Certificate) { c.KeyUsage = 0 }},
	{name: "leaf outlives sub", leaf: func(c *x509.Certificate) { c.NotAfter = c.NotAfter.Add(1000 * time.Hour) }},
	{name: "leaf before sub", leaf: func(c *x509.Certificate) { c.NotBefore = c.NotBefore.Add(-1000 * time.Hour) }},
	{name: "leaf is a ca", leaf: func(c *x509.Certificate) { c.IsCA = true; c.KeyUsage |= x509.KeyUsageCertSign }},
	{name: "aki of leaf differs", leaf: add(extension("2.5.29.35", false, 0x30, 4, 0x80, 2, 1, 2))},
	{name: "aki of sub differs from the anchor's", want: "tls-root-mismatch", sub: add(extension("2.5.29.35", false, 0x30, 4, 0x80, 2, 1, 2))},
	{name: "aki of sub with another serial", want: "tls-root-mismatch", sub: add(extension("2.5.29.35", false, 0x30, 4, 0x82, 2, 1, 2))},
	{name: "aki of leaf with another serial", leaf: add(extension("2.5.29.35", false, 0x30, 4, 0x82, 2, 1, 2))},
	{name: "empty subject, san not critical", want: "tls-no-subject", leaf: func(c *x509.Certificate) {
		c.RawSubject = []byte{0x30, 0}
		c.DNSNames = nil
		add(extension("2.5.29.17", false, append([]byte{0x30, 20, 0x82, 18}, "kafka1.example.com"...)...))(c)
	}},
	{name: "empty subject, san critical", leaf: func(c *x509.Certificate) {
		c.RawSubject = []byte{0x30, 0}
		c.DNSNames = nil
		add(extension("2.5.29.17", true, append([]byte{0x30, 20, 0x82, 18}, "kafka1.example.com"...)...))(c)
	}},
	{name: "empty subject, no san", want: "tls-no-subject", client: true, leaf: func(c *x509.Certificate) { c.RawSubject = []byte{0x30, 0}; c.DNSNames = nil }},
	{name: "empty subject of sub", want: "tls-no-subject", sub: func(c *x509.Certificate) { c.RawSubject = []byte{0x30, 0} }},
	{name: "serial zero", leaf: func(c *x509.Certificate) { c.SerialNumber.SetInt64(0) }},
}

// ofVersion1 makes a certificate of version 1 of another, signed with SHA-256 and ECDSA.
func ofVersion1(t *testing.T, c *issued, by crypto.Signer) *issued {
	t.Helper()
	tbs, err := ber.Single(c.cert.RawTBSCertificate)
	require.NoError(t, err)
	parts, err := tbs.Children(8)
	require.NoError(t, err)
	var fields [][]byte
	for _, p := range parts[1:7] {
		fields = append(fields, p.Raw)
	}
	body := ber.Sequence(fields...)
	sum := sha256.Sum256(body)
	signature, err := by.Sign(rand.Reader, sum[:], crypto.SHA256)
	require.NoError(t, err)
	bits, err := asn1.Marshal(asn1.BitString{Bytes: signature, BitLength: 8 * len(signature)})
	require.NoError(t, err)
	der := ber.Sequence(body, parts[2].Raw, bits)
	cert, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	return &issued{der, cert, c.key}
}

func (c inPath) chain(t *testing.T) (chain []*issued, root *issued) {
	t.Helper()
	from, to := time.Now().Add(-time.Hour), time.Now().Add(48*time.Hour)
	root = issue(t, request{cn: "Root CA", ca: true, from: from, to: to, edit: c.root})
	by := issue(t, request{cn: "Sub CA", ca: true, from: from, to: to, edit: c.sub, by: root})
	if c.version1 {
		by = ofVersion1(t, by, root.key)
	}
	chain = []*issued{by}
	if c.issuing != nil {
		by = issue(t, request{cn: "Issuing CA", ca: true, from: from, to: to, edit: c.issuing, by: by})
		chain = []*issued{by, chain[0]}
	}
	var key crypto.Signer
	if c.rsa {
		key = newKey(t, "RSA-2048")
	}
	leaf := issue(t, request{key: key, cn: "kafka1", hosts: "kafka1.example.com", from: from, to: to, edit: c.leaf, by: by})
	return append([]*issued{leaf}, chain...), root
}

// check returns the errors that are no other rule's.
func (c inPath) check(t *testing.T) []finding.Finding {
	t.Helper()
	chain, root := c.chain(t)
	key, err := x509.MarshalPKCS8PrivateKey(chain[0].key)
	require.NoError(t, err)
	e := Entry{Alias: "k", Kind: KindKey, Key: key}
	for _, x := range chain {
		e.Chain = append(e.Chain, x.der)
	}
	o := CheckOptions{Now: time.Now(), Roots: [][]byte{root.der}, RootsOnly: true}
	if c.client {
		o.Role = RoleClient
	}
	var out []finding.Finding
	for _, f := range Check(&Store{Entries: []Entry{e}}, o) {
		if f.Severity == finding.Error && f.ID != "tls-no-cn" {
			out = append(out, f)
		}
	}
	return out
}

// TestPaths finds what Java refuses of a chain, and nothing else; TestJavaAndPaths asks Java.
func TestPaths(t *testing.T) {
	for _, c := range inPaths {
		want := ""
		if c.want != "" {
			want = "error " + c.want
		}
		require.Equal(t, want, said(c.check(t)), c.name)
	}
}

// TestPathsInWords gives what is said of each kind.
func TestPathsInWords(t *testing.T) {
	want := map[string]string{
		"pathlen of sub exceeded":              "k: Issuing CA stands in the chain below Sub CA, which allows no further authority below it",
		"sub no certsign":                      "k: Sub CA stands in the chain as an issuer, and its key usage lacks keyCertSign",
		"sub of version 1":                     "k: Sub CA stands in the chain as an issuer, and its certificate is of version 1, which is no authority's",
		"root not ca":                          "k: the root of the chain, Root CA, is no certificate authority, or may not sign certificates",
		"unknown critical on leaf":             "k: the certificate has the critical extension 1.2.3.4, which Java does not know",
		"crl dp critical on sub":               "k: the certificate of Sub CA in its chain has the critical extension CRL distribution points, which Java does not know",
		"netscape client for server":           "k: the Netscape certificate type (nsCertType) of the certificate is not for servers",
		"netscape server for client":           "k: the Netscape certificate type (nsCertType) of the certificate is not for clients",
		"ec encipherment only":                 "k: the key usage of the certificate lacks digitalSignature, without which Java takes it neither from a server nor from a client",
		"aki of sub differs from the anchor's": "k: the certificate of Sub CA in its chain says that another root than Root CA issued it: the key identifier of its issuer is another",
		"aki of sub with another serial":       "k: the certificate of Sub CA in its chain says that another root than Root CA issued it: the serial number of its issuer is another",
		"empty subject, san not critical":      "k: the certificate has no subject, and its alternative names are not marked critical: Java reads neither it nor a store with it",
		"empty subject, no san":                "k: the certificate has neither a subject nor alternative names: Java reads neither it nor a store with it",
		"empty subject of sub":                 "k: the certificate has no issuer's name: Java reads neither it nor a store with it",
	}
	for _, c := range inPaths {
		if text, ok := want[c.name]; ok {
			require.Equal(t, text, c.check(t)[0].Message, c.name)
			delete(want, c.name)
		}
	}
	require.Empty(t, want)
}

// TestPathOfAChainWithoutOrder: the path is found in any order, and of a very long chain only its beginning.
func TestPathOfAChainWithoutOrder(t *testing.T) {
	by := issue(t, request{cn: "Root", ca: true})
	var chain [][]byte
	for i := range maxChain + 4 {
		by = issue(t, request{cn: fmt.Sprint("CA ", i), ca: true, by: by})
		chain = append(chain, by.der)
	}
	leaf := issue(t, request{cn: "k", hosts: "k.example.com", by: by})
	e := Entry{Alias: "k", Kind: KindKey, Chain: append([][]byte{leaf.der}, chain...)}
	c := &checked{store: &Store{}, current: &checkedEntry{entry: &e}, effort: newEffort()}
	path := c.path()
	require.Len(t, path, maxChain)
	for i, o := range path[1:] {
		require.Equal(t, path[i].issuer, o.subject)
	}
}

// TestASelfSignedCertificateHasNoPath: it is trusted as it is, or not at all.
func TestASelfSignedCertificateHasNoPath(t *testing.T) {
	leaf := issue(t, request{cn: "k", hosts: "k.example.com", edit: func(c *x509.Certificate) {
		c.KeyUsage = x509.KeyUsageKeyEncipherment
		add(extension("1.2.3.4", true, 5, 0), requirePolicy(0))(c)
	}})
	e := Entry{Alias: "k", Kind: KindKey, Chain: [][]byte{leaf.der}}
	require.Equal(t, "info tls-root-unknown", said(Check(&Store{Entries: []Entry{e}}, CheckOptions{Now: testNow})))
}
