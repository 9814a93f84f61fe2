package zkcfg

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kcfg/kcfg/internal/plural"
)

// parse34 reads a file as 3.4 does: servers are keys like others, and myid is only read in an ensemble.
func (c *Config) parse34() {
	c.readKeys()
	m := newMembers(c, c.memberSource(), stepKeys)
	m.trimmed = true
	m.read()
	c.checkSASL()
	c.checkDataDir()
	if _, set := c.port("clientPort"); !set {
		c.refuse("zk-client-port-missing", stepClientPort, exitInvalid, c.valuePos("clientPort"), "clientPort", "clientPort is not set").Help = "set clientPort=2181"
	} else {
		c.Client = c.listen("clientPort", "clientPortAddress", stepClientPort)
	}
	c.checkTimes()
	voters, observers := len(m.voters.list), len(m.observers)
	c.voters, c.watchers = voters, observers
	switch {
	case voters == 0 && observers > 0:
		c.refuseMembers("zk-observers-without-participants", m, "%s without a participant", plural.Of(observers, "observer"))
	case voters == 1 && observers > 0:
		c.refuseMembers("zk-observers-with-one-participant", m, "%s, but only one participant", plural.Of(observers, "observer"))
	case voters > 1:
		c.Mode = Distributed
		c.ensemble34(m)
	}
	c.Servers = m.sorted(&m.all)
}

func (c *Config) refuseMembers(id string, m *members, format string, args ...any) *problem {
	pos := c.absent()
	if len(m.all.list) > 0 {
		pos = m.sorted(&m.all)[0].Pos
	}
	return c.refuse(id, stepCount, exitInvalid, pos, "", fmt.Sprintf(format, args...))
}

func (c *Config) ensemble34(m *members) {
	c.checkLimits(stepLimits34)
	if c.ElectionAlg != 0 {
		for _, s := range m.sorted(&m.voters) {
			if len(s.Election) == 0 {
				c.refuse("zk-election-port-missing", stepLimits34, exitInvalid, s.Pos, fmt.Sprintf("server.%d", s.ID),
					fmt.Sprintf("server.%d has no election port; it must be host:port:port", s.ID))
			}
		}
	}
	if len(m.groupOf) > 0 {
		c.Groups, c.Weights = m.groups(), m.weights
		if len(m.groupOf) != len(m.voters.list) {
			c.refuse("zk-server-without-group", stepLimits34, exitInvalid, m.groupPos, "group",
				fmt.Sprintf("the groups name %s, but there are %d participants; each must be in exactly one", plural.Of(len(m.groupOf), "server"), len(m.voters.list)))
		} else {
			for _, s := range m.voters.list {
				if _, ok := m.weights[s.ID]; !ok {
					m.weights[s.ID] = 1
				}
			}
			m.checkGroupWeights(stepLimits34)
		}
	}
	c.readMyID34()
	c.setPeerType(m)
}

// checkLimits: an ensemble needs both limits.
func (c *Config) checkLimits(at step) {
	check := func(key string, value int64, suggestion string) {
		if value != 0 || c.failed(key) {
			return
		}
		message := key + " is not set"
		if c.has(key) {
			message = key + " is 0; the least is 1"
		}
		c.refuse("zk-limit-missing", at, exitInvalid, c.valuePos(key), key, message+", and there is an ensemble").Help = "set " + suggestion
	}
	check("initLimit", c.InitLimit, "initLimit=10")
	check("syncLimit", c.SyncLimit, "syncLimit=5")
}

// failed reports whether the value of a key is refused already.
func (c *Config) failed(key string) bool {
	if c.refused != nil {
		return c.refused[key]
	}
	return slices.ContainsFunc(c.problems, func(p problem) bool { return p.Key == key })
}

func (c *Config) setPeerType(m *members) {
	c.PeerType = Participant
	if _, ok := m.observers[c.ID]; ok && (c.IDSeen || !c.d.verifier) {
		c.PeerType = Observer
	}
}

func hasPrefixAny(s string, prefixes ...string) bool {
	return slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(s, p) })
}
