package node

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/kafkacfg"
	"github.com/kcfg/kcfg/properties"
)

// base is what the table leaves out: a broker of the mode that the release has.
func base(release kafkacfg.Release) string {
	if release.Compare("4.0.0") < 0 {
		return "zookeeper.connect=z:2181\nbroker.id=0\n"
	}
	return "process.roles=broker\nnode.id=2\ncontroller.quorum.voters=1@h:9094\ncontroller.listener.names=CONTROLLER\n" +
		"listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT,SASL_SSL:SASL_SSL\n"
}

// withStores is a root with the stores at /ks.
func withStores(t testing.TB) fs.FS {
	root := fstest.MapFS{}
	for name, data := range stores(t) {
		root["ks/"+name] = &fstest.MapFile{Data: data, Mode: 0o600}
	}
	return root
}

// judged returns A or R, and the report.
func judged(t testing.TB, root fs.FS, release kafkacfg.Release, config string) (string, finding.Report) {
	t.Helper()
	return judgedBase(t, root, release, base(release)+config)
}

// judgedBase is judged for a whole file.
func judgedBase(t testing.TB, root fs.FS, release kafkacfg.Release, config string) (string, finding.Report) {
	t.Helper()
	f, err := properties.Parse("server.properties", []byte(config))
	require.NoError(t, err)
	r, err := Validate(f, Options{
		Options: kafkacfg.Options{Release: release, Kind: kafkacfg.Broker, ClassesExact: true}, Root: root, Through: finding.Security,
	})
	require.NoError(t, err)
	switch r.Verdict {
	case finding.Accepts:
		return "A", r
	case finding.Refuses:
		return "R", r
	}
	return "?", r
}

// TestVerdictsOfTheRealChannelBuilders compares with what Kafka's own classes said of these listeners.
func TestVerdictsOfTheRealChannelBuilders(t *testing.T) {
	table, err := os.ReadFile(filepath.Join("testdata", "kafka-ssl-sasl.tsv"))
	require.NoError(t, err)
	root := withStores(t)
	lines := strings.Split(strings.TrimSpace(string(table)), "\n")
	head := strings.Split(lines[0], "\t")
	n := 0
	for _, line := range lines[1:] {
		cells := strings.Split(line, "\t")
		config := strings.ReplaceAll(strings.ReplaceAll(cells[1], `\n`, "\n"), "@KS@", "/ks")
		for i, want := range cells[2:] {
			release := kafkacfg.Release(head[i+2])
			got, r := judged(t, root, release, config)
			n++
			if got != want[:1] {
				t.Errorf("%s on %s: %s, Kafka says %s\n%s", cells[0], release, got, want, describe(r))
			}
		}
	}
	require.Equal(t, 121*9, n)
}

func describe(r finding.Report) string {
	var b strings.Builder
	for _, f := range r.Findings {
		if f.Stage == "" {
			continue
		}
		b.WriteString("  " + f.Severity.String() + " " + f.ID + " (" + string(f.Stage) + "): " + f.Message + "\n")
	}
	return b.String()
}
