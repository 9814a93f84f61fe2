//go:build unix

package machine

import (
	"io/fs"
	"syscall"
)

// owner returns who owns a file, where its file system tells.
func owner(info fs.FileInfo) (uid, gid int, known bool) {
	if s, ok := info.Sys().(*syscall.Stat_t); ok {
		return int(s.Uid), int(s.Gid), true
	}
	return 0, 0, false
}

// Inode returns the number of a file, where its file system tells.
func Inode(info fs.FileInfo) (n uint64, known bool) {
	if s, ok := info.Sys().(*syscall.Stat_t); ok {
		return uint64(s.Ino), true
	}
	return 0, false
}
