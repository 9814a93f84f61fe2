//go:build !unix

package atomicfile

import (
	"io/fs"
	"os"
)

const openFlags = 0

// OwnerOf returns who owns a file: unknown here.
func OwnerOf(fs.FileInfo) Owner { return Owner{-1, -1} }

func trusted(fs.FileInfo) bool { return true }

func ours(fs.FileInfo) bool { return true }

func worldWritable(fs.FileInfo) bool { return false } // permission bits mean nothing here

func writable(*dir) error { return nil }

func tryLock(*os.File) (bool, error) { return true, nil }

func chown(*os.File, Owner) error { return ErrOwner }

func beginWriting(*os.File) {}

func busy(error) bool { return false }

func mounted(*dir, string) bool { return false }

func copyAttributes(_, _ *os.File) (lost []string) { return nil }

func unsupportedSync(error) bool { return true } // directories cannot be synced
