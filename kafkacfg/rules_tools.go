package kafkacfg

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf16"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/internal/rule"
	"github.com/kcfg/kcfg/properties"
)

var streamsRules = []rule.Rule[*Config]{
	{ID: "kafka-streams-client-tags", Severity: finding.Error, Stage: finding.Config, In: "3.2..", Check: clientTags},
	{ID: "kafka-streams-transaction-timeout", Severity: finding.Error, Stage: finding.Config, In: "3.0..", Check: streamsTransactionTimeout},
	{ID: "kafka-streams-metrics-push", Severity: finding.Error, Stage: finding.Config, In: "4.0..", Check: streamsMetricsPush},
	{ID: "kafka-streams-static-membership", Severity: finding.Error, Stage: finding.Config, In: "4.1..4.3", Check: streamsStaticMembership},
}

var connectRules = []rule.Rule[*Config]{
	{ID: "kafka-connect-worker-key", Severity: finding.Error, Stage: finding.Config, Check: workerKey},
	{ID: "kafka-connect-worker-signature", Severity: finding.Error, Stage: finding.Config, In: "..3.2", Check: workerVerifies(workerKeyAlgorithm)},
	{ID: "kafka-connect-worker-signature", Severity: finding.Error, Stage: finding.Config, In: "3.3..", Check: workerVerifies(workerSignatureKey)},
}

// connectStartRules are what the server of Connect's REST interface checks as it starts.
var connectStartRules = []rule.Rule[*Config]{
	{ID: "kafka-connect-listener", Severity: finding.Error, Stage: finding.Start, Check: connectListeners},
}

// RestServer.createConnector.
func connectListeners(c *Config, report rule.Reporter) {
	for _, key := range []string{listenersKey, "admin.listeners"} {
		if !c.set(key) || !c.readable(key) {
			continue
		}
		for _, s := range listSpans(c.text(key)) {
			l, problem := parseEndpoint(s.text)
			if s.text != "" && (problem != "" || l.Name != "HTTP" && l.Name != "HTTPS") {
				report(c.posOf(key, s.from, s.to), key, "%s has %s, which is no http://HOST:PORT or https://HOST:PORT", key, quoted(s.text))
			}
		}
	}
}

// StreamsConfig's limits of client tags: how many, and the lengths of a tag's key and value.
const (
	tagPrefix   = "client.tag."
	mostTags    = 5
	mostTagName = 20
	mostTagText = 30
)

// withPrefix returns the entries in effect whose keys begin with a prefix and are longer, by AbstractConfig's
// originalsWithPrefix.
func (c *Config) withPrefix(prefix string) []properties.Entry {
	c.askMore()
	var found []properties.Entry
	for e := range c.File.Effective() {
		if strings.HasPrefix(e.Key, prefix) && len(e.Key) > len(prefix) {
			found = append(found, e)
		}
	}
	return found
}

func units(s string) int { return len(utf16.Encode([]rune(s))) }

// StreamsConfig.validateRackAwarenessConfiguration.
func clientTags(c *Config, report rule.Reporter) {
	const tagsKey = "rack.aware.assignment.tags"
	tags := c.withPrefix(tagPrefix)
	if len(tags) > mostTags {
		report(tags[mostTags].KeyPos(), tags[mostTags].Key, "%s is one client tag too many; there are at most %d", tags[mostTags].Key, mostTags)
	}
	for _, e := range tags {
		name, text := e.Key[len(tagPrefix):], e.Value
		full := c.since("4.3.0")
		switch {
		case full && trim(name) == "":
			report(e.KeyPos(), e.Key, "%s has no name behind the prefix", quoted(e.Key))
		case full && trim(text) == "":
			report(e.ValuePos(), e.Key, "%s is empty; a client tag needs a value", e.Key)
		case units(name) > mostTagName:
			report(e.KeyPos(), e.Key, "%s has a name of %d characters; the most is %d", e.Key, units(name), mostTagName)
		case units(text) > mostTagText:
			report(e.ValuePos(), e.Key, "%s has %d characters; the most is %d", e.Key, units(text), mostTagText)
		}
	}
	for _, tag := range c.list(tagsKey) {
		if tag == "" && c.since("4.3.0") {
			report(c.Pos(tagsKey), tagsKey, "%s has an empty element", tagsKey)
			continue
		}
		if !slices.ContainsFunc(tags, func(e properties.Entry) bool { return e.Key == tagPrefix+tag }) {
			report(c.Pos(tagsKey), tagsKey, "%s has %s, but %s%s is not set", tagsKey, quoted(tag), tagPrefix, tag)
		}
	}
}

const (
	guaranteeKey = "processing.guarantee"
	commitMsKey  = "commit.interval.ms"
)

// StreamsConfig.verifyEOSTransactionTimeoutCompatibility: with exactly-once both times have shorter defaults.
func streamsTransactionTimeout(c *Config, report rule.Reporter) {
	const timeoutKey = "producer.transaction.timeout.ms"
	if !strings.HasPrefix(c.text(guaranteeKey), "exactly_once") {
		return
	}
	commit, timeout := int64(100), int64(10_000)
	if c.set(commitMsKey) {
		commit = c.int(commitMsKey)
	}
	e, set := c.entry(timeoutKey)
	if set {
		n, err := parseInteger(trim(e.Value), Int)
		if err != nil {
			c.with(report(e.ValuePos(), timeoutKey, "%s is %s, %v", timeoutKey, shorten(e.Value), err), guaranteeKey)
			return
		}
		timeout = n
	}
	if timeout >= commit {
		return
	}
	if set {
		c.with(report(e.ValuePos(), timeoutKey, "%s is %d, less than %s (%d)", timeoutKey, timeout, commitMsKey, commit), commitMsKey, guaranteeKey)
		return
	}
	f := report(c.Pos(commitMsKey), commitMsKey, "%s is %d, more than %s (%d)", commitMsKey, commit, timeoutKey, timeout)
	f.Notes = append(f.Notes, fmt.Sprintf("%s is not set, so it is %d", timeoutKey, timeout))
	c.with(f, guaranteeKey)
}

// StreamsConfig.maybeMetricsPushEnabled casts the value to Boolean, but a file holds text alone.
func streamsMetricsPush(c *Config, report rule.Reporter) {
	const key = "enable.metrics.push"
	for _, prefix := range []string{"main.consumer.", "consumer.", "admin."} {
		if e, ok := c.entry(prefix + key); ok {
			f := report(e.ValuePos(), e.Key, "%s is text, as every value of a file, but StreamsConfig takes only a Boolean object here", e.Key)
			f.Help = "remove the line, and set " + key + " for all clients"
		}
	}
}

// streamsStaticMembership is what StreamsConfig.verifyStreamsProtocolCompatibility asks of the main consumer.
func streamsStaticMembership(c *Config, report rule.Reporter) {
	const protocol, instance = "group.protocol", "group.instance.id"
	if !strings.EqualFold(c.text(protocol), "streams") {
		return
	}
	for _, prefix := range []string{"main.consumer.", "consumer.", ""} {
		if e, ok := c.entry(prefix + instance); ok {
			if e.Value != "" {
				c.with(report(e.ValuePos(), e.Key, "%s is set, but the streams protocol has no static members", e.Key), protocol)
			}
			return
		}
	}
}

const (
	workerKeyAlgorithm = "inter.worker.key.generation.algorithm"
	workerKeySize      = "inter.worker.key.size"
	workerSignatureKey = "inter.worker.signature.algorithm"
	workerVerification = "inter.worker.verification.algorithms"
)

// DistributedConfig.getInternalRequestKeyGenerator.
func workerKey(c *Config, report rule.Reporter) {
	if c.null(workerKeySize) {
		return
	}
	if fits, ok := keySizes(c.text(workerKeyAlgorithm)); ok && !fits(c.int(workerKeySize)) {
		c.with(report(c.Pos(workerKeySize), workerKeySize, "%s is %d, of which %s makes no keys", workerKeySize, c.int(workerKeySize), c.show(workerKeyAlgorithm)), workerKeyAlgorithm)
	}
}

// workerVerifies is DistributedConfig.ensureVerificationAlgorithmsIncludeSignatureAlgorithm, which looked for another key's
// algorithm up to 3.2.
func workerVerifies(key string) func(*Config, rule.Reporter) {
	return func(c *Config, report rule.Reporter) {
		if algorithm := c.text(key); !slices.Contains(c.list(workerVerification), algorithm) {
			c.with(report(c.Pos(key), key, "%s is %s, which is not in %s", key, c.show(key), workerVerification), workerVerification)
		}
	}
}
