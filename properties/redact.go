package properties

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/kcfg/kcfg/finding"
)

// Mask is what stands in place of a secret.
const Mask = "[hidden]"

// Hidden is a part of a value that may not be shown: Value[From:To].
type Hidden struct {
	From, To int
	As       string // what is shown in its place; empty: Mask
}

// Hide says which parts of an entry's value are secret.
type Hide func(Entry) []Hidden

// HideValues returns a Hide for the whole value of each key for which secret reports true.
func HideValues(secret func(key string) bool) Hide {
	return func(e Entry) []Hidden {
		if !secret(e.Key) {
			return nil
		}
		return []Hidden{{From: 0, To: len(e.Value)}}
	}
}

// mask is a part of the text and what is shown in its place.
type mask struct {
	start, end int
	as         string
}

// Excerpt returns the natural line on which pos begins with its secrets replaced, and the columns of pos in what is left.
// A comment that would be an entry but for its '#' is treated as one. A nil hide hides nothing.
func (f *File) Excerpt(pos finding.Position, hide Hide) (finding.Excerpt, bool) {
	starts := f.doc.lineStarts()
	if pos.Line < 1 || pos.Line > len(starts) {
		return finding.Excerpt{}, false
	}
	shape := f.doc.shape(starts[pos.Line-1])
	start := shape.offset(pos.Column)
	end := shape.end
	if pos.EndLine <= pos.Line {
		end = max(shape.offset(pos.EndColumn), start)
	}
	from, to := shape.start, shape.end
	if to-from > window { // nobody reads more, and every element of a long list may want its excerpt
		from, to = max(from, start-window/2), min(to, start+window/2)
		for shape.utf8 && from > shape.start && !utf8.RuneStart(f.doc.text[from]) {
			from--
		}
		for shape.utf8 && to < shape.end && !utf8.RuneStart(f.doc.text[to]) {
			to++
		}
		end = min(end, to)
	}
	text, moved := f.doc.masked(from, to, f.doc.masks(shape.start, hide), start, end)
	return finding.Excerpt{Text: text, Start: columnIn(text, moved[0]), End: columnIn(text, moved[1])}, true
}

// window is how many bytes of a long line an excerpt holds.
const window = 1 << 10

// Redacted returns the file's text with secrets replaced, for diffs.
func (f *File) Redacted(hide Hide) string {
	var masks []mask
	for e := range f.All() {
		masks = append(masks, e.masks(hide)...)
	}
	for c := range f.Comments() {
		masks = append(masks, f.doc.commentMasks(c.Pos.Offset, hide)...)
	}
	text, _ := f.doc.masked(0, len(f.doc.text), masks)
	return text
}

// masks returns what is hidden on the natural line that starts at lineStart, and around it.
func (d *doc) masks(lineStart int, hide Hide) []mask {
	if hide == nil {
		return nil
	}
	i, found := slices.BinarySearchFunc(d.entries, lineStart, func(e entry, at int) int { return cmp.Compare(int(e.start), at) })
	if !found {
		i--
	}
	if i >= 0 && lineStart < int(d.entries[i].end) {
		return d.entry(i).masks(hide)
	}
	line := untilEOL(d.text[lineStart:])
	return d.commentMasks(lineStart+len(line)-len(strings.TrimLeft(line, " \t\f")), hide)
}

// commentMasks treats the comment at offset as an entry.
func (d *doc) commentMasks(offset int, hide Hide) []mask {
	line := untilEOL(d.text[offset:])
	text := strings.TrimLeft(line, "#! \t\f")
	if text == "" || hide == nil {
		return nil
	}
	offset += len(line) - len(text)
	inner := mustParse(d.name, text, true)
	var out []mask
	for i := range inner.entries {
		for _, m := range inner.entry(i).masks(hide) {
			out = append(out, mask{offset + m.start, offset + m.end, m.as})
		}
	}
	return out
}

func (e Entry) masks(hide Hide) []mask {
	if hide == nil {
		return nil
	}
	var out []mask
	for _, h := range hide(e) {
		start, end := e.rawRange(h.From, h.To)
		if start < end {
			out = append(out, mask{start, end, cmp.Or(h.As, Mask)})
		}
	}
	return out
}

// masked returns text[from:to] with masks applied, on each natural line anew, and where the offsets in at have gone.
func (d *doc) masked(from, to int, masks []mask, at ...int) (string, []int) {
	slices.SortFunc(masks, func(a, b mask) int { return a.start - b.start })
	var b strings.Builder
	moved := make([]int, len(at))
	done := make([]bool, len(at))
	copyTo := func(end int) {
		for i, off := range at {
			if !done[i] && off <= end {
				moved[i], done[i] = b.Len()+max(off-from, 0), true
			}
		}
		b.WriteString(d.text[from:end])
		from = end
	}
	for _, m := range masks {
		for start := max(m.start, from); start < min(m.end, to); {
			line := untilEOL(d.text[start:m.end])
			stop := min(start+len(line), to)
			shown := strings.TrimLeft(line, " \t\f")
			start += len(line) - len(shown)
			fold := ""
			if stop < m.end && strings.HasSuffix(shown, `\`) {
				fold = `\`
			}
			if start < stop-len(fold) {
				copyTo(start)
				begin := b.Len()
				b.WriteString(m.as)
				for i, off := range at { // what pointed into the secret points at its place
					if !done[i] && off < stop {
						moved[i], done[i] = begin, true
						if i%2 == 1 {
							moved[i] = b.Len()
						}
					}
				}
				from = stop - len(fold)
			}
			start = afterEOL(d.text, stop)
		}
	}
	copyTo(to)
	return b.String(), moved
}

func columnIn(line string, offset int) int {
	if utf8.ValidString(line) {
		return utf8.RuneCountInString(line[:offset]) + 1
	}
	return offset + 1
}
