package properties

import (
	"fmt"
	"strings"
)

// parser follows java.util.Properties: its LineReader joins natural lines to logical ones, load0 cuts key and value.
// Lines without backslash and without bytes beyond ASCII take a short way that copies nothing.
type parser struct {
	doc       *doc
	text      string
	lf, cr    seeker
	backslash seeker
	line      int32 // of the position that run has reached
	slow      logicalLine
	unlimited bool
}

// seeker finds the next occurrence of a byte and remembers it, so that a whole file is searched once.
type seeker struct {
	text string
	c    byte
	at   int
}

func (s *seeker) next(pos int) int {
	if s.at < pos {
		if i := strings.IndexByte(s.text[pos:], s.c); i >= 0 {
			s.at = pos + i
		} else {
			s.at = len(s.text)
		}
	}
	return s.at
}

func newParser(d *doc) parser {
	return parser{
		doc: d, text: d.text, line: 1,
		lf: seeker{d.text, '\n', -1}, cr: seeker{d.text, '\r', -1}, backslash: seeker{d.text, '\\', -1},
	}
}

func parse(name, text string, placed bool) (*doc, error) {
	d := &doc{name: name, text: text, placed: placed}
	p := newParser(d)
	if !p.run() {
		return nil, fmt.Errorf("%s: %w: more than %d entries", name, ErrTooLarge, MaxEntries)
	}
	return d, nil
}

func blank(c byte) bool { return c == ' ' || c == '\t' || c == '\f' }

// afterEOL returns the start of the line behind the line end at eol, which may be the end of the text.
func afterEOL(text string, eol int) int {
	switch {
	case eol >= len(text):
		return len(text)
	case text[eol] == '\r' && eol+1 < len(text) && text[eol+1] == '\n':
		return eol + 2
	}
	return eol + 1
}

func (p *parser) eol(pos int) int { return min(p.lf.next(pos), p.cr.next(pos)) }

// run parses the text and reports whether it kept within the limit of entries.
func (p *parser) run() bool {
	text := p.text
	p.doc.entries, p.doc.plain = make([]entry, 0, 24), true
	earlier, earlierLine := -1, int32(0) // the first of the lines that hold a backslash alone, directly above
	for pos := 0; pos < len(text); {
		start := pos
		for pos < len(text) && blank(text[pos]) {
			pos++
		}
		if pos == len(text) {
			break
		}
		switch text[pos] {
		case '\n', '\r':
			pos = afterEOL(text, pos)
			p.line++
			earlier = -1
			continue
		case '#', '!':
			pos = afterEOL(text, p.eol(pos))
			p.line++
			earlier = -1
			continue
		}
		e := entry{start: int32(start), line: p.line}
		if earlier >= 0 {
			e.start, e.line, e.startsOnEarlier = int32(earlier), earlierLine, true
		}
		next, ok := p.fast(&e, pos)
		if !ok {
			if next, ok = p.logical(&e, pos); !ok {
				if earlier < 0 {
					earlier, earlierLine = start, p.line
				}
				p.line++
				pos = next
				continue
			}
		}
		earlier = -1
		pos = next
		if len(p.doc.entries) == MaxEntries && !p.unlimited {
			return false
		}
		p.doc.plain = p.doc.plain && e.simple
		p.doc.entries = append(p.doc.entries, e)
	}
	p.doc.index.build(p.doc.entries)
	return true
}

const (
	plainByte = iota
	blankByte
	assignByte
	otherByte // ends the fast way: backslash, line ends, beyond ASCII
)

var keyClass = func() (t [256]uint8) {
	for i := range t {
		switch c := byte(i); {
		case blank(c):
			t[i] = blankByte
		case c == '=' || c == ':':
			t[i] = assignByte
		case c == '\\' || c == '\r' || c == '\n' || c >= 0x80:
			t[i] = otherByte
		}
	}
	return t
}()

// fast reads an entry on one line of plain ASCII, whose key starts at pos, and returns where the next line starts.
func (p *parser) fast(e *entry, pos int) (next int, ok bool) {
	text := p.text
	i := pos
	for i < len(text) && keyClass[text[i]] == plainByte {
		i++
	}
	eol := p.eol(i)
	if p.backslash.next(i) < eol {
		return 0, false
	}
	if i < eol && text[i] >= 0x80 {
		return 0, false
	}
	e.keyStart, e.keyEnd = int32(pos), int32(i)
	for i < eol && (blank(text[i]) || !e.hasAssign && keyClass[text[i]] == assignByte) {
		e.hasAssign = e.hasAssign || keyClass[text[i]] == assignByte
		i++
	}
	e.hasMore = int32(i) > e.keyEnd
	var or byte
	for j := i; j < eol; j++ {
		or |= text[j]
	}
	if or >= 0x80 {
		return 0, false
	}
	e.key, e.value = text[pos:e.keyEnd], text[i:eol]
	e.valStart, e.valEnd = int32(i), int32(eol)
	e.plain, e.plainKey, e.simple = true, true, !e.startsOnEarlier
	next = afterEOL(text, eol)
	e.end = int32(next)
	p.line++
	return next, true
}

// logicalLine is a logical line as Java's LineReader gives it: comments, line ends, the backslashes before them and leading blanks are gone.
type logicalLine struct {
	chars   []byte
	offsets []int32 // of each char in the text
	next    int     // where the natural line behind it starts
	lines   int32   // natural lines it takes
}

// read reads the logical line whose first character is at pos. It reports false where a line holds a backslash alone:
// for Java the logical line has then not begun yet, and the next natural line may be a comment.
func (l *logicalLine) read(text string, pos int) bool {
	l.chars, l.offsets, l.lines = l.chars[:0], l.offsets[:0], 0
	escape := false
	i := pos
	for ; i < len(text); i++ {
		c := text[i]
		if c != '\n' && c != '\r' {
			l.chars, l.offsets = append(l.chars, c), append(l.offsets, int32(i))
			escape = c == '\\' && !escape
			continue
		}
		l.lines++
		l.next = afterEOL(text, i)
		if !escape {
			return true
		}
		l.chop()
		if i+1 == len(text) { // Java looks for the end of the stream before it minds the backslash
			return true
		}
		if len(l.chars) == 0 {
			return false
		}
		escape = false
		i = l.next
		for i < len(text) && blank(text[i]) {
			i++
		}
		i--
	}
	if i > l.next || l.lines == 0 {
		l.lines++
	}
	l.next = len(text)
	if escape {
		l.chop()
	}
	return true
}

func (l *logicalLine) chop() {
	l.chars, l.offsets = l.chars[:len(l.chars)-1], l.offsets[:len(l.offsets)-1]
}

// cut says where the key ends and the value starts.
func (l *logicalLine) cut() (keyLen, valueStart int, assign bool) {
	escape := false
	n := len(l.chars)
	for keyLen < n {
		c := l.chars[keyLen]
		if !escape && (c == '=' || c == ':' || blank(c)) {
			break
		}
		escape = c == '\\' && !escape
		keyLen++
	}
	valueStart = keyLen
	for valueStart < n {
		c := l.chars[valueStart]
		if !blank(c) {
			if assign || c != '=' && c != ':' {
				break
			}
			assign = true
		}
		valueStart++
	}
	return keyLen, valueStart, assign
}

// logical reads any entry, whose first character is at pos. Without an entry, next is the line behind.
func (p *parser) logical(e *entry, pos int) (next int, ok bool) {
	l := &p.slow
	if !l.read(p.text, pos) {
		return l.next, false
	}
	keyLen, valueStart, assign := l.cut()
	n := len(l.chars)
	e.hasAssign, e.hasMore = assign, keyLen < n
	e.end = int32(l.next)
	e.keyStart, e.keyEnd, e.valStart, e.valEnd = int32(pos), int32(pos), int32(pos), int32(pos)
	if n > 0 {
		e.valEnd = l.offsets[n-1] + 1
		e.valStart = e.valEnd
		e.keyStart = l.offsets[0]
		e.keyEnd = e.keyStart
	}
	if keyLen > 0 {
		e.keyEnd = l.offsets[keyLen-1] + 1
	}
	if valueStart < n {
		e.valStart = l.offsets[valueStart]
	}
	index := int32(len(p.doc.entries))
	e.key, e.plainKey = p.text[e.keyStart:e.keyEnd], plainText(p.text[e.keyStart:e.keyEnd])
	if !e.plainKey {
		e.key = l.decode(0, keyLen, func(i, j int32) { p.doc.bad = append(p.doc.bad, badEscape{index, i, j, true}) }, nil)
	}
	e.value, e.plain = p.text[e.valStart:e.valEnd], plainText(p.text[e.valStart:e.valEnd])
	if !e.plain {
		e.value = l.decode(valueStart, n, func(i, j int32) { p.doc.bad = append(p.doc.bad, badEscape{index, i, j, false}) }, nil)
	}
	p.line += l.lines
	return l.next, true
}

func plainText(s string) bool {
	for i := range len(s) {
		if c := s[i]; c >= 0x80 || c == '\\' {
			return false
		}
	}
	return true
}
