//go:build unix

package machine

import (
	"io/fs"
	"syscall"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

// What the kernel grants: the owner's bits to the owner, the group's to its members, the others' to the rest, and the way there.
func TestMay(t *testing.T) {
	own := func(uid, gid uint32, mode fs.FileMode) *fstest.MapFile {
		return &fstest.MapFile{Mode: mode, Sys: &syscall.Stat_t{Uid: uid, Gid: gid}}
	}
	root := fstest.MapFS{
		"d":        own(0, 0, fs.ModeDir|0o755),
		"d/open":   own(0, 0, 0o644),
		"d/shut":   own(0, 0, 0o600),
		"d/mine":   own(9, 9, 0o400),
		"d/group":  own(0, 7, 0o640),
		"d/denied": own(9, 9, 0o077), // the owner has the owner's bits, and no others
		"x":        own(0, 0, fs.ModeDir|0o700),
		"x/open":   own(0, 0, 0o666),
	}
	a := &Account{9, []int{9, 7}}
	for name, want := range map[string]struct{ read, write bool }{
		"d/open": {true, false}, "d/shut": {false, false}, "d/mine": {true, false}, "d/group": {true, false}, "d/denied": {false, false},
		"x/open": {false, false}, "d/none": {true, true},
	} {
		require.Equal(t, want.read, a.May(root, name, Read), "read %s", name)
		require.Equal(t, want.write, a.May(root, name, Write), "write %s", name)
	}
	require.False(t, a.May(root, "d", Fill))
	require.True(t, (&Account{0, nil}).May(root, "x/open", Write|Read))
}
