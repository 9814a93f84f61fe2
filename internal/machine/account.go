// Package machine reads what the files of a machine tell of it: its accounts and what they may do, its addresses, and the
// ports in use. All paths are names in an fs.FS that holds the machine's files, such as "etc/passwd".
package machine

import (
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
)

// Account is who runs a process.
type Account struct {
	uid  int
	gids []int
}

// Access is what a process wants to do with a file.
type Access uint32

// The kinds of access, which can be added up.
const (
	Read  Access = 4
	Write Access = 2
	Enter Access = 1 // a directory
	// Fill is to make files in a directory, which is useless without the right to enter it.
	Fill = Write | Enter
)

// FindAccount looks an account up by its name or number in etc/passwd and etc/group. It reports false where there is no such
// name; a number needs no entry.
func FindAccount(root fs.FS, user string) (*Account, bool) {
	a := &Account{uid: -1}
	if n, err := strconv.Atoi(user); err == nil {
		a.uid = n
	}
	name := user
	for _, f := range entries(root, "etc/passwd") {
		if f[0] != user && f[2] != user {
			continue
		}
		uid, uidErr := strconv.Atoi(f[2])
		gid, gidErr := strconv.Atoi(f[3])
		if uidErr == nil && gidErr == nil {
			name, a.uid, a.gids = f[0], uid, []int{gid}
		}
	}
	if a.uid < 0 {
		return nil, false
	}
	for _, f := range entries(root, "etc/group") {
		if gid, err := strconv.Atoi(f[2]); err == nil && slices.Contains(strings.Split(f[3], ","), name) {
			a.gids = append(a.gids, gid)
		}
	}
	return a, true
}

// maxTable is how much is read of such a file; one with 10,000 accounts has 700 KB.
const maxTable = 16 << 20

// entries returns the lines of a file of accounts that have at least four fields.
func entries(root fs.FS, name string) [][]string {
	var all [][]string
	for line := range strings.Lines(string(read(root, name))) {
		if f := strings.Split(strings.TrimSpace(line), ":"); len(f) >= 4 {
			all = append(all, f)
		}
	}
	return all
}

// IsRoot reports whether nothing is denied to the account.
func (a *Account) IsRoot() bool { return a.uid == 0 }

// May reports whether the account has access to a file, all directories above included. Where that is not known, it may.
func (a *Account) May(root fs.FS, name string, want Access) bool {
	if a.IsRoot() {
		return true
	}
	for dir := path.Dir(name); ; dir = path.Dir(dir) {
		if !a.allowed(root, dir, Enter) {
			return false
		}
		if dir == "." {
			break
		}
	}
	return a.allowed(root, name, want)
}

func (a *Account) allowed(root fs.FS, name string, want Access) bool {
	info, err := fs.Stat(root, name)
	return err != nil || a.permits(info, want)
}

// permits reports whether the mode of a file gives the account what it wants: its owner's bits to the owner, its group's to
// the members of the group, and to nobody both.
func (a *Account) permits(info fs.FileInfo, want Access) bool {
	uid, gid, known := owner(info)
	if !known {
		return true
	}
	mode := Access(info.Mode().Perm())
	switch {
	case uid == a.uid:
		mode >>= 6
	case slices.Contains(a.gids, gid):
		mode >>= 3
	}
	return mode&want == want
}

// ExistingParent returns the nearest directory above a file that is there.
func ExistingParent(root fs.FS, name string) string {
	for dir := path.Dir(path.Clean(name)); ; dir = path.Dir(dir) {
		if _, err := fs.Stat(root, dir); err == nil || dir == "." {
			return dir
		}
	}
}
