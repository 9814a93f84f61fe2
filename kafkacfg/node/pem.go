package node

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"

	"github.com/kcfg/kcfg/tlsstore"
)

// pemEntries are Kafka's own patterns for PEM, which are laxer than RFC 7468 in some things and stricter in others: any label
// that ends in PRIVATE KEY counts as a key, and what is inside has to be PKCS#8.
func pemPattern(name string) *regexp.Regexp {
	name = strings.ReplaceAll(name, " ", `\s+`)
	return regexp.MustCompile(`-+BEGIN\s*.*` + name + `[^-]*-+\s+(?:\s*[^\r\n]*:[^\r\n]*[\r\n]+)*([a-zA-Z0-9/+=\s]*)-+END\s*.*` + name + `[^-]*-+\s+`)
}

var (
	certificatePattern = sync.OnceValue(func() *regexp.Regexp { return pemPattern("CERTIFICATE") })
	privateKeyPattern  = sync.OnceValue(func() *regexp.Regexp { return pemPattern("PRIVATE KEY") })
)

func pemEntries(pattern *regexp.Regexp, text string) ([][]byte, error) {
	var out [][]byte
	for _, m := range pattern.FindAllStringSubmatch(text+"\n", -1) {
		der, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(m[1]), ""))
		if err != nil {
			return nil, errors.New("has a damaged block")
		}
		out = append(out, der)
	}
	return out, nil
}

// pemStore follows PemStore: certificates, and for a key store exactly one private key in PKCS#8.
func (j *judge) pemStore(s storeSettings, certs, key string, at setting) loaded {
	where := at.key
	if at.key == s.location.key {
		where = clip(at.text)
	}
	refuse := func(help, format string, args ...any) loaded {
		f := j.report("kafka-pem-store", at.pos, at.key, where+" "+fmt.Sprintf(format, args...))
		f.Help = help
		return loaded{}
	}
	chain, err := pemEntries(certificatePattern(), certs)
	if err != nil {
		return refuse("write the file again with kcfg keystore --format pem", "%v", err)
	}
	if len(chain) == 0 {
		return refuse("put the certificates of the chain into it, the process's own first", "holds no certificate")
	}
	for _, der := range chain {
		var any asn1.RawValue
		if rest, err := asn1.Unmarshal(der, &any); err != nil || len(rest) > 0 {
			return refuse("write the file again with kcfg keystore --format pem", "has a certificate that cannot be read")
		}
	}
	store := &tlsstore.Store{Format: tlsstore.PEM}
	if !s.isKeystore {
		for i, der := range chain {
			store.Entries = append(store.Entries, tlsstore.Entry{Alias: fmt.Sprintf("kafka%d", i), Kind: tlsstore.KindCertificate, Chain: [][]byte{der}})
		}
		return loaded{store: store, ok: true}
	}
	keys, err := pemEntries(privateKeyPattern(), key)
	switch {
	case err != nil:
		return refuse("write the file again with kcfg keystore --format pem", "%v", err)
	case len(keys) == 0:
		return refuse("put the private key into it, as PKCS#8", "holds no private key")
	case len(keys) > 1:
		return refuse("leave one", "holds %d private keys; Kafka takes exactly one", len(keys))
	}
	der, problem := j.pemKey(keys[0], s.keyPassword)
	if problem != "" {
		return refuse("kcfg convert --format pem writes keys as Kafka reads them", "%s", problem)
	}
	if len(chain) > 1 && !tlsstore.InOrder(chain) {
		return refuse("kcfg keystore --format pem writes the chain in order", "does not hold a chain: each certificate has to name the next one as its issuer, and none may be there twice")
	}
	if !s.keyPassword.set && at.key == s.location.key && !j.in("3.3..") {
		return refuse("use Kafka 3.3 or later, encrypt the key, or use a PKCS12 store", "has a key without a password, which Kafka before 3.3 cannot load from a file")
	}
	store.Entries = []tlsstore.Entry{{Alias: "kafka", Kind: tlsstore.KindKey, Key: der, Chain: chain}}
	return loaded{store: store, ok: true}
}

// pemKey opens a key as Java 17 does, on which every release with PEM runs: it does not read PBES2, as OpenSSL
// writes it, and only RSA, DSA and EC have a factory.
func (j *judge) pemKey(der []byte, password setting) (pkcs8 []byte, problem string) {
	var encrypted struct {
		Algorithm struct {
			OID        asn1.ObjectIdentifier
			Parameters asn1.RawValue `asn1:"optional"`
		}
		Data []byte
	}
	rest, err := asn1.Unmarshal(der, &encrypted)
	isEncrypted := err == nil && len(rest) == 0
	switch {
	case isEncrypted && !password.set:
		return nil, "has an encrypted key, but ssl.key.password is not set"
	case !isEncrypted && password.set:
		return nil, "has a key that is not encrypted, but ssl.key.password is set"
	case isEncrypted && encrypted.Algorithm.OID.Equal(oidPBES2):
		return nil, "has a key encrypted with PBES2, which Java 17 does not read in PEM"
	case isEncrypted:
		bundle, err := tlsstore.ParsePEM("key", pemBlock("ENCRYPTED PRIVATE KEY", der), tlsstore.PEMOptions{Password: passwordOf(password)})
		if err != nil || len(bundle.Keys) != 1 {
			return nil, "has a key that ssl.key.password does not open"
		}
		if der, err = bundle.Keys[0].PKCS8(); err != nil {
			return nil, "has a key that ssl.key.password does not open"
		}
	}
	key, err := x509.ParsePKCS8PrivateKey(der)
	switch key.(type) {
	case *rsa.PrivateKey, *ecdsa.PrivateKey:
		return der, ""
	}
	if err == nil {
		return nil, "has a key of a kind that Kafka's PEM reader does not know: it takes RSA, DSA and EC"
	}
	if bytes.Contains(der, oidDSA) {
		return der, ""
	}
	return nil, "has a key that is not PKCS#8 (BEGIN PRIVATE KEY)"
}

var (
	oidPBES2 = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 13}
	oidDSA   = []byte{0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x38, 0x04, 0x01}
)

func pemBlock(label string, der []byte) []byte {
	var b strings.Builder
	b.WriteString("-----BEGIN " + label + "-----\n")
	text := base64.StdEncoding.EncodeToString(der)
	const width = 64
	for len(text) > width {
		b.WriteString(text[:width] + "\n")
		text = text[width:]
	}
	b.WriteString(text + "\n-----END " + label + "-----\n")
	return []byte(b.String())
}
