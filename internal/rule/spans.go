package rule

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// Spans names releases: blank-separated spans "FROM..TO", both ends inclusive and either one optional, or single
// releases; "3.8.0..3.9.0 4.0.." is an example. An end with fewer components than the release covers all its patches:
// "..3.9" contains 3.9.2. The empty Spans contain every release.
type Spans string

// Contain reports whether release, such as "3.9.1", lies within one of the spans.
func (s Spans) Contain(release string) bool {
	if s == "" {
		return true
	}
	for span := range strings.FieldsSeq(string(s)) {
		from, to, isRange := strings.Cut(span, "..")
		if !isRange {
			to = from
		}
		if (from == "" || compareHead(release, from) >= 0) && (to == "" || compareHead(release, to) <= 0) {
			return true
		}
	}
	return false
}

// compareHead compares only as many components as bound has.
func compareHead(release, bound string) int {
	end := 0
	for range strings.Count(bound, ".") + 1 {
		dot := strings.IndexByte(release[end:], '.')
		if dot < 0 {
			return CompareReleases(release, bound)
		}
		end += dot + 1
	}
	return CompareReleases(release[:end-1], bound)
}

// CompareReleases orders dotted release numbers numerically: 3.9.2 < 3.10.0. A missing component counts as 0; a
// component that is not a number is compared as text after all numbers. It allocates nothing: rules call it for every file.
func CompareReleases(a, b string) int {
	for a != "" || b != "" {
		var x, y string
		x, a, _ = strings.Cut(a, ".")
		y, b, _ = strings.Cut(b, ".")
		xn, xok := number(x)
		yn, yok := number(y)
		switch {
		case xok && yok:
			if c := cmp.Compare(xn, yn); c != 0 {
				return c
			}
		case xok:
			return -1
		case yok:
			return 1
		default:
			if c := cmp.Compare(x, y); c != 0 {
				return c
			}
		}
	}
	return 0
}

// number reads a component; an absent one is 0.
func number(s string) (n int, ok bool) {
	if s == "" {
		return 0, true
	}
	n, err := strconv.Atoi(s)
	return n, err == nil
}

// SortReleases sorts releases from oldest to newest, in place.
func SortReleases(releases []string) { slices.SortFunc(releases, CompareReleases) }
