package kafkacfg

import (
	"slices"
	"sync"
	"sync/atomic"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/properties"
)

// Most rules have nothing to say of most files. A rule that says nothing of an empty file goes the same way through every
// file that sets none of the keys for which it asked on that way, and says nothing of that one either: it may sleep. So
// each rule is run once on an empty file, and what it asks for there is what wakes it.

// asked is what a rule asks for.
type asked struct {
	keys []string
	more bool // something else than keys: the entries as they are written, what the options say
}

// ask notes that a rule asks for a key.
func (c *Config) ask(key string) {
	if c.asked != nil {
		c.asked.keys = append(c.asked.keys, key)
	}
}

// askFields notes that a rule asks for some of the keys that the release defines.
func (c *Config) askFields(which func(*field) bool) {
	if c.asked == nil {
		return
	}
	for _, f := range c.schema.order {
		if which(f) {
			c.ask(f.name)
		}
	}
}

// askUndefined notes that a rule asks for keys that the release does not define, whatever they are called.
func (c *Config) askUndefined() { c.ask("") }

// askMore notes that a rule asks for something that is no key.
func (c *Config) askMore() {
	if c.asked != nil {
		c.asked.more = true
	}
}

// alarm is which settings wake which rules of a schema. Rules are known by their number; the lints follow the others.
type alarm struct {
	files     atomic.Int32
	set       sync.Once
	always    []bool
	fields    [][]int // by the number of the field
	undefined []int   // any key that the release does not define
}

// early is how many files are judged before the alarm is set, with every rule awake: setting it costs as much as they do.
const early = 3

// watch tells which rules are awake for the keys of a file.
type watch struct {
	*alarm        // nil: all are
	awake  []bool // by number
}

func (s *schema) watch() watch {
	if s.alarm.files.Load() < early && s.alarm.files.Add(1) <= early {
		return watch{nil, slices.Repeat([]bool{true}, len(s.rules)+len(s.lints))}
	}
	s.alarm.set.Do(s.setAlarm)
	return watch{&s.alarm, slices.Clone(s.alarm.always)}
}

// wake wakes the rules that ask for the key of a field, or where there is none for keys that are not defined.
func (w watch) wake(f *field) {
	if w.alarm == nil {
		return
	}
	list := w.undefined
	if f != nil {
		list = w.fields[f.number]
	}
	for _, n := range list {
		w.awake[n] = true
	}
}

// setAlarm listens to what the rules ask for.
func (s *schema) setAlarm() {
	a := &s.alarm
	a.always, a.fields = make([]bool, len(s.rules)+len(s.lints)), make([][]int, len(s.order))
	empty, places := properties.New(""), make([]uint16, len(s.order))
	heard := &asked{}
	for n := range a.always {
		heard.keys, heard.more = heard.keys[:0], false
		c := &Config{File: empty, Release: s.release, Kind: s.kind, opts: &Options{}, schema: s, places: places, asked: heard}
		spoken := false
		report := func(finding.Position, string, string, ...any) *finding.Finding {
			spoken = true
			return &finding.Finding{}
		}
		if n < len(s.rules) {
			s.rules[n].Check(c, report)
		} else {
			s.lints[n-len(s.rules)].Check(newLint(c), report)
		}
		if spoken || heard.more || len(c.problems) > 0 || len(c.undecided) > 0 {
			a.always[n] = true
			continue
		}
		for _, key := range heard.keys {
			list := &a.undefined
			if f := s.field(key); f != nil {
				list = &a.fields[f.number]
			}
			if !slices.Contains((*list)[max(0, len(*list)-1):], n) { // asked for twice
				*list = append(*list, n)
			}
		}
	}
}
