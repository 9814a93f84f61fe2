package kafkacfg

import (
	"slices"
	"strings"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/internal/plural"
	"github.com/kcfg/kcfg/internal/rule"
)

var logRules = []rule.Rule[*Config]{
	{ID: "kafka-log-dirs-empty", Severity: finding.Error, Stage: finding.Config, Check: logDirsEmpty},
	{ID: "kafka-log-roll-too-short", Severity: finding.Error, Stage: finding.Config, Check: logRoll},
	{ID: "kafka-log-retention-zero", Severity: finding.Error, Stage: finding.Config, Check: retentionZero},
	{ID: "kafka-cleaner-threads-zero", Severity: finding.Error, Stage: finding.Config, Check: cleanerThreads},
	{ID: "kafka-cleaner-buffer-small", Severity: finding.Error, Stage: finding.Config, Check: cleanerBuffer},
	{ID: "kafka-compression-type-unknown", Severity: finding.Error, Stage: finding.Config, In: "..3.2", Check: compressionUnknown},
	{ID: "kafka-cordoned-log-dir-unknown", Severity: finding.Error, Stage: finding.Config, In: "4.3..", Check: cordoned},
	{ID: "kafka-tiered-storage-log-dirs", Severity: finding.Error, Stage: finding.Config, In: "3.6..3.7", Check: tieredDirs},
}

func logDirsEmpty(c *Config, report rule.Reporter) {
	dirs, key := c.logDirs()
	if len(dirs) > 0 {
		return
	}
	f := report(c.Pos(key), key, "%s names no directory", key)
	if key == logDirsKey && c.set(logDirKey) {
		f.Help = "remove the line, so that log.dir counts"
	}
	c.with(f, logDirKey)
}

// first returns the first of the keys that has a value: they overrule each other in this order.
func (c *Config) first(keys ...string) string {
	for _, key := range keys {
		if !c.null(key) {
			return key
		}
	}
	return keys[len(keys)-1]
}

func logRoll(c *Config, report rule.Reporter) {
	const hours = "log.roll.hours"
	if key := c.first("log.roll.ms", hours); c.int(key) < 1 {
		f := report(c.Pos(key), key, "%s is %d; the least is 1", key, c.int(key))
		f.Help = c.defaultHelp(hours)
		if key != hours {
			f.Help = "correct the value, or remove the line: " + hours + " then counts, which is 168 unless set"
		}
	}
	if key := c.first("log.roll.jitter.ms", "log.roll.jitter.hours"); c.int(key) < 0 {
		report(c.Pos(key), key, "%s is %d; the least is 0", key, c.int(key)).Help = "set " + key + "=0, or remove the line"
	}
}

func retentionZero(c *Config, report rule.Reporter) {
	const hours = "log.retention.hours"
	if key := c.first("log.retention.ms", "log.retention.minutes", hours); c.int(key) == 0 {
		f := report(c.Pos(key), key, "%s is 0; the least is 1, and -1 keeps everything", key)
		if key != hours {
			c.with(f, hours)
		}
	}
}

const (
	cleanerThreadsKey = "log.cleaner.threads"
	cleanerBufferKey  = "log.cleaner.dedupe.buffer.size"
)

func cleanerThreads(c *Config, report rule.Reporter) {
	if c.int(cleanerThreadsKey) == 0 {
		f := report(c.Pos(cleanerThreadsKey), cleanerThreadsKey, "%s is 0, by which Kafka divides, even with log.cleaner.enable=false", cleanerThreadsKey)
		f.Help = "set log.cleaner.threads=1"
	}
}

func cleanerBuffer(c *Config, report rule.Reporter) {
	const least = 1 << 20
	threads, size := c.int(cleanerThreadsKey), c.int(cleanerBufferKey)
	if threads != 0 && size/threads <= least {
		f := report(c.Pos(cleanerBufferKey), cleanerBufferKey, "%s is %d, for each of %s %d; it has to be more than %d each", cleanerBufferKey, size, plural.Of(int(threads), "thread"), size/threads, least)
		f.Help = "set " + cleanerThreadsKey + "=1, the default, or raise the buffer"
		if threads == 1 {
			f.Help = "set " + cleanerBufferKey + "=134217728, the default"
		}
		c.with(f, cleanerThreadsKey)
	}
}

// BrokerCompressionCodec.isValid looks at the name in small letters; the case matters only at stage log.
func compressionUnknown(c *Config, report rule.Reporter) {
	const key = "compression.type"
	known := []string{"uncompressed", "zstd", "lz4", "snappy", "gzip", "producer"}
	if !slices.Contains(known, strings.ToLower(c.text(key))) {
		report(c.Pos(key), key, "%s is %s; it is one of %s", key, c.show(key), strings.Join(known, ", "))
	}
}

// KafkaConfig.validateCordonedLogDirs.
func cordoned(c *Config, report rule.Reporter) {
	const key = "cordoned.log.dirs"
	if broker, _ := c.roles(); !broker {
		return
	}
	list := c.list(key)
	if slices.Contains(list, "*") {
		if len(list) > 1 {
			report(c.Pos(key), key, "%s has * and others; * stands alone", key)
		}
		return
	}
	dirs, dirsKey := c.logDirs()
	known := nameSet{list: dirs}
	for _, d := range list {
		if !known.has(d) {
			c.with(report(c.Pos(key), key, "%s names %s, which %s lacks", key, quoted(d), dirsKey), dirsKey)
		}
	}
}

func tieredDirs(c *Config, report rule.Reporter) {
	const key = "remote.log.storage.system.enable"
	if dirs, dirsKey := c.logDirs(); c.bool(key) && len(dirs) > 1 {
		c.with(report(c.Pos(key), key, "%s is true, but %s names %d directories; tiered storage takes one", key, dirsKey, len(dirs)), dirsKey)
	}
}
