package properties

import (
	"strings"

	"github.com/magiconair/properties"
)

// Magiconair returns the effective entries, in file order, for programs that work with github.com/magiconair/properties and
// its Decode. It does not expand ${...}, as Java does not. Half surrogate pairs become U+FFFD.
func (f *File) Magiconair() *properties.Properties {
	p := properties.NewProperties()
	p.DisableExpansion = true
	for e := range f.Effective() {
		// Without expansion Set cannot fail.
		_, _, _ = p.Set(strings.ToValidUTF8(e.Key, "\uFFFD"), strings.ToValidUTF8(e.Value, "\uFFFD"))
	}
	return p
}

// FromMagiconair returns a file with the entries of p, unexpanded, in their order, with their comments. Positions are those in the
// new file.
func FromMagiconair(name string, p *properties.Properties) *File {
	var b []byte
	raw := p.Map() // Get would expand
	for _, key := range p.Keys() {
		for _, c := range p.GetComments(key) {
			for _, line := range strings.FieldsFunc(c, func(r rune) bool { return r == '\r' || r == '\n' }) {
				b = append(append(append(b, "# "...), line...), '\n')
			}
		}
		b = appendValue(append(appendKey(b, wellFormed(key)), '='), wellFormed(raw[key]), valueStyle{eol: "\n"})
		b = append(b, '\n')
	}
	return &File{name, mustParse(name, string(b), true)}
}
