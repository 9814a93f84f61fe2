package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kcfg/kcfg/internal/nearest"
	"github.com/kcfg/kcfg/kafkacfg"
	"github.com/kcfg/kcfg/zkcfg"
)

// mostHinted is how many keys a hint names.
const mostHinted = 5

// warnOfUnmatched says of each pattern that fits no key what was probably meant.
func (l *keyList) warnOfUnmatched(e *env) {
	var listed []string
	for _, r := range []kafkacfg.Release{l.release, l.since} {
		for k := range kafkacfg.Keys(r, l.kind) {
			listed = append(listed, k.Name)
		}
	}
	where := fmt.Sprintf("the kind %s in Kafka %s", l.kind, l.release)
	if l.since != "" {
		where += " or " + string(l.since)
	}
	for _, p := range unmatched(l.patterns, listed) {
		noKeyFits(e, where, p, l.meant(p, listed))
	}
}

// warnOfUnmatchedZooKeeper is warnOfUnmatched for ZooKeeper's own file.
func (l *keyList) warnOfUnmatchedZooKeeper(e *env, releases []zkcfg.Release) {
	var listed []string
	for _, r := range releases {
		for k := range zkcfg.Keys(r) {
			listed = append(listed, k.Name)
		}
	}
	for _, p := range unmatched(l.patterns, listed) {
		hint := nearestKey(p, listed, zkcfg.KeyNames(), keyNames())
		if others := fitting(p, zkcfg.KeyNames()); len(others) > 0 {
			hint = inOtherReleases(others)
		} else if kinds, names := kindsWith(p); len(kinds) > 0 {
			hint = fmt.Sprintf("these are keys of Kafka (--kind %s): %s", strings.Join(kinds, " or "), some(names, mostHinted))
		}
		noKeyFits(e, "ZooKeeper "+strings.Join(texts(releases), " or "), p, hint)
	}
}

func inOtherReleases(names []string) string {
	return fmt.Sprintf("other releases have %s; kcfg explain %s says which", some(names, mostHinted), names[0])
}

// meant says where a pattern of Kafka's keys fits something, else what is like it.
func (l *keyList) meant(pattern string, listed []string) string {
	var exact []string
	for _, k := range kafkacfg.Kinds() {
		if slices.Contains(kafkacfg.KeyNames(k), pattern) {
			exact = append(exact, string(k))
		}
	}
	if len(exact) > 0 && !slices.Contains(exact, string(l.kind)) {
		return fmt.Sprintf("--kind %s has %s", strings.Join(exact, " or "), pattern)
	}
	if others := fitting(pattern, kafkacfg.KeyNames(l.kind)); len(others) > 0 {
		return inOtherReleases(others)
	}
	if kinds, names := kindsWith(pattern); len(kinds) > 0 {
		return fmt.Sprintf("--kind %s has %s", strings.Join(kinds, " or "), some(names, mostHinted))
	}
	if names := fitting(pattern, zkcfg.KeyNames()); len(names) > 0 {
		return fmt.Sprintf("--zookeeper RELEASE has %s", some(names, mostHinted))
	}
	return nearestKey(pattern, listed, keyNames(), zkcfg.KeyNames())
}

// kindsWith returns the kinds of Kafka's files that have keys which a pattern fits, and the keys.
func kindsWith(pattern string) (kinds, names []string) {
	for _, k := range kafkacfg.Kinds() {
		if found := fitting(pattern, kafkacfg.KeyNames(k)); len(found) > 0 {
			kinds, names = append(kinds, string(k)), append(names, found...)
		}
	}
	slices.Sort(names)
	return kinds, slices.Compact(names)
}

func fitting(pattern string, names []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool { return !fitsPattern(pattern, name) })
}

// unmatched returns the patterns that fit none of the names.
func unmatched(patterns, names []string) []string {
	return slices.DeleteFunc(slices.Clone(patterns), func(p string) bool { return len(fitting(p, names)) > 0 })
}

// nearestKey looks for what a pattern was meant to be, first in the names that are nearest at hand.
func nearestKey(pattern string, names ...[]string) string {
	for _, n := range names {
		if best := nearest.Name(strings.Trim(pattern, "*"), n); best != "" {
			return fmt.Sprintf("did you mean %s?", best)
		}
	}
	return "a pattern is a part of a name, or a name with * in it; without one all keys are listed"
}

func noKeyFits(e *env, where, pattern, hint string) {
	e.Warn("no key of %s fits %q", where, pattern)
	printHint(e.Stderr, hint)
}
