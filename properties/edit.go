package properties

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kcfg/kcfg/finding"
)

// Apply replaces bytes of the file. The edits refer to the file as it is now, may come in any order, and must not
// overlap; one with a Path other than the file's name is an error. On error nothing has changed.
func (f *File) Apply(edits []finding.Edit) error {
	text, err := applied(f.name, f.doc.text, edits)
	if err != nil {
		return err
	}
	if len(text) > MaxSize {
		return fmt.Errorf("%s: %w: %d bytes, the most is %d", f.name, ErrTooLarge, len(text), MaxSize)
	}
	d, err := parse(f.name, text, f.doc.placed)
	if err != nil {
		return err
	}
	f.doc = d
	return nil
}

func applied(name, text string, edits []finding.Edit) (string, error) {
	edits = slices.Clone(edits)
	slices.SortStableFunc(edits, func(a, b finding.Edit) int { return a.Start - b.Start })
	var b strings.Builder
	at := 0
	for _, e := range edits {
		switch {
		case e.Path != "" && e.Path != name:
			return "", fmt.Errorf("%s: edit of another file, %s", name, e.Path)
		case e.Start < 0 || e.End < e.Start || e.End > len(text):
			return "", fmt.Errorf("%s: edit of bytes %d to %d of %d", name, e.Start, e.End, len(text))
		case e.Start < at:
			return "", fmt.Errorf("%s: edits overlap at byte %d", name, e.Start)
		}
		b.WriteString(text[at:e.Start])
		b.WriteString(e.New)
		at = e.End
	}
	b.WriteString(text[at:])
	return b.String(), nil
}

// apply is for edits that this package made.
func (f *File) apply(edits ...finding.Edit) {
	text, err := applied(f.name, f.doc.text, edits)
	if err != nil {
		return // cannot happen: the edits come from one entry each
	}
	f.doc = mustParse(f.name, text, f.doc.placed)
}

// Set gives key a value. It changes the effective entry in place, with its separator and the comments above; of a folded value
// only what differs. A new key goes beside its neighbours (see SetEdit).
func (f *File) Set(key, value string) { f.apply(f.SetEdit(key, value)) }

// SetEdit returns the edit that Set makes. A key that is not there is put below a comment that would set it (#key=value), else
// behind the last entry that shares most leading parts of its name (ssl.truststore.type behind ssl.truststore.location), else a
// word with it (listeners behind advertised.listeners), else at the end.
func (f *File) SetEdit(key, value string) finding.Edit {
	key, value = wellFormed(key), wellFormed(value)
	if e, ok := f.Lookup(key); ok {
		return e.SetEdit(value)
	}
	return f.insertEdit(key, value)
}

// Delete removes every entry of key, and reports whether there was one.
func (f *File) Delete(key string) bool { return f.each(key, one(Entry.DeleteEdit)) }

// Rename gives every entry of old the key new, and reports whether there was one. Entries that have that key already stay.
func (f *File) Rename(old, new string) bool {
	return f.each(old, one(func(e Entry) finding.Edit { return e.RenameEdit(new) }))
}

// CommentOut turns every entry of key into a comment, and reports whether there was one.
func (f *File) CommentOut(key string) bool { return f.each(key, Entry.CommentOutEdits) }

func one(edit func(Entry) finding.Edit) func(Entry) []finding.Edit {
	return func(e Entry) []finding.Edit { return []finding.Edit{edit(e)} }
}

func (f *File) each(key string, edit func(Entry) []finding.Edit) bool {
	var edits []finding.Edit
	for e := range f.All() {
		if e.Key == key {
			edits = append(edits, edit(e)...)
		}
	}
	f.apply(edits...)
	return len(edits) > 0
}

func (e Entry) edit(start, end int32, text string) finding.Edit {
	return finding.Edit{Path: e.doc.name, Start: int(start), End: int(end), New: text}
}

// SetEdit returns the edit that gives the entry a value. Of a value that is folded or holds escapes only the part that
// differs is touched.
func (e Entry) SetEdit(value string) finding.Edit {
	value = wellFormed(value)
	r := e.rec()
	if value == r.value && !e.malformed() {
		return e.edit(r.valStart, r.valStart, "")
	}
	if !r.plain {
		if part, ok := e.partEdit(value); ok {
			return part
		}
	}
	style := valueStyle{eol: e.doc.eol(), noAssign: r.hasMore && !r.hasAssign}
	whole := e.edit(r.valStart, r.valEnd, string(appendValue(nil, value, style)))
	if !r.hasMore {
		whole = e.edit(r.keyEnd, r.valEnd, string(appendValue([]byte{'='}, value, valueStyle{eol: style.eol})))
	}
	if e.gives(whole, value) {
		return whole
	}
	line := appendValue(append(appendKey(nil, r.key), '='), value, style)
	if r.valEnd != r.end && strings.ContainsAny(e.doc.text[r.valEnd:r.end], "\r\n") {
		line = append(line, style.eol...)
	}
	return e.edit(r.start, r.end, string(line))
}

func (e Entry) malformed() bool {
	return slices.ContainsFunc(e.doc.bad, func(b badEscape) bool { return int(b.entry) == e.index })
}

// gives reports whether the entry, and nothing else, has the value once the edit is applied.
func (e Entry) gives(edit finding.Edit, value string) bool {
	r := e.rec()
	text := e.doc.text[r.start:r.end]
	at := int(r.start)
	d := mustParse("", text[:edit.Start-at]+edit.New+text[edit.End-at:], true)
	return len(d.entries) == 1 && len(d.bad) == 0 && d.entries[0].key == r.key && d.entries[0].value == value
}

// partEdit replaces only what differs between the old value and the new one, so that the folds around it stay.
func (e Entry) partEdit(value string) (finding.Edit, bool) {
	old := e.rec().value
	head := 0
	for head < len(old) && head < len(value) {
		r, size := decodeRune(old[head:])
		if s, n := decodeRune(value[head:]); s != r || n != size {
			break
		}
		head += size
	}
	tail := 0
	for tail < min(len(old), len(value))-head && old[len(old)-1-tail] == value[len(value)-1-tail] {
		tail++
	}
	for tail > 0 && value[len(value)-tail]&0xC0 == 0x80 { // to the start of a character
		tail--
	}
	start, end := e.rawRange(head, len(old)-tail)
	switch {
	case head == len(old)-tail && head > 0: // an insertion goes directly behind what stays
		_, end = e.rawRange(0, head)
		start = end
	case head+tail == len(value) && tail > 0: // with a line's last character its fold goes too
		end, _ = e.rawRange(len(old)-tail, len(old))
	}
	text := string(appendInner(nil, value[head:len(value)-tail], e.doc.eol()))
	edit := e.edit(int32(start), int32(end), text)
	return edit, e.gives(edit, value)
}

// appendInner writes a part in the middle of a value.
func appendInner(b []byte, part, eol string) []byte {
	if strings.HasPrefix(part, " ") && len(strings.Trim(part, " ")) > 0 {
		return appendInner(append(b, ' '), part[1:], eol)
	}
	return appendValue(b, part, valueStyle{eol: eol})
}

// DeleteEdit returns the edit that removes the entry's lines.
func (e Entry) DeleteEdit() finding.Edit {
	r := e.rec()
	return e.edit(r.start, r.end, "")
}

// RenameEdit returns the edit that gives the entry another key.
func (e Entry) RenameEdit(key string) finding.Edit {
	r := e.rec()
	text := appendKey(nil, wellFormed(key))
	if len(text) == 0 && !r.hasAssign {
		text = append(text, '=')
	}
	return e.edit(r.keyStart, r.keyEnd, string(text))
}

// CommentOutEdits returns the edits that turn each of the entry's lines into a comment. They repeat nothing of its text,
// which may be a secret.
func (e Entry) CommentOutEdits() []finding.Edit {
	r := e.rec()
	var edits []finding.Edit
	for pos := r.start; pos < r.end; {
		edits = append(edits, e.edit(pos, pos, "#"))
		line := untilEOL(e.doc.text[pos:r.end])
		pos = min(int32(afterEOL(e.doc.text, int(pos)+len(line))), r.end)
	}
	return edits
}

// eol returns the line end of the file's first line.
func (d *doc) eol() string {
	if i := strings.IndexAny(d.text, "\r\n"); i >= 0 {
		return d.text[i:afterEOL(d.text, i)]
	}
	return "\n"
}

func (f *File) insertEdit(key, value string) finding.Edit {
	d := f.doc
	eol := d.eol()
	line := string(appendValue(append(appendKey(nil, key), '='), value, valueStyle{eol: eol}))
	at := len(d.text)
	if end, ok := f.commentedOut(key); ok {
		at = end
	} else if n, ok := d.neighbour(key); ok {
		at = int(d.entries[n].end)
	}
	if at < len(d.text) {
		return finding.Edit{Path: f.name, Start: at, End: at, New: line + eol}
	}
	before, after := "", eol
	if at > 0 && !strings.HasSuffix(d.text, "\n") && !strings.HasSuffix(d.text, "\r") {
		before, after = eol, "" // the file goes on lacking a final line end
	}
	if n := len(d.entries); n > 0 && int(d.entries[n-1].end) == at && !d.entries[n-1].endsBefore(d.text, before) {
		// A backslash would make the new line part of the last value; a blank line stops it.
		before += eol
		if last := &d.entries[n-1]; !last.endsBefore(d.text, before) {
			at, before, after = int(last.start), "", eol
		}
	}
	return finding.Edit{Path: f.name, Start: at, End: at, New: before + line + after}
}

// commentedOut returns the end of the last comment line that would set key but for its '#', as sample files have them.
func (f *File) commentedOut(key string) (end int, ok bool) {
	written := EscapeKey(key)
	for c := range f.Comments() {
		rest, found := strings.CutPrefix(strings.TrimLeft(c.Text, "#! \t"), written)
		if rest = strings.TrimLeft(rest, " \t"); found && rest != "" && (rest[0] == '=' || rest[0] == ':') {
			end, ok = afterEOL(f.doc.text, c.Pos.Offset+1+len(c.Text)), true
		}
	}
	return end, ok
}

// endsBefore reports whether the entry, the last of text, stays as it is when between and another entry are put behind it.
func (e *entry) endsBefore(text, between string) bool {
	d := mustParse("", text[e.start:]+between+"x=", true)
	return len(d.entries) == 2 && d.entries[0].key == e.key && d.entries[0].value == e.value
}

// neighbour returns the entry behind which a new key is put.
func (d *doc) neighbour(key string) (index int, ok bool) {
	best := 0
	for i := range d.entries {
		if s := kinship(key, d.entries[i].key); s > 0 && s >= best {
			best, index, ok = s, i, true
		}
	}
	return index, ok
}

// kinship grades how near two keys are by the leading parts that they share, else, below all of these, by the words. Words count for
// nothing where leading parts are the same: ssl.keystore.location goes behind all of ssl.truststore, not into its middle.
func kinship(a, b string) int {
	const leading = 100
	as, bs := strings.Split(a, "."), strings.Split(b, ".")
	same := 0
	for same < len(as) && same < len(bs) && as[same] == bs[same] {
		same++
	}
	if same > 0 {
		return same * leading
	}
	words := 0
	for _, w := range as {
		if slices.ContainsFunc(bs, func(v string) bool { return strings.TrimSuffix(v, "s") == strings.TrimSuffix(w, "s") }) {
			words++
		}
	}
	return words
}
