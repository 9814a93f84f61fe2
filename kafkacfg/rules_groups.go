package kafkacfg

import (
	"strings"
	"sync"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/internal/rule"
)

var groupRules = []rule.Rule[*Config]{
	{ID: "kafka-rebalance-protocol-classic", Severity: finding.Error, Stage: finding.Config, In: "3.7..", Check: protocolClassic},
	{ID: "kafka-rebalance-protocol-zookeeper", Severity: finding.Error, Stage: finding.Config, In: "3.8..3.9", Check: protocolZooKeeper},
	{ID: "kafka-group-limits", Severity: finding.Error, Stage: finding.Config, In: "3.5..", Check: groupLimits},
	{ID: "kafka-group-heartbeat-long", Severity: finding.Error, Stage: finding.Config, In: "4.0..", Check: groupHeartbeat},
	{ID: "kafka-group-assignor", Severity: finding.Error, Stage: finding.Config, In: "3.6..", Check: groupAssignors},
	{ID: "kafka-share-group-one-assignor", Severity: finding.Error, Stage: finding.Config, In: "4.1..", Check: oneShareAssignor},
	{ID: "kafka-share-snapshot-updates", Severity: finding.Error, Stage: finding.Config, In: "4.0..4.2", Check: shareSnapshot},
	{ID: "kafka-rack-tags-twice", Severity: finding.Error, Stage: finding.Config, In: "4.4..", Check: rackTags},
}

const protocolsKey = "group.coordinator.rebalance.protocols"

func protocolClassic(c *Config, report rule.Reporter) {
	for _, p := range c.list(protocolsKey) {
		if p == "classic" {
			return
		}
	}
	report(c.Pos(protocolsKey), protocolsKey, "%s is %s; it needs classic", protocolsKey, c.show(protocolsKey))
}

func protocolZooKeeper(c *Config, report rule.Reporter) {
	if c.kraft() {
		return
	}
	for _, s := range listSpans(c.text(protocolsKey)) {
		if s.text == "consumer" {
			f := report(c.posOf(protocolsKey, s.from, s.to), protocolsKey, "%s has consumer, which needs KRaft", protocolsKey)
			c.with(f, rolesKey)
		}
	}
}

// limits are keys that bound another: least <= value <= most. A bound may be missing.
type limits struct {
	least, value, most string
	since              Release
}

var groupLimitRows = sync.OnceValue(func() []limits {
	between := func(prefix, name string, since Release) limits {
		return limits{prefix + "min." + name, prefix + name, prefix + "max." + name, since}
	}
	return []limits{
		between("group.consumer.", "heartbeat.interval.ms", "3.5.0"),
		between("group.consumer.", "session.timeout.ms", "3.5.0"),
		between("group.consumer.", "assignment.interval.ms", "4.3.0"),
		between("group.share.", "heartbeat.interval.ms", "3.9.0"),
		between("group.share.", "session.timeout.ms", "3.9.0"),
		between("group.share.", "record.lock.duration.ms", "3.9.0"),
		between("group.share.", "delivery.count.limit", "4.3.0"),
		between("group.share.", "partition.max.record.locks", "4.3.0"),
		between("group.share.", "assignment.interval.ms", "4.3.0"),
		{value: "group.share.max.size", most: "group.share.max.share.sessions", since: "4.1.0"},
		between("group.streams.", "heartbeat.interval.ms", "4.1.0"),
		between("group.streams.", "session.timeout.ms", "4.1.0"),
		between("group.streams.", "assignment.interval.ms", "4.3.0"),
		{value: "group.streams.num.standby.replicas", most: "group.streams.max.standby.replicas", since: "4.1.0"},
		{value: "group.streams.num.warmup.replicas", most: "group.streams.max.warmup.replicas", since: "4.4.0"},
		{least: "group.streams.min.task.offset.interval.ms", value: "group.streams.task.offset.interval.ms", since: "4.4.0"},
	}
})

// GroupCoordinatorConfig and ShareGroupConfig, which are made for controllers too.
func groupLimits(c *Config, report rule.Reporter) {
	var low, high [3]string
	for _, l := range groupLimitRows() {
		if !c.since(l.since) {
			continue
		}
		low = [3]string{l.least, l.value, l.least}
		high = [3]string{l.value, l.most, l.most}
		broken := false
		for i := range low {
			if broken && i == 2 || !c.readable(low[i]) || !c.readable(high[i]) || c.int(low[i]) <= c.int(high[i]) {
				continue
			}
			broken = true
			reportLimit(c, report, low[i], high[i])
		}
	}
}

// readable reports whether a release defines a key and its value could be read.
func (c *Config) readable(key string) bool {
	v := c.lookup(key)
	return c.defined(key) && (v == nil || !v.bad && !v.unknown)
}

// reportLimit says that low is above high, from the side of the key that the file sets.
func reportLimit(c *Config, report rule.Reporter, low, high string) {
	if !c.set(low) && c.set(high) {
		f := report(c.Pos(high), high, "%s is %d, less than %s (%d)", high, c.int(high), low, c.int(low))
		f.Help = "set " + high + "=" + itoa(c.int(low)) + " or more, or lower " + low
		c.with(f, low)
		return
	}
	f := report(c.Pos(low), low, "%s is %d, more than %s (%d)", low, c.int(low), high, c.int(high))
	f.Help = "set " + low + "=" + itoa(c.int(high)) + " or less, or raise " + high
	c.with(f, high)
}

func groupHeartbeat(c *Config, report rule.Reporter) {
	for _, prefix := range []string{"group.consumer.", "group.share.", "group.streams."} {
		heartbeat, session := prefix+"heartbeat.interval.ms", prefix+"session.timeout.ms"
		if c.readable(heartbeat) && c.readable(session) && c.int(heartbeat) >= c.int(session) {
			f := report(c.Pos(heartbeat), heartbeat, "%s is %d; it has to be less than %s (%d)", heartbeat, c.int(heartbeat), session, c.int(session))
			f.Help = "set " + session + " to three times " + heartbeat + " or more, or lower the latter"
			c.with(f, session)
		}
	}
}

// assignorKeys are lists of built-in names and class names that the release makes objects of while it reads them.
var assignorKeys = []struct {
	key, typ string
	builtIn  []string
	since    Release // of the names
}{
	{"group.consumer.assignors", "assignor", []string{"uniform", "range"}, "4.0.0"},
	{"group.share.assignors", "share-assignor", []string{"simple"}, "4.1.0"},
	{"group.streams.assignors", "task-assignor", []string{"sticky"}, "4.4.0"},
}

func groupAssignors(c *Config, report rule.Reporter) {
	for _, a := range assignorKeys {
		if !c.readable(a.key) || !c.set(a.key) {
			continue
		}
		names := map[string]string{}
		for _, s := range listSpans(c.text(a.key)) {
			if c.text(a.key) == "" {
				break
			}
			name := s.text
			if !c.isBuiltIn(a.builtIn, a.since, name) && (c.implements(a.key, name, a.typ) == no || c.instance(name) == no) {
				f := report(c.posOf(a.key, s.from, s.to), a.key, "%s has %s, which is no assignor", a.key, quoted(name))
				if c.since(a.since) {
					f.Help = "the built-in ones are " + strings.Join(a.builtIn, " and ")
				}
				continue
			}
			short := builtInName(name)
			if before, twice := names[short]; twice && before != name && c.since("4.4.0") {
				report(c.posOf(a.key, s.from, s.to), a.key, "%s has %s and %s, which are the same assignor", a.key, before, name)
			}
			names[short] = name
		}
	}
}

func (c *Config) isBuiltIn(builtIn []string, since Release, name string) bool {
	for _, b := range builtIn {
		if b == name && c.since(since) {
			return true
		}
	}
	return false
}

// builtInName is the name by which an assignor class of Kafka's own goes.
func builtInName(class string) string {
	const prefix = "org.apache.kafka.coordinator.group."
	name, ok := strings.CutPrefix(class, prefix)
	if !ok {
		return class
	}
	name = strings.ToLower(strings.TrimSuffix(name[strings.LastIndexByte(name, '.')+1:], "Assignor"))
	return name
}

func oneShareAssignor(c *Config, report rule.Reporter) {
	const key = "group.share.assignors"
	if list := c.list(key); len(list) > 1 || len(list) == 0 && !c.since("4.2.0") {
		report(c.Pos(key), key, "%s has %d assignors; it takes exactly one", key, len(list))
	}
}

func shareSnapshot(c *Config, report rule.Reporter) {
	const key = "share.coordinator.snapshot.update.records.per.snapshot"
	if n := c.int(key); n < 0 || n > 500 {
		report(c.Pos(key), key, "%s is %d; it lies between 0 and 500", key, n)
	}
}

// The tags are compared as written: this list does not lose its duplicates before the check.
func rackTags(c *Config, report rule.Reporter) {
	const key = "group.streams.rack.aware.assignment.tags"
	if list := parseList(c.text(key)); len(distinct(list)) != len(list) {
		report(c.Pos(key), key, "%s names a tag twice", key)
	}
}
