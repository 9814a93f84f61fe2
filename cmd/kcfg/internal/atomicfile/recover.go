package atomicfile

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// stageJournals writes the journal of the stages under a temporary name: in their home, the first one's directory, and a
// pointer to it in every other directory. The one at home comes last.
func (b *Batch) stageJournals(stages []*staged) ([]*staged, error) {
	home := stages[0].dir
	j := journal{home: home.path}
	var pointers []*dir
	for _, s := range stages {
		sum := sha256.Sum256(s.data)
		j.renames = append(j.renames, rename{s.dir.path, s.temp, s.name, hex.EncodeToString(sum[:])})
		if s.dir != home && !slices.Contains(pointers, s.dir) {
			pointers = append(pointers, s.dir)
		}
	}
	var out []*staged
	for _, d := range pointers {
		s, err := b.stageJournal(d, journal{home: home.path})
		if s != nil {
			out = append(out, s)
		}
		if err != nil {
			return out, err
		}
	}
	s, err := b.stageJournal(home, j)
	if s != nil {
		out = append(out, s)
	}
	return out, err
}

func (b *Batch) stageJournal(d *dir, j journal) (*staged, error) {
	s := &staged{dir: d, temp: ownPrefix + b.id + "-new" + journalSuffix, name: ownPrefix + b.id + journalSuffix, data: j.encode()}
	s.path = filepath.Join(d.path, s.name)
	var err error
	if s.file, err = d.root.OpenFile(s.temp, os.O_RDWR|os.O_CREATE|os.O_EXCL, secretMode); err != nil {
		return nil, plain(err, "cannot write in "+d.path)
	}
	if _, err := s.file.Write(s.data); err != nil {
		return s, plain(err, "cannot write in "+d.path)
	}
	return s, nil
}

// decide gives the journals their names, and with that at home decides the set. The names in one directory reach the disk in
// order: temporaries, journal, renames. Only between directories does syncing make the order, so that within one, the sync at
// the end is the only one.
func decide(journals []*staged) error {
	pointers, home := journals[:len(journals)-1], journals[len(journals)-1]
	for _, s := range pointers {
		if err := s.dir.root.Rename(s.temp, s.name); err != nil {
			return plain(err, "cannot write in "+s.dir.path)
		}
	}
	if err := syncDirs(pointers); err != nil {
		return err
	}
	if err := home.dir.root.Rename(home.temp, home.name); err != nil {
		return plain(err, "cannot write in "+home.dir.path)
	}
	if len(pointers) == 0 {
		return nil
	}
	return syncDir(home.dir)
}

// removeJournal ends the set: first at home, which decides it.
func (b *Batch) removeJournal(stages []*staged) {
	for _, s := range stages {
		s.dir.root.Remove(ownPrefix + b.id + journalSuffix)
	}
}

// recover completes the sets that were decided in the directory and removes everything else that killed runs have left.
// The directory is locked: no other run is at work in it.
func (b *Batch) recover(d *dir) error {
	names, err := leftovers(d)
	if err != nil || len(names) == 0 {
		return err
	}
	for _, name := range names {
		id, isJournal := strings.CutSuffix(strings.TrimPrefix(name, ownPrefix), journalSuffix)
		if isJournal && len(id) == idLength {
			if err := b.complete(d, name); err != nil {
				return err
			}
		}
	}
	for _, name := range names {
		if err := d.root.Remove(name); err == nil {
			b.Recovered = append(b.Recovered, "removed "+filepath.Join(d.path, name)+", left by an interrupted run")
		}
	}
	return syncDir(d)
}

// leftovers lists the regular files of this caller that carry a name of ours.
func leftovers(d *dir) ([]string, error) {
	f, err := d.root.Open(".") // its own offset
	if err != nil {
		return nil, plain(err, d.path)
	}
	defer f.Close()
	all, err := f.Readdirnames(-1)
	if err != nil {
		return nil, plain(err, d.path)
	}
	var names []string
	for _, name := range all {
		id, ok := strings.CutPrefix(name, ownPrefix)
		if !ok || len(id) <= idLength || !hexadecimal(id[:idLength]) || id[idLength] != '-' && id[idLength] != '.' {
			continue
		}
		if info, err := d.root.Lstat(name); err == nil && info.Mode().IsRegular() && (ours(info) || os.Geteuid() == 0) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names, nil
}

func hexadecimal(s string) bool {
	return strings.Trim(s, "0123456789abcdef") == ""
}

// complete finishes the set of a journal. Names and directories come from a file that only this caller can have written.
func (b *Batch) complete(d *dir, name string) error {
	j, ok := readJournal(d, name)
	if !ok {
		return nil
	}
	if len(j.renames) == 0 { // a pointer
		home, err := b.lateDirectory(j.home)
		if err != nil || home == nil {
			return err
		}
		if j, ok = readJournal(home, name); !ok || len(j.renames) == 0 {
			return nil // never decided, or already done
		}
	}
	for _, r := range j.renames {
		if filepath.Base(r.name) != r.name || filepath.Base(r.temp) != r.temp {
			continue
		}
		to, err := b.lateDirectory(r.dir)
		if err != nil {
			return err
		}
		if to == nil || !r.intact(to) {
			continue
		}
		if info, err := to.root.Lstat(r.name); err == nil && !info.Mode().IsRegular() {
			continue
		}
		if err := to.root.Rename(r.temp, r.name); err != nil {
			return plain(err, "cannot complete the interrupted write of "+filepath.Join(r.dir, r.name))
		}
		if err := syncDir(to); err != nil {
			return err
		}
		b.Recovered = append(b.Recovered, "completed the interrupted write of "+filepath.Join(r.dir, r.name))
	}
	home, err := b.lateDirectory(j.home)
	if err != nil || home == nil {
		return err
	}
	home.root.Remove(name)
	return syncDir(home)
}

// lateDirectory opens and locks a directory that a journal names; nil where it is gone or not safe.
func (b *Batch) lateDirectory(path string) (*dir, error) {
	for _, d := range b.dirs {
		if d.path == path {
			return d, nil
		}
	}
	if real, err := resolve(filepath.Join(path, "x")); err != nil || filepath.Dir(real) != path {
		return nil, nil
	}
	d, err := b.directory(path)
	if err != nil {
		return nil, nil
	}
	return d, d.lock()
}

// intact reports whether the temporary is there with the content that was decided.
func (r rename) intact(d *dir) bool {
	data, err := readOurs(d, r.temp, MaxSize)
	if err != nil {
		return false
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:]) == r.sha256
}

// readJournal reads a journal that nobody but the caller can have written.
func readJournal(d *dir, name string) (j journal, ok bool) {
	data, err := readOurs(d, name, maxJournal)
	if err != nil {
		return j, false
	}
	return parseJournal(string(data))
}

var errNotOurs = errors.New("not a file of this caller")

func readOurs(d *dir, name string, limit int64) ([]byte, error) {
	f, err := d.root.OpenFile(name, os.O_RDONLY|openFlags, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	isJournal := strings.HasSuffix(name, journalSuffix)
	if !info.Mode().IsRegular() || info.Size() > limit || isJournal && (!ours(info) || info.Mode().Perm()&^fs.FileMode(secretMode) != 0) {
		return nil, errNotOurs
	}
	return io.ReadAll(io.LimitReader(f, limit))
}

func syncDir(d *dir) error {
	if err := d.self.Sync(); err != nil && !unsupportedSync(err) {
		return fmt.Errorf("cannot sync %s: %w", d.path, bare(err))
	}
	return nil
}
