package tlsstore

import (
	"crypto/sha256"
	"crypto/x509"
	"slices"
)

// VerifiedPath returns the path from the first of some certificates (DER), as far up as each is signed by the next, and
// the next is a certificate authority. It takes nothing on faith: where a signature cannot be checked, the path ends.
// That the path is sound says nothing about who made it.
//
// It is for what a server presents, whose order and completeness are up to the server. It fails where crypto/x509 cannot
// parse the first.
func VerifiedPath(presented [][]byte) ([]*x509.Certificate, error) {
	g, err := presentedGraph(presented)
	if err != nil {
		return nil, err
	}
	best, err := g.longest(0)
	if err != nil {
		return nil, err
	}
	path := []*x509.Certificate{g.node(0).cert}
	for k := 1; k < len(best); k++ {
		if !g.proves(best[k-1], best[k]) {
			break
		}
		path = append(path, g.node(best[k]).cert)
	}
	return path, nil
}

// VerifiedPathTo returns a path as [VerifiedPath] does, but one that ends with the certificate of a SHA-256 fingerprint: where
// authorities are cross-signed, several paths lead up from the first certificate. It returns nil where none leads there.
func VerifiedPathTo(presented [][]byte, fingerprint [sha256.Size]byte) ([]*x509.Certificate, error) {
	g, err := presentedGraph(presented)
	if err != nil {
		return nil, err
	}
	below := map[int]int{0: -1} // by which certificate each was reached
	for next := []int{0}; len(next) > 0; next = next[1:] {
		at := next[0]
		if sha256.Sum256(g.nodes[at].raw) == fingerprint {
			var path []*x509.Certificate
			for ; at >= 0; at = below[at] {
				path = append(path, g.node(at).cert)
			}
			slices.Reverse(path)
			return path, nil
		}
		issuers, err := g.issuers(at)
		if err != nil {
			return nil, err
		}
		for _, i := range issuers {
			if _, seen := below[i]; !seen && g.proves(at, i) {
				below[i] = at
				next = append(next, i)
			}
		}
	}
	return nil, nil
}

// proves reports that one certificate is signed by another, which may sign certificates.
func (g *graph) proves(child, issuer int) bool {
	c := g.node(issuer).cert
	return g.signatures[[2]int{child, issuer}] == signatureGood && c != nil && maySign(c)
}

// presentedGraph reads what a server presents; its first certificate is node 0.
func presentedGraph(presented [][]byte) (*graph, error) {
	var certs []PEMCertificate
	for _, der := range presented {
		if _, err := parseOutline(der); err != nil && len(certs) > 0 {
			continue // not a certificate: it signs nothing
		}
		certs = append(certs, PEMCertificate{DER: der})
	}
	if len(certs) == 0 {
		return nil, failure(ErrFormat, "no certificate")
	}
	g, err := newGraph(certs)
	if err != nil {
		return nil, err
	}
	if g.node(0).cert == nil {
		return nil, failure(ErrUnsupported, "the first certificate cannot be parsed: %w", g.node(0).err)
	}
	return g, nil
}
