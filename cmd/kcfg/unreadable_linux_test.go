package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAnUnreadableFileIsSaidSo(t *testing.T) {
	path := filepath.Join(t.TempDir(), "server.properties")
	require.NoError(t, os.WriteFile(path, []byte("a=1\n"), 0))
	if os.Geteuid() == 0 { // root reads everything: for this thread the file system shall think it is somebody else
		const nobody = 65534
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		require.NoError(t, os.Chmod(filepath.Dir(path), 0o711))
		require.NoError(t, os.Chmod(filepath.Dir(filepath.Dir(path)), 0o711))
		require.NoError(t, syscall.Setfsuid(nobody))
		defer syscall.Setfsuid(0)
	}
	_, err := readDocument(&env{}, path, "")
	require.ErrorIs(t, err, fs.ErrPermission)
	require.Equal(t, path+": permission denied", err.Error())
}
