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
	head := release
	if n := strings.Count(bound, ".") + 1; strings.Count(release, ".")+1 > n {
		head = strings.Join(strings.SplitN(release, ".", n+1)[:n], ".")
	}
	return CompareReleases(head, bound)
}

// CompareReleases orders dotted release numbers numerically: 3.9.2 < 3.10.0. A missing component counts as 0; a
// component that is not a number is compared as text after all numbers.
func CompareReleases(a, b string) int {
	as, bs := strings.Split(a, "."), strings.Split(b, ".")
	for i := range max(len(as), len(bs)) {
		x, y := component(as, i), component(bs, i)
		xn, xerr := strconv.Atoi(x)
		yn, yerr := strconv.Atoi(y)
		switch {
		case xerr == nil && yerr == nil:
			if c := cmp.Compare(xn, yn); c != 0 {
				return c
			}
		case xerr == nil:
			return -1
		case yerr == nil:
			return 1
		default:
			if c := cmp.Compare(x, y); c != 0 {
				return c
			}
		}
	}
	return 0
}

func component(parts []string, i int) string {
	if i < len(parts) {
		return parts[i]
	}
	return "0"
}

// SortReleases sorts releases from oldest to newest, in place.
func SortReleases(releases []string) { slices.SortFunc(releases, CompareReleases) }
