package zkcfg

import (
	"iter"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/internal/rule"
	"github.com/kcfg/kcfg/properties"
)

// The text of the file: what people write in other formats and Java takes as part of a key or a value.
var fileLints = []rule.Rule[*Config]{
	{ID: "file-byte-order-mark", Severity: finding.Warning, Check: byteOrderMark},
	{ID: "file-inline-comment", Severity: finding.Warning, Check: lintInlineComment},
	{ID: "file-duplicate-key", Severity: finding.Warning, Check: duplicateKey},
	{ID: "file-placeholder", Severity: finding.Warning, Check: placeholder},
	{ID: "file-quoted-value", Severity: finding.Warning, Check: quotedValue},
	{ID: "file-not-latin1", Severity: finding.Warning, Check: notLatin1},
	{ID: "file-backslash-lost", Severity: finding.Warning, Check: backslashLost},
	{ID: "file-stray-line", Severity: finding.Warning, Check: strayLine},
	{ID: "zk-script-unreadable-line", Severity: finding.Info, Check: scriptLine},
	{ID: "zk-member-trailing-blank", Severity: finding.Warning, In: "3.4", Check: memberTrailingBlank},
}

const bom = "\u00ef\u00bb\u00bf" // a byte order mark as Java reads it

func byteOrderMark(c *Config, report rule.Reporter) {
	if len(c.settings) == 0 || !strings.HasPrefix(c.settings[0].key, bom) {
		return
	}
	s := &c.settings[0]
	f := report(s.entry.KeyPos(), s.key, "the file begins with a byte order mark, so its first key is not %s", s.key[len(bom):])
	f.Help = "save the file without byte order mark"
	f.Fix = &finding.Fix{Message: "remove the byte order mark", Edits: []finding.Edit{{Path: c.file.Name(), Start: 0, End: 3}}}
}

// inlineComment returns where a comment that someone put behind a value begins, with the blanks before it, or -1.
func inlineComment(value string) int {
	for i := range len(value) {
		if value[i] != '#' && value[i] != '!' || i > 0 && value[i-1] != ' ' && value[i-1] != '\t' {
			continue
		}
		if value[i] == '!' && (i == 0 || i+1 < len(value) && value[i+1] != ' ') {
			continue // an exclamation mark in a text
		}
		return len(strings.TrimRight(value[:i], " \t"))
	}
	return -1
}

func lintInlineComment(c *Config, report rule.Reporter) {
	for s := range c.meant() {
		at := -1
		if strings.ContainsAny(s.text, "#!") {
			at = inlineComment(s.entry.Value)
		}
		if at < 0 || SecretKey(s.key) {
			continue
		}
		f := report(s.entry.ValueRange(at, len(s.entry.Value)), s.key, "%s has a comment behind its value, which becomes part of the value", s.key)
		f.Label = "no comment to Java"
		f.Help = "put the comment on a line of its own"
		f.Fix = c.moveComment(s, at)
	}
}

// moveComment puts the comment above its line. Where the server refuses the value as it is, that changes nothing that works.
func (c *Config) moveComment(s *setting, at int) *finding.Fix {
	raw := s.entry.Raw()
	if strings.ContainsAny(raw, "\r\n\\") || len(s.entry.RawValue()) != len(s.entry.Value) {
		return nil
	}
	start := s.entry.KeyPos().Offset
	end := start + len(strings.TrimLeft(raw, " \t\f"))
	keep := end - len(s.entry.Value) + at
	comment := strings.TrimLeft(s.entry.Value[at:], " \t")
	return &finding.Fix{Message: "move the comment to the line above", Safe: c.failed(s.key), Edits: []finding.Edit{
		{Path: c.file.Name(), Start: start, End: start, New: comment + "\n"},
		{Path: c.file.Name(), Start: keep, End: end},
	}}
}

func duplicateKey(c *Config, report rule.Reporter) {
	if len(c.settings) == c.file.Len() {
		return
	}
	earlier := map[string][]properties.Entry{}
	for e := range c.file.All() {
		if !e.Effective() {
			earlier[e.Key] = append(earlier[e.Key], e)
		}
	}
	for i := range c.settings {
		s := &c.settings[i]
		before := earlier[s.entry.Key]
		if len(before) == 0 {
			continue
		}
		f := report(s.entry.KeyPos(), s.key, "%s is set %d times with different values; this last one counts", s.key, len(before)+1)
		switch same := !slices.ContainsFunc(before, func(b properties.Entry) bool { return trim(b.Value) != s.text }); {
		case same:
			f.Severity = finding.Info
			f.Message = s.key + " is set " + itoa(len(before)+1) + " times with the same value"
		case strings.HasPrefix(s.key, "server."):
			f.Severity = finding.Error
			f.Notes = append(f.Notes, "the servers of the other lines are not part of the ensemble")
		}
		f.Help = "keep one line"
		const most = 5
		for j, b := range before {
			if j < most {
				f.Related = append(f.Related, finding.Related{Pos: b.KeyPos(), Message: "has no effect"})
			}
		}
	}
}

var placeholders = []string{"/path/to/", "/path/you/want", "/your/", "YOUR_", "your_", "your-host", "yourhost", "STRONG_PASS", "CHANGE_ME", "REPLACE_ME", "CHANGE-ME", "your.host.name"}

// placeholderIn returns a placeholder of a tutorial in a value, or "".
func placeholderIn(v string) string {
	if !strings.ContainsAny(v, "_<{") && !strings.Contains(v, "your") && !strings.Contains(v, "/path/") && !strings.Contains(v, "CHANGE-") {
		return "" // hardly any value has a part of one
	}
	for _, p := range placeholders {
		if strings.Contains(v, p) {
			return p
		}
	}
	if i := strings.IndexByte(v, '<'); i >= 0 {
		if name, _, ok := strings.Cut(v[i+1:], ">"); ok && name != "" && !strings.ContainsAny(name, "=:/;") {
			return v[i : i+len(name)+2]
		}
	}
	if i := strings.Index(v, "${"); i >= 0 {
		if name, _, ok := strings.Cut(v[i:], "}"); ok {
			return name + "}"
		}
	}
	if i := strings.Index(v, "{{"); i >= 0 {
		return "{{"
	}
	return ""
}

func placeholder(c *Config, report rule.Reporter) {
	for s := range c.meant() {
		p := placeholderIn(s.entry.Value)
		if p == "" {
			continue
		}
		if SecretKey(s.key) {
			report(s.entry.KeyPos(), s.key, "%s is a placeholder of a tutorial", s.key).Help = "put your own secret there"
			continue
		}
		at := strings.Index(s.entry.Value, p)
		f := report(s.entry.ValueRange(at, at+len(p)), s.key, "%s has the placeholder %s, which ZooKeeper takes literally", s.key, p)
		f.Help = "put your own value there"
	}
}

func quotedValue(c *Config, report rule.Reporter) {
	for s := range c.meant() {
		v := s.text
		if len(v) < 2 || v[0] != '"' && v[0] != '\'' || v[len(v)-1] != v[0] {
			continue
		}
		f := report(s.pos(), s.key, "%s is in quotes, which become part of the value", s.key)
		f.Help = "remove the quotes"
		f.Fix = &finding.Fix{Message: "remove the quotes", Safe: c.failed(s.key), Edits: []finding.Edit{s.entry.SetEdit(v[1 : len(v)-1])}}
	}
}

func notLatin1(c *Config, report rule.Reporter) {
	for s := range c.meant() {
		raw := s.entry.RawValue()
		if utf8.ValidString(raw) && strings.ContainsFunc(raw, func(r rune) bool { return r >= utf8.RuneSelf }) {
			report(s.pos(), s.key, "%s has characters in UTF-8, which Java reads as ISO-8859-1", s.key).Help = `write \uXXXX for characters beyond ASCII`
		}
	}
}

func backslashLost(c *Config, report rule.Reporter) {
	for s := range c.meant() {
		raw := s.entry.RawValue()
		for j := 0; j+1 < len(raw); j++ {
			if raw[j] != '\\' {
				continue
			}
			j++
			if strings.IndexByte("tnrfu\\ :=#!\"'\r\n", raw[j]) >= 0 {
				continue
			}
			f := report(s.pos(), s.key, "%s has a backslash, which disappears when the file is read", s.key)
			if !SecretKey(s.key) {
				f.Notes = append(f.Notes, "ZooKeeper reads "+s.shown())
			}
			f.Help = `write \\ for a backslash, or / in paths`
			break
		}
	}
}

// stray reports whether a line was meant as something else than a setting: a comment of another format, a section.
func (s *setting) stray() bool {
	if s.key == "" {
		return false
	}
	switch s.key[0] {
	case ';', '[', '*', '{', '}':
		return true
	case '/', '-':
		return hasPrefixAny(s.key, "//", "/*", "--")
	}
	return false
}

// meant yields the settings that were meant as such: of a stray line there is nothing more to say.
func (c *Config) meant() iter.Seq[*setting] {
	return func(yield func(*setting) bool) {
		for i := range c.settings {
			if s := &c.settings[i]; !s.stray() && !yield(s) {
				return
			}
		}
	}
}

func strayLine(c *Config, report rule.Reporter) {
	for i := range c.settings {
		s := &c.settings[i]
		if !s.stray() {
			continue
		}
		f := report(s.entry.KeyPos(), s.key, "this line sets a key called %s", quoted(s.key))
		f.Label = "no comment to Java"
		f.Help = "begin comments with #"
		f.Fix = &finding.Fix{Message: "make it a comment", Safe: true, Edits: s.entry.CommentOutEdits()}
	}
}

// scriptLine: zkServer.sh and its like find these keys with grep and cut at the equals sign.
func scriptLine(c *Config, report rule.Reporter) {
	for _, key := range []string{"dataDir", "dataLogDir", "clientPort"} {
		s, ok := c.get(key)
		if !ok {
			continue
		}
		raw := s.entry.Raw()
		if strings.HasPrefix(raw, key+"=") && !strings.ContainsAny(raw, "\r\n\\") {
			continue
		}
		f := report(s.entry.KeyPos(), key, "%s is not written as %s=VALUE on one line: Java reads it, zkServer.sh and zkCleanup.sh do not", key, key)
		f.Help = "write " + key + "=" + s.text
		f.Fix = &finding.Fix{Message: "write it on one line", Safe: true, Edits: []finding.Edit{{
			Path: c.file.Name(), Start: s.entry.KeyPos().Offset - leading(raw), End: s.entry.KeyPos().Offset - leading(raw) + len(raw),
			New: key + "=" + properties.Escape(s.text)}}}
	}
}

func leading(raw string) int { return len(raw) - len(strings.TrimLeft(raw, " \t\f")) }

func memberTrailingBlank(c *Config, report rule.Reporter) {
	for i := range c.settings {
		s := &c.settings[i]
		if !memberKey(s.key) || strings.TrimRight(s.entry.Value, " \t") == s.entry.Value {
			continue
		}
		f := report(s.pos(), s.key, "%s ends in a blank, for which 3.5 and later refuse the file", s.key)
		f.Help = "remove the blank"
		f.Fix = &finding.Fix{Message: "remove the blank", Safe: true, Edits: []finding.Edit{s.entry.SetEdit(s.text)}}
	}
}
