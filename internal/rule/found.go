package rule

import (
	"fmt"
	"slices"

	"github.com/kcfg/kcfg/finding"
)

// mostAlike bounds the findings of one rule about one key, such as those about each element of its list: nobody reads more, and a
// hostile file has a million.
const mostAlike = 1000

// Found collects what rules report.
type Found struct {
	all   []*finding.Finding
	alike int // findings in a row of one rule about one key, those that are not taken among them
}

// Takes reports whether there is room for one more finding of a rule about a key.
func (f *Found) Takes(id, key string) bool {
	if n := len(f.all); n > 0 && (f.all[n-1].ID != id || f.all[n-1].Key != key) {
		f.endRow()
	}
	f.alike++
	return f.alike <= mostAlike
}

// Add adds a finding.
func (f *Found) Add(x *finding.Finding) { f.all = append(f.all, x) }

// Len returns how many there are.
func (f *Found) Len() int { return len(f.all) }

// Truncate drops all but the first n.
func (f *Found) Truncate(n int) { f.all, f.alike = f.all[:n], 0 }

// AppendTo appends the findings to others.
func (f *Found) AppendTo(out []finding.Finding) []finding.Finding {
	f.endRow()
	out = slices.Grow(out, len(f.all))
	for _, x := range f.all {
		out = append(out, *x)
	}
	return out
}

// endRow says what was left out.
func (f *Found) endRow() {
	if left := f.alike - mostAlike; left > 0 {
		f.all[len(f.all)-1].Message += fmt.Sprintf(" (%d more like this are not listed)", left)
	}
	f.alike = 0
}
