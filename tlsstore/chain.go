package tlsstore

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/kcfg/kcfg/finding"
)

// KeyOptions are options of KeyEntry; the zero value is what a key store wants.
type KeyOptions struct {
	Alias    string    // empty: the name of the lineage or directory; of a file, what the leaf is called
	Created  time.Time // of the entry
	KeepRoot bool      // keep a self-signed root at the end of the chain
	Now      time.Time // certificates that have expired are passed over where others serve; zero: dates do not count
}

// KeyPair is what KeyEntry makes of PEM text.
type KeyPair struct {
	Entry Entry
	// Roots are self-signed certificates that end the chain and were left out of it: a server need not send its root.
	// They are trust anchors, for a trust store or for [CheckOptions].Roots.
	Roots [][]byte
	// Unused are the certificates that are not part of the chain; Findings say why.
	Unused   []PEMCertificate
	Findings []finding.Finding
}

// KeyEntry makes the key entry of a store from a private key and the certificates beside it, in whatever order they
// stand.
//
// The leaf is the certificate whose public key is the key's; of several, the first. The certificates above it are put
// in order by their signatures. Where a certificate has several possible issuers, as with cross-signed roots, the path
// that follows the order of the file is taken if there is one, else the longest, and of equally long ones the one that
// comes first in the file. Duplicates are dropped. A self-signed root at the end is left out unless KeepRoot is set or
// it is the leaf itself. With Now, what has expired by then is taken only where nothing else is there. Signatures that
// crypto/x509 does not check (MD5, unknown algorithms, tiny keys) are taken for good where name and key identifier fit,
// with a finding.
//
// A key without its certificate, no key, or more than one, is an error.
func KeyEntry(p *Bundle, o KeyOptions) (KeyPair, error) {
	key, err := p.onlyKey()
	if err != nil {
		return KeyPair{}, err
	}
	pkcs8, err := key.PKCS8()
	if err != nil {
		return KeyPair{}, err
	}
	if len(p.Certificates) == 0 {
		return KeyPair{}, failure(ErrNoPair, "%s: no certificate beside the key", key.PEMBlock)
	}
	g, err := newGraph(p.Certificates)
	if err != nil {
		return KeyPair{}, err
	}
	pair, used, err := g.keyEntry(p, key, pkcs8, o)
	if err != nil {
		return KeyPair{}, err
	}
	leaf := used[0]
	pair.Findings = g.unverified(pair.Entry.Alias, used)
	for i := range g.nodes {
		if slices.Contains(used, i) {
			continue
		}
		pair.Unused = append(pair.Unused, g.certs[i])
		if len(pair.Unused) <= maxForeign {
			pair.Findings = append(pair.Findings, g.foreign(pair.Entry.Alias, i, leaf, used))
		}
	}
	if more := len(pair.Unused) - maxForeign; more > 0 {
		last := &pair.Findings[len(pair.Findings)-1]
		last.Notes = append(last.Notes, fmt.Sprintf("%d more certificates are not part of the chain", more))
	}
	return pair, nil
}

// keyEntry makes the entry, and returns beside it the path that its chain is, root and all.
func (g *graph) keyEntry(p *Bundle, key PEMKey, pkcs8 []byte, o KeyOptions) (pair KeyPair, used []int, err error) {
	g.now = o.Now
	leaves := g.lasting(g.withKey(key.public))
	if len(leaves) == 0 {
		if len(g.nodes) == 1 {
			return KeyPair{}, nil, failure(ErrKeyMismatch, "%s: the key is not that of the certificate of %s", key.PEMBlock, g.node(0).name())
		}
		return KeyPair{}, nil, failure(ErrKeyMismatch, "%s: the key belongs to none of the %d certificates (%s)",
			key.PEMBlock, len(g.nodes), g.shownNames())
	}
	path, err := g.path(leaves[0])
	if err != nil {
		return KeyPair{}, nil, err
	}
	pair = KeyPair{Entry: Entry{Alias: o.Alias, Kind: KindKey, Created: o.Created, Key: pkcs8}}
	used = path
	if n := len(path); n > 1 && !o.KeepRoot && g.selfSigned(path[n-1]) {
		pair.Roots = append(pair.Roots, g.nodes[path[n-1]].raw)
		path = path[:n-1]
	}
	var chain []*outline
	for _, i := range path {
		chain = append(chain, g.nodes[i])
		pair.Entry.Chain = append(pair.Entry.Chain, g.nodes[i].raw)
	}
	if pair.Entry.Alias == "" {
		pair.Entry.Alias = p.defaultAlias(g.node(leaves[0]))
	}
	pair.Entry.proof = newProof(pkcs8, chain)
	return pair, used, nil
}

// maxForeign is how many certificates outside the chain are named; who gives a whole bundle of roots knows.
const maxForeign = 10

// onlyKey returns the one key there has to be.
func (p *Bundle) onlyKey() (PEMKey, error) {
	switch keys := p.uniqueKeys(); len(keys) {
	case 1:
		return keys[0], nil
	case 0:
		return PEMKey{}, failure(ErrNoPair, "%sno private key", p.where())
	default:
		return PEMKey{}, severalKeys("", keys)
	}
}

// where names the files for a message about what they lack.
func (p *Bundle) where() string {
	var files []string
	for _, c := range p.Certificates {
		if !slices.Contains(files, c.File) {
			files = append(files, c.File)
		}
	}
	for _, b := range p.Others {
		if !slices.Contains(files, b.File) {
			files = append(files, b.File)
		}
	}
	if len(files) == 0 {
		return ""
	}
	return strings.Join(files, ", ") + ": "
}

// publicKey returns the public half of a PKCS#8 key.
func publicKey(pkcs8 []byte) (crypto.PublicKey, error) {
	key, err := parsePKCS8(pkcs8)
	if err != nil {
		return nil, failure(ErrCorrupt, "it holds no private key that can be read")
	}
	signer, ok := key.(crypto.Signer)
	if !ok {
		return nil, failure(ErrUnsupported, "a key that cannot sign")
	}
	return signer.Public(), nil
}

// matches reports, as an error, that a key is not the one of a certificate.
func matches(key PEMKey, der []byte) error {
	leaf, err := scanOutline(der)
	if err != nil {
		return failure(ErrCorrupt, "%w", err)
	}
	if spki, err := x509.MarshalPKIXPublicKey(key.public); err == nil && bytes.Equal(spki, leaf.spki) {
		return nil
	}
	leaf.load() // equal keys may be encoded differently
	if !leaf.hasKey(key.public) {
		return failure(ErrKeyMismatch, "%s: the key is not that of the certificate of %s", key.PEMBlock, leaf.name())
	}
	return nil
}

// hasKey compares public keys, by their encoding where crypto/x509 could not parse the certificate's.
func (o *outline) hasKey(public crypto.PublicKey) bool {
	if o.cert != nil {
		k, ok := public.(interface{ Equal(crypto.PublicKey) bool })
		return ok && o.cert.PublicKey != nil && k.Equal(o.cert.PublicKey)
	}
	spki, err := x509.MarshalPKIXPublicKey(public)
	return err == nil && bytes.Equal(spki, o.spki)
}

// defaultAlias is the name of the lineage or directory, else the leaf's common name or first alternative name, else
// kafka. A single file's name, such as fullchain, says less than its certificate.
func (p *Bundle) defaultAlias(leaf *outline) string {
	switch {
	case p.Layout != LayoutFile && p.Name != "" && p.Name != "." && p.Name != "/":
		return p.Name
	case leaf.cert == nil:
	case leaf.cert.Subject.CommonName != "":
		return leaf.cert.Subject.CommonName
	case len(leaf.cert.DNSNames) > 0:
		return leaf.cert.DNSNames[0]
	}
	return "kafka"
}
