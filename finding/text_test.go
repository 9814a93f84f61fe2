package finding_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/internal/golden"
)

var file = []string{
	"# a comment", "default.replication.factor=1", "", "\tlog.dirs=/tmp\x1b[31m \u202e#é", "latin=\xe4\xf6\xfcx",
	"sasl.jaas.config=" + strings.Repeat("0123456789", 30),
}

func source(p finding.Position) (finding.Excerpt, bool) {
	if p.Line > len(file) {
		return finding.Excerpt{}, false
	}
	return finding.Excerpt{Text: file[p.Line-1], Start: p.Column, End: p.EndColumn}, true
}

func at(line, from, to int) finding.Position {
	return finding.Position{File: "node2/server.properties", Line: line, Column: from, EndLine: line, EndColumn: to}
}

var minInsync = finding.Finding{
	ID: "kafka-min-insync-above-replication", Severity: finding.Error, Pos: at(2, 28, 29), Key: "min.insync.replicas",
	Message: "min.insync.replicas is 2, but new topics get 1 replica", Label: "needs 2 replicas in sync",
	Notes: []string{"default.replication.factor is not set, so it is 1"}, Help: "set default.replication.factor=3",
}

// unknownIn names its release, and is the same finding in all of them.
func unknownIn(release string) finding.Finding {
	return finding.Finding{ID: "kafka-unknown", Severity: finding.Info, Pos: at(5, 1, 6), Message: "latin is no key of Kafka " + release + ", so it has no effect"}
}

// known has two releases between those that the reports are about.
var known = []string{"3.8.0", "3.8.1", "3.9.0", "4.0.0"}

var reports = []finding.Report{
	{Path: "node2/server.properties", Release: "3.8.0", Verdict: finding.Accepts, Findings: []finding.Finding{
		minInsync,
		{
			ID: "kafka-tmp", Severity: finding.Warning, Pos: at(4, 11, 28), Key: "log.dirs", Message: "log.dirs is under /tmp\nfake: line",
			Related: []finding.Related{
				{Pos: at(2, 1, 27), Message: "takes part"}, {Pos: finding.Position{File: "a"}, Message: "x is not set"}, {Pos: at(9, 1, 2), Message: "unseen"},
			},
			Fix: &finding.Fix{Message: "move it", Edits: []finding.Edit{{Path: "node2/server.properties", Start: 1, End: 2, New: "x"}}},
		},
	}},
	{Path: "node2/server.properties", Release: "3.9.0", Verdict: finding.Accepts, Findings: []finding.Finding{
		minInsync,
		unknownIn("3.9.0"),
		{ID: "kafka-latin", Severity: finding.Info, Pos: at(5, 8, 10), Message: "latin is ISO-8859-1"},
		{ID: "kafka-long", Severity: finding.Info, Pos: at(6, 200, 205), Message: "sasl.jaas.config is long", Label: "here"},
		{ID: "kafka-width", Severity: finding.Info, Pos: at(6, 18, 18), Message: "sasl.jaas.config begins"},
	}, Suppressed: []finding.Finding{{ID: "kafka-absent", Severity: finding.Warning, Pos: finding.Position{File: "node2/server.properties"}, Message: "x is not set"}}},
	{Path: "node2/server.properties", Release: "4.0.0", Verdict: finding.Accepts, Findings: []finding.Finding{minInsync, unknownIn("4.0.0")}},
	{Path: "other", Error: "open other: is a directory"},
}

func TestWriters(t *testing.T) {
	a := golden.Open(t, "testdata/writers.txtar")
	writers := map[string]func(*strings.Builder) error{
		"text": func(b *strings.Builder) error {
			return finding.WriteText(b, reports, finding.TextOptions{Source: source, Releases: func(string) []string { return known }})
		},
		"text-suppressed": func(b *strings.Builder) error {
			return finding.WriteText(b, reports, finding.TextOptions{ShowSuppressed: true})
		},
		"text-color": func(b *strings.Builder) error {
			return finding.WriteText(b, reports[:1], finding.TextOptions{Source: source, Color: true})
		},
		"json":   func(b *strings.Builder) error { return finding.WriteJSON(b, reports) },
		"jsonl":  func(b *strings.Builder) error { return finding.WriteJSONLines(b, reports) },
		"github": func(b *strings.Builder) error { return finding.WriteGitHub(b, reports, nil) },
		"sarif": func(b *strings.Builder) error {
			return finding.WriteSARIF(b, reports, finding.SARIFOptions{Version: "1.2.3", Rule: func(id string) (string, string, bool) {
				return "Summary of " + id + ".", "# " + id + "\n", id != "kafka-tmp"
			}})
		},
		"counts": func(b *strings.Builder) error { b.WriteString(finding.Count(reports).String()); return nil },
	}
	for _, name := range slices.Sorted(maps.Keys(writers)) {
		t.Run(name, func(t *testing.T) {
			var b strings.Builder
			require.NoError(t, writers[name](&b))
			a.Equal(t, name, []byte(strings.ReplaceAll(b.String(), "\x1b", "^[")))
		})
	}
}
