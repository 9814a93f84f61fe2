// Package hostile makes stores that are filled to what package tlsstore takes, each in another way: for tests of what reading,
// comparing and writing them costs. It is for tests only.
package hostile

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"math/big"
	"strings"
	"time"
)

// Password opens every store that has a password.
const Password = "changeit"

// The limits to which the stores are filled: those of package tlsstore, whose tests compare them.
const (
	Size       = 32 << 20
	Entries    = 50_000
	Keys       = 2000
	Attributes = 4             // of each entry, on average
	Chain      = 4 << 20       // bytes, of one entry
	Aliases    = 100 * Entries // bytes, of all
)

// Store is one of the stores.
type Store struct {
	Name string // "tiny.jks": its name says what is in it
	Make func() []byte
}

// Stores returns all of them.
func Stores() []Store {
	m := newMaker()
	var all []Store
	add := func(name string, make func() []byte) { all = append(all, Store{name, make}) }
	small := func(i int) []byte { return m.numbered(m.small, i) }
	same := func(int) []byte { return m.small }
	huge, middle := m.huge(), m.certificate(140)
	sets := []struct {
		name  string
		n     int
		cert  func(i int) []byte
		alias func(i int) string
	}{
		{"tiny", Entries, func(int) []byte { return []byte{0x30, 0} }, number},
		{"distinct", Entries, small, number},
		{"equal", Entries, same, number},
		{"large", Entries, func(i int) []byte { return m.numbered(m.large, i) }, number},
		{"middle", Size/3400 - 500, func(i int) []byte { return m.numbered(middle, i) }, number},
		{"huge", Size/len(huge) - 1, func(i int) []byte { return m.numbered(huge, i) }, number},
		{"long-alias", Aliases / 65_006, small, func(i int) string { return number(i) + strings.Repeat("a", 65_000) }},
		{"upper-alias", Entries, small, func(i int) string { return strings.Repeat("A", 94) + number(i) }},
		{"sigma-alias", Entries, small, func(i int) string { return strings.Repeat("Σ.", 31) + number(i) }},
		{"one-alias", Entries, small, func(int) string { return "a" }},
	}
	for _, s := range sets {
		add(s.name+".jks", func() []byte { return m.jks(0xfeedfeed, s.n, s.alias, s.cert) })
		add(s.name+".p12", func() []byte { return m.trustedP12(s.n, s.alias, s.cert, nil) })
	}
	for _, name := range []string{"tiny", "distinct", "equal", "large", "middle", "huge"} {
		s := sets[0]
		for _, other := range sets {
			if other.name == name {
				s = other
			}
		}
		if name != "tiny" {
			add(name+".pem", func() []byte { return m.pem(s.n*3/4, s.cert) })
		}
		add(name+".p7b", func() []byte { return m.pkcs7(s.n, s.cert) })
		add(name+"-hidden.p12", func() []byte { return m.hiddenP12(s.n, s.cert) })
		add(name+"-chain.jks", func() []byte { return m.chainJKS(min(s.n, 5*Keys, Chain/(len(s.cert(0))+8)), s.cert) })
	}
	add("distinct.jceks", func() []byte { return m.jks(0xcececece, Entries, number, small) })
	add("keys.jks", func() []byte { return m.keysJKS(Keys, nil) })
	add("keys-certs.jks", func() []byte { return m.keysJKS(Keys, m.small) })
	add("keys-rsa.jks", func() []byte { return m.keysJKSOf(m.rsa(), Keys, nil) })
	add("keys.p12", func() []byte { return m.keysP12(Keys, 0) })
	add("keys-certs.p12", func() []byte { return m.keysP12(Keys, Entries-Keys) })
	add("attributes.p12", func() []byte { return m.trustedP12(Entries, number, small, attributes(Attributes-2)) })
	add("bags-of-bags.p12", m.nested)
	add("crls.p12", m.crls)
	add("safes.p12", m.safes)
	add("pieces.p12", m.pieces)
	add("empty-blocks.pem", func() []byte { return bytes.Repeat([]byte("-----BEGIN X-----\nAA==\n-----END X-----\n"), Entries-1) })
	add("lines.pem", func() []byte {
		return append(bytes.Repeat([]byte("-----\n"), Size/6-1000), m.pem(1, small)...)
	})
	add("keys.pem", m.keysPEM)
	return all
}

func number(i int) string { return fmt.Sprintf("%06d", i) }

type maker struct {
	key          *ecdsa.PrivateKey
	pkcs8        []byte
	small, large []byte
}

func newMaker() *maker {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(err)
	m := &maker{key: key}
	m.pkcs8, err = x509.MarshalPKCS8PrivateKey(key)
	must(err)
	m.small = m.certificate(5)
	m.large = m.certificate(10) // as large as so many of them may be
	return m
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

// certificate returns one of an authority with so many names.
func (m *maker) certificate(names int) []byte {
	template := &x509.Certificate{
		SerialNumber: big.NewInt(0x1234567890), Subject: pkix.Name{CommonName: "Hostile Root CA", Organization: []string{"Example"}, Country: []string{"XX"}},
		NotBefore: time.Unix(1_700_000_000, 0), NotAfter: time.Unix(4_000_000_000, 0), IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	for i := range names {
		template.DNSNames = append(template.DNSNames, fmt.Sprintf("n%d.example.com", i))
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, m.key.Public(), m.key)
	must(err)
	return der
}

// huge is a certificate with as many names as fit into one.
func (m *maker) huge() []byte {
	template := &x509.Certificate{SerialNumber: big.NewInt(0x1234567890), Subject: pkix.Name{CommonName: "Huge"}, NotAfter: time.Unix(4_000_000_000, 0), IsCA: true, BasicConstraintsValid: true}
	for i := range 50_000 {
		template.DNSNames = append(template.DNSNames, fmt.Sprintf("n%d.example", i))
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, m.key.Public(), m.key)
	must(err)
	return der
}

// numbered returns the certificate with another serial number; its signature is nonsense then.
func (m *maker) numbered(der []byte, i int) []byte {
	out := bytes.Clone(der)
	at := bytes.Index(out, []byte{0x12, 0x34, 0x56, 0x78, 0x90})
	binary.BigEndian.PutUint32(out[at+1:], uint32(i))
	return out
}

// rsa is a PKCS#8 key of RSA.
func (m *maker) rsa() []byte {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	must(err)
	der, err := x509.MarshalPKCS8PrivateKey(key)
	must(err)
	return der
}

func utf16(s string) []byte {
	var out []byte
	for _, r := range s {
		out = append(out, byte(r>>8), byte(r))
	}
	return out
}

// JKS.

type jksWriter struct{ bytes.Buffer }

func newJKS(magic uint32, n int) *jksWriter {
	w := &jksWriter{}
	w.uint32(magic)
	w.uint32(2)
	w.uint32(uint32(n))
	return w
}

func (w *jksWriter) uint32(n uint32) { w.Write(binary.BigEndian.AppendUint32(nil, n)) }

func (w *jksWriter) utf(s string) {
	w.Write(binary.BigEndian.AppendUint16(nil, uint16(len(s))))
	w.WriteString(s)
}

func (w *jksWriter) certificate(der []byte) {
	w.utf("X.509")
	w.uint32(uint32(len(der)))
	w.Write(der)
}

func (w *jksWriter) head(tag uint32, alias string) {
	w.uint32(tag)
	w.utf(alias)
	w.Write(binary.BigEndian.AppendUint64(nil, 1_700_000_000_000))
}

func (w *jksWriter) seal() []byte {
	h := sha1.New()
	h.Write(utf16(Password))
	h.Write([]byte("Mighty Aphrodite"))
	h.Write(w.Bytes())
	w.Write(h.Sum(nil))
	return w.Bytes()
}

func (m *maker) jks(magic uint32, n int, alias func(int) string, cert func(int) []byte) []byte {
	w := newJKS(magic, n)
	for i := range n {
		w.head(2, alias(i))
		w.certificate(cert(i))
	}
	return w.seal()
}

func (m *maker) chainJKS(n int, cert func(int) []byte) []byte {
	w := newJKS(0xfeedfeed, 1)
	w.head(1, "a")
	protected := jksProtect(m.pkcs8)
	w.uint32(uint32(len(protected)))
	w.Write(protected)
	w.uint32(uint32(n))
	for i := range n {
		w.certificate(cert(i))
	}
	return w.seal()
}

func (m *maker) keysJKS(n int, cert []byte) []byte { return m.keysJKSOf(m.pkcs8, n, cert) }

func (m *maker) keysJKSOf(pkcs8 []byte, n int, cert []byte) []byte {
	w := newJKS(0xfeedfeed, n)
	protected := jksProtect(pkcs8)
	for i := range n {
		w.head(1, number(i))
		w.uint32(uint32(len(protected)))
		w.Write(protected)
		if cert == nil {
			w.uint32(0)
			continue
		}
		w.uint32(1)
		w.certificate(m.numbered(cert, i))
	}
	return w.seal()
}

// jksProtect is the key protector of JKS.
func jksProtect(key []byte) []byte {
	salt := bytes.Repeat([]byte{7}, 20)
	out := bytes.Clone(salt)
	block := salt
	for at := 0; at < len(key); at += 20 {
		sum := sha1.Sum(append(utf16(Password), block...))
		block = sum[:]
		for i, c := range key[at:min(at+20, len(key))] {
			out = append(out, c^block[i])
		}
	}
	sum := sha1.Sum(append(utf16(Password), key...))
	return seq(seq(oid(1, 3, 6, 1, 4, 1, 42, 2, 17, 1, 1), []byte{5, 0}), octets(append(out, sum[:]...)))
}

// PEM and PKCS#7.

func pemBlock(out *bytes.Buffer, label string, der []byte) {
	out.WriteString("-----BEGIN " + label + "-----\n")
	out.WriteString(base64.StdEncoding.EncodeToString(der))
	out.WriteString("\n-----END " + label + "-----\n")
}

func (m *maker) pem(n int, cert func(int) []byte) []byte {
	var out bytes.Buffer
	for i := range n {
		pemBlock(&out, "CERTIFICATE", cert(i))
	}
	return out.Bytes()
}

// keysPEM holds as many different keys as a file may.
func (m *maker) keysPEM() []byte {
	var out bytes.Buffer
	first, err := m.key.Bytes()
	must(err)
	for i := range Keys {
		number := new(big.Int).Add(new(big.Int).SetBytes(first), big.NewInt(int64(i))).FillBytes(make([]byte, 32))
		key := seq([]byte{2, 1, 0}, seq(oid(1, 2, 840, 10045, 2, 1), oid(1, 2, 840, 10045, 3, 1, 7)),
			octets(seq([]byte{2, 1, 1}, octets(number))))
		pemBlock(&out, "PRIVATE KEY", key)
	}
	pemBlock(&out, "CERTIFICATE", m.small)
	return out.Bytes()
}

func (m *maker) pkcs7(n int, cert func(int) []byte) []byte {
	var all [][]byte
	for i := range n {
		all = append(all, cert(i))
	}
	return seq(oid(1, 2, 840, 113549, 1, 7, 2), explicit(0, seq([]byte{2, 1, 1}, explicit(0, all...))))
}
