package zkcfg

import (
	"slices"
	"strings"
	"sync"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/internal/filelint"
	"github.com/kcfg/kcfg/internal/nearest"
	"github.com/kcfg/kcfg/internal/rule"
)

// Keys and values that a release takes without a word and does not understand.
var keyLints = []rule.Rule[*Config]{
	{ID: "zk-unknown-key", Severity: finding.Warning, Check: unknownKey},
	{ID: "zk-key-without-effect", Severity: finding.Warning, Check: keyWithoutEffect},
	{ID: "zk-key-with-prefix", Severity: finding.Warning, Check: keyWithPrefix},
	{ID: "zk-key-of-other-release", Severity: finding.Warning, Check: keyOfOtherRelease},
	{ID: "zk-boolean-lax", Severity: finding.Warning, Check: booleanLax},
	{ID: "zk-switch-word", Severity: finding.Warning, Check: switchWord},
	{ID: "zk-number-ignored", Severity: finding.Warning, Check: numberIgnored},
	{ID: "zk-number-octal", Severity: finding.Warning, Check: numberOctal},
	{ID: "zk-election-alg-old", Severity: finding.Warning, In: "3.4 3.5", Check: electionAlgOld},
}

// known reports whether the release has a use for the key.
func (c *Config) known(s *setting) bool {
	if s.def != nil || strings.HasPrefix(s.key, "server.") {
		return true
	}
	_, ok := patternKey(c.Release, s.key)
	return ok
}

func unknownKey(c *Config, report rule.Reporter) {
	for s := range c.meant() {
		if c.known(s) || c.kind == Dynamic || strings.HasPrefix(s.key, "zookeeper.") || strings.HasPrefix(s.key, filelint.ByteOrderMark) || everKnown(s.key) != "" {
			continue
		}
		if near := c.probably(s.key); near != "" {
			f := report(s.entry.KeyPos(), s.key, "%s is no key that ZooKeeper knows, so it has no effect", s.key)
			f.Help = "did you mean " + near + "?"
			f.Fix = &finding.Fix{Message: "rename it to " + near, Edits: []finding.Edit{s.entry.RenameEdit(near)}}
			continue
		}
		report(s.entry.KeyPos(), s.key, "%s is no key that ZooKeeper knows; it becomes the system property zookeeper.%s", s.key, s.key).Severity = finding.Info
	}
}

// probably returns the key that was probably meant.
func (c *Config) probably(key string) string {
	for _, prefix := range []string{"server", "group", "weight"} {
		if rest, ok := strings.CutPrefix(strings.ToLower(key), prefix); ok {
			if n := strings.Trim(rest, ".-_ "); n != "" && strings.Trim(n, "0123456789") == "" {
				return prefix + "." + n
			}
		}
	}
	var names []string
	for _, k := range c.table.keys {
		if k.Source != FromNowhere {
			names = append(names, k.Name)
		}
	}
	if near := nearest.Key(key, names); near != "" {
		return near
	}
	end := "." + key // purgeInterval for autopurge.purgeInterval
	if i := slices.IndexFunc(names, func(n string) bool { return strings.HasSuffix(n, end) }); i >= 0 &&
		!slices.ContainsFunc(names[i+1:], func(n string) bool { return strings.HasSuffix(n, end) }) {
		return names[i]
	}
	return ""
}

func keyWithoutEffect(c *Config, report rule.Reporter) {
	for i := range c.settings {
		s := &c.settings[i]
		if s.def == nil || s.def.Source != FromNowhere {
			continue
		}
		f := report(s.entry.KeyPos(), s.key, "%s has no effect in a file", s.key)
		if strings.HasPrefix(s.def.Use, "-D") {
			f.Help = "give it to the JVM: " + s.def.Use + "=VALUE"
			if !SecretKey(s.key) {
				f.Help = "give it to the JVM: " + s.def.Use + "=" + s.text
			}
			continue
		}
		f.Help = "write " + s.def.Use
		f.Fix = &finding.Fix{Message: "rename it to " + s.def.Use, Edits: []finding.Edit{s.entry.RenameEdit(s.def.Use)}}
	}
}

func keyWithPrefix(c *Config, report rule.Reporter) {
	for i := range c.settings {
		s := &c.settings[i]
		bare, ok := strings.CutPrefix(s.key, "zookeeper.")
		if !ok {
			continue
		}
		f := report(s.entry.KeyPos(), s.key, "%s becomes the system property zookeeper.%s, which nothing reads", s.key, s.key)
		f.Help = "write " + bare
		f.Fix = &finding.Fix{Message: "remove the prefix", Edits: []finding.Edit{s.entry.RenameEdit(bare)}}
	}
}

// lastKnown is the newest release that knows a key, for every key.
var lastKnown = sync.OnceValue(func() map[string]string { return history().Last() })

// everKnown returns the newest release that knows a key, or "".
func everKnown(key string) Release { return Release(lastKnown()[key]) }

func keyOfOtherRelease(c *Config, report rule.Reporter) {
	for i := range c.settings {
		s := &c.settings[i]
		if c.known(s) {
			continue
		}
		if other := everKnown(s.key); other != "" {
			report(s.entry.KeyPos(), s.key, "%s is not known to %s, so it has no effect; %s knows it", s.key, c.Release, other).Help = "remove it, or run a release that knows it"
		}
	}
}

func booleanLax(c *Config, report rule.Reporter) {
	for i := range c.settings {
		s := &c.settings[i]
		if s.def == nil || s.def.Type != "boolean" || s.def.Source == FromFile && c.d.strict || s.key == "admin.enableServer" {
			continue
		}
		if l := asciiLower(s.text); l == "true" || l == "false" {
			continue
		}
		f := report(s.pos(), s.key, "%s is %s, which counts as false", s.key, s.shown())
		f.Help = "write true or false"
		if s.def.Source == FromFile {
			f.Notes = append(f.Notes, "from 3.7 on the server does not start with it")
		}
		f.Fix = &finding.Fix{Message: "write false", Safe: true, Edits: []finding.Edit{s.entry.SetEdit("false")}}
	}
}

// switchWords are the words that a key takes of which one alone has an effect; none: another key.
func switchWords(key string) []string {
	switch key {
	case "forceSync", "leaderServes", "skipACL":
		return []string{"yes", "no"}
	case "admin.enableServer":
		return []string{"true", "false"}
	case "snapshot.compression.method":
		return []string{"", "gz", "snappy"}
	}
	return nil
}

func switchWord(c *Config, report rule.Reporter) {
	for i := range c.settings {
		s := &c.settings[i]
		words := switchWords(s.key)
		if words == nil || s.def == nil || slices.Contains(words, s.text) {
			continue
		}
		f := report(s.pos(), s.key, "%s is %s, which counts as if it were not set", s.key, s.shown())
		f.Help = "write " + strings.TrimPrefix(strings.Join(words, " or "), " or ")
		if s.key == "admin.enableServer" {
			f.Message = s.key + " is " + s.shown() + ", but only the exact word false switches the admin server off"
		}
	}
}

func isNumeric(def *Key) bool {
	return def != nil && def.Source == FromProperty && (def.Type == "int" || def.Type == "long")
}

func numberIgnored(c *Config, report rule.Reporter) {
	for i := range c.settings {
		s := &c.settings[i]
		if !isNumeric(s.def) {
			continue
		}
		if _, ok := decodeLong(s.text); !ok {
			f := report(s.pos(), s.key, "%s is %s, which is no number, so the default counts", s.key, s.shown())
			if s.def.HasDefault {
				f.Notes = append(f.Notes, "the default is "+s.def.Default)
			}
			f.Help = "write a number"
		}
	}
}

func numberOctal(c *Config, report rule.Reporter) {
	for i := range c.settings {
		s := &c.settings[i]
		if !isNumeric(s.def) {
			continue
		}
		digits := strings.TrimLeft(s.text, "+-")
		if len(digits) < 2 || digits[0] != '0' && digits[0] != '#' {
			continue
		}
		if n, ok := decodeLong(s.text); ok {
			f := report(s.pos(), s.key, "%s is %s, which ZooKeeper reads as %d", s.key, s.text, n)
			f.Help = "write the number without leading 0"
			f.Fix = &finding.Fix{Message: "write " + decimal(n), Safe: true, Edits: []finding.Edit{s.entry.SetEdit(decimal(n))}}
		}
	}
}

func electionAlgOld(c *Config, report rule.Reporter) {
	s, ok := c.get("electionAlg")
	if !ok || c.ElectionAlg == 3 || c.failed("electionAlg") {
		return
	}
	f := report(s.pos(), s.key, "electionAlg is %d: deprecated, without authentication, and refused from 3.6 on", c.ElectionAlg)
	if c.ElectionAlg < 0 || c.ElectionAlg > 3 {
		f.Severity = finding.Error
		f.Message = "electionAlg is " + decimal(c.ElectionAlg) + ", which is no algorithm: no leader is ever elected"
	}
	f.Help = "remove the key"
}
