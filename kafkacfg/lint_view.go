package kafkacfg

import (
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/internal/rule"
)

// prefixed returns the value of the first key that is set, else the default of the last, and the key that gave it.
func (c *lint) prefixed(key, plain string) (value, where string) {
	if c.set(key) {
		return c.str(key), key
	}
	return c.str(plain), plain
}

// listenerSet reports whether a listener has a key, with its prefix or without.
func (c *lint) listenerSet(name, key string) bool {
	v, _ := c.prefixed(listenerPrefix+strings.ToLower(name)+"."+key, key)
	return v != ""
}

// mechanisms returns the SASL mechanisms of a listener.
func (c *lint) mechanisms(name string) []lintPart {
	key := listenerPrefix + strings.ToLower(name) + ".sasl.enabled.mechanisms"
	if !c.set(key) {
		key = "sasl.enabled.mechanisms"
	}
	if c.set(key) {
		return c.parts(key)
	}
	return []lintPart{{text: c.str(key), nowhere: c.cfg.File.Name()}}
}

func (c *lint) isControllerListener(name string) bool {
	return slices.ContainsFunc(c.controllerNames(), func(n string) bool { return strings.EqualFold(n, name) })
}

func (c *lint) controllerNames() []string { return c.quorum.get(c.findControllers) }

func (c *lint) findControllers() []string {
	if !c.kraft() || c.str("controller.listener.names") == "" {
		return nil
	}
	var out []string
	for _, n := range strings.SplitN(c.str("controller.listener.names"), ",", mostParts+1) {
		out = append(out, trim(n))
	}
	return out
}

// controllerEndpoints are the controllers' listeners as this node's own map has them; a broker dials them.
func (c *lint) controllerEndpoints() []endpoint {
	var out []endpoint
	for _, n := range c.controllerNames() {
		out = append(out, endpoint{Listener: Listener{Name: strings.ToUpper(n), Protocol: c.protocolOf(n)}})
	}
	return out
}

// protocolOf looks a listener up in the security map.
func (c *lint) protocolOf(name string) string {
	protocol := c.protocols.get(c.readProtocols)[strings.ToUpper(name)]
	if protocol == "" && !c.set(securityMapKey) {
		return Plaintext
	}
	return protocol
}

func (c *lint) readProtocols() map[string]string {
	protocols := map[string]string{}
	for pair := range strings.SplitSeq(c.str(securityMapKey), ",") {
		if i := strings.LastIndexByte(pair, ':'); i >= 0 {
			protocols[strings.ToUpper(trim(pair[:i]))] = strings.ToUpper(trim(pair[i+1:]))
		}
	}
	return protocols
}

// listenerNames are the names that a prefix can mean: the node's own and the controllers'.
func (c *lint) listenerNames() []string { return c.names.get(c.findNames) }

func (c *lint) findNames() []string {
	var out []string
	for _, l := range c.bound() {
		out = append(out, l.Name)
	}
	if len(out) == 0 { // they could not be read, but their names may be seen
		for _, p := range c.parts("listeners") {
			if name, _, ok := strings.Cut(p.text, "://"); ok {
				out = append(out, strings.ToUpper(name))
			}
		}
	}
	for _, n := range c.controllerNames() {
		if n = strings.ToUpper(n); !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	return out
}

// interBroker reports whether a listener is the one between brokers.
func (c *lint) interBroker(name string) bool {
	if c.set("inter.broker.listener.name") {
		return strings.EqualFold(c.str("inter.broker.listener.name"), name)
	}
	return strings.EqualFold(c.str("security.inter.broker.protocol"), name)
}

// severalBrokers reports whether the caller or the file itself says that there is more than one broker.
func (c *lint) severalBrokers() bool {
	if c.brokers() != 0 {
		return c.brokers() > 1
	}
	for _, key := range []string{replication, minInsync, offsetsRF, txnRF, txnISR} {
		if n, ok := c.num(key); ok && c.set(key) && n > 1 {
			return true
		}
	}
	return len(c.voters()) > 1
}

// severalHosts is severalBrokers without those clusters that live on one machine.
func (c *lint) severalHosts() bool {
	vs := c.voters()
	if len(vs) > 1 && !slices.ContainsFunc(vs, func(v quorumVoter) bool { return !isLoopback(v.host) }) {
		return false
	}
	return c.severalBrokers()
}

// singleMachine reports whether everything that the file says keeps to one machine, as a developer's does: what is advertised
// to clients is this machine's own address, and so are the quorum and the bootstrap servers.
func (c *lint) singleMachine() bool {
	if !c.node() {
		return c.loopbackBootstrap()
	}
	if c.severalHosts() || slices.ContainsFunc(c.voters(), func(v quorumVoter) bool { return !isLoopback(v.host) }) {
		return false
	}
	here := false
	for _, l := range c.advertised() {
		if c.isControllerListener(l.Name) {
			continue
		}
		if !isLoopback(l.Host) {
			return false
		}
		here = true
	}
	return here
}

// ease makes advice of what harms nobody on a single machine.
func (c *lint) ease(f *finding.Finding) {
	if c.singleMachine() && f.Severity == finding.Warning {
		f.Severity = finding.Info
	}
}

func (c *lint) loopbackBootstrap() bool {
	v := c.str("bootstrap.servers")
	for _, server := range strings.Split(v, ",") {
		host := trim(server)
		if i := strings.LastIndexByte(host, ':'); i >= 0 {
			host = host[:i]
		}
		if !isLoopback(strings.Trim(host, "[]")) {
			return false
		}
	}
	return v != ""
}

func (c *lint) releaseIn(spans rule.Spans) bool { return spans.Contain(string(c.release)) }

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

func replicas(n int64) string {
	if n == 1 {
		return "1 replica"
	}
	return itoa(n) + " replicas"
}

// other returns the one of a and b that is not key.
func other(key, a, b string) string {
	if key == a {
		return b
	}
	return a
}

func oneOfFold(s string, names ...string) bool {
	return slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, s) })
}

func isBlank(s string) bool { return strings.TrimFunc(s, unicode.IsSpace) == "" }
