package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// quietNode is a configuration of twenty keys that nobody has to say anything about.
const quietNode = `broker.id=%[1]d
broker.id.generation.enable=false
zookeeper.connect=z1:2181,z2:2181,z3:2181/kafka
listeners=SSL://:9093
advertised.listeners=SSL://k%[1]d.example.com:9093
security.inter.broker.protocol=SSL
log.dirs=/var/lib/kafka
num.partitions=3
default.replication.factor=3
min.insync.replicas=2
offsets.topic.replication.factor=3
transaction.state.log.replication.factor=3
transaction.state.log.min.isr=2
num.network.threads=3
num.io.threads=8
log.retention.hours=168
auto.create.topics.enable=false
ssl.keystore.location=/etc/kafka/k%[1]d.p12
ssl.keystore.type=PKCS12
ssl.keystore.password=${file:/etc/kafka/secrets:key}
`

// BenchmarkValidateManyFiles runs the whole command over 10,000 files, from reading the directory list to the last line of output.
func BenchmarkValidateManyFiles(b *testing.B) {
	const files = 10_000
	b.Chdir(b.TempDir())
	var list strings.Builder
	for i := range files {
		name := filepath.Join(fmt.Sprintf("rack%d", i/100), fmt.Sprintf("server%d.properties", i))
		require.NoError(b, os.MkdirAll(filepath.Dir(name), 0o755))
		require.NoError(b, os.WriteFile(name, fmt.Appendf(nil, quietNode, i), 0o644))
		fmt.Fprintln(&list, name)
	}
	for b.Loop() {
		var stdout, stderr bytes.Buffer
		status := run(env{
			Args:  []string{"validate", "--kafka", "3.9.1", "--files-from", "-"},
			Stdin: strings.NewReader(list.String()), Stdout: &stdout, Stderr: &stderr, Now: time.Now,
		})
		require.Zero(b, status, stderr.String())
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/files, "µs/file")
}

// BenchmarkValidateOneFile is a whole call of the command for one file, without the start of the process.
func BenchmarkValidateOneFile(b *testing.B) {
	b.Chdir(b.TempDir())
	require.NoError(b, os.WriteFile("server.properties", fmt.Appendf(nil, quietNode, 1), 0o644))
	for b.Loop() {
		var stdout, stderr bytes.Buffer
		status := run(env{Args: []string{"validate", "--kafka", "3.9.1", "server.properties"}, Stdout: &stdout, Stderr: &stderr, Now: time.Now})
		require.Zero(b, status, stderr.String())
	}
}
