package kafkacfg

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/properties"
)

// said returns the findings of one rule about a file as text.
func said(t *testing.T, id, text string, o Options) []string {
	t.Helper()
	f, err := properties.Parse("f.properties", []byte(text))
	require.NoError(t, err)
	r, err := Validate(f, o)
	require.NoError(t, err)
	out := []string{}
	for _, f := range r.Findings {
		if f.ID == id {
			out = append(out, f.Severity.String()+": "+f.Message+" / "+f.Help)
		}
	}
	return out
}

const worker = "bootstrap.servers=k1:9092\ngroup.id=g\nkey.converter=org.apache.kafka.connect.json.JsonConverter\nvalue.converter=org.apache.kafka.connect.json.JsonConverter\n" +
	"config.storage.topic=c\noffset.storage.topic=o\nstatus.storage.topic=s\n"

// Streams hands keys of its clients on with prefix and without.
func TestStreamsTakesKeysOfItsClients(t *testing.T) {
	const text = "application.id=a\nbootstrap.servers=k1:9092\nacks=all\nauto.offset.reset=earliest\nmax.poll.records=10\nlinger.ms=5\nproducer.acks=all\ncompression.type=lz4\n"
	for _, id := range []string{"kafka-unknown-key", "kafka-broker-key-on-client"} {
		require.Empty(t, said(t, id, text, Options{Release: "3.9.1", Kind: Streams}))
	}
	require.Len(t, said(t, "kafka-broker-key-on-client", text+"zookeeper.connect=z:2181\n", Options{Release: "3.9.1", Kind: Streams}), 1)
}

// The worker's own clients read keys without prefix; those of connectors do not.
func TestKeysOfAConnectWorkersClients(t *testing.T) {
	o := Options{Release: "3.9.1", Kind: ConnectDistributed}
	const own = worker + "default.api.timeout.ms=9\nsecurity.protocol=SSL\nreconnect.backoff.ms=7\n"
	require.Empty(t, said(t, "kafka-unknown-key", own, o))
	require.Empty(t, said(t, "kafka-connect-client-key", own, o))
	require.Equal(t, []string{
		"info: max.poll.records does not reach connectors without consumer. in front / write consumer.max.poll.records, or leave it where the worker's own topics need it",
	}, said(t, "kafka-connect-client-key", worker+"max.poll.records=7\n", o))
	require.Empty(t, said(t, "kafka-connect-client-key", worker+"max.poll.records=7\nconsumer.max.poll.records=7\n", o))
	require.Empty(t, said(t, "kafka-connect-client-key", worker+"enable.auto.commit=false\n", o), "the worker sets it itself")
}

func TestSuperUserAnonymous(t *testing.T) {
	const head = "process.roles=broker\nnode.id=2\ncontroller.quorum.voters=1@c1:9093\ncontroller.listener.names=CONTROLLER\n" +
		"authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer\n"
	for name, c := range map[string]struct {
		text string
		want int
	}{
		"in the clear":          {"listeners=PLAINTEXT://b1:9092\nsuper.users=User:a;User:ANONYMOUS\n", 1},
		"to this machine alone": {"listeners=PLAINTEXT://127.0.0.1:9092\nsuper.users=User:ANONYMOUS\n", 0},
		"another user":          {"listeners=PLAINTEXT://b1:9092\nsuper.users=User:ANONYMOUS2\n", 0},
		"without certificate":   {"listeners=SSL://b1:9092\ninter.broker.listener.name=SSL\nsuper.users=User:ANONYMOUS\n", 1},
		"with certificate":      {"listeners=SSL://b1:9092\ninter.broker.listener.name=SSL\nssl.client.auth=required\nsuper.users=User:ANONYMOUS\n", 0},
		"with a password":       {"listeners=SASL_SSL://b1:9092\ninter.broker.listener.name=SASL_SSL\nsuper.users=User:ANONYMOUS\n", 0},
	} {
		require.Len(t, said(t, "kafka-super-user-anonymous", head+c.text, Options{Release: "4.1.0", Kind: Broker}), c.want, name)
	}
}

// What was asked for is TLS between brokers; the cure does not take it away.
func TestCureKeepsTheProtocolBetweenBrokers(t *testing.T) {
	const text = "broker.id=1\nzookeeper.connect=z:2181\nsecurity.inter.broker.protocol=SSL\n"
	require.Equal(t, []string{
		"error: security.inter.broker.protocol is SSL, but the advertised listeners are PLAINTEXT; brokers need theirs among them / set listeners=SSL://:9092",
	}, said(t, "kafka-interbroker-listener-not-advertised", text, Options{Release: "3.6.2", Kind: Broker, Through: finding.Log}))
	require.Empty(t, said(t, "kafka-interbroker-listener-not-advertised", text+"listeners=SSL://:9092\n", Options{Release: "3.6.2", Kind: Broker}))
}

// A comment that became part of a value is one finding, however it is written.
func TestCommentInAnotherScript(t *testing.T) {
	const text = "broker.id=1\nzookeeper.connect=z:2181\nbroker.rack=a # стойка\n"
	require.Len(t, said(t, "file-inline-comment", text, Options{Release: "3.6.2", Kind: Broker}), 1)
	require.Empty(t, said(t, "file-not-latin1", text, Options{Release: "3.6.2", Kind: Broker}))
	require.Len(t, said(t, "file-not-latin1", "broker.rack=стойка # a\n", Options{Release: "3.6.2", Kind: Broker}), 1)
}

// The controllers' login needs the prefix of the listener, not its name alone.
func TestJAASWithTheListenersNameAlone(t *testing.T) {
	const text = "process.roles=broker,controller\nnode.id=1\ncontroller.quorum.voters=1@c1:9093\ncontroller.listener.names=CONTROLLER\n" +
		"listeners=SASL_SSL://b1:9094,CONTROLLER://b1:9093\nlistener.security.protocol.map=CONTROLLER:SASL_SSL,SASL_SSL:SASL_SSL\n" +
		"sasl.enabled.mechanisms=SCRAM-SHA-512\ncontroller.sasl.jaas.config=x required;\n"
	require.Equal(t, []string{"warning: controller.sasl.jaas.config is no key of Kafka 4.1.0, so it has no effect / " +
		"did you mean listener.name.controller.scram-sha-512.sasl.jaas.config"}, said(t, "kafka-unknown-key", text, Options{Release: "4.1.0", Kind: Broker}))
}

// A comment behind a mechanism is no mechanism.
func TestMechanismWithAComment(t *testing.T) {
	const text = "broker.id=1\nzookeeper.connect=z:2181\nsasl.enabled.mechanisms=PLAIN # for now\n"
	require.Empty(t, said(t, "kafka-sasl-mechanism-unknown", text, Options{Release: "3.6.2", Kind: Broker}))
	require.Len(t, said(t, "file-inline-comment", text, Options{Release: "3.6.2", Kind: Broker}), 1)
}

// Kafka fills broker.id from node.id and complains of the former; nobody finds that in the file.
func TestNodeIDIsCalledBrokerID(t *testing.T) {
	for release, want := range map[Release]int{"3.0.0": 0, "3.1.0": 1, "4.4.0": 1} {
		f, err := properties.Parse("f.properties", []byte("process.roles=broker\nnode.id=one\n"))
		require.NoError(t, err)
		r, err := Validate(f, Options{Release: release, Kind: Broker})
		require.NoError(t, err)
		for _, f := range r.Findings {
			if f.ID == "kafka-value-type" {
				require.Len(t, f.Notes, want, release)
			}
		}
	}
}
