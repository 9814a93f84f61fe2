package tlsstore

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The time of these tests, and how long their certificates live.
var (
	testNow   = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	testStart = testNow.AddDate(-1, 0, 0)
	testEnd   = testNow.AddDate(99, 0, 0)
)

// issued is a certificate of a test with its key.
type issued struct {
	der  []byte
	cert *x509.Certificate
	key  crypto.Signer
}

// request describes a certificate of a test.
type request struct {
	cn       string
	org      string
	key      crypto.Signer // nil: a new one on P-256
	ca       bool
	issuing  bool   // pathlen 0
	hosts    string // comma-separated
	uses     []x509.ExtKeyUsage
	from, to time.Time
	by       *issued // nil: self-signed
	edit     func(*x509.Certificate)
}

var serial int64

// issue makes a certificate.
func issue(t testing.TB, r request) *issued {
	t.Helper()
	if r.key == nil {
		r.key = newKey(t, "EC-256")
	}
	serial++
	c := &x509.Certificate{
		SerialNumber: big.NewInt(serial), NotBefore: testStart, NotAfter: testEnd,
		BasicConstraintsValid: true, IsCA: r.ca, ExtKeyUsage: r.uses, KeyUsage: x509.KeyUsageDigitalSignature,
	}
	if r.cn != "" {
		c.Subject.CommonName = r.cn
	}
	if r.org != "" {
		c.Subject.Organization = []string{r.org}
	}
	if r.ca {
		c.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageCRLSign
		c.MaxPathLenZero = r.issuing
	}
	if !r.from.IsZero() {
		c.NotBefore = r.from
	}
	if !r.to.IsZero() {
		c.NotAfter = r.to
	}
	for host := range strings.SplitSeq(r.hosts, ",") {
		switch ip := net.ParseIP(host); {
		case host == "":
		case ip != nil:
			c.IPAddresses = append(c.IPAddresses, ip)
		default:
			c.DNSNames = append(c.DNSNames, host)
		}
	}
	if r.edit != nil {
		r.edit(c)
	}
	parent, signer := c, r.key
	if r.by != nil {
		parent, signer = r.by.cert, r.by.key
	}
	der, err := x509.CreateCertificate(rand.Reader, c, parent, r.key.Public(), signer)
	require.NoError(t, err)
	cert, err := x509.ParseCertificate(der)
	if r.edit == nil { // else it may be one that only Java reads
		require.NoError(t, err)
	}
	return &issued{der, cert, r.key}
}

var testKeys = map[string]crypto.Signer{}

// newKey makes a key; RSA keys are made once, since they are slow to make.
func newKey(t testing.TB, kind string) crypto.Signer {
	t.Helper()
	if k, ok := testKeys[kind]; ok {
		return k
	}
	var k crypto.Signer
	var err error
	switch kind {
	case "EC-224":
		k, err = ecdsa.GenerateKey(elliptic.P224(), rand.Reader)
	case "EC-256":
		k, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case "EC-384":
		k, err = ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	case "EC-521":
		k, err = ecdsa.GenerateKey(elliptic.P521(), rand.Reader)
	case "Ed25519":
		_, k, err = ed25519.GenerateKey(rand.Reader)
	case "RSA-512":
		k, err = shortKey(512)
		testKeys[kind] = k
	case "RSA-1024":
		k, err = rsa.GenerateKey(rand.Reader, 1024)
		testKeys[kind] = k
	case "RSA-2048", "RSA-2048-other":
		k, err = rsa.GenerateKey(rand.Reader, 2048)
		testKeys[kind] = k
	case "RSA-4096":
		k, err = rsa.GenerateKey(rand.Reader, 4096)
		testKeys[kind] = k
	default:
		t.Fatalf("no key kind %q", kind)
	}
	require.NoError(t, err)
	return k
}

func pemOf(label string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: label, Bytes: der}))
}

func (i *issued) pem() string { return pemOf("CERTIFICATE", i.der) }

func keyPEM(t testing.TB, key crypto.Signer) string {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	return pemOf("PRIVATE KEY", der)
}

// mustParse reads PEM text of a test.
func mustParse(t testing.TB, text ...string) *Bundle {
	t.Helper()
	p, err := ParsePEM("in.pem", []byte(strings.Join(text, "")), PEMOptions{})
	require.NoError(t, err)
	return p
}
