package tlsstore

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"math/big"
	"net"
	"slices"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/kcfg/kcfg/tlsstore/internal/ber"
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

// PublicKeyInfo describes a public key.
type PublicKeyInfo struct {
	Algorithm string `json:"algorithm"` // "RSA", "EC", "Ed25519"; what has no name here, its OID
	Bits      int    `json:"bits"`
	Curve     string `json:"curve"` // "P-256"; empty where there is none
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

func asn1Time(e ber.Element) time.Time {
	if t, ok := plainTime(e); ok {
		return t
	}
	layouts := []string{"20060102150405Z0700", "200601021504Z0700"}
	text := string(e.Content)
	if e.Tag == 23 { // UTCTime: two digits stand for 1950 to 2049
		layouts = []string{"060102150405Z0700", "0601021504Z0700"}
	}
	for _, l := range layouts {
		if t, err := time.Parse(l, text); err == nil {
			if e.Tag == 23 && t.Year() >= 2050 {
				t = t.AddDate(-100, 0, 0)
			}
			return t.UTC()
		}
	}
	return time.Time{}
}

// plainTime reads what nearly all certificates have, a time to the second in UTC; any other it leaves to time.Parse.
func plainTime(e ber.Element) (time.Time, bool) {
	text := e.Content
	year := 0
	if e.Tag == 23 && len(text) == len("060102150405Z") {
		if year = twoDigits(text); year < 50 {
			year += 100
		}
		year, text = year+1900, text[2:]
	} else if e.Tag != 23 && len(text) == len("20060102150405Z") {
		year, text = 100*twoDigits(text)+twoDigits(text[2:]), text[4:]
	} else {
		return time.Time{}, false
	}
	month, day, hour, minute, second := twoDigits(text), twoDigits(text[2:]), twoDigits(text[4:]), twoDigits(text[6:]), twoDigits(text[8:])
	if text[10] != 'Z' || year < 1 || month < 1 || month > 12 || day < 1 || day > 28 && day > daysIn(month, year) || hour < 0 || hour > 23 ||
		minute < 0 || minute > 59 || second < 0 || second > 59 {
		return time.Time{}, false
	}
	return time.Date(year, time.Month(month), day, hour, minute, second, 0, time.UTC), true
}

// twoDigits returns the number that b begins with, and one far below zero where it does not.
func twoDigits(b []byte) int {
	if b[0] < '0' || b[0] > '9' || b[1] < '0' || b[1] > '9' {
		return -1 << 20
	}
	return 10*int(b[0]-'0') + int(b[1]-'0')
}

func daysIn(month, year int) int {
	return time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
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

var attributeNames = names{
	{"2.5.4.3", "CN"}, {"2.5.4.4", "SURNAME"}, {"2.5.4.5", "SERIALNUMBER"}, {"2.5.4.6", "C"}, {"2.5.4.7", "L"}, {"2.5.4.8", "ST"},
	{"2.5.4.9", "STREET"}, {"2.5.4.10", "O"}, {"2.5.4.11", "OU"}, {"2.5.4.12", "T"}, {"2.5.4.42", "GIVENNAME"}, {"2.5.4.46", "DNQ"},
	{"2.5.4.97", "ORGID"}, {"0.9.2342.19200300.100.1.25", "DC"}, {"0.9.2342.19200300.100.1.1", "UID"},
	{"1.2.840.113549.1.9.1", "EMAILADDRESS"},
}

// distinguishedName returns a name in the order and with the escapes of RFC 4514, which is Java's order too. Control
// characters stay as they are: whoever prints the name escapes them.
func distinguishedName(der []byte) string {
	left := maxAttributes
	name, err := ber.Single(der)
	if err != nil {
		return ""
	}
	var few [8]ber.Element
	rdns, err := name.Append(few[:0], left)
	if err != nil {
		return ""
	}
	var room [128]byte
	out := room[:0]
	for i := len(rdns) - 1; i >= 0; i-- {
		n, err := rdns[i].Count(left)
		if err != nil {
			return ""
		}
		left -= n
		if len(out) > 0 || i < len(rdns)-1 {
			out = append(out, ',')
		}
		for rest, k := rdns[i].Content, 0; len(rest) > 0; k++ {
			if k > 0 {
				out = append(out, '+')
			}
			var ava ber.Element
			ava, rest, _ = ber.Read(rest)
			out = appendAttribute(out, ava)
		}
	}
	return string(out)
}

func appendAttribute(out []byte, ava ber.Element) []byte {
	var parts [2]ber.Element
	if n, err := ava.Few(parts[:]); err != nil || n != 2 {
		return append(out, '?')
	}
	oid, err := parts[0].OID()
	if err != nil {
		return append(out, '?')
	}
	name := attributeNames.of(oid)
	if name == "" {
		name = oid
	}
	out = append(append(out, name...), '=')
	if value, ok := stringValue(parts[1]); ok {
		return appendEscaped(out, value)
	}
	return hex.AppendEncode(append(out, '#'), parts[1].Raw)
}

func stringValue(e ber.Element) (string, bool) {
	switch e.Tag {
	case ber.TagUTF8String, ber.TagPrintable, ber.TagIA5String, 18, 26, 27: // NumericString, VisibleString, GeneralString
		return strings.ToValidUTF8(string(e.Content), "\uFFFD"), e.Class == ber.Universal
	case ber.TagT61String:
		runes := make([]rune, len(e.Content))
		for i, c := range e.Content {
			runes[i] = rune(c)
		}
		return string(runes), true
	case ber.TagBMPString:
		units := make([]uint16, len(e.Content)/2)
		for i := range units {
			units[i] = uint16(e.Content[2*i])<<8 | uint16(e.Content[2*i+1])
		}
		return string(utf16.Decode(units)), true
	}
	return "", false
}

func appendEscaped(out []byte, s string) []byte {
	for i, r := range s {
		switch {
		case r == ',', r == '+', r == '"', r == '\\', r == '<', r == '>', r == ';', r == '#' && i == 0, r == ' ' && (i == 0 || i == len(s)-1):
			out = append(out, '\\')
		}
		out = utf8.AppendRune(out, r)
	}
	return out
}

var keyNames = names{
	{oidRSA, "RSA"}, {"1.2.840.113549.1.1.10", "RSASSA-PSS"}, {"1.2.840.10045.2.1", "EC"}, {"1.2.840.10040.4.1", "DSA"},
	{"1.3.101.110", "X25519"}, {"1.3.101.111", "X448"}, {"1.3.101.112", "Ed25519"}, {"1.3.101.113", "Ed448"},
	{"2.16.840.1.101.3.4.3.17", "ML-DSA-44"}, {"2.16.840.1.101.3.4.3.18", "ML-DSA-65"}, {"2.16.840.1.101.3.4.3.19", "ML-DSA-87"},
}

// curve is a named curve of a public key.
type curve struct {
	oid, name string
	bits      int
}

var curves = []curve{
	{"1.2.840.10045.3.1.1", "P-192", 192}, {"1.3.132.0.33", "P-224", 224}, {"1.2.840.10045.3.1.7", "P-256", 256},
	{"1.3.132.0.34", "P-384", 384}, {"1.3.132.0.35", "P-521", 521}, {"1.3.132.0.10", "secp256k1", 256},
	{"1.3.36.3.3.2.8.1.1.7", "brainpoolP256r1", 256}, {"1.3.36.3.3.2.8.1.1.11", "brainpoolP384r1", 384},
	{"1.3.36.3.3.2.8.1.1.13", "brainpoolP512r1", 512},
}

// curveOf returns the curve of an object identifier; one that is not known has that for a name.
func curveOf(oid string) curve {
	if i := slices.IndexFunc(curves, func(c curve) bool { return c.oid == oid }); i >= 0 {
		return curves[i]
	}
	return curve{oid: oid, name: oid}
}

// fixedBits are the sizes of the keys of algorithms that have one size; 0 for others.
func fixedBits(algorithm string) int {
	switch algorithm {
	case "Ed25519", "X25519":
		return 255
	case "Ed448", "X448":
		return 448
	}
	return 0
}

func describeKey(spki []byte) PublicKeyInfo {
	info, err := ber.Single(spki)
	if err != nil {
		return PublicKeyInfo{}
	}
	var parts, both [2]ber.Element
	if n, err := info.Few(parts[:]); err != nil || n != 2 {
		return PublicKeyInfo{}
	}
	n, err := parts[0].Few(both[:])
	if err != nil || n == 0 {
		return PublicKeyInfo{}
	}
	alg := both[:n]
	oid, _ := alg[0].OID()
	k := PublicKeyInfo{Algorithm: keyNames.of(oid)}
	if k.Algorithm == "" {
		k.Algorithm = oid
	}
	switch k.Algorithm {
	case "RSA", "RSASSA-PSS":
		if key, err := ber.Single(subjectPublicKey(spki)); err == nil {
			if numbers, err := key.Children(2); err == nil && len(numbers) == 2 {
				k.Bits = new(big.Int).SetBytes(numbers[0].Content).BitLen()
			}
		}
	case "EC":
		if len(alg) == 2 {
			if oid, err := alg[1].OID(); err == nil {
				c := curveOf(oid)
				k.Curve, k.Bits = c.name, c.bits
			}
		}
	case "DSA":
		if len(alg) == 2 {
			if numbers, err := alg[1].Children(3); err == nil && len(numbers) == 3 {
				k.Bits = new(big.Int).SetBytes(numbers[0].Content).BitLen()
			}
		}
	default:
		k.Bits = fixedBits(k.Algorithm)
	}
	return k
}

var signatureNames = names{
	{"1.2.840.113549.1.1.2", "MD2withRSA"}, {"1.2.840.113549.1.1.4", "MD5withRSA"}, {"1.2.840.113549.1.1.5", "SHA1withRSA"},
	{"1.2.840.113549.1.1.14", "SHA224withRSA"}, {"1.2.840.113549.1.1.11", "SHA256withRSA"}, {"1.2.840.113549.1.1.12", "SHA384withRSA"},
	{"1.2.840.113549.1.1.13", "SHA512withRSA"}, {"1.2.840.113549.1.1.10", "RSASSA-PSS"}, {"1.2.840.10045.4.1", "SHA1withECDSA"},
	{"1.2.840.10045.4.3.1", "SHA224withECDSA"}, {"1.2.840.10045.4.3.2", "SHA256withECDSA"}, {"1.2.840.10045.4.3.3", "SHA384withECDSA"},
	{"1.2.840.10045.4.3.4", "SHA512withECDSA"}, {"1.2.840.10040.4.3", "SHA1withDSA"}, {"2.16.840.1.101.3.4.3.1", "SHA224withDSA"},
	{"2.16.840.1.101.3.4.3.2", "SHA256withDSA"},
}

func signatureName(alg ber.Element) string {
	var parts [2]ber.Element
	if n, err := alg.Few(parts[:]); err != nil || n == 0 {
		return ""
	}
	oid, err := parts[0].OID()
	if err != nil {
		return ""
	}
	if name := signatureNames.of(oid); name != "" {
		return name
	}
	return cmp.Or(keyNames.of(oid), oid)
}

var usageNames = names{
	{"2.5.29.37.0", "anyExtendedKeyUsage"}, {"1.3.6.1.5.5.7.3.1", "serverAuth"}, {"1.3.6.1.5.5.7.3.2", "clientAuth"},
	{"1.3.6.1.5.5.7.3.3", "codeSigning"}, {"1.3.6.1.5.5.7.3.4", "emailProtection"}, {"1.3.6.1.5.5.7.3.8", "timeStamping"},
	{"1.3.6.1.5.5.7.3.9", "OCSPSigning"},
}

// extensions reads the three that people ask for. They are read here, not by crypto/x509, so that a certificate with an odd
// serial number or an unknown curve has them too.
func (c *CertificateInfo) extensions(der []byte) {
	eachExtension(der, maxExtensions, func(oid string, _ bool, content []byte) {
		switch oid {
		case oidAlternativeNames, oidExtendedUsage, oidBasicConstraints:
		default:
			return
		}
		value, err := ber.Single(content)
		if err != nil {
			return
		}
		n, err := value.Count(maxExtensions)
		if err != nil {
			return
		}
		switch rest := value.Content; oid {
		case oidAlternativeNames:
			c.DNSNames = slices.Grow(c.DNSNames, n)
			for range n {
				var name ber.Element
				name, rest, _ = ber.Read(rest)
				if name.Is(ber.ContextSpecific, 2) {
					c.DNSNames = append(c.DNSNames, strings.ToValidUTF8(string(name.Content), "\uFFFD"))
				} else if name.Is(ber.ContextSpecific, 7) && (len(name.Content) == 4 || len(name.Content) == 16) {
					c.IPAddresses = append(c.IPAddresses, net.IP(name.Content).String())
				}
			}
		case oidExtendedUsage:
			for range n {
				var u ber.Element
				u, rest, _ = ber.Read(rest)
				usage, err := u.OID()
				if err != nil {
					continue
				}
				if name := usageNames.of(usage); name != "" {
					usage = name
				}
				c.ExtendedKeyUsage = append(c.ExtendedKeyUsage, usage)
			}
		case oidBasicConstraints:
			c.IsCA = saysCA(value)
		}
	})
}

// saysCA reads the basic constraints.
func saysCA(constraints ber.Element) bool {
	first, _, err := ber.Read(constraints.Content)
	return err == nil && first.Is(ber.Universal, ber.TagBoolean) && len(first.Content) == 1 && first.Content[0] != 0
}

// maxExtensions bounds the extensions of a certificate, and what one of them lists.
const maxExtensions = 1 << 16

const (
	oidAlternativeNames = "2.5.29.17"
	oidBasicConstraints = "2.5.29.19"
	oidExtendedUsage    = "2.5.29.37"
	oidNameConstraints  = "2.5.29.30"
)

// eachExtension calls see for each extension of a certificate, in their order; for none where the list is damaged or longer than
// limit.
func eachExtension(der []byte, limit int, see func(oid string, critical bool, content []byte)) {
	list, err := ber.Single(der)
	if err != nil {
		return
	}
	if _, err := list.Count(limit); err != nil {
		return
	}
	for rest := list.Content; len(rest) > 0; {
		var x ber.Element
		x, rest, _ = ber.Read(rest)
		var parts [3]ber.Element
		n, err := x.Few(parts[:])
		if err != nil || n < 2 {
			continue
		}
		oid, _ := parts[0].OID()
		critical := n == 3 && parts[1].Is(ber.Universal, ber.TagBoolean) && len(parts[1].Content) == 1 && parts[1].Content[0] != 0
		see(oid, critical, parts[n-1].Content)
	}
}
