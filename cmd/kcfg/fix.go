package main

import (
	"fmt"
	"slices"

	"github.com/kcfg/kcfg/cmd/kcfg/internal/atomicfile"
	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/properties"
)

// fixRounds bounds how often a file is fixed and judged again, since a fix may reveal another.
const fixRounds = 10

// applyFixes fixes the files, or with --diff shows how. A fix is applied if every release of the run wants it.
func (v *validation) applyFixes(e *env, all []*judged) error {
	for _, j := range all {
		if j.file == nil || j.err != nil {
			continue
		}
		before := j.file
		fixed, err := v.fixed(j)
		if err != nil {
			return err
		}
		if fixed == 0 {
			continue
		}
		v.differs = true
		c := &change{path: j.path, before: before, after: j.file}
		if v.diff {
			fmt.Fprint(e.Stdout, c.diff())
			continue
		}
		if err := v.write(e, c); err != nil {
			return err
		}
		fmt.Fprintf(e.Stderr, "kcfg: %s: fixes applied: %d\n", finding.Printable(j.path), fixed)
	}
	return nil
}

// fixed applies the fixes to a copy of the file, which takes its place, and counts them.
func (v *validation) fixed(j *judged) (int, error) {
	n := 0
	for range fixRounds {
		fixes := v.fixes(j.reports)
		if len(fixes) == 0 {
			break
		}
		file, err := properties.Parse(j.path, j.file.Bytes())
		if err != nil {
			return n, err
		}
		var edits []finding.Edit
		for _, f := range fixes {
			edits = append(edits, f.Edits...)
		}
		if err := file.Apply(edits); err != nil {
			return n, fmt.Errorf("a fix does not apply: %w", err)
		}
		if string(file.Bytes()) == string(j.file.Bytes()) {
			break
		}
		n += len(fixes)
		j.file = file
		v.rejudge(j)
	}
	return n, nil
}

// fixes returns the fixes that every report asks for and that do not overlap, in file order.
func (v *validation) fixes(reports []finding.Report) []finding.Fix {
	var out []finding.Fix
	var taken []finding.Edit
	for _, f := range reports[0].Findings {
		if f.Fix == nil || len(f.Fix.Edits) == 0 || !f.Fix.Safe && !v.unsafe {
			continue
		}
		everywhere := !slices.ContainsFunc(reports[1:], func(r finding.Report) bool {
			return !slices.ContainsFunc(r.Findings, func(g finding.Finding) bool {
				return g.ID == f.ID && g.Pos == f.Pos && g.Fix != nil && slices.Equal(g.Fix.Edits, f.Fix.Edits)
			})
		})
		elsewhere := slices.ContainsFunc(f.Fix.Edits, func(x finding.Edit) bool { return x.Path != reports[0].Path })
		if !everywhere || elsewhere || overlaps(f.Fix.Edits, taken) {
			continue
		}
		taken = append(taken, f.Fix.Edits...)
		out = append(out, *f.Fix)
	}
	return out
}

// overlaps reports whether an edit touches what another one touches. Two insertions at one place do: their order would be chance.
func overlaps(edits, taken []finding.Edit) bool {
	for _, a := range edits {
		for _, b := range taken {
			if a.Start < b.End && b.Start < a.End || a.Start == b.Start {
				return true
			}
		}
	}
	return false
}

func (v *validation) write(e *env, c *change) error {
	if c.before.Name() == stdinName || v.stdinAs != "" && c.path == v.stdinAs {
		return usagef("--fix cannot write to standard input: use --diff")
	}
	batch, err := openBatch(v.inPlace, false, c.path)
	if err != nil {
		return editAdvice(err)
	}
	defer batch.Close()
	now, err := batch.Targets[0].Read()
	if err != nil {
		return err
	}
	if string(now) != string(c.before.Bytes()) {
		return fmt.Errorf("%s was changed by somebody else meanwhile", c.path)
	}
	err = batch.Commit([]atomicfile.File{{Data: c.after.Bytes(), InPlace: v.inPlace}})
	for _, warning := range batch.Warnings {
		e.Warn("%s", warning)
	}
	return editAdvice(err)
}
