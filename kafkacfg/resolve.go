package kafkacfg

import (
	"fmt"
	"strings"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/properties"
)

// Resolve returns the effective configuration of one release. The error is about the release or the kind alone; what is
// wrong in the file is told by Validate.
func Resolve(f *properties.File, o Options) (*Config, error) {
	c, err := newConfig(f, o)
	if err != nil {
		return nil, err
	}
	if c.Kind == Broker {
		c.network() // so that the methods only read
	}
	return c, nil
}

func newConfig(f *properties.File, o Options) (*Config, error) {
	guessed := o.Kind == ""
	if guessed {
		if o.Kind = GuessKind(f); o.Kind == "" {
			return nil, fmt.Errorf("%w: the file is not one of Kafka's", ErrUnknownKind)
		}
	} else if _, err := ParseKind(string(o.Kind)); err != nil {
		return nil, err
	}
	if o.Release == "" {
		o.Release = DefaultRelease(f, o.Kind)
	} else if !o.Release.Known() {
		return nil, fmt.Errorf("%w %q", ErrUnknownRelease, o.Release)
	}
	c := &Config{File: f, Release: o.Release, Kind: o.Kind, guessed: guessed, opts: &o, schema: schemaOf(o.Release, o.Kind)}
	if len(c.schema.order) == 0 {
		return nil, fmt.Errorf("%w: %s has no configuration of kind %s", ErrUnknownKind, o.Release, o.Kind)
	}
	c.readAll()
	return c, nil
}

// readAll reads every defined key that the file sets.
func (c *Config) readAll() {
	c.places = make([]uint16, len(c.schema.order))
	c.values = make([]value, 0, min(c.File.Len(), len(c.schema.order))+1)
	c.providers = c.readProviders()
	w := c.schema.watch()
	c.awake = w.awake
	for e := range c.File.Effective() {
		f := c.schema.field(e.Key)
		w.wake(f)
		if f == nil {
			c.resolveOther(e)
			continue
		}
		c.readEntry(c.add(value{field: f, entry: e}))
	}
	if c.Kind == Broker && c.since("3.1.0") { // KafkaConfig.populateSynonyms
		c.fillSynonym(w, nodeIDKey, brokerIDKey)
		c.fillSynonym(w, brokerIDKey, nodeIDKey)
	}
}

// readEntry reads a value whose entry and field are set, with its variables resolved.
func (c *Config) readEntry(v *value) {
	text, known := c.resolve(c.providers, v.entry)
	v.unknown = !known
	v.anyText = !known && (v.field.typ == String || v.field.typ == Password) && v.field.valid == nil && c.providers.onlyEnvironment(v.entry.Value)
	if text != v.entry.Value {
		v.lead = -1
		v.text = trim(text)
	}
	c.readValue(v)
}

// fillSynonym gives key the value of other where only that is set.
func (c *Config) fillSynonym(w watch, key, other string) {
	from := c.lookup(other)
	if from == nil || c.set(key) {
		return
	}
	v := value{field: c.schema.field(key), entry: from.entry, lead: from.lead, text: from.text, unknown: from.unknown}
	w.wake(v.field)
	c.readValue(c.add(v))
}

// readValue parses and checks a value whose entry and field are set.
func (c *Config) readValue(v *value) {
	if v.lead == 0 {
		v.text = trim(v.entry.Value)
		v.lead = strings.Index(v.entry.Value, v.text)
	}
	if v.unknown {
		return
	}
	if v.field.typ == Class {
		switch c.loadable(v.text) {
		case no:
			v.bad = true
			return
		case unknown:
			v.unknown = true
			return
		}
	}
	if err := c.schema.parse(v); err != nil {
		v.bad = true
		return
	}
	v.bad = c.check(v).id != ""
}

// faults reports every single value that its type or its check refuses, and every key that is missing.
func (c *Config) faults() {
	for i := range c.values {
		v := &c.values[i]
		if v.unknown {
			c.undecideValue(v)
			continue
		}
		if v.bad && !c.faultOfSynonym(v) {
			f := c.faultOf(v)
			if twin := c.lookup(brokerIDKey); v.key() == nodeIDKey && twin != nil && twin.entry.Key == nodeIDKey {
				f.Notes = append(f.Notes, "Kafka's own message names "+brokerIDKey+", which gets the same value")
			}
			if !c.readAtStart(v.key()) {
				f.Stage = ""
			}
			c.problem(f)
		}
	}
	for _, f := range c.schema.required {
		if c.valueOf(f) == nil && c.readAtStart(f.name) {
			c.problem(c.missingKey(f.name))
		}
	}
}

// readAtStart reports whether the process reads a key as it starts. MirrorMaker reads few of its keys then: the others are
// for its connectors and clients, which fail later.
func (c *Config) readAtStart(key string) bool {
	if c.Kind != MirrorMaker || strings.HasPrefix(key, "ssl.") || strings.HasPrefix(key, "sasl.") {
		return true
	}
	switch key {
	case "clusters", providersKey, "security.protocol":
		return true
	case "access.control.allow.methods", "access.control.allow.origin", "dedicated.mode.enable.internal.rest", listenersKey, "response.http.headers.config",
		"rest.advertised.host.name", "rest.advertised.listener", "rest.advertised.port":
		return c.defined("dedicated.mode.enable.internal.rest")
	}
	return false
}

// faultOfSynonym reports whether the value came from another key, which is told on its own.
func (c *Config) faultOfSynonym(v *value) bool {
	from := c.lookup(v.entry.Key)
	return v.key() != v.entry.Key && from != nil && from.bad
}

func (c *Config) faultOf(v *value) finding.Finding {
	f := finding.Finding{Severity: finding.Error, Stage: finding.Config, Key: v.entry.Key, Pos: v.entry.ValuePos()}
	if v.field.typ == Class && c.loadable(v.text) == no {
		f.ID, f.Message = "kafka-class-not-found", fmt.Sprintf("%s is %s, which is no class on the class path", v.key(), show(v.field, v.text))
		f.Help = classHelp(v.text, "")
		return f
	}
	if err := c.schema.parse(v); err != nil {
		f.ID, f.Message = "kafka-value-type", fmt.Sprintf("%s is %s, %v", v.key(), show(v.field, v.text), err)
		f.Help = typeHelp(v)
		return f
	}
	problem := c.check(v)
	f.ID, f.Message = problem.id, v.key()+" "+problem.text
	if problem.to > 0 && v.lead >= 0 {
		f.Pos = v.entry.ValueRange(v.lead+problem.from, v.lead+problem.to)
	}
	return f
}

// typeHelp knows what people write instead of a number.
func typeHelp(v *value) string {
	switch i := strings.IndexAny(v.text, "#!"); {
	case i > 0 && v.text[i-1] == ' ':
		return "a comment needs a line of its own: properties files have none after a value"
	case strings.HasPrefix(v.text, `"`) || strings.HasPrefix(v.text, "'"):
		return "leave the quotes out: they are part of the value"
	case v.field.typ == Boolean:
		switch strings.ToLower(v.text) {
		case "yes", "on", "1", "enabled":
			return "write true"
		case "no", "off", "0", "disabled":
			return "write false"
		}
		return "write true or false"
	case isWhole(v.field.typ):
		n, ok := meantNumber(v.field.name, v.text)
		if _, err := parseInteger(n, v.field.typ); ok && err == nil {
			return "write " + n + ": digits alone, without units, exponents or separators"
		}
		return "write digits alone, without units, exponents or separators"
	}
	return ""
}

// undecideValue says that the verdict depends on a value that is not known.
func (c *Config) undecideValue(v *value) {
	if v.field.typ == Class && !strings.Contains(v.entry.Value, "${") {
		if c.readAtStart(v.key()) {
			c.undecideClass(v.key(), v.text)
		}
		return
	}
	if v.anyText {
		c.unresolved(v.key(), v.entry.ValuePos())
		return
	}
	c.undecideProvider(v.key(), v.entry.ValuePos())
}

// undecideProvider says that the verdict depends on what a config provider would find on the target machine.
func (c *Config) undecideProvider(key string, pos finding.Position) {
	c.undecided = append(c.undecided, finding.Load)
	c.unresolved(key, pos)
}

func (c *Config) unresolved(key string, pos finding.Position) {
	c.problemOnce(finding.Finding{ID: "kafka-config-provider-unresolved", Severity: finding.Info, Key: key, Pos: pos,
		Message: key + " comes from a config provider, so its value is not known here",
		Help:    "give the root of the target machine's files, or its environment"})
}

// undecideClass says that the verdict depends on a class that may or may not be there.
func (c *Config) undecideClass(key, name string) {
	c.undecided = append(c.undecided, finding.Config)
	f := finding.Finding{ID: "kafka-class-unknown", Severity: finding.Info, Key: key,
		Message: fmt.Sprintf("%s is %s, which is not one of Kafka's own classes", key, shorten(name)),
		Help:    classHelp(name, "say which further classes are on the class path")}
	c.problemOnce(f)
}
