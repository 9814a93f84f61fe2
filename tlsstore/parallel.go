package tlsstore

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// eachInParallel calls do for every number below n, on all processors where there are many of them.
func eachInParallel(n int, do func(i int)) {
	const few = 512 // so many that starting a thread does not matter
	workers := min(runtime.GOMAXPROCS(0), n/few)
	if workers < 2 {
		for i := range n {
			do(i)
		}
		return
	}
	const step = 64
	var next atomic.Int64
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for {
				from := int(next.Add(step)) - step
				if from >= n {
					return
				}
				for i := from; i < min(n, from+step); i++ {
					do(i)
				}
			}
		})
	}
	wg.Wait()
}
