package kafkacfg

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/internal/golden"
	"github.com/kcfg/kcfg/properties"
)

// cureCase is a file with what is known about it.
type cureCase struct {
	name string
	text []byte
	o    Options
}

// cureCases are all rows of the tables for some releases, and the broken files.
func cureCases(t *testing.T) []cureCase {
	t.Helper()
	var cases []cureCase
	for _, path := range tables {
		tab := readTable(t, path)
		for _, release := range []string{tab.releases[0], "3.3.0", "3.9.1", tab.releases[len(tab.releases)-1]} {
			for _, r := range tab.rows {
				cases = append(cases, cureCase{r.id + " " + release, []byte(r.config), Options{Release: Release(release), Kind: r.kind(), ClassesExact: true}})
			}
		}
	}
	for _, path := range brokenFiles(t) {
		a := golden.Open(t, path)
		text, ok := a.File("server.properties")
		require.True(t, ok)
		cases = append(cases, cureCase{path, text, brokenOptions(a)})
	}
	return cases
}

func (c cureCase) judge(t *testing.T, text []byte) (*properties.File, finding.Report) {
	t.Helper()
	f, err := properties.Parse("server.properties", text)
	require.NoError(t, err)
	r, err := Validate(f, c.o)
	require.NoError(t, err)
	return f, r
}

func TestEveryFindingHasItsCure(t *testing.T) {
	for _, c := range cureCases(t) {
		_, r := c.judge(t, c.text)
		for _, f := range r.Findings {
			require.NotEmpty(t, f.Help, "%s: %s: %s", c.name, f.ID, f.Message)
			require.NotContains(t, f.Help, "{key}", "%s: %s", c.name, f.ID)
		}
	}
}

var (
	helpSet    = regexp.MustCompile(`^set ([a-z][a-z0-9_.-]*)=([^\s;]*[^\s;,])(?:,? |$|[;,])`)
	helpRemove = regexp.MustCompile(`^remove (the line|[a-z][a-z0-9]*(?:\.[a-z0-9-]+)+)(?:$|[,:; ])`)
	helpWrite  = regexp.MustCompile(`^write (\S+)$|^write (\d+): digits`)
	helpMean   = regexp.MustCompile(`^did you mean (\S+)$`)
)

// apply does what a help says, where a machine can do it.
func apply(f *properties.File, x finding.Finding) bool {
	open := func(value string) bool { // a value that a person has to fill in
		return strings.Contains(value, "HOST") || strings.Contains(value, "ADDRESS") || strings.Contains(value, "<") || strings.Contains(value, "ID@")
	}
	if m := helpSet.FindStringSubmatch(x.Help); m != nil && !open(m[2]) {
		f.Set(m[1], m[2])
		return true
	}
	if m := helpRemove.FindStringSubmatch(x.Help); m != nil {
		key := m[1]
		if key == "the line" {
			key = x.Key
		}
		return f.Delete(key)
	}
	if m := helpWrite.FindStringSubmatch(x.Help); m != nil && strings.HasPrefix(x.ID, "kafka-value-") {
		e, ok := f.Lookup(x.Key)
		if ok = ok && !strings.Contains(e.Value, ","); ok {
			f.Set(x.Key, m[1]+m[2])
		}
		return ok
	}
	if m := helpMean.FindStringSubmatch(x.Help); m != nil && strings.HasPrefix(x.ID, "kafka-value-") {
		e, ok := f.Lookup(x.Key)
		if ok = ok && !strings.Contains(e.Value, ","); ok {
			f.Set(x.Key, m[1])
		}
		return ok
	}
	return false
}

// TestCuresCure does what the findings say: what was found is gone then, and nothing that refuses is new.
func TestCuresCure(t *testing.T) {
	done := map[string]int{}
	for _, c := range cureCases(t) {
		_, before := c.judge(t, c.text)
		for _, x := range before.Findings {
			f, err := properties.Parse("server.properties", c.text)
			require.NoError(t, err)
			if !apply(f, x) {
				continue
			}
			done[x.ID]++
			_, after := c.judge(t, f.Bytes())
			if slices.ContainsFunc(after.Findings, func(y finding.Finding) bool { return y.ID == x.ID && y.Key == x.Key && y.Message == x.Message }) {
				t.Errorf("%s: %s (%s) is still there after: %s", c.name, x.ID, x.Message, x.Help)
			}
			for _, y := range after.Findings {
				known := slices.ContainsFunc(before.Findings, func(b finding.Finding) bool { return b.ID == y.ID && b.Key == y.Key })
				if x.Key == rolesKey && x.ID == "kafka-key-required" {
					continue // only with its roles known can the rest of a node be judged
				}
				if y.Refuses() && !known || y.Severity == finding.Error && !known && x.Severity != finding.Error {
					t.Errorf("%s: after %q for %s there is %s: %s", c.name, x.Help, x.ID, y.ID, y.Message)
				}
			}
		}
	}
	require.Greater(t, len(done), 60, "few cures could be tried: %v", done)
}
