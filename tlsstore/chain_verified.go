package tlsstore

import "crypto/x509"

// VerifiedPath returns the path from the first of some certificates (DER), as far up as each is signed by the next, and
// the next is a certificate authority. It takes nothing on faith: where a signature cannot be checked, the path ends.
// That the path is sound says nothing about who made it.
//
// It is for what a server presents, whose order and completeness are up to the server. It fails where crypto/x509 cannot
// parse the first.
func VerifiedPath(presented [][]byte) ([]*x509.Certificate, error) {
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
	best, err := g.longest(0)
	if err != nil {
		return nil, err
	}
	path := []*x509.Certificate{g.node(0).cert}
	for k := 1; k < len(best); k++ {
		issuer := g.node(best[k]).cert
		if g.signatures[[2]int{best[k-1], best[k]}] != signatureGood || issuer == nil || !issuer.IsCA || !issuer.BasicConstraintsValid {
			break
		}
		path = append(path, issuer)
	}
	return path, nil
}
