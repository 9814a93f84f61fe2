package tlsstore

import (
	"bufio"
	"encoding/hex"
	"io"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/internal/reference"
)

// jvm is a running Java with testdata/java/Stores.java, which answers what KeyStore says.
type jvm struct {
	jdk   reference.JDK
	major int
	in    io.WriteCloser
	out   *bufio.Scanner
}

// startJVM starts one, which ends with the test.
func startJVM(t *testing.T, jdk reference.JDK, classpath string, args ...string) *jvm {
	t.Helper()
	classes := reference.Compile(t, jdk, classpath, "testdata/java/Stores.java", "testdata/java/Handshake.java", "testdata/java/Echo.java")
	if classpath != "" {
		classes += ":" + classpath
	}
	args = append([]string{"-Xmx1g", "-XX:+UseSerialGC", "-Dfile.encoding=UTF-8", "-Dsun.jnu.encoding=UTF-8"}, args...)
	cmd := exec.Command(jdk.Bin("java"), append(args, "-cp", classes, "Stores")...)
	in, err := cmd.StdinPipe()
	require.NoError(t, err)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		in.Close()
		require.NoError(t, cmd.Wait())
	})
	scanner := bufio.NewScanner(out)
	scanner.Buffer(nil, 1<<24)
	return &jvm{jdk, jdk.Major, in, scanner}
}

// eachJDK runs a test against every JDK found.
func eachJDK(t *testing.T, test func(t *testing.T, j *jvm)) {
	t.Helper()
	for _, jdk := range reference.JDKs(t) {
		if jdk.Major < 17 {
			continue // the Java program is written for 17
		}
		t.Run("java"+strconv.Itoa(jdk.Major), func(t *testing.T) { test(t, startJVM(t, jdk, "")) })
	}
}

// ask sends one question and returns the answer's lines. An error of Java's is returned as text.
func (j *jvm) ask(t *testing.T, fields ...string) (lines [][]string, failure string) {
	t.Helper()
	_, err := io.WriteString(j.in, strings.Join(fields, "\t")+"\n")
	require.NoError(t, err)
	for j.out.Scan() {
		f := strings.Split(j.out.Text(), "\t")
		switch f[0] {
		case "END":
			return lines, failure
		case "ERROR":
			failure = unhex(f[1])
		default:
			lines = append(lines, f)
		}
	}
	t.Fatalf("java ended: %v", j.out.Err())
	return nil, ""
}

func tohex(s string) string { return hex.EncodeToString([]byte(s)) }

func unhex(s string) string {
	b, err := hex.DecodeString(s)
	if err != nil {
		return s
	}
	return string(b)
}

// javaSees is an entry as Java's KeyStore reports it.
type javaSees struct {
	alias   string
	kind    string
	created int64 // milliseconds
	chain   []string
	key     string // "signs", "foreign", "alone", "-", "!Exception", or a secret in hex
}

// dump returns the entries of a file in the order of their aliases, or Java's error.
func (j *jvm) dump(t *testing.T, typ, path string, password Password, keyPassword string) ([]javaSees, string) {
	t.Helper()
	pw := "-"
	if !password.IsNone() {
		pw = hex.EncodeToString(password.bytes())
	}
	if keyPassword != "-" {
		keyPassword = tohex(keyPassword)
	}
	lines, failure := j.ask(t, "dump", typ, tohex(path), pw, keyPassword)
	if failure != "" {
		return nil, failure
	}
	var all []javaSees
	for _, f := range lines {
		e := javaSees{alias: unhex(f[1]), kind: f[2], key: f[5]}
		e.created, _ = strconv.ParseInt(f[3], 10, 64)
		if f[4] != "" {
			e.chain = strings.Split(f[4], ",")
		}
		all = append(all, e)
	}
	slices.SortStableFunc(all, func(a, b javaSees) int { return strings.Compare(a.alias, b.alias) })
	return all, ""
}

// weSee returns what our reader says of a store in the same form, for comparison.
func weSee(s *Store) []javaSees {
	var all []javaSees
	for _, e := range s.Inspect().Entries {
		see := javaSees{alias: e.Alias, kind: e.Type.String()}
		if e.Created != nil {
			see.created = e.Created.UnixMilli()
		}
		for _, c := range e.Chain {
			see.chain = append(see.chain, c.SHA256)
		}
		all = append(all, see)
	}
	slices.SortStableFunc(all, func(a, b javaSees) int { return strings.Compare(a.alias, b.alias) })
	return all
}

// requireSame compares what Java and we see. Dates that Java makes up at loading time are not compared, nor keys, which only
// Java's side has.
func requireSame(t *testing.T, java, ours []javaSees, what string) {
	t.Helper()
	recent := time.Now().Add(-time.Hour).UnixMilli()
	for i := range java {
		if i < len(ours) && ours[i].created == 0 && (java[i].created > recent || java[i].created == 0) {
			java[i].created = 0
		}
	}
	strip := func(all []javaSees) []javaSees {
		out := slices.Clone(all)
		for i := range out {
			out[i].key = ""
		}
		return out
	}
	require.Equal(t, strip(java), strip(ours), what)
}
