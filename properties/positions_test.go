package properties

import (
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/finding"
)

// placeOf counts line and column of an offset as the description of finding.Position says, from the text alone.
func placeOf(text string, offset int) (line, column int) {
	line, start := 1, 0
	for i := 0; i < offset; i++ {
		if text[i] == '\n' || text[i] == '\r' && !strings.HasPrefix(text[i+1:], "\n") {
			line, start = line+1, i+1
		}
	}
	whole := untilEOL(text[start:])
	if utf8.ValidString(whole) {
		return line, 1 + utf8.RuneCountInString(text[start:offset])
	}
	return line, 1 + offset - start
}

// requireTruePlaces demands that every key and value stands where its position says, and reads there as it is said to.
func requireTruePlaces(t *testing.T, f *File) {
	t.Helper()
	text := string(f.Bytes())
	for e := range f.All() {
		for _, pos := range []finding.Position{e.KeyPos(), e.ValuePos()} {
			line, column := placeOf(text, pos.Offset)
			require.Equal(t, [2]int{line, column}, [2]int{pos.Line, pos.Column}, "%q at %d", text, pos.Offset)
		}
		if e.malformed() {
			continue
		}
		r := e.rec()
		require.Equal(t, int(r.valStart), e.ValuePos().Offset, "%q", text)
		require.Equal(t, []pair{{e.Key, e.Value}}, pairs(parsed(t, text[r.start:r.end])), "%q: the entry's own lines", text)
		if r.hasAssign {
			key := text[r.keyStart:r.keyEnd]
			require.Equal(t, []pair{{e.Key, ""}}, pairs(parsed(t, key+"=")), "%q: the key %q", text, key)
			require.Equal(t, []pair{{"k", e.Value}}, pairs(parsed(t, "k="+text[r.valStart:r.valEnd])), "%q: the value", text)
		}
	}
}

func TestPlacesAreWhereTheBytesAre(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 4000 {
		f := parsed(t, generated(r))
		requireTruePlaces(t, f)
		for range 2 {
			key, value := generated(r), generated(r)
			if all := pairs(f); len(all) > 0 && r.IntN(4) > 0 {
				key = all[r.IntN(len(all))].k
			}
			edited(t, f, r.IntN(4), key, value)
			requireTruePlaces(t, f)
		}
	}
}
