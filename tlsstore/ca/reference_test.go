package ca

import (
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/internal/reference"
)

// forged is a certificate that an authority of ours would never issue, signed with its key all the same.
func forged(t *testing.T, by *Authority, fill func(c *x509.Certificate)) [][]byte {
	t.Helper()
	serial, err := newSerial(nil)
	require.NoError(t, err)
	c := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: "forged"}, NotBefore: time.Now().Add(-time.Minute), NotAfter: time.Now().Add(time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature, BasicConstraintsValid: true, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	fill(c)
	key, err := NewKey(EC256)
	require.NoError(t, err)
	der, err := x509.CreateCertificate(rand.Reader, c, by.cert, key.Public(), by.key)
	require.NoError(t, err)
	return append([][]byte{der}, by.Chain...)
}

// TestAcceptedAndRefusedByEveryone asks Java, Go and openssl about certificates of a hierarchy, and about those that its
// constraints are there to stop.
func TestAcceptedAndRefusedByEveryone(t *testing.T) {
	openssl := reference.Tool(t, "openssl")
	for _, key := range []KeyType{EC256, RSA2048} {
		h, err := New(Options{Name: "Example", Domains: []string{"example.com"}, Networks: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}, Key: key})
		require.NoError(t, err)
		issue := func(i *Issued, err error) [][]byte {
			require.NoError(t, err)
			return i.Chain
		}
		const ok, refused = true, false
		cases := []struct {
			name, use string
			chain     [][]byte
			want      bool
		}{
			{"host as server", "server", issue(h.IssueHost(Request{Hosts: []string{"kafka1.example.com", "10.0.0.1"}, Key: key})), ok},
			{"host as client", "client", issue(h.IssueHost(Request{Hosts: []string{"kafka1.example.com"}, Key: key})), ok},
			{"wildcard host", "server", issue(h.IssueHost(Request{Hosts: []string{"*.example.com"}})), ok},
			{"host with a name for people", "server", issue(h.IssueHost(Request{Hosts: []string{"kafka1.example.com"}, CommonName: "Broker 1"})), ok},
			{"server only as server", "server", issue(h.IssueHost(Request{Hosts: []string{"kafka1.example.com"}, ServerOnly: true})), ok},
			{"server only as client", "client", issue(h.IssueHost(Request{Hosts: []string{"kafka1.example.com"}, ServerOnly: true})), refused},
			{"client as client", "client", issue(h.IssueClient(Request{CommonName: "app1"})), ok},
			{"client called like a foreign host", "client", issue(h.IssueClient(Request{CommonName: "app1.other.org"})), ok},
			{"client as server", "server", issue(h.IssueClient(Request{CommonName: "app1"})), refused},
			{"foreign name", "server", forged(t, h.Hosts, func(c *x509.Certificate) { c.DNSNames = []string{"kafka1.other.org"} }), refused},
			{"one foreign name of two", "server", forged(t, h.Hosts, func(c *x509.Certificate) { c.DNSNames = []string{"kafka1.example.com", "kafka1.other.org"} }), refused},
			{"foreign address", "server", forged(t, h.Hosts, func(c *x509.Certificate) { c.IPAddresses = []net.IP{{192, 168, 0, 1}} }), refused},
			{"expired", "server", forged(t, h.Hosts, func(c *x509.Certificate) {
				c.DNSNames, c.NotBefore, c.NotAfter = []string{"kafka1.example.com"}, time.Now().Add(-time.Hour), time.Now().Add(-time.Minute)
			}), refused},
			{"below a leaf", "server", belowALeaf(t, h), refused},
			{"below one authority too many", "server", tooDeep(t, h), refused},
			{"without the issuing authority", "server", issue(h.IssueHost(Request{Hosts: []string{"kafka1.example.com"}}))[:1], refused},
		}
		dir := t.TempDir()
		var lines []string
		for i, c := range cases {
			use := x509.ExtKeyUsageServerAuth
			if c.use == "client" {
				use = x509.ExtKeyUsageClientAuth
			}
			err := verify(h, c.chain, "", use, time.Now())
			require.Equal(t, c.want, err == nil, "Go, %s: %v", c.name, err)

			files := []string{filepath.Join(dir, "root")}
			require.NoError(t, os.WriteFile(files[0], pemCertificates(h.Root.cert.Raw), 0o600))
			for k, der := range c.chain {
				f := filepath.Join(dir, fmt.Sprintf("%d-%d", i, k))
				require.NoError(t, os.WriteFile(f, pemCertificates(der), 0o600))
				files = append(files, f)
			}
			lines = append(lines, c.use+" "+strings.Join(files, " "))

			chain := filepath.Join(dir, "chain")
			require.NoError(t, os.WriteFile(chain, pemCertificates(c.chain...), 0o600))
			out, err := exec.Command(openssl, "verify", "-x509_strict", "-purpose", "ssl"+c.use, "-CAfile", files[0], "-untrusted", chain, files[1]).CombinedOutput()
			require.Equal(t, c.want, err == nil, "openssl, %s: %s", c.name, out)
		}
		input := filepath.Join(dir, "cases")
		require.NoError(t, os.WriteFile(input, []byte(strings.Join(lines, "\n")), 0o600))
		for _, jdk := range reference.JDKs(t) {
			if jdk.Major < 11 {
				continue
			}
			classes := reference.Compile(t, jdk, "", "testdata/Trust.java")
			out, err := exec.Command(jdk.Bin("java"), "-XX:TieredStopAtLevel=1", "-Xmx256m", "-cp", classes, "Trust", input).Output()
			require.NoError(t, err)
			got := strings.Split(strings.TrimSpace(string(out)), "\n")
			require.Len(t, got, len(cases))
			for i, c := range cases {
				require.Equal(t, c.want, got[i] == "ok", "Java %d, %s, %s: %s", jdk.Major, key, c.name, got[i])
			}
		}
	}
}

func pemCertificates(ders ...[]byte) []byte {
	var out []byte
	for _, der := range ders {
		out = append(out, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})...)
	}
	return out
}

// belowALeaf is a certificate that a host signs with its own.
func belowALeaf(t *testing.T, h *Hierarchy) [][]byte {
	i, err := h.IssueHost(Request{Hosts: []string{"kafka1.example.com"}})
	require.NoError(t, err)
	key, _ := i.Signer()
	leaf := &Authority{Chain: i.Chain, cert: parse(t, i.Chain[0]), key: key}
	return forged(t, leaf, func(c *x509.Certificate) { c.DNSNames = []string{"kafka2.example.com"} })
}

// tooDeep is a certificate below an authority below the issuing one, which has pathlen 0.
func tooDeep(t *testing.T, h *Hierarchy) [][]byte {
	var key crypto.Signer
	serial, err := newSerial(nil)
	require.NoError(t, err)
	c := authorityTemplate("Deep", serial, time.Now(), time.Hour)
	key, err = NewKey(EC256)
	require.NoError(t, err)
	der, err := x509.CreateCertificate(rand.Reader, c, h.Hosts.cert, key.Public(), h.Hosts.key)
	require.NoError(t, err)
	deep := &Authority{Chain: append([][]byte{der}, h.Hosts.Chain...), cert: parse(t, der), key: key}
	return forged(t, deep, func(c *x509.Certificate) { c.DNSNames = []string{"kafka1.example.com"} })
}
