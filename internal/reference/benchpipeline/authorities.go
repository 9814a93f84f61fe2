package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"os"
	"time"

	"github.com/kcfg/kcfg/tlsstore"
)

// authorities is how many a trust store to be listed holds, about as many as a JDK's own.
const authorities = 150

// writeAuthorities writes a trust store of self-signed authorities.
func writeAuthorities(path string, format tlsstore.Format) error {
	s := &tlsstore.Store{Format: format}
	for i := range authorities {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			return err
		}
		name := fmt.Sprintf("Authority %d", i)
		ca := &x509.Certificate{SerialNumber: big.NewInt(int64(i + 1)), Subject: pkix.Name{CommonName: name}, IsCA: true, BasicConstraintsValid: true,
			KeyUsage: x509.KeyUsageCertSign, NotBefore: time.Now(), NotAfter: time.Now().AddDate(10, 0, 0)}
		der, err := x509.CreateCertificate(rand.Reader, ca, ca, key.Public(), key)
		if err != nil {
			return err
		}
		s.Entries = append(s.Entries, tlsstore.TrustEntry(name, der, time.Now()))
	}
	data, err := tlsstore.Encode(s, tlsstore.NewPassword([]byte(password)), tlsstore.EncodeOptions{})
	if err != nil {
		return err
	}
	return os.WriteFile(path, data, 0o644)
}
