package main

import (
	"errors"
	"path/filepath"
	"runtime"
	"slices"

	"github.com/kcfg/kcfg/cmd/kcfg/internal/settings"
	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/internal/parallel"
	"github.com/kcfg/kcfg/properties"
	"github.com/kcfg/kcfg/zkcfg"
)

// judged is what is said about one file.
type judged struct {
	path    string
	file    *properties.File // nil: it could not be read
	kind    string
	guessed bool // the kind
	assumed *assumption
	reports []finding.Report
	err     error // why there are no reports, with its hint
	usage   bool  // err is about the settings or the flags
	around  surroundings
	chosen  []string // releases
}

// judgeAll judges the files, several at a time.
func (v *validation) judgeAll(e *env, paths []string) []*judged {
	out := make([]*judged, len(paths))
	parallel.Each(len(paths), runtime.GOMAXPROCS(0), func(i int) { out[i] = v.judgeFile(e, paths[i]) })
	return out
}

func (v *validation) judgeFile(e *env, path string) *judged {
	j := &judged{path: path}
	if path == stdinArgument {
		j.path = v.stdinAs
		if j.path == "" {
			j.path = stdinName
		}
	}
	j.file, j.err = readDocument(e, path, v.stdinAs)
	if j.err == nil {
		v.choose(j)
	}
	if j.err == nil {
		v.rejudge(j)
	}
	if j.err != nil {
		j.reports = []finding.Report{{Path: j.path, Through: v.through, Error: j.err.Error()}}
	}
	return j
}

// choose finds out what a file is and which releases judge it.
func (v *validation) choose(j *judged) {
	j.around = v.places.around(filepath.Dir(j.path))
	if j.around.err != nil {
		j.err = j.around.err
		j.usage = errors.As(j.err, &settings.Problems{})
		return
	}
	j.kind = v.kind
	if j.kind == "" && len(j.around.settings.Kinds) > 0 {
		j.kind, _ = j.around.settings.KindOf(relative(j.around.settings.Path, j.path))
	}
	if j.kind == "" {
		j.kind, j.guessed = guessKind(j.file), true
	}
	p := productOf(j.kind)
	if p == kafka && v.older != nil {
		j.err, j.usage = v.older, true
		return
	}
	j.chosen = v.given[p]
	if len(j.chosen) == 0 && p == zooKeeper && len(v.given[kafka]) > 0 {
		j.chosen, j.err = bundled(v.given[kafka])
		j.usage = j.err != nil
	}
	if len(j.chosen) == 0 && j.err == nil {
		specs := j.around.settings.Kafka
		if p != kafka {
			specs = j.around.settings.ZooKeeper
		}
		if len(specs) > 0 {
			j.chosen, j.err = p.parse(specs...)
		} else if kafkas, err := kafka.parse(j.around.settings.Kafka...); p == zooKeeper && err == nil && len(kafkas) > 0 {
			j.chosen, _ = bundled(kafkas) // none: a ZooKeeper of its own beside a Kafka without
		}
	}
	if len(j.chosen) == 0 && j.err == nil {
		a := assume(j.file, j.kind, j.around)
		j.assumed, j.chosen = &a, []string{a.release}
	}
}

// rejudge makes the reports of a file as it is now.
func (v *validation) rejudge(j *judged) {
	j.reports = make([]finding.Report, 0, len(j.chosen))
	for _, release := range j.chosen {
		r, err := v.judge(j, release)
		if err != nil {
			r = finding.Report{Path: j.path, Kind: j.kind, Release: release, Through: v.through, Error: err.Error()}
		}
		r.Findings = slices.DeleteFunc(r.Findings, func(f finding.Finding) bool { return f.ID == properties.UnusedSuppression })
		j.file.Suppress(&r)
		j.reports = append(j.reports, r)
	}
	off := func(id string) bool { return v.silent(id, j.around) }
	unused := j.file.UnusedSuppressions(j.reports, ruleIDs(), off)
	if off(properties.UnusedSuppression) {
		unused = nil
	}
	for i := range j.reports {
		r := &j.reports[i]
		if r.Error == "" {
			r.Findings = append(r.Findings, unused...)
		}
		if len(v.selected) > 0 {
			unselected := func(f finding.Finding) bool { return !slices.Contains(v.selected, f.ID) }
			r.Findings = slices.DeleteFunc(r.Findings, func(f finding.Finding) bool { return unselected(f) && !f.Refuses() })
			r.Suppressed = slices.DeleteFunc(r.Suppressed, unselected)
		}
	}
}

// silent reports whether a rule does not speak in this run, so that a comment cannot silence it.
func (v *validation) silent(id string, s surroundings) bool {
	return slices.Contains(v.disable, id) || s.settings.Rules[id] == settings.Off || len(v.selected) > 0 && !slices.Contains(v.selected, id) ||
		zkcfg.ComparesServers(id) // which depends on the other files that are given
}
