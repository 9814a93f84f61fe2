package zkcfg

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestReleasesWithAskAllReleases compares what the catalogue's text says of every key with the decoded tables.
func TestReleasesWithAskAllReleases(t *testing.T) {
	var names []string
	for _, r := range Releases() {
		for k := range Keys(r) {
			names = append(names, k.Name)
		}
	}
	slices.Sort(names)
	names = slices.Compact(names)
	require.Equal(t, names, KeyNames())
	for _, name := range append(names, "server.1", "metricsProvider.httpPort", "authProvider.x", "nosuchkey", "") {
		var want []Release
		for _, r := range Releases() {
			if _, ok := LookupKey(r, name); ok {
				want = append(want, r)
			}
		}
		require.Equal(t, want, ReleasesWith(name), name)
	}
}
