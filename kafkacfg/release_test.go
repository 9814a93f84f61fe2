package kafkacfg

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestParseRelease(t *testing.T) {
	for in, want := range map[string]Release{
		"3.9.1": "3.9.1",
		"2.5":   "2.5.1",
		"3.3":   "3.3.2",
		"2":     "2.8.2",
	} {
		got, err := ParseRelease(in)
		require.NoError(t, err, in)
		require.Equal(t, want, got, in)
	}
	for _, in := range []string{"", "3.9.99", "3.", "39", "2.4.1", "3.9.1.1"} {
		_, err := ParseRelease(in)
		require.ErrorIs(t, err, ErrUnknownRelease, in)
	}
}

func TestReleases(t *testing.T) {
	all := Releases()
	require.GreaterOrEqual(t, len(all), 53)
	require.Equal(t, Release("2.5.0"), all[0])
	require.Equal(t, all[len(all)-1], Newest())
	for i := range all[1:] {
		require.Negative(t, all[i].Compare(all[i+1]))
	}
	require.True(t, Release("3.3.0").Known(), "published although 3.3.1 was announced")
	require.False(t, Release("3.9").Known())
	require.Equal(t, "3.9", Release("3.9.1").Line())
}
