package kafkacfg

import (
	"slices"
	"strings"
	"sync"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/internal/rule"
	"github.com/kcfg/kcfg/properties"
)

// allLints are the checks of what Kafka accepts without a word. They run after the stages and never change a verdict.
var allLints = sync.OnceValue(func() []rule.Rule[*lint] {
	return slices.Concat(fileLints, keyLints, replicationLints, listenerLints, storageLints, timeLints, tlsLints, saslLints, clusterLints, clientLints)
})

// lintsOf holds the lints that apply to a release, so that no run compares releases.
var lintsOf sync.Map // Release → []rule.Rule[*lint]

// runLints says what Kafka accepts without a word. Lints run after the verdict and never change it.
func runLints(c *Config, _ *Options) []finding.Finding {
	rows, ok := lintsOf.Load(c.Release)
	if !ok {
		var some []rule.Rule[*lint]
		for _, row := range allLints() {
			if row.In.Contain(string(c.Release)) {
				some = append(some, row)
			}
		}
		rows, _ = lintsOf.LoadOrStore(c.Release, some)
	}
	return rule.Run(rows.([]rule.Rule[*lint]), newLint(c), "")
}

// lint is what a lint sees: the effective configuration, the file as written, and what the caller knows of the cluster.
type lint struct {
	*Options
	cfg     *Config
	file    *properties.File
	release Release
	entries []lintEntry // the effective ones, in file order
	strays  []lintEntry // lines that were meant as something else, which nothing more is said about

	isKRaft, isBroker, isController bool

	// What several lints ask for is made once; a run is one goroutine's.
	endpoints, told memo[[]endpoint]
	names, quorum   memo[[]string]
	keys            memo[[]string]
	votes           memo[[]quorumVoter]
	foreigners      memo[[]foreign]
	dirs, stores    memo[[]dir]
	protocols       memo[map[string]string]
}

// memo is a value that is made when it is first asked for.
type memo[T any] struct {
	made  bool
	value T
}

func (m *memo[T]) get(make func() T) T {
	if !m.made {
		m.made, m.value = true, make()
	}
	return m.value
}

// lintEntry is an entry whose value can be taken apart.
type lintEntry struct{ properties.Entry }

// lintPart is one element of a list with its place.
type lintPart struct {
	text     string
	entry    lintEntry
	from, to int
	nowhere  finding.Position // where there is no entry
}

// pos is computed when it is asked for: most parts are never spoken of.
func (p lintPart) pos() finding.Position {
	if p.entry == (lintEntry{}) {
		return p.nowhere
	}
	return p.entry.ValueRange(p.from, p.to)
}

// mostParts is how many elements of a list lints look at, for they compare each with each; a list with more is not a configuration.
const mostParts = 250

// parts splits a value at its commas.
func (e lintEntry) parts() []lintPart {
	out := make([]lintPart, 0, min(1+strings.Count(e.Value, ","), mostParts))
	at := 0
	for p := range strings.SplitSeq(e.Value, ",") {
		if len(out) == mostParts {
			break
		}
		text := trim(p)
		from := at + strings.Index(p, text)
		out = append(out, lintPart{text: text, entry: e, from: from, to: from + len(text)})
		at += len(p) + 1
	}
	return out
}

// endpoint is a listener with its place and the key that it stands in.
type endpoint struct {
	Listener
	key string
	c   *lint
}

func (e endpoint) pos() finding.Position {
	if e.c.set(e.key) {
		return e.c.cfg.posOf(e.key, e.From, e.To)
	}
	return e.c.pos(e.key)
}

func newLint(c *Config) *lint {
	l := &lint{Options: c.opts, cfg: c, file: c.File, release: c.Release}
	l.entries = make([]lintEntry, 0, c.File.Len())
	for e := range c.File.Effective() {
		if e := (lintEntry{e}); !c.defined(e.Key) && strayLine(e) && !isTemplate(e.Key) {
			l.strays = append(l.strays, e)
		} else {
			l.entries = append(l.entries, e)
		}
	}
	l.isKRaft = l.node() && l.defined("process.roles") && l.str("process.roles") != ""
	l.isBroker = l.node() && !l.isKRaft
	if l.isKRaft {
		for role := range strings.SplitSeq(l.str("process.roles"), ",") {
			switch trim(role) {
			case "broker":
				l.isBroker = true
			case "controller":
				l.isController = true
			}
		}
	}
	return l
}

func (c *lint) place(ls []Listener, key string) []endpoint {
	ls = ls[:min(len(ls), mostParts)]
	out := make([]endpoint, len(ls))
	for i, l := range ls {
		out[i] = endpoint{l, key, c}
	}
	return out
}

// bound returns the listeners.
func (c *lint) bound() []endpoint {
	return c.endpoints.get(func() []endpoint { return c.place(c.cfg.Listeners(), "listeners") })
}

// advertised returns what clients are told.
func (c *lint) advertised() []endpoint {
	return c.told.get(func() []endpoint {
		if c.set(advertisedKey) {
			return c.place(c.cfg.AdvertisedListeners(), advertisedKey)
		}
		return c.place(c.cfg.AdvertisedListeners(), "listeners")
	})
}

func (c *lint) classified() []foreign { return c.foreigners.get(c.classify) }

func (c *lint) topic() bool  { return c.cfg.Kind == Topic }
func (c *lint) node() bool   { return c.cfg.Kind == Broker }
func (c *lint) client() bool { return slices.Contains(clientKinds, c.cfg.Kind) }

var clientKinds = []Kind{Producer, Consumer, Admin, ShareConsumer, Streams}

func (c *lint) kraft() bool { return c.isKRaft }

func (c *lint) zooKeeper() bool { return c.node() && !c.isKRaft && c.defined("zookeeper.connect") }

// broker reports whether the node serves clients; a controller alone has no topics.
func (c *lint) broker() bool { return c.isBroker }

func (c *lint) controller() bool { return c.isController }

// set reports whether the file has the key, defined or not.
func (c *lint) set(key string) bool {
	_, ok := c.file.Lookup(key)
	return ok
}

func (c *lint) defined(key string) bool { return c.cfg.defined(key) }

// str returns the effective value, or the trimmed text of a key that the release does not define.
func (c *lint) str(key string) string {
	if v := c.cfg.lookup(key); v != nil {
		return v.text
	}
	if e, ok := c.file.Lookup(key); ok {
		return trim(e.Value)
	}
	if f := c.cfg.schema.field(key); f != nil && !f.null {
		return f.text
	}
	return ""
}

// num returns the effective value of a number that could be read.
func (c *lint) num(key string) (int64, bool) {
	if v := c.cfg.lookup(key); v != nil {
		return v.n, !v.bad && !v.unknown && isWhole(v.field.typ)
	}
	f := c.cfg.schema.field(key)
	if f == nil || f.null || !isWhole(f.typ) {
		return 0, false
	}
	return f.n, true
}

func isWhole(t Type) bool { return t == Int || t == Long || t == Short }

func (c *lint) isTrue(key string) bool  { return strings.EqualFold(c.str(key), "true") }
func (c *lint) isFalse(key string) bool { return strings.EqualFold(c.str(key), "false") }

// pos returns the position of the value, or the file where the key is absent.
func (c *lint) pos(key string) finding.Position {
	if e, ok := c.file.Lookup(key); ok {
		if pos := e.ValuePos(); pos.Column != pos.EndColumn || pos.Line != pos.EndLine {
			return pos
		}
		return e.KeyPos()
	}
	return finding.Position{File: c.file.Name()}
}

func (c *lint) keyPos(key string) finding.Position { return c.file.Pos(key) }

func (c *lint) parts(key string) []lintPart {
	e, ok := c.file.Lookup(key)
	if !ok {
		return nil
	}
	return lintEntry{e}.parts()
}

// relate adds what another key is, and where.
func (c *lint) relate(f *finding.Finding, key string) {
	if !c.set(key) {
		c.note(f, key)
		return
	}
	f.Related = append(f.Related, finding.Related{Pos: c.pos(key), Message: key + " is " + c.shown(key)})
}

// note says where the value of an absent key comes from.
func (c *lint) note(f *finding.Finding, key string) {
	if !c.set(key) && c.defined(key) {
		f.Notes = append(f.Notes, key+" is not set, so it is "+c.shown(key))
	}
}

func (c *lint) shown(key string) string {
	v := c.str(key)
	switch {
	case c.secret(key):
		return hidden
	case v == "":
		return "empty"
	}
	return shorten(v)
}

const hidden = "[hidden]"

// secret reports whether a key holds what must not be shown, also where the release does not define it.
func (c *lint) secret(key string) bool {
	if f := c.cfg.schema.field(key); f != nil {
		return f.typ == Password
	}
	return SecretKey(key)
}
