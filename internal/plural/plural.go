// Package plural counts things in words.
package plural

import (
	"strconv"
	"strings"
)

// Of returns "1 entry" or "2 entries": a number with an English noun, given in the singular.
func Of(n int, noun string) string {
	switch stem, y := strings.CutSuffix(noun, "y"); {
	case n == 1:
	case y && !strings.HasSuffix(stem, "a") && !strings.HasSuffix(stem, "e"): // days, keys
		noun = stem + "ies"
	default:
		noun += "s"
	}
	return strconv.Itoa(n) + " " + noun
}
