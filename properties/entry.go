package properties

import (
	"cmp"
	"slices"
	"sort"
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
func (e Entry) Effective() bool { return !e.rec().overridden }

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
	runs := e.doc.runsOf(e.index)
	if len(runs) == 0 {
		return int(r.valEnd), int(r.valEnd)
	}
	start, _ = at(runs, i)
	if i == len(r.value) {
		_, start = at(runs, i-1)
	}
	end = start
	if j > i {
		_, end = at(runs, j-1)
	}
	return start, end
}

// run is n characters in a row that all take as many bytes in the value, and as many in the text.
type run struct{ from, start, n, width, raw int32 }

// at returns where the character that holds byte i of the value begins and ends in the text.
func at(runs []run, i int) (start, end int) {
	k, found := slices.BinarySearchFunc(runs, int32(i), func(r run, i int32) int { return cmp.Compare(r.from, i) })
	if !found {
		k--
	}
	r := runs[k]
	start = int(r.start + (int32(i)-r.from)/r.width*r.raw)
	return start, start + int(r.raw)
}

// cached is how long a raw value, or a line, has to be for what is found out about it to be kept: of a list of 100,000
// elements every one may be asked for.
const cached = 1 << 10

// runsOf maps the value of an entry to the text; the two escapes of a surrogate pair are one character.
func (d *doc) runsOf(index int) []run {
	if kept, ok := d.runs.Load(index); ok {
		return kept.([]run)
	}
	r := &d.entries[index]
	var l logicalLine
	l.read(d.text, int(r.keyStart))
	_, valueStart, _ := l.cut()
	var runs []run
	last, lastStart := 0, 0 // of the character before
	before := 0
	l.decode(valueStart, len(l.chars), nil, func(length int, start, end int32) {
		from, begin := before, int(start)
		if length == before+1 && before > 0 && isPair(r.value[last:length]) {
			from, begin = last, lastStart
			n := len(runs) - 1
			if runs[n].n--; runs[n].n == 0 {
				runs = runs[:n]
			}
		}
		u := run{int32(from), int32(begin), 1, int32(length - from), end - int32(begin)}
		last, lastStart, before = from, begin, length
		if n := len(runs) - 1; n >= 0 {
			p := &runs[n]
			if p.width == u.width && p.raw == u.raw && p.from+p.n*p.width == u.from && p.start+p.n*p.raw == u.start {
				p.n++
				return
			}
		}
		runs = append(runs, u)
	})
	if r.valEnd-r.valStart >= cached {
		d.runs.Store(index, runs)
	}
	return runs
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
	if r.simple {
		before := int(r.start) - 1
		return finding.Position{File: e.doc.name, Line: int(r.line), Column: start - before, EndLine: int(r.line), EndColumn: end - before, Offset: start}
	}
	line, lineStart := e.doc.locate(int(r.line), int(r.start), start)
	p := finding.Position{File: e.doc.name, Line: line, Column: e.doc.column(lineStart, start), Offset: start}
	p.EndLine, lineStart = e.doc.locate(line, lineStart, end)
	p.EndColumn = e.doc.column(lineStart, end)
	return p
}

// locate is the function locate, for offsets that may be far away.
func (d *doc) locate(line, lineStart, offset int) (int, int) {
	if offset-lineStart < cached {
		return locate(d.text, line, lineStart, offset)
	}
	starts := d.lineStarts()
	i, found := slices.BinarySearch(starts, offset)
	if !found {
		i--
	}
	if offset == len(d.text) && found { // behind the last line end there is no line
		i--
	}
	return i + 1, starts[i]
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
func (d *doc) column(lineStart, offset int) int { return d.shape(lineStart).column(offset) }

// shape is what columns on a natural line need.
type shape struct {
	text       string // of the file
	start, end int
	utf8       bool
	counts     []int32 // code points before every block-th byte of a long line that is not ASCII; nil: count
	ascii      bool
}

const block = 256

// shape returns the shape of the natural line that starts at lineStart.
func (d *doc) shape(lineStart int) *shape {
	if kept, ok := d.shapes.Load(lineStart); ok {
		return kept.(*shape)
	}
	line := untilEOL(d.text[lineStart:])
	s := &shape{text: d.text, start: lineStart, end: lineStart + len(line), utf8: utf8.ValidString(line)}
	if len(line) < cached {
		return s
	}
	s.ascii = utf8.RuneCountInString(line) == len(line)
	if s.utf8 && !s.ascii {
		n := int32(0)
		for i := range len(line) {
			if i%block == 0 {
				s.counts = append(s.counts, n)
			}
			n += starts(line[i])
		}
	}
	d.shapes.Store(lineStart, s)
	return s
}

// starts is 1 for the first byte of a code point.
func starts(b byte) int32 {
	if b&0xC0 == 0x80 {
		return 0
	}
	return 1
}

func (s *shape) column(offset int) int {
	if !s.utf8 || s.ascii {
		return offset - s.start + 1
	}
	from, n := s.start, int32(1)
	if s.counts != nil && offset > s.start {
		k := min((offset-s.start)/block, len(s.counts)-1)
		from, n = s.start+k*block, n+s.counts[k]
	}
	for i := from; i < offset; i++ {
		n += starts(s.text[i])
	}
	return int(n)
}

// offset is the inverse of column; columns beyond the line mean its end.
func (s *shape) offset(column int) int {
	column = max(column, 1)
	if !s.utf8 || s.ascii {
		return min(s.start+column-1, s.end)
	}
	from, n := s.start, 1
	if k := sort.Search(len(s.counts), func(i int) bool { return int(s.counts[i])+1 > column }) - 1; k >= 0 {
		from, n = s.start+k*block, int(s.counts[k])+1
	}
	for i := from; i < s.end; i++ {
		if starts(s.text[i]) == 1 {
			if n >= column {
				return i
			}
			n++
		}
	}
	return s.end
}
