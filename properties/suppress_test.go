package properties

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/finding"
)

func TestSuppress(t *testing.T) {
	f := parsed(t, `# kcfg:ignore-file kafka-absent,kafka-never -- not here
# kcfg:ignore kafka-dirs, kafka-list -- why not
# a word on it
log.dirs=/a,\
  /b
# kcfg:ignore kafka-dirs
broker.id=1
!kcfg:ignore kafka-refuses -- no
x=1
# kcfg:ignore kafka-apart

y=1
# kcfg:ignore
# kcfg:ignore kafka-tpyo
# kcfg:ignored kafka-dirs is no directive
z=1
`)
	at := func(line int) finding.Position { return finding.Position{File: f.Name(), Line: line, Column: 1} }
	report := func(found ...finding.Finding) finding.Report {
		r := finding.Report{Path: f.Name(), Findings: found, Verdict: finding.Refuses}
		f.Suppress(&r)
		return r
	}
	one := finding.Finding{ID: "kafka-dirs", Severity: finding.Warning, Pos: at(5)}
	absent := finding.Finding{ID: "kafka-absent", Severity: finding.Error, Pos: finding.Position{File: f.Name()}}
	refuses := finding.Finding{ID: "kafka-refuses", Severity: finding.Error, Stage: finding.Config, Pos: at(9)}
	elsewhere := finding.Finding{ID: "kafka-list", Severity: finding.Warning, Pos: at(7)}
	another := finding.Finding{ID: "kafka-dirs", Severity: finding.Warning, Pos: finding.Position{File: "another", Line: 4}}
	r := report(one, absent, refuses, elsewhere, another)
	require.Equal(t, []finding.Finding{refuses, elsewhere, another}, r.Findings)
	require.Equal(t, []finding.Finding{one, absent}, r.Suppressed)
	require.Equal(t, finding.Refuses, r.Verdict)
	again := r
	f.Suppress(&again)
	require.Equal(t, r, again)

	list := finding.Finding{ID: "kafka-list", Severity: finding.Warning, Pos: at(4)}
	reports := []finding.Report{r, report(list)}
	var got []string
	known := []string{"kafka-absent", "kafka-never", "kafka-dirs", "kafka-list", "kafka-refuses", "kafka-apart"}
	for _, u := range f.UnusedSuppressions(reports, known, nil) {
		require.Equal(t, UnusedSuppression, u.ID)
		got = append(got, u.Pos.String()[len(f.Name())+1:]+" "+u.Message)
	}
	require.Equal(t, []string{
		"1:1 the comment silences nothing: kafka-never finds nothing here",
		"6:1 the comment silences nothing: kafka-dirs finds nothing here",
		"8:1 kafka-refuses cannot be silenced here: the server refuses to start",
		"10:1 the comment silences nothing: no entry stands directly below it for kafka-apart",
		"13:1 the comment silences nothing: it names no rule",
		"14:1 the comment silences nothing: there is no rule kafka-tpyo",
	}, got)
	require.Len(t, f.UnusedSuppressions(reports, nil, func(id string) bool { return id == "kafka-never" }), 5)
	require.Empty(t, slices.Collect(parsed(t, "a=1\n").Comments()))
}
