package zkcfg

import (
	"cmp"
	"embed"
	"slices"
	"strings"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/internal/rule"
	"github.com/kcfg/kcfg/properties"
)

// Validate says what one release says about a file, and what it should say: whether the server starts, at which stage it
// refuses, and every finding. The error is about the options alone.
func Validate(f *properties.File, o Options) (finding.Report, error) {
	c, err := Resolve(f, o)
	if err != nil {
		return finding.Report{Path: f.Name(), Kind: string(Static)}, err
	}
	return c.Report(), nil
}

// stageOrder is the way of a start.
var stageOrder = []finding.Stage{finding.Load, finding.Config, finding.Start, finding.Environment}

// through returns the last stage to judge: what depends on the machine can only be judged where the machine can be seen.
func (c *Config) through() finding.Stage {
	last := finding.Start
	switch {
	case c.kind == Dynamic:
		last = finding.Config
	case c.opts.Root != nil:
		last = finding.Environment
	}
	if i := slices.Index(stageOrder, c.opts.Through); i >= 0 && i < slices.Index(stageOrder, last) {
		return c.opts.Through
	}
	return last
}

// Report returns what Validate returns.
func (c *Config) Report() finding.Report {
	r := finding.Report{Path: c.file.Name(), Kind: string(c.kind), Release: string(c.Release), Through: c.through()}
	last := slices.Index(stageOrder, r.Through)
	all := make([]finding.Finding, 0, len(c.problems)+len(c.unknown))
	for i := range c.problems {
		if f := &c.problems[i].Finding; slices.Index(stageOrder, f.Stage) <= last {
			all = append(all, *f)
		}
	}
	r.Verdict, r.Stage = verdict(all, last)
	all = append(all, c.unknown...)
	all = rule.Append(all, lintsFor(c.Release), c)
	c.withoutSecrets(all)
	r.Findings = c.leveled(all)
	slices.SortStableFunc(r.Findings, func(a, b finding.Finding) int {
		return cmp.Or(cmp.Compare(b2i(a.Pos.File != c.file.Name()), b2i(b.Pos.File != c.file.Name())), cmp.Compare(a.Pos.Line, b.Pos.Line))
	})
	c.file.Suppress(&r)
	return r
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// verdict is that of the first stage that does not accept.
func verdict(all []finding.Finding, last int) (finding.Verdict, finding.Stage) {
	for _, stage := range stageOrder[:last+1] {
		undetermined := false
		for _, f := range all {
			switch {
			case f.Stage != stage:
			case f.Refuses():
				return finding.Refuses, stage
			default:
				undetermined = true
			}
		}
		if undetermined {
			return finding.Undetermined, stage
		}
	}
	return finding.Accepts, ""
}

// leveled applies the levels that the caller gave to rules. What refuses keeps its own.
func (c *Config) leveled(all []finding.Finding) []finding.Finding {
	if len(c.opts.Rules) == 0 {
		return all
	}
	kept := all[:0]
	for _, f := range all {
		level := c.opts.Rules[f.ID]
		if level == Off && !f.Refuses() {
			continue
		}
		if s, err := finding.ParseSeverity(string(level)); err == nil && !f.Refuses() {
			f.Severity = s
		}
		kept = append(kept, f)
	}
	return kept
}

//go:embed rules/*.md
var rulePages embed.FS

// Explain returns the page of a rule: what is wrong, why, what to do, and examples.
func Explain(id string) (doc string, ok bool) {
	if strings.ContainsAny(id, "/.") {
		return "", false
	}
	b, err := rulePages.ReadFile("rules/" + id + ".md")
	return string(b), err == nil
}

// RuleIDs returns the IDs of all rules, sorted.
func RuleIDs() []string {
	var all []string
	for _, r := range verdictRules {
		all = append(all, r.id)
	}
	for _, r := range allLints() {
		all = append(all, r.ID)
	}
	for _, r := range ensembleLints {
		all = append(all, r.ID)
	}
	slices.Sort(all)
	return slices.Compact(all)
}
