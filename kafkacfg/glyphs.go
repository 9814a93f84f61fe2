package kafkacfg

import (
	"unicode/utf8"

	"github.com/kcfg/kcfg/properties"
)

// glyphs are the kinds of bytes that an entry has, of which one look at its text tells what many lints need not look for.
type glyphs uint8

const (
	commentGlyph   glyphs = 1 << iota // what begins a comment
	quoteGlyph                        //
	backslashGlyph                    //
	foreignGlyph                      // beyond ASCII
	markGlyph                         // one of these is in whatever a template or a shell should have replaced
)

var glyphOf = [utf8.RuneSelf]glyphs{
	'#': commentGlyph, '!': commentGlyph, '"': quoteGlyph, '\'': quoteGlyph, '\\': backslashGlyph,
	'{': markGlyph, '%': markGlyph, '$': markGlyph, '_': markGlyph, '@': markGlyph,
}

func glyphsIn(s string) (g glyphs) {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			g |= foreignGlyph
			continue
		}
		g |= glyphOf[s[i]]
	}
	return g
}

// glyphsOf tells what is in the key of an entry and in its value, as written or as read.
func glyphsOf(e properties.Entry) glyphs {
	g := glyphsIn(e.RawValue())
	if g&(backslashGlyph|foreignGlyph) != 0 {
		g |= glyphsIn(e.Value)
	}
	return g | glyphsIn(e.Key)
}
