package tlsstore

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/internal/hostile"
)

// TestHostileStoresReachTheLimits: they are of use only as long as they do.
func TestHostileStoresReachTheLimits(t *testing.T) {
	l := Limits{}.withDefaults()
	require.Equal(t, [4]int{l.Size, l.Entries, l.Keys, maxChainBytes}, [4]int{hostile.Size, hostile.Entries, hostile.Keys, hostile.Chain})
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
