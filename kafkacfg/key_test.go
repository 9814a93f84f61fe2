package kafkacfg

import (
	"crypto/sha256"
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/internal/catalog"
)

// The table holds what the real ConfigDefs of every release gave when the catalogue was made.
func TestCatalogueHoldsWhatTheRealClassesDefine(t *testing.T) {
	table, err := os.ReadFile("testdata/catalogue.tsv")
	require.NoError(t, err)
	want := strings.Split(strings.TrimSpace(string(table)), "\n")[1:]
	var got []string
	for _, k := range Kinds() {
		for _, r := range history(k).Releases() {
			records := history(k).Fold(r)
			got = append(got, fmt.Sprintf("%s\t%s\t%d\t%s", r, k, len(records), recordsHash(records)))
			require.Len(t, slices.Collect(Keys(Release(r), k)), len(records))
		}
	}
	require.Equal(t, want, got)
}

func recordsHash(records []catalog.Record) string {
	h := sha256.New()
	for _, r := range records {
		fmt.Fprintf(h, "%s%s\n", r.Name, r.Body())
	}
	return fmt.Sprintf("%x", h.Sum(nil)[:8])
}

// All of it lies in every program that imports the package.
func TestCatalogueIsSmall(t *testing.T) {
	const most = 1 << 20
	size := 0
	for _, f := range []embed.FS{catalogFiles, noteFiles} {
		require.NoError(t, fs.WalkDir(f, ".", func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			info, err := d.Info()
			size += int(info.Size())
			data, readErr := f.ReadFile(path)
			require.NoError(t, readErr)
			require.True(t, json.Valid(data), path)
			return err
		}))
	}
	require.Less(t, size, most)
}

func TestKinds(t *testing.T) {
	for _, r := range Releases() {
		for _, k := range []Kind{Broker, Topic, Producer, Consumer, Admin, ConnectDistributed, ConnectStandalone, MirrorMaker, Streams} {
			require.NotEmpty(t, slices.Collect(Keys(r, k)), "%s %s", r, k)
		}
	}
	require.Empty(t, slices.Collect(Keys("3.9.2", Group)))
	require.NotEmpty(t, slices.Collect(Keys("4.0.0", Group)))
	require.NotEmpty(t, slices.Collect(Keys("4.1.0", ShareConsumer)))
	require.Empty(t, slices.Collect(Keys("3.9", Broker)), "not a release")
	require.Empty(t, slices.Collect(Keys("3.9.2", "no-kind")))
	_, ok := LookupKey("3.9", "no-kind", "broker.id")
	require.False(t, ok)
	_, err := ParseKind("brokers")
	require.ErrorIs(t, err, ErrUnknownKind)
}

// What one release has and its neighbours lack.
func TestPatchReleasesDiffer(t *testing.T) {
	for key, want := range map[string]map[Release]bool{
		"sasl.server.max.receive.size":                     {"2.8.1": false, "2.8.2": true, "3.0.1": false, "3.0.2": true, "3.2.1": false, "3.2.2": true},
		"zookeeper.metadata.migration.min.batch.size":      {"3.6.1": false, "3.6.2": true},
		"alter.config.policy.kraft.compatibility.enable":   {"3.9.1": false, "3.9.2": true},
		"max.decompressed.message.bytes":                   {"4.2.1": false, "4.2.2": true, "4.3.0": false, "4.3.1": false, "4.4.0": true},
		"inter.broker.protocol.version":                    {"3.9.2": true, "4.0.0": false},
		"errors.deadletterqueue.auto.create.topics.enable": {"4.3.1": false, "4.4.0": true},
	} {
		for r, has := range want {
			_, ok := LookupKey(r, Broker, key)
			require.Equal(t, has, ok, "%s in %s", key, r)
		}
	}
}

func TestDefinitions(t *testing.T) {
	get := func(r Release, k Kind, name string) ConfigKey {
		key, ok := LookupKey(r, k, name)
		require.True(t, ok, name)
		return key
	}
	roll := get("3.9.1", Broker, "log.retention.minutes")
	require.Equal(t, ConfigKey{
		Kind: Broker, Name: "log.retention.minutes", Type: Int, Importance: "HIGH", UpdateMode: ReadOnly,
		Synonyms: []string{"log.retention.ms", "log.retention.minutes", "log.retention.hours"},
	}, roll)
	require.Equal(t, ConfigKey{
		Kind: Broker, Name: "max.decompressed.message.bytes", Type: Int, Default: "2147483639", HasDefault: true, Importance: "MEDIUM", UpdateMode: ClusterWide,
		Valid: &Validator{Check: CheckRange, Min: "1", Max: "2147483639"},
	}, get("4.2.2", Broker, "max.decompressed.message.bytes"))
	require.True(t, get("4.0.0", Broker, "process.roles").Required)
	require.False(t, get("3.9.2", Broker, "process.roles").Required)
	require.True(t, get("4.4.0", Broker, "broker.id").Deprecated)
	require.True(t, get("3.9.1", Broker, "delegation.token.master.key").Deprecated)
	require.False(t, get("4.4.0", Broker, "sasl.oauthbearer.scope").Deprecated, "only a JAAS option that it mentions is")
	require.Equal(t, []string{"log.retention.ms", "log.retention.minutes", "log.retention.hours"}, get("2.5.0", Topic, "retention.ms").Synonyms)
	require.True(t, get("3.0.1", Topic, "remote.storage.enable").Internal)
	require.Equal(t, "list of admin.rebalance, not empty", (&Validator{Check: CheckList, Values: []string{"admin.rebalance"}}).String())
	require.Equal(t, CheckInAnyCase, get("3.5.1", Producer, "security.protocol").Valid.Check)
	require.Equal(t, CheckIn, get("3.5.0", Producer, "acks").Valid.Check)
}

func TestInRange(t *testing.T) {
	v := Validator{Check: CheckRange, Min: "0", Max: "9223372036854775807"}
	require.True(t, v.InRange(0))
	require.False(t, v.InRange(-1))
	nan := 0.0
	nan /= nan
	require.True(t, v.InRange(nan), "Kafka compares doubles")
	least := Validator{Check: CheckRange, Min: "1"}
	require.True(t, least.InRange(1e300))
}

// The first opening of a kind in a process: nothing is decoded yet.
func BenchmarkOpenBroker(b *testing.B) { benchmarkOpen(b, Broker) }

func BenchmarkOpenTopic(b *testing.B) { benchmarkOpen(b, Topic) }

func benchmarkOpen(b *testing.B, k Kind) {
	data, err := catalogFiles.ReadFile("catalog/" + string(k) + ".json")
	require.NoError(b, err)
	for b.Loop() {
		decoded.Clear()
		catalog.Open(data)
		decode("4.4.0", k)
	}
}

// All releases of a kind, as for a matrix over all of them.
func BenchmarkOpenBrokerOfEveryRelease(b *testing.B) {
	for b.Loop() {
		decoded.Clear()
		for _, r := range Releases() {
			decode(r, Broker)
		}
	}
}

func BenchmarkIndexBroker(b *testing.B) {
	data, _ := catalogFiles.ReadFile("catalog/broker.json")
	for b.Loop() {
		catalog.Open(data)
	}
}

func BenchmarkLookupKey(b *testing.B) {
	for b.Loop() {
		LookupKey("4.4.0", Broker, "log.retention.hours")
	}
}
