package kafkacfg

import (
	"slices"
	"strings"
	"sync"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/internal/filelint"
	"github.com/kcfg/kcfg/internal/nearest"
	"github.com/kcfg/kcfg/internal/rule"
	"github.com/kcfg/kcfg/kafkacfg/internal/jaas"
	"github.com/kcfg/kcfg/properties"
)

// SASL, JAAS, principals and access control.
var saslLints = []rule.Rule[*lint]{
	{ID: "kafka-jaas-unprefixed", Severity: finding.Warning, Check: jaasUnprefixed},
	{ID: "kafka-jaas-without-mechanism", Severity: finding.Warning, Check: jaasWithoutMechanism},
	{ID: "kafka-jaas-syntax", Severity: finding.Error, Check: jaasSyntax},
	{ID: "kafka-jaas-module-mismatch", Severity: finding.Error, Check: jaasModuleMismatch},
	{ID: "kafka-jaas-plain-users", Severity: finding.Warning, Check: jaasPlainUsers},
	{ID: "kafka-sasl-mechanism-unknown", Severity: finding.Warning, Check: saslMechanismUnknown},
	{ID: "kafka-oauthbearer-unsecured", Severity: finding.Warning, Check: oauthbearerUnsecured},
	{ID: "kafka-anonymous-with-authorizer", Severity: finding.Warning, Check: anonymousWithAuthorizer},
	{ID: "kafka-allow-everyone", Severity: finding.Warning, Check: allowEveryone},
	{ID: "kafka-super-users-syntax", Severity: finding.Error, Check: superUsersSyntax},
	{ID: "kafka-super-users-without-authorizer", Severity: finding.Info, Check: superUsersWithoutAuthorizer},
	{ID: "kafka-authorizer-stops-brokers", Severity: finding.Warning, Check: authorizerStopsBrokers},
	{ID: "kafka-super-user-anonymous", Severity: finding.Warning, Check: superUserAnonymous},
	{ID: "kafka-authorizer-of-other-mode", Severity: finding.Error, Check: authorizerOfOtherMode},
}

const jaasKey = "sasl.jaas.config"

// loginModules are the modules that come with Kafka and Java, by mechanism.
var loginModules = sync.OnceValue(func() map[string][]string {
	return map[string][]string{
		"PLAIN":         {"org.apache.kafka.common.security.plain.PlainLoginModule"},
		"SCRAM-SHA-256": {"org.apache.kafka.common.security.scram.ScramLoginModule"},
		"SCRAM-SHA-512": {"org.apache.kafka.common.security.scram.ScramLoginModule"},
		"OAUTHBEARER":   {"org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule"},
		"GSSAPI":        {"com.sun.security.auth.module.Krb5LoginModule", "com.ibm.security.auth.module.Krb5LoginModule"},
	}
})

func isMechanism(s string) bool { return loginModules()[s] != nil }

// moduleMechanisms returns the mechanisms that a module serves; none for a module of somebody else.
func moduleMechanisms(class string) []string {
	var out []string
	for m, classes := range loginModules() {
		if slices.Contains(classes, class) {
			out = append(out, m)
		}
	}
	slices.Sort(out)
	return out
}

// jaasSecret returns the password of an inline JAAS configuration, or "".
func jaasSecret(text string) string {
	modules, _ := jaas.Parse(text)
	for _, m := range modules {
		for _, o := range m.Options {
			if o.Name == "password" || o.Name == "clientSecret" {
				return o.Value
			}
		}
	}
	return ""
}

// The broker warns once in its log and goes on to the JAAS file, which is mostly not there.
func jaasUnprefixed(c *lint, report rule.Reporter) {
	if !c.node() || !c.set(jaasKey) {
		return
	}
	f := report(c.keyPos(jaasKey), jaasKey, "sasl.jaas.config has no effect on a broker without listener and mechanism in front")
	f.Help = "write listener.name.<listener>.<mechanism>.sasl.jaas.config, both in lower case"
	for _, l := range c.bound() {
		if usesSASL(l.Protocol) {
			for _, m := range c.mechanisms(l.Name) {
				f.Help = "write " + listenerPrefix + strings.ToLower(l.Name) + "." + strings.ToLower(m.text) + ".sasl.jaas.config"
				return
			}
		}
	}
}

func jaasWithoutMechanism(c *lint, report rule.Reporter) {
	if !c.node() {
		return
	}
	for _, e := range c.ofListeners() {
		name, rest, ok := c.cutListener(e.Key)
		if !ok || rest != jaasKey {
			continue
		}
		f := report(e.KeyPos(), e.Key, "%s has no effect without the mechanism in front", e.Key)
		f.Help = "write " + listenerPrefix + strings.ToLower(name) + ".<mechanism>." + jaasKey
		if ms := c.mechanisms(strings.ToUpper(name)); len(ms) > 0 {
			f.Help = "write " + listenerPrefix + strings.ToLower(name) + "." + strings.ToLower(ms[0].text) + "." + jaasKey
		}
	}
}

// prefixedJAAS returns the key under which a listener reads its JAAS configuration, or "" where there is no such listener.
func (c *lint) prefixedJAAS(listener string) string {
	ms := c.mechanisms(strings.ToUpper(listener))
	if len(ms) == 0 || !slices.ContainsFunc(c.listenerNames(), func(n string) bool { return strings.EqualFold(n, listener) }) {
		return ""
	}
	return listenerPrefix + strings.ToLower(listener) + "." + strings.ToLower(ms[0].text) + "." + jaasKey
}

// inlineJAAS is one effective sasl.jaas.config with the mechanism that it is for.
type inlineJAAS struct {
	properties.Entry
	listener, mechanism string
}

// inlineJAAS returns the JAAS configurations that Kafka reads.
func (c *lint) inlineJAAS() []inlineJAAS {
	var out []inlineJAAS
	if !c.node() {
		if e, ok := c.cfg.entry(jaasKey); ok && !isReference(e.Value) {
			out = append(out, inlineJAAS{e, "", c.str("sasl.mechanism")})
		}
		return out
	}
	for _, e := range c.ofListeners() {
		if !strings.HasSuffix(e.Key, jaasKey) || isReference(e.Value) {
			continue
		}
		name, rest, ok := c.cutListener(e.Key)
		mech, rest, ok2 := strings.Cut(rest, ".")
		if !ok || !ok2 || rest != jaasKey || name != strings.ToLower(name) {
			continue
		}
		for _, m := range c.mechanisms(strings.ToUpper(name)) {
			if strings.ToLower(m.text) == mech {
				out = append(out, inlineJAAS{e.Entry, strings.ToUpper(name), m.text})
			}
		}
	}
	return out
}

func jaasSyntax(c *lint, report rule.Reporter) {
	for _, j := range c.inlineJAAS() {
		modules, err := jaas.Parse(j.Value)
		pos := j.KeyPos()
		if syntax, ok := err.(*jaas.SyntaxError); ok {
			pos = j.ValueRange(syntax.Offset, syntax.Offset+1)
		}
		switch {
		case err != nil:
			f := report(pos, j.Key, "%s %v", j.Key, err)
			f.Help = `write: <module> required username="..." password="...";`
			if filelint.CommentAt(j.Value) > 0 {
				f.Help = filelint.CommentHelp
			}
		case len(modules) > 1:
			report(pos, j.Key, "%s has %d login modules; Kafka takes exactly one", j.Key, len(modules)).Help = "keep one"
		}
	}
}

// Kafka logs in with any module; the mechanism's own handler then finds no credentials.
func jaasModuleMismatch(c *lint, report rule.Reporter) {
	for _, j := range c.inlineJAAS() {
		modules, err := jaas.Parse(j.Value)
		if err != nil || len(modules) != 1 || !isMechanism(j.mechanism) {
			continue
		}
		serves := moduleMechanisms(modules[0].Class)
		if len(serves) == 0 || slices.Contains(serves, j.mechanism) {
			continue
		}
		report(j.KeyPos(), j.Key, "%s has the login module of %s, but is for %s", j.Key, serves[0], j.mechanism).
			Help = "use " + loginModules()[j.mechanism][0]
	}
}

// PlainLoginModule holds the users that may log in as user_NAME options, unless a callback handler looks them up.
func jaasPlainUsers(c *lint, report rule.Reporter) {
	if !c.node() {
		return
	}
	for _, j := range c.inlineJAAS() {
		modules, err := jaas.Parse(j.Value)
		if err != nil || len(modules) != 1 || j.mechanism != "PLAIN" || modules[0].Class != loginModules()["PLAIN"][0] ||
			c.listenerSet(j.listener, "plain.sasl.server.callback.handler.class") || c.listenerSet(j.listener, "sasl.server.callback.handler.class") {
			continue
		}
		users := map[string]string{}
		for _, o := range modules[0].Options {
			if name, ok := strings.CutPrefix(o.Name, "user_"); ok {
				users[name] = o.Value
			}
		}
		own, hasOwn := modules[0].Option("username")
		password, _ := modules[0].Option("password")
		switch {
		case len(users) == 0:
			report(j.KeyPos(), j.Key, "%s has no user_<name> option: nobody can log in with PLAIN", j.Key).Help = `add user_<name>="<password>" for every user`
		case hasOwn && c.interBroker(j.listener) && users[own] != password:
			f := report(j.KeyPos(), j.Key, "%s logs in to other brokers as %s, but user_%s is missing or has another password", j.Key, own, own)
			f.Severity = finding.Error
			f.Help = "add user_" + own + " with the same password"
		}
	}
}

func saslMechanismUnknown(c *lint, report rule.Reporter) {
	known := []string{"GSSAPI", "OAUTHBEARER", "PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"}
	keys := []string{"sasl.enabled.mechanisms", "sasl.mechanism.inter.broker.protocol", "sasl.mechanism.controller.protocol"}
	if !c.node() {
		keys = []string{"sasl.mechanism"}
	}
	for _, key := range keys {
		for _, e := range c.withSuffix(key) {
			for _, p := range partsOf(e) {
				if p.text == "" || isMechanism(p.text) || isReference(p.text) || filelint.CommentAt(p.text) >= 0 {
					continue
				}
				if c.ownMechanism() {
					continue
				}
				f := report(p.pos(), e.Key, "%s has %s, which is no mechanism of Kafka's", e.Key, p.text)
				f.Help = "Kafka has " + strings.Join(known, ", ")
				if best := nearest.Key(p.text, known); best != "" {
					f.Help = "did you mean " + best
				} else {
					f.Severity = finding.Info // somebody's own, perhaps
				}
			}
		}
	}
}

// ownMechanism reports whether the file brings the handler of a mechanism that is not Kafka's, such as AWS_MSK_IAM.
func (c *lint) ownMechanism() bool {
	return slices.ContainsFunc(c.entries(), func(e lintEntry) bool {
		return strings.HasSuffix(e.Key, "sasl.client.callback.handler.class") || strings.HasSuffix(e.Key, "sasl.server.callback.handler.class")
	})
}

// Without handlers of one's own, OAUTHBEARER takes tokens that nobody signed; Kafka's documentation says so.
func oauthbearerUnsecured(c *lint, report rule.Reporter) {
	if !c.node() {
		return
	}
	for _, l := range c.bound() {
		if !usesSASL(l.Protocol) {
			continue
		}
		for _, m := range c.mechanisms(l.Name) {
			if m.text != "OAUTHBEARER" ||
				c.listenerSet(l.Name, "oauthbearer.sasl.server.callback.handler.class") || c.listenerSet(l.Name, "sasl.server.callback.handler.class") {
				continue
			}
			f := report(l.pos(), "listeners", "%s takes OAUTHBEARER tokens without a signature: anybody can be anybody", l.Name)
			f.Help = "set " + listenerPrefix + strings.ToLower(l.Name) + ".oauthbearer.sasl.server.callback.handler.class"
		}
	}
}

const authorizerKey = "authorizer.class.name"

func anonymousWithAuthorizer(c *lint, report rule.Reporter) {
	if !c.node() || !c.set(authorizerKey) || c.str(authorizerKey) == "" {
		return
	}
	for _, l := range c.bound() {
		auth, _ := c.prefixed(listenerPrefix+strings.ToLower(l.Name)+".ssl.client.auth", "ssl.client.auth")
		if l.Protocol != SSL || oneOfFold(auth, "required", "requested") {
			continue
		}
		f := report(l.pos(), "listeners", "%s does not ask clients for a certificate: to the authorizer everybody is User:ANONYMOUS", l.Name)
		f.Help = "set " + listenerPrefix + strings.ToLower(l.Name) + ".ssl.client.auth=required, or use SASL_SSL"
		c.relate(f, authorizerKey)
	}
}
