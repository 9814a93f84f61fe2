package zkcfg

import (
	"fmt"
	"slices"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/internal/machine"
	"github.com/kcfg/kcfg/internal/rule"
)

// endsUnbound reports whether a member ends its process where it cannot open its election port; otherwise it runs on and
// never takes part.
func (c *Config) endsUnbound() bool {
	const key = "electionPortBindRetry"
	if c.table.lookup(key) == nil {
		return false
	}
	n, ok := decodeLong(c.systemProperty(key, "3"))
	return !ok || n != 0 // 0: it tries for ever
}

// ownLine returns the line of this server, where its id is known.
func (c *Config) ownLine() (Server, bool) {
	if c.Mode != Distributed || !c.IDSeen || c.brokenServers() {
		return Server{}, false
	}
	return c.Server(c.ID)
}

// checkAddresses: a server opens its ports at addresses of its own machine.
func (c *Config) checkAddresses() {
	const id, help = "zk-address-not-local", "use an address of this machine"
	local := machine.Addresses(c.opts.Root)
	foreign := func(a Address) bool { return machine.Foreign(local, a.IP) }
	for _, l := range c.listeners() {
		if (l.key == "clientPort" || l.key == "secureClientPort") && foreign(l.at) {
			p := c.refuseStart(id, l.key, exitUnexpected, "the %s is opened at %s, which is no address of this machine", l.what, l.at.Host)
			p.Pos, p.Help = c.addressPos(l), help
		}
	}
	own, ok := c.ownLine()
	if !ok || len(own.Election) == 0 || c.isTrue("quorumListenOnAllIPs") || slices.ContainsFunc(own.Election, func(a Address) bool { return !foreign(a) }) {
		return
	}
	key := "server." + decimal(own.ID)
	f := finding.Finding{ID: id, Severity: finding.Error, Pos: own.Pos, Key: key,
		Message: fmt.Sprintf("%s is this server, but %s is no address of this machine", key, own.Host()),
		Help:    "correct the address or myid; behind a translation of addresses set quorumListenOnAllIPs=true"}
	if !c.endsUnbound() {
		f.Message += ": it runs on and hears of no election"
		c.unknown = append(c.unknown, f)
		return
	}
	p := c.refuseStart(id, key, exitUnbound, "%s", f.Message)
	p.Pos, p.Help = f.Pos, f.Help
}

func (c *Config) addressPos(l listener) finding.Position {
	if _, ok := c.get(l.key + "Address"); ok && l.own == nil {
		return c.valuePos(l.key + "Address")
	}
	return c.listenerPos(l)
}

// checkOwnPorts: of two listeners of one process on one port, the second cannot be opened.
func (c *Config) checkOwnPorts() {
	if c.Client == nil || !c.d.verifier {
		return
	}
	const id, help = "zk-own-port-twice", "give each of them a port of its own"
	client := listener{at: *c.Client}
	if c.Mode == Standalone { // the admin server comes first
		if c.runsAdminServer() && client.collides(listener{at: c.adminAddress()}) {
			c.refuseStart(id, "clientPort", exitUnexpected, "the client port is %d, like the port of the admin server", c.Client.Port).Help = help
		}
		return
	}
	own, ok := c.ownLine()
	if !ok || len(own.Election) != 1 || own.Election[0].Port != c.Client.Port || !c.endsUnbound() {
		return
	}
	election := listener{at: own.Election[0]}
	if c.isTrue("quorumListenOnAllIPs") {
		election.at.IP = anyIP
	}
	if key := "server." + decimal(own.ID); election.collides(client) {
		p := c.refuseStart(id, key, exitUnbound, "the election port of %s is %d, like the client port", key, c.Client.Port)
		p.Pos, p.Help = own.Pos, help
	}
}

// adminAddress is where the admin server listens.
func (c *Config) adminAddress() Address {
	const usual = 8080
	return c.listenAt("admin.serverAddress", "admin.serverPort", usual)
}

// checkOwnHost: a member that cannot find its own address opens no election port.
func (c *Config) checkOwnHost() {
	own, ok := c.ownLine()
	if !ok || len(own.Election) == 0 || c.isTrue("quorumListenOnAllIPs") || !c.endsUnbound() || slices.ContainsFunc(own.Election, possible) {
		return
	}
	key := "server." + decimal(own.ID)
	p := c.refuseStart("zk-server-host-impossible", key, exitUnbound, "%s is this server, but %q is neither an address nor a host name", key, own.Host())
	p.Pos, p.Help = own.Pos, "write the name or address of this machine"
}

// possible reports whether an address may be found.
func possible(a Address) bool {
	if a.IP.IsValid() {
		return true
	}
	_, known := resolve(a.Host)
	return known != never
}

func hostImpossible(c *Config, report rule.Reporter) {
	if c.Mode != Distributed {
		return
	}
	for _, s := range c.Servers {
		if len(s.Quorum) == 0 || slices.ContainsFunc(s.Quorum, possible) || placeholderIn(s.Host()) != "" {
			continue
		}
		if key := "server." + decimal(s.ID); !c.says("zk-server-host-impossible", key) {
			report(s.Pos, key, "%s has the host %q, which is neither an address nor a host name: nobody can connect to it", key, s.Host()).Help = "write the name or address of that machine"
		}
	}
}

// says reports whether the report has a refusal of a rule of the environment, so that a lint need not say it too.
func (c *Config) says(id, key string) bool {
	return c.through() == finding.Environment && slices.ContainsFunc(c.problems, func(p problem) bool { return p.ID == id && p.Key == key })
}

// opened yields the listeners of this server.
func (c *Config) opened() []listener {
	all := c.listeners()
	if own, ok := c.ownLine(); ok {
		key := "server." + decimal(own.ID)
		for _, a := range own.Quorum {
			all = append(all, listener{what: "quorum port", key: key, at: a, own: &own})
		}
		for _, a := range own.Election {
			all = append(all, listener{what: "election port", key: key, at: a, own: &own})
		}
	}
	return all
}

func portPrivileged(c *Config, report rule.Reporter) {
	if c.account == nil || c.account.IsRoot() {
		return
	}
	for _, l := range c.opened() {
		if 0 < l.at.Port && l.at.Port < machine.Privileged {
			report(c.listenerPos(l), l.key, "the %s is %d, which %s may not open without CAP_NET_BIND_SERVICE", l.what, l.at.Port, c.opts.User).Help = "use a port from 1024 on"
		}
	}
}

func portInUse(c *Config, report rule.Reporter) {
	if c.opts.Root == nil || c.kind == Dynamic {
		return
	}
	taken := machine.PortsInUse(c.opts.Root)
	for _, l := range c.opened() {
		if slices.Contains(taken, l.at.Port) {
			report(c.listenerPos(l), l.key, "the %s is %d, which is in use now", l.what, l.at.Port).Help = "stop what uses it before the start, if it is not this server itself"
		}
	}
}
