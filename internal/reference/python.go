package reference

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// Python returns a command that runs a Python program which has the given packages, each pinned as "name==version", and what
// they need. Pip fetches what is not in the cache; what is installed on the machine does not count.
func Python(t testing.TB, packages []string, args ...string) *exec.Cmd {
	t.Helper()
	python := Tool(t, "python3")
	version, err := exec.Command(python, "-c", "import sys; print(sys.version, sys.executable)").Output()
	if err != nil {
		t.Fatal(err)
	}
	dir := cached(t, "python-"+digest(append(packages, string(version))...), func(dir string) error {
		venv := filepath.Join(dir, "venv") // for a pip of its own: Debian's refuses to install anything
		defer os.RemoveAll(venv)
		install := append([]string{"-m", "pip", "install", "-q", "--disable-pip-version-check", "--target", filepath.Join(dir, "lib")}, packages...)
		for _, cmd := range []*exec.Cmd{exec.Command(python, "-m", "venv", venv), exec.Command(filepath.Join(venv, "bin", "python3"), install...)} {
			if out, err := cmd.CombinedOutput(); err != nil {
				return fmt.Errorf("%v: %w\n%s", cmd, err, out)
			}
		}
		return nil
	})
	cmd := exec.Command(python, args...)
	cmd.Env = append(os.Environ(), "PYTHONPATH="+filepath.Join(dir, "lib"))
	return cmd
}
