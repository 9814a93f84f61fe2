package node

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/tlsstore"
)

// certificate is a test certificate with its key.
type certificate struct {
	der []byte
	key crypto.Signer
}

func (c certificate) parsed(t testing.TB) *x509.Certificate {
	x, err := x509.ParseCertificate(c.der)
	require.NoError(t, err)
	return x
}

// issue makes a certificate; a nil issuer makes it self-signed.
func issue(t testing.TB, name string, issuer *certificate, edit func(*x509.Certificate)) certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name}, DNSNames: []string{"localhost"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().AddDate(10, 0, 0), KeyUsage: x509.KeyUsageDigitalSignature,
	}
	if edit != nil {
		edit(template)
	}
	parent, signer := template, crypto.Signer(key)
	if issuer != nil {
		parent, signer = issuer.parsed(t), issuer.key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer)
	require.NoError(t, err)
	return certificate{der, key}
}

func authority(c *x509.Certificate) {
	c.IsCA, c.BasicConstraintsValid, c.KeyUsage = true, true, x509.KeyUsageCertSign
}

func expiredNow(c *x509.Certificate) {
	c.NotBefore, c.NotAfter = time.Now().AddDate(-2, 0, 0), time.Now().AddDate(-1, 0, 0)
}

func futureNow(c *x509.Certificate) {
	c.NotBefore, c.NotAfter = time.Now().AddDate(1, 0, 0), time.Now().AddDate(2, 0, 0)
}

func usages(u ...x509.ExtKeyUsage) func(*x509.Certificate) {
	return func(c *x509.Certificate) { c.ExtKeyUsage = u }
}

func keyStore(t testing.TB, f tlsstore.Format, keyPassword string, c certificate, above ...certificate) []byte {
	t.Helper()
	pkcs8, err := x509.MarshalPKCS8PrivateKey(c.key)
	require.NoError(t, err)
	chain := [][]byte{c.der}
	for _, a := range above {
		chain = append(chain, a.der)
	}
	s := &tlsstore.Store{Format: f, Entries: []tlsstore.Entry{{Alias: "kafka", Kind: tlsstore.KindKey, Key: pkcs8, Chain: chain}}}
	o := tlsstore.EncodeOptions{}
	if keyPassword != "" {
		o.KeyPassword = tlsstore.NewPassword([]byte(keyPassword))
	}
	data, err := tlsstore.Encode(s, tlsstore.NewPassword([]byte("changeit")), o)
	require.NoError(t, err)
	return data
}

// pemStore is a key in PEM with certificates as they are given.
func pemStore(t testing.TB, key crypto.Signer, certificates ...certificate) []byte {
	t.Helper()
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	data := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8})
	for _, c := range certificates {
		data = append(data, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.der})...)
	}
	return data
}

func trustStore(t testing.TB, c ...certificate) []byte {
	t.Helper()
	s := &tlsstore.Store{Format: tlsstore.PKCS12}
	for _, x := range c {
		s.Entries = append(s.Entries, tlsstore.TrustEntry(x.parsed(t).Subject.CommonName, x.der, time.Now()))
	}
	data, err := tlsstore.Encode(s, tlsstore.NewPassword([]byte("changeit")), tlsstore.EncodeOptions{})
	require.NoError(t, err)
	return data
}

var storesOnce = struct {
	sync.Mutex
	files map[string][]byte
}{}

// stores makes the stores that the table's names tell of.
func stores(t testing.TB) map[string][]byte {
	t.Helper()
	storesOnce.Lock()
	defer storesOnce.Unlock()
	if storesOnce.files != nil {
		return storesOnce.files
	}
	read := func(name string) []byte {
		b, err := os.ReadFile(filepath.Join("testdata", name))
		require.NoError(t, err)
		return b
	}
	bundle, err := tlsstore.ParsePEM("good", append(read("good.key"), read("good.crt")...), tlsstore.PEMOptions{})
	require.NoError(t, err)
	pkcs8, err := bundle.Keys[0].PKCS8()
	require.NoError(t, err)
	key, err := x509.ParsePKCS8PrivateKey(pkcs8)
	require.NoError(t, err)
	good := certificate{bundle.Certificates[0].DER, key.(crypto.Signer)}
	ca := issue(t, "Test CA", nil, authority)
	intermediate := issue(t, "Test Intermediate", &ca, authority)
	keypass := issue(t, "keypass", nil, nil)
	expired := issue(t, "expired", nil, expiredNow)
	future := issue(t, "future", nil, futureNow)
	leaf := func(edit func(*x509.Certificate)) []byte {
		return keyStore(t, tlsstore.PKCS12, "", issue(t, "leaf", &ca, edit), ca)
	}
	below := issue(t, "leaf", &intermediate, nil)
	files := map[string][]byte{
		"good.p12":            keyStore(t, tlsstore.PKCS12, "", good),
		"ts-good.p12":         trustStore(t, good),
		"twopasswords.p12":    read("twopasswords.p12"), // good.p12 by KeyStore.setKeyEntry, whose key has the password differs
		"keypass.jks":         keyStore(t, tlsstore.JKS, "differs", keypass),
		"ts-keypass.p12":      trustStore(t, keypass),
		"expired.p12":         keyStore(t, tlsstore.PKCS12, "", expired),
		"ts-expired.p12":      trustStore(t, expired),
		"future.p12":          keyStore(t, tlsstore.PKCS12, "", future),
		"ts-future.p12":       trustStore(t, future),
		"ts-ca.p12":           trustStore(t, ca),
		"ts-intermediate.p12": trustStore(t, intermediate),
		"leafok.p12":          leaf(usages(x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth)),
		"leafnoeku.p12":       leaf(nil),
		"leafexp.p12":         leaf(expiredNow),
		"leaffuture.p12":      leaf(futureNow),
		"leafserveronly.p12":  leaf(usages(x509.ExtKeyUsageServerAuth)),
		"leafclientonly.p12":  leaf(usages(x509.ExtKeyUsageClientAuth)),
		"leafanyusage.p12":    leaf(usages(x509.ExtKeyUsageAny)),
		"leafkeyenc.p12":      leaf(func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageKeyEncipherment }),
		"leafsanmismatch.p12": leaf(func(c *x509.Certificate) { c.DNSNames = []string{"elsewhere.example"} }),
		"leafinter.p12":       keyStore(t, tlsstore.PKCS12, "", issue(t, "leaf", &intermediate, nil), intermediate),
		"leafnointer.p12":     keyStore(t, tlsstore.PKCS12, "", issue(t, "leaf", &intermediate, nil)),
		"good.crt":            read("good.crt"),
		"certonly.pem":        read("good.crt"),
		"good-all.pem":        append(read("good.key"), read("good.crt")...),
		"good-pkcs1.pem":      append(read("pkcs1.key"), read("good.crt")...),
		"good-enc3des.pem":    append(read("enc3des.key"), read("good.crt")...),
		"good-encaes.pem":     append(read("encaes.key"), read("good.crt")...),
		"twokeys.pem":         append(append(read("good.key"), read("good.key")...), read("good.crt")...),
		"text.pem":            append([]byte("subject=CN = localhost\n"), append(read("good.key"), read("good.crt")...)...),
		"ca.pem":              pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: ca.der}),
		"chain.pem":           pemStore(t, below.key, below, intermediate),
		"withroot.pem":        pemStore(t, below.key, below, intermediate, ca),
		"disordered.pem":      pemStore(t, below.key, intermediate, below),
		"rootbetween.pem":     pemStore(t, below.key, below, ca, intermediate),
		"repeated.pem":        pemStore(t, below.key, below, intermediate, below),
		"leaftwice.pem":       pemStore(t, below.key, below, below),
		"stranger.pem":        pemStore(t, below.key, below, good),
		"issueralone.pem":     pemStore(t, below.key, intermediate),
		"otherkey.pem":        pemStore(t, good.key, below, intermediate),
		"garbage.p12":         []byte("this is no store"),
		"empty.p12":           {},
	}
	storesOnce.files = files
	return files
}
