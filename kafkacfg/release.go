package kafkacfg

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/kcfg/kcfg/internal/rule"
)

// Release is a published release of Apache Kafka with all its components, such as "3.9.1". Patch releases differ in what
// they accept, so there is no shorter form; see ParseRelease.
type Release string

// ErrUnknownRelease is what ParseRelease and everything that takes a Release return for a release that the catalogue lacks.
var ErrUnknownRelease = errors.New("unknown Kafka release")

// releases is the one list: what the broker's catalogue holds, oldest first.
var releases = sync.OnceValue(func() []Release {
	var all []Release
	for _, r := range history(Broker).Releases() {
		all = append(all, Release(r))
	}
	slices.SortFunc(all, Release.Compare)
	return all
})

// Releases returns every known release, oldest first.
func Releases() []Release { return slices.Clone(releases()) }

// Newest returns the newest known release.
func Newest() Release { return releases()[len(releases())-1] }

// ParseRelease reads a release, also one without its last components: "3.9" is the newest 3.9.x, "4" the newest 4.x. The
// error is ErrUnknownRelease where no release fits.
func ParseRelease(s string) (Release, error) {
	if s != "" {
		for _, r := range slices.Backward(releases()) {
			if string(r) == s || strings.HasPrefix(string(r), s+".") {
				return r, nil
			}
		}
	}
	return "", fmt.Errorf("%w %q", ErrUnknownRelease, s)
}

// Known reports whether the catalogue has the release.
func (r Release) Known() bool { return slices.Contains(releases(), r) }

// Compare orders releases by their numbers: it is negative where r is older than other.
func (r Release) Compare(other Release) int { return rule.CompareReleases(string(r), string(other)) }

// Line returns the minor line of the release: "3.9" for "3.9.1".
func (r Release) Line() string {
	parts := strings.SplitN(string(r), ".", 3)
	return strings.Join(parts[:min(2, len(parts))], ".")
}

// since reports whether the release is r or newer. Rules leave this to their rows; it serves the few functions that say
// how a release reads a value.
func (c *Config) since(r Release) bool { return c.schema.number >= number(r) }

// number orders releases as Compare does, without looking at each part as text. A release has at most two digits a part.
func number(r Release) int {
	n, part, parts := 0, 0, 0
	for i := range len(r) {
		if r[i] == '.' {
			n, part, parts = n*100+part, 0, parts+1
			continue
		}
		part = part*10 + int(r[i]-'0')
	}
	n = n*100 + part
	for ; parts < 2; parts++ {
		n *= 100
	}
	return n
}
