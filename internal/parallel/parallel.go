// Package parallel does independent things side by side.
package parallel

import (
	"sync"
	"sync/atomic"
)

// Each calls do once with every number from 0 to n-1, in as many goroutines as workers says, that of the caller among them, and
// returns when all calls have. With one worker, or one thing to do, no other goroutine is started.
func Each(n, workers int, do func(i int)) {
	var next atomic.Int64
	work := func() {
		for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
			do(i)
		}
	}
	var wg sync.WaitGroup
	for range min(n, workers) - 1 {
		wg.Go(work)
	}
	work()
	wg.Wait()
}
