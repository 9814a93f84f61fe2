package ca

import (
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"fmt"
	"net"
	"slices"
	"strings"
)

// hostName returns a DNS name in lower case, without a final dot. A wildcard may be its first label.
func hostName(s string) (string, error) {
	name := strings.ToLower(strings.TrimSuffix(s, "."))
	bare := strings.TrimPrefix(name, "*.")
	bad := func(why string) (string, error) { return "", fmt.Errorf("%q is no host name: %s", s, why) }
	switch {
	case bare == "":
		return bad("it is empty")
	case strings.Contains(s, "://"):
		return bad("give the name alone, without a protocol")
	case strings.Contains(s, ":"):
		return bad("give the name alone, without a port")
	case len(bare) > 253:
		return bad("it is too long")
	}
	for label := range strings.SplitSeq(bare, ".") {
		if label == "" || len(label) > 63 {
			return bad("a part of it is empty or too long")
		}
		for _, c := range label {
			if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '_' {
				return bad("letters outside ASCII have to be given in their xn-- form, blanks and signs cannot be part of it")
			}
		}
		if strings.HasPrefix(label, "-") || strings.HasSuffix(label, "-") {
			return bad("a part of it begins or ends with a hyphen")
		}
	}
	return name, nil
}

// noDomain is a domain without names (RFC 2606). Permitting it alone permits no name; permitting nothing would be no
// constraint.
const noDomain = "invalid"

// permits checks names against the authority's constraints, so that what would be refused everywhere is not issued.
func (a *Authority) permits(c *x509.Certificate) error {
	for _, name := range c.DNSNames {
		bare := strings.TrimPrefix(name, "*.")
		inside := func(domain string) bool {
			domain = strings.TrimPrefix(domain, ".")
			return domain == "" || bare == domain || strings.HasSuffix(bare, "."+domain)
		}
		if slices.ContainsFunc(a.cert.ExcludedDNSDomains, inside) ||
			len(a.cert.PermittedDNSDomains) > 0 && !slices.ContainsFunc(a.cert.PermittedDNSDomains, inside) {
			return fmt.Errorf("%s may not issue for %s; it may for %s", a.cert.Subject.CommonName, name, permitted(a.cert))
		}
	}
	for _, ip := range c.IPAddresses {
		inside := func(n *net.IPNet) bool { return n.Contains(ip) }
		if slices.ContainsFunc(a.cert.ExcludedIPRanges, inside) ||
			len(a.cert.PermittedIPRanges) > 0 && !slices.ContainsFunc(a.cert.PermittedIPRanges, inside) {
			return fmt.Errorf("%s may not issue for %s; it may for %s", a.cert.Subject.CommonName, ip, permitted(a.cert))
		}
	}
	for _, use := range c.ExtKeyUsage {
		if len(a.cert.ExtKeyUsage) > 0 && !slices.Contains(a.cert.ExtKeyUsage, use) {
			return fmt.Errorf("%s may not issue certificates for this use", a.cert.Subject.CommonName)
		}
	}
	return nil
}

func permitted(c *x509.Certificate) string {
	names := slices.DeleteFunc(slices.Clone(c.PermittedDNSDomains), func(d string) bool { return d == noDomain })
	for _, n := range c.PermittedIPRanges {
		names = append(names, n.String())
	}
	if len(names) == 0 {
		return "clients only"
	}
	return strings.Join(names, ", ")
}

func isRSA(public crypto.PublicKey) bool { _, ok := public.(*rsa.PublicKey); return ok }
