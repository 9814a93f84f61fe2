package tlsstore

import (
	"crypto/x509"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/internal/rule"
)

func noServerAuth(c *checked, report rule.Reporter) {
	leaf := c.leaf()
	if leaf == nil || c.o.Role == RoleClient || permits(leaf, x509.ExtKeyUsageServerAuth) {
		return
	}
	f := report(nowhere, c.alias(), "%s: the certificate is not for servers (no serverAuth): no client accepts it from a broker", c.called())
	f.Help = "use it for a client, or have one issued with serverAuth"
	switch c.o.Role {
	case RoleInterBroker, RoleQuorum:
		f.Severity = finding.Error
	}
}

// withoutClientAuth is what follows in each role: what Let's Encrypt issues is for servers only, and in these roles the
// certificate is presented by the side that connects.
func withoutClientAuth(r Role) string {
	switch r {
	case RoleInterBroker:
		return "with ssl.client.auth=required or requested on the inter-broker listener the broker refuses to start"
	case RoleClient:
		return "a broker with ssl.client.auth=required or requested refuses the connection"
	case RoleQuorum:
		return "ZooKeeper's servers also connect to each other as clients, so that no quorum forms"
	}
	return "it cannot be used for mutual TLS"
}

func noClientAuth(c *checked, report rule.Reporter) {
	leaf := c.leaf()
	if leaf == nil || permits(leaf, x509.ExtKeyUsageClientAuth) {
		return
	}
	f := report(nowhere, c.alias(), "%s: the certificate is for servers only (no clientAuth): %s", c.called(), withoutClientAuth(c.o.Role))
	if c.o.Role == "" {
		f.Help = "nothing to do unless brokers, ZooKeeper's quorum or clients prove themselves with it"
		return
	}
	f.Severity = finding.Error
	f.Help = "use a certificate of a private authority here (kcfg ca init), or ssl.client.auth=none with SASL_SSL"
	if c.o.Role == RoleQuorum {
		f.Help = "use a certificate of a private authority here (kcfg ca init)"
	}
}

func withoutCN(r Role) string {
	switch r {
	case RoleInterBroker:
		return "a broker whose certificate has one refuses to load this in its place, and super.users cannot name it"
	case RoleClient:
		return "its principal is User: with an empty name, which no ACL can tell from others"
	}
	return "a broker whose certificate has one refuses to load this in its place"
}

func noCN(c *checked, report rule.Reporter) {
	leaf := c.leaf()
	if leaf == nil || leaf.Subject.CommonName != "" {
		return
	}
	f := report(nowhere, c.alias(), "%s: the certificate has no common name: %s", c.called(), withoutCN(c.o.Role))
	f.Help = "have it issued with one, restart the broker once, or set ssl.allow.dn.changes=true (Kafka 3.7 and newer)"
	switch c.o.Role {
	case RoleClient:
		f.Severity = finding.Error
		f.Help = "have it issued with a common name"
	case RoleInterBroker:
		f.Severity = finding.Error
	}
}
