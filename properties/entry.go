package properties

import (
	"iter"
	"strings"
	"unicode/utf8"

	"github.com/kcfg/kcfg/finding"
)

// Entry is one key and its value, as Java reads them, with their places in the file.
type Entry struct {
	Key, Value string

	doc   *doc
	index int
}

func (d *doc) entry(i int) Entry { return Entry{d.entries[i].key, d.entries[i].value, d, i} }

func (e Entry) rec() *entry { return &e.doc.entries[e.index] }

// Index is the entry's number in file order, from 0.
func (e Entry) Index() int { return e.index }

// Effective reports whether no later entry has the same key.
func (e Entry) Effective() bool { return e.doc.last(e.Key) == e.index }

// Line is the first natural line of the entry, or 0 where there is no file.
func (e Entry) Line() int { return e.KeyPos().Line }

// Raw returns the entry's text as written, with continuation lines, without the last line end.
func (e Entry) Raw() string {
	r := e.rec()
	return strings.TrimRight(e.doc.text[r.start:r.end], "\r\n")
}

// RawValue returns the value's text as written, with escapes and continuation lines.
func (e Entry) RawValue() string {
	r := e.rec()
	return e.doc.text[r.valStart:r.valEnd]
}

// KeyPos returns the position of the key.
func (e Entry) KeyPos() finding.Position {
	r := e.rec()
	return e.rawPos(int(r.keyStart), int(r.keyEnd))
}

// ValuePos returns the position of the whole value; an empty value has a position of no width.
func (e Entry) ValuePos() finding.Position {
	r := e.rec()
	return e.rawPos(int(r.valStart), int(r.valEnd))
}

// ValueRange returns the position of Value[i:j], also inside continued lines and escapes. Bounds outside the value are
// moved to its ends, bounds inside a character to the character's ends.
func (e Entry) ValueRange(i, j int) finding.Position {
	start, end := e.rawRange(i, j)
	return e.rawPos(start, end)
}

// rawRange maps a range of the value to offsets in the text.
func (e Entry) rawRange(i, j int) (start, end int) {
	r := e.rec()
	i = min(max(i, 0), len(r.value))
	j = min(max(j, i), len(r.value))
	if r.plain {
		return int(r.valStart) + i, int(r.valStart) + j
	}
	start, end = int(r.valEnd), int(r.valStart)
	found := false
	for u := range e.units() {
		if !found && i < u.to || !found && i == u.to && u.to == len(r.value) && i == j {
			found = true
			start = u.start
			if i == u.to {
				start = u.end
			}
			end = start
		}
		if found && u.from < j {
			end = u.end
		}
	}
	return start, max(start, end)
}

// unit is one character of a value: its bytes from..to there, and its place in the text.
type unit struct{ from, to, start, end int }

// units yields the characters of the value; the two escapes of a surrogate pair are one.
func (e Entry) units() iter.Seq[unit] {
	r := e.rec()
	var l logicalLine
	l.read(e.doc.text, int(r.keyStart))
	_, valueStart, _ := l.cut()
	var units []unit
	l.decode(valueStart, len(l.chars), nil, func(length int, start, end int32) {
		from := 0
		if n := len(units); n > 0 {
			from = units[n-1].to
			if length == from+1 && isPair(r.value[units[n-1].from:length]) {
				units[n-1].to, units[n-1].end = length, int(end)
				return
			}
		}
		units = append(units, unit{from, length, int(start), int(end)})
	})
	return func(yield func(unit) bool) {
		for _, u := range units {
			if !yield(u) {
				return
			}
		}
	}
}

// isPair reports whether s is one character beyond the basic plane, which takes four bytes: one more than its first half.
func isPair(s string) bool {
	_, size := utf8.DecodeRuneInString(s)
	return len(s) == 4 && size == 4
}

// rawPos turns offsets within the entry's logical line into a position.
func (e Entry) rawPos(start, end int) finding.Position {
	if !e.doc.placed {
		return finding.Position{File: e.doc.name}
	}
	r := e.rec()
	line, lineStart := locate(e.doc.text, int(r.line), int(r.start), start)
	p := finding.Position{File: e.doc.name, Line: line, Column: column(e.doc.text, lineStart, start), Offset: start}
	p.EndLine, lineStart = locate(e.doc.text, line, lineStart, end)
	p.EndColumn = column(e.doc.text, lineStart, end)
	return p
}

// locate finds the natural line that holds offset, walking on from a line at or before it.
func locate(text string, line, lineStart, offset int) (int, int) {
	for {
		eol := strings.IndexAny(text[lineStart:offset], "\r\n")
		if eol < 0 {
			return line, lineStart
		}
		next := afterEOL(text, lineStart+eol)
		if next > offset {
			return line, lineStart
		}
		line, lineStart = line+1, next
	}
}

// column counts code points where the line is UTF-8, else bytes, from 1.
func column(text string, lineStart, offset int) int {
	line := untilEOL(text[lineStart:])
	head := text[lineStart:offset]
	if utf8.ValidString(line) {
		return utf8.RuneCountInString(head) + 1
	}
	return len(head) + 1
}
