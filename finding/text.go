package finding

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Excerpt is the source line of a position as it may be shown, with secrets already replaced, and the columns from Start to
// End (exclusive) to underline, counted as in Position.
type Excerpt struct {
	Text       string
	Start, End int
}

// Source returns the source line of a position, and false where there is none. The method Excerpt of a properties.File gives one; what
// it has to hide is what properties.HideValues makes of kafkacfg.SecretKey.
type Source func(Position) (Excerpt, bool)

// TextOptions says how findings are written for people.
type TextOptions struct {
	Source         Source // nil: no excerpts
	Color          bool
	ShowSuppressed bool // also what a comment silences, marked as such
	Releases       Releases
}

// WriteText writes the findings of reports for people: the source line, a caret under the place, notes, help, and the other
// places that take part. Equal findings of several releases are one, which names the releases unless all say it. Nothing is
// written for reports without findings.
func WriteText(w io.Writer, reports []Report, o TextOptions) error {
	t := textWriter{Writer: bufio.NewWriter(w), o: o}
	for i, g := range groups(reports, o.ShowSuppressed, o.Releases) {
		if i > 0 {
			t.WriteByte('\n')
		}
		t.finding(g)
	}
	return t.Flush()
}

type textWriter struct {
	*bufio.Writer
	o      TextOptions
	gutter int // width of the line numbers
}

const (
	leastGutter = 3   // so that the findings of a usual file line up
	widest      = 160 // characters of a source line; of a longer one a part is shown
)

type color string

const (
	bold   color = "\x1b[1m"
	red    color = "\x1b[1;31m"
	yellow color = "\x1b[1;33m"
	cyan   color = "\x1b[1;36m"
	blue   color = "\x1b[1;34m"
	reset  color = "\x1b[0m"
)

func (s Severity) color() color {
	switch s {
	case Error:
		return red
	case Warning:
		return yellow
	}
	return cyan
}

func (t *textWriter) paint(c color, s string) string {
	if !t.o.Color || s == "" {
		return s
	}
	return string(c) + s + string(reset)
}

func (t *textWriter) finding(g group) {
	t.gutter = leastGutter
	for _, line := range append(relatedLines(g.Related), g.Pos.Line) {
		t.gutter = max(t.gutter, len(strconv.Itoa(line)))
	}
	title := g.Severity.String()
	if g.suppressed {
		title = "suppressed " + title
	}
	fmt.Fprintf(t, "%s%s\n", t.paint(g.Severity.color(), title+"["+g.ID+"]"), t.paint(bold, ": "+Printable(g.Message)))
	if g.Pos.File != "" {
		fmt.Fprintf(t, "%s %s\n", t.paint(blue, strings.Repeat(" ", t.gutter-1)+"-->"), Printable(g.Pos.String()))
	}
	e, shown := t.source(g.Pos)
	if shown {
		t.excerpt(e, g.Pos.Line, "^", g.Severity.color(), g.Label)
		t.bar("")
	}
	for _, r := range g.Related {
		t.related(r)
	}
	if where := g.where(); where != "" {
		t.remark("releases", where)
	}
	if g.Label != "" && !shown {
		t.remark("note", g.Label)
	}
	for _, n := range g.Notes {
		t.remark("note", n)
	}
	if g.Help != "" {
		t.remark("help", g.Help)
	}
	if g.Fix != nil && g.Fix.Message != "" && g.Fix.Message != g.Help {
		how := "fix"
		if !g.Fix.Safe {
			how = "unsafe fix"
		}
		t.remark(how, g.Fix.Message)
	}
	t.remark("see", "kcfg explain "+g.ID)
}

func relatedLines(related []Related) []int {
	var out []int
	for _, r := range related {
		out = append(out, r.Pos.Line)
	}
	return out
}

func (t *textWriter) related(r Related) {
	arrow := t.paint(blue, strings.Repeat(" ", t.gutter)+":::")
	e, ok := t.source(r.Pos)
	if !ok {
		fmt.Fprintf(t, "%s %s: %s\n", arrow, Printable(r.Pos.String()), Printable(r.Message))
		return
	}
	fmt.Fprintf(t, "%s %s\n", arrow, Printable(r.Pos.String()))
	t.excerpt(e, r.Pos.Line, "-", blue, r.Message)
	t.bar("")
}

// bar writes the gutter of a line without number, and what stands right of it.
func (t *textWriter) bar(right string) {
	fmt.Fprintf(t, "%s%s\n", t.paint(blue, strings.Repeat(" ", t.gutter)+" |"), right)
}

func (t *textWriter) remark(what, text string) {
	fmt.Fprintf(t, "%s %s %s\n", t.paint(blue, strings.Repeat(" ", t.gutter)+" ="), t.paint(bold, what+":"), Printable(text))
}

func (t *textWriter) source(p Position) (Excerpt, bool) {
	if t.o.Source == nil || p.Line == 0 {
		return Excerpt{}, false
	}
	return t.o.Source(p)
}

// excerpt writes a source line with mark under its columns.
func (t *textWriter) excerpt(e Excerpt, number int, mark string, c color, label string) {
	line, at, width := display(e)
	t.bar("")
	fmt.Fprintf(t, "%s%s\n", t.paint(blue, fmt.Sprintf("%*d |", t.gutter, number)), strings.TrimRight(" "+line, " "))
	under := strings.Repeat(mark, max(width, 1))
	if label != "" {
		under += " " + Printable(label)
	}
	t.bar(" " + strings.Repeat(" ", at) + t.paint(c, under))
}

// display makes a source line fit for a terminal: tabs become blanks, control characters visible, and of a long line only the
// part around the underlined columns remains. It returns where the underline begins and how wide it is.
func display(e Excerpt) (line string, at, width int) {
	cells, start, end := cells(e)
	from, to := 0, len(cells)
	const dots = "..."
	if to > widest {
		from = min(max(0, start-widest/3), to-widest)
		to = from + widest
	}
	start, end = min(max(start, from), to), min(max(end, from), to)
	line = string(cells[from:to])
	if from > 0 {
		line = dots + line
		start, end = start+len(dots), end+len(dots)
	}
	if to < len(cells) {
		line += dots
	}
	return line, start - from, end - start
}

// cells returns the characters to show, and the excerpt's columns as indexes of them.
func cells(e Excerpt) (cells []rune, start, end int) {
	const tab = 4
	column := 1
	start, end = -1, -1
	cells = make([]rune, 0, len(e.Text)+8)
	add := func(r rune) {
		if column == e.Start {
			start = len(cells)
		}
		if column == e.End {
			end = len(cells)
		}
		column++
		if r == '\t' {
			cells = append(cells, []rune(strings.Repeat(" ", tab))...)
			return
		}
		cells = append(cells, visible(r))
	}
	if utf8.ValidString(e.Text) {
		for _, r := range e.Text {
			add(r)
		}
	} else {
		for i := range len(e.Text) { // ISO-8859-1, as Java reads it
			add(rune(e.Text[i]))
		}
	}
	if start < 0 {
		start = len(cells)
	}
	if end < 0 {
		end = len(cells)
	}
	return cells, start, max(start, end)
}

// visible replaces what would move the cursor, colour or reorder text on a terminal.
func visible(r rune) rune {
	const pictures = 0x2400 // the symbols for C0 controls
	switch {
	case r < ' ':
		return pictures + r
	case r == 0x7F:
		return pictures + 0x21
	case r == ' ' || unicode.IsPrint(r) || r == 0xA0:
		return r
	}
	return unicode.ReplacementChar
}

// plain reports that s is printable ASCII, as nearly everything is.
func plain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// Printable returns s with control characters made visible, so that a value from a file cannot steer a terminal or forge
// a line of output.
func Printable(s string) string {
	if plain(s) {
		return s
	}
	clean := true
	for _, r := range s {
		if visible(r) != r {
			clean = false
			break
		}
	}
	if clean && utf8.ValidString(s) {
		return s
	}
	return strings.Map(visible, s)
}
