package kafkacfg

import (
	"slices"
	"strconv"
	"strings"

	"github.com/kcfg/kcfg/properties"
)

// network is what a file says about listeners, read once.
type network struct {
	mapOK       bool // protocols could be read
	protocols   map[string]string
	listenersOK bool
	listeners   []Listener
	// explicit are the entries of advertised.listeners, where it is set.
	advertisedOK bool
	advertised   []Listener // effective: explicit ones, or the listeners
	explicit     bool
	effective    []Listener // see Config.advertised

	mapProblems        []listenerProblem
	listenerProblems   []listenerProblem
	advertisedProblems []listenerProblem
}

// listenerProblem is why a list of listeners or the security map cannot be read.
type listenerProblem struct {
	id       string
	key      string
	from, to int
	text     string
}

func (c *Config) network() *network {
	if c.net == nil {
		missed := c.missed
		c.missed = false
		n := &network{}
		c.readSecurityMap(n)
		n.mapOK = n.mapOK && !c.missed
		c.readListeners(n)
		c.readAdvertised(n)
		c.missed = missed
		c.net = n
	}
	return c.net
}

// securityMap returns the effective listener.security.protocol.map.
func (c *Config) securityMap() map[string]string {
	n := c.network()
	if !n.mapOK {
		c.missed = true
	}
	return n.protocols
}

// listeners returns the entries of listeners; a list that cannot be read silences the rule.
func (c *Config) listeners() []Listener {
	n := c.network()
	if !n.listenersOK {
		c.missed = true
	}
	return n.listeners
}

// explicitAdvertised returns the entries of advertised.listeners, and whether it is set.
func (c *Config) explicitAdvertised() ([]Listener, bool) {
	n := c.network()
	if !n.advertisedOK {
		c.missed = true
	}
	if !n.explicit {
		return nil, false
	}
	return n.advertised, true
}

// advertised returns what the release calls its effective advertised listeners, for brokers: before 3.9 an explicit list
// as it is, from 3.9 without the controllers' listeners. Without a list it is the listeners without the controllers'.
func (c *Config) advertised() []Listener {
	n := c.network()
	if !n.advertisedOK {
		c.missed = true
	}
	if n.explicit && !c.since("3.9.0") {
		return n.advertised
	}
	names := c.controllerSet()
	if n.effective == nil {
		n.effective = slices.DeleteFunc(slices.Clone(n.advertised), func(l Listener) bool { return names.has(l.Name) })
	}
	return n.effective
}

// controllerListeners are the listeners whose names stand in controller.listener.names. The names are compared as
// written, so those in small letters are none.
func (c *Config) controllerListeners() []Listener {
	names := c.controllerSet()
	var found []Listener
	for _, l := range c.listeners() {
		if names.has(l.Name) {
			found = append(found, l)
		}
	}
	return found
}

// advertisedControllers are the endpoints at which a controller of 3.9 and later is reached: for each name the
// advertised listener of that name, else the listener. advertised reports which of the two it was.
func (c *Config) advertisedControllers() (found []Listener, explicit []bool) {
	all := c.controllerSet()
	list, _ := c.explicitAdvertised()
	told, own := nameSet{list: names(list)}, c.controllerListeners()
	bound := nameSet{list: names(own)}
	for _, name := range all.list {
		if name = upper(name); !all.has(name) {
			continue
		}
		if i := told.index(name); i >= 0 {
			found, explicit = append(found, list[i]), append(explicit, true)
		} else if i := bound.index(name); i >= 0 {
			found, explicit = append(found, own[i]), append(explicit, false)
		}
	}
	return found, explicit
}

// interBroker returns the listener that brokers use among themselves and its protocol. What is wrong with it is the
// business of a rule; here it silences.
func (c *Config) interBroker() (name, protocol string) {
	if c.defined(interBrokerKey) && !c.null(interBrokerKey) {
		name = upper(c.text(interBrokerKey))
		protocol = c.securityMap()[name]
		if protocol == "" || c.has(interProtoKey) && c.File.Pos(interProtoKey).Line != 0 {
			c.missed = true
		}
		return name, protocol
	}
	protocol = upper(c.text(interProtoKey))
	if !isProtocol(protocol) {
		c.missed = true
	}
	return protocol, protocol
}

// has reports whether the file names a key, whether or not the release defines it.
func (c *Config) has(key string) bool {
	_, ok := c.entry(key)
	return ok
}

// entry returns the effective entry of a key, whether or not the release defines it.
func (c *Config) entry(key string) (properties.Entry, bool) {
	c.ask(key)
	return c.File.Lookup(key)
}

func (c *Config) readSecurityMap(n *network) {
	text := c.text(securityMapKey)
	pairs, bad, ok := csvMap(text)
	n.mapOK = ok
	n.protocols = make(map[string]string, len(pairs)+1)
	if !ok {
		from := max(0, strings.Index(text, bad))
		what := "the entry " + shorten(bad) + " has no colon"
		if bad == "" {
			what = "one of its entries is empty"
		}
		n.mapProblems = append(n.mapProblems, listenerProblem{"kafka-security-map-syntax", securityMapKey, from, from + len(bad), what})
		return
	}
	problem := func(id, what string) {
		n.mapOK = false
		n.mapProblems = append(n.mapProblems, listenerProblem{id: id, key: securityMapKey, to: len(text), text: what})
	}
	spelled := map[string]string{}
	last := lastValues(pairs)
	for _, p := range pairs {
		value := last(p.key)
		name, protocol := upper(p.key), upper(value)
		if !isProtocol(protocol) {
			problem("kafka-security-map-protocol", "maps "+shorten(p.key)+" to "+show(nil, value)+
				"; the protocols are PLAINTEXT, SSL, SASL_PLAINTEXT and SASL_SSL")
		}
		if p.key == "" && c.since("3.6.0") {
			problem("kafka-security-map-empty-name", "maps a listener without a name")
		}
		if _, twice := n.protocols[name]; twice && spelled[name] != p.key && c.since("4.1.0") {
			problem("kafka-security-map-duplicate", "maps "+spelled[name]+" and "+p.key+", which are the same name")
		}
		if c.since("4.1.0") {
			spelled[name] = p.key
		}
		n.protocols[name] = protocol
	}
	if c.set(securityMapKey) || !c.since("3.1.0") || !c.kraft() {
		return
	}
	// Without an explicit map, controllers speak PLAINTEXT, unless some listener is named after another protocol.
	names := c.controllerSet()
	for _, name := range names.list {
		if name != Plaintext && isProtocol(name) {
			return
		}
	}
	for _, e := range csvList(c.text(listenersKey)) {
		head, _, _ := strings.Cut(e, ":")
		if name := upper(head); name != Plaintext && isProtocol(name) {
			return
		}
	}
	for i, name := range names.list {
		if name == Plaintext {
			continue
		}
		if c.since("4.1.0") && names.index(name) < i {
			problem("kafka-security-map-duplicate", "is not set, and "+controllersKey+" names "+name+" twice")
		}
		n.protocols[name] = Plaintext
	}
}

func (c *Config) readListeners(n *network) {
	text := "PLAINTEXT://:9092"
	key := listenersKey
	if c.null(listenersKey) { // up to 2.8
		text = Plaintext + "://" + c.text("host.name") + ":" + strconv.FormatInt(c.int("port"), 10)
		key = "port"
	} else {
		text = c.text(listenersKey)
	}
	n.listeners, n.listenersOK, n.listenerProblems = c.parseListeners(n, key, text, true)
}

func (c *Config) readAdvertised(n *network) {
	switch {
	case !c.null(advertisedKey):
		n.explicit = true
		// up to 2.6 the ports of advertised listeners have to differ too
		n.advertised, n.advertisedOK, n.advertisedProblems = c.parseListeners(n, advertisedKey, c.text(advertisedKey), !c.since("2.7.0"))
	case c.defined("advertised.host.name") && (!c.null("advertised.host.name") || !c.null("advertised.port")):
		n.explicit = true
		host, port := c.text("advertised.host.name"), c.int("advertised.port")
		if c.null("advertised.host.name") {
			host = c.text("host.name")
		}
		if c.null("advertised.port") {
			port = c.int("port")
		}
		n.advertised, n.advertisedOK, n.advertisedProblems = c.parseListeners(n, "advertised.host.name", Plaintext+"://"+host+":"+strconv.FormatInt(port, 10), !c.since("2.7.0"))
	default:
		n.advertised, n.advertisedOK = n.listeners, n.listenersOK
	}
}

// parseListeners reads a list of listeners. ports says that no two of them may share a port.
func (c *Config) parseListeners(n *network, key, text string, ports bool) (list []Listener, ok bool, problems []listenerProblem) {
	missed := c.missed
	c.missed = false
	c.read(key)
	ok = !c.missed
	c.missed = missed
	if !ok {
		return nil, false, nil
	}
	problem := func(id string, from, to int, what string) {
		problems = append(problems, listenerProblem{id, key, from, to, what})
	}
	spans := listSpans(text)
	list = make([]Listener, 0, min(len(spans), short))
	seen := nameSet{list: make([]string, 0, min(len(spans), short))}
	for _, s := range spans {
		if s.text == "" {
			continue
		}
		l, what := parseEndpoint(s.text)
		if what != "" {
			problem("kafka-listener-syntax", s.from, s.to, "the entry "+shorten(s.text)+" is no NAME://HOST:PORT: "+what)
			continue
		}
		l.From, l.To = s.from, s.to
		if n.mapOK {
			if l.Protocol, ok = n.protocols[l.Name]; !ok {
				problem("kafka-listener-unmapped", s.from, s.to, "the listener "+shorten(l.Name)+" has no protocol in "+securityMapKey)
			}
		}
		if c.since("4.2.0") && seen.has(s.text) {
			continue // the same text twice is once
		}
		seen.add(s.text)
		list = append(list, l)
	}
	named := nameSet{list: names(list)}
	for i, l := range list {
		if named.index(l.Name) < i {
			problem("kafka-listener-name-twice", l.From, l.To, "the listener "+l.Name+" stands there twice")
		}
	}
	if ports {
		c.checkPorts(list, problem)
	}
	return list, len(problems) == 0 && n.mapOK, problems
}

// differentPorts reports whether a list, unless it is long, has no port twice.
func differentPorts(list []Listener) bool {
	if len(list) > short {
		return false
	}
	for i, l := range list {
		if slices.ContainsFunc(list[:i], func(earlier Listener) bool { return earlier.Port == l.Port }) {
			return false
		}
	}
	return true
}

// checkPorts demands that listeners have different ports. From 3.6 one port may serve an IPv4 and an IPv6 address.
func (c *Config) checkPorts(list []Listener, problem func(id string, from, to int, what string)) {
	const id = "kafka-listener-port-twice"
	if differentPorts(list) {
		return
	}
	byPort := map[int][]Listener{}
	for _, l := range list {
		if l.Port != 0 {
			byPort[l.Port] = append(byPort[l.Port], l)
		}
	}
	for _, l := range list {
		same := byPort[l.Port]
		if len(same) < 2 || same[0].From != l.From {
			continue
		}
		last := same[len(same)-1]
		what := "the listeners " + same[0].Name + " and " + last.Name + " have the same port"
		if c.since("3.6.0") {
			if len(same) == 2 && (isIPv4(same[0].Host) && isIPv6(same[1].Host) || isIPv6(same[0].Host) && isIPv4(same[1].Host)) {
				continue
			}
			if len(same) == 2 {
				what += ", which only an IPv4 and an IPv6 address may share"
			}
		}
		problem(id, last.From, last.To, what)
	}
}
