package main

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// Set in the environment of the test binary, asKcfg makes it kcfg itself, and sizeLimit bounds the files that it writes.
const (
	asKcfg    = "KCFG_TEST_PROCESS"
	sizeLimit = "KCFG_TEST_FILE_SIZE"
)

func TestMain(m *testing.M) {
	if os.Getenv(asKcfg) == "" {
		os.Exit(m.Run())
	}
	if n, err := strconv.ParseUint(os.Getenv(sizeLimit), 10, 64); err == nil {
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: n, Max: n}); err != nil {
			panic(err)
		}
	}
	main()
}

// process runs kcfg as a process of its own, changed by change, and returns what it says and its exit status.
func process(t *testing.T, change func(*exec.Cmd), args ...string) (output string, status int) {
	t.Helper()
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = []string{asKcfg + "=1", "KCFG_PASSWORD=" + refPassword}
	change(cmd)
	out, err := cmd.CombinedOutput()
	if exit := (&exec.ExitError{}); !errors.As(err, &exit) {
		require.NoError(t, err)
	}
	return string(out), cmd.ProcessState.ExitCode()
}

const (
	nobody     = 65534
	otherGroup = 12346
)

func asRoot(t *testing.T) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("mounts, or gives files to other users: runs as root")
	}
}

// content is a directory with everything in it, to see that nothing changed.
func content(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	require.NoError(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		all[path] = string(data)
		return err
	}))
	return all
}

// threeOutputs are the arguments of a renewal that writes two stores and a properties file in dir.
func threeOutputs(t *testing.T, dir string, more ...string) []string {
	return append([]string{"keystore", "--pem", lineage(t, "kafka1.example.com"), "--alias", "kafka1", "--out", filepath.Join(dir, "k.p12"),
		"--truststore", filepath.Join(dir, "t.p12"), "--roots", exampleRoot, "--set-in", filepath.Join(dir, "server.properties")}, more...)
}

// filled makes the outputs once, so that a renewal has something to spoil.
func filled(t *testing.T, dir string) map[string]string {
	t.Helper()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "server.properties"), []byte("broker.id=1\n"), 0o600))
	out, status := says(threeOutputs(t, dir, "--iterations", "1000")...)
	require.Equal(t, exitOK, status, out)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "server.properties"), []byte("broker.id=1\n"), 0o600))
	return content(t, dir)
}

func TestAFileSizeLimitLeavesEverythingOld(t *testing.T) {
	dir := t.TempDir()
	before := filled(t, dir)
	out, status := process(t, func(c *exec.Cmd) { c.Env = append(c.Env, sizeLimit+"=700") }, threeOutputs(t, dir, "--iterations", "2000")...)
	require.Equal(t, exitFailure, status, out)
	require.Contains(t, out, "kcfg: cannot write "+dir)
	require.Contains(t, out, "file too large")
	require.Equal(t, before, content(t, dir))
}

func TestAFullDiskLeavesEverythingOld(t *testing.T) {
	asRoot(t)
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=64k"); err != nil {
		t.Skipf("cannot mount a small file system: %v", err)
	}
	defer unix.Unmount(dir, unix.MNT_DETACH)
	filled(t, dir)
	ballast, err := os.Create(filepath.Join(dir, "ballast"))
	require.NoError(t, err)
	defer ballast.Close()
	var free int64 // of 16 pages; the renewal needs four files of one page each
	page := int64(os.Getpagesize())
	for ; ; free++ { // fill it up
		if _, err := ballast.WriteAt([]byte{1}, free*page); err != nil {
			break
		}
	}
	for pages := range int64(4) {
		require.NoError(t, ballast.Truncate((free-pages)*page))
		before := content(t, dir)
		out, status := says(threeOutputs(t, dir, "--iterations", "2000")...)
		require.Equal(t, exitFailure, status, "%d pages: %s", pages, out)
		require.Contains(t, out, "no space left on device", "%d pages", pages)
		require.Contains(t, out, "hint: make room", "%d pages", pages)
		require.Equal(t, before, content(t, dir), "%d pages", pages)
	}
	require.NoError(t, ballast.Truncate((free-4)*page))
	out, status := says(threeOutputs(t, dir, "--iterations", "2000")...)
	require.Equal(t, exitOK, status, out)
}

func TestABindMountedStoreNeedsInPlace(t *testing.T) {
	asRoot(t)
	dir := t.TempDir()
	source, path := filepath.Join(dir, "source"), filepath.Join(dir, "k.p12")
	keystore := func(more ...string) (string, int) {
		return says(append([]string{"keystore", "--pem", lineage(t, "kafka1.example.com"), "--out", path}, more...)...)
	}
	_, status := keystore("--iterations", "1000")
	require.Equal(t, exitOK, status)
	require.NoError(t, os.Rename(path, source))
	require.NoError(t, os.WriteFile(path, nil, 0o600))
	if err := unix.Mount(source, path, "", unix.MS_BIND, ""); err != nil {
		t.Skipf("cannot bind-mount: %v", err)
	}
	defer unix.Unmount(path, unix.MNT_DETACH)
	before := readFile(t, source)
	out, status := keystore()
	require.Equal(t, exitFailure, status, out)
	require.Contains(t, out, path+": mount point: it cannot be replaced by a renamed file\nhint: --in-place overwrites it; that is not atomic\n")
	require.Equal(t, before, readFile(t, source))
	out, status = keystore("--in-place")
	require.Equal(t, exitOK, status, out)
	require.NotEqual(t, before, readFile(t, source))
	out, status = says("inspect", source)
	require.Equal(t, exitOK, status, out)
}

func TestTheOwnerIsSetAndKept(t *testing.T) {
	asRoot(t)
	dir := t.TempDir()
	owner := func(name string) [2]uint32 {
		info, err := os.Stat(filepath.Join(dir, name))
		require.NoError(t, err)
		st := info.Sys().(*syscall.Stat_t)
		return [2]uint32{st.Uid, st.Gid}
	}
	require.NoError(t, os.WriteFile(filepath.Join(dir, "server.properties"), []byte("broker.id=1\n"), 0o600))
	out, status := says(threeOutputs(t, dir, "--owner", "65534:12346")...)
	require.Equal(t, exitOK, status, out)
	for _, name := range []string{"k.p12", "t.p12"} {
		require.Equal(t, [2]uint32{nobody, otherGroup}, owner(name))
	}
	require.Equal(t, [2]uint32{0, 0}, owner("server.properties"), "it is not kcfg's to give away")

	out, status = says(threeOutputs(t, dir, "--iterations", "2000")...)
	require.Equal(t, exitOK, status, out)
	require.Contains(t, out, "k.p12: replaced")
	require.Equal(t, [2]uint32{nobody, otherGroup}, owner("k.p12"), "a renewal keeps the owner")

	out, status = says(threeOutputs(t, dir, "--iterations", "2000", "--owner", "12345")...)
	require.Equal(t, exitOK, status, out)
	require.Contains(t, out, "k.p12: unchanged")
	require.Equal(t, [2]uint32{12345, otherGroup}, owner("k.p12"), "of an unchanged store it is repaired")
}

// openDir is a temporary directory that other users reach.
func openDir(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, os.Chmod(filepath.Dir(dir), 0o711))
	require.NoError(t, os.Chmod(dir, 0o711))
	return dir
}

// unprivileged makes a process nobody's, with a test binary that it may execute.
func unprivileged(t *testing.T) func(*exec.Cmd) {
	t.Helper()
	path := filepath.Join(openDir(t), "kcfg")
	from, err := os.Open(os.Args[0])
	require.NoError(t, err)
	defer from.Close()
	to, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o755)
	require.NoError(t, err)
	_, err = io.Copy(to, from)
	require.NoError(t, errors.Join(err, to.Close()))
	return func(c *exec.Cmd) {
		c.Path = path
		c.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	}
}

func TestAnOwnerThatCannotBeSetIsFoundOutFirst(t *testing.T) {
	asRoot(t)
	dir := openDir(t)
	require.NoError(t, os.Chown(dir, nobody, nobody))
	pem := readable(t, "kafka1.example.com")
	out, status := process(t, unprivileged(t), "keystore", "--pem", pem, "--out", filepath.Join(dir, "k.p12"), "--owner", "root")
	require.Equal(t, exitFailure, status, out)
	require.Contains(t, out, "kcfg: cannot set the owner of "+dir+"/k.p12: operation not permitted\nhint: only root can give files away: run kcfg as root, or as that user\n")
	require.Empty(t, content(t, dir))
}

// TestInPlaceInADirectoryOfAnother: a mounted file is the user's, the directory it lies in is not.
func TestInPlaceInADirectoryOfAnother(t *testing.T) {
	asRoot(t)
	dir := openDir(t)
	require.NoError(t, os.Chmod(dir, 0o755))
	path := filepath.Join(dir, "k.p12")
	args := []string{"keystore", "--pem", readable(t, "kafka1.example.com"), "--alias", "k", "--iterations", "1000", "--out"}
	out, status := says(append(args, path)...)
	require.Equal(t, exitOK, status, out)
	require.NoError(t, os.Chown(path, nobody, nobody))
	before := readFile(t, path)
	for _, c := range []struct {
		flags  []string
		status int
		says   string
	}{
		{[]string{path}, exitFailure, "cannot write in " + dir},
		{[]string{path, "--in-place"}, exitOK, "k.p12: replaced"},
		{[]string{path, "--in-place"}, exitOK, "k.p12: unchanged"},
		{[]string{filepath.Join(dir, "new.p12"), "--in-place"}, exitFailure, "cannot write in " + dir},
		{[]string{path, "--in-place", "--truststore", filepath.Join(dir, "t.p12")}, exitFailure, "cannot write in " + dir},
	} {
		out, status := process(t, unprivileged(t), append(slices.Concat(args, c.flags), "--iterations", "2000")...)
		require.Equal(t, c.status, status, "%v: %s", c.flags, out)
		require.Contains(t, out, c.says)
	}
	require.NotEqual(t, before, readFile(t, path))
	require.Len(t, content(t, dir), 1)
}

// readable copies a lineage to where every user can read it.
func readable(t *testing.T, name string) string {
	t.Helper()
	path := filepath.Join(openDir(t), "all.pem")
	data := append(readFile(t, filepath.Join(lineage(t, name), "privkey.pem")), readFile(t, filepath.Join(lineage(t, name), "fullchain.pem"))...)
	require.NoError(t, os.WriteFile(path, data, 0o644))
	return path
}

func TestALostAttributeIsNamed(t *testing.T) {
	asRoot(t)
	dir := openDir(t)
	path := filepath.Join(dir, "k.p12")
	out, status := says("keystore", "--pem", lineage(t, "kafka1.example.com"), "--out", path, "--iterations", "1000")
	require.Equal(t, exitOK, status, out)
	const label = "security.kcfgtest" // as a label, only a privileged process may set it
	if err := unix.Setxattr(path, label, []byte("x"), 0); err != nil {
		t.Skipf("no labels on this file system: %v", err)
	}
	require.NoError(t, os.Chown(dir, nobody, nobody))
	require.NoError(t, os.Chown(path, nobody, nobody))
	out, status = process(t, unprivileged(t), "keystore", "--pem", readable(t, "kafka1.example.com"), "--alias", "kafka1.example.com", "--out", path)
	require.Equal(t, exitOK, status, out)
	require.Contains(t, out, "kcfg: warning: "+path+" loses its attributes "+label+": they could not be copied\n")

	require.NoError(t, unix.Setxattr(path, label, []byte("x"), 0))
	out, status = says("keystore", "--pem", lineage(t, "kafka1.example.com"), "--out", path, "--iterations", "1000")
	require.Equal(t, exitOK, status, out)
	value := make([]byte, 8)
	n, err := unix.Getxattr(path, label, value)
	require.NoError(t, err)
	require.Equal(t, "x", string(value[:n]), "root copies it")
}

func TestCertbotsDirectoriesAreRoots(t *testing.T) {
	asRoot(t)
	dir := filepath.Join(openDir(t), "live")
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "kafka1.example.com"), 0o700))
	for _, args := range [][]string{
		{"keystore", "--pem", filepath.Join(dir, "kafka1.example.com")},
		{"truststore", "--pem", filepath.Join(dir, "kafka1.example.com")},
		{"inspect", filepath.Join(dir, "kafka1.example.com")},
	} {
		out, status := process(t, unprivileged(t), args...)
		require.Equal(t, exitFailure, status, out)
		require.Contains(t, out, "permission denied\nhint: certbot's directories are root's: run kcfg as root")
	}
}
