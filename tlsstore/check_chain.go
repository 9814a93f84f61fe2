package tlsstore

import (
	"bytes"
	"slices"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/internal/rule"
	"github.com/kcfg/kcfg/tlsstore/internal/ber"
)

func chainOrder(c *checked, report rule.Reporter) {
	chain := c.current.chain()
	for i := 1; i < len(chain); i++ {
		child, issuer := chain[i-1], chain[i]
		if child.spki == nil || issuer.spki == nil {
			continue
		}
		if c.current.entry.provedIssuer(i) || javaName(child.issuer) == javaName(issuer.subject) && c.signed(child, issuer) {
			continue
		}
		report(nowhere, c.alias(), "%s: the chain is out of order: %s is followed by %s, which did not issue it", c.called(), child.name(), issuer.name()).
			Help = "write the store again from the PEM files: kcfg puts the chain in order"
		return
	}
}

func issuerNotCA(c *checked, report rule.Reporter) {
	const help = "take the chain that the authority gave with the certificate"
	for _, o := range c.current.chain()[1:] {
		switch {
		case o.cert == nil:
		case o.cert.Version == 3 && !o.cert.IsCA:
			report(nowhere, c.alias(), "%s: %s stands in the chain as an issuer and is no certificate authority", c.called(), o.name()).Help = help
		case o.cert.Version == 3 && !maySign(o.cert):
			report(nowhere, c.alias(), "%s: %s stands in the chain as an issuer, and its key usage lacks keyCertSign", c.called(), o.name()).Help = help
		case o.cert.Version < 3 && slices.Contains(c.path(), o): // an anchor may be that old
			report(nowhere, c.alias(), "%s: %s stands in the chain as an issuer, and its certificate is of version %d, which is no authority's", c.called(), o.name(), o.cert.Version).Help = help
		}
	}
	r := c.onlyRoot(func(r *outline) bool { return !r.mayIssue() })
	if r != nil && !slices.ContainsFunc(c.current.chain(), func(o *outline) bool { return bytes.Equal(o.raw, r.raw) }) {
		report(nowhere, c.alias(), "%s: the root of the chain, %s, is no certificate authority, or may not sign certificates", c.called(), r.name()).
			Help = "make the authority anew with basic constraints CA:TRUE and, if it has a key usage, keyCertSign (kcfg ca init does)"
	}
}

// mayIssue reports, without parsing it, that Java takes a certificate for the anchor of others: it is of version 1, or it says that
// it is an authority's, and its key usage does not contradict.
func (o *outline) mayIssue() bool {
	t, ok := parseTBS(o.raw)
	if !ok || t.version < 3 {
		return true
	}
	signs := true
	o.eachExtension(func(oid string, _ bool, content []byte) {
		if bits, err := ber.Single(content); oid == "2.5.29.15" && err == nil {
			signs = len(bits.Content) > 1 && bits.Content[1]&0x04 != 0
		}
	})
	return signs && t.isCA()
}

// top is the last certificate of the chain.
func (c *checked) top() *outline { return c.current.chain()[len(c.current.chain())-1] }

// ends reports that nothing is to be said about the end of the chain.
func (c *checked) ends() bool {
	return c.top().spki == nil || c.rooted(c.top())
}

func chainIncomplete(c *checked, report rule.Reporter) {
	if len(c.current.chain()) > 1 || c.top().selfIssued() || c.ends() {
		return
	}
	report(nowhere, c.alias(), "%s: the chain stops at the certificate itself: its issuer, %s, is missing", c.called(), issuerName(c.top())).
		Help = "add the issuer's certificate (fullchain.pem in place of cert.pem), or name the root that issued it"
}

func issuerName(o *outline) string {
	switch {
	case o.cert == nil:
		return "which Go cannot parse"
	case o.cert.Issuer.CommonName != "":
		return finding.Printable(o.cert.Issuer.CommonName)
	}
	return finding.Printable(o.cert.Issuer.String())
}

func rootUnknown(c *checked, report rule.Reporter) {
	chain := c.current.chain()
	if c.ends() || len(chain) == 1 && !c.top().selfIssued() || isStaging(c.top()) {
		return
	}
	if c.o.RootsOnly {
		f := report(nowhere, c.alias(), "%s: the chain ends with %s, issued by %s, which is not among the roots given", c.called(), c.top().name(), issuerName(c.top()))
		f.Severity = finding.Warning
		f.Help = "those who trust only these roots refuse it: add its root to them"
		return
	}
	if c.top().selfIssued() {
		if len(chain) == 1 {
			report(nowhere, c.alias(), "%s: the certificate is self-signed: it is trusted only where it is itself in the trust store", c.called()).
				Help = "put it into the trust store of those who connect"
		}
		return // a root of one's own, on show
	}
	report(nowhere, c.alias(), "%s: the chain ends with %s, issued by %s, which is not a root of Let's Encrypt", c.called(), c.top().name(), issuerName(c.top())).
		Help = "put its root into the trust store of those who connect"
}

func anchorLeaf(c *checked, report rule.Reporter) {
	o := c.current.chain()[0]
	if o.spki != nil && o.anchors() {
		return
	}
	report(nowhere, c.alias(), "%s: the trust anchor %s is no certificate authority: it stops working when that certificate is renewed", c.called(), c.top().name()).
		Help = "trust its issuer's root in its place"
}

func anchorExpired(c *checked, report rule.Reporter) {
	first := c.current.chain()[0]
	if until, ok := first.until(); ok && !c.o.Now.After(until) {
		return // nothing else needs to be parsed
	}
	first.load()
	if a := first.cert; a != nil && c.o.Now.After(a.NotAfter) {
		report(nowhere, c.alias(), "%s: the trust anchor %s expired on %s", c.called(), c.top().name(), date(a.NotAfter)).
			Help = "remove it, and add what replaced it"
	}
}

func severalKeyEntries(c *checked, report rule.Reporter) {
	var first *checkedEntry
	n := 0
	for _, e := range c.entries {
		if e.entry.Kind == KindKey {
			if n++; n == 2 {
				first = e
			}
		}
	}
	if n < 2 {
		return
	}
	report(nowhere, first.entry.Alias, "the store holds %d keys: Kafka cannot be told which, and picks any of them", n).
		Help = "keep one key in each key store"
}

// anchorRotates speaks where every anchor is an authority below a root. Let's Encrypt picks one of several at each renewal;
// others replace theirs too, and more often than their roots.
func anchorRotates(c *checked, report rule.Reporter) {
	var only *checkedEntry
	for _, e := range c.entries {
		if e.entry.Kind != KindCertificate || len(e.entry.Chain) == 0 {
			continue
		}
		below := c.belowRoot(e.chain()[0])
		if only == nil {
			only = e
		} else {
			e.unload()
		}
		if !below {
			return
		}
	}
	if only == nil {
		return
	}
	report(nowhere, only.entry.Alias, "the only anchor is %s, an intermediate: it trusts nothing that another intermediate issues", only.chain()[0].name()).
		Help = "add the root above it"
}

// belowRoot reports an authority that another one issued. A cross-signed root is none: it has the key of a known root.
func (c *checked) belowRoot(o *outline) bool {
	if o.selfIssued() {
		return false
	}
	o.load()
	if o.cert == nil || !o.cert.IsCA {
		return false
	}
	if c.rootKeys == nil {
		c.rootKeys = map[string]bool{}
		for _, der := range slices.Concat(letsEncrypt(), c.o.Roots) {
			if r, err := scanOutline(der); err == nil {
				c.rootKeys[string(r.spki)] = true
			}
		}
	}
	return !c.rootKeys[string(o.spki)]
}
