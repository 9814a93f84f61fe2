package atomicfile

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"path/filepath"
	"slices"
)

const (
	secretMode = 0o600
	plainMode  = 0o644
	otherBits  = 0o007
)

// Commit writes the files, one for each target and in the order in which they shall appear. All are complete and synced
// under temporary names before the first one is renamed; where a rename fails, those before it are taken back. What is
// changed where it stands comes before the renames, after its backup, and is taken back where a later file fails.
func (b *Batch) Commit(files []File) (err error) {
	if len(files) != len(b.Targets) || b.id == "" {
		return errors.New("atomicfile: Commit needs a file for each target of a writable batch")
	}
	var stages, journals, backups []*staged // backups: of what is overwritten
	defer func() {
		if err != nil {
			for _, s := range slices.Concat(stages, journals, backups) {
				s.discard()
			}
		}
	}()
	here, err := b.openChanges(files)
	defer here.close()
	if err != nil {
		return err
	}
	for i, f := range files {
		t := b.Targets[i]
		overwrites := here[i] != nil && here[i].overwrites
		if !f.Unchanged && !overwrites && mounted(t.dir, t.name) {
			return fmt.Errorf("%s: %w", t.Path, ErrMountPoint)
		}
		switch {
		case !f.Backup || !t.Exists:
		case overwrites:
			err = b.stageBackup(&backups, t, here[i].old)
		default:
			var old []byte
			if old, err = t.Read(); err == nil {
				err = b.stageBackup(&stages, t, old)
			}
		}
		if err != nil {
			return err
		}
		if f.Unchanged || overwrites {
			continue
		}
		if err := b.stageTo(&stages, t, f); err != nil {
			return err
		}
	}
	if len(stages) > 1 {
		if journals, err = b.stageJournals(stages); err != nil {
			return err
		}
	}
	if err := settleAll(slices.Concat(stages, journals, backups)); err != nil {
		return err
	}
	if err := renameBackups(backups); err != nil {
		return err
	}
	if err := here.make(); err != nil {
		return here.takeBack(err)
	}
	renamed, err := b.rename(stages, journals)
	if renamed {
		return err
	}
	return here.takeBack(err)
}

// stageTo adds a stage to others, so that it is removed with them even where it could not be completed.
func (b *Batch) stageTo(to *[]*staged, t *Target, f File) error {
	s, err := b.stage(t, f)
	if s != nil {
		*to = append(*to, s)
	}
	return err
}

// stageBackup stages the old content of a target. Owner, mode and attributes of an older backup do not matter.
func (b *Batch) stageBackup(to *[]*staged, t *Target, old []byte) error {
	bak := &Target{Path: t.Path + ".bak", dir: t.dir, name: t.name + ".bak"}
	if err := bak.look(); err != nil {
		return err
	}
	bak.Exists = false
	return b.stageTo(to, bak, File{Data: old, Mode: secretMode})
}

// renameBackups gives the backups their names, before anything of what they keep is overwritten.
func renameBackups(backups []*staged) error {
	for _, s := range backups {
		if err := s.dir.root.Rename(s.temp, s.name); err != nil {
			return plain(err, "cannot write "+s.path)
		}
	}
	return syncDirs(backups)
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

// Repairs reports whether a Commit of f changes owner or mode of the existing file.
func (t *Target) Repairs(f File) bool {
	return t.Exists && ((&Batch{}).mode(t, f) != t.Mode || t.Owner.with(f.Owner) != t.Owner)
}

// rename puts the staged files in place: all of them, or none.
func (b *Batch) rename(stages, journals []*staged) (renamed bool, err error) {
	if len(stages) == 0 {
		return true, nil
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
			return false, err
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
				return false, fmt.Errorf("%s: %w", s.path, ErrMountPoint)
			}
			return false, plain(err, "cannot replace "+s.path)
		}
	}
	err = syncDirs(stages)
	if several {
		for _, s := range stages {
			if s.kept != "" {
				s.dir.root.Remove(s.kept)
			}
		}
		b.removeJournal(stages) // should it come back after a crash, there is nothing left to rename
	}
	return true, err
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

// tempName is the name under which a file is written before it is renamed. Of a long name, a sum stands for the rest.
func tempName(id, name string) string {
	if len(name) > maxBaseName {
		sum := sha256.Sum256([]byte(name))
		name = fmt.Sprintf("%s-%x", name[:maxBaseName], sum[:4])
	}
	return ownPrefix + id + "-" + name
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
