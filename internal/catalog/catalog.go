// Package catalog keeps what every release of a server defines, as deltas, in a form that is small to embed, easy to
// review and quick to open for one release.
//
// A file is a JSON array with one record a line. A record names a release and the release it differs from, or says what
// that release adds, changes or removes:
//
//	[
//	{"release":"4.2.1"},
//	{"add":"log.dirs","type":"LIST"},
//	{"add":"log.roll.hours","type":"INT","default":"168"},
//	{"release":"4.2.2","base":"4.2.1"},
//	{"change":"log.roll.hours","type":"INT","default":"24"},
//	{"remove":"log.dirs"},
//	{"release":"4.3.0","base":"4.2.1"}
//	]
//
// History is a tree, not a line: a patch release may have what a later minor release lacks. The first release has no
// base. The file is our own data: a contradiction in it, such as a key added twice, is a bug of ours and panics.
package catalog

import (
	"bytes"
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
)

// History is one catalogue file. Its methods may be called concurrently.
type History struct {
	releases []string
	deltas   map[string]delta
}

type delta struct {
	base string
	text []byte // the lines of this release, without its head
}

// lines yields the records of the delta, each without the comma that separates it from the next.
func (d delta) lines() iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for line := range bytes.Lines(d.text) {
			if !yield(bytes.TrimSuffix(bytes.TrimSuffix(line, []byte("\n")), []byte(","))) {
				return
			}
		}
	}
}

// Record is one definition: a name and the JSON object that says the rest.
type Record struct {
	Name string
	JSON []byte // the line of the file; besides the definition it has a member "add" or "change" with the name
	body int    // where the members behind the name start
}

// Body returns the members of the definition as text, without the name: two records with equal bodies say the same.
func (r Record) Body() string { return string(r.JSON[r.body:]) }

// Decode stores the definition in v as encoding/json does.
func (r Record) Decode(v any) error {
	if err := json.Unmarshal(r.JSON, v); err != nil {
		return fmt.Errorf("catalogue record %s: %w", r.Name, err)
	}
	return nil
}

// NewRecord returns the record that defines name as v, whose JSON has to be an object without members "add" and "change".
func NewRecord(name string, v any) (Record, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return Record{}, fmt.Errorf("catalogue record %s: %w", name, err)
	}
	if len(b) < 2 || b[0] != '{' || name == "" || strings.ContainsAny(name, "\"\\\n") {
		return Record{}, fmt.Errorf("catalogue record %q: not a plain name and a JSON object", name)
	}
	return newRecord(verbAdd, name, b[1:]), nil
}

const (
	verbAdd     = "add"
	verbChange  = "change"
	verbRemove  = "remove"
	headRelease = "release"
)

// newRecord makes a line of a verb, a name and a body: the members without the opening brace.
func newRecord(verb, name string, body []byte) Record {
	head := `{"` + verb + `":"` + name + `"`
	if !bytes.HasPrefix(body, []byte("}")) && !bytes.HasPrefix(body, []byte(",")) {
		head += ","
	}
	r := Record{Name: name, JSON: append([]byte(head), body...)}
	r.body = len(`{"` + verb + `":"` + name + `"`)
	return r
}

// Open reads the heads of the releases in a catalogue file; definitions are only looked at by Fold. It panics where the
// file contradicts itself.
func Open(data []byte) *History {
	h := &History{deltas: map[string]delta{}}
	rest, ok := bytes.CutPrefix(data, []byte("[\n"))
	if !ok {
		panic("catalogue: the file does not start with [")
	}
	const head = `{"` + headRelease + `":`
	for len(rest) > 0 && rest[0] != ']' {
		line, after, _ := bytes.Cut(rest, []byte("\n"))
		release, base := parseHead(line)
		if _, twice := h.deltas[release]; twice {
			panic("catalogue: release " + release + " occurs twice")
		}
		if _, known := h.deltas[base]; !known && (base != "" || len(h.releases) > 0) {
			panic("catalogue: release " + release + " has no earlier base " + base)
		}
		end := bytes.Index(after, []byte("\n"+head))
		switch {
		case bytes.HasPrefix(after, []byte(head)):
			end = 0
		case end >= 0:
			end++
		default:
			end = bytes.LastIndexByte(after, ']')
		}
		if end < 0 {
			panic("catalogue: the file does not end with ]")
		}
		h.deltas[release] = delta{base, after[:end]}
		h.releases = append(h.releases, release)
		rest = after[end:]
	}
	return h
}

// parseHead reads {"release":"R"} or {"release":"R","base":"B"}, each maybe with a comma behind it.
func parseHead(line []byte) (release, base string) {
	inner, ok := strings.CutPrefix(strings.TrimSuffix(string(line), ","), `{"`+headRelease+`":"`)
	inner, ok2 := strings.CutSuffix(inner, `"}`)
	release, base, _ = strings.Cut(inner, `","base":"`)
	if !ok || !ok2 || release == "" || strings.ContainsAny(release+base, `"\`) {
		panic(fmt.Sprintf("catalogue: %s where a release should start", line))
	}
	return release, base
}

// Releases returns the releases in the order of the file, which is from oldest to newest.
func (h *History) Releases() []string { return slices.Clone(h.releases) }

// Has reports whether the file knows the release.
func (h *History) Has(release string) bool {
	_, ok := h.deltas[release]
	return ok
}

// Base returns the release against which this one is written down, or "" for the first.
func (h *History) Base(release string) string { return h.deltas[release].base }

// Fold returns what a release defines, sorted by name. It panics on a contradiction: something added that is there,
// changed or removed that is not, or a change that changes nothing.
func (h *History) Fold(release string) []Record {
	defs := h.fold(release)
	records := make([]Record, 0, len(defs))
	for _, r := range defs {
		records = append(records, r)
	}
	slices.SortFunc(records, func(a, b Record) int { return strings.Compare(a.Name, b.Name) })
	return records
}

func (h *History) fold(release string) map[string]Record {
	var chain []string
	for r := release; r != ""; r = h.deltas[r].base {
		chain = append(chain, r)
	}
	defs := make(map[string]Record, 512)
	for _, r := range slices.Backward(chain) {
		d, ok := h.deltas[r]
		if !ok {
			panic("catalogue: no release " + r)
		}
		for line := range d.lines() {
			if verb, rec := parseLine(line); !apply(defs, verb, rec) {
				panic(fmt.Sprintf("catalogue: %s contradicts what is before it: %s", r, line))
			}
		}
	}
	return defs
}

// Names returns every name that some release defines, sorted.
func (h *History) Names() []string {
	names := map[string]bool{}
	for _, r := range h.releases {
		for line := range h.deltas[r].lines() {
			if verb, rec := parseLine(line); verb == verbAdd {
				names[rec.Name] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// Last returns for every name the newest release that defines it.
func (h *History) Last() map[string]string {
	last := map[string]string{}
	defined := make(map[string]map[string]bool, len(h.releases))
	for _, r := range h.releases {
		d := h.deltas[r]
		names := map[string]bool{}
		maps.Copy(names, defined[d.base])
		for line := range d.lines() {
			switch verb, rec := parseLine(line); verb {
			case verbAdd:
				names[rec.Name] = true
			case verbRemove:
				delete(names, rec.Name)
			}
		}
		for name := range names {
			last[name] = r
		}
		defined[r] = names
	}
	return last
}

// Mentions reports whether a name may be one that some release defines. It is quick, and wrong about what is only a value.
func (h *History) Mentions(name string) bool {
	member := []byte(`":"` + name + `"`)
	for _, d := range h.deltas {
		if bytes.Contains(d.text, member) {
			return true
		}
	}
	return false
}

// Traced is what one release defines under a name; Defined is false where it does not.
type Traced struct {
	Release string
	Record
	Defined bool
}

// Trace follows one name through all releases, in their order.
func (h *History) Trace(name string) []Traced {
	at := make(map[string]Traced, len(h.releases))
	all := make([]Traced, len(h.releases))
	for i, r := range h.releases {
		d := h.deltas[r]
		t := at[d.base]
		t.Release = r
		if bytes.Contains(d.text, []byte(`":"`+name+`"`)) {
			for line := range d.lines() {
				if verb, rec := parseLine(line); rec.Name == name {
					t.Record, t.Defined = rec, verb != verbRemove
				}
			}
		}
		at[r], all[i] = t, t
	}
	return all
}

func apply(defs map[string]Record, verb string, r Record) bool {
	old, there := defs[r.Name]
	switch verb {
	case verbAdd:
		if there {
			return false
		}
		defs[r.Name] = r
	case verbChange:
		if !there || bytes.Equal(old.JSON[old.body:], r.JSON[r.body:]) {
			return false
		}
		defs[r.Name] = r
	case verbRemove:
		if !there {
			return false
		}
		delete(defs, r.Name)
	default:
		return false
	}
	return true
}

// parseLine cuts {"verb":"name"... without decoding the rest.
func parseLine(line []byte) (verb string, r Record) {
	rest, ok := bytes.CutPrefix(line, []byte(`{"`))
	v, rest, ok2 := bytes.Cut(rest, []byte(`":"`))
	name, body, ok3 := bytes.Cut(rest, []byte(`"`))
	if !ok || !ok2 || !ok3 || bytes.IndexByte(name, '\\') >= 0 {
		panic(fmt.Sprintf("catalogue: cannot read the line %s", line))
	}
	return string(v), Record{Name: string(name), JSON: line, body: len(line) - len(body)}
}

// Release is everything that one release defines, for Format.
type Release struct {
	Name    string
	Records []Record
}

// Format writes a catalogue file from the whole definitions of releases, oldest first. The base of each release is the
// earlier one with the fewest differences; of several such it is the newest.
func Format(releases []Release) []byte {
	var lines []string
	sets := make([]map[string]Record, len(releases))
	for i, rel := range releases {
		sets[i] = map[string]Record{}
		for _, r := range rel.Records {
			sets[i][r.Name] = r
		}
		head := `{"` + headRelease + `":"` + rel.Name + `"`
		best := diff(nil, sets[i])
		for j := range i {
			if d := diff(sets[j], sets[i]); j == 0 || len(d) <= len(best) {
				best = d
				head = `{"` + headRelease + `":"` + rel.Name + `","base":"` + releases[j].Name + `"`
			}
		}
		lines = append(append(lines, head+"}"), best...)
	}
	return []byte("[\n" + strings.Join(lines, ",\n") + "\n]\n")
}

// diff returns the lines that turn one set of definitions into another, sorted by name.
func diff(from, to map[string]Record) []string {
	names := map[string]bool{}
	for _, set := range []map[string]Record{from, to} {
		for name := range set {
			names[name] = true
		}
	}
	var lines []string
	for _, name := range slices.Sorted(maps.Keys(names)) {
		old, had := from[name]
		now, has := to[name]
		switch {
		case !has:
			lines = append(lines, string(newRecord(verbRemove, name, []byte("}")).JSON))
		case !had:
			lines = append(lines, string(newRecord(verbAdd, name, now.JSON[now.body:]).JSON))
		case old.Body() != now.Body():
			lines = append(lines, string(newRecord(verbChange, name, now.JSON[now.body:]).JSON))
		}
	}
	return lines
}
