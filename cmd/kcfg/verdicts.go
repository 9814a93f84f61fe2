package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/internal/parallel"
	"github.com/kcfg/kcfg/internal/plural"
	"github.com/kcfg/kcfg/properties"
)

// print writes the reports in the form that -o names. What could not be judged, what was assumed and the summary go to standard
// error.
func (v *validation) print(e *env, all []*judged) error {
	var reports []finding.Report
	for _, j := range all {
		reports = append(reports, j.reports...)
		for _, r := range j.reports {
			if r.Error != "" {
				v.complain(e, j, r)
			}
		}
	}
	var err error
	switch {
	case v.diff: // the diff is the output
	case v.output == outputJSON:
		err = finding.WriteJSON(e.Stdout, reports)
	case v.output == outputJSONL:
		err = finding.WriteJSONLines(e.Stdout, reports)
	case v.output == outputGitHub:
		err = finding.WriteGitHub(e.Stdout, reports, releasesOf)
	case v.output == outputSARIF:
		err = finding.WriteSARIF(e.Stdout, reports, finding.SARIFOptions{Version: versionNumber(), Rule: describeRule})
	default:
		err = v.printText(e, all)
	}
	if err != nil {
		return err
	}
	printAssumptions(e, all)
	if v.output == outputText && !v.quiet {
		v.printSummary(e, all, reports)
	}
	return nil
}

func (v *validation) complain(e *env, j *judged, r finding.Report) {
	fmt.Fprintf(e.Stderr, "kcfg: %s\n", finding.Printable(r.Error))
	if hint := (hintError{}); errors.As(j.err, &hint) {
		printHint(e.Stderr, hint.hint)
	}
}

func (v *validation) printText(e *env, all []*judged) error {
	colour := e.Colour()
	texts := make([]bytes.Buffer, len(all))
	parallel.Each(len(all), runtime.GOMAXPROCS(0), func(i int) {
		if j := all[i]; v.speaksOf(j) && !j.long() {
			j.printText(&texts[i], colour)
		}
	})
	out := bufio.NewWriterSize(e.Stdout, 64<<10)
	first := true
	for i, j := range all {
		if !v.speaksOf(j) {
			continue
		}
		if !first && (!j.silent() || len(j.reports) > 1) {
			out.WriteByte('\n')
		}
		first = false
		if j.long() {
			j.printText(out, colour)
		}
		out.Write(texts[i].Bytes())
		texts[i] = bytes.Buffer{}
	}
	return out.Flush()
}

// speaksOf reports whether the text says anything about the file.
func (v *validation) speaksOf(j *judged) bool { return j.file != nil && !(v.quiet && j.silent()) }

// long reports whether there is so much to say about the file that it is better written than kept.
func (j *judged) long() bool {
	const many = 1000 // findings, of 500 bytes each
	n := 0
	for _, r := range j.reports {
		n += len(r.Findings)
	}
	return n > many
}

// silent reports whether there is nothing to say about the file.
func (j *judged) silent() bool {
	return !slices.ContainsFunc(j.reports, func(r finding.Report) bool {
		return len(r.Findings) > 0 || r.Verdict != finding.Accepts
	})
}

// printText writes what is said about the file. The writer is one that keeps its errors or has none.
func (j *judged) printText(w io.Writer, colour bool) {
	o := finding.TextOptions{Source: excerpts(map[string]*properties.File{j.path: j.file}), Color: colour, Releases: releasesOf}
	_ = finding.WriteText(w, j.reports, o)
	if slices.ContainsFunc(j.reports, func(r finding.Report) bool { return len(r.Findings) > 0 }) {
		fmt.Fprintln(w)
	}
	j.printVerdicts(w, colour)
}

// verdictWords say what a release does with a file.
var verdictWords = [...]string{
	finding.Accepts: "accepts", finding.Refuses: "refuses", finding.Undetermined: "undetermined",
}

var verdictColours = [...]string{
	finding.Accepts: "\x1b[1;32m", finding.Refuses: "\x1b[1;31m", finding.Undetermined: "\x1b[1;33m",
}

// printVerdicts writes what each release does with the file: one line, or with several releases a table in which
// neighbours that agree are one row.
func (j *judged) printVerdicts(w io.Writer, colour bool) {
	kind := j.kind
	switch {
	case kind == "":
		kind = "not Kafka's"
	case j.guessed:
		kind += ", guessed"
	}
	name := productOf(j.kind).name
	word := func(r finding.Report) string {
		text := verdictWords[r.Verdict]
		if colour {
			text = verdictColours[r.Verdict] + text + "\x1b[0m"
		}
		return text
	}
	where := func(r finding.Report) string {
		if r.Stage == "" {
			return ""
		}
		return " at stage " + string(r.Stage)
	}
	path := finding.Printable(j.path)
	if len(j.reports) == 1 {
		r := j.reports[0]
		if r.Error == "" {
			fmt.Fprintf(w, "%s: %s %s: %s%s (%s)\n", path, name, r.Release, word(r), where(r), kind)
		}
		return
	}
	fmt.Fprintf(w, "%s: %s (%s)\n", path, acceptance(name, j.reports), kind)
	rows := verdictRows(j.reports, releasesOf(j.kind))
	width := 0
	for _, row := range rows {
		width = max(width, len(row.releases))
	}
	for _, row := range rows {
		fmt.Fprintf(w, "  %-*s  %s%s%s\n", width, row.releases, word(row.report), where(row.report), row.reasons)
	}
}

// acceptance says how many of the releases accept the file.
func acceptance(name string, reports []finding.Report) string {
	n := 0
	for _, r := range reports {
		if r.Verdict == finding.Accepts {
			n++
		}
	}
	switch n {
	case 0:
		return fmt.Sprintf("none of %d releases of %s accepts it", len(reports), name)
	case len(reports):
		return fmt.Sprintf("all %d releases of %s accept it", n, name)
	}
	accept := "accept"
	if n == 1 {
		accept = "accepts"
	}
	return fmt.Sprintf("%d of %d releases of %s %s it", n, len(reports), name, accept)
}

// verdictRow is a run of neighbouring releases that say the same.
type verdictRow struct {
	releases string
	report   finding.Report
	reasons  string
}

func verdictRows(reports []finding.Report, all []string) []verdictRow {
	var rows []verdictRow
	for len(reports) > 0 {
		first := reports[0]
		n := 1
		for n < len(reports) && reports[n].Verdict == first.Verdict && reports[n].Stage == first.Stage && reasons(reports[n]) == reasons(first) {
			n++
		}
		var releases []string
		for _, r := range reports[:n] {
			releases = append(releases, r.Release)
		}
		rows = append(rows, verdictRow{finding.Spans(releases, all), first, reasons(first)})
		reports = reports[n:]
	}
	return rows
}

// reasons names the rules that decide a verdict: ": kafka-value-type, kafka-key-required".
func reasons(r finding.Report) string {
	if r.Error != "" {
		return ": " + r.Error
	}
	var ids []string
	for _, f := range r.Findings {
		if f.Refuses() && f.Stage == r.Stage && !slices.Contains(ids, f.ID) {
			ids = append(ids, f.ID)
		}
	}
	if len(ids) == 0 {
		return ""
	}
	slices.Sort(ids)
	const most = 3
	if len(ids) > most {
		ids = append(ids[:most], fmt.Sprintf("%d more", len(ids)-most))
	}
	return ": " + strings.Join(ids, ", ")
}

// printAssumptions says once which releases were assumed, and how to settle them.
func printAssumptions(e *env, all []*judged) {
	type group struct {
		assumption
		files []string
	}
	var groups []*group
	for _, j := range all {
		if j.assumed == nil || j.kind == "" { // no release says anything of a file that is not Kafka's
			continue
		}
		i := slices.IndexFunc(groups, func(g *group) bool { return g.assumption == *j.assumed })
		if i < 0 {
			i = len(groups)
			groups = append(groups, &group{assumption: *j.assumed})
		}
		groups[i].files = append(groups[i].files, j.path)
	}
	for _, g := range groups {
		files := finding.Printable(g.files[0])
		if len(g.files) > 1 {
			files = fmt.Sprintf("%d files", len(g.files))
		}
		fmt.Fprintf(e.Stderr, "kcfg: %s: %s; to settle it write %q into .kcfg.yaml, or say --%s\n",
			files, g.assumption, g.product.flag+": "+g.release, g.product.flag)
	}
}

func (v *validation) printSummary(e *env, all []*judged, reports []finding.Report) {
	counts, read := finding.Count(reports), 0
	for _, j := range all {
		if j.file != nil {
			read++
		}
	}
	if read == 0 && len(all) > 0 || len(all) == 1 && counts == (finding.Counts{}) {
		return
	}
	text := fmt.Sprintf("kcfg: %s: %s", plural.Of(read, "file"), counts)
	if read < len(all) {
		text += fmt.Sprintf("; %d not read", len(all)-read)
	}
	if !v.fix && counts.Fixable > 0 {
		text += fmt.Sprintf("; --fix cures %d", counts.Fixable)
	}
	fmt.Fprintln(e.Stderr, text)
}
