package kafkacfg

import (
	"slices"
	"strings"
	"sync"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/internal/rule"
)

// What the constructors of the clients check beyond their configuration: KafkaProducer, KafkaConsumer, KafkaAdminClient.
// Names that no server resolves, key stores and JAAS are not among it: they are not in the file.
var clientStartRules = []rule.Rule[*Config]{
	{ID: "kafka-bootstrap-servers", Severity: finding.Error, Stage: finding.Start, Check: bootstrapServers},
	{ID: "kafka-client-plugin", Severity: finding.Error, Stage: finding.Start, Check: clientPlugins},
	{ID: "kafka-client-protocol-unknown", Severity: finding.Error, Stage: finding.Start, In: "..3.2", Check: clientProtocol},
}

var producerStartRules = []rule.Rule[*Config]{
	{ID: "kafka-producer-delivery-timeout-short", Severity: finding.Error, Stage: finding.Start, Check: deliveryTimeout},
	{ID: "kafka-producer-idempotence", Severity: finding.Error, Stage: finding.Start, In: "..3.0.0 3.1.0", Check: idempotenceInFlight},
	{ID: "kafka-producer-compression-type", Severity: finding.Error, Stage: finding.Start, In: "..3.2", Check: producerCompression},
}

var consumerStartRules = []rule.Rule[*Config]{
	{ID: "kafka-consumer-commit-without-group", Severity: finding.Error, Stage: finding.Start, In: "..3.6", Check: commitWithoutGroup},
	{ID: "kafka-consumer-heartbeat-long", Severity: finding.Error, Stage: finding.Start, Check: heartbeatLong},
	{ID: "kafka-consumer-instance-id", Severity: finding.Error, Stage: finding.Start, Check: instanceIDStart},
}

var adminStartRules = []rule.Rule[*Config]{
	{ID: "kafka-admin-bootstrap", Severity: finding.Error, Stage: finding.Start, In: "3.7..", Check: adminBootstrap},
	{ID: "kafka-admin-api-timeout-short", Severity: finding.Error, Stage: finding.Start, Check: adminTimeout},
}

const (
	bootstrapKey   = "bootstrap.servers"
	controllersURL = "bootstrap.controllers"
)

// ClientUtils.parseAndValidateAddresses.
func bootstrapServers(c *Config, report rule.Reporter) {
	key := bootstrapKey
	if c.defined(controllersURL) && len(c.list(controllersURL)) > 0 && len(c.list(bootstrapKey)) == 0 {
		key = controllersURL
	} else if c.Kind == Admin && c.defined(controllersURL) && len(c.list(bootstrapKey)) == 0 {
		return // the other rule speaks
	}
	some := false
	for _, s := range listSpans(c.text(key)) {
		if s.text == "" {
			continue
		}
		some = true
		host, port, ok := hostPort(s.text, strictHosts(c.Release))
		if !ok || port > 65535 || host == "" && c.text(key) == "" {
			f := report(c.posOf(key, s.from, s.to), key, "%s has %s, which is no HOST:PORT", key, quoted(s.text))
			f.Help = "write the port too, such as " + strings.TrimSuffix(s.text, ":") + ":9092"
		}
	}
	if !some && (c.set(key) || !c.completed()) {
		report(c.Pos(key), key, "%s is %s; a client needs an address to begin with", key, c.show(key)).Help = requiredHelp()[bootstrapKey]
	}
}

// clientPlugins are the keys from which the constructors make objects, with the type that they ask for.
var clientPluginKeys = sync.OnceValue(func() map[Kind][]struct{ key, typ string } {
	return map[Kind][]struct{ key, typ string }{
		Producer: {{"key.serializer", "serializer"}, {"value.serializer", "serializer"}, {"partitioner.class", "partitioner"},
			{"interceptor.classes", "producer-interceptor"}, {"metric.reporters", "reporter"}},
		Consumer: {{"key.deserializer", "deserializer"}, {"value.deserializer", "deserializer"}, {"partition.assignment.strategy", "consumer-assignor"},
			{"interceptor.classes", "consumer-interceptor"}, {"metric.reporters", "reporter"}},
		Admin: {{"metric.reporters", "reporter"}},
	}
})

func clientPlugins(c *Config, report rule.Reporter) {
	for _, p := range clientPluginKeys()[c.Kind] {
		if !c.set(p.key) || !c.readable(p.key) {
			continue
		}
		list := c.list(p.key)
		if c.lookup(p.key).field.typ == Class {
			list = []string{c.text(p.key)}
		}
		for _, name := range list {
			if c.implements(p.key, name, p.typ) == no || c.instance(name) == no {
				report(c.Pos(p.key), p.key, "%s is %s, which is no %s of which an object can be made", p.key, quoted(name), strings.ReplaceAll(p.typ, "-", " "))
			}
		}
	}
}

func clientProtocol(c *Config, report rule.Reporter) {
	const key = "security.protocol"
	if !isProtocol(upper(c.text(key))) {
		report(c.Pos(key), key, "%s is %s; the protocols are PLAINTEXT, SSL, SASL_PLAINTEXT and SASL_SSL", key, c.show(key))
	}
}

// KafkaProducer.configureDeliveryTimeout.
func deliveryTimeout(c *Config, report rule.Reporter) {
	const delivery, linger, request, most = "delivery.timeout.ms", "linger.ms", "request.timeout.ms", 1<<31 - 1
	if least := min(c.int(linger)+c.int(request), most); c.set(delivery) && c.int(delivery) < least {
		f := report(c.Pos(delivery), delivery, "%s is %d, less than %s and %s together (%d)", delivery, c.int(delivery), linger, request, least)
		f.Help = "set delivery.timeout.ms=120000, the default, or lower request.timeout.ms"
		if least > 120_000 {
			f.Help = "set delivery.timeout.ms=" + itoa(least) + " or more"
		}
		c.with(f, linger, request)
	}
}

func idempotenceInFlight(c *Config, report rule.Reporter) {
	switch {
	case c.set(idempotenceKey) && c.bool(idempotenceKey):
		c.needs(report, idempotenceKey, false, false, true)
	case c.set(transactionKey) && !c.set(idempotenceKey):
		c.needs(report, transactionKey, false, false, true)
	}
}

func producerCompression(c *Config, report rule.Reporter) {
	const key = "compression.type"
	if known := []string{"none", "gzip", "snappy", "lz4", "zstd"}; !slices.Contains(known, c.text(key)) {
		report(c.Pos(key), key, "%s is %s; it is one of %s", key, c.show(key), strings.Join(known, ", "))
	}
}

// Heartbeat's constructor, which only a member of a group runs.
func heartbeatLong(c *Config, report rule.Reporter) {
	const heartbeat, session = "heartbeat.interval.ms", "session.timeout.ms"
	if c.null(groupKey) || c.defined("group.protocol") && !strings.EqualFold(c.text("group.protocol"), "classic") {
		return
	}
	if n := c.int(heartbeat); n < 0 {
		report(c.Pos(heartbeat), heartbeat, "%s is %d; the least is 0", heartbeat, n)
		return
	}
	if c.int(heartbeat) >= c.int(session) {
		c.with(report(c.Pos(heartbeat), heartbeat, "%s is %d; it has to be less than %s (%d)", heartbeat, c.int(heartbeat), session, c.int(session)), session)
	}
}

func instanceIDStart(c *Config, report rule.Reporter) {
	const key = "group.instance.id"
	if c.null(key) || legalInstanceID(c.text(key)) {
		return
	}
	if c.text("client.id") != "" || !c.since("2.6.0") { // else the configuration has refused
		report(c.Pos(key), key, "%s is %s; it has 1 to %d letters, digits, dots, underscores and hyphens", key, c.show(key), mostInstanceID)
	}
}

// AdminBootstrapAddresses.fromConfig.
func adminBootstrap(c *Config, report rule.Reporter) {
	servers, controllers := len(c.list(bootstrapKey)) > 0, len(c.list(controllersURL)) > 0
	switch {
	case servers && controllers:
		f := report(c.Pos(controllersURL), controllersURL, "%s and %s are both set; only one of them may be", controllersURL, bootstrapKey)
		f.Help = "remove bootstrap.controllers, unless the client is to ask the controllers alone"
		c.with(f, bootstrapKey)
	case !servers && !controllers && (!c.completed() || c.set(bootstrapKey) || c.set(controllersURL)):
		f := report(c.Pos(bootstrapKey), bootstrapKey, "%s and %s are both empty; an admin client needs one of them", bootstrapKey, controllersURL)
		f.Help = requiredHelp()[bootstrapKey]
		c.with(f, controllersURL)
	}
}

// KafkaAdminClient.configureDefaultApiTimeoutMs.
func adminTimeout(c *Config, report rule.Reporter) {
	const api, request = "default.api.timeout.ms", "request.timeout.ms"
	if c.set(api) && c.int(api) < c.int(request) {
		f := report(c.Pos(api), api, "%s is %d, less than %s (%d)", api, c.int(api), request, c.int(request))
		f.Help = "set " + api + "=" + itoa(c.int(request)) + " or more"
		c.with(f, request)
	}
}
