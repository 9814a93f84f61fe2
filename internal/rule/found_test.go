package rule

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/finding"
)

// TestFindingsAlike: of one rule about one key there are so many and no more, and the last one says how many were left out.
func TestFindingsAlike(t *testing.T) {
	say := func(n int, key string) func(int, Reporter) {
		return func(_ int, report Reporter) {
			for range n {
				report(finding.Position{}, key, "bad").Help = "mend it"
			}
		}
	}
	found := Run([]Rule[int]{
		{ID: "a", Check: say(mostAlike, "x")},
		{ID: "b", Check: say(mostAlike+2, "x")},
		{ID: "b", Check: say(3, "y")},
		{ID: "c", Check: say(mostAlike+1, "y")},
	}, 0, "")
	require.Len(t, found, 3*mostAlike+3)
	said := map[string]int{}
	for _, f := range found {
		require.Equal(t, "mend it", f.Help)
		said[f.ID+f.Key+": "+f.Message]++
	}
	require.Equal(t, map[string]int{
		"ax: bad": mostAlike,
		"bx: bad": mostAlike - 1, "bx: bad (2 more like this are not listed)": 1,
		"by: bad": 3,
		"cy: bad": mostAlike - 1, "cy: bad (1 more like this are not listed)": 1,
	}, said)
}
