package tlsstore

import (
	"runtime"
	"sync"

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

// refusedCertificate says what of n certificates makes Java load no file with them, of the first such; empty where nothing does.
func refusedCertificate(n int, der func(i int) []byte) string {
	var mu sync.Mutex
	first, why := n, ""
	eachInParallel(n, func(i int) {
		refused := "a certificate that cannot be parsed"
		if t, ok := parseTBS(der(i)); ok {
			if refused = nameless(t.issuer, t.subject, t.extensions); refused == "" {
				return
			}
			refused = "a certificate has " + refused
		}
		mu.Lock()
		defer mu.Unlock()
		if i < first {
			first, why = i, refused
		}
	})
	return why
}
