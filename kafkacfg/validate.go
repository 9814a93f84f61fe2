package kafkacfg

import (
	"fmt"
	"slices"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/internal/rule"
	"github.com/kcfg/kcfg/properties"
)

// Validate says what one release says about a file, and what it should say: whether it starts, at which stage it refuses,
// and every finding. The error is about the options, or is [properties.ErrTooLarge] for a value beyond MaxValue.
func Validate(f *properties.File, o Options) (finding.Report, error) {
	if err := checkValues(f); err != nil {
		return finding.Report{Path: f.Name()}, err
	}
	if o.Kind == "" {
		if r, other := foreignReport(f, o); other {
			return r, nil
		}
	}
	c, err := newConfig(f, o)
	if err != nil {
		return finding.Report{Path: f.Name()}, err
	}
	return c.report(), nil
}

// MaxValue is the length in bytes of the longest value that is judged: a list in it may have a million elements, each of which is
// compared with others. The certificates of all public authorities, in a value, have 300 KB.
const MaxValue = 4 << 20

func checkValues(f *properties.File) error {
	if len(f.Text()) <= MaxValue {
		return nil
	}
	for e := range f.All() {
		if len(e.Value) > MaxValue {
			return fmt.Errorf("%s: %w: %s has a value of %d bytes, the most is %d", e.KeyPos(), properties.ErrTooLarge, shorten(e.Key), len(e.Value), MaxValue)
		}
	}
	return nil
}

// foreignReport is the report about a file of other software, which Kafka never reads.
func foreignReport(f *properties.File, o Options) (finding.Report, bool) {
	name, other := otherSoftware(f)
	if !other || o.Release != "" && !o.Release.Known() {
		return finding.Report{}, false
	}
	if o.Release == "" {
		o.Release = Newest()
	}
	r := finding.Report{Path: f.Name(), Release: string(o.Release), Through: o.through()}
	if o.Rules[otherSoftwareID] != Off {
		r.Findings = []finding.Finding{{ID: otherSoftwareID, Severity: finding.Info, Pos: finding.Position{File: f.Name()},
			Message: "the file configures " + name + "; it is not judged",
			Help:    "leave it out, or say with the kind what it is"}}
	}
	return r, true
}

const otherSoftwareID = "file-of-other-software"

// rulesOf are the rules of a kind that decide the verdict, by stage.
func rulesOf(k Kind) []rule.Rule[*Config] {
	switch k {
	case Broker:
		return slices.Concat(identityRules, quorumRules, controllerRules, listenerRules, logRules, brokerRules, groupRules, logStageRules)
	case Topic:
		return topicRules
	case Producer:
		return slices.Concat(clientRules, producerRules, clientStartRules, producerStartRules)
	case Consumer:
		return slices.Concat(clientRules, consumerRules, clientStartRules, consumerStartRules)
	case Admin:
		return slices.Concat(clientRules, clientStartRules, adminStartRules)
	case ShareConsumer:
		return slices.Concat(clientRules, shareConsumerRules)
	case Streams:
		return slices.Concat(clientRules, streamsRules)
	case ConnectDistributed:
		return slices.Concat(connectRules, connectStartRules)
	case ConnectStandalone:
		return connectStartRules
	}
	return nil
}

var stageOrder = []finding.Stage{finding.Load, finding.Config, finding.Log, finding.Start}

func (c *Config) report() finding.Report {
	o := c.opts
	r := finding.Report{Path: c.File.Name(), Kind: string(c.Kind), Release: string(c.Release), Through: o.through()}
	last := slices.Index(stageOrder, r.Through)
	c.judge(last)
	r.Verdict, r.Stage = c.verdict(last)
	c.runLints()
	for i := range c.problems {
		c.cure(&c.problems[i])
	}
	r.Findings = c.leveled(c.problems)
	c.silence(&r)
	return r
}

// judge runs the stages up to the last.
func (c *Config) judge(last int) {
	c.loadFaults()
	if last == 0 {
		return
	}
	c.faults()
	for stage := 1; stage <= last; stage++ {
		c.run(c.schema.stages[stage])
	}
}

// loadFaults tells the escapes for which Java does not load the file at all.
func (c *Config) loadFaults() {
	for _, m := range c.File.Malformed() {
		c.problems = append(c.problems, finding.Finding{ID: "file-malformed-escape", Severity: finding.Error, Stage: finding.Load, Pos: m.Pos,
			Message: "the escape " + shorten(m.Text) + " has no four hexadecimal digits, so Java does not load the file",
			Help:    `write \\u for a backslash and the letter u`})
	}
}

// run runs the rules of one stage. What a rule says about a value that could not be read is not said: the value is told
// on its own.
func (c *Config) run(span [2]int) {
	var r *rule.Rule[*Config]
	var found rule.Found
	report := func(pos finding.Position, key, format string, args ...any) *finding.Finding {
		if !found.Takes(r.ID, key) {
			return &finding.Finding{}
		}
		f := &finding.Finding{ID: r.ID, Severity: r.Severity, Stage: r.Stage, Pos: pos, Key: key, Message: sprintf(format, args)}
		found.Add(f)
		return f
	}
	for i := span[0]; i < span[1]; i++ {
		if !c.awake[i] {
			continue
		}
		r = &c.schema.rules[i]
		c.missed = false
		before := found.Len()
		r.Check(c, report)
		if c.missed {
			found.Truncate(before)
		}
	}
	c.problems = found.AppendTo(c.problems)
}

// verdict is that of the first stage that does not accept.
func (c *Config) verdict(last int) (finding.Verdict, finding.Stage) {
	refuses := func(stage finding.Stage) bool {
		return slices.ContainsFunc(c.problems, func(f finding.Finding) bool { return f.Stage == stage && f.Refuses() })
	}
	for i, stage := range stageOrder[:last+1] {
		switch {
		case refuses(stage):
			return finding.Refuses, stage
		case !slices.Contains(c.undecided, stage):
		case stage == finding.Load && i < last && refuses(finding.Config):
			return finding.Refuses, finding.Config // whatever a provider gives: where it fails, that stage refuses too
		default:
			return finding.Undetermined, stage
		}
	}
	return finding.Accepts, ""
}

// leveled applies the levels that the caller gave to rules. What refuses keeps its own.
func (c *Config) leveled(all []finding.Finding) []finding.Finding {
	withoutSecrets(c.File, all)
	if len(c.opts.Rules) == 0 {
		return all
	}
	kept := all[:0]
	for _, f := range all {
		level := c.opts.Rules[f.ID]
		if level == "" || f.Refuses() {
			kept = append(kept, f)
			continue
		}
		if level == Off {
			continue
		}
		if s, err := finding.ParseSeverity(string(level)); err == nil {
			f.Severity = s
		}
		kept = append(kept, f)
	}
	return kept
}
