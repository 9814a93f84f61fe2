// Package ca is a private certificate authority for mutual TLS: between brokers, to ZooKeeper's quorum, and for clients.
// Public authorities no longer issue certificates for clients.
//
// A [Hierarchy] is a root, which can be kept offline, and two issuing authorities below it: one for hosts, bound to
// names, and one for clients. The root alone is the trust anchor; the issuing authorities can be replaced without
// touching a trust store.
//
//	h, err := ca.New(ca.Options{Name: "Example", Domains: []string{"kafka.example.com"}})
//	broker, err := h.IssueHost(ca.Request{Hosts: []string{"kafka1.kafka.example.com"}})
//	entry, err := broker.Entry("kafka1", time.Now()) // for tlsstore.Encode
//
// There is no revocation: neither Kafka nor ZooKeeper look at revocation lists unless Java is told to. Short lifetimes,
// and ACLs without the principal in question, take its place.
//
// Nothing here touches the disk. Certificates are made by crypto/x509.
package ca

import (
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/kcfg/kcfg/tlsstore"
)

// Lifetimes where nothing else is asked for.
const (
	RootLifetime    = 10 * 365 * 24 * time.Hour
	IssuingLifetime = 5 * 365 * 24 * time.Hour
	LeafLifetime    = 90 * 24 * time.Hour
)

// backdate is how far certificates reach back, since clocks differ.
const backdate = 5 * time.Minute

// Options describe a new hierarchy.
type Options struct {
	// Name is what the authorities are called: "NAME Root CA", "NAME Hosts CA", "NAME Clients CA".
	Name string
	// Domains are the DNS names that the authority for hosts may issue certificates for, each with all names below it:
	// "example.com" covers kafka1.example.com. At least one domain or network has to be given.
	Domains []string
	// Networks are the addresses that it may issue for. Without any, addresses are excluded.
	Networks []netip.Prefix

	Key    KeyType                              // of the authorities; zero: EC on P-256
	NewKey func(KeyType) (crypto.Signer, error) // nil: NewKey
	Now    time.Time                            // zero: time.Now
	Rand   io.Reader                            // for serial numbers; nil: crypto/rand

	RootLifetime, IssuingLifetime time.Duration // zero: the constants
}

// Authority is a certificate authority that can issue.
type Authority struct {
	// Chain is the authority's certificate and those above it, without the root; for the root itself, the root.
	Chain [][]byte

	cert *x509.Certificate
	key  crypto.Signer
}

// Hierarchy is a root with its issuing authorities. The Root of one in daily use holds no key: see [Hierarchy.Root].
type Hierarchy struct {
	// Root is the anchor. It can issue authorities only while its key is at hand; everything else works without.
	Root    *Authority
	Hosts   *Authority
	Clients *Authority
}

// New makes a root and its two issuing authorities. The options need a name, and a domain or network.
func New(o Options) (*Hierarchy, error) {
	if strings.TrimSpace(o.Name) == "" {
		return nil, errors.New("the authority needs a name")
	}
	now := o.Now
	if now.IsZero() {
		now = time.Now()
	}
	key, err := o.key()
	if err != nil {
		return nil, err
	}
	serial, err := newSerial(o.Rand)
	if err != nil {
		return nil, err
	}
	template := authorityTemplate(o.Name+" Root CA", serial, now, or(o.RootLifetime, RootLifetime))
	template.MaxPathLen = 1
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, fmt.Errorf("root: %w", err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("root: %w", err)
	}
	h := &Hierarchy{Root: &Authority{[][]byte{der}, cert, key}}
	if h.Hosts, err = h.Root.NewHosts(o); err != nil {
		return nil, err
	}
	if h.Clients, err = h.Root.NewClients(o); err != nil {
		return nil, err
	}
	return h, nil
}

func (o Options) key() (crypto.Signer, error) {
	if o.NewKey != nil {
		return o.NewKey(o.Key)
	}
	return NewKey(o.Key)
}

func or(d, otherwise time.Duration) time.Duration {
	if d == 0 {
		return otherwise
	}
	return d
}

func authorityTemplate(name string, serial *big.Int, now time.Time, life time.Duration) *x509.Certificate {
	now = now.UTC().Truncate(time.Second)
	return &x509.Certificate{
		SerialNumber: serial,
		Subject:      pkix.Name{CommonName: name},
		NotBefore:    now.Add(-backdate), NotAfter: now.Add(life),
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		BasicConstraintsValid: true, IsCA: true,
	}
}

// NewHosts makes an issuing authority for hosts below the root. Its name constraints hold, since it is no anchor: Java
// does not apply those of a trusted root.
func (a *Authority) NewHosts(o Options) (*Authority, error) {
	template := func(c *x509.Certificate) error {
		c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}
		return constrain(c, o)
	}
	return a.issuing(o, "Hosts", template)
}

// NewClients makes an issuing authority for clients below the root. It is bound to clientAuth. It has no constraints on
// DNS names: Java takes the common name of a certificate without alternative names for a host's, so that clients would
// have to be called like hosts.
func (a *Authority) NewClients(o Options) (*Authority, error) {
	return a.issuing(o, "Clients", func(c *x509.Certificate) error {
		c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
		return nil
	})
}

func (a *Authority) issuing(o Options, what string, fill func(*x509.Certificate) error) (*Authority, error) {
	if a.key == nil {
		return nil, fmt.Errorf("%s: the root's key is needed to make an authority below it", a.cert.Subject.CommonName)
	}
	now := o.Now
	if now.IsZero() {
		now = time.Now()
	}
	name := o.Name
	if name == "" {
		name = strings.TrimSuffix(a.cert.Subject.CommonName, " Root CA")
	}
	key, err := o.key()
	if err != nil {
		return nil, err
	}
	serial, err := newSerial(o.Rand)
	if err != nil {
		return nil, err
	}
	c := authorityTemplate(name+" "+what+" CA", serial, now, or(o.IssuingLifetime, IssuingLifetime))
	c.MaxPathLenZero = true
	if err := fill(c); err != nil {
		return nil, err
	}
	if err := a.within(c); err != nil {
		return nil, err
	}
	der, err := a.sign(c, key.Public())
	if err != nil {
		return nil, err
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	return &Authority{[][]byte{der}, cert, key}, nil
}

// constrain puts the domains and networks into the certificate, as critical constraints.
func constrain(c *x509.Certificate, o Options) error {
	if len(o.Domains)+len(o.Networks) == 0 {
		return errors.New("the authority for hosts needs a domain or a network that it may issue for")
	}
	c.PermittedDNSDomainsCritical = true
	for _, d := range o.Domains {
		name, err := hostName(strings.TrimPrefix(d, "."))
		if err != nil || strings.HasPrefix(name, "*") {
			return fmt.Errorf("%q is no domain", d)
		}
		c.PermittedDNSDomains = append(c.PermittedDNSDomains, name)
	}
	for _, n := range o.Networks {
		if !n.IsValid() {
			return errors.New("an invalid network")
		}
		n = n.Masked()
		c.PermittedIPRanges = append(c.PermittedIPRanges, &net.IPNet{
			IP: n.Addr().AsSlice(), Mask: net.CIDRMask(n.Bits(), n.Addr().BitLen()),
		})
	}
	if len(o.Networks) == 0 {
		c.ExcludedIPRanges = []*net.IPNet{
			{IP: net.IPv4zero.To4(), Mask: net.CIDRMask(0, 32)}, {IP: net.IPv6zero, Mask: net.CIDRMask(0, 128)},
		}
	}
	if len(o.Domains) == 0 {
		c.PermittedDNSDomains = []string{noDomain}
	}
	return nil
}

// within keeps a certificate inside its issuer's lifetime.
func (a *Authority) within(c *x509.Certificate) error {
	if c.NotBefore.Before(a.cert.NotBefore) {
		c.NotBefore = a.cert.NotBefore
	}
	if c.NotAfter.After(a.cert.NotAfter) {
		c.NotAfter = a.cert.NotAfter
	}
	if !c.NotAfter.After(c.NotBefore) {
		return fmt.Errorf("%s expires on %s: nothing can be issued any more", a.cert.Subject.CommonName, a.cert.NotAfter.UTC().Format(time.DateOnly))
	}
	return nil
}

func (a *Authority) sign(c *x509.Certificate, public crypto.PublicKey) ([]byte, error) {
	der, err := x509.CreateCertificate(rand.Reader, c, a.cert, public, a.key)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", a.cert.Subject.CommonName, err)
	}
	return der, nil
}

// serialBytes of randomness are in a serial number; 20 are the most that RFC 5280 allows, with the highest bit clear.
const serialBytes = 19

func newSerial(random io.Reader) (*big.Int, error) {
	if random == nil {
		random = rand.Reader
	}
	b := make([]byte, serialBytes)
	if _, err := io.ReadFull(random, b); err != nil {
		return nil, fmt.Errorf("serial number: %w", err)
	}
	b[0] |= 0x40 // never short, never zero
	b[0] &= 0x7f
	return new(big.Int).SetBytes(b), nil
}

// Check returns an error where the parts of a hierarchy, loaded one by one, do not belong together.
func (h *Hierarchy) Check() error {
	for _, a := range []*Authority{h.Root, h.Hosts, h.Clients} {
		if a == nil {
			return errors.New("the hierarchy is incomplete")
		}
	}
	if err := h.Root.cert.CheckSignatureFrom(h.Root.cert); err != nil {
		return fmt.Errorf("%s is no root: %w", h.Root, err)
	}
	for _, a := range []*Authority{h.Hosts, h.Clients} {
		if err := a.cert.CheckSignatureFrom(h.Root.cert); err != nil {
			return fmt.Errorf("%s was not issued by %s: %w", a, h.Root, err)
		}
	}
	if slices.Contains(h.Clients.cert.ExtKeyUsage, x509.ExtKeyUsageServerAuth) || !slices.Contains(h.Hosts.cert.ExtKeyUsage, x509.ExtKeyUsageServerAuth) {
		return fmt.Errorf("%s and %s are exchanged", h.Hosts, h.Clients)
	}
	return nil
}

// Certificate returns the authority's own certificate.
func (a *Authority) Certificate() *x509.Certificate { return a.cert }

// HasKey reports whether the authority can issue.
func (a *Authority) HasKey() bool { return a.key != nil }

// Entry returns the authority as a key entry, to be kept in a store. PEM with a password is a good one. An authority
// without its key gives a trust entry.
func (a *Authority) Entry(alias string) (tlsstore.Entry, error) {
	if a.key == nil {
		return tlsstore.TrustEntry(alias, a.cert.Raw, time.Time{}), nil
	}
	key, err := x509.MarshalPKCS8PrivateKey(a.key)
	if err != nil {
		return tlsstore.Entry{}, fmt.Errorf("%s: its key cannot be written as PKCS#8", a.cert.Subject.CommonName)
	}
	return tlsstore.Entry{Alias: alias, Kind: tlsstore.KindKey, Key: key, Chain: a.Chain}, nil
}

// Load returns the authority that an entry holds; a trust entry gives one that cannot issue. It fails where the certificate
// is no authority's, and with tlsstore.ErrLocked or tlsstore.ErrKeyMismatch where the key is not at hand or another one.
func Load(e tlsstore.Entry) (*Authority, error) {
	certs, err := e.Certificates()
	if err != nil {
		return nil, err
	}
	if len(certs) == 0 || !certs[0].IsCA || !certs[0].BasicConstraintsValid {
		return nil, fmt.Errorf("%q holds no certificate authority", e.Alias)
	}
	a := &Authority{Chain: e.Chain, cert: certs[0]}
	if e.Kind == tlsstore.KindCertificate {
		return a, nil
	}
	if a.key, err = e.Signer(); err != nil {
		return nil, err
	}
	if k, ok := a.key.Public().(interface{ Equal(crypto.PublicKey) bool }); !ok || !k.Equal(a.cert.PublicKey) {
		return nil, fmt.Errorf("%q: %w", e.Alias, tlsstore.ErrKeyMismatch)
	}
	return a, nil
}

// String names the authority. Its key is never printed.
func (a Authority) String() string { return a.cert.Subject.CommonName }

// Format prints what String returns, whatever the verb.
func (a Authority) Format(s fmt.State, _ rune) { io.WriteString(s, a.String()) }
