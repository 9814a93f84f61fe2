package kafkacfg

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/internal/filelint"
	"github.com/kcfg/kcfg/internal/rule"
	"github.com/kcfg/kcfg/properties"
)

// The text of the file: what people write in other formats and java.util.Properties takes as part of a value.
var fileLints = []rule.Rule[*lint]{
	{ID: "file-byte-order-mark", Severity: finding.Warning, Check: byteOrderMark},
	{ID: "file-crlf", Severity: finding.Info, Check: crlf},
	{ID: "file-inline-comment", Severity: finding.Warning, Check: inlineComment},
	{ID: "file-trailing-blank", Severity: finding.Info, Check: trailingBlank},
	{ID: "file-quoted-value", Severity: finding.Warning, Check: quotedValue},
	{ID: "file-tab", Severity: finding.Info, Check: tab},
	{ID: "file-backslash-lost", Severity: finding.Warning, Check: backslashLost},
	{ID: "file-not-latin1", Severity: finding.Warning, Check: notLatin1},
	{ID: "file-duplicate-key", Severity: finding.Warning, Check: duplicateKey},
	{ID: "file-stray-line", Severity: finding.Warning, Check: strayLines},
	{ID: "file-template", Severity: finding.Warning, Check: templateLeft},
	{ID: "file-placeholder", Severity: finding.Warning, Check: placeholder},
	{ID: "file-kubernetes-variable", Severity: finding.Warning, Check: kubernetesVariable},
}

// The mark becomes part of the first key, or makes a key of a comment.
func byteOrderMark(c *lint, report rule.Reporter) {
	for e := range c.file().All() {
		rest, ok := strings.CutPrefix(e.Key, filelint.ByteOrderMark)
		if !ok {
			return
		}
		pos := e.KeyPos()
		f := report(pos, rest, "the file begins with a byte order mark, so its first key is not %s", rest)
		f.Fix = &finding.Fix{Message: "remove the byte order mark", Edits: []finding.Edit{{Path: c.file().Name(), Start: 0, End: 3}}}
		if strings.HasPrefix(rest, "#") || strings.HasPrefix(rest, "!") || rest == "" {
			f.Severity = finding.Info
			f.Message = "the file begins with a byte order mark, which makes a key of its first comment"
			f.Key = ""
			f.Fix.Safe = true
		}
		f.Help = "save the file as UTF-8 without byte order mark, or as ASCII"
		return
	}
}

// maxCRLF bounds the edits of one fix.
const maxCRLF = 20_000

func crlf(c *lint, report rule.Reporter) {
	text := c.file().Text()
	i := strings.Index(text, "\r\n")
	if i < 0 {
		return
	}
	line := 1 + strings.Count(text[:i], "\n")
	f := report(finding.Position{File: c.file().Name(), Line: line, Column: 1, EndLine: line, EndColumn: 1, Offset: i}, "",
		"lines end in CR LF: Java reads them right, shell scripts that read the file do not")
	f.Help = "write the file with LF"
	var edits []finding.Edit
	for at := i; at >= 0 && len(edits) <= maxCRLF; {
		edits = append(edits, finding.Edit{Path: c.file().Name(), Start: at, End: at + 1})
		next := strings.Index(text[at+2:], "\r\n")
		if next < 0 {
			break
		}
		at += 2 + next
	}
	if len(edits) <= maxCRLF {
		f.Fix = &finding.Fix{Message: "end lines in LF", Safe: true, Edits: edits}
	}
}

func inlineComment(c *lint, report rule.Reporter) {
	for _, e := range c.entriesWith(commentGlyph) {
		if e.has&commentGlyph == 0 {
			continue
		}
		i := c.commentAt(e, e.Value)
		if i < 0 {
			continue
		}
		if c.cureRefusal(e, filelint.CommentHelp, filelint.MoveComment(c.file().Name(), e.Entry, i)) {
			continue
		}
		f := report(e.ValueRange(i, len(e.Value)), e.Key, "%s has a comment behind its value, which becomes part of the value", e.Key)
		f.Label = "no comment to Java"
		f.Help = "put the comment on a line of its own"
		f.Fix = filelint.MoveComment(c.file().Name(), e.Entry, i)
		if strings.HasSuffix(e.Key, "ssl.keystore.location") || strings.HasSuffix(e.Key, "ssl.truststore.location") {
			f.Severity = finding.Error // no file is called so
		}
	}
}

// commentAt returns where the comment behind a value begins, or -1. A secret may hold the sign itself.
func (c *lint) commentAt(e lintEntry, value string) int {
	i := filelint.CommentAt(value)
	if i < 0 || c.secret(e.Key) && !strings.HasPrefix(value[i:], "# ") {
		return -1
	}
	return i
}

// cureRefusal gives a finding that refuses the value its cure, and reports whether there is one. The fix is safe then: what
// does not start today cannot come to harm.
func (c *lint) cureRefusal(e lintEntry, help string, fix *finding.Fix) bool {
	for i := range c.cfg.problems {
		f := &c.cfg.problems[i]
		if f.Key != e.Key || !f.Refuses() {
			continue
		}
		f.Help = help
		if fix != nil {
			fix.Safe = true
			f.Fix = fix
		}
		return true
	}
	return false
}

// ConfigDef trims the values of keys that it defines; plug-ins get the rest as it is.
func trailingBlank(c *lint, report rule.Reporter) {
	for _, e := range c.entries() {
		n := len(e.Value)
		if n == 0 || e.Value[n-1] != ' ' && e.Value[n-1] != '\t' || isBlank(e.Value) {
			continue
		}
		raw := e.RawValue()
		if raw == "" || raw[len(raw)-1] != ' ' && raw[len(raw)-1] != '\t' || strings.HasSuffix(raw, `\ `) {
			continue // written on purpose
		}
		trimmed := strings.TrimRight(e.Value, " \t")
		f := report(e.ValueRange(len(trimmed), n), e.Key, "%s ends with blanks, which Kafka removes", e.Key)
		f.Help = "remove the blanks"
		f.Fix = &finding.Fix{Message: "remove the blanks", Safe: true, Edits: []finding.Edit{e.SetEdit(trimmed)}}
		if e.field == nil && !c.listenerKey(e.Key) && !c.authorizerTrims(e.Key) {
			f.Severity = finding.Warning
			f.Message = e.Key + " ends with blanks, which stay part of the value"
			f.Fix.Safe = false
		}
	}
}

// authorizerTrims: Kafka's own authorizers trim what no ConfigDef knows, allow.everyone.if.no.acl.found since 3.6 (KAFKA-14962).
func (c *lint) authorizerTrims(key string) bool {
	return (c.str(authorizerKey) == "" || c.ownAuthorizer()) && (key == "super.users" || key == "allow.everyone.if.no.acl.found" && c.releaseIn("3.6.."))
}

func quotedValue(c *lint, report rule.Reporter) {
	for _, e := range c.entriesWith(quoteGlyph) {
		bare, ok := filelint.Unquoted(trim(e.Value))
		if !ok {
			continue
		}
		fix := &finding.Fix{Message: "remove the quotes", Edits: []finding.Edit{e.SetEdit(bare)}}
		if c.cureRefusal(e, "remove the quotes: they are part of the value", fix) {
			continue
		}
		f := report(e.ValuePos(), e.Key, "%s is in quotes, which become part of the value", e.Key)
		f.Help = "remove the quotes"
		f.Fix = fix
	}
}

func tab(c *lint, report rule.Reporter) {
	if strings.IndexByte(c.file().Text(), '\t') < 0 {
		return
	}
	for _, e := range c.entries() {
		raw := e.Raw()
		if !strings.Contains(raw, "\t") {
			continue
		}
		v := strings.TrimRight(e.RawValue(), " \t")
		body := strings.TrimLeft(raw, " \t\f")
		separator := body[:max(0, len(body)-len(e.RawValue()))]
		switch {
		case strings.Contains(v, "\t") && !strings.ContainsAny(v, "\r\n"):
			report(e.ValuePos(), e.Key, "%s has a tab inside its value", e.Key).Help = "use blanks, or none"
		case strings.Contains(separator, "\t") && !strings.ContainsAny(separator, "=:"):
			f := report(e.KeyPos(), e.Key, "%s is separated from its value by a tab alone: right for Java, lost on other programs", e.Key)
			f.Help = "write key=value"
		}
	}
}

// backslashLost: before any character but those of an escape, a backslash just vanishes.
func backslashLost(c *lint, report rule.Reporter) {
	for _, e := range c.entriesWith(backslashGlyph) {
		raw := e.RawValue()
		if !strings.Contains(raw, `\`) {
			continue
		}
		lost := filelint.LosesBackslash(raw)
		if !lost && windowsPath(trim(e.Value)) && strings.ContainsAny(e.Value, "\t\n\r\f") {
			lost = true
		}
		if !lost {
			continue
		}
		f := report(e.ValuePos(), e.Key, "%s has a backslash, which disappears when the file is read", e.Key)
		if !c.secret(e.Key) {
			f.Notes = append(f.Notes, "Kafka reads "+clip(trim(e.Value)))
		}
		f.Help = `write \\ for a backslash, or / in paths`
	}
}

// notLatin1 finds text in UTF-8: Java reads properties as ISO-8859-1.
func notLatin1(c *lint, report rule.Reporter) {
	for _, e := range c.entriesWith(foreignGlyph) {
		raw := e.Raw()
		if strings.HasPrefix(e.Key, filelint.ByteOrderMark) {
			raw = e.RawValue()
		}
		if v := e.RawValue(); strings.HasSuffix(raw, v) {
			if i := c.commentAt(e, v); i >= 0 {
				raw = raw[:len(raw)-len(v)+i] // the comment has a finding of its own, and may keep its characters
			}
		}
		if !beyondASCII(raw) || !utf8.ValidString(raw) {
			continue
		}
		f := report(e.ValuePos(), e.Key, "%s has characters in UTF-8, which Java reads as ISO-8859-1", e.Key)
		if !c.secret(e.Key) {
			f.Notes = append(f.Notes, "Kafka reads "+clip(trim(e.Value)))
		}
		f.Help = `write \uXXXX for characters beyond ASCII`
		if v := e.RawValue(); !strings.Contains(v, `\`) && beyondASCII(v) {
			f.Fix = &finding.Fix{Message: `write them as \uXXXX`, Edits: []finding.Edit{e.SetEdit(v)}}
		}
	}
}

func beyondASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return true
		}
	}
	return false
}

// maxShownDuplicates bounds the places that one finding names.
const maxShownDuplicates = 5

func duplicateKey(c *lint, report rule.Reporter) {
	if len(c.entries())+len(c.strays()) == c.file().Len() {
		return
	}
	earlier := filelint.Overridden(c.file())
	for _, e := range c.entries() {
		before := earlier[e.Key]
		if len(before) == 0 {
			continue
		}
		same := !slices.ContainsFunc(before, func(b properties.Entry) bool { return trim(b.Value) != trim(e.Value) })
		f := report(e.KeyPos(), e.Key, "%s is set %d times with different values; this last one counts", e.Key, len(before)+1)
		if same {
			f.Severity = finding.Info
			f.Message = e.Key + " is set " + itoa(int64(len(before)+1)) + " times with the same value"
		}
		f.Help = "keep one line"
		f.Fix = &finding.Fix{Message: "remove the lines that do not count", Safe: true}
		for i, b := range before {
			f.Fix.Edits = append(f.Fix.Edits, b.DeleteEdit())
			if i < maxShownDuplicates {
				f.Related = append(f.Related, finding.Related{Pos: b.KeyPos(), Message: "has no effect"})
			}
		}
	}
}

// strayLine reports whether a line was meant as something else than a setting: a comment of another format, a section, text.
func strayLine(e lintEntry) bool {
	if filelint.Stray(e.Key) {
		return true
	}
	if strings.HasPrefix(e.Key, filelint.ByteOrderMark) {
		return false
	}
	if text := e.Raw(); filelint.UTF8(text) && filelint.Prose(strings.TrimLeft(text, " \t\f")) {
		return true
	}
	if strings.Contains(e.Key, ".") {
		return false
	}
	if e.Key == "-" || e.Key == "export" {
		return true // a list of YAML, a line of a shell
	}
	raw := strings.TrimSpace(e.Raw())
	head, _, _ := strings.Cut(raw, "=")
	return len(strings.Fields(head)) > 2 && e.Value != ""
}

// written returns a key as its author sees it: what is UTF-8 to an editor is other characters to Java.
func written(e lintEntry) string {
	raw := strings.TrimLeft(e.Raw(), " \t\f")
	if !filelint.UTF8(raw) {
		return e.Key
	}
	if i := strings.IndexAny(raw, " \t\f=:"); i >= 0 {
		return raw[:i]
	}
	return raw
}

func strayLines(c *lint, report rule.Reporter) {
	for _, e := range c.strays() {
		f := report(e.KeyPos(), e.Key, "this line sets a key called %s", shorten(written(e)))
		switch e.Key {
		case "-":
			f.Help = "write lists on one line, separated by commas"
			continue
		case "export":
			f.Help = "write key=value; Kafka's scripts take variables of the environment, its files do not"
			continue
		}
		f.Label = "no comment to Java"
		f.Help = "begin comments with #"
		if !strings.ContainsAny(e.Raw(), "\r\n") { // what its further lines hold may be a secret, and would not look like one
			f.Fix = &finding.Fix{Message: "make it a comment", Safe: true, Edits: e.CommentOutEdits()}
		}
	}
}
