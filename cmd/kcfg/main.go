// Command kcfg prepares Apache Kafka and ZooKeeper clusters: key and trust stores from PEM files, and properties files
// checked with the verdict of the real server.
package main

import (
	"os"
	"runtime"
	"runtime/debug"
)

func main() {
	// Files are written by one thread, in an order that strace shows and that tests interrupt at each system call.
	runtime.LockOSThread()
	collectLate()
	os.Exit(run(system()))
}

// collectLate lets a process that lives for milliseconds collect its garbage later than a server would, but for what a large
// file leaves. The environment's own settings win.
func collectLate() {
	const (
		percent = 400
		limit   = 192 << 20 // bytes of heap, from where on memory counts more than time
	)
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(percent)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(limit)
	}
}
