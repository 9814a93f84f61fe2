package atomicfile

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
)

const (
	secretMode = 0o600
	plainMode  = 0o644
	otherBits  = 0o007
)

// Commit writes the files, one for each target and in the order in which they shall appear. All are complete and synced
// under temporary names before the first one is renamed; where a rename fails, those before it are taken back.
func (b *Batch) Commit(files []File) (err error) {
	if len(files) != len(b.Targets) || b.id == "" {
		return errors.New("atomicfile: Commit needs a file for each target of a writable batch")
	}
	var stages, journals []*staged
	defer func() {
		if err != nil {
			for _, s := range slices.Concat(stages, journals) {
				s.discard()
			}
		}
	}()
	stage := func(t *Target, f File) error {
		s, err := b.stage(t, f)
		if s != nil {
			stages = append(stages, s)
		}
		return err
	}
	for i, f := range files {
		t := b.Targets[i]
		if f.InPlace && t.Exists {
			continue
		}
		if !f.Unchanged && mounted(t.dir, t.name) {
			return fmt.Errorf("%s: %w", t.Path, ErrMountPoint)
		}
		if f.Backup && t.Exists {
			old, err := t.Read()
			if err != nil {
				return err
			}
			bak := &Target{Path: t.Path + ".bak", dir: t.dir, name: t.name + ".bak"}
			if err := bak.look(); err != nil {
				return err
			}
			bak.Exists = false // its owner, mode and attributes do not matter
			if err := stage(bak, File{Data: old, Mode: secretMode}); err != nil {
				return err
			}
		}
		if f.Unchanged {
			continue
		}
		if err := stage(t, f); err != nil {
			return err
		}
	}
	if len(stages) > 1 {
		if journals, err = b.stageJournals(stages); err != nil {
			return err
		}
	}
	if err := settleAll(slices.Concat(stages, journals)); err != nil {
		return err
	}
	for i, f := range files {
		t := b.Targets[i]
		switch {
		case f.Unchanged && t.Exists:
			err = b.repair(t, f)
		case f.InPlace && t.Exists:
			err = b.overwrite(t, f)
		}
		if err != nil {
			return err
		}
	}
	return b.rename(stages, journals)
}

// with replaces what is set in o.
func (w Owner) with(o *Owner) Owner {
	if o == nil {
		return w
	}
	if o.UID >= 0 {
		w.UID = o.UID
	}
	if o.GID >= 0 {
		w.GID = o.GID
	}
	return w
}

// shared reports whether others may make files in the directory, as in /tmp.
func (d *dir) shared() bool { return worldWritable(d.info) }

// mode is what the file's permissions shall be.
func (b *Batch) mode(t *Target, f File) fs.FileMode {
	switch {
	case f.Mode != 0:
		return f.Mode.Perm()
	case t.Exists && f.Secret && t.Mode&otherBits != 0:
		mode := t.Mode &^ otherBits
		b.warn("%s had mode %04o and holds a key or a password: it gets %04o, so that other users cannot read it", t.Path, t.Mode, mode)
		return mode
	case t.Exists:
		return t.Mode
	case f.Secret:
		return secretMode
	}
	return plainMode
}

// repair sets owner and mode of a file whose content stays.
func (b *Batch) repair(t *Target, f File) error {
	mode, want := b.mode(t, f), t.Owner.with(f.Owner)
	if mode == t.Mode && want == t.Owner {
		return nil
	}
	file, err := t.open(os.O_RDONLY)
	if err != nil {
		return err
	}
	defer file.Close()
	if want != t.Owner {
		if err := chown(file, want); err != nil {
			return fmt.Errorf("%w of %s: %w", ErrOwner, t.Path, bare(err))
		}
	}
	if err := file.Chmod(mode); err != nil {
		return plain(err, "cannot set the mode of "+t.Path)
	}
	return plainOrNil(file.Sync(), t.Path)
}

// Repairs reports whether a Commit of f changes owner or mode of the existing file.
func (t *Target) Repairs(f File) bool {
	return t.Exists && ((&Batch{}).mode(t, f) != t.Mode || t.Owner.with(f.Owner) != t.Owner)
}

// overwrite writes into the existing file. Where that fails the old bytes are put back as well as the system allows.
func (b *Batch) overwrite(t *Target, f File) error {
	old, err := t.Read()
	if err != nil {
		return err
	}
	file, err := t.open(os.O_RDWR)
	if err != nil {
		return err
	}
	defer file.Close()
	if err := b.repair(t, f); err != nil { // first: what others could read, they must not see filled with a key
		return err
	}
	err = fill(file, f.Data)
	if err == nil {
		err = settle(t.Path, file, f.Data)
	}
	if err == nil {
		return nil
	}
	if undo := fill(file, old); undo != nil {
		return fmt.Errorf("cannot write %s (%w), nor put its old content back (%w)", t.Path, bare(err), bare(undo))
	}
	return errors.Join(fmt.Errorf("cannot write %s: %w; the old content was put back", t.Path, bare(err)), file.Sync())
}

func fill(f *os.File, data []byte) error {
	if _, err := f.WriteAt(data, 0); err != nil {
		return err
	}
	return f.Truncate(int64(len(data)))
}

// rename puts the staged files in place.
func (b *Batch) rename(stages, journals []*staged) error {
	if len(stages) == 0 {
		return nil
	}
	several := len(stages) > 1
	if several {
		for _, s := range stages { // a second name, so that a failure can be taken back
			kept := tempName(b.id, s.name) + ".old"
			if s.dir.root.Link(s.name, kept) == nil {
				s.kept = kept
			}
		}
		if err := decide(journals); err != nil {
			b.removeJournal(stages)
			return err
		}
	}
	for i, s := range stages {
		if err := s.dir.root.Rename(s.temp, s.name); err != nil {
			takeBack(stages[:i])
			if several {
				b.removeJournal(stages)
				syncDirs(stages)
			}
			if busy(err) {
				return fmt.Errorf("%s: %w", s.path, ErrMountPoint)
			}
			return plain(err, "cannot replace "+s.path)
		}
	}
	err := syncDirs(stages)
	if several {
		for _, s := range stages {
			if s.kept != "" {
				s.dir.root.Remove(s.kept)
			}
		}
		b.removeJournal(stages) // should it come back after a crash, there is nothing left to rename
	}
	return err
}

// takeBack undoes renames. The new files get their temporary names again first: should this process die now, the journal
// still stands and the next run goes forward.
func takeBack(stages []*staged) {
	for _, s := range slices.Backward(stages) {
		if s.kept == "" && !s.new {
			continue // the old file could not be kept under a second name: leave the new one
		}
		s.dir.root.Link(s.name, s.temp)
		if s.new {
			s.dir.root.Remove(s.name)
			continue
		}
		s.dir.root.Rename(s.kept, s.name)
		s.kept = ""
	}
}

// syncDirs syncs the directories of the stages, side by side.
func syncDirs(stages []*staged) error {
	var dirs []*dir
	for _, s := range stages {
		if !slices.Contains(dirs, s.dir) {
			dirs = append(dirs, s.dir)
		}
	}
	return sideBySide(len(dirs), func(i int) error { return syncDir(dirs[i]) })
}

func (b *Batch) warn(format string, args ...any) {
	if w := fmt.Sprintf(format, args...); !slices.Contains(b.Warnings, w) {
		b.Warnings = append(b.Warnings, w)
	}
}

const (
	ownPrefix   = ".kcfg-" // what every name of ours starts with
	idLength    = 16
	maxBaseName = 180 // leaves room for prefix and suffix within the 255 bytes of a name
)

// tempName is the name under which a file is written before it is renamed.
func tempName(id, name string) string {
	return ownPrefix + id + "-" + name[:min(len(name), maxBaseName)]
}

// newID tells the temporaries of one run from those of others. It keeps nobody from anything: they are made with O_EXCL.
func newID() string { return fmt.Sprintf("%0*x", idLength, rand.Uint64()) }

func bare(err error) error {
	return errors.Unwrap(plain(err, ""))
}

func plainOrNil(err error, path string) error {
	if err == nil {
		return nil
	}
	return plain(err, path)
}

// Dir returns the directory in which the target lies.
func (t *Target) Dir() string { return filepath.Dir(t.Real) }
