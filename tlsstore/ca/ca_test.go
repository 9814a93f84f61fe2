package ca

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/tlsstore"
)

var now = time.Date(2026, 11, 24, 12, 0, 0, 500, time.UTC)

func newHierarchy(t testing.TB, o Options) *Hierarchy {
	t.Helper()
	if o.Name == "" {
		o.Name = "Example"
	}
	if o.Domains == nil && o.Networks == nil {
		o.Domains = []string{"example.com"}
	}
	if o.Now.IsZero() {
		o.Now = now
	}
	h, err := New(o)
	require.NoError(t, err)
	require.NoError(t, h.Check())
	return h
}

func parse(t testing.TB, der []byte) *x509.Certificate {
	t.Helper()
	c, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	return c
}

// verify asks crypto/x509 for a path from the root.
func verify(h *Hierarchy, chain [][]byte, host string, use x509.ExtKeyUsage, at time.Time) error {
	roots, between := x509.NewCertPool(), x509.NewCertPool()
	roots.AddCert(h.Root.cert)
	certs := make([]*x509.Certificate, len(chain))
	for i, der := range chain {
		c, err := x509.ParseCertificate(der)
		if err != nil {
			return err
		}
		certs[i] = c
		between.AddCert(c)
	}
	_, err := certs[0].Verify(x509.VerifyOptions{Roots: roots, Intermediates: between, DNSName: host, KeyUsages: []x509.ExtKeyUsage{use}, CurrentTime: at})
	return err
}

func TestHierarchy(t *testing.T) {
	h := newHierarchy(t, Options{Networks: []netip.Prefix{netip.MustParsePrefix("10.1.2.3/8")}, Domains: []string{"Example.com", ".kafka.internal"}})
	root, hosts, clients := h.Root.Certificate(), h.Hosts.Certificate(), h.Clients.Certificate()
	require.Equal(t, []string{"CN=Example Root CA", "CN=Example Hosts CA", "CN=Example Clients CA"},
		[]string{root.Subject.String(), hosts.Subject.String(), clients.Subject.String()})
	require.Equal(t, 1, root.MaxPathLen)
	require.Empty(t, root.PermittedDNSDomains, "Java does not apply a root's constraints")
	for _, c := range []*x509.Certificate{hosts, clients} {
		require.True(t, c.MaxPathLen == 0 && c.MaxPathLenZero)
		require.NoError(t, c.CheckSignatureFrom(root))
	}
	for _, c := range []*x509.Certificate{root, hosts, clients} {
		require.True(t, c.IsCA)
		require.Equal(t, x509.KeyUsageCertSign|x509.KeyUsageCRLSign, c.KeyUsage)
		require.Equal(t, now.Truncate(time.Second).Add(-5*time.Minute), c.NotBefore)
		require.GreaterOrEqual(t, c.SerialNumber.BitLen(), 128)
		require.LessOrEqual(t, c.SerialNumber.BitLen(), 159)
		require.NotEmpty(t, c.SubjectKeyId)
	}
	require.Equal(t, []string{"example.com", "kafka.internal"}, hosts.PermittedDNSDomains)
	require.Equal(t, "10.0.0.0/8", hosts.PermittedIPRanges[0].String())
	require.True(t, hosts.PermittedDNSDomainsCritical)
	require.Empty(t, clients.PermittedDNSDomains)
	require.Equal(t, []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}, clients.ExtKeyUsage)
	require.Equal(t, "10.0.0.0/8", hosts.PermittedIPRanges[0].String())
}

func TestOptionsThatMakeNoAuthority(t *testing.T) {
	for _, c := range []struct {
		o    Options
		want string
	}{
		{Options{Domains: []string{"example.com"}}, "the authority needs a name"},
		{Options{Name: "x"}, "the authority for hosts needs a domain or a network that it may issue for"},
		{Options{Name: "x", Domains: []string{"*.example.com"}}, `"*.example.com" is no domain`},
		{Options{Name: "x", Domains: []string{""}}, `"" is no domain`},
		{Options{Name: "x", Domains: []string{"a b"}}, `"a b" is no domain`},
		{Options{Name: "x", Networks: []netip.Prefix{{}}}, "an invalid network"},
		{Options{Name: "x", Domains: []string{"a"}, Key: "dsa"}, `unknown key type "dsa"`},
		{Options{Name: "x", Domains: []string{"a"}, Rand: strings.NewReader("short")}, "serial number: unexpected EOF"},
	} {
		_, err := New(c.o)
		require.EqualError(t, err, c.want)
	}
}

func TestHostCertificates(t *testing.T) {
	h := newHierarchy(t, Options{Domains: []string{"example.com"}, Networks: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}})
	i, err := h.IssueHost(Request{Hosts: []string{"Kafka1.example.com.", "10.0.0.1", "[fd00::1]", "*.kafka.example.com"}, Organization: "Ops", Unit: "Kafka", Now: now})
	require.NoError(t, err)
	c := parse(t, i.Chain[0])
	require.Equal(t, "CN=kafka1.example.com,OU=Kafka,O=Ops", c.Subject.String())
	require.Equal(t, []string{"kafka1.example.com", "*.kafka.example.com"}, c.DNSNames)
	require.Len(t, c.IPAddresses, 2)
	require.Equal(t, []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}, c.ExtKeyUsage)
	require.False(t, c.IsCA)
	require.Equal(t, now.Truncate(time.Second).Add(-5*time.Minute), c.NotBefore)
	require.Equal(t, now.Truncate(time.Second).Add(LeafLifetime), c.NotAfter)
	require.Len(t, i.Chain, 2)
	for _, host := range []string{"kafka1.example.com", "10.0.0.1", "fd00::1", "a.kafka.example.com"} {
		require.NoError(t, verify(h, i.Chain, host, x509.ExtKeyUsageServerAuth, now))
	}
	require.NoError(t, verify(h, i.Chain, "", x509.ExtKeyUsageClientAuth, now))
	require.Equal(t, []string{"kafka1.example.com", "*.kafka.example.com", "10.0.0.1", "fd00::1"}, i.Record.Hosts)

	only, err := h.IssueHost(Request{Hosts: []string{"kafka1.example.com"}, ServerOnly: true, Key: RSA2048, Now: now})
	require.NoError(t, err)
	c = parse(t, only.Chain[0])
	require.Equal(t, []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}, c.ExtKeyUsage)
	require.Equal(t, x509.KeyUsageDigitalSignature|x509.KeyUsageKeyEncipherment, c.KeyUsage)
	require.Error(t, verify(h, only.Chain, "", x509.ExtKeyUsageClientAuth, now))
}

func TestAnAuthorityForAddressesAlone(t *testing.T) {
	h := newHierarchy(t, Options{Networks: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}})
	i, err := h.IssueHost(Request{Hosts: []string{"10.0.0.1"}, Now: now})
	require.NoError(t, err)
	require.NoError(t, verify(h, i.Chain, "10.0.0.1", x509.ExtKeyUsageServerAuth, now))
	_, err = h.IssueHost(Request{Hosts: []string{"a.example.com"}, Now: now})
	require.EqualError(t, err, "Example Hosts CA may not issue for a.example.com; it may for 10.0.0.0/8")
}

func TestClientCertificates(t *testing.T) {
	h := newHierarchy(t, Options{})
	i, err := h.IssueClient(Request{CommonName: "app1.other.org", Now: now})
	require.NoError(t, err)
	c := parse(t, i.Chain[0])
	require.Equal(t, []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}, c.ExtKeyUsage)
	require.Empty(t, c.DNSNames)
	require.NoError(t, verify(h, i.Chain, "", x509.ExtKeyUsageClientAuth, now))
	require.Error(t, verify(h, i.Chain, "", x509.ExtKeyUsageServerAuth, now))
}

func TestRequestsThatAreRefused(t *testing.T) {
	h := newHierarchy(t, Options{})
	long := strings.Repeat("x", 65)
	for _, c := range []struct {
		name, want string
		host       bool
		r          Request
	}{
		{"no names", "a host's certificate needs at least one name or address", true, Request{CommonName: "x"}},
		{"foreign name", "Example Hosts CA may not issue for kafka1.example.org; it may for example.com", true, Request{Hosts: []string{"kafka1.example.org"}}},
		{"a name that only ends so", "Example Hosts CA may not issue for badexample.com; it may for example.com", true, Request{Hosts: []string{"badexample.com"}}},
		{"address", "Example Hosts CA may not issue for 10.0.0.1; it may for example.com", true, Request{Hosts: []string{"10.0.0.1"}}},
		{"port", `"kafka1.example.com:9092" is no host name: give the name alone, without a port`, true, Request{Hosts: []string{"kafka1.example.com:9092"}}},
		{"URL", `"https://kafka1.example.com" is no host name: give the name alone, without a protocol`, true, Request{Hosts: []string{"https://kafka1.example.com"}}},
		{"blank", `"kafka 1.example.com" is no host name: letters outside ASCII have to be given in their xn-- form, blanks and signs cannot be part of it`, true, Request{Hosts: []string{"kafka 1.example.com"}}},
		{"umlaut", `"käfka.example.com" is no host name: letters outside ASCII have to be given in their xn-- form, blanks and signs cannot be part of it`, true, Request{Hosts: []string{"käfka.example.com"}}},
		{"empty part", `"a..example.com" is no host name: a part of it is empty or too long`, true, Request{Hosts: []string{"a..example.com"}}},
		{"wildcard inside", `"a.*.example.com" is no host name: letters outside ASCII have to be given in their xn-- form, blanks and signs cannot be part of it`, true, Request{Hosts: []string{"a.*.example.com"}}},
		{"long common name", fmt.Sprintf("%q has more than 64 characters, the most that a subject's part may have", long), false, Request{CommonName: long}},
		{"control character", `"a\nb" has a control character`, false, Request{CommonName: "a\nb"}},
		{"client without a name", "a client's certificate needs a common name: it is the client's principal", false, Request{}},
		{"client with hosts", "a client's certificate has no host names: a certificate for both is a host's", false, Request{CommonName: "x", Hosts: []string{"a.example.com"}}},
		{"negative lifetime", "a negative lifetime", false, Request{CommonName: "x", Lifetime: -1}},
		{"no request", "the request cannot be read as a certificate request", false, Request{CommonName: "x", CSR: []byte{}}},
		{"short random source", "serial number: unexpected EOF", false, Request{CommonName: "x", Rand: strings.NewReader("x")}},
	} {
		c.r.Now = now
		issue := h.IssueClient
		if c.host {
			issue = h.IssueHost
		}
		_, err := issue(c.r)
		require.EqualError(t, err, c.want, c.name)
	}
	_, err := h.Root.IssueHost(Request{Hosts: []string{"a.example.com"}})
	require.EqualError(t, err, "Example Root CA issues authorities, not certificates")
	_, err = h.Clients.IssueHost(Request{Hosts: []string{"a.example.com"}})
	require.EqualError(t, err, "Example Clients CA may not issue certificates for this use")
}

func csr(t *testing.T, key crypto.Signer) []byte {
	t.Helper()
	uri, err := url.Parse("spiffe://evil/x")
	require.NoError(t, err)
	der, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{
		Subject: pkix.Name{CommonName: "evil"}, DNSNames: []string{"evil.example.org"}, IPAddresses: []net.IP{{1, 2, 3, 4}}, URIs: []*url.URL{uri}, EmailAddresses: []string{"a@b"},
	}, key)
	require.NoError(t, err)
	return der
}

func TestOnlyTheKeyOfARequestIsTaken(t *testing.T) {
	h := newHierarchy(t, Options{})
	key, err := NewKey(RSA2048)
	require.NoError(t, err)
	request := csr(t, key)
	for _, form := range [][]byte{request, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: request})} {
		i, err := h.IssueHost(Request{Hosts: []string{"kafka1.example.com"}, CSR: form, Now: now})
		require.NoError(t, err)
		c := parse(t, i.Chain[0])
		require.Equal(t, key.Public(), c.PublicKey)
		require.Equal(t, "CN=kafka1.example.com", c.Subject.String())
		require.Equal(t, []string{"kafka1.example.com"}, c.DNSNames)
		require.Empty(t, c.IPAddresses)
		require.Empty(t, c.URIs)
		require.Empty(t, c.EmailAddresses)
		_, has := i.Signer()
		require.False(t, has)
		_, err = i.Entry("kafka1", now)
		require.ErrorIs(t, err, tlsstore.ErrLocked)
	}
	broken := bytes.Clone(request)
	broken[len(broken)-1] ^= 1
	_, err = RequestKey(broken)
	require.ErrorContains(t, err, "the request's signature is not that of its key")
	_, err = RequestKey(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: request}))
	require.EqualError(t, err, "the request is no certificate request")
	_, err = h.IssueHost(Request{Hosts: []string{"kafka1.example.com"}, CSR: csr(t, h.Hosts.key), Now: now})
	require.EqualError(t, err, "the request holds the authority's own key")
}

func TestALeafNeverOutlivesItsAuthority(t *testing.T) {
	h := newHierarchy(t, Options{IssuingLifetime: 24 * time.Hour, RootLifetime: 12 * time.Hour})
	require.Equal(t, h.Root.cert.NotAfter, h.Hosts.cert.NotAfter)
	i, err := h.IssueHost(Request{Hosts: []string{"kafka1.example.com"}, Now: now.Add(time.Hour), Lifetime: 1000 * time.Hour})
	require.NoError(t, err)
	c := parse(t, i.Chain[0])
	require.Equal(t, h.Hosts.cert.NotAfter, c.NotAfter)
	require.Equal(t, now.Truncate(time.Second).Add(55*time.Minute), c.NotBefore)
	_, err = h.IssueHost(Request{Hosts: []string{"kafka1.example.com"}, Now: now.Add(13 * time.Hour)})
	require.EqualError(t, err, "Example Hosts CA expired on 2026-11-25")
	require.Equal(t, now.Add(1001*time.Hour).UTC().Truncate(time.Second), i.AskedUntil, "longer than the authority has")
	i, err = h.IssueHost(Request{Hosts: []string{"kafka1.example.com"}, Now: now, Lifetime: time.Hour})
	require.NoError(t, err)
	require.Zero(t, i.AskedUntil)
	require.Equal(t, h.Hosts.cert.NotBefore, parse(t, i.Chain[0]).NotBefore)
}

func TestSerialsAreRandom(t *testing.T) {
	h := newHierarchy(t, Options{})
	seen := map[string]bool{}
	for range 50 {
		i, err := h.IssueClient(Request{CommonName: "app", Now: now})
		require.NoError(t, err)
		require.False(t, seen[i.Record.Serial])
		seen[i.Record.Serial] = true
	}
}

func TestRenewalKeepsSubjectNamesAndUses(t *testing.T) {
	h := newHierarchy(t, Options{})
	first, err := h.IssueHost(Request{Hosts: []string{"kafka1.example.com", "k1.example.com"}, CommonName: "Broker Eins ü", Organization: "Ops", ServerOnly: true, Lifetime: 100 * time.Hour, Now: now})
	require.NoError(t, err)
	later := now.Add(50 * time.Hour)
	second, err := h.Renew(first.Chain[0], Request{Now: later})
	require.NoError(t, err)
	a, b := parse(t, first.Chain[0]), parse(t, second.Chain[0])
	require.Equal(t, a.RawSubject, b.RawSubject)
	require.Equal(t, a.DNSNames, b.DNSNames)
	require.Equal(t, a.ExtKeyUsage, b.ExtKeyUsage)
	require.Equal(t, 100*time.Hour, b.NotAfter.Sub(b.NotBefore)-backdate)
	require.NotEqual(t, a.SerialNumber, b.SerialNumber)
	require.NotEqual(t, a.PublicKey, b.PublicKey)

	client, err := h.IssueClient(Request{CommonName: "app", Now: now})
	require.NoError(t, err)
	again, err := h.Renew(client.Chain[0], Request{Now: later})
	require.NoError(t, err)
	require.Equal(t, "CN=Example Clients CA", parse(t, again.Chain[0]).Issuer.String())

	_, err = h.Renew(first.Chain[0], Request{Hosts: []string{"x.example.com"}})
	require.EqualError(t, err, "a renewal keeps subject, names and uses: issue a new certificate to change them")
	other := newHierarchy(t, Options{})
	_, err = other.Renew(first.Chain[0], Request{Now: now})
	require.ErrorContains(t, err, "was not issued by this authority")
	_, err = h.Renew(h.Hosts.cert.Raw, Request{Now: now})
	require.EqualError(t, err, "an authority is not renewed: make a new one below the root")

	// The issuing authority was replaced: the old one is still of this root.
	former := h.Hosts.cert
	h.Hosts, err = h.Root.NewHosts(Options{Domains: []string{"example.com"}, Now: later})
	require.NoError(t, err)
	require.Equal(t, "CN=Example Hosts CA", h.Hosts.cert.Subject.String())
	_, err = h.Renew(first.Chain[0], Request{Now: later})
	require.ErrorContains(t, err, "was not issued by this authority")
	_, err = h.Renew(first.Chain[0], Request{Now: later}, former)
	require.NoError(t, err)
}

func TestAuthoritiesInStores(t *testing.T) {
	h := newHierarchy(t, Options{Key: EC384})
	password := tlsstore.NewPassword([]byte("correct horse"))
	back := &Hierarchy{}
	for alias, a := range map[string]**Authority{"root": &back.Root, "hosts": &back.Hosts, "clients": &back.Clients} {
		from := map[string]*Authority{"root": h.Root, "hosts": h.Hosts, "clients": h.Clients}[alias]
		e, err := from.Entry(alias)
		require.NoError(t, err)
		data, err := tlsstore.Encode(&tlsstore.Store{Format: tlsstore.PKCS12, Entries: []tlsstore.Entry{e}}, password, tlsstore.EncodeOptions{Iterations: 1000})
		require.NoError(t, err)
		s, err := tlsstore.Decode(data, password, tlsstore.DecodeOptions{})
		require.NoError(t, err)
		*a, err = Load(s.Entries[0])
		require.NoError(t, err)
		require.True(t, (*a).HasKey())
	}
	require.NoError(t, back.Check())
	i, err := back.IssueHost(Request{Hosts: []string{"kafka1.example.com"}, Now: now})
	require.NoError(t, err)
	require.NoError(t, verify(h, i.Chain, "kafka1.example.com", x509.ExtKeyUsageServerAuth, now))

	back.Hosts, back.Clients = back.Clients, back.Hosts
	require.EqualError(t, back.Check(), "Example Clients CA and Example Hosts CA are exchanged")
	offline, err := Load(tlsstore.TrustEntry("root", h.Root.cert.Raw, now))
	require.NoError(t, err)
	require.False(t, offline.HasKey())
	_, err = offline.NewHosts(Options{Domains: []string{"example.com"}})
	require.EqualError(t, err, "Example Root CA: the root's key is needed to make an authority below it")
	leaf, err := i.Entry("kafka1", now)
	require.NoError(t, err)
	_, err = Load(leaf)
	require.EqualError(t, err, `"kafka1" holds no certificate authority`)
}

func TestLog(t *testing.T) {
	h := newHierarchy(t, Options{})
	var log []byte
	var want []Record
	for _, name := range []string{"app1", "app2"} {
		i, err := h.IssueClient(Request{CommonName: name, Now: now})
		require.NoError(t, err)
		line, err := i.Record.Line()
		require.NoError(t, err)
		log = append(log, line...)
		want = append(want, i.Record)
	}
	got, err := ParseLog(append(log, '\n'))
	require.NoError(t, err)
	require.Equal(t, want, got)
	require.Equal(t, 2, bytes.Count(log, []byte("\n")))
	_, err = ParseLog([]byte("{}\nx\n"))
	require.ErrorContains(t, err, "line 2 of the log")
}

func TestNothingPrintsAKey(t *testing.T) {
	h := newHierarchy(t, Options{})
	i, err := h.IssueClient(Request{CommonName: "app", Now: now})
	require.NoError(t, err)
	for _, v := range []any{h.Root, *h.Root, i, *i} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
			require.Contains(t, []string{"Example Root CA", "CN=app"}, fmt.Sprintf(verb, v))
		}
	}
}

func TestKeyTypes(t *testing.T) {
	for in, want := range map[string]KeyType{"": EC256, "ec": EC256, "rsa": RSA2048, "ec-384": EC384, "rsa-4096": RSA4096} {
		got, err := ParseKeyType(in)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	_, err := ParseKeyType("dsa")
	require.EqualError(t, err, `unknown key type "dsa": use ec-256, ec-384, rsa-2048, rsa-3072 or rsa-4096`)
	h := newHierarchy(t, Options{NewKey: func(KeyType) (crypto.Signer, error) { return NewKey(EC384) }})
	require.Equal(t, 384, h.Root.cert.PublicKey.(*ecdsa.PublicKey).Params().BitSize)
}
