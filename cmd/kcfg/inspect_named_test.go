package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestAPropertiesFileThatNamesManyStores: what one file makes kcfg read is bounded, in number and in size.
func TestAPropertiesFileThatNamesManyStores(t *testing.T) {
	dir := t.TempDir()
	config := filepath.Join(dir, "server.properties")
	write := func(n int, store string) {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "listener.name.l%d.ssl.keystore.location=%s\n", i, store)
		}
		require.NoError(t, os.WriteFile(config, []byte(b.String()), 0o600))
	}
	inspect := func() string {
		out, status := says("inspect", config)
		require.Equal(t, exitFailure, status, out)
		return out
	}
	small := filepath.Join(dir, "small.jks")
	require.NoError(t, os.WriteFile(small, []byte("no store"), 0o600))
	write(mostNamed, small)
	require.NotContains(t, inspect(), "too costly")
	write(mostNamed+1, small)
	require.Contains(t, inspect(), "it names more than 100 stores")

	large := filepath.Join(dir, "large.jks")
	require.NoError(t, os.WriteFile(large, nil, 0o600))
	require.NoError(t, os.Truncate(large, maxInput/2))
	write(2, large)
	require.NotContains(t, inspect(), "too costly")
	write(3, large)
	require.Contains(t, inspect(), "the stores of the file have more than 32 MiB together")
}
