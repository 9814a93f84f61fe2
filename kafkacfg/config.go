package kafkacfg

import (
	"fmt"
	"iter"
	"strings"
	"unicode/utf8"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/internal/filelint"
	"github.com/kcfg/kcfg/properties"
)

// Config is what one release makes of a file: keys that it does not define are absent, keys that are not set have its
// default.
type Config struct {
	File    *properties.File
	Release Release
	Kind    Kind

	guessed   bool // the kind
	opts      *Options
	schema    *schema
	providers *providers
	values    []value  // in file order
	places    []uint16 // of values, from 1, by the number of their field; 0: not set
	// missed is set when a rule looks at a value that could not be read: what the rule then says is not said.
	missed bool

	problems    []finding.Finding // of single values and providers
	undecided   []finding.Stage   // the stages of which a value is not known
	said        map[string]bool   // the problems that problemOnce told
	asked       *asked            // nil but while the rules are listened to; see sleeping
	awake       []bool            // which of the schema's rules and lints can speak
	net         *network
	controllers *nameSet
	quorum      *[]voter
}

// Origin says where a value comes from.
type Origin uint8

const (
	// Absent means that the release does not define the key, or that it is not set and has no default.
	Absent Origin = iota
	// FromDefault means that the release's own default counts.
	FromDefault
	// FromFile means that the file sets the key.
	FromFile
	// FromProvider means that the file sets the key to text that a config provider completed.
	FromProvider
	// FromSynonym means that another key of the file sets it, as broker.id does for node.id.
	FromSynonym
)

// Value is the effective value of a key.
type Value struct {
	Text   string // as the release reads it: without the blanks around it, variables resolved
	Origin Origin
	Pos    finding.Position // of the value; line 0 where the file does not set it
}

// value is what the file says about one defined key.
type value struct {
	field    *field
	entry    properties.Entry
	text     string
	shown    string // see Config.show
	lead     int    // bytes that trim cut off in front; -1: a provider made the text
	prefixed bool   // the key has a listener's prefix
	bad      bool
	unknown  bool // it depends on what is not known: a provider, a class
	anyText  bool // it is unknown, but refuses only where a rule looks at it
	b        bool
	n        int64
	d        float64
	list     []string
}

// key is the key that the value is of: as written, unless another key sets it.
func (v *value) key() string {
	if v.prefixed {
		return v.entry.Key
	}
	return v.field.name
}

// Value returns the effective value of key.
func (c *Config) Value(key string) Value {
	if v := c.lookup(key); v != nil {
		origin := FromFile
		switch {
		case v.lead < 0:
			origin = FromProvider
		case v.entry.Key != v.key():
			origin = FromSynonym
		}
		return Value{v.text, origin, v.entry.ValuePos()}
	}
	f := c.schema.field(key)
	if f == nil || f.null {
		return Value{Pos: c.absent()}
	}
	return Value{f.text, FromDefault, c.absent()}
}

// Listeners returns the entries of listeners, or none where they cannot be read.
func (c *Config) Listeners() []Listener {
	if n := c.network(); n.listenersOK {
		return n.listeners
	}
	return nil
}

// AdvertisedListeners returns what the node tells its clients: advertised.listeners, or the listeners where it is not set.
func (c *Config) AdvertisedListeners() []Listener {
	if n := c.network(); n.advertisedOK {
		return n.advertised
	}
	return nil
}

func (c *Config) lookup(key string) *value {
	c.ask(key)
	return c.valueOf(c.schema.field(key))
}

// valueOf returns the value of a field, which may be nil, or nil where the file does not set it.
func (c *Config) valueOf(f *field) *value {
	if f == nil || c.places[f.number] == 0 {
		return nil
	}
	return &c.values[c.places[f.number]-1]
}

// add appends a value to those of the file.
func (c *Config) add(v value) *value {
	c.values = append(c.values, v)
	c.places[v.field.number] = uint16(len(c.values))
	return &c.values[len(c.values)-1]
}

// set reports whether the file sets a key that the release defines.
func (c *Config) set(key string) bool { return c.lookup(key) != nil }

// setField is set for a key that the release defines.
func (c *Config) setField(f *field) bool {
	c.ask(f.name)
	return c.valueOf(f) != nil
}

// defined reports whether the release defines key.
func (c *Config) defined(key string) bool { return c.schema.field(key) != nil }

// read returns the value of key, or nil and the field where the default counts. A value that could not be read, or a key
// that is not defined, silences the rule.
func (c *Config) read(key string) (*value, *field) {
	c.ask(key)
	f := c.schema.field(key)
	if v := c.valueOf(f); v != nil {
		if v.bad || v.unknown {
			c.missed = true
		}
		if v.anyText {
			c.undecided = append(c.undecided, finding.Load)
		}
		return v, f
	}
	if f == nil {
		c.missed = true
		return nil, &field{name: key, null: true}
	}
	return nil, f
}

// int returns a number of type INT, LONG or SHORT.
func (c *Config) int(key string) int64 {
	if v, f := c.read(key); v == nil {
		return f.n
	} else {
		return v.n
	}
}

func (c *Config) bool(key string) bool {
	if v, f := c.read(key); v == nil {
		return f.b
	} else {
		return v.b
	}
}

// text returns a STRING, CLASS or PASSWORD, or any other value as text.
func (c *Config) text(key string) string {
	if v, f := c.read(key); v == nil {
		return f.text
	} else {
		return v.text
	}
}

// list returns a LIST, as the release splits it.
func (c *Config) list(key string) []string {
	if v, f := c.read(key); v == nil {
		return f.list
	} else {
		return v.list
	}
}

// null reports whether key has no value: it is not set, and the release has no default for it.
func (c *Config) null(key string) bool {
	v, f := c.read(key)
	return v == nil && f.null
}

// Pos returns the position of the value of key, or the file without a line where it is not set.
func (c *Config) Pos(key string) finding.Position {
	if v := c.lookup(key); v != nil {
		return v.entry.ValuePos()
	}
	return c.absent()
}

// absent is the position of what the file does not say.
func (c *Config) absent() finding.Position { return finding.Position{File: c.File.Name()} }

// posOf returns the position of a part of the value of key.
func (c *Config) posOf(key string, from, to int) finding.Position {
	v := c.lookup(key)
	if v == nil || v.lead < 0 {
		return c.Pos(key)
	}
	return v.entry.ValueRange(v.lead+from, v.lead+to)
}

// secret is what stands for a value that must not be seen.
const secret = "[hidden]"

// maxShown is how many characters of a value a message repeats.
const maxShown = 120

// show returns a value for a message.
func show(f *field, text string) string {
	switch {
	case f != nil && (f.typ == Password || SecretKey(f.name)):
		return secret
	case text == "":
		return "empty"
	}
	return shorten(text)
}

// shorten makes a value fit into a message as its author sees it, where none of a secret is shown.
func shorten(text string) string {
	const long = 4 * maxShown // bytes: what is longer is not worth the work
	if len(text) <= long {
		text = filelint.AsTyped(text)
	}
	return clip(text)
}

// clip is shorten for what Java reads, where that is the point.
func clip(text string) string {
	if SecretText(text) {
		return secret
	}
	at, n := 0, 0
	for at < len(text) && n < maxShown { // a value may be long, and each of its elements may want it shown
		_, size := utf8.DecodeRuneInString(text[at:])
		at, n = at+size, n+1
	}
	if at < len(text) {
		text = text[:at] + "…"
	}
	if strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f || r == utf8.RuneError || r >= 0x80 && r < 0xa0 }) {
		return fmt.Sprintf("%q", text)
	}
	return text
}

// show returns the effective value of key for a message.
func (c *Config) show(key string) string {
	if v := c.lookup(key); v != nil {
		if v.shown == "" { // a long list may be shown for each of its elements
			v.shown = show(v.field, v.text)
		}
		return v.shown
	}
	f := c.schema.field(key)
	switch {
	case f == nil || f.null:
		return "not set"
	case f.text == "":
		return "empty"
	}
	return f.text
}

// with tells in a finding what other keys take part: where they stand, or that they are not set and what they are then.
func (c *Config) with(f *finding.Finding, keys ...string) *finding.Finding {
	for _, key := range keys {
		switch v := c.lookup(key); {
		case v != nil && v.entry.Key != key:
			f.Related = append(f.Related, finding.Related{Pos: v.entry.ValuePos(), Message: fmt.Sprintf("%s also sets %s", v.entry.Key, key)})
		case v != nil:
			f.Related = append(f.Related, finding.Related{Pos: v.entry.ValuePos(), Message: key + " is " + c.show(key)})
		case !c.defined(key):
		case c.show(key) == "not set":
			f.Notes = append(f.Notes, key+" is not set")
		default:
			f.Notes = append(f.Notes, key+" is not set, so it is "+c.show(key))
		}
	}
	return f
}

// Set yields the keys that the file sets and the release defines, in file order.
func (c *Config) Set() iter.Seq[string] {
	return func(yield func(string) bool) {
		for i := range c.values {
			if v := &c.values[i]; v.key() == v.entry.Key && !yield(v.entry.Key) {
				return
			}
		}
	}
}
