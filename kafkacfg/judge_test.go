package kafkacfg

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/internal/golden"
	"github.com/kcfg/kcfg/internal/reference"
)

// table is one of the tables of real verdicts in testdata/verdicts: a row is a configuration, a column a release.
type table struct {
	releases []string
	rows     []tableRow
}

type tableRow struct {
	id, group string // group: the base of a broker row, else the kind
	config    string
	verdicts  []string
}

func readTable(t testing.TB, path string) table {
	t.Helper()
	b, err := os.ReadFile(path)
	require.NoError(t, err)
	lines := strings.Split(strings.TrimRight(string(b), "\n"), "\n")
	tab := table{releases: strings.Split(lines[0], "\t")[3:]}
	for _, line := range lines[1:] {
		f := strings.Split(line, "\t")
		require.Len(t, f, 3+len(tab.releases), line)
		tab.rows = append(tab.rows, tableRow{f[0], f[1], strings.ReplaceAll(f[2], `\n`, "\n"), f[3:]})
	}
	return tab
}

func (r tableRow) kind() Kind {
	switch r.group {
	case "ZK", "CB", "BR", "CO":
		return Broker
	}
	return Kind(r.group)
}

var tables = []string{"testdata/verdicts/kafka-broker.tsv", "testdata/verdicts/kafka-clients-topic.tsv", foundPath}

// foundToolsPath is foundPath for Streams and Connect.
const foundToolsPath = "testdata/verdicts/found-tools.tsv"

// The judge itself is judged first: it has to reproduce every cell.
func TestJudgeReproducesTheTables(t *testing.T) {
	reference.Require(t)
	for _, path := range tables {
		tab := readTable(t, path)
		for col, release := range tab.releases {
			var cases []reference.KafkaCase
			for _, r := range tab.rows {
				cases = append(cases, reference.KafkaCase{Kind: string(r.kind()), File: r.config})
			}
			judge := newRealJudge(t, release, reference.KafkaClasspath(t, release))
			for i, v := range judge.Judge(cases) {
				if r := tab.rows[i]; v.Code != r.verdicts[col] {
					t.Errorf("%s %s/%s: judge %s, table %s (%s)", release, r.id, r.group, v.Code, r.verdicts[col], v.Message)
				}
			}
		}
	}
}

// Cases on which kcfg was once wrong, shrunk, with what the real classes say. UPDATE=1 asks them again; a new case is a
// line without verdicts.
const foundPath = "testdata/verdicts/found.tsv"

var foundReleases = strings.Fields("2.5.0 2.7.2 2.8.0 3.0.0 3.3.0 3.6.0 3.9.1 4.0.0 4.1.0 4.2.0 4.4.0")

func TestFoundCasesAreReal(t *testing.T) {
	reference.Require(t)
	askAgain(t, foundPath, reference.KafkaClasspath)
	askAgain(t, foundToolsPath, reference.KafkaToolsClasspath)
}

func askAgain(t *testing.T, path string, classpath func(testing.TB, string) string) {
	b, err := os.ReadFile(path)
	require.NoError(t, err)
	lines := strings.Split(strings.TrimSpace(string(b)), "\n")[1:]
	out := make([][]string, len(lines))
	var cases []reference.KafkaCase
	for i, line := range lines {
		out[i] = strings.SplitN(line, "\t", 4)[:3]
		row := tableRow{group: out[i][1], config: strings.ReplaceAll(out[i][2], `\n`, "\n")}
		cases = append(cases, reference.KafkaCase{Kind: string(row.kind()), File: row.config})
	}
	for _, release := range foundReleases {
		judge := newRealJudge(t, release, classpath(t, release))
		for i, v := range judge.Judge(cases) {
			out[i] = append(out[i], v.Code)
		}
	}
	text := "id\tkind\tconfig\t" + strings.Join(foundReleases, "\t") + "\n"
	for _, row := range out {
		text += strings.Join(row, "\t") + "\n"
	}
	golden.Equal(t, path, []byte(text))
}
