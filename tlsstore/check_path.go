package tlsstore

import (
	"bytes"
	"cmp"
	"crypto/x509"
	"slices"

	"github.com/kcfg/kcfg/internal/plural"
	"github.com/kcfg/kcfg/internal/rule"
	"github.com/kcfg/kcfg/tlsstore/internal/ber"
)

// path is what of the chain Java's validator goes through, from the leaf to the last certificate below a trust anchor: the known
// roots, those with the name and the key of one, and what is self-signed. A leaf that is self-signed, or an anchor, has none.
// It has maxChain certificates at most: in a long chain without order each would have to be looked for.
func (c *checked) path() []*outline {
	e := c.current
	if e.path == nil {
		e.path = c.findPath()
	}
	return e.path
}

func (c *checked) findPath() []*outline {
	rest := slices.Clone(c.current.chain())
	last := rest[0]
	roots := c.knownRoots()
	if last.spki == nil || last.selfIssued() || slices.ContainsFunc(roots[javaName(last.subject)], func(r *outline) bool { return bytes.Equal(r.raw, last.raw) }) {
		return []*outline{}
	}
	path := []*outline{last}
	for rest = rest[1:]; len(path) < maxChain; {
		issuer := javaName(last.issuer)
		i := slices.IndexFunc(rest, func(o *outline) bool { return o.spki != nil && javaName(o.subject) == issuer })
		if i < 0 || rest[i].selfIssued() || c.namedKeys[namedKey(rest[i])] {
			break
		}
		last = rest[i]
		path, rest = append(path, last), slices.Delete(rest, i, i+1)
	}
	return path
}

// maxNamesakes bounds the roots of one name that are looked at; where a root was issued again there are two.
const maxNamesakes = 16

// onlyRoot returns the known root that issued the top of the path, where all roots of that name are bad in some way. Signatures
// are checked only then.
func (c *checked) onlyRoot(bad func(*outline) bool) *outline {
	path := c.path()
	if len(path) == 0 {
		return nil
	}
	top := path[len(path)-1]
	roots := c.knownRoots()[javaName(top.issuer)]
	if len(roots) > maxNamesakes || slices.ContainsFunc(roots, func(r *outline) bool { return !bad(r) }) {
		return nil
	}
	for _, r := range roots {
		if c.signed(top, r) {
			return r
		}
	}
	return nil
}

// pathLength counts as Java does: authorities that are issued by themselves are free, and what a trust anchor says does not count.
func pathLength(c *checked, report rule.Reporter) {
	limits := func(o *outline) bool { return o.cert != nil && (o.cert.MaxPathLen > 0 || o.cert.MaxPathLenZero) }
	if len(c.current.chain()) < 3 || !slices.ContainsFunc(c.current.chain()[2:], limits) {
		return
	}
	left := len(c.current.chain())
	var by *outline
	for i, o := range slices.Backward(c.path()) {
		if i == 0 || o.cert == nil {
			return
		}
		if !o.selfIssued() {
			if left == 0 {
				report(nowhere, c.alias(), "%s: %s stands in the chain below %s, which allows %s below it", c.called(), o.name(), by.name(), authorities(by.cert.MaxPathLen)).
					Help = "have the certificate issued by an authority further up, or the authority's made anew with a larger pathlen"
				return
			}
			left--
		}
		if limits(o) && o.cert.MaxPathLen < left {
			left, by = o.cert.MaxPathLen, o
		}
	}
}

func authorities(n int) string {
	if n == 0 {
		return "no further authority"
	}
	return plural.Of(n, "further authority")
}

// javaExtensions are those that Java's validator knows what to do with.
var javaExtensions = []string{
	"2.5.29.15", oidAlternativeNames, oidBasicConstraints, oidNameConstraints, oidExtendedUsage,
	"2.5.29.32", "2.5.29.33", "2.5.29.36", "2.5.29.54", // policies
}

var extensionNames = names{
	{"2.5.29.14", "subject key identifier"}, {"2.5.29.35", "authority key identifier"}, {"2.5.29.18", "issuer alternative name"},
	{"2.5.29.31", "CRL distribution points"}, {"1.3.6.1.5.5.7.1.1", "authority information access"}, {"1.3.6.1.5.5.7.1.24", "TLS feature"},
	{oidNetscapeType, "Netscape certificate type"}, {"1.3.6.1.4.1.11129.2.4.3", "precertificate poison"},
}

// criticalExtension finds what Java refuses with "unrecognized critical extension(s)", in what others check.
func criticalExtension(c *checked, report rule.Reporter) {
	var path []*outline
	for _, o := range c.current.chain() {
		o.eachExtension(func(oid string, critical bool, _ []byte) {
			if !critical || slices.Contains(javaExtensions, oid) {
				return
			}
			if path == nil {
				path = c.path()
			}
			if slices.Contains(path, o) {
				report(nowhere, c.alias(), "%s: %s has the critical extension %s, which Java does not know", c.called(), c.which(o), cmp.Or(extensionNames.of(oid), oid)).
					Help = "have it issued again without that extension, or with it not critical"
			}
		})
	}
}

const oidNetscapeType = "2.16.840.1.113730.1.1"

// keyUsage asks of the certificate what Java's EndEntityChecker does beside extended key usage. One that is its own issuer is
// trusted only where it is an anchor, and is not asked then.
func keyUsage(c *checked, report rule.Reporter) {
	leaf := c.leaf()
	if leaf == nil || c.current.chain()[0].selfIssued() {
		return
	}
	if leaf.KeyUsage != 0 && leaf.KeyUsage&x509.KeyUsageDigitalSignature == 0 {
		report(nowhere, c.alias(), "%s: the key usage of the certificate lacks digitalSignature, without which Java takes it neither from a server nor from a client", c.called()).
			Help = "have it issued again with digitalSignature, or without key usage"
	}
	c.current.chain()[0].eachExtension(func(oid string, _ bool, content []byte) {
		if bits, err := ber.Single(content); oid == oidNetscapeType && err == nil && len(bits.Content) > 1 {
			for _, side := range []struct {
				name  string
				bit   byte
				needs bool
			}{{"clients", 0x80, c.o.Role != ""}, {"servers", 0x40, c.o.Role != RoleClient}} {
				if side.needs && bits.Content[1]&side.bit == 0 {
					report(nowhere, c.alias(), "%s: the Netscape certificate type (nsCertType) of the certificate is not for %s", c.called(), side.name).
						Help = "have it issued again without nsCertType"
				}
			}
		}
	})
}

// rootMismatch finds what Java refuses with "Path does not chain with any of the trust anchors" though the signature is good.
func rootMismatch(c *checked, report rule.Reporter) {
	path := c.path()
	if len(path) == 0 {
		return
	}
	top := path[len(path)-1]
	key, serial := top.authority()
	if key == nil && serial == nil {
		return
	}
	by := ""
	other := func(r *outline) bool {
		r.identify()
		t, ok := parseTBS(r.raw)
		switch {
		case len(key) > 0 && len(r.keyID) > 0 && !bytes.Equal(key, r.keyID):
			by = "key identifier"
		case ok && t.version > 2 && len(serial) > 0 && !bytes.Equal(serial, t.serial):
			by = "serial number"
		default:
			return false
		}
		return true
	}
	if r := c.onlyRoot(other); r != nil {
		other(r)
		report(nowhere, c.alias(), "%s: %s says that another root than %s issued it: the %s of its issuer is another", c.called(), c.which(top), r.name(), by).
			Help = "trust the root that it means, or have it issued again"
	}
}

// authority returns by which key identifier and serial number a certificate names the one of its issuer.
func (o *outline) authority() (key, serial []byte) {
	o.eachExtension(func(oid string, _ bool, content []byte) {
		if oid != "2.5.29.35" {
			return
		}
		eachElement(content, func(e ber.Element) {
			switch {
			case e.Is(ber.ContextSpecific, 0):
				key = e.Content
			case e.Is(ber.ContextSpecific, 2):
				serial = e.Content
			}
		})
	})
	return key, serial
}

// noSubject finds certificates that Java cannot read: an empty subject asks for critical alternative names.
func noSubject(c *checked, report rule.Reporter) {
	const help = "have it issued with a common name, or with its alternative names marked critical"
	for _, o := range c.current.chain() {
		why := nameless(o.issuer, o.subject, o.exts)
		if why == "" {
			continue
		}
		f := report(nowhere, c.alias(), "%s: %s has %s: Java reads neither it nor a store with it", c.called(), c.which(o), why)
		if f.Help = help; len(o.issuer) == 2 {
			f.Help = "have it issued by an authority with a name"
		}
		return
	}
}
