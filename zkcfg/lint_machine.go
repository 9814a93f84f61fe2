package zkcfg

import (
	"fmt"
	"strings"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/internal/rule"
)

// Disks: where data lives and what fills it.
var storageLints = []rule.Rule[*Config]{
	{ID: "zk-data-dir-temporary", Severity: finding.Warning, Check: dataDirTemporary},
	{ID: "zk-path-unusual", Severity: finding.Warning, Check: pathUnusual},
	{ID: "zk-directories-nested", Severity: finding.Warning, Check: directoriesNested},
	{ID: "zk-log-beside-data", Severity: finding.Info, Check: logBesideData},
	{ID: "zk-autopurge-off", Severity: finding.Warning, Check: autopurgeOff},
	{ID: "zk-snap-retain-raised", Severity: finding.Info, Check: snapRetainRaised},
	{ID: "zk-snap-size-zero", Severity: finding.Error, In: "3.6..", Check: snapSizeZero},
	{ID: "zk-force-sync-off", Severity: finding.Warning, Check: word("forceSync", "no", "forceSync is no: acknowledged data is lost when the machine fails")},
	{ID: "zk-trust-empty-snapshot", Severity: finding.Warning, In: "3.5.6..", Check: trustEmpty},
	{ID: "zk-db-autocreate-off", Severity: finding.Warning, In: "3.6..", Check: autocreateOff},
	{ID: "zk-log-dir-added", Severity: finding.Info, Check: logDirAdded},
}

// Ports and who can reach them.
var networkLints = []rule.Rule[*Config]{
	{ID: "zk-no-client-port", Severity: finding.Warning, In: "3.5..", Check: noClientPort},
	{ID: "zk-client-address-loopback", Severity: finding.Warning, Check: clientAddressLoopback},
	{ID: "zk-port-collision", Severity: finding.Error, Check: portCollision},
	{ID: "zk-port-privileged", Severity: finding.Warning, Check: portPrivileged},
	{ID: "zk-port-in-use", Severity: finding.Info, Check: portInUse},
	{ID: "zk-connections-unlimited", Severity: finding.Info, Check: connectionsUnlimited},
	{ID: "zk-admin-server-open", Severity: finding.Info, In: "3.5..", Check: adminServerOpen},
	{ID: "zk-four-letter-words-open", Severity: finding.Warning, Check: fourLetterWords},
	{ID: "zk-four-letter-words-few", Severity: finding.Info, In: "3.5..", Check: fourLetterWordsFew},
}

// Who may do what.
var securityLints = []rule.Rule[*Config]{
	{ID: "zk-acl-skipped", Severity: finding.Warning, Check: word("skipACL", "yes", "skipACL is yes: everybody may read and write everything")},
	{ID: "zk-tls-store-missing", Severity: finding.Warning, In: "3.5..", Check: tlsStoreMissing},
	{ID: "zk-quorum-tls-needs-client-auth", Severity: finding.Info, In: "3.5..", Check: quorumTLS},
	{ID: "zk-quorum-client-auth-off", Severity: finding.Warning, In: "3.5.7..", Check: quorumClientAuthOff},
	{ID: "zk-hostname-verification-off", Severity: finding.Warning, In: "3.5..", Check: hostnameVerificationOff},
	{ID: "zk-port-unification-on", Severity: finding.Warning, In: "3.5..", Check: portUnification},
	{ID: "zk-plain-port-beside-tls", Severity: finding.Info, In: "3.5..", Check: plainBesideTLS},
	{ID: "zk-password-in-file", Severity: finding.Info, In: "3.8..", Check: passwordInFile},
	{ID: "zk-password-world-readable", Severity: finding.Warning, Check: worldReadable},
	{ID: "zk-quorum-sasl-needs-jaas", Severity: finding.Info, Check: saslNeedsJAAS},
	{ID: "zk-fips-mode-default", Severity: finding.Info, In: "3.9..", Check: fipsMode},
}

// word makes a check for one value of one key.
func word(key, value, message string) func(*Config, rule.Reporter) {
	return func(c *Config, report rule.Reporter) {
		if s, ok := c.get(key); ok && s.def != nil && s.text == value {
			report(s.pos(), key, "%s", message).Help = "remove the line"
		}
	}
}

var temporary = []string{"/tmp", "/var/tmp", "/dev/shm", "/run", "/var/run"}

func dataDirTemporary(c *Config, report rule.Reporter) {
	for _, key := range []string{"dataDir", "dataLogDir"} {
		s, ok := c.get(key)
		if !ok {
			continue
		}
		for _, dir := range temporary {
			if below, ok := strings.CutPrefix(javaPath(s.text), dir); ok && (below == "" || below[0] == '/') {
				f := c.grave(report(s.pos(), key, "%s is below %s, which is emptied at a restart or by a cleaner", key, dir))
				f.Help = "use a directory such as /var/lib/zookeeper"
				break
			}
		}
	}
}

func pathUnusual(c *Config, report rule.Reporter) {
	for _, key := range []string{"dataDir", "dataLogDir", "dynamicConfigFile"} {
		s, ok := c.get(key)
		if !ok || c.failed(key) || s.def == nil || placeholderIn(s.text) != "" {
			continue
		}
		switch {
		case strings.HasPrefix(s.text, "~"):
			report(s.pos(), key, "%s begins with ~, which is no home directory to Java", key).Help = "write the whole path"
		case strings.HasPrefix(s.text, "\"") || strings.HasPrefix(s.text, "'"): // file-quoted-value
		case !strings.HasPrefix(s.text, "/") && !strings.HasPrefix(s.text, "./"):
			report(s.pos(), key, "%s is relative: which directory it is depends on where the server is started", key).Help = "write an absolute path"
		case strings.ContainsAny(s.text, " \t") && commentIn(s.entry.Value) < 0:
			report(s.pos(), key, "%s has a blank, at which zkServer.sh cuts it", key).Help = "use a path without blanks"
		case s.entry.Value != s.text && key != "dynamicConfigFile":
			report(s.pos(), key, "%s ends in a blank: ZooKeeper removes it, zkServer.sh does not", key).Help = "remove the blank"
		}
	}
}

func directoriesNested(c *Config, report rule.Reporter) {
	data, log := javaPath(c.DataDir)+"/", javaPath(c.DataLogDir)+"/"
	if s, ok := c.get("dataLogDir"); ok && data != log && (strings.HasPrefix(data, log) || strings.HasPrefix(log, data)) && c.DataDir != "" {
		report(s.pos(), s.key, "dataLogDir and dataDir lie one inside the other").Help = "use two directories side by side"
	}
}

func logBesideData(c *Config, report rule.Reporter) {
	if c.ensemble() && c.kind == Static && javaPath(c.DataDir) == javaPath(c.DataLogDir) {
		report(c.valuePos("dataDir"), "dataLogDir", "the transaction log shares a device with the snapshots, which slows every write").Help = "set dataLogDir to a directory on a disk of its own"
	}
}

func autopurgeOff(c *Config, report rule.Reporter) {
	const key = "autopurge.purgeInterval"
	if c.PurgeInterval > 0 || c.failed(key) || c.kind == Dynamic {
		return
	}
	f := c.grave(report(c.valuePos(key), key, "%s is not set: old snapshots and logs are never deleted and fill the disk", key))
	if s, ok := c.get(key); ok {
		f.Message = fmt.Sprintf("%s is %s: old snapshots and logs are never deleted and fill the disk", key, s.text)
	}
	f.Help = "set " + key + "=24"
	f.Fix = &finding.Fix{Message: "purge once a day", Edits: []finding.Edit{c.file.SetEdit(key, "24")}}
}

func snapRetainRaised(c *Config, report rule.Reporter) {
	if s, ok := c.get("autopurge.snapRetainCount"); ok && !c.failed(s.key) {
		if n, ok := parseInt(s.text); ok && n < minSnapRetain {
			report(s.pos(), s.key, "%s is %d, but at least %d snapshots are kept", s.key, n, minSnapRetain).Help = "write 3"
		}
	}
}

func noClientPort(c *Config, report rule.Reporter) {
	if c.Client != nil || c.Secure != nil || c.kind == Dynamic || c.failed("clientPort") || c.failed("dynamicConfigFile") {
		return
	}
	if c.has("dynamicConfigFile") && c.dynamic == nil {
		return
	}
	if !c.IDSeen {
		for _, s := range c.Servers {
			if s.Client != nil {
				return
			}
		}
	}
	report(c.valuePos("clientPort"), "clientPort", "clientPort is not set: the server starts, and no client can reach it").Help = "set clientPort=2181"
}

func clientAddressLoopback(c *Config, report rule.Reporter) {
	if s, ok := c.get("clientPortAddress"); ok && s.text == "" {
		report(s.entry.KeyPos(), s.key, "clientPortAddress is empty, which is loopback: other machines cannot connect").Help = "remove the line, or write an address"
	}
}

func connectionsUnlimited(c *Config, report rule.Reporter) {
	if s, ok := c.get("maxClientCnxns"); ok && c.MaxClientCnxns <= 0 && !c.failed(s.key) {
		report(s.pos(), s.key, "maxClientCnxns is %d: one client may open connections without limit", c.MaxClientCnxns).Help = "remove the line for the default of 60"
	}
}

func adminServerOpen(c *Config, report rule.Reporter) {
	if c.text("admin.enableServer") == "false" || c.kind == Dynamic {
		return
	}
	if ip, _ := resolve(c.systemProperty("admin.serverAddress", "0.0.0.0")); ip.IsValid() && ip.IsLoopback() {
		return
	}
	f := report(c.valuePos("admin.enableServer"), "admin.enableServer", "the admin server answers everybody at port %s, without a password", c.systemProperty("admin.serverPort", "8080"))
	if c.table.lookup("admin.restore.enabled") != nil {
		f.Notes = append(f.Notes, "in this release it also restores snapshots, for whoever has all permissions on the root node: at first everybody")
	}
	f.Help = "set admin.enableServer=false, or admin.serverAddress=127.0.0.1"
}

func fourLetterWords(c *Config, report rule.Reporter) {
	s, ok := c.get("4lw.commands.whitelist")
	if !ok {
		return
	}
	var telling []string
	for word := range strings.SplitSeq(s.text, ",") {
		switch word = trim(word); word {
		case "*":
			f := report(s.pos(), s.key, "%s is *, which opens wchp and wchc too: one call of them can stop a busy server", s.key)
			f.Help = "list what your monitoring asks: srvr, mntr, ruok, stat"
		case "wchp", "wchc":
			report(s.pos(), s.key, "%s opens %s: one call of it can stop a busy server", s.key, word).Help = "remove it"
		case "dump", "cons":
			telling = append(telling, word)
		}
	}
	if len(telling) > 0 {
		f := report(s.pos(), s.key, "%s opens %s, which tells everybody who is connected and takes long on a busy server", s.key, strings.Join(telling, " and "))
		f.Severity = finding.Info
		f.Help = "remove what your monitoring does not ask"
	}
}

// fourLetterWordsFew: since 3.5 a server answers srvr alone, and monitoring asks for more.
func fourLetterWordsFew(c *Config, report rule.Reporter) {
	if !c.ensemble() || c.kind == Dynamic || c.has("4lw.commands.whitelist") {
		return
	}
	f := report(c.absent(), "4lw.commands.whitelist", "4lw.commands.whitelist is not set, so the server answers srvr alone: ruok, mntr and stat, which monitoring asks, get no answer")
	f.Help = "set 4lw.commands.whitelist=srvr,ruok,mntr,stat if anything asks for them"
}

func tlsStoreMissing(c *Config, report rule.Reporter) {
	need := func(key string, pos finding.Position, because string) {
		location := c.systemProperty(key, "")
		if location == "" && c.systemProperty(strings.Replace(key, "location", "context", 1), "") == "" {
			report(pos, key, "%s is not set, and %s: handshakes fail", key, because).Help = "set " + key + ", or give it to the JVM as -Dzookeeper." + key
		}
		if _, there := c.opts.look(location, 1); location != "" && there == absent {
			report(c.valuePos(key), key, "%s is %s, which does not exist, and %s: handshakes fail", key, location, because).Help = "write the path of the store"
		}
	}
	if c.Secure != nil && c.factory() == nettyFactory {
		need("ssl.keyStore.location", c.valuePos("secureClientPort"), "secureClientPort speaks TLS")
	}
	for _, key := range []string{"sslQuorum", "portUnification"} {
		if c.isTrue(key) && c.Mode == Distributed {
			need("ssl.quorum.keyStore.location", c.valuePos(key), key+" is true")
			need("ssl.quorum.trustStore.location", c.valuePos(key), key+" is true")
			break
		}
	}
}

func quorumTLS(c *Config, report rule.Reporter) {
	if !c.isTrue("sslQuorum") {
		return
	}
	f := report(c.valuePos("sslQuorum"), "sslQuorum", "sslQuorum is true: each server is also a client, so its certificate must allow clientAuth")
	f.Notes = append(f.Notes, "certificates of Let's Encrypt allow serverAuth alone")
	f.Help = "use certificates of a private authority for the quorum"
	if s, ok := c.get("ssl.quorum.keyStore.location"); ok && strings.Contains(s.text, "letsencrypt") {
		f.Severity = finding.Warning
	}
}

func quorumClientAuthOff(c *Config, report rule.Reporter) {
	if s, ok := c.get("ssl.quorum.clientAuth"); ok && asciiLower(s.text) != "need" {
		report(s.pos(), s.key, "%s is %s: any process that reaches the quorum port may join", s.key, s.shown()).Help = "remove the line: the default is need"
	}
}

func hostnameVerificationOff(c *Config, report rule.Reporter) {
	for _, key := range []string{"ssl.hostnameVerification", "ssl.quorum.hostnameVerification"} {
		if s, ok := c.get(key); ok && asciiLower(s.text) != "true" {
			report(s.pos(), key, "%s is %s: a certificate for any other name is accepted", key, s.shown()).Help = "remove the line"
		}
	}
}

func plainBesideTLS(c *Config, report rule.Reporter) {
	if c.Secure != nil && c.Client != nil && c.has("clientPort") {
		report(c.valuePos("clientPort"), "clientPort", "clientPort is open beside secureClientPort: clients may still connect without TLS").Help = "remove clientPort once every client uses TLS"
	}
}

func passwordInFile(c *Config, report rule.Reporter) {
	for i := range c.settings {
		s := &c.settings[i]
		if s.def == nil || s.def.Type != "password" || s.text == "" {
			continue
		}
		if path := s.key + "Path"; c.table.lookup(path) != nil {
			report(s.entry.KeyPos(), s.key, "%s stands in this file; %s can name a file of its own", s.key, path).Help = "write the password into a file with mode 0600"
		}
	}
}

// worldReadable: a password that every account of the machine can read is nobody's secret.
func worldReadable(c *Config, report rule.Reporter) {
	const others = 0o004
	if c.opts.Mode.Perm()&others == 0 {
		return
	}
	for s := range c.meant() {
		if SecretKey(s.key) && s.text != "" {
			report(s.entry.KeyPos(), s.key, "the file holds passwords, and every account of the machine can read it").Help =
				"chmod 600 " + c.file.Name() + ", and make it the property of the account that runs ZooKeeper"
			return
		}
	}
}

// portUnification is a step of the way from plain connections between servers to TLS.
func portUnification(c *Config, report rule.Reporter) {
	const key = "portUnification"
	if c.isTrue(key) {
		f := report(c.valuePos(key), key, "portUnification is true: servers also take connections without TLS, which is for the time of a migration")
		f.Help = "once every server has sslQuorum=true, remove the line and restart them one by one"
		if !c.isTrue("sslQuorum") {
			f.Severity = finding.Info
			f.Message = "portUnification is true without sslQuorum: servers take TLS and speak without it, the first step of a migration"
			f.Help = "once every server has it, set sslQuorum=true, then remove portUnification"
		}
	}
	const client = "client.portUnification"
	if s, ok := c.property(client); ok && asciiLower(s.text) == "true" && c.Secure != nil {
		report(s.pos(), client, "client.portUnification is true: secureClientPort also takes clients without TLS, which is for the time of a migration").Help =
			"remove the line once every client uses TLS"
	}
}

// snapSizeZero: SyncRequestProcessor takes a remainder of it when it begins to work.
func snapSizeZero(c *Config, report rule.Reporter) {
	const key = "snapSizeLimitInKb"
	if n, ok := c.intProperty(key); ok && n == 0 {
		report(c.valuePos(key), key, "%s is 0, by which the server divides: it ends as soon as it serves", key).Help = "write -1 for no limit"
	}
}

// isOff reports whether a property that is true unless set is anything but true.
func (c *Config) isOff(key string) (*setting, bool) {
	s, ok := c.property(key)
	return s, ok && asciiLower(s.text) != "true"
}

func trustEmpty(c *Config, report rule.Reporter) {
	s, ok := c.property("snapshot.trust.empty")
	if !ok || asciiLower(s.text) != "true" {
		return
	}
	f := report(s.pos(), s.key, "snapshot.trust.empty is true, which is for one start after an upgrade: it hides lost snapshots")
	f.Help = "remove the line"
	if c.Release == "3.5.6" && c.Mode == Standalone {
		f.Severity = finding.Error
		f.Message = "snapshot.trust.empty is true, with which a standalone server of this release loses data"
		f.Help = "use 3.5.7 for the upgrade"
	}
}

func autocreateOff(c *Config, report rule.Reporter) {
	s, ok := c.isOff("db.autocreate")
	if !ok {
		return
	}
	const message = "db.autocreate is %s: a server without data joins only with a file called initialize in its data directory"
	exists := func(name string) bool {
		_, there := c.opts.look(child(javaPath(c.DataDir), name), 1)
		return there == readable || there == directory
	}
	switch {
	case c.opts.Root == nil:
		report(s.pos(), s.key, message, s.text).Help = "create that file before the first start, as zkServer-initialize.sh does"
	case c.DataDir != "" && c.Mode == Distributed && !exists("version-2") && !exists("initialize"):
		f := report(s.pos(), s.key, message, s.text)
		f.Notes = append(f.Notes, c.DataDir+" has neither data nor that file")
		f.Help = "run zkServer-initialize.sh, or create " + child(javaPath(c.DataDir), "initialize")
	}
}

// logDirAdded: with a log directory of its own a server refuses the logs that it finds beside its snapshots.
func logDirAdded(c *Config, report rule.Reporter) {
	if s, ok := c.get("dataLogDir"); ok && c.opts.Root == nil && c.DataDir != "" && javaPath(c.DataDir) != javaPath(c.DataLogDir) {
		f := report(s.pos(), s.key, "whether %s still holds transaction logs from before there was a dataLogDir was not looked at: the server would refuse to start", c.DataDir)
		f.Help = "where dataLogDir is new, stop the server and move version-2/log.* there first"
	}
}

func saslNeedsJAAS(c *Config, report rule.Reporter) {
	if _, known := c.opts.Properties[loginConfig]; !known && c.isTrue("quorum.auth.enableSasl") {
		report(c.valuePos("quorum.auth.enableSasl"), "quorum.auth.enableSasl", "quorum.auth.enableSasl needs a JAAS file with the sections QuorumServer and QuorumLearner, or the server does not start").Help =
			"give it to the JVM: -Djava.security.auth.login.config=FILE"
	}
}

func fipsMode(c *Config, report rule.Reporter) {
	if c.has("fips-mode") {
		return
	}
	for _, key := range []string{"quorum.auth.enableSasl", "ssl.context.supplier.class", "ssl.quorum.context.supplier.class", "ssl.clientHostnameVerification"} {
		if c.has(key) {
			report(c.valuePos(key), key, "fips-mode is true by default from 3.9 on, which switches off DIGEST-MD5 and ZooKeeper's own check of host names").Help = "set fips-mode=false if you rely on them"
			return
		}
	}
}
