// Package rule runs tables of rules over a configuration and reads the pages that explain them.
//
// A rule is one row of a table and one function; its reason is its page, rules/<id>.md, beside the table.
package rule

import (
	"fmt"

	"github.com/kcfg/kcfg/finding"
)

// Rule is one check of a T, such as an effective configuration.
type Rule[T any] struct {
	ID       string
	Severity finding.Severity
	Stage    finding.Stage // the stage that refuses; empty for a lint
	In       Spans         // the releases it applies to; empty: all
	Check    func(T, Reporter)
}

// Reporter adds a finding of the running rule and returns it, so that Help, Related or Fix can be filled in. It is for use
// within that Check alone.
type Reporter func(pos finding.Position, key, format string, args ...any) *finding.Finding

// Of returns the rules that apply to a release, so that no run has to compare releases.
func Of[T any](rules []Rule[T], release string) []Rule[T] {
	var some []Rule[T]
	for _, r := range rules {
		if r.In.Contain(release) {
			some = append(some, r)
		}
	}
	return some
}

// Run runs the rules that apply to release (empty: all do) over target and returns their findings in the order of the table.
func Run[T any](rules []Rule[T], target T, release string) []finding.Finding {
	return run([]finding.Finding{}, rules, target, func(i int) bool { return release == "" || rules[i].In.Contain(release) })
}

// Append appends to found what the rules say, whatever releases they are for.
func Append[T any](found []finding.Finding, rules []Rule[T], target T) []finding.Finding {
	return run(found, rules, target, func(int) bool { return true })
}

// AppendAwake appends to found what those rules say of which awake, by their numbers, says so.
func AppendAwake[T any](found []finding.Finding, rules []Rule[T], target T, awake []bool) []finding.Finding {
	return run(found, rules, target, func(i int) bool { return awake[i] })
}

func run[T any](out []finding.Finding, rules []Rule[T], target T, speaks func(i int) bool) []finding.Finding {
	var found Found
	var r *Rule[T]
	// One reporter for all rules: a hundred closures cost more than the checks of a clean file.
	report := func(pos finding.Position, key, format string, args ...any) *finding.Finding {
		if !found.Takes(r.ID, key) {
			return &finding.Finding{}
		}
		f := &finding.Finding{
			ID: r.ID, Severity: r.Severity, Stage: r.Stage,
			Pos: pos, Key: key, Message: fmt.Sprintf(format, args...),
		}
		found.Add(f)
		return f
	}
	for i := range rules {
		if !speaks(i) {
			continue
		}
		r = &rules[i]
		r.Check(target, report)
	}
	return found.AppendTo(out)
}
