package kafkacfg

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/internal/reference"
	"github.com/kcfg/kcfg/properties"
)

// twentyKeys is a broker's file of usual size.
const twentyKeys = `process.roles=broker,controller
node.id=1
controller.quorum.voters=1@kafka1:9093,2@kafka2:9093,3@kafka3:9093
controller.listener.names=CONTROLLER
listeners=INTERNAL://:9092,EXTERNAL://:9094,CONTROLLER://:9093
advertised.listeners=INTERNAL://kafka1:9092,EXTERNAL://kafka1.example.com:9094
inter.broker.listener.name=INTERNAL
listener.security.protocol.map=INTERNAL:PLAINTEXT,EXTERNAL:SSL,CONTROLLER:PLAINTEXT
num.network.threads=3
num.io.threads=8
socket.send.buffer.bytes=102400
socket.receive.buffer.bytes=102400
socket.request.max.bytes=104857600
log.dirs=/var/lib/kafka/data
num.partitions=3
default.replication.factor=3
min.insync.replicas=2
offsets.topic.replication.factor=3
log.retention.hours=168
auto.create.topics.enable=false
`

func BenchmarkValidate(b *testing.B) {
	f, err := properties.Parse("server.properties", []byte(twentyKeys))
	require.NoError(b, err)
	b.ReportAllocs()
	for b.Loop() {
		r, err := Validate(f, Options{Release: "3.9.1", Kind: Broker})
		if err != nil || r.Verdict != finding.Accepts {
			b.Fatal(r, err)
		}
	}
}

// BenchmarkVerdict is BenchmarkValidate without the lints, which is what the real classes do.
func BenchmarkVerdict(b *testing.B) {
	f, err := properties.Parse("server.properties", []byte(twentyKeys))
	require.NoError(b, err)
	b.ReportAllocs()
	for b.Loop() {
		c, err := newConfig(f, Options{Release: "3.9.1", Kind: Broker})
		require.NoError(b, err)
		c.judge(len(stageOrder) - 1)
	}
}

func BenchmarkValidateTenThousandFiles(b *testing.B) {
	sources := make([][]byte, 10_000)
	for i := range sources {
		sources[i] = fmt.Appendf(nil, "%snum.recovery.threads.per.data.dir=%d\n", twentyKeys, 1+i%8)
	}
	for b.Loop() {
		for _, src := range sources {
			f, err := properties.Parse("server.properties", src)
			if err != nil {
				b.Fatal(err)
			}
			if r, err := Validate(f, Options{Release: "3.9.1", Kind: Broker}); err != nil || r.Verdict != finding.Accepts {
				b.Fatal(r, err)
			}
		}
	}
}

// BenchmarkOpenRelease is what the first file of a run costs more than the others.
func BenchmarkOpenRelease(b *testing.B) {
	for b.Loop() {
		makeSchema("3.9.1", Broker)
	}
}

// BenchmarkRealKafkaConfig is the mean time of KafkaConfig for the same file on a warm virtual machine: see java-ns/op.
func BenchmarkRealKafkaConfig(b *testing.B) {
	if !reference.Required() {
		b.Skip("runs the real Kafka: set KCFG_REQUIRE_TOOLS=1")
	}
	judge := reference.NewKafkaJudge(b, "3.9.1", reference.KafkaClasspath(b, "3.9.1"))
	for b.Loop() {
		v := judge.Judge([]reference.KafkaCase{{Kind: "bench:broker", File: twentyKeys}})[0]
		var ns float64
		_, err := fmt.Sscan(v.Code, &ns)
		require.NoError(b, err)
		b.ReportMetric(ns, "java-ns/op")
	}
}
