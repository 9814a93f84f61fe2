package kafkacfg

import (
	"slices"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/internal/rule"
)

// What LogManager demands of the defaults for topics before it opens a directory. A controller has none.
var logStageRules = []rule.Rule[*Config]{
	{ID: "kafka-topic-default", Severity: finding.Error, Stage: finding.Log, Check: topicDefaults},
	{ID: "kafka-compaction-lag-order", Severity: finding.Error, Stage: finding.Log, Check: brokerCompactionLag},
	{ID: "kafka-local-retention-above-total", Severity: finding.Error, Stage: finding.Log, In: "3.6..", Check: localRetention},
}

// unitMillis is the unit of a key that is not in milliseconds, in milliseconds; 0 for every other key.
func unitMillis(key string) int64 {
	switch key {
	case "log.roll.hours", "log.roll.jitter.hours", "log.retention.hours":
		return 3_600_000
	case "log.retention.minutes":
		return 60_000
	}
	return 0
}

// flushMs is the one default that is not the broker's key of the same meaning: it falls back to the scheduler's interval.
const flushMs, flushIntervalMs, flushSchedulerMs = "flush.ms", "log.flush.interval.ms", "log.flush.scheduler.interval.ms"

// brokerKeyOf returns the broker's key from which a topic's default comes: the first that has a value.
func (c *Config) brokerKeyOf(topicKey string, synonyms []string) string {
	if topicKey == flushMs {
		return c.first(flushIntervalMs, flushSchedulerMs)
	}
	known := make([]string, 0, len(synonyms))
	for _, s := range synonyms {
		if c.defined(s) {
			known = append(known, s)
		}
	}
	if len(known) == 0 {
		return ""
	}
	return c.first(known...)
}

// topicDefaults applies the checks of topic keys to the broker's values for them.
func topicDefaults(c *Config, report rule.Reporter) {
	if !c.isBroker() {
		return
	}
	for _, d := range c.schema.topicDefaults(c.Release) {
		if !slices.ContainsFunc(d.from, c.setField) {
			continue // the release accepts its own defaults
		}
		key := c.brokerKeyOf(d.field.name, d.keys)
		if key == "" || !c.readable(key) {
			continue
		}
		text := c.text(key)
		v := &value{field: d.field, text: text}
		if from := c.schema.field(key); from.typ != d.field.typ || unitMillis(key) != 0 {
			v.n, v.d = c.int(key), float64(c.int(key))
			if unit := unitMillis(key); unit != 0 {
				v.n *= unit
				v.d = float64(v.n)
			}
		} else if c.schema.parse(v) != nil {
			continue
		}
		if d.field.name == "retention.ms" && v.n < 0 {
			v.n, v.d = -1, -1
		}
		if problem := c.check(v); problem.id != "" {
			report(c.Pos(key), key, "%s %s (it is %s of new topics)", key, problem.text, d.field.name)
		}
	}
}

// topicDefault is a topic's key whose default comes from the broker's configuration.
type topicDefault struct {
	field *field
	keys  []string
	from  []*field // those of keys that the broker defines
}

// topicDefaults returns the topics' keys that a broker's configuration decides and that have a check.
func (s *schema) topicDefaults(r Release) []topicDefault {
	s.defaultsOnce.Do(func() {
		for key := range Keys(r, Topic) {
			if len(key.Synonyms) == 0 || key.Valid == nil {
				continue
			}
			keys := key.Synonyms
			if key.Name == flushMs {
				keys = []string{flushIntervalMs, flushSchedulerMs}
			}
			f := &field{name: key.Name, typ: key.Type, valid: key.Valid}
			f.least, f.most = bounds(key.Valid)
			d := topicDefault{field: f, keys: keys}
			for _, name := range keys {
				if from := s.field(name); from != nil {
					d.from = append(d.from, from)
				}
			}
			s.defaults = append(s.defaults, d)
		}
	})
	return s.defaults
}

const (
	minLagKey = "log.cleaner.min.compaction.lag.ms"
	maxLagKey = "log.cleaner.max.compaction.lag.ms"
)

// LogConfig.validateValues.
func brokerCompactionLag(c *Config, report rule.Reporter) {
	if c.isBroker() && c.int(minLagKey) > c.int(maxLagKey) {
		reportLimit(c, report, minLagKey, maxLagKey)
	}
}

// LogConfig.validateRemoteStorageRetentionSize and validateRemoteStorageRetentionTime: -2 inherits, -1 is without end.
func localRetention(c *Config, report rule.Reporter) {
	const enable = "remote.log.storage.system.enable"
	if !c.isBroker() || !c.bool(enable) {
		return
	}
	bytes, local := c.int("log.retention.bytes"), c.int("log.local.retention.bytes")
	if bytes > -1 && local != -2 && (local == -1 || local > bytes) {
		c.with(report(c.Pos("log.local.retention.bytes"), "log.local.retention.bytes", "%s is %d, more than %s (%d)", "log.local.retention.bytes", local, "log.retention.bytes", bytes), "log.retention.bytes", enable).
			Help = "remove log.local.retention.bytes, which then is log.retention.bytes, or set it below"
	}
	key := c.first("log.retention.ms", "log.retention.minutes", "log.retention.hours")
	total := c.int(key)
	if unit := unitMillis(key); unit != 0 {
		total *= unit
	}
	total = max(total, -1)
	const localMs = "log.local.retention.ms"
	if ms := c.int(localMs); total != -1 && ms != -2 && (ms == -1 || ms > total) {
		c.with(report(c.Pos(localMs), localMs, "%s is %d, more than the %d of %s", localMs, ms, total, key), key, enable).
			Help = "remove log.local.retention.ms, which then is " + key + ", or set it below"
	}
}
