package tlsstore

import (
	"crypto/x509"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/internal/plural"
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
		c.entries = append(c.entries, &checkedEntry{entry: &s.Entries[i]})
	}
	out := rule.Run(storeRules, c, "")
	anchors := c.checkAnchors()
	for i, e := range c.entries {
		if e.entry.Kind == KindKey && len(e.entry.Chain) > 0 {
			c.current = e
			e.load()
			out = append(out, rule.Run(keyRules, c, "")...)
			e.unload()
		}
		out = append(out, anchors[i]...)
	}
	if c.unverified > 0 {
		out = append(out, newFinding("tls-chain-unverified", nowhere, "%s not checked: those of the store take too long; names and key identifiers fit", plural.Of(c.unverified, "signature")))
	}
	if c.unmatched > 0 {
		out = append(out, newFinding("tls-key-unverified", nowhere, "%s not compared with the certificates: those of the store take too long", plural.Of(c.unmatched, "key")))
	}
	return out
}

// checkAnchors runs the rules for trusted certificates, of which there may be many, and returns what they find of each entry.
func (c *checked) checkAnchors() [][]finding.Finding {
	found := make([][]finding.Finding, len(c.entries))
	eachInParallel(len(c.entries), func(i int) {
		if e := c.entries[i]; e.entry.Kind == KindCertificate && len(e.entry.Chain) > 0 {
			one := &checked{o: c.o, store: c.store, current: e} // these rules need no more
			found[i] = rule.Run(trustRules, one, "")
			e.unload()
		}
	})
	return found
}

// checked is what a rule sees: the store, the options, and the entry in question.
type checked struct {
	o         CheckOptions
	store     *Store
	entries   []*checkedEntry
	current   *checkedEntry
	roots     map[string][]*outline // by name
	namedKeys map[string]bool       // their names with their public keys
	rootKeys  map[string]bool       // the public keys of the roots that were given, and of Let's Encrypt's

	effort     *effort
	unverified int // signatures, and lists of names, that it did not suffice for
	unmatched  int // keys that it did not suffice for
	tried      int // roots that were looked at in search of issuers
}

type checkedEntry struct {
	entry    *Entry
	outlines []*outline
	path     []*outline // see checked.path
}

// chain returns the entry's certificates, read when a rule first asks.
func (e *checkedEntry) chain() []*outline {
	if e.outlines == nil {
		e.outlines = make([]*outline, len(e.entry.Chain))
		for i, der := range e.entry.Chain {
			if e.outlines[i] = e.entry.provedCertificate(i); e.outlines[i] != nil {
				continue
			}
			o, err := scanOutline(der)
			if err != nil {
				o = &outline{raw: der, err: err}
			}
			e.outlines[i] = o
		}
	}
	return e.outlines
}

// load parses the chain; unload forgets it again, so that of a store with many entries only one is held.
func (e *checkedEntry) load() {
	for _, o := range e.chain() {
		o.load()
	}
}

func (e *checkedEntry) unload() { e.outlines, e.path = nil, nil }

// leaf returns the first certificate, and nil where crypto/x509 cannot parse it.
func (c *checked) leaf() *x509.Certificate { return c.current.chain()[0].cert }

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
	c.roots, c.namedKeys = map[string][]*outline{}, map[string]bool{}
	add := func(o *outline) {
		if o.spki != nil {
			name := javaName(o.subject)
			c.roots[name] = append(c.roots[name], o)
			c.namedKeys[namedKey(o)] = true
		}
	}
	roots := c.o.Roots
	if !c.o.RootsOnly {
		roots = slices.Concat(letsEncrypt(), roots)
		for _, e := range c.entries {
			if e.entry.Kind == KindCertificate {
				for _, der := range e.entry.Chain {
					if o, err := scanOutline(der); err == nil {
						add(o)
					}
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
	c.knownRoots()
	if c.namedKeys[namedKey(o)] {
		return true
	}
	for _, r := range c.roots[javaName(o.issuer)] {
		if c.tried++; c.tried > maxTried {
			c.unverified++
			return true
		}
		if c.signed(o, r) {
			return true
		}
	}
	return false
}

// maxTried bounds the roots that are tried for the issuers of all chains of a store; as a rule there is one for each.
const maxTried = 5000

// namedKey is a certificate's name with its public key.
func namedKey(o *outline) string { return javaName(o.subject) + "\x00" + string(o.spki) }

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
