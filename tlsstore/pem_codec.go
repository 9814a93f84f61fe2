package tlsstore

import (
	"bytes"
	"crypto/sha256"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/kcfg/kcfg/tlsstore/internal/pbe"
	"github.com/kcfg/kcfg/tlsstore/internal/pkcs12"
)

// decodePEM makes a store of PEM text, as Kafka would: keys with their chains, or else trusted certificates. PEM has no names,
// so they come from the certificates.
func decodePEM(data []byte, passwords []Password, limits Limits) (*Store, error) {
	bundle, err := parseWithOneOf(data, passwords)
	if err != nil {
		return nil, err
	}
	if n := len(bundle.Keys) + len(bundle.Certificates); n > limits.Entries {
		return nil, fmt.Errorf("%w: %d keys and certificates; the limit is %d", ErrTooCostly, n, limits.Entries)
	} else if n == 0 {
		return nil, fmt.Errorf("%w: the PEM text holds neither keys nor certificates", ErrFormat)
	}
	s := &Store{Format: PEM, traits: &traits{pem: pemTraitsOf(data, bundle)}}
	s.Algorithms.Key = s.traits.pem.key
	used := map[[sha256.Size]byte]bool{}
	if err := s.addPEMKeys(bundle, used, limits); err != nil {
		return nil, err
	}
	var left []PEMCertificate
	for _, c := range bundle.Certificates {
		if sum := sha256.Sum256(c.DER); !used[sum] {
			used[sum] = true
			left = append(left, c)
		}
	}
	for i, c := range left {
		if len(bundle.Keys) > 0 {
			s.Hidden = append(s.Hidden, Hidden{Kind: HiddenCertificate, Certificate: c.DER, Why: "it belongs to no key of the file"})
			continue
		}
		s.Entries = append(s.Entries, Entry{Alias: "ca-" + strconv.Itoa(i+1), Kind: KindCertificate, Chain: [][]byte{c.DER}})
	}
	return s, nil
}

// parseWithOneOf opens an encrypted key with the first password that does.
func parseWithOneOf(data []byte, passwords []Password) (b *Bundle, err error) {
	passwords = slices.DeleteFunc(passwords, Password.IsNone)
	if len(passwords) == 0 {
		passwords = []Password{{}}
	}
	for _, password := range passwords {
		if b, err = ParsePEM("", data, PEMOptions{Password: password}); !errors.Is(err, ErrPassword) {
			break
		}
	}
	return b, err
}

// addPEMKeys adds the entries of keys, and marks the certificates of their chains as used.
func (s *Store) addPEMKeys(bundle *Bundle, used map[[sha256.Size]byte]bool, limits Limits) error {
	keys := bundle.uniqueKeys()
	if len(keys) > limits.Keys {
		return fmt.Errorf("%w: %d keys; the limit is %d", ErrTooCostly, len(keys), limits.Keys)
	}
	if len(keys) == 0 {
		return nil
	}
	g, err := newGraph(bundle.Certificates) // one for all keys
	if err != nil {
		return err
	}
	left := chainsPerKey * limits.Keys
	taken, next := map[string]bool{}, map[string]int{}
	for _, k := range keys {
		e, err := g.pemEntry(bundle, k)
		if err != nil {
			return err
		}
		if left -= len(e.Chain); left < 0 {
			return fmt.Errorf("%w: the chains of the keys have too many certificates", ErrTooCostly)
		}
		for _, der := range e.Chain {
			used[sha256.Sum256(der)] = true
		}
		// An alias that is taken gets the next free number.
		alias := e.Alias
		for folded := javaLower(alias); taken[javaLower(e.Alias)]; {
			next[folded] = max(2, next[folded]+1)
			e.Alias = alias + "-" + strconv.Itoa(next[folded])
		}
		taken[javaLower(e.Alias)] = true
		s.Entries = append(s.Entries, e)
	}
	return nil
}

func (g *graph) pemEntry(bundle *Bundle, k PEMKey) (Entry, error) {
	if k.Locked {
		e := Entry{Alias: "kafka", Kind: KindKey, origin: &origin{format: PEM, protected: []byte{}, why: "the key is encrypted, and no password was given"}}
		for _, c := range bundle.Certificates {
			e.Chain = append(e.Chain, c.DER)
		}
		return e, nil
	}
	key, err := k.PKCS8()
	if err != nil {
		return Entry{}, err
	}
	if len(bundle.Certificates) > 0 {
		g.steps, g.signatures = 0, map[[2]int]signature{}
		pair, _, err := g.keyEntry(&Bundle{}, k, key, KeyOptions{KeepRoot: true})
		if err == nil || !errors.Is(err, ErrUnsupported) {
			return pair.Entry, err
		}
	}
	return Entry{Alias: "kafka", Kind: KindKey, Key: key, origin: &origin{format: PEM}}, nil
}

// encodePEM writes what Kafka from 2.7 on reads as a PEM store: one key in PKCS#8 with its chain, or trusted certificates. With a
// password the key is encrypted.
func (s *Store) encodePEM(password Password, o EncodeOptions) ([]byte, error) {
	if err := s.refuseHidden(); err != nil {
		return nil, err
	}
	if len(s.Entries) == 0 {
		return nil, errors.New("PEM of no entries would be an empty file, which is no store")
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
			return nil, failure(ErrSecretKey, "%s: PEM holds no secret keys: %w", quote(e.Alias), ErrUnsupported)
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
