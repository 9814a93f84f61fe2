package main

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/tlsstore"
)

// TestLargeStoresAreMerged: in linear time, and into what can be read again, or not at all.
func TestLargeStoresAreMerged(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, from, to int) string {
		s := &tlsstore.Store{Format: tlsstore.JKS}
		for i := from; i < to; i++ {
			s.Entries = append(s.Entries, tlsstore.TrustEntry(fmt.Sprint(i), fmt.Appendf(nil, "\x30\x05\x04\x03%03x", i%4096), testNow))
		}
		data, err := tlsstore.Encode(s, tlsstore.NewPassword([]byte(refPassword)), tlsstore.EncodeOptions{})
		require.NoError(t, err)
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, data, 0o600))
		return path
	}
	const half = tlsstore.DefaultEntries / 2
	all, more, last := write("all.jks", 0, half), write("more.jks", half, 2*half), write("last.jks", 2*half, 2*half+1)
	status, _, stderr := kcfgSays(t, nil, "store", "merge", all, more)
	require.Equal(t, exitOK, status, stderr)
	require.Len(t, decode(t, all).Entries, 2*half)

	before, err := os.ReadFile(all)
	require.NoError(t, err)
	status, _, stderr = kcfgSays(t, nil, "store", "merge", all, last)
	require.Equal(t, exitFailure, status)
	require.Contains(t, stderr, "all.jks: too costly to read: it would have 50001 certificates; the limit is 50000")
	require.Equal(t, before, readFile(t, all))
}
