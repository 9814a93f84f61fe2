package tlsstore

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/internal/plural"
	"github.com/kcfg/kcfg/internal/rule"
)

func keyMismatch(c *checked, report rule.Reporter) {
	e := c.current
	if len(e.entry.Key) == 0 || e.entry.provedKey() {
		return // locked, or known to be right
	}
	if !c.effort.spend(openCost(e.entry.Key)) {
		c.unmatched++
		return
	}
	public, err := publicKey(e.entry.Key)
	if err != nil || e.chain()[0].spki == nil || e.chain()[0].hasKey(public) {
		return
	}
	report(nowhere, c.alias(), "%s: the key is not that of the certificate of %s", c.called(), e.chain()[0].name()).
		Help = "put the key beside the certificate that was issued for it"
}

const day = 24 * time.Hour

func date(t time.Time) string { return t.UTC().Format(time.DateOnly) }

// days counts whole days, in words.
func days(d time.Duration) string {
	n := int(d / day)
	if n == 0 {
		return "less than a day"
	}
	return plural.Of(n, "day")
}

// sent returns what of the chain others check: not a self-signed root at its end, which they have or do not trust.
func (c *checked) sent() []*outline {
	chain := c.current.chain()
	if n := len(chain); n > 1 && chain[n-1].selfIssued() {
		return chain[:n-1]
	}
	return chain
}

// which names the certificate of the chain that a message is about.
func (c *checked) which(o *outline) string {
	if o == c.current.chain()[0] {
		return "the certificate"
	}
	return "the certificate of " + o.name() + " in its chain"
}

func expired(c *checked, report rule.Reporter) {
	for _, o := range c.sent() {
		if o.cert != nil && c.o.Now.After(o.cert.NotAfter) {
			report(nowhere, c.alias(), "%s: %s expired on %s, %s ago", c.called(), c.which(o), date(o.cert.NotAfter), days(c.o.Now.Sub(o.cert.NotAfter))).
				Help = "renew it, then write the store again"
		}
	}
}

func notYetValid(c *checked, report rule.Reporter) {
	for _, o := range c.sent() {
		if o.cert != nil && c.o.Now.Before(o.cert.NotBefore) {
			report(nowhere, c.alias(), "%s: %s is valid only from %s on, in %s", c.called(), c.which(o), date(o.cert.NotBefore), days(o.cert.NotBefore.Sub(c.o.Now))).
				Help = "check the clock of this machine and of the one that issued it"
		}
	}
}

// expiring goes by the certificate's own lifetime: 30 days are plenty for one of 90 days, and nothing for one of 45.
func expiring(c *checked, report rule.Reporter) {
	leaf := c.leaf()
	if leaf == nil {
		return
	}
	left, life := leaf.NotAfter.Sub(c.o.Now), leaf.NotAfter.Sub(leaf.NotBefore)
	if left < 0 || left >= life/4 || c.o.Now.Before(leaf.NotBefore) {
		return
	}
	report(nowhere, c.alias(), "%s: the certificate expires on %s: %s left of %s", c.called(), date(leaf.NotAfter), days(left), days(life)).
		Help = "renew it; if a machine should have, look at its log"
}

func stagingIssuer(c *checked, report rule.Reporter) {
	for _, o := range c.current.chain() {
		if isStaging(o) {
			report(nowhere, c.alias(), "%s: %s was issued by a staging authority (%s), which nobody trusts", c.called(), c.which(o), finding.Printable(o.cert.Issuer.CommonName)).
				Help = "request it again without --staging, --test-cert or --dry-run"
			return
		}
	}
}

// isStaging recognises Let's Encrypt's test environment, old and new, by the names of its authorities.
func isStaging(o *outline) bool {
	if o.cert == nil {
		return false
	}
	for _, v := range slices.Concat(o.cert.Issuer.Names, o.cert.Subject.Names) {
		s, _ := v.Value.(string)
		if strings.HasPrefix(s, "(STAGING)") || strings.HasPrefix(s, "Fake LE ") {
			return true
		}
	}
	return false
}

func keyBits(key any) (kind string, bits int) {
	switch k := key.(type) {
	case *rsa.PublicKey:
		return "RSA", k.N.BitLen()
	case *ecdsa.PublicKey:
		return "EC", k.Curve.Params().BitSize
	}
	return "", 0
}

// Java's jdk.certpath.disabledAlgorithms and jdk.tls.disabledAlgorithms say RSA keySize < 1024 and EC keySize < 224; from
// version 16 on it has no curves below P-256.
const (
	leastRSA   = 1024
	leastEC    = 256
	decentRSA  = 2048
	brokenHelp = "make a new key, RSA with 2048 bits or EC on P-256, and a certificate for it"
)

func brokenKey(c *checked, report rule.Reporter) {
	for _, o := range c.sent() {
		if o.cert == nil {
			continue
		}
		if kind, bits := keyBits(o.cert.PublicKey); kind == "RSA" && bits < leastRSA || kind == "EC" && bits < leastEC {
			report(nowhere, c.alias(), "%s: the key of %s is %s with %d bits, which Java refuses", c.called(), o.name(), kind, bits).Help = brokenHelp
		}
	}
}

func weakKey(c *checked, report rule.Reporter) {
	for _, o := range c.sent() {
		if o.cert == nil {
			continue
		}
		if kind, bits := keyBits(o.cert.PublicKey); kind == "RSA" && bits >= leastRSA && bits < decentRSA {
			report(nowhere, c.alias(), "%s: the key of %s is RSA with %d bits; 2048 is the least that is safe", c.called(), o.name(), bits).Help = brokenHelp
		}
	}
}

func keyTypeSupport(c *checked, report rule.Reporter) {
	if leaf := c.leaf(); leaf != nil {
		if _, ok := leaf.PublicKey.(ed25519.PublicKey); ok {
			report(nowhere, c.alias(), "%s: the key is Ed25519: Java 8 and 11 cannot use it, nor can Kafka in a PEM store", c.called()).
				Help = "use EC on P-256 unless every broker and client runs Java 17 or newer"
		}
	}
}

func brokenSignature(c *checked, report rule.Reporter) {
	for _, o := range c.sent() {
		if o.cert == nil || o.selfIssued() {
			continue
		}
		switch o.cert.SignatureAlgorithm {
		case x509.MD2WithRSA, x509.MD5WithRSA:
			report(nowhere, c.alias(), "%s: %s is signed with %s, which Java refuses", c.called(), c.which(o), o.cert.SignatureAlgorithm).
				Help = "have it issued again, signed with SHA-256"
		}
	}
}

func sha1Signature(c *checked, report rule.Reporter) {
	for _, o := range c.sent() {
		if o.cert == nil || o.selfIssued() {
			continue
		}
		switch o.cert.SignatureAlgorithm {
		case x509.SHA1WithRSA, x509.DSAWithSHA1, x509.ECDSAWithSHA1:
			report(nowhere, c.alias(), "%s: %s is signed with %s, which Go and TLS 1.3 refuse", c.called(), c.which(o), o.cert.SignatureAlgorithm).
				Help = "have it issued again, signed with SHA-256"
		}
	}
}

// permits reports that a certificate may be used in this way: extended key usage is a restriction, and its absence none.
func permits(leaf *x509.Certificate, use x509.ExtKeyUsage) bool {
	return len(leaf.ExtKeyUsage)+len(leaf.UnknownExtKeyUsage) == 0 ||
		slices.Contains(leaf.ExtKeyUsage, use) || slices.Contains(leaf.ExtKeyUsage, x509.ExtKeyUsageAny)
}

// isServers reports that the certificate is to be presented by a server.
func (c *checked) isServers(leaf *x509.Certificate) bool {
	return c.o.Role != RoleClient && permits(leaf, x509.ExtKeyUsageServerAuth)
}

func hasSAN(leaf *x509.Certificate) bool { return len(leaf.DNSNames)+len(leaf.IPAddresses) > 0 }

func noSAN(c *checked, report rule.Reporter) {
	leaf := c.leaf()
	if leaf == nil || hasSAN(leaf) || !c.isServers(leaf) {
		return
	}
	report(nowhere, c.alias(), "%s: the certificate has no subject alternative name: clients other than Java's refuse it", c.called()).
		Help = "have it issued again with the broker's names as DNS names"
}

func hostNotCovered(c *checked, report rule.Reporter) {
	leaf := c.leaf()
	if leaf == nil || c.o.Role == RoleClient {
		return
	}
	for _, host := range c.o.Hosts {
		if covers(leaf, host) {
			continue
		}
		report(nowhere, c.alias(), "%s: the certificate does not cover %s; it covers %s", c.called(), finding.Printable(host), covered(leaf)).
			Help = "have it issued for that name too, or advertise a name that it covers"
	}
}

// covers decides as Java does, which falls back to the common name where there is no alternative name.
func covers(leaf *x509.Certificate, host string) bool {
	host = strings.Trim(host, "[]")
	if hasSAN(leaf) {
		return leaf.VerifyHostname(host) == nil
	}
	return leaf.Subject.CommonName != "" && net.ParseIP(host) == nil && strings.EqualFold(leaf.Subject.CommonName, strings.TrimSuffix(host, "."))
}

func covered(leaf *x509.Certificate) string {
	const most = 6
	names := slices.Clone(leaf.DNSNames)
	for _, ip := range leaf.IPAddresses {
		names = append(names, ip.String())
	}
	if len(names) == 0 && leaf.Subject.CommonName != "" {
		names = []string{leaf.Subject.CommonName}
	}
	if len(names) == 0 {
		return "nothing"
	}
	if len(names) > most {
		names = append(names[:most:most], fmt.Sprintf("%d more", len(names)-most))
	}
	return finding.Printable(strings.Join(names, ", "))
}
