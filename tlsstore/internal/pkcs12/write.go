package pkcs12

import (
	"crypto/aes"
	"crypto/fips140"
	"fmt"
	"io"
	"slices"

	"github.com/kcfg/kcfg/tlsstore/internal/ber"
	"github.com/kcfg/kcfg/tlsstore/internal/pbe"
)

// Profile is a choice of algorithms.
type Profile uint8

// The profiles.
const (
	Modern Profile = iota // PBES2 with AES-256-CBC and PBKDF2-HMAC-SHA256, MAC HMAC-SHA256
	Legacy                // 3DES, MAC HMAC-SHA1
	PBMAC1                // as Modern, with PBMAC1 for the MAC
)

// saltSize is what Java writes, in bytes; FIPS 140 asks for 16.
const saltSize = 20

// WriteOptions says how to write.
type WriteOptions struct {
	Profile    Profile
	Iterations int
	Password   *pbe.Password // nil: neither encryption nor MAC
	Rand       io.Reader     // salts; a short read is an error
}

// Write returns the file that holds the bags: keys and secrets first, in a safe of their own, then certificates and whatever
// stood in an encrypted safe.
func Write(bags []OutBag, o WriteOptions) ([]byte, error) {
	if fips140.Enforced() && o.Profile == Legacy {
		return nil, fmt.Errorf("the legacy profile is %w", pbe.ErrFIPS)
	}
	w := &writer{o: o}
	var keys, certs ber.Parts
	var pending []*sealed
	for i := range bags {
		b := &bags[i]
		if b.withCertificates() {
			certs = appendBag(certs, b)
			continue
		}
		keys = append(keys, nil)
		if b.Raw != nil || b.Protected != nil {
			keys[len(keys)-1] = encodeBag(b, b.Protected)
			continue
		}
		pw := o.Password
		if b.Password != nil {
			pw = b.Password
		}
		if pw == nil {
			return nil, fmt.Errorf("%w: a key needs a password", ErrPassword)
		}
		s, err := w.seal(pw, slices.Clip(b.Key))
		if err != nil {
			return nil, err
		}
		s.done = func(protected []byte) { keys[s.slot] = encodeBag(b, protected) }
		s.slot = len(keys) - 1
		pending = append(pending, s)
	}
	var certSafe *sealed
	if o.Password != nil && len(certs) > 0 {
		var err error
		if certSafe, err = w.seal(o.Password, certs.In(ber.Universal, ber.TagSequence, true).Bytes(aes.BlockSize)); err != nil {
			return nil, err
		}
		pending, certs = append(pending, certSafe), nil
	}
	m, err := w.newMAC()
	if err != nil {
		return nil, err
	}
	if err := derive(pending, m); err != nil {
		return nil, err
	}
	for _, s := range pending {
		if s.done != nil {
			s.done(ber.Sequence(s.algorithm, ber.OctetString(s.encrypted)))
		}
	}
	var safes ber.Parts
	if len(keys) > 0 {
		safes = append(safes, dataInfo(keys.In(ber.Universal, ber.TagSequence, true))...)
	}
	switch {
	case certSafe != nil:
		safes = append(safes, certSafe.encryptedInfo()...)
	case len(certs) > 0:
		safes = append(safes, dataInfo(certs.In(ber.Universal, ber.TagSequence, true))...)
	}
	authSafe := safes.In(ber.Universal, ber.TagSequence, true)
	parts := append(ber.Parts{ber.Integer(3)}, dataInfo(authSafe)...)
	if m != nil {
		parts = append(parts, m.encode(authSafe))
	}
	return parts.In(ber.Universal, ber.TagSequence, true).Bytes(0), nil
}

type writer struct{ o WriteOptions }

// InOrder returns the bags of groups in the order in which Write writes them: keys first, then what stands in the safe of
// certificates.
func InOrder(groups ...[]OutBag) []OutBag {
	n := 0
	for _, g := range groups {
		n += len(g)
	}
	all := make([]OutBag, 0, n)
	for _, certificates := range []bool{false, true} {
		for _, g := range groups {
			for i := range g {
				if g[i].withCertificates() == certificates {
					all = append(all, g[i])
				}
			}
		}
	}
	return all
}

func dataInfo(content ber.Parts) ber.Parts {
	return contentOf(oidData, content.In(ber.Universal, ber.TagOctetString, false))
}

func contentOf(oid string, content ber.Parts) ber.Parts {
	return append(ber.Parts{ber.OID(oid)}, content.In(ber.ContextSpecific, 0, true)...).In(ber.Universal, ber.TagSequence, true)
}
