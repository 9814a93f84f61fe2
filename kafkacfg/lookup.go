package kafkacfg

import (
	"slices"
	"strings"
	"sync"

	"github.com/kcfg/kcfg/internal/rule"
)

// LookupKey returns the definition of a key in a release. A name with a prefix that the kind knows gives the definition
// of the key behind it, with Prefix set and Kind saying what defines it: listener.name.<listener>.<key> and
// listener.name.<listener>.<mechanism>.<key> of a broker, producer.<key> of a Connect worker, <cluster>.<key> of
// MirrorMaker. It reports false for a key that the release does not define: Kafka accepts such a key and ignores it.
func LookupKey(r Release, k Kind, name string) (ConfigKey, bool) {
	key, prefix := lookup(r, k, name)
	if key == nil {
		return ConfigKey{}, false
	}
	found := *key
	found.Prefix = prefix
	return found, true
}

// lookup is LookupKey without a copy.
func lookup(r Release, k Kind, name string) (key *ConfigKey, prefix string) {
	if !known(k) {
		return nil, ""
	}
	if key := definitionsOf(r, k).byName[name]; key != nil {
		return key, ""
	}
	switch k {
	case Broker:
		return lookupListener(r, name)
	case MirrorMaker:
		return lookupMirror(r, name)
	}
	return lookupPrefixed(r, k, name)
}

// LookupNearest is LookupKey in a release or, where that lacks the key, in the nearest one that has it, which it returns:
// the older ones come first, from the newest down, then the newer ones. It leaves out what a kind only hands on, such as
// a consumer's keys in the configuration of Streams, unless they have a prefix.
func LookupNearest(r Release, k Kind, name string) (ConfigKey, Release, bool) {
	all := releases()
	i := slices.Index(all, r)
	if i < 0 || !mayKnow(k, name) {
		return ConfigKey{}, "", false
	}
	nearest := slices.Clone(all[:i+1])
	slices.Reverse(nearest)
	for _, at := range append(nearest, all[i+1:]...) {
		if key, ok := LookupKey(at, k, name); ok && (key.Kind == k || key.Prefix != "") {
			return key, at, true
		}
	}
	return ConfigKey{}, "", false
}

// mayKnow reports whether any release could know a key of a kind: by its name, or by what is behind one of the dots in it.
func mayKnow(k Kind, name string) bool {
	if !known(k) {
		return false
	}
	if history(k).Mentions(name) {
		return true
	}
	behind, from := []Kind{k}, k
	if k == MirrorMaker {
		behind, from = append(behind, ConnectDistributed), ConnectDistributed
	}
	for _, p := range prefixes()[from] {
		if !slices.Contains(behind, p.kind) {
			behind = append(behind, p.kind)
		}
	}
	for _, rest, ok := strings.Cut(name, "."); ok; _, rest, ok = strings.Cut(rest, ".") {
		if slices.ContainsFunc(behind, func(k Kind) bool { return history(k).Mentions(rest) }) {
			return true
		}
	}
	return false
}

const listenerPrefix = "listener.name."

// lookupListener finds the key behind listener.name.<listener>. or, for SASL, behind the mechanism that follows. Both
// are in lower case, or else the key is one that Kafka ignores.
func lookupListener(r Release, name string) (*ConfigKey, string) {
	rest, ok := strings.CutPrefix(name, listenerPrefix)
	if !ok {
		return nil, ""
	}
	defs := definitionsOf(r, Broker).byName
	listener, rest, _ := strings.Cut(rest, ".")
	if listener == "" || listener != strings.ToLower(listener) {
		return nil, ""
	}
	if key := defs[rest]; key != nil {
		return key, name[:len(name)-len(rest)]
	}
	mechanism, rest, _ := strings.Cut(rest, ".")
	if mechanism == "" || mechanism != strings.ToLower(mechanism) {
		return nil, ""
	}
	if key := defs[rest]; key != nil && (strings.HasPrefix(rest, "sasl.") || rest == "connections.max.reauth.ms") {
		return key, name[:len(name)-len(rest)]
	}
	return nil, ""
}

// prefixed says that keys behind a prefix are those of another kind, in some releases. An empty prefix passes the other
// kind's keys on as they are.
type prefixed struct {
	prefix string
	kind   Kind
	only   string // if set, keys have to start with it
	in     rule.Spans
}

// workerPrefixes are those of Connect workers: their clients, their REST listeners, their internal topics.
var workerPrefixes = []prefixed{
	{prefix: "producer.", kind: Producer},
	{prefix: "consumer.", kind: Consumer},
	{prefix: "admin.listeners.https.", kind: ConnectDistributed, only: "ssl."},
	{prefix: "admin.", kind: Admin},
	{prefix: "listeners.https.", kind: ConnectDistributed, only: "ssl."},
}

var prefixes = sync.OnceValue(func() map[Kind][]prefixed {
	return map[Kind][]prefixed{
		ConnectStandalone: workerPrefixes,
		ConnectDistributed: append([]prefixed{
			{prefix: "offset.storage.", kind: Topic, in: "2.6.."},
			{prefix: "config.storage.", kind: Topic, in: "2.6.."},
			{prefix: "status.storage.", kind: Topic, in: "2.6.."},
		}, workerPrefixes...),
		Streams: {
			{prefix: "producer.", kind: Producer},
			{prefix: "consumer.", kind: Consumer},
			{prefix: "main.consumer.", kind: Consumer},
			{prefix: "restore.consumer.", kind: Consumer},
			{prefix: "global.consumer.", kind: Consumer},
			{prefix: "admin.", kind: Admin},
			{prefix: "topic.", kind: Topic},
			{kind: Consumer},
			{kind: Producer},
			{kind: Admin},
		},
	}
})

func lookupPrefixed(r Release, k Kind, name string) (*ConfigKey, string) {
	for _, p := range prefixes()[k] {
		rest, ok := strings.CutPrefix(name, p.prefix)
		if !ok || !strings.HasPrefix(rest, p.only) || !p.in.Contain(string(r)) {
			continue
		}
		if key := definitionsOf(r, p.kind).byName[rest]; key != nil {
			return key, p.prefix
		}
	}
	return nil, ""
}

// lookupMirror looks for what MirrorMaker passes on: the keys of a flow behind <source>-><target>., those of a cluster
// behind its alias, and without either what is meant for all of them. Each may be a connector's own key, one of the
// Connect worker that runs it, or a client's with a further prefix.
func lookupMirror(r Release, name string) (*ConfigKey, string) {
	if key, prefix := lookupPassedOn(r, name); key != nil {
		return key, prefix
	}
	_, rest, ok := strings.Cut(name, ".")
	if !ok {
		return nil, ""
	}
	alias := name[:len(name)-len(rest)]
	key := definitionsOf(r, MirrorMaker).byName[rest]
	if key != nil {
		return key, alias
	}
	key, prefix := lookupPassedOn(r, rest)
	return key, alias + prefix
}

func lookupPassedOn(r Release, name string) (*ConfigKey, string) {
	if key := definitionsOf(r, ConnectDistributed).byName[name]; key != nil {
		return key, ""
	}
	return lookupPrefixed(r, ConnectDistributed, name)
}
