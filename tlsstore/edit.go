package tlsstore

import (
	"bytes"
	"fmt"
	"slices"
)

// The edits below change a Store in memory; [Encode] writes it. Aliases compare as in Java, without regard to case. What an edit does
// not touch keeps its date, attributes and protection, also where kcfg cannot open or understand it. A new key in a JKS store whose keys
// all have one password of their own, by which they were opened, gets it too: a server asks for no other.

// Add adds entries. Where one has an alias that is taken, nothing is added, and the error is [ErrAliasExists].
func (s *Store) Add(entries ...Entry) error {
	taken := s.aliases()
	for _, e := range entries {
		folded := javaLower(e.Alias)
		if taken[folded] {
			return fmt.Errorf("%s: %w", quote(e.Alias), ErrAliasExists)
		}
		taken[folded] = true
	}
	like := s.keyWithOwnPassword()
	for _, e := range entries {
		s.Entries = append(s.Entries, e.inPlaceOf(like))
	}
	return nil
}

// keyWithOwnPassword returns one of the keys of a JKS store that all have the same password of their own, else nil.
func (s *Store) keyWithOwnPassword() *Entry {
	var first *Entry
	for i := range s.Entries {
		e := &s.Entries[i]
		switch {
		case e.Kind != KindKey:
		case s.Format != JKS || !e.HasKeyPassword(), first != nil && !e.origin.keyPassword.Equal(first.origin.keyPassword):
			return nil
		default:
			first = e
		}
	}
	return first
}

func (s *Store) aliases() map[string]bool {
	taken := make(map[string]bool, len(s.Entries))
	for i := range s.Entries {
		taken[javaLower(s.Entries[i].Alias)] = true
	}
	return taken
}

// Put adds an entry, in place of the one that has its alias. It reports whether there was one. Where that had a key with a password of
// its own, by which it was opened, the new key gets it too: a server asks for no other.
func (s *Store) Put(e Entry) (replaced bool) {
	i := s.index(e.Alias)
	if i < 0 {
		s.Entries = append(s.Entries, e.inPlaceOf(s.keyWithOwnPassword()))
		return false
	}
	s.Entries[i] = e.inPlaceOf(&s.Entries[i])
	return true
}

// inPlaceOf returns the entry with the key password of another, unless it has one.
func (e Entry) inPlaceOf(old *Entry) Entry {
	if old == nil || e.Kind != KindKey || e.Key == nil || !old.HasKeyPassword() || e.HasKeyPassword() {
		return e
	}
	one := Store{Entries: []Entry{e}}
	if err := one.SetKeyPassword(e.Alias, old.origin.keyPassword); err != nil {
		return e
	}
	return one.Entries[0]
}

// Remove removes entries by alias, and what is hidden because an entry has its alias too: the alias is gone then for every reader.
// Where one is missing, nothing is removed, and the error is [ErrAliasNotFound].
func (s *Store) Remove(aliases ...string) error {
	gone := map[string]bool{}
	for _, a := range aliases {
		if s.index(a) < 0 {
			return fmt.Errorf("%s: %w", quote(a), ErrAliasNotFound)
		}
		gone[javaLower(a)] = true
	}
	s.Entries = slices.DeleteFunc(s.Entries, func(e Entry) bool { return gone[javaLower(e.Alias)] })
	s.Hidden = slices.DeleteFunc(s.Hidden, func(h Hidden) bool { return h.displaced && gone[javaLower(h.under)] })
	return nil
}

// Rename gives an entry another alias; to change only its case is a change too, for PKCS12, which keeps the spelling.
func (s *Store) Rename(from, to string) error {
	i := s.index(from)
	if i < 0 {
		return fmt.Errorf("%s: %w", quote(from), ErrAliasNotFound)
	}
	if j := s.index(to); j >= 0 && j != i {
		return fmt.Errorf("%s: %w", quote(to), ErrAliasExists)
	}
	e := &s.Entries[i]
	e.Alias = to
	if e.origin != nil {
		o := *e.origin // other copies of the entry keep theirs
		o.name, o.halved = "", false
		e.origin = &o
	}
	return nil
}

// MergeOptions says how to merge stores.
type MergeOptions struct {
	Replace bool              // an entry of the other store takes the place of one with its alias
	Aliases map[string]string // other names for entries of the other store
}

// Merged says what Merge did, by the aliases in the store.
type Merged struct {
	Added     []string
	Replaced  []string
	Unchanged []string // the same entry was there already, under the same alias
}

// Merge adds the entries of another store. The same key or certificate under the same alias is no conflict; another one is
// [ErrAliasExists] unless it is to be replaced, and then nothing is merged.
func (s *Store) Merge(other *Store, o MergeOptions) (Merged, error) {
	var m Merged
	result := Store{Format: s.Format, Entries: slices.Clone(s.Entries)}
	at := make(map[string]int, len(result.Entries))
	for i := range result.Entries {
		at[javaLower(result.Entries[i].Alias)] = i
	}
	like := result.keyWithOwnPassword()
	renames := make(map[string]string, len(o.Aliases))
	for from, to := range o.Aliases {
		renames[javaLower(from)] = to
	}
	for _, e := range other.Entries {
		if to, ok := renames[javaLower(e.Alias)]; ok {
			one := Store{Entries: []Entry{e}}
			if err := one.Rename(e.Alias, to); err != nil {
				return Merged{}, err
			}
			e = one.Entries[0]
		}
		i, taken := at[javaLower(e.Alias)]
		switch {
		case !taken:
			at[javaLower(e.Alias)] = len(result.Entries)
			result.Entries = append(result.Entries, e.inPlaceOf(like))
			m.Added = append(m.Added, e.Alias)
		case sameContent(&result.Entries[i], &e):
			m.Unchanged = append(m.Unchanged, e.Alias)
		case o.Replace:
			result.Entries[i] = e.inPlaceOf(&result.Entries[i])
			m.Replaced = append(m.Replaced, e.Alias)
		default:
			return Merged{}, fmt.Errorf("%s: %w", quote(e.Alias), ErrAliasExists)
		}
	}
	s.Entries = result.Entries
	return m, nil
}

// sameContent reports that two entries hold the same key and certificates, dates aside.
func sameContent(a, b *Entry) bool {
	if a.Kind != b.Kind || !equalChains(a, b) {
		return false
	}
	if a.Locked() != b.Locked() {
		return false
	}
	if a.Locked() {
		return bytes.Equal(a.origin.protected, b.origin.protected)
	}
	return bytes.Equal(a.Key, b.Key)
}

// SetKeyPassword gives one key a password of its own, which [Encode] uses for it in place of the store's; none means the store's
// again. The key must not be locked.
func (s *Store) SetKeyPassword(alias string, password Password) error {
	i := s.index(alias)
	if i < 0 {
		return fmt.Errorf("%s: %w", quote(alias), ErrAliasNotFound)
	}
	e := &s.Entries[i]
	switch {
	case e.Kind != KindKey:
		return fmt.Errorf("%s: a %s entry has no key password", quote(alias), e.Kind)
	case e.Key == nil:
		return fmt.Errorf("%s: %w", quote(alias), ErrLocked)
	}
	o := origin{}
	if e.origin != nil {
		o = *e.origin
	}
	o.keyPassword = password
	e.origin = &o
	return nil
}
