package settings

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Find returns the path of the settings file that counts for files in dir: the nearest in dir and the directories above,
// up to the root of the repository (the directory that holds .git). It is empty where there is none.
func Find(dir string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	for {
		candidate := filepath.Join(dir, Name)
		info, err := os.Lstat(candidate)
		switch {
		case err == nil && !info.IsDir() && ours(dir, info):
			return candidate, nil
		case err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrPermission):
			return "", err
		}
		if _, err := os.Lstat(filepath.Join(dir, ".git")); err == nil {
			return "", nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", nil
		}
		dir = parent
	}
}

// ours reports whether the file may be believed: in a directory such as /tmp anybody can put one.
func ours(dir string, file fs.FileInfo) bool {
	info, err := os.Stat(dir)
	if err != nil {
		return false
	}
	const others = 0o002
	return info.Mode().Perm()&others == 0 || ownedByCaller(file)
}

// Read reads the settings file at path, which name stands for in positions.
func Read(path, name string, known Known) (Settings, error) {
	f, err := os.Open(path)
	if err != nil {
		return Settings{}, err
	}
	defer f.Close()
	src, err := io.ReadAll(io.LimitReader(f, MaxSize+1))
	if err != nil {
		return Settings{}, fmt.Errorf("%s: %w", name, err)
	}
	s, problems := Parse(name, src, known)
	if len(problems) > 0 {
		return Settings{}, problems
	}
	return s, nil
}
