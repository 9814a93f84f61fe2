package properties

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kcfg/kcfg/finding"
)

// UnusedSuppression is the ID of the finding about a comment that silences nothing.
const UnusedSuppression = "file-suppression-unused"

const (
	ignoreLine = "kcfg:ignore"      // # kcfg:ignore ID[,ID] -- reason: the entry below
	ignoreFile = "kcfg:ignore-file" // # kcfg:ignore-file ID[,ID] -- reason: the whole file, for what is absent
)

// ignore is one rule that a comment silences.
type ignore struct {
	id          string // empty: the comment names no rule
	pos         finding.Position
	whole       bool // the whole file, else lines from..to
	from, to    int
	placeholder bool // there is no entry below the comment
}

// Suppress moves the findings that a comment of the file silences from r.Findings to r.Suppressed. Verdict and stage stay, and a finding
// with which the server does not start is never silenced. Doing it twice changes nothing.
//
//	# kcfg:ignore ID[,ID] -- reason          directly above an entry (other comments may stand between)
//	# kcfg:ignore-file ID[,ID] -- reason     anywhere: the whole file, for instance about keys that are absent
func (f *File) Suppress(r *finding.Report) {
	ignores := f.ignores()
	if len(ignores) == 0 {
		return
	}
	kept := r.Findings[:0:0]
	for _, found := range r.Findings {
		if slices.ContainsFunc(ignores, func(i ignore) bool { return i.fits(f.name, found) }) && !found.Refuses() {
			r.Suppressed = append(r.Suppressed, found)
			continue
		}
		kept = append(kept, found)
	}
	r.Findings = kept
}

// UnusedSuppressions returns a finding for each rule that a comment of the file names in vain: in none of the reports, which are
// those of this file for every release of a run, does it silence anything. Known is the list of rules; nil: any may exist. Off (may
// be nil) reports whether a rule did not run, so that nothing can be said about its comments.
func (f *File) UnusedSuppressions(reports []finding.Report, known []string, off func(id string) bool) []finding.Finding {
	var out []finding.Finding
	for _, i := range f.ignores() {
		if off != nil && off(i.id) {
			continue
		}
		used, refuses := false, false
		for _, r := range reports {
			used = used || slices.ContainsFunc(r.Suppressed, func(found finding.Finding) bool { return i.fits(f.name, found) })
			refuses = refuses || slices.ContainsFunc(r.Findings, func(found finding.Finding) bool { return i.fits(f.name, found) })
		}
		if used {
			continue
		}
		u := finding.Finding{ID: UnusedSuppression, Severity: finding.Info, Pos: i.pos, Help: "remove the comment"}
		switch {
		case i.id == "":
			u.Message = "the comment silences nothing: it names no rule"
			u.Help = fmt.Sprintf("write # %s ID -- reason", ignoreLine)
		case known != nil && !slices.Contains(known, i.id):
			u.Message = fmt.Sprintf("the comment silences nothing: there is no rule %s", i.id)
			u.Help = "the name of a rule stands in brackets at the head of its finding"
		case refuses:
			u.Message = fmt.Sprintf("%s cannot be silenced here: the server refuses to start", i.id)
		case i.placeholder:
			u.Message = fmt.Sprintf("the comment silences nothing: no entry stands directly below it for %s", i.id)
			u.Help = fmt.Sprintf("put it above the entry, or write # %s %s for what is absent", ignoreFile, i.id)
		default:
			u.Message = fmt.Sprintf("the comment silences nothing: %s finds nothing here", i.id)
		}
		out = append(out, u)
	}
	return out
}

func (i ignore) fits(file string, found finding.Finding) bool {
	if i.id == "" || found.ID != i.id || found.Pos.File != file {
		return false
	}
	return i.whole || found.Pos.Line >= i.from && found.Pos.Line <= i.to
}

// ignores returns what the comments silence.
func (f *File) ignores() []ignore {
	f.doc.silences.Do(func() {
		if strings.Contains(f.doc.text, ignoreLine) { // nearly no file
			f.doc.silent = f.readIgnores()
		}
	})
	return f.doc.silent
}

func (f *File) readIgnores() []ignore {
	var out []ignore
	for c := range f.Comments() {
		lead := len(c.Text) - len(strings.TrimLeft(c.Text, "#! \t"))
		word, rest, _ := strings.Cut(strings.ReplaceAll(c.Text[lead:], "\t", " "), " ")
		if word != ignoreLine && word != ignoreFile {
			continue
		}
		base := ignore{pos: c.Pos, whole: word == ignoreFile}
		if !base.whole {
			base.placeholder = !c.Above
			if c.Above {
				base.from, base.to = f.doc.entry(c.Next).lines()
			}
		}
		list, _, _ := strings.Cut(" "+rest, " -- ")
		ids := strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' })
		if len(ids) == 0 {
			out = append(out, base)
		}
		for _, id := range ids {
			one := base
			one.id = id
			out = append(out, one)
		}
	}
	return out
}

// lines returns the first and the last natural line of the entry.
func (e Entry) lines() (from, to int) {
	r := e.rec()
	to, _ = locate(e.doc.text, int(r.line), int(r.start), int(r.valEnd))
	return int(r.line), to
}
