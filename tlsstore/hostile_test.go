package tlsstore

import (
	"bytes"
	"crypto"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/tlsstore/internal/ber"
	"github.com/kcfg/kcfg/tlsstore/internal/jks"
)

// cheap are limits under which no mutated iteration count makes a test hang.
var cheap = DecodeOptions{Limits: Limits{Iterations: 2000, TotalIterations: 8000}}

// samples returns a small store of each kind. What this package does not write comes from testdata.
func samples(t testing.TB) map[string][]byte {
	t.Helper()
	id := fixture(t, "p256")
	entries := []Entry{
		{Alias: "kafka1", Kind: KindKey, Created: testTime, Key: id.key, Chain: id.chain[:1]},
		{Alias: "root", Kind: KindCertificate, Created: testTime, Chain: [][]byte{id.root}},
	}
	all := map[string][]byte{}
	add := func(name string, s Store, pw Password, o EncodeOptions) {
		o.Rand, o.Now, o.Iterations = seeded(), testTime, 3
		data, err := Encode(&s, pw, o)
		require.NoError(t, err)
		all[name] = data
	}
	add("jks", Store{Format: JKS, Entries: entries}, changeit, EncodeOptions{})
	add("modern.p12", Store{Format: PKCS12, Entries: entries}, changeit, EncodeOptions{})
	add("legacy.p12", Store{Format: PKCS12, Entries: entries}, changeit, EncodeOptions{Profile: ProfileLegacy})
	add("pbmac1.p12", Store{Format: PKCS12, Entries: entries}, changeit, EncodeOptions{Profile: ProfilePBMAC1})
	add("passwordless.p12", Store{Format: PKCS12, Entries: entries[1:]}, Password{}, EncodeOptions{})
	add("pem", Store{Format: PEM, Entries: entries[:1]}, Password{}, EncodeOptions{})
	add("encrypted.pem", Store{Format: PEM, Entries: entries[:1]}, changeit, EncodeOptions{})
	names, err := filepath.Glob("testdata/stores/*")
	require.NoError(t, err)
	require.NotEmpty(t, names)
	for _, name := range names {
		data, err := os.ReadFile(name)
		require.NoError(t, err)
		all[filepath.Base(name)] = data
	}
	return all
}

// sameKeys reports that a reading has no key that the original has not.
func requireNoOtherKey(t *testing.T, original, s *Store, what string) {
	t.Helper()
	for _, e := range s.Entries {
		if e.Kind != KindKey || e.Key == nil {
			continue
		}
		found := false
		for _, o := range original.Entries {
			found = found || bytes.Equal(o.Key, e.Key) || o.Key != nil && equalKeys(o, e)
		}
		require.True(t, found, "%s: a key that was not there", what)
	}
}

// equalKeys compares what keys do: a copy of the public key inside a private one may be anything.
func equalKeys(a, b Entry) bool {
	x, errA := a.Signer()
	y, errB := b.Signer()
	if errA != nil || errB != nil {
		return false
	}
	return x.(interface{ Equal(crypto.PrivateKey) bool }).Equal(y)
}

// flips are what the bytes of a store are changed by, so that each has every other value in the run of CI that takes minutes, and
// in that of a minute where the store is small.
func flips(size int) []byte {
	const small = 600 // bytes
	step := 1
	switch {
	case testing.Short():
		return []byte{0x01, 0x80, 0xff}
	case size > small && os.Getenv("KCFG_REQUIRE_TOOLS") == "":
		step = 23
	}
	var all []byte
	for flip := 1; flip < 256; flip += step {
		all = append(all, byte(flip))
	}
	return all
}

// TestOneByteFlipped gives every byte of a store of each kind other values.
func TestOneByteFlipped(t *testing.T) {
	for name, data := range samples(t) {
		original, err := Decode(data, changeit, cheap)
		require.NoError(t, err, name)
		want, err := json.Marshal(original.Inspect())
		require.NoError(t, err)
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bad := bytes.Clone(data)
			for i := range data {
				for _, flip := range flips(len(data)) {
					bad[i] = data[i] ^ flip
					start := time.Now()
					s, err := Decode(bad, changeit, cheap)
					if d := time.Since(start); d > hang {
						t.Fatalf("%02x at %d took %v", bad[i], i, d)
					}
					if err != nil {
						continue
					}
					requireNoOtherKey(t, original, s, fmt.Sprintf("%02x at %d", bad[i], i))
					if s.Integrity == Verified {
						got, err := json.Marshal(s.Inspect())
						require.NoError(t, err)
						require.Equal(t, string(want), string(got), "%02x at %d: verified, and different", bad[i], i)
					}
				}
				bad[i] = data[i]
			}
		})
	}
}

func TestTruncatedAtEveryOffset(t *testing.T) {
	for name, data := range samples(t) {
		original, err := Decode(data, changeit, cheap)
		require.NoError(t, err, name)
		for i := range data {
			s, err := Decode(data[:i], changeit, cheap)
			if err == nil && original.Format != PEM {
				require.Equal(t, PKCS7, original.Format, "%s cut at %d", name, i)
			}
			if err == nil {
				requireNoOtherKey(t, original, s, name)
			}
		}
	}
}

func TestBytesAfterTheEnd(t *testing.T) {
	for name, data := range samples(t) {
		s, err := Decode(append(bytes.Clone(data), 0), changeit, cheap)
		if s != nil && (s.Format == PEM || strings.Contains(name, ".pem.")) {
			continue
		}
		require.Error(t, err, name)
	}
}

// jksFile puts a JKS file together with a right digest.
func jksFile(parts ...any) []byte {
	var b bytes.Buffer
	for _, p := range parts {
		switch p := p.(type) {
		case string:
			b.Write(binary.BigEndian.AppendUint16(nil, uint16(len(p))))
			b.WriteString(p)
		default:
			if err := binary.Write(&b, binary.BigEndian, p); err != nil {
				panic(err)
			}
		}
	}
	return jks.Seal(b.Bytes(), changeit.utf16())
}

func TestLyingLengths(t *testing.T) {
	head := []any{uint32(jks.MagicJKS), uint32(2)}
	entry := func(count uint32, rest ...any) []byte { return jksFile(append(append(head, count), rest...)...) }
	cases := map[string][]byte{
		"certificates of a key in 36 bytes": entry(1, uint32(1), "", uint64(0), uint32(0), uint32(math.MaxUint32)),
		"negative number of entries":        entry(0x80000000),
		"all entries":                       entry(math.MaxUint32),
		"length of a key":                   entry(1, uint32(1), "a", uint64(0), uint32(math.MaxUint32)),
		"length of a certificate":           entry(1, uint32(2), "a", uint64(0), "X.509", uint32(math.MaxUint32)),
		"unknown kind of entry":             entry(1, uint32(7), "a", uint64(0), "X.509", uint32(0)),
		"secret in JKS":                     entry(1, uint32(3), "a", uint64(0), "X.509", uint32(0)),
		"version 3":                         jksFile(uint32(jks.MagicJKS), uint32(3), uint32(0)),
		"alias that is not UTF-8":           entry(1, uint32(2), "\xff", uint64(0), "X.509", uint32(0), uint32(0), uint32(0)),
		"indefinite without end":            append([]byte{0x30, 0x80, 2, 1, 3}, bytes.Repeat([]byte{0x24, 0x80}, 60_000)...),
		"length of 4 GiB":                   {0x30, 0x84, 0xff, 0xff, 0xff, 0xff, 2, 1, 3},
		"length of lengths":                 {0x30, 0xfe, 2, 1, 3},
	}
	for name, data := range cases {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			s, err := Decode(data, changeit, DecodeOptions{})
			runtime.ReadMemStats(&after)
			require.Error(t, err)
			require.Nil(t, s)
			require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(8<<20))
		})
	}
}

func TestShortProtectedKeyIsLocked(t *testing.T) {
	key := ber.Sequence(ber.Sequence(ber.OID("1.3.6.1.4.1.42.2.17.1.1"), ber.Null), ber.OctetString(make([]byte, 39)))
	data := jksFile(uint32(jks.MagicJKS), uint32(2), uint32(1), uint32(1), "a", uint64(0), uint32(len(key)), key, uint32(0))
	s, err := Decode(data, changeit, DecodeOptions{})
	require.NoError(t, err)
	require.True(t, s.Entries[0].Locked())
	_, err = s.Entries[0].Signer()
	require.ErrorIs(t, err, ErrLocked)
}

// TestLimitOfChains: a chain that is longer than any other is refused.
func TestLimitOfChains(t *testing.T) {
	id := fixture(t, "p256")
	fits := maxChainBytes / len(id.chain[0])
	for _, n := range []int{fits, fits + 1} {
		chain := slices.Repeat(id.chain[:1], n)
		data, err := Encode(&Store{Format: JKS, Entries: []Entry{{Alias: "a", Kind: KindKey, Key: id.key, Chain: chain}}}, changeit, EncodeOptions{})
		require.NoError(t, err)
		s, err := Decode(data, changeit, DecodeOptions{})
		if n > fits {
			require.ErrorIs(t, err, ErrTooCostly)
			require.Nil(t, s)
			continue
		}
		require.NoError(t, err)
		require.Len(t, s.Entries[0].Chain, n)
	}
}

// TestLimits has a case on both sides of every limit.
func TestLimits(t *testing.T) {
	id := fixture(t, "p256")
	store := &Store{Format: PKCS12, Entries: []Entry{
		{Alias: "a", Kind: KindKey, Key: id.key, Chain: id.chain}, {Alias: "b", Kind: KindKey, Key: id.key, Chain: id.chain}}}
	p12, err := Encode(store, changeit, EncodeOptions{Iterations: 1000})
	require.NoError(t, err)
	store.Format = JKS
	jksData, err := Encode(store, changeit, EncodeOptions{})
	require.NoError(t, err)

	decode := func(data []byte, l Limits) (*Store, error) { return Decode(data, changeit, DecodeOptions{Limits: l}) }
	locked := func(s *Store) int {
		n := 0
		for _, e := range s.Entries {
			if e.Locked() {
				n++
			}
		}
		return n
	}
	for _, data := range [][]byte{p12, jksData} {
		_, err = decode(data, Limits{Size: len(data)})
		require.NoError(t, err)
		_, err = decode(data, Limits{Size: len(data) - 1})
		require.ErrorIs(t, err, ErrTooCostly)
	}
	_, err = decode(p12, Limits{Entries: 5}) // two keys, two leaves, one intermediate
	require.NoError(t, err)
	_, err = decode(p12, Limits{Entries: 4})
	require.ErrorIs(t, err, ErrTooCostly)
	_, err = decode(jksData, Limits{Entries: 4}) // certificates
	require.NoError(t, err)
	_, err = decode(jksData, Limits{Entries: 3})
	require.ErrorIs(t, err, ErrTooCostly)

	_, err = decode(p12, Limits{Iterations: 1000})
	require.NoError(t, err)
	_, err = decode(p12, Limits{Iterations: 999})
	require.ErrorIs(t, err, ErrTooCostly)

	s, err := decode(p12, Limits{Iterations: 1000, TotalIterations: 4000}) // MAC, certificates, two keys
	require.NoError(t, err)
	require.Zero(t, locked(s))
	s, err = decode(p12, Limits{Iterations: 1000, TotalIterations: 3999})
	require.NoError(t, err)
	require.Equal(t, 1, locked(s))
	require.Contains(t, s.Entries[1].Why(), "limit")
	s, err = decode(p12, Limits{Iterations: 1000, TotalIterations: 2000})
	require.NoError(t, err)
	require.Equal(t, 2, locked(s))
	_, err = decode(p12, Limits{Iterations: 1000, TotalIterations: 1999})
	require.ErrorIs(t, err, ErrTooCostly, "nothing is derived that is of no use")
}

// TestFlippedIterationCount: one bit makes 2048 iterations 134 million.
func TestFlippedIterationCount(t *testing.T) {
	id := fixture(t, "p256")
	s := &Store{Format: PKCS12, Entries: []Entry{TrustEntry("a", id.root, testTime)}}
	for _, profile := range []Profile{ProfileModern, ProfileLegacy, ProfilePBMAC1} {
		data, err := Encode(s, changeit, EncodeOptions{Iterations: 2048, Profile: profile})
		require.NoError(t, err)
		count := []byte{2, 2, 8, 0}
		require.Contains(t, string(data), string(count))
		for at := 0; ; {
			i := bytes.Index(data[at:], count)
			if i < 0 {
				break
			}
			bad := bytes.Clone(data)
			bad[at+i+2] = 0x7f // 32,512 of 2,048: still allowed
			start := time.Now()
			_, err := Decode(bad, changeit, DecodeOptions{})
			if profile != ProfilePBMAC1 { // there the count beside the MAC means nothing
				require.Error(t, err)
			}
			require.Less(t, time.Since(start), 2*time.Second)
			at += i + 1
		}
	}
}

// TestSecretsNeverShown plants a marker in every secret and prints everything in every way.
func TestSecretsNeverShown(t *testing.T) {
	const marker = "S3CR3T-marker"
	id := fixture(t, "p256")
	pw := NewPassword([]byte(marker))
	e := Entry{Alias: "a", Kind: KindKey, Created: testTime, Key: id.key, Chain: id.chain}
	s := &Store{Format: PKCS12, Entries: []Entry{e}}
	data, err := Encode(s, pw, EncodeOptions{Iterations: 1})
	require.NoError(t, err)
	back, err := Decode(data, pw, DecodeOptions{KeyPasswords: []Password{pw}})
	require.NoError(t, err)
	back.Hidden = append(back.Hidden, Hidden{Kind: HiddenKey, Why: "plain", raw: append([]byte(marker), id.key...)})
	require.NoError(t, back.SetKeyPassword("a", pw))
	var out bytes.Buffer
	log := slog.New(slog.NewJSONHandler(&out, nil))
	text := slog.New(slog.NewTextHandler(&out, nil))
	type wrapper struct {
		Exported any
		hidden   Password
		Store    Store
	}
	for _, v := range []any{pw, &pw, e, &e, *back, back, back.Entries, back.Hidden, back.Entries[0], wrapper{pw, pw, *back}, &wrapper{e, pw, *back},
		EncodeOptions{KeyPassword: pw}, DecodeOptions{KeyPasswords: []Password{pw}}, map[string]any{"x": *back, "pw": pw}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%o", "%c", "%U", "%b", "%t"} {
			fmt.Fprintf(&out, verb+"\n", v)
		}
		log.Info("x", "v", v)
		text.Info("x", "v", v)
		if b, err := json.Marshal(v); err == nil {
			out.Write(b)
		}
	}
	_, err = Decode(data, NewPassword([]byte(marker+"x")), DecodeOptions{})
	fmt.Fprintln(&out, err)
	_, err = Encode(back, NewPassword([]byte(marker+"\r")), EncodeOptions{})
	fmt.Fprintln(&out, err)
	shown := out.String()
	for name, secret := range map[string][]byte{"password": []byte(marker), "key": id.key[20:60]} {
		for form, s := range map[string]string{
			"text": string(secret), "hex": hex.EncodeToString(secret), "upper hex": strings.ToUpper(hex.EncodeToString(secret)),
			"decimal": strings.Trim(fmt.Sprint(secret), "[]"), "quoted": strings.Trim(fmt.Sprintf("%q", secret), `"`),
			"octal": strings.Trim(fmt.Sprintf("%o", secret), "[]"), "hex list": strings.Trim(fmt.Sprintf("%#v", secret)[7:], "{}"),
		} {
			if i := strings.Index(shown, s); i >= 0 {
				t.Errorf("%s as %s: …%q", name, form, shown[max(0, i-100):i])
			}
		}
	}
}

// TestHostileNames: what comes from a file is escaped in messages and intact in JSON.
func TestHostileNames(t *testing.T) {
	id := fixture(t, "p256")
	names := []string{"a\x00b", "line\nbreak", "\x1b[31mred\x1b[0m", "\u202eabc", "tab\t", "\u2028x"}
	for _, format := range []Format{JKS, PKCS12} {
		s := &Store{Format: format}
		for _, n := range names {
			require.NoError(t, s.Add(TrustEntry(n, id.root, testTime)))
		}
		data, err := Encode(s, changeit, EncodeOptions{Iterations: 1})
		require.NoError(t, err)
		back, err := Decode(data, changeit, DecodeOptions{})
		require.NoError(t, err)
		var in struct{ Entries []struct{ Alias string } }
		b, err := json.Marshal(back.Inspect())
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(b, &in))
		for _, n := range names {
			e, ok := back.Entry(n)
			require.True(t, ok)
			require.Equal(t, n, e.Alias)
			require.NotContains(t, fmt.Sprint(e), n)
			found := false
			for _, i := range in.Entries {
				found = found || i.Alias == n
			}
			require.True(t, found, "intact in JSON")
			err := back.Add(e)
			require.ErrorIs(t, err, ErrAliasExists)
			require.NotContains(t, err.Error(), n)
		}
	}
}

// fuzz decodes with and without password and checks what must hold of any reading.
func fuzz(f *testing.F, want ...Format) {
	for name, data := range samples(f) {
		if s, err := Decode(data, changeit, cheap); err == nil && contains(want, s.Format) {
			f.Add(data)
		} else if err != nil {
			f.Fatal(name, err)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		start := time.Now()
		if f := Detect(data); (f == JKS || f == JCEKS) && len(data) > 20 {
			data = jks.Seal(data[:len(data)-20], changeit.utf16()) // else no mutation would get past the digest
		}
		for _, pw := range []Password{changeit, {}, NewPassword([]byte{})} {
			s, err := Decode(data, pw, cheap)
			if err != nil {
				continue
			}
			if pw.IsNone() && s.Integrity == Verified {
				t.Fatal("verified without a password")
			}
			if _, err := json.Marshal(s.Inspect()); err != nil {
				t.Fatal(err)
			}
			fmt.Fprint(bytes.NewBuffer(nil), s.Entries)
			if s.Format != JKS && s.Format != PKCS12 || s.Integrity != Verified {
				continue
			}
			again, err := Encode(s, pw, EncodeOptions{Iterations: 1, AnyPassword: true})
			if err != nil {
				continue // a refusal
			}
			back, err := Decode(again, pw, cheap)
			if err != nil {
				t.Fatal("what was written cannot be read:", err)
			}
			if len(back.Entries) != len(s.Entries) {
				t.Fatalf("%d entries of %d", len(back.Entries), len(s.Entries))
			}
		}
		if d := time.Since(start); d > 10*time.Second {
			t.Fatalf("one input took %v: a fuzzer that hangs looks like one that passes", d)
		}
	})
}

func contains(all []Format, f Format) bool {
	for _, a := range all {
		if a == f {
			return true
		}
	}
	return false
}

func FuzzJKS(f *testing.F)    { fuzz(f, JKS) }
func FuzzJCEKS(f *testing.F)  { fuzz(f, JCEKS) }
func FuzzPKCS12(f *testing.F) { fuzz(f, PKCS12) }
func FuzzPKCS7(f *testing.F)  { fuzz(f, PKCS7) }
