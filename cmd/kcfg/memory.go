package main

import (
	"math"
	"os"
	"runtime"
	"runtime/debug"
	"sync"
)

// collectLate lets a process that lives for milliseconds collect its garbage later than a server would, but for what a large
// file leaves. It does so from the first collection on: most runs end before it, and each change of the collector stops all
// threads, which takes as long as making a store. The environment's own settings win.
func collectLate() {
	const (
		percent = 400
		limit   = 192 << 20 // bytes of heap, from where on memory counts more than time
	)
	garbage := new([64]byte)
	runtime.AddCleanup(garbage, func(struct{}) {
		if os.Getenv("GOGC") == "" {
			debug.SetGCPercent(percent)
		}
		heap.limit(limit)
	}, struct{}{})
}

// spareMemory makes the garbage collector work harder once an input is large: what is left over from each step of reading and
// writing would otherwise take as much memory again as what is in use.
func spareMemory(input int) {
	const (
		large = 1 << 20
		limit = 144 << 20 // what a process may take for one hostile file is 256 MiB
	)
	if input > large {
		heap.limit(limit)
	}
}

// heap is the heap of this process.
var heap = heapLimit{bytes: math.MaxInt64}

// heapLimit is the lowest of the limits that were asked for.
type heapLimit struct {
	sync.Mutex
	bytes int64
}

func (h *heapLimit) limit(bytes int64) {
	if os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	h.Lock()
	defer h.Unlock()
	if bytes < h.bytes {
		h.bytes = bytes
		debug.SetMemoryLimit(bytes)
	}
}
