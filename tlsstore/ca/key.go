package ca

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
)

// KeyType is a kind of key. The zero value is EC256.
type KeyType string

// The kinds of keys. Every Java that Kafka runs on can use them.
const (
	EC256   KeyType = "ec-256"
	EC384   KeyType = "ec-384"
	RSA2048 KeyType = "rsa-2048"
	RSA3072 KeyType = "rsa-3072"
	RSA4096 KeyType = "rsa-4096"
)

// KeyTypes lists the kinds of keys.
var KeyTypes = []KeyType{EC256, EC384, RSA2048, RSA3072, RSA4096}

// ParseKeyType reads a kind of key; "ec" and "rsa" are the smallest of theirs, "" is EC256.
func ParseKeyType(s string) (KeyType, error) {
	switch s {
	case "", "ec":
		return EC256, nil
	case "rsa":
		return RSA2048, nil
	}
	for _, k := range KeyTypes {
		if string(k) == s {
			return k, nil
		}
	}
	return "", fmt.Errorf("unknown key type %q: use ec-256, ec-384, rsa-2048, rsa-3072 or rsa-4096", s)
}

// keyTypeOf returns the kind of key that comes next to a public key, and is no weaker.
func keyTypeOf(public crypto.PublicKey) KeyType {
	switch k := public.(type) {
	case *rsa.PublicKey:
		switch n := k.N.BitLen(); {
		case n <= 2048:
			return RSA2048
		case n <= 3072:
			return RSA3072
		}
		return RSA4096
	case *ecdsa.PublicKey:
		if k.Curve.Params().BitSize > 256 {
			return EC384
		}
	}
	return EC256
}

// NewKey makes a private key, from crypto/rand. The error is about an unknown kind.
func NewKey(k KeyType) (crypto.Signer, error) {
	switch k {
	case "", EC256:
		return ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case EC384:
		return ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	case RSA2048:
		return rsa.GenerateKey(rand.Reader, 2048)
	case RSA3072:
		return rsa.GenerateKey(rand.Reader, 3072)
	case RSA4096:
		return rsa.GenerateKey(rand.Reader, 4096)
	}
	return nil, fmt.Errorf("unknown key type %q", string(k))
}

// RequestKey returns the public key of a certificate request in PEM or DER, after checking that its sender has the
// private key. Everything else in the request is left aside: names and uses are the authority's to decide.
func RequestKey(csr []byte) (crypto.PublicKey, error) {
	der := csr
	if b, _ := pem.Decode(csr); b != nil {
		if b.Type != "CERTIFICATE REQUEST" && b.Type != "NEW CERTIFICATE REQUEST" {
			return nil, errors.New("the request is no certificate request")
		}
		der = b.Bytes
	}
	r, err := x509.ParseCertificateRequest(der)
	if err != nil {
		return nil, errors.New("the request cannot be read as a certificate request")
	}
	if err := r.CheckSignature(); err != nil {
		return nil, fmt.Errorf("the request's signature is not that of its key: %w", err)
	}
	return r.PublicKey, checkPublicKey(r.PublicKey)
}

// checkPublicKey refuses keys that are weak, or that Java's or Go's TLS cannot use.
func checkPublicKey(public crypto.PublicKey) error {
	const leastRSA, mostRSA = 2048, 8192
	switch k := public.(type) {
	case *rsa.PublicKey:
		if n := k.N.BitLen(); n < leastRSA || n > mostRSA {
			return fmt.Errorf("an RSA key of %d bits; it has to have %d to %d", n, leastRSA, mostRSA)
		}
		return nil
	case *ecdsa.PublicKey:
		if n := k.Curve.Params().BitSize; n < 256 {
			return fmt.Errorf("an EC key of %d bits; it has to have 256 or more", n)
		}
		return nil
	case ed25519.PublicKey:
		return nil
	}
	return fmt.Errorf("a key of type %T, which TLS cannot use", public)
}
