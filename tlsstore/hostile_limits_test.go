package tlsstore

import (
	"fmt"
	"os"
	"testing"

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
