package tlsstore

import (
	"crypto/x509"
	"slices"

	"github.com/kcfg/kcfg/internal/rule"
)

// policies are those that a path is valid for: any, or some by their identifiers; with neither there are none left.
type policies struct {
	any  bool
	some []string
}

// below returns what is left of policies below a certificate.
func (p policies) below(c *x509.Certificate) policies {
	var out policies
	for _, id := range c.Policies {
		switch oid := id.String(); {
		case oid == oidAnyPolicy:
			out.any = p.any
			out.some = append(out.some, p.some...)
		case p.any || slices.Contains(p.some, oid):
			out.some = append(out.some, oid)
		}
	}
	return out
}

const oidAnyPolicy = "2.5.29.32.0"

func (p policies) none() bool { return !p.any && len(p.some) == 0 }

// requiresPolicy says how many certificates further down a certificate requires policies from; -1 where it does not.
func requiresPolicy(c *x509.Certificate) int {
	if c.RequireExplicitPolicy > 0 || c.RequireExplicitPolicyZero {
		return c.RequireExplicitPolicy
	}
	return -1
}

// policyMissing finds what Java refuses with "non-null policy tree required and policy tree is null", in paths without the rarer
// things that would need its tree: mappings, and anyPolicy that is inhibited.
func policyMissing(c *checked, report rule.Reporter) {
	requires := func(o *outline) bool { return o.cert != nil && requiresPolicy(o.cert) >= 0 }
	if !slices.ContainsFunc(c.current.chain(), requires) {
		return
	}
	path := c.path()
	left := len(path) + 1 // certificates until policies are required
	valid := policies{any: true}
	var by *outline // which requires them
	var lost *outline
	for i, o := range slices.Backward(path) {
		if o.cert == nil || len(o.cert.PolicyMappings) > 0 || o.cert.InhibitAnyPolicy > 0 || o.cert.InhibitAnyPolicyZero {
			return
		}
		if valid = valid.below(o.cert); valid.none() && lost == nil {
			lost = o
		}
		n := requiresPolicy(o.cert)
		below := left
		if left > 0 && !o.selfIssued() {
			below--
		}
		if n >= 0 && n < below && (i > 0 || n == 0) {
			below, by = n, o
		}
		if i == 0 {
			left = below // of the last certificate its own word counts too
		}
		if left == 0 && valid.none() {
			report(nowhere, c.alias(), "%s: %s requires that those below it have a policy in common (policyConstraints), and %s has none that those above it have", c.called(), by.name(), c.which(lost)).
				Help = "have that certificate issued with the policy of its authority"
			return
		}
		left = below
	}
}
