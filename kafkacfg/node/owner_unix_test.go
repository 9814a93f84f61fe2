//go:build unix

package node

import "syscall"

// rootOwned is what a file system of Unix says of root's files.
var rootOwned = &syscall.Stat_t{}

// numbered is what a file system of Unix says of a file with this number.
func numbered(inode uint64) any { return &syscall.Stat_t{Ino: inode} }
