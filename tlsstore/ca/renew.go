package ca

import (
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
)

// Renew issues a certificate with the subject, the alternative names and the uses of an older one (DER), and its lifetime and kind of
// key unless others are asked for. A broker that loads a certificate in place refuses another subject or fewer names.
//
// The older certificate has to be one of this hierarchy's, by signature: of the present issuing authorities, or of
// earlier ones of the same root, given as former.
func (h *Hierarchy) Renew(old []byte, r Request, former ...*x509.Certificate) (*Issued, error) {
	cert, err := x509.ParseCertificate(old)
	if err != nil {
		return nil, fmt.Errorf("the certificate to renew: %w", err)
	}
	if cert.IsCA {
		return nil, errors.New("an authority is not renewed: make a new one below the root")
	}
	if r.CommonName != "" || r.Organization != "" || r.Unit != "" || len(r.Hosts) > 0 || r.ServerOnly {
		return nil, errors.New("a renewal keeps subject, names and uses: issue a new certificate to change them")
	}
	if !h.issued(cert, former) {
		return nil, fmt.Errorf("the certificate of %s was not issued by this authority", cert.Subject)
	}
	if r.Key == "" {
		r.Key = keyTypeOf(cert.PublicKey)
	}
	if r.Lifetime == 0 {
		r.Lifetime = cert.NotAfter.Sub(cert.NotBefore) - backdate
	}
	by := h.Hosts
	if !slices.Contains(cert.ExtKeyUsage, x509.ExtKeyUsageServerAuth) {
		by = h.Clients
	}
	return by.complete(&x509.Certificate{
		RawSubject: cert.RawSubject, Subject: cert.Subject, DNSNames: cert.DNSNames, IPAddresses: cert.IPAddresses, ExtKeyUsage: cert.ExtKeyUsage,
	}, r)
}

// issued checks the signature of cert, and that of a former authority by the root.
func (h *Hierarchy) issued(cert *x509.Certificate, former []*x509.Certificate) bool {
	for _, by := range append([]*x509.Certificate{h.Hosts.cert, h.Clients.cert}, former...) {
		if by.CheckSignatureFrom(h.Root.cert) == nil && cert.CheckSignatureFrom(by) == nil {
			return true
		}
	}
	return false
}
