package finding

import (
	"cmp"
	"fmt"
	"hash/maphash"
	"slices"
	"strings"
)

// group is one statement about a file, with the releases that make it.
type group struct {
	*Finding
	message    string   // without the release that it names
	releases   []string // those that say it, in the order of the run
	of         int      // how many releases of the run judged the file
	all        []string // every release there is
	suppressed bool
}

type groupKey struct {
	id, key, message, label, help, notes string
	severity                             Severity
	stage                                Stage
	pos                                  Position
	suppressed                           bool
}

var seed = maphash.MakeSeed()

// key is what makes two findings the same statement.
func (g group) key() groupKey {
	return groupKey{g.ID, g.Key, g.message, g.Label, g.Help, strings.Join(g.Notes, "\x00"), g.Severity, g.Stage, g.Pos, g.suppressed}
}

// groups merges equal findings of several releases, file by file, and sorts those of a file by their place; what is about
// something absent comes last. Reports of one file must be neighbours, as validate makes them.
func groups(reports []Report, suppressed bool, known Releases) []group {
	var out []group
	for len(reports) > 0 {
		n := 1
		for n < len(reports) && reports[n].Path == reports[0].Path {
			n++
		}
		out = append(out, fileGroups(reports[:n], suppressed, known)...)
		reports = reports[n:]
	}
	return out
}

// Releases returns every release that there is for a kind of file, oldest first, so that neighbours can be drawn together. A nil
// function knows none.
type Releases func(kind string) []string

func fileGroups(reports []Report, suppressed bool, known Releases) []group {
	var releases, all []string
	for _, r := range reports {
		if r.Error == "" {
			releases = append(releases, r.Release)
			if known != nil {
				all = known(r.Kind)
			}
		}
	}
	var out []group
	at := map[uint64]int{} // by hash: there may be 100,000, of which the keys alone fill 50 MB
	add := func(f *Finding, r *Report, suppressed bool) {
		g := group{Finding: f, message: withoutRelease(f.Message, r.Release), of: len(releases), all: all, suppressed: suppressed}
		key := g.key()
		hash := maphash.Comparable(seed, key)
		i, ok := at[hash]
		for ok && out[i].key() != key {
			hash++
			i, ok = at[hash]
		}
		if !ok {
			i = len(out)
			at[hash] = i
			out = append(out, g)
		} else if out[i].Message != f.Message {
			all := *out[i].Finding
			all.Message = g.message
			out[i].Finding = &all
		}
		if rs := out[i].releases; len(rs) == 0 || rs[len(rs)-1] != r.Release {
			out[i].releases = append(rs, r.Release)
		}
	}
	for i := range reports {
		r := &reports[i]
		for j := range r.Findings {
			add(&r.Findings[j], r, false)
		}
		for j := range r.Suppressed {
			if suppressed {
				add(&r.Suppressed[j], r, true)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b group) int {
		return cmp.Or(
			absentLast(a.Pos)-absentLast(b.Pos), cmp.Compare(a.Pos.File, b.Pos.File),
			cmp.Compare(a.Pos.Line, b.Pos.Line), cmp.Compare(a.Pos.Column, b.Pos.Column), cmp.Compare(b.Severity, a.Severity),
		)
	})
	return out
}

// withoutRelease makes "x is no key of Kafka 3.9.1" the same statement as of 3.9.2.
func withoutRelease(message, release string) string {
	if release == "" {
		return message
	}
	return strings.ReplaceAll(message, " "+release, "")
}

func absentLast(p Position) int {
	if p.Line == 0 {
		return 1
	}
	return 0
}

// where names the releases that say it, or nothing where all do: "2.5.0..3.9.2, 4.1.0 (40 of 53 releases)".
func (g group) where() string {
	if len(g.releases) == g.of {
		return ""
	}
	return fmt.Sprintf("%s (%d of %d releases)", Spans(g.releases, g.all), len(g.releases), g.of)
}

// Spans writes releases, with those that are neighbours in all drawn together: "2.5.0..3.9.2, 4.1.0". Both have the same order;
// what all lacks stands alone.
func Spans(releases, all []string) string {
	if !slices.ContainsFunc(releases, func(r string) bool { return slices.Contains(all, r) }) {
		return strings.Join(releases, ", ")
	}
	in := map[string]bool{}
	for _, r := range releases {
		in[r] = true
	}
	var out []string
	for i := 0; i < len(all); i++ {
		if !in[all[i]] {
			continue
		}
		first := i
		for i+1 < len(all) && in[all[i+1]] {
			i++
		}
		if first == i {
			out = append(out, all[i])
			continue
		}
		out = append(out, all[first]+".."+all[i])
	}
	return strings.Join(out, ", ")
}

// Counts says how many findings of each severity the reports hold, equal ones of several releases counted once.
type Counts struct {
	Errors, Warnings, Infos, Suppressed int
	Fixable                             int // with a safe fix
	UnsafeFixable                       int // with a fix that is not safe
}

// Count counts the findings of reports, in which those of one file are neighbours.
func Count(reports []Report) Counts {
	var c Counts
	for _, g := range groups(reports, true, nil) {
		if g.suppressed {
			c.Suppressed++
			continue
		}
		switch g.Severity {
		case Error:
			c.Errors++
		case Warning:
			c.Warnings++
		default:
			c.Infos++
		}
		switch {
		case g.Fix == nil:
		case g.Fix.Safe:
			c.Fixable++
		default:
			c.UnsafeFixable++
		}
	}
	return c
}

// String is "1 error, 2 warnings, 1 info" without what is zero, or "no findings".
func (c Counts) String() string {
	var parts []string
	for _, p := range []struct {
		n         int
		one, many string
	}{{c.Errors, "error", "errors"}, {c.Warnings, "warning", "warnings"}, {c.Infos, "info", "infos"}, {c.Suppressed, "suppressed", "suppressed"}} {
		switch p.n {
		case 0:
		case 1:
			parts = append(parts, "1 "+p.one)
		default:
			parts = append(parts, fmt.Sprintf("%d %s", p.n, p.many))
		}
	}
	if len(parts) == 0 {
		return "no findings"
	}
	return strings.Join(parts, ", ")
}
