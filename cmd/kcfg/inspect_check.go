package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/tlsstore"
)

// parseDays reads a time such as 30d, 12h, 1w or 2d12h.
func parseDays(s string) (time.Duration, error) {
	wrong := usagef("--expires-within %q: give a time such as 30d or 12h", s)
	total, rest := time.Duration(0), s
	for rest != "" {
		n := strings.IndexFunc(rest, func(r rune) bool { return r < '0' || r > '9' })
		if n <= 0 {
			return 0, wrong
		}
		count, err := strconv.Atoi(rest[:n])
		if err != nil || count > 100_000 {
			return 0, wrong
		}
		unit, ok := map[byte]time.Duration{'w': 7 * 24 * time.Hour, 'd': 24 * time.Hour, 'h': time.Hour, 'm': time.Minute}[rest[n]]
		if !ok {
			return 0, wrong
		}
		total += time.Duration(count) * unit
		rest = rest[n+1:]
	}
	if s == "" {
		return 0, wrong
	}
	return total, nil
}

func (f *inspectFlags) check(e *env, s *tlsstore.Store) []finding.Finding {
	found := append(tlsstore.CheckFile(s), tlsstore.Check(s, tlsstore.CheckOptions{Now: e.Now(), Hosts: f.hosts, Role: tlsstore.Role(f.role), Roots: f.known})...)
	if !f.configured {
		found = f.asAuthority(s, asChain(s, found))
	}
	if f.expiresWithin == "" {
		return found
	}
	for _, entry := range s.Entries {
		for i, der := range entry.Chain {
			c := tlsstore.DescribeCertificate(der)
			left := c.NotAfter.Sub(e.Now())
			if left < 0 && entry.Kind == tlsstore.KindCertificate {
				worsen(found, "tls-anchor-expired", entry.Alias)
			}
			if left < 0 || left > f.within || c.NotAfter.IsZero() {
				continue // what has expired is a finding already
			}
			which := ""
			if i > 0 {
				which = " in its chain"
			}
			found = slices.DeleteFunc(found, func(x finding.Finding) bool { return x.ID == "tls-expiring" && x.Key == entry.Alias && i == 0 })
			found = append(found, finding.Finding{
				ID: "tls-expiring", Severity: finding.Error, Key: entry.Alias,
				Message: fmt.Sprintf("%s: %s%s expires on %s, in %s: that is within %s", finding.Printable(entry.Alias), shortName(c), which,
					c.NotAfter.UTC().Format(time.DateOnly), span(left), f.expiresWithin),
			})
		}
	}
	return found
}

// isLocked reports whether a part of a store shows nothing without a password.
func isLocked(s *tlsstore.Store) bool {
	return slices.ContainsFunc(s.Hidden, func(h tlsstore.Hidden) bool { return h.Kind == tlsstore.HiddenLocked })
}

// lockedError says of which stores nobody knows whether something in them expires: silence would pass for a clean bill of health.
func (f *inspectFlags) lockedError(paths []string) error {
	err := fmt.Errorf("--expires-within: what is locked in %s may expire unseen", some(paths, mostHinted))
	if f.pass.IsNone() {
		return withHint(err, "--password SOURCE opens it")
	}
	return err
}

// asChain changes what is said of a PEM file that begins with a server's certificate: nothing but a setting would make a trust store
// of it.
func asChain(s *tlsstore.Store, found []finding.Finding) []finding.Finding {
	if s.Format != tlsstore.PEM || len(s.Entries) == 0 || s.Entries[0].Kind != tlsstore.KindCertificate {
		return found
	}
	first := s.Entries[0].Alias
	c := tlsstore.DescribeCertificate(s.Entries[0].Chain[0])
	if c.IsCA {
		return found
	}
	found = slices.DeleteFunc(found, func(x finding.Finding) bool { return x.ID == "tls-anchor-leaf" && x.Key == first })
	for i := range found {
		if x := &found[i]; x.ID == "tls-anchor-expired" && x.Key == first {
			x.ID, x.Severity = "tls-expired", finding.Error
			x.Message = fmt.Sprintf("%s: the certificate of %s expired on %s", finding.Printable(first), shortName(c), c.NotAfter.UTC().Format(time.DateOnly))
			x.Help = "renew it"
		}
	}
	return found
}

// asAuthority changes what is said of the file of an authority, such as those of kcfg ca init: nobody presents its certificate.
func (f *inspectFlags) asAuthority(s *tlsstore.Store, found []finding.Finding) []finding.Finding {
	if s.Format != tlsstore.PEM || f.role != "" || len(f.hosts) > 0 {
		return found
	}
	for _, entry := range s.Entries {
		restricted := func(x finding.Finding) bool { return x.ID == "tls-usage-restricted" && x.Key == entry.Alias }
		i := slices.IndexFunc(found, restricted)
		if i < 0 || !tlsstore.DescribeCertificate(entry.Chain[0]).IsCA {
			continue
		}
		x := &found[i]
		x.Severity = finding.Info
		x.Message = finding.Printable(entry.Alias) + ": the certificate is an authority's: it issues others, and no server or client can present it"
		x.Help = "keep its key where certificates are issued, and out of the stores of servers"
		found = slices.DeleteFunc(found, func(x finding.Finding) bool {
			return x.Key == entry.Alias && (x.ID == "tls-chain-incomplete" || x.ID == "tls-no-san" || x.ID == "tls-no-server-auth")
		})
	}
	return found
}

// worsen makes errors of the findings with an ID about an entry.
func worsen(found []finding.Finding, id, alias string) {
	for i := range found {
		if found[i].ID == id && found[i].Key == alias {
			found[i].Severity = finding.Error
		}
	}
}
