package jks

import (
	"bytes"
	"crypto/fips140"
	"crypto/sha1"
	"errors"
	"fmt"

	"github.com/kcfg/kcfg/tlsstore/internal/ber"
	"github.com/kcfg/kcfg/tlsstore/internal/pbe"
)

const (
	oidProtector = "1.3.6.1.4.1.42.2.17.1.1"
	oidJCE       = "1.3.6.1.4.1.42.2.19.1"
	saltSize     = 20
	// minProtected is the salt and the digest around a key.
	minProtected = saltSize + digestSize
)

// Protection is what protects a key.
type Protection struct {
	Name       string
	Iterations int // 0: there are none
	encrypted  []byte
	scheme     *pbe.Scheme // JCEKS' own; nil: JKS' protector
}

// ParseProtected reads an EncryptedPrivateKeyInfo as JKS and JCEKS have them.
func ParseProtected(der []byte) (p Protection, err error) {
	info, err := ber.Single(der)
	if err != nil {
		return p, fmt.Errorf("%w: protected key: %w", ErrCorrupt, err)
	}
	parts, err := info.Children(2)
	if err != nil || len(parts) != 2 || !parts[1].Is(ber.Universal, ber.TagOctetString) {
		return p, fmt.Errorf("%w: protected key", ErrCorrupt)
	}
	if p.encrypted, err = parts[1].Octets(); err != nil {
		return p, fmt.Errorf("%w: protected key: %w", ErrCorrupt, err)
	}
	alg, err := parts[0].Children(2) // the NULL in it is left out by newer Java
	if err != nil || len(alg) == 0 {
		return p, fmt.Errorf("%w: protected key", ErrCorrupt)
	}
	oid, err := alg[0].OID()
	if err != nil {
		return p, fmt.Errorf("%w: protected key: %w", ErrCorrupt, err)
	}
	switch oid {
	case oidProtector:
		p.Name = "JKS key protector (SHA-1)"
		if len(p.encrypted) < minProtected {
			return p, fmt.Errorf("%w: protected key of %d bytes", ErrCorrupt, len(p.encrypted))
		}
		return p, nil
	default:
		if p.scheme, err = pbe.Parse(parts[0]); err != nil {
			return p, err
		}
		p.Name, p.Iterations = p.scheme.Name(), p.scheme.Iterations
		return p, nil
	}
}

// Open returns the key. The password is given both ways because the formats differ in what they take.
func (p Protection) Open(utf16 []byte, pw pbe.Password) ([]byte, error) {
	if p.scheme != nil {
		key, err := p.scheme.Decrypt(pw, 0, p.encrypted)
		switch {
		case errors.Is(err, pbe.ErrPadding):
			return nil, ErrPassword
		case err != nil:
			return nil, err
		}
		if e, err := ber.Single(key); err != nil || !e.Is(ber.Universal, ber.TagSequence) { // one padding in 256 is right by chance
			return nil, ErrPassword
		}
		return key, nil
	}
	if fips140.Enforced() {
		return nil, ErrFIPS
	}
	salt, rest := p.encrypted[:saltSize], p.encrypted[saltSize:]
	masked, check := rest[:len(rest)-digestSize], rest[len(rest)-digestSize:]
	key := mask(utf16, salt, masked)
	if !bytes.Equal(checksum(utf16, key), check) {
		return nil, ErrPassword
	}
	return key, nil
}

// protect is JKS' key protector: a key stream of chained SHA-1 over the password, and a SHA-1 to recognize success.
func protect(utf16, salt, key []byte) []byte {
	content := append(append(bytes.Clone(salt), mask(utf16, salt, key)...), checksum(utf16, key)...)
	return ber.Sequence(ber.Sequence(ber.OID(oidProtector), ber.Null), ber.OctetString(content))
}

func mask(utf16, salt, in []byte) []byte {
	out := make([]byte, len(in))
	h := sha1.New()
	block := salt
	for at := 0; at < len(in); at += digestSize {
		h.Reset()
		h.Write(utf16)
		h.Write(block)
		block = h.Sum(nil)
		for i, c := range in[at:min(at+digestSize, len(in))] {
			out[at+i] = c ^ block[i]
		}
	}
	return out
}

func checksum(utf16, key []byte) []byte {
	h := sha1.New()
	h.Write(utf16)
	h.Write(key)
	return h.Sum(nil)
}
