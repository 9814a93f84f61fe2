package node

import (
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/internal/machine"
	"github.com/kcfg/kcfg/kafkacfg"
	"github.com/kcfg/kcfg/properties"
	"github.com/kcfg/kcfg/tlsstore"
)

// Options say how to judge a process. The zero value judges what the file alone tells.
type Options struct {
	kafkacfg.Options
	// Root is the machine's file system, in which absolute paths of the configuration are looked up without their first
	// slash. Nil: the files are not known, and what depends on them is not judged. It is also the Root of the config
	// providers unless Options.Root is set.
	Root fs.FS
	// Dir is where relative paths begin: the directory in which the process is started. Empty: the root.
	Dir string
	// Secrets returns a password that the file does not hold, by its key. Nil: there are none.
	Secrets func(key string) (string, bool)
	// User is the account that runs the process, by its name in etc/passwd or its number; empty: permissions are not judged.
	User string
	// JAAS is the path of the JVM's login configuration (java.security.auth.login.config) on the machine, or NoJAAS where
	// the JVM has none. Empty: it is looked for in the environment and in the units and defaults of the service under Root.
	JAAS string
	// File is the properties file itself, for its permissions; nil: not known.
	File fs.FileInfo
	// Now is the time of the judgement; zero: the clock.
	Now time.Time
	// Through is the last stage to judge; empty: environment.
	Through finding.Stage
}

// NoJAAS says that the JVM has no login configuration.
const NoJAAS = "none"

// Validate says what the process would do with the file on its machine: the stages of [kafkacfg.Validate], then security and
// environment. What those two would need and cannot see is said by a finding, and leaves the verdict as it is. The error is
// that of [kafkacfg.Validate].
func Validate(f *properties.File, o Options) (finding.Report, error) {
	base := o.Options
	if base.Root == nil {
		base.Root = o.Root
	}
	if o.Through != "" {
		base.Through = o.Through
	}
	report, err := kafkacfg.Validate(f, base)
	if err != nil || report.Error != "" || report.Kind == "" || !reaches(base.Through, finding.Security) {
		return report, err
	}
	c, err := kafkacfg.Resolve(f, base)
	if err != nil || c == nil {
		return report, nil // the stages before have said why
	}
	if o.Now.IsZero() {
		o.Now = time.Now()
	}
	j := &judge{c: c, o: o, file: f}
	j.security()
	report = j.add(report, finding.Security)
	if reaches(base.Through, finding.Environment) && c.Kind == kafkacfg.Broker {
		j.environment()
		report = j.add(report, finding.Environment)
	}
	return report, nil
}

func reaches(through, stage finding.Stage) bool {
	return through == "" || slices.Index(finding.Stages, through) >= slices.Index(finding.Stages, stage)
}

// judge collects what one process is found to do.
type judge struct {
	c        *kafkacfg.Config
	o        Options
	file     *properties.File
	found    []finding.Finding
	unjudged bool // something in the current stage decides that is not known
	unseen   []string
	needed   []setting // files that a login reads: text is the path
	account  *machine.Account
	verified int // signatures that were checked
}

// add puts the findings of a stage into the report, unless it has them already, and brings its verdict forward.
func (j *judge) add(r finding.Report, stage finding.Stage) finding.Report {
	refuses := slices.ContainsFunc(j.found, finding.Finding.Refuses)
	j.c.Add(&r, j.found)
	if r.Verdict == finding.Accepts {
		r.Through = stage
		switch {
		case refuses:
			r.Verdict, r.Stage = finding.Refuses, stage
		case j.unjudged:
			r.Verdict, r.Stage = finding.Undetermined, stage
		}
	}
	j.found, j.unjudged = nil, false
	return r
}

// rules are the rules of this package. Their checks report from where they stand in the start-up, so a row holds no
// function: see report.
var rules = []struct {
	ID       string
	Severity finding.Severity
	Stage    finding.Stage
}{
	{"kafka-files-not-seen", finding.Info, ""},
	{"kafka-listener-override", finding.Error, finding.Security},
	{"kafka-store-settings", finding.Error, finding.Security},
	{"kafka-store-unreadable", finding.Error, finding.Security},
	{"kafka-store-password", finding.Error, finding.Security},
	{"kafka-key-password", finding.Error, finding.Security},
	{"kafka-pem-store", finding.Error, finding.Security},
	{"kafka-tls-algorithm-unknown", finding.Error, finding.Security},
	{"kafka-tls-protocol-unusable", finding.Error, finding.Security},
	{"kafka-principal-mapping-rules", finding.Error, finding.Security},
	{"kafka-tls-self-handshake", finding.Error, finding.Security},
	{"kafka-store-without-key", finding.Error, ""},
	{"kafka-jaas-missing", finding.Error, finding.Security},
	{"kafka-jaas-syntax", finding.Error, finding.Security},
	{"kafka-jaas-module-forbidden", finding.Error, finding.Security},
	{"kafka-jaas-class-unknown", finding.Error, finding.Security},
	{"kafka-sasl-settings", finding.Error, finding.Security},
	{"kafka-class-not-judged", finding.Info, ""},
	{"kafka-storage-not-formatted", finding.Error, finding.Environment},
	{"kafka-meta-properties", finding.Error, finding.Environment},
	{"kafka-log-dir-foreign", finding.Error, finding.Environment},
	{"kafka-log-dir-locked", finding.Info, ""},
	{"kafka-log-dir-unusable", finding.Error, finding.Environment},
	{"kafka-metadata-partition-misplaced", finding.Error, finding.Environment},
	{"kafka-file-unreadable", finding.Error, finding.Environment},
	{"kafka-address-not-local", finding.Error, finding.Environment},
	{"kafka-port-in-use", finding.Info, ""},
	{"kafka-port-privileged", finding.Warning, ""},
	{"kafka-plugin-path-missing", finding.Error, finding.Environment},
	{"kafka-secrets-world-readable", finding.Warning, ""},
}

// RuleIDs lists the rules of this package.
func RuleIDs() []string {
	var ids []string
	for _, r := range rules {
		ids = append(ids, r.ID)
	}
	return ids
}

// report adds a finding of a rule.
func (j *judge) report(id string, pos finding.Position, key, message string) *finding.Finding {
	f := finding.Finding{ID: id, Pos: pos, Key: key, Message: message}
	for _, r := range rules {
		if r.ID == id {
			f.Severity, f.Stage = r.Severity, r.Stage
		}
	}
	j.found = append(j.found, f)
	return &j.found[len(j.found)-1]
}

// setting is the effective value of a key for one listener.
type setting struct {
	key  string // that gave the value, with the listener's prefix or without
	text string
	set  bool // the file sets it, if only to nothing
	pos  finding.Position
}

// get returns what a channel gets for a key: with the listener's prefix where that is set, else without.
func (j *judge) get(ch channel, key string) setting {
	v, where := j.c.ListenerValue(ch.name, key)
	if v.Origin != kafkacfg.Absent && v.Origin != kafkacfg.FromDefault {
		if strings.Contains(v.Text, "${") && j.c.Value("config.providers").Text != "" {
			j.unjudged = true
		}
		return setting{where, v.Text, true, v.Pos}
	}
	pos := v.Pos
	if ch.pos.Line != 0 {
		pos = ch.pos
	}
	return setting{key, v.Text, false, pos}
}

// password is get for a secret, which may come from the caller.
func (j *judge) password(ch channel, key string) setting {
	s := j.get(ch, key)
	if !s.set && j.o.Secrets != nil {
		for _, k := range []string{ch.prefix + key, key} {
			if v, ok := j.o.Secrets(k); ok {
				return setting{k, v, true, ch.pos}
			}
		}
	}
	return s
}

// channel is a listener, or a connection that the process opens when it starts.
type channel struct {
	name        string // of the listener; empty for a client's own
	prefix      string // listener.name.<name>. or empty
	protocol    string
	interBroker bool
	dials       bool // the process connects and does not listen
	pos         finding.Position
}

func (ch channel) what() string {
	if ch.name == "" {
		return "the client"
	}
	return ch.name
}

// channels returns everything that is built when the process starts.
func (j *judge) channels() []channel {
	if j.c.Kind != kafkacfg.Broker {
		return []channel{{protocol: strings.ToUpper(j.c.Value("security.protocol").Text), dials: true, pos: j.c.Value("security.protocol").Pos}}
	}
	inter := j.interBrokerName()
	var out []channel
	for _, l := range j.c.Listeners() {
		pos := j.c.Value("listeners").Pos
		if e, ok := j.file.Lookup("listeners"); ok {
			lead := len(e.Value) - len(strings.TrimLeft(e.Value, " \t"))
			pos = e.ValueRange(lead+l.From, lead+l.To)
		}
		out = append(out, channel{
			name: l.Name, prefix: "listener.name." + strings.ToLower(l.Name) + ".", protocol: l.Protocol, interBroker: l.Name == inter, pos: pos,
		})
	}
	for _, name := range j.controllerNames() {
		if slices.ContainsFunc(out, func(ch channel) bool { return ch.name == name }) {
			continue
		}
		out = append(out, channel{
			name: name, prefix: "listener.name." + strings.ToLower(name) + ".", protocol: j.protocolOf(name), dials: true,
			pos: j.c.Value("controller.listener.names").Pos,
		})
		break // a broker dials the first
	}
	return out
}

func (j *judge) interBrokerName() string {
	if v := j.c.Value("inter.broker.listener.name"); v.Text != "" {
		return strings.ToUpper(v.Text)
	}
	return strings.ToUpper(j.c.Value("security.inter.broker.protocol").Text)
}

func (j *judge) controllerNames() []string {
	var out []string
	if j.c.Value("process.roles").Text == "" {
		return nil
	}
	for _, n := range strings.Split(j.c.Value("controller.listener.names").Text, ",") {
		if n = strings.ToUpper(strings.TrimSpace(n)); n != "" {
			out = append(out, n)
		}
	}
	return out
}

// protocolOf looks a name up in the security map; controllers are PLAINTEXT while nothing says otherwise.
func (j *judge) protocolOf(name string) string {
	v := j.c.Value("listener.security.protocol.map")
	protocol := ""
	for _, pair := range strings.Split(v.Text, ",") {
		if i := strings.LastIndexByte(pair, ':'); i >= 0 && strings.EqualFold(strings.TrimSpace(pair[:i]), name) {
			protocol = strings.ToUpper(strings.TrimSpace(pair[i+1:]))
		}
	}
	if protocol == "" {
		return kafkacfg.Plaintext
	}
	return protocol
}

// read reads a file that the configuration names. seen is false where there is no file system to look in.
func (j *judge) read(name string) (data []byte, seen bool, err error) {
	if j.o.Root == nil {
		return nil, false, nil
	}
	const most = tlsstore.DefaultSize
	file, err := j.o.Root.Open(j.path(name))
	if err != nil {
		return nil, true, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, true, err
	}
	if info.IsDir() {
		return nil, true, &fs.PathError{Op: "read", Path: name, Err: errIsDirectory}
	}
	if info.Size() > most {
		return nil, true, &fs.PathError{Op: "read", Path: name, Err: errTooLarge}
	}
	data, err = readAll(file, most)
	return data, true, err
}

// path maps a path of the machine to one under Root.
func (j *judge) path(name string) string {
	if !path.IsAbs(name) {
		name = path.Join("/", j.o.Dir, name)
	}
	if p := strings.TrimPrefix(path.Clean(name), "/"); p != "" {
		return p
	}
	return "."
}

func (j *judge) security() {
	for _, ch := range j.channels() {
		j.overrides(ch)
		switch ch.protocol {
		case kafkacfg.SSL, kafkacfg.SASLSSL:
			j.tls(ch)
		}
		switch ch.protocol {
		case kafkacfg.SASLPlaintext, kafkacfg.SASLSSL:
			j.sasl(ch)
		}
	}
	if len(j.unseen) > 0 {
		f := j.report("kafka-files-not-seen", finding.Position{File: j.file.Name()}, "", "not looked at: "+strings.Join(slices.Compact(j.unseen), ", "))
		f.Help = "give the machine's file system with --root"
		if j.o.Root != nil { // only what the JVM's options say can be unseen then
			f.Help = "say KAFKA_OPTS as the service has it; a login file is named with --jaas, or --jaas none"
		}
	}
	j.unseen = nil
}

func (j *judge) in(spans string) bool { return releaseIn(j.c.Release, spans) }
