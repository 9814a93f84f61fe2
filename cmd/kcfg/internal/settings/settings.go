// Package settings reads .kcfg.yaml: what kcfg cannot know about the files of a repository, such as the release they are
// for, and how strict it is to be.
package settings

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/internal/nearest"
)

// Name is the name of the settings file.
const Name = ".kcfg.yaml"

// Example is a settings file that uses every key; help texts and documentation show it.
const Example = `kafka: 3.9.1                   # a release, a line such as 3.9, a span such as 3.9..4.4, a list, or all
zookeeper: 3.8.4
brokers: 3                     # how many brokers the cluster has
kinds:                         # the last pattern that fits a file decides
  "clients/*.properties": producer
  "**/zoo*.cfg": zookeeper
rules:                         # off, info, warning or error; what refuses to start stays an error
  kafka-log-dir-temporary: off
plugins:                       # prefixes of keys that plug-ins read
  - confluent.
`

// Settings is the content of a .kcfg.yaml. The zero value is that of an empty file.
type Settings struct {
	Path      string   // of the file; empty: there is none
	Kafka     []string // releases as --kafka takes them
	ZooKeeper []string
	Brokers   int
	Kinds     []Kind
	Rules     map[string]Level
	Plugins   []string // prefixes of foreign keys, known to be right
}

// Kind says what the files are that fit a pattern.
type Kind struct{ Pattern, Kind string }

// Level is the severity of a rule, or off.
type Level string

// The levels of a rule.
const (
	Off     Level = "off"
	Info    Level = "info"
	Warning Level = "warning"
	Error   Level = "error"
)

var levels = []string{string(Off), string(Info), string(Warning), string(Error)}

// Known is what the names in a settings file are checked against.
type Known struct {
	Kinds    []string
	Rules    []string
	Releases func(kafka bool, text string) (hint string, err error) // whether --kafka, else --zookeeper, takes the text
}

// Problem is something wrong in a settings file.
type Problem struct {
	Pos     finding.Position
	Message string
	Hint    string // may be empty
}

// Error gives position, message and hint on one line.
func (p Problem) Error() string {
	s := p.Pos.String() + ": " + p.Message
	if p.Hint != "" {
		s += " (" + p.Hint + ")"
	}
	return s
}

// Problems is every problem of one file, as an error.
type Problems []Problem

// Error gives one line for each problem.
func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i := range p {
		lines[i] = p[i].Error()
	}
	return strings.Join(lines, "\n")
}

// KindOf returns the kind that the settings give the file at path, which is relative to the settings file, with slashes.
func (s Settings) KindOf(file string) (kind string, ok bool) {
	for _, k := range slices.Backward(s.Kinds) {
		if Match(k.Pattern, file) {
			return k.Kind, true
		}
	}
	return "", false
}

// Match reports whether a slash-separated path fits a pattern: * and ? stay within one part of the path, ** stands for any
// number of parts, and a pattern without a slash is compared with the last part.
func Match(pattern, file string) bool {
	file = path.Clean(file)
	if !strings.Contains(pattern, "/") {
		ok, _ := path.Match(pattern, path.Base(file))
		return ok
	}
	patterns, parts := strings.Split(strings.TrimPrefix(pattern, "/"), "/"), strings.Split(file, "/")
	fits := make([]bool, len(parts)+1) // whether the patterns so far fit the first i parts
	fits[0] = true
	for _, p := range patterns {
		next := make([]bool, len(parts)+1)
		for i := range fits {
			switch {
			case p == "**":
				next[i] = fits[i] || i > 0 && next[i-1]
			case i > 0 && fits[i-1]:
				next[i], _ = path.Match(p, parts[i-1])
			}
		}
		fits = next
	}
	return fits[len(parts)]
}

// suggest says which of names was probably meant, else what there is.
func suggest(name string, names []string) string {
	if best := nearest.Name(name, names); best != "" {
		return fmt.Sprintf("did you mean %s?", best)
	}
	const most = 12
	if len(names) > most {
		return ""
	}
	return "use " + strings.Join(names, ", ")
}

func byPosition(a, b Problem) int {
	return cmp.Or(cmp.Compare(a.Pos.Line, b.Pos.Line), cmp.Compare(a.Pos.Column, b.Pos.Column))
}
