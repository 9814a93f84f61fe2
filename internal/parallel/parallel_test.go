package parallel

import (
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestEach(t *testing.T) {
	for _, n := range []int{0, 1, 2, 100} {
		for _, workers := range []int{0, 1, 2, 1000} {
			calls := make([]atomic.Int32, n)
			Each(n, workers, func(i int) { calls[i].Add(1) })
			for i := range calls {
				require.EqualValues(t, 1, calls[i].Load(), "%d of %d, %d workers", i, n, workers)
			}
		}
	}
}

// TestEachCallsSideBySide: with two workers the first call can wait for the second.
func TestEachCallsSideBySide(t *testing.T) {
	second := make(chan struct{})
	Each(2, 2, func(i int) {
		if i == 1 {
			close(second)
			return
		}
		<-second
	})
}
