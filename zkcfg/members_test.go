package zkcfg

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// A list is searched while it is short and indexed beyond; both find the same.
func TestRoster(t *testing.T) {
	for _, n := range []int64{1, usual - 1, usual, usual + 1, 3 * usual} {
		var r roster
		for id := range n {
			require.Equal(t, -1, r.find(id))
			r.put(Server{ID: id})
		}
		r.put(Server{ID: 0, Role: Observer})
		require.Len(t, r.list, int(n))
		require.Equal(t, Observer, r.list[0].Role)
		for id := range n {
			require.Equal(t, int(id), r.find(id))
		}
		require.Equal(t, -1, r.find(n))
		require.Equal(t, n > usual, r.index != nil)
	}
}
