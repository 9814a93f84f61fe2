package zkcfg

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kcfg/kcfg/internal/plural"
	"github.com/kcfg/kcfg/properties"
)

// parse35 reads a file as 3.5 and later do.
func (c *Config) parse35() {
	c.readKeys()
	c.checkStaticMembers()
	c.checkSASL()
	c.checkDataDir()
	c.Client = c.listen("clientPort", "clientPortAddress", stepClientPort)
	c.Secure = c.listen("secureClientPort", "secureClientPortAddress", stepSecurePort)
	if c.Secure != nil {
		c.checkSSLAuth()
	}
	c.checkTimes()
	if c.d.pipes {
		c.checkMetricsClass()
	}
	dynamic, given := c.get("dynamicConfigFile")
	if !given {
		c.setup(c.memberSource(), true)
		return
	}
	if source, ok := c.openDynamic(dynamic); ok {
		c.setup(source, false)
	}
	c.checkNext()
}

// checkStaticMembers: beside a dynamic file the static one must not name servers.
func (c *Config) checkStaticMembers() {
	if _, ok := c.file.Lookup("dynamicConfigFile"); !ok {
		return
	}
	for i := range c.settings {
		if s := &c.settings[i]; memberKey(s.key) {
			c.refuseKey("zk-static-servers-with-dynamic-file", s, exitInvalid,
				"%s stands beside dynamicConfigFile; it belongs into that file", s.key).Pos = s.entry.KeyPos()
		}
	}
}

// checkSSLAuth: with a secure port, the provider that authenticates clients has to be known by name.
func (c *Config) checkSSLAuth() {
	name := c.systemProperty("ssl.authProvider", "x509")
	if name == "x509" || c.systemProperty("authProvider."+name, "") != "" || c.has("authProvider."+name) {
		return
	}
	if _, ok := c.opts.Properties["zookeeper.authProvider."+name]; ok {
		return
	}
	c.refuse("zk-ssl-auth-provider-missing", stepSSLAuth, exitInvalid, c.valuePos("ssl.authProvider"), "ssl.authProvider",
		fmt.Sprintf("ssl.authProvider is %q, but there is no authProvider.%s", name, name)).Help = "set authProvider." + name + " to the provider's class, or remove ssl.authProvider"
}

// systemProperty returns zookeeper.<key> as the running server sees it: the file wins over the command line.
func (c *Config) systemProperty(key, unset string) string {
	if s, ok := c.get(key); ok && (s.def == nil || s.def.Source != FromFile) {
		return s.text
	}
	if v, ok := c.opts.Properties["zookeeper."+key]; ok {
		return v
	}
	return unset
}

// setup reads the servers, the own id, and what depends on them.
func (c *Config) setup(from source, static bool) {
	if !static {
		c.checkForeign(from)
	}
	m := newMembers(c, from, stepVerifier)
	m.read()
	c.take(m)
	c.checkCounts(m)
	if !c.StandaloneEnabled || c.voters > 1 {
		c.Mode = Distributed
	}
	c.readMyID35()
	c.setClient()
	c.setPeerType(m)
	if c.Mode == Distributed {
		c.checkLimits(stepLimits)
		c.checkMyIDThere()
	}
}

// take keeps what was read of the list.
func (c *Config) take(m *members) {
	c.voters, c.watchers = len(m.voters.list), len(m.observers)
	c.Servers = m.sorted(&m.all)
	c.Version = m.version
	if m.hierarchical {
		c.Groups, c.Weights = m.groups(), m.weights
	}
}

// checkForeign: a dynamic file holds servers, groups and weights, and nothing else.
func (c *Config) checkForeign(from source) {
	for _, p := range from.pairs {
		if key := trim(p.key); !memberKey(key) && key != "version" {
			c.refuse("zk-dynamic-file-foreign-key", stepForeign, exitInvalid, p.entry.KeyPos(), key,
				fmt.Sprintf("%q does not belong into a dynamic file; it holds only servers, groups and weights", key))
		}
	}
}

func (c *Config) checkCounts(m *members) {
	broken := slices.ContainsFunc(c.problems, func(p problem) bool { return p.step == stepVerifier && strings.HasPrefix(p.Key, "server.") })
	switch {
	case c.voters == 0 && broken: // the lines that do not parse say it
	case c.voters == 0 && !c.StandaloneEnabled:
		c.refuseMembers("zk-no-participants", m, "standaloneEnabled is false, but there is no participant").Key = "standaloneEnabled"
	case c.voters == 0 && c.watchers > 0:
		c.refuseMembers("zk-observers-without-participants", m, "%s without a participant", plural.Of(c.watchers, "observer"))
	case c.voters == 1 && c.StandaloneEnabled && c.watchers > 0:
		c.refuseMembers("zk-observers-with-one-participant", m, "%s, but only one participant", plural.Of(c.watchers, "observer")).Help =
			"set standaloneEnabled=false"
	}
}

// setClient lets the own line in the server list decide where clients connect; what the static file says must agree.
func (c *Config) setClient() {
	if !c.IDSeen || c.ID == UnsetID {
		return
	}
	own, ok := c.Server(c.ID)
	if !ok || own.Client == nil {
		return
	}
	if c.Client != nil {
		conflict, known := c.Client.Port != own.Client.Port, true
		if !c.Client.Wildcard() {
			same, sure := c.Client.same(*own.Client)
			conflict, known = !same, sure
		}
		switch message := fmt.Sprintf("server.%d serves clients at %s, but clientPort says %s", c.ID, own.Client, c.Client); {
		case conflict && !known:
			c.undetermined("zk-client-port-conflict", own.Pos, "clientPort", message+"; whether these are the same depends on the name service")
		case conflict:
			p := c.refuse("zk-client-port-conflict", stepClientConflict, exitInvalid, own.Pos, "clientPort", message)
			p.Help = "remove clientPort and clientPortAddress, or make them say the same"
		}
	}
	c.Client = own.Client
}

// source is a list of servers and where it stands.
type source struct {
	pairs []pair
	order *keyOrder
}

type pair struct {
	key, value string // raw
	entry      properties.Entry
}

func (c *Config) fileSource() source {
	s := newSource(c.file)
	s.order = c.order
	return s
}

// memberSource is fileSource for the list of servers alone.
func (c *Config) memberSource() source {
	about := func(s *setting) bool { return memberKey(s.key) || s.key == "version" }
	n := 0
	for i := range c.settings {
		if about(&c.settings[i]) {
			n++
		}
	}
	s := source{pairs: make([]pair, 0, n), order: c.order}
	for i := range c.settings {
		if e := c.settings[i].entry; about(&c.settings[i]) {
			s.pairs = append(s.pairs, pair{e.Key, e.Value, e})
		}
	}
	return s
}

// newSource takes the keys of a file, and more keys that the server adds to it.
func newSource(f *properties.File, more ...string) source {
	s := source{pairs: make([]pair, 0, f.Len()), order: newKeyOrder(f, more...)}
	for e := range f.Effective() {
		s.pairs = append(s.pairs, pair{e.Key, e.Value, e})
	}
	return s
}
