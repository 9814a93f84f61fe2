package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	judge "github.com/kcfg/kcfg/internal/reference"
	"github.com/kcfg/kcfg/tlsstore"
)

const refPassword = "correct horse battery"

// mustRun runs kcfg in process and fails the test unless it ends with 0.
func mustRun(t *testing.T, args ...string) string {
	t.Helper()
	var stdout, stderr bytes.Buffer
	status := run(env{
		Args: args, Stdin: strings.NewReader(""), Stdout: &stdout, Stderr: &stderr, Now: time.Now,
		Environ: []string{"KCFG_PASSWORD=" + refPassword, "KEY_PASSWORD=another password"},
	})
	require.Equal(t, exitOK, status, "kcfg %s\n%s%s", strings.Join(args, " "), &stdout, &stderr)
	return stdout.String()
}

// lineage is the path of a lineage among the module's fixtures.
func lineage(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("../../testdata/live", name))
	require.NoError(t, err)
	return path
}

const exampleRoot = "../../testdata/example-root.pem"

func TestJavaShakesHandsWithWhatWeWrite(t *testing.T) {
	judge.Require(t)
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	mustRun(t, "truststore", "--pem", exampleRoot, "--out", in("root.p12"))
	mustRun(t, "truststore", "--pem", exampleRoot, "--out", in("root.jks"))
	mustRun(t, "truststore", "--pem", exampleRoot, "--out", in("root-open.p12"), "--passwordless")
	mustRun(t, "truststore", "--roots-only", "--out", in("wrong.p12"))
	var lines, want []string
	add := func(expect string, fields ...string) {
		lines = append(lines, strings.Join(fields, "\t"))
		want = append(want, expect)
	}
	for _, host := range []string{"kafka1.example.com", "kafka2.example.com", "kafka3.example.com"} {
		p12, jks, own := in(host+".p12"), in(host+".jks"), in(host+"-own.jks")
		mustRun(t, "keystore", "--pem", lineage(t, host), "--out", p12, "--truststore", in(host+"-trust.jks"))
		mustRun(t, "keystore", "--pem", lineage(t, host), "--out", jks, "--truststore", in(host+"-trust.p12"))
		mustRun(t, "keystore", "--pem", lineage(t, host), "--out", own, "--key-password", "env:KEY_PASSWORD")
		mustRun(t, "keystore", "--pem", lineage(t, host), "--out", in(host+"-legacy.p12"), "--profile", "legacy")
		add("ok 2", p12, "PKCS12", refPassword, refPassword, in("root.p12"), "PKCS12", refPassword, host)
		add("ok 2", jks, "JKS", refPassword, refPassword, in("root.jks"), "JKS", refPassword, host)
		add("ok 2", own, "JKS", refPassword, "another password", in("root-open.p12"), "PKCS12", "", host)
		add("ok 2", in(host+"-legacy.p12"), "PKCS12", refPassword, refPassword, in("root.p12"), "PKCS12", refPassword, host)
		add("ok 2", p12, "PKCS12", refPassword, refPassword, in(host+"-trust.jks"), "JKS", refPassword, host)
		add("ok 2", p12, "PKCS12", refPassword, refPassword, in(host+"-trust.p12"), "PKCS12", refPassword, host)
		add("unable to find valid certification path", p12, "PKCS12", refPassword, refPassword, in("wrong.p12"), "PKCS12", refPassword, host)
		add("No subject alternative DNS name matching", p12, "PKCS12", refPassword, refPassword, in("root.p12"), "PKCS12", refPassword, "other.example.com")
	}
	// mutual TLS with certificates of a private authority, and with those of another one
	for _, name := range []string{"ca", "other-ca"} {
		mustRun(t, "ca", "init", in(name), "--name", "Example", "--domain", "example.com")
		mustRun(t, "ca", "issue", "--ca", in(name), "--client", "orders", "--out", in(name+"-client.p12"))
	}
	broker, trust := in("ca-broker.p12"), in("ca-trust.p12")
	mustRun(t, "ca", "issue", "--ca", in("ca"), "--host", "kafka1.example.com", "--out", broker, "--truststore", trust)
	mutual := []string{broker, "PKCS12", refPassword, refPassword, trust, "PKCS12", refPassword, "kafka1.example.com"}
	add("ok 2", slices.Concat(mutual, []string{in("ca-client.p12"), refPassword})...)
	add("ok 2", slices.Concat(mutual, []string{broker, refPassword})...) // between brokers
	add("failed", slices.Concat(mutual, []string{in("other-ca-client.p12"), refPassword})...)
	add("failed", slices.Concat(mutual, []string{"", ""})...)
	add("failed", slices.Concat([]string{in("ca-client.p12")}, mutual[1:], []string{broker, refPassword})...) // a client is no server
	for _, jdk := range judge.JDKs(t) {
		t.Run(fmt.Sprintf("Java %d", jdk.Major), func(t *testing.T) {
			classes := judge.Compile(t, jdk, "", "testdata/java/Handshake.java")
			cmd := exec.Command(jdk.Bin("java"), "-Xmx256m", "-cp", classes, "Handshake")
			cmd.Stdin = strings.NewReader(strings.Join(lines, "\n") + "\n")
			cmd.Stderr = os.Stderr
			out, err := cmd.Output()
			require.NoError(t, err)
			got := strings.Split(strings.TrimSpace(string(out)), "\n")
			require.Len(t, got, len(want))
			for i := range want {
				require.Contains(t, got[i], want[i], lines[i])
				require.Equal(t, strings.HasPrefix(want[i], "ok"), strings.HasPrefix(got[i], "ok"), got[i])
			}
		})
	}
}

func TestKeytoolListsWhatWeWrite(t *testing.T) {
	judge.Require(t)
	dir := t.TempDir()
	for _, name := range []string{"k.p12", "k.jks"} {
		mustRun(t, "keystore", "--pem", lineage(t, "kafka1.example.com"), "--alias", "Kafka1", "--out", filepath.Join(dir, name))
	}
	for _, name := range []string{"t.p12", "t.jks"} {
		mustRun(t, "truststore", "--pem", lineage(t, "kafka1.example.com"), "--roots", "letsencrypt", "--alias", "ca", "--out", filepath.Join(dir, name))
	}
	today := time.Now().Format("Jan 2, 2006")
	for _, jdk := range judge.JDKs(t) {
		for name, wants := range map[string][]string{
			"k.p12": {"Alias name: kafka1\n", "Entry type: PrivateKeyEntry", "Certificate chain length: 2", "Owner: CN=Example E1", "Creation date: " + today},
			"k.jks": {"Alias name: kafka1\n", "Entry type: PrivateKeyEntry", "Certificate chain length: 2", "Owner: CN=Example E1", "Creation date: " + today},
			"t.p12": {"contains 5 entries", "Alias name: ca\n", "Alias name: isrg-root-x1\n", "Alias name: root-yr\n", "Entry type: trustedCertEntry"},
			"t.jks": {"contains 5 entries", "Alias name: ca\n", "Alias name: isrg-root-x1\n", "Alias name: root-yr\n", "Entry type: trustedCertEntry"},
		} {
			cmd := exec.Command(jdk.Bin("keytool"), "-J-Duser.language=en", "-J-Duser.country=US", "-list", "-v",
				"-keystore", filepath.Join(dir, name), "-storepass:env", "PW")
			cmd.Env = append(os.Environ(), "PW="+refPassword)
			out, err := cmd.CombinedOutput()
			require.NoError(t, err, "%s", out)
			for _, want := range wants {
				require.Contains(t, string(out), want, "Java %d, %s", jdk.Major, name)
			}
		}
	}
}

// TestCacertsOfRealJDKs adds to a copy of each JDK's own trust store: JKS, or from 18 on PKCS12 without a password.
func TestCacertsOfRealJDKs(t *testing.T) {
	judge.Require(t)
	for _, jdk := range judge.JDKs(t) {
		t.Run(fmt.Sprintf("Java %d", jdk.Major), func(t *testing.T) {
			home := t.TempDir()
			own, inside := "lib/security/cacerts", "lib/security/cacerts"
			if _, err := os.Stat(filepath.Join(jdk.Home, own)); err != nil {
				own = "jre/lib/security/cacerts" // Java 8
			}
			path := filepath.Join(home, inside)
			require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
			require.NoError(t, os.WriteFile(path, readFile(t, filepath.Join(jdk.Home, own)), 0o644))
			format := tlsstore.Detect(readFile(t, path))
			listed := func() (entries int, list string) {
				out, err := exec.Command(jdk.Bin("keytool"), "-J-Duser.language=en", "-list", "-keystore", path, "-storepass", "changeit").CombinedOutput()
				require.NoError(t, err, "%s", out)
				return strings.Count(string(out), ", trustedCertEntry,"), string(out)
			}
			before, _ := listed()
			add := func() string {
				var stdout, stderr bytes.Buffer
				status := run(env{
					Args:  []string{"truststore", "--pem", exampleRoot, "--alias", "Example", "--cacerts"},
					Stdin: strings.NewReader(""), Stdout: &stdout, Stderr: &stderr, Now: time.Now, Environ: []string{"JAVA_HOME=" + home},
				})
				require.Equal(t, exitOK, status, "%s", &stderr)
				return stdout.String()
			}
			require.Contains(t, add(), path+": replaced, "+format.String())
			after, list := listed()
			require.Equal(t, before+1, after)
			require.Contains(t, list, "example, ")
			now := readFile(t, path)
			require.Equal(t, format, tlsstore.Detect(now))
			require.Contains(t, add(), path+": unchanged")
			require.Equal(t, now, readFile(t, path))
		})
	}
}

func TestOpenSSLReadsOurPKCS12(t *testing.T) {
	openssl := judge.Tool(t, "openssl")
	path := filepath.Join(t.TempDir(), "k.p12")
	mustRun(t, "keystore", "--pem", lineage(t, "kafka1.example.com"), "--alias", "kafka1", "--out", path)
	cmd := exec.Command(openssl, "pkcs12", "-in", path, "-passin", "env:PW", "-noenc")
	cmd.Env = append(os.Environ(), "PW="+refPassword)
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	require.Contains(t, string(out), "friendlyName: kafka1")
	require.Equal(t, 2, strings.Count(string(out), "BEGIN CERTIFICATE"))
	require.Equal(t, 1, strings.Count(string(out), "BEGIN PRIVATE KEY"))
}

func TestBashCompletesWithoutOtherPackages(t *testing.T) {
	bash := judge.Tool(t, "bash")
	kcfg := buildKcfg(t)
	script := `source <(kcfg completion bash)
compopt() { :; } # works inside a completion only
try() {
	COMP_LINE="$1" COMP_POINT=${#1} COMPREPLY=(); shift
	COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
	__start_kcfg; echo "${COMPREPLY[*]}"
}
try "kcfg keyst" kcfg keyst
try "kcfg keystore --format " kcfg keystore --format ""
try "kcfg keystore --format=j" kcfg keystore --format = j
try "kcfg truststore --roots l" kcfg truststore --roots l
try "kcfg keystore --password r" kcfg keystore --password r
try "kcfg explain tls-anchor-r" kcfg explain tls-anchor-r
`
	cmd := exec.Command(bash, "--norc", "--noprofile", "-c", script)
	cmd.Env = append(os.Environ(), "PATH="+filepath.Dir(kcfg)+":"+os.Getenv("PATH"))
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	require.Equal(t, "keystore\npkcs12 jks pem\njks\nletsencrypt\nrandom:\ntls-anchor-rotates\n", string(out))
}

// buildKcfg builds the command.
func buildKcfg(t testing.TB) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "kcfg")
	out, err := exec.Command("go", "build", "-o", path, ".").CombinedOutput()
	require.NoError(t, err, "%s", out)
	return path
}

// systemCalls are those with which a file is written, and those between them.
const systemCalls = "openat,openat2,read,pread64,write,pwrite64,fsync,close,fstat,newfstatat,statx,fchmod,fchown,flock,getdents64,readlinkat," +
	"sync_file_range,linkat,renameat,renameat2,unlinkat,ftruncate,faccessat,faccessat2,flistxattr,fgetxattr,fsetxattr,fremovexattr"

// TestKilledAtEverySystemCall kills a renewal at the first, the second, … call of each of these kinds, until one run comes
// to its end. Whenever it dies, each file is the old one or the new one, whole; and the next run
// finishes the work and leaves nothing behind.
func TestKilledAtEverySystemCall(t *testing.T) {
	strace := judge.Tool(t, "strace")
	kcfg := buildKcfg(t)
	for _, c := range []renewalFiles{
		{name: "one file", key: "keys/k.p12"},
		{name: "two files in one directory", key: "both/k.p12", trust: "both/t.p12"},
		{name: "two files in two directories", key: "keys/k.p12", trust: "trust/t.jks"},
		{name: "two files and the one that names them", key: "both/k.p12", trust: "both/t.p12", setIn: "keys/server.properties"},
	} {
		t.Run(c.name, func(t *testing.T) {
			start := time.Now()
			killed, changed := 0, 0
			for call := range strings.SplitSeq(systemCalls, ",") {
				for k := 1; ; k++ {
					require.Less(t, k, 1000, "no run came to its end")
					died, old := killAt(t, strace, kcfg, c, call, k)
					if !died {
						break
					}
					killed++
					if !old {
						changed++
					}
				}
			}
			t.Logf("killed %d times in %s; %d times after the first file was new", killed, time.Since(start).Round(time.Second), changed)
			require.Greater(t, killed, 80)
			require.Greater(t, changed, 0)
		})
	}
}

// renewalFiles are the files of a renewal; trust and setIn may be empty.
type renewalFiles struct{ name, key, trust, setIn string }

// killAt lets a renewal die at its k-th system call of a kind and reports whether it did, and whether the files were still all old.
func killAt(t *testing.T, strace, kcfg string, c renewalFiles, call string, k int) (died, allOld bool) {
	t.Helper()
	dir := t.TempDir()
	defer os.RemoveAll(dir)
	for _, d := range []string{"keys", "trust", "both"} {
		require.NoError(t, os.Mkdir(filepath.Join(dir, d), 0o700))
	}
	write := func(prefix []string, iterations string, more ...string) error {
		args := append(prefix, kcfg, "keystore", "--pem", lineage(t, "kafka1.example.com"), "--alias", "kafka1", "--out", filepath.Join(dir, c.key))
		if c.trust != "" {
			args = append(args, "--truststore", filepath.Join(dir, c.trust), "--roots", exampleRoot)
		}
		cmd := exec.Command(args[0], append(append(args[1:], more...), "--iterations", iterations)...)
		cmd.Env = append(os.Environ(), "KCFG_PASSWORD="+refPassword, "GOMAXPROCS=1")
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("%w: %s", err, out)
		}
		return nil
	}
	require.NoError(t, write(nil, "1000"))
	var files []string // in the order in which they become new
	if c.trust != "" { // the renewal adds a root, so that the trust store changes too
		trust := filepath.Join(dir, c.trust)
		files = append(files, trust)
		mustRun(t, "truststore", "--pem", lineage(t, "kafka1.example.com"), "--out", trust, "--force")
		require.NoError(t, os.Remove(trust+".bak"))
	}
	files = append(files, filepath.Join(dir, c.key))
	var setIn []string
	if c.setIn != "" {
		path := filepath.Join(dir, c.setIn)
		require.NoError(t, os.WriteFile(path, []byte("broker.id=1\n"), 0o600))
		files, setIn = append(files, path), []string{"--set-in", path}
	}
	before := make([][]byte, len(files))
	for i, f := range files {
		before[i] = readFile(t, f)
	}
	err := write([]string{strace, "-f", "-o", "/dev/null", "-e", "trace=" + call,
		"-e", fmt.Sprintf("inject=%s:signal=SIGKILL:when=%d", call, k)}, "2000", setIn...)
	died, allOld = err != nil, true
	for i, f := range slices.Backward(files) {
		if now := readFile(t, f); !bytes.Equal(now, before[i]) {
			allOld = false
			whole(t, f, now)
		} else {
			require.True(t, allOld, "%s is old, and what was to follow it is new", f)
		}
	}
	require.NoError(t, write(nil, "2000", setIn...), "the run after the one that died at %s %d", call, k)
	for i, f := range files {
		now := readFile(t, f)
		require.False(t, bytes.Equal(now, before[i]), "%s is still the old one", f)
		whole(t, f, now)
		left, err := os.ReadDir(filepath.Dir(f))
		require.NoError(t, err)
		for _, e := range left {
			require.False(t, strings.HasPrefix(e.Name(), "."), "left behind: %s", e.Name())
		}
	}
	return died, allOld
}

func readFile(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	require.NoError(t, err)
	return b
}

// whole fails the test unless a new file is all there.
func whole(t *testing.T, path string, data []byte) {
	t.Helper()
	if strings.HasSuffix(path, ".properties") {
		require.True(t, strings.HasPrefix(string(data), "broker.id=1\n"), "%s", data)
		require.Equal(t, 7, strings.Count(string(data), "\n"), "%s", data)
		return
	}
	s, err := tlsstore.Decode(data, tlsstore.NewPassword([]byte(refPassword)), tlsstore.DecodeOptions{})
	require.NoError(t, err, path)
	require.Equal(t, tlsstore.Verified, s.Integrity)
	require.NotEmpty(t, s.Entries)
}
