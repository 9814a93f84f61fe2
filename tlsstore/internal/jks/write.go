package jks

import (
	"bytes"
	"crypto/fips140"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"strconv"
	"time"

	keystore "github.com/pavlo-v-chernykh/keystore-go/v4"
)

// OutEntry is an entry to be written. A key is either in the clear, with the password for it, or still protected.
type OutEntry struct {
	Tag       Tag
	Alias     string
	Created   time.Time
	Key       []byte // PKCS#8
	Password  []byte // UTF-16, for Key
	Protected []byte // a locked key, carried as it is
	Chain     []Cert
}

// Write returns the JKS file that holds the entries, ordered by alias as keystore-go orders them. The password is given as
// UTF-16; salts come from random, and a short read of it is an error.
func Write(entries []OutEntry, password []byte, random io.Reader) ([]byte, error) {
	if fips140.Enforced() {
		return nil, ErrFIPS
	}
	// keystore-go sorts by alias, so the names it is given keep the order of ours.
	ks := keystore.New(keystore.WithOrderedAliases(), keystore.WithCaseExactAliases(), keystore.WithCustomRandomNumberGenerator(full{random}))
	latin, plain := latin1(password)
	for i := range entries {
		if err := set(ks, &entries[i], &plain); err != nil {
			return nil, err
		}
	}
	var out bytes.Buffer
	if err := ks.Store(&out, latin); err != nil {
		return nil, err
	}
	if plain {
		return out.Bytes(), nil
	}
	return amend(out.Bytes(), entries, password, random)
}

// full makes a short read an error.
type full struct{ r io.Reader }

// Read fills p or fails.
func (f full) Read(p []byte) (int, error) { return io.ReadFull(f.r, p) }

// set gives an entry to keystore-go. It clears plain where the result has to be amended.
func set(ks keystore.KeyStore, e *OutEntry, plain *bool) error {
	if len(encodeUTF(e.Alias)) > math.MaxUint16 {
		return fmt.Errorf("alias of %d bytes: JKS takes %d", len(encodeUTF(e.Alias)), math.MaxUint16)
	}
	if string(encodeUTF(e.Alias)) != e.Alias {
		*plain = false
	}
	if e.Tag == Certificate {
		return ks.SetTrustedCertificateEntry(e.Alias, keystore.TrustedCertificateEntry{
			CreationTime: e.Created, Certificate: keystore.Certificate{Type: e.Chain[0].Type, Content: e.Chain[0].DER}})
	}
	entry := keystore.PrivateKeyEntry{CreationTime: e.Created, PrivateKey: e.Key}
	for _, c := range e.Chain {
		entry.CertificateChain = append(entry.CertificateChain, keystore.Certificate{Type: c.Type, Content: c.DER})
	}
	latin, ok := latin1(e.Password)
	if !ok || e.Protected != nil {
		*plain = false
		entry.PrivateKey, latin = []byte(strconv.Itoa(len(e.Alias))), nil // a stand-in: never the key under a wrong password
	}
	return ks.SetPrivateKeyEntry(e.Alias, entry, latin)
}

// latin1 returns UTF-16 as single bytes, the form in which keystore-go takes passwords, where it can be.
func latin1(utf16 []byte) ([]byte, bool) {
	out := make([]byte, 0, len(utf16)/2)
	for i := 0; i < len(utf16); i += 2 {
		if utf16[i] != 0 {
			return nil, false
		}
		out = append(out, utf16[i+1])
	}
	return out, true
}

var noLimits = Limits{math.MaxInt, math.MaxInt, math.MaxInt, math.MaxInt}

// amend puts in place what keystore-go could not write: aliases, protected keys, the digest.
func amend(data []byte, entries []OutEntry, password []byte, random io.Reader) ([]byte, error) {
	byAlias := make(map[string]*OutEntry, len(entries))
	for i := range entries {
		byAlias[entries[i].Alias] = &entries[i]
	}
	// The aliases are plain UTF-8 still, which the scan must not read as Java's.
	s := &scanner{data: data[:len(data)-digestSize], at: 12, version: 2, left: noLimits, utf8: true}
	out := bytes.Clone(data[:12])
	for s.at < len(s.data) {
		start := s.at
		e, err := s.entry()
		if err != nil {
			return nil, err
		}
		ours := byAlias[e.Alias]
		alias := encodeUTF(e.Alias)
		out = append(out, data[start:e.aliasAt]...)
		out = binary.BigEndian.AppendUint16(out, uint16(len(alias)))
		out = append(out, alias...)
		if e.Tag == Certificate {
			out = append(out, data[e.aliasEnd:s.at]...)
			continue
		}
		protected := e.Protected
		if ours.Protected != nil {
			protected = ours.Protected
		} else if _, ok := latin1(ours.Password); !ok {
			var salt [saltSize]byte
			if _, err := io.ReadFull(random, salt[:]); err != nil {
				return nil, fmt.Errorf("randomness: %w", err)
			}
			protected = protect(ours.Password, salt[:], ours.Key)
		}
		out = append(out, data[e.aliasEnd:e.protectedAt]...)
		out = binary.BigEndian.AppendUint32(out, uint32(len(protected)))
		out = append(out, protected...)
		out = append(out, data[e.protectedEnd:s.at]...)
	}
	return append(out, digest(password, out)...), nil
}

// Seal appends the digest to the content of a file.
func Seal(body, password []byte) []byte { return append(bytes.Clone(body), digest(password, body)...) }
