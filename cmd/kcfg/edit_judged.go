package main

import (
	"slices"
	"strings"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/kafkacfg"
)

// tell warns of what was edited and now has no effect, is refused by the server, or hurts it later. The findings are kept in the
// change. With hide, a message may show the value of a secret: only keys without effect are told then.
func tell(e *env, v *validation, c *change, keys []string, hide bool) {
	warnOfMalformed(e, c.after)
	after := &judged{path: c.path, file: c.after}
	if v.choose(after); after.err != nil {
		return // what is wrong around the file is told by kcfg validate
	}
	before := *after
	before.file = c.before
	v.rejudge(after)
	v.rejudge(&before)
	foreign := after.guessed && !hasKafkaKey(after)
	for _, key := range keys {
		at, useless := c.after.Pos(key), false
		var told []finding.Finding // by newer releases
		for _, r := range slices.Backward(after.reports) {
			var fresh []finding.Finding
			for _, f := range r.Findings {
				switch {
				case ineffective(f.ID):
					if useless || f.Key != key || foreign && f.Fix == nil {
						continue
					}
					useless = true
				case foreign || hide || f.Severity < finding.Warning || !takesPart(f, key, at) || saidBefore(f, before.reports, r.Release):
					continue
				}
				if fresh = append(fresh, f); slices.ContainsFunc(told, sameRule(f)) || slices.ContainsFunc(c.findings, sameText(f)) {
					continue
				}
				c.findings = append(c.findings, f)
				warnOfFinding(e, f, productOf(after.kind).name+" "+r.Release)
			}
			told = append(told, fresh...)
		}
	}
}

// sameRule compares findings of several releases, whose text may name the release.
func sameRule(f finding.Finding) func(finding.Finding) bool {
	return func(other finding.Finding) bool { return f.ID == other.ID && f.Key == other.Key }
}

func sameText(f finding.Finding) func(finding.Finding) bool {
	return func(other finding.Finding) bool { return sameRule(f)(other) && f.Message == other.Message }
}

// newJudge judges as kcfg validate does without flags.
func newJudge(e *env) *validation {
	v := &validation{through: finding.Start, given: map[*product][]string{}, now: e.Now()}
	v.places.known = knownToSettings()
	return v
}

// judge is newJudge with the releases that the flags name.
func (w *editFlags) judge(e *env) (*validation, error) {
	v := newJudge(e)
	if w.kafka == "" {
		return v, nil
	}
	releases, err := kafka.parse(w.kafka)
	v.given[kafka] = releases
	return v, err
}

// takesPart reports whether a finding is about a key, which stands at a position.
func takesPart(f finding.Finding, key string, at finding.Position) bool {
	return f.Key == key || at.Line > 0 && slices.ContainsFunc(f.Related, func(r finding.Related) bool { return r.Pos.Line == at.Line })
}

// saidBefore reports whether a release said the same before the change.
func saidBefore(f finding.Finding, reports []finding.Report, release string) bool {
	return slices.ContainsFunc(reports, func(r finding.Report) bool {
		return r.Release == release && slices.ContainsFunc(r.Findings, sameText(f))
	})
}

// warnOfFinding prints a finding of a server as a warning.
func warnOfFinding(e *env, f finding.Finding, server string) {
	refuses := ""
	if f.Refuses() {
		refuses = server + " refuses it: "
	}
	e.Warn("%s%s", refuses, f.Message)
	if f.Help != "" {
		printHint(e.Stderr, f.Help)
	}
}

// hasKafkaKey reports whether anything in a file tells that it is one of Kafka's. Of another program's file, and of a new one, a
// key that looks like none of Kafka's is nobody's business.
func hasKafkaKey(j *judged) bool {
	if productOf(j.kind) == zooKeeper {
		return true
	}
	for entry := range j.file.Effective() {
		if _, ok := kafkacfg.LookupKey(kafkacfg.Release(j.chosen[len(j.chosen)-1]), kafkacfg.Kind(j.kind), entry.Key); ok {
			return true
		}
	}
	return false
}

// ineffective reports whether a rule speaks of keys that do nothing where they stand.
func ineffective(id string) bool {
	for _, part := range []string{"-unknown-key", "-removed-key", "-future-key", "-key-on-", "kafka-zookeeper-server-key"} {
		if strings.Contains(id, part) {
			return true
		}
	}
	return false
}
