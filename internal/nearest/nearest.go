// Package nearest finds what was probably meant by a name that is none.
package nearest

import (
	"slices"
	"strings"
	"unicode"

	"github.com/agext/levenshtein"
)

// Of returns the one of candidates that takes the fewest edits of single letters to become from name, if no more than most;
// else one that has the words of name in another order, as tickTime has those of timeTick; else "". Case is no edit, and a
// candidate that is the name itself is not meant by it. Of several that are as near it is the one that begins most like name,
// then the first.
func Of(name string, candidates []string, most int) string {
	lower := strings.ToLower(name)
	letters := []rune(lower)
	best := ""
	for _, candidate := range candidates {
		if d := len(candidate) - len(name); d > most || -d > most || candidate == name {
			continue
		}
		other := strings.ToLower(candidate)
		d, ok := within(letters, []rune(other), most)
		if ok && (d < most || best == "" || common(lower, other) > common(lower, strings.ToLower(best))) {
			best, most = candidate, d
		}
	}
	if best != "" {
		return best
	}
	mixed := mixedWords(name)
	i := slices.IndexFunc(candidates, func(candidate string) bool {
		return len(candidate) == len(name) && candidate != name && slices.Equal(mixedWords(candidate), mixed)
	})
	if i < 0 {
		return ""
	}
	return candidates[i]
}

// Key returns the one of the candidates that was probably meant by a configuration key, or one of its values: one edit away in a
// short word, three in log.retention.hours. It is "" where none is near.
func Key(name string, candidates []string) string { return Of(name, candidates, 1+len(name)/8) }

// Name returns the one of the candidates that was probably meant by what a person typed on purpose, such as a release or a kind:
// they are few, so that it may be farther away than a key. It is "" where none is near.
func Name(name string, candidates []string) string { return Of(name, candidates, max(2, len(name)/4)) }

// mixedWords returns the words of a name, without regard to their order: what stands between dots and the like, or begins with
// a capital letter.
func mixedWords(name string) []string {
	var words []string
	start := 0
	for i, r := range name + "." {
		if !unicode.IsUpper(r) && !strings.ContainsRune(".-_", r) {
			continue
		}
		if word := strings.Trim(name[start:i], ".-_"); word != "" {
			words = append(words, strings.ToLower(word))
		}
		start = i
	}
	slices.Sort(words)
	return words
}

// within returns the edits between two words, if there are no more than most.
func within(a, b []rune, most int) (int, bool) {
	// A bound makes it fast for all but a few, and sometimes too small.
	if d, _, _ := levenshtein.Calculate(a, b, most, 1, 1, 1); d > most {
		return d, false
	}
	d, _, _ := levenshtein.Calculate(a, b, 0, 1, 1, 1)
	return d, d <= most
}

// common returns the length of the beginning that two words share.
func common(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}
