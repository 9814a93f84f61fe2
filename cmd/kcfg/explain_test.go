package main

import (
	"bytes"
	"os"
	"path/filepath"
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

func TestExplainPrintsThePagesOfARule(t *testing.T) {
	for _, id := range pagedRules() {
		page, ok := rulePage(id)
		require.True(t, ok)
		printed := runOK(t, "", "explain", id)
		require.True(t, strings.HasPrefix(printed, page), id)
		for _, s := range ruleSources { // the same rule of another package has a page of its own
			if other, ok := s.explain(id); ok {
				_, body, _ := strings.Cut(other, "\n")
				require.Contains(t, printed, body, id)
			}
		}
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

// Lines of real logs, each with the rule that explains it; the rule has its page.
func TestLogLinesLeadToTheirRules(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("testdata", "log-lines.tsv"))
	require.NoError(t, err)
	n := 0
	for line := range strings.Lines(string(data)) {
		want, text, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		require.True(t, ok, line)
		n++
		matches := kafkacfg.ExplainLog(text)
		require.NotEmpty(t, matches, text)
		require.Equal(t, want, matches[0].Rule, text)
		for _, m := range matches {
			_, paged := rulePage(m.Rule)
			require.True(t, paged, m.Rule)
		}
	}
	require.GreaterOrEqual(t, n, 30)
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
