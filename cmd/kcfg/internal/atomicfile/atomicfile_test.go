package atomicfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func write(t *testing.T, path, text string, mode fs.FileMode) {
	t.Helper()
	require.NoError(t, os.WriteFile(path, []byte(text), mode))
	require.NoError(t, os.Chmod(path, mode))
}

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(b)
}

// commit writes the files to paths as one step.
func commit(t *testing.T, paths []string, files ...File) (*Batch, error) {
	t.Helper()
	b, err := Open(false, paths...)
	if err != nil {
		return nil, err
	}
	defer b.Close()
	return b, b.Commit(files)
}

// names lists a directory: no leftover may be among them.
func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	var out []string
	for _, e := range entries {
		out = append(out, e.Name())
	}
	return out
}

func mode(t *testing.T, path string) fs.FileMode {
	t.Helper()
	info, err := os.Stat(path)
	require.NoError(t, err)
	return info.Mode().Perm()
}

func TestModes(t *testing.T) {
	for _, c := range []struct {
		name    string
		old     fs.FileMode // 0: no old file
		file    File
		want    fs.FileMode
		warning bool
	}{
		{name: "new secret", file: File{Secret: true}, want: 0o600},
		{name: "new trust store", want: 0o644},
		{name: "mode given", file: File{Secret: true, Mode: 0o640}, want: 0o640},
		{name: "old mode stays", old: 0o640, file: File{Secret: true}, want: 0o640},
		{name: "a secret loses the bits of others", old: 0o644, file: File{Secret: true}, want: 0o640, warning: true},
		{name: "a trust store keeps them", old: 0o664, want: 0o664},
		{name: "mode given beats the old one", old: 0o640, file: File{Secret: true, Mode: 0o604}, want: 0o604},
		{name: "unchanged, mode repaired", old: 0o604, file: File{Secret: true, Unchanged: true}, want: 0o600, warning: true},
		{name: "unchanged, mode given", old: 0o600, file: File{Secret: true, Unchanged: true, Mode: 0o640}, want: 0o640},
		{name: "in place", old: 0o644, file: File{Secret: true, InPlace: true}, want: 0o640, warning: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "f")
			if c.old != 0 {
				write(t, path, "old", c.old)
			}
			c.file.Data = []byte("new content")
			b, err := commit(t, []string{path}, c.file)
			require.NoError(t, err)
			require.Equal(t, c.want, mode(t, path))
			require.Equal(t, c.warning, len(b.Warnings) > 0, "%v", b.Warnings)
			want := "new content"
			if c.file.Unchanged {
				want = "old"
			}
			require.Equal(t, want, read(t, path))
			require.Equal(t, []string{"f"}, names(t, filepath.Dir(path)))
		})
	}
}

func TestRefusals(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(dir, "open"), 0o700))
	require.NoError(t, os.Chmod(filepath.Join(dir, "open"), 0o777))
	require.NoError(t, os.Mkdir(filepath.Join(dir, "d"), 0o700))
	require.NoError(t, os.Symlink("loop", filepath.Join(dir, "loop")))
	write(t, filepath.Join(dir, "f"), "", 0o600)
	for _, c := range []struct {
		path, want string
		is         error
	}{
		{"d", "d is a directory", ErrNotRegular},
		{"d/", "d/ is a directory", ErrNotRegular},
		{"open/f", "open: directory is writable by every user", ErrWorldWritable},
		{"absent/f", "absent: file does not exist", fs.ErrNotExist},
		{"f/f", "f is not a directory", nil},
		{"loop", "too many links", nil},
	} {
		_, err := Open(false, dir+"/"+c.path)
		require.ErrorContains(t, err, c.want)
		if c.is != nil {
			require.ErrorIs(t, err, c.is)
		}
	}
	_, err := Open(false, dir+"/d/x", dir+"/d/../d/x")
	require.ErrorContains(t, err, "are the same file")
	_, err = Open(false, dir+"/d/x", dir+"/d/x")
	require.ErrorContains(t, err, "d/x would be written twice")
	_, err = Open(false, "")
	require.ErrorContains(t, err, "the empty path names no file")
}

func TestAStickyDirectoryIsFine(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "tmp")
	require.NoError(t, os.Mkdir(dir, 0o700))
	require.NoError(t, os.Chmod(dir, 0o777|fs.ModeSticky))
	_, err := commit(t, []string{filepath.Join(dir, "f")}, File{Data: []byte("x")})
	require.NoError(t, err)
}

func TestALinkIsFollowedAndStays(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(dir, "real"), 0o700))
	write(t, filepath.Join(dir, "real", "cacerts"), "old", 0o644)
	require.NoError(t, os.Symlink("real/cacerts", filepath.Join(dir, "link")))
	b, err := commit(t, []string{filepath.Join(dir, "link")}, File{Data: []byte("new")})
	require.NoError(t, err)
	require.Equal(t, "new", read(t, filepath.Join(dir, "real", "cacerts")))
	require.True(t, strings.HasSuffix(b.Targets[0].Real, "real/cacerts"), b.Targets[0].Real)
	to, err := os.Readlink(filepath.Join(dir, "link"))
	require.NoError(t, err)
	require.Equal(t, "real/cacerts", to)
}

func TestADanglingLinkIsFollowed(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.Symlink("target", filepath.Join(dir, "link")))
	_, err := commit(t, []string{filepath.Join(dir, "link")}, File{Data: []byte("new")})
	require.NoError(t, err)
	require.Equal(t, "new", read(t, filepath.Join(dir, "target")))
}

func TestBackup(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "f")
	write(t, path, "old", 0o644)
	write(t, path+".bak", "older", 0o644)
	_, err := commit(t, []string{path}, File{Data: []byte("new"), Backup: true})
	require.NoError(t, err)
	require.Equal(t, "old", read(t, path+".bak"))
	require.Equal(t, fs.FileMode(0o600), mode(t, path+".bak"))
	require.Equal(t, "new", read(t, path))
	require.Equal(t, []string{"f", "f.bak"}, names(t, dir))
}

func TestSeveralFilesAllOrNothing(t *testing.T) {
	one, two := t.TempDir(), t.TempDir()
	trust, key := filepath.Join(one, "trust"), filepath.Join(two, "key")
	write(t, trust, "old trust", 0o644)

	b, err := Open(false, trust, key)
	require.NoError(t, err)
	require.NoError(t, os.Mkdir(key, 0o700)) // the second rename must fail
	err = b.Commit([]File{{Data: []byte("new trust")}, {Data: []byte("new key")}})
	b.Close()
	require.ErrorContains(t, err, "cannot replace "+key)
	require.Equal(t, "old trust", read(t, trust))
	require.Equal(t, []string{"trust"}, names(t, one))
	require.Equal(t, []string{"key"}, names(t, two))

	require.NoError(t, os.Remove(key))
	_, err = commit(t, []string{trust, key}, File{Data: []byte("new trust")}, File{Data: []byte("new key")})
	require.NoError(t, err)
	require.Equal(t, "new trust", read(t, trust))
	require.Equal(t, "new key", read(t, key))
	require.Equal(t, []string{"trust"}, names(t, one))
	require.Equal(t, []string{"key"}, names(t, two))
}

func TestANewFileIsTakenBack(t *testing.T) {
	dir := t.TempDir()
	a, c := filepath.Join(dir, "a"), filepath.Join(dir, "c")
	b, err := Open(false, a, c)
	require.NoError(t, err)
	require.NoError(t, os.Mkdir(c, 0o700))
	require.Error(t, b.Commit([]File{{Data: []byte("a")}, {Data: []byte("c")}}))
	b.Close()
	require.Equal(t, []string{"c"}, names(t, dir))
}

// die does what Commit does up to a moment and stops there, as a killed process would.
func die(t *testing.T, paths []string, decided bool, renamed int) {
	t.Helper()
	b, err := Open(false, paths...)
	require.NoError(t, err)
	defer b.Close()
	var stages []*staged
	for i, target := range b.Targets {
		s, err := b.stage(target, File{Data: []byte("new " + target.name), Secret: i == 1})
		require.NoError(t, err)
		stages = append(stages, s)
	}
	journals, err := b.stageJournals(stages)
	require.NoError(t, err)
	require.NoError(t, settleAll(slices.Concat(stages, journals)))
	if decided {
		require.NoError(t, decide(journals))
	} else {
		for _, j := range journals[:len(journals)-1] { // pointers alone decide nothing
			require.NoError(t, j.dir.root.Rename(j.temp, j.name))
		}
	}
	for _, s := range stages[:renamed] {
		require.NoError(t, s.dir.root.Rename(s.temp, s.name))
	}
}

func TestTheNextRunCompletesOrRemoves(t *testing.T) {
	for _, c := range []struct {
		name    string
		decided bool
		renamed int
		next    int // which of the two directories the next run opens
		want    string
	}{
		{"staged only", false, 0, 0, "old"},
		{"decided", true, 0, 0, "new"},
		{"decided, next run elsewhere", true, 0, 1, "new"},
		{"first renamed", true, 1, 0, "new"},
		{"first renamed, next run elsewhere", true, 1, 1, "new"},
		{"both renamed", true, 2, 0, "new"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dirs := []string{t.TempDir(), t.TempDir()}
			paths := []string{filepath.Join(dirs[0], "trust"), filepath.Join(dirs[1], "key")}
			for _, p := range paths {
				write(t, p, "old "+filepath.Base(p), 0o600)
			}
			die(t, paths, c.decided, c.renamed)
			b, err := Open(false, filepath.Join(dirs[c.next], "other"))
			require.NoError(t, err)
			b.Close()
			require.Equal(t, c.renamed == 2, len(b.Recovered) == 0, "%v", b.Recovered)
			b, err = Open(false, filepath.Join(dirs[1-c.next], "other"))
			require.NoError(t, err)
			b.Close()
			for i, p := range paths {
				require.Equal(t, c.want+" "+filepath.Base(p), read(t, p))
				require.Equal(t, []string{filepath.Base(p)}, names(t, dirs[i]))
			}
		})
	}
}

func TestAChangedTemporaryIsNotRenamed(t *testing.T) {
	dir := t.TempDir()
	paths := []string{filepath.Join(dir, "trust"), filepath.Join(dir, "key")}
	die(t, paths, true, 0)
	for _, n := range names(t, dir) {
		if strings.HasSuffix(n, "-key") {
			write(t, filepath.Join(dir, n), "evil", 0o600)
		}
	}
	b, err := Open(false, paths...)
	require.NoError(t, err)
	b.Close()
	require.Equal(t, []string{"trust"}, names(t, dir))
}

func TestForeignNamesStay(t *testing.T) {
	dir := t.TempDir()
	keep := []string{".kcfg-0123456789abcde", ".kcfg-notes", ".kcfg-0123456789abcdefx", ".kcfg.yaml"}
	for _, n := range keep {
		write(t, filepath.Join(dir, n), "", 0o600)
	}
	write(t, filepath.Join(dir, ".kcfg-0123456789abcdef-f"), "", 0o600)
	b, err := Open(false, filepath.Join(dir, "f"))
	require.NoError(t, err)
	b.Close()
	slices.Sort(keep)
	require.Equal(t, keep, names(t, dir))
}

func TestReadOnlyTouchesNothing(t *testing.T) {
	dir := t.TempDir()
	left := filepath.Join(dir, ".kcfg-0123456789abcdef-f")
	write(t, left, "", 0o600)
	b, err := Open(true, filepath.Join(dir, "f"))
	require.NoError(t, err)
	defer b.Close()
	require.Equal(t, "", read(t, left))
	require.Error(t, b.Commit([]File{{}}))
}

func TestALockedDirectoryWaits(t *testing.T) {
	dir := t.TempDir()
	first, err := Open(false, filepath.Join(dir, "f"))
	require.NoError(t, err)
	done := make(chan error)
	go func() {
		second, err := Open(false, filepath.Join(dir, "f"))
		if err == nil {
			got, readErr := second.Targets[0].Read()
			err = errors.Join(readErr, second.Commit([]File{{Data: append(got, " second"...)}}))
			second.Close()
		}
		done <- err
	}()
	require.NoError(t, first.Commit([]File{{Data: []byte("first")}}))
	first.Close()
	require.NoError(t, <-done)
	require.Equal(t, "first second", read(t, filepath.Join(dir, "f")))
}

func TestALargeOldFileIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	write(t, path, "", 0o600)
	require.NoError(t, os.Truncate(path, MaxSize+1))
	b, err := Open(false, path)
	require.NoError(t, err)
	defer b.Close()
	_, err = b.Targets[0].Read()
	require.ErrorIs(t, err, ErrTooLarge)
	require.NoError(t, os.Truncate(path, MaxSize))
	data, err := b.Targets[0].Read()
	require.NoError(t, err)
	require.Len(t, data, MaxSize)
}

func TestInPlaceKeepsABackup(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.jks")
	write(t, path, "old", 0o640)
	_, err := commit(t, []string{path}, File{Data: []byte("new"), Backup: true, InPlace: true})
	require.NoError(t, err)
	require.Equal(t, "new", read(t, path))
	require.Equal(t, "old", read(t, path+".bak"))
	require.Equal(t, fs.FileMode(secretMode), mode(t, path+".bak"))
	require.Equal(t, []string{"a.jks", "a.jks.bak"}, names(t, dir))
}

func TestWhatWasOverwrittenIsPutBackWhereALaterFileFails(t *testing.T) {
	dir := t.TempDir()
	first, second := filepath.Join(dir, "a"), filepath.Join(dir, "b")
	write(t, first, "old and longer", 0o644)
	b, err := Open(false, first, second)
	require.NoError(t, err)
	defer b.Close()
	require.NoError(t, os.Mkdir(second, 0o755)) // so that its rename fails
	require.Error(t, b.Commit([]File{{Data: []byte("new"), InPlace: true}, {Data: []byte("new")}}))
	require.Equal(t, "old and longer", read(t, first))
	require.Equal(t, []string{"a", "b"}, names(t, dir))
}

func TestModesAreTakenBackWhereALaterFileFails(t *testing.T) {
	for _, f := range []File{
		{Data: []byte("new"), InPlace: true, Mode: 0o600},
		{Data: []byte("new"), InPlace: true, Secret: true}, // others could read it
		{Unchanged: true, Mode: 0o600},
	} {
		dir := t.TempDir()
		first, second := filepath.Join(dir, "a"), filepath.Join(dir, "b")
		write(t, first, "old and longer", 0o644)
		b, err := Open(false, first, second)
		require.NoError(t, err)
		require.NoError(t, os.Mkdir(second, 0o755)) // so that its rename fails
		err = b.Commit([]File{f, {Data: []byte("new")}})
		b.Close()
		require.ErrorContains(t, err, "cannot replace "+second)
		require.Equal(t, !f.Unchanged, strings.Contains(err.Error(), "the old content was put back"), err)
		require.Equal(t, "old and longer", read(t, first))
		require.Equal(t, fs.FileMode(0o644), mode(t, first))
	}
}

func TestNothingIsOverwrittenWhereALaterFileCannotBe(t *testing.T) {
	dir := t.TempDir()
	first, second := filepath.Join(dir, "a"), filepath.Join(dir, "b")
	write(t, first, "old", 0o644)
	write(t, second, "old", 0o644)
	b, err := Open(false, first, second)
	require.NoError(t, err)
	defer b.Close()
	write(t, second+".new", "another", 0o644)
	require.NoError(t, os.Rename(second+".new", second)) // exchanged meanwhile
	require.Error(t, b.Commit([]File{{Data: []byte("new"), InPlace: true}, {Data: []byte("new"), InPlace: true}}))
	require.Equal(t, "old", read(t, first))
	require.Equal(t, "another", read(t, second))
}

func TestLongNamesThatBeginAlike(t *testing.T) {
	dir := t.TempDir()
	long := filepath.Join(dir, strings.Repeat("n", 240))
	write(t, long+".jks", "old", 0o600)
	_, err := commit(t, []string{long + ".jks", long + ".p12"}, File{Data: []byte("new"), Backup: true}, File{Data: []byte("other")})
	require.NoError(t, err)
	require.Equal(t, []string{"new", "old", "other"}, []string{read(t, long+".jks"), read(t, long+".jks.bak"), read(t, long+".p12")})
	require.Len(t, names(t, dir), 3)
}
