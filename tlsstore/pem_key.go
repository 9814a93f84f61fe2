package tlsstore

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/fips140"
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/kcfg/kcfg/tlsstore/internal/ber"
	"github.com/kcfg/kcfg/tlsstore/internal/pbe"
)

// Limits of keys in PEM text.
const (
	maxRSABits            = 16384     // larger keys take seconds to use, and nobody has them
	maxPEMIterations      = 5_000_000 // of one key derivation; Java reads no more either
	maxPEMTotalIterations = 6_000_000 // of one file
)

var oidECPublicKey = asn1.ObjectIdentifier{1, 2, 840, 10045, 2, 1}

// keyAlgorithms names what PKCS#8 keys may be besides RSA, EC and Ed25519.
var keyAlgorithms = names{
	{"1.2.840.10040.4.1", "DSA"},
	{"1.2.840.113549.1.1.10", "RSA-PSS"},
	{"1.2.840.113549.1.3.1", "Diffie-Hellman"},
	{"1.3.101.110", "X25519"},
	{"1.3.101.111", "X448"},
	{"1.3.101.113", "Ed448"},
	{"2.16.840.1.101.3.4.3.17", "ML-DSA-44"},
	{"2.16.840.1.101.3.4.3.18", "ML-DSA-65"},
	{"2.16.840.1.101.3.4.3.19", "ML-DSA-87"},
}

// parseKeyBlock decodes a key block. Its errors tell nothing of the content.
func parseKeyBlock(b pemBlock, curve []byte, o PEMOptions, budget *keyBudget) (PEMKey, error) {
	k := PEMKey{PEMBlock: b.PEMBlock}
	der := b.der
	_, legacy := b.headers["DEK-Info"]
	legacy = legacy || strings.Contains(b.headers["Proc-Type"], "ENCRYPTED")
	switch {
	case b.Label == labelOpenSSH:
		return k, failure(ErrUnsupported, "an OpenSSH key (ssh-keygen -p -m PKCS8 -f FILE rewrites it)")
	case b.Label == labelEncryptedPKCS8, legacy:
		k.Encrypted = true
		if scheme, _, err := parseEncryptedPKCS8(der); err == nil && !legacy {
			k.protection = Algorithm{scheme.Name(), scheme.Iterations}
		}
		if o.Password.IsNone() {
			k.Locked = true
			return k, nil
		}
		password := o.Password.bytes()
		var err error
		if legacy {
			der, err = decryptLegacy(b, password)
		} else {
			der, err = decryptPKCS8(der, password, budget)
		}
		if err != nil {
			return k, err
		}
	}
	if !budget.effort.spend(openCost(der)) {
		return k, failure(ErrTooCostly, "the keys of the file are too many, or too large, to be checked in reasonable time")
	}
	pkcs8, public, err := normalKey(b.Label, der, curve)
	if err != nil {
		if k.Encrypted && !errors.Is(err, ErrUnsupported) {
			err = errPassphrase // what came out is no key
		}
		return k, err
	}
	k.public, k.pkcs8 = public, func() []byte { return pkcs8 }
	return k, nil
}

var errPassphrase = failure(ErrPassword, "the passphrase does not open the key")

// decryptLegacy opens what openssl wrote before PKCS#8 was usual: Proc-Type: 4,ENCRYPTED.
func decryptLegacy(b pemBlock, password []byte) ([]byte, error) {
	if fips140.Enforced() {
		return nil, failure(ErrKeyEncryption, "Proc-Type encryption rests on MD5, which FIPS 140-only mode forbids")
	}
	cipher, _, _ := strings.Cut(b.headers["DEK-Info"], ",")
	switch cipher {
	case "DES-CBC", "DES-EDE3-CBC", "AES-128-CBC", "AES-192-CBC", "AES-256-CBC":
	case "":
		return nil, failure(ErrCorrupt, "no DEK-Info header says how it is encrypted")
	default:
		return nil, failure(ErrKeyEncryption, "its DEK-Info names a cipher that is not supported")
	}
	//lint:ignore SA1019 the format is weak, but people have such keys, and reading one harms nothing
	der, err := x509.DecryptPEMBlock(&pem.Block{Type: b.Label, Headers: b.headers, Bytes: b.der}, password)
	if err == nil {
		return der, nil
	}
	if errors.Is(err, x509.IncorrectPasswordError) {
		return nil, errPassphrase
	}
	return nil, failure(ErrCorrupt, "its encryption headers or its content are damaged")
}

// keyBudget is what the keys of one file may still cost.
type keyBudget struct {
	iterations int
	effort     *effort
}

func newKeyBudget() *keyBudget { return &keyBudget{maxPEMTotalIterations, newEffort()} }

func (b *keyBudget) spend(n int) error {
	if n > maxPEMIterations || n > b.iterations {
		return failure(ErrTooCostly, "its key derivation costs %d iterations; at most %d are done for one key, %d for one file",
			n, maxPEMIterations, maxPEMTotalIterations)
	}
	b.iterations -= n
	return nil
}

func parseEncryptedPKCS8(der []byte) (scheme *pbe.Scheme, data cryptobyte.String, err error) {
	s := cryptobyte.String(der)
	var seq, alg cryptobyte.String
	if !s.ReadASN1(&seq, cbasn1.SEQUENCE) || !s.Empty() ||
		!seq.ReadASN1Element(&alg, cbasn1.SEQUENCE) || !seq.ReadASN1(&data, cbasn1.OCTET_STRING) || !seq.Empty() {
		return nil, nil, failure(ErrCorrupt, "it holds no encrypted key")
	}
	element, err := ber.Single(alg)
	if err != nil {
		return nil, nil, failure(ErrCorrupt, "it holds no encrypted key")
	}
	if scheme, err = pbe.Parse(element); err != nil {
		return nil, nil, pbeError(err)
	}
	return scheme, data, nil
}

func decryptPKCS8(der, password []byte, budget *keyBudget) ([]byte, error) {
	scheme, data, err := parseEncryptedPKCS8(der)
	if err != nil {
		return nil, err
	}
	if err := budget.spend(scheme.Cost); err != nil {
		return nil, err
	}
	plain, err := scheme.Decrypt(pbe.NewPassword(password), 0, data)
	if err != nil {
		return nil, pbeError(err)
	}
	return plain, nil
}

// pbeError puts a sentinel of this package beside package pbe's.
func pbeError(err error) error {
	switch {
	case errors.Is(err, pbe.ErrPadding):
		return errPassphrase
	case errors.Is(err, pbe.ErrUnsupported), errors.Is(err, pbe.ErrFIPS):
		return failure(ErrKeyEncryption, "its encryption: %w", err)
	case errors.Is(err, pbe.ErrTooCostly):
		return failure(ErrTooCostly, "its encryption: %w", err)
	}
	return failure(ErrCorrupt, "its encryption: %w", err)
}

// normalKey turns any key that crypto/x509 knows into PKCS#8 as crypto/x509 writes it, so that one key always has one
// form, whatever wrote it.
func normalKey(label string, der, curve []byte) (pkcs8 []byte, public crypto.PublicKey, err error) {
	if err := oneSequence(der); err != nil {
		return nil, nil, err
	}
	var key any
	switch label {
	case labelPKCS1:
		if len(der) > maxKey {
			return nil, nil, failure(ErrUnsupported, "a private key of %d bytes; the most is %d", len(der), maxKey)
		}
		key, err = x509.ParsePKCS1PrivateKey(der)
	case labelSEC1:
		if key, err = x509.ParseECPrivateKey(der); err != nil && curve != nil {
			key, err = parseSEC1WithCurve(der, curve)
		}
		if err != nil && explicitCurve(der) {
			return nil, nil, failure(ErrExplicitCurve, "its key is of type %s", explicitEC)
		}
		if oid := sec1Curve(der, curve); err != nil && !isNISTCurve(oid) {
			return nil, nil, failure(ErrKeyKind, "an EC key on curve %s; P-256, P-384 and P-521 are supported", oid)
		}
	case labelDSA:
		return nil, nil, failure(ErrKeyKind, "a DSA key")
	default:
		key, err = parsePKCS8(der)
		if err != nil {
			if alg := pkcs8Algorithm(der); alg != "" {
				return nil, nil, failure(unsupportedKey(alg), "its key is of type %s", alg)
			}
		}
	}
	if err != nil {
		return nil, nil, failure(ErrCorrupt, "it holds no private key that can be read")
	}
	if r, ok := key.(*rsa.PrivateKey); ok && r.N.BitLen() > maxRSABits {
		return nil, nil, failure(ErrUnsupported, "an RSA key of %d bits; the most is %d", r.N.BitLen(), maxRSABits)
	}
	signer, ok := key.(crypto.Signer)
	if !ok {
		return nil, nil, failure(ErrUnsupported, "its key cannot sign")
	}
	if ec, ok := key.(*ecdsa.PrivateKey); ok && !holdsPoint(label, der, ec) {
		return nil, nil, failure(ErrCorrupt, "its private and its public half do not belong together")
	}
	out, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, nil, failure(ErrUnsupported, "its key cannot be written as PKCS#8")
	}
	return out, signer.Public(), nil
}

// holdsPoint compares an EC key's public half with the one that the encoding states, if it does: crypto/x509 computes it
// and does not look.
func holdsPoint(label string, der []byte, key *ecdsa.PrivateKey) bool {
	sec1 := cryptobyte.String(der)
	if label != labelSEC1 {
		var pkcs8 cryptobyte.String
		if !sec1.ReadASN1(&pkcs8, cbasn1.SEQUENCE) || !pkcs8.SkipASN1(cbasn1.INTEGER) || !pkcs8.SkipASN1(cbasn1.SEQUENCE) ||
			!pkcs8.ReadASN1(&sec1, cbasn1.OCTET_STRING) {
			return false
		}
	}
	var seq, point cryptobyte.String
	var stated bool
	var bits asn1.BitString
	parameters, public := cbasn1.Tag(0).ContextSpecific().Constructed(), cbasn1.Tag(1).ContextSpecific().Constructed()
	if !sec1.ReadASN1(&seq, cbasn1.SEQUENCE) || !seq.SkipASN1(cbasn1.INTEGER) || !seq.SkipASN1(cbasn1.OCTET_STRING) ||
		!seq.SkipOptionalASN1(parameters) || !seq.ReadOptionalASN1(&point, &stated, public) || !seq.Empty() {
		return false
	}
	if !stated {
		return true
	}
	want, err := key.PublicKey.Bytes() // 4, X, Y
	if err != nil || !point.ReadASN1BitString(&bits) || len(bits.Bytes) == 0 {
		return false
	}
	got := bits.Bytes
	size := (len(want) - 1) / 2
	switch got[0] {
	case 2, 3: // compressed: the parity of Y, X
		return len(got) == 1+size && got[0] == 2|want[len(want)-1]&1 && bytes.Equal(got[1:], want[1:1+size])
	default:
		return bytes.Equal(got, want)
	}
}

func oneSequence(der []byte) error {
	s := cryptobyte.String(der)
	var seq cryptobyte.String
	if !s.ReadASN1(&seq, cbasn1.SEQUENCE) || !s.Empty() {
		return failure(ErrCorrupt, "it holds no private key that can be read")
	}
	return nil
}

// parseSEC1WithCurve reads a SEC1 key that leaves its curve to the EC PARAMETERS block before it.
func parseSEC1WithCurve(der, curve []byte) (any, error) {
	var b cryptobyte.Builder
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1Int64(0)
		b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1ObjectIdentifier(oidECPublicKey)
			b.AddBytes(curve)
		})
		b.AddASN1(cbasn1.OCTET_STRING, func(b *cryptobyte.Builder) { b.AddBytes(der) })
	})
	pkcs8, err := b.Bytes()
	if err != nil {
		return nil, err
	}
	return parsePKCS8(pkcs8)
}

// sec1Curve returns the curve that a SEC1 key or its EC PARAMETERS name, nil where neither does.
func sec1Curve(der, params []byte) asn1.ObjectIdentifier {
	s := cryptobyte.String(der)
	var seq, octets, named cryptobyte.String
	var version int
	var present bool
	var oid asn1.ObjectIdentifier
	tag := cbasn1.Tag(0).ContextSpecific().Constructed()
	if s.ReadASN1(&seq, cbasn1.SEQUENCE) && seq.ReadASN1Integer(&version) && seq.ReadASN1(&octets, cbasn1.OCTET_STRING) &&
		seq.ReadOptionalASN1(&named, &present, tag) && present && named.ReadASN1ObjectIdentifier(&oid) {
		return oid
	}
	p := cryptobyte.String(params)
	if p.ReadASN1ObjectIdentifier(&oid) {
		return oid
	}
	return nil
}

// explicitEC are keys that spell out their curve.
const explicitEC = "EC with explicit parameters"

// unsupportedKey is the kind of error for a key that crypto/x509 does not parse.
func unsupportedKey(algorithm string) error {
	if algorithm == explicitEC {
		return ErrExplicitCurve
	}
	return ErrKeyKind
}

// explicitCurve reports that a SEC1 key spells out its curve in place of naming it.
func explicitCurve(der []byte) bool {
	s := cryptobyte.String(der)
	var seq, params cryptobyte.String
	return s.ReadASN1(&seq, cbasn1.SEQUENCE) && seq.SkipASN1(cbasn1.INTEGER) && seq.SkipASN1(cbasn1.OCTET_STRING) &&
		seq.ReadASN1(&params, cbasn1.Tag(0).ContextSpecific().Constructed()) && params.PeekASN1Tag(cbasn1.SEQUENCE)
}

// isNISTCurve reports whether crypto/x509 knows the curve; where none is named, something else is wrong.
func isNISTCurve(curve asn1.ObjectIdentifier) bool {
	switch curve.String() {
	case "", "1.2.840.10045.3.1.7", "1.3.132.0.33", "1.3.132.0.34", "1.3.132.0.35":
		return true
	}
	return false
}

// pkcs8Algorithm names the algorithm of a PKCS#8 key that crypto/x509 does not know, and "" where it does.
func pkcs8Algorithm(der []byte) string {
	s := cryptobyte.String(der)
	var seq, alg cryptobyte.String
	var version int
	var oid, curve asn1.ObjectIdentifier
	if !s.ReadASN1(&seq, cbasn1.SEQUENCE) || !seq.ReadASN1Integer(&version) || !seq.ReadASN1(&alg, cbasn1.SEQUENCE) ||
		!alg.ReadASN1ObjectIdentifier(&oid) {
		return ""
	}
	switch {
	case oid.Equal(oidECPublicKey):
		if !alg.ReadASN1ObjectIdentifier(&curve) {
			return explicitEC
		}
		if isNISTCurve(curve) {
			return ""
		}
		return fmt.Sprintf("EC on curve %s", curve)
	case oid.String() == "1.2.840.113549.1.1.1", oid.String() == "1.3.101.112":
		return ""
	}
	if name := keyAlgorithms.of(oid.String()); name != "" {
		return name
	}
	return oid.String()
}
