package node

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/internal/golden"
	"github.com/kcfg/kcfg/internal/reference"
	"github.com/kcfg/kcfg/kafkacfg"
	"github.com/kcfg/kcfg/properties"
)

const (
	bareDir   = "bare"   // a directory without meta.properties
	absent    = "absent" // nothing
	plainFile = "file"   // a file in place of the directory
	cluster   = "cluster.id=MkU3OEVBNTcwNTJENDM2Qg\n"
	meta1     = "version=1\n" + cluster + "node.id=1\n"
)

// nodeDirs are the directories of a KRaft node with the number 1: bare, absent, file, or what meta.properties says.
var nodeDirs = []struct {
	name string
	dirs []string
	more string // further files and directories, such as d1/__cluster_metadata-0/
	conf string // more configuration; @ stands for where the directories are
}{
	{name: "formatted", dirs: []string{meta1}},
	{name: "bare", dirs: []string{bareDir}},
	{name: "second bare", dirs: []string{meta1, bareDir}},
	{name: "second absent", dirs: []string{meta1, absent}},
	{name: "second is a file", dirs: []string{meta1, plainFile}},
	{name: "metadata directory absent", dirs: []string{meta1}, conf: "metadata.log.dir=@/m\n"},
	{name: "metadata directory bare", dirs: []string{meta1}, more: "m/", conf: "metadata.log.dir=@/m\n"},
	{name: "metadata in another directory", dirs: []string{meta1, meta1}, more: "d1/__cluster_metadata-0/"},
	{name: "other node", dirs: []string{"version=1\n" + cluster + "node.id=2\n"}},
	{name: "second of another node", dirs: []string{meta1, "version=1\n" + cluster + "node.id=2\n"}},
	{name: "node -1", dirs: []string{"version=1\n" + cluster + "node.id=-1\n"}},
	{name: "node 01", dirs: []string{"version=1\n" + cluster + "node.id=01\n"}},
	{name: "node +1", dirs: []string{"version=1\n" + cluster + "node.id=+1\n"}},
	{name: "node with a blank", dirs: []string{"version=1\n" + cluster + "node.id=1 \n"}},
	{name: "node in letters", dirs: []string{"version=1\n" + cluster + "node.id=x\n"}},
	{name: "second node in letters", dirs: []string{meta1, "version=1\n" + cluster + "node.id=x\n"}},
	{name: "node twice", dirs: []string{meta1 + "node.id=2\n"}},
	{name: "no node", dirs: []string{"version=1\n" + cluster}},
	{name: "broker.id for node.id", dirs: []string{"version=1\nbroker.id=1\n" + cluster}},
	{name: "both ids", dirs: []string{meta1 + "broker.id=2\n"}},
	{name: "no cluster", dirs: []string{"version=1\nnode.id=1\n"}},
	{name: "empty cluster", dirs: []string{"version=1\nnode.id=1\ncluster.id=\n"}},
	{name: "two clusters", dirs: []string{meta1, strings.Replace(meta1, "MkU3", "AAAA", 1)}},
	{name: "version 0", dirs: []string{"version=0\nbroker.id=1\n" + cluster}},
	{name: "version 0 of another", dirs: []string{"version=0\nbroker.id=2\n" + cluster}},
	{name: "version 0 with node.id", dirs: []string{"version=0\nnode.id=1\n" + cluster}},
	{name: "version 0 without cluster", dirs: []string{"version=0\nbroker.id=1\n"}},
	{name: "versions 1 and 0", dirs: []string{meta1, "version=0\nbroker.id=1\n" + cluster}},
	{name: "version 2", dirs: []string{"version=2\nnode.id=1\n" + cluster}},
	{name: "version in letters", dirs: []string{"version=x\nnode.id=1\n" + cluster}},
	{name: "version with a blank", dirs: []string{"version=1 \nnode.id=1\n" + cluster}},
	{name: "no version", dirs: []string{"node.id=1\n" + cluster}},
	{name: "empty", dirs: []string{""}},
	{name: "second garbage", dirs: []string{meta1, "garbage"}},
	{name: "bad escape", dirs: []string{meta1 + `x=\u12` + "\n"}},
	{name: "directories with ids", dirs: []string{meta1 + "directory.id=CCCCCCCCCCCCCCCCCCCCCQ\n", meta1 + "directory.id=DDDDDDDDDDDDDDDDDDDDDQ\n"}},
	{name: "same directory id", dirs: []string{meta1 + "directory.id=CCCCCCCCCCCCCCCCCCCCCQ\n", meta1 + "directory.id=CCCCCCCCCCCCCCCCCCCCCQ\n"}},
	{name: "reserved directory id", dirs: []string{meta1 + "directory.id=AAAAAAAAAAAAAAAAAAAAAQ\n"}},
	{name: "last reserved directory id", dirs: []string{meta1 + "directory.id=AAAAAAAAAAAAAAAAAAAAYw\n"}},
	{name: "first free directory id", dirs: []string{meta1 + "directory.id=AAAAAAAAAAAAAAAAAAAAZA\n"}},
	{name: "malformed directory id", dirs: []string{meta1 + "directory.id=xx\n"}},
}

var metaReleases = []string{"2.8.2", "3.3.2", "3.4.1", "3.6.2", "3.7.2", "3.9.2", "4.4.0"}

// layNode puts the directories of a case below dir, and returns the configuration of a node that knows dir as root.
func layNode(t *testing.T, dir, root string, i int) string {
	t.Helper()
	c := nodeDirs[i]
	var dirs []string
	for n, d := range c.dirs {
		name := filepath.Join(dir, fmt.Sprintf("d%d", n))
		dirs = append(dirs, fmt.Sprintf("%s/d%d", root, n))
		switch d {
		case absent:
			continue
		case plainFile:
			require.NoError(t, os.WriteFile(name, nil, 0o644))
			continue
		}
		require.NoError(t, os.MkdirAll(name, 0o755))
		if d != bareDir {
			require.NoError(t, os.WriteFile(filepath.Join(name, "meta.properties"), []byte(d), 0o644))
		}
	}
	if c.more != "" {
		require.NoError(t, os.MkdirAll(filepath.Join(dir, c.more), 0o755))
	}
	return "process.roles=broker,controller\nnode.id=1\ncontroller.quorum.voters=1@h:9093\ncontroller.listener.names=CONTROLLER\n" +
		"listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT\nlisteners=PLAINTEXT://:9092,CONTROLLER://:9093\n" +
		"log.dirs=" + strings.Join(dirs, ",") + "\n" + strings.ReplaceAll(c.conf, "@", root)
}

// metaVerdict is ours on a case.
func metaVerdict(t *testing.T, release string, i int) string {
	t.Helper()
	dir := t.TempDir()
	config := layNode(t, dir, "", i)
	f, err := properties.Parse("server.properties", []byte(config))
	require.NoError(t, err)
	r, err := Validate(f, Options{Options: kafkacfg.Options{Release: kafkacfg.Release(release), Kind: kafkacfg.Broker}, Root: os.DirFS(dir)})
	require.NoError(t, err)
	if r.Verdict == finding.Refuses {
		require.Equal(t, finding.Environment, r.Stage, config)
		return "R"
	}
	return "A"
}

// TestMetaProperties compares with the stored verdicts of the real classes: a line for each case, a letter for each release.
func TestMetaProperties(t *testing.T) {
	want, err := os.ReadFile(filepath.Join("testdata", "meta-properties.tsv"))
	require.NoError(t, err)
	var got strings.Builder
	got.WriteString("case\t" + strings.Join(metaReleases, "\t") + "\n")
	for i, c := range nodeDirs {
		got.WriteString(c.name)
		for _, r := range metaReleases {
			got.WriteString("\t" + metaVerdict(t, r, i))
		}
		got.WriteString("\n")
	}
	require.Equal(t, string(want), got.String())
}

// TestMetaPropertiesOfKafka asks the real classes of some releases; UPDATE=1 asks all and stores what they say.
func TestMetaPropertiesOfKafka(t *testing.T) {
	reference.Require(t)
	jdk := reference.Java17(t)
	asked := []string{"2.8.2", "3.6.2", "3.9.2", "4.4.0"}
	if golden.Update() {
		asked = metaReleases
	}
	reference.PrepareKafka(t, asked...)
	answers := map[string][]string{}
	for _, release := range asked {
		answers[release] = askLogDirs(t, jdk, release)
	}
	path := filepath.Join("testdata", "meta-properties.tsv")
	if golden.Update() {
		lines := "case\t" + strings.Join(metaReleases, "\t") + "\n"
		for i, c := range nodeDirs {
			lines += c.name
			for _, release := range metaReleases {
				lines += "\t" + answers[release][i]
			}
			lines += "\n"
		}
		require.NoError(t, os.WriteFile(path, []byte(lines), 0o644))
		return
	}
	for i, c := range nodeDirs {
		for _, release := range asked {
			require.Equal(t, answers[release][i], metaVerdict(t, release, i), "%s: %s", release, c.name)
		}
	}
}

// askLogDirs returns a letter for each case.
func askLogDirs(t *testing.T, jdk reference.JDK, release string) []string {
	t.Helper()
	var in bytes.Buffer
	for i := range nodeDirs {
		dir := t.TempDir()
		file := filepath.Join(dir, "server.properties")
		require.NoError(t, os.WriteFile(file, []byte(layNode(t, dir, dir, i)), 0o644))
		fmt.Fprintln(&in, file)
	}
	classpath := reference.KafkaClasspath(t, release)
	classes := reference.Compile(t, jdk, classpath, filepath.Join("testdata", "LogDirs.java"))
	cmd := exec.Command(jdk.Bin("java"), "-Xmx300m", "-XX:TieredStopAtLevel=1", "-cp", classes+string(os.PathListSeparator)+classpath, "LogDirs")
	cmd.Stdin = &in
	out, err := cmd.Output()
	require.NoError(t, err)
	var answers []string
	for line := range strings.Lines(string(out)) {
		if strings.HasPrefix(line, "A\n") || strings.HasPrefix(line, "R ") { // the rest is the servers' own log
			answers = append(answers, line[:1])
		}
	}
	require.Len(t, answers, len(nodeDirs), "%s", out)
	return answers
}

// TestFormatOfDynamicQuorum: without voters kafka-storage.sh formats a controller only if it is told how the quorum begins.
func TestFormatOfDynamicQuorum(t *testing.T) {
	for config, want := range map[string]string{
		"process.roles=controller\ncontroller.quorum.bootstrap.servers=c1:9093\nlisteners=CONTROLLER://:9093\n": "kafka-storage.sh format -t <cluster id> -c server.properties" +
			", with --standalone on the first controller and --no-initial-controllers on the others",
		"process.roles=controller\ncontroller.quorum.voters=1@c1:9093\nlisteners=CONTROLLER://:9093\n":     "kafka-storage.sh format -t <cluster id> -c server.properties",
		"process.roles=broker\ncontroller.quorum.bootstrap.servers=c1:9093\nlisteners=PLAINTEXT://:9092\n": "kafka-storage.sh format -t <cluster id> -c server.properties",
	} {
		f, err := properties.Parse("server.properties", []byte(config+"node.id=1\ncontroller.listener.names=CONTROLLER\nlog.dirs=/var/lib/kafka\n"))
		require.NoError(t, err)
		r, err := Validate(f, Options{Options: kafkacfg.Options{Release: "4.4.0", Kind: kafkacfg.Broker}, Root: os.DirFS(t.TempDir())})
		require.NoError(t, err)
		i := slices.IndexFunc(r.Findings, func(f finding.Finding) bool { return f.ID == "kafka-storage-not-formatted" })
		require.GreaterOrEqual(t, i, 0, config)
		require.Equal(t, want, r.Findings[i].Help, config)
	}
}
