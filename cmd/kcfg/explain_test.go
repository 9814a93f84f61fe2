package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/kafkacfg"
)

func runOK(t *testing.T, stdin string, args ...string) string {
	t.Helper()
	var stdout, stderr bytes.Buffer
	require.Equal(t, exitOK, run(env{Args: args, Stdin: strings.NewReader(stdin), Stdout: &stdout, Stderr: &stderr}), stderr.String())
	return stdout.String()
}

func TestExplainPrintsThePageOfARule(t *testing.T) {
	for _, id := range pagedRules() {
		page, ok := rulePage(id)
		require.True(t, ok)
		require.Equal(t, page, runOK(t, "", "explain", id))
		summary, whole, ok := describeRule(id)
		require.True(t, ok)
		require.Equal(t, page, whole)
		require.NotEmpty(t, summary, id)
	}
}

func TestExplainLogPrintsThePageOfTheRule(t *testing.T) {
	const log = "java.lang.RuntimeException: stop\n" +
		"Caused by: org.apache.kafka.common.config.ConfigException: Invalid value hunter2 for configuration num.partitions: Not a number of type INT\n"
	page, ok := kafkacfg.Explain("kafka-value-type")
	require.True(t, ok)
	require.Equal(t, "line 2: kafka-value-type, about num.partitions\n\n"+page, runOK(t, log, "explain", "-"))
}

// What a log leads to is a rule of some package.
func TestLogMatchesAreRules(t *testing.T) {
	for _, log := range []string{
		"keystore password was incorrect", "Cannot recover key", "Invalid keystore format", "PKIX path building failed", "CertificateExpiredException",
		"Could not find a 'KafkaServer' entry", "InconsistentClusterIdException", "Failed to acquire lock on file .lock", "Address already in use",
	} {
		matches := kafkacfg.ExplainLog(log)
		require.NotEmpty(t, matches, log)
		for _, m := range matches {
			_, paged := rulePage(m.Rule)
			require.True(t, paged || strings.Contains(strings.Join(ruleIDs(), " "), m.Rule), m.Rule)
		}
	}
}

func TestExplainNamesTheRulesOfAKey(t *testing.T) {
	require.Contains(t, runOK(t, "", "explain", "min.insync.replicas", "--kind", "broker"), "kafka-min-insync-above-replication")
	require.NotContains(t, runOK(t, "", "explain", "min.insync.replicas", "--kind", "broker"), "kafka-value-type")
	require.NotContains(t, runOK(t, "", "explain", "port", "--kafka", "2.5"), "kafka-listener-port-twice", "an English word")
}

func TestSpeaksOf(t *testing.T) {
	const page = "# x\n\nA log.roll.ms that is `name`. See broker.id.\n\n## Bad\n\nlog.dirs=1\n\n## Finding\n\nerror[x]: num.partitions is 3\n"
	for key, want := range map[string]bool{
		"log.roll.ms": true, "log.roll": false, "roll.ms": false, "broker.id": true, "log.dirs": false, "num.partitions": true,
		"name": true, "that": false, "": false, "log": false,
	} {
		require.Equal(t, want, speaksOf(page, key), key)
	}
}
