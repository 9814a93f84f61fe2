package main

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/tlsstore"
)

// TestTrustedSet: each certificate once, each alias once, and tens of thousands of one name in no time that grows with their square.
func TestTrustedSet(t *testing.T) {
	entry := func(alias, der string) tlsstore.Entry {
		return tlsstore.Entry{Alias: alias, Kind: tlsstore.KindCertificate, Chain: [][]byte{[]byte(der)}}
	}
	s := newTrustedSet([]tlsstore.Entry{entry("CA", "1"), entry("ca-3", "2"), {Alias: "key", Kind: tlsstore.KindKey, Chain: [][]byte{[]byte("9")}}})
	for i, der := range []string{"1", "3", "4", "3", "9"} {
		s.addNew(entry("ca", der))
		require.Equal(t, []int{3, 4, 5, 5, 6}[i], len(s.entries))
	}
	var aliases []string
	for _, e := range s.entries {
		aliases = append(aliases, e.Alias)
	}
	require.Equal(t, []string{"CA", "ca-3", "key", "ca-2", "ca-4", "ca-5"}, aliases)
	for i := range 100_000 {
		s.addNew(entry("ca", fmt.Sprint("x", i)))
	}
	require.Len(t, s.entries, 100_006)
	require.Equal(t, "ca-100005", s.entries[100_005].Alias)
}
