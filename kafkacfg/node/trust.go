package node

import (
	"crypto/x509"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

const (
	// maxSignatures bounds the signatures that are checked for one file; a chain has up to 5, and a listener one chain.
	maxSignatures = 3000
	// maxNamesakes bounds the trusted certificates of one name that are looked at; there are up to 3.
	maxNamesakes = 100
)

// anchorSet are trusted certificates. Of a store with thousands of them only those are parsed that a chain names.
type anchorSet struct {
	bySubject map[string][][]byte // DER, by the DER of the name
	parsed    map[string][]*x509.Certificate
}

func newAnchorSet() *anchorSet {
	return &anchorSet{map[string][][]byte{}, map[string][]*x509.Certificate{}}
}

// add adds a certificate; what is none is left out.
func (s *anchorSet) add(der []byte) {
	if name := subject(der); name != nil && len(s.bySubject[string(name)]) < maxNamesakes {
		s.bySubject[string(name)] = append(s.bySubject[string(name)], der)
	}
}

// of returns the certificates of a name, as far as crypto/x509 parses them.
func (s *anchorSet) of(name []byte) []*x509.Certificate {
	certs, done := s.parsed[string(name)]
	if !done {
		for _, der := range s.bySubject[string(name)] {
			if c, err := x509.ParseCertificate(der); err == nil {
				certs = append(certs, c)
			}
		}
		s.parsed[string(name)] = certs
	}
	return certs
}

// subject returns the DER of a certificate's subject; nil where it has none.
func subject(der []byte) []byte {
	s := cryptobyte.String(der)
	var cert, tbs, name cryptobyte.String
	if !s.ReadASN1(&cert, cbasn1.SEQUENCE) || !cert.ReadASN1(&tbs, cbasn1.SEQUENCE) || !tbs.SkipOptionalASN1(cbasn1.Tag(0).ContextSpecific().Constructed()) ||
		!tbs.SkipASN1(cbasn1.INTEGER) || !tbs.SkipASN1(cbasn1.SEQUENCE) || !tbs.SkipASN1(cbasn1.SEQUENCE) || !tbs.SkipASN1(cbasn1.SEQUENCE) ||
		!tbs.ReadASN1Element(&name, cbasn1.SEQUENCE) {
		return nil
	}
	return name
}
