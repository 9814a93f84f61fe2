package tlsstore

import (
	"crypto/x509"
	"slices"

	"github.com/kcfg/kcfg/tlsstore/internal/pbe"
	"github.com/kcfg/kcfg/tlsstore/internal/pkcs12"
)

func decodePKCS12(data []byte, password Password, keyPasswords []Password, limits Limits) (*Store, error) {
	o := pkcs12.ReadOptions{Password: password.pbe(), Limits: pkcs12.Limits{
		Entries: limits.Entries, Keys: limits.Keys, Aliases: limits.aliases(), Iterations: limits.Iterations, TotalIterations: limits.TotalIterations}}
	var named []Password
	for _, pw := range keyPasswords {
		if !pw.IsNone() {
			o.KeyPasswords = append(o.KeyPasswords, pbe.NewPassword(pw.bytes()))
			named = append(named, pw)
		}
	}
	f, err := pkcs12.Read(data, o)
	if err != nil {
		return nil, err
	}
	s := &Store{Format: PKCS12, traits: &traits{ber: f.BER, hasMAC: f.HasMAC, lockedSafes: len(f.Locked), nonASCII: password.CheckJava() != nil}}
	switch {
	case f.Verified:
		s.Integrity = Verified
	case f.HasMAC:
		s.Integrity = Unverified
	}
	s.addAlgorithms(f)
	view, err := newJavaView(f.Bags, chainsPerKey*limits.Keys)
	if err != nil {
		return nil, err
	}
	d := &pkcs12Decoder{store: s, view: view, passwords: named, shown: map[int]bool{}, effort: newEffort()}
	s.Entries = make([]Entry, 0, len(d.view.entries))
	for i := range d.view.entries {
		d.add(&d.view.entries[i])
	}
	d.addHidden()
	s.traits.refused, s.traits.byJava25 = refusedByJava(f), f.ByJava25
	for _, l := range f.Locked {
		s.Hidden = append(s.Hidden, Hidden{Kind: HiddenLocked, Why: "encrypted (" + l.Algorithm + "), " + l.Why})
	}
	return s, nil
}

// refusedByJava says why Java does not load the file at all: one bag that it cannot read is enough, unless it never looks there.
func refusedByJava(f *pkcs12.File) string {
	var looked []int
	for i := range f.Bags {
		if b := &f.Bags[i]; b.Type == pkcs12.Certificate && !b.Nested {
			looked = append(looked, i)
		}
	}
	if why := refusedCertificate(len(looked), func(i int) []byte { return f.Bags[looked[i]].Certificate }); why != "" {
		return why
	}
	return f.Refused
}

func (s *Store) addAlgorithms(f *pkcs12.File) {
	t := s.traits
	for _, safe := range f.Safes {
		t.safes = append(t.safes, Algorithm(safe.Algorithm))
	}
	for i := range f.Bags {
		if b := &f.Bags[i]; b.Algorithm != "" {
			t.keys = append(t.keys, Algorithm{b.Algorithm, b.Iterations})
		}
	}
	t.mac = Algorithm(f.MAC)
	s.Algorithms.MAC = t.mac
	s.Algorithms.Key = weakest(t.keys)
	s.Algorithms.Certificate = weakest(t.safes)
}

// weakest returns the algorithm that is easiest to break, judged by the family and then by the iterations.
func weakest(all []Algorithm) Algorithm {
	var w Algorithm
	for _, a := range all {
		if a.Name == "" {
			continue
		}
		if w.Name == "" || strength(a.Name) < strength(w.Name) || strength(a.Name) == strength(w.Name) && a.Iterations < w.Iterations {
			w = a
		}
	}
	return w
}

type pkcs12Decoder struct {
	store     *Store
	view      *javaView
	passwords []Password
	shown     map[int]bool // certificates that are in an entry, by the first bag with each
	effort    *effort
}

func (d *pkcs12Decoder) add(j *javaEntry) {
	b := &d.view.bags[j.bag]
	e := Entry{Alias: j.alias, Created: j.time, Key: b.Key, origin: &origin{
		format: PKCS12, protected: b.Protected, why: b.Why, algorithm: Algorithm{b.Algorithm, b.Iterations},
		name: b.Name, halved: b.Halved, attributes: b.Attributes,
	}}
	if b.Opened > 0 {
		e.origin.keyPassword = d.passwords[b.Opened-1]
	}
	chain := j.chain
	switch b.Type {
	case pkcs12.Certificate:
		e.Kind, chain = KindCertificate, []int{j.bag}
		e.origin.trusted, e.origin.keyID = b.Trusted, b.LocalKeyID
	case pkcs12.Secret:
		e.Kind = KindSecret
		if b.Protected == nil {
			e.origin.raw = b.Raw
		}
	default:
		e.Kind = KindKey
		if e.Created.IsZero() && string(b.LocalKeyID) != javaNoID {
			e.origin.keyID = b.LocalKeyID
		}
		javas := -1
		if len(chain) > 0 {
			javas = chain[0]
		}
		if e.Key != nil && !d.effort.spend(openCost(e.Key)) {
			e.Key, e.origin.why = nil, "the store holds more keys than can be checked in reasonable time"
		}
		if leaf := d.view.leafOf(e.Key, javas); leaf != javas {
			chain = d.view.chainFrom(leaf)
			d.store.traits.odd = append(d.store.traits.odd, quote(e.Alias)+": Java pairs the key with another certificate, or with none")
		} else if !slices.Equal(j.chain, j.older) {
			d.store.traits.odd = append(d.store.traits.odd, quote(e.Alias)+": older releases of Java build another chain, since two authorities have the same name")
		}
	}
	for at, i := range chain {
		c := &d.view.bags[i]
		e.Chain = append(e.Chain, c.Certificate)
		d.shown[d.view.same[i]] = true
		if e.Kind == KindKey {
			co := certOrigin{attributes: c.Attributes}
			if at > 0 && c.Trusted == nil {
				co.name = c.Name
			} else if at > 0 {
				co.attributes = nil // they belong to the trusted certificate's own entry
			}
			if at > 0 && c.Trusted != nil {
				e.origin.appended = append(e.origin.appended, c.Certificate)
			} else {
				e.origin.appended = nil
			}
			if co.name != "" || co.attributes != nil {
				e.origin.setCert(c.Certificate, co)
			}
		}
	}
	if e.Kind == KindKey && d.store.Integrity != Verified {
		e.distrust()
	}
	d.store.Entries = append(d.store.Entries, e)
}

// distrust locks a key that is damaged or does not belong to its certificate, where no MAC vouches for the file: with one, a
// mismatch is what its writer wrote.
func (e *Entry) distrust() {
	if e.Key == nil {
		return
	}
	_, err := parsePKCS8(e.Key)
	same, known, usual := true, false, knownKeyKind(e.Key)
	if len(e.Chain) > 0 {
		same, known = belongs(e.Key, e.Chain[0])
		if t, ok := parseTBS(e.Chain[0]); ok {
			_, notUsual := x509.ParsePKIXPublicKey(t.spki)
			// of DSA, crypto/x509 parses no private keys
			usual = usual || notUsual == nil && describeKey(t.spki).Algorithm != "DSA"
		}
	}
	switch {
	case known && !same:
		e.Key, e.origin.why = nil, "it does not belong to its certificate, and the file has no MAC that would vouch for it"
	case err != nil && usual:
		e.Key, e.origin.why = nil, "it is damaged"
	}
}

// addHidden collects what became no part of an entry.
func (d *pkcs12Decoder) addHidden() {
	used, lost, skipped := map[int]bool{}, map[int]bool{}, map[int]bool{}
	for _, e := range d.view.entries {
		used[e.bag] = true
	}
	for _, i := range d.view.lost {
		lost[i] = true
	}
	for _, i := range d.view.skipped {
		skipped[i] = true
	}
	for i := range d.view.bags {
		b := &d.view.bags[i]
		if used[i] || b.Type == pkcs12.Certificate && b.Trusted == nil && d.shown[d.view.same[i]] {
			continue
		}
		h := Hidden{Kind: hiddenKind(b.Type), Alias: b.Name, Certificate: b.Certificate, raw: b.Raw, encrypted: b.Encrypted, nested: b.Nested,
			displaced: lost[i], under: d.view.attributes[i].alias}
		switch {
		case lost[i]:
			h.Why = "another entry has the same alias, and Java keeps the last"
		case skipped[i]:
			h.Why = "it has no local key ID, without which Java takes the first key only"
		case b.Nested:
			h.Why = "it is in a bag of bags, into which Java does not look"
		case b.Type == pkcs12.PlainKey:
			h.Why = "the key is not encrypted, and Java ignores such keys"
		case b.Type == pkcs12.Certificate:
			h.Why = "it has no trust attribute, and belongs to no key"
		default:
			h.Why = "Java ignores bags of type " + b.OID
		}
		d.store.Hidden = append(d.store.Hidden, h)
	}
}

func hiddenKind(t pkcs12.Type) HiddenKind {
	switch t {
	case pkcs12.ShroudedKey, pkcs12.PlainKey:
		return HiddenKey
	case pkcs12.Certificate:
		return HiddenCertificate
	case pkcs12.CRL:
		return HiddenCRL
	case pkcs12.Secret:
		return HiddenSecret
	}
	return HiddenOther
}
