//go:build unix

package zkcfg

import "syscall"

// rootOwned is what a file system of Unix says of root's files.
var rootOwned = &syscall.Stat_t{}
