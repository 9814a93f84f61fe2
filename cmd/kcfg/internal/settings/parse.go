package settings

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"github.com/kcfg/kcfg/finding"
)

// MaxSize is the size of the largest settings file: a thousand patterns are 50 KB.
const MaxSize = 1 << 20

// keys is the one list of what a settings file may say.
var keys = []struct {
	name string
	read func(*reader, ast.Node)
}{
	{"kafka", func(r *reader, n ast.Node) { r.out.Kafka = r.releases(n, true) }},
	{"zookeeper", func(r *reader, n ast.Node) { r.out.ZooKeeper = r.releases(n, false) }},
	{"brokers", (*reader).brokers},
	{"kinds", (*reader).kinds},
	{"rules", (*reader).rules},
	{"plugins", func(r *reader, n ast.Node) { r.out.Plugins = r.texts(n, "plugins") }},
}

// otherName returns the key that people mean by another name; empty: none.
func otherName(name string) string {
	switch name {
	case "release", "releases", "version":
		return "kafka"
	case "kind", "files":
		return "kinds"
	case "rule":
		return "rules"
	case "plugin", "namespaces":
		return "plugins"
	}
	return ""
}

type reader struct {
	file     string
	known    Known
	out      Settings
	problems Problems
}

// Parse reads a settings file; file is its name in positions. All problems are returned, in order.
func Parse(file string, src []byte, known Known) (s Settings, problems Problems) {
	r := &reader{file: file, known: known, out: Settings{Path: file}}
	if len(src) > MaxSize {
		return r.out, Problems{{Pos: finding.Position{File: file}, Message: fmt.Sprintf("%d bytes, the most is %d", len(src), MaxSize)}}
	}
	r.read(src)
	slices.SortStableFunc(r.problems, byPosition)
	return r.out, r.problems
}

func (r *reader) read(src []byte) {
	defer func() {
		if recover() != nil { // the YAML library has been seen to panic on what is no YAML
			r.problems = append(r.problems, Problem{Pos: finding.Position{File: r.file, Line: 1, Column: 1}, Message: "not YAML"})
		}
	}()
	doc, err := parser.ParseBytes(src, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		p := Problem{Pos: finding.Position{File: r.file}, Message: "not YAML"}
		if e := yaml.Error(nil); errors.As(err, &e) && e.GetToken() != nil {
			p.Pos, p.Message = r.at(e.GetToken()), e.GetMessage()
		}
		r.problems = append(r.problems, p)
		return
	}
	for i, d := range doc.Docs {
		switch {
		case d.Body == nil || d.Body.Type() == ast.NullType:
		case i > 0:
			r.problem(d.Body, "", "a second document")
		default:
			r.root(d.Body)
		}
	}
}

func (r *reader) at(t *token.Token) finding.Position {
	p := t.Position
	width := len([]rune(t.Value))
	return finding.Position{File: r.file, Line: p.Line, Column: p.Column, EndLine: p.Line, EndColumn: p.Column + width, Offset: max(p.Offset-1, 0)}
}

func (r *reader) problem(n ast.Node, hint, format string, args ...any) {
	r.problems = append(r.problems, Problem{Pos: r.at(n.GetToken()), Message: fmt.Sprintf(format, args...), Hint: hint})
}

func (r *reader) root(n ast.Node) {
	var names []string
	for _, k := range keys {
		names = append(names, k.name)
	}
	for _, e := range r.mapping(n, "the file") {
		name := e.key
		i := slices.Index(names, name)
		if i >= 0 {
			keys[i].read(r, e.value)
			continue
		}
		hint := suggest(name, names)
		if other := otherName(name); other != "" {
			hint = fmt.Sprintf("did you mean %s?", other)
		}
		r.problem(e.node, hint, "unknown key %q", name)
	}
}

type entry struct {
	key   string
	node  ast.Node // the key
	value ast.Node
}

// mapping returns the entries of a mapping; a key that comes twice is a problem.
func (r *reader) mapping(n ast.Node, what string) []entry {
	var values []*ast.MappingValueNode
	switch n := n.(type) {
	case *ast.MappingNode:
		values = n.Values
	case *ast.MappingValueNode:
		values = []*ast.MappingValueNode{n}
	default:
		if n.Type() != ast.NullType {
			r.problem(n, "", "%s must be a mapping, as in \"key: value\"", what)
		}
		return nil
	}
	var out []entry
	for _, v := range values {
		key, ok := text(v.Key)
		if !ok {
			r.problem(v.Key, "", "a key of %s must be plain text", what)
			continue
		}
		if slices.ContainsFunc(out, func(e entry) bool { return e.key == key }) {
			r.problem(v.Key, "", "%q comes twice", key)
			continue
		}
		out = append(out, entry{key, v.Key, v.Value})
	}
	return out
}

// text returns a scalar as it is written, so that 3.10 stays 3.10.
func text(n ast.Node) (string, bool) {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		return strings.TrimSuffix(n.Value.Value, "\n"), true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return n.GetToken().Value, true
	}
	return "", false
}

// texts reads a scalar or a list of them.
func (r *reader) texts(n ast.Node, what string) []string {
	var out []string
	r.eachText(n, what, func(_ ast.Node, s string) { out = append(out, s) })
	return out
}

func (r *reader) eachText(n ast.Node, what string, each func(ast.Node, string)) {
	list, ok := n.(*ast.SequenceNode)
	if !ok {
		list = &ast.SequenceNode{Values: []ast.Node{n}}
	}
	for _, v := range list.Values {
		s, ok := text(v)
		if !ok || s == "" {
			r.problem(v, "", "%s must be text or a list of texts", what)
			continue
		}
		each(v, s)
	}
}

func (r *reader) releases(n ast.Node, kafka bool) []string {
	what := "zookeeper"
	if kafka {
		what = "kafka"
	}
	var out []string
	r.eachText(n, what, func(n ast.Node, s string) {
		if r.known.Releases != nil {
			if hint, err := r.known.Releases(kafka, s); err != nil {
				r.problem(n, hint, "%s: %v", what, err)
				return
			}
		}
		out = append(out, s)
	})
	return out
}

func (r *reader) brokers(n ast.Node) {
	s, _ := text(n)
	v, err := strconv.Atoi(s)
	if err != nil || v < 1 {
		r.problem(n, "", "brokers must be a number from 1")
		return
	}
	r.out.Brokers = v
}

func (r *reader) kinds(n ast.Node) {
	for _, e := range r.mapping(n, "kinds") {
		kind, ok := text(e.value)
		switch {
		case !ok:
			r.problem(e.value, "", "the kind of %q must be text", e.key)
			continue
		case !slices.Contains(r.known.Kinds, kind):
			r.problem(e.value, suggest(kind, r.known.Kinds), "unknown kind %q", kind)
			continue
		}
		if _, err := path.Match(e.key, ""); err != nil {
			r.problem(e.node, "", "bad pattern %q", e.key)
			continue
		}
		r.out.Kinds = append(r.out.Kinds, Kind{e.key, kind})
	}
}

func (r *reader) rules(n ast.Node) {
	for _, e := range r.mapping(n, "rules") {
		level, _ := text(e.value)
		if level == "false" { // what some YAML readers make of off
			level = string(Off)
		}
		switch {
		case !slices.Contains(r.known.Rules, e.key):
			r.problem(e.node, suggest(e.key, r.known.Rules), "unknown rule %q", e.key)
		case !slices.Contains(levels, level):
			r.problem(e.value, suggest(level, levels), "unknown level %q", level)
		default:
			if r.out.Rules == nil {
				r.out.Rules = map[string]Level{}
			}
			r.out.Rules[e.key] = Level(level)
		}
	}
}
