package kafkacfg

import (
	"bytes"

	"github.com/kcfg/kcfg/internal/catalog"
)

// storedDecoder reads records of the catalogue's files. Its texts and validators are shared between keys: hundreds of records
// use a few dozen of each.
//
// The files are our own, and plain: encoding/json would take a sixth of the time in which a program starts, reads one file
// and says what is wrong with it. What is not plain goes to encoding/json all the same.
type storedDecoder struct {
	texts      map[string]string
	validators map[string]*Validator // by their JSON
}

func newStoredDecoder() *storedDecoder {
	return &storedDecoder{texts: map[string]string{}, validators: map[string]*Validator{}}
}

func (d *storedDecoder) decode(rec catalog.Record, k Kind) (*ConfigKey, error) {
	key := &ConfigKey{Name: rec.Name, Kind: k}
	if d.plain(rec.JSON, key) {
		return key, nil
	}
	key = &ConfigKey{Name: rec.Name, Kind: k}
	return key, rec.Decode((*StoredKey)(key))
}

// plain reads a record that holds nothing but what the catalogue's files usually do.
func (d *storedDecoder) plain(record []byte, key *ConfigKey) bool {
	p := plainJSON{rest: record}
	for name := p.first('{'); name != nil; name = p.next('}') {
		switch string(name) {
		case "add", "change":
			p.text()
		case "type":
			key.Type = Type(d.text(p.text()))
		case "default":
			key.Default = d.text(p.text())
		case "has_default":
			key.HasDefault = p.yes()
		case "required":
			key.Required = p.yes()
		case "valid":
			key.Valid = d.validator(&p)
		case "importance":
			key.Importance = d.text(p.text())
		case "update_mode":
			key.UpdateMode = UpdateMode(d.text(p.text()))
		case "deprecated":
			key.Deprecated = p.yes()
		case "internal":
			key.Internal = p.yes()
		case "synonyms":
			key.Synonyms = d.list(&p)
		default:
			return false
		}
	}
	return !p.odd && len(p.rest) == 0
}

func (d *storedDecoder) text(b []byte) string {
	s, ok := d.texts[string(b)]
	if !ok {
		s = string(b)
		d.texts[s] = s
	}
	return s
}

func (d *storedDecoder) list(p *plainJSON) []string {
	list := []string{}
	for ok := p.element('['); ok; ok = p.element(',') {
		list = append(list, d.text(p.text()))
	}
	return list
}

func (d *storedDecoder) validator(p *plainJSON) *Validator {
	before := p.rest
	end := p.object()
	if known := d.validators[string(before[:end])]; known != nil {
		p.rest = before[end:]
		return known
	}
	v := &Validator{}
	for name := p.first('{'); name != nil; name = p.next('}') {
		switch string(name) {
		case "check":
			v.Check = Check(d.text(p.text()))
		case "min":
			v.Min = d.text(p.text())
		case "max":
			v.Max = d.text(p.text())
		case "values":
			v.Values = d.list(p)
		case "empty":
			v.Empty = p.yes()
		case "null":
			v.Null = p.yes()
		case "all":
			for ok := p.element('['); ok; ok = p.element(',') {
				v.All = append(v.All, *d.validator(p))
			}
		default:
			p.odd = true
		}
	}
	d.validators[string(before[:end])] = v
	return v
}

// plainJSON reads JSON that has no spaces, no escapes and no numbers.
type plainJSON struct {
	rest []byte
	odd  bool // it is something else
}

// skip passes over a byte that has to come next.
func (p *plainJSON) skip(c byte) {
	if len(p.rest) == 0 || p.rest[0] != c {
		p.odd, p.rest = true, nil
		return
	}
	p.rest = p.rest[1:]
}

func (p *plainJSON) text() []byte {
	p.skip('"')
	text, rest, ok := bytes.Cut(p.rest, []byte{'"'})
	if !ok || bytes.IndexByte(text, '\\') >= 0 {
		p.odd, p.rest = true, nil
		return nil
	}
	p.rest = rest
	return text
}

// yes reads true, the only value that the files give to what is true or false.
func (p *plainJSON) yes() bool {
	rest, ok := bytes.CutPrefix(p.rest, []byte("true"))
	p.rest, p.odd = rest, p.odd || !ok
	return ok
}

// first passes over the start of an object and its first name, next over what stands between a value and the next name. They
// return nil at the end.
func (p *plainJSON) first(open byte) []byte {
	p.skip(open)
	return p.name()
}

func (p *plainJSON) next(end byte) []byte {
	if len(p.rest) > 0 && p.rest[0] == end {
		p.rest = p.rest[1:]
		return nil
	}
	p.skip(',')
	return p.name()
}

func (p *plainJSON) name() []byte {
	name := p.text()
	p.skip(':')
	if p.odd {
		return nil
	}
	return name
}

// element passes over the start of a list, or over what stands between two elements, and reports whether one follows.
func (p *plainJSON) element(before byte) bool {
	if before == ',' && len(p.rest) > 0 && p.rest[0] == ']' {
		p.rest = p.rest[1:]
		return false
	}
	p.skip(before)
	return !p.odd
}

// object returns the length of the object that comes next.
func (p *plainJSON) object() int {
	depth, quoted := 0, false
	for i, c := range p.rest {
		switch {
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{':
			depth++
		case c == '}':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	p.odd = true
	return 0
}
