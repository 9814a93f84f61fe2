//go:build !unix

package machine

import "io/fs"

// owner: elsewhere files have no owner that the servers' machines would know.
func owner(fs.FileInfo) (uid, gid int, known bool) { return 0, 0, false }

// Inode returns the number of a file, where its file system tells: on Unix alone.
func Inode(fs.FileInfo) (n uint64, known bool) { return 0, false }
