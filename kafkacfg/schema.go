package kafkacfg

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/kcfg/kcfg/internal/rule"
)

// field is a key made ready for reading values: its default parsed, its check chosen.
type field struct {
	name     string
	number   int // its place in the order of the schema
	typ      Type
	valid    *Validator
	required bool
	internal bool
	outdated bool // Kafka's documentation calls it deprecated
	null     bool // no default: an absent key has no value
	text     string
	n        int64
	d        float64
	b        bool
	list     []string
	least    float64 // the bounds of valid, where that is a range; infinite: none
	most     float64
}

// schema is all of one kind in one release, with the rules that apply to it.
type schema struct {
	release  Release
	kind     Kind
	fields   map[string]*field
	order    []*field             // sorted by name
	required []*field             // those without which nothing starts
	rules    []rule.Rule[*Config] // sorted by stage
	stages   [][2]int             // where the rules of each stage begin and end
	lints    []rule.Rule[*lint]
	alarm    alarm // set by and by
	number   int   // the release, to compare
	dedup    bool  // lists lose their duplicates, from 4.2

	defaultsOnce sync.Once
	defaults     []topicDefault // what a broker decides for its topics
}

func (s *schema) field(key string) *field { return s.fields[key] }

var schemas sync.Map // releaseKind → func() *schema

func schemaOf(r Release, k Kind) *schema {
	id := releaseKind{r, k}
	made, ok := schemas.Load(id)
	if !ok {
		made, _ = schemas.LoadOrStore(id, sync.OnceValue(func() *schema { return makeSchema(r, k) }))
	}
	return made.(func() *schema)()
}

func makeSchema(r Release, k Kind) *schema {
	s := &schema{release: r, kind: k, fields: map[string]*field{}, number: number(r), dedup: r.Compare("4.2.0") >= 0}
	for key := range Keys(r, k) {
		f := &field{name: key.Name, number: len(s.order), typ: key.Type, valid: key.Valid, required: key.Required, internal: key.Internal, outdated: key.Deprecated,
			null: !key.HasDefault, text: key.Default}
		f.least, f.most = bounds(key.Valid)
		if key.HasDefault {
			v := value{field: f, text: key.Default}
			s.parse(&v)
			f.n, f.d, f.b, f.list = v.n, v.d, v.b, v.list
		}
		s.fields[f.name] = f
		s.order = append(s.order, f)
		if f.required {
			s.required = append(s.required, f)
		}
	}
	all := rule.Of(rulesOf(k), string(r))
	for _, stage := range stageOrder {
		from := len(s.rules)
		for _, row := range all {
			if row.Stage == stage {
				s.rules = append(s.rules, row)
			}
		}
		s.stages = append(s.stages, [2]int{from, len(s.rules)})
	}
	s.lints = rule.Of(allLints(), string(r))
	return s
}

// parse reads the text of a value as ConfigDef.parseType does. The error is what is wrong, in a few words.
func (s *schema) parse(v *value) (err error) {
	switch v.field.typ {
	case Int, Long, Short:
		v.n, err = parseInteger(v.text, v.field.typ)
		v.d = float64(v.n)
	case Double:
		v.d, err = parseDouble(v.text)
	case Boolean:
		v.b, err = parseBoolean(v.text)
	case List:
		v.list = parseList(v.text)
		if s.dedup && v.field.valid != nil && v.field.valid.Check == CheckList {
			v.list = distinct(v.list)
		}
	}
	return err
}

// distinct keeps the first of equal elements.
func distinct(list []string) []string {
	set := nameSet{list: list}
	for i := range list {
		if set.index(list[i]) == i {
			continue
		}
		kept := slices.Clone(list[:i])
		for j := i + 1; j < len(list); j++ {
			if set.index(list[j]) == j {
				kept = append(kept, list[j])
			}
		}
		return kept
	}
	return list
}

// override is a key of one listener, such as listener.name.internal.ssl.keystore.location.
type override struct {
	key   string
	field *field
}

// overrides returns the keys in the file that overrule others for a listener, also for one mechanism of it.
func (c *Config) overrides(listener string) []override {
	prefix := listenerPrefix + strings.ToLower(listener) + "."
	c.askUndefined()
	var found []override
	for e := range c.File.Effective() {
		rest, ok := strings.CutPrefix(e.Key, prefix)
		if !ok {
			continue
		}
		f := c.schema.field(rest)
		if f == nil {
			_, tail, _ := strings.Cut(rest, ".")
			f = c.schema.field(tail)
		}
		if f != nil {
			found = append(found, override{e.Key, f})
		}
	}
	return found
}

// prefixed returns the key that counts for a listener: with its prefix where the file has that, else the plain one.
func (c *Config) prefixed(listener, key string) string {
	if own := listenerPrefix + strings.ToLower(listener) + "." + key; c.has(own) {
		return own
	}
	return key
}

// readPrefixed reads the value of a key with a listener's prefix.
func (c *Config) readPrefixed(key string, f *field) *value {
	e, _ := c.entry(key)
	v := &value{field: f, entry: e, prefixed: true}
	c.readEntry(v)
	return v
}

// bounds returns the bounds of a range.
func bounds(v *Validator) (least, most float64) {
	least, most = math.Inf(-1), math.Inf(1)
	if v == nil {
		return least, most
	}
	if x, err := strconv.ParseFloat(v.Min, 64); err == nil {
		least = x
	}
	if x, err := strconv.ParseFloat(v.Max, 64); err == nil {
		most = x
	}
	return least, most
}
