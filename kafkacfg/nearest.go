package kafkacfg

import (
	"slices"
	"strings"

	"github.com/kcfg/kcfg/internal/nearest"
)

// What was probably meant by a name that is none.

// nearestKey looks among the keys of the release, and behind a listener's prefix.
func (c *lint) nearestKey(key string) string {
	if name, rest, ok := c.cutListener(key); ok {
		if best := nearest.Key(rest, c.allKeys()); best != "" {
			return listenerPrefix + name + "." + best
		}
		return ""
	}
	if lower := strings.ToLower(strings.ReplaceAll(key, "_", ".")); lower != key && c.defined(lower) {
		return lower
	}
	if c.node() {
		if name, ok := strings.CutSuffix(key, "."+jaasKey); ok && !strings.Contains(name, ".") {
			return c.prefixedJAAS(name)
		}
		if rest, ok := strings.CutPrefix(key, "listeners.name."); ok && c.listenerKey(listenerPrefix+rest) {
			return listenerPrefix + rest
		}
		if p := c.str("remote.log.metadata.manager.impl.prefix"); p != "" && strings.HasPrefix(key, "remote.log.metadata.topic.") {
			return p + key // TopicBasedRemoteLogMetadataManager reads it
		}
	}
	alias, key := c.cutAlias(key)
	if best := meantKey(key, c.allKeys()); best != "" {
		return alias + best
	}
	return ""
}

// meantKey returns the candidate that was probably meant by a key, or "".
func meantKey(key string, all []string) string {
	if best := nearest.Key(key, all); best != "" {
		return best
	}
	if best := leftOut(key, all); best != "" {
		return best
	}
	return partAway(key, all)
}

// partAway returns the one key that is another but for one of its parts: a search and replace too many makes
// offsets.topic.default.replication.factor, and unclean.leader.election lacks its end.
func partAway(key string, candidates []string) string {
	const least = 2 // parts that both have; one says too little
	parts := 1 + strings.Count(key, ".")
	if parts > least {
		if i := slices.IndexFunc(candidates, func(candidate string) bool { return hasPartMore(key, candidate) }); i >= 0 {
			return candidates[i]
		}
	}
	if parts < least {
		return ""
	}
	return only(candidates, func(candidate string) bool { return hasPartMore(candidate, key) })
}

// only returns the one candidate that fits, and "" where two are as near.
func only(candidates []string, fits func(candidate string) bool) string {
	best := ""
	for _, candidate := range candidates {
		if !fits(candidate) {
			continue
		}
		if best != "" {
			return ""
		}
		best = candidate
	}
	return best
}

// hasPartMore reports whether long is short with one more part between its dots, in front or at the end.
func hasPartMore(long, short string) bool {
	more := len(long) - len(short)
	if more < 2 {
		return false
	}
	same := 0
	for same < len(short) && long[same] == short[same] {
		same++
	}
	if same == len(short) && long[same] == '.' && !strings.Contains(long[same+1:], ".") {
		return true
	}
	at := strings.LastIndexByte(long[:same], '.') + 1 // the part begins no later, and no earlier, or its name would be twice there
	part := long[at : at+more]
	return long[at+more:] == short[at:] && strings.IndexByte(part, '.') == more-1
}

// leftOut returns the one candidate of which s lacks a letter or two between its first and its last: listers is listeners.
func leftOut(s string, candidates []string) string {
	const least, most = 6, 2 // letters that are there, and that are not
	if len(s) < least {
		return ""
	}
	return only(candidates, func(candidate string) bool {
		more := len(candidate) - len(s)
		return more >= 1 && more <= most && candidate[0] == s[0] && candidate[len(candidate)-1] == s[len(s)-1] && within(s, candidate)
	})
}

// within reports whether long has the bytes of s in their order.
func within(s, long string) bool {
	i := 0
	for j := 0; i < len(s) && j < len(long); j++ {
		if s[i] == long[j] {
			i++
		}
	}
	return i == len(s)
}
