package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	atlimit "github.com/kcfg/kcfg/internal/hostile"
)

// most is what a process may take in memory for one file, whatever is in it.
const most = 256 << 20 // bytes

// TestMemoryForHostileStores runs commands over stores that are filled to the limits, and watches the memory of each process. All
// stores take minutes: CI tries them, with more commands where much is needed; other runs try those stores alone, with two.
func TestMemoryForHostileStores(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes long")
	}
	worst := []string{"tiny.p12", "sigma-alias.jks", "large.p12"}
	all := os.Getenv("KCFG_REQUIRE_TOOLS") != ""
	dir, together := t.TempDir(), t.TempDir()
	for _, s := range atlimit.Stores() {
		if !all && !slices.Contains(worst, s.Name) {
			continue
		}
		path := filepath.Join(dir, s.Name)
		require.NoError(t, os.WriteFile(path, s.Make(), 0o600))
		config := filepath.Join(dir, "server.properties")
		require.NoError(t, os.WriteFile(config, fmt.Appendf(nil, hostileNode, path), 0o600))
		again := []string{"convert", path, "--out", filepath.Join(dir, "out.p12"), "-o", "json"}
		commands := [][]string{{"inspect", "-o", "json", path}, append(slices.Clone(again), "--force")}
		if all {
			commands = append(commands, again)
		}
		if all && slices.Contains(worst, s.Name) {
			commands = append(commands, []string{"inspect", path, "--expires-within", "30d"}, []string{"diff", path, filepath.Join(dir, "out.p12")},
				[]string{"convert", path, "--out", filepath.Join(dir, "out.jks"), "--force"}, []string{"convert", path, "--out", filepath.Join(dir, "out.pem"), "--force"},
				[]string{"validate", config, "--kafka", "3.9.1", "--root", "/"}, []string{"store", "rename", path, "000001", "other"},
				[]string{"store", "passwd", path, "--new-password", "env:KCFG_PASSWORD"})
		}
		if filepath.Ext(path) == ".pem" {
			commands = append(commands, []string{"truststore", "--pem", path, "--out", filepath.Join(dir, "out.jks")})
		}
		for _, args := range commands {
			peak, took := watched(t, args)
			t.Logf("%s %s: %d MiB, %v of processor time", args[0], s.Name, peak>>20, took)
			require.Less(t, peak, most, "kcfg %s", strings.Join(args, " "))
		}
		if slices.Contains(worst, s.Name) {
			require.NoError(t, os.Link(path, filepath.Join(together, s.Name)))
		}
		for _, name := range []string{path, filepath.Join(dir, "out.p12"), filepath.Join(dir, "out.jks"), filepath.Join(dir, "out.pem")} {
			os.Remove(name)
		}
	}
	forms := []string{outputText}
	if all {
		forms = append(forms, outputJSON)
	}
	for _, form := range forms {
		peak, took := watched(t, []string{"inspect", "-o", form, together})
		t.Logf("inspect of %d stores: %d MiB, %v of processor time", len(worst), peak>>20, took)
		require.Less(t, peak, most, "one is let go of before the next")
	}
}

const hostileNode = `broker.id=1
zookeeper.connect=z:2181
listeners=SSL://h.example.com:9093
security.inter.broker.protocol=SSL
ssl.keystore.location=%[1]s
ssl.keystore.password=changeit
ssl.truststore.location=%[1]s
ssl.truststore.password=changeit
`

var highWater = regexp.MustCompile(`VmHWM:\s*(\d+) kB`)

// watched runs kcfg as a process and returns the most memory that it had, and the processor time.
func watched(t *testing.T, args []string) (peak int, took time.Duration) {
	t.Helper()
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = []string{asKcfg + "=1", "KCFG_PASSWORD=" + atlimit.Password}
	cmd.Stdout, cmd.Stderr = io.Discard, io.Discard
	require.NoError(t, cmd.Start())
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	for {
		// Not what wait4 reports: there the memory of this process counts too.
		status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", cmd.Process.Pid))
		if m := highWater.FindSubmatch(status); m != nil {
			kb, err := strconv.Atoi(string(m[1]))
			require.NoError(t, err)
			peak = max(peak, kb<<10)
		}
		select {
		case <-done:
			status := cmd.ProcessState.ExitCode()
			require.Contains(t, []int{exitOK, exitFindings, exitFailure}, status, "it crashed")
			return peak, cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
		case <-time.After(5 * time.Millisecond):
		}
	}
}
