package zkcfg

import (
	"strconv"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/internal/machine"
	"github.com/kcfg/kcfg/properties"
)

func itoa(n int) string { return strconv.Itoa(n) }

// Mode is how a server runs.
type Mode string

// The modes. The file alone decides: an ensemble needs more than one participant, or standaloneEnabled=false.
const (
	Standalone  Mode = "standalone"
	Distributed Mode = "distributed"
)

// Config is what one release makes of a file: the effective configuration. Where the release refuses the file, it holds
// what could be read.
type Config struct {
	Release Release
	Mode    Mode
	ID      int64 // the server's own id, from myid; UnsetID where there is none
	// IDSeen reports whether the myid file could be looked at (it may be missing all the same).
	IDSeen   bool
	PeerType Role

	Client *Address // where clients connect; nil: nowhere
	Secure *Address // where clients connect with TLS

	DataDir, DataLogDir string
	TickTime            int64 // ms
	InitLimit           int64 // ticks
	SyncLimit           int64 // ticks
	MinSessionTimeout   int64 // ms; 3.4 leaves -1 until the server runs
	MaxSessionTimeout   int64 // ms
	MaxClientCnxns      int64
	ElectionAlg         int64
	SnapRetainCount     int64 // at least 3, whatever the file says
	PurgeInterval       int64 // hours
	ObserverMasterPort  int64 // 0: none
	StandaloneEnabled   bool
	ReconfigEnabled     bool
	Version             int64 // of the server list

	Servers []Server          // sorted by id
	Groups  map[int64][]int64 // group to servers; empty: every participant counts the same
	Weights map[int64]int64   // of servers in groups
	// Properties are the system properties that the file sets, without the prefix "zookeeper.".
	Properties map[string]string

	// ExitStatus is what the process ends with where a stage before the network refuses, else 0.
	ExitStatus int

	file     *properties.File
	dynamic  *properties.File // nil: there is none, or it was not seen
	opts     *Options
	d        *dialect
	kind     Kind
	account  *machine.Account // nil: not known
	order    *keyOrder        // of the file's keys
	table    *table
	settings []setting      // what counts of the file, in file order
	index    map[string]int // of settings by key; nil: they are numbered as the entries of the file
	voters   int
	watchers int // observers
	problems []problem
	refused  map[string]bool   // the keys of problems, where those are many and complete
	unknown  []finding.Finding // what was not seen or is not known
}

// UnsetID is the id of a server without myid. 3.4 has 0 for it.
const UnsetID = -1

// setting is one key of a file as the parser sees it.
type setting struct {
	key, text string // both trimmed
	entry     properties.Entry
	def       *Key // nil: the release does not know the key
}

// get returns the setting of a key, if the file has it.
func (c *Config) get(key string) (*setting, bool) {
	if c.index == nil {
		e, ok := c.file.Lookup(key)
		if !ok {
			return nil, false
		}
		return &c.settings[e.Index()], true
	}
	i, ok := c.index[key]
	if !ok {
		return nil, false
	}
	return &c.settings[i], true
}

// text returns the trimmed value of a key, or "".
func (c *Config) text(key string) string {
	if s, ok := c.get(key); ok {
		return s.text
	}
	return ""
}

func (c *Config) has(key string) bool { _, ok := c.get(key); return ok }

// pos returns the position of a setting's value without the blanks around it.
func (s *setting) pos() finding.Position {
	start := 0
	for start < len(s.entry.Value) && s.entry.Value[start] <= ' ' {
		start++
	}
	return s.entry.ValueRange(start, start+len(s.text))
}

// valuePos returns where the value of key stands, or a position without a line.
func (c *Config) valuePos(key string) finding.Position {
	if s, ok := c.get(key); ok {
		return s.pos()
	}
	return finding.Position{File: c.file.Name()}
}

// Origin says where an effective value comes from.
type Origin string

const (
	// InFile values stand in the configuration file.
	InFile Origin = "file"
	// ByDefault values are the release's own.
	ByDefault Origin = "default"
)

// Value is the effective value of one key.
type Value struct {
	Text   string
	Origin Origin
	Pos    finding.Position // of the value in the file; line 0 where it is a default
}

// Value returns the effective value of a key that the release knows; ok is false where it knows none or has no value. Its text
// is what the server makes of the one in the file: "yes" for a boolean is false, an unreadable number that ZooKeeper passes over
// is the default.
func (c *Config) Value(key string) (v Value, ok bool) {
	def, known := LookupKey(c.Release, key)
	if !known || def.Source == FromNowhere {
		return Value{}, false
	}
	if s, ok := c.get(key); ok {
		return Value{Text: s.effective(), Origin: InFile, Pos: s.pos()}, true
	}
	return Value{Text: def.Default, Origin: ByDefault, Pos: finding.Position{File: c.file.Name()}}, def.HasDefault
}

// effective returns what a release reads out of a value; what it refuses stays as it is.
func (s *setting) effective() string {
	if s.def == nil || switchWords(s.key) != nil {
		return s.text
	}
	property := s.def.Source == FromProperty
	switch s.def.Type {
	case "boolean", "strict-boolean":
		return strconv.FormatBool(asciiLower(s.text) == "true")
	case "peer-type":
		return asciiLower(s.text)
	case "int", "long":
		read := func(text string) (int64, bool) { return parseLong(text, 10) }
		if property {
			read = decodeLong
		}
		switch n, ok := read(s.text); {
		case ok && s.key == "autopurge.snapRetainCount":
			return decimal(max(n, minSnapRetain))
		case ok:
			return decimal(n)
		case property && s.def.HasDefault:
			return s.def.Default
		}
	}
	return s.text
}

// Server returns the member with an id.
func (c *Config) Server(id int64) (Server, bool) {
	for _, s := range c.Servers {
		if s.ID == id {
			return s, true
		}
	}
	return Server{}, false
}

// The exit statuses of QuorumPeerMain.
const (
	exitUnexpected = 1
	exitInvalid    = 2
	exitDataDir    = 3
	exitAdmin      = 4
	exitUnbound    = 14 // of the election port
)

// step orders the checks of a start: of several that refuse, the first decides the exit status.
type step uint8

const (
	stepLoad step = iota
	stepKeys
	stepSASL
	stepDataDir
	stepClientPort
	stepSecurePort
	stepSSLAuth
	stepTick
	stepSession
	stepMetrics
	stepDynamicFile
	stepForeign
	stepVerifier
	stepMembers
	stepCount
	stepLimits34
	stepMyID
	stepClientConflict
	stepLimits
	stepBackup
	stepNext
	stepNextMembers
	stepStart
)

// problem is something for which the release does not start.
type problem struct {
	finding.Finding
	step  step
	key   string // the raw key, for steps that run through the keys in hash order
	exit  int
	order *keyOrder // of that file; nil where order plays no part
}

// refuse notes a problem and returns its finding, to be filled in.
func (c *Config) refuse(id string, at step, exit int, pos finding.Position, key, message string) *problem {
	row := verdictRule(id)
	c.problems = append(c.problems, problem{
		Finding: finding.Finding{ID: id, Severity: finding.Error, Stage: row.stage, Pos: pos, Key: key, Message: message},
		step:    at, key: key, exit: exit,
	})
	return &c.problems[len(c.problems)-1]
}

// exitStatus is that of the first problem a server meets.
func (c *Config) exitStatus() int {
	var first *problem
	for i := range c.problems {
		p := &c.problems[i]
		switch {
		case p.exit == 0:
		case first == nil, p.step < first.step, p.step == first.step && p.before(first):
			first = p
		}
	}
	if first == nil {
		return 0
	}
	return first.exit
}

// before reports whether a server meets the key of p before that of q.
func (p *problem) before(q *problem) bool {
	if p.order == nil || p.order != q.order {
		return false
	}
	return p.order.rank(p.key) < p.order.rank(q.key)
}
