package tlsstore

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/internal/plural"
	"github.com/kcfg/kcfg/internal/rule"
)

// CheckFile returns what is wrong with a store as the file that [Decode] read: how it is protected, what Java makes of it. What is
// about to be written is not judged by it; [Encode] sees to that.
func CheckFile(s *Store) []finding.Finding {
	return rule.Run(fileRules, &checked{store: s}, "")
}

// fileRules look at how a store is protected and who can read it.
var fileRules = []checkRule{
	{ID: "tls-store-unreadable", Severity: finding.Error, Check: storeUnreadable},
	{ID: "tls-store-weak", Severity: finding.Warning, Check: storeWeak},
	{ID: "tls-store-iterations", Severity: finding.Warning, Check: storeIterations},
	{ID: "tls-store-unverified", Severity: finding.Warning, Check: storeUnverified},
	{ID: "tls-store-hidden", Severity: finding.Warning, Check: storeHidden},
	{ID: "tls-store-alias", Severity: finding.Warning, Check: storeAlias},
	{ID: "tls-store-pairing", Severity: finding.Warning, Check: storePairing},
	{ID: "tls-store-jks", Severity: finding.Info, Check: storeJKS},
}

// storeUnreadable: Java refuses, or cannot open the keys of, what openssl and kcfg read.
func storeUnreadable(c *checked, report rule.Reporter) {
	s := c.store
	if s.traits == nil || s.Format != PKCS12 || len(s.Entries) == 0 {
		return
	}
	for _, r := range s.ReadableBy() {
		if strings.HasPrefix(r, "Java") {
			return
		}
	}
	t := s.traits
	for _, a := range slices.Concat(t.keys, t.safes, []Algorithm{t.mac}) {
		if !javaReads(a) {
			what := a.Name
			if a.Iterations > defaultIterations {
				what = fmt.Sprintf("%d iterations", a.Iterations)
			}
			report(nowhere, "", "no release of Java reads %s", what).Help = "write the store anew: kcfg convert"
			return
		}
	}
}

// minSafeIterations is far below what anybody writes today (2,048 by old openssl) and above what is none at all.
const minSafeIterations = 1000

func storeWeak(c *checked, report rule.Reporter) {
	t := c.store.traits
	if t == nil || c.store.Format == JKS {
		return
	}
	weak := func(a Algorithm) bool { return a.Name != "" && strength(a.Name) < strength("PBES2 AES-128") }
	if i := slices.IndexFunc(t.keys, weak); i >= 0 {
		report(nowhere, "", "keys are protected by %s, which is broken or close to it", t.keys[i].Name).
			Help = "convert to the modern profile, which Java reads from 8u301 on"
	}
}

func storeIterations(c *checked, report rule.Reporter) {
	t := c.store.traits
	if t == nil || c.store.Format == JKS {
		return
	}
	for _, a := range t.keys {
		if a.Name != "" && a.Iterations < minSafeIterations {
			report(nowhere, "", "a key is protected by %s: passwords can be guessed fast; Java writes %d", plural.Of(a.Iterations, "iteration"), DefaultIterations).
				Help = "write the store anew: kcfg convert"
			return
		}
	}
}

func storeUnverified(c *checked, report rule.Reporter) {
	t := c.store.traits
	if t == nil || c.store.Format != PKCS12 || t.hasMAC || len(t.keys) == 0 {
		return
	}
	report(nowhere, "", "the store has no MAC: nobody can tell whether it was changed")
}

func storeHidden(c *checked, report rule.Reporter) {
	const most = 3
	s := c.store
	if s.Format != PKCS12 {
		return
	}
	var shown []string
	n := 0
	for _, h := range s.Hidden {
		if h.Kind == HiddenLocked {
			continue
		}
		if n++; n <= most {
			name := string(h.Kind)
			if h.Kind == HiddenCertificate {
				name += " " + subjectOf(h.Certificate)
			} else if h.Alias != "" {
				name += " " + quote(h.Alias)
			}
			shown = append(shown, name+": "+h.Why)
		}
	}
	if n == 0 {
		return
	}
	f := report(nowhere, "", "Java does not list everything in the store: %d of its parts are hidden", n)
	f.Notes = shown
	if len(s.Entries) == 0 {
		f.Message = "Java lists nothing of the store: all of its parts are hidden"
	}
	if n > most {
		f.Notes = append(f.Notes, fmt.Sprintf("and %d more", n-most))
	}
}

// storeAlias: Java lists two aliases that differ in case only, and fetches one entry for both.
func storeAlias(c *checked, report rule.Reporter) {
	seen := map[string]string{}
	for i := range c.store.Entries {
		alias := c.store.Entries[i].Alias
		folded := javaLower(alias)
		if other, ok := seen[folded]; ok {
			report(nowhere, alias, "aliases %s and %s are one to Java, which does not tell case", quote(other), quote(alias)).Help = "rename one of them"
		} else if c.store.Format == JKS && folded != alias {
			report(nowhere, alias, "alias %s is not in lower case: Java lists the entry and cannot find it", quote(alias)).Help = "rename it"
		}
		seen[folded] = alias
	}
}

func storePairing(c *checked, report rule.Reporter) {
	if t := c.store.traits; t != nil {
		for _, odd := range t.odd {
			report(nowhere, "", "%s", odd).Help = "write the store anew: kcfg convert"
		}
	}
}

func storeJKS(c *checked, report rule.Reporter) {
	if c.store.Format == JKS && slices.ContainsFunc(c.store.Entries, func(e Entry) bool { return e.Kind == KindKey }) {
		report(nowhere, "", "JKS protects keys by SHA-1 without iterations: whoever has the file guesses passwords at full speed").
			Help = "use PKCS12, which Java reads under either name"
	}
}
