package tlsstore

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	keystore "github.com/pavlo-v-chernykh/keystore-go/v4"
	"github.com/stretchr/testify/require"
	gopkcs12 "software.sslmate.com/src/go-pkcs12"
)

func keyStoreOf(t *testing.T, format Format) *Store {
	id := fixture(t, "p256")
	return &Store{Format: format, Entries: []Entry{{Alias: "kafka1", Kind: KindKey, Created: testTime, Key: id.key, Chain: id.chain}}}
}

func TestPasswordsThatJavaCannotTake(t *testing.T) {
	cases := []struct{ password, want string }{
		{"changeit", ""}, {" ~", ""}, {"", ""},
		{"tab\there", "control character at byte 4"}, {"secret\r", "carriage return"}, {"\x7f", "control character"},
		{"pässwörd", "outside ASCII at byte 2"}, {"🔑", "outside ASCII at byte 1"}, {"a\xffb", "not valid UTF-8 at byte 2"},
	}
	for _, c := range cases {
		pw := NewPassword([]byte(c.password))
		_, err := Encode(keyStoreOf(t, PKCS12), pw, EncodeOptions{Iterations: 1})
		if c.want == "" {
			require.NoError(t, pw.CheckJava())
			require.NoError(t, err)
			continue
		}
		require.ErrorContains(t, pw.CheckJava(), c.want)
		require.Error(t, err, c.password)
		if c.password != "" {
			require.NotContains(t, err.Error(), c.password)
		}
		_, err = Encode(keyStoreOf(t, PKCS12), pw, EncodeOptions{Iterations: 1, AnyPassword: true})
		_, jksErr := Encode(keyStoreOf(t, JKS), pw, EncodeOptions{})
		if c.password == "a\xffb" {
			require.Error(t, err)
			require.Error(t, jksErr)
			continue
		}
		require.NoError(t, err)
		require.NoError(t, jksErr, "JKS takes any")
		_, err = Encode(keyStoreOf(t, PKCS12), pw, EncodeOptions{Iterations: 1, AnyPassword: true, Profile: ProfileLegacy})
		require.ErrorContains(t, err, "legacy", "3DES with such a password is read by no Java")
	}
}

func TestRefusals(t *testing.T) {
	id, other := fixture(t, "p256"), fixture(t, "p256b")
	key := Entry{Alias: "a", Kind: KindKey, Key: id.key, Chain: id.chain}
	with := func(change func(e *Entry)) *Store {
		e := key
		change(&e)
		return &Store{Format: PKCS12, Entries: []Entry{e}}
	}
	cases := []struct {
		name string
		s    *Store
		pw   Password
		o    EncodeOptions
		is   error
		says string
	}{
		{"no format", &Store{}, changeit, EncodeOptions{}, nil, "no format"},
		{"format that is not written", &Store{Format: BCFKS}, changeit, EncodeOptions{}, ErrUnsupported, "BCFKS"},
		{"another's certificate", with(func(e *Entry) { e.Chain = other.chain }), changeit, EncodeOptions{}, ErrKeyMismatch, `"a"`},
		{"no certificate", with(func(e *Entry) { e.Chain = nil }), changeit, EncodeOptions{}, nil, "without certificate"},
		{"no key", with(func(e *Entry) { e.Key = nil }), changeit, EncodeOptions{}, ErrLocked, `"a"`},
		{"no kind", with(func(e *Entry) { e.Kind = 0 }), changeit, EncodeOptions{}, nil, "invalid kind"},
		{"empty certificate", with(func(e *Entry) { e.Chain = [][]byte{id.chain[0], {}} }), changeit, EncodeOptions{}, nil, "certificate 2"},
		{"chain as trusted certificate", with(func(e *Entry) { e.Kind = KindCertificate }), changeit, EncodeOptions{}, nil, "2 certificates"},
		{"alias that is not UTF-8", with(func(e *Entry) { e.Alias = "\xff" }), changeit, EncodeOptions{}, nil, "UTF-8"},
		{"aliases that differ in case", &Store{Format: PKCS12, Entries: []Entry{key, TrustEntry("A", id.root, testTime)}}, changeit, EncodeOptions{}, ErrAliasExists, `"A"`},
		{"keys without password", &Store{Format: PKCS12, Entries: []Entry{key}}, Password{}, EncodeOptions{}, ErrPassword, "needs a password"},
		{"JKS without password", &Store{Format: JKS, Entries: []Entry{key}}, Password{}, EncodeOptions{}, ErrPassword, "JKS"},
		{"key password for PKCS12", &Store{Format: PKCS12, Entries: []Entry{key}}, changeit, EncodeOptions{KeyPassword: NewPassword([]byte("other"))}, nil, "is for JKS"},
		{"iterations below", &Store{Format: PKCS12, Entries: []Entry{key}}, changeit, EncodeOptions{Iterations: -1}, nil, "from 1 to 5000000"},
		{"iterations above", &Store{Format: PKCS12, Entries: []Entry{key}}, changeit, EncodeOptions{Iterations: 5_000_001}, nil, "from 1 to 5000000"},
		{"new secret", with(func(e *Entry) { e.Kind = KindSecret }), changeit, EncodeOptions{}, ErrUnsupported, "secret"},
		{"long alias", &Store{Format: JKS, Entries: []Entry{TrustEntry(strings.Repeat("a", 70_000), id.root, testTime)}}, changeit, EncodeOptions{}, nil, "65535"},
		{"two keys in PEM", &Store{Format: PEM, Entries: []Entry{key, {Alias: "b", Kind: KindKey, Key: other.key, Chain: other.chain}}}, Password{}, EncodeOptions{}, ErrUnsupported, "one key"},
		{"PEM of nothing", &Store{Format: PEM}, Password{}, EncodeOptions{}, nil, "empty file"},
		{"mixed PEM", &Store{Format: PEM, Entries: []Entry{key, TrustEntry("b", id.root, testTime)}}, Password{}, EncodeOptions{}, ErrUnsupported, "trusted"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := Encode(c.s, c.pw, c.o)
			require.ErrorContains(t, err, c.says)
			if c.is != nil {
				require.ErrorIs(t, err, c.is)
			}
		})
	}
}

// TestShortRandomness: salts that are partly zero would not be noticed by anybody.
func TestShortRandomness(t *testing.T) {
	for _, format := range []Format{JKS, PKCS12, PEM} {
		for _, profile := range []Profile{ProfileModern, ProfileLegacy} {
			o := EncodeOptions{Profile: profile, Iterations: 1}
			for n := range 8 {
				o.Rand = io.LimitReader(seeded(), int64(n))
				_, err := Encode(keyStoreOf(t, format), changeit, o)
				require.Error(t, err, "%s %s %d", format, profile, n)
			}
			o.Rand = iotest.ErrReader(errors.New("broken"))
			_, err := Encode(keyStoreOf(t, format), changeit, o)
			require.ErrorContains(t, err, "broken")
			o.Rand = iotest.OneByteReader(seeded())
			byBytes, err := Encode(keyStoreOf(t, format), changeit, o)
			require.NoError(t, err)
			o.Rand = seeded()
			whole, err := Encode(keyStoreOf(t, format), changeit, o)
			require.NoError(t, err)
			require.True(t, bytes.Equal(whole, byBytes))
		}
	}
}

// TestUniqueKeyIDs: keys of one date are moved apart, whatever the order.
func TestUniqueKeyIDs(t *testing.T) {
	s := &Store{Format: PKCS12}
	for i, kind := range []string{"p256", "p256b", "p256c"} {
		id := fixture(t, kind)
		s.Entries = append(s.Entries, Entry{Alias: fmt.Sprint("k", i), Kind: KindKey, Created: testTime.Add(time.Duration(i%2) * time.Millisecond), Key: id.key, Chain: id.chain})
	}
	back := reread(t, s, changeit, EncodeOptions{})
	seen := map[time.Time]bool{}
	for i, e := range back.Entries {
		require.False(t, seen[e.Created])
		seen[e.Created] = true
		require.Equal(t, s.Entries[i].Key, e.Key)
		require.Equal(t, s.Entries[i].Chain[0], e.Chain[0])
	}
	undated := &Store{Format: PKCS12, Entries: s.Entries[:1]}
	undated.Entries[0].Created = time.Time{}
	back = reread(t, undated, changeit, EncodeOptions{Now: testTime})
	require.Equal(t, testTime, back.Entries[0].Created)
}

// TestGoLibrariesRead: the libraries that other Go programs use read what we write, and we what they write.
func TestGoLibrariesRead(t *testing.T) {
	for _, kind := range []string{"rsa2048", "p256", "p384", "p521", "ed25519"} {
		id := fixture(t, kind)
		e := Entry{Alias: "kafka1", Kind: KindKey, Created: testTime, Key: id.key, Chain: id.chain}
		signer, err := e.Signer()
		require.NoError(t, err)
		certs, err := e.Certificates()
		require.NoError(t, err)
		for _, profile := range []Profile{ProfileModern, ProfileLegacy, ProfilePBMAC1} {
			data, err := Encode(&Store{Format: PKCS12, Entries: []Entry{e}}, changeit, EncodeOptions{Profile: profile, Iterations: 100})
			require.NoError(t, err)
			key, leaf, cas, err := gopkcs12.DecodeChain(data, "changeit")
			require.NoError(t, err)
			require.Equal(t, signer, key)
			require.Equal(t, certs[0], leaf)
			require.Equal(t, certs[1:], cas)

			root := TrustEntry("root", id.root, testTime)
			data, err = Encode(&Store{Format: PKCS12, Entries: []Entry{root}}, changeit, EncodeOptions{Profile: profile, Iterations: 100})
			require.NoError(t, err)
			roots, err := gopkcs12.DecodeTrustStore(data, "changeit")
			require.NoError(t, err)
			require.Equal(t, id.root, roots[0].Raw)
		}
		for name, enc := range map[string]*gopkcs12.Encoder{"LegacyRC2": gopkcs12.LegacyRC2, "LegacyDES": gopkcs12.LegacyDES, "Modern2023": gopkcs12.Modern2023, "Modern2026": gopkcs12.Modern2026} {
			data, err := enc.Encode(signer, certs[0], certs[1:], "changeit")
			require.NoError(t, err)
			s, err := Decode(data, changeit, DecodeOptions{})
			require.NoError(t, err, name)
			require.Equal(t, Verified, s.Integrity)
			require.Equal(t, "1", s.Entries[0].Alias, "what Java shows for no name")
			require.Equal(t, publicKeyOf(id.key), publicKeyOf(s.Entries[0].Key))
			require.Equal(t, id.chain, s.Entries[0].Chain)
			require.Contains(t, s.ReadableBy(), readerGo)

			root, err := TrustEntry("r", id.root, testTime).Certificates()
			require.NoError(t, err)
			data, err = enc.EncodeTrustStoreEntries([]gopkcs12.TrustStoreEntry{{Cert: root[0], FriendlyName: "Root"}}, "changeit")
			require.NoError(t, err)
			s, err = Decode(data, changeit, DecodeOptions{})
			require.NoError(t, err)
			require.Equal(t, "root", s.Entries[0].Alias)
		}

		data, err := Encode(&Store{Format: JKS, Entries: []Entry{e}}, changeit, EncodeOptions{})
		require.NoError(t, err)
		ks := keystore.New()
		require.NoError(t, ks.Load(bytes.NewReader(data), []byte("changeit")))
		got, err := ks.GetPrivateKeyEntry("kafka1", []byte("changeit"))
		require.NoError(t, err)
		require.Equal(t, id.key, got.PrivateKey)
		require.True(t, testTime.Equal(got.CreationTime))
		require.Len(t, got.CertificateChain, 2)
	}
}

// TestPEMStore writes what Kafka reads and reads it back.
func TestPEMStore(t *testing.T) {
	id := fixture(t, "rsa2048")
	s := &Store{Format: PEM, Entries: []Entry{{Alias: "kafka1", Kind: KindKey, Key: id.key, Chain: id.chain}}}
	for _, pw := range []Password{{}, changeit} {
		data, err := Encode(s, pw, EncodeOptions{Iterations: 10})
		require.NoError(t, err)
		require.Equal(t, !pw.IsNone(), bytes.HasPrefix(data, []byte("-----BEGIN ENCRYPTED PRIVATE KEY-----")))
		back, err := Decode(data, pw, DecodeOptions{})
		require.NoError(t, err)
		require.Equal(t, IntegrityNone, back.Integrity)
		require.Equal(t, id.key, back.Entries[0].Key)
		require.Equal(t, id.chain, back.Entries[0].Chain)
		if !pw.IsNone() {
			locked, err := Decode(data, Password{}, DecodeOptions{})
			require.NoError(t, err)
			require.True(t, locked.Entries[0].Locked())
			require.Equal(t, id.chain, locked.Entries[0].Chain)
			_, err = Decode(data, NewPassword([]byte("wrong")), DecodeOptions{})
			require.ErrorIs(t, err, ErrPassword)
		}
	}
	trust := &Store{Format: PEM, Entries: []Entry{TrustEntry("a", id.root, testTime), TrustEntry("b", id.chain[1], testTime)}}
	data, err := Encode(trust, Password{}, EncodeOptions{})
	require.NoError(t, err)
	back, err := Decode(data, Password{}, DecodeOptions{})
	require.NoError(t, err)
	require.Equal(t, []string{"ca-1", "ca-2"}, aliases(back))
}
