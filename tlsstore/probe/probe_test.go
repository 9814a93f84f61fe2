package probe

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/fips140"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"errors"
	"io"
	"math/big"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// issued is a certificate with its key.
type issued struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func issue(t *testing.T, cn string, isCA bool, by *issued) *issued {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	serial, err := rand.Int(rand.Reader, big.NewInt(1<<60))
	require.NoError(t, err)
	c := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: cn}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		BasicConstraintsValid: true, IsCA: isCA, DNSNames: []string{cn},
	}
	parent, signer := c, key
	if by != nil {
		parent, signer = by.cert, by.key
	}
	der, err := x509.CreateCertificate(rand.Reader, c, parent, key.Public(), signer)
	require.NoError(t, err)
	cert, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	return &issued{cert, key}
}

// server is what a test's server presents.
type server struct{ root, sub, leaf *issued }

func newServer(t *testing.T) server {
	root := issue(t, "Root", true, nil)
	sub := issue(t, "Issuing", true, root)
	return server{root, sub, issue(t, "kafka1.example.com", false, sub)}
}

func (s server) config(chain ...*issued) *tls.Config {
	c := tls.Certificate{PrivateKey: s.leaf.key}
	for _, i := range chain {
		c.Certificate = append(c.Certificate, i.cert.Raw)
	}
	return &tls.Config{Certificates: []tls.Certificate{c}, MinVersion: tls.VersionTLS10}
}

// serve answers every connection that is dialled, on a pipe, until the test ends.
func serve(t *testing.T, handle func(net.Conn)) Options {
	t.Helper()
	return Options{Dial: func(_ context.Context, network, _ string) (net.Conn, error) {
		require.Equal(t, "tcp", network)
		ours, theirs := net.Pipe()
		go func() {
			defer theirs.Close()
			handle(theirs)
		}()
		return ours, nil
	}}
}

func handshake(config *tls.Config) func(net.Conn) {
	return func(c net.Conn) {
		s := tls.Server(c, config)
		if s.Handshake() == nil {
			io.Copy(io.Discard, s)
		}
	}
}

func names(certs []*x509.Certificate) string {
	var out []string
	for _, c := range certs {
		out = append(out, c.Subject.CommonName)
	}
	return strings.Join(out, " ")
}

func TestEveryVersion(t *testing.T) {
	s := newServer(t)
	versions := []uint16{tls.VersionTLS10, tls.VersionTLS11, tls.VersionTLS12, tls.VersionTLS13}
	if fips140.Enabled() {
		versions = versions[2:] // Go speaks no others in FIPS 140 mode
	}
	for _, v := range versions {
		for _, auth := range []tls.ClientAuthType{tls.NoClientCert, tls.RequestClientCert, tls.RequireAnyClientCert} {
			config := s.config(s.leaf, s.sub, s.root)
			config.MinVersion, config.MaxVersion, config.ClientAuth = v, v, auth
			p, err := Probe(t.Context(), "kafka1.example.com:9093", serve(t, handshake(config)))
			require.NoError(t, err, "%s, client auth %s", tls.VersionName(v), auth)
			require.Equal(t, tls.VersionName(v), p.Version)
			require.Equal(t, "kafka1.example.com Issuing Root", names(p.Path))
			require.Len(t, p.Certificates, 3)
			require.Equal(t, auth != tls.NoClientCert, p.ClientAuth)
			if auth == tls.RequireAnyClientCert {
				require.Error(t, p.Handshake, "%s: the server refuses us", tls.VersionName(v))
			} else {
				require.NoError(t, p.Handshake)
			}
		}
	}
}

func TestAnOldServerThatBreaksOff(t *testing.T) {
	s := newServer(t)
	config := s.config(s.leaf, s.sub)
	config.MaxVersion = tls.VersionTLS12
	calls := 0
	o := serve(t, func(c net.Conn) {
		if calls++; calls == 1 {
			io.ReadAtLeast(c, make([]byte, 1<<14), 16)
			return // it does not like the first hello
		}
		handshake(config)(c)
	})
	p, err := Probe(t.Context(), "kafka1.example.com:9093", o)
	require.NoError(t, err)
	require.Equal(t, "TLS 1.2", p.Version)
}

func TestTheNameAskedFor(t *testing.T) {
	s := newServer(t)
	for _, c := range []struct{ address, name, want string }{
		{"kafka1.example.com:9093", "", "kafka1.example.com"},
		{"kafka1.example.com.:9093", "", "kafka1.example.com"},
		{"10.0.0.1:9093", "", ""},
		{"[2001:db8::1]:9093", "", ""},
		{"[fe80::1%eth0]:9093", "", ""},
		{"[2001:db8::1]:9093", "kafka1.example.com", "kafka1.example.com"},
	} {
		asked := make(chan string, 3)
		config := s.config(s.leaf, s.sub)
		config.GetConfigForClient = func(h *tls.ClientHelloInfo) (*tls.Config, error) {
			asked <- h.ServerName
			return nil, nil
		}
		o := serve(t, handshake(config))
		o.ServerName = c.name
		_, err := Probe(t.Context(), c.address, o)
		require.NoError(t, err, c.address)
		require.Equal(t, c.want, <-asked, c.address)
	}
}

func TestAnchors(t *testing.T) {
	s := newServer(t)
	notCA := issue(t, "Not an authority", false, nil)
	belowNotCA := issue(t, "kafka1.example.com", false, notCA)
	stranger := issue(t, "Stranger", true, nil)
	fake := issue(t, "Issuing", true, stranger) // the issuer's name without its key
	for _, c := range []struct {
		name, want, err string
		leaf            *issued
		chain           []*issued
	}{
		{"with its root", "Root", "", s.leaf, []*issued{s.leaf, s.sub, s.root}},
		{"without its root", "Issuing", "", s.leaf, []*issued{s.leaf, s.sub}},
		{"shuffled", "Root", "", s.leaf, []*issued{s.leaf, s.root, s.sub}},
		{"the last one is a stranger", "Issuing", "", s.leaf, []*issued{s.leaf, s.sub, stranger}},
		{"a namesake", "", "k:1 shows no certificate above its own (its issuer is not sent): no trust anchor", s.leaf, []*issued{s.leaf, fake, stranger}},
		{"alone", "", "k:1 shows no certificate above its own (its issuer is not sent): no trust anchor", s.leaf, []*issued{s.leaf}},
		{"self-signed", "", "k:1 shows no certificate above its own (self-signed): no trust anchor", notCA, []*issued{notCA}},
		{"below what is no authority", "", "k:1 shows no certificate above its own (its issuer is not sent): no trust anchor", belowNotCA, []*issued{belowNotCA, notCA}},
	} {
		o := serve(t, handshake(server{leaf: c.leaf}.config(c.chain...)))
		p, err := Probe(t.Context(), "k:1", o)
		require.NoError(t, err, c.name)
		anchor, err := p.Anchor(nil)
		if c.err != "" {
			require.EqualError(t, err, c.err, c.name)
			require.ErrorIs(t, err, ErrNoAnchor)
			continue
		}
		require.NoError(t, err, c.name)
		require.Equal(t, c.want, anchor.Subject.CommonName, c.name)
	}
}

func TestPins(t *testing.T) {
	s := newServer(t)
	pin := func(i *issued) []byte { sum := sha256.Sum256(i.cert.Raw); return sum[:] }
	p, err := Probe(t.Context(), "k:1", serve(t, handshake(s.config(s.leaf, s.sub, s.root))))
	require.NoError(t, err)
	for _, i := range []*issued{s.sub, s.root} {
		got, err := p.Anchor(pin(i))
		require.NoError(t, err)
		require.Equal(t, i.cert.Raw, got.Raw)
	}
	_, err = p.Anchor(pin(s.leaf))
	require.ErrorContains(t, err, "the pin is that of k:1's own certificate")
	_, err = p.Anchor(make([]byte, 32))
	require.EqualError(t, err, "no certificate with the pinned fingerprint is on the path that k:1 shows: no trust anchor")

	digits := hex.EncodeToString(pin(s.root))
	var colons []string
	for i := 0; i < len(digits); i += 2 {
		colons = append(colons, strings.ToUpper(digits[i:i+2]))
	}
	for _, text := range []string{"sha256:" + digits, "SHA256:" + strings.Join(colons, ":"), " sha256:" + digits + "\n"} {
		got, err := ParsePin(text)
		require.NoError(t, err, text)
		require.Equal(t, pin(s.root), got)
	}
	for _, text := range []string{"", digits, "sha256:", "sha256:" + digits[2:], "sha1:" + digits, "sha256:" + digits[:62] + "zz"} {
		_, err := ParsePin(text)
		require.ErrorContains(t, err, "is no pin: write sha256: and the 64 hexadecimal digits", text)
	}
}

func TestWhatIsNoServer(t *testing.T) {
	s := newServer(t)
	for _, c := range []struct {
		name, want string
		handle     func(net.Conn)
	}{
		{"closes at once", "k:1: the server closed the connection without showing a certificate (is it a TLS listener?): EOF", func(c net.Conn) { io.ReadAtLeast(c, make([]byte, 1<<14), 16) }},
		{"HTTP", "k:1: the server does not speak TLS there", func(c net.Conn) {
			io.ReadAtLeast(c, make([]byte, 1<<14), 16)
			io.WriteString(c, "HTTP/1.1 400 Bad Request\r\n\r\n")
		}},
		{"no certificate for this name", "k:1: remote error: tls: unrecognized name", func(c net.Conn) {
			config := s.config(s.leaf)
			config.GetConfigForClient = func(*tls.ClientHelloInfo) (*tls.Config, error) { return nil, errors.New("no") }
			io.ReadAtLeast(c, make([]byte, 1<<14), 16)
			c.Write([]byte{21, 3, 3, 0, 2, 2, 112})
		}},
	} {
		_, err := Probe(t.Context(), "k:1", serve(t, c.handle))
		require.EqualError(t, err, c.want, c.name)
	}
	refused := Options{Dial: func(context.Context, string, string) (net.Conn, error) { return nil, errors.New("connection refused") }}
	_, err := Probe(t.Context(), "k:1", refused)
	require.EqualError(t, err, "k:1: connection refused")
	for _, address := range []string{"", "k", "k:1:2", ":9093"} {
		_, err := Probe(t.Context(), address, refused)
		require.ErrorContains(t, err, "give HOST:PORT, an IPv6 address in brackets", address)
	}
	_, err = Probe(t.Context(), "k:1", Options{})
	require.EqualError(t, err, "probe: Options.Dial is not set")
	refused.StartTLS = "kafka"
	_, err = Probe(t.Context(), "k:1", refused)
	require.EqualError(t, err, `unknown protocol "kafka" to start TLS in: use ftp, imap, ldap, pop3, postgres, smtp`)
}

func TestASilentServerIsLeftInTime(t *testing.T) {
	o := serve(t, func(c net.Conn) { io.Copy(io.Discard, c) })
	o.Timeout = 20 * time.Millisecond
	_, err := Probe(t.Context(), "k:1", o)
	require.EqualError(t, err, "k:1: no certificate came in time: context deadline exceeded")

	ctx, cancel := context.WithCancel(t.Context())
	o = serve(t, func(c net.Conn) { cancel(); io.Copy(io.Discard, c) })
	_, err = Probe(ctx, "k:1", o)
	require.ErrorIs(t, err, context.Canceled)

	// a server that never ends its greeting
	o = serve(t, func(c net.Conn) {
		for {
			if _, err := io.WriteString(c, "220-hello\r\n"); err != nil {
				return
			}
		}
	})
	o.StartTLS = "smtp"
	_, err = Probe(t.Context(), "k:1", o)
	require.ErrorIs(t, err, errNoStartTLS)
	o = serve(t, func(c net.Conn) { io.Copy(c, strings.NewReader(strings.Repeat("x", 2*maxLine))) })
	o.StartTLS = "smtp"
	_, err = Probe(t.Context(), "k:1", o)
	require.ErrorIs(t, err, bufio.ErrBufferFull)
}

func TestStartTLS(t *testing.T) {
	s := newServer(t)
	// what the server says, and expects, in turns; then TLS
	scripts := map[string][]string{
		"smtp":     {"220 mail\r\n", "EHLO localhost\r\n", "250-mail\r\n250-SIZE 1000\r\n250 STARTTLS\r\n", "STARTTLS\r\n", "220 go\r\n"},
		"ftp":      {"220-hello\r\n220 ftp\r\n", "AUTH TLS\r\n", "234 go\r\n"},
		"pop3":     {"+OK pop\r\n", "STLS\r\n", "+OK go\r\n"},
		"imap":     {"* OK imap\r\n", "a STARTTLS\r\n", "* CAPABILITY X\r\na OK go\r\n"},
		"postgres": {"", "\x00\x00\x00\x08\x04\xd2\x16\x2f", "S"},
		"ldap":     {"", "\x30\x1d\x02\x01\x01\x77\x18\x80\x161.3.6.1.4.1.1466.20037", "\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\x00\x04\x00\x04\x00"},
	}
	require.Len(t, scripts, len(StartTLS))
	for _, protocol := range StartTLS {
		script := scripts[protocol]
		for _, good := range []bool{true, false} {
			o := serve(t, func(c net.Conn) {
				for i, line := range script {
					switch {
					case line == "": // the client begins
					case i%2 == 1:
						got := make([]byte, len(line))
						if _, err := io.ReadFull(c, got); err != nil || string(got) != line {
							t.Errorf("%s: got %q, want %q", protocol, got, line)
							return
						}
					case i == len(script)-1 && !good:
						io.WriteString(c, map[string]string{"postgres": "N", "ldap": "\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\x02\x04\x00\x04\x00"}[protocol]+"500 no\r\n")
						return
					default:
						io.WriteString(c, line)
					}
				}
				handshake(s.config(s.leaf, s.sub))(c)
			})
			o.StartTLS = protocol
			p, err := Probe(t.Context(), "mail.example.com:25", o)
			if !good {
				require.ErrorIs(t, err, errNoStartTLS, protocol)
				continue
			}
			require.NoError(t, err, protocol)
			require.Equal(t, "kafka1.example.com Issuing", names(p.Path), protocol)
		}
	}
}

// FuzzProbe lets a server answer with anything.
func FuzzProbe(f *testing.F) {
	f.Add([]byte{21, 3, 3, 0, 2, 2, 112}, "")
	f.Add([]byte("220 x\r\n250 x\r\n220 x\r\n"), "smtp")
	f.Add([]byte("\x30\x84\xff\xff\xff\xff"), "ldap")
	f.Fuzz(func(t *testing.T, answer []byte, protocol string) {
		o := Options{StartTLS: protocol, Dial: func(context.Context, string, string) (net.Conn, error) { return &canned{answer: answer}, nil }}
		if p, err := Probe(t.Context(), "k:1", o); err == nil && len(p.Path) == 0 {
			t.Error("no path and no error")
		}
	})
}

// canned is a connection whose other end has said all it will say.
type canned struct{ answer []byte }

func (c *canned) Read(p []byte) (int, error) {
	if len(c.answer) == 0 {
		return 0, io.EOF
	}
	n := copy(p, c.answer)
	c.answer = c.answer[n:]
	return n, nil
}
func (c *canned) Write(p []byte) (int, error)      { return len(p), nil }
func (c *canned) Close() error                     { return nil }
func (c *canned) LocalAddr() net.Addr              { return nil }
func (c *canned) RemoteAddr() net.Addr             { return nil }
func (c *canned) SetDeadline(time.Time) error      { return nil }
func (c *canned) SetReadDeadline(time.Time) error  { return nil }
func (c *canned) SetWriteDeadline(time.Time) error { return nil }
