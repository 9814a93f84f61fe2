package atomicfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
)

// change is what happens to an existing file where it stands: to its owner and mode, and to its content where it is overwritten.
type change struct {
	target *Target
	file   *os.File
	owner  Owner
	mode   fs.FileMode

	overwrites bool
	old, data  []byte

	dressed, written bool // whether that has begun
}

// changes are those of a batch, in the order of its targets; nil for a file that is renamed, or stays as it is.
type changes []*change

// openChanges opens what is to be changed where it stands, so that what cannot be is known before the first byte.
func (b *Batch) openChanges(files []File) (changes, error) {
	all := make(changes, len(files))
	for i, f := range files {
		t := b.Targets[i]
		if !t.Exists || !f.InPlace && !f.Unchanged {
			continue
		}
		c := &change{target: t, mode: b.mode(t, f), owner: t.Owner.with(f.Owner), overwrites: !f.Unchanged, data: f.Data}
		flag := os.O_RDONLY
		var err error
		switch {
		case c.overwrites:
			flag = os.O_RDWR
			if c.old, err = t.Read(); err != nil {
				return all, err
			}
		case !c.dresses():
			continue
		}
		if c.file, err = t.open(flag); err != nil {
			return all, err
		}
		all[i] = c
	}
	return all, nil
}

func (all changes) close() {
	for _, c := range all {
		if c != nil {
			c.file.Close()
		}
	}
}

// make changes the files, one after the other.
func (all changes) make() error {
	for _, c := range all {
		if c == nil {
			continue
		}
		if err := c.dress(c.owner, c.mode); err != nil { // first: what others could read, they must not see filled with a key
			return err
		}
		if err := c.write(); err != nil {
			return err
		}
	}
	return nil
}

// takeBack gives the files their old content, owner and mode again, as well as the system allows, where a later step failed with
// err.
func (all changes) takeBack(err error) error {
	errs := []error{err}
	written := false
	for _, c := range slices.Backward(all) {
		if c == nil {
			continue
		}
		written = written || c.written
		if failed := c.takeBack(); failed != nil {
			errs = append(errs, failed)
		}
	}
	if len(errs) > 1 || !written {
		return errors.Join(errs...)
	}
	return fmt.Errorf("%w; the old content was put back", err)
}

// dresses reports whether owner or mode change.
func (c *change) dresses() bool { return c.owner != c.target.Owner || c.mode != c.target.Mode }

// dress sets owner and mode.
func (c *change) dress(owner Owner, mode fs.FileMode) error {
	if !c.dresses() {
		return nil
	}
	c.dressed = true
	if c.owner != c.target.Owner {
		if err := chown(c.file, owner); err != nil {
			return fmt.Errorf("%w of %s: %w", ErrOwner, c.target.Path, bare(err))
		}
	}
	if err := c.file.Chmod(mode); err != nil {
		return plain(err, "cannot set the mode of "+c.target.Path)
	}
	return plainOrNil(c.file.Sync(), c.target.Path)
}

// write overwrites the content, if it is to be.
func (c *change) write() error {
	if !c.overwrites {
		return nil
	}
	c.written = true
	err := fill(c.file, c.data)
	if err == nil {
		err = settle(c.target.Path, c.file, c.data)
	}
	if err != nil {
		return fmt.Errorf("cannot write %s: %w", c.target.Path, bare(err))
	}
	return nil
}

// takeBack undoes what was begun. A file whose new content may still be in it keeps the mode that goes with that.
func (c *change) takeBack() error {
	if c.written {
		err := fill(c.file, c.old)
		if err == nil {
			err = c.file.Sync()
		}
		if err != nil {
			return fmt.Errorf("cannot put the old content of %s back: %w", c.target.Path, bare(err))
		}
	}
	if !c.dressed {
		return nil
	}
	return c.dress(c.target.Owner, c.target.Mode)
}

func fill(f *os.File, data []byte) error {
	if _, err := f.WriteAt(data, 0); err != nil {
		return err
	}
	return f.Truncate(int64(len(data)))
}
