package main

import (
	"slices"

	"github.com/kcfg/kcfg/finding"
)

const (
	failNever        = "never"
	failUndetermined = "undetermined"
)

// failLevels are what --fail-on may say.
var failLevels = []string{"error", "warning", "info", failNever, failUndetermined}

// failOn says which reports make the exit status 1.
type failOn struct {
	least        finding.Severity // 0: none does
	undetermined bool
}

func parseFailOn(levels []string) (failOn, error) {
	f := failOn{}
	never := false
	for _, level := range levels {
		if !slices.Contains(failLevels, level) {
			return f, unknown("level", level, failLevels)
		}
		switch level {
		case failNever:
			never = true
		case failUndetermined:
			f.undetermined = true
		default:
			s, err := finding.ParseSeverity(level)
			if err != nil {
				return f, usageError{err}
			}
			if f.least == 0 || s < f.least {
				f.least = s
			}
		}
	}
	switch {
	case never && f.least != 0:
		return f, usagef("--fail-on %s goes with no other severity", failNever)
	case !never && f.least == 0:
		f.least = finding.Error // undetermined comes on top of what is wrong
	}
	return f, nil
}

func (f failOn) fails(r finding.Report) bool {
	return f.least != 0 && r.Worst() >= f.least || f.undetermined && r.Verdict == finding.Undetermined
}

// status is the outcome of a validation: could not do it beats findings.
func (v *validation) status(all []*judged) error {
	failed := v.diff && v.differs // a diff asks whether there is something to fix
	for _, j := range all {
		for _, r := range j.reports {
			if r.Error != "" {
				return errUnread
			}
			failed = failed || v.failures.fails(r)
		}
	}
	if failed {
		return errFindings
	}
	return nil
}
