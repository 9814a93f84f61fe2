package tlsstore

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/kcfg/kcfg/internal/plural"
)

// ChangeKind says how an entry differs between two stores.
type ChangeKind string

// The kinds of changes.
const (
	EntryAdded         ChangeKind = "added"
	EntryRemoved       ChangeKind = "removed"
	EntryRenamed       ChangeKind = "renamed"     // the same content under another alias
	EntryKindChanged   ChangeKind = "kind"        // a key in place of a certificate, or the other way
	EntryKeyChanged    ChangeKind = "key"         // another key, with another certificate
	EntryRenewed       ChangeKind = "renewed"     // the same key with a new certificate
	EntryChainChanged  ChangeKind = "chain"       // the same certificate with another chain above it
	EntryCertificate   ChangeKind = "certificate" // another trusted certificate
	EntryLockedChanged ChangeKind = "locked"      // the same chain, and a key of which only one side could be opened, or neither
	EntryDateChanged   ChangeKind = "created"     // the same content with another date
)

// Change is one difference between two stores.
type Change struct {
	Alias  string
	Kind   ChangeKind
	Detail string // in words, without what is secret

	before, after *Entry
	formats       [2]Format
}

// Before describes the entry as it was; nil where it was added.
func (c Change) Before() *EntryInfo { return infoOf(c.before, c.formats[0]) }

// After describes the entry as it is; nil where it was removed.
func (c Change) After() *EntryInfo { return infoOf(c.after, c.formats[1]) }

func infoOf(e *Entry, f Format) *EntryInfo {
	if e == nil {
		return nil
	}
	info := e.Info(f)
	return &info
}

// MarshalJSON writes the change; before and after are null where there is none.
func (c Change) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Alias  string     `json:"alias"`
		Kind   ChangeKind `json:"kind"`
		Detail string     `json:"detail"`
		Before *EntryInfo `json:"before"`
		After  *EntryInfo `json:"after"`
	}{c.Alias, c.Kind, c.Detail, c.Before(), c.After()})
}

// Diff returns how b differs from a, in the order of a's entries, then of b's new ones. Format, algorithms, passwords and what Java
// does not list are not compared; dates only where both formats keep them.
func Diff(a, b *Store) []Change {
	var changes []Change
	inB := make(map[string]int, len(b.Entries))
	for i := range b.Entries {
		inB[javaLower(b.Entries[i].Alias)] = i
	}
	kinds, details := make([]ChangeKind, len(a.Entries)), make([]string, len(a.Entries))
	eachInParallel(len(a.Entries), func(i int) {
		if j, ok := inB[javaLower(a.Entries[i].Alias)]; ok {
			kinds[i], details[i] = compare(a.Format, &a.Entries[i], b.Format, &b.Entries[j])
		}
	})
	matched := make([]bool, len(b.Entries))
	var gone []int
	for i := range a.Entries {
		e := &a.Entries[i]
		j, ok := inB[javaLower(e.Alias)]
		if !ok {
			gone = append(gone, i)
			changes = append(changes, Change{}) // its place, until it is known whether it was renamed
			continue
		}
		matched[j] = true
		if kinds[i] != "" {
			changes = append(changes, newChange(kinds[i], details[i], a, e, b, &b.Entries[j]))
		}
	}
	renamed := pairRenamed(a, gone, b, matched)
	n := 0
	for i := range changes {
		if changes[i].Kind != "" {
			continue
		}
		e := &a.Entries[gone[n]]
		if j, ok := renamed[gone[n]]; ok {
			changes[i] = newChange(EntryRenamed, "now "+quote(b.Entries[j].Alias), a, e, b, &b.Entries[j])
			changes[i].Alias = e.Alias
			matched[j] = true
		} else {
			changes[i] = newChange(EntryRemoved, "", a, e, b, nil)
		}
		n++
	}
	for j := range b.Entries {
		if !matched[j] {
			changes = append(changes, newChange(EntryAdded, "", a, nil, b, &b.Entries[j]))
		}
	}
	eachInParallel(len(changes), func(i int) {
		switch c := &changes[i]; c.Kind {
		case EntryAdded:
			c.Detail = summary(c.after)
		case EntryRemoved:
			c.Detail = summary(c.before)
		}
	})
	return changes
}

func newChange(kind ChangeKind, detail string, a *Store, before *Entry, b *Store, after *Entry) Change {
	c := Change{Kind: kind, Detail: detail, before: before, after: after, formats: [2]Format{a.Format, b.Format}}
	if after != nil {
		c.Alias = after.shownAlias(b.Format)
	} else {
		c.Alias = before.shownAlias(a.Format)
	}
	return c
}

// pairRenamed finds entries that are gone and new under another name, by their chains.
func pairRenamed(a *Store, gone []int, b *Store, matched []bool) map[int]int {
	byContent := map[string][]int{}
	key := func(e *Entry) string {
		h := sha256.New()
		if e.Kind == KindSecret {
			h.Write(e.Key)
		}
		for _, der := range e.ownChain() {
			h.Write(der)
		}
		return e.Kind.String() + string(h.Sum(nil))
	}
	for j := range b.Entries {
		if e := &b.Entries[j]; !matched[j] && recognizable(e) {
			byContent[key(e)] = append(byContent[key(e)], j)
		}
	}
	pairs := map[int]int{}
	for _, i := range gone {
		e := &a.Entries[i]
		k := key(e)
		if list := byContent[k]; len(list) > 0 && recognizable(e) && sameKey(e, &b.Entries[list[0]]) {
			pairs[i], byContent[k] = list[0], list[1:]
		}
	}
	return pairs
}

// recognizable reports whether an entry holds what it can be known by under another name.
func recognizable(e *Entry) bool { return len(e.Chain) > 0 || e.Kind == KindSecret && e.Key != nil }

// sameKey compares keys as far as they are open; a locked one counts as the same, since the certificate above it is.
func sameKey(a, b *Entry) bool {
	return a.Key == nil || b.Key == nil || bytes.Equal(a.Key, b.Key) || bytes.Equal(publicKeyOf(a.Key), publicKeyOf(b.Key))
}

func compare(aFormat Format, a *Entry, bFormat Format, b *Entry) (ChangeKind, string) {
	if a.Kind != b.Kind {
		return EntryKindChanged, fmt.Sprintf("was a %s, is a %s", a.Kind, b.Kind)
	}
	if !equalChains(a, b) {
		return compareChains(a, b)
	}
	if a.Kind != KindCertificate {
		switch {
		case a.Key != nil && b.Key != nil && !sameKey(a, b):
			return EntryKeyChanged, "another key with the same certificate"
		case a.Locked() && b.Locked() && bytes.Equal(a.origin.protected, b.origin.protected):
		case a.Locked() || b.Locked():
			return EntryLockedChanged, "the key could not be compared: " + lockedSide(a, b)
		case a.Kind == KindSecret && !bytes.Equal(a.Key, b.Key):
			return EntryKeyChanged, "another secret"
		}
	}
	dated := func(f Format, e *Entry) bool {
		return !e.Created.IsZero() && (f != PKCS12 || e.Kind != KindCertificate)
	}
	// PKCS12 moves equal dates of keys apart by milliseconds.
	if dated(aFormat, a) && dated(bFormat, b) && a.Created.Sub(b.Created).Abs() >= time.Second {
		return EntryDateChanged, fmt.Sprintf("created %s, was %s", b.Created.UTC().Format(time.RFC3339), a.Created.UTC().Format(time.RFC3339))
	}
	return "", ""
}

func lockedSide(a, b *Entry) string {
	switch {
	case a.Locked() && b.Locked():
		return "it is locked in both"
	case a.Locked():
		return "it is locked in the first"
	}
	return "it is locked in the second"
}

func compareChains(a, b *Entry) (ChangeKind, string) {
	if len(a.Chain) == 0 || len(b.Chain) == 0 {
		return EntryChainChanged, fmt.Sprintf("%s, was %d", plural.Of(len(b.Chain), "certificate"), len(a.Chain))
	}
	if bytes.Equal(a.Chain[0], b.Chain[0]) {
		return EntryChainChanged, fmt.Sprintf("the same certificate, above it %s, was %s", issuers(b), issuers(a))
	}
	// Only what differs is described: that is little as a rule.
	before, after := readable(a.Chain[0]), readable(b.Chain[0])
	var parts []string
	if !bytes.Equal(before.subject, after.subject) {
		if was, is := distinguishedName(before.subject), distinguishedName(after.subject); was != is {
			parts = append(parts, "subject "+quote(is)+", was "+quote(was))
		}
	}
	if !bytes.Equal(before.extensions, after.extensions) {
		if was, is := before.dnsNames(), after.dnsNames(); !slices.Equal(was, is) {
			parts = append(parts, fmt.Sprintf("names %s, was %s", quoted(is), quoted(was)))
		}
	}
	if was, is := asn1Time(before.notAfter), asn1Time(after.notAfter); !was.Equal(is) {
		parts = append(parts, "expires "+is.Format(time.DateOnly)+", was "+was.Format(time.DateOnly))
	}
	if was, is := before.serialText(), after.serialText(); was != is {
		parts = append(parts, "serial "+is+", was "+was)
	}
	detail := strings.Join(parts, "; ")
	switch {
	case a.Kind == KindCertificate:
		return EntryCertificate, detail
	case bytes.Equal(before.spki, after.spki):
		return EntryRenewed, detail
	}
	return EntryKeyChanged, detail
}

// readable is parseTBS, and nothing of what is no certificate.
func readable(der []byte) tbs {
	t, ok := parseTBS(der)
	if !ok {
		return tbs{}
	}
	return t
}

func (t *tbs) serialText() string {
	if t.serial == nil {
		return "" // there is no certificate
	}
	return serialNumber(t.serial)
}

func (t *tbs) dnsNames() []string {
	var c CertificateInfo
	c.extensions(t.extensions)
	return c.DNSNames
}

func issuers(e *Entry) string {
	if len(e.Chain) == 1 {
		return "nothing"
	}
	names := make([]string, 0, len(e.Chain)-1)
	for _, der := range e.Chain[1:] {
		names = append(names, subjectOf(der))
	}
	return strings.Join(names, ", ")
}

func quoted(names []string) string {
	const most = 20
	var out []string
	for _, n := range names[:min(most, len(names))] {
		out = append(out, quote(n))
	}
	if more := len(names) - most; more > 0 {
		out = append(out, fmt.Sprintf("and %d more", more))
	}
	return "[" + strings.Join(out, " ") + "]"
}

func summary(e *Entry) string {
	if len(e.Chain) == 0 {
		return e.Kind.String()
	}
	c := DescribeCertificate(e.Chain[0])
	return fmt.Sprintf("%s, %s, expires %s", e.Kind, quote(c.Subject), c.NotAfter.Format(time.DateOnly))
}
