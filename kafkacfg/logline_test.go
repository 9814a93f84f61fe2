package kafkacfg

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/internal/reference"
)

func TestExplainLog(t *testing.T) {
	text, err := os.ReadFile("testdata/log.txt")
	require.NoError(t, err)
	require.Equal(t, []LogMatch{
		{3, "kafka-value-type", "num.partitions", ""},
		{9, "kafka-advertised-wildcard", "advertised.listeners", ""},
		{9, "kafka-controller-advertised-wildcard", "advertised.listeners", ""},
		{12, "kafka-jaas-missing", "", ""},
		{15, "kafka-store-password", "", ""},
		{18, "tls-chain-incomplete", "", ""},
	}, ExplainLog(string(text)))
	require.Equal(t, []LogMatch{{1, "kafka-authorizer-stops-brokers", "", ""}},
		ExplainLog("INFO [BrokerLifecycleManager id=1] Unable to register broker 1 because the controller returned error CLUSTER_AUTHORIZATION_FAILED\n"))
	require.Empty(t, ExplainLog(""))
	require.Empty(t, ExplainLog("all is well\n"))
	require.Empty(t, ExplainLog(strings.Repeat("x", 1<<20)))
	repeated := "Missing required configuration \"node.id\" which has no default value.\n"
	require.Len(t, ExplainLog(repeated+repeated), 1)
	require.Equal(t, []LogMatch{{maxLogLines, "kafka-key-required", "node.id", ""}}, ExplainLog(strings.Repeat("\n", maxLogLines-1)+repeated))
	require.Empty(t, ExplainLog(strings.Repeat("\n", maxLogLines)+repeated))
}

func TestLogPatternsNameRules(t *testing.T) {
	foreign := []string{"tls-", "zk-", "kafka-store-", "kafka-key-password", "kafka-jaas-", "kafka-tls-", "kafka-sasl-settings", "kafka-meta-properties",
		"kafka-storage-", "kafka-pem-store", "kafka-principal-mapping-rules", "kafka-log-dir-", "kafka-port-", "kafka-address-"} // of packages node and tlsstore; cmd/kcfg tests those
	named := []string{}
	for _, p := range logPatterns {
		named = append(named, p.rules)
	}
	for _, n := range logNotes {
		named = append(named, n.rules)
	}
	for _, rules := range named {
		for _, id := range strings.Fields(rules) {
			if !slices.ContainsFunc(foreign, func(prefix string) bool { return strings.HasPrefix(id, prefix) }) {
				require.Contains(t, RuleIDs(), id)
			}
		}
	}
}

func FuzzExplainLog(f *testing.F) {
	f.Add("org.apache.kafka.common.config.ConfigException: Invalid value x for configuration num.partitions: Not a number of type INT")
	f.Fuzz(func(t *testing.T, text string) {
		for _, m := range ExplainLog(text) {
			if (m.Rule == "") == (m.Note == "") || m.Line < 1 {
				t.Errorf("%+v", m)
			}
		}
	})
}

// What the real Kafka says about a refused configuration leads to a rule with which kcfg refuses it.
func TestRealMessagesLeadToTheirRules(t *testing.T) {
	reference.Require(t)
	for _, path := range tables {
		tab := readTable(t, path)
		for _, release := range []string{tab.releases[0], "3.0.0", "3.5.0", "3.9.1", tab.releases[len(tab.releases)-1]} {
			var cases []reference.KafkaCase
			for _, r := range tab.rows {
				cases = append(cases, reference.KafkaCase{Kind: string(r.kind()), File: r.config})
			}
			judge := newRealJudge(t, release, reference.KafkaClasspath(t, release))
			for i, v := range judge.Judge(cases) {
				if v.Stage() == "A" {
					continue
				}
				r := tab.rows[i]
				var ours []string
				for _, f := range refusals(t, r, release) {
					ours = append(ours, f.ID)
				}
				_, exception, _ := strings.Cut(v.Code, ":")
				if slices.Contains(ours, "kafka-listener-override") {
					ours = append(ours, "kafka-value-type") // the message does not tell that the key had a prefix
				}
				matches := ExplainLog("Exception in thread \"main\" " + exception + ": " + v.Message)
				if !slices.ContainsFunc(matches, func(m LogMatch) bool { return slices.Contains(ours, m.Rule) }) {
					t.Errorf("%s %s/%s: %q leads to %v, kcfg says %v", release, r.id, r.group, v.Message, matches, ours)
				}
			}
		}
	}
}

func refusals(t *testing.T, r tableRow, release string) []finding.Finding {
	_, report := ours(t, r.kind(), release, r.config, finding.Log)
	return slices.DeleteFunc(report.Findings, func(f finding.Finding) bool { return !f.Refuses() })
}
