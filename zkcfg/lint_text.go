package zkcfg

import (
	"iter"
	"slices"
	"strings"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/internal/filelint"
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

func byteOrderMark(c *Config, report rule.Reporter) {
	if len(c.settings) == 0 || !strings.HasPrefix(c.settings[0].key, filelint.ByteOrderMark) {
		return
	}
	s := &c.settings[0]
	f := report(s.entry.KeyPos(), s.key, "the file begins with a byte order mark, so its first key is not %s", s.key[len(filelint.ByteOrderMark):])
	f.Help = "save the file without byte order mark"
	f.Fix = &finding.Fix{Message: "remove the byte order mark", Edits: []finding.Edit{{Path: c.file.Name(), Start: 0, End: 3}}}
}

func lintInlineComment(c *Config, report rule.Reporter) {
	for s := range c.meant() {
		at := c.commentAt(s)
		if at < 0 || c.failed(s.key) { // what refuses has its cure
			continue
		}
		f := report(s.entry.ValueRange(at, len(s.entry.Value)), s.key, "%s has a comment behind its value, which becomes part of the value", s.key)
		f.Label = "no comment to Java"
		f.Help = "put the comment on a line of its own"
		f.Fix = filelint.MoveComment(c.file.Name(), s.entry, at)
	}
}

// commentAt returns where a comment behind a value begins, with the blanks before it, or -1. A value that is nothing but a
// comment is one too.
func (c *Config) commentAt(s *setting) int {
	if strings.IndexByte(s.text, '#') < 0 && strings.IndexByte(s.text, '!') < 0 || SecretKey(s.key) {
		return -1
	}
	return commentIn(s.entry.Value)
}

func commentIn(v string) int {
	if strings.HasPrefix(v, "#") {
		return 0
	}
	at := filelint.CommentAt(v)
	if at < 0 {
		return -1
	}
	return len(strings.TrimRight(v[:at], " \t"))
}

// cure gives what refuses a value for a comment behind it or quotes around it the edit that helps. It is safe: what does not
// start today cannot come to harm.
func (c *Config) cure() {
	const many = 16
	if len(c.problems) > many {
		c.refused = make(map[string]bool, len(c.problems))
		for i := range c.problems {
			c.refused[c.problems[i].Key] = true
		}
	}
	for i := range c.problems {
		p := &c.problems[i]
		s, ok := c.get(p.Key)
		if !ok || !p.Refuses() || s.stray() || p.Pos.File != c.file.Name() {
			continue
		}
		if at := c.commentAt(s); at >= 0 {
			p.Help = filelint.CommentHelp
			p.Fix = filelint.MoveComment(c.file.Name(), s.entry, at)
		} else if bare, ok := filelint.Unquoted(s.text); ok {
			p.Help = "remove the quotes: they are part of the value"
			p.Fix = &finding.Fix{Message: "remove the quotes", Edits: []finding.Edit{s.entry.SetEdit(bare)}}
		}
		if p.Fix != nil {
			p.Fix.Safe = true
		}
	}
}

func duplicateKey(c *Config, report rule.Reporter) {
	if len(c.settings) == c.file.Len() {
		return
	}
	earlier := filelint.Overridden(c.file)
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
		if !strings.HasPrefix(s.key, "server.") || f.Severity == finding.Info { // else another number was meant
			f.Fix = &finding.Fix{Message: "remove the lines that do not count", Safe: true}
			for _, b := range before {
				f.Fix.Edits = append(f.Fix.Edits, b.DeleteEdit())
			}
		}
		const most = 5
		for j, b := range before {
			if j < most {
				f.Related = append(f.Related, finding.Related{Pos: b.KeyPos(), Message: "has no effect"})
			}
		}
	}
}

// placeholderIn returns what somebody's own value should have replaced, or "": a tutorial's word, or a variable.
func placeholderIn(v string) string {
	p := filelint.Placeholder(v)
	if p == "" && strings.IndexByte(v, '{') < 0 {
		return ""
	}
	if !strings.ContainsAny(v, "_<{-") && !strings.Contains(v, "your") && !strings.Contains(v, "/path/") && v != "YOURDOMAIN" {
		return "" // a word that may be meant
	}
	if p != "" {
		return p
	}
	if i := strings.Index(v, "${"); i >= 0 {
		if name, _, ok := strings.Cut(v[i:], "}"); ok {
			return name + "}"
		}
	}
	if strings.Contains(v, "{{") {
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
		bare, ok := filelint.Unquoted(s.text)
		if !ok || c.failed(s.key) {
			continue
		}
		f := report(s.pos(), s.key, "%s is in quotes, which become part of the value", s.key)
		f.Help = "remove the quotes"
		f.Fix = &finding.Fix{Message: "remove the quotes", Edits: []finding.Edit{s.entry.SetEdit(bare)}}
	}
}

func notLatin1(c *Config, report rule.Reporter) {
	if c.file.Plain() {
		return
	}
	for s := range c.meant() {
		raw := s.entry.RawValue()
		plain := raw
		if c.commentAt(s) >= 0 { // the comment has a finding of its own, and may keep its characters
			plain = raw[:max(0, filelint.CommentAt(raw))]
		}
		if !filelint.UTF8(plain) {
			continue
		}
		f := report(s.pos(), s.key, "%s has characters in UTF-8, which Java reads as ISO-8859-1", s.key)
		f.Help = `write \uXXXX for characters beyond ASCII`
		if !strings.Contains(raw, `\`) {
			f.Fix = &finding.Fix{Message: `write them as \uXXXX`, Edits: []finding.Edit{s.entry.SetEdit(raw)}}
		}
	}
}

func backslashLost(c *Config, report rule.Reporter) {
	if c.file.Plain() {
		return
	}
	for s := range c.meant() {
		if !filelint.LosesBackslash(s.entry.RawValue()) {
			continue
		}
		f := report(s.pos(), s.key, "%s has a backslash, which disappears when the file is read", s.key)
		if !SecretKey(s.key) {
			f.Notes = append(f.Notes, "ZooKeeper reads "+s.shown())
		}
		f.Help = `write \\ for a backslash, or / in paths`
	}
}

// stray reports whether a line was meant as something else than a setting: a comment of another format, a section.
func (s *setting) stray() bool { return filelint.Stray(s.key) }

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
		f := report(s.entry.KeyPos(), s.key, "this line sets a key called %s", quoted(filelint.AsTyped(s.key)))
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
		if rest, ok := strings.CutPrefix(raw, key); ok && strings.HasPrefix(rest, "=") && (c.file.Plain() || !strings.ContainsAny(raw, "\r\n\\")) {
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
