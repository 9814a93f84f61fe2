package kafkacfg

import (
	"slices"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/internal/plural"
	"github.com/kcfg/kcfg/internal/rule"
)

var controllerRules = []rule.Rule[*Config]{
	{ID: "kafka-controller-listener-with-zookeeper", Severity: finding.Error, Stage: finding.Config, In: "3.1..3.9", Check: controllersWithZooKeeper},
	{ID: "kafka-controller-listener-missing", Severity: finding.Error, Stage: finding.Config, In: "3.0..", Check: controllersMissing},
	{ID: "kafka-controller-listener-unknown", Severity: finding.Error, Stage: finding.Config, In: "3.0..", Check: controllersUnknown},
	{ID: "kafka-controller-listener-on-broker", Severity: finding.Error, Stage: finding.Config, In: "3.1..", Check: controllerOnBroker},
	{ID: "kafka-controller-listener-unmapped", Severity: finding.Error, Stage: finding.Config, In: "3.1..", Check: controllerUnmapped},
	{ID: "kafka-listener-on-controller", Severity: finding.Error, Stage: finding.Config, In: "3.1..3.8", Check: listenerOnController},
	{ID: "kafka-listener-on-controller", Severity: finding.Error, Stage: finding.Config, In: "3.9..", Check: listenerCountOnController},
	{ID: "kafka-advertised-on-controller", Severity: finding.Error, Stage: finding.Config, In: "3.1..3.8", Check: advertisedOnController},
	{ID: "kafka-advertised-controller-listener", Severity: finding.Error, Stage: finding.Config, In: "2.8..3.0", Check: advertisedSameEndpoint},
	{ID: "kafka-advertised-controller-listener", Severity: finding.Error, Stage: finding.Config, In: "3.1..3.8", Check: advertisedController},
	{ID: "kafka-controller-advertised-wildcard", Severity: finding.Error, Stage: finding.Config, In: "3.9..", Check: controllerWildcard},
	{ID: "kafka-interbroker-listener-of-controller", Severity: finding.Error, Stage: finding.Config, In: "4.0..", Check: interBrokerOfController},
}

func controllersWithZooKeeper(c *Config, report rule.Reporter) {
	if c.kraft() || c.bool2(migrationKey) || len(c.controllerNames()) == 0 {
		return
	}
	f := report(c.Pos(controllersKey), controllersKey, "%s is set, but the node has no %s", controllersKey, rolesKey)
	f.Help = "set process.roles for KRaft, or remove the line"
	c.with(f, rolesKey)
}

// bool2 is bool for a key that not every release of the rule defines; it is false there.
func (c *Config) bool2(key string) bool { return c.defined(key) && c.bool(key) }

func controllersMissing(c *Config, report rule.Reporter) {
	_, controller := c.roles()
	if len(c.roleList()) == 0 || len(c.controllerNames()) > 0 && !slices.Equal(c.controllerNames(), []string{""}) || !controller && !c.since("3.1.0") {
		return
	}
	f := report(c.Pos(controllersKey), controllersKey, "%s is %s; a node with %s needs it", controllersKey, c.show(controllersKey), rolesKey)
	f.Help = "set " + controllersKey + "=CONTROLLER"
	c.with(f, rolesKey)
}

func controllersUnknown(c *Config, report rule.Reporter) {
	_, controller := c.roles()
	if !controller || len(c.controllerNames()) == 0 || c.text(controllersKey) == "" {
		return
	}
	known := nameSet{list: names(c.listeners())}
	if !c.since("3.1.0") { // one of them is enough
		if len(c.controllerListeners()) == 0 {
			c.with(report(c.Pos(controllersKey), controllersKey, "%s names none of the listeners; a controller needs one", controllersKey), listenersKey)
		}
		return
	}
	for _, name := range c.controllerNames() {
		if known.has(name) {
			continue
		}
		f := report(c.Pos(controllersKey), controllersKey, "%s names %s, which is not among the listeners", controllersKey, quoted(name))
		if known.has(upper(trim(name))) {
			f.Help = "write " + upper(trim(name)) + ": in capitals and without blanks"
		}
		c.with(f, listenersKey)
	}
}

func controllerOnBroker(c *Config, report rule.Reporter) {
	broker, controller := c.roles()
	if !broker || controller {
		return
	}
	for _, l := range c.controllerListeners() {
		f := report(c.posOf(listenersKey, l.From, l.To), listenersKey, "%s has the controller listener %s, but the node is no controller", listenersKey, l.Name)
		f.Help = "remove it from listeners"
		c.with(f, controllersKey, rolesKey)
	}
}

func controllerUnmapped(c *Config, report rule.Reporter) {
	broker, controller := c.roles()
	if !broker || controller {
		return
	}
	for _, name := range c.controllerNames() {
		if _, ok := c.securityMap()[upper(name)]; !ok || name == "" && c.since("3.6.0") {
			c.with(report(c.Pos(controllersKey), controllersKey, "%s names %s, which has no protocol in %s", controllersKey, quoted(name), securityMapKey), securityMapKey)
		}
	}
}

func (c *Config) controllerOnly() bool {
	broker, controller := c.roles()
	return controller && !broker
}

// Up to 3.8 a controller must not advertise anything, and its listeners count as advertised where nothing else is.
func listenerOnController(c *Config, report rule.Reporter) {
	if !c.controllerOnly() || c.set(advertisedKey) {
		return
	}
	for _, l := range c.advertised() {
		reportListenerOnController(c, report, l)
	}
}

func reportListenerOnController(c *Config, report rule.Reporter, l Listener) {
	f := report(c.posOf(listenersKey, l.From, l.To), listenersKey, "%s has %s, which %s does not name; the node is a controller alone", listenersKey, l.Name, controllersKey)
	c.with(f, controllersKey, rolesKey)
}

// From 3.9 the number of listeners has to be that of the controllers' endpoints, which counts a name given twice twice.
func listenerCountOnController(c *Config, report rule.Reporter) {
	if !c.controllerOnly() || len(c.controllerNames()) == 0 {
		return
	}
	found, _ := c.advertisedControllers()
	list := c.listeners()
	if len(found) == len(list) {
		return
	}
	before := false
	for _, l := range list {
		if !c.controllerSet().has(l.Name) {
			before = true
			reportListenerOnController(c, report, l)
		}
	}
	if !before {
		c.with(report(c.Pos(controllersKey), controllersKey, "%s names %s of %d", controllersKey, plural.Of(len(found), "listener"), len(list)), listenersKey)
	}
}

func advertisedOnController(c *Config, report rule.Reporter) {
	if !c.controllerOnly() || !c.set(advertisedKey) {
		return
	}
	// up to 3.3.1 an empty list is none
	if list, _ := c.explicitAdvertised(); len(list) == 0 && c.Release.Compare("3.3.2") < 0 {
		return
	}
	f := report(c.Pos(advertisedKey), advertisedKey, "%s is set, but the node is a controller alone", advertisedKey)
	f.Help = "remove the line"
	c.with(f, rolesKey)
}

func advertisedSameEndpoint(c *Config, report rule.Reporter) {
	list := c.advertised()
	told := nameSet{list: names(list)}
	for _, l := range c.controllerListeners() {
		if i := told.index(l.Name); i >= 0 && list[i].Host == l.Host && list[i].Port == l.Port {
			c.with(report(c.posOf(advertisedKey, list[i].From, list[i].To), advertisedKey, "%s has the controller listener %s", advertisedKey, l.Name), controllersKey)
		}
	}
}

func advertisedController(c *Config, report rule.Reporter) {
	if broker, _ := c.roles(); !broker {
		return
	}
	for _, l := range c.advertised() {
		if c.controllerSet().has(l.Name) {
			f := report(c.posOf(advertisedKey, l.From, l.To), advertisedKey, "%s has the controller listener %s; clients do not talk to controllers", advertisedKey, l.Name)
			c.with(f, controllersKey)
		}
	}
}

func controllerWildcard(c *Config, report rule.Reporter) {
	found, explicit := c.advertisedControllers()
	for i, l := range found {
		if l.Host != wildcard {
			continue
		}
		if explicit[i] {
			report(c.posOf(advertisedKey, l.From, l.To), advertisedKey, "%s is %s; 0.0.0.0 is no address that a node can reach", advertisedKey, l.Text)
		} else if c.Release == "3.9.0" { // KAFKA-18281: later releases look further
			f := report(c.posOf(listenersKey, l.From, l.To), listenersKey, "%s is %s, which 3.9.0 refuses for a controller", listenersKey, l.Text)
			f.Help = "leave the host out, write a name, or update to 3.9.1"
			c.with(f, controllersKey)
		}
	}
}

func interBrokerOfController(c *Config, report rule.Reporter) {
	if !c.controllerOnly() || c.null(interBrokerKey) {
		return
	}
	if name := upper(c.text(interBrokerKey)); c.controllerSet().has(name) {
		c.with(report(c.Pos(interBrokerKey), interBrokerKey, "%s is %s, a controller listener; brokers need another", interBrokerKey, name), controllersKey)
	}
}
