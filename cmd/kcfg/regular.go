package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/kcfg/kcfg/tlsstore"
)

var (
	errPipe    = errors.New("a named pipe, whose writer may never come: name a file, or pipe it in and name -")
	errNoFile  = errors.New("no regular file")
	errTooMuch = errors.New("larger than any file that is read for a configuration")
)

// openNamed opens a file that a person named. Waiting for the writer of a named pipe would have no end; the pipes of a shell's
// <(command), which have numbers for names, are read as standard input is. What is opened without blocking is looked at
// afterwards, so that nobody can put a pipe there in between, and costs half the system calls.
func openNamed(path string) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_RDONLY|openNonBlocking, 0)
	if err != nil {
		return nil, err
	}
	if info, err := file.Stat(); err == nil && info.Mode()&fs.ModeNamedPipe != 0 && !numbered(path) {
		file.Close()
		return nil, &fs.PathError{Op: "open", Path: path, Err: errPipe}
	}
	return file, nil
}

// numbered reports whether a name is that of an open file of some process.
func numbered(path string) bool {
	path = filepath.Clean(path)
	return strings.HasPrefix(path, "/dev/") || strings.HasPrefix(path, "/proc/")
}

// readNamed reads a file that a person named, as far as a store may be large.
func readNamed(path string) ([]byte, error) {
	file, err := openNamed(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return readLimited(file, path)
}

// regularFS is a file system without what is no file: what configurations name may be a pipe or a device, which never end.
type regularFS struct{ fs.FS }

// Open opens a regular file or a directory.
func (r regularFS) Open(name string) (fs.File, error) {
	info, err := fs.Stat(r.FS, name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() && !info.IsDir() {
		return nil, &fs.PathError{Op: "open", Path: name, Err: errNoFile}
	}
	spareMemory(int(min(info.Size(), maxInput)))
	return r.FS.Open(name)
}

// ReadFile reads a file of a size that files have.
func (r regularFS) ReadFile(name string) ([]byte, error) {
	file, err := r.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	data, err := readLimited(file, name)
	if errors.Is(err, tlsstore.ErrTooCostly) {
		err = &fs.PathError{Op: "read", Path: name, Err: errTooMuch}
	}
	return data, err
}

// ReadDir, Stat, Lstat and ReadLink are the file system's own.
func (r regularFS) ReadDir(name string) ([]fs.DirEntry, error) { return fs.ReadDir(r.FS, name) }

// Stat describes what a name leads to.
func (r regularFS) Stat(name string) (fs.FileInfo, error) { return fs.Stat(r.FS, name) }

// Lstat describes a link itself.
func (r regularFS) Lstat(name string) (fs.FileInfo, error) { return fs.Lstat(r.FS, name) }

// ReadLink says where a link leads.
func (r regularFS) ReadLink(name string) (string, error) { return fs.ReadLink(r.FS, name) }
