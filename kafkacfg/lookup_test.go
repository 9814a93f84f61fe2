package kafkacfg

import (
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestLookupKeyBehindPrefixes(t *testing.T) {
	for _, c := range []struct {
		release Release
		kind    Kind
		name    string
		want    string // "kind name", or "" where it is not defined
	}{
		{"3.9.1", Broker, "log.dirs", "broker log.dirs"},
		{"3.9.1", Broker, "listener.name.internal.ssl.keystore.location", "broker ssl.keystore.location"},
		{"3.9.1", Broker, "listener.name.internal.scram-sha-256.sasl.jaas.config", "broker sasl.jaas.config"},
		{"3.9.1", Broker, "listener.name.internal.plain.connections.max.reauth.ms", "broker connections.max.reauth.ms"},
		{"3.9.1", Broker, "listener.name.INTERNAL.ssl.keystore.location", ""},
		{"3.9.1", Broker, "listener.name.internal.PLAIN.sasl.jaas.config", ""},
		{"3.9.1", Broker, "listener.name.internal.typo.log.dirs", ""},
		{"3.9.1", Broker, "listener.name.internal.security.protocol", ""},
		{"3.9.1", Broker, "listener.name.internal", ""},
		{"3.9.1", Broker, "listener.name..log.dirs", ""},
		{"3.9.1", Broker, "producer.acks", ""},
		{"3.9.1", ConnectDistributed, "producer.acks", "producer acks"},
		{"3.9.1", ConnectStandalone, "consumer.max.poll.records", "consumer max.poll.records"},
		{"3.9.1", ConnectDistributed, "admin.listeners", "connect-distributed admin.listeners"},
		{"3.9.1", ConnectDistributed, "admin.retries", "admin retries"},
		{"3.9.1", ConnectDistributed, "listeners.https.ssl.keystore.location", "connect-distributed ssl.keystore.location"},
		{"3.9.1", ConnectDistributed, "listeners.https.group.id", ""},
		{"3.9.1", ConnectDistributed, "admin.listeners.https.ssl.client.auth", "connect-distributed ssl.client.auth"},
		{"3.9.1", ConnectDistributed, "config.storage.min.insync.replicas", "topic min.insync.replicas"},
		{"2.5.1", ConnectDistributed, "config.storage.min.insync.replicas", ""},
		{"3.9.1", ConnectStandalone, "config.storage.min.insync.replicas", ""},
		{"3.9.1", Streams, "main.consumer.max.poll.records", "consumer max.poll.records"},
		{"3.9.1", Streams, "max.poll.records", "consumer max.poll.records"},
		{"3.9.1", Streams, "linger.ms", "producer linger.ms"},
		{"3.9.1", Streams, "topic.retention.ms", "topic retention.ms"},
		{"3.9.1", Streams, "application.id", "streams application.id"},
		{"3.9.1", Streams, "listener.name.a.ssl.protocol", ""},
		{"3.9.1", MirrorMaker, "clusters", "mirror-maker clusters"},
		{"3.9.1", MirrorMaker, "east.bootstrap.servers", "mirror-maker bootstrap.servers"},
		{"3.9.1", MirrorMaker, "east->west.topics", "mirror-maker topics"},
		{"3.9.1", MirrorMaker, "east.producer.acks", "producer acks"},
		{"3.9.1", MirrorMaker, "consumer.fetch.min.bytes", "consumer fetch.min.bytes"},
		{"3.9.1", MirrorMaker, "offset.storage.topic", "connect-distributed offset.storage.topic"},
		{"3.9.1", MirrorMaker, "east.offset.storage.topic", "connect-distributed offset.storage.topic"},
		{"3.9.1", MirrorMaker, "east->west.topcis", ""},
		{"3.9.1", MirrorMaker, "topcis", ""},
		{"4.1.0", Consumer, "group.id", "consumer group.id"},
		{"4.1.0", ShareConsumer, "auto.offset.reset", ""},
	} {
		key, ok := LookupKey(c.release, c.kind, c.name)
		if !ok {
			require.Empty(t, c.want, "%s %s %s", c.release, c.kind, c.name)
			continue
		}
		require.Equal(t, c.want, string(key.Kind)+" "+key.Name, "%s %s %s", c.release, c.kind, c.name)
		require.Equal(t, c.name, key.Prefix+key.Name)
	}
}

// Jars of MirrorMaker are not to be had for every release; the nearest older release stands in, else the nearest newer one.
func TestMirrorMakerOfReleasesWithoutJars(t *testing.T) {
	require.Equal(t, Release("4.3.1"), KeysFrom("4.4.0", MirrorMaker))
	require.Equal(t, Release("2.7.0"), KeysFrom("2.5.0", MirrorMaker))
	require.Equal(t, Release("3.4.0"), KeysFrom("3.4.0", MirrorMaker))
	require.Empty(t, KeysFrom("9.9.9", MirrorMaker))
	require.Empty(t, KeysFrom("3.9.1", Group))
	require.Empty(t, KeysFrom("3.9.1", "no-kind"))
}

// TestLookupNearestMissesNothing asks for every key of every kind, and with prefixes that some kind knows or none, in all
// releases one after the other.
func TestLookupNearestMissesNothing(t *testing.T) {
	names := map[string]bool{"": true, "no.such.key": true}
	for _, k := range Kinds() {
		for _, name := range KeyNames(k) {
			names[name] = true
		}
	}
	all := slices.Sorted(maps.Keys(names))
	names = map[string]bool{}
	for i := 0; i < len(all); i += 3 { // the others are alike
		name := all[i]
		prefix := []string{"", "producer.", "listener.name.a.", "listener.name.a.plain.", "a->b.", "a.consumer.", "config.storage.", "main.consumer.", "x."}[i/3%9]
		names[name], names[prefix+name] = true, true
	}
	found := 0
	for name := range names {
		for _, k := range Kinds() {
			key, in, ok := LookupNearest("3.3.2", k, name)
			wantKey, want := ConfigKey{}, Release("")
			for _, r := range slices.Concat(before("3.3.2"), after("3.3.2")) {
				if x, ok := LookupKey(r, k, name); ok && (x.Kind == k || x.Prefix != "") {
					wantKey, want = x, r
					break
				}
			}
			require.Equal(t, want, in, "%s %s", k, name)
			require.Equal(t, wantKey, key, "%s %s", k, name)
			require.Equal(t, want != "", ok)
			if ok {
				found++
			}
		}
	}
	require.Greater(t, found, len(names))
}

// before returns a release and the older ones, from the newest down.
func before(r Release) []Release {
	all := slices.DeleteFunc(Releases(), func(x Release) bool { return x.Compare(r) > 0 })
	slices.Reverse(all)
	return all
}

// after returns the releases newer than one.
func after(r Release) []Release {
	return slices.DeleteFunc(Releases(), func(x Release) bool { return x.Compare(r) <= 0 })
}
