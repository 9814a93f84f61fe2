package kafkacfg

import (
	"strings"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/internal/rule"
)

var clientRules = []rule.Rule[*Config]{
	{ID: "kafka-client-sasl-mechanism-missing", Severity: finding.Error, Stage: finding.Config, In: "3.3..", Check: clientMechanism},
}

var producerRules = []rule.Rule[*Config]{
	{ID: "kafka-producer-idempotence", Severity: finding.Error, Stage: finding.Config, In: "..3.0.0 3.1.0", Check: idempotenceOld},
	{ID: "kafka-producer-idempotence", Severity: finding.Error, Stage: finding.Config, In: "3.0.1..3.0.2 3.1.1..", Check: idempotence},
	{ID: "kafka-producer-transaction-without-idempotence", Severity: finding.Error, Stage: finding.Config, In: "..3.0.0 3.1.0", Check: transactionOld},
	{ID: "kafka-producer-transaction-without-idempotence", Severity: finding.Error, Stage: finding.Config, In: "3.0.1..3.0.2 3.1.1..", Check: transaction},
	{ID: "kafka-producer-two-phase-timeout", Severity: finding.Error, Stage: finding.Config, In: "4.1..", Check: twoPhase},
}

var consumerRules = []rule.Rule[*Config]{
	{ID: "kafka-consumer-commit-without-group", Severity: finding.Error, Stage: finding.Config, In: "3.7..", Check: commitWithoutGroup},
	{ID: "kafka-consumer-instance-id", Severity: finding.Error, Stage: finding.Config, In: "2.6..", Check: instanceID},
	{ID: "kafka-consumer-protocol-unsupported", Severity: finding.Error, Stage: finding.Config, In: "3.9..", Check: protocolUnsupported},
}

// CommonClientConfigs.postValidateSaslMechanismConfig.
func clientMechanism(c *Config, report rule.Reporter) {
	const protocol, mechanism = "security.protocol", "sasl.mechanism"
	if c.defined(protocol) && usesSASL(upper(c.text(protocol))) && c.text(mechanism) == "" {
		c.with(report(c.Pos(mechanism), mechanism, "%s is empty, but %s is %s", mechanism, protocol, c.show(protocol)), protocol)
	}
}

const (
	acksKey        = "acks"
	retriesKey     = "retries"
	inFlightKey    = "max.in.flight.requests.per.connection"
	idempotenceKey = "enable.idempotence"
	transactionKey = "transactional.id"
)

// acks is ProducerConfig.parseAcks: all is -1.
func (c *Config) acks() (int64, bool) {
	text := c.text(acksKey)
	if strings.EqualFold(text, "all") {
		return -1, true
	}
	n, err := parseInteger(text, Short)
	return n, err == nil
}

// needs reports each setting that an idempotent producer cannot have.
func (c *Config) needs(report rule.Reporter, why string, retries, acks, inFlight bool) {
	if retries && c.int(retriesKey) == 0 {
		f := report(c.Pos(retriesKey), retriesKey, "%s is 0; an idempotent producer needs at least 1", retriesKey)
		f.Help = "remove the line, or set enable.idempotence=false"
		c.with(f, why)
	}
	if n, ok := c.acks(); acks && ok && n != -1 {
		f := report(c.Pos(acksKey), acksKey, "%s is %s; an idempotent producer needs all", acksKey, c.show(acksKey))
		f.Help = "set acks=all, or enable.idempotence=false"
		c.with(f, why)
	}
	if n := c.int(inFlightKey); inFlight && n > 5 {
		f := report(c.Pos(inFlightKey), inFlightKey, "%s is %d; an idempotent producer has at most 5", inFlightKey, n)
		f.Help = "set max.in.flight.requests.per.connection=5, or enable.idempotence=false"
		c.with(f, why)
	}
}

var shareConsumerRules = []rule.Rule[*Config]{
	{ID: "kafka-share-consumer-unsupported", Severity: finding.Error, Stage: finding.Config, In: "4.1..", Check: shareUnsupported},
}

// shareUnsupported is ShareConsumerConfig's list of consumer keys that a share consumer must not have.
func shareUnsupported(c *Config, report rule.Reporter) {
	for _, key := range []string{"auto.offset.reset", "enable.auto.commit", "group.instance.id", "isolation.level", "partition.assignment.strategy",
		"interceptor.classes", "session.timeout.ms", "heartbeat.interval.ms", "group.protocol", "group.remote.assignor"} {
		if e, ok := c.entry(key); ok {
			report(e.KeyPos(), key, "%s is set, but share consumers do not take it", key).Help = "remove the line: the group decides"
		}
	}
}

// Idempotence counts where it was asked for, or where transactions need it.
func idempotenceOld(c *Config, report rule.Reporter) {
	switch {
	case c.set(idempotenceKey) && c.bool(idempotenceKey):
		c.needs(report, idempotenceKey, true, c.set(acksKey), false)
	case c.set(transactionKey) && !c.set(idempotenceKey):
		c.needs(report, transactionKey, true, c.set(acksKey), false)
	}
}

func transactionOld(c *Config, report rule.Reporter) {
	if c.set(transactionKey) && c.set(idempotenceKey) && !c.bool(idempotenceKey) {
		f := report(c.Pos(transactionKey), transactionKey, "%s is set, but %s is false", transactionKey, idempotenceKey)
		f.Help = "set enable.idempotence=true, or remove transactional.id"
		c.with(f, idempotenceKey)
	}
}

// Idempotence that is only the default gives way to other settings, until 4.0 to the requests in flight too.
func idempotence(c *Config, report rule.Reporter) {
	if !c.bool(idempotenceKey) {
		return
	}
	asked := c.set(idempotenceKey)
	c.needs(report, idempotenceKey, asked, asked, asked || c.since("4.0.0"))
}

func transaction(c *Config, report rule.Reporter) {
	if !c.set(transactionKey) {
		return
	}
	if !c.bool(idempotenceKey) {
		f := report(c.Pos(transactionKey), transactionKey, "%s is set, but %s is false", transactionKey, idempotenceKey)
		f.Help = "set enable.idempotence=true, or remove transactional.id"
		c.with(f, idempotenceKey)
		return
	}
	if c.set(idempotenceKey) {
		return // the other rule speaks
	}
	for _, key := range []string{retriesKey, acksKey, inFlightKey} {
		n, ok := c.acks()
		if key == retriesKey && c.int(key) == 0 || key == acksKey && ok && n != -1 || key == inFlightKey && c.int(key) > 5 && !c.since("4.0.0") {
			f := report(c.Pos(key), key, "%s is %s, which switches idempotence off, but %s needs it", key, c.show(key), transactionKey)
			f.Help = "remove the line"
			c.with(f, transactionKey)
		}
	}
}

func twoPhase(c *Config, report rule.Reporter) {
	const enable, timeout = "transaction.two.phase.commit.enable", "transaction.timeout.ms"
	if c.bool(enable) && c.set(timeout) {
		c.with(report(c.Pos(timeout), timeout, "%s is set, but transactions with two-phase commit do not expire", timeout), enable)
	}
}

const (
	commitKey = "enable.auto.commit"
	groupKey  = "group.id"
)

func commitWithoutGroup(c *Config, report rule.Reporter) {
	if c.set(commitKey) && c.bool(commitKey) && c.null(groupKey) {
		c.with(report(c.Pos(commitKey), commitKey, "%s is true, but there is no %s to commit for", commitKey, groupKey), groupKey)
	}
}

// mostInstanceID is the longest name, which is that of a topic.
const mostInstanceID = 249

// legalInstanceID is JoinGroupRequest.validateGroupInstanceId.
func legalInstanceID(id string) bool {
	return id != "" && id != "." && id != ".." && len(id) <= mostInstanceID && strings.IndexFunc(id, func(r rune) bool {
		return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("._-", r))
	}) < 0
}

// instanceID is asked only where the client has no name of its own.
func instanceID(c *Config, report rule.Reporter) {
	const key = "group.instance.id"
	if !c.null(key) && c.text("client.id") == "" && !legalInstanceID(c.text(key)) {
		report(c.Pos(key), key, "%s is %s; it has 1 to %d letters, digits, dots, underscores and hyphens", key, c.show(key), mostInstanceID)
	}
}

// unsupported are the keys that a group protocol does not take, by ConsumerConfig's lists.
var unsupported = []struct {
	protocol string
	since    Release
	keys     []string
}{
	{"classic", "3.9.0", []string{"group.remote.assignor"}},
	{"consumer", "4.0.0", []string{"partition.assignment.strategy", "heartbeat.interval.ms", "session.timeout.ms"}},
	{"classic", "4.1.0", []string{"share.acknowledgement.mode"}},
	{"consumer", "4.1.0", []string{"share.acknowledgement.mode"}},
	{"classic", "4.2.0", []string{"share.acquire.mode"}},
	{"consumer", "4.2.0", []string{"share.acquire.mode"}},
}

func protocolUnsupported(c *Config, report rule.Reporter) {
	const protocol = "group.protocol"
	for _, u := range unsupported {
		if !c.since(u.since) || !strings.EqualFold(c.text(protocol), u.protocol) {
			continue
		}
		for _, key := range u.keys {
			if e, ok := c.entry(key); ok && trim(e.Value) != "" {
				c.with(report(c.Pos(key), key, "%s is set, but %s %s does not take it", key, protocol, u.protocol), protocol)
			}
		}
	}
}
