// Package magiconair exchanges files with programs that use github.com/magiconair/properties. It is a package of its own
// because that module brings an HTTP client along.
package magiconair

import (
	"strings"

	magiconair "github.com/magiconair/properties"

	"github.com/kcfg/kcfg/properties"
)

// To returns the effective entries of f, in file order, for instance for Decode. ${...} is not expanded, as Java does not
// expand it. Half surrogate pairs become U+FFFD.
func To(f *properties.File) *magiconair.Properties {
	p := magiconair.NewProperties()
	p.DisableExpansion = true
	for e := range f.Effective() {
		// Without expansion Set cannot fail.
		_, _, _ = p.Set(strings.ToValidUTF8(e.Key, "\uFFFD"), strings.ToValidUTF8(e.Value, "\uFFFD"))
	}
	return p
}

// From returns a file with the entries of p, unexpanded, in their order, with their comments. Positions are those in the
// new file, which is called name. The error is about the limits of properties.Parse.
func From(name string, p *magiconair.Properties) (*properties.File, error) {
	var b strings.Builder
	raw := p.Map() // Get would expand
	for _, key := range p.Keys() {
		for _, c := range p.GetComments(key) {
			for _, line := range strings.FieldsFunc(c, func(r rune) bool { return r == '\r' || r == '\n' }) {
				b.WriteString("# " + line + "\n")
			}
		}
		b.WriteString(properties.EscapeKey(key) + "=" + properties.Escape(raw[key]) + "\n")
	}
	return properties.Parse(name, []byte(b.String()))
}
