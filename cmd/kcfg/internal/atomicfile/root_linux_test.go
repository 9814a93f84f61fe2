package atomicfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

const otherUser = 12345

func needRoot(t *testing.T) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("gives files to other users: runs as root")
	}
}

func TestOwnerAndGroupAreKept(t *testing.T) {
	needRoot(t)
	path := filepath.Join(t.TempDir(), "f")
	write(t, path, "old", 0o640)
	require.NoError(t, os.Chown(path, otherUser, otherUser+1))
	_, err := commit(t, []string{path}, File{Data: []byte("new"), Secret: true})
	require.NoError(t, err)
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, Owner{otherUser, otherUser + 1}, OwnerOf(info))
	require.Equal(t, fs.FileMode(0o640), info.Mode())

	_, err = commit(t, []string{path}, File{Data: []byte("new"), Unchanged: true, Owner: &Owner{-1, otherUser + 2}})
	require.NoError(t, err)
	info, err = os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, Owner{otherUser, otherUser + 2}, OwnerOf(info))
}

func TestALinkOfAnotherUserIsNotFollowed(t *testing.T) {
	needRoot(t)
	dir := t.TempDir()
	link := filepath.Join(dir, "link")
	require.NoError(t, os.Symlink("f", link))
	require.NoError(t, os.Lchown(link, otherUser, -1))
	_, err := Open(false, link)
	require.ErrorIs(t, err, ErrForeignLink)
	require.NoError(t, os.Mkdir(filepath.Join(dir, "real"), 0o700))
	up := filepath.Join(dir, "up")
	require.NoError(t, os.Symlink("real", up))
	require.NoError(t, os.Lchown(up, otherUser, -1))
	_, err = Open(false, filepath.Join(up, "f"))
	require.ErrorIs(t, err, ErrForeignLink)
}

func TestAFileThatAnotherUserPutIntoASharedDirectory(t *testing.T) {
	needRoot(t)
	dir := filepath.Join(t.TempDir(), "tmp")
	require.NoError(t, os.Mkdir(dir, 0o700))
	require.NoError(t, os.Chmod(dir, 0o777|fs.ModeSticky))
	path := filepath.Join(dir, "f")
	write(t, path, "bait", 0o600)
	require.NoError(t, os.Chown(path, otherUser, -1))
	_, err := commit(t, []string{path}, File{Data: []byte("key"), Secret: true})
	require.ErrorIs(t, err, ErrForeignFile)
	require.Equal(t, "bait", read(t, path))
	require.Equal(t, []string{"f"}, names(t, dir))
}

func TestAccessListsAreKept(t *testing.T) {
	// user::rw-, user:12345:r--, group::---, mask::r--, other::---
	list := []byte{2, 0, 0, 0,
		1, 0, 6, 0, 255, 255, 255, 255,
		2, 0, 4, 0, 0x39, 0x30, 0, 0,
		4, 0, 0, 0, 255, 255, 255, 255,
		16, 0, 4, 0, 255, 255, 255, 255,
		32, 0, 0, 0, 255, 255, 255, 255}
	path := filepath.Join(t.TempDir(), "f")
	write(t, path, "old", 0o600)
	err := unix.Setxattr(path, accessList, list, 0)
	if errors.Is(err, unix.ENOTSUP) {
		path = filepath.Join(t.TempDir(), "g") // a file system without access lists: nothing to keep
		write(t, path, "old", 0o600)
		list = nil
	} else {
		require.NoError(t, err)
	}
	require.NoError(t, unix.Setxattr(path, "user.note", []byte("kept"), 0))
	b, err := commit(t, []string{path}, File{Data: []byte("new"), Secret: true})
	require.NoError(t, err)
	require.Empty(t, b.Warnings)
	got := make([]byte, 100)
	n, err := unix.Getxattr(path, "user.note", got)
	require.NoError(t, err)
	require.Equal(t, "kept", string(got[:n]))
	if list != nil {
		n, err = unix.Getxattr(path, accessList, got)
		require.NoError(t, err)
		require.Equal(t, list, got[:n])
	}
}

func TestAFullDiskLeavesTheOldFile(t *testing.T) {
	needRoot(t)
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=64k"); err != nil {
		t.Skipf("cannot mount a small file system: %v", err)
	}
	defer unix.Unmount(dir, unix.MNT_DETACH)
	path := filepath.Join(dir, "f")
	write(t, path, "old", 0o600)
	_, err := commit(t, []string{path}, File{Data: make([]byte, 1<<20)})
	require.ErrorIs(t, err, unix.ENOSPC)
	require.ErrorContains(t, err, "cannot write "+path)
	require.Equal(t, "old", read(t, path))
	require.Equal(t, []string{"f"}, names(t, dir))

	_, err = commit(t, []string{path}, File{Data: make([]byte, 1<<20), InPlace: true})
	require.ErrorContains(t, err, "the old content was put back")
	require.Equal(t, "old", read(t, path))
}

func TestABindMountedFileNeedsInPlace(t *testing.T) {
	needRoot(t)
	dir := t.TempDir()
	source, path := filepath.Join(dir, "source"), filepath.Join(dir, "f")
	write(t, source, "old", 0o600)
	write(t, path, "", 0o600)
	if err := unix.Mount(source, path, "", unix.MS_BIND, ""); err != nil {
		t.Skipf("cannot bind-mount: %v", err)
	}
	defer unix.Unmount(path, unix.MNT_DETACH)
	_, err := commit(t, []string{path}, File{Data: []byte("new")})
	require.ErrorIs(t, err, ErrMountPoint)
	require.Equal(t, "old", read(t, source))
	_, err = commit(t, []string{path}, File{Data: []byte("new!"), InPlace: true})
	require.NoError(t, err)
	require.Equal(t, "new!", read(t, source))
	require.Equal(t, []string{"f", "source"}, names(t, dir))
}

func TestAnOwnerIsTakenBackWhereALaterFileFails(t *testing.T) {
	needRoot(t)
	dir := t.TempDir()
	first, second := filepath.Join(dir, "a"), filepath.Join(dir, "b")
	write(t, first, "old", 0o640)
	require.NoError(t, os.Chown(first, 11, 12))
	b, err := Open(false, first, second)
	require.NoError(t, err)
	defer b.Close()
	require.NoError(t, os.Mkdir(second, 0o755)) // so that its rename fails
	require.ErrorContains(t, b.Commit([]File{{Data: []byte("new"), InPlace: true, Owner: &Owner{13, -1}}, {Data: []byte("new")}}), "put back")
	info, err := os.Stat(first)
	require.NoError(t, err)
	require.Equal(t, Owner{11, 12}, OwnerOf(info))
	require.Equal(t, "old", read(t, first))
	require.Equal(t, os.FileMode(0o640), info.Mode().Perm())
}
