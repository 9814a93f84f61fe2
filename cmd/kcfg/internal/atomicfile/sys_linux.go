package atomicfile

import (
	"errors"
	"os"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

// mounted reports whether the name in the directory is a mount point; false where the kernel does not say.
func mounted(d *dir, name string) bool {
	var st unix.Statx_t
	err := unix.Statx(int(d.self.Fd()), name, unix.AT_SYMLINK_NOFOLLOW, unix.STATX_TYPE, &st)
	return err == nil && st.Attributes_mask&unix.STATX_ATTR_MOUNT_ROOT != 0 && st.Attributes&unix.STATX_ATTR_MOUNT_ROOT != 0
}

// beginWriting tells the kernel to write the file out now. Whether that succeeds, the sync afterwards says.
func beginWriting(f *os.File) {
	_ = unix.SyncFileRange(int(f.Fd()), 0, 0, unix.SYNC_FILE_RANGE_WRITE)
}

const accessList = "system.posix_acl_access"

// boundToContent are attributes that say something about the old bytes.
var boundToContent = []string{"security.ima", "security.evm"}

// copyAttributes gives to the extended attributes of from: access lists, security labels. It returns the names of those
// that could not be copied.
func copyAttributes(from, to *os.File) (lost []string) {
	names := listAttributes(from)
	for _, name := range names {
		if slices.Contains(boundToContent, name) {
			continue
		}
		value, ok := attribute(from, name)
		if ok {
			if now, has := attribute(to, name); has && string(now) == string(value) {
				continue // a label that the directory gives to every new file
			}
			ok = unix.Fsetxattr(int(to.Fd()), name, value, 0) == nil
		}
		if !ok {
			lost = append(lost, name)
		}
	}
	if !slices.Contains(names, accessList) { // the directory's default list would widen what the old file allowed
		_ = unix.Fremovexattr(int(to.Fd()), accessList)
	}
	return lost
}

func listAttributes(f *os.File) []string {
	size, err := unix.Flistxattr(int(f.Fd()), nil)
	if err != nil || size == 0 {
		return nil
	}
	buf := make([]byte, size)
	size, err = unix.Flistxattr(int(f.Fd()), buf)
	if err != nil {
		return nil
	}
	return strings.FieldsFunc(string(buf[:size]), func(r rune) bool { return r == 0 })
}

func attribute(f *os.File, name string) ([]byte, bool) {
	size, err := unix.Fgetxattr(int(f.Fd()), name, nil)
	if err != nil {
		return nil, false
	}
	buf := make([]byte, size)
	size, err = unix.Fgetxattr(int(f.Fd()), name, buf)
	if err != nil && !errors.Is(err, unix.ENODATA) {
		return nil, false
	}
	return buf[:max(size, 0)], true
}
