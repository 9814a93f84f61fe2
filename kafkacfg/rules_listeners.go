package kafkacfg

import (
	"slices"
	"strings"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/internal/rule"
)

const wildcard = "0.0.0.0"

var listenerRules = []rule.Rule[*Config]{
	{ID: "kafka-security-map-syntax", Severity: finding.Error, Stage: finding.Config, Check: networkProblem("kafka-security-map-syntax")},
	{ID: "kafka-security-map-protocol", Severity: finding.Error, Stage: finding.Config, Check: networkProblem("kafka-security-map-protocol")},
	{ID: "kafka-security-map-empty-name", Severity: finding.Error, Stage: finding.Config, In: "3.6..", Check: networkProblem("kafka-security-map-empty-name")},
	{ID: "kafka-security-map-duplicate", Severity: finding.Error, Stage: finding.Config, In: "4.1..", Check: networkProblem("kafka-security-map-duplicate")},
	{ID: "kafka-listener-syntax", Severity: finding.Error, Stage: finding.Config, Check: networkProblem("kafka-listener-syntax")},
	{ID: "kafka-listener-unmapped", Severity: finding.Error, Stage: finding.Config, Check: networkProblem("kafka-listener-unmapped")},
	{ID: "kafka-listener-name-twice", Severity: finding.Error, Stage: finding.Config, Check: networkProblem("kafka-listener-name-twice")},
	{ID: "kafka-listener-port-twice", Severity: finding.Error, Stage: finding.Config, Check: networkProblem("kafka-listener-port-twice")},
	{ID: "kafka-interbroker-listener-and-protocol", Severity: finding.Error, Stage: finding.Config, Check: interBrokerTwice},
	{ID: "kafka-interbroker-listener-unmapped", Severity: finding.Error, Stage: finding.Config, Check: interBrokerUnmapped},
	{ID: "kafka-interbroker-protocol-unknown", Severity: finding.Error, Stage: finding.Config, In: "..3.2", Check: interBrokerProtocol},
	{ID: "kafka-control-plane-listener-unmapped", Severity: finding.Error, Stage: finding.Config, In: "..3.9", Check: controlPlaneUnmapped},
	{ID: "kafka-control-plane-listener-not-advertised", Severity: finding.Error, Stage: finding.Config, In: "..3.9", Check: controlPlaneNotAdvertised},
	{ID: "kafka-control-plane-listener-shared", Severity: finding.Error, Stage: finding.Config, In: "..3.9", Check: controlPlaneShared},
	{ID: "kafka-control-plane-listener-in-kraft", Severity: finding.Error, Stage: finding.Config, In: "3.1..3.9", Check: controlPlaneKRaft},
	{ID: "kafka-advertised-listeners-empty", Severity: finding.Error, Stage: finding.Config, Check: advertisedEmpty},
	{ID: "kafka-interbroker-listener-not-advertised", Severity: finding.Error, Stage: finding.Config, Check: interBrokerNotAdvertised},
	{ID: "kafka-advertised-listener-unknown", Severity: finding.Error, Stage: finding.Config, Check: advertisedUnknown},
	{ID: "kafka-advertised-wildcard", Severity: finding.Error, Stage: finding.Config, Check: advertisedWildcard},
	{ID: "kafka-early-start-listener-unknown", Severity: finding.Error, Stage: finding.Config, In: "3.3..", Check: earlyStart},
}

// networkProblem reports what was found when the lists of listeners and the security map were read. One mistake in
// listeners is not told again for advertised.listeners, which inherits them.
func networkProblem(id string) func(*Config, rule.Reporter) {
	return func(c *Config, report rule.Reporter) {
		n := c.network()
		for _, list := range [][]listenerProblem{n.mapProblems, n.listenerProblems, n.advertisedProblems} {
			for _, p := range list {
				if p.id != id {
					continue
				}
				verb := ": "
				if p.key == securityMapKey && id != "kafka-security-map-syntax" {
					verb = " "
				}
				f := report(c.posOf(p.key, p.from, p.to), p.key, "%s%s%s", p.key, verb, p.text)
				if id == "kafka-listener-unmapped" {
					c.with(f, securityMapKey)
				}
			}
		}
	}
}

func interBrokerTwice(c *Config, report rule.Reporter) {
	if !c.null(interBrokerKey) && c.has(interProtoKey) {
		c.with(report(c.Pos(interProtoKey), interProtoKey, "%s and %s are both set; only one of them may be", interProtoKey, interBrokerKey), interBrokerKey)
	}
}

func interBrokerUnmapped(c *Config, report rule.Reporter) {
	if c.null(interBrokerKey) {
		return
	}
	if _, ok := c.securityMap()[upper(c.text(interBrokerKey))]; !ok {
		c.with(report(c.Pos(interBrokerKey), interBrokerKey, "%s is %s, which has no protocol in %s", interBrokerKey, c.show(interBrokerKey), securityMapKey), securityMapKey)
	}
}

func interBrokerProtocol(c *Config, report rule.Reporter) {
	if c.null(interBrokerKey) && !isProtocol(upper(c.text(interProtoKey))) {
		report(c.Pos(interProtoKey), interProtoKey, "%s is %s; the protocols are PLAINTEXT, SSL, SASL_PLAINTEXT and SASL_SSL", interProtoKey, c.show(interProtoKey))
	}
}

// controlPlane returns the listener of control.plane.listener.name, which no rule but its own speaks of where it is
// unmapped.
func (c *Config) controlPlane() (string, bool) {
	if c.null(controlPlaneKey) {
		return "", false
	}
	name := upper(c.text(controlPlaneKey))
	_, ok := c.securityMap()[name]
	return name, ok
}

func controlPlaneUnmapped(c *Config, report rule.Reporter) {
	if _, ok := c.controlPlane(); !ok && !c.null(controlPlaneKey) {
		c.with(report(c.Pos(controlPlaneKey), controlPlaneKey, "%s is %s, which has no protocol in %s", controlPlaneKey, c.show(controlPlaneKey), securityMapKey), securityMapKey)
	}
}

func controlPlaneNotAdvertised(c *Config, report rule.Reporter) {
	if name, ok := c.controlPlane(); ok && !slices.Contains(names(c.advertised()), name) {
		c.with(report(c.Pos(controlPlaneKey), controlPlaneKey, "%s is %s, which is not among the advertised listeners", controlPlaneKey, name), advertisedKey, listenersKey)
	}
}

func controlPlaneShared(c *Config, report rule.Reporter) {
	name, ok := c.controlPlane()
	if !ok {
		return
	}
	if other, _ := c.interBroker(); other == name {
		c.with(report(c.Pos(controlPlaneKey), controlPlaneKey, "%s is %s, the listener between brokers; it has to be another", controlPlaneKey, name), interBrokerKey, interProtoKey)
	}
}

func controlPlaneKRaft(c *Config, report rule.Reporter) {
	if !c.null(controlPlaneKey) && c.kraft() {
		f := report(c.Pos(controlPlaneKey), controlPlaneKey, "%s is set, but KRaft has no control plane listener", controlPlaneKey)
		f.Help = "remove the line; " + controllersKey + " takes its place"
		c.with(f, rolesKey)
	}
}

func names(list []Listener) []string {
	all := make([]string, len(list))
	for i, l := range list {
		all[i] = l.Name
	}
	return all
}

// serves reports whether the node is a broker for the checks of listeners: with that role, or up to 3.9 without any.
func (c *Config) serves() bool {
	broker, _ := c.roles()
	return broker || len(c.roleList()) == 0 && !c.since("4.0.0")
}

func advertisedEmpty(c *Config, report rule.Reporter) {
	if !c.serves() || len(c.advertised()) > 0 {
		return
	}
	key := listenersKey
	if c.set(advertisedKey) {
		key = advertisedKey
	}
	f := report(c.Pos(key), key, "%s leaves a broker without a listener for its clients", key)
	if len(c.controllerNames()) > 0 {
		f.Help = "add a listener that " + controllersKey + " does not name"
		c.with(f, controllersKey)
	}
}

func interBrokerNotAdvertised(c *Config, report rule.Reporter) {
	list := c.advertised()
	name, _ := c.interBroker()
	if !c.serves() || len(list) == 0 || slices.Contains(names(list), name) {
		return
	}
	key := interBrokerKey
	if c.null(interBrokerKey) {
		key = interProtoKey
	}
	f := report(c.Pos(key), key, "%s is %s, but the advertised listeners are %s; brokers need theirs among them", key, c.show(key), strings.Join(names(list), ", "))
	f.Help = c.interBrokerCure(name, list)
	c.with(f, key, advertisedKey, listenersKey)
}

// interBrokerCure names a listener for the brokers without a second key that would contradict the first.
func (c *Config) interBrokerCure(name string, advertised []Listener) string {
	better := advertised[0].Name
	switch i := slices.IndexFunc(c.listeners(), func(l Listener) bool { return l.Name == name }); {
	case i >= 0 && c.set(advertisedKey):
		l := c.listeners()[i]
		if l.Host == "" || l.Host == wildcard {
			l.Host = "HOST"
		}
		return "add " + name + "://" + bracketed(l.Host) + ":" + itoa(int64(l.Port)) + " to " + advertisedKey + ", or let brokers use another listener, such as " + better
	case !c.null(interBrokerKey), !c.has(interProtoKey):
		return "set " + interBrokerKey + "=" + better
	case !c.set(listenersKey) && !c.kraft() && isProtocol(name):
		return "set " + listenersKey + "=" + name + "://:" + itoa(int64(advertised[0].Port)) // what was asked for, not less
	case isProtocol(better):
		return "set " + interProtoKey + "=" + better
	}
	return "replace " + interProtoKey + " by " + interBrokerKey + "=" + better
}

// bracketed puts an IPv6 address into brackets.
func bracketed(host string) string {
	if strings.Contains(host, ":") {
		return "[" + host + "]"
	}
	return host
}

func advertisedUnknown(c *Config, report rule.Reporter) {
	if !c.serves() {
		return
	}
	known := nameSet{list: names(c.listeners())}
	for _, l := range c.advertised() {
		if !known.has(l.Name) {
			c.with(report(c.posOf(advertisedKey, l.From, l.To), advertisedKey, "%s names %s, which is not among the listeners", advertisedKey, l.Name), listenersKey)
		}
	}
}

func advertisedWildcard(c *Config, report rule.Reporter) {
	for _, l := range c.advertised() {
		if l.Host != wildcard {
			continue
		}
		if c.network().explicit {
			report(c.posOf(advertisedKey, l.From, l.To), advertisedKey, "%s is %s; 0.0.0.0 is no address that a client can reach", advertisedKey, l.Text).
				Help = "advertise the name or address by which clients reach this node"
			continue
		}
		f := report(c.posOf(listenersKey, l.From, l.To), listenersKey, "%s is %s, and without %s clients are told 0.0.0.0, which they cannot reach", listenersKey, l.Text, advertisedKey)
		f.Help = "set " + advertisedKey + "=" + l.Name + "://HOST:PORT with the name by which clients reach this node"
		c.with(f, advertisedKey)
	}
}

func earlyStart(c *Config, report rule.Reporter) {
	const key = "early.start.listeners"
	if c.null(key) {
		return
	}
	known := nameSet{list: names(c.listeners())}
	for _, s := range listSpans(c.text(key)) {
		if name := trim(s.text); name != "" && !known.has(name) {
			c.with(report(c.posOf(key, s.from, s.to), key, "%s names %s, which is not among the listeners", key, quoted(name)), listenersKey)
		}
	}
}
