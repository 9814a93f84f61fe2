package kafkacfg

import (
	"slices"
	"strings"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/internal/rule"
)

// MirrorMaker's file has the name of a cluster or of a flow between two in front of its keys.

// flow stands between the two clusters of a flow: primary->backup.topics.
const flow = "->"

// clusters returns the names that MirrorMaker's file gives to its clusters.
func (c *lint) clusters() []string {
	if c.cfg.Kind != MirrorMaker {
		return nil
	}
	var names []string
	for _, p := range c.parts("clusters") {
		names = append(names, p.text)
	}
	return names
}

// cutAlias splits what names a cluster or a flow of MirrorMaker from the key behind it.
func (c *lint) cutAlias(key string) (alias, rest string) {
	if c.cfg.Kind != MirrorMaker {
		return "", key
	}
	head, rest, ok := strings.Cut(key, ".")
	if !ok || !strings.Contains(head, flow) && !slices.Contains(c.clusters(), head) {
		return "", key
	}
	return head + ".", rest
}

// mirrored reports whether MirrorMaker, or what it runs, reads a key.
func (c *lint) mirrored(key string) bool {
	if c.cfg.Kind != MirrorMaker {
		return false
	}
	_, rest := c.cutAlias(key)
	return definedIn(c.release, MirrorMaker, key) || c.pluginKey(rest)
}

const policyKey = "replication.policy.class"

// flowSetting returns what a flow has of a key: with its name in front, or what all have.
func (c *lint) flowSetting(source, target, key string) string {
	v, _ := c.prefixed(source+flow+target+"."+key, key)
	return v
}

// Only the name that the default policy gives a topic tells MirrorMaker that a record was copied before.
func mirrorLoop(c *lint, report rule.Reporter) {
	names := c.clusters()
	enabled := func(source, target string) bool {
		return strings.EqualFold(c.str(source+flow+target+".enabled"), "true") &&
			strings.HasSuffix(c.flowSetting(source, target, policyKey), ".IdentityReplicationPolicy")
	}
	for i, a := range names {
		for _, b := range names[i+1:] {
			if !enabled(a, b) || !enabled(b, a) || c.flowSetting(a, b, "topics") != c.flowSetting(b, a, "topics") {
				continue
			}
			key := b + flow + a + ".enabled"
			f := report(c.pos(key), key, "%s and %s copy the same topics under the same names: every record goes round without end", a+flow+b, b+flow+a)
			f.Help = "remove IdentityReplicationPolicy, or enable one direction"
			f.Related = append(f.Related, finding.Related{Pos: c.pos(a + flow + b + ".enabled"), Message: "the other direction"})
		}
	}
}
