package zkcfg

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/kcfg/kcfg/internal/rule"
)

// Release is a published release of Apache ZooKeeper with all its components, such as "3.5.7". The zero value stands for
// the newest one.
type Release string

// ErrUnknownRelease is what ParseRelease and everything that takes a Release return for a release that the catalogue lacks.
var ErrUnknownRelease = errors.New("unknown ZooKeeper release")

// releases is the one list: what the catalogue holds, oldest first.
var releases = sync.OnceValue(func() []Release {
	var all []Release
	for _, r := range history().Releases() {
		all = append(all, Release(r))
	}
	slices.SortFunc(all, Release.Compare)
	return all
})

// Releases returns every known release, oldest first.
func Releases() []Release { return slices.Clone(releases()) }

// Newest returns the newest known release.
func Newest() Release { return releases()[len(releases())-1] }

// ParseRelease reads a release, also one without its last components: "3.5" is the newest 3.5.x. The error is
// ErrUnknownRelease where no release fits.
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

// bundles says which ZooKeeper the releases of Kafka carry.
var bundles = []struct {
	kafka     rule.Spans
	zookeeper Release
}{
	{"2.3", "3.4.14"},
	{"2.4.0", "3.5.6"},
	{"2.4.1 2.5.0", "3.5.7"},
	{"2.5.1..2.6.1 2.7.0", "3.5.8"},
	{"2.6.2 2.6.3 2.7.1..2.8", "3.5.9"},
	{"3.0..3.4.0", "3.6.3"},
	{"3.4.1..3.5", "3.6.4"},
	{"3.6.0", "3.8.2"},
	{"3.6.1", "3.8.3"},
	{"3.6.2", "3.8.4"},
	{"3.7.0", "3.8.3"},
	{"3.7.1..3.9", "3.8.4"},
}

// BundledWith returns the ZooKeeper that a release of Kafka, such as "2.5.0", carries. From 4.0 on there is none; what came
// before 2.3 is not known.
func BundledWith(kafka string) (Release, bool) {
	for _, b := range bundles {
		if b.kafka.Contain(kafka) {
			return b.zookeeper, true
		}
	}
	return "", false
}

// dialect is how the releases of one family read a file.
type dialect struct {
	in rule.Spans
	// verifier: servers, groups and myid are read whether or not there is an ensemble, values untrimmed; there are dynamic
	// files, a server may have no client port, and an ensemble may be one server.
	verifier bool
	// pipes: a server may have several addresses, brackets and roles are read loosely.
	pipes bool
	// strict: booleans are true or false.
	strict bool
	// oracle: groups are not read where oraclePath is set.
	oracle bool
	// portZero: 0 is a port.
	portZero bool
}

var dialects = []dialect{
	{in: "3.4"},
	{in: "3.5", verifier: true},
	{in: "3.6", verifier: true, pipes: true},
	{in: "3.7", verifier: true, pipes: true, strict: true},
	{in: "3.8", verifier: true, pipes: true, strict: true, oracle: true},
	{in: "3.9..", verifier: true, pipes: true, strict: true, oracle: true, portZero: true},
}

func (r Release) dialect() *dialect {
	for i := range dialects {
		if dialects[i].in.Contain(string(r)) {
			return &dialects[i]
		}
	}
	panic(fmt.Sprintf("no dialect for ZooKeeper %s", r))
}
