package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/properties"
)

// call runs the command in process.
func call(t *testing.T, stdin string, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	status = run(env{
		Args: args, Stdin: strings.NewReader(stdin), Stdout: &out, Stderr: &errs,
		Now: func() time.Time { return testNow },
	})
	return status, out.String(), errs.String()
}

func TestALargeFileIsRefusedUnread(t *testing.T) {
	const megabytes = 200
	path := filepath.Join(t.TempDir(), "server.properties")
	f, err := os.Create(path)
	require.NoError(t, err)
	require.NoError(t, f.Truncate(megabytes<<20)) // sparse
	require.NoError(t, f.Close())
	for _, args := range [][]string{{"validate", path}, {"get", path, "a"}, {"set", path, "a=1"}, {"unset", path, "a"}} {
		status, stdout, stderr := call(t, "", args...)
		require.Equal(t, exitFailure, status, args[0])
		require.Empty(t, stdout, args[0])
		require.Contains(t, stderr, "too large", args[0])
	}
	// a stream has no size to look at
	status, _, stderr := call(t, strings.Repeat("#", properties.MaxSize+1), "validate", "-")
	require.Equal(t, exitFailure, status)
	require.Contains(t, stderr, "too large")
}

func TestTheLargestFilesAreJudged(t *testing.T) {
	path := filepath.Join(t.TempDir(), "server.properties")
	src := "broker.id=0\nzookeeper.connect=z:2181\nnum.partitions=x\n#"
	src += strings.Repeat("c", properties.MaxSize-len(src))
	require.NoError(t, os.WriteFile(path, []byte(src), 0o600))
	status, stdout, stderr := call(t, "", "validate", "--kafka", "3.9.1", path)
	require.Equal(t, exitFindings, status, stderr)
	require.Contains(t, stdout, "num.partitions is x")
}

// marker is planted in every secret; it may come out nowhere.
const marker = "S3CR3TMARKER"

func TestNoSecretComesOut(t *testing.T) {
	src := `broker.id=0
zookeeper.connect=z:2181
ssl.keystore.password=S3CR3TMARKER
ssl.key.password= S3CR3TMARKER # S3CR3TMARKER
listener.name.internal.ssl.keystore.password=S3CR3TMARKER
ssl.keystore.key=-----BEGIN PRIVATE KEY-----\n\
S3CR3TMARKER\n\
-----END PRIVATE KEY-----
sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required username="a" password="S3CR3TMARKER";
listener.name.sasl_ssl.plain.sasl.jaas.config=S3CR3TMARKER S3CR3TMARKER
#ssl.truststore.password=S3CR3TMARKER
ssl.truststore.passwort=S3CR3TMARKER
confluent.license.secret=S3CR3TMARKER
password.encoder.secret=\u0053\u00S3CR3TMARKER
num.partitions=x
`
	dir := t.TempDir()
	path := filepath.Join(dir, "server.properties")
	for _, extra := range []string{"", "log.dirs=/a  \n"} {
		for _, args := range [][]string{
			{"validate", path}, {"validate", "--kafka", "all", path}, {"validate", path, "-o", "json"}, {"validate", path, "-o", "jsonl"},
			{"validate", path, "-o", "github"}, {"validate", path, "-o", "sarif"}, {"validate", path, "--diff", "--unsafe-fixes"},
			{"validate", path, "--root", dir, "--fail-on", "never"},
			{"get", path}, {"get", path, "-o", "json"}, {"get", path, "sasl.jaas.config"}, {"get", path, "ssl.key.passwort"},
			{"set", path, "num.partitions=1", "--diff"}, {"set", path, "ssl.keystore.password=", "--diff"}, {"set", path, "sasl.jaas.config=" + marker},
			{"unset", path, "ssl.keystore.password", "--diff"}, {"unset", path, "ssl.keystore.key", "--comment-out"},
			{"validate", path, "--fix", "--unsafe-fixes"},
		} {
			require.NoError(t, os.WriteFile(path, []byte(src+extra), 0o600))
			_, stdout, stderr := call(t, "", args...)
			require.NotEmpty(t, stdout+stderr, "%q", args)
			require.NotContains(t, stdout, marker, "%q", args)
			require.NotContains(t, stderr, marker, "%q", args)
		}
	}
}

func TestNoSecretOfZooKeeperComesOut(t *testing.T) {
	src := `dataDir=/var/lib/zookeeper
clientPort=2181
DigestAuthenticationProvider.superDigest=S3CR3TMARKER
zookeeper.DigestAuthenticationProvider.superDigest=S3CR3TMARKER
superdigset = super:S3CR3TMARKER
SASLAuthenticationProvider.superPassword="S3CR3TMARKER"
ssl.keyStore.password=S3CR3TMARKER
ssl.quorum.trustStore.password=<S3CR3TMARKER>
ssl.quorum.keyStore.pasword=\
  S3CR3TMARKER\
  S3CR3TMARKER
#ssl.trustStore.password=S3CR3TMARKER
; DigestAuthenticationProvider.superDigest=S3CR3TMARKER
// ssl.keyStore.password S3CR3TMARKER
-Dzookeeper.ssl.keyStore.password=S3CR3TMARKER
tickTime=x
`
	dir := t.TempDir()
	path := filepath.Join(dir, "zoo.cfg")
	for _, args := range [][]string{
		{"validate", path}, {"validate", "--zookeeper", "all", path}, {"validate", path, "-o", "json"}, {"validate", path, "-o", "jsonl"},
		{"validate", path, "-o", "github"}, {"validate", path, "-o", "sarif"}, {"validate", path, "--diff"}, {"validate", path, "--diff", "--unsafe-fixes"},
		{"validate", path, "--root", dir, "--fail-on", "never"}, {"validate", "--kind", "broker", path}, {"validate", "--kind", "broker", path, "-o", "json"},
		{"get", path}, {"get", path, "-o", "json"}, {"get", path, "DigestAuthenticationProvider.superDigest"}, {"get", path, ";"}, {"get", path, "superdigest"},
		{"set", path, "tickTime=1", "--diff"}, {"set", path, "DigestAuthenticationProvider.superDigest=", "--diff"}, {"set", path, "DigestAuthenticationProvider.superDigest=" + marker},
		{"set", path, "DigestAuthenticationProvider.superDigest=", "--dry-run"},
		{"unset", path, "DigestAuthenticationProvider.superDigest", "--diff"}, {"unset", path, "superdigset", "--comment-out"}, {"diff", path, path},
		{"validate", path, "--fix", "--unsafe-fixes"},
	} {
		require.NoError(t, os.WriteFile(path, []byte(src), 0o600))
		_, stdout, stderr := call(t, "", args...)
		require.NotEmpty(t, stdout+stderr, "%q", args)
		require.NotContains(t, stdout, marker, "%q", args)
		require.NotContains(t, stderr, marker, "%q", args)
	}
}

// git ls-files -z gives one line without end, of which the names may hold line ends.
func TestFilesFromNames(t *testing.T) {
	names := strings.Repeat("no/such/directory/server.properties\x00", 5000)
	for in, want := range map[string]int{names: 5000, "a\x00b\nc\x00": 2, "a\r\nb\n\nc": 3, "": 0} {
		v := &validation{filesFrom: "-"}
		paths, err := v.paths(&env{Stdin: strings.NewReader(in)}, nil)
		require.NoError(t, err)
		require.Len(t, paths, want)
	}
}
