package zkcfg

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

func quoted(s string) string { return strconv.Quote(s) }

// start is what the server asks of the configuration once it is parsed, in the order in which it asks: the first answer
// decides the exit status. Which questions come up depends on the mode.
func (c *Config) start() {
	checks := []func(*Config){
		(*Config).startMetrics,
		(*Config).startAdmin,
		(*Config).startFactory,
		(*Config).startSelectors,
		(*Config).startSecure,
		(*Config).startBuffer,
		(*Config).startDigest,
		(*Config).startWatches,
		(*Config).startStandalone,
		(*Config).startDistributed,
		(*Config).startSASL,
	}
	for _, check := range checks {
		check(c)
	}
}

// refuseStart notes what stops the server after the parse.
func (c *Config) refuseStart(id, key string, exit int, format string, args ...any) *problem {
	at := stepStart
	for _, p := range c.problems {
		at = max(at, p.step+1)
	}
	return c.refuse(id, at, exit, c.valuePos(key), key, fmt.Sprintf(format, args...))
}

// property returns a setting that becomes a system property which this release reads.
func (c *Config) property(key string) (*setting, bool) {
	s, ok := c.get(key)
	return s, ok && s.def != nil && s.def.Source == FromProperty
}

// mustFit asks for a class that fits where the configuration names it.
func (c *Config) mustFit(key, id string, fitting []string, what string) {
	s, ok := c.get(key)
	if !ok || s.def == nil || slices.Contains(fitting, s.text) {
		return
	}
	if slices.Contains(c.opts.Classes, s.text) || !c.opts.ClassesExact && c.classForName(s.text) == maybe {
		c.undetermined(id, s.pos(), key, fmt.Sprintf("%s is %q, which is not one of ZooKeeper's own classes", key, s.text))
		return
	}
	c.refuseStart(id, key, exitUnexpected, "%s is %q, which is no %s of this release", key, s.text, what).Help = "use " + strings.Join(fitting, " or ")
}

func (c *Config) startMetrics() {
	if c.d.pipes && !c.failed("metricsProvider.className") {
		c.mustFit("metricsProvider.className", "zk-metrics-class-unfit", metricsProviders, "metrics provider")
	}
}

// runsAdminServer is what the server makes of its switch: all but false is true.
func (c *Config) runsAdminServer() bool {
	return c.systemProperty("admin.enableServer", "true") != "false"
}

// startAdmin is what stops a lone server with its admin server; a member of an ensemble goes on without one.
func (c *Config) startAdmin() {
	const id, port, command = "zk-admin-server-stops-start", "admin.serverPort", "admin.commandURL"
	if c.Mode != Standalone || !c.d.verifier || !c.runsAdminServer() {
		return
	}
	if n, ok := c.intProperty(port); ok && (n < 0 || n > maxPort) {
		c.refuseStart(id, port, exitAdmin, "%s is %d; it must lie between 0 and %d", port, n, maxPort)
	}
	if s, ok := c.property(command); ok && s.text != "" && (s.text[0] != '/' || strings.Contains(s.text, "*")) {
		c.refuseStart(id, command, exitAdmin, "%s is %q; it begins with / and has no *", command, s.text)
	}
}

func (c *Config) startFactory() {
	if c.Client != nil || c.Secure != nil {
		c.mustFit("serverCnxnFactory", "zk-connection-factory-unfit", connectionFactories, "connection factory")
	}
}

// factory returns the class that serves client connections.
func (c *Config) factory() string { return c.systemProperty("serverCnxnFactory", nioFactory) }

func (c *Config) startSelectors() {
	if c.factory() != nioFactory || c.Client == nil && c.Secure == nil {
		return
	}
	const timeout = "nio.sessionlessCnxnTimeout"
	if n, ok := c.intProperty(timeout); ok && n == 0 {
		c.refuseStart("zk-number-stops-start", timeout, exitUnexpected, "%s is 0, by which the server divides", timeout)
	}
	c.atLeast("nio.numSelectorThreads", 1, exitUnexpected)
}

// intProperty returns a number that the server takes from a system property.
func (c *Config) intProperty(key string) (n int64, ok bool) {
	s, ok := c.property(key)
	if !ok {
		return 0, false
	}
	n, ok = decodeLong(s.text)
	return n, ok && -1<<31 <= n && n < 1<<31
}

// atLeast refuses a number below the least that the server bears.
func (c *Config) atLeast(key string, least int64, exit int) {
	if n, ok := c.intProperty(key); ok && n < least {
		c.refuseStart("zk-number-stops-start", key, exit, "%s is %d; the least is %d", key, n, least)
	}
}

// startSecure: only Netty speaks TLS.
func (c *Config) startSecure() {
	if c.Secure == nil || c.failed("secureClientPort") {
		return
	}
	if c.factory() == nioFactory {
		p := c.refuseStart("zk-secure-port-needs-netty", "secureClientPort", exitUnexpected,
			"secureClientPort is set, but connections are served by NIO, which knows no TLS")
		p.Help = "set serverCnxnFactory=" + nettyFactory
		return
	}
	if c.Client == nil || c.Client.Port != c.Secure.Port || c.Secure.Port == 0 {
		return
	}
	same, known := c.Client.same(*c.Secure)
	if c.Client.Wildcard() || c.Secure.Wildcard() || same && known {
		c.refuseStart("zk-client-ports-equal", "secureClientPort", exitUnexpected, "secureClientPort and clientPort are both %d", c.Secure.Port)
	}
}

func (c *Config) startBuffer() {
	const least = 32
	c.atLeast("intBufferStartingSizeBytes", least, exitUnexpected)
}

// digests are the names of Java's digests. Those of SHA also go without the hyphen, and by their object identifiers.
var digests = []string{
	"SHA", "SHA1", "SHA-1", "SHA-224", "SHA-256", "SHA-384", "SHA-512", "SHA-512/224", "SHA-512/256", "SHA3-224", "SHA3-256", "SHA3-384", "SHA3-512", "MD5", "MD2",
	"SHA224", "SHA256", "SHA384", "SHA512", "SHA512/224", "SHA512/256", "1.3.14.3.2.26",
	"2.16.840.1.101.3.4.2.1", "2.16.840.1.101.3.4.2.2", "2.16.840.1.101.3.4.2.3", "2.16.840.1.101.3.4.2.4", "2.16.840.1.101.3.4.2.5",
	"2.16.840.1.101.3.4.2.6", "2.16.840.1.101.3.4.2.7", "2.16.840.1.101.3.4.2.8", "2.16.840.1.101.3.4.2.9", "2.16.840.1.101.3.4.2.10",
}

// startDigest looks the algorithm up, as the server does whether anybody authenticates with it or not.
func (c *Config) startDigest() {
	s, ok := c.property("DigestAuthenticationProvider.digestAlg")
	if !ok {
		return
	}
	name := s.text
	if len(name) > 4 && strings.EqualFold(name[:4], "OID.") {
		name = name[4:]
	}
	if !slices.ContainsFunc(digests, func(d string) bool { return strings.EqualFold(d, name) }) {
		c.refuseStart("zk-digest-algorithm-unknown", s.key, exitUnexpected, "%s is %q, which Java does not know", s.key, s.text)
	}
}

func (c *Config) startWatches() {
	c.mustFit("watchManagerName", "zk-watch-manager-unfit", watchManagers, "watch manager")
}

// startStandalone is asked while the process can still end: an ensemble's member gets as far as serving and fails there.
func (c *Config) startStandalone() {
	if c.Mode != Standalone {
		return
	}
	for _, key := range []string{"connection_throttle_drop_increase", "connection_throttle_drop_decrease", "connection_throttle_decrease_ratio"} {
		c.strictNumber(key, exitUnexpected, isJavaDouble)
	}
	c.strictNumber("pathStats.sampleRate", exitInvalid, isJavaDouble)
	c.atLeast("pathStats.slotCapacity", 1, exitInvalid)
	if s, ok := c.property("pathStats.enabled"); ok && asciiLower(s.text) == "true" {
		c.atLeast("pathStats.slotDuration", 1, exitInvalid)
		c.atLeast("pathStats.delay", 1, exitInvalid)
	}
	c.startEnforcedAuth()
}

func (c *Config) strictNumber(key string, exit int, valid func(string) bool) {
	if s, ok := c.property(key); ok && !valid(s.text) {
		c.refuseStart("zk-number-stops-start", key, exit, "%s is %q; it must be a number", key, s.text)
	}
}

func (c *Config) startEnforcedAuth() {
	const enabled, schemesKey, session = "enforce.auth.enabled", "enforce.auth.schemes", "sessionRequireClientSASLAuth"
	if c.table.lookup(enabled) == nil {
		return
	}
	key, schemes := enabled, []string(nil)
	switch {
	case strings.EqualFold(c.systemProperty(session, ""), "true"):
		key, schemes = session, []string{"sasl"}
	case !strings.EqualFold(c.systemProperty(enabled, ""), "true"):
		return
	default:
		if s, ok := c.get(schemesKey); ok {
			key, schemes = schemesKey, javaSplit(s.text, ",")
		}
	}
	if len(schemes) == 0 {
		c.refuseStart("zk-enforced-auth-without-scheme", enabled, exitInvalid, "%s is true, but %s is not set", enabled, schemesKey).Help = "set enforce.auth.schemes=digest"
		return
	}
	available, complete := c.schemes()
	for _, scheme := range schemes {
		scheme = trim(scheme)
		switch {
		case slices.Contains(available, scheme):
		case !complete:
			c.undetermined("zk-enforced-auth-without-scheme", c.valuePos(key), key, fmt.Sprintf("%s needs a provider of the scheme %q; authProvider names a class that is not ZooKeeper's own", key, scheme))
			return
		default:
			c.refuseStart("zk-enforced-auth-without-scheme", key, exitInvalid, "%s needs a provider of the scheme %q, and there is none", key, scheme).Help = "set authProvider.1 to the class of that provider"
			return
		}
	}
}

// schemes returns the authentication schemes that the server knows; complete is false where a class that is not known may
// bring others.
func (c *Config) schemes() (all []string, complete bool) {
	all, complete = []string{"ip"}, true
	if asciiLower(c.systemProperty("DigestAuthenticationProvider.enabled", "true")) == "true" {
		all = append(all, "digest")
	}
	class := func(name string) {
		if scheme := authScheme(name); scheme != "" {
			all = append(all, scheme)
		} else if c.classForName(name) == maybe {
			complete = false
		}
	}
	for i := range c.settings {
		if strings.HasPrefix(c.settings[i].key, "authProvider.") {
			class(c.settings[i].text)
		}
	}
	for key, value := range c.opts.Properties {
		if strings.HasPrefix(key, "zookeeper.authProvider.") {
			class(value)
		}
	}
	if c.Secure != nil && !c.has("authProvider.x509") {
		all = append(all, "x509")
	}
	return all, complete
}

func (c *Config) startDistributed() {
	if c.Mode != Distributed {
		return
	}
	if s, ok := c.get("observerMasterPort"); ok && s.def != nil && c.ObserverMasterPort > maxPort {
		c.refuseStart("zk-port-out-of-range-at-start", s.key, exitInvalid, "%s is %d; it must lie between 0 and %d", s.key, c.ObserverMasterPort, maxPort)
	}
	if _, ok := c.Server(c.ID); !ok && c.IDSeen && !c.failed("myid") && !c.brokenServers() {
		p := c.refuseStart("zk-myid-not-listed", "server", exitUnexpected, "myid is %d, but there is no server.%d", c.ID, c.ID)
		p.Key, p.Pos = "myid", c.myIDPos()
		if len(c.Servers) > 0 {
			p.Notes = append(p.Notes, "there are "+serverList(c.Servers))
		}
		p.Help = fmt.Sprintf("add server.%d, or write another number into %s", c.ID, c.myIDPos().File)
	}
	c.strictNumber("cnxTimeout", exitInvalid, func(s string) bool { _, ok := parseInt(s); return ok })
}

// loginConfig names the JVM's login file.
const loginConfig = "java.security.auth.login.config"

// startSASL: members that authenticate each other take their names and passwords from the JVM's login file.
func (c *Config) startSASL() {
	const key = "quorum.auth.enableSasl"
	if file, known := c.opts.Properties[loginConfig]; known && file == "" && c.Mode == Distributed && c.isTrue(key) {
		c.refuseStart("zk-quorum-sasl-needs-jaas", key, exitUnexpected, "%s is true, but the JVM has no login file", key).Help = "give it to the JVM: -D" + loginConfig + "=FILE"
	}
}

// brokenServers reports whether a line of the server list could not be read.
func (c *Config) brokenServers() bool {
	return slices.ContainsFunc(c.problems, func(p problem) bool { return strings.HasPrefix(p.Key, "server.") })
}

func serverList(servers []Server) string {
	const most = 10
	var names []string
	for i, s := range servers {
		if i == most {
			names = append(names, "...")
			break
		}
		names = append(names, "server."+decimal(s.ID))
	}
	return strings.Join(names, ", ")
}

// isJavaDouble reports whether Double.parseDouble takes s.
func isJavaDouble(s string) bool {
	s = trim(s)
	if n := strings.TrimLeft(s, "+-"); len(s)-len(n) <= 1 && (n == "NaN" || n == "Infinity") {
		return true
	}
	if strings.ContainsAny(s, "_iInN") { // Go's own forms
		return false
	}
	hex := strings.Contains(asciiLower(s), "0x")
	if l := len(s); l > 1 && strings.ContainsRune("fFdD", rune(s[l-1])) && (!hex || strings.ContainsAny(s, "pP")) {
		s = s[:l-1]
	}
	if hex && !strings.ContainsAny(s, "pP") {
		return false
	}
	_, err := strconv.ParseFloat(s, 64)
	return err == nil || strings.Contains(err.Error(), "out of range")
}
