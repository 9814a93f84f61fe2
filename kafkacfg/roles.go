package kafkacfg

import "strings"

// roles returns what process.roles asks for. Without it, and where the release does not know it, the node is a broker
// that needs ZooKeeper.
func (c *Config) roles() (broker, controller bool) {
	for _, r := range c.roleList() {
		switch r {
		case "broker":
			broker = true
		case "controller":
			controller = true
		default:
			c.missed = true
		}
	}
	return broker, controller
}

func (c *Config) roleList() []string {
	if !c.defined(rolesKey) {
		return nil
	}
	return c.list(rolesKey)
}

// kraft reports whether the node runs without ZooKeeper.
func (c *Config) kraft() bool { return len(c.roleList()) > 0 || c.since("4.0.0") }

// isBroker reports whether the process makes a broker: it has that role, or no role at all.
func (c *Config) isBroker() bool {
	broker, controller := c.roles()
	return broker || !controller
}

// controllerNames are the entries of controller.listener.names as the release splits them. Up to 4.0 they are not
// trimmed.
func (c *Config) controllerNames() []string { return c.controllerSet().list }

var noNames nameSet

func (c *Config) controllerSet() *nameSet {
	if !c.defined(controllersKey) {
		return &noNames
	}
	if c.controllers != nil {
		c.read(controllersKey)
		return c.controllers
	}
	var names []string
	switch text := c.text(controllersKey); {
	case c.since("4.2.0"):
		names = c.list(controllersKey)
	case c.since("4.1.0"):
		names = csvList(text)
	case text != "":
		names = javaSplit(strings.Split(text, ","))
	case !c.since("3.1.0"):
		names = []string{""}
	}
	c.controllers = &nameSet{list: names}
	return c.controllers
}
