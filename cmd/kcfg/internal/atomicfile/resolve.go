package atomicfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// MissingError says that a directory on the way to a file does not exist.
type MissingError struct{ Path, Dir string }

func (e *MissingError) Error() string {
	return fmt.Sprintf("%s: directory %s: %v", e.Path, e.Dir, fs.ErrNotExist)
}

// Unwrap returns [fs.ErrNotExist].
func (e *MissingError) Unwrap() error { return fs.ErrNotExist }

const maxLinks = 40 // as the kernel

// resolve returns the absolute path that a path leads to once every link on it is followed. A link is followed only
// where root or the caller owns it: the owner of a link can point it anywhere. The last element need not exist.
func resolve(path string) (string, error) {
	if path == "" {
		return "", errors.New("the empty path names no file")
	}
	if strings.HasSuffix(path, string(filepath.Separator)) {
		return "", fmt.Errorf("%s is a directory: %w", path, ErrNotRegular)
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	volume := filepath.VolumeName(abs)
	done := volume + string(filepath.Separator)
	rest := elements(abs[len(volume):])
	for links := 0; len(rest) > 0; {
		name := rest[0]
		rest = rest[1:]
		next := filepath.Join(done, name) // also does ".."
		info, err := os.Lstat(next)
		switch {
		case errors.Is(err, fs.ErrNotExist) && len(rest) == 0:
			return next, nil
		case errors.Is(err, fs.ErrNotExist):
			return "", &MissingError{path, filepath.Join(next, filepath.Join(rest[:len(rest)-1]...))}
		case err != nil:
			return "", plain(err, next)
		case info.Mode()&fs.ModeSymlink == 0:
			if len(rest) > 0 && !info.IsDir() {
				return "", fmt.Errorf("%s: %s is not a directory", path, next)
			}
			done = next
			continue
		}
		if links++; links > maxLinks {
			return "", fmt.Errorf("%s: too many links", path)
		}
		if !trusted(info) {
			return "", fmt.Errorf("%s: %s: %w", path, next, ErrForeignLink)
		}
		to, err := os.Readlink(next)
		if err != nil {
			return "", plain(err, next)
		}
		if filepath.IsAbs(to) {
			volume = filepath.VolumeName(to)
			done, to = volume+string(filepath.Separator), to[len(volume):]
		}
		rest = append(elements(to), rest...)
	}
	return done, nil
}

func elements(path string) []string {
	return strings.FieldsFunc(path, func(r rune) bool { return os.IsPathSeparator(uint8(r)) && r < 0x80 })
}
