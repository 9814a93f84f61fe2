package kafkacfg

import (
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/kcfg/kcfg/properties"
)

type kindSigns struct {
	kind Kind
	keys []string
}

// signs are keys that only one kind of file has, strongest first.
var signs = []kindSigns{
	{MirrorMaker, []string{"clusters"}},
	{ConnectDistributed, []string{"config.storage.topic", "offset.storage.topic", "status.storage.topic"}},
	{ConnectStandalone, []string{"offset.storage.file.filename"}},
	{Broker, []string{"process.roles", "zookeeper.connect", "broker.id", "node.id", "listeners", "advertised.listeners", "log.dirs", "log.dir",
		"controller.quorum.voters", "controller.listener.names", "num.network.threads", "controller.quorum.bootstrap.servers"}},
	{Streams, []string{"application.id", "default.key.serde", "default.value.serde", "processing.guarantee", "state.dir"}},
	{Producer, []string{"key.serializer", "value.serializer", "acks", "linger.ms", "batch.size", "buffer.memory", "enable.idempotence", "transactional.id"}},
	{Consumer, []string{"key.deserializer", "value.deserializer", "auto.offset.reset", "enable.auto.commit", "group.id", "max.poll.records", "isolation.level"}},
	{Topic, []string{"cleanup.policy", "retention.ms", "retention.bytes", "segment.bytes", "segment.ms", "max.message.bytes"}},
	{ConnectDistributed, []string{"key.converter", "value.converter"}},
}

// fileNames are parts of file names that tell a kind where no key does.
var fileNames = []struct {
	kind Kind
	part string
}{
	{ConnectDistributed, "connect-distributed"}, {ConnectStandalone, "connect-standalone"}, {MirrorMaker, "mirror-maker"},
	{Producer, "producer"}, {Consumer, "consumer"}, {Streams, "streams"}, {Topic, "topic"},
	{Broker, "server"}, {Broker, "broker"}, {Broker, "controller"}, {Admin, "admin"}, {Admin, "client"}, {Admin, "command"},
}

// software is what else is configured in properties files beside Kafka's, by what its keys begin with. Sure signs count in
// any file that is not a node's; the others where no key is Kafka's own.
var software = []struct {
	name  string
	sure  bool
	signs []string
}{
	{"a connector, which Connect's workers take over REST or as a file of their own", true, []string{"connector.class"}},
	{"Schema Registry", true, []string{"kafkastore."}},
	{"Control Center", true, []string{"confluent.controlcenter."}},
	{"ksqlDB", true, []string{"ksql."}},
	{"log4j", false, []string{"log4j.", "rootLogger", "appender.", "logger."}},
	{"Spring Boot", false, []string{"spring."}},
	{"Quarkus", false, []string{"quarkus.", "mp.messaging."}},
}

// nodeSigns are the keys that only a node of Kafka has.
var nodeSigns = []string{rolesKey, zookeeperKey, brokerIDKey, nodeIDKey}

// otherSoftware tells whose configuration a file is that is not one of Kafka's.
func otherSoftware(f *properties.File) (name string, ok bool) {
	has := func(key string) bool { _, ok := f.Lookup(key); return ok }
	if slices.ContainsFunc(nodeSigns, has) {
		return "", false
	}
	for _, s := range software {
		for e := range f.Effective() {
			if !slices.ContainsFunc(s.signs, func(sign string) bool { return strings.HasPrefix(e.Key, sign) }) {
				continue
			}
			if s.sure || !slices.ContainsFunc(signs, func(k kindSigns) bool { return slices.ContainsFunc(k.keys, has) }) {
				return s.name, true
			}
			break
		}
	}
	return "", false
}

// GuessKind says what a file configures: its keys tell it, or its name. A file of other software has none.
func GuessKind(f *properties.File) Kind {
	if _, other := otherSoftware(f); other {
		return ""
	}
	for _, s := range signs {
		if s.kind == Broker && oldClient(f) {
			continue
		}
		if hasAny(f, s.keys) {
			return s.kind
		}
	}
	if k := kindOfName(f.Name()); k != "" {
		return k
	}
	if hasAny(f, clientSigns) {
		return Admin
	}
	return Broker
}

// kindOfName says what a file's name tells, or "".
func kindOfName(name string) Kind {
	base := strings.ToLower(path.Base(strings.ReplaceAll(name, `\`, "/")))
	for _, n := range fileNames {
		if strings.Contains(base, n.part) {
			return n.kind
		}
	}
	return ""
}

// clientSigns are keys that clients have and nodes do not.
var clientSigns = []string{"bootstrap.servers", "security.protocol", "sasl.mechanism", "metadata.broker.list"}

// oldClient reports whether ZooKeeper's address is all that a file has of a node's, beside what clients have: consumers of
// long ago had it too. A node's name says otherwise.
func oldClient(f *properties.File) bool {
	if !hasAny(f, []string{zookeeperKey}) || kindOfName(f.Name()) == Broker {
		return false
	}
	client := false
	for _, s := range signs {
		switch s.kind {
		case Broker:
			if slices.ContainsFunc(s.keys, func(key string) bool { _, ok := f.Get(key); return ok && key != zookeeperKey }) {
				return false
			}
		case Streams, Producer, Consumer:
			client = client || hasAny(f, s.keys)
		}
	}
	return client
}

func hasAny(f *properties.File, keys []string) bool {
	return slices.ContainsFunc(keys, func(key string) bool { _, ok := f.Get(key); return ok })
}

// DefaultRelease is the release with which a file is judged where none is given: the newest, or for a broker that can
// only run with ZooKeeper the newest that still has it.
func DefaultRelease(f *properties.File, k Kind) Release {
	if k == Broker {
		_, zookeeper := f.Get(zookeeperKey)
		if _, kraft := f.Get(rolesKey); zookeeper && !kraft {
			return newestWithZooKeeper()
		}
	}
	return Newest()
}

// newestWithZooKeeper follows one key through the history: opening every release on the way costs ten times as much as judging the file.
var newestWithZooKeeper = sync.OnceValue(func() Release {
	var newest Release
	for _, t := range history(Broker).Trace(zookeeperKey) {
		if r := Release(t.Release); t.Defined && (newest == "" || r.Compare(newest) > 0) {
			newest = r
		}
	}
	return newest
})
