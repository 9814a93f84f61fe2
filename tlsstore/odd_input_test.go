package tlsstore

import (
	"crypto/rand"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/tlsstore/internal/ber"
	"github.com/kcfg/kcfg/tlsstore/internal/pbe"
	"github.com/kcfg/kcfg/tlsstore/internal/pkcs12"
)

// TestKeyPasswordsOpenPEM: a PEM store has no password of its own, so that its key's is given as that of a key.
func TestKeyPasswordsOpenPEM(t *testing.T) {
	id := fixture(t, "p256")
	own, other := NewPassword([]byte("of the key")), NewPassword([]byte("of nothing"))
	data, err := Encode(&Store{Format: PEM, Entries: []Entry{{Alias: "k", Kind: KindKey, Key: id.key, Chain: id.chain}}}, Password{}, EncodeOptions{KeyPassword: own, Iterations: 100})
	require.NoError(t, err)
	for _, c := range []struct {
		password Password
		keys     []Password
	}{
		{own, nil}, {Password{}, []Password{own}}, {Password{}, []Password{other, own}}, {other, []Password{own}}, {own, []Password{other}},
	} {
		s, err := Decode(data, c.password, DecodeOptions{KeyPasswords: c.keys})
		require.NoError(t, err)
		require.Equal(t, id.key, s.Entries[0].Key)
	}
	_, err = Decode(data, Password{}, DecodeOptions{KeyPasswords: []Password{other}})
	require.ErrorIs(t, err, ErrPassword)
	s, err := Decode(data, Password{}, DecodeOptions{})
	require.NoError(t, err)
	require.True(t, s.Entries[0].Locked())
}

// TestReadableWith: a store that was read without its password is described with what is known of it.
func TestReadableWith(t *testing.T) {
	id := fixture(t, "ed25519")
	entries := []Entry{{Alias: "k", Kind: KindKey, Created: testTime, Key: id.key, Chain: id.chain}}
	nonASCII := NewPassword([]byte("pässword"))
	for _, pw := range []Password{changeit, nonASCII} {
		data, err := Encode(&Store{Format: PKCS12, Entries: entries}, pw, EncodeOptions{AnyPassword: true})
		require.NoError(t, err)
		blind, err := Decode(data, Password{}, DecodeOptions{})
		require.NoError(t, err)
		open, err := Decode(data, pw, DecodeOptions{})
		require.NoError(t, err)
		require.Subset(t, open.ReadableBy(), blind.ReadableWith(pw, entries))
		require.Subset(t, blind.ReadableWith(pw, entries), []string{readerJava25, readerJava26, readerOpenSSL})
	}
	s := &Store{Format: PEM, Entries: entries}
	require.Equal(t, []string{readerOpenSSL}, s.ReadableBy(), "Kafka's PEM reader knows RSA, DSA and EC")
}

// TestTruncatedPKCS12 is damaged, which is another thing than to be no store.
func TestTruncatedPKCS12(t *testing.T) {
	id := fixture(t, "p256")
	data, err := Encode(&Store{Format: PKCS12, Entries: []Entry{{Alias: "k", Kind: KindKey, Key: id.key, Chain: id.chain}}}, changeit, EncodeOptions{Iterations: 100})
	require.NoError(t, err)
	for _, n := range []int{len(data) - 1, 500, 100} {
		_, err := Decode(data[:n], changeit, DecodeOptions{})
		require.ErrorIs(t, err, ErrCorrupt, "%d", n)
	}
}

// TestNamelessCertificates: Java loads no store with a certificate that has no names, and the store says so.
func TestNamelessCertificates(t *testing.T) {
	named := fixture(t, "p256").root
	for lacking, field := range map[string]int{"no issuer's name": 3, "neither a subject nor alternative names": 5} {
		der := altered(t, named, func(fields [][]byte) { fields[field] = ber.Sequence() })
		for _, format := range []Format{JKS, PKCS12} {
			s := &Store{Format: format, Entries: []Entry{TrustEntry("a", named, testTime), TrustEntry("b", der, testTime)}}
			in := rewritten(t, s, changeit).Inspect()
			require.Contains(t, in.Notes, "no Java loads the file: a certificate has "+lacking, format)
			require.NotContains(t, in.ReadableBy, readerJava25, format)
		}
	}
}

// TestNonASCIIPasswordOfJava25: for the old algorithms it takes the bytes of the password's UTF-8 for characters, without their highest
// bit. keytool 25 makes such stores with -J-Dkeystore.pkcs12.legacy.
func TestNonASCIIPasswordOfJava25(t *testing.T) {
	id := fixture(t, "p256")
	password := pbe.NewPassword([]byte("pC$ssword"))
	protected, err := pkcs12.Protect(id.key, &password, pkcs12.WriteOptions{Profile: pkcs12.Profile(ProfileLegacy), Iterations: 1, Rand: rand.Reader})
	require.NoError(t, err)
	data := p12(bag(2, protected, "kafka1", "x"), certBag(id.chain[0], "", "x"))
	s, err := Decode(data, NewPassword([]byte("pässword")), DecodeOptions{})
	require.NoError(t, err)
	require.Equal(t, id.key, s.Entries[0].Key)
	require.Equal(t, []string{readerJava25}, s.ReadableBy())
	s, err = Decode(data, NewPassword([]byte("pC$ssword")), DecodeOptions{})
	require.NoError(t, err)
	require.Contains(t, s.ReadableBy(), readerJava17)
}

// TestReadersOfKeytoolsOptions: what keytool of one release writes under its security properties, another may not read.
func TestReadersOfKeytoolsOptions(t *testing.T) {
	id := fixture(t, "p256")
	key := []Entry{{Alias: "a", Kind: KindKey, Created: testTime, Key: id.key, Chain: id.chain}}
	trusted := []Entry{TrustEntry("a", id.root, testTime)}
	truncated := []Algorithm{{"PBES2 AES-256-CBC, PBKDF2-HMAC-SHA512/256", 10_000}}
	for name, c := range map[string]struct {
		s              Store
		java17, java25 bool
	}{
		"keys under SHA-512/256":               {Store{Format: PKCS12, Entries: key, traits: &traits{hasMAC: true, keys: truncated}}, false, true},
		"certificates under SHA-512/256":       {Store{Format: PKCS12, Entries: trusted, traits: &traits{hasMAC: true, safes: truncated}}, false, true},
		"MAC with SHA-512/256":                 {Store{Format: PKCS12, Entries: trusted, traits: &traits{hasMAC: true, mac: Algorithm{"HMAC-SHA512/256", 1}}}, true, true},
		"JCEKS":                                {Store{Format: JCEKS, Entries: key, traits: &traits{}}, true, true},
		"JCEKS, password beyond ASCII":         {Store{Format: JCEKS, Entries: key, traits: &traits{nonASCII: true}}, false, true},
		"JCEKS, password beyond ASCII, no key": {Store{Format: JCEKS, Entries: trusted, traits: &traits{nonASCII: true}}, true, true},
		"JKS, password beyond ASCII":           {Store{Format: JKS, Entries: key, traits: &traits{nonASCII: true}}, true, true},
	} {
		readers := c.s.ReadableBy()
		require.Equal(t, []bool{c.java17, c.java25}, []bool{slices.Contains(readers, readerJava17), slices.Contains(readers, readerJava25)}, name)
	}
}
