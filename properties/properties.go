// Package properties reads and edits files in the format of java.util.Properties exactly as Java reads them, without
// losing anything: comments, blank lines, order, alignment, duplicates and line ends come back byte for byte.
//
//	f, err := properties.Parse("server.properties", data)
//	id, ok := f.Get("node.id")  // of duplicates the last, as in Java
//	f.Set("node.id", "2")       // in place, with all around it
//	data = f.Bytes()
//
// # Strings
//
// Java's strings are sequences of UTF-16 code units and may hold half a surrogate pair; Go's are bytes. Keys and values
// are given in WTF-8: UTF-8 in which a surrogate without its partner is encoded like any other code point, in three
// bytes (ED A0 80 to ED BF BF). Every Java string has exactly one such encoding, so two Go strings are equal where the
// Java strings are. A file is read as ISO-8859-1, as Properties.load(InputStream) does: the byte E4 is the character ä, and a
// file written in UTF-8 gives two characters for it. [UTF16] and [FromUTF16] convert. What is given to Set and its
// like may be any Go string; bytes that are neither UTF-8 nor a lone surrogate count as U+FFFD.
//
// A File is safe for concurrent reading, but not while it is edited. An [Entry] stays valid, and describes the file as
// it was, after the file has been edited.
package properties

import (
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/kcfg/kcfg/finding"
)

const (
	// MaxSize is the size in bytes of the largest file that is read; 100,000 lines are 5 MB.
	MaxSize = 16 << 20
	// MaxEntries is how many entries a file may have; Kafka's largest configuration defines 400 keys.
	MaxEntries = 250_000
)

// ErrTooLarge is what Parse returns for a file beyond MaxSize or MaxEntries.
var ErrTooLarge = errors.New("file too large")

// File is one properties file. Make one with Parse, New or FromMap.
type File struct {
	name string
	doc  *doc
}

// doc is the immutable result of one parse; every edit makes a new one.
type doc struct {
	name    string
	text    string
	entries []entry
	index   index
	bad     []badEscape
	placed  bool // false: made from a map, so that there are no positions
	plain   bool // every entry is simple

	runs   sync.Map // of long values, by entry
	shapes sync.Map // of long lines, by their start

	silences  sync.Once
	silent    []ignore // see ignores
	linesOnce sync.Once
	lines     []int // where natural lines start; see lineStarts
}

// entry holds offsets into doc.text. The raw value may stretch over several natural lines.
type entry struct {
	key, value         string
	start, end         int32 // the logical line, with its terminator
	keyStart, keyEnd   int32
	valStart, valEnd   int32
	line               int32 // of start, 1-based
	plain, plainKey    bool  // the text is the value (key): ASCII, without escapes, on one line
	startsOnEarlier    bool  // lines that hold a backslash alone come before the key
	hasAssign, hasMore bool  // a '=' or ':' separates; anything at all follows the key
	overridden         bool  // a later entry has the same key
	simple             bool  // the whole logical line is one natural line of ASCII without escapes
}

// Parse reads a file. The error is about limits alone ([ErrTooLarge]): what Java refuses is kept, and told by Malformed.
func Parse(name string, src []byte) (*File, error) {
	if len(src) > MaxSize {
		return nil, fmt.Errorf("%s: %w: %d bytes, the most is %d", name, ErrTooLarge, len(src), MaxSize)
	}
	d, err := parse(name, string(src), true)
	if err != nil {
		return nil, err
	}
	return &File{name, d}, nil
}

// New returns an empty file.
func New(name string) *File { return &File{name, mustParse(name, "", true)} }

// FromMap returns a file that holds the entries of m, sorted by key. It stands for something that is no file, such as a topic's
// configuration: the positions of its entries have line 0.
func FromMap(name string, m map[string]string) *File {
	var b []byte
	for _, key := range slices.Sorted(maps.Keys(m)) {
		b = appendKey(b, key)
		b = append(b, '=')
		b = appendValue(b, m[key], valueStyle{eol: "\n"})
		b = append(b, '\n')
	}
	return &File{name, mustParse(name, string(b), false)}
}

// mustParse is for text that kcfg itself made: the limits guard against files, not against callers.
func mustParse(name, text string, placed bool) *doc {
	d := &doc{name: name, text: text, placed: placed}
	p := newParser(d)
	p.unlimited = true
	p.run()
	return d
}

// Name returns the name that positions carry.
func (f *File) Name() string { return f.name }

// Bytes returns the file's content. Unless it was edited, that is what was parsed, byte for byte.
func (f *File) Bytes() []byte { return []byte(f.doc.text) }

// Text returns what Bytes does, without a copy.
func (f *File) Text() string { return f.doc.text }

// Plain reports whether every entry is one line of ASCII without escapes, as nearly all are.
func (f *File) Plain() bool { return f.doc.plain }

// Len returns how many entries All yields.
func (f *File) Len() int { return len(f.doc.entries) }

// Get returns the effective value of key: of duplicates, the last.
func (f *File) Get(key string) (value string, ok bool) {
	i := f.doc.last(key)
	if i < 0 {
		return "", false
	}
	return f.doc.entries[i].value, true
}

// Lookup returns the effective entry of key: of duplicates, the last.
func (f *File) Lookup(key string) (Entry, bool) {
	i := f.doc.last(key)
	if i < 0 {
		return Entry{}, false
	}
	return f.doc.entry(i), true
}

// Pos returns the position of the effective entry's key, or a position without a line where the key is absent.
func (f *File) Pos(key string) finding.Position {
	e, ok := f.Lookup(key)
	if !ok {
		return finding.Position{File: f.name}
	}
	return e.KeyPos()
}

// All yields every entry in file order, with duplicates.
func (f *File) All() iter.Seq[Entry] {
	d := f.doc
	return func(yield func(Entry) bool) {
		for i := range d.entries {
			if !yield(d.entry(i)) {
				return
			}
		}
	}
}

// Effective yields the entries that count, in file order: of duplicates, only the last.
func (f *File) Effective() iter.Seq[Entry] {
	d := f.doc
	return func(yield func(Entry) bool) {
		for i := range d.entries {
			if !d.entries[i].overridden && !yield(d.entry(i)) {
				return
			}
		}
	}
}

// Map returns keys and effective values.
func (f *File) Map() map[string]string {
	m := make(map[string]string, len(f.doc.entries))
	for i := range f.doc.entries {
		m[f.doc.entries[i].key] = f.doc.entries[i].value // last wins
	}
	return m
}

// Malformed is an escape for which Java refuses to load the whole file: \u without four hexadecimal digits.
type Malformed struct {
	Entry Entry // its Key or Value holds the escape as written, with the backslash
	InKey bool
	Pos   finding.Position
	Text  string // as written, such as `\u12G`
}

type badEscape struct {
	entry      int32
	start, end int32
	inKey      bool
}

// Malformed returns the escapes for which Java refuses to load the file, in file order. Java stops at the first.
func (f *File) Malformed() []Malformed {
	var out []Malformed
	for _, b := range f.doc.bad {
		e := f.doc.entry(int(b.entry))
		out = append(out, Malformed{e, b.inKey, e.rawPos(int(b.start), int(b.end)), f.doc.text[b.start:b.end]})
	}
	return out
}

// Lines returns the number of natural lines; a final line end does not begin another.
func (f *File) Lines() int { return len(f.doc.lineStarts()) }

// Line returns the natural line n (1-based) as written, without its end, or "" beyond the last.
func (f *File) Line(n int) string {
	starts := f.doc.lineStarts()
	if n < 1 || n > len(starts) {
		return ""
	}
	return untilEOL(f.doc.text[starts[n-1]:])
}

func untilEOL(s string) string {
	if i := strings.IndexAny(s, "\r\n"); i >= 0 {
		return s[:i]
	}
	return s
}

// lineStarts returns where the natural lines start; few files are ever asked.
func (d *doc) lineStarts() []int {
	d.linesOnce.Do(func() {
		lf, cr := seeker{text: d.text, c: '\n', at: -1}, seeker{text: d.text, c: '\r', at: -1}
		for pos := 0; pos < len(d.text); {
			d.lines = append(d.lines, pos)
			pos = afterEOL(d.text, min(lf.next(pos), cr.next(pos)))
		}
	})
	return d.lines
}
