package atomicfile

import (
	"errors"
	"fmt"
	"os"
	"slices"
)

// overwriting is an existing file on its way to new content.
type overwriting struct {
	target *Target
	file   *os.File
	old    []byte
	data   []byte
	done   bool
}

// overwritings are those of a batch.
type overwritings []*overwriting

// openInPlace opens what is to be overwritten, so that what cannot be is known before the first byte.
func (b *Batch) openInPlace(files []File) (all overwritings, err error) {
	for i, f := range files {
		t := b.Targets[i]
		if !f.InPlace || !t.Exists || f.Unchanged {
			continue
		}
		o := &overwriting{target: t, data: f.Data}
		if o.old, err = t.Read(); err != nil {
			return all, err
		}
		if o.file, err = t.open(os.O_RDWR); err != nil {
			return all, err
		}
		all = append(all, o)
	}
	return all, nil
}

func (all overwritings) close() {
	for _, o := range all {
		o.file.Close()
	}
}

// write overwrites the file of a target. Where that fails, all that were written get their old content again, as well as the
// system allows.
func (all overwritings) write(t *Target) error {
	i := slices.IndexFunc(all, func(o *overwriting) bool { return o.target == t })
	o := all[i]
	o.done = true
	err := fill(o.file, o.data)
	if err == nil {
		err = settle(t.Path, o.file, o.data)
	}
	if err == nil {
		return nil
	}
	err = fmt.Errorf("cannot write %s: %w", t.Path, bare(err))
	if undo := all.putBack(); undo != nil {
		return errors.Join(err, undo)
	}
	return fmt.Errorf("%w; the old content was put back", err)
}

// putBack gives the files that were overwritten their old content again.
func (all overwritings) putBack() error {
	var errs []error
	for _, o := range slices.Backward(all) {
		if !o.done {
			continue
		}
		o.done = false
		err := fill(o.file, o.old)
		if err == nil {
			err = o.file.Sync()
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("cannot put the old content of %s back: %w", o.target.Path, bare(err)))
		}
	}
	return errors.Join(errs...)
}

func fill(f *os.File, data []byte) error {
	if _, err := f.WriteAt(data, 0); err != nil {
		return err
	}
	return f.Truncate(int64(len(data)))
}
