package tlsstore

import (
	"bytes"
	"encoding/pem"
	"errors"
	"fmt"
	"strconv"

	"github.com/kcfg/kcfg/tlsstore/internal/pbe"
	"github.com/kcfg/kcfg/tlsstore/internal/pkcs12"
)

// decodePEM makes a store of PEM text, as Kafka would: keys with their chains, or else trusted certificates. PEM has no names,
// so they come from the certificates.
func decodePEM(data []byte, password Password, limits Limits) (*Store, error) {
	bundle, err := ParsePEM("PEM", data, PEMOptions{Password: password})
	if err != nil {
		return nil, err
	}
	if n := len(bundle.Keys) + len(bundle.Certificates); n > limits.Entries {
		return nil, fmt.Errorf("%w: %d keys and certificates; the limit is %d", ErrTooCostly, n, limits.Entries)
	} else if n == 0 {
		return nil, fmt.Errorf("%w: the PEM text holds neither keys nor certificates", ErrFormat)
	}
	s := &Store{Format: PEM, traits: &traits{}}
	used := map[string]bool{}
	for _, k := range bundle.uniqueKeys() {
		e, err := pemEntry(bundle, k)
		if err != nil {
			return nil, err
		}
		for _, der := range e.Chain {
			used[string(der)] = true
		}
		s.append(e)
	}
	var left []PEMCertificate
	for _, c := range bundle.Certificates {
		if !used[string(c.DER)] {
			used[string(c.DER)] = true
			left = append(left, c)
		}
	}
	for i, c := range left {
		if len(bundle.Keys) > 0 {
			s.Hidden = append(s.Hidden, Hidden{Kind: HiddenCertificate, Certificate: c.DER, Why: "it belongs to no key of the file"})
			continue
		}
		s.append(Entry{Alias: "ca-" + strconv.Itoa(i+1), Kind: KindCertificate, Chain: [][]byte{c.DER}})
	}
	return s, nil
}

// append adds an entry under its alias, or where that is taken under the next free number.
func (s *Store) append(e Entry) {
	alias := e.Alias
	for n := 2; s.index(e.Alias) >= 0; n++ {
		e.Alias = alias + "-" + strconv.Itoa(n)
	}
	s.Entries = append(s.Entries, e)
}

func pemEntry(bundle *Bundle, k PEMKey) (Entry, error) {
	if k.Locked {
		e := Entry{Alias: "kafka", Kind: KindKey, origin: &origin{format: PEM, protected: []byte{}, why: "the key is encrypted, and no password was given"}}
		for _, c := range bundle.Certificates {
			e.Chain = append(e.Chain, c.DER)
		}
		return e, nil
	}
	pair, err := KeyEntry(&Bundle{Keys: []PEMKey{k}, Certificates: bundle.Certificates}, KeyOptions{KeepRoot: true})
	if err == nil {
		return pair.Entry, nil
	}
	if len(bundle.Certificates) > 0 && !errors.Is(err, ErrUnsupported) {
		return Entry{}, err
	}
	key, err := k.PKCS8()
	return Entry{Alias: "kafka", Kind: KindKey, Key: key, origin: &origin{format: PEM}}, err
}

// encodePEM writes what Kafka from 2.7 on reads as a PEM store: one key in PKCS#8 with its chain, or trusted certificates. With a
// password the key is encrypted.
func (s *Store) encodePEM(password Password, o EncodeOptions) ([]byte, error) {
	if err := s.refuseHidden(); err != nil {
		return nil, err
	}
	if !o.KeyPassword.IsNone() {
		password = o.KeyPassword
	}
	var out bytes.Buffer
	keys := 0
	for i := range s.Entries {
		e := &s.Entries[i]
		if e.Kind == KindKey {
			keys++
		}
		switch {
		case e.Kind == KindSecret:
			return nil, fmt.Errorf("%s: PEM holds no secret keys: %w", quote(e.Alias), ErrUnsupported)
		case e.Kind == KindKey && e.Key == nil:
			return nil, fmt.Errorf("%s: %w", quote(e.Alias), ErrLocked)
		case keys > 1:
			return nil, fmt.Errorf("%s: a PEM store holds one key: %w", quote(e.Alias), ErrUnsupported)
		case keys == 1 && e.Kind == KindCertificate, keys == 1 && e.Kind == KindKey && i > 0:
			return nil, fmt.Errorf("%s: a PEM store with a key has no place for trusted certificates, which would become part of its chain: %w", quote(e.Alias), ErrUnsupported)
		}
		if e.Kind == KindKey {
			if err := writePEMKey(&out, e.Key, password, o); err != nil {
				return nil, err
			}
		}
		for _, der := range e.Chain {
			if err := pem.Encode(&out, &pem.Block{Type: "CERTIFICATE", Bytes: der}); err != nil {
				return nil, err
			}
		}
	}
	return out.Bytes(), nil
}

func writePEMKey(out *bytes.Buffer, key []byte, password Password, o EncodeOptions) error {
	block := &pem.Block{Type: "PRIVATE KEY", Bytes: key}
	if !password.IsNone() {
		pw := pbe.NewPassword(password.bytes())
		protected, err := pkcs12.Protect(key, &pw, pkcs12.WriteOptions{Profile: pkcs12.Profile(o.Profile), Iterations: o.Iterations, Rand: o.Rand})
		if err != nil {
			return err
		}
		block = &pem.Block{Type: "ENCRYPTED PRIVATE KEY", Bytes: protected}
	}
	return pem.Encode(out, block)
}
