package properties

import (
	"iter"
	"strings"

	"github.com/kcfg/kcfg/finding"
)

// Comment is one comment line.
type Comment struct {
	Text string           // behind the first '#' or '!', as written
	Pos  finding.Position // of the whole comment, from its '#' or '!' to the end of the line
	Next int              // index of the entry that follows; the number of entries where none does
	// Above reports whether only comments stand between this one and that entry.
	Above bool
}

// Comments yields the comment lines in file order. Of a file made by FromMap there are none.
func (f *File) Comments() iter.Seq[Comment] {
	d := f.doc
	return func(yield func(Comment) bool) {
		line, pos := 1, 0
		for i := 0; i <= len(d.entries); i++ {
			end := len(d.text)
			if i < len(d.entries) {
				end = int(d.entries[i].start)
			}
			var block []Comment // comments without a blank line between them
			flush := func(above bool) bool {
				for _, c := range block {
					c.Next, c.Above = i, above
					if !yield(c) {
						return false
					}
				}
				block = block[:0]
				return true
			}
			for pos < end {
				text := untilEOL(d.text[pos:])
				trimmed := strings.TrimLeft(text, " \t\f")
				if trimmed != "" && (trimmed[0] == '#' || trimmed[0] == '!') {
					block = append(block, Comment{Text: trimmed[1:], Pos: linePos(d, line, pos, len(text)-len(trimmed), len(text))})
				} else if !flush(false) {
					return
				}
				pos, line = afterEOL(d.text, pos+len(text)), line+1
			}
			if !flush(i < len(d.entries)) {
				return
			}
			if i < len(d.entries) {
				line += countLines(d.text[d.entries[i].start:d.entries[i].end])
				pos = int(d.entries[i].end)
			}
		}
	}
}

func linePos(d *doc, line, lineStart, from, to int) finding.Position {
	return finding.Position{
		File: d.name, Line: line, Column: d.column(lineStart, lineStart+from),
		EndLine: line, EndColumn: d.column(lineStart, lineStart+to), Offset: lineStart + from,
	}
}

func countLines(s string) int {
	line, _ := locate(s, 0, 0, len(s))
	return line
}
