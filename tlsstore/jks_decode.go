package tlsstore

import (
	"fmt"
	"strings"
	"time"

	"github.com/kcfg/kcfg/tlsstore/internal/jks"
	"github.com/kcfg/kcfg/tlsstore/internal/pbe"
)

func decodeJKS(data []byte, password Password, keyPasswords []Password, limits Limits) (*Store, error) {
	f, err := jks.Scan(data, jks.Limits{Entries: limits.Entries, Keys: limits.Keys, Chains: chainsPerKey * limits.Keys, Aliases: limits.aliases()})
	if err != nil {
		return nil, err
	}
	s := &Store{Format: JKS, Integrity: Unverified, traits: &traits{version: f.Version, hasMAC: true, nonASCII: password.CheckJava() != nil}}
	if f.JCEKS {
		s.Format = JCEKS
	}
	if !password.IsNone() {
		if err := f.Verify(password.utf16()); err != nil {
			return nil, err
		}
		s.Integrity = Verified
	}
	s.Algorithms.MAC = Algorithm{Name: "SHA1 (keyed)"}
	budget := limits.TotalIterations
	s.Entries = make([]Entry, 0, len(f.Entries))
	for i := range f.Entries {
		j := &f.Entries[i]
		e := Entry{Alias: j.Alias, Created: time.UnixMilli(j.Created).UTC(), origin: &origin{format: s.Format, halved: j.Halved}}
		for _, c := range j.Chain {
			e.Chain = append(e.Chain, c.DER)
			if c.Type != "X.509" {
				e.origin.setCert(c.DER, certOrigin{javaType: c.Type})
			}
		}
		switch j.Tag {
		case jks.Certificate:
			e.Kind = KindCertificate
		case jks.Secret:
			e.Kind = KindSecret
			e.origin.protected, e.origin.raw, e.origin.why = j.Protected, j.Protected, "secret keys of JCEKS are serialized Java objects"
		default:
			e.Kind = KindKey
			e.origin.protected = j.Protected
			if err := e.unlockJKS(password, keyPasswords, limits, &budget); err != nil {
				e.origin.why = err.Error()
			}
			s.traits.keys = append(s.traits.keys, e.origin.algorithm)
		}
		s.Entries = append(s.Entries, e)
	}
	s.Algorithms.Key = weakest(s.traits.keys)
	s.traits.refused = refusedJKS(f)
	return s, nil
}

// refusedJKS says why Java does not load the file at all: it parses every certificate, by a factory for the type that the file names.
func refusedJKS(f *jks.File) string {
	var all []jks.Cert
	for i := range f.Entries {
		for _, c := range f.Entries[i].Chain {
			if !strings.EqualFold(c.Type, "X.509") && !strings.EqualFold(c.Type, "X509") {
				return "a certificate of type " + quote(c.Type)
			}
			all = append(all, c)
		}
	}
	return refusedCertificate(len(all), func(i int) []byte { return all[i].DER })
}

func (e *Entry) unlockJKS(password Password, keyPasswords []Password, limits Limits, budget *int) error {
	p, err := jks.ParseProtected(e.origin.protected)
	if err != nil {
		return err
	}
	e.origin.algorithm = Algorithm{p.Name, p.Iterations}
	if p.Iterations > limits.Iterations {
		return fmt.Errorf("%w: %d iterations; the limit is %d", ErrTooCostly, p.Iterations, limits.Iterations)
	}
	err = fmt.Errorf("no password was given")
	for i, pw := range append([]Password{password}, keyPasswords...) {
		if pw.IsNone() {
			continue
		}
		if *budget -= p.Iterations; *budget < 0 {
			return fmt.Errorf("%w: the limit of iterations is used up", ErrTooCostly)
		}
		if e.Key, err = p.Open(pw.utf16(), pbe.NewPassword(pw.bytes())); err == nil {
			if i > 0 {
				e.origin.keyPassword = pw
			}
			return nil
		}
	}
	return err
}
