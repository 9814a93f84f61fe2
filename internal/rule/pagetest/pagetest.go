// Package pagetest runs the pages of rules as tests: what a page says is what the program says.
package pagetest

import (
	"bytes"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/internal/golden"
	"github.com/kcfg/kcfg/internal/rule"
	"github.com/kcfg/kcfg/properties"
)

// Suite is the pages of one package and how their examples are run.
type Suite struct {
	Pages    fs.FS                                                      // holds rules/ID.md, as the package's directory does
	Explain  func(id string) (string, bool)                             // the text of a rule's page, and whether there is such a rule
	Example  func(t *testing.T, id string, blocks ...rule.Block) string // what the findings of that rule say of an example
	Together bool                                                       // the blocks of a section are one example, not one each
}

var findingBlock = regexp.MustCompile("(?s)(## Finding\n\n```text\n).*?(```\n)")

// Run tests every page: each bad example gives the finding on the page, which UPDATE=1 rewrites, and no good one gives a
// finding of that rule. It returns the IDs of the pages in the order of their names.
func (s Suite) Run(t *testing.T) []string {
	files, err := fs.Glob(s.Pages, "rules/*.md")
	require.NoError(t, err)
	var ids []string
	for _, file := range files {
		id := strings.TrimSuffix(strings.TrimPrefix(file, "rules/"), ".md")
		ids = append(ids, id)
		t.Run(id, func(t *testing.T) { s.page(t, id, file) })
	}
	return ids
}

func (s Suite) page(t *testing.T, id, file string) {
	text, ok := s.Explain(id)
	require.True(t, ok, "a page without its rule")
	page, err := rule.ParsePage(text)
	require.NoError(t, err)
	require.Equal(t, id, page.ID)
	got := ""
	for _, bad := range s.examples(page.Bad) {
		found := s.Example(t, id, bad...)
		require.NotEmpty(t, found, "a bad example gives no finding of its rule")
		got += found
	}
	require.NotEmpty(t, got, "a page without a bad example")
	if golden.Update() {
		text = findingBlock.ReplaceAllStringFunc(text, func(string) string { return "## Finding\n\n```text\n" + got + "```\n" })
		require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
	} else {
		require.Equal(t, page.Finding.Text, got)
	}
	for _, good := range s.examples(page.Good) {
		require.Empty(t, s.Example(t, id, good...), "the good example gives the finding")
	}
}

func (s Suite) examples(blocks []rule.Block) [][]rule.Block {
	if s.Together {
		return [][]rule.Block{blocks}
	}
	var each [][]rule.Block
	for _, b := range blocks {
		each = append(each, []rule.Block{b})
	}
	return each
}

// NameReleases tests that the prose of a page names the release, or the line of releases, with which its rule begins or ends,
// or the one beside it. All releases are given oldest first.
func NameReleases(t *testing.T, explain func(id string) (string, bool), spans map[string][]rule.Spans, all []string) {
	for id, of := range spans {
		text, _ := explain(id)
		prose, _, _ := strings.Cut(text, "\n## Bad\n")
		names := func(release string) bool {
			line := release[:strings.LastIndexByte(release, '.')]
			return regexp.MustCompile(`\b` + regexp.QuoteMeta(line) + `(\.\d+)?\b`).MatchString(prose)
		}
		applies := func(release string) bool {
			return slices.ContainsFunc(of, func(s rule.Spans) bool { return s.Contain(release) })
		}
		for i := 1; i < len(all); i++ {
			if before, r := all[i-1], all[i]; applies(before) != applies(r) && !names(before) && !names(r) {
				t.Errorf("%s changes between %s and %s, and its page names neither", id, before, r)
			}
		}
	}
}

// Text is what the findings of one rule in a report say, with the lines of file, if there is one, on which they stand.
func Text(t *testing.T, id string, r finding.Report, file *properties.File, hide properties.Hide) string {
	t.Helper()
	r.Findings = slices.DeleteFunc(r.Findings, func(f finding.Finding) bool { return f.ID != id })
	source := func(p finding.Position) (finding.Excerpt, bool) {
		if file == nil || p.File != file.Name() {
			return finding.Excerpt{}, false
		}
		return file.Excerpt(p, hide)
	}
	var b bytes.Buffer
	require.NoError(t, finding.WriteText(&b, []finding.Report{r}, finding.TextOptions{Source: source}))
	return b.String()
}
