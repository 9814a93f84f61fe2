package kafkacfg

import (
	"slices"
	"strings"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/internal/rule"
)

// KRaft quorums and ZooKeeper connect strings.
var clusterLints = []rule.Rule[*lint]{
	{ID: "kafka-controllers-even", Severity: finding.Warning, Check: controllersEven},
	{ID: "kafka-combined-mode", Severity: finding.Info, Check: combinedMode},
	{ID: "kafka-voter-id-duplicate", Severity: finding.Warning, Check: voterIDDuplicate},
	{ID: "kafka-voter-address-twice", Severity: finding.Warning, Check: voterAddressTwice},
	{ID: "kafka-voter-scheme", Severity: finding.Info, Check: voterScheme},
	{ID: "kafka-voter-port-mismatch", Severity: finding.Warning, Check: voterPortMismatch},
	{ID: "kafka-zookeeper-key-in-kraft", Severity: finding.Info, Check: zookeeperKeyInKRaft},
	{ID: "kafka-zookeeper-connect-chroot", Severity: finding.Error, Check: zookeeperConnectChroot},
	{ID: "kafka-zookeeper-connect-scheme", Severity: finding.Error, Check: zookeeperConnectScheme},
	{ID: "kafka-zookeeper-connect-localhost", Severity: finding.Warning, Check: zookeeperConnectLocalhost},
	{ID: "kafka-protocol-version-old", Severity: finding.Info, Check: protocolVersionOld},
}

// quorumVoter is one entry of controller.quorum.voters, as far as it can be read.
type quorumVoter struct {
	id, host, port string
	lintPart
}

func (c *lint) voters() []quorumVoter { return c.votes.get(c.readVoters) }

func (c *lint) readVoters() []quorumVoter {
	if !c.kraft() || !c.set(votersKey) {
		return nil
	}
	parts := c.parts(votersKey)
	out := make([]quorumVoter, 0, len(parts))
	for _, p := range parts {
		id, address, ok := strings.Cut(p.text, "@")
		i := strings.LastIndexByte(address, ':')
		if ok && i >= 0 {
			out = append(out, quorumVoter{id, strings.Trim(address[:i], "[]"), address[i+1:], p})
		}
	}
	return out
}

// voterBefore returns the last one before voter i that has its id, or nil.
func (c *lint) voterBefore(i int) *quorumVoter {
	all := c.voters()
	for j := i - 1; j >= 0; j-- {
		if all[j].id == all[i].id {
			return &all[j]
		}
	}
	return nil
}

func controllersEven(c *lint, report rule.Reporter) {
	n := 0
	for i := range c.voters() {
		if c.voterBefore(i) == nil {
			n++
		}
	}
	if n == 0 || n%2 == 1 {
		return
	}
	report(c.pos(votersKey), votersKey, "controller.quorum.voters has %d controllers, which survive no more failures than %d", n, n-1).
		Help = "use 3 or 5 controllers"
}

// Kafka's documentation keeps combined nodes for development.
func combinedMode(c *lint, report rule.Reporter) {
	const key = "process.roles"
	if !c.kraft() || !c.broker() || !c.controller() || len(c.voters()) < 2 && c.brokers() < 2 {
		return
	}
	report(c.pos(key), key, "process.roles has both roles in a cluster of several nodes: a busy broker takes its controller along").
		Help = "run controllers as processes of their own where the cluster matters"
}

func voterIDDuplicate(c *lint, report rule.Reporter) {
	for i, v := range c.voters() {
		if first := c.voterBefore(i); first != nil {
			f := report(v.pos(), votersKey, "controller.quorum.voters has the id %s twice; the last one counts", v.id)
			f.Related = append(f.Related, finding.Related{Pos: first.pos(), Message: "first here"})
			f.Help = "give every controller its own id"
		}
	}
}

// A process has one id, so of two voters at one address one is never there. Kafka does not compare the addresses.
func voterAddressTwice(c *lint, report rule.Reporter) {
	votes := c.voters()
	first := map[string]quorumVoter{}
	var twice []*finding.Finding
	for i, v := range votes {
		address := strings.ToLower(v.host) + ":" + v.port
		before, ok := first[address]
		switch {
		case v.host == "" || c.voterBefore(i) != nil: // unreadable, or told with its id
		case !ok:
			first[address] = v
		default:
			f := report(v.pos(), votersKey, "controller.quorum.voters has %s:%s for %s and for %s, which cannot both listen there", v.host, v.port, before.id, v.id)
			f.Related = append(f.Related, finding.Related{Pos: before.pos(), Message: "first here"})
			f.Help = "give every controller its own address"
			twice = append(twice, f)
		}
	}
	if majority := len(votes)/2 + 1; len(first) < majority {
		for _, f := range twice {
			f.Severity = finding.Error // no leader is ever elected
		}
	}
}

func voterScheme(c *lint, report rule.Reporter) {
	for _, v := range c.voters() {
		if strings.Contains(v.host, "://") {
			report(v.pos(), votersKey, "controller.quorum.voters has %s with a scheme, which Kafka drops: the protocol is that of the controllers' listener", v.text).
				Help = "write id@host:port"
		}
	}
}

func voterPortMismatch(c *lint, report rule.Reporter) {
	if !c.controller() {
		return
	}
	id := c.str("node.id")
	var ports []string
	for _, l := range c.bound() {
		if c.isControllerListener(l.Name) {
			ports = append(ports, itoa(int64(l.Port)))
		}
	}
	for _, v := range c.voters() {
		if v.id != id || len(ports) == 0 || slices.Contains(ports, v.port) || slices.Contains(ports, "0") {
			continue
		}
		f := report(v.pos(), votersKey, "controller.quorum.voters has this node at port %s, but its controller listener is at %s", v.port, strings.Join(ports, ", "))
		f.Help = "use one port in both"
		c.relate(f, "listeners")
	}
}

func zookeeperKeyInKRaft(c *lint, report rule.Reporter) {
	const key = "zookeeper.connect"
	if c.kraft() && c.set(key) && c.defined(key) && !c.isTrue("zookeeper.metadata.migration.enable") {
		report(c.keyPos(key), key, "zookeeper.connect has no effect in KRaft mode").Help = "remove the zookeeper.* lines"
	}
}

const zkConnect = "zookeeper.connect"

// ZooKeeper cuts at the first slash: everything behind it is one path.
func zookeeperConnectChroot(c *lint, report rule.Reporter) {
	v := c.str(zkConnect)
	if !c.zooKeeper() || !c.set(zkConnect) || strings.Contains(v, "://") {
		return
	}
	hosts, root, ok := strings.Cut(v, "/")
	if !ok || !strings.Contains(root, ",") {
		return
	}
	first, _, _ := strings.Cut(root, ",")
	f := report(c.pos(zkConnect), zkConnect, "zookeeper.connect has a path before its end: ZooKeeper uses %s alone, and /%s as the path", hosts, root)
	f.Help = "write the path once, behind the last server: host1:2181,host2:2181/" + first
}

func zookeeperConnectScheme(c *lint, report rule.Reporter) {
	if v := c.str(zkConnect); c.zooKeeper() && c.set(zkConnect) && strings.Contains(v, "://") && !isReference(v) {
		report(c.pos(zkConnect), zkConnect, "zookeeper.connect has a scheme, behind which ZooKeeper finds no path: the broker does not start").Help = "write host:port, several separated by commas"
	}
}

func zookeeperConnectLocalhost(c *lint, report rule.Reporter) {
	if !c.zooKeeper() || !c.set(zkConnect) || !c.severalBrokers() {
		return
	}
	hosts, _, _ := strings.Cut(c.str(zkConnect), "/")
	for _, h := range strings.Split(hosts, ",") {
		name := trim(h)
		if i := strings.LastIndexByte(name, ':'); i >= 0 {
			name = name[:i]
		}
		if !isLoopback(name) {
			return
		}
	}
	report(c.pos(zkConnect), zkConnect, "zookeeper.connect names this machine alone, in a cluster of several brokers").
		Help = "name every ZooKeeper server: zk1:2181,zk2:2181,zk3:2181"
}

// Set on purpose while a rolling upgrade is under way, and often forgotten afterwards.
func protocolVersionOld(c *lint, report rule.Reporter) {
	const key = "inter.broker.protocol.version"
	if !c.broker() || !c.set(key) || !c.defined(key) {
		return
	}
	v, own := c.str(key), c.release.Line()
	line := strings.Join(strings.SplitN(v, ".", 3)[:min(2, strings.Count(v, ".")+1)], ".")
	line, _, _ = strings.Cut(line, "-")
	if Release(line).Compare(Release(own)) >= 0 {
		return
	}
	report(c.pos(key), key, "inter.broker.protocol.version is %s on Kafka %s: what came later stays off", v, c.release).
		Help = "remove the line once every broker runs " + own
}
