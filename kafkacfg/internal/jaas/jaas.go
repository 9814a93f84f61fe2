// Package jaas reads JAAS login configurations: the value of sasl.jaas.config as Kafka reads it, and the login
// configuration file of a JVM as Java reads it.
//
// Both hold passwords. Errors name options and positions, never values.
package jaas

import (
	"fmt"
	"strings"
)

// Module is one login module of a configuration.
type Module struct {
	Class   string
	Flag    string // required, requisite, sufficient or optional
	Options []Option
}

// Option is one name=value of a module. Start and End are the bytes of the value in the text, quotes included.
type Option struct {
	Name, Value string
	Start, End  int
}

// Option returns the value of an option; the last of several counts.
func (m Module) Option(name string) (string, bool) {
	for i := len(m.Options) - 1; i >= 0; i-- {
		if m.Options[i].Name == name {
			return m.Options[i].Value, true
		}
	}
	return "", false
}

// SyntaxError is what Java does not accept.
type SyntaxError struct {
	Offset  int // bytes into the text
	Problem string
}

func (e *SyntaxError) Error() string { return e.Problem }

func syntax(at token, format string, args ...any) error {
	return &SyntaxError{Offset: at.start, Problem: fmt.Sprintf(format, args...)}
}

var flags = []string{"required", "requisite", "sufficient", "optional"}

func flagOf(t token) (string, bool) {
	if t.kind != word {
		return "", false
	}
	for _, f := range flags {
		if strings.EqualFold(f, t.text) {
			return f, true
		}
	}
	return "", false
}

// Parse reads the value of sasl.jaas.config: modules, each "class flag name=value ... ;". Kafka wants exactly one; how
// many there are is for the caller to judge.
func Parse(text string) ([]Module, error) {
	t := &tokenizer{src: text}
	var modules []Module
	for {
		first := t.next()
		if first.kind == eof {
			break
		}
		m, err := module(t, first)
		if err != nil {
			return modules, err
		}
		modules = append(modules, m)
	}
	if len(modules) == 0 {
		return nil, &SyntaxError{Problem: "names no login module"}
	}
	return modules, nil
}

func module(t *tokenizer, first token) (Module, error) {
	m := Module{Class: first.text}
	flag := t.next()
	var ok bool
	if m.Flag, ok = flagOf(flag); !ok {
		return m, syntax(flag, "has no control flag behind the login module; write required")
	}
	for {
		name := t.next()
		switch name.kind {
		case ';':
			if m.Class == "" {
				return m, syntax(first, "has no login module class")
			}
			return m, nil
		case eof:
			return m, syntax(name, "does not end with a semicolon")
		}
		if equals := t.next(); equals.kind != '=' {
			if n := len(m.Options); n > 0 && m.Options[n-1].End == name.start && text(t, m.Options[n-1])[0] != '"' {
				return m, syntax(name, "has a character in the bare value of %s that only double quotes can hold", optionOf(m.Options[n-1].Name))
			}
			return m, syntax(equals, "has no = behind the option %s", nameOf(name))
		}
		value := t.next()
		if value.kind != word {
			return m, syntax(value, "has no usable value for the option %s: put it in double quotes", nameOf(name))
		}
		m.Options = append(m.Options, Option{Name: name.text, Value: value.text, Start: value.start, End: value.end})
	}
}

// nameOf never returns what could be a part of a secret: behind an unquoted special character stands the rest of a value.
func nameOf(t token) string {
	if t.kind == word && t.quote == 0 && plainName(t.text) {
		return t.text
	}
	return "at this place"
}

// text returns an option's value as written.
func text(t *tokenizer, o Option) string { return t.src[o.Start:o.End] }

func optionOf(name string) string {
	if plainName(name) {
		return "the option " + name
	}
	return "an option"
}

func plainName(s string) bool {
	switch s {
	case "username", "password", "serviceName", "useKeyTab", "storeKey", "keyTab", "principal", "useTicketCache", "tokenauth",
		"clientId", "clientSecret", "scope", "debug", "renewTGT", "doNotPrompt", "isInitiator", "refreshKrb5Config":
		return true
	}
	return strings.HasPrefix(s, "unsecuredLogin")
}
