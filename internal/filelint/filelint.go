// Package filelint recognises what people write into a properties file in the manner of other formats, and java.util.Properties
// takes as part of a key or a value: the knowledge behind the file- rules of every product.
package filelint

import (
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/properties"
)

// ByteOrderMark is a byte order mark as Java reads it, in ISO-8859-1.
const ByteOrderMark = "\u00ef\u00bb\u00bf"

// CommentHelp says what to do about a comment that made the server refuse a value.
const CommentHelp = "put the comment on a line of its own: behind a value it is part of it"

// CommentAt returns where a comment begins that became part of a value: a '#' behind a blank and outside quotes, or a '!'
// between blanks; else -1.
func CommentAt(v string) int {
	quote := byte(0)
	for i := 0; i < len(v); i++ {
		switch ch := v[i]; {
		case ch == '"' || ch == '\'':
			if quote == 0 && strings.IndexByte(v[i+1:], ch) >= 0 {
				quote = ch
			} else if quote == ch {
				quote = 0
			}
		case i == 0 && strings.HasPrefix(v, "# "):
			return 0 // key= # why
		case quote != 0 || i == 0 || v[i-1] != ' ' && v[i-1] != '\t' || i+1 >= len(v):
		case ch == '#':
			return i
		case ch == '!' && v[i+1] == ' ':
			return i
		}
	}
	return -1
}

// MoveComment puts the comment that begins at Value[at] above its line. Values of several lines or with escapes are left to
// people: then it returns nil.
func MoveComment(path string, e properties.Entry, at int) *finding.Fix {
	raw := e.Raw()
	if strings.ContainsAny(raw, "\r\n\\") || len(e.RawValue()) != len(e.Value) {
		return nil
	}
	lead := len(raw) - len(strings.TrimLeft(raw, " \t\f"))
	start := e.KeyPos().Offset - lead
	end := start + len(raw)
	keep := end - len(e.Value) + len(strings.TrimRight(e.Value[:at], " \t"))
	if start < 0 {
		return nil
	}
	return &finding.Fix{Message: "move the comment to the line above", Edits: []finding.Edit{
		{Path: path, Start: start, End: start, New: raw[:lead] + strings.TrimLeft(e.Value[at:], " \t") + "\n"},
		{Path: path, Start: keep, End: end},
	}}
}

// Unquoted returns a value without the quotes around it, where the whole of it is in quotes.
func Unquoted(v string) (bare string, ok bool) {
	if len(v) < 2 || v[0] != '"' && v[0] != '\'' || v[len(v)-1] != v[0] || strings.Count(v, v[:1]) > 2 {
		return "", false
	}
	return v[1 : len(v)-1], true
}

// LosesBackslash reports whether the raw text of a value has a backslash that just vanishes: before any character but those of
// an escape.
func LosesBackslash(raw string) bool {
	for i := 0; i+1 < len(raw); i++ {
		if raw[i] != '\\' {
			continue
		}
		i++
		if strings.IndexByte("tnrfu\\ :=#!\"'\r\n", raw[i]) < 0 {
			return true
		}
	}
	return false
}

// UTF8 reports whether raw text holds characters beyond ASCII in UTF-8, which Java reads as ISO-8859-1.
func UTF8(raw string) bool {
	for i := range len(raw) {
		if raw[i] >= utf8.RuneSelf {
			return utf8.ValidString(raw)
		}
	}
	return false
}

// Stray reports whether a key begins like a comment of another format, a section or a bracket.
func Stray(key string) bool {
	if key == "" {
		return false
	}
	switch key[0] {
	case ';', '[', '*', '}':
		return true
	case '{':
		return !strings.HasPrefix(key, "{{") && !strings.HasPrefix(key, "{%") // those begin a template
	case '/':
		return strings.HasPrefix(key, "//") || strings.HasPrefix(key, "/*")
	case '-':
		return strings.HasPrefix(key, "--")
	}
	return false
}

// AsTyped returns what an editor shows of a text that Java read as ISO-8859-1 from a file in UTF-8; any other text as it is.
func AsTyped(text string) string {
	if !strings.ContainsFunc(text, func(r rune) bool { return r >= utf8.RuneSelf }) {
		return text
	}
	typed := make([]byte, 0, len(text))
	for _, r := range text {
		if r > 0xff {
			return text
		}
		typed = append(typed, byte(r))
	}
	if !utf8.Valid(typed) {
		return text
	}
	return string(typed)
}

// Prose reports whether a line in UTF-8 is text of another script than keys have: it begins with it, or has no separator.
func Prose(line string) bool {
	if line != "" && line[0] >= utf8.RuneSelf {
		return true
	}
	key, _, _ := strings.Cut(line, " ")
	return !strings.ContainsAny(line, "=:＝：") && strings.IndexFunc(key, func(r rune) bool { return r >= utf8.RuneSelf }) >= 0
}

// Overridden returns the entries that do not count because a later one has their key, by key; nil where there are none.
func Overridden(f *properties.File) map[string][]properties.Entry {
	var earlier map[string][]properties.Entry
	for e := range f.All() {
		if e.Effective() {
			continue
		}
		if earlier == nil {
			earlier = map[string][]properties.Entry{}
		}
		earlier[e.Key] = append(earlier[e.Key], e)
	}
	return earlier
}

// placeholders are what tutorials put where the reader's own value belongs.
var placeholders = []string{
	"/path/to/", "/path/you/want", "/your/", "YOUR_", "your_", "YOURDOMAIN", "your-domain", "yourdomain", "your-host", "yourhost", "STRONG_PASS", "CHANGE_ME",
	"REPLACE_ME", "REPLACE_WITH", "CHANGE-ME", "your-password", "your.host.name", "xxx.xxx", "your-cluster", "INSERT_",
}

// begins are the first bytes of placeholders, for each of them those that begin so.
var begins = sync.OnceValue(func() *[256][]string {
	var t [256][]string
	for _, p := range append([]string{"<"}, placeholders...) {
		t[p[0]] = append(t[p[0]], p)
	}
	return &t
})

// mayHold reports in one pass whether Placeholder could find anything.
func mayHold(v string) bool {
	begins := begins()
	for i := range len(v) {
		for _, p := range begins[v[i]] {
			if strings.HasPrefix(v[i:], p) {
				return true
			}
		}
	}
	return false
}

// Placeholder returns the placeholder of a tutorial in a value, or "": one of the usual words, or <a name>.
func Placeholder(v string) string {
	if !mayHold(v) {
		return ""
	}
	if i := slices.IndexFunc(placeholders, func(p string) bool { return strings.Contains(v, p) }); i >= 0 {
		return placeholders[i]
	}
	for rest := v; ; {
		i := strings.IndexByte(rest, '<')
		if i < 0 {
			return ""
		}
		name, after, ok := strings.Cut(rest[i+1:], ">")
		if !ok {
			return ""
		}
		if name != "" && strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_. ") == "" && !strings.HasSuffix(v[:len(v)-len(rest)+i], "?") {
			return "<" + name + ">"
		}
		rest = after
	}
}
