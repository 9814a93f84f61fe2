package zkcfg

import (
	"slices"
	"strings"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/internal/rule"
)

// What a later release makes of the file.
var upgradeLints = []rule.Rule[*Config]{
	{ID: "zk-refused-by-later-release", Severity: finding.Warning, In: "3.4..3.8", Check: refusedLater},
}

// refusedLater judges the file by the newest release too: who upgrades learns of it now instead of at the restart.
func refusedLater(c *Config, report rule.Reporter) {
	if len(c.problems) > 0 || c.kind == Dynamic && !c.d.verifier {
		return
	}
	later, err := c.under(Newest())
	if err != nil || len(later.problems) == 0 {
		return
	}
	const most = 5 // one line may be wrong a hundred times
	for i := range later.problems {
		p := &later.problems[i]
		if i >= most || p.exit == 0 || c.saysAlready(p) {
			continue
		}
		f := report(p.Pos, p.Key, "%s and later refuse this: %s", c.firstThatRefuses(p), p.Message)
		f.Help, f.Notes = p.Help, p.Notes
	}
}

// under returns what another release makes of the same file.
func (c *Config) under(r Release) (*Config, error) {
	o := *c.opts
	o.Release, o.Kind = r, c.kind
	return Resolve(c.file, o)
}

// firstThatRefuses returns the first release of a later family that refuses for the same reason.
func (c *Config) firstThatRefuses(p *problem) Release {
	d := c.d
	for _, r := range releases() {
		if r.Compare(c.Release) < 0 || r.dialect() == d {
			continue
		}
		d = r.dialect()
		other, err := c.under(r)
		if err == nil && slices.ContainsFunc(other.problems, func(q problem) bool { return q.ID == p.ID && q.Pos == p.Pos }) {
			return r
		}
	}
	return Newest()
}

// saysAlready reports whether a lint of its own speaks of it, with a fix.
func (c *Config) saysAlready(p *problem) bool {
	s, ok := c.get(p.Key)
	switch {
	case p.ID == "zk-not-a-boolean", p.ID == "zk-election-alg-unsupported":
		return ok && s.def != nil && s.def.Source == FromFile
	case !ok || !memberKey(s.key):
		return false
	}
	return strings.TrimRight(s.entry.Value, " \t") != s.entry.Value || restIgnored(c, s)
}

// restIgnored reports whether 3.4 passes over the end of a server line.
func restIgnored(c *Config, s *setting) bool {
	return !c.d.verifier && strings.HasPrefix(s.key, "server.") && strings.Count(s.text, ":") > 3 && !strings.HasPrefix(s.text, "[")
}
