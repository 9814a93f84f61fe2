package tlsstore

import (
	"bytes"
	"crypto"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
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
