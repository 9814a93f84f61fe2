package main

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kcfg/kcfg/tlsstore"
)

// A chain may be longer or shorter after a renewal: where its trusted certificates have numbered aliases, not each of them is in the
// new store. Nothing is lost by that as long as the new store trusts what the old one did.

// The entries that are looked at are bounded, since verifying takes time: a chain has up to ten certificates, a system 150 roots.
const (
	mostRenumbered = 20
	mostAnchors    = 1000
)

// stillTrusted returns the missing entries without those that the new store makes up for: their certificate has another alias; or
// they are of a numbered series that goes on, and come first in it, or have their own key or their issuer among the new anchors. What
// comes from PEM has no aliases and counts as one series.
func stillTrusted(missing []*tlsstore.Entry, now *tlsstore.Store, pem bool) (lost []*tlsstore.Entry) {
	if len(missing) == 0 || len(missing) > mostRenumbered || len(now.Entries) > mostAnchors {
		return missing
	}
	trusted := newTrustedSet(now.Entries)
	anchors, series := anchorsBySubject(now), map[string]bool{}
	for _, e := range now.Entries {
		if e.Kind == tlsstore.KindCertificate {
			base, _ := seriesOf(e.Alias)
			series[base] = true
		}
	}
	for _, e := range missing {
		if e.Kind != tlsstore.KindCertificate {
			lost = append(lost, e)
			continue
		}
		_, there := trusted.trusted(*e)
		base, n := seriesOf(e.Alias)
		goesOn := !pem && series[base] && n == 1 || (pem || series[base]) && vouchedFor(e, anchors)
		if !there && !goesOn {
			lost = append(lost, e)
		}
	}
	return lost
}

func anchorsBySubject(s *tlsstore.Store) map[string][]tlsstore.Entry {
	anchors := map[string][]tlsstore.Entry{}
	for _, e := range s.Entries {
		if e.Kind != tlsstore.KindCertificate {
			continue
		}
		if c, err := e.Certificates(); err == nil {
			anchors[string(c[0].RawSubject)] = append(anchors[string(c[0].RawSubject)], e)
		}
	}
	return anchors
}

// distrusted names the authorities whose certificates an old store takes and the new one does not, though no entry is lost: another
// authority has the alias now. What has expired is trusted by nobody.
func distrusted(old, now *tlsstore.Store, at time.Time) []string {
	if len(old.Entries) > mostAnchors || len(now.Entries) > mostAnchors {
		return nil
	}
	kept, anchors := certificates(now), anchorsBySubject(now)
	var names []string
	for i := range old.Entries {
		e := &old.Entries[i]
		if e.Kind != tlsstore.KindCertificate || len(e.Chain) == 0 || kept[string(e.Chain[0])] || vouchedFor(e, anchors) {
			continue
		}
		if c := tlsstore.DescribeCertificate(e.Chain[0]); c.NotAfter.After(at) {
			names = append(names, shortName(c))
		}
	}
	return names
}

// seriesOf splits the alias of an entry of a chain, such as "chain-2". A chain of one certificate has no number.
func seriesOf(alias string) (base string, n int) {
	alias = tlsstore.FoldAlias(alias)
	if i := strings.LastIndexByte(alias, '-'); i > 0 {
		if n, err := strconv.Atoi(alias[i+1:]); err == nil && n > 0 {
			return alias[:i], n
		}
	}
	return alias, 1
}

// vouchedFor reports whether one of the anchors has the name and key of an entry's certificate, or signed it.
func vouchedFor(e *tlsstore.Entry, anchors map[string][]tlsstore.Entry) bool {
	c, err := e.Certificates()
	if err != nil {
		return false
	}
	sameKey := func(a tlsstore.Entry) bool {
		other, err := a.Certificates()
		return err == nil && bytes.Equal(other[0].RawSubjectPublicKeyInfo, c[0].RawSubjectPublicKeyInfo)
	}
	return slices.ContainsFunc(anchors[string(c[0].RawSubject)], sameKey) ||
		slices.ContainsFunc(anchors[string(c[0].RawIssuer)], func(a tlsstore.Entry) bool { return issued(a, *e) })
}
