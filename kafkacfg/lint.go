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

// runLints says what Kafka accepts without a word. Lints run after the verdict and never change it.
func (c *Config) runLints() {
	c.problems = rule.AppendAwake(c.problems, c.schema.lints, newLint(c), c.awake[len(c.schema.rules):])
}

// lint is what a lint sees: the effective configuration, the file as written, and what the caller knows of the cluster.
type lint struct {
	cfg      *Config
	release  Release
	settings []lintEntry // see entries
	meant    []lintEntry // see strays
	unknown  []lintEntry // see undefined
	prefix   []lintEntry // see ofListeners
	glyphs   glyphs      // of all entries

	// What several lints ask for is made once; a run is one goroutine's.
	mode            memo[mode]
	endpoints, told memo[[]endpoint]
	names, quorum   memo[[]string]
	keys            memo[[]string]
	secrets         memo[[]lintEntry]
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
type lintEntry struct {
	properties.Entry
	field *field // nil: the release does not define the key
	has   glyphs
}

// lintPart is one element of a list with its place.
type lintPart struct {
	text     string
	entry    properties.Entry
	from, to int
	nowhere  string // the file, where there is no entry
}

// pos is computed when it is asked for: most parts are never spoken of.
func (p lintPart) pos() finding.Position {
	if p.entry == (properties.Entry{}) {
		return finding.Position{File: p.nowhere}
	}
	return p.entry.ValueRange(p.from, p.to)
}

// mostParts is how many elements of a list lints look at, for they compare each with each; a list with more is not a configuration.
const mostParts = 250

// partsOf splits a value at its commas.
func partsOf(e properties.Entry) []lintPart {
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
	l := &lint{cfg: c, release: c.Release, settings: make([]lintEntry, 0, c.File.Len())}
	defined := c.values // in file order
	for e := range c.File.Effective() {
		e := lintEntry{Entry: e, has: glyphsOf(e)}
		if len(defined) > 0 && defined[0].entry.Index() == e.Index() {
			e.field, defined = defined[0].field, defined[1:]
		}
		l.glyphs |= e.has
		if e.field == nil && strayLine(e) && !isTemplate(e.Key) {
			l.meant = append(l.meant, e)
			continue
		}
		l.settings = append(l.settings, e)
		if e.field != nil {
			continue
		}
		l.unknown = append(l.unknown, e)
		if strings.HasPrefix(e.Key, listenerPrefix) {
			l.prefix = append(l.prefix, e)
		}
	}
	return l
}

// file returns the file as written.
func (c *lint) file() *properties.File {
	c.cfg.askMore()
	return c.cfg.File
}

// entries returns the effective entries, in file order.
func (c *lint) entries() []lintEntry {
	c.cfg.askMore()
	return c.settings
}

// entriesWith returns the entries if some of them has one of the glyphs.
func (c *lint) entriesWith(g glyphs) []lintEntry {
	if c.cfg.askMore(); c.glyphs&g == 0 {
		return nil
	}
	return c.settings
}

// entriesOf returns the entries to a lint that looks only at those of some keys, and at those that the release does not define.
func (c *lint) entriesOf(keys func(*field) bool) []lintEntry {
	c.cfg.askFields(keys)
	c.cfg.askUndefined()
	return c.settings
}

// undefined returns the entries whose keys the release does not define.
func (c *lint) undefined() []lintEntry {
	c.cfg.askUndefined()
	return c.unknown
}

// strays returns the lines that were meant as something else than a setting, of which nothing more is said.
func (c *lint) strays() []lintEntry {
	c.cfg.askMore()
	return c.meant
}

// ofListeners returns the entries with a listener's prefix.
func (c *lint) ofListeners() []lintEntry {
	c.cfg.askUndefined()
	return c.prefix
}

// brokers returns how many brokers the cluster has, or 0.
func (c *lint) brokers() int {
	c.cfg.askMore()
	return c.cfg.opts.Brokers
}

// replicas returns the replication factor of a topic, or 0.
func (c *lint) replicas() int {
	c.cfg.askMore()
	return c.cfg.opts.Replicas
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

func (c *lint) topic() bool { return c.cfg.Kind == Topic }
func (c *lint) node() bool  { return c.cfg.Kind == Broker }

var clientKinds = []Kind{Producer, Consumer, Admin, ShareConsumer, Streams}

// mode is what process.roles makes of a node.
type mode struct{ kraft, broker, controller bool }

func (c *lint) findMode() mode {
	var m mode
	m.kraft = c.node() && c.defined(rolesKey) && c.str(rolesKey) != ""
	m.broker = c.node() && !m.kraft
	if m.kraft {
		for role := range strings.SplitSeq(c.str(rolesKey), ",") {
			switch trim(role) {
			case "broker":
				m.broker = true
			case "controller":
				m.controller = true
			}
		}
	}
	return m
}

func (c *lint) kraft() bool { return c.mode.get(c.findMode).kraft }

func (c *lint) zooKeeper() bool { return c.node() && !c.kraft() && c.defined("zookeeper.connect") }

// broker reports whether the node serves clients; a controller alone has no topics.
func (c *lint) broker() bool { return c.mode.get(c.findMode).broker }

func (c *lint) controller() bool { return c.mode.get(c.findMode).controller }

// set reports whether the file has the key, defined or not.
func (c *lint) set(key string) bool { return c.cfg.has(key) }

func (c *lint) defined(key string) bool { return c.cfg.defined(key) }

// str returns the effective value, or the trimmed text of a key that the release does not define.
func (c *lint) str(key string) string {
	f := c.cfg.schema.field(key)
	if v := c.cfg.valueOf(f); v != nil {
		return v.text
	}
	if e, ok := c.cfg.entry(key); ok {
		return trim(e.Value)
	}
	if f != nil && !f.null {
		return f.text
	}
	return ""
}

// num returns the effective value of a number that could be read.
func (c *lint) num(key string) (int64, bool) {
	c.cfg.ask(key)
	f := c.cfg.schema.field(key)
	if v := c.cfg.valueOf(f); v != nil {
		return v.n, !v.bad && !v.unknown && isWhole(v.field.typ)
	}
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
	if e, ok := c.cfg.entry(key); ok {
		if pos := e.ValuePos(); pos.Column != pos.EndColumn || pos.Line != pos.EndLine {
			return pos
		}
		return e.KeyPos()
	}
	return c.cfg.absent()
}

func (c *lint) keyPos(key string) finding.Position { return c.cfg.File.Pos(key) }

func (c *lint) parts(key string) []lintPart {
	e, ok := c.cfg.entry(key)
	if !ok {
		return nil
	}
	return partsOf(e)
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
