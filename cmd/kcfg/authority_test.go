package main

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/tlsstore"
	"github.com/kcfg/kcfg/tlsstore/ca"
)

// kcfgSays runs kcfg in process and returns what it says. Answers are what a person types.
func kcfgSays(t *testing.T, answers []string, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	e := env{
		Args: args, Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errs, Now: time.Now,
		Environ: []string{"KCFG_PASSWORD=" + refPassword, "CA=ca password", "OTHER=another password"},
	}
	if answers != nil {
		e.ReadPassword = func(prompt string) ([]byte, error) {
			errs.WriteString(prompt + "\n")
			answer := answers[0]
			answers = answers[1:]
			return []byte(answer), nil
		}
	}
	status = run(e)
	for _, secret := range []string{refPassword, "ca password", "another password"} {
		require.NotContains(t, out.String()+errs.String(), secret)
	}
	return status, out.String(), errs.String()
}

func decode(t *testing.T, path string) *tlsstore.Store {
	t.Helper()
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	s, err := tlsstore.Decode(data, tlsstore.NewPassword([]byte(refPassword)), tlsstore.DecodeOptions{})
	require.NoError(t, err)
	return s
}

// authority makes a private authority and returns its directory.
func authority(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "ca")
	status, out, errs := kcfgSays(t, nil, "ca", "init", dir, "--name", "Example", "--domain", "kafka.example.com", "--network", "10.1.0.0/16", "--password", "env:CA")
	require.Equal(t, exitOK, status, errs)
	require.Contains(t, out, "There is no revocation")
	return dir
}

// TestLongerThanTheAuthority: what a certificate does not get is said, with both ends.
func TestLongerThanTheAuthority(t *testing.T) {
	dir := authority(t)
	t.Chdir(t.TempDir())
	status, _, errs := kcfgSays(t, nil, "ca", "issue", "--ca", dir, "--ca-password", "env:CA", "--client", "orders", "--days", "9000", "--out", "orders.p12")
	require.Equal(t, exitOK, status, errs)
	leaf, err := decode(t, "orders.p12").Entries[0].Certificates()
	require.NoError(t, err)
	require.Equal(t, leaf[1].NotAfter, leaf[0].NotAfter)
	require.Regexp(t, "^kcfg: warning: orders: the certificate ends on "+leaf[0].NotAfter.Format(time.DateOnly)+
		" with its authority, Example Clients CA, and not on "+`20\d\d-\d\d-\d\d\n$`, errs)
	status, _, errs = kcfgSays(t, nil, "ca", "issue", "--ca", dir, "--ca-password", "env:CA", "--client", "orders", "--days", "30", "--out", "short.p12")
	require.Equal(t, exitOK, status)
	require.Empty(t, errs)
}

func TestAuthority(t *testing.T) {
	dir := authority(t)
	for name, mode := range map[string]os.FileMode{caRoot: 0o644, caRootKey: 0o600, caHosts: 0o600, caClients: 0o600} {
		info, err := os.Stat(filepath.Join(dir, name))
		require.NoError(t, err)
		require.Equal(t, mode, info.Mode(), name)
		data, err := os.ReadFile(filepath.Join(dir, name))
		require.NoError(t, err)
		require.NotContains(t, string(data), "BEGIN PRIVATE KEY", "%s is not encrypted", name)
	}
	status, _, errs := kcfgSays(t, nil, "ca", "init", dir, "--name", "Other", "--domain", "b.example.com")
	require.Equal(t, exitFailure, status)
	require.Contains(t, errs, "exists: it may belong to an authority in use")

	require.NoError(t, os.Remove(filepath.Join(dir, caRootKey)), "the root's key is kept elsewhere")
	key, trust := filepath.Join(dir, "..", "k.p12"), filepath.Join(dir, "..", "t.p12")
	status, _, errs = kcfgSays(t, nil, "ca", "issue", "--ca", dir, "--ca-password", "env:CA", "--host", "k1.kafka.example.com", "--host", "10.1.2.3",
		"--days", "30", "--out", key, "--truststore", trust)
	require.Equal(t, exitOK, status, errs)
	first := decode(t, key)
	require.Len(t, first.Entries, 1)
	require.Equal(t, "k1.kafka.example.com", first.Entries[0].Alias)
	certs, err := first.Entries[0].Certificates()
	require.NoError(t, err)
	anchors, err := decode(t, trust).Entries[0].Certificates()
	require.NoError(t, err)
	roots, between := x509.NewCertPool(), x509.NewCertPool()
	roots.AddCert(anchors[0])
	between.AddCert(certs[1])
	for _, name := range []string{"k1.kafka.example.com", "10.1.2.3"} {
		_, err = certs[0].Verify(x509.VerifyOptions{DNSName: name, Roots: roots, Intermediates: between, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}})
		require.NoError(t, err)
	}
	_, err = certs[0].Verify(x509.VerifyOptions{Roots: roots, Intermediates: between, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}})
	require.NoError(t, err)

	status, out, errs := kcfgSays(t, nil, "ca", "issue", "--ca", dir, "--ca-password", "env:CA", "--renew", key)
	require.Equal(t, exitOK, status, errs)
	require.Contains(t, out, "replaced")
	renewed := decode(t, key)
	again, err := renewed.Entries[0].Certificates()
	require.NoError(t, err)
	require.Equal(t, certs[0].RawSubject, again[0].RawSubject)
	require.Equal(t, certs[0].DNSNames, again[0].DNSNames)
	require.NotEqual(t, first.Entries[0].Key, renewed.Entries[0].Key)

	// The format and the kind of key stay too, and a host's names may be a wildcard, or end in a dot.
	t.Chdir(t.TempDir())
	status, _, errs = kcfgSays(t, nil, "ca", "issue", "--ca", dir, "--ca-password", "env:CA", "--host", "*.kafka.example.com.", "--key-type", "rsa-3072", "--format", "jks")
	require.Equal(t, exitOK, status, errs)
	require.NoError(t, os.Rename("kafka.example.com.jks", "keystore"))
	for range 2 {
		s := decode(t, "keystore")
		require.Equal(t, tlsstore.JKS, s.Format)
		require.Equal(t, "kafka.example.com", s.Entries[0].Alias)
		require.Equal(t, 3072, tlsstore.DescribeCertificate(s.Entries[0].Chain[0]).PublicKey.Bits)
		status, _, errs = kcfgSays(t, nil, "ca", "issue", "--ca", dir, "--ca-password", "env:CA", "--renew", "keystore")
		require.Equal(t, exitOK, status, errs)
	}
	require.NoError(t, os.Remove("keystore"))

	log, err := os.ReadFile(filepath.Join(dir, caLog))
	require.NoError(t, err)
	records, err := ca.ParseLog(log)
	require.NoError(t, err)
	require.Len(t, records, 5)
	require.Equal(t, again[0].SerialNumber.Text(16), records[1].Serial)

	status, out, errs = kcfgSays(t, nil, "ca", "issue", "--ca", dir, "--ca-password", "env:CA", "--client", "orders", "--out", key+"c.p12")
	require.Equal(t, exitOK, status, errs)
	require.Contains(t, out, "lines for the client's properties:\n")

	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"--host", "k1.example.org"}, "may not issue for k1.example.org"},
		{[]string{"--host", "10.2.0.1"}, "may not issue for 10.2.0.1"},
		{[]string{"--renew", trust}, "holds 0 entries with a key"},
	} {
		status, _, errs = kcfgSays(t, nil, append([]string{"ca", "issue", "--ca", dir, "--ca-password", "env:CA", "--out", key + "x.p12"}, c.args...)...)
		require.Equal(t, exitFailure, status)
		require.Contains(t, errs, c.want)
	}
	status, _, errs = kcfgSays(t, nil, "ca", "issue", "--ca", dir, "--ca-password", "env:OTHER", "--client", "orders", "--out", key+"x.p12")
	require.Equal(t, exitFailure, status)
	require.Contains(t, errs, "--ca-password is the password of the authority's keys")
	require.NoFileExists(t, key+"x.p12")
}

// TestInspectAuthority: the files of an authority are sound, though no server could use them.
func TestInspectAuthority(t *testing.T) {
	dir := authority(t)
	status, out, errs := kcfgSays(t, nil, "inspect", dir, "--password", "env:CA", "--expires-within", "30d")
	require.Equal(t, exitOK, status, out)
	require.Empty(t, errs)
	require.Contains(t, out, "info[tls-usage-restricted]: Example Hosts CA: the certificate is an authority's: it issues others, and no server or client can present it")
	require.NotContains(t, out, "error[")
	status, out, _ = kcfgSays(t, nil, "inspect", filepath.Join(dir, caHosts), "--password", "env:CA", "--role", "inter-broker")
	require.Equal(t, exitFindings, status)
	require.Contains(t, out, "error[tls-usage-restricted]: Example Hosts CA: the key usage of the certificate lacks digitalSignature")
}

func TestAuthorityTakesOnlyTheKeyOfARequest(t *testing.T) {
	dir := authority(t)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	der, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{DNSNames: []string{"evil.example.org"}}, key)
	require.NoError(t, err)
	request, out := filepath.Join(dir, "request.pem"), filepath.Join(dir, "out.pem")
	require.NoError(t, os.WriteFile(request, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: der}), 0o600))
	status, said, errs := kcfgSays(t, nil, "ca", "issue", "--ca", dir, "--ca-password", "env:CA", "--client", "orders", "--csr", request, "--out", out)
	require.Equal(t, exitOK, status, errs)
	require.NotContains(t, said, "trusted certificate") // it is the client's own chain
	require.Regexp(t, `(?m)^    orders .*\n    └─ .* Clients CA .*\n       └─ \(issued by .* Root CA\)$`, said)
	data, err := os.ReadFile(out)
	require.NoError(t, err)
	block, rest := pem.Decode(data)
	cert, err := x509.ParseCertificate(block.Bytes)
	require.NoError(t, err)
	require.Equal(t, "CN=orders", cert.Subject.String())
	require.Empty(t, cert.DNSNames)
	require.True(t, key.PublicKey.Equal(cert.PublicKey))
	require.Contains(t, string(rest), "BEGIN CERTIFICATE")
	require.NotContains(t, string(data), "PRIVATE KEY")
}

// TestACertificateOfAnotherIsNotReplaced: what is in a certificate's file has no alias, and is the next one's predecessor only if it
// names the same.
func TestACertificateOfAnotherIsNotReplaced(t *testing.T) {
	dir := authority(t)
	file := filepath.Join(dir, "request.pem")
	require.NoError(t, os.WriteFile(file, request(t, "orders"), 0o600))
	for _, c := range []struct {
		client, out, says string
		status            int
	}{
		{"orders", "out.pem", "created", exitOK},
		{"orders", "out.pem", "replaced", exitOK},
		{"billing", "out.pem", "the new certificate does not cover orders", exitFailure},
		{"orders", caRoot, "the new certificate does not cover CN=Example Root CA", exitFailure},
		{"two words", "words.pem", "created", exitOK},
		{"other words", "words.pem", "the new certificate does not cover CN=two words", exitFailure},
	} {
		status, said, errs := kcfgSays(t, nil, "ca", "issue", "--ca", dir, "--ca-password", "env:CA", "--client", c.client, "--csr", file, "--out", filepath.Join(dir, c.out))
		require.Equal(t, c.status, status, "%v: %s", c, errs)
		require.Contains(t, said+errs, c.says)
	}
}

// serve presents a lineage, with the root or without, on a loopback port.
func serve(t *testing.T, host string, withRoot bool) (address string) {
	t.Helper()
	read := func(path string) []byte {
		b, err := os.ReadFile(path)
		require.NoError(t, err)
		return b
	}
	chain := read(filepath.Join(lineage(t, host), "fullchain.pem"))
	if withRoot {
		chain = append(chain, read(exampleRoot)...)
	}
	cert, err := tls.X509KeyPair(chain, read(filepath.Join(lineage(t, host), "privkey.pem")))
	require.NoError(t, err)
	l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{cert}})
	require.NoError(t, err)
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
				defer cancel()
				c.(*tls.Conn).HandshakeContext(ctx)
			}()
		}
	}()
	return l.Addr().String()
}

func TestTruststoreFromServer(t *testing.T) {
	address := serve(t, "kafka1.example.com", true)
	rootPEM, err := os.ReadFile(exampleRoot)
	require.NoError(t, err)
	block, _ := pem.Decode(rootPEM)
	pin := "sha256:" + tlsstore.DescribeCertificate(block.Bytes).SHA256
	path := filepath.Join(t.TempDir(), "t.p12")
	args := func(more ...string) []string {
		return append([]string{"truststore", "--from-server", address, "--out", path}, more...)
	}

	status, _, errs := kcfgSays(t, nil, args()...)
	require.Equal(t, exitUsage, status)
	require.Contains(t, errs, "nobody vouches for what a server presents")
	require.Contains(t, errs, pin, "the fingerprints are shown")
	require.Regexp(t, `kafka1\.example\.com, expires \d{4}-\d\d-\d\d \(in `, errs)
	require.NoFileExists(t, path)

	status, _, errs = kcfgSays(t, []string{"no"}, args("--password", "env:KCFG_PASSWORD")...)
	require.Equal(t, exitFailure, status)
	require.Contains(t, errs, "not confirmed: nothing was written")
	require.NoFileExists(t, path)

	leaf, err := os.ReadFile(filepath.Join(lineage(t, "kafka1.example.com"), "cert.pem"))
	require.NoError(t, err)
	leafBlock, _ := pem.Decode(leaf)
	for _, wrong := range []string{"sha256:" + strings.Repeat("00", 32), "sha256:" + tlsstore.DescribeCertificate(leafBlock.Bytes).SHA256} {
		status, _, errs = kcfgSays(t, nil, args("--pin", wrong)...)
		require.Equal(t, exitFailure, status, errs)
		require.NoFileExists(t, path)
	}
	status, _, _ = kcfgSays(t, nil, args("--pin", "md5:00")...)
	require.Equal(t, exitUsage, status)

	status, _, errs = kcfgSays(t, nil, args("--pin", pin)...)
	require.Equal(t, exitOK, status, errs)
	s := decode(t, path)
	require.Len(t, s.Entries, 1)
	require.Equal(t, block.Bytes, s.Entries[0].Chain[0])

	require.NoError(t, os.Remove(path))
	status, _, errs = kcfgSays(t, []string{"yes"}, args("--password", "env:KCFG_PASSWORD")...)
	require.Equal(t, exitOK, status, errs)
	require.Equal(t, block.Bytes, decode(t, path).Entries[0].Chain[0])
}

func TestTruststoreFromNobody(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := l.Addr().String()
	l.Close()
	status, _, errs := kcfgSays(t, nil, "truststore", "--from-server", address, "--timeout", "2s")
	require.Equal(t, exitFailure, status)
	require.Contains(t, errs, "refused")
	status, _, _ = kcfgSays(t, nil, "truststore", "--from-server", "localhost")
	require.Equal(t, exitUsage, status)
	status, _, _ = kcfgSays(t, nil, "truststore", "--roots-only", "--pin", "sha256:00")
	require.Equal(t, exitUsage, status)
}
