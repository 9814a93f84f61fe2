package kafkacfg

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestHistoryOf(t *testing.T) {
	h, ok := HistoryOf(Broker, "sasl.server.max.receive.size")
	require.True(t, ok)
	require.Equal(t, KeyHistory{
		Kind: Broker, Name: "sasl.server.max.receive.size", Since: "2.8.2",
		Gaps: []Release{"3.0.0", "3.0.1", "3.1.0", "3.1.1", "3.2.0", "3.2.1"},
	}, h)

	h, ok = HistoryOf(Broker, "max.decompressed.message.bytes")
	require.True(t, ok)
	require.Equal(t, KeyHistory{
		Kind: Broker, Name: "max.decompressed.message.bytes", Since: "4.2.2", Gaps: []Release{"4.3.0", "4.3.1"},
	}, h)

	h, ok = HistoryOf(Broker, "zookeeper.connect")
	require.True(t, ok)
	require.Equal(t, Release("2.5.0"), h.Since)
	require.Equal(t, Release("3.9.2"), h.Until)
	require.Equal(t, []KeyChange{{"2.8.0", "required", "true", "false"}}, h.Changes)

	h, ok = HistoryOf(Producer, "linger.ms")
	require.True(t, ok)
	require.Equal(t, []KeyChange{{"4.0.0", "default", "0", "5"}}, h.Changes)

	_, ok = HistoryOf(Broker, "linger.ms")
	require.False(t, ok)
	_, ok = HistoryOf("no-kind", "linger.ms")
	require.False(t, ok)
}

func TestDiffKeys(t *testing.T) {
	var lines []string
	for _, d := range DiffKeys(Broker, "4.2.1", "4.2.2") {
		switch {
		case d.Old == nil:
			lines = append(lines, "+"+d.Name)
		case d.New == nil:
			lines = append(lines, "-"+d.Name)
		default:
			for _, c := range d.Changes {
				lines = append(lines, d.Name+" "+c.Field+" "+c.From+" "+c.To)
			}
		}
	}
	require.Equal(t, []string{
		"+max.decompressed.message.bytes",
		"sasl.oauthbearer.expected.audience importance LOW HIGH",
		"sasl.oauthbearer.expected.issuer importance LOW HIGH",
	}, lines)
	require.Empty(t, DiffKeys(Broker, "4.2.2", "4.2.2"))
	require.Empty(t, DiffKeys("no-kind", "4.2.1", "4.2.2"))
}

// Every note and every replacement is about a key that exists in some release, and names keys that exist.
func TestNotesAreAboutKeysThatExist(t *testing.T) {
	inSection := map[string][]string{}
	for _, k := range Kinds() {
		for _, section := range sectionsOf(k) {
			inSection[section] = append(inSection[section], KeyNames(k)...)
		}
	}
	for section, all := range notes() {
		for key, note := range all {
			require.Equal(t, section != "plugins", slices.Contains(inSection[section], key), "%s %s", section, key)
			require.True(t, strings.HasSuffix(note, ".") && len(note) <= 200, "%s: %s", key, note)
		}
	}
	for section, all := range replacedKeys() {
		for key, r := range all {
			require.True(t, slices.Contains(inSection[section], key), "%s %s", section, key)
			require.True(t, len(r.By) > 0 || r.Hint != "", key)
			for _, by := range r.By {
				require.True(t, slices.Contains(inSection[section], by), by)
			}
		}
	}
}

// What Kafka removed, and no longer defines, says what to do instead; keys meant for Kafka itself do not.
func TestEveryRemovedKeySaysWhatToDo(t *testing.T) {
	for _, k := range Kinds() {
		for _, name := range KeyNames(k) {
			h, _ := HistoryOf(k, name)
			if h.Until == "" || strings.HasPrefix(name, "internal.") {
				continue
			}
			_, ok := ReplacementFor(k, name)
			require.True(t, ok, "%s %s was removed after %s", k, name, h.Until)
		}
	}
}

func TestEveryDeprecatedBrokerKeySaysWhatToDo(t *testing.T) {
	for _, k := range []Kind{Broker, Topic, Producer, Consumer, Admin} {
		for key := range Keys(Newest(), k) {
			if key.Deprecated {
				r, ok := ReplacementFor(k, key.Name)
				require.True(t, ok, "%s %s", k, key.Name)
				require.NotEmpty(t, r.String())
			}
		}
	}
}

func TestReplacement(t *testing.T) {
	r, ok := ReplacementFor(Broker, "log.message.timestamp.difference.max.ms")
	require.True(t, ok)
	require.Equal(t, "log.message.timestamp.before.max.ms, log.message.timestamp.after.max.ms (KIP-937)", r.String())
	r, ok = ReplacementFor(Consumer, "auto.include.jmx.reporter")
	require.True(t, ok)
	require.Contains(t, r.String(), "metric.reporters; ")
	_, ok = ReplacementFor(Broker, "log.dirs")
	require.False(t, ok)
}

func TestNotesCoverTheKeysThatMatter(t *testing.T) {
	count := 0
	for _, all := range notes() {
		count += len(all)
	}
	require.Greater(t, count, 200)
	// all keys of high importance that are not internal have one
	var missing []string
	for _, k := range []Kind{Broker, Producer, Consumer, Topic} {
		for key := range Keys(Newest(), k) {
			if key.Importance == "HIGH" && !key.Internal && Note(k, key.Name) == "" {
				missing = append(missing, string(k)+" "+key.Name)
			}
		}
	}
	require.Empty(t, slices.Compact(missing))
}

func TestPrecedence(t *testing.T) {
	require.Equal(t, []string{"log.retention.ms", "log.retention.minutes", "log.retention.hours"}, Precedence("3.9.1", Broker, "log.retention.hours"))
	require.Equal(t, []string{"log.dirs", "log.dir"}, Precedence("3.9.1", Broker, "log.dir"))
	require.Equal(t, []string{"delegation.token.secret.key", "delegation.token.master.key"}, Precedence("3.9.1", Broker, "delegation.token.secret.key"))
	require.Empty(t, Precedence("4.0.0", Broker, "delegation.token.secret.key"), "the other one is gone")
	require.Empty(t, Precedence("4.0.0", Broker, "num.partitions"))
	require.Empty(t, Precedence("4.0.0", Topic, "retention.ms"))
	require.Equal(t, "retention.ms", TopicKeyFor("4.0.0", "log.retention.hours"))
	require.Empty(t, TopicKeyFor("4.0.0", "num.partitions"))
}
