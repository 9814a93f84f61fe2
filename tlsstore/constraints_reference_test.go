package tlsstore

import (
	"crypto/x509"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/internal/reference"
)

// presented is a chain, leaf first, that one side of a connection presents to another that trusts the root.
type presented struct {
	chain  []*issued
	root   *issued
	client bool
	host   string // of a server, for which its certificate is checked
}

// javaVerdict is what CertPathValidator says of a chain, and what comes of a handshake: "ok", or why not.
type javaVerdict struct{ path, handshake string }

// askJava returns what one Java says of chains.
func askJava(t *testing.T, jdk reference.JDK, all []presented) []javaVerdict {
	t.Helper()
	dir := t.TempDir()
	var lines []string
	write := func(p presented) {
		at := filepath.Join(dir, fmt.Sprint(len(lines)))
		require.NoError(t, os.Mkdir(at, 0o700))
		key, err := x509.MarshalPKCS8PrivateKey(p.chain[0].key)
		require.NoError(t, err)
		files := map[string][]byte{"key": key, "anchor": p.root.der}
		for i, x := range p.chain {
			files[fmt.Sprint(i)] = x.der
		}
		for name, data := range files {
			require.NoError(t, os.WriteFile(filepath.Join(at, name), data, 0o600))
		}
		role := "server"
		if p.client {
			role, p.host = "client", "localhost"
		}
		lines = append(lines, role+" "+p.host+" "+at)
	}
	chain, root := constrained{}.chain(t)
	write(presented{chain: chain, root: root, host: "kafka1.example.com"})
	for _, p := range all {
		write(p)
	}
	input := filepath.Join(dir, "cases")
	require.NoError(t, os.WriteFile(input, []byte(strings.Join(lines, "\n")), 0o600))
	classes := reference.Compile(t, jdk, "", "testdata/java/Chains.java", "testdata/java/Echo.java")
	out, err := exec.Command(jdk.Bin("java"), "-XX:TieredStopAtLevel=1", "-Xmx256m", "-cp", classes, "Chains", input).Output()
	require.NoError(t, err)
	var verdicts []javaVerdict
	for line := range strings.Lines(string(out)) {
		path, handshake, _ := strings.Cut(strings.TrimSpace(line), "\t")
		verdicts = append(verdicts, javaVerdict{path, handshake})
	}
	require.Len(t, verdicts, len(lines))
	require.Equal(t, javaVerdict{"ok", "ok"}, verdicts[0])
	return verdicts[1:]
}

// TestJavaAndNameConstraints asks Java about the cases of TestNameConstraints.
func TestJavaAndNameConstraints(t *testing.T) {
	reference.Require(t)
	var all []presented
	for _, c := range constrainedCases {
		p := presented{}
		p.chain, p.root = c.chain(t)
		if names := p.chain[0].cert.DNSNames; len(names) > 0 {
			p.host = strings.Replace(names[0], "*", "star", 1)
		} else {
			p.client = true // a name of another kind is no host's
		}
		all = append(all, p)
	}
	for _, jdk := range reference.JDKs(t) {
		if jdk.Major < 11 {
			continue
		}
		for i, got := range askJava(t, jdk, all) {
			c := constrainedCases[i]
			refused := c.refused && !(c.older && jdk.Major > 17)
			require.Equal(t, refused, got.path != "ok", "Java %d, %s: %s", jdk.Major, c.name, got.path)
			require.Equal(t, refused, got.handshake != "ok", "Java %d, %s: %s", jdk.Major, c.name, got.handshake)
		}
	}
}
