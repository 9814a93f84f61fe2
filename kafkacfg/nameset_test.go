package kafkacfg

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// A set is searched while it is short and hashed beyond; both find the first of equal names, also of those added later.
func TestNameSetGrows(t *testing.T) {
	for _, n := range []int{0, short - 1, short, short + 1, 3 * short} {
		var s nameSet
		for i := range n {
			require.False(t, s.has(fmt.Sprint(i)))
			s.add(fmt.Sprint(i))
		}
		s.add("0")
		for i := range n {
			require.Equal(t, i, s.index(fmt.Sprint(i)))
		}
		require.Equal(t, 0, s.index("0"))
		require.False(t, s.has("x"))
	}
}
