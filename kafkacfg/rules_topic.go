package kafkacfg

import (
	"slices"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/internal/nearest"
	"github.com/kcfg/kcfg/internal/rule"
)

var topicRules = []rule.Rule[*Config]{
	{ID: "kafka-topic-key-unknown", Severity: finding.Error, Stage: finding.Config, Check: topicKeyUnknown},
	{ID: "kafka-compaction-lag-order", Severity: finding.Error, Stage: finding.Config, Check: topicCompactionLag},
}

// LogConfig.validateNames: unlike brokers, topics refuse what they do not know.
func topicKeyUnknown(c *Config, report rule.Reporter) {
	c.askMore()
	for e := range c.File.Effective() {
		if !c.defined(e.Key) {
			report(e.KeyPos(), e.Key, "%s is no configuration of a topic in %s", quoted(e.Key), c.Release).Help = c.topicKeyHelp(e.Key)
		}
	}
}

// topicKeyHelp finds the topic's key that was meant: by the broker's key of the same meaning, or a like spelling.
func (c *Config) topicKeyHelp(key string) string {
	var names []string
	for k := range Keys(c.Release, Topic) {
		names = append(names, k.Name)
		if slices.Contains(k.Synonyms, key) {
			return "a topic's key for it is " + k.Name
		}
	}
	if best := nearest.Key(key, names); best != "" {
		return "did you mean " + best
	}
	return "remove the line"
}

func topicCompactionLag(c *Config, report rule.Reporter) {
	const least, most = "min.compaction.lag.ms", "max.compaction.lag.ms"
	if c.int(least) > c.int(most) {
		reportLimit(c, report, least, most)
	}
}
