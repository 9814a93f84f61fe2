package kafkacfg

import (
	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/internal/rule"
)

// Replication arithmetic: numbers that Kafka takes one by one and that do not fit together.
var replicationLints = []rule.Rule[*lint]{
	{ID: "kafka-min-insync-above-replication", Severity: finding.Error, Check: minInsyncAboveReplication},
	{ID: "kafka-min-insync-equals-replication", Severity: finding.Warning, Check: minInsyncEqualsReplication},
	{ID: "kafka-min-insync-one", Severity: finding.Info, Check: minInsyncOne},
	{ID: "kafka-offsets-replication-below-min-insync", Severity: finding.Error, Check: offsetsBelowMinInsync},
	{ID: "kafka-internal-min-isr-above-replication", Severity: finding.Error, Check: internalMinISRAbove},
	{ID: "kafka-internal-min-isr-equals-replication", Severity: finding.Warning, Check: internalMinISREquals},
	{ID: "kafka-internal-topic-single-replica", Severity: finding.Warning, Check: internalTopicSingleReplica},
	{ID: "kafka-replication-above-brokers", Severity: finding.Error, Check: replicationAboveBrokers},
	{ID: "kafka-default-replication-one", Severity: finding.Warning, Check: defaultReplicationOne},
	{ID: "kafka-default-replication-not-positive", Severity: finding.Warning, Check: defaultReplicationNotPositive},
	{ID: "kafka-unclean-election", Severity: finding.Warning, Check: uncleanElection},
	{ID: "kafka-auto-create-topics", Severity: finding.Info, Check: autoCreateTopics},
}

const (
	minInsync   = "min.insync.replicas"
	replication = "default.replication.factor"
	offsetsRF   = "offsets.topic.replication.factor"
	txnRF       = "transaction.state.log.replication.factor"
	txnISR      = "transaction.state.log.min.isr"
	shareRF     = "share.coordinator.state.topic.replication.factor"
	shareISR    = "share.coordinator.state.topic.min.isr"
)

// internalTopics are the topics that brokers make for themselves; minISR is empty where the topic has the broker's
// min.insync.replicas.
var internalTopics = []struct{ name, rf, minISR string }{
	{"__consumer_offsets", offsetsRF, ""},
	{"__transaction_state", txnRF, txnISR},
	{"__share_group_state", shareRF, shareISR},
}

// No release compares them: KafkaConfig.validateValues, LogConfig.validate and the controllers look at each alone.
func minInsyncAboveReplication(c *lint, report rule.Reporter) {
	isr, ok := c.num(minInsync)
	if !ok || !c.set(minInsync) {
		return
	}
	if c.topic() {
		if rf := int64(c.replicas()); rf > 0 && isr > rf {
			report(c.pos(minInsync), minInsync, "min.insync.replicas is %d, but the topic has %s", isr, replicas(rf)).Help =
				"set min.insync.replicas to one less than the replicas"
		}
		return
	}
	rf, ok := c.num(replication)
	if !ok || !c.broker() || rf < 1 || isr <= rf {
		return
	}
	f := report(c.pos(minInsync), minInsync, "min.insync.replicas is %d, but new topics get %s", isr, replicas(rf))
	f.Label = "needs " + replicas(isr) + " in sync"
	f.Help = "set default.replication.factor=" + itoa(max(3, isr+1))
	if brokers := int64(c.brokers()); brokers > 0 && max(3, isr+1) > brokers {
		f.Help = "set min.insync.replicas=" + itoa(max(1, rf-1))
	}
	c.relate(f, replication)
}

func minInsyncEqualsReplication(c *lint, report rule.Reporter) {
	isr, ok := c.num(minInsync)
	rf, ok2 := c.num(replication)
	if c.topic() {
		rf, ok2 = int64(c.replicas()), c.replicas() > 0
	}
	if !ok || !ok2 || !c.set(minInsync) || isr != rf || rf < 2 || !c.broker() && !c.topic() {
		return
	}
	f := report(c.pos(minInsync), minInsync, "min.insync.replicas is %d, as many as the replicas: one broker down stops every write with acks=all", isr)
	f.Help = "set min.insync.replicas=" + itoa(rf-1) + ", or use more replicas"
	if brokers := int64(c.brokers()); brokers > 1 && rf > brokers {
		f.Help = "set min.insync.replicas=" + itoa(brokers-1)
	}
	if !c.topic() {
		c.relate(f, replication)
	}
}

func minInsyncOne(c *lint, report rule.Reporter) {
	isr, ok := c.num(minInsync)
	rf, ok2 := c.num(replication)
	if !ok || !ok2 || isr != 1 || rf < 3 || !c.broker() {
		return
	}
	f := report(c.pos(minInsync), minInsync, "min.insync.replicas is 1 with %s: acks=all is satisfied by the leader alone", replicas(rf))
	f.Help = "set min.insync.replicas=2"
	c.relate(f, replication)
	c.note(f, minInsync)
}

// __consumer_offsets is created with the broker's min.insync.replicas, and offset commits wait for all replicas.
func offsetsBelowMinInsync(c *lint, report rule.Reporter) {
	isr, ok := c.num(minInsync)
	rf, ok2 := c.num(offsetsRF)
	if !ok || !ok2 || !c.set(minInsync) || rf >= isr || rf < 1 || !c.broker() {
		return
	}
	pos := c.pos(offsetsRF)
	f := report(pos, offsetsRF, "offsets.topic.replication.factor is %d, below min.insync.replicas (%d): consumers cannot commit", rf, isr)
	f.Help = "set offsets.topic.replication.factor=" + itoa(max(3, isr))
	if brokers := int64(c.brokers()); brokers > 0 && max(3, isr) > brokers {
		f.Help = "use offsets.topic.replication.factor=" + itoa(brokers) + " and min.insync.replicas=" + itoa(max(1, brokers-1))
	}
	c.relate(f, minInsync)
}

func internalMinISRAbove(c *lint, report rule.Reporter) {
	for _, t := range internalTopics {
		rf, ok := c.num(t.rf)
		isr, ok2 := c.num(t.minISR)
		if !ok || !ok2 || isr <= rf || rf < 1 || !c.broker() {
			continue
		}
		key := t.minISR
		if !c.set(key) {
			key = t.rf
		}
		f := report(c.pos(key), key, "%s is %d, but %s gets %s: nothing can be written to it", t.minISR, isr, t.name, replicas(rf))
		f.Help = "set " + t.minISR + "=" + itoa(max(1, rf-1))
		c.relate(f, other(key, t.rf, t.minISR))
	}
}

func internalMinISREquals(c *lint, report rule.Reporter) {
	for _, t := range internalTopics {
		rf, ok := c.num(t.rf)
		isr, ok2 := c.num(t.minISR)
		if !ok || !ok2 || isr != rf || rf < 2 || !c.broker() {
			continue
		}
		key := t.minISR
		if !c.set(key) {
			key = t.rf
		}
		f := report(c.pos(key), key, "%s is %d, as many as the replicas of %s: one broker down stops it", t.minISR, isr, t.name)
		f.Help = "set " + t.minISR + "=" + itoa(rf-1)
		if c.brokers() == 0 || rf < int64(c.brokers()) {
			f.Help += ", or " + t.rf + "=" + itoa(rf+1)
		}
		c.relate(f, other(key, t.rf, t.minISR))
	}
}

// A single replica is right on one broker; so this speaks only where the file or the caller tells of several.
func internalTopicSingleReplica(c *lint, report rule.Reporter) {
	rf, _ := c.num(replication)
	if !c.broker() || c.brokers() == 1 || c.brokers() == 0 && (!c.set(replication) || rf < 2) {
		return
	}
	for _, t := range internalTopics {
		n, ok := c.num(t.rf)
		if !ok || n != 1 || !c.set(t.rf) {
			continue
		}
		if isr, ok := c.num(minInsync); t.rf == offsetsRF && ok && c.set(minInsync) && isr > n {
			continue // said by kafka-offsets-replication-below-min-insync, which weighs more
		}
		f := report(c.pos(t.rf), t.rf, "%s is 1: %s is lost with one broker", t.rf, t.name)
		f.Help = "set " + t.rf + "=" + itoa(max(2, min(3, max(rf, int64(c.brokers())))))
		if c.brokers() > 1 {
			f.Notes = append(f.Notes, "the cluster has "+itoa(int64(c.brokers()))+" brokers")
		} else {
			c.relate(f, replication)
		}
	}
}

func replicationAboveBrokers(c *lint, report rule.Reporter) {
	if c.brokers() == 0 || !c.broker() && !c.topic() {
		return
	}
	for _, key := range []string{replication, offsetsRF, txnRF, shareRF} {
		n, ok := c.num(key)
		if !ok || n <= int64(c.brokers()) {
			continue
		}
		f := report(c.pos(key), key, "%s is %d, more than the brokers of the cluster (%d): the topics cannot be created", key, n, c.brokers())
		f.Help = "set " + key + "=" + itoa(int64(c.brokers()))
		c.note(f, key)
	}
}

func defaultReplicationOne(c *lint, report rule.Reporter) {
	n, ok := c.num(replication)
	if !ok || n != 1 || c.brokers() < 2 || !c.broker() {
		return
	}
	f := report(c.pos(replication), replication, "default.replication.factor is 1 in a cluster of %d brokers: a topic is lost with its broker", c.brokers())
	f.Help = "set default.replication.factor=" + itoa(int64(min(3, c.brokers())))
	c.note(f, replication)
}

func defaultReplicationNotPositive(c *lint, report rule.Reporter) {
	n, ok := c.num(replication)
	if !ok || n > 0 || !c.broker() {
		return
	}
	report(c.pos(replication), replication, "default.replication.factor is %d: topics that do not ask for a number of replicas cannot be created", n).
		Help = "set default.replication.factor=3, or 1 on a single broker"
}

func uncleanElection(c *lint, report rule.Reporter) {
	const key = "unclean.leader.election.enable"
	if c.set(key) && c.isTrue(key) && (c.broker() || c.topic()) {
		report(c.pos(key), key, "unclean.leader.election.enable is true: a replica that lags may become leader and drop acknowledged records").
			Help = "remove the line, or set it for the topics alone that prefer availability"
	}
}

func autoCreateTopics(c *lint, report rule.Reporter) {
	const key = "auto.create.topics.enable"
	if !c.broker() || !c.isTrue(key) {
		return
	}
	f := report(c.pos(key), key, "auto.create.topics.enable is true: a misspelt topic name makes a new topic")
	f.Help = "set auto.create.topics.enable=false where topics are made on purpose"
	c.note(f, key)
}
