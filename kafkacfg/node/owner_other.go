//go:build !unix

package node

import "io/fs"

// owner: elsewhere files have no owner that Kafka's machines would know.
func owner(fs.FileInfo) (uid, gid int, known bool) { return 0, 0, false }

// inode: locks are looked up on Unix alone.
func inode(fs.FileInfo) (n uint64, known bool) { return 0, false }
