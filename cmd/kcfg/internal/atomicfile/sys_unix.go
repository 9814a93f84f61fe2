//go:build unix

package atomicfile

import (
	"errors"
	"io/fs"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// openFlags keep an open from following a link or waiting for the other end of a pipe.
const openFlags = unix.O_NOFOLLOW | unix.O_NONBLOCK

// OwnerOf returns who owns a file.
func OwnerOf(info fs.FileInfo) Owner {
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return Owner{-1, -1}
	}
	return Owner{int(st.Uid), int(st.Gid)}
}

// trusted reports whether root or the caller owns what info describes.
func trusted(info fs.FileInfo) bool {
	uid := OwnerOf(info).UID
	return uid == 0 || uid == os.Geteuid()
}

func ours(info fs.FileInfo) bool { return OwnerOf(info).UID == os.Geteuid() }

func worldWritable(info fs.FileInfo) bool { return info.Mode().Perm()&0o002 != 0 }

// writable says early, before anything is computed, that no file can be made in the directory.
func writable(d *dir) error {
	if err := unix.Faccessat(int(d.self.Fd()), ".", unix.W_OK|unix.X_OK, 0); err != nil {
		return plain(err, "cannot write in "+d.path)
	}
	return nil
}

func tryLock(f *os.File) (bool, error) {
	err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	switch {
	case err == nil:
		return true, nil
	case errors.Is(err, unix.EWOULDBLOCK), errors.Is(err, unix.EINTR):
		return false, nil
	case errors.Is(err, unix.ENOLCK), errors.Is(err, unix.ENOTSUP), errors.Is(err, unix.EINVAL):
		return true, nil // a file system without locks: work without, as everybody does there
	}
	return false, err
}

func chown(f *os.File, o Owner) error { return f.Chown(o.UID, o.GID) }

func busy(err error) bool { return errors.Is(err, unix.EBUSY) }

// unsupportedSync reports whether the file system cannot sync a directory at all.
func unsupportedSync(err error) bool {
	return errors.Is(err, unix.EINVAL) || errors.Is(err, unix.ENOTSUP)
}
