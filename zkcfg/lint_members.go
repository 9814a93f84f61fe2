package zkcfg

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/internal/plural"
	"github.com/kcfg/kcfg/internal/rule"
)

// The list of servers, and what they need to form an ensemble.
var memberLints = []rule.Rule[*Config]{
	{ID: "zk-two-servers", Severity: finding.Warning, Check: twoServers},
	{ID: "zk-even-ensemble", Severity: finding.Warning, Check: evenEnsemble},
	{ID: "zk-lone-server-line", Severity: finding.Info, Check: loneServerLine},
	{ID: "zk-server-address-twice", Severity: finding.Error, Check: addressTwice},
	{ID: "zk-server-loopback", Severity: finding.Warning, Check: serverLoopback},
	{ID: "zk-server-host-impossible", Severity: finding.Error, Check: hostImpossible},
	{ID: "zk-server-id-unusual", Severity: finding.Warning, Check: idUnusual},
	{ID: "zk-server-line-loose", Severity: finding.Warning, Check: serverLineLoose},
	{ID: "zk-address-short-form", Severity: finding.Warning, Check: addressShortForm},
	{ID: "zk-observer-without-role", Severity: finding.Warning, Check: observerWithoutRole},
	{ID: "zk-peer-type-mismatch", Severity: finding.Info, Check: peerTypeMismatch},
	{ID: "zk-limit-negative", Severity: finding.Error, Check: limitNegative},
	{ID: "zk-limits-short", Severity: finding.Warning, Check: limitsShort},
	{ID: "zk-tick-time-unusual", Severity: finding.Warning, Check: tickUnusual},
	{ID: "zk-session-minimum-alone", Severity: finding.Info, In: "3.5..", Check: sessionMinimumAlone},
	{ID: "zk-session-maximum-short", Severity: finding.Info, Check: sessionMaximumShort},
	{ID: "zk-session-minimum-long", Severity: finding.Info, Check: sessionMinimumLong},
	{ID: "zk-standalone-disabled-alone", Severity: finding.Info, In: "3.5..", Check: standaloneDisabledAlone},
	{ID: "zk-reconfig-standalone", Severity: finding.Info, In: "3.5..", Check: reconfigStandalone},
	{ID: "zk-local-sessions-upgrade-alone", Severity: finding.Info, In: "3.5..", Check: localSessionsUpgradeAlone},
	{ID: "zk-reconfig-enabled", Severity: finding.Info, In: "3.5..", Check: reconfigEnabled},
	{ID: "zk-groups-two", Severity: finding.Warning, Check: groupsTwo},
	{ID: "zk-group-fragile", Severity: finding.Warning, Check: groupsFragile},
	{ID: "zk-weights-zero", Severity: finding.Error, Check: weightsZero},
	{ID: "zk-oracle-useless", Severity: finding.Warning, In: "3.8..", Check: oracleUseless},
	{ID: "zk-dynamic-version-by-accident", Severity: finding.Warning, In: "3.5..", Check: dynamicVersion},
}

func (c *Config) firstMember() finding.Position {
	if len(c.Servers) == 0 {
		return c.absent()
	}
	return c.Servers[0].Pos
}

func twoServers(c *Config, report rule.Reporter) {
	if c.voters != 2 || c.Mode != Distributed || c.brokenServers() || c.has("oraclePath") && c.d.oracle {
		return
	}
	f := c.grave(report(c.firstMember(), "server", "there are 2 voting servers: when one is gone, the other stops too"))
	if c.watchers > 0 {
		f.Notes = append(f.Notes, "observers do not vote")
	}
	f.Help = "use 3 servers"
}

func evenEnsemble(c *Config, report rule.Reporter) {
	if c.voters < 4 || c.voters%2 != 0 || c.brokenServers() {
		return
	}
	f := c.grave(report(c.firstMember(), "server", "there are %d voting servers, which bear the loss of no more than %d do", c.voters, c.voters-1))
	f.Help = fmt.Sprintf("use %d or %d, or make one an observer", c.voters-1, c.voters+1)
}

func loneServerLine(c *Config, report rule.Reporter) {
	if len(c.Servers) == 1 && c.Mode == Standalone && c.kind == Static && !c.brokenServers() {
		report(c.firstMember(), "server."+decimal(c.Servers[0].ID), "there is one server line, so the server runs standalone and ignores it").Help =
			"list every server, or remove the line"
	}
}

func addressTwice(c *Config, report rule.Reporter) {
	type place struct {
		host string
		port int
	}
	seen := make(map[place]int64, 2*len(c.Servers))
	for _, s := range c.Servers {
		for _, a := range s.addresses() {
			key := place{asciiLower(a.Host), a.Port}
			other, twice := seen[key]
			if twice && other != s.ID {
				report(s.Pos, "server."+decimal(s.ID), "server.%d and server.%d both have %s", other, s.ID, a).Help = "give each server an address of its own"
				break
			}
			seen[key] = s.ID
		}
	}
}

func serverLoopback(c *Config, report rule.Reporter) {
	if !c.ensemble() {
		return
	}
	for _, s := range c.Servers {
		switch {
		case len(s.Quorum) == 0:
		case s.Quorum[0].Wildcard():
			report(s.Pos, "server."+decimal(s.ID), "server.%d is 0.0.0.0, which the other servers cannot connect to", s.ID).Help =
				"write the server's name, and set quorumListenOnAllIPs=true where it cannot bind to that"
		case loopbackHost(s):
			report(s.Pos, "server."+decimal(s.ID), "server.%d is %s, which on the other machines is themselves", s.ID, s.Host()).Help = "write the name that the other machines know"
		}
	}
}

func idUnusual(c *Config, report rule.Reporter) {
	for _, s := range c.Servers {
		if 1 <= s.ID && s.ID <= 127 {
			continue
		}
		key := "server." + decimal(s.ID)
		switch {
		case s.ID > 254 && c.d.verifier && strings.EqualFold(c.text("extendedTypesEnabled"), "true"):
			f := report(s.Pos, key, "%s: with extendedTypesEnabled the greatest id is 254", key)
			f.Severity = finding.Error
			f.Help = "give the server another id"
		case s.ID > 127 && strings.EqualFold(c.text("emulate353TTLNodes"), "true"):
			report(s.Pos, key, "%s: with emulate353TTLNodes the greatest id is 127", key).Help = "give the server another id"
		case s.ID < 1 || s.ID > 255:
			report(s.Pos, key, "%s: ids lie between 1 and 255; session ids of others collide", key).Help = "give the server another id"
		}
	}
}

func serverLineLoose(c *Config, report rule.Reporter) {
	for i := range c.settings {
		s := &c.settings[i]
		if !strings.HasPrefix(s.key, "server.") || c.failed(s.key) {
			continue
		}
		v := s.text
		switch _, behind, bracket := strings.Cut(v, "]"); {
		case strings.Trim(v, "|") != v, strings.HasPrefix(v, "|"):
			report(s.pos(), s.key, "%s has a | with nothing beside it", s.key).Help = "remove the |"
		case strings.HasSuffix(v, ":"), strings.HasSuffix(v, ";"):
			report(s.pos(), s.key, "%s ends in %s, behind which something is missing", s.key, quoted(v[len(v)-1:])).Help = "complete the line, or remove the last character"
		case c.d.pipes && bracket && behind != "" && behind[0] != ':':
			report(s.pos(), s.key, "%s has no colon behind the bracket, so the first character of the port is lost", s.key).Help = "write ]:"
		case c.d.verifier && strings.Contains(v, ";:"):
			report(s.pos(), s.key, "%s has a client address without host, which is loopback: other machines cannot connect", s.key).Help = "write the port alone, or host:port"
		case restIgnored(c, s):
			report(s.pos(), s.key, "%s has more than host:port:port:role; the rest is ignored here and refused from 3.5 on", s.key).Help = "remove what comes behind the role"
		}
	}
}

// shortForm reports whether a host is an IPv4 address of fewer than four numbers.
func shortForm(host string) bool {
	_, ok := parseIPv4(host)
	return ok && strings.Count(host, ".") < 3
}

func addressShortForm(c *Config, report rule.Reporter) {
	tell := func(pos finding.Position, key, host string) {
		ip, _ := parseIPv4(host)
		report(pos, key, "%s has the address %s, which is short for %s", key, host, ip).Help = "write all four numbers"
	}
	for _, key := range []string{"clientPortAddress", "secureClientPortAddress"} {
		if s, ok := c.get(key); ok && shortForm(s.text) {
			tell(s.pos(), key, s.text)
		}
	}
	for _, s := range c.Servers {
		if shortForm(s.Host()) {
			tell(s.Pos, "server."+decimal(s.ID), s.Host())
		}
	}
}

func observerWithoutRole(c *Config, report rule.Reporter) {
	s, ok := c.get("peerType")
	if !ok || asciiLower(s.text) != string(Observer) || c.Mode != Distributed {
		return
	}
	own, listed := c.Server(c.ID)
	switch {
	case c.IDSeen && listed && own.Role == Participant:
		report(s.pos(), s.key, "peerType is observer, but server.%d has no role, so this server votes", c.ID).Help = fmt.Sprintf("write :observer at the end of server.%d", c.ID)
	case !c.IDSeen && c.watchers == 0:
		report(s.pos(), s.key, "peerType is observer, but no server line has that role, so this server votes").Help = "write :observer at the end of its line"
	}
}

func peerTypeMismatch(c *Config, report rule.Reporter) {
	own, ok := c.Server(c.ID)
	if ok && c.IDSeen && c.Mode == Distributed && own.Role == Observer && asciiLower(c.text("peerType")) != string(Observer) {
		report(own.Pos, "server."+decimal(own.ID), "server.%d is an observer, but peerType does not say so: the line wins, with a warning at each start", own.ID).Help = "set peerType=observer in this server's file"
	}
}

func limitNegative(c *Config, report rule.Reporter) {
	tell := func(key string, n int64) {
		if n < 0 && c.Mode == Distributed {
			report(c.valuePos(key), key, "%s is %d: the ensemble never forms, since every timeout is negative", key, n).Help = "use a number from 1"
		}
	}
	tell("initLimit", c.InitLimit)
	tell("syncLimit", c.SyncLimit)
}

func limitsShort(c *Config, report rule.Reporter) {
	const least = 2000 // ms: below it an idle ensemble was seen to lose its leader
	if c.Mode != Distributed || c.TickTime <= 0 {
		return
	}
	for _, l := range []struct {
		key   string
		ticks int64
	}{{"initLimit", c.InitLimit}, {"syncLimit", c.SyncLimit}} {
		if ms := l.ticks * c.TickTime; l.ticks > 0 && ms < least {
			report(c.valuePos(l.key), l.key, "%s is %s of %d ms, which is %d ms: servers lose each other", l.key, plural.Of(int(l.ticks), "tick"), c.TickTime, ms).Help = fmt.Sprintf("make it at least %d ms", least)
		}
	}
}

func tickUnusual(c *Config, report rule.Reporter) {
	const low, high = 100, 10000
	if s, ok := c.get("tickTime"); ok && !c.failed("tickTime") && (c.TickTime < low || c.TickTime > high) {
		report(s.pos(), s.key, "tickTime is %d ms; between %d and %d is usual", c.TickTime, low, high).Help = "use 2000"
	}
}

func sessionMinimumAlone(c *Config, report rule.Reporter) {
	if s, ok := c.get("minSessionTimeout"); ok && !c.has("maxSessionTimeout") && !c.failed(s.key) {
		report(s.pos(), s.key, "minSessionTimeout is given without maxSessionTimeout, which 3.4 refuses").Help = "set maxSessionTimeout=" + decimal(c.MaxSessionTimeout)
	}
}

// kafkaSession is zookeeper.session.timeout.ms of Kafka since 2.5, in ms.
const kafkaSession = 18000

func sessionMinimumLong(c *Config, report rule.Reporter) {
	const key = "minSessionTimeout"
	if c.has(key) && !c.failed(key) && c.MinSessionTimeout > kafkaSession && c.kind == Static {
		report(c.valuePos(key), key, "the shortest session is %d ms; Kafka asks for %d and gets more, without a word: a dead broker is missed later", c.MinSessionTimeout, kafkaSession).Help =
			"set zookeeper.session.timeout.ms of the brokers to the same, or a lower " + key
	}
}

func sessionMaximumShort(c *Config, report rule.Reporter) {
	most := c.MaxSessionTimeout
	if most == -1 {
		most = 20 * c.TickTime
	}
	key := "maxSessionTimeout"
	if !c.has(key) {
		key = "tickTime"
	}
	if most > 0 && most < kafkaSession && c.kind == Static && !c.failed(key) {
		report(c.valuePos(key), key, "the longest session is %d ms; Kafka asks for %d and gets less, without a word", most, kafkaSession).Help = "set maxSessionTimeout=40000"
	}
}

func standaloneDisabledAlone(c *Config, report rule.Reporter) {
	if !c.StandaloneEnabled && c.voters == 1 && c.watchers == 0 {
		report(c.valuePos("standaloneEnabled"), "standaloneEnabled", "standaloneEnabled is false with one server, which is for an ensemble that will grow").Help = "remove it unless you add servers later"
	}
}

func reconfigEnabled(c *Config, report rule.Reporter) {
	if c.ReconfigEnabled && c.Mode == Distributed {
		f := report(c.valuePos("reconfigEnabled"), "reconfigEnabled", "reconfigEnabled is true: the server rewrites this file, and needs a writable directory")
		f.Notes = append(f.Notes, "comments are lost, servers move to a dynamic file; tools that manage this file will fight it")
	}
}

// reconfigStandalone: PrepRequestProcessor answers a reconfig with "not implemented" unless it is that of a leader.
func reconfigStandalone(c *Config, report rule.Reporter) {
	if c.ReconfigEnabled && c.Mode == Standalone && c.kind == Static && c.StandaloneEnabled && !c.brokenServers() {
		report(c.valuePos("reconfigEnabled"), "reconfigEnabled", "reconfigEnabled is true, but this server runs standalone, where the list of servers cannot be changed").Help =
			"set standaloneEnabled=false, initLimit and syncLimit, if it is to grow into an ensemble"
	}
}

func localSessionsUpgradeAlone(c *Config, report rule.Reporter) {
	const key, other = "localSessionsUpgradingEnabled", "localSessionsEnabled"
	if c.isTrue(key) && !c.isTrue(other) {
		report(c.valuePos(key), key, "%s has no effect without %s", key, other).Help = "set " + other + "=true, or remove the line"
	}
}

func groupsTwo(c *Config, report rule.Reporter) {
	if len(c.Groups) == 2 && c.Mode == Distributed {
		report(c.firstMember(), "group", "there are 2 groups, and both need a majority: the loss of one stops the ensemble").Help = "use 3 groups"
	}
}

// groupsFragile: what a group lists counts by its weight, whatever that is.
func groupsFragile(c *Config, report rule.Reporter) {
	if len(c.Groups) == 0 || c.Mode != Distributed {
		return
	}
	for _, s := range c.Servers {
		w, listed := c.Weights[s.ID]
		if _, grouped := c.grouped(s.ID); !grouped || !listed {
			continue
		}
		switch {
		case s.Role == Observer:
			report(s.Pos, "server."+decimal(s.ID), "server.%d is an observer in group.%d: its weight counts for the quorum, and its vote is never given", s.ID, s.Group).Help = "take it out of the group"
		case w < 0:
			report(s.Pos, "weight."+decimal(s.ID), "the weight of server.%d is %d: its vote counts against the group", s.ID, w).Help = "use a weight from 0"
		}
	}
	for _, gid := range sortedKeys(c.Groups) {
		sum := int64(0)
		for _, sid := range c.Groups[gid] {
			sum += c.Weights[sid]
		}
		if sum == 0 && len(c.Groups) > 1 {
			report(c.firstMember(), "group."+decimal(gid), "the weights of group.%d add up to 0, so the group does not count", gid).Help = "give its servers weights from 1"
		}
	}
}

// grouped returns the group that lists a server.
func (c *Config) grouped(id int64) (gid int64, ok bool) {
	for gid, members := range c.Groups {
		if slices.Contains(members, id) {
			return gid, true
		}
	}
	return 0, false
}

func weightsZero(c *Config, report rule.Reporter) {
	if len(c.Groups) == 0 || c.Mode != Distributed {
		return
	}
	for _, s := range c.Servers {
		if w := c.Weights[s.ID]; s.Role == Participant && w > 0 {
			return
		}
	}
	report(c.firstMember(), "weight", "no participant has a weight above 0: no leader is ever elected").Help = "give the participants weights from 1"
}

func oracleUseless(c *Config, report rule.Reporter) {
	s, ok := c.get("oraclePath")
	if !ok {
		return
	}
	if c.voters != 2 {
		report(s.pos(), s.key, "oraclePath decides only between 2 voting servers; there are %d", c.voters).Help = "remove it"
	}
	for i := range c.settings {
		if g := &c.settings[i]; hasPrefixAny(g.key, "group", "weight") {
			report(g.entry.KeyPos(), g.key, "%s is ignored, because oraclePath is set", g.key).Help = "remove oraclePath, or the groups"
			return
		}
	}
}

func dynamicVersion(c *Config, report rule.Reporter) {
	s, ok := c.get("dynamicConfigFile")
	if !ok {
		return
	}
	hex, ok := versionOf(s.text)
	if extension := s.text[strings.LastIndexByte(s.text, '.')+1:]; ok && strings.Trim(extension, "0123456789") != "" && len(extension) < 5 && !strings.Contains(s.text, ".dynamic.") {
		report(s.pos(), s.key, "the extension .%s of the dynamic file counts as the version 0x%s of the configuration", extension, hex).Help = "call it zoo.cfg.dynamic"
	}
}
