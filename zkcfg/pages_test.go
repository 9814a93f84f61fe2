package zkcfg

import (
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/internal/rule"
	"github.com/kcfg/kcfg/internal/rule/pagetest"
	"github.com/kcfg/kcfg/properties"
)

// TestPages runs the examples of every rule's page: the bad one has to give the finding on the page, the good one none of
// that rule.
func TestPages(t *testing.T) {
	pages := pagetest.Suite{Pages: rulePages, Explain: Explain, Example: exampleText, Together: true}.Run(t)
	slices.Sort(pages)
	require.Equal(t, RuleIDs(), pages, "every rule has its page, and every page its rule")
}

// exampleText runs the first block as a file. The words behind "properties" say for which release, with which content of
// myid ("nomyid": none), with which mode, or that the machine is not seen ("noroot"); further blocks are other files, of
// which "2/zoo.cfg" is that of another server of the ensemble, whose id is 2. With "user=NAME" all files are root's, and
// those with "closed" behind their name can be read by root alone.
func exampleText(t *testing.T, id string, blocks ...rule.Block) string {
	t.Helper()
	files := map[string]string{"/data/": "", "/data/myid": "1"}
	var o Options
	rootless := false
	words := strings.TrimPrefix(blocks[0].Info, "properties")
	if before, myid, ok := strings.Cut(words, " myid="); ok { // to the end of the line: blanks may be in it
		words, files["/data/myid"] = before, myid
	}
	for word := range strings.FieldsSeq(words) {
		name, value, _ := strings.Cut(word, "=")
		switch name {
		case "mode":
			mode, err := strconv.ParseUint(value, 8, 32)
			require.NoError(t, err)
			o.Mode = fs.FileMode(mode)
		case "user":
			o.User = value
		case "nomyid":
			delete(files, "/data/myid")
		case "noroot":
			rootless = true
		default:
			o.Release = Release(word)
		}
	}
	var others []*Config
	closed := map[string]bool{}
	for _, b := range blocks[1:] {
		name, shut := strings.CutSuffix(strings.TrimPrefix(b.Info, "file "), " closed")
		closed[strings.TrimPrefix(name, "/")] = shut
		if server, file, _ := strings.Cut(name, "/"); file == "zoo.cfg" && server != "" {
			f, err := properties.Parse(name, []byte(b.Text))
			require.NoError(t, err)
			c, err := Resolve(f, Options{MyID: []byte(server)})
			require.NoError(t, err)
			others = append(others, c)
			continue
		}
		files[name] = b.Text
	}
	if !rootless {
		root := rootWith(files)
		for name, f := range root {
			if f.Sys = rootOwned; closed[name] {
				f.Mode = 0o600
			}
		}
		o.Root = root
	}
	o.Path = "/conf/zoo.cfg"
	f, err := properties.Parse("zoo.cfg", []byte(blocks[0].Text))
	require.NoError(t, err)
	c, err := Resolve(f, o)
	require.NoError(t, err)
	r := c.Report()
	r.Findings = append(r.Findings, Compare(append(others, c))...)
	return pagetest.Text(t, id, r, f, nil)
}

// TestPagesNameTheReleasesOfTheirRules: where a rule is not for all releases, its page says from which or up to which.
func TestPagesNameTheReleasesOfTheirRules(t *testing.T) {
	spans := map[string][]rule.Spans{}
	for _, r := range allLints() {
		spans[r.ID] = append(spans[r.ID], r.In)
	}
	var releases []string
	for _, r := range Releases() {
		releases = append(releases, string(r))
	}
	pagetest.NameReleases(t, Explain, spans, releases)
}
