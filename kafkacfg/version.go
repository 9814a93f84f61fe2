package kafkacfg

import (
	"strings"
	"sync"
)

// ibpVersions are the names that inter.broker.protocol.version and log.message.format.version take, oldest first: up
// to 0.9.0 the release itself, then every protocol version. The releases from 3.9 on, which know versions that were
// never released under them, are what makes the span of three of them begin early.
var ibpVersions = []struct {
	names string
	since Release
}{
	{"0.8.0 0.8.1 0.8.2 0.9.0 0.10.0-IV0 0.10.0-IV1 0.10.1-IV0 0.10.1-IV1 0.10.1-IV2 0.10.2-IV0 0.11.0-IV0 0.11.0-IV1 0.11.0-IV2 " +
		"1.0-IV0 1.1-IV0 2.0-IV0 2.0-IV1 2.1-IV0 2.1-IV1 2.1-IV2 2.2-IV0 2.2-IV1 2.3-IV0 2.3-IV1 2.4-IV0 2.4-IV1 2.5-IV0", "2.5.0"},
	{"2.6-IV0", "2.6.0"},
	{"2.7-IV0 2.7-IV1 2.7-IV2", "2.7.0"},
	{"2.8-IV0 2.8-IV1", "2.8.0"},
	{"3.0-IV0 3.0-IV1", "3.0.0"},
	{"3.1-IV0", "3.1.0"},
	{"3.2-IV0", "3.2.0"},
	{"3.3-IV0 3.3-IV1 3.3-IV2 3.3-IV3", "3.3.0"},
	{"3.4-IV0", "3.4.0"},
	{"3.5-IV0 3.5-IV1 3.5-IV2", "3.5.0"},
	{"3.6-IV0 3.6-IV1 3.6-IV2", "3.6.0"},
	{"3.7-IV0 3.7-IV1 3.7-IV2 3.7-IV3 3.7-IV4 3.8-IV0", "3.7.0"},
	{"3.9-IV0", "3.8.0"},
	{"4.0-IV0 4.0-IV1", "3.9.0"},
}

// ibp is a protocol version: its place in the order of all of them.
type ibp int

type ibpName struct {
	name   string
	minor  string // "2.4" for 2.4-IV1
	number int    // of the first release that knows it
}

var ibpNames = sync.OnceValue(func() []ibpName {
	var all []ibpName
	for _, span := range ibpVersions {
		for name := range strings.FieldsSeq(span.names) {
			minor, _, _ := strings.Cut(name, "-")
			all = append(all, ibpName{name, minor, number(span.since)})
		}
	}
	return all
})

// Protocol versions that some rule asks for, by their place; a test compares them with the names.
const (
	ibp0_10IV0 ibp = 4  // 0.10.0-IV0
	ibp0_10IV1 ibp = 5  // 0.10.0-IV1
	ibp0_11IV0 ibp = 10 // 0.11.0-IV0
	ibp3_0IV1  ibp = 34 // 3.0-IV1
	ibp3_4IV0  ibp = 41 // 3.4-IV0
	ibp3_7IV2  ibp = 50 // 3.7-IV2
)

func (v ibp) String() string { return ibpNames()[v].name }

// recordVersion is the newest record format of a protocol version: 0, 1 or 2.
func (v ibp) recordVersion() int {
	switch {
	case v < ibp0_10IV0:
		return 0
	case v < ibp0_11IV0:
		return 1
	}
	return 2
}

// parseIBP reads a version as ApiVersion and MetadataVersion of a release do: of the dotted parts the first two count,
// or three where the version begins with "0.". The short name of a release stands for its newest protocol version.
func parseIBP(r Release, s string) (ibp, bool) {
	parts := javaSplit(strings.Split(s, "."))
	n := 2
	if strings.HasPrefix(s, "0.") {
		n = 3
	}
	key := s
	if len(parts) > n {
		key = strings.Join(parts[:n], ".")
	} else if number(r) < number("3.3.0") { // from 3.3 a dot at the end is no longer cut off
		key = strings.Join(parts, ".")
	}
	found := ibp(-1)
	for i, v := range ibpNames() {
		if number(r) < v.number {
			break
		}
		if v.name == key || v.minor == key && released(r, v.minor) {
			found = ibp(i)
		}
	}
	return found, found >= 0
}

// released reports whether the protocol versions of minor were final in r: 3.7 knows 3.8-IV0, but not 3.8.
func released(r Release, minor string) bool { return number(r) >= number(Release(minor)) }

// newestIBP is the newest version that a release takes by a short name, for messages.
func newestIBP(r Release) string {
	newest := ""
	for _, v := range ibpNames() {
		if number(r) >= v.number && released(r, v.minor) {
			newest = v.minor
		}
	}
	return newest
}
