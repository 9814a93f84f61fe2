package kafkacfg

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/internal/reference"
)

const (
	stringSerializer   = "org.apache.kafka.common.serialization.StringSerializer"
	stringDeserializer = "org.apache.kafka.common.serialization.StringDeserializer"
)

// startBases are clients that start, but for the address at which nobody listens.
var startBases = map[Kind][]string{
	Producer: {"bootstrap.servers=localhost:9092", "key.serializer=" + stringSerializer, "value.serializer=" + stringSerializer},
	Consumer: {"bootstrap.servers=localhost:9092", "key.deserializer=" + stringDeserializer, "value.deserializer=" + stringDeserializer, "group.id=g"},
	Admin:    {"bootstrap.servers=localhost:9092"},
}

// startSides are settings that only the constructors judge.
var startSides = map[Kind][]string{
	Producer: {"delivery.timeout.ms=100|29999|30000|30005;linger.ms=0|5;request.timeout.ms=30000", "delivery.timeout.ms=2147483647;linger.ms=2147483647", "bootstrap.servers=|localhost|localhost:9092,|,localhost:9092|localhost:99999|localhost:|:9092",
		"key.serializer=java.lang.String|" + stringSerializer + "|" + stringDeserializer + "|com.acme.S", "partitioner.class=org.apache.kafka.clients.producer.RoundRobinPartitioner|java.lang.String",
		"interceptor.classes=com.acme.I||java.lang.String", "metric.reporters=org.apache.kafka.common.metrics.JmxReporter|java.lang.String||com.acme.R", "enable.idempotence=true;max.in.flight.requests.per.connection=5|6", "transactional.id=t;max.in.flight.requests.per.connection=5|6", "compression.type=gzip|producer|GZIP|uncompressed|foo"},
	Consumer: {"heartbeat.interval.ms=-1|0|3000|10000|9999|45000|44999;session.timeout.ms=10000|45000|0|-1", "group.instance.id=a|a/b||.;client.id=|c", "enable.auto.commit=true|false", "bootstrap.servers=|localhost|localhost:9092,", "key.deserializer=java.lang.String|" + stringSerializer,
		"partition.assignment.strategy=|org.apache.kafka.clients.consumer.RangeAssignor|java.lang.String|com.acme.A|org.apache.kafka.clients.consumer.StickyAssignor,org.apache.kafka.clients.consumer.RangeAssignor", "interceptor.classes=com.acme.I|", "metric.reporters=java.lang.String|", "auto.offset.reset=latest|none", "group.protocol=consumer|classic"},
	Admin: {"bootstrap.controllers=localhost:1||localhost", "bootstrap.servers=|localhost|localhost:1", "default.api.timeout.ms=100|30000|60000;request.timeout.ms=30000|60000", "request.timeout.ms=90000", "metric.reporters=java.lang.String|com.acme.R", "retries=0|5"},
}

// TestStartAgainstTheRealKafka makes real clients, without TLS and SASL, whose stores and JAAS are not in the file.
func TestStartAgainstTheRealKafka(t *testing.T) {
	reference.Require(t)
	seed := reference.Seed(t)
	count := envInt(t, "KCFG_STARTS", 40)
	t.Logf("KCFG_STARTS=%d", count)
	for _, release := range startJudged {
		t.Run(release, func(t *testing.T) {
			judge := newRealJudge(t, release, reference.KafkaClasspath(t, release))
			g := newGenerator(seed, Release(release), bases)
			var mutants []mutant
			var cases []reference.KafkaCase
			for len(mutants) < count {
				kind := Kind(g.pick("producer", "consumer", "admin"))
				m := mutant{kind, slices.Clone(startBases[kind]), asTheyAre}
				switch g.IntN(6) {
				case 0:
					g.value(&m)
				case 1:
					g.remove(&m)
				default:
					g.side(&m, startSides[kind])
				}
				if g.IntN(3) == 0 {
					g.side(&m, startSides[kind])
				}
				if slices.ContainsFunc(m.lines, beyondTheFile) {
					continue
				}
				mutants = append(mutants, m)
				cases = append(cases, reference.KafkaCase{Kind: string(kind) + "+start", File: m.text()})
			}
			groups, tally := map[string]int{}, map[string]int{}
			for i, v := range judge.Judge(cases) {
				got, report := ours(t, mutants[i].kind, release, cases[i].File, finding.Start)
				tally[v.Stage()]++
				if got == v.Stage() {
					continue
				}
				group := fmt.Sprintf("%s %s %s %.60s", mutants[i].kind, got, v.Code, v.Message)
				if groups[group]++; groups[group] == 1 {
					t.Errorf("%s %s: got %s, the real one says %s: %.300s\n%s\n%s", release, mutants[i].kind, got, v.Code, v.Message, cases[i].File, messages(report))
				}
			}
			t.Logf("%d clients: %v; disagreements: %v", count, tally, groups)
		})
	}
}

var startJudged = strings.Fields("2.5.0 2.8.2 3.0.0 3.1.0 3.3.2 3.6.2 3.7.0 3.9.2 4.0.0 4.2.2 4.4.0")

// beyondTheFile reports whether a line makes the constructor look at stores, sockets, amounts of memory, or names of machines
// other than this one.
func beyondTheFile(line string) bool {
	if key, value, _ := strings.Cut(line, "="); strings.HasPrefix(key, "bootstrap.") {
		for address := range strings.SplitSeq(value, ",") {
			if host, _, ok := hostPort(address, false); ok && host != "" && host != "localhost" {
				return true
			}
		}
	}
	for _, prefix := range []string{"ssl.", "sasl.", "security.", "client.dns.lookup", "config.providers", "buffer.memory", "send.buffer", "receive.buffer", "socket."} {
		if strings.HasPrefix(line, prefix) {
			return true
		}
	}
	return false
}
