package pkcs12

import (
	"errors"
	"fmt"

	"github.com/kcfg/kcfg/tlsstore/internal/ber"
	"github.com/kcfg/kcfg/tlsstore/internal/pbe"
)

// estimate adds up what has to be derived before anything can be read, so that nothing is derived in vain.
func (r *reader) estimate(m *mac, safes []safe) error {
	if r.o.Password == nil {
		return nil
	}
	total := 0
	add := func(what string, iterations, cost int) error {
		if iterations > r.limits.Iterations {
			return fmt.Errorf("%w: %s takes %d iterations; the limit is %d", ErrTooCostly, what, iterations, r.limits.Iterations)
		}
		if total += cost; total > r.limits.TotalIterations {
			return fmt.Errorf("%w: the file takes more than %d iterations", ErrTooCostly, r.limits.TotalIterations)
		}
		return nil
	}
	if m != nil {
		if err := add("the MAC", m.iterations, m.cost); err != nil {
			return err
		}
	}
	for _, s := range safes {
		if s.scheme != nil {
			if err := add("an encrypted safe", s.scheme.Iterations, s.scheme.Cost); err != nil {
				return err
			}
		}
	}
	return nil
}

// charge books a derivation. It fails where the budget does not cover it.
func (r *reader) charge(cost int) bool {
	if cost > r.limits.TotalIterations-r.spent {
		return false
	}
	r.spent += cost
	return true
}

func errBudget() error { return fmt.Errorf("%w: the limit of iterations is used up", ErrTooCostly) }

func (r *reader) openSafe(s safe, variant int) error {
	if s.scheme == nil {
		r.file.Safes = append(r.file.Safes, Safe{})
		return r.readBags(s.plain, false, 0)
	}
	r.file.Safes = append(r.file.Safes, Safe{Algorithm{s.scheme.Name(), s.scheme.Iterations}})
	if r.o.Password == nil {
		r.file.Locked = append(r.file.Locked, Locked{s.scheme.Name(), "and no password was given"})
		return nil
	}
	plain, _, err := r.decrypt(s.scheme, *r.o.Password, variant, s.encrypted)
	if errors.Is(err, pbe.ErrPadding) {
		if !r.file.Verified {
			return ErrPassword
		}
		// What the MAC confirms is not damaged: the safe has a password of its own, as openssl's -twopass gives it.
		r.file.Refused = "a part of it is encrypted under another password than that of its MAC"
		for i := 0; i < len(r.o.KeyPasswords) && errors.Is(err, pbe.ErrPadding); i++ {
			plain, _, err = r.decrypt(s.scheme, r.o.KeyPasswords[i], 0, s.encrypted)
		}
		if errors.Is(err, pbe.ErrPadding) {
			r.file.Locked = append(r.file.Locked, Locked{s.scheme.Name(), "under another password than that of the MAC"})
			return nil
		}
	}
	if err != nil {
		return err
	}
	return r.readBags(plain, true, 0)
}

// decrypt tries the readings of the password, beginning with the one that fitted the MAC. Decrypted data that is no ASN.1
// sequence counts as a wrong password: one padding in 256 is right by chance, and RC4 has none.
func (r *reader) decrypt(s *pbe.Scheme, pw pbe.Password, prefer int, data []byte) (plain []byte, variant int, err error) {
	n := s.Variants(pw)
	if prefer >= n {
		prefer = 0
	}
	err = errBudget()
	for i := range n {
		v := (prefer + i) % n
		if !r.charge(s.Cost) {
			return nil, 0, err
		}
		plain, decryptErr := s.Decrypt(pw, v, data)
		if err = decryptErr; err == nil {
			if e, parseErr := ber.Single(plain); parseErr == nil && e.Is(ber.Universal, ber.TagSequence) {
				r.file.ByJava25 = r.file.ByJava25 || s.ByJava25(pw, v)
				return plain, v, nil
			}
			err = pbe.ErrPadding
		}
		if !errors.Is(err, pbe.ErrPadding) {
			return nil, 0, wrap(err)
		}
	}
	return nil, 0, err
}

// openKeys decrypts keys and secrets as far as the budget reaches; the others stay locked.
func (r *reader) openKeys(variant int) {
	for i := range r.file.Bags {
		b := &r.file.Bags[i]
		if b.Protected == nil {
			continue
		}
		if err := r.openKey(b, variant); err != nil {
			b.Why = err.Error()
		}
	}
}

func (r *reader) openKey(b *Bag, variant int) error {
	info, err := ber.Single(b.Protected)
	if err != nil {
		return err
	}
	parts, err := info.Children(2)
	if err != nil || len(parts) != 2 || !parts[1].Is(ber.Universal, ber.TagOctetString) {
		return fmt.Errorf("%w: protected key", ErrCorrupt)
	}
	scheme, err := pbe.Parse(parts[0])
	if err != nil {
		return err
	}
	b.Algorithm, b.Iterations = scheme.Name(), scheme.Iterations
	encrypted, err := parts[1].Octets()
	if err != nil {
		return err
	}
	if scheme.Iterations > r.limits.Iterations {
		return fmt.Errorf("%w: %d iterations; the limit is %d", ErrTooCostly, scheme.Iterations, r.limits.Iterations)
	}
	err = errors.New("no password was given")
	if r.o.Password != nil {
		if b.Key, _, err = r.decrypt(scheme, *r.o.Password, variant, encrypted); err == nil {
			return nil
		}
	}
	for i, pw := range r.o.KeyPasswords {
		if b.Key, _, err = r.decrypt(scheme, pw, 0, encrypted); err == nil {
			b.Opened = 1 + i
			return nil
		}
	}
	return err
}
