package tlsstore

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/tlsstore/internal/ber"
	"github.com/kcfg/kcfg/tlsstore/internal/jks"
)

// rewritten writes a store that was decoded and reads it again.
func rewritten(t *testing.T, s *Store, password Password) *Store {
	t.Helper()
	data, err := Encode(s, password, EncodeOptions{Iterations: 1, Now: testTime})
	require.NoError(t, err)
	back, err := Decode(data, password, DecodeOptions{})
	require.NoError(t, err)
	return back
}

// TestRenameWhatIsCarried: a secret of unknown make is carried as its bag stands, and gets its new name all the same.
func TestRenameWhatIsCarried(t *testing.T) {
	secret := bag(5, ber.Sequence(ber.OID("1.2.3.4"), ber.Explicit(0, ber.OctetString([]byte("whatever")))), "Old", "x")
	s, err := Decode(p12(secret), changeit, DecodeOptions{})
	require.NoError(t, err)
	require.Len(t, s.Entries, 1)
	require.Equal(t, KindSecret, s.Entries[0].Kind)
	unchanged := rewritten(t, s, changeit)
	require.Equal(t, "old", unchanged.Entries[0].Alias)
	require.NoError(t, s.Rename("OLD", "New"))
	back := rewritten(t, s, changeit)
	require.Len(t, back.Entries, 1)
	require.Equal(t, "new", back.Entries[0].Alias)
	require.Contains(t, string(back.Entries[0].origin.raw), "whatever")
}

// TestRemovedStaysRemoved: taking a key out takes its certificates along, not those that another key or a trust entry needs.
func TestRemovedStaysRemoved(t *testing.T) {
	a, b := fixture(t, "p256"), fixture(t, "p384")
	s := &Store{Format: PKCS12, Entries: []Entry{
		{Alias: "a", Kind: KindKey, Created: testTime, Key: a.key, Chain: a.chain},
		{Alias: "b", Kind: KindKey, Created: testTime, Key: b.key, Chain: b.chain},
		TrustEntry("root", a.root, testTime),
	}}
	s = rewritten(t, s, changeit)
	require.NoError(t, s.Remove("A"))
	back := rewritten(t, s, changeit)
	require.Len(t, back.Entries, 2)
	require.Empty(t, back.Hidden)
	require.Equal(t, b.key, back.Entries[0].Key)
}

// TestAliasOfHalfACharacter: Java allows a lone surrogate in an alias, which UTF-8 cannot hold. What is not touched has to keep its
// alias.
func TestAliasOfHalfACharacter(t *testing.T) {
	id := fixture(t, "p256")
	data := jksFile(uint32(jks.MagicJKS), uint32(2), uint32(1), uint32(2), "a\xed\xa0\x80b", uint64(0), "X.509", uint32(len(id.root)), id.root)
	s, err := Decode(data, changeit, DecodeOptions{})
	require.NoError(t, err)
	again, err := Encode(s, changeit, EncodeOptions{})
	if err == nil {
		require.True(t, bytes.Contains(again, []byte("a\xed\xa0\x80b")), "the alias was changed in silence")
	}
}

// TestPasswdNamesWhatKeepsTheOld: keys that Java does not list, and that another password protects, are carried as they are.
func TestPasswdKeepsHiddenKeys(t *testing.T) {
	id := fixture(t, "p256")
	key := shrouded(t, id.key)
	file := p12(bag(2, key, "same", "x"), certBag(id.chain[0], "same", "x"), bag(2, key, "SAME", "y"))
	s, err := Decode(file, changeit, DecodeOptions{})
	require.NoError(t, err)
	require.Len(t, s.Hidden, 1)
	require.Equal(t, HiddenKey, s.Hidden[0].Kind)
	back := rewritten(t, s, NewPassword([]byte("another")))
	require.Len(t, back.Hidden, 1)
	require.True(t, bytes.Contains(back.Hidden[0].raw, key), "carried as it was")
}

// TestHiddenStaysHidden: what Java does not list is no entry after an edit either, whatever stood in its way before.
func TestHiddenStaysHidden(t *testing.T) {
	a, b := fixture(t, "p256"), fixture(t, "p256b")
	trust := ber.Sequence(ber.OID("2.16.840.1.113894.746875.1.1"), ber.Set(ber.OID("2.5.29.37.0")))
	trusted := func(der []byte, name string) []byte {
		e, err := ber.Single(certBag(der, name, ""))
		require.NoError(t, err)
		parts, err := e.Children(3)
		require.NoError(t, err)
		return ber.Sequence(parts[0].Raw, parts[1].Raw, ber.Set(parts[2].Content, trust))
	}
	key := func(id identity, name, keyID string) []byte { return bag(2, shrouded(t, id.key), name, keyID) }
	for name, c := range map[string]struct {
		file   []byte
		change func(s *Store) error
		listed []string
		hidden int
	}{
		"in a bag of bags": {p12(bag(6, ber.Sequence(trusted(a.root, "inner")), "", ""), trusted(b.root, "outer")),
			func(*Store) error { return nil }, []string{"outer"}, 1},
		"the second of one name, its namesake renamed": {p12(trusted(a.root, "dup"), trusted(b.root, "DUP")),
			func(s *Store) error { return s.Rename("dup", "other") }, []string{"other"}, 1},
		"the second of one name, removed with it": {p12(trusted(a.root, "dup"), trusted(b.root, "DUP")),
			func(s *Store) error { return s.Remove("dup") }, nil, 0},
		"many of one name, the one that counts renamed": {p12(trusted(a.root, "dup"), trusted(b.root, "Dup"), trusted(a.root, "dUp"), trusted(b.root, "dup"), trusted(a.root, "DUP")),
			func(s *Store) error { return s.Rename("dup", "other") }, []string{"other"}, 4},
		"keys without ID behind one that goes": {p12(key(a, "first", ""), certBag(a.chain[0], "first", ""), key(b, "second", ""), key(b, "third", ""), key(b, "fourth", ""), trusted(b.root, "root")),
			func(s *Store) error { return s.Remove("first") }, []string{"root"}, 3},
		"a certificate with the name of a key": {p12(trusted(a.root, "name"), key(b, "NAME", "x"), certBag(b.chain[0], "name", "x")),
			func(*Store) error { return nil }, []string{"name"}, 1},
		"a key without ID behind one that goes": {p12(key(a, "first", "x"), certBag(a.chain[0], "first", "x"), key(b, "second", ""), trusted(b.root, "root")),
			func(s *Store) error { return s.Remove("first") }, []string{"root"}, 1},
	} {
		s, err := Decode(c.file, changeit, DecodeOptions{})
		require.NoError(t, err, name)
		require.NoError(t, c.change(s), name)
		back := rewritten(t, s, changeit)
		require.Equal(t, c.listed, aliases(back), name)
		require.Len(t, back.Hidden, c.hidden, name)
		for _, h := range back.Hidden {
			require.True(t, bytes.Contains(c.file, h.raw), "%s: carried as it was", name)
		}
		require.Equal(t, c.listed, aliases(rewritten(t, back, changeit)), name)
	}
}
