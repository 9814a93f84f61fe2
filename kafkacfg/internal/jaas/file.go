package jaas

import (
	"fmt"
	"strings"
)

// maxEntries bounds the entries of one file; real ones have a handful.
const maxEntries = 10_000

// nameless is what an entry is called that begins with a sign.
const nameless = "\x00"

// ParseFile reads a JVM's login configuration file: entries "Name { module; ... };". Java's reader differs from Kafka's:
// '*' is a word character, single quotes hold nothing, and a value in quotes may hold ${property}, which stays as
// it is here.
func ParseFile(text string) (map[string][]Module, error) {
	t := &tokenizer{src: text, star: true}
	entries := map[string][]Module{}
	for {
		name := t.next()
		if name.kind == eof {
			return entries, nil
		}
		if name.kind != word { // any sign is taken for a name, which no process asks for
			name.text = nameless
		}
		if _, twice := entries[name.text]; twice {
			return entries, syntax(name, "has the entry%s twice", entryName(name.text))
		}
		if len(entries) >= maxEntries {
			return entries, fmt.Errorf("more than %d entries", maxEntries)
		}
		if open := t.next(); open.kind != '{' {
			return entries, syntax(open, "expects { behind the entry name%s", entryName(name.text))
		}
		modules, err := t.modules()
		if err != nil {
			return entries, err
		}
		if semicolon := t.next(); semicolon.kind != ';' {
			return entries, syntax(semicolon, "expects ; behind the entry%s", entryName(name.text))
		}
		entries[name.text] = modules
	}
}

// entryName repeats the name of an entry, unless a part of a secret may stand in its place.
func entryName(s string) string {
	if strings.HasSuffix(s, "KafkaServer") || strings.HasSuffix(s, "Client") || len(s) == 1 && s != nameless {
		return " " + s
	}
	return ""
}

// fileWord reports whether the token can stand for a class, a flag, an option or a value: bare, or in double quotes.
func (t token) fileWord() bool { return t.kind == word && t.quote != '\'' }

func (t *tokenizer) modules() ([]Module, error) {
	var modules []Module
	for {
		class := t.next()
		if class.kind == '}' {
			return modules, nil
		}
		if !class.fileWord() {
			return modules, syntax(class, "expects the class of a login module, or }")
		}
		m := Module{Class: class.text}
		flag := t.next()
		var ok bool
		if m.Flag, ok = flagOf(flag); !ok || !flag.fileWord() {
			return modules, syntax(flag, "has no control flag behind the login module; write required")
		}
		for {
			name := t.next()
			if name.kind == ';' {
				break
			}
			if !name.fileWord() {
				return modules, syntax(name, "expects an option or ; in a login module")
			}
			if equals := t.next(); equals.kind != '=' {
				return modules, syntax(equals, "has no = behind the option %s", nameOf(name))
			}
			value := t.next()
			if !value.fileWord() {
				return modules, syntax(value, "has no usable value for the option %s: put it in double quotes", nameOf(name))
			}
			m.Options = append(m.Options, Option{Name: name.text, Value: value.text, Start: value.start, End: value.end})
		}
		modules = append(modules, m)
	}
}
