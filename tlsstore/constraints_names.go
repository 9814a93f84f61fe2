package tlsstore

import (
	"bytes"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"github.com/kcfg/kcfg/tlsstore/internal/ber"
)

// The kinds of a general name, by its tag.
const (
	nameEmail     = 1
	nameDNS       = 2
	nameDirectory = 4
	nameURI       = 6
	nameIP        = 7
	nameOID       = 8
)

// generalName is a name of a certificate, or one in the constraints of its authorities.
type generalName struct {
	kind   int
	text   string   // for people; that of a URI whole
	host   string   // what DNS names, addresses of mail and the hosts of URIs are compared by, in small letters
	octets []byte   // an IP address, or a net: address and mask
	rdns   []string // of a directory name, as Java compares them
	common bool     // it is the subject's common name, which Java takes for a DNS name or an address where there is no other
}

// readGeneralName reads a name; with net, it is one of a constraint.
func readGeneralName(e ber.Element, constraint bool) generalName {
	n := generalName{kind: e.Tag, text: strings.ToValidUTF8(string(e.Content), "\uFFFD")}
	switch n.kind {
	case nameEmail, nameDNS:
		n.host = strings.ToLower(n.text)
	case nameURI:
		n.host = strings.ToLower(n.text)
		if !constraint {
			n.host = uriHost(n.text)
		}
	case nameIP:
		n.octets, n.text = e.Content, addressText(e.Content)
	case nameDirectory:
		n = directoryGeneralName(e.Content)
	default:
		n.octets, n.text = e.Content, "a name of a kind that it cannot compare"
	}
	return n
}

func directoryGeneralName(der []byte) generalName {
	n := generalName{kind: nameDirectory, text: distinguishedName(der)}
	name, err := ber.Single(der)
	if err != nil {
		return n
	}
	if _, err := name.Count(maxAttributes); err != nil {
		return n
	}
	for rest := name.Content; len(rest) > 0; {
		var rdn ber.Element
		rdn, rest, _ = ber.Read(rest)
		if _, err := rdn.Count(maxAttributes); err == nil {
			n.rdns = append(n.rdns, javaRDN(rdn))
		}
	}
	return n
}

// uriHost is the host of a URI, and empty where it has none.
func uriHost(text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Hostname())
}

// addressText writes an address, or a net as 10.0.0.0/8.
func addressText(b []byte) string {
	if a, ok := netip.AddrFromSlice(b); ok {
		return a.String()
	}
	half := len(b) / 2
	a, ok := netip.AddrFromSlice(b[:half])
	if !ok {
		return "an address that cannot be read"
	}
	ones := 0
	for _, m := range b[half:] {
		for ; m&0x80 != 0; m <<= 1 {
			ones++
		}
	}
	return netip.PrefixFrom(a, ones).String()
}

// relation is how two general names stand to each other.
type relation uint8

const (
	otherKind    relation = iota // of different kinds: neither says anything about the other
	apart                        // of one kind, and neither is within the other
	equal                        // the same name
	within                       // the second is within the first
	around                       // the first is within the second
	incomparable                 // Java fails when it compares them
)

// relate compares names as Java's GeneralNameInterface.constrains does: with texts, so that a star is a letter like others.
func (n *generalName) relate(o *generalName) relation {
	if n.kind != o.kind {
		return otherKind
	}
	switch n.kind {
	case nameDNS:
		return relateDomains(n.host, o.host)
	case nameEmail:
		return relateBy(n.host, o.host, mailsWithin)
	case nameURI:
		return relateHosts(n.host, o.host)
	case nameIP:
		return relateAddresses(n.octets, o.octets)
	case nameDirectory:
		return relateDirectories(n.rdns, o.rdns)
	case nameOID:
		if bytes.Equal(n.octets, o.octets) {
			return equal
		}
	}
	return incomparable
}

func relateBy(n, o string, contains func(tree, name string) bool) relation {
	switch {
	case n == o:
		return equal
	case contains(o, n):
		return around
	case contains(n, o):
		return within
	}
	return apart
}

func relateDomains(n, o string) relation {
	if n != o && (n == "" || o == "") {
		return incomparable // it looks for the first letter
	}
	return relateBy(n, o, domainContains)
}

// domainContains reports that a DNS name is below another. One with a leading dot contains what is below, and not the domain.
func domainContains(domain, name string) bool {
	rest, ok := strings.CutSuffix(name, domain)
	return ok && rest != "" && strings.HasSuffix(rest, ".") != strings.HasPrefix(domain, ".")
}

// mailsWithin reports that an address of mail is at a host, or, with a leading dot, at one below a domain.
func mailsWithin(host, address string) bool {
	rest, ok := strings.CutSuffix(address, host)
	return ok && rest != "" && !strings.Contains(host, "@") && (strings.HasPrefix(host, ".") || strings.HasSuffix(rest, "@"))
}

// relateHosts compares the hosts of URIs: one with a leading dot stands for what is below it, any other for itself.
func relateHosts(n, o string) relation {
	if n == "" || o == "" {
		return incomparable
	}
	if n == o {
		return equal
	}
	if isAddress(n) || isAddress(o) {
		return apart
	}
	domain, otherDomain := n[0] == '.', o[0] == '.'
	r := relateDomains(strings.TrimPrefix(n, "."), strings.TrimPrefix(o, "."))
	switch {
	case !domain && !otherDomain && r != equal:
		return apart
	case domain != otherDomain && r == equal && domain:
		return around
	case domain != otherDomain && r == equal:
		return within
	}
	return r
}

func isAddress(host string) bool {
	_, err := netip.ParseAddr(host)
	return err == nil
}

// relateAddresses compares addresses and nets; those of IPv4 and of IPv6 have nothing in common.
func relateAddresses(n, o []byte) relation {
	switch {
	case bytes.Equal(n, o):
		return equal
	case netContains(n, o):
		return within
	case netContains(o, n):
		return around
	}
	return apart
}

// netContains reports that an address or a smaller net is within a net.
func netContains(net, o []byte) bool {
	size := len(net) / 2
	if size != 4 && size != 16 || len(o) != size && len(o) != len(net) {
		return false
	}
	for i := range size {
		mask := net[size+i]
		if o[i]&mask != net[i] || len(o) > size && o[size+i]&mask != mask {
			return false
		}
	}
	return true
}

// isWholeNet reports 0.0.0.0/0 or ::/0.
func (n *generalName) isWholeNet() bool {
	return n.kind == nameIP && len(n.octets) >= 8 && !slices.ContainsFunc(n.octets, func(b byte) bool { return b != 0 })
}

func relateDirectories(n, o []string) relation {
	switch {
	case slices.Equal(n, o):
		return equal
	case len(o) > len(n) && slices.Equal(n, o[:len(n)]):
		return within
	case len(n) > len(o) && slices.Equal(o, n[:len(o)]):
		return around
	}
	return apart
}

// certificateNames are the names of a certificate that constraints apply to in Java: its subject, its alternative names; without
// those, addresses of mail in the subject; and the last common name, where it looks like a host's and no alternative name is one.
func certificateNames(o *outline) []generalName {
	var out []generalName
	var mails []generalName
	var common string
	subject := directoryGeneralName(o.subject)
	if len(subject.rdns) > 0 {
		out = append(out, subject)
	}
	eachAttribute(o.subject, func(oid string, value ber.Element) {
		text, ok := stringValue(value)
		switch {
		case !ok:
		case oid == oidCommonName:
			common = text
		case oid == oidEmailAddress:
			mails = append(mails, generalName{kind: nameEmail, text: text, host: strings.ToLower(text)})
		}
	})
	alternative := false
	o.eachExtension(func(oid string, _ bool, content []byte) {
		if oid == oidAlternativeNames {
			alternative = true
			eachElement(content, func(e ber.Element) { out = append(out, readGeneralName(e, false)) })
		}
	})
	if !alternative {
		out = append(out, mails...)
	}
	if n, ok := hostOf(common); ok && !slices.ContainsFunc(out, func(x generalName) bool { return x.kind == n.kind }) {
		out = append(out, n)
	}
	return out
}

// hostOf makes a host's name, or an address, of a common name that looks like one to Java.
func hostOf(common string) (n generalName, ok bool) {
	if a, err := netip.ParseAddr(common); err == nil && a.Zone() == "" {
		return generalName{kind: nameIP, text: common, octets: a.AsSlice(), common: true}, true
	}
	if strings.Trim(common, "0123456789.") == "" && strings.Contains(common, ".") {
		return n, false // half an address
	}
	letter := func(r rune) bool { return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' }
	for label := range strings.SplitSeq(common, ".") {
		if label == "" || label[0] == '-' || strings.ContainsFunc(label, func(r rune) bool { return !letter(r) && r != '-' }) {
			return n, false
		}
	}
	return generalName{kind: nameDNS, text: common, host: strings.ToLower(common), common: true}, true
}

const (
	oidCommonName   = "2.5.4.3"
	oidEmailAddress = "1.2.840.113549.1.9.1"
)
