package tlsstore

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/tlsstore/internal/ber"
	"github.com/kcfg/kcfg/tlsstore/internal/pbe"
	"github.com/kcfg/kcfg/tlsstore/internal/pkcs12"
)

// twoPasswords is what openssl pkcs12 -twopass makes: "changeit" is the MAC's password, "second" that of everything within.
func twoPasswords(t *testing.T) []byte {
	id := fixture(t, "p256")
	pw := pbe.NewPassword([]byte("second"))
	protect := func(plain []byte) ber.Element {
		der, err := pkcs12.Protect(plain, &pw, pkcs12.WriteOptions{Iterations: 10, Rand: seeded()})
		require.NoError(t, err)
		e, err := ber.Single(der)
		require.NoError(t, err)
		return e
	}
	data := ber.OID("1.2.840.113549.1.7.1")
	info := func(content []byte) []byte { return ber.Sequence(data, ber.Explicit(0, ber.OctetString(content))) }
	certs, err := protect(ber.Sequence(certBag(id.chain[0], "kafka1", "x"), certBag(id.chain[1], "", ""))).Children(2)
	require.NoError(t, err)
	encrypted := ber.Sequence(data, certs[0].Raw, ber.Make(ber.ContextSpecific, 0, false, certs[1].Content))
	authSafe := ber.Sequence(
		ber.Sequence(ber.OID("1.2.840.113549.1.7.6"), ber.Explicit(0, ber.Sequence(ber.Integer(0), encrypted))),
		info(ber.Sequence(bag(2, protect(id.key).Raw, "kafka1", "x"))))
	salt := []byte("saltsalt")
	sum := hmac.New(sha256.New, pbe.PKCS12Key(sha256.New, pbe.ForMAC, changeit.pbe().Wide()[0], salt, 10, sha256.Size))
	sum.Write(authSafe)
	digest := ber.Sequence(ber.Sequence(ber.OID("2.16.840.1.101.3.4.2.1"), ber.Null), ber.OctetString(sum.Sum(nil)))
	return ber.Sequence(ber.Integer(3), info(authSafe), ber.Sequence(digest, ber.OctetString(salt), ber.Integer(10)))
}

// TestTwoPasswords: what the MAC confirms is not damaged, whoever can read it. The second password opens it as that of a key.
func TestTwoPasswords(t *testing.T) {
	data, err := os.ReadFile("testdata/foreign/twopass.p12")
	require.NoError(t, err)
	second := NewPassword([]byte("second"))
	s, err := Decode(data, changeit, DecodeOptions{})
	require.NoError(t, err)
	require.Equal(t, Verified, s.Integrity)
	require.True(t, s.Entries[0].Locked())
	require.Len(t, s.Hidden, 1)
	require.Equal(t, HiddenLocked, s.Hidden[0].Kind)
	require.Equal(t, []string{readerOpenSSL}, s.ReadableBy())
	_, err = Encode(s, changeit, EncodeOptions{})
	require.ErrorIs(t, err, ErrLocked)

	s, err = Decode(data, changeit, DecodeOptions{KeyPasswords: []Password{second}})
	require.NoError(t, err)
	require.Empty(t, s.Hidden)
	require.Equal(t, fixture(t, "p256").key, s.Entries[0].Key)
	require.Len(t, s.Entries[0].Chain, 2)
	require.Equal(t, []string{readerOpenSSL}, s.ReadableBy())
	back := reread(t, s, changeit, EncodeOptions{Iterations: 10})
	require.Contains(t, back.ReadableBy(), readerJava17)

	_, err = Decode(data, second, DecodeOptions{KeyPasswords: []Password{changeit}})
	require.ErrorIs(t, err, ErrPassword)
}

// TestKeyIDsStay: openssl pairs a key with its certificate by a hash, and dates nothing. To write the store again gives the key no
// date, and another ID only where one is taken.
func TestKeyIDsStay(t *testing.T) {
	s, err := Decode(samples(t)["openssl-rc2.p12"], changeit, DecodeOptions{})
	require.NoError(t, err)
	require.True(t, s.Entries[0].Created.IsZero())
	id := s.Entries[0].origin.keyID
	require.NotEmpty(t, id)
	other := s.Entries[0]
	other.Alias = "other"
	require.NoError(t, s.Add(other))
	back := rewritten(t, s, changeit)
	require.Equal(t, id, back.Entries[0].origin.keyID)
	require.True(t, back.Entries[0].Created.IsZero())
	require.Equal(t, testTime.UTC(), back.Entries[1].Created)
	require.Equal(t, s.Entries[0].Chain, back.Entries[0].Chain)
	require.Equal(t, s.Entries[0].Chain, back.Entries[1].Chain)
}

func TestDiffOfSecrets(t *testing.T) {
	open := func() *Store {
		s, err := Decode(samples(t)["java.p12"], changeit, DecodeOptions{})
		require.NoError(t, err)
		return s
	}
	a, b := open(), open()
	require.NoError(t, b.Rename("secret", "other"))
	changes := Diff(a, b)
	require.Len(t, changes, 1)
	require.Equal(t, EntryRenamed, changes[0].Kind)
	i := slices.IndexFunc(b.Entries, func(e Entry) bool { return e.Kind == KindSecret })
	b.Entries[i].Key = bytes.Repeat([]byte{1}, 16)
	changes = Diff(a, b)
	require.Len(t, changes, 2)
	require.Equal(t, EntryRemoved, changes[0].Kind)
	require.Equal(t, EntryAdded, changes[1].Kind)
}

func TestNeedsPassword(t *testing.T) {
	id := fixture(t, "p256")
	for name, c := range map[string]struct {
		data  []byte
		needs bool
	}{
		"certificates in the clear": {p12(certBag(id.root, "root", "")), false},
		"an encrypted key":          {p12(certBag(id.root, "root", ""), bag(2, shrouded(t, id.key), "key", "x")), true},
		"a key in the clear":        {p12(bag(1, id.key, "key", "x")), false},
		"a MAC":                     {twoPasswords(t), true},
		"an encrypted safe":         {samples(t)["openssl-nomac.p12"], true},
	} {
		needs, err := NeedsPassword(c.data)
		require.NoError(t, err, name)
		require.Equal(t, c.needs, needs, name)
	}
	_, err := NeedsPassword([]byte("no store"))
	require.ErrorIs(t, err, ErrFormat)
}

// TestKeyPasswordsEndWithTheFormat: a key with a password of its own in JKS gets the store's in PKCS12, where programs know no other;
// between stores of one format it keeps its own.
func TestKeyPasswordsEndWithTheFormat(t *testing.T) {
	id := fixture(t, "p256")
	own := NewPassword([]byte("own password"))
	s := &Store{Format: JKS, Entries: []Entry{{Alias: "a", Kind: KindKey, Created: testTime, Key: id.key, Chain: id.chain}}}
	data, err := Encode(s, changeit, EncodeOptions{KeyPassword: own})
	require.NoError(t, err)
	s, err = Decode(data, changeit, DecodeOptions{KeyPasswords: []Password{own}})
	require.NoError(t, err)
	require.True(t, rewritten(t, s, changeit).Entries[0].Locked())
	s.Format = PKCS12
	require.Equal(t, id.key, rewritten(t, s, changeit).Entries[0].Key)
}

// TestReplacedKeysKeepTheirPassword: a server goes on to ask for the password that the key in its place had.
func TestReplacedKeysKeepTheirPassword(t *testing.T) {
	a, b := fixture(t, "p256"), fixture(t, "p256b")
	own := NewPassword([]byte("own password"))
	data, err := Encode(&Store{Format: JKS, Entries: []Entry{{Alias: "a", Kind: KindKey, Created: testTime, Key: a.key, Chain: a.chain}}}, changeit, EncodeOptions{KeyPassword: own})
	require.NoError(t, err)
	fresh := Entry{Alias: "A", Kind: KindKey, Created: testTime, Key: b.key, Chain: b.chain}
	for _, replace := range []func(s *Store) error{
		func(s *Store) error { s.Put(fresh); return nil },
		func(s *Store) error {
			_, err := s.Merge(&Store{Format: PKCS12, Entries: []Entry{fresh}}, MergeOptions{Replace: true})
			return err
		},
	} {
		s, err := Decode(data, changeit, DecodeOptions{KeyPasswords: []Password{own}})
		require.NoError(t, err)
		require.NoError(t, replace(s))
		written, err := Encode(s, changeit, EncodeOptions{})
		require.NoError(t, err)
		back, err := Decode(written, changeit, DecodeOptions{})
		require.NoError(t, err)
		require.True(t, back.Entries[0].Locked())
		back, err = Decode(written, changeit, DecodeOptions{KeyPasswords: []Password{own}})
		require.NoError(t, err)
		require.Equal(t, b.key, back.Entries[0].Key)
	}
}

// TestWrongPasswordOfJCEKSWithRightPadding: one wrong password in 256 leaves a right padding, and what comes out is no key.
func TestWrongPasswordOfJCEKSWithRightPadding(t *testing.T) {
	data, err := os.ReadFile("testdata/stores/java.jceks")
	require.NoError(t, err)
	s, err := Decode(data, Password{}, DecodeOptions{KeyPasswords: []Password{NewPassword([]byte("wrong-85")), changeit}})
	require.NoError(t, err)
	e, ok := s.Entry("key p256")
	require.True(t, ok)
	require.Equal(t, fixture(t, "p256").key, e.Key)
}

// TestNewKeysGetThePasswordOfTheOthers: Kafka opens all keys of a store with one password.
func TestNewKeysGetThePasswordOfTheOthers(t *testing.T) {
	a, b := fixture(t, "p256"), fixture(t, "p256b")
	own := NewPassword([]byte("own password"))
	fresh := Entry{Alias: "b", Kind: KindKey, Created: testTime, Key: b.key, Chain: b.chain}
	for name, add := range map[string]func(s *Store) error{
		"Add": func(s *Store) error { return s.Add(fresh, TrustEntry("c", b.root, testTime)) },
		"Put": func(s *Store) error { s.Put(fresh); return nil },
		"Merge": func(s *Store) error {
			_, err := s.Merge(&Store{Format: PKCS12, Entries: []Entry{fresh}}, MergeOptions{})
			return err
		},
	} {
		for _, c := range []struct {
			theirs []Password // of the keys that are there
			locked bool       // whether the new key has another password than the store
		}{
			{[]Password{own}, true},
			{[]Password{own, own}, true},
			{[]Password{own, {}}, false},
			{[]Password{{}}, false},
			{nil, false},
		} {
			s := &Store{Format: JKS, Entries: []Entry{TrustEntry("trusted", a.root, testTime)}}
			for i, password := range c.theirs {
				alias := string(rune('w' + i))
				s.Entries = append(s.Entries, Entry{Alias: alias, Kind: KindKey, Created: testTime, Key: a.key, Chain: a.chain})
				require.NoError(t, s.SetKeyPassword(alias, password))
			}
			require.NoError(t, add(s), name)
			back := rewritten(t, s, changeit)
			e, ok := back.Entry("b")
			require.True(t, ok)
			require.Equal(t, c.locked, e.Locked(), "%s: %d", name, len(c.theirs))
		}
	}
}

// TestKeyPasswordOfPEM: Kafka opens the key of a PEM store with ssl.key.password; there is no password of the store.
func TestKeyPasswordOfPEM(t *testing.T) {
	data := samples(t)["encrypted.pem"]
	wrong := NewPassword([]byte("wrong"))
	for _, passwords := range [][]Password{{{}, changeit}, {wrong, changeit}, {changeit, wrong}, {wrong, {}, changeit}} {
		s, err := Decode(data, passwords[0], DecodeOptions{KeyPasswords: passwords[1:]})
		require.NoError(t, err)
		require.False(t, s.Entries[0].Locked())
	}
	_, err := Decode(data, wrong, DecodeOptions{KeyPasswords: []Password{wrong}})
	require.ErrorIs(t, err, ErrPassword)
	s, err := Decode(data, Password{}, DecodeOptions{})
	require.NoError(t, err)
	require.True(t, s.Entries[0].Locked())
}

// TestDSAKeyWithoutMAC: crypto/x509 reads DSA's certificates and none of its keys, which does not make them damaged.
func TestDSAKeyWithoutMAC(t *testing.T) {
	var x [20]byte
	number := func(b []byte) []byte { return ber.Make(ber.Universal, ber.TagInteger, false, append([]byte{1}, b...)) }
	algorithm := ber.Sequence(ber.OID("1.2.840.10040.4.1"), ber.Sequence(number(make([]byte, 128)), number(x[:]), number(x[:])))
	key := ber.Sequence(ber.Integer(0), algorithm, ber.OctetString(number(x[:])))
	leaf := altered(t, fixture(t, "p256").chain[0], func(fields [][]byte) {
		fields[6] = ber.Sequence(algorithm, ber.Make(ber.Universal, ber.TagBitString, false, append([]byte{0}, number(x[:])...)))
	})
	for id, c := range map[string]struct {
		key    []byte
		locked bool
	}{
		"sound":   {key, false},
		"damaged": {ber.Sequence(ber.Integer(0), algorithm), true},
		"another": {fixture(t, "p256").key, true},
	} {
		s, err := Decode(p12(bag(2, shrouded(t, c.key), "kafka1", id), certBag(leaf, "", id)), changeit, DecodeOptions{})
		require.NoError(t, err, id)
		require.Equal(t, c.locked, s.Entries[0].Locked(), "%s: %s", id, s.Entries[0].Why())
	}
}
