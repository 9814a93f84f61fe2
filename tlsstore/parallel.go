package tlsstore

import (
	"runtime"
	"sync/atomic"

	"github.com/kcfg/kcfg/internal/parallel"
)

// eachInParallel calls do for every number below n, on all processors where there are many of them.
func eachInParallel(n int, do func(i int)) {
	const step = 64 // so many that handing them out does not matter
	const few = 512 // so many that starting a thread does not matter
	parallel.Each((n+step-1)/step, min(runtime.GOMAXPROCS(0), n/few), func(block int) {
		for i := block * step; i < min(n, (block+1)*step); i++ {
			do(i)
		}
	})
}

// anyUnparsed reports whether one of n certificates cannot be parsed, so that Java does not load the file with it.
func anyUnparsed(n int, der func(i int) []byte) bool {
	var bad atomic.Bool
	eachInParallel(n, func(i int) {
		if _, ok := parseTBS(der(i)); !ok {
			bad.Store(true)
		}
	})
	return bad.Load()
}

const unparsed = "a certificate that cannot be parsed"
