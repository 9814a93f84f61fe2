package kafkacfg

import (
	"slices"
	"strings"

	"github.com/kcfg/kcfg/finding"
)

// ListenerValue returns what a listener gets for a key, and the key that decides: the one with the listener's prefix where
// the file has it, else the plain one. The key may begin with a mechanism, such as plain.sasl.server.callback.handler.class.
func (c *Config) ListenerValue(listener, key string) (Value, string) {
	own := listenerPrefix + strings.ToLower(listener) + "." + key
	if e, ok := c.File.Lookup(own); ok && listener != "" {
		pos := e.ValuePos()
		if trim(e.Value) == "" {
			pos = e.KeyPos()
		}
		return Value{Text: trim(e.Value), Origin: FromFile, Pos: pos}, own
	}
	return c.Value(key), key
}

// ListenerFaults returns a finding for each value under a listener's prefix that Kafka cannot parse. It meets them when it
// makes the listener; of listeners that are not made it reads nothing.
func (c *Config) ListenerFaults(listener string) []finding.Finding {
	var out []finding.Finding
	for _, o := range c.overrides(listener) {
		if v := c.readPrefixed(o.key, o.field); v.bad {
			out = append(out, c.faultOf(v))
		}
	}
	return out
}

// Add puts more findings into a report as Validate would: at the levels of the options, and without what comments in the
// file silence. Findings about the same thing that the report has already give way.
func (c *Config) Add(r *finding.Report, more []finding.Finding) {
	for _, f := range more {
		same := func(old finding.Finding) bool {
			return old.ID == f.ID && old.Key == f.Key && old.Pos.Line == f.Pos.Line
		}
		r.Findings = slices.DeleteFunc(r.Findings, same)
		r.Suppressed = slices.DeleteFunc(r.Suppressed, same)
	}
	r.Findings = append(r.Findings, c.leveled(more)...)
	c.silence(r)
}
