package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"
)

const examplePassword = "changeit" // the one of a JDK's trust store

// TestExamplesOfHelpWork runs every example of every command's help, each in a directory of its own that has the files which it names.
// What stands below /etc lies below that directory.
func TestExamplesOfHelpWork(t *testing.T) {
	fixtures := exampleFixtures(t)
	root := newRoot(&env{Stdin: strings.NewReader(""), Stdout: &bytes.Buffer{}, Stderr: &bytes.Buffer{}})
	walk(root, func(cmd *cobra.Command) {
		text := strings.ReplaceAll(cmd.Example, "\\\n", " ")
		for line := range strings.Lines(text) {
			if line = strings.TrimSpace(line); strings.Contains(line, "kcfg ") {
				t.Run(strings.ReplaceAll(line, "/", "_"), func(t *testing.T) { exampleWorks(t, fixtures, line) })
			}
		}
	})
}

// mayFind are the commands whose status is 1 where they find something.
var mayFind = regexp.MustCompile(`^kcfg (validate|inspect|diff) `)

func exampleWorks(t *testing.T, fixtures, line string) {
	dir := t.TempDir()
	linkAll(t, fixtures, dir)
	t.Chdir(dir)
	me, err := user.Current()
	require.NoError(t, err)
	line = strings.NewReplacer("/etc/", dir+"/etc/", "~/", dir+"/home/", "--user kafka", "--user "+me.Username, "--owner kafka", "--owner "+me.Username).Replace(line)
	line, _, _ = strings.Cut(line, "   ") // a comment
	line, _, _ = strings.Cut(line, " || ")
	before, line, _ := strings.Cut(line, "kcfg ")
	line, _, _ = strings.Cut(line, " | ")
	if strings.HasSuffix(before, "<(") {
		line, _, _ = strings.Cut(line, ")")
	}
	line, _, _ = strings.Cut(line, " >")
	line, input, _ := strings.Cut(line, " < ")
	stdin := "server.properties\x00" // of git ls-files
	switch {
	case input != "":
		data, err := os.ReadFile(input)
		require.NoError(t, err)
		stdin = string(data)
	case strings.HasPrefix(line, "explain -"):
		stdin = `ConfigException: Missing required configuration "zookeeper.connect" which has no default value.`
	case strings.Contains(line, "--from-server"):
		line += " --help" // that it is spelt right: there is no network
	}
	var args []string
	for _, word := range splitWords(t, line) {
		if found, err := filepath.Glob(word); err == nil && strings.Contains(word, "*/") || strings.Contains(word, "/*") {
			require.NotEmpty(t, found, word)
			args = append(args, found...)
			continue
		}
		args = append(args, word)
	}
	for _, made := range madeBy(args) {
		require.NoError(t, os.RemoveAll(made))
	}
	var out bytes.Buffer
	status := run(exampleEnv(dir, args, stdin, &out))
	require.True(t, status == exitOK || status == exitFindings && mayFind.MatchString("kcfg "+line), "kcfg %s\n[%d]\n%s", line, status, out.String())
}

// linkAll gives a directory the files of another. Commands replace files, so that one file can stand in many directories.
func linkAll(t *testing.T, from, to string) {
	t.Helper()
	require.NoError(t, filepath.WalkDir(from, func(path string, e fs.DirEntry, err error) error {
		name, relErr := filepath.Rel(from, path)
		switch target := filepath.Join(to, name); {
		case errors.Join(err, relErr) != nil:
			return errors.Join(err, relErr)
		case e.IsDir():
			return os.MkdirAll(target, 0o700)
		case e.Type() == fs.ModeSymlink:
			link, err := os.Readlink(path)
			return errors.Join(err, os.Symlink(link, target))
		default:
			return os.Link(path, target)
		}
	}))
}

// madeBy names what a command makes and would find there already.
func madeBy(args []string) []string {
	switch {
	case args[0] == "keystore" || args[0] == "truststore":
		return []string{args[0] + ".p12"}
	case args[0] == "ca" && args[1] == "init":
		return args[2:3]
	case args[0] == "convert" || args[0] == "ca":
		if i := slices.Index(args, "--out"); i > 0 {
			return args[i+1 : i+2]
		}
	}
	return nil
}

func exampleEnv(dir string, args []string, stdin string, out io.Writer) env {
	var environ []string
	for _, name := range []string{"KCFG_PASSWORD", "OLD", "NEW", "ALL", "TRUST_PASSWORD"} {
		environ = append(environ, name+"="+examplePassword)
	}
	return env{
		Args: args, Stdin: strings.NewReader(stdin), Stdout: out, Stderr: out, Now: func() time.Time { return testNow },
		Environ:      append(environ, "JAVA_HOME="+filepath.Join(dir, "jdk")),
		ReadPassword: func(string) ([]byte, error) { return []byte(examplePassword), nil },
	}
}

// exampleFixtures makes the files that the examples name.
func exampleFixtures(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	testdata, err := filepath.Abs("../../testdata")
	require.NoError(t, err)
	for _, at := range []string{"live", "archive", "etc/letsencrypt/live", "etc/letsencrypt/archive"} {
		require.NoError(t, os.CopyFS(filepath.Join(dir, at), os.DirFS(filepath.Join(testdata, filepath.Base(at)))))
	}
	const broker = "broker.id=1\nzookeeper.connect=z1:2181\nlisteners=SSL://:9093\nssl.keystore.location=keystore.p12\n" +
		"ssl.keystore.password=" + examplePassword + "\nlog.message.format.version=2.8\nadvertised.host.name=k1\n"
	for name, text := range map[string]string{
		"etc/kafka/server.properties": broker, "server.properties": broker, "old.properties": broker, "config/a.properties": broker,
		"zookeeper.properties": "dataDir=/var/lib/zookeeper\nclientPort=2181\n",
		"etc/kafka/password":   examplePassword, "etc/kafka/kafka1.password": examplePassword,
		"old": examplePassword, "new": examplePassword, "ca-password": examplePassword,
		"home/.local/share/man/man1/other.1": "", "etc/bash_completion.d/other": "",
	} {
		path := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	}
	for to, from := range map[string]string{
		"tls.key": "live/kafka1.example.com/privkey.pem", "tls.crt": "live/kafka1.example.com/cert.pem",
		"ca.crt": "live/kafka1.example.com/chain.pem", "company-ca.pem": "example-root.pem",
	} {
		data, err := os.ReadFile(filepath.Join(testdata, from))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(dir, to), data, 0o600))
	}
	require.NoError(t, os.WriteFile(filepath.Join(dir, "orders.csr"), request(t, "orders"), 0o600))
	t.Chdir(dir)
	require.NoError(t, os.MkdirAll("jdk/lib/security", 0o700))
	for _, line := range []string{
		"keystore --pem live/kafka1.example.com --out keystore.p12 --alias 1",
		"keystore --pem live/kafka1.example.com --out keystore.p12.bak",
		"keystore --pem live/kafka1.example.com --out keystore.jks --alias kafka1",
		"keystore --pem live/kafka1.example.com --out stores.p12 --alias kafka1",
		"keystore --pem live/kafka1.example.com --out kafka1.jks",
		"keystore --pem live/kafka2.example.com --out kafka2.jks",
		"keystore --pem live/kafka2.example.com --out kafka2.p12 --alias 1",
		"keystore --pem live/kafka3.example.com --out all.p12",
		"keystore --pem live/kafka1.example.com --out old.jks",
		"keystore --pem live/kafka2.example.com --out new.p12",
		"truststore --pem live/kafka1.example.com --out truststore.jks --alias old-root",
		"truststore --roots letsencrypt --roots-only --out roots.jks",
		"store merge truststore.jks roots.jks --rename isrg-root-x1=other-root",
		"truststore --roots letsencrypt --roots-only --out jdk/lib/security/cacerts --format jks",
		"ca init etc/kafka/ca --name Example --domain kafka.example.com",
		"ca issue --ca etc/kafka/ca --host kafka1.kafka.example.com --out kafka1.p12",
	} {
		var out bytes.Buffer
		require.Equal(t, exitOK, run(exampleEnv(dir, strings.Fields(line), "", &out)), "%s\n%s", line, out.String())
	}
	return dir
}

// request returns a certificate request in PEM.
func request(t *testing.T, name string) []byte {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	der, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{Subject: pkix.Name{CommonName: name}}, key)
	require.NoError(t, err)
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: der})
}
