package reference

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// KafkaClasspath returns the class path of one Kafka release: the broker (kafka_2.13) and all it needs, with the clients.
func KafkaClasspath(t testing.TB, release string) string {
	t.Helper()
	return Classpath(t, kafkaArtifacts(release)...)
}

// PrepareKafka resolves the class paths of many releases in one run of Maven, which is much faster than asking for each
// with KafkaClasspath.
func PrepareKafka(t testing.TB, releases ...string) {
	t.Helper()
	sets := make([][]string, len(releases))
	for i, r := range releases {
		sets[i] = kafkaArtifacts(r)
	}
	prepareClasspaths(t, sets)
}

func kafkaArtifacts(release string) []string {
	return []string{"org.apache.kafka:kafka_2.13:" + release}
}

// alone at the end of an artifact asks for it without what it needs.
const alone = ":alone"

// prepareClasspaths fills the cache of Classpath for every set that it lacks, with one run of Maven over a project of
// many modules.
func prepareClasspaths(t testing.TB, sets [][]string) {
	t.Helper()
	mvn := Tool(t, "mvn")
	missing := map[string][]string{}
	for _, s := range sets {
		name := "classpath-" + digest(s...)
		if _, err := os.Stat(filepath.Join(CacheDir(t), name, "classpath")); err != nil {
			missing[name] = s
		}
	}
	if len(missing) == 0 {
		return
	}
	dir := t.TempDir()
	var modules strings.Builder
	for name, artifacts := range missing {
		fmt.Fprintf(&modules, "<module>%s</module>", name)
		if err := writePom(filepath.Join(dir, name), pomOf(name, artifacts)); err != nil {
			t.Fatal(err)
		}
	}
	parent := pomHead("all") + "<packaging>pom</packaging><modules>" + modules.String() + "</modules></project>"
	if err := writePom(dir, parent); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(mvn, "-q", "-B", "-f", filepath.Join(dir, "pom.xml"), "dependency:build-classpath",
		"-Dmdep.outputFile=classpath", "-DincludeScope=runtime").CombinedOutput()
	if err != nil {
		t.Fatalf("mvn: %v\n%s", err, out)
	}
	for name := range missing {
		cached(t, name, func(to string) error {
			b, err := os.ReadFile(filepath.Join(dir, name, "classpath"))
			if err != nil {
				return err
			}
			return os.WriteFile(filepath.Join(to, "classpath"), b, 0o644)
		})
	}
}

func writePom(dir, text string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "pom.xml"), []byte(text), 0o644)
}
