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
// <(command), which have numbers for names, are read as standard input is.
func openNamed(path string) (*os.File, error) {
	if err := waits(path); err != nil {
		return nil, err
	}
	return os.Open(path)
}

func waits(path string) error {
	for _, dir := range []string{"/dev/", "/proc/"} {
		if strings.HasPrefix(filepath.Clean(path), dir) {
			return nil
		}
	}
	if info, err := os.Stat(path); err == nil && info.Mode()&fs.ModeNamedPipe != 0 {
		return &fs.PathError{Op: "open", Path: path, Err: errPipe}
	}
	return nil
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
