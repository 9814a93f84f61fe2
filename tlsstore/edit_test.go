package tlsstore

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func aliases(s *Store) []string {
	var all []string
	for _, e := range s.Entries {
		all = append(all, e.Alias)
	}
	return all
}

func editable(t *testing.T, format Format) *Store {
	a, b := fixture(t, "p256"), fixture(t, "p256b")
	s := &Store{Format: format, Entries: []Entry{
		{Alias: "Kafka1", Kind: KindKey, Created: testTime, Key: a.key, Chain: a.chain},
		{Alias: "kafka2", Kind: KindKey, Created: testTime.Add(time.Hour), Key: b.key, Chain: b.chain},
		TrustEntry("CARoot", a.root, testTime),
	}}
	data, err := Encode(s, changeit, EncodeOptions{Iterations: 10})
	require.NoError(t, err)
	s, err = Decode(data, changeit, DecodeOptions{})
	require.NoError(t, err)
	return s
}

// reread writes a store and reads it.
func reread(t *testing.T, s *Store, pw Password, o EncodeOptions) *Store {
	t.Helper()
	o.Iterations = 10
	data, err := Encode(s, pw, o)
	require.NoError(t, err)
	back, err := Decode(data, pw, DecodeOptions{})
	require.NoError(t, err)
	return back
}

func TestEdits(t *testing.T) {
	for _, format := range []Format{JKS, PKCS12} {
		t.Run(format.String(), func(t *testing.T) {
			s := editable(t, format)
			other := fixture(t, "rsa2048").root

			require.ErrorIs(t, s.Add(TrustEntry("new", other, testTime), TrustEntry("CAROOT", other, testTime)), ErrAliasExists)
			require.Len(t, s.Entries, 3, "nothing is added where one cannot be")
			require.ErrorIs(t, s.Add(TrustEntry("new", other, testTime), TrustEntry("NEW", other, testTime)), ErrAliasExists)
			require.NoError(t, s.Add(TrustEntry("new", other, testTime)))
			require.True(t, s.Put(TrustEntry("NEW", other, testTime)))
			require.False(t, s.Put(TrustEntry("newer", other, testTime)))

			require.ErrorIs(t, s.Remove("new", "nobody"), ErrAliasNotFound)
			require.Len(t, s.Entries, 5)
			require.NoError(t, s.Remove("New", "newer"))

			require.ErrorIs(t, s.Rename("nobody", "x"), ErrAliasNotFound)
			require.ErrorIs(t, s.Rename("kafka1", "KAFKA2"), ErrAliasExists)
			require.NoError(t, s.Rename("KAFKA1", "Broker"))
			require.NoError(t, s.Rename("caroot", "CAroot"), "to change the case alone is allowed")

			back := reread(t, s, changeit, EncodeOptions{})
			require.Len(t, back.Entries, 3)
			e, ok := back.Entry("BROKER")
			require.True(t, ok)
			require.Equal(t, "broker", e.Alias)
			require.Equal(t, testTime, e.Created, "what is not touched keeps its date")
			if format == PKCS12 {
				ca, _ := back.Entry("caroot")
				require.Equal(t, "CAroot", ca.origin.name, "PKCS12 keeps the spelling")
			}
		})
	}
}

func TestMerge(t *testing.T) {
	s, other := editable(t, PKCS12), editable(t, JKS)
	m, err := s.Merge(other, MergeOptions{})
	require.NoError(t, err)
	require.Equal(t, Merged{Unchanged: []string{"caroot", "kafka1", "kafka2"}}, m)

	m, err = s.Merge(other, MergeOptions{Aliases: map[string]string{"KAFKA1": "old-1", "kafka2": "old-2", "caroot": "old-ca"}})
	require.NoError(t, err)
	require.Equal(t, []string{"old-ca", "old-1", "old-2"}, m.Added)
	require.Len(t, s.Entries, 6)

	other.Entries = []Entry{TrustEntry("Kafka1", fixture(t, "p384").root, testTime), TrustEntry("x", fixture(t, "p384").root, testTime)}
	_, err = s.Merge(other, MergeOptions{})
	require.ErrorIs(t, err, ErrAliasExists)
	require.Len(t, s.Entries, 6, "nothing is merged where one cannot be")
	m, err = s.Merge(other, MergeOptions{Replace: true})
	require.NoError(t, err)
	require.Equal(t, Merged{Added: []string{"x"}, Replaced: []string{"Kafka1"}}, m)
	e, _ := s.Entry("kafka1")
	require.Equal(t, KindCertificate, e.Kind)
}

// TestLockedKeysAreCarried: a store whose keys have another password is edited without that password.
func TestLockedKeysAreCarried(t *testing.T) {
	id := fixture(t, "p256")
	other := NewPassword([]byte("another"))
	for _, format := range []Format{JKS, PKCS12} {
		t.Run(format.String(), func(t *testing.T) {
			s := &Store{Format: format, Entries: []Entry{{Alias: "kafka1", Kind: KindKey, Created: testTime, Key: id.key, Chain: id.chain}, TrustEntry("ca", id.root, testTime)}}
			require.NoError(t, s.SetKeyPassword("KAFKA1", other))
			s = reread(t, s, changeit, EncodeOptions{})
			e, _ := s.Entry("kafka1")
			require.True(t, e.Locked())
			require.NotEmpty(t, e.Why())
			require.Equal(t, id.chain, e.Chain[:2])
			require.ErrorIs(t, s.SetKeyPassword("kafka1", changeit), ErrLocked)

			require.NoError(t, s.Rename("kafka1", "broker"))
			require.NoError(t, s.Remove("ca"))
			data, err := Encode(s, NewPassword([]byte("newpass")), EncodeOptions{Iterations: 10})
			require.NoError(t, err)
			back, err := Decode(data, NewPassword([]byte("newpass")), DecodeOptions{KeyPasswords: []Password{changeit, other}})
			require.NoError(t, err)
			e, ok := back.Entry("broker")
			require.True(t, ok)
			require.Equal(t, id.key, e.Key)
			require.Equal(t, testTime, e.Created)

			// Opened with its own password, the key keeps it.
			again := reread(t, back, changeit, EncodeOptions{})
			e, _ = again.Entry("broker")
			require.True(t, e.Locked())

			// Its own password taken away, it has the store's.
			require.NoError(t, back.SetKeyPassword("broker", Password{}))
			again = reread(t, back, changeit, EncodeOptions{})
			e, _ = again.Entry("broker")
			require.Equal(t, id.key, e.Key)

			// It cannot become an entry of another format.
			s.Format = JKS + PKCS12 - format
			_, err = Encode(s, changeit, EncodeOptions{})
			require.ErrorIs(t, err, ErrLocked)
			require.ErrorContains(t, err, `"broker"`)
		})
	}
}

// TestNothingIsDroppedInSilence: JKS and PEM have no place for much of what PKCS12 holds.
func TestNothingIsDroppedInSilence(t *testing.T) {
	all := samples(t)
	open := func(name string) *Store {
		s, err := Decode(all[name], changeit, DecodeOptions{})
		require.NoError(t, err)
		return s
	}
	s := open("java.p12") // with a secret
	back := reread(t, s, changeit, EncodeOptions{})
	require.Empty(t, Diff(s, back))
	s.Format = JKS
	_, err := Encode(s, changeit, EncodeOptions{})
	require.ErrorIs(t, err, ErrUnsupported)
	require.ErrorContains(t, err, `"secret"`)
	require.NoError(t, s.Remove("secret"))
	_, err = Encode(s, changeit, EncodeOptions{})
	require.NoError(t, err)

	s = open("java.jceks")
	_, err = Encode(s, changeit, EncodeOptions{})
	require.ErrorIs(t, err, ErrUnsupported, "JCEKS is not written")
	s.Format = PKCS12
	_, err = Encode(s, changeit, EncodeOptions{})
	require.ErrorIs(t, err, ErrLocked)
	require.ErrorContains(t, err, `"secret"`)

	// Without a password what is encrypted cannot be carried.
	s, err = Decode(all["modern.p12"], Password{}, DecodeOptions{})
	require.NoError(t, err)
	require.Equal(t, Unverified, s.Integrity)
	require.Len(t, s.Entries, 1, "the key, whose name is in the clear")
	require.True(t, s.Entries[0].Locked())
	_, err = Encode(s, changeit, EncodeOptions{})
	require.ErrorIs(t, err, ErrLocked)
}

func TestDiff(t *testing.T) {
	a := editable(t, PKCS12)
	require.Empty(t, Diff(a, a))
	require.Empty(t, Diff(a, editable(t, JKS)), "the format is no difference")

	b := editable(t, JKS)
	id, other := fixture(t, "p256"), fixture(t, "p256c")
	require.NoError(t, b.Remove("caroot"))
	require.NoError(t, b.Add(TrustEntry("new", fixture(t, "p384").root, testTime)))
	k1, _ := b.Entry("kafka1")
	k1.Chain = [][]byte{id.chain[0]}
	b.Put(k1)
	k2, _ := b.Entry("kafka2")
	k2.Key, k2.Chain = other.key, other.chain
	b.Put(k2)
	got := map[string]ChangeKind{}
	for _, c := range Diff(a, b) {
		got[c.Alias] = c.Kind
		_, err := json.Marshal(c)
		require.NoError(t, err)
	}
	require.Equal(t, map[string]ChangeKind{"kafka1": EntryChainChanged, "kafka2": EntryKeyChanged, "caroot": EntryRemoved, "new": EntryAdded}, got)

	b = editable(t, PKCS12)
	require.NoError(t, b.Rename("kafka1", "broker"))
	changes := Diff(a, b)
	require.Len(t, changes, 1)
	require.Equal(t, EntryRenamed, changes[0].Kind)
	require.Equal(t, "kafka1", changes[0].Alias)
	require.Contains(t, changes[0].Detail, `"broker"`)

	b = editable(t, PKCS12)
	b.Entries[0].Created = testTime.Add(time.Hour * 24)
	require.Equal(t, EntryDateChanged, Diff(a, b)[0].Kind)

	b = editable(t, PKCS12)
	b.Put(TrustEntry("kafka1", id.root, testTime))
	require.Equal(t, EntryKindChanged, Diff(a, b)[0].Kind)

	b = editable(t, PKCS12)
	b.Put(TrustEntry("caroot", fixture(t, "p384").root, testTime))
	changes = Diff(a, b)
	require.Equal(t, EntryCertificate, changes[0].Kind)
	require.Contains(t, changes[0].Detail, "Root p384")
}
