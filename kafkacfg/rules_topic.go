package kafkacfg

import (
	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/internal/rule"
)

var topicRules = []rule.Rule[*Config]{
	{ID: "kafka-topic-key-unknown", Severity: finding.Error, Stage: finding.Config, Check: topicKeyUnknown},
	{ID: "kafka-compaction-lag-order", Severity: finding.Error, Stage: finding.Config, Check: topicCompactionLag},
}

// LogConfig.validateNames: unlike brokers, topics refuse what they do not know.
func topicKeyUnknown(c *Config, report rule.Reporter) {
	for e := range c.File.Effective() {
		if !c.defined(e.Key) {
			report(e.KeyPos(), e.Key, "%s is no configuration of a topic in %s", quoted(e.Key), c.Release)
		}
	}
}

func topicCompactionLag(c *Config, report rule.Reporter) {
	const least, most = "min.compaction.lag.ms", "max.compaction.lag.ms"
	if c.int(least) > c.int(most) {
		reportLimit(c, report, least, most)
	}
}
