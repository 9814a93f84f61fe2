package node

import (
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/kafkacfg/internal/jaas"
)

const jaasKey = "sasl.jaas.config"

// sasl follows SaslChannelBuilder: every enabled mechanism of the listener needs a login context, and logs in with it.
func (j *judge) sasl(ch channel) {
	if ch.dials {
		j.dialSASL(ch)
		return
	}
	enabled := j.get(ch, "sasl.enabled.mechanisms")
	if enabled.text == "" {
		return
	}
	for _, m := range strings.Split(enabled.text, ",") { // an empty element is a mechanism without a name
		j.mechanism(ch, strings.TrimSpace(m))
	}
}

// dialSASL is a client, or a broker that connects to its controllers.
func (j *judge) dialSASL(ch channel) {
	if ch.name != "" {
		j.mechanism(ch, j.c.Value("sasl.mechanism.controller.protocol").Text)
		return
	}
	s := j.get(ch, jaasKey)
	m := j.get(ch, "sasl.mechanism")
	if s.set {
		j.inline(ch, m.text, s)
		return
	}
	j.static(ch, m.text, []string{"KafkaClient"})
}

// mechanism finds the context of one mechanism: the listener's own setting, else the JVM's file.
func (j *judge) mechanism(ch channel, mechanism string) {
	key := ch.prefix + strings.ToLower(mechanism) + "." + jaasKey
	e, ok := j.file.Lookup(key)
	if !ok {
		j.static(ch, mechanism, []string{strings.ToLower(ch.name) + ".KafkaServer", "KafkaServer"})
		return
	}
	text := strings.TrimFunc(e.Value, func(r rune) bool { return r <= ' ' })
	pos := e.ValuePos()
	if text == "" {
		pos = e.KeyPos()
	}
	j.inline(ch, mechanism, setting{key, text, true, pos})
}

func (j *judge) inline(ch channel, mechanism string, s setting) {
	if strings.Contains(s.text, "${") && j.c.Value("config.providers").Text != "" {
		j.unjudged = true
		return
	}
	modules, err := jaas.Parse(s.text)
	pos := s.pos
	if syntax := (*jaas.SyntaxError)(nil); errors.As(err, &syntax) {
		if e, ok := j.file.Lookup(s.key); ok && e.Value != "" {
			pos = e.ValueRange(syntax.Offset, syntax.Offset+1)
		}
	}
	switch {
	case err != nil:
		j.report("kafka-jaas-syntax", pos, s.key, fmt.Sprintf("%s %v", s.key, err)).
			Help = `write: <module> required username="..." password="...";`
	case len(modules) > 1:
		j.report("kafka-jaas-syntax", s.pos, s.key, fmt.Sprintf("%s has %d login modules; Kafka takes exactly one", s.key, len(modules))).
			Help = "keep one"
	default:
		j.login(ch, mechanism, s, modules)
	}
}

// static looks into the JVM's login configuration.
func (j *judge) static(ch channel, mechanism string, names []string) {
	file, told := j.o.JAAS, j.o.JAAS != "" || j.o.ClassesExact
	switch {
	case file == NoJAAS:
		file = ""
	case file == "" && j.o.Root != nil:
		var known bool
		file, known = j.jvmProperty("java.security.auth.login.config")
		told = told || known
	}
	want := strings.Join(names, " or ")
	key := ch.prefix + strings.ToLower(mechanism) + "." + jaasKey
	if ch.name == "" {
		key = jaasKey
	}
	missing := func(where string) {
		f := j.report("kafka-jaas-missing", ch.pos, key, fmt.Sprintf("%s has no login for %s: %s is not set, and %s", ch.what(), mechanism, key, where))
		f.Help = "set " + key
		if ch.name != "" && j.set(jaasKey) {
			f.Notes = append(f.Notes, jaasKey+" without listener and mechanism has no effect on a broker")
		}
	}
	switch {
	case file == "" && !told:
		j.unseen = append(j.unseen, "the JVM's login file (java.security.auth.login.config) for "+mechanism+" on "+ch.what())
		return
	case file == "":
		missing("nothing tells of a login file with " + want)
		return
	}
	data, seen, err := j.read(file)
	if !seen {
		j.unseen = append(j.unseen, file)
		return
	}
	j.needed = append(j.needed, setting{key: key, text: file, pos: ch.pos})
	s := setting{key: key, pos: ch.pos, set: true}
	if err != nil {
		missing(fmt.Sprintf("%s: %v", file, plain(err)))
		return
	}
	entries, err := jaas.ParseFile(string(data))
	if err != nil {
		line := 1
		if syntax := (*jaas.SyntaxError)(nil); errors.As(err, &syntax) {
			line += strings.Count(string(data[:syntax.Offset]), "\n")
		}
		j.report("kafka-jaas-syntax", ch.pos, key, fmt.Sprintf("%s: line %d %v", file, line, err)).Help = "correct the file; Java reads it when the listener is made"
		return
	}
	for _, name := range names {
		if modules := entries[name]; len(modules) > 0 {
			j.login(ch, mechanism, s, modules)
			return
		}
	}
	missing(file + " has no entry " + want)
}

func plain(err error) error {
	if p := (*fs.PathError)(nil); errors.As(err, &p) {
		return p.Err
	}
	return err
}

func (j *judge) set(key string) bool {
	_, ok := j.file.Lookup(key)
	return ok
}

// servicePatterns are where a service of Kafka gets its options from.
var servicePatterns = []string{
	"etc/systemd/system/*kafka*.service", "etc/systemd/system/*kafka*.service.d/*.conf", "lib/systemd/system/*kafka*.service",
	"usr/lib/systemd/system/*kafka*.service", "etc/default/*kafka*", "etc/sysconfig/*kafka*", "etc/init.d/*kafka*",
}

// jvmProperty looks for a system property of the JVM in the environment and in the units and defaults of the service. known is
// false where there is nothing of the kind, so that the JVM's options are not known.
func (j *judge) jvmProperty(name string) (value string, known bool) {
	pattern := regexp.MustCompile(regexp.QuoteMeta(name) + `=\s*["']?([^\s"']+)`)
	if j.o.Env != nil {
		for _, variable := range []string{"KAFKA_OPTS", "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"} {
			if v, ok := j.o.Env(variable); ok {
				known = known || variable == "KAFKA_OPTS"
				if m := pattern.FindStringSubmatch(v); m != nil {
					return m[1], true
				}
			}
		}
	}
	if j.o.Root == nil {
		return "", known
	}
	for _, glob := range servicePatterns {
		matches, _ := fs.Glob(j.o.Root, glob)
		for _, file := range matches {
			data, _, err := j.read("/" + file)
			if err != nil {
				continue
			}
			known = true
			if m := pattern.FindSubmatch(data); m != nil {
				return string(m[1]), true
			}
		}
	}
	return "", known
}

// The modules that Java and Kafka bring along.
const (
	plainModule  = "org.apache.kafka.common.security.plain.PlainLoginModule"
	scramModule  = "org.apache.kafka.common.security.scram.ScramLoginModule"
	bearerModule = "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule"
	krb5Module   = "com.sun.security.auth.module.Krb5LoginModule"
	jndiModule   = "com.sun.security.auth.module.JndiLoginModule"
	ldapModule   = "com.sun.security.auth.module.LdapLoginModule"
	storeModule  = "com.sun.security.auth.module.KeyStoreLoginModule"
	unixModule   = "com.sun.security.auth.module.UnixLoginModule"
)

// login follows what the modules do when the listener is made.
func (j *judge) login(ch channel, mechanism string, s setting, modules []jaas.Module) {
	for _, m := range modules {
		switch m.Class {
		case plainModule, scramModule, unixModule:
		case jndiModule, ldapModule:
			from := "3.4.."
			if m.Class == ldapModule {
				from = "3.9.1.. 4.0.."
			}
			why := "which cannot log in as it is set up"
			if j.in(from) {
				why = "which Kafka forbids (org.apache.kafka.disallowed.login.modules)"
			}
			j.report("kafka-jaas-module-forbidden", s.pos, s.key, fmt.Sprintf("%s has %s, %s", s.key, m.Class, why)).
				Help = "use the module of the mechanism"
		case storeModule:
			j.report("kafka-jaas-class-unknown", s.pos, s.key, fmt.Sprintf("%s has %s, which is no login for %s", s.key, m.Class, mechanism)).
				Help = "use the module of the mechanism"
		case bearerModule:
			j.bearer(ch, mechanism, s, m)
		case krb5Module:
			j.kerberos(ch, s, m)
		default:
			if slices.Contains(j.o.Classes, m.Class) {
				continue
			}
			id := "kafka-jaas-class-unknown"
			if !j.o.ClassesExact {
				id = "kafka-class-not-judged"
				j.unjudged = true
			}
			f := j.report(id, s.pos, s.key, fmt.Sprintf("%s has the login module %s, which is not known", s.key, clip(m.Class)))
			f.Help = "check the name; a class of your own is named with --classes"
			if near := nearestModule(m.Class); near != "" {
				f.Help = "did you mean " + near
			}
		}
	}
	if mechanism == "GSSAPI" {
		j.gssapi(ch, modules)
	}
	j.handlers(ch, mechanism, modules)
}

// nearestModule finds a module by the name behind its packages.
func nearestModule(class string) string {
	name := class[strings.LastIndexByte(class, '.')+1:]
	for _, known := range []string{plainModule, scramModule, bearerModule, krb5Module} {
		if strings.EqualFold(name, known[strings.LastIndexByte(known, '.')+1:]) {
			return known
		}
	}
	return ""
}

// kerberos: a key table that is not there fails at once, and so does a login that would ask for a password.
func (j *judge) kerberos(ch channel, s setting, m jaas.Module) {
	on := func(option string) bool {
		v, _ := m.Option(option)
		return strings.EqualFold(v, "true")
	}
	tab, ok := m.Option("keyTab")
	switch {
	case on("useKeyTab"):
	case ok:
		j.report("kafka-sasl-settings", s.pos, s.key, s.key+" has a keyTab, but not useKeyTab=true").Help = "add useKeyTab=true"
		return
	case !on("useTicketCache") && !on("tryFirstPass") && !on("useFirstPass"):
		j.report("kafka-sasl-settings", s.pos, s.key, s.key+" has neither useKeyTab=true nor useTicketCache=true, and nobody is there to ask for a password").
			Help = "add useKeyTab=true storeKey=true keyTab=\"FILE\""
		return
	}
	if !ok || !on("useKeyTab") {
		return
	}
	tab = strings.TrimPrefix(tab, "file://")
	j.needed = append(j.needed, setting{key: s.key, text: tab, pos: s.pos})
	_, seen, err := j.read(tab)
	switch {
	case !seen:
		j.unseen = append(j.unseen, tab)
	case err != nil:
		j.report("kafka-sasl-settings", s.pos, s.key, fmt.Sprintf("%s needs the key table %s: %v", s.key, clip(tab), plain(err))).
			Help = "put the key table there, readable by the process"
	}
}

func (j *judge) gssapi(ch channel, modules []jaas.Module) {
	service := j.get(ch, "sasl.kerberos.service.name").text
	for _, m := range modules {
		if v, ok := m.Option("serviceName"); ok {
			service = v
		}
	}
	if service == "" {
		j.report("kafka-sasl-settings", ch.pos, "sasl.kerberos.service.name", "sasl.kerberos.service.name is not set, nor serviceName in the login of "+ch.what()).
			Help = "set sasl.kerberos.service.name=kafka"
	}
	if rules := j.get(ch, "sasl.kerberos.principal.to.local.rules"); rules.set && !ch.dials {
		if err := kerberosRules(list(rules.text)); err != nil {
			j.report("kafka-principal-mapping-rules", rules.pos, rules.key, fmt.Sprintf("%s %v", rules.key, err)).Help = "write DEFAULT, or RULE:[1:$1@$0](.*@REALM)s/@.*//"
		}
	}
}

// overrides reports keys under a listener's prefix whose value Kafka cannot parse: it reads them when it makes the listener.
func (j *judge) overrides(ch channel) {
	if ch.name == "" {
		return
	}
	for _, p := range j.c.ListenerFaults(ch.name) {
		p.ID, p.Stage, p.Severity = "kafka-listener-override", finding.Security, finding.Error
		j.found = append(j.found, p)
	}
}
