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

// subjectPublicKey returns the key itself out of a SubjectPublicKeyInfo. Producers disagree about the parameters beside it.
func subjectPublicKey(spki []byte) []byte {
	info, err := ber.Single(spki)
	if err != nil {
		return nil
	}
	parts, err := info.Children(2)
	if err != nil || len(parts) != 2 || !parts[1].Is(ber.Universal, ber.TagBitString) || len(parts[1].Content) < 1 {
		return nil
	}
	return parts[1].Content[1:]
}

const oidRSA = "1.2.840.113549.1.1.1"

// publicKeyOf returns the public key of a PKCS#8 key, as a certificate holds it. RSA is taken from the key as it stands:
// checking its primes would take longer than all the rest of writing a store.
func publicKeyOf(pkcs8 []byte) []byte {
	info, err := ber.Single(pkcs8)
	if err != nil {
		return nil
	}
	parts, err := info.Children(8)
	if err != nil || len(parts) < 3 {
		return nil
	}
	alg, err := parts[1].Children(2)
	if err != nil || len(alg) == 0 {
		return nil
	}
	if oid, err := alg[0].OID(); err == nil && oid == oidRSA {
		rsa, err := ber.Single(parts[2].Content)
		if err != nil {
			return nil
		}
		numbers, err := rsa.Children(16)
		if err != nil || len(numbers) < 3 {
			return nil
		}
		return ber.Sequence(numbers[1].Raw, numbers[2].Raw)
	}
	key, err := x509.ParsePKCS8PrivateKey(pkcs8)
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

// knownKeyKind reports that a PKCS#8 key is of a kind that crypto/x509 can parse, so that a failure means damage.
func knownKeyKind(pkcs8 []byte) bool {
	info, err := ber.Single(pkcs8)
	if err != nil {
		return true
	}
	parts, err := info.Children(8)
	if err != nil || len(parts) < 3 {
		return true
	}
	alg, err := parts[1].Children(2)
	if err != nil || len(alg) == 0 {
		return true
	}
	oid, err := alg[0].OID()
	if err != nil {
		return true
	}
	if oid == "1.2.840.10045.2.1" {
		if len(alg) != 2 {
			return true
		}
		curve, _ := alg[1].OID()
		return strings.HasPrefix(curves[curve].name, "P-") && curve != "1.2.840.10045.3.1.1"
	}
	return oid == oidRSA || keyNames[oid] == "Ed25519"
}
