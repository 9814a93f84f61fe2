package atomicfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/kcfg/kcfg/internal/parallel"
)

// staged is a temporary file on its way to its name.
type staged struct {
	dir  *dir
	temp string
	name string // what it becomes
	path string // for messages
	data []byte
	file *os.File // open until it is settled
	kept string   // a second name of the old file, until everything is renamed
	new  bool     // there was no old file
}

// stage writes a temporary file beside the target. It returns the stage with an error too, so that it is removed.
func (b *Batch) stage(t *Target, f File) (*staged, error) {
	s := &staged{dir: t.dir, temp: tempName(b.id, t.name), name: t.name, path: t.Path, data: f.Data, new: !t.Exists}
	var err error
	if s.file, err = t.dir.root.OpenFile(s.temp, os.O_RDWR|os.O_CREATE|os.O_EXCL, secretMode); err != nil {
		return nil, plain(err, "cannot write "+t.Path)
	}
	if err := b.dress(t, f, s.file); err != nil { // before the first byte: an impossible owner is found out now
		return s, err
	}
	if _, err := s.file.Write(f.Data); err != nil {
		return s, plain(err, "cannot write "+t.Path)
	}
	if err := s.file.Chmod(b.mode(t, f)); err != nil {
		return s, plain(err, "cannot set the mode of "+t.Path)
	}
	return s, nil
}

// discard removes what is left of a stage.
func (s *staged) discard() {
	s.file.Close()
	s.dir.root.Remove(s.temp)
	if s.kept != "" {
		s.dir.root.Remove(s.kept)
	}
}

// dress gives a new file the owner and the attributes that it shall have.
func (b *Batch) dress(t *Target, f File, temp *os.File) error {
	info, err := temp.Stat()
	if err != nil {
		return plain(err, t.Path)
	}
	want, have := Owner{-1, -1}, OwnerOf(info)
	if t.Exists {
		want = t.Owner
		if t.dir.shared() && f.Owner == nil && !trusted(t.info) {
			return fmt.Errorf("%s: %w", t.Path, ErrForeignFile)
		}
	}
	want = want.with(f.Owner)
	if want.UID == have.UID {
		want.UID = -1
	}
	if want.GID == have.GID {
		want.GID = -1
	}
	if want != (Owner{-1, -1}) {
		if err := chown(temp, want); err != nil {
			return fmt.Errorf("%w of %s: %w", ErrOwner, t.Path, bare(err))
		}
	}
	if t.Exists {
		old, err := t.open(os.O_RDONLY)
		if err != nil {
			return err
		}
		defer old.Close()
		if lost := copyAttributes(old, temp); len(lost) > 0 {
			b.warn("%s loses its attributes %s: they could not be copied", t.Path, strings.Join(lost, ", "))
		}
	}
	return nil
}

// settleAll syncs and verifies the stages. The writing of all begins before the first one is waited for: a file system then
// commits them together.
func settleAll(stages []*staged) error {
	if len(stages) > 1 {
		for _, s := range stages {
			beginWriting(s.file)
		}
	}
	return sideBySide(len(stages), func(i int) error { return stages[i].settle() })
}

func (s *staged) settle() error {
	defer s.file.Close()
	return settle(s.path, s.file, s.data)
}

// settle syncs a file and compares what it holds with what was written.
func settle(path string, f *os.File, data []byte) error {
	if err := f.Sync(); err != nil {
		return plain(err, "cannot write "+path)
	}
	got := make([]byte, len(data)+1)
	n, err := f.ReadAt(got, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return plain(err, "cannot read back "+path)
	}
	if !bytes.Equal(got[:n], data) {
		return fmt.Errorf("cannot write %s: what was read back differs from what was written", path)
	}
	return nil
}

// sideBySide calls do with 0 to n-1, several at a time, and returns the first error: a file system writes out together what
// is synced at the same time. For a few calls other threads would cost more than they save.
func sideBySide(n int, do func(i int) error) error {
	const few, most = 4, 32 // each waits in a thread of its own
	workers := most
	if n <= few {
		workers = 1
	}
	errs := make([]error, n)
	parallel.Each(n, workers, func(i int) { errs[i] = do(i) })
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
