package kafkacfg

import (
	"path"
	"strings"
	"sync"

	"github.com/kcfg/kcfg/properties"
)

// signs are keys that only one kind of file has, strongest first.
var signs = []struct {
	kind Kind
	keys []string
}{
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

// GuessKind says what a file configures: its keys tell it, or its name.
func GuessKind(f *properties.File) Kind {
	for _, s := range signs {
		for _, key := range s.keys {
			if _, ok := f.Get(key); ok {
				return s.kind
			}
		}
	}
	base := strings.ToLower(path.Base(strings.ReplaceAll(f.Name(), `\`, "/")))
	for _, n := range fileNames {
		if strings.Contains(base, n.part) {
			return n.kind
		}
	}
	if _, ok := f.Get("bootstrap.servers"); ok {
		return Admin
	}
	return Broker
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
