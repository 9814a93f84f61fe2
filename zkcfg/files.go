package zkcfg

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"path"
	"strings"
)

// state of a file on the server's machine.
type presence uint8

const (
	unseen     presence = iota // nothing is known
	absent                     //
	directory                  //
	unreadable                 // there, but it cannot be read
	readable                   //
)

// maxFile is how much is read of a dynamic file; one with 1,000 servers has 60 KB.
const maxFile = 4 << 20

// rooted returns the name of a path in an fs.FS; a relative one begins in the server's working directory.
func (o *Options) rooted(name string) (string, bool) {
	if !strings.HasPrefix(name, "/") {
		name = o.Dir + "/" + name
	}
	name = strings.TrimPrefix(path.Clean("/"+name), "/")
	if name == "" {
		name = "."
	}
	return name, fs.ValidPath(name)
}

// passes reports whether the way to a path exists: before ".." there has to be a directory, although its name plays no
// part in where the way ends.
func (o *Options) passes(name string) bool {
	for i := 0; ; {
		at := strings.Index(name[i:], "/..")
		if at < 0 {
			return true
		}
		i += at
		if before, ok := o.rooted(name[:i]); ok && (i+3 == len(name) || name[i+3] == '/') {
			if stat, err := fs.Stat(o.Root, before); err != nil || !stat.IsDir() {
				return false
			}
		}
		i += len("/..")
	}
}

// look returns the content of a file below Root, up to limit bytes.
func (o *Options) look(name string, limit int64) ([]byte, presence) {
	if o.Root == nil {
		return nil, unseen
	}
	at, ok := o.rooted(name)
	if !ok || name == "" || strings.ContainsRune(name, 0) || !o.passes(name) {
		return nil, absent // no file can have this name
	}
	f, err := o.Root.Open(at)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) || isNotDir(o.Root, at) {
			return nil, absent
		}
		return nil, unreadable
	}
	defer f.Close()
	if stat, err := f.Stat(); err != nil || stat.IsDir() {
		return nil, directory
	}
	b, err := io.ReadAll(io.LimitReader(f, limit))
	if err != nil {
		return nil, unreadable
	}
	return b, readable
}

// isNotDir reports whether a parent of the path is a file, which systems tell in different ways.
func isNotDir(root fs.FS, name string) bool {
	for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
		if stat, err := fs.Stat(root, dir); err == nil {
			return !stat.IsDir()
		}
	}
	return false
}

// javaPath normalises a path as java.io.File does on Unix: no double and no final slashes.
func javaPath(p string) string {
	if !strings.Contains(p, "//") && !(len(p) > 1 && p[len(p)-1] == '/') {
		return p
	}
	var b strings.Builder
	for i := range len(p) {
		if p[i] == '/' && (i > 0 && p[i-1] == '/') {
			continue
		}
		b.WriteByte(p[i])
	}
	out := b.String()
	if len(out) > 1 {
		out = strings.TrimSuffix(out, "/")
	}
	return out
}

// child is new File(dir, name): in an empty directory it is a file of the root.
func child(dir, name string) string {
	if dir == "" || dir == "/" {
		return "/" + name
	}
	return dir + "/" + name
}

// firstLine is what BufferedReader.readLine returns; ok is false for an empty file.
func firstLine(b []byte) (line string, ok bool) {
	if len(b) == 0 {
		return "", false
	}
	if i := bytes.IndexAny(b, "\r\n"); i >= 0 {
		b = b[:i]
	}
	return strings.ToValidUTF8(string(b), "\uFFFD"), true
}
