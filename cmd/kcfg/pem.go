package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/kcfg/kcfg/cmd/kcfg/internal/secret"
	"github.com/kcfg/kcfg/tlsstore"
)

// systemFS is the whole file system, under the names that the user gives: absolute, or relative to the working directory.
type systemFS struct{}

func (systemFS) Open(name string) (fs.File, error)    { return openNamed(filepath.FromSlash(name)) }
func (systemFS) ReadFile(name string) ([]byte, error) { return readNamed(filepath.FromSlash(name)) }
func (systemFS) ReadDir(name string) ([]fs.DirEntry, error) {
	return os.ReadDir(filepath.FromSlash(name))
}
func (systemFS) Stat(name string) (fs.FileInfo, error)  { return os.Stat(filepath.FromSlash(name)) }
func (systemFS) Lstat(name string) (fs.FileInfo, error) { return os.Lstat(filepath.FromSlash(name)) }
func (systemFS) ReadLink(name string) (string, error) {
	to, err := os.Readlink(filepath.FromSlash(name))
	return filepath.ToSlash(to), err
}

// slashed is a path as systemFS and the library take it. A directory that is named by dots alone gets its own name, which
// becomes an alias.
func slashed(path string) string {
	if base := filepath.Base(filepath.Clean(path)); base == "." || base == ".." {
		if abs, err := filepath.Abs(path); err == nil {
			path = abs
		}
	}
	return filepath.ToSlash(path)
}

// readPEMInput reads PEM files from disk, or PEM text from a pipe, such as standard input for "-".
func readPEMInput(e *env, secrets *secret.Reader, path string, o tlsstore.PEMOptions) (*tlsstore.Bundle, error) {
	if path != "-" && !isPipe(path) {
		return readPEMFiles(path, o)
	}
	data, ok := e.piped[path] // read once, even if its key turns out to be encrypted
	if !ok {
		var err error
		if data, err = readInput(e, secrets, path); err != nil {
			return nil, err
		}
		if e.piped == nil {
			e.piped = map[string][]byte{}
		}
		e.piped[path] = data
	}
	name := path
	if path == "-" {
		name = "standard input"
	}
	b, err := tlsstore.ParsePEM(name, data, o)
	return b, pemAdvice(err)
}

// isPipe reports whether a path is a pipe's: what a shell gives in place of <(command), or another, which openNamed refuses.
func isPipe(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode()&fs.ModeNamedPipe != 0
}

// readPEM reads PEM files from disk, or a pipe, with advice where that fails.
func readPEM(path string, o tlsstore.PEMOptions) (*tlsstore.Bundle, error) {
	if isPipe(path) {
		data, err := readNamed(path)
		if err != nil {
			return nil, plainPath(err)
		}
		p, err := tlsstore.ParsePEM(path, data, o)
		return p, pemAdvice(err)
	}
	return readPEMFiles(path, o)
}

func readPEMFiles(path string, o tlsstore.PEMOptions) (*tlsstore.Bundle, error) {
	p, err := tlsstore.ReadPEM(systemFS{}, slashed(path), o)
	if err == nil {
		return p, nil
	}
	if pe, ok := err.(*fs.PathError); ok {
		err = plainPath(pe)
	}
	var several *tlsstore.ChoiceError
	switch {
	case errors.As(err, &several):
		return nil, withHint(err, "name one: --pem %s", filepath.Join(path, several.Names[0]))
	case errors.Is(err, fs.ErrPermission) && strings.Contains(filepath.ToSlash(absolute(path)), "/live"):
		return nil, withHint(err, "certbot's directories are root's: run kcfg as root, or as a deploy hook of certbot")
	case errors.Is(err, fs.ErrPermission):
		return nil, withHint(err, "run kcfg as a user who may read it")
	}
	return nil, pemAdvice(err)
}

func absolute(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		return abs
	}
	return path
}

// plainPath writes an error of the file system without the operation.
func plainPath(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return patternAdvice(fmt.Errorf("%s: %w", pe.Path, danglingLink(pe.Path, pe.Err)), pe.Path)
	}
	return err
}
