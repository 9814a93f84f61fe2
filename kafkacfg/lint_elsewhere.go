package kafkacfg

import (
	"slices"
	"strings"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/internal/rule"
)

// Keys that do something, but not in this file, or not without a prefix.

// worker reports whether the file is that of a Connect worker.
func (c *lint) worker() bool {
	return c.cfg.Kind == ConnectDistributed || c.cfg.Kind == ConnectStandalone
}

// reader is who reads the file, with its article.
func (c *lint) reader() string {
	switch c.cfg.Kind {
	case Admin:
		return "an admin client"
	case ShareConsumer:
		return "a share consumer"
	case Streams:
		return "a Streams application"
	case ConnectDistributed, ConnectStandalone:
		return "a Connect worker"
	case MirrorMaker:
		return "MirrorMaker"
	}
	return "a " + string(c.cfg.Kind)
}

// workersOwn are keys that a worker sets for the clients of its connectors: nobody is told to set them there.
var workersOwn = []string{"group.id", "key.serializer", "value.serializer", "key.deserializer", "value.deserializer", "enable.auto.commit"}

// connectorPrefixes returns what a key needs in front to reach the clients of connectors; nil for a key of no such client.
func (c *lint) connectorPrefixes(key string) []string {
	if slices.Contains(workersOwn, key) {
		return nil
	}
	var out []string
	for _, k := range []Kind{Producer, Consumer} {
		if definedIn(c.release, k, key) {
			out = append(out, string(k)+".")
		}
	}
	return out
}

// A worker gives its connectors' clients what stands behind producer. and consumer. alone. What has no prefix goes to the
// clients with which a distributed worker keeps its own topics, and where it is alone to nobody.
func connectClientKey(c *lint, report rule.Reporter) {
	for _, f := range c.classified() {
		if f.class != connectorKey {
			continue
		}
		prefixes := c.connectorPrefixes(f.Key)
		if slices.ContainsFunc(prefixes, func(p string) bool { return c.set(p + f.Key) }) {
			continue
		}
		better := strings.Join(prefixes, f.Key+" or ") + f.Key
		r := report(f.KeyPos(), f.Key, "%s does not reach connectors without %s in front", f.Key, strings.Join(prefixes, " or "))
		r.Help = "write " + better
		if c.cfg.Kind == ConnectDistributed { // perhaps it is meant for the worker's own topics
			r.Severity = finding.Info
			r.Help += ", or leave it where the worker's own topics need it"
		}
		if len(prefixes) == 1 {
			r.Fix = &finding.Fix{Message: "write " + better, Edits: []finding.Edit{f.RenameEdit(better)}}
		}
	}
}

// systemProperties are how names begin that Java and ZooKeeper's client look up among the properties of the JVM.
var systemProperties = []string{"java.", "javax.", "sun.", "com.sun.", "jdk.", "zookeeper.sasl.", "zookeeper.server.principal", "zookeeper.server.realm"}

// elsewhere reports a key that has its effect in another place, and says in which.
func (c *lint) elsewhere(f foreign, report rule.Reporter) bool {
	switch {
	case slices.ContainsFunc(systemProperties, func(p string) bool { return strings.HasPrefix(f.Key, p) }):
		r := report(f.KeyPos(), f.Key, "%s is a system property of Java, which Kafka does not take from this file", f.Key)
		r.Help = "give it to the JVM: -D" + f.Key + "=... in KAFKA_OPTS"
		if !c.node() {
			r.Severity = finding.Info // a program may set it from here
		}
	case strings.HasPrefix(f.Key, "log4j."):
		r := report(f.KeyPos(), f.Key, "%s is about logging, which is not set in this file", f.Key)
		r.Severity = finding.Info
		r.Help = "move it to log4j.properties"
		if c.releaseIn("4.0..") {
			r.Help = "move it to log4j2.yaml"
		}
	default:
		return false
	}
	return true
}
