package main

import (
	"bytes"
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// fullDisk is /dev/full.
type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

func TestOutputThatIsLostIsAnError(t *testing.T) {
	t.Chdir(t.TempDir())
	require.NoError(t, os.WriteFile("server.properties", []byte("broker.id=1\nzookeeper.connect=z1:2181\n"), 0o600))
	for _, line := range []string{
		"--help", "--version", "version", "keys", "releases", "explain log.dirs", "explain kafka-key-required", "get --help",
		"get server.properties", "get server.properties broker.id", "get server.properties absent broker.id", "get server.properties -o json",
		"set server.properties broker.id=2 --diff", "set server.properties broker.id=2 --dry-run", "unset server.properties broker.id -o json --dry-run",
		"validate server.properties", "validate server.properties --fail-on info", "validate server.properties -o sarif", "completion fish",
	} {
		var stderr bytes.Buffer
		e := env{Args: strings.Fields(line), Stdin: strings.NewReader(""), Stdout: io.Writer(fullDisk{}), Stderr: &stderr, Now: func() time.Time { return testNow }}
		require.Equal(t, exitFailure, run(e), line)
		require.Equal(t, 1, strings.Count(stderr.String(), "no space left on device"), "%s: %s", line, stderr.String())
	}
}
