package tlsstore

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"strings"

	"github.com/kcfg/kcfg/tlsstore/internal/ber"
)

// belongs compares a key with a certificate by their public keys. Known is false where it cannot tell: a kind of key that Go
// does not know.
func belongs(pkcs8, cert []byte) (same, known bool) {
	t, ok := parseTBS(cert)
	if !ok {
		return false, false
	}
	public := publicKeyOf(pkcs8)
	if public == nil {
		return false, false
	}
	return bytes.Equal(public, subjectPublicKey(t.spki)), true
}

// KeyFits compares the entry's key with its first certificate by their public keys. Known is false where it cannot tell: of an entry
// without both, of a key that is locked, or of a kind that Go does not know.
func (e *Entry) KeyFits() (fits, known bool) {
	if e.Kind != KindKey || len(e.Key) == 0 || len(e.Chain) == 0 {
		return false, false
	}
	return belongs(e.Key, e.Chain[0])
}

// subjectPublicKey returns the key itself out of a SubjectPublicKeyInfo. Producers disagree about the parameters beside it.
func subjectPublicKey(spki []byte) []byte {
	info, err := ber.Single(spki)
	if err != nil {
		return nil
	}
	var parts [2]ber.Element
	if n, err := info.Few(parts[:]); err != nil || n != 2 || !parts[1].Is(ber.Universal, ber.TagBitString) || len(parts[1].Content) < 1 {
		return nil
	}
	return parts[1].Content[1:]
}

// maxKey bounds a private key that is handed to crypto/x509, in bytes: RSA with 16,384 bits has 9,300. Checking the primes of a
// larger one takes seconds to hours.
const maxKey = 16 << 10

// parsePKCS8 is x509.ParsePKCS8PrivateKey, but for keys of a size that nobody has.
func parsePKCS8(der []byte) (any, error) {
	if len(der) > maxKey {
		return nil, failure(ErrTooCostly, "a private key of %d bytes; the limit is %d", len(der), maxKey)
	}
	if n := rsaNumbers(der); n != nil && len(n[1].Content) > maxRSABits/8+1 {
		return nil, failure(ErrTooCostly, "an RSA key of more than %d bits", maxRSABits)
	}
	return x509.ParsePKCS8PrivateKey(der)
}

const oidRSA = "1.2.840.113549.1.1.1"

// pkcs8Key is the outer structure of a PKCS#8 key.
type pkcs8Key struct {
	oid        string        // of the algorithm
	parameters []ber.Element // of the algorithm
	key        []byte        // as the algorithm writes it
}

// splitPKCS8 takes a PKCS#8 key apart; ok is false where its structure is another.
func splitPKCS8(pkcs8 []byte) (k pkcs8Key, ok bool) {
	info, err := ber.Single(pkcs8)
	if err != nil {
		return k, false
	}
	parts, err := info.Children(8)
	if err != nil || len(parts) < 3 {
		return k, false
	}
	alg, err := parts[1].Children(2)
	if err != nil || len(alg) == 0 {
		return k, false
	}
	oid, err := alg[0].OID()
	return pkcs8Key{oid: oid, parameters: alg[1:], key: parts[2].Content}, err == nil
}

// publicKeyOf returns the public key of a PKCS#8 key, as a certificate holds it. RSA is taken from the key as it stands:
// checking its primes would take longer than all the rest of writing a store.
func publicKeyOf(pkcs8 []byte) []byte {
	k, ok := splitPKCS8(pkcs8)
	if !ok {
		return nil
	}
	if k.oid == oidRSA {
		numbers := rsaNumbers(pkcs8)
		if numbers == nil {
			return nil
		}
		return ber.Sequence(numbers[1].Raw, numbers[2].Raw)
	}
	key, err := parsePKCS8(pkcs8)
	if err != nil {
		return nil
	}
	signer, ok := key.(crypto.Signer)
	if !ok {
		return nil
	}
	spki, err := x509.MarshalPKIXPublicKey(signer.Public())
	if err != nil {
		return nil
	}
	return subjectPublicKey(spki)
}

// rsaNumbers returns the numbers of a PKCS#8 key that is RSA: version, modulus, public exponent and the others; else nil.
func rsaNumbers(pkcs8 []byte) []ber.Element {
	k, ok := splitPKCS8(pkcs8)
	if !ok || k.oid != oidRSA {
		return nil
	}
	rsa, err := ber.Single(k.key)
	if err != nil {
		return nil
	}
	numbers, err := rsa.Children(16)
	if err != nil || len(numbers) < 3 {
		return nil
	}
	return numbers
}

// knownKeyKind reports that a PKCS#8 key is of a kind that crypto/x509 can parse, so that a failure means damage.
func knownKeyKind(pkcs8 []byte) bool {
	k, ok := splitPKCS8(pkcs8)
	if !ok {
		return true
	}
	if k.oid == "1.2.840.10045.2.1" {
		if len(k.parameters) != 1 {
			return true
		}
		curve, _ := k.parameters[0].OID()
		return strings.HasPrefix(curveOf(curve).name, "P-") && curve != "1.2.840.10045.3.1.1"
	}
	return k.oid == oidRSA || keyNames.of(k.oid) == "Ed25519"
}
