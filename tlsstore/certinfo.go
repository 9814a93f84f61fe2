package tlsstore

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"math/big"
	"strings"
	"time"
)

// CertificateInfo describes a certificate, as far as it can be read: the kinds that Go's crypto/x509 refuses have everything but
// what only their extensions say.
type CertificateInfo struct {
	Subject            string        `json:"subject"` // RFC 4514: "CN=a.example.com,O=Example"
	Issuer             string        `json:"issuer"`
	Serial             string        `json:"serial"` // hex
	NotBefore          time.Time     `json:"not_before"`
	NotAfter           time.Time     `json:"not_after"`
	SHA256             string        `json:"sha256"`      // of the certificate, hex
	SPKISHA256         string        `json:"spki_sha256"` // of its public key with algorithm, hex
	PublicKey          PublicKeyInfo `json:"public_key"`
	SignatureAlgorithm string        `json:"signature_algorithm"` // as Java names it: "SHA256withECDSA"
	DNSNames           []string      `json:"dns_names"`
	IPAddresses        []string      `json:"ip_addresses"`
	ExtendedKeyUsage   []string      `json:"extended_key_usage"` // "serverAuth", "clientAuth"; others by OID
	IsCA               bool          `json:"is_ca"`
}

// DescribeCertificate describes a certificate given as DER.
func DescribeCertificate(der []byte) CertificateInfo {
	c := CertificateInfo{SHA256: fingerprint(der), DNSNames: []string{}, IPAddresses: []string{}, ExtendedKeyUsage: []string{}}
	t, ok := parseTBS(der)
	if !ok {
		return c
	}
	c.SPKISHA256 = fingerprint(t.spki)
	c.Subject, c.Issuer = distinguishedName(t.subject), distinguishedName(t.issuer)
	c.Serial = serialNumber(t.serial)
	c.NotBefore, c.NotAfter = asn1Time(t.notBefore), asn1Time(t.notAfter)
	c.PublicKey = describeKey(t.spki)
	c.SignatureAlgorithm = signatureName(t.signature)
	c.extensions(t.extensions)
	return c
}

// fingerprint returns the SHA-256 of b in hex.
func fingerprint(b []byte) string {
	sum := sha256.Sum256(b)
	var out [2 * sha256.Size]byte
	hex.Encode(out[:], sum[:])
	return string(out[:])
}

// subjectOf returns the subject of a certificate for messages.
func subjectOf(der []byte) string {
	t, ok := parseTBS(der)
	if !ok {
		return "a certificate that cannot be read"
	}
	return quote(distinguishedName(t.subject))
}

func serialNumber(content []byte) string {
	if len(content) == 0 || content[0]&0x80 == 0 {
		return cmp.Or(strings.TrimLeft(hex.EncodeToString(content), "0"), "0")
	}
	n := new(big.Int).SetBytes(content)
	n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(8*len(content))))
	return n.Text(16)
}

// names are words for object identifiers: lists, since a map would have to be made at each start of a program.
type names [][2]string

func (n names) of(oid string) string {
	for _, pair := range n {
		if pair[0] == oid {
			return pair[1]
		}
	}
	return ""
}
