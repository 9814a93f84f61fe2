package tlsstore

import (
	"bytes"
	"crypto/x509"
	_ "embed"
	"slices"
	"strconv"
	"time"
)

// Let's Encrypt's self-signed roots, as published; all four, since the next key type or the next intermediate leads to
// another one. They are DER, as it takes time to read PEM and every check of a chain may ask for them.
var (
	//go:embed roots/isrg-root-x1.der
	isrgRootX1 []byte
	//go:embed roots/isrg-root-x2.der
	isrgRootX2 []byte
	//go:embed roots/root-ye.der
	rootYE []byte
	//go:embed roots/root-yr.der
	rootYR []byte
)

// letsEncryptNames are the roots' aliases, in the order of letsEncrypt.
var letsEncryptNames = []string{"isrg-root-x1", "isrg-root-x2", "root-ye", "root-yr"}

// letsEncrypt returns the roots, which must not be changed.
func letsEncrypt() [][]byte { return [][]byte{isrgRootX1, isrgRootX2, rootYE, rootYR} }

// LetsEncryptRoots returns trust entries for the four self-signed roots of Let's Encrypt, under the aliases
// isrg-root-x1, isrg-root-x2, root-ye and root-yr. A trust store of these alone outlives every renewal.
func LetsEncryptRoots(created time.Time) []Entry {
	var out []Entry
	for i, der := range letsEncrypt() {
		out = append(out, TrustEntry(letsEncryptNames[i], der, created))
	}
	return out
}

// TrustEntry is a trusted certificate under an alias.
func TrustEntry(alias string, der []byte, created time.Time) Entry {
	return Entry{Alias: alias, Kind: KindCertificate, Created: created, Chain: [][]byte{bytes.Clone(der)}}
}

// TrustOptions are options of TrustEntries.
type TrustOptions struct {
	Alias   string // of the entries: ALIAS-1, ALIAS-2, …; a single one is ALIAS alone. Empty: the name of the material, or ca
	Created time.Time
	Leaves  bool // also certificates that are no authority's; without it they are left out
}

// TrustEntries makes trust entries of all certificates of a PEM text, in its order and without duplicates, under
// numbered aliases. Of a certbot lineage that is its chain: the leaf is left out, since as an anchor it would end with
// the next renewal. What is left out is returned too.
func TrustEntries(p *Bundle, o TrustOptions) (entries []Entry, left []PEMCertificate) {
	var anchors []PEMCertificate
	seen := map[string]bool{}
	for _, c := range p.Certificates {
		if seen[string(c.DER)] {
			continue
		}
		seen[string(c.DER)] = true
		switch {
		case o.Leaves || isAnchor(c.DER):
			anchors = append(anchors, c)
		default:
			left = append(left, c)
		}
	}
	alias := o.Alias
	if alias == "" {
		alias = p.Name
	}
	if alias == "" {
		alias = "ca"
	}
	for i, c := range anchors {
		name := alias
		if len(anchors) > 1 {
			name += "-" + strconv.Itoa(i+1)
		}
		entries = append(entries, TrustEntry(name, c.DER, o.Created))
	}
	return entries, left
}

// isAnchor reports that a certificate may be a trust anchor that outlives a leaf: an authority's, a self-signed one, or
// one from before extensions told them apart.
func isAnchor(der []byte) bool {
	o, err := scanOutline(der)
	return err == nil && o.anchors()
}

// anchors parses the certificate only where its outline does not tell.
func (o *outline) anchors() bool {
	if o.surelyAnchors() {
		return true
	}
	o.load()
	return o.cert == nil || o.cert.IsCA || o.selfIssued() || o.cert.Version < 3
}

// IssuedBy reports that one certificate (DER) issued another: by name and signature, and by name and key identifier where the
// signature is of an algorithm that crypto/x509 does not check. A self-signed root is issued by itself.
func IssuedBy(child, issuer []byte) bool {
	c, i, ok := namedIssuer(child, issuer)
	if !ok {
		return false
	}
	if i.load(); i.cert != nil && i.cert.Version == 3 && !maySign(i.cert) {
		return false
	}
	s, _ := checkSignature(c, i, newEffort())
	return s != signatureBad
}

// maySign reports that the extensions of a certificate let it sign others.
func maySign(c *x509.Certificate) bool {
	return c.BasicConstraintsValid && c.IsCA && (c.KeyUsage == 0 || c.KeyUsage&x509.KeyUsageCertSign != 0)
}

// IsLetsEncrypt reports that a certificate was issued by an authority of Let's Encrypt, or is one of theirs.
func IsLetsEncrypt(der []byte) bool {
	o, err := scanOutline(der)
	if err != nil || !slices.ContainsFunc(letsEncryptOrganizations, o.mentions) {
		return false
	}
	if o.load(); o.cert == nil {
		return false
	}
	for _, name := range [...][]string{o.cert.Issuer.Organization, o.cert.Subject.Organization} {
		for _, org := range letsEncryptOrganizations {
			if slices.Contains(name, org) {
				return !isStaging(o)
			}
		}
	}
	return false
}

// mentions reports that the subject or the issuer holds a text, without parsing them.
func (o *outline) mentions(text string) bool {
	return bytes.Contains(o.subject, []byte(text)) || bytes.Contains(o.issuer, []byte(text))
}

var letsEncryptOrganizations = []string{"Let's Encrypt", "ISRG", "Internet Security Research Group"}
