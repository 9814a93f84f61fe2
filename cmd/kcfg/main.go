// Command kcfg prepares Apache Kafka and ZooKeeper clusters: key and trust stores from PEM files, and properties files
// checked with the verdict of the real server.
package main

import (
	"os"
	"runtime"
)

func main() {
	// Files are written by one thread, in an order that strace shows and that tests interrupt at each system call.
	runtime.LockOSThread()
	collectLate()
	os.Exit(run(system()))
}
