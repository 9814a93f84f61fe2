// Package reference runs the real programs that decide what kcfg has to say: Java with its KeyStore and Properties,
// Kafka and ZooKeeper from Maven's jars, openssl. It is for tests only.
//
// Tests that need it run with KCFG_REQUIRE_TOOLS=1 and then fail where a tool is missing; without it they are skipped,
// so that go test ./... needs Go alone.
package reference

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// Required reports whether the real programs have to be there.
func Required() bool { return os.Getenv("KCFG_REQUIRE_TOOLS") == "1" }

// Require skips the test unless the real programs are required.
func Require(t testing.TB) {
	t.Helper()
	if !Required() {
		t.Skip("runs the real programs: set KCFG_REQUIRE_TOOLS=1")
	}
}

// Tool returns the path of a program, and fails the test where it is missing.
func Tool(t testing.TB, name string) string {
	t.Helper()
	Require(t)
	path, err := exec.LookPath(name)
	if err != nil {
		t.Fatalf("%s is needed: %v", name, err)
	}
	return path
}

// JDK is one Java Development Kit on this machine.
type JDK struct {
	Home  string
	Major int // 8, 17, 25
}

// Bin returns the path of one of the JDK's programs, such as "java" or "keytool".
func (j JDK) Bin(name string) string { return filepath.Join(j.Home, "bin", name) }

var releaseVersion = regexp.MustCompile(`(?m)^JAVA_VERSION="(?:1\.)?(\d+)`)

var jdks = sync.OnceValue(func() []JDK {
	var found []JDK
	homes := []string{os.Getenv("JAVA_HOME")}
	if javac, err := exec.LookPath("javac"); err == nil {
		if real, err := filepath.EvalSymlinks(javac); err == nil {
			homes = append(homes, filepath.Dir(filepath.Dir(real)))
		}
	}
	more, _ := filepath.Glob("/usr/lib/jvm/*")
	for _, home := range append(homes, more...) {
		home, err := filepath.EvalSymlinks(home)
		if err != nil || home == "" {
			continue
		}
		if _, err := os.Stat(filepath.Join(home, "bin", "javac")); err != nil {
			continue
		}
		release, _ := os.ReadFile(filepath.Join(home, "release"))
		m := releaseVersion.FindSubmatch(release)
		if m == nil {
			continue
		}
		major, _ := strconv.Atoi(string(m[1]))
		if !slices.ContainsFunc(found, func(j JDK) bool { return j.Major == major }) {
			found = append(found, JDK{home, major})
		}
	}
	slices.SortFunc(found, func(a, b JDK) int { return a.Major - b.Major })
	return found
})

// JDKs returns one JDK of each major version on this machine, oldest first, and fails the test where there is none.
func JDKs(t testing.TB) []JDK {
	t.Helper()
	Require(t)
	if len(jdks()) == 0 {
		t.Fatal("a JDK is needed: set JAVA_HOME")
	}
	return jdks()
}

// Java17 returns the oldest JDK from version 17 on: the one on which Kafka's and ZooKeeper's classes are run.
func Java17(t testing.TB) JDK {
	t.Helper()
	for _, j := range JDKs(t) {
		if j.Major >= 17 {
			return j
		}
	}
	t.Fatal("a JDK of version 17 or newer is needed")
	return JDK{}
}

// CacheDir returns a directory, kept between runs, for what is expensive to make: class files, class paths.
func CacheDir(t testing.TB) string {
	t.Helper()
	base, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(base, "kcfg-reference")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

func digest(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%d:%s", len(p), p)
	}
	return hex.EncodeToString(h.Sum(nil)[:10])
}

// Compile compiles Java sources against a class path (may be empty) and returns the directory of the class files. The
// result is cached by the content of the sources.
func Compile(t testing.TB, jdk JDK, classpath string, sources ...string) string {
	t.Helper()
	parts := []string{strconv.Itoa(jdk.Major), classpath}
	for _, s := range sources {
		b, err := os.ReadFile(s)
		if err != nil {
			t.Fatal(err)
		}
		parts = append(parts, s, string(b))
	}
	return cached(t, "classes-"+digest(parts...), func(dir string) error {
		args := []string{"-nowarn", "-d", dir}
		if classpath != "" {
			args = append(args, "-cp", classpath)
		}
		out, err := exec.Command(jdk.Bin("javac"), append(args, sources...)...).CombinedOutput()
		if err != nil {
			return fmt.Errorf("javac: %w\n%s", err, out)
		}
		return nil
	})
}

// cached makes the directory called name in the cache unless it is there. What is half made is never seen.
func cached(t testing.TB, name string, fill func(dir string) error) string {
	t.Helper()
	final := filepath.Join(CacheDir(t), name)
	if _, err := os.Stat(final); err == nil {
		return final
	}
	dir, err := os.MkdirTemp(CacheDir(t), "new-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	if err := fill(dir); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(dir, final); err != nil {
		if _, statErr := os.Stat(final); statErr != nil { // another test was faster
			t.Fatal(err)
		}
	}
	return final
}

// Classpath returns the class path of Maven artifacts, each "group:artifact:version", with everything they need at run
// time, or, written "group:artifact:version:alone", without. Maven fetches what is not in its local repository.
func Classpath(t testing.TB, artifacts ...string) string {
	t.Helper()
	Require(t)
	mvn := Tool(t, "mvn")
	dir := cached(t, "classpath-"+digest(artifacts...), func(dir string) error {
		pom := filepath.Join(dir, "pom.xml")
		if err := os.WriteFile(pom, []byte(pomOf("reference", artifacts)), 0o644); err != nil {
			return err
		}
		out, err := exec.Command(mvn, "-q", "-B", "-f", pom, "dependency:build-classpath",
			"-Dmdep.outputFile="+filepath.Join(dir, "classpath"), "-DincludeScope=runtime").CombinedOutput()
		if err != nil {
			return fmt.Errorf("mvn %s: %w\n%s", strings.Join(artifacts, " "), err, out)
		}
		return nil
	})
	b, err := os.ReadFile(filepath.Join(dir, "classpath"))
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(b))
}

func pomHead(name string) string {
	return `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>` +
		`<groupId>kcfg</groupId><artifactId>` + name + `</artifactId><version>1</version>`
}

func pomOf(name string, artifacts []string) string {
	var b strings.Builder
	b.WriteString(pomHead(name) + "<dependencies>")
	for _, a := range artifacts {
		a, isAlone := strings.CutSuffix(a, alone)
		p := strings.SplitN(a, ":", 3)
		fmt.Fprintf(&b, "<dependency><groupId>%s</groupId><artifactId>%s</artifactId><version>%s</version>", p[0], p[1], p[2])
		if isAlone {
			b.WriteString("<exclusions><exclusion><groupId>*</groupId><artifactId>*</artifactId></exclusion></exclusions>")
		}
		b.WriteString("</dependency>")
	}
	b.WriteString("</dependencies></project>")
	return b.String()
}
