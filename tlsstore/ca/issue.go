package ca

import (
	"crypto"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"strings"
	"time"
	"unicode"

	"github.com/kcfg/kcfg/tlsstore"
)

// Request describes a certificate to be issued.
type Request struct {
	// CommonName is the subject's; of a host by default its first name. Clients need one: it is their principal.
	CommonName   string
	Organization string // part of the subject, if any
	Unit         string // organizational unit, part of the subject, if any

	// Hosts are the alternative names of a host's certificate: DNS names and addresses. Clients have none.
	Hosts []string
	// ServerOnly leaves clientAuth out of a host's certificate. Brokers that connect to each other, and ZooKeeper's
	// servers, need both uses.
	ServerOnly bool

	// CSR is a certificate request, in PEM or DER, whose key the certificate is for. Nothing else is taken from it.
	// Without one a key is made.
	CSR    []byte
	Key    KeyType
	NewKey func(KeyType) (crypto.Signer, error) // nil: NewKey

	Lifetime time.Duration // zero: LeafLifetime; cut to the authority's, see Issued.AskedUntil
	Now      time.Time     // zero: time.Now
	Rand     io.Reader     // for the serial number; nil: crypto/rand
}

// Issued is a certificate with what belongs to it.
type Issued struct {
	Chain  [][]byte // the certificate and the authorities below the root
	Record Record
	// AskedUntil is the end that was asked for, where the certificate ends earlier, with its authority; else it is zero.
	AskedUntil time.Time

	key crypto.Signer // nil: it stayed with who made the request
}

// Signer returns the private key, and false where the certificate was made for a request.
func (i *Issued) Signer() (crypto.Signer, bool) { return i.key, i.key != nil }

// Entry returns the certificate with its key as a key entry. It fails where the key is not here.
func (i *Issued) Entry(alias string, created time.Time) (tlsstore.Entry, error) {
	if i.key == nil {
		return tlsstore.Entry{}, fmt.Errorf("%s: the key stayed with who made the request: %w", i.Record.Subject, tlsstore.ErrLocked)
	}
	key, err := x509.MarshalPKCS8PrivateKey(i.key)
	if err != nil {
		return tlsstore.Entry{}, fmt.Errorf("%s: its key cannot be written as PKCS#8", i.Record.Subject)
	}
	return tlsstore.Entry{Alias: alias, Kind: tlsstore.KindKey, Created: created, Key: key, Chain: i.Chain}, nil
}

// String names the certificate. Its key is never printed.
func (i Issued) String() string { return i.Record.Subject }

// Format prints what String returns, whatever the verb.
func (i Issued) Format(s fmt.State, _ rune) { io.WriteString(s, i.String()) }

// IssueHost issues a certificate for a broker or a ZooKeeper server.
func (h *Hierarchy) IssueHost(r Request) (*Issued, error) { return h.Hosts.IssueHost(r) }

// IssueClient issues a certificate for a client.
func (h *Hierarchy) IssueClient(r Request) (*Issued, error) { return h.Clients.IssueClient(r) }

// IssueHost issues a certificate with alternative names, for serverAuth and, unless it is ServerOnly, clientAuth. It fails for
// names beyond the authority's domains and networks, and where the authority has expired or its key is not at hand.
func (a *Authority) IssueHost(r Request) (*Issued, error) {
	if len(r.Hosts) == 0 {
		return nil, errors.New("a host's certificate needs at least one name or address")
	}
	c := &x509.Certificate{ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	if !r.ServerOnly {
		c.ExtKeyUsage = append(c.ExtKeyUsage, x509.ExtKeyUsageClientAuth)
	}
	for _, host := range r.Hosts {
		if ip, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
			c.IPAddresses = append(c.IPAddresses, ip.Unmap().WithZone("").AsSlice())
			continue
		}
		name, err := hostName(host)
		if err != nil {
			return nil, err
		}
		c.DNSNames = append(c.DNSNames, name)
	}
	if r.CommonName == "" {
		r.CommonName = strings.TrimPrefix(strings.ToLower(strings.TrimSuffix(r.Hosts[0], ".")), "*.")
	}
	return a.issue(c, r)
}

// IssueClient issues a certificate for clientAuth alone, without alternative names.
func (a *Authority) IssueClient(r Request) (*Issued, error) {
	if len(r.Hosts) > 0 {
		return nil, errors.New("a client's certificate has no host names: a certificate for both is a host's")
	}
	if r.CommonName == "" {
		return nil, errors.New("a client's certificate needs a common name: it is the client's principal")
	}
	return a.issue(&x509.Certificate{ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}, r)
}

// issue completes a certificate whose names and uses are set.
func (a *Authority) issue(c *x509.Certificate, r Request) (*Issued, error) {
	subject, err := r.subject()
	if err != nil {
		return nil, err
	}
	c.Subject = subject
	return a.complete(c, r)
}

func (r Request) subject() (pkix.Name, error) {
	const longest = 64 // RFC 5280, ub-common-name and its like
	n := pkix.Name{CommonName: r.CommonName}
	if r.Organization != "" {
		n.Organization = []string{r.Organization}
	}
	if r.Unit != "" {
		n.OrganizationalUnit = []string{r.Unit}
	}
	for _, s := range []string{r.CommonName, r.Organization, r.Unit} {
		if len([]rune(s)) > longest {
			return n, fmt.Errorf("%q has more than %d characters, the most that a subject's part may have", s, longest)
		}
		if strings.ContainsFunc(s, unicode.IsControl) {
			return n, fmt.Errorf("%q has a control character", s)
		}
	}
	return n, nil
}

// complete adds dates, serial number and key, and signs.
func (a *Authority) complete(c *x509.Certificate, r Request) (*Issued, error) {
	if a.key == nil {
		return nil, fmt.Errorf("%s: its key is needed to issue", a.cert.Subject.CommonName)
	}
	if a.cert.MaxPathLen != 0 {
		return nil, fmt.Errorf("%s issues authorities, not certificates", a.cert.Subject.CommonName)
	}
	if err := a.permits(c); err != nil {
		return nil, err
	}
	now := r.Now
	if now.IsZero() {
		now = time.Now()
	}
	now = now.UTC().Truncate(time.Second)
	if now.After(a.cert.NotAfter) {
		return nil, fmt.Errorf("%s expired on %s", a.cert.Subject.CommonName, a.cert.NotAfter.UTC().Format(time.DateOnly))
	}
	if r.Lifetime < 0 {
		return nil, errors.New("a negative lifetime")
	}
	c.NotBefore, c.NotAfter = now.Add(-backdate), now.Add(or(r.Lifetime, LeafLifetime))
	asked := c.NotAfter
	if err := a.within(c); err != nil {
		return nil, err
	}
	c.BasicConstraintsValid = true
	c.KeyUsage = x509.KeyUsageDigitalSignature
	var err error
	if c.SerialNumber, err = newSerial(r.Rand); err != nil {
		return nil, err
	}
	i := &Issued{}
	public, err := r.public(i)
	if err != nil {
		return nil, err
	}
	if k, ok := public.(interface{ Equal(crypto.PublicKey) bool }); ok && k.Equal(a.cert.PublicKey) {
		return nil, errors.New("the request holds the authority's own key")
	}
	if isRSA(public) {
		c.KeyUsage |= x509.KeyUsageKeyEncipherment // RSA key exchange of TLS 1.2, for the oldest clients
	}
	der, err := a.sign(c, public)
	if err != nil {
		return nil, err
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	i.Chain = append([][]byte{der}, a.Chain...)
	i.Record = newRecord(cert)
	if c.NotAfter.Before(asked) {
		i.AskedUntil = asked
	}
	return i, nil
}

// public returns the key to be certified, and keeps the private half where it is made here.
func (r Request) public(i *Issued) (crypto.PublicKey, error) {
	if r.CSR != nil {
		return RequestKey(r.CSR)
	}
	makeKey := r.NewKey
	if makeKey == nil {
		makeKey = NewKey
	}
	key, err := makeKey(r.Key)
	if err != nil {
		return nil, err
	}
	i.key = key
	return key.Public(), checkPublicKey(key.Public())
}
