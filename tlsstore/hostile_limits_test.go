package tlsstore

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/internal/hostile"
)

// TestHostileStoresReachTheLimits: they are of use only as long as they do.
func TestHostileStoresReachTheLimits(t *testing.T) {
	l := Limits{}.withDefaults()
	require.Equal(t, [5]int{l.Size, l.Entries, l.Keys, maxChainBytes, l.aliases()}, [5]int{hostile.Size, hostile.Entries, hostile.Keys, hostile.Chain, hostile.Aliases})
}

// TestHostileStoresAreRead: no store is refused for another reason than the test of it is about.
func TestHostileStoresAreRead(t *testing.T) {
	all := os.Getenv("KCFG_REQUIRE_TOOLS") != "" // it takes a while
	refused := map[string]bool{"empty-blocks.pem": true, "keys.pem": true, "huge.pem": true}
	for i, s := range hostile.Stores() {
		if !all && i%8 != 0 {
			continue
		}
		_, err := Decode(s.Make(), changeit, DecodeOptions{})
		require.Equal(t, refused[s.Name], err != nil, "%s: %v", s.Name, err)
	}
}

// TestAliasesTogether: a few may be long, and all of a large store may be as long as people make them.
func TestAliasesTogether(t *testing.T) {
	const long = 50_000 // bytes
	id := fixture(t, "p256")
	for _, format := range []Format{JKS, PKCS12} {
		s := &Store{Format: format}
		decode := func(l Limits) error {
			data, err := Encode(s, changeit, EncodeOptions{Iterations: 1000})
			require.NoError(t, err)
			_, err = Decode(data, changeit, DecodeOptions{Limits: l})
			return err
		}
		for i := range (Limits{}).withDefaults().aliases() / long {
			s.Entries = append(s.Entries, TrustEntry(fmt.Sprintf("%0*d", long, i), id.root, testTime))
		}
		require.NoError(t, decode(Limits{Entries: 200}))
		s.Entries = append(s.Entries, TrustEntry("a", id.root, testTime))
		require.ErrorIs(t, decode(Limits{}), ErrTooCostly)
		require.NoError(t, decode(Limits{Entries: DefaultEntries + 1}), "more entries, more aliases")
	}
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
