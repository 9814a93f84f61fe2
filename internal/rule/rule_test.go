package rule

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/finding"
)

func TestSpans(t *testing.T) {
	for _, c := range []struct {
		spans   Spans
		release string
		want    bool
	}{
		{"", "2.5.0", true},
		{"4.0..", "3.9.2", false},
		{"4.0..", "4.0.0", true},
		{"..3.9", "3.9.2", true},
		{"..3.9.0", "3.9.1", false},
		{"3.8.0..3.9.0 4.0..", "3.9.0", true},
		{"3.8.0..3.9.0 4.0..", "3.9.1", false},
		{"3.9.1", "3.9.1", true},
		{"3.9.1", "3.9.2", false},
		{"2.8..3.0", "2.10.0", true},
	} {
		require.Equal(t, c.want, c.spans.Contain(c.release), "%q contains %s", c.spans, c.release)
	}
}

func TestSortReleases(t *testing.T) {
	releases := []string{"3.10.0", "3.9.2", "2.5.0", "3.9"}
	SortReleases(releases)
	require.Equal(t, []string{"2.5.0", "3.9", "3.9.2", "3.10.0"}, releases)
}

func TestRunSkipsRulesOfOtherReleases(t *testing.T) {
	check := func(n int, report Reporter) {
		report(finding.Position{}, "n", "n is %d", n).Help = "set n=2"
	}
	rules := []Rule[int]{
		{ID: "kafka-old", Severity: finding.Error, In: "..3.9", Check: check},
		{ID: "kafka-new", Severity: finding.Warning, In: "4.0..", Check: check},
	}
	require.Equal(t, []finding.Finding{
		{ID: "kafka-new", Severity: finding.Warning, Key: "n", Message: "n is 1", Help: "set n=2"},
	}, Run(rules, 1, "4.1.0"))
}

func TestParsePage(t *testing.T) {
	const page = "# kafka-x\n\nIt is wrong.\n\n## Why\n\nw\n\n## What to do\n\nd\n\n## Bad\n\n```properties\na=1\n```\n\n" +
		"## Finding\n\n```text\nerror[kafka-x]: a\n```\n\n## Good\n\n```properties\na=2\n```\n"
	p, err := ParsePage(page)
	require.NoError(t, err)
	require.Equal(t, Page{
		ID: "kafka-x", Summary: "It is wrong.", Text: page,
		Bad:     []Block{{"properties", "a=1\n"}},
		Finding: Block{"text", "error[kafka-x]: a\n"},
		Good:    []Block{{"properties", "a=2\n"}},
	}, p)
	_, err = ParsePage("# kafka-x\n\nIt is wrong.\n\n## Why\n")
	require.ErrorContains(t, err, `lacks the section "What to do"`)
}

func TestOnlyTheAwakeAreAsked(t *testing.T) {
	says := func(id string) Rule[int] {
		return Rule[int]{ID: id, Severity: finding.Info, Check: func(n int, report Reporter) { report(finding.Position{}, "", "n is %d", n) }}
	}
	rules := []Rule[int]{says("kafka-a"), says("kafka-b"), says("kafka-c")}
	before := []finding.Finding{{ID: "kafka-before"}}
	ids := func(all []finding.Finding) (ids []string) {
		for _, f := range all {
			ids = append(ids, f.ID)
		}
		return ids
	}
	require.Equal(t, []string{"kafka-before", "kafka-a", "kafka-c"}, ids(AppendAwake(before, rules, 1, []bool{true, false, true})))
	require.Equal(t, []string{"kafka-before", "kafka-a", "kafka-b", "kafka-c"}, ids(Append(before, rules, 1)))
	require.Equal(t, []string{"kafka-a", "kafka-b", "kafka-c"}, ids(Run(Of(rules, "3.9.1"), 1, "")))
	rules[1].In = "4.0.."
	require.Len(t, Of(rules, "3.9.1"), 2)
}
