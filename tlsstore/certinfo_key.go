package tlsstore

import (
	"cmp"
	"math/big"
	"slices"

	"github.com/kcfg/kcfg/tlsstore/internal/ber"
)

// PublicKeyInfo describes a public key.
type PublicKeyInfo struct {
	Algorithm string `json:"algorithm"` // "RSA", "EC", "Ed25519"; what has no name here, its OID
	Bits      int    `json:"bits"`
	Curve     string `json:"curve"` // "P-256"; empty where there is none
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
