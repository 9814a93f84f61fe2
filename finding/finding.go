// Package finding describes what kcfg says about a user's files: findings, the reports that hold them, and the text
// and JSON in which people and programs read them.
//
// A [Report] is what one release says about one file. Packages kafkacfg, kafkacfg/node and zkcfg return them; [WriteText]
// writes them for people, [WriteJSON], [WriteJSONLines], [WriteSARIF] and [WriteGitHub] for programs, and [Count] sums
// them up. Package tlsstore returns findings alone, of which a Report can be made by hand.
//
// A finding is about the user's files. An error is kcfg's own failure to do its job; no function of this module returns
// one as the other.
package finding

import "fmt"

// Severity grades a finding. The zero value is invalid, so that a rule cannot forget it.
type Severity uint8

const (
	// Info is advice: nothing breaks.
	Info Severity = iota + 1
	// Warning is something that starts and hurts later.
	Warning
	// Error refuses to start, or breaks for certain.
	Error
)

var severities = [...]string{Info: "info", Warning: "warning", Error: "error"}

// ParseSeverity reads "info", "warning" or "error".
func ParseSeverity(s string) (Severity, error) {
	for i, name := range severities {
		if name != "" && name == s {
			return Severity(i), nil
		}
	}
	return 0, fmt.Errorf("unknown severity %q: use info, warning or error", s)
}

// String returns "info", "warning" or "error".
func (s Severity) String() string {
	if int(s) < len(severities) && severities[s] != "" {
		return severities[s]
	}
	return fmt.Sprintf("Severity(%d)", uint8(s))
}

// MarshalText returns what String returns; an invalid severity is an error.
func (s Severity) MarshalText() ([]byte, error) {
	if int(s) >= len(severities) || severities[s] == "" {
		return nil, fmt.Errorf("invalid severity %d", uint8(s))
	}
	return []byte(severities[s]), nil
}

// UnmarshalText is the inverse of MarshalText.
func (s *Severity) UnmarshalText(b []byte) error {
	v, err := ParseSeverity(string(b))
	*s = v
	return err
}

// Stage is a step of a server's start-up. The empty stage marks what the server itself would never say.
type Stage string

// The stages, in the order in which a server passes them.
const (
	Load        Stage = "load"        // Properties.load, config providers
	Config      Stage = "config"      // ConfigDef and KafkaConfig; QuorumPeerConfig
	Log         Stage = "log"         // the broker's default LogConfig
	Start       Stage = "start"       // what a constructor checks beyond its configuration
	Security    Stage = "security"    // stores, PEM and JAAS per listener
	Environment Stage = "environment" // identities, directories, ports: a prediction
)

// Stages lists every stage in start-up order.
var Stages = []Stage{Load, Config, Log, Start, Security, Environment}

// Position is a place in a file. Lines and columns are 1-based, ends are exclusive; columns count code points where
// the line is UTF-8, else bytes. Line 0 means that the finding is about something absent.
type Position struct {
	File      string
	Line      int
	Column    int
	EndLine   int
	EndColumn int
	Offset    int // bytes from the start of the file
}

// String returns "file:line:column", or the file alone where the line is 0.
func (p Position) String() string {
	if p.Line == 0 {
		return p.File
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
}

// Related is another place that takes part in a finding.
type Related struct {
	Pos     Position
	Message string // a few words; for an absent key, where its default comes from
}

// Edit replaces the bytes Start to End (exclusive) of the file at Path by New.
type Edit struct {
	Path  string `json:"path"`
	Start int    `json:"start"`
	End   int    `json:"end"`
	New   string `json:"new"`
}

// Fix is a change that removes a finding. A safe fix does not change what the server does today.
type Fix struct {
	Message string `json:"message"`
	Safe    bool   `json:"safe"`
	Edits   []Edit `json:"edits"`
}

// Finding is one statement about a user's file.
type Finding struct {
	ID       string    // kebab case, names the problem; stable for ever
	Severity Severity  // how bad it is
	Stage    Stage     // the start-up stage that refuses; empty: the server would not say this
	Pos      Position  // where; Line 0: something is absent
	Key      string    // configuration key, or store alias
	Message  string    // one line: key, what it is, what it should be; no capital, no full stop
	Label    string    // a few words under the caret in text output; may be empty
	Notes    []string  // further lines of text output, such as where a default comes from
	Help     string    // what to do, where it fits one line
	Related  []Related // other places that take part
	Fix      *Fix      // nil: there is no mechanical cure
}

// Refuses reports whether the finding is one with which the server does not start.
func (f Finding) Refuses() bool { return f.Stage != "" && f.Severity == Error }

// Verdict is what a server does with a configuration. The zero value is Undetermined.
type Verdict uint8

const (
	// Undetermined means that a stage could not be judged, for instance because of a class that kcfg does not know.
	Undetermined Verdict = iota
	// Accepts means that every judged stage lets the configuration pass.
	Accepts
	// Refuses means that a stage refuses.
	Refuses
)

var verdicts = [...]string{Undetermined: "undetermined", Accepts: "accepts", Refuses: "refuses"}

// String returns "undetermined", "accepts" or "refuses".
func (v Verdict) String() string {
	if int(v) < len(verdicts) {
		return verdicts[v]
	}
	return fmt.Sprintf("Verdict(%d)", uint8(v))
}

// MarshalText returns what String returns.
func (v Verdict) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// UnmarshalText is the inverse of MarshalText.
func (v *Verdict) UnmarshalText(b []byte) error {
	for i, name := range verdicts {
		if name == string(b) {
			*v = Verdict(i)
			return nil
		}
	}
	return fmt.Errorf("unknown verdict %q", b)
}

// Report is what one release says about one file.
type Report struct {
	Path       string
	Kind       string // broker, topic, producer, zookeeper, ...
	Release    string // "3.9.1"
	Verdict    Verdict
	Stage      Stage // the stage that refuses or could not be judged; empty with Accepts
	Through    Stage // the last stage judged
	Findings   []Finding
	Suppressed []Finding // findings that a comment in the file silences
	Error      string    // why the file could not be judged at all; empty otherwise
}

// Worst returns the highest severity among the findings, or 0 where there are none. Suppressed findings do not count.
func (r Report) Worst() Severity {
	var worst Severity
	for _, f := range r.Findings {
		worst = max(worst, f.Severity)
	}
	return worst
}
