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
	require.Equal(t, [3]int{l.Size, l.Entries, l.Keys}, [3]int{hostile.Size, hostile.Entries, hostile.Keys})
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
