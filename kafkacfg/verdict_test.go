package kafkacfg

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/properties"
)

// codes are how the tables write the stage that refuses.
var codes = map[finding.Stage]string{finding.Load: "P", finding.Config: "R", finding.Log: "L", finding.Start: "S"}

// ours is what kcfg says, in the tables' words.
func ours(t testing.TB, k Kind, release, file string, through finding.Stage) (string, finding.Report) {
	t.Helper()
	f, err := properties.Parse("case.properties", []byte(strings.ReplaceAll(file, dirMark, ourDir)))
	require.NoError(t, err)
	r, err := Validate(f, Options{Release: Release(release), Kind: k, ClassesExact: true, Through: through, Root: machine, Env: env})
	require.NoError(t, err)
	switch r.Verdict {
	case finding.Accepts:
		return "A", r
	case finding.Refuses:
		return codes[r.Stage], r
	}
	return "undetermined", r
}

// The verdicts in the tables are those of the real classes; ours agree on every one, with the stage.
func TestVerdictsOfTheTables(t *testing.T) {
	for _, path := range append([]string{foundToolsPath}, tables...) {
		tab := readTable(t, path)
		wrong := 0
		for col, release := range tab.releases {
			for _, r := range tab.rows {
				want, _, _ := strings.Cut(r.verdicts[col], ":")
				got, report := ours(t, r.kind(), release, r.config, finding.Log)
				if got != want {
					wrong++
					t.Errorf("%s %s/%s: got %s, want %s\n%s", release, r.id, r.group, got, r.verdicts[col], messages(report))
				}
			}
		}
		t.Logf("%s: %d rows, %d releases, %d wrong", path, len(tab.rows), len(tab.releases), wrong)
	}
}

func messages(r finding.Report) string {
	var b strings.Builder
	for _, f := range r.Findings {
		if f.Severity == finding.Error {
			b.WriteString("\t" + string(f.Stage) + " " + f.ID + ": " + f.Message + "\n")
		}
	}
	return b.String()
}
