// Package atomicfile replaces files so that every reader, and a crash at any moment, finds the old content or the new,
// whole. Several files can be replaced as one step.
//
// A [Batch] holds the directories of its targets open and locked, so that all work is relative to directories that
// cannot be exchanged underneath. What an earlier process that was killed has left there is completed or removed first.
package atomicfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/kcfg/kcfg/tlsstore"
)

// Errors that a caller can give advice for; the message around them names the path.
var (
	// ErrNotRegular is returned for a target that is a directory, a device, a pipe or a socket.
	ErrNotRegular = errors.New("not a regular file")
	// ErrForeignLink is returned for a symbolic link that neither root nor the caller owns: its owner could point it anywhere.
	ErrForeignLink = errors.New("symbolic link of another user")
	// ErrWorldWritable is returned for a directory in which every user can exchange files.
	ErrWorldWritable = errors.New("directory is writable by every user")
	// ErrForeignFile is returned for an existing file of another user in a shared directory such as /tmp: the new content
	// would be that user's.
	ErrForeignFile = errors.New("file of another user in a shared directory")
	// ErrMountPoint is returned for a file that is bind-mounted, as containers do it: rename cannot replace it.
	ErrMountPoint = errors.New("mount point: it cannot be replaced by a renamed file")
	// ErrLocked is returned when another process keeps the directory locked.
	ErrLocked = errors.New("another kcfg is writing in this directory")
	// ErrOwner is returned when the file's owner or group cannot be set.
	ErrOwner = errors.New("cannot set the owner")
	// ErrTooLarge is returned for an existing file larger than MaxSize.
	ErrTooLarge = errors.New("file is too large")
)

// MaxSize is the largest existing file that a Batch reads: as large as the largest store.
const MaxSize = tlsstore.DefaultSize

// lockWait is how long another process may hold a directory: writing a store takes milliseconds.
const lockWait = 10 * time.Second

// Owner is a user and a group by number; -1 leaves one as it is.
type Owner struct{ UID, GID int }

// File is the new state of a target.
type File struct {
	Data      []byte
	Unchanged bool        // the content stays as it is: only owner and mode are repaired
	Secret    bool        // a key or password is inside: others never get to read it, unless Mode says so
	Mode      fs.FileMode // permissions; 0: those of the old file, or 0600 for a secret and 0644 otherwise
	Owner     *Owner      // nil: that of the old file, or the caller
	Backup    bool        // keep the old content in NAME.bak, mode 0600
	InPlace   bool        // overwrite an existing file: not atomic, but the only way for a mount point
}

// Target is a file to be written: what a path leads to once its links are followed.
type Target struct {
	Path   string // as given
	Real   string // with every link followed
	Exists bool
	Mode   fs.FileMode // permissions of the existing file
	Owner  Owner       // of the existing file; -1 where the system has none

	dir  *dir
	name string
	info fs.FileInfo
}

// Batch is a group of files that are written as one step.
type Batch struct {
	Targets   []*Target
	Recovered []string // what an interrupted run had left and is completed or removed now, in words
	Warnings  []string // what Commit could not keep, in words

	id      string
	dirs    []*dir
	inPlace bool
}

// dir is an open directory.
type dir struct {
	path string
	root *os.Root
	self *os.File // to lock and sync
	info fs.FileInfo
}

// Open prepares to write the files at paths: it follows links, opens and locks their directories, and completes or
// removes what an interrupted run has left there. With readOnly nothing is locked or touched, and Commit fails.
func Open(readOnly bool, paths ...string) (*Batch, error) {
	return open(&Batch{id: newID()}, readOnly, paths)
}

// OpenInPlace is Open for existing files that are all overwritten where they stand ([File].InPlace), which takes no right to make
// files in their directories: a mount point may lie in one that nobody writes in.
func OpenInPlace(readOnly bool, paths ...string) (*Batch, error) {
	return open(&Batch{id: newID(), inPlace: true}, readOnly, paths)
}

func open(b *Batch, readOnly bool, paths []string) (_ *Batch, err error) {
	defer func() {
		if err != nil {
			b.Close()
		}
	}()
	for _, p := range paths {
		t, err := b.target(p)
		if err != nil {
			return nil, err
		}
		for _, other := range b.Targets {
			if other.Path == t.Path {
				return nil, fmt.Errorf("%s would be written twice: every file needs a name of its own", t.Path)
			}
			if other.dir == t.dir && other.name == t.name {
				return nil, fmt.Errorf("%s and %s are the same file", other.Path, t.Path)
			}
		}
		b.Targets = append(b.Targets, t)
	}
	if !readOnly {
		if err := b.lock(); err != nil {
			return nil, err
		}
		for _, d := range slices.Clone(b.dirs) { // recovering may open further directories
			if err := b.recover(d); err != nil {
				return nil, err
			}
		}
	}
	for _, t := range b.Targets {
		if err := t.look(); err != nil {
			return nil, err
		}
		if b.inPlace && !t.Exists {
			if err := writable(t.dir); err != nil {
				return nil, err
			}
		}
	}
	if readOnly {
		b.id = ""
	}
	return b, nil
}

// Close releases the directories.
func (b *Batch) Close() {
	for _, d := range b.dirs {
		d.self.Close()
		d.root.Close()
	}
	b.dirs = nil
}

func (b *Batch) target(path string) (*Target, error) {
	real, err := resolve(path)
	if err != nil {
		return nil, err
	}
	d, err := b.directory(filepath.Dir(real))
	if err != nil {
		return nil, err
	}
	return &Target{Path: path, Real: real, dir: d, name: filepath.Base(real)}, nil
}

// directory opens a directory whose path holds no links, once.
func (b *Batch) directory(path string) (*dir, error) {
	for _, d := range b.dirs {
		if d.path == path {
			return d, nil
		}
	}
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, plain(err, path)
	}
	self, err := root.Open(".")
	if err != nil {
		root.Close()
		return nil, plain(err, path)
	}
	d := &dir{path: path, root: root, self: self}
	if d.info, err = self.Stat(); err == nil {
		err = d.check()
	}
	if err == nil && !b.inPlace {
		err = writable(d)
	}
	if err != nil {
		self.Close()
		root.Close()
		return nil, err
	}
	b.dirs = append(b.dirs, d)
	return d, nil
}

// check refuses a directory that is not the one that was resolved, or in which anybody can exchange files.
func (d *dir) check() error {
	again, err := resolve(filepath.Join(d.path, "x"))
	if err != nil {
		return err
	}
	now, err := os.Lstat(d.path)
	if err != nil {
		return plain(err, d.path)
	}
	if filepath.Dir(again) != d.path || !os.SameFile(now, d.info) {
		return fmt.Errorf("%s: the directory was exchanged meanwhile", d.path)
	}
	if worldWritable(d.info) && d.info.Mode()&fs.ModeSticky == 0 {
		return fmt.Errorf("%s: %w", d.path, ErrWorldWritable)
	}
	return nil
}

// lock locks the directories, always in the same order, so that two batches cannot wait for each other.
func (b *Batch) lock() error {
	dirs := slices.Clone(b.dirs)
	slices.SortFunc(dirs, func(x, y *dir) int { return strings.Compare(x.path, y.path) })
	for _, d := range dirs {
		if err := d.lock(); err != nil {
			return err
		}
	}
	return nil
}

func (d *dir) lock() error {
	for deadline := time.Now().Add(lockWait); ; time.Sleep(20 * time.Millisecond) {
		locked, err := tryLock(d.self)
		switch {
		case err != nil:
			return plain(err, d.path)
		case locked:
			return nil
		case time.Now().After(deadline):
			return fmt.Errorf("%s: %w", d.path, ErrLocked)
		}
	}
}

// look takes note of the file that is there now.
func (t *Target) look() error {
	info, err := t.dir.root.Lstat(t.name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		t.Exists = false
		return nil
	case err != nil:
		return plain(err, t.Path)
	case info.IsDir():
		return fmt.Errorf("%s is a directory: %w", t.Path, ErrNotRegular)
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s: %w", t.Path, ErrNotRegular)
	}
	t.Exists, t.info, t.Mode, t.Owner = true, info, info.Mode().Perm(), OwnerOf(info)
	return nil
}

// Read returns the content of the existing file.
func (t *Target) Read() ([]byte, error) {
	f, err := t.open(os.O_RDONLY)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var buf bytes.Buffer
	buf.Grow(int(min(t.info.Size(), MaxSize)) + bytes.MinRead) // else it would be copied each time it grows
	if _, err := buf.ReadFrom(io.LimitReader(f, MaxSize+1)); err != nil {
		return nil, plain(err, t.Path)
	}
	data := buf.Bytes()
	if len(data) > MaxSize {
		return nil, fmt.Errorf("%s: %w: more than %d MiB", t.Path, ErrTooLarge, MaxSize>>20)
	}
	return data, nil
}

// open opens the file that was looked at, and no other.
func (t *Target) open(flag int) (*os.File, error) {
	f, err := t.dir.root.OpenFile(t.name, flag|openFlags, 0)
	if err != nil {
		return nil, plain(err, t.Path)
	}
	info, err := f.Stat()
	if err != nil || !os.SameFile(info, t.info) {
		f.Close()
		return nil, fmt.Errorf("%s: the file was exchanged meanwhile", t.Path)
	}
	return f, nil
}

// plain drops the internal path and operation of an error, in favour of the path that the user knows.
func plain(err error, path string) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		err = pe.Err
	}
	var le *os.LinkError
	if errors.As(err, &le) {
		err = le.Err
	}
	var se *os.SyscallError
	if errors.As(err, &se) {
		err = se.Err
	}
	return fmt.Errorf("%s: %w", path, err)
}
