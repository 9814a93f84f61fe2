package tlsstore

import (
	"bytes"
	"crypto/x509"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/internal/rule"
)

// Role is what a store is for. What a certificate lacks may matter to one role only.
type Role string

// The roles that Check knows. The empty role is a server with one-way TLS, whose clients prove themselves in other ways.
const (
	RoleInterBroker Role = "inter-broker" // a broker's listener for other brokers, with client authentication required or requested
	RoleClient      Role = "client"       // a client that proves itself with its certificate
	RoleQuorum      Role = "quorum"       // ZooKeeper's quorum, where each server is the others' client too
)

// Roles lists the roles by name.
var Roles = []Role{RoleInterBroker, RoleClient, RoleQuorum}

// ParseRole reads a role's name; the empty one is the empty role.
func ParseRole(s string) (Role, error) {
	if s == "" || slices.Contains(Roles, Role(s)) {
		return Role(s), nil
	}
	return "", fmt.Errorf("unknown role %q: use inter-broker, client or quorum", s)
}

// CheckOptions are options of Check; the zero value checks against the clock and Let's Encrypt's roots.
type CheckOptions struct {
	Now   time.Time // zero: time.Now
	Hosts []string  // names or addresses under which every key's certificate is to be reached
	// Roots are further certificates (DER) with which a chain may end: those of a trust store, a private authority's.
	// Let's Encrypt's roots and the store's own trust entries are always known.
	Roots [][]byte
	// RootsOnly makes Roots all there is: a chain that does not end there is not trusted by those who use them.
	RootsOnly bool
	Role      Role
}

// Check returns what is wrong with the entries of a store, in the order of the entries and, within one, of the rules.
// Findings name the entry as their Key; they have no file.
func Check(s *Store, o CheckOptions) []finding.Finding {
	if o.Now.IsZero() {
		o.Now = time.Now()
	}
	c := &checked{o: o, store: s, effort: newEffort()}
	for i := range s.Entries {
		c.entries = append(c.entries, newCheckedEntry(&s.Entries[i]))
	}
	out := rule.Run(storeRules, c, "")
	for _, e := range c.entries {
		c.current = e
		if len(e.chain) == 0 {
			continue
		}
		e.load()
		switch e.entry.Kind {
		case KindKey:
			out = append(out, rule.Run(keyRules, c, "")...)
		case KindCertificate:
			out = append(out, rule.Run(trustRules, c, "")...)
		}
		e.unload()
	}
	if c.unverified > 0 {
		out = append(out, newFinding("tls-chain-unverified", nowhere, "%d signatures were not checked: those of the store take too long; names and key identifiers fit", c.unverified))
	}
	return out
}

// checked is what a rule sees: the store, the options, and the entry in question.
type checked struct {
	o        CheckOptions
	store    *Store
	entries  []*checkedEntry
	current  *checkedEntry
	roots    map[string][]*outline // by name
	rootKeys map[string]bool       // the public keys of the roots that were given, and of Let's Encrypt's

	effort     *effort
	unverified int // signatures that it did not suffice for
}

type checkedEntry struct {
	entry *Entry
	chain []*outline
}

// load parses the chain; unload forgets it again, so that of a store with many entries only one is held.
func (e *checkedEntry) load() {
	for _, o := range e.chain {
		o.load()
	}
}

func (e *checkedEntry) unload() {
	for _, o := range e.chain {
		o.unload()
	}
}

func newCheckedEntry(e *Entry) *checkedEntry {
	c := &checkedEntry{entry: e}
	for _, der := range e.Chain {
		o, err := scanOutline(der)
		if err != nil {
			o = &outline{raw: der, err: err}
		}
		c.chain = append(c.chain, o)
	}
	return c
}

// leaf returns the first certificate, and nil where crypto/x509 cannot parse it.
func (c *checked) leaf() *x509.Certificate { return c.current.chain[0].cert }

// alias is the entry that a finding is about.
func (c *checked) alias() string { return c.current.entry.Alias }

// called is how messages name the entry.
func (c *checked) called() string {
	if c.current.entry.Alias == "" {
		return `entry ""`
	}
	return brief(c.current.entry.Alias)
}

// brief makes a name from a file fit for a message: an alias may have 65,535 characters.
func brief(s string) string {
	const most = 200
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "") + "…"
	}
	return finding.Printable(s)
}

// knownRoots collects the roots when a rule first asks: a trust store's own rules never do.
func (c *checked) knownRoots() map[string][]*outline {
	if c.roots != nil {
		return c.roots
	}
	c.roots = map[string][]*outline{}
	add := func(o *outline) {
		if o.spki != nil {
			name := javaName(o.subject)
			c.roots[name] = append(c.roots[name], o)
		}
	}
	roots := c.o.Roots
	if !c.o.RootsOnly {
		roots = slices.Concat(letsEncrypt(), roots)
		for _, e := range c.entries {
			if e.entry.Kind == KindCertificate {
				for _, o := range e.chain {
					add(o)
				}
			}
		}
	}
	for _, der := range roots {
		if o, err := scanOutline(der); err == nil {
			add(o)
		}
	}
	return c.roots
}

// rooted reports that a certificate is a known root, has the key of one, or was issued by one.
func (c *checked) rooted(o *outline) bool {
	for _, r := range c.knownRoots()[javaName(o.subject)] {
		if bytes.Equal(r.spki, o.spki) {
			return true
		}
	}
	for _, r := range c.knownRoots()[javaName(o.issuer)] {
		if c.signed(o, r) {
			return true
		}
	}
	return false
}

// signed reports that one certificate signed another. Where a store has too many signatures, names and key identifiers have to
// do for the last ones.
func (c *checked) signed(child, issuer *outline) bool {
	s, ok := checkSignature(child, issuer, c.effort)
	if !ok {
		c.unverified++
	}
	return s != signatureBad
}

// Explain returns the page of a rule, in Markdown: what it finds, why, what to do, examples.
func Explain(id string) (doc string, ok bool) {
	data, err := rulePages.ReadFile("rules/" + id + ".md")
	return string(data), err == nil
}

// RuleIDs lists the rules of this package: those of Check, ReadPEM, KeyEntry and the codecs.
func RuleIDs() []string {
	var ids []string
	for id := range severities() {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

// newFinding makes a finding outside Check, with the severity of its rule.
func newFinding(id string, pos finding.Position, format string, args ...any) finding.Finding {
	return finding.Finding{ID: id, Severity: severities()[id], Pos: pos, Message: fmt.Sprintf(format, args...)}
}
