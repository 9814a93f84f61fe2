package kafkacfg

import (
	"slices"
	"strings"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/internal/rule"
)

func allowEveryone(c *lint, report rule.Reporter) {
	const key = "allow.everyone.if.no.acl.found"
	if !c.node() || !c.set(key) {
		return
	}
	switch v := c.str(key); {
	case strings.EqualFold(v, "true") && c.str(authorizerKey) != "":
		report(c.pos(key), key, "allow.everyone.if.no.acl.found is true: whatever has no rule is open to everybody").
			Help = "remove the line once every resource has its rules"
	case strings.EqualFold(v, "false") && c.str(authorizerKey) == "" && (c.set(zookeeperKey) || c.set(rolesKey)): // else only a part of the settings is here
		f := report(c.pos(key), key, "allow.everyone.if.no.acl.found has no effect without authorizer.class.name: everybody may do everything")
		f.Help = "set authorizer.class.name, or remove the line"
		c.ease(f)
	case !oneOfFold(v, "true", "false"):
		report(c.pos(key), key, "allow.everyone.if.no.acl.found is %s, neither true nor false", v).Help = "write true or false"
	}
}

func superUsersSyntax(c *lint, report rule.Reporter) {
	const key = "super.users"
	if !c.node() || !c.set(key) || isReference(c.str(key)) {
		return
	}
	e, _ := c.cfg.entry(key)
	zooKeepers := oneOfFold(c.str(authorizerKey), aclAuthorizer, simpleAuthorizer)
	for _, user := range strings.Split(strings.TrimRight(e.Value, ";"), ";") { // Java's split drops what is empty at the end
		user = strings.TrimSpace(user)
		typ, name, ok := strings.Cut(user, ":")
		const help = "write User:<name>, several separated by semicolons"
		switch {
		case user == "" && zooKeepers && e.Value != "":
			report(c.pos(key), key, "super.users has an empty element, at which AclAuthorizer stops").Help = "remove the semicolon, and blanks behind the last one"
		case user == "":
		case !ok:
			report(c.pos(key), key, "super.users has %s, which is not Type:name", user).Help = help
		case typ == "" || name == "":
			f := report(c.pos(key), key, "super.users has %s, which names nobody", user)
			f.Severity = finding.Warning
			f.Help = help
		case strings.Contains(name, ",User:") || strings.Contains(name, ", User:"):
			f := report(c.pos(key), key, "super.users is separated by commas, so it names one user with a long name")
			f.Severity = finding.Warning
			f.Help = "separate users with semicolons: commas belong to the names of certificates"
		}
	}
}

func superUsersWithoutAuthorizer(c *lint, report rule.Reporter) {
	const key = "super.users"
	if c.node() && c.set(key) && c.str(authorizerKey) == "" {
		report(c.pos(key), key, "super.users has no effect without authorizer.class.name").Help = "set authorizer.class.name, or remove the line"
	}
}

func (c *lint) anonymousIsSuper() bool {
	return slices.ContainsFunc(strings.Split(c.str("super.users"), ";"), func(user string) bool { return trim(user) == "User:ANONYMOUS" })
}

// Brokers register with controllers, and fetch from each other, by leave of CLUSTER_ACTION. Without authentication that is
// asked for User:ANONYMOUS, and denied unless there is a rule for it.
func authorizerStopsBrokers(c *lint, report rule.Reporter) {
	if !c.node() || !c.ownAuthorizer() || strings.EqualFold(c.str("allow.everyone.if.no.acl.found"), "true") || c.anonymousIsSuper() {
		return
	}
	for _, l := range c.bound() {
		var text string
		switch {
		case l.Protocol != Plaintext:
			continue
		case c.isControllerListener(l.Name):
			text = "brokers come to %s without a name, and the authorizer does not let User:ANONYMOUS register"
		case c.broker() && c.interBroker(l.Name):
			text = "brokers come to %s without a name, and the authorizer does not let User:ANONYMOUS replicate"
		default:
			continue
		}
		f := report(l.pos(), "listeners", text, l.Name)
		f.Help = "let " + l.Name + " authenticate with SASL or certificates, and name the brokers' principal in super.users"
		c.relate(f, authorizerKey)
	}
}

// Without authentication everybody is called User:ANONYMOUS.
func superUserAnonymous(c *lint, report rule.Reporter) {
	const key = "super.users"
	if !c.node() || c.str(authorizerKey) == "" || !c.anonymousIsSuper() {
		return
	}
	for _, l := range c.bound() {
		auth, _ := c.prefixed(listenerPrefix+strings.ToLower(l.Name)+".ssl.client.auth", "ssl.client.auth")
		if isLoopback(l.Host) || l.Protocol != Plaintext && (l.Protocol != SSL || strings.EqualFold(auth, "required")) {
			continue
		}
		f := report(c.pos(key), key, "super.users has User:ANONYMOUS: whoever connects to %s may do everything", l.Name)
		f.Help = "let " + l.Name + " authenticate with SASL or certificates, and remove User:ANONYMOUS"
		c.relate(f, authorizerKey)
		c.ease(f)
		return
	}
}

const (
	aclAuthorizer      = "kafka.security.authorizer.AclAuthorizer"
	standardAuthorizer = "org.apache.kafka.metadata.authorizer.StandardAuthorizer"
	simpleAuthorizer   = "kafka.security.auth.SimpleAclAuthorizer"
)

// ownAuthorizer reports whether the authorizer is one of Kafka's own.
func (c *lint) ownAuthorizer() bool {
	return slices.Contains([]string{standardAuthorizer, aclAuthorizer, simpleAuthorizer}, c.str(authorizerKey))
}

func authorizerOfOtherMode(c *lint, report rule.Reporter) {
	if !c.node() || !c.set(authorizerKey) {
		return
	}
	v := c.str(authorizerKey)
	switch {
	case v == aclAuthorizer && c.kraft():
		report(c.pos(authorizerKey), authorizerKey, "%s keeps its rules in ZooKeeper, which a KRaft node does not have", v).Help = "use " + standardAuthorizer
	case v == standardAuthorizer && !c.kraft():
		report(c.pos(authorizerKey), authorizerKey, "%s needs KRaft", v).Help = "use " + aclAuthorizer
	case v == simpleAuthorizer && c.releaseIn("3.0.."):
		report(c.pos(authorizerKey), authorizerKey, "%s was removed in 3.0", v).Help = "use " + aclAuthorizer + " with ZooKeeper, " + standardAuthorizer + " with KRaft"
	}
}
