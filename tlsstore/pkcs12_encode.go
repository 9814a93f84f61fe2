package tlsstore

import (
	"errors"
	"fmt"
	"slices"

	"github.com/kcfg/kcfg/tlsstore/internal/pbe"
	"github.com/kcfg/kcfg/tlsstore/internal/pkcs12"
)

func (s *Store) encodePKCS12(password Password, o EncodeOptions) ([]byte, error) {
	if !o.KeyPassword.IsNone() && !o.KeyPassword.Equal(password) {
		return nil, errors.New("PKCS12 has one password for the store and its keys; a key password is for JKS")
	}
	if err := checkPKCS12Password(password, o); err != nil {
		return nil, err
	}
	bags, err := s.bags(password, o)
	if err != nil {
		return nil, err
	}
	return pkcs12.Write(bags, pkcs12.WriteOptions{
		Profile: pkcs12.Profile(o.Profile), Iterations: o.Iterations, Password: password.pbe(), Rand: o.Rand,
	})
}

func checkPKCS12Password(password Password, o EncodeOptions) error {
	err := password.CheckJava()
	if err == nil || o.AnyPassword && o.Profile != ProfileLegacy {
		return nil
	}
	if o.Profile == ProfileLegacy {
		return fmt.Errorf("%w (with the legacy profile no Java can)", err)
	}
	return err
}

// bags turns the entries into bags as Java wants them: keys, then their certificates, then trusted certificates.
func (s *Store) bags(password Password, o EncodeOptions) ([]pkcs12.OutBag, error) {
	b := &bagBuilder{o: o, ids: map[string]bool{}, chainCerts: map[string]bool{}, keyNames: map[string]bool{}}
	for _, h := range s.Hidden {
		if h.Kind == HiddenLocked {
			return nil, fmt.Errorf("%w: a part of the store was not opened: %s", ErrLocked, h.Why)
		}
		if password.IsNone() && h.Kind != HiddenCertificate && h.Kind != HiddenCRL {
			return nil, passwordNeeded("a hidden %s, %s, needs a password", h.Kind, quote(h.Alias))
		}
		if err := b.reserve(h); err != nil {
			return nil, err
		}
	}
	for i := range s.Entries {
		if e := &s.Entries[i]; e.Kind != KindCertificate {
			b.keyNames[javaLower(e.Alias)] = true
		}
	}
	for i := range s.Entries {
		if e := &s.Entries[i]; e.Kind != KindCertificate {
			if password.IsNone() {
				return nil, passwordNeeded("%s: a store with keys needs a password (Java shows nothing of it otherwise)", quote(e.Alias))
			}
			if err := b.addKey(e); err != nil {
				return nil, err
			}
		}
	}
	b.trusted = make([]pkcs12.OutBag, 0, len(s.Entries)-len(b.keyNames))
	for i := range s.Entries {
		if e := &s.Entries[i]; e.Kind == KindCertificate {
			b.addTrusted(e)
		}
	}
	return s.keepHidden(b)
}

// keepHidden puts the bags in order and looks at them as Java will. What Java did not list stays that way: where it would become an
// entry now, since what stood in front of it is gone, it goes into a bag of bags. A certificate would be trusted else that was not.
//
// One may have stood in front of the next, and of the next: from the second round on, all go there that Java could list.
func (s *Store) keepHidden(b *bagBuilder) ([]pkcs12.OutBag, error) {
	for round := 0; ; round++ {
		bags := pkcs12.InOrder(b.displaced, b.keys, b.certs, b.trusted, b.carried)
		view, err := s.viewOf(bags)
		if err != nil || view == nil {
			return bags, err
		}
		listed := map[*byte]bool{}
		for i := range view.entries {
			if raw := view.bags[view.entries[i].bag].Raw; raw != nil {
				listed[&raw[0]] = true
			}
		}
		hidden := func(bag *pkcs12.OutBag) bool { return len(bag.Raw) > 0 && listed[&bag.Raw[0]] }
		all := slices.Concat(pointers(b.displaced), pointers(b.carried))
		if !slices.ContainsFunc(all, hidden) {
			return bags, s.checkView(view)
		}
		for _, bag := range all {
			if hidden(bag) || round > 0 && len(bag.Raw) > 0 && slices.Contains(listable, bag.Type) {
				bag.Bag = pkcs12.NestedBag(bag.Bag)
			}
		}
	}
}

// listable are the bags of which Java makes entries.
var listable = []pkcs12.Type{pkcs12.ShroudedKey, pkcs12.Certificate, pkcs12.Secret}

func pointers[T any](all []T) []*T {
	out := make([]*T, len(all))
	for i := range all {
		out[i] = &all[i]
	}
	return out
}

type bagBuilder struct {
	o                                        EncodeOptions
	ids                                      map[string]bool // local key IDs that are taken
	chainCerts                               map[string]bool // certificates that have a bag
	keyNames                                 map[string]bool // aliases of keys, which no chain certificate may have
	displaced, keys, certs, trusted, carried []pkcs12.OutBag
}

// reserve carries a hidden bag as it is. What another format had in place of a bag becomes one, or is named.
func (b *bagBuilder) reserve(h Hidden) error {
	bag := pkcs12.Reread(h.raw)
	switch {
	case h.raw != nil:
		bag.Encrypted = h.encrypted
	case h.Kind == HiddenCertificate:
		bag = pkcs12.NewCertificateBag(h.Certificate)
	default:
		return fmt.Errorf("%w: PKCS12 cannot hold a hidden %s %s (%s)", ErrUnsupported, h.Kind, quote(h.Alias), h.Why)
	}
	if bag.HasKeyID && !h.nested {
		b.ids[string(bag.LocalKeyID)] = true
	}
	if h.nested {
		bag = pkcs12.NestedBag(bag)
	}
	if h.displaced {
		b.displaced = append(b.displaced, pkcs12.OutBag{Bag: bag})
		return nil
	}
	b.carried = append(b.carried, pkcs12.OutBag{Bag: bag})
	return nil
}

func (b *bagBuilder) addKey(e *Entry) error {
	bag := pkcs12.NewKeyBag(pkcs12.ShroudedKey)
	if e.Kind == KindSecret {
		bag = pkcs12.NewKeyBag(pkcs12.Secret)
	}
	bag.Name, bag.HasName = e.spelled(), true
	bag.LocalKeyID, bag.HasKeyID = b.keyID(e), true
	if e.origin != nil {
		bag.Attributes = e.origin.attributes
	}
	out := pkcs12.OutBag{Bag: bag}
	switch {
	case e.Key != nil:
		out.Key = e.Key
		// What JKS protects by a password of its own gets the store's: programs know no other for PKCS12.
		if own := e.encryptWith(Password{}); !own.IsNone() && e.origin.format != JKS && e.origin.format != JCEKS {
			pw := pbe.NewPassword(own.bytes())
			out.Password = &pw
		}
	case e.origin.format != PKCS12:
		return fmt.Errorf("%s: %w: it cannot become a PKCS12 entry without its password", quote(e.Alias), ErrLocked)
	case e.origin.raw != nil:
		if out.Bag.Raw = e.origin.raw; e.origin.name != e.spelled() {
			out.Bag.Raw = pkcs12.Relabel(e.origin.raw, bag)
		}
	default:
		out.Protected = e.origin.protected
	}
	b.keys = append(b.keys, out)
	for i, der := range e.ownChain() {
		known := e.certOrigin(der)
		cert := pkcs12.NewCertificateBag(der)
		cert.Attributes = known.attributes
		if i == 0 {
			cert.Name, cert.HasName, cert.LocalKeyID, cert.HasKeyID = bag.Name, true, bag.LocalKeyID, true
		} else if b.chainCerts[string(der)] {
			continue
		} else if known.name != "" && !b.keyNames[javaLower(known.name)] {
			cert.Name, cert.HasName = known.name, true
		}
		b.chainCerts[string(der)] = true
		b.certs = append(b.certs, pkcs12.OutBag{Bag: cert})
	}
	return nil
}

// keyID returns the entry's date in Java's form, moved on by milliseconds until no other bag has it: Java pairs keys and
// certificates by it. A key without date keeps the ID it has.
func (b *bagBuilder) keyID(e *Entry) []byte {
	created := e.Created
	if created.IsZero() && e.origin != nil && len(e.origin.keyID) > 0 && !b.ids[string(e.origin.keyID)] {
		b.ids[string(e.origin.keyID)] = true
		return e.origin.keyID
	}
	if created.IsZero() {
		created = b.o.Now
	}
	for ms := created.UnixMilli(); ; ms++ {
		id := fmt.Sprintf("Time %d", ms)
		if !b.ids[id] {
			b.ids[id] = true
			return []byte(id)
		}
	}
}

func (b *bagBuilder) addTrusted(e *Entry) {
	bag := pkcs12.NewCertificateBag(e.Chain[0])
	bag.Name, bag.HasName, bag.Trusted = e.spelled(), true, pkcs12.AnyUsage()
	if e.origin != nil {
		bag.Attributes = e.origin.attributes
		if e.origin.trusted != nil {
			bag.Trusted = e.origin.trusted
		}
		if e.origin.keyID != nil {
			bag.LocalKeyID, bag.HasKeyID = e.origin.keyID, true
		}
	}
	b.trusted = append(b.trusted, pkcs12.OutBag{Bag: bag})
}

// viewOf looks at the bags as Java will; nil where there is nothing that it could see otherwise.
func (s *Store) viewOf(out []pkcs12.OutBag) (*javaView, error) {
	if len(s.Hidden) == 0 && !slices.ContainsFunc(s.Entries, func(e Entry) bool { return e.Kind == KindKey }) {
		return nil, nil
	}
	bags := make([]pkcs12.Bag, len(out))
	for i := range out {
		bags[i] = out[i].Bag
	}
	return newJavaView(bags, 4*DefaultEntries)
}

// checkView compares: every entry has to be what Java finds under its alias, with its chain. Java may go on above a chain's top with
// another certificate of the store, such as a trusted root; below it must find the same.
func (s *Store) checkView(view *javaView) error {
	bags := view.bags
	for i := range s.Entries {
		e := &s.Entries[i]
		at, ok := view.byAlias[javaLower(e.Alias)]
		if !ok || !e.is(&bags[view.entries[at].bag]) {
			return fmt.Errorf("%s: %w: a part of the file that Java does not list so far has it too", quote(e.Alias), ErrAliasExists)
		}
		if e.Kind != KindKey {
			continue
		}
		for _, chain := range [][]int{view.entries[at].chain, view.entries[at].older} {
			if err := e.sameChain(bags, chain); err != nil {
				return err
			}
		}
	}
	return nil
}

// is reports that a bag is the one that was made for the entry.
func (e *Entry) is(b *pkcs12.Bag) bool {
	switch {
	case e.Kind == KindCertificate:
		return b.Type == pkcs12.Certificate && string(b.Certificate) == string(e.Chain[0])
	case e.origin != nil && e.origin.raw != nil:
		return b.Type == pkcs12.Secret && b.Raw != nil
	case e.Kind == KindSecret:
		return b.Type == pkcs12.Secret && b.Raw == nil
	}
	return b.Type == pkcs12.ShroudedKey && b.Raw == nil
}

func (e *Entry) sameChain(bags []pkcs12.Bag, chain []int) error {
	for n, der := range e.ownChain() {
		if n < len(chain) && string(bags[chain[n]].Certificate) == string(der) {
			continue
		}
		return fmt.Errorf("%s: %w: it would not find certificate %d, %s, which it takes from the store by the name of the issuer alone",
			quote(e.Alias), ErrChain, n+1, subjectOf(der))
	}
	return nil
}
