package node

import (
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/kcfg/kcfg/finding"
)

// account is who runs the process.
type account struct {
	uid  int
	gids []int
}

type access uint32

const (
	reading access = 4
	writing access = 2 | 1 // a directory is useless without the right to enter it
	passing access = 1
)

// readAccounts looks the user up in the machine's own files.
func (j *judge) readAccounts() {
	if j.o.User == "" {
		return
	}
	a := &account{uid: -1}
	if n, err := strconv.Atoi(j.o.User); err == nil {
		a.uid = n
	}
	name := j.o.User
	data, _, err := j.read("/etc/passwd")
	if err == nil {
		for line := range strings.Lines(string(data)) {
			f := strings.Split(strings.TrimSpace(line), ":")
			if len(f) < 4 || f[0] != j.o.User && f[2] != j.o.User {
				continue
			}
			uid, uidErr := strconv.Atoi(f[2])
			gid, gidErr := strconv.Atoi(f[3])
			if uidErr == nil && gidErr == nil {
				name, a.uid, a.gids = f[0], uid, []int{gid}
			}
		}
	}
	if a.uid < 0 {
		j.report("kafka-files-not-seen", finding.Position{File: j.file.Name()}, "", "etc/passwd has no user "+clip(j.o.User)+": permissions are not judged")
		return
	}
	if data, _, err := j.read("/etc/group"); err == nil {
		for line := range strings.Lines(string(data)) {
			f := strings.Split(strings.TrimSpace(line), ":")
			if len(f) < 4 || !slices.Contains(strings.Split(f[3], ","), name) {
				continue
			}
			if gid, err := strconv.Atoi(f[2]); err == nil {
				a.gids = append(a.gids, gid)
			}
		}
	}
	j.account = a
}

// may reports whether the account has access to a path, all directories above included. Where that is not known, it may.
func (j *judge) may(name string, want access) bool {
	if j.account == nil || j.account.uid == 0 {
		return true
	}
	p := j.path(name)
	for dir := path.Dir(p); ; dir = path.Dir(dir) {
		if !j.allowed(dir, passing) {
			return false
		}
		if dir == "." {
			break
		}
	}
	return j.allowed(p, want)
}

func (j *judge) allowed(p string, want access) bool {
	info, err := fs.Stat(j.o.Root, p)
	return err != nil || j.mode(info, want)
}

// mode reports whether the mode of a file gives the account what it wants: its owner's bits to the owner, its group's to
// the members of the group, and to nobody both.
func (j *judge) mode(info fs.FileInfo, want access) bool {
	if j.account.uid == 0 {
		return true
	}
	uid, gid, known := owner(info)
	if !known {
		return true
	}
	mode := access(info.Mode().Perm())
	switch {
	case uid == j.account.uid:
		mode >>= 6
	case slices.Contains(j.account.gids, gid):
		mode >>= 3
	}
	return mode&want == want
}

// existingParent returns the nearest directory above a path that is there.
func (j *judge) existingParent(name string) string {
	if j.account == nil {
		return ""
	}
	for dir := path.Dir(path.Clean(name)); ; dir = path.Dir(dir) {
		if _, err := fs.Stat(j.o.Root, j.path(dir)); err == nil {
			return dir
		}
		if dir == "/" || dir == "." {
			return ""
		}
	}
}
