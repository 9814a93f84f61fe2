package kafkacfg

import (
	"slices"
	"strings"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/internal/rule"
)

// Keys that the release does not define. Kafka takes them without a word.
var keyLints = []rule.Rule[*lint]{
	{ID: "kafka-unknown-key", Severity: finding.Warning, Check: unknownKey},
	{ID: "kafka-removed-key", Severity: finding.Warning, Check: removedKey},
	{ID: "kafka-future-key", Severity: finding.Warning, Check: futureKey},
	{ID: "kafka-topic-key-on-broker", Severity: finding.Warning, Check: topicKeyOnBroker},
	{ID: "kafka-client-key-on-broker", Severity: finding.Warning, Check: clientKeyOnBroker},
	{ID: "kafka-broker-key-on-client", Severity: finding.Warning, Check: brokerKeyOnClient},
	{ID: "kafka-connect-client-key", Severity: finding.Warning, Check: connectClientKey},
	{ID: "kafka-zookeeper-server-key", Severity: finding.Warning, Check: zookeeperServerKey},
	{ID: "kafka-deprecated-key", Severity: finding.Info, Check: deprecatedKey},
}

// foreignClass is why a key is not defined.
type foreignClass uint8

const (
	mystery foreignClass = iota // nobody knows it
	removed
	future
	topicKey
	clientKey
	brokerKey
	zooKeeperFileKey
	connectorKey // of the connectors' clients, without the prefix that leads to them
)

// foreign is an entry whose key the release does not define.
type foreign struct {
	lintEntry
	class  foreignClass
	since  Release // removed: the first release without it; future: the first with it
	better string  // removed: what to do; else the key to use
}

// most is how many keys of one file are explained; a file with more is not a configuration.
const mostForeign = 200

func (c *lint) classify() []foreign {
	if c.topic() || c.cfg.Kind == Group {
		return nil // unknown keys refuse there
	}
	var out []foreign
	for _, e := range c.undefined() {
		if len(out) == mostForeign {
			break
		}
		if c.pluginKey(e.Key) || c.mirrored(e.Key) || saysNothing(e) {
			continue
		}
		out = append(out, c.classOf(e))
	}
	return out
}

// saysNothing leaves what other lints speak of: templates, the debris of Kubernetes, and lines without a key.
func saysNothing(e lintEntry) bool {
	return e.Key == "" || strings.ContainsAny(strings.Replace(e.Key, flow, "", 1), "{}<>$%@") || kubernetesKey(e.Key) || kubernetesValue(e)
}

// pluginPrefixes are name spaces of software that is configured in Kafka's files. Keys there are not judged.
var pluginPrefixes = []string{
	"config.providers.", "confluent.", "cruise.control.", "io.confluent.", "ldap.", "strimzi.", "opa.", "ranger.", "xasecure.", "kafka.ranger.",
	"rsm.config.", "rlmm.config.", "authorizer.zookeeper.", "schema.registry.", "kafka.rest.", "rest.", "metric.reporters.", "io.strimzi.",
	"client.quota.callback.", "auto.register.", "key.converter.", "value.converter.", "header.converter.", "internal.key.converter.",
	"internal.value.converter.", "basic.auth.", "bearer.auth.", "oauth.", "prometheus.", "aws.", "azure.", "gcs.", "s3.", "apicurio.", "autobalancer.",
	"broker.session.uuid.", "multitenant.", "cluster.link.", "listeners.https.", "admin.listeners.https.", "automq.", "elasticstream.",
	"datadog.", "newrelic.", "jmx.", "sumologic.", "kerberos.",
}

// plugin keys without a name space of their own: they belong to Kafka's authorizers, serializers and reporters.
var pluginKeys = []string{
	"config.providers", "super.users", "allow.everyone.if.no.acl.found", "authorizer.zookeeper.url", "schema.registry.url", "specific.avro.reader", "use.latest.version",
	"value.subject.name.strategy", "key.subject.name.strategy", "basic.auth.user.info", "log4j.opts", "serializer.encoding", "deserializer.encoding",
	"key.serializer.encoding", "value.serializer.encoding", "key.deserializer.encoding", "value.deserializer.encoding", "principal.mapper.class.name",
	"use.schema.id", "json.value.type", "json.fail.invalid.schema", "sasl.oauthbearer.config",
}

// nestedPrefixes are what Connect and Streams put in front of the keys of the clients inside them.
var nestedPrefixes = []string{"producer.", "consumer.", "admin.", "main.consumer.", "restore.consumer.", "global.consumer.", "topic.", "offset.storage.", "status.storage.", "config.storage."}

func (c *lint) pluginKey(key string) bool {
	has := func(prefix string) bool { return strings.HasPrefix(key, prefix) }
	if slices.ContainsFunc(pluginPrefixes, has) || slices.ContainsFunc(c.cfg.opts.Plugins, has) || slices.Contains(pluginKeys, key) {
		return true
	}
	if c.node() {
		for _, k := range []string{"remote.log.storage.manager.impl.prefix", "remote.log.metadata.manager.impl.prefix"} {
			if p := c.str(k); p != "" && has(p) {
				return true
			}
		}
		return c.listenerKey(key)
	}
	if c.worker() {
		return slices.ContainsFunc(nestedPrefixes, has) || definedIn(c.release, Admin, key) // the worker's own client reads it
	}
	return c.cfg.Kind == Streams && slices.ContainsFunc(nestedPrefixes, has) ||
		slices.ContainsFunc(clientKinds, func(k Kind) bool { return definedIn(c.release, k, key) })
}

// listenerKey reports whether a key with a listener's prefix is one that the listener reads.
func (c *lint) listenerKey(key string) bool {
	_, rest, ok := c.cutListener(key)
	if !ok {
		return false
	}
	if c.defined(rest) || c.pluginKey(rest) || definedIn(c.release, Broker, key) {
		return true
	}
	mech, rest, ok := strings.Cut(rest, ".")
	return ok && isMechanism(strings.ToUpper(mech)) && (c.defined(rest) || rest == jaasKey)
}

// clientOnly are keys of clients that plug-ins of a broker read as well, such as its reporters: not worth more than advice.
func (c *lint) classOf(e lintEntry) foreign {
	f := foreign{lintEntry: e}
	_, key := c.cutAlias(e.Key)
	if c.node() {
		added, gone := c.keyHistory(Broker, key)
		switch {
		case added != "" && added.Compare(c.release) > 0:
			f.class, f.since = future, added
		case gone != "":
			f.class, f.since, f.better = removed, gone, instead(c.cfg.Kind, key)
		case isZooKeeperKey(key):
			f.class = zooKeeperFileKey
		case definedIn(c.release, Topic, key):
			f.class, f.better = topicKey, c.brokerKeyFor(key)
		case slices.ContainsFunc(clientKinds[:3], func(k Kind) bool { return definedIn(c.release, k, key) }):
			f.class = clientKey
		}
		return f
	}
	switch {
	case c.worker() && c.connectorPrefixes(key) != nil:
		f.class = connectorKey
	case c.historic(key, &f):
	case librdkafkaKeys()[key] != "":
		f.class = brokerKey // said by its own lint
		f.better = "librdkafka"
	case definedIn(c.release, Broker, key):
		f.class = brokerKey
	}
	return f
}

func (c *lint) historic(key string, f *foreign) bool {
	added, gone := c.keyHistory(c.cfg.Kind, key)
	switch {
	case added != "" && added.Compare(c.release) > 0:
		f.class, f.since = future, added
	case gone != "":
		f.class, f.since, f.better = removed, gone, instead(c.cfg.Kind, key)
	default:
		return false
	}
	return true
}

func definedIn(r Release, k Kind, key string) bool {
	_, ok := LookupKey(r, k, key)
	return ok
}

// keyHistory tells when a key came, or comes, and when it went, as seen from the lint's release.
func (c *lint) keyHistory(k Kind, key string) (added, gone Release) {
	h, ok := HistoryOf(k, key)
	if !ok {
		return "", ""
	}
	all := releases()
	if h.Until != "" && c.release.Compare(h.Until) > 0 {
		return h.Since, all[slices.Index(all, h.Until)+1]
	}
	if slices.Contains(h.Gaps, c.release) { // ported back to an older line, so a newer release lacks it
		for _, r := range all {
			if r.Compare(c.release) > 0 && !slices.Contains(h.Gaps, r) {
				return r, ""
			}
		}
	}
	return h.Since, ""
}

// instead says what to use in place of a key that is gone, or is about to go.
func instead(k Kind, key string) string {
	r, _ := ReplacementFor(k, key)
	return r.advice()
}

// zookeeperKeys are keys of ZooKeeper's own file.
var zookeeperKeys = []string{
	"tickTime", "dataDir", "dataLogDir", "clientPort", "clientPortAddress", "initLimit", "syncLimit", "maxClientCnxns", "secureClientPort",
	"4lw.commands.whitelist", "serverCnxnFactory", "standaloneEnabled", "reconfigEnabled", "quorumListenOnAllIPs", "authProvider.1", "jaasLoginRenew", "snapCount", "preAllocSize",
}

func isZooKeeperKey(key string) bool {
	if slices.Contains(zookeeperKeys, key) || strings.HasPrefix(key, "autopurge.") || strings.HasPrefix(key, "authProvider.") {
		return true
	}
	rest, ok := strings.CutPrefix(key, "server.")
	return ok && rest != "" && strings.Trim(rest, "0123456789") == ""
}

// brokerKeyFor returns the key that decides for all topics what a topic's key decides for one.
func (c *lint) brokerKeyFor(topic string) string {
	if k, ok := LookupKey(c.release, Topic, topic); ok && len(k.Synonyms) > 0 {
		return k.Synonyms[0]
	}
	return ""
}

func unknownKey(c *lint, report rule.Reporter) {
	for _, f := range c.classified() {
		if f.class != mystery {
			continue
		}
		if name, _, ok := c.cutListener(f.Key); ok && c.node() {
			if !slices.ContainsFunc(c.listenerNames(), func(n string) bool { return strings.EqualFold(n, name) }) ||
				strings.HasSuffix(f.Key, jaasKey) || f.Key != strings.ToLower(f.Key) {
				continue // said by the lints about prefixes
			}
		}
		if _, rest, ok := c.cutListener(f.Key); ok && c.node() && rest == "security.protocol" {
			report(f.KeyPos(), f.Key, "%s does not exist, so the listener's protocol does not change", f.Key).
				Help = "give the listener its protocol in listener.security.protocol.map"
			continue
		}
		best := c.nearestKey(f.Key)
		if java := librdkafkaKeys()[f.Key]; java != "" && best == "" {
			report(f.KeyPos(), f.Key, "%s is a key of librdkafka, which Kafka itself ignores", f.Key).Help = "use " + java
			continue
		}
		if best == "" && c.elsewhere(f, report) {
			continue
		}
		if best == "" {
			r := report(f.KeyPos(), f.Key, "%s is no key of Kafka %s, so it has no effect unless a plug-in reads it", f.Key, c.release)
			r.Severity = finding.Info
			r.Help = "remove it, or name the plug-in's prefix (plugins in .kcfg.yaml)"
			continue
		}
		r := report(f.KeyPos(), f.Key, "%s is no key of Kafka %s, so it has no effect", f.Key, c.release)
		r.Help = "did you mean " + best
		if !c.set(best) {
			r.Fix = &finding.Fix{Message: "write " + best, Edits: []finding.Edit{f.RenameEdit(best)}}
		}
	}
}

// allKeys returns the names that can have been meant: those of the release, and of the authorizers that Kafka brings.
func (c *lint) allKeys() []string { return c.keys.get(c.findKeys) }

func (c *lint) findKeys() []string {
	names := []string{"super.users", "allow.everyone.if.no.acl.found"}
	for k := range Keys(c.release, c.cfg.Kind) {
		if !k.Internal {
			names = append(names, k.Name)
		}
	}
	return names
}

func removedKey(c *lint, report rule.Reporter) {
	for _, f := range c.classified() {
		if f.class != removed {
			continue
		}
		r := report(f.KeyPos(), f.Key, "%s was removed in Kafka %s, so it has no effect", f.Key, f.since.Line())
		r.Help = "remove the line"
		if by, ok := c.replacementSet(f.Key); ok {
			r.Help = "remove the line: " + by + " is set"
		} else if f.better != "" {
			r.Help = f.better
		}
	}
}

// replacementSet returns the key in place of an old one that the file sets already.
func (c *lint) replacementSet(key string) (by string, ok bool) {
	r, _ := ReplacementFor(c.cfg.Kind, key)
	i := slices.IndexFunc(r.By, func(k string) bool { return c.set(k) && c.defined(k) })
	if i < 0 {
		return "", false
	}
	return r.By[i], true
}

func futureKey(c *lint, report rule.Reporter) {
	for _, f := range c.classified() {
		if f.class == future {
			report(f.KeyPos(), f.Key, "%s came with Kafka %s; before that it has no effect", f.Key, f.since).
				Help = "remove the line, or use Kafka " + f.since.Line() + " or later"
		}
	}
}

func topicKeyOnBroker(c *lint, report rule.Reporter) {
	for _, f := range c.classified() {
		if f.class != topicKey {
			continue
		}
		r := report(f.KeyPos(), f.Key, "%s is a key of topics, so it has no effect here", f.Key)
		r.Help = "set it on the topics that need it"
		if f.better != "" {
			r.Help = "the default of all topics is " + f.better
			if !c.set(f.better) {
				r.Fix = &finding.Fix{Message: "write " + f.better, Edits: []finding.Edit{f.RenameEdit(f.better)}}
			}
		}
	}
}

// Of the clients' keys those about security do the harm: people believe that TLS or SASL is on.
func clientKeyOnBroker(c *lint, report rule.Reporter) {
	for _, f := range c.classified() {
		if f.class != clientKey {
			continue
		}
		r := report(f.KeyPos(), f.Key, "%s is a key of clients, so it has no effect on a broker", f.Key)
		switch f.Key {
		case "security.protocol":
			r.Message = "security.protocol is a key of clients: what a broker's listeners speak does not change"
			r.Help = "name the protocol in listeners and listener.security.protocol.map, and between brokers in security.inter.broker.protocol"
		case "sasl.mechanism":
			r.Help = "brokers have sasl.enabled.mechanisms and sasl.mechanism.inter.broker.protocol"
		default:
			r.Severity = finding.Info
			r.Help = "move it to the client's file"
		}
	}
}

func brokerKeyOnClient(c *lint, report rule.Reporter) {
	for _, f := range c.classified() {
		if f.class == brokerKey && f.better == "" {
			r := report(f.KeyPos(), f.Key, "%s is a key of brokers, so it has no effect on %s", f.Key, c.reader())
			r.Help = "move it to server.properties"
			if _, key := c.cutAlias(f.Key); strings.HasPrefix(key, "zookeeper.") {
				r.Help = "remove it: only brokers and tools have asked ZooKeeper since 2.0"
			}
		}
	}
}

func zookeeperServerKey(c *lint, report rule.Reporter) {
	for _, f := range c.classified() {
		if f.class == zooKeeperFileKey {
			report(f.KeyPos(), f.Key, "%s is a key of ZooKeeper's own file, so it has no effect here", f.Key).
				Help = "move it to zookeeper.properties"
		}
	}
}

func deprecatedKey(c *lint, report rule.Reporter) {
	outdated := func(f *field) bool { return f.outdated }
	for _, e := range c.entriesOf(outdated) {
		if e.field == nil || !outdated(e.field) {
			continue
		}
		r := report(e.KeyPos(), e.Key, "%s is deprecated in Kafka %s", e.Key, c.release)
		r.Help = "remove the line"
		if by, ok := c.replacementSet(e.Key); ok {
			r.Help = "remove the line: " + by + " is set"
		} else if better := instead(c.cfg.Kind, e.Key); better != "" {
			r.Help = better
		}
	}
}
