package tlsstore

import (
	"bytes"
	"slices"
	"strings"
	"time"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/internal/rule"
	"github.com/kcfg/kcfg/tlsstore/internal/ber"
)

// nameConstraints goes down the path as Java's sun.security.provider.certpath.ConstraintsChecker does. Only what authorities in the
// path say counts: the constraints of a trust anchor are not Java's, though OpenSSL and Go obey them.
func nameConstraints(c *checked, report rule.Reporter) {
	chain := c.current.chain()
	if !slices.ContainsFunc(chain[1:], (*outline).mayConstrain) {
		return
	}
	var all nameLimits
	path := c.path()
	for i, o := range slices.Backward(path) {
		if !all.empty() && (i == 0 || !o.selfIssued()) {
			c.checkNames(report, o, &all)
		}
		if i == 0 || !o.mayConstrain() {
			continue
		}
		below := readNameLimits(o)
		if below.distances {
			report(nowhere, c.alias(), "%s: the name constraints of %s have a minimum or maximum, which Java refuses", c.called(), o.name()).
				Help = "have the authority's certificate issued again without"
			return
		}
		if n := all.size() + below.size(); !all.empty() && !c.effort.spend(compareCost(n, n)) {
			c.unverified++
			return
		}
		if lost := all.merge(&below); lost != nil {
			report(nowhere, c.alias(), "%s: Java cannot join the name constraints of %s with %s, which %s above it permits", c.called(), o.name(), listed([]string{lost.text}), lost.of.name()).
				Help = "have one of the two authorities' certificates issued again, with constraints that agree"
			return
		}
	}
}

// compareCost estimates the comparison of each of so many names with each of the others.
func compareCost(a, b int) time.Duration {
	return time.Duration(a) * time.Duration(b) * 50 * time.Nanosecond
}

// checkNames reports the names of a certificate that the authorities above it may not issue for.
func (c *checked) checkNames(report rule.Reporter, o *outline, limits *nameLimits) {
	names := certificateNames(o)
	if !c.effort.spend(compareCost(len(names), limits.size())) {
		c.unverified++
		return
	}
	var bad []breach
	for i := range names {
		if b := limits.check(&names[i]); b.of != nil {
			bad = append(bad, b)
		}
	}
	if len(bad) == 0 {
		return
	}
	first := bad[0]
	var named []string
	for _, b := range bad {
		if b.of == first.of && b.kind == first.kind {
			named = append(named, b.name.text)
		}
	}
	what := c.called() + ": " + c.which(o) + " names " + listed(named)
	if first.name.common {
		what += " (its common name)"
	}
	f := report(nowhere, c.alias(), "%s; %s", what, first.says())
	f.Help = "have it issued for names that its authorities may sign, or by others"
	if first.name.common {
		f.Help = "give it DNS names: without one Java takes a common name that could be a host's for one"
		if o != c.current.chain()[0] {
			f.Help = "have the authority's certificate issued again with a common name that cannot be a host's, as with a blank in it"
		}
	}
}

// breach is a name that may not be there, and why.
type breach struct {
	name    *generalName
	of      *outline // whose constraint it is; nil where the name may be there
	kind    breachKind
	allowed []string // the names that are permitted
}

type breachKind uint8

const (
	notPermitted breachKind = iota
	excluded
	notComparable
)

func (b breach) says() string {
	switch b.kind {
	case excluded:
		return b.of.name() + " may not issue for " + listed(b.allowed)
	case notComparable:
		return "Java cannot compare that with the name constraints of " + b.of.name()
	}
	return b.of.name() + " may issue for " + listed(b.allowed) + " only"
}

// listed joins the first few of some texts.
func listed(texts []string) string {
	const most = 6
	texts = slices.Clone(texts)
	for i, s := range texts {
		if texts[i] = s; s == "" {
			texts[i] = `""`
		}
	}
	if len(texts) > most {
		texts = append(texts[:most], "…")
	}
	return finding.Printable(strings.Join(texts, ", "))
}

// subtree is a name that an authority's certificate permits or excludes, with all that is below it.
type subtree struct {
	generalName
	of *outline
}

// nameLimits are the names that authorities are bound to, and those that they are kept from.
type nameLimits struct {
	permitted, excluded []subtree
	distances           bool // it has a minimum or maximum
}

func (l *nameLimits) empty() bool { return l.size() == 0 }
func (l *nameLimits) size() int   { return len(l.permitted) + len(l.excluded) }

// oidNameConstraintsDER is what an extension with name constraints begins with.
var oidNameConstraintsDER = []byte{ber.TagOID, 3, 0x55, 0x1d, 30}

// mayConstrain reports, without reading it, that a certificate may have name constraints.
func (o *outline) mayConstrain() bool { return bytes.Contains(o.exts, oidNameConstraintsDER) }

// readNameLimits reads the constraints of a certificate; what is damaged is left out.
func readNameLimits(o *outline) (l nameLimits) {
	o.eachExtension(func(oid string, _ bool, content []byte) {
		if oid != oidNameConstraints {
			return
		}
		eachElement(content, func(list ber.Element) {
			eachElement(list.Raw, func(tree ber.Element) {
				name, rest, err := ber.Read(tree.Content)
				if err != nil {
					return
				}
				s := subtree{readGeneralName(name, true), o}
				l.distances = l.distances || len(rest) > 0
				switch {
				case list.Is(ber.ContextSpecific, 0):
					l.permitted = append(l.permitted, s)
				case list.Is(ber.ContextSpecific, 1):
					l.excluded = append(l.excluded, s)
				}
			})
		})
	})
	return l
}

// check says whether the limits let a name be.
func (l *nameLimits) check(n *generalName) breach {
	for i := range l.excluded {
		t := &l.excluded[i]
		switch r := t.relate(n); {
		case r == equal, r == within, r == apart && t.isWholeNet(): // Java 17 has 0.0.0.0/0 hold the addresses of IPv6 too
			return breach{n, t.of, excluded, []string{t.text}}
		case r == incomparable:
			return breach{n, t.of, notComparable, nil}
		}
	}
	b := breach{name: n}
	for i := range l.permitted {
		t := &l.permitted[i]
		switch t.relate(n) {
		case equal, within:
			return breach{}
		case incomparable:
			return breach{n, t.of, notComparable, nil}
		case apart, around:
			b.of = t.of
			b.allowed = append(b.allowed, t.text)
		}
	}
	return b
}

// merge adds the limits of the next certificate down the path, step by step as Java's NameConstraintsExtension does, which at some
// corners permits less than RFC 5280, and at others more. Where Java fails, merge returns a permitted name that is to blame.
func (l *nameLimits) merge(below *nameLimits) (lost *subtree) {
	if l.empty() {
		*l = *below
		return nil
	}
	l.excluded = widest(slices.Concat(l.excluded, below.excluded))
	switch {
	case len(l.permitted) == 0:
		l.permitted = below.permitted
	case len(below.permitted) > 0:
		l.permitted, lost = intersect(widest(l.permitted), widest(below.permitted))
	}
	l.permitted = slices.DeleteFunc(l.permitted, func(p subtree) bool {
		return slices.ContainsFunc(l.excluded, func(x subtree) bool { return x.holds(&p) })
	})
	return lost
}

// holds reports that another subtree is the same, or within this one.
func (t *subtree) holds(o *subtree) bool {
	r := t.relate(&o.generalName)
	return r == equal || r == within
}

// widest leaves out subtrees that are within others.
func widest(all []subtree) []subtree {
	var out []subtree
	for i := range all {
		held := func(o subtree) bool { return o.relate(&all[i].generalName) == within }
		if !slices.ContainsFunc(out, held) && !slices.ContainsFunc(all[i+1:], func(o subtree) bool { return o.holds(&all[i]) }) {
			out = append(out, all[i])
		}
	}
	return out
}

// intersect returns what two lists of permitted names have in common. Of several names below that lie within one above, Java takes
// the first; and it fails at a name above with none below, unless one that has some comes later.
func intersect(above, below []subtree) (both []subtree, lost *subtree) {
	var narrower []subtree
	for i := range above {
		switch r, j := above[i].closest(below); r {
		case within:
			narrower = append(narrower, below[j])
		case apart:
			meets := func(t subtree) bool {
				r, _ := t.closest(below)
				return t.kind == above[i].kind && r != apart
			}
			if !slices.ContainsFunc(both, meets) && !slices.ContainsFunc(above[i+1:], meets) {
				return nil, &above[i]
			}
		default:
			both = append(both, above[i])
		}
	}
	both = widest(slices.Concat(both, narrower))
	if len(both) == 0 {
		return nil, nil
	}
	known := both
	for _, t := range below {
		if !slices.ContainsFunc(known, func(o subtree) bool { return o.kind == t.kind }) {
			both = append(both, t)
		}
	}
	return both, nil
}

// closest returns the relation to the first of some names that has anything in common with this one; else apart where one is of its
// kind.
func (t *subtree) closest(all []subtree) (relation, int) {
	best := otherKind
	for i := range all {
		switch r := t.relate(&all[i].generalName); r {
		case equal, within, around:
			return r, i
		case apart:
			best = apart
		}
	}
	return best, 0
}
