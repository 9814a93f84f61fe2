package tlsstore

import (
	"net"
	"slices"
	"strings"

	"github.com/kcfg/kcfg/tlsstore/internal/ber"
)

var usageNames = names{
	{"2.5.29.37.0", "anyExtendedKeyUsage"}, {"1.3.6.1.5.5.7.3.1", "serverAuth"}, {"1.3.6.1.5.5.7.3.2", "clientAuth"},
	{"1.3.6.1.5.5.7.3.3", "codeSigning"}, {"1.3.6.1.5.5.7.3.4", "emailProtection"}, {"1.3.6.1.5.5.7.3.8", "timeStamping"},
	{"1.3.6.1.5.5.7.3.9", "OCSPSigning"},
}

// extensions reads the three that people ask for. They are read here, not by crypto/x509, so that a certificate with an odd
// serial number or an unknown curve has them too.
func (c *CertificateInfo) extensions(der []byte) {
	eachExtension(der, maxExtensions, func(oid string, _ bool, content []byte) {
		switch oid {
		case oidAlternativeNames, oidExtendedUsage, oidBasicConstraints:
		default:
			return
		}
		value, err := ber.Single(content)
		if err != nil {
			return
		}
		n, err := value.Count(maxExtensions)
		if err != nil {
			return
		}
		switch rest := value.Content; oid {
		case oidAlternativeNames:
			c.DNSNames = slices.Grow(c.DNSNames, n)
			for range n {
				var name ber.Element
				name, rest, _ = ber.Read(rest)
				if name.Is(ber.ContextSpecific, 2) {
					c.DNSNames = append(c.DNSNames, strings.ToValidUTF8(string(name.Content), "\uFFFD"))
				} else if name.Is(ber.ContextSpecific, 7) && (len(name.Content) == 4 || len(name.Content) == 16) {
					c.IPAddresses = append(c.IPAddresses, net.IP(name.Content).String())
				}
			}
		case oidExtendedUsage:
			for range n {
				var u ber.Element
				u, rest, _ = ber.Read(rest)
				usage, err := u.OID()
				if err != nil {
					continue
				}
				if name := usageNames.of(usage); name != "" {
					usage = name
				}
				c.ExtendedKeyUsage = append(c.ExtendedKeyUsage, usage)
			}
		case oidBasicConstraints:
			c.IsCA = saysCA(value)
		}
	})
}

// saysCA reads the basic constraints.
func saysCA(constraints ber.Element) bool {
	first, _, err := ber.Read(constraints.Content)
	return err == nil && first.Is(ber.Universal, ber.TagBoolean) && len(first.Content) == 1 && first.Content[0] != 0
}

// maxExtensions bounds the extensions of a certificate, and what one of them lists.
const maxExtensions = 1 << 16

const (
	oidAlternativeNames = "2.5.29.17"
	oidBasicConstraints = "2.5.29.19"
	oidExtendedUsage    = "2.5.29.37"
	oidNameConstraints  = "2.5.29.30"
)

// eachExtension calls see for each extension of a certificate, in their order; for none where the list is damaged or longer than
// limit.
func eachExtension(der []byte, limit int, see func(oid string, critical bool, content []byte)) {
	eachOf(der, limit, func(x ber.Element) {
		var parts [3]ber.Element
		n, err := x.Few(parts[:])
		if err != nil || n < 2 {
			return
		}
		oid, _ := parts[0].OID()
		critical := n == 3 && parts[1].Is(ber.Universal, ber.TagBoolean) && len(parts[1].Content) == 1 && parts[1].Content[0] != 0
		see(oid, critical, parts[n-1].Content)
	})
}

// eachElement calls see for each element of what an extension lists; for none where it is damaged or has too many.
func eachElement(der []byte, see func(ber.Element)) { eachOf(der, maxExtensions, see) }

// eachOf calls see for each element that the one encoded in der holds; for none where it is damaged or has more than limit.
func eachOf(der []byte, limit int, see func(ber.Element)) {
	list, err := ber.Single(der)
	if err != nil {
		return
	}
	if _, err := list.Count(limit); err != nil {
		return
	}
	for rest := list.Content; len(rest) > 0; {
		var e ber.Element
		e, rest, _ = ber.Read(rest)
		see(e)
	}
}
