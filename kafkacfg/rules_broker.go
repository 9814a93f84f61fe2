package kafkacfg

import (
	"slices"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/internal/rule"
)

var brokerRules = []rule.Rule[*Config]{
	{ID: "kafka-fetch-wait-long", Severity: finding.Error, Stage: finding.Config, Check: fetchWaitLong},
	{ID: "kafka-offsets-commit-acks", Severity: finding.Error, Stage: finding.Config, In: "..3.9", Check: offsetsAcks},
	{ID: "kafka-topic-compression-codec", Severity: finding.Error, Stage: finding.Config, Check: topicCodec},
	{ID: "kafka-offsets-zstd-ibp", Severity: finding.Error, Stage: finding.Config, In: "..3.9", Check: offsetsZstd},
	{ID: "kafka-queued-bytes-small", Severity: finding.Error, Stage: finding.Config, Check: queuedBytes},
	{ID: "kafka-connections-per-ip-zero", Severity: finding.Error, Stage: finding.Config, Check: connectionsZero},
	{ID: "kafka-connections-overrides-syntax", Severity: finding.Error, Stage: finding.Config, Check: connectionsOverrides},
	{ID: "kafka-failed-authentication-delay-long", Severity: finding.Error, Stage: finding.Config, Check: failedDelay},
	{ID: "kafka-version-unknown", Severity: finding.Error, Stage: finding.Config, In: "..3.9", Check: versionUnknown},
	{ID: "kafka-message-format-above-ibp", Severity: finding.Error, Stage: finding.Config, In: "..3.9", Check: formatAboveIBP},
	{ID: "kafka-sasl-interbroker-ibp", Severity: finding.Error, Stage: finding.Config, In: "..3.9", Check: saslIBP},
	{ID: "kafka-sasl-interbroker-mechanism", Severity: finding.Error, Stage: finding.Config, Check: saslMechanism},
	{ID: "kafka-listener-override", Severity: finding.Error, Stage: finding.Config, Check: listenerOverride},
	{ID: "kafka-principal-builder-serde", Severity: finding.Error, Stage: finding.Config, In: "3.0..", Check: principalBuilder},
	{ID: "kafka-policy-in-kraft", Severity: finding.Error, Stage: finding.Config, In: "3.0", Check: policyInKRaft},
	{ID: "kafka-authorizer-class", Severity: finding.Error, Stage: finding.Config, In: "..3.2", Check: authorizerClass},
}

func fetchWaitLong(c *Config, report rule.Reporter) {
	const wait, socket, lag = "replica.fetch.wait.max.ms", "replica.socket.timeout.ms", "replica.lag.time.max.ms"
	for _, limit := range []string{socket, lag} {
		if c.int(wait) > c.int(limit) {
			c.with(report(c.Pos(wait), wait, "%s is %d, longer than %s (%d)", wait, c.int(wait), limit, c.int(limit)), limit)
		}
	}
}

func offsetsAcks(c *Config, report rule.Reporter) {
	const acks, factor = "offsets.commit.required.acks", "offsets.topic.replication.factor"
	if n := c.int(acks); n < -1 || n > c.int(factor) {
		c.with(report(c.Pos(acks), acks, "%s is %d; it lies between -1 and %s (%d)", acks, n, factor, c.int(factor)), factor)
	}
}

const offsetsCodecKey = "offsets.topic.compression.codec"

func topicCodec(c *Config, report rule.Reporter) {
	for _, key := range []string{offsetsCodecKey, "share.coordinator.state.topic.compression.codec"} {
		if n := c.int2(key); n < 0 || n > 4 {
			report(c.Pos(key), key, "%s is %d; the codecs are 0 (none), 1 (gzip), 2 (snappy), 3 (lz4) and 4 (zstd)", key, n)
		}
	}
}

// int2 is int for a key that not every release of the rule defines, or that could not be read; it is 0 there.
func (c *Config) int2(key string) int64 {
	if v := c.lookup(key); !c.defined(key) || v != nil && (v.bad || v.unknown) {
		return 0
	}
	return c.int(key)
}

func offsetsZstd(c *Config, report rule.Reporter) {
	if c.int(offsetsCodecKey) == 4 && c.ibp().recordVersion() < 2 {
		c.with(report(c.Pos(offsetsCodecKey), offsetsCodecKey, "%s is 4 (zstd), which %s (%s) does not know", offsetsCodecKey, ibpKey, c.show(ibpKey)), ibpKey)
	}
}

func queuedBytes(c *Config, report rule.Reporter) {
	const queued, request = "queued.max.request.bytes", "socket.request.max.bytes"
	if n := c.int(queued); n > 0 && n < c.int(request) {
		c.with(report(c.Pos(queued), queued, "%s is %d, less than %s (%d)", queued, n, request, c.int(request)), request)
	}
}

const (
	perIPKey       = "max.connections.per.ip"
	perIPOverrides = "max.connections.per.ip.overrides"
)

func connectionsZero(c *Config, report rule.Reporter) {
	if pairs, _, ok := csvMap(c.text(perIPOverrides)); c.int(perIPKey) == 0 && ok && len(pairs) == 0 {
		f := report(c.Pos(perIPKey), perIPKey, "%s is 0, and no address may connect more often", perIPKey)
		f.Help = "set " + perIPOverrides + "=ADDRESS:NUMBER"
		c.with(f, perIPOverrides)
	}
}

func connectionsOverrides(c *Config, report rule.Reporter) {
	const key = perIPOverrides
	pairs, bad, ok := csvMap(c.text(key))
	if !ok {
		report(c.Pos(key), key, "%s: the entry %s is no ADDRESS:NUMBER", key, quoted(bad))
		return
	}
	last := make(map[string]int, len(pairs)) // of two entries with the same text, the last counts
	for i, p := range pairs {
		last[p.key] = i
	}
	for i, p := range pairs {
		if last[p.key] != i {
			continue
		}
		if _, err := parseInteger(p.value, Int); err != nil {
			report(c.Pos(key), key, "%s: the number of %s is %s, %v", key, quoted(p.key), quoted(p.value), err)
		}
		if !isHost(p.key) {
			report(c.Pos(key), key, "%s: %s is no address", key, quoted(p.key))
		}
	}
}

func failedDelay(c *Config, report rule.Reporter) {
	const delay, idle = "connection.failed.authentication.delay.ms", "connections.max.idle.ms"
	if c.int(idle) >= 0 && c.int(delay) >= c.int(idle) {
		f := report(c.Pos(delay), delay, "%s is %d; it has to be less than %s (%d)", delay, c.int(delay), idle, c.int(idle))
		const usual = 100 // milliseconds, the default
		f.Help = "set " + delay + "=100, the default"
		if c.int(idle) <= usual {
			f.Help = "set " + idle + "=600000, the default"
		}
		c.with(f, idle)
	}
}

// ApiVersion and MetadataVersion: KafkaConfig parses both versions before it compares them.
func versionUnknown(c *Config, report rule.Reporter) {
	for _, key := range []string{ibpKey, formatKey} {
		v := c.lookup(key)
		if v == nil || v.bad || v.unknown {
			continue
		}
		if _, ok := parseIBP(c.Release, v.text); !ok {
			report(c.Pos(key), key, "%s is %s, which %s does not know; its newest is %s", key, c.show(key), c.Release, newestIBP(c.Release))
		}
	}
}

func formatAboveIBP(c *Config, report rule.Reporter) {
	format, ok := parseIBP(c.Release, c.text(formatKey))
	if !ok {
		return
	}
	if v := c.ibp(); format.recordVersion() > v.recordVersion() && (v < ibp3_0IV1 || !c.since("3.0.0")) {
		f := report(c.Pos(formatKey), formatKey, "%s is %s, newer than what %s (%s) can write", formatKey, c.show(formatKey), ibpKey, c.show(ibpKey))
		c.with(f, formatKey, ibpKey)
	}
}

const (
	interMechanismKey = "sasl.mechanism.inter.broker.protocol"
	mechanismsKey     = "sasl.enabled.mechanisms"
)

func saslIBP(c *Config, report rule.Reporter) {
	_, protocol := c.interBroker()
	if usesSASL(protocol) && c.ibp() < ibp0_10IV1 && c.text(interMechanismKey) != "GSSAPI" {
		c.with(report(c.Pos(interMechanismKey), interMechanismKey, "%s is %s; before 0.10 brokers know only GSSAPI", interMechanismKey, c.show(interMechanismKey)), ibpKey)
	}
}

func saslMechanism(c *Config, report rule.Reporter) {
	name, protocol := c.interBroker()
	if !usesSASL(protocol) {
		return
	}
	key := c.prefixed(name, mechanismsKey)
	enabled := c.list(mechanismsKey)
	if key != mechanismsKey {
		v := c.readPrefixed(key, c.schema.field(mechanismsKey))
		if v.bad || v.unknown {
			return
		}
		enabled = v.list
	}
	if mechanism := c.text(interMechanismKey); !slices.Contains(enabled, mechanism) {
		f := report(c.Pos(interMechanismKey), interMechanismKey, "%s is %s, which the listener %s does not enable", interMechanismKey, quoted(mechanism), name)
		switch {
		case c.set(interMechanismKey) || len(enabled) == 0:
			f.Help = "add it to " + key
		case len(enabled) == 1:
			f.Help = "set " + interMechanismKey + "=" + quoted(enabled[0])
		default:
			f.Help = "set " + interMechanismKey + " to one of " + key
		}
		if key != mechanismsKey {
			e, _ := c.entry(key)
			f.Related = append(f.Related, finding.Related{Pos: e.ValuePos(), Message: key + " enables " + quoted(e.Value)})
			return
		}
		c.with(f, mechanismsKey)
	}
}

// AbstractConfig.valuesWithPrefixOverride reads all keys of the inter-broker listener at once.
func listenerOverride(c *Config, report rule.Reporter) {
	name, protocol := c.interBroker()
	if !usesSASL(protocol) {
		return
	}
	for _, p := range c.overrides(name) {
		if v := c.readPrefixed(p.key, p.field); v.bad {
			report(v.entry.ValuePos(), p.key, "%s", c.faultOf(v).Message)
		}
	}
}

func principalBuilder(c *Config, report rule.Reporter) {
	const key = "principal.builder.class"
	if c.null(key) {
		report(c.Pos(key), key, "%s is not set", key)
		return
	}
	if !c.set(key) {
		return // the default is
	}
	if name := c.text(key); c.implements(key, name, "serde") == no {
		f := report(c.Pos(key), key, "%s is %s, which is no KafkaPrincipalSerde", key, name)
		f.Help = "let the class implement org.apache.kafka.common.security.auth.KafkaPrincipalSerde too"
	}
}

func policyInKRaft(c *Config, report rule.Reporter) {
	for _, key := range []string{"alter.config.policy.class.name", "create.topic.policy.class.name"} {
		if c.kraft() && c.set(key) {
			c.with(report(c.Pos(key), key, "%s is set, but KRaft has no such policy in this release", key), rolesKey)
		}
	}
}

// The release makes the authorizer while it reads the configuration.
func authorizerClass(c *Config, report rule.Reporter) {
	const key = "authorizer.class.name"
	name := c.text(key)
	if name == "" {
		return
	}
	if c.implements(key, name, "authorizer") == no || c.instance(name) == no {
		report(c.Pos(key), key, "%s is %s, which is no class on the class path that can be an authorizer", key, name)
	}
}
