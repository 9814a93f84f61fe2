package kafkacfg

import (
	"strings"
	"sync"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/internal/rule"
)

// Producers, consumers and admin clients.
var clientLints = []rule.Rule[*lint]{
	{ID: "kafka-client-security-unused", Severity: finding.Warning, Check: clientSecurityUnused},
	{ID: "kafka-connect-clients-unsecured", Severity: finding.Warning, Check: connectClientsUnsecured},
	{ID: "kafka-bootstrap-scheme", Severity: finding.Warning, Check: bootstrapScheme},
	{ID: "kafka-librdkafka-key", Severity: finding.Warning, Check: librdkafkaKey},
	{ID: "kafka-mirror-loop", Severity: finding.Warning, Check: mirrorLoop},
}

// security.protocol is PLAINTEXT unless set, and then everything below sasl. and ssl. is for nothing.
func clientSecurityUnused(c *lint, report rule.Reporter) {
	if c.node() || c.topic() || !c.defined("security.protocol") {
		return
	}
	protocol := strings.ToUpper(c.str("security.protocol"))
	if !isProtocol(protocol) {
		return // it is refused, or decided elsewhere
	}
	for _, want := range []struct {
		keys     []string
		needs    string
		provided bool
	}{
		{[]string{"sasl.jaas.config", "sasl.mechanism"}, "SASL_SSL", usesSASL(protocol)},
		{[]string{"ssl.truststore.location", "ssl.keystore.location", "ssl.truststore.certificates", "ssl.keystore.key"}, "SSL", isTLS(protocol)},
	} {
		for _, key := range want.keys {
			if want.provided || !c.set(key) || c.str(key) == "" {
				continue
			}
			f := report(c.keyPos(key), key, "%s has no effect: security.protocol is %s", key, protocol)
			f.Help = "set security.protocol=" + want.needs
			c.note(f, "security.protocol")
			if c.set("security.protocol") {
				c.relate(f, "security.protocol")
			}
			break
		}
	}
}

// Utils.getHost drops what stands before the host; security.protocol alone decides.
func bootstrapScheme(c *lint, report rule.Reporter) {
	const decides = "security.protocol"
	for _, key := range []string{bootstrapKey, controllersURL} {
		if !c.defined(key) || !c.defined(decides) {
			continue
		}
		for _, p := range c.parts(key) {
			scheme, address, ok := strings.Cut(p.text, "://")
			if !ok || isReference(p.text) || strings.EqualFold(scheme, c.str(decides)) {
				continue
			}
			f := report(p.pos(), key, "%s has %s://, which says nothing: %s is %s", key, quoted(scheme), decides, c.shown(decides))
			f.Help = "write " + finding.Printable(address)
			if isProtocol(strings.ToUpper(scheme)) {
				f.Help += ", and set " + decides + "=" + strings.ToUpper(scheme) + " if that is what the listener speaks"
			}
			c.relate(f, decides)
		}
	}
}

// A worker hands its connectors' producers and consumers bootstrap.servers and what stands below producer. and consumer., and
// nothing else (Worker.baseProducerConfigs, baseConsumerConfigs). Admin clients get all of it.
func connectClientsUnsecured(c *lint, report rule.Reporter) {
	const key = "security.protocol"
	if c.cfg.Kind != ConnectDistributed && c.cfg.Kind != ConnectStandalone {
		return
	}
	if protocol := strings.ToUpper(c.str(key)); !isProtocol(protocol) || protocol == "PLAINTEXT" {
		return
	}
	var open, whose []string
	for _, client := range []struct{ prefix, whose string }{{"producer.", "producers of source connectors"}, {"consumer.", "consumers of sink connectors"}} {
		if !c.set(client.prefix + key) {
			open, whose = append(open, client.prefix+key), append(whose, client.whose)
		}
	}
	if len(open) == 0 {
		return
	}
	f := report(c.pos(key), key, "%s is %s for the worker alone: the %s speak PLAINTEXT", key, c.str(key), strings.Join(whose, " and the "))
	f.Help = "set " + strings.Join(open, " and ") + " too, with the stores and the login below the same prefix"
	if len(open) == 1 { // a worker of one sort of connectors
		f.Severity = finding.Info
	}
}

// librdkafka names what other clients call otherwise; the Java client ignores its keys.
var librdkafkaKeys = sync.OnceValue(func() map[string]string {
	return map[string]string{
		"sasl.mechanisms":                    "sasl.mechanism",
		"sasl.username":                      "sasl.jaas.config",
		"sasl.password":                      "sasl.jaas.config",
		"metadata.broker.list":               "bootstrap.servers",
		"ssl.ca.location":                    "ssl.truststore.location with ssl.truststore.type=PEM",
		"ssl.certificate.location":           "ssl.keystore.location",
		"ssl.key.location":                   "ssl.keystore.location",
		"ssl.ca.pem":                         "ssl.truststore.certificates",
		"message.timeout.ms":                 "delivery.timeout.ms",
		"queue.buffering.max.ms":             "linger.ms",
		"batch.num.messages":                 "batch.size",
		"compression.codec":                  "compression.type",
		"request.required.acks":              "acks",
		"message.send.max.retries":           "retries",
		"api.version.request":                "",
		"enable.partition.eof":               "",
		"socket.keepalive.enable":            "",
		"enable.auto.offset.store":           "",
		"log.connection.close":               "",
		"statistics.interval.ms":             "",
		"broker.address.family":              "",
		"queued.min.messages":                "",
		"ssl.key.pem":                        "ssl.keystore.key",
		"ssl.certificate.pem":                "ssl.keystore.certificate.chain",
		"socket.timeout.ms":                  "request.timeout.ms",
		"topic.metadata.refresh.interval.ms": "metadata.max.age.ms",
	}
})

func librdkafkaKey(c *lint, report rule.Reporter) {
	if c.node() || c.topic() {
		return
	}
	for _, e := range c.undefined() {
		java, ok := librdkafkaKeys()[e.Key]
		if !ok {
			continue
		}
		f := report(e.KeyPos(), e.Key, "%s is a key of librdkafka, which the Java client ignores", e.Key)
		f.Help = "remove it"
		if java != "" {
			f.Help = "use " + java
		}
	}
}
