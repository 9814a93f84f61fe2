package kafkacfg

import (
	"slices"
	"strconv"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/internal/rule"
)

var identityRules = []rule.Rule[*Config]{
	{ID: "kafka-zookeeper-connect-missing", Severity: finding.Error, Stage: finding.Config, In: "2.8..3.9", Check: zookeeperMissing},
	{ID: "kafka-process-role-twice", Severity: finding.Error, Stage: finding.Config, In: "2.8..4.1", Check: roleTwice},
	{ID: "kafka-broker-id-range", Severity: finding.Error, Stage: finding.Config, In: "..3.9", Check: brokerIDRange},
	{ID: "kafka-node-id-differs", Severity: finding.Error, Stage: finding.Config, In: "3.1..", Check: nodeIDDiffers},
	{ID: "kafka-node-id-missing", Severity: finding.Error, Stage: finding.Config, In: "2.8..3.9", Check: nodeIDMissing},
	{ID: "kafka-ibp-without-kraft", Severity: finding.Error, Stage: finding.Config, In: "3.3..3.9", Check: ibpWithoutKRaft},
	{ID: "kafka-migration-quorum-missing", Severity: finding.Error, Stage: finding.Config, In: "3.4..3.9", Check: migrationQuorum},
	{ID: "kafka-migration-controller-listener-missing", Severity: finding.Error, Stage: finding.Config, In: "3.4..3.9", Check: migrationListener},
	{ID: "kafka-migration-ibp", Severity: finding.Error, Stage: finding.Config, In: "3.4..3.9", Check: migrationIBP},
	{ID: "kafka-migration-authorizer", Severity: finding.Error, Stage: finding.Config, In: "3.4.0..3.5.0", Check: migrationAuthorizer},
	{ID: "kafka-migration-log-dirs", Severity: finding.Error, Stage: finding.Config, In: "3.5.2..3.6", Check: migrationLogDirs},
	{ID: "kafka-migration-log-dirs", Severity: finding.Error, Stage: finding.Config, In: "3.7..3.9", Check: migrationLogDirsIBP},
	{ID: "kafka-migration-broker-id", Severity: finding.Error, Stage: finding.Config, In: "3.9", Check: migrationBrokerID},
	{ID: "kafka-migration-zookeeper-missing", Severity: finding.Error, Stage: finding.Config, In: "3.4..3.9", Check: migrationZooKeeper},
}

// nodeID is the number of the node. From 3.1 node.id and broker.id fill each other; before, node.id counts where it is
// not negative, also with ZooKeeper.
func (c *Config) nodeID() (id int64, key string) {
	if !c.defined(nodeIDKey) {
		return c.int(brokerIDKey), brokerIDKey
	}
	c.missed = c.missed || !c.set(nodeIDKey) && c.schema.field(nodeIDKey).required // told as missing, and no number
	if id = c.int(nodeIDKey); id < 0 && !c.since("3.1.0") {
		return c.int(brokerIDKey), brokerIDKey
	}
	key = nodeIDKey
	if v := c.lookup(nodeIDKey); v != nil {
		key = v.entry.Key // the one that the file has
	}
	return id, key
}

// KafkaConfig.validateValues, like all rules without another source here.
func zookeeperMissing(c *Config, report rule.Reporter) {
	if !c.kraft() && c.null(zookeeperKey) {
		f := report(c.Pos(zookeeperKey), zookeeperKey, "%s is not set; a node without %s needs it", zookeeperKey, rolesKey)
		f.Help = "set process.roles for KRaft, or zookeeper.connect=HOST:2181"
	}
}

func roleTwice(c *Config, report rule.Reporter) {
	seen := map[string]bool{}
	for _, s := range listSpans(c.text(rolesKey)) {
		if seen[s.text] && (s.text == "broker" || s.text == "controller") {
			report(c.posOf(rolesKey, s.from, s.to), rolesKey, "%s names the role %s twice", rolesKey, s.text)
		}
		seen[s.text] = true
	}
}

func brokerIDRange(c *Config, report rule.Reporter) {
	if c.defined(rolesKey) && c.kraft() {
		return
	}
	id, key := c.nodeID()
	const generation, most = "broker.id.generation.enable", "reserved.broker.max.id"
	switch {
	case !c.bool(generation) && id < 0:
		f := report(c.Pos(key), key, "%s is %d; without %s the least is 0", key, id, generation)
		c.with(f, generation)
	case c.bool(generation) && (id < -1 || id > c.int(most)):
		f := report(c.Pos(key), key, "%s is %d; while brokers may get their number from ZooKeeper it lies between -1 and %s (%d)", key, id, most, c.int(most))
		f.Help = "set " + generation + "=false, or raise " + most
		c.with(f, generation, most)
	}
}

func nodeIDDiffers(c *Config, report rule.Reporter) {
	if c.null(nodeIDKey) {
		return // it is required, and told as missing
	}
	if node, broker := c.int(nodeIDKey), c.int(brokerIDKey); node != broker {
		f := report(c.Pos(nodeIDKey), nodeIDKey, "%s is %d, but %s is %d; they name the same node", nodeIDKey, node, brokerIDKey, broker)
		f.Help = "remove broker.id"
		c.with(f, brokerIDKey)
	}
}

func nodeIDMissing(c *Config, report rule.Reporter) {
	if !c.kraft() {
		return
	}
	if id, key := c.nodeID(); id < 0 {
		if !c.set(key) {
			report(c.Pos(nodeIDKey), nodeIDKey, "%s is not set; a node with %s needs it", nodeIDKey, rolesKey)
			return
		}
		c.with(report(c.Pos(key), key, "%s is %d; the least is 0 for a node with %s", key, id, rolesKey), rolesKey)
	}
}

// ibp returns the effective inter.broker.protocol.version.
func (c *Config) ibp() ibp {
	v, ok := parseIBP(c.Release, c.text(ibpKey))
	if !ok {
		c.missed = true
	}
	return v
}

func ibpWithoutKRaft(c *Config, report rule.Reporter) {
	if c.kraft() && c.set(ibpKey) && c.ibp() < ibp3_0IV1 {
		f := report(c.Pos(ibpKey), ibpKey, "%s is %s; KRaft begins with 3.0", ibpKey, c.show(ibpKey))
		f.Help = "remove the line: in KRaft the metadata version decides"
		c.with(f, rolesKey)
	}
}

// migrating reports whether a broker with ZooKeeper is on its way to KRaft.
func (c *Config) migrating() bool { return c.set(migrationKey) && !c.kraft() && c.bool(migrationKey) }

func migrationQuorum(c *Config, report rule.Reporter) {
	if !c.migrating() || len(c.list(votersKey)) > 0 {
		return
	}
	if c.since("3.9.0") {
		if len(c.list(bootstrapsKey)) > 0 {
			return
		}
		c.with(report(c.Pos(migrationKey), migrationKey, "%s needs %s or %s", migrationKey, bootstrapsKey, votersKey), votersKey, bootstrapsKey)
		return
	}
	c.with(report(c.Pos(migrationKey), migrationKey, "%s needs %s", migrationKey, votersKey), votersKey)
}

func migrationListener(c *Config, report rule.Reporter) {
	if c.migrating() && len(c.controllerNames()) == 0 {
		c.with(report(c.Pos(migrationKey), migrationKey, "%s needs %s", migrationKey, controllersKey), controllersKey)
	}
}

func migrationIBP(c *Config, report rule.Reporter) {
	if c.migrating() && c.ibp() < ibp3_4IV0 {
		c.with(report(c.Pos(ibpKey), ibpKey, "%s is %s; %s needs 3.4", ibpKey, c.show(ibpKey), migrationKey), migrationKey)
	}
}

func migrationAuthorizer(c *Config, report rule.Reporter) {
	const key = "authorizer.class.name"
	if c.migrating() && c.set(key) {
		c.with(report(c.Pos(key), key, "%s is set; this release migrates to KRaft only without an authorizer", key), migrationKey)
	}
}

func migrationLogDirs(c *Config, report rule.Reporter) {
	if !c.migrating() {
		return
	}
	if dirs, key := c.logDirs(); len(dirs) > 1 {
		c.with(report(c.Pos(key), key, "%s names %d directories; this release migrates to KRaft only with one", key, len(dirs)), migrationKey)
	}
}

func migrationLogDirsIBP(c *Config, report rule.Reporter) {
	if !c.migrating() {
		return
	}
	if dirs, key := c.logDirs(); len(dirs) > 1 && c.ibp() < ibp3_7IV2 {
		c.with(report(c.Pos(key), key, "%s names %d directories; the migration to KRaft then needs %s=3.7", key, len(dirs), ibpKey), ibpKey, migrationKey)
	}
}

func migrationBrokerID(c *Config, report rule.Reporter) {
	if !c.migrating() {
		return
	}
	if id, key := c.nodeID(); id < 0 {
		c.with(report(c.Pos(key), key, "%s is %d; the migration to KRaft needs a fixed number", key, id), migrationKey)
	}
}

func migrationZooKeeper(c *Config, report rule.Reporter) {
	if c.kraft() && c.bool(migrationKey) && c.null(zookeeperKey) {
		c.with(report(c.Pos(migrationKey), migrationKey, "%s needs %s", migrationKey, zookeeperKey), zookeeperKey)
	}
}

// logDirs returns the data directories and the key that names them. An empty log.dirs does not fall back to log.dir.
func (c *Config) logDirs() (dirs []string, key string) {
	key = logDirsKey
	if c.null(logDirsKey) {
		key = logDirKey
	}
	if c.since("4.2.0") {
		return c.list(key), key
	}
	return csvList(c.text(key)), key
}

// quoted returns a name for a message, so that an empty one can be seen.
func quoted(s string) string {
	if s == "" || slices.Contains([]byte(" \t"), s[0]) || slices.Contains([]byte(" \t"), s[len(s)-1]) {
		return strconv.Quote(s)
	}
	return shorten(s)
}
