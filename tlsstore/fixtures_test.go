package tlsstore

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/internal/golden"
)

// identity is a key with its chain, leaf and intermediate, and the root above it.
type identity struct {
	key   []byte // PKCS#8
	chain [][]byte
	root  []byte
}

// fixtureKinds are the keys under testdata/identities, made once, valid for 100 years.
var fixtureKinds = []string{"rsa2048", "rsa4096", "p256", "p384", "p521", "ed25519", "p256b", "p256c"}

var fixtures sync.Map

// fixture returns an identity from testdata. UPDATE=1 makes those that are missing.
func fixture(t testing.TB, kind string) identity {
	t.Helper()
	if id, ok := fixtures.Load(kind); ok {
		return id.(identity)
	}
	path := filepath.Join("testdata", "identities", kind+".pem")
	data, err := os.ReadFile(path)
	if os.IsNotExist(err) && golden.Update() {
		data = makeIdentity(t, kind)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, data, 0o644))
		err = nil
	}
	require.NoError(t, err)
	var id identity
	for block, rest := pem.Decode(data); block != nil; block, rest = pem.Decode(rest) {
		if block.Type == "PRIVATE KEY" {
			id.key = block.Bytes
		} else {
			id.chain = append(id.chain, block.Bytes)
		}
	}
	id.root = id.chain[len(id.chain)-1]
	id.chain = id.chain[: len(id.chain)-1 : len(id.chain)-1]
	fixtures.Store(kind, id)
	return id
}

func TestFixtures(t *testing.T) {
	for _, kind := range fixtureKinds {
		id := fixture(t, kind)
		require.NotEmpty(t, id.key, kind)
		require.Len(t, id.chain, 2, kind)
		same, known := belongs(id.key, id.chain[0])
		require.True(t, same && known, kind)
	}
}

func makeIdentity(t testing.TB, kind string) []byte {
	t.Helper()
	newKey := func() crypto.Signer {
		var key crypto.Signer
		var err error
		switch kind {
		case "rsa2048":
			key, err = rsa.GenerateKey(rand.Reader, 2048)
		case "rsa4096":
			key, err = rsa.GenerateKey(rand.Reader, 4096)
		case "p384":
			key, err = ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
		case "p521":
			key, err = ecdsa.GenerateKey(elliptic.P521(), rand.Reader)
		case "ed25519":
			_, key, err = ed25519.GenerateKey(rand.Reader)
		default:
			key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		}
		require.NoError(t, err)
		return key
	}
	serial := int64(1000)
	issue := func(name string, ca bool, key crypto.Signer, parent *x509.Certificate, signer crypto.Signer) *x509.Certificate {
		serial++
		c := &x509.Certificate{
			SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: name, Organization: []string{"Example"}},
			NotBefore: time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC), NotAfter: time.Date(2125, 1, 1, 0, 0, 0, 0, time.UTC),
			BasicConstraintsValid: true, IsCA: ca,
		}
		if ca {
			c.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageCRLSign
		} else {
			c.DNSNames = []string{name}
			c.KeyUsage = x509.KeyUsageDigitalSignature
			c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}
		}
		if parent == nil {
			parent = c
		}
		der, err := x509.CreateCertificate(rand.Reader, c, parent, key.Public(), signer)
		require.NoError(t, err)
		parsed, err := x509.ParseCertificate(der)
		require.NoError(t, err)
		return parsed
	}
	rootKey, interKey, leafKey := newKey(), newKey(), newKey()
	root := issue("Root "+kind, true, rootKey, nil, rootKey)
	inter := issue("Intermediate "+kind, true, interKey, root, rootKey)
	leaf := issue(fmt.Sprintf("%s.example.com", kind), false, leafKey, inter, interKey)
	der, err := x509.MarshalPKCS8PrivateKey(leafKey)
	require.NoError(t, err)
	out := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
	for _, c := range []*x509.Certificate{leaf, inter, root} {
		out = append(out, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})...)
	}
	return out
}
