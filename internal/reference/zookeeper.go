package reference

import (
	"bufio"
	"bytes"
	"embed"
	"encoding/binary"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// ZooKeeperReleases lists the releases of ZooKeeper that Maven has, oldest first.
var ZooKeeperReleases = []string{
	"3.4.14",
	"3.5.5", "3.5.6", "3.5.7", "3.5.8", "3.5.9", "3.5.10",
	"3.6.0", "3.6.1", "3.6.2", "3.6.3", "3.6.4",
	"3.7.0", "3.7.1", "3.7.2",
	"3.8.0", "3.8.1", "3.8.2", "3.8.3", "3.8.4", "3.8.5", "3.8.6", "3.8.7",
	"3.9.0", "3.9.1", "3.9.2", "3.9.3", "3.9.4", "3.9.5", "3.9.6",
}

// withoutParent lists releases whose parent POM Maven cannot read, with the release whose dependencies serve them.
var withoutParent = map[string]string{"3.8.7": "3.8.6", "3.9.6": "3.9.5"}

// ZooKeeperClasspath returns the class path of a ZooKeeper release, as its binary distribution has it.
func ZooKeeperClasspath(t testing.TB, release string) string {
	t.Helper()
	base, ok := withoutParent[release]
	if !ok {
		return Classpath(t, "org.apache.zookeeper:zookeeper:"+release)
	}
	jars := filepath.SplitList(ZooKeeperClasspath(t, base))
	own := cached(t, "zookeeper-"+release, func(dir string) error {
		for _, artifact := range []string{"zookeeper", "zookeeper-jute"} {
			out, err := exec.Command(Tool(t, "mvn"), "-q", "-B", "dependency:copy",
				"-Dartifact=org.apache.zookeeper:"+artifact+":"+release, "-DoutputDirectory="+dir).CombinedOutput()
			if err != nil {
				t.Logf("%s", out)
				return err
			}
		}
		return nil
	})
	jars = slices.DeleteFunc(jars, func(j string) bool { return strings.HasPrefix(filepath.Base(j), "zookeeper-") })
	mine, _ := filepath.Glob(filepath.Join(own, "*.jar"))
	return strings.Join(append(mine, jars...), string(os.PathListSeparator))
}

//go:embed zookeeper/*.java
var zooKeeperSources embed.FS

// zooKeeperJudge writes the judge's sources to the cache and returns their paths.
func zooKeeperJudge(t testing.TB) []string {
	t.Helper()
	names, err := fs.Glob(zooKeeperSources, "zookeeper/*.java")
	must(t, err)
	var paths []string
	for _, name := range names {
		source, err := zooKeeperSources.ReadFile(name)
		must(t, err)
		path := filepath.Join(CacheDir(t), "ZooKeeperJudge-"+digest(string(source)), filepath.Base(name))
		must(t, os.MkdirAll(filepath.Dir(path), 0o755))
		must(t, os.WriteFile(path, source, 0o644))
		paths = append(paths, path)
	}
	return paths
}

// ZooKeeperCase is one start of a server's parser.
type ZooKeeperCase struct {
	Files      map[string]string // by path below ZooKeeperDir; a path that ends in "/" is a directory
	Config     string            // which of Files is parsed
	Properties map[string]string // given to the JVM by -D
}

// ZooKeeperDir is the text in the files of a case that stands for the directory they are in.
const ZooKeeperDir = "@DIR@"

// ZooKeeperFacts is what QuorumPeerConfig.parse made of a case: "exit" and "exceptions" where it refused it, else
// "accepts" and the fields of the configuration by name.
type ZooKeeperFacts map[string]string

// JudgeZooKeeper runs QuorumPeerConfig.parse of a release over the cases, in one JVM. Host names resolve as the lines of
// hosts say (as in /etc/hosts); others do not.
func JudgeZooKeeper(t testing.TB, release, hosts string, cases []ZooKeeperCase) []ZooKeeperFacts {
	t.Helper()
	jdk := Java17(t)
	classpath := ZooKeeperClasspath(t, release)
	tmp := t.TempDir()
	classes := Compile(t, jdk, classpath, zooKeeperJudge(t)...)

	hostsFile, input, output := filepath.Join(tmp, "hosts"), filepath.Join(tmp, "in"), filepath.Join(tmp, "out")
	dir := filepath.Join(tmp, "d")
	must(t, os.WriteFile(hostsFile, []byte(hosts), 0o644))
	must(t, os.WriteFile(input, encodeZooKeeper(cases, dir), 0o644))
	log4j, logback := filepath.Join(tmp, "log4j.properties"), filepath.Join(tmp, "logback.xml")
	must(t, os.WriteFile(log4j, []byte("log4j.rootLogger=OFF\n"), 0o644)) // a third of the time was spent on what nobody reads
	must(t, os.WriteFile(logback, []byte(`<configuration><root level="OFF"/></configuration>`), 0o644))
	out, err := exec.Command(jdk.Bin("java"), "-Xmx512m", "-XX:+UseSerialGC", "-Djdk.net.hosts.file="+hostsFile,
		"-Dlog4j.configuration=file:"+log4j, "-Dlogback.configurationFile="+logback,
		"-cp", classes+string(os.PathListSeparator)+classpath, "Judge", input, output, dir).CombinedOutput()
	if err != nil {
		t.Fatalf("ZooKeeper %s: %v\n%s", release, err, out)
	}
	answer, err := os.ReadFile(output)
	must(t, err)
	return decodeZooKeeper(t, answer, len(cases), dir)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func encodeZooKeeper(cases []ZooKeeperCase, dir string) []byte {
	var b bytes.Buffer
	number := func(n int) { binary.Write(&b, binary.BigEndian, int32(n)) }
	text := func(s string) { number(len(s)); b.WriteString(s) }
	number(len(cases))
	for _, c := range cases {
		number(len(c.Files))
		for path, content := range c.Files {
			text(strings.TrimSuffix(path, "/"))
			if strings.HasSuffix(path, "/") {
				b.WriteByte(1)
				continue
			}
			b.WriteByte(0)
			text(strings.ReplaceAll(content, ZooKeeperDir, dir))
		}
		number(len(c.Properties))
		for key, value := range c.Properties {
			text(key)
			text(value)
		}
		text(c.Config)
	}
	return b.Bytes()
}

func decodeZooKeeper(t testing.TB, answer []byte, cases int, dir string) []ZooKeeperFacts {
	t.Helper()
	in := bufio.NewReader(bytes.NewReader(answer))
	number := func() int {
		var n int32
		must(t, binary.Read(in, binary.BigEndian, &n))
		return int(n)
	}
	text := func() string {
		b := make([]byte, number())
		_, err := io.ReadFull(in, b)
		must(t, err)
		return strings.ReplaceAll(string(b), dir, ZooKeeperDir)
	}
	all := make([]ZooKeeperFacts, cases)
	for i := range all {
		all[i] = ZooKeeperFacts{}
		for n := number(); n > 0; n-- {
			key := text()
			all[i][key] = text()
		}
	}
	return all
}
