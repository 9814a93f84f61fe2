package main

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/kcfg/kcfg/tlsstore"
)

// The reasons for which an existing file is not replaced without --force.
var errRefused = errors.New("not replaced")

// refusal says why an existing file is not replaced.
func refusal(path, format string, args ...any) error {
	err := fmt.Errorf("%s is %w: %s", path, errRefused, fmt.Sprintf(format, args...))
	return withHint(err, "--force replaces it all the same and keeps the old file as %s.bak", path)
}

// judge compares the store with the file that is there: whether it says the same already, and whether replacing it would
// lose something.
func (o *storeOutput) judge(old []byte, now time.Time) (same bool, err error) {
	store, err := tlsstore.Decode(old, o.password, tlsstore.DecodeOptions{KeyPasswords: o.keyPasswords()})
	switch {
	case errors.Is(err, tlsstore.ErrPassword):
		return false, refusal(o.path, "the password does not open it")
	case errors.Is(err, tlsstore.ErrFormat):
		return false, refusal(o.path, "it is no key store or trust store")
	case err != nil:
		return false, refusal(o.path, "it cannot be read: %v", err)
	}
	if o.password.IsNone() && slices.ContainsFunc(store.Hidden, func(h tlsstore.Hidden) bool { return h.Kind == tlsstore.HiddenLocked }) {
		return false, refusal(o.path, "it is a %s store, which a password protects", store.Format)
	}
	if lost := lostEntries(store, o.store); len(lost) > 0 {
		err := refusal(o.path, "it holds more, which would be lost: %s", some(lost, mostLost))
		if alias, ok := onlyKey(store); ok && o.named && len(lost) == 1 && !counterpartsOf(store, o.store).has(&store.Entries[0]) {
			if _, ok := onlyKey(o.store); ok {
				err = withHint(err, "--alias %s renews it under the name that it has; --force replaces the store all the same and keeps the old file as %s.bak", alias, o.path)
			}
		}
		return false, err
	}
	for i := range store.Entries {
		if e := &store.Entries[i]; e.Locked() {
			return false, withHint(refusal(o.path, "the password does not open the key of %q", e.Alias),
				"the new key can have the same password of its own; --force replaces it all the same and keeps the old file as %s.bak", o.path)
		}
	}
	lost := lostNames(store, o.store)
	if o.certificates && len(store.Entries) > 0 && len(o.store.Entries) > 0 {
		lost = lostSubject(store.Entries[0], o.store.Entries[0])
	}
	if len(lost) > 0 {
		return false, refusal(o.path, "the new certificate does not cover %s", some(lost, mostLost))
	}
	if same = o.sameAs(store, old); !same {
		o.distrusted = distrusted(store, o.store, now)
	}
	return same, nil
}

// sameAs reports whether the file says the same already. Then it stays as it is, and so do the dates in it.
func (o *storeOutput) sameAs(store *tlsstore.Store, old []byte) bool {
	if o.store.Format == tlsstore.PEM && o.keyPassword.IsNone() {
		return o.encode() == nil && bytes.Equal(old, o.data)
	}
	if !o.sameEntries(store) || !o.sameProtection(store.Algorithms, store.Integrity, old) {
		return false
	}
	o.data = old
	o.keepDates(store)
	return true
}

// onlyKey returns the alias of the key of a store that has a single one and nothing else.
func onlyKey(s *tlsstore.Store) (alias string, ok bool) {
	if len(s.Entries) != 1 || s.Entries[0].Kind != tlsstore.KindKey {
		return "", false
	}
	return s.Entries[0].Alias, true
}

// keepDates gives the entries the dates that they have in the file, which stays as it is.
func (o *storeOutput) keepDates(old *tlsstore.Store) {
	known := counterpartsOf(o.store, old)
	for i := range o.store.Entries {
		if was, ok := known.of(&o.store.Entries[i]); ok {
			o.store.Entries[i].Created = was.Created
		}
	}
}

// lostEntries names what the old store holds and the new one does not.
func lostEntries(old, now *tlsstore.Store) []string {
	var lost []string
	var missing []*tlsstore.Entry
	known := counterpartsOf(old, now)
	for i := range old.Entries {
		if e := &old.Entries[i]; !known.has(e) {
			missing = append(missing, e)
		}
	}
	for _, e := range stillTrusted(missing, now, old.Format == tlsstore.PEM) {
		lost = append(lost, fmt.Sprintf("%s entry %q", e.Kind, e.Alias))
	}
	if len(old.Hidden) == 0 {
		return lost
	}
	kept := certificates(now)
	for _, h := range old.Hidden {
		if h.Kind != tlsstore.HiddenCertificate || !kept[string(h.Certificate)] {
			lost = append(lost, fmt.Sprintf("hidden %s%s", h.Kind, hiddenName(h)))
		}
	}
	return lost
}

// counterparts are the entries of a new store by what they take the place of.
type counterparts struct {
	now     *tlsstore.Store
	pem     bool // the old one is PEM
	fewer   bool // there are fewer entries than before
	byAlias map[string]int
	first   map[tlsstore.Kind]int // the first entry of each kind
}

func counterpartsOf(old, now *tlsstore.Store) *counterparts {
	c := &counterparts{now: now, pem: old.Format == tlsstore.PEM, fewer: len(now.Entries) < len(old.Entries),
		byAlias: byAlias(now), first: map[tlsstore.Kind]int{}}
	for i, e := range slices.Backward(now.Entries) {
		c.first[e.Kind] = i
	}
	return c
}

// of finds what takes the place of an old entry: the one with its alias. PEM has no aliases: there it is the key, or any
// certificate as long as there are not fewer.
func (c *counterparts) of(e *tlsstore.Entry) (tlsstore.Entry, bool) {
	i, ok := c.byAlias[tlsstore.FoldAlias(e.Alias)]
	if c.pem {
		if i, ok = c.first[e.Kind]; e.Kind != tlsstore.KindKey && c.fewer {
			ok = false
		}
	}
	if !ok {
		return tlsstore.Entry{}, false
	}
	return c.now.Entries[i], c.now.Entries[i].Kind == e.Kind
}

// has reports whether something takes the place of an old entry.
func (c *counterparts) has(e *tlsstore.Entry) bool {
	_, ok := c.of(e)
	return ok
}

// certificates returns all certificates of a store, by their DER.
func certificates(s *tlsstore.Store) map[string]bool {
	all := map[string]bool{}
	for _, e := range s.Entries {
		for _, der := range e.Chain {
			all[string(der)] = true
		}
	}
	return all
}

// lostNames lists the names of the old key entries' certificates that the new ones do not cover.
func lostNames(old, now *tlsstore.Store) []string {
	var lost []string
	seen := map[string]bool{}
	known := counterpartsOf(old, now)
	for i := range old.Entries {
		e := &old.Entries[i]
		if e.Kind != tlsstore.KindKey || len(e.Chain) == 0 {
			continue
		}
		n, _ := known.of(e)
		for _, name := range uncovered(*e, n) {
			if !seen[name] {
				seen[name] = true
				lost = append(lost, name)
			}
		}
	}
	return lost
}

// uncovered lists the names and addresses of a key entry's certificate for which another entry's is not valid.
func uncovered(old, now tlsstore.Entry) []string {
	was, err := old.Certificates()
	if err != nil || len(was) == 0 {
		return nil // what Go cannot parse has no names that could be compared
	}
	is, err := now.Certificates()
	if err != nil || len(is) == 0 {
		return nil
	}
	kept := map[string]bool{}
	for _, name := range append(soleName(is[0].DNSNames, is[0].Subject.CommonName, len(is[0].IPAddresses)), is[0].DNSNames...) {
		kept[strings.ToLower(name)] = true
	}
	for _, ip := range is[0].IPAddresses {
		kept[addressKey(ip)] = true
	}
	var lost []string
	for _, name := range append(soleName(was[0].DNSNames, was[0].Subject.CommonName, len(was[0].IPAddresses)), was[0].DNSNames...) {
		name := strings.ToLower(name)
		_, domain, _ := strings.Cut(name, ".")
		if !kept[name] && !kept["*."+domain] {
			lost = append(lost, name)
		}
	}
	for _, ip := range was[0].IPAddresses {
		if !kept[addressKey(ip)] {
			lost = append(lost, ip.String())
		}
	}
	return lost
}

// lostSubject is uncovered for certificates alone, of which the first is somebody's: where it has no alternative names, it is its
// subject that would be lost.
func lostSubject(old, now tlsstore.Entry) []string {
	if lost := uncovered(old, now); len(lost) > 0 {
		return lost
	}
	was, err := old.Certificates()
	if err != nil || len(was) == 0 || len(was[0].DNSNames)+len(was[0].IPAddresses) > 0 {
		return nil
	}
	is, err := now.Certificates()
	if subject := was[0].Subject.String(); err != nil || len(is) == 0 || is[0].Subject.String() != subject {
		return []string{subject}
	}
	return nil
}

// soleName is the common name of a certificate that has no alternative names: Java goes by it then.
func soleName(names []string, common string, addresses int) []string {
	if common == "" || strings.Contains(common, " ") || len(names) > 0 || addresses > 0 {
		return nil
	}
	return []string{common}
}

// addressKey is no host name.
func addressKey(ip net.IP) string { return "[" + ip.String() + "]" }

// mostLost is how many names are told that a new store would lose.
const mostLost = 20

// some joins names for a message: not more than most of them.
func some(names []string, most int) string {
	if more := len(names) - most; more > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), more)
	}
	return strings.Join(names, ", ")
}

func (o *storeOutput) sameEntries(old *tlsstore.Store) bool {
	if old.Format != o.store.Format || len(old.Entries) != len(o.store.Entries) || len(old.Hidden) > 0 {
		return false
	}
	known := counterpartsOf(old, o.store)
	for i := range old.Entries {
		e := &old.Entries[i]
		n, ok := known.of(e)
		if !ok || !bytes.Equal(n.Key, e.Key) || !slices.EqualFunc(n.Chain, e.Chain, bytes.Equal) {
			return false
		}
	}
	return true
}

// sameProtection compares algorithms, iterations and passwords with those of the old file. The dates of entries do not count.
func (o *storeOutput) sameProtection(algorithms tlsstore.Algorithms, integrity tlsstore.Integrity, old []byte) bool {
	sample := storeOutput{path: o.path, store: o.sample(), password: o.password, keyPassword: o.keyPassword, options: o.options}
	if err := sample.encode(); err != nil {
		return false
	}
	now, err := tlsstore.Decode(sample.data, o.password, tlsstore.DecodeOptions{KeyPasswords: o.keyPasswords()})
	if err != nil || now.Algorithms != algorithms || now.Integrity != integrity {
		return false
	}
	return keysOpen(sample.data, o.password) == keysOpen(old, o.password)
}

// sample is the store with one of its trusted certificates: they are all protected in the same way.
func (o *storeOutput) sample() *tlsstore.Store {
	s := *o.store
	s.Entries = nil
	trusted := 0
	for _, e := range o.store.Entries {
		if e.Kind == tlsstore.KindCertificate {
			trusted++
		}
		if e.Kind != tlsstore.KindCertificate || trusted == 1 {
			s.Entries = append(s.Entries, e)
		}
	}
	return &s
}

// keysOpen counts the keys that the store's password opens: where keys have a password of their own, none.
func keysOpen(data []byte, password tlsstore.Password) int {
	if tlsstore.Detect(data) == tlsstore.PKCS12 {
		return 0 // one password for all
	}
	s, err := tlsstore.Decode(data, password, tlsstore.DecodeOptions{})
	if err != nil {
		return -1
	}
	n := 0
	for i := range s.Entries {
		if e := &s.Entries[i]; e.Kind == tlsstore.KindKey && !e.Locked() {
			n++
		}
	}
	return n
}
