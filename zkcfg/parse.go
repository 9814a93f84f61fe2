package zkcfg

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/internal/filelint"
	"github.com/kcfg/kcfg/properties"
)

// Resolve returns the effective configuration that a release makes of a file. The error is about Options alone; what is
// wrong with the file is told by Validate.
func Resolve(f *properties.File, o Options) (*Config, error) {
	if o.Release == "" {
		o.Release = Newest()
	}
	if !o.Release.Known() {
		return nil, fmt.Errorf("%w %q", ErrUnknownRelease, o.Release)
	}
	t := o.Release.table()
	c := &Config{
		Release: o.Release, Mode: Standalone, ID: UnsetID, PeerType: Participant,
		TickTime: 3000, MinSessionTimeout: -1, MaxSessionTimeout: -1, MaxClientCnxns: 60, ElectionAlg: 3,
		SnapRetainCount: minSnapRetain, StandaloneEnabled: true,
		file: f, opts: &o, d: t.how, table: t, order: newKeyOrder(f),
	}
	c.kind = o.Kind
	if c.kind == "" {
		c.kind = Guess(f)
	}
	c.load()
	if c.kind == Dynamic {
		c.parseDynamic()
		c.ExitStatus = c.exitStatus()
		c.cure()
		return c, nil
	}
	if !c.d.verifier {
		c.ID = 0
		c.parse34()
	} else {
		c.parse35()
	}
	c.start()
	c.environment()
	c.ExitStatus = c.exitStatus()
	c.cure()
	return c, nil
}

const minSnapRetain = 3

// load collects the keys that count, in file order, or in the server's order where two keys are the same once trimmed.
func (c *Config) load() {
	for _, m := range c.file.Malformed() {
		c.refuse("file-malformed-escape", stepLoad, exitInvalid, m.Pos, m.Entry.Key, malformedEscape(m))
		break // Java stops at the first
	}
	c.settings = make([]setting, 0, c.file.Len())
	asWritten := true // every entry counts, and no key has blanks
	for e := range c.file.Effective() {
		s := setting{key: trim(e.Key), text: trim(e.Value), entry: e}
		s.def = c.table.lookup(s.key)
		asWritten = asWritten && len(s.key) == len(e.Key) && e.Index() == len(c.settings)
		c.settings = append(c.settings, s)
	}
	if asWritten {
		return
	}
	c.index = make(map[string]int, len(c.settings))
	collision := false
	for i := range c.settings {
		_, twice := c.index[c.settings[i].key]
		collision = collision || twice
		c.index[c.settings[i].key] = i
	}
	if collision {
		rank := c.order.rank
		for i := range c.settings {
			s := &c.settings[i]
			if j := c.index[s.key]; rank(s.entry.Key) > rank(c.settings[j].entry.Key) {
				c.index[s.key] = i // the last one that the server meets wins
			}
		}
	}
}

func malformedEscape(m properties.Malformed) string {
	return fmt.Sprintf("the escape %s has no four hexadecimal digits, so Java does not load the file", m.Text)
}

// rawKeys returns the keys of a file in the order in which each first appears: a later value takes the place of an earlier
// one in the server's hash map.
func rawKeys(f *properties.File) []string {
	keys := make([]string, 0, f.Len())
	seen := make(map[string]bool, f.Len())
	for e := range f.All() {
		if !seen[e.Key] {
			seen[e.Key] = true
			keys = append(keys, e.Key)
		}
	}
	return keys
}

// readKeys is the loop over the keys that both families have.
func (c *Config) readKeys() {
	for i := range c.settings {
		s := &c.settings[i]
		if c.index != nil && c.index[s.key] != i { // another spelling of the key wins, but this one is read too
			c.checkType(s)
			continue
		}
		if n, ok := c.checkType(s); ok {
			c.assign(s, n)
		}
	}
}

// checkType parses the value of a key that the parser reads itself; n is a number, or 1 for true.
func (c *Config) checkType(s *setting) (n int64, ok bool) {
	if s.def == nil || s.def.Source != FromFile {
		return 0, true
	}
	switch s.def.Type {
	case "int":
		n, ok = parseInt(s.text)
	case "long":
		n, ok = parseLong(s.text, 10)
	case "boolean", "strict-boolean":
		return c.checkBoolean(s)
	case "path":
		return 0, c.checkPath(s)
	case "peer-type":
		if l := asciiLower(s.text); l == string(Observer) || l == string(Participant) {
			return 0, true
		}
		c.refuseKey("zk-peer-type-unknown", s, exitInvalid, "%s is %q; use participant or observer", s.key, s.text)
		return 0, false
	default:
		return 0, true
	}
	if !ok {
		c.refuseKey("zk-not-a-number", s, exitInvalid, "%s is %s", s.key, notANumber(s.text, s.def.Type))
	}
	return n, ok
}

func notANumber(text, kind string) string {
	if text == "" {
		return "empty; it must be a number"
	}
	if n := strings.TrimLeft(text, "+-"); n != "" && strings.Trim(n, "0123456789") == "" {
		return text + ", which does not fit in " + map[string]string{"int": "32", "long": "64"}[kind] + " bits"
	}
	return fmt.Sprintf("%q; it must be a number", filelint.AsTyped(text))
}

func (c *Config) checkBoolean(s *setting) (n int64, ok bool) {
	lower := asciiLower(s.text)
	isTrue, isFalse := lower == "true", lower == "false"
	strict := s.def.Type == "strict-boolean"
	if c.d.strict { // equalsIgnoreCase, which knows the long s as well
		strict, isFalse = true, strings.EqualFold(s.text, "false")
	}
	if strict && !isTrue && !isFalse {
		c.refuseKey("zk-not-a-boolean", s, exitInvalid, "%s is %q; it must be true or false", s.key, s.text)
		return 0, false
	}
	if isTrue {
		n = 1
	}
	return n, true
}

// checkPath is VerifyingFileFactory: it looks at the first two characters of a relative path without asking whether there
// are two.
func (c *Config) checkPath(s *setting) bool {
	if !c.d.verifier || s.key == "dynamicConfigFile" || s.key == "oraclePath" {
		return true
	}
	p := javaPath(s.text)
	if strings.HasPrefix(p, "/") || len(properties.UTF16(p)) >= 2 {
		return true
	}
	c.refuseKey("zk-directory-too-short", s, exitUnexpected, "%s is %q; a relative path of less than two characters ends the start with an exception", s.key, s.text)
	return false
}

// refuseKey notes a problem with the value of a key, met while running through the keys.
func (c *Config) refuseKey(id string, s *setting, exit int, format string, args ...any) *problem {
	p := c.refuse(id, stepKeys, exit, s.pos(), s.key, fmt.Sprintf(format, args...))
	p.key, p.order = s.entry.Key, c.order
	return p
}

func (c *Config) assign(s *setting, n int64) {
	switch s.key {
	case "dataDir":
		c.DataDir = s.text
	case "dataLogDir":
		c.DataLogDir = s.text
	case "tickTime":
		c.TickTime = n
	case "minSessionTimeout":
		c.MinSessionTimeout = n
	case "maxSessionTimeout":
		c.MaxSessionTimeout = n
	case "initLimit":
		c.InitLimit = n
	case "syncLimit":
		c.SyncLimit = n
	case "maxClientCnxns":
		c.MaxClientCnxns = n
	case "electionAlg":
		c.ElectionAlg = n
		if n != 3 && c.d.pipes {
			c.refuseKey("zk-election-alg-unsupported", s, exitInvalid, "electionAlg is %d; from 3.6 on there is only 3", n)
		}
	case "autopurge.snapRetainCount":
		c.SnapRetainCount = max(n, minSnapRetain)
	case "autopurge.purgeInterval":
		c.PurgeInterval = n
	case "observerMasterPort":
		if s.def != nil {
			c.ObserverMasterPort = max(n, 0)
		}
	case "peerType":
		c.PeerType = Role(asciiLower(s.text))
	case "standaloneEnabled":
		if s.def != nil {
			c.StandaloneEnabled = n == 1
		}
	case "reconfigEnabled":
		if s.def != nil {
			c.ReconfigEnabled = n == 1
		}
	}
	if s.def == nil || s.def.Source != FromFile || s.key == "version" {
		c.setProperty(s)
	}
}

func (c *Config) setProperty(s *setting) {
	if c.d.verifier && strings.HasPrefix(s.key, "metricsProvider.") && c.d.pipes {
		return
	}
	if !c.d.verifier && memberKey(s.key) {
		return
	}
	if c.Properties == nil {
		c.Properties = make(map[string]string)
	}
	c.Properties[s.key] = s.text
}

// memberKey reports whether a key belongs to the list of servers.
func memberKey(key string) bool {
	return strings.HasPrefix(key, "server.") || strings.HasPrefix(key, "group") || strings.HasPrefix(key, "weight")
}

// isTrue returns the effective value of a boolean that the parser reads itself.
func (c *Config) isTrue(key string) bool {
	s, ok := c.get(key)
	return ok && s.def != nil && asciiLower(s.text) == "true"
}

// checkSASL: servers that demand SASL have to offer it.
func (c *Config) checkSASL() {
	const enable, learner, server = "quorum.auth.enableSasl", "quorum.auth.learnerRequireSasl", "quorum.auth.serverRequireSasl"
	need := func(key, other string) {
		c.refuse("zk-quorum-sasl-incomplete", stepSASL, exitInvalid, c.valuePos(key), key,
			fmt.Sprintf("%s is true, but %s is not", key, other)).Help = "set " + other + "=true"
	}
	switch {
	case c.isTrue(server) && !c.isTrue(enable):
		need(server, enable)
	case c.isTrue(learner) && !c.isTrue(enable):
		need(learner, enable)
	case c.isTrue(server) && !c.isTrue(learner):
		need(server, learner)
	}
}

func (c *Config) checkDataDir() {
	if !c.has("dataDir") {
		c.refuse("zk-data-dir-missing", stepDataDir, exitInvalid, c.absent(), "dataDir", "dataDir is not set").Help = "set dataDir to an absolute path"
	}
	if !c.has("dataLogDir") {
		c.DataLogDir = c.DataDir
	}
}

// absent is the position of something that is not in the file.
func (c *Config) absent() finding.Position { return finding.Position{File: c.file.Name()} }

// port returns the number of a port key, and whether the release takes it as set.
func (c *Config) port(key string) (n int64, set bool) {
	s, ok := c.get(key)
	if !ok || s.def == nil {
		return 0, false
	}
	n, ok = parseInt(s.text)
	return n, !ok || n != 0 || c.d.portZero // a number that does not parse has its own finding
}

// listen reads a pair of keys for a port and its address.
func (c *Config) listen(portKey, addressKey string, at step) *Address {
	n, set := c.port(portKey)
	address, given := c.get(addressKey)
	given = given && address.def != nil
	if !set {
		if given {
			c.refuse("zk-address-without-port", at, exitInvalid, address.pos(), addressKey,
				fmt.Sprintf("%s is set, but %s is not", addressKey, portKey)).Help = "set " + portKey + ", or remove " + addressKey
		}
		return nil
	}
	a := Address{Host: "0.0.0.0", Port: int(n), IP: anyIP}
	if given {
		ip, known := resolve(address.text)
		if known == never {
			c.refuse("zk-address-unresolvable", at, exitInvalid, address.pos(), addressKey,
				fmt.Sprintf("%s is %q, which is neither an address nor a host name", addressKey, address.text))
		}
		a.Host, a.IP = strings.TrimSuffix(strings.TrimPrefix(address.text, "["), "]"), ip
		if address.text == "" {
			a.Host = "localhost"
		}
	}
	if n < 0 || n > maxPort {
		c.refuse("zk-port-out-of-range", at, exitInvalid, c.valuePos(portKey), portKey,
			fmt.Sprintf("%s is %d; it must lie between 0 and %d", portKey, n, maxPort))
	}
	return &a
}

// checkTimes looks at the unit of time and the limits of sessions. In 3.4 the limits are compared as written.
func (c *Config) checkTimes() {
	if c.TickTime == 0 {
		c.refuse("zk-tick-time-zero", stepTick, exitInvalid, c.valuePos("tickTime"), "tickTime", "tickTime is 0; the least is 1")
	}
	if c.d.verifier {
		if c.MinSessionTimeout == -1 {
			c.MinSessionTimeout = int64(int32(c.TickTime * 2)) // Java's int wraps around
		}
		if c.MaxSessionTimeout == -1 {
			c.MaxSessionTimeout = int64(int32(c.TickTime * 20))
		}
	}
	if c.MinSessionTimeout <= c.MaxSessionTimeout {
		return
	}
	key := "minSessionTimeout"
	if !c.has(key) {
		key = "maxSessionTimeout"
	}
	pos := c.valuePos(key)
	if !c.has(key) { // a negative or overflowing tickTime
		key = "tickTime"
		pos = c.valuePos(key)
	}
	p := c.refuse("zk-session-timeouts-crossed", stepSession, exitInvalid, pos, key,
		fmt.Sprintf("minSessionTimeout is %d, more than maxSessionTimeout (%d)", c.MinSessionTimeout, c.MaxSessionTimeout))
	for k, ticks := range map[string]int{"minSessionTimeout": 2, "maxSessionTimeout": 20} {
		if !c.has(k) && c.d.verifier {
			p.Notes = append(p.Notes, fmt.Sprintf("%s is not set, so it is %d times tickTime (%d)", k, ticks, c.TickTime))
		} else if !c.has(k) {
			p.Notes = append(p.Notes, k+" is not set, and this release compares its -1")
			p.Help = "set " + k + " too"
		}
	}
	slices.Sort(p.Notes)
}
