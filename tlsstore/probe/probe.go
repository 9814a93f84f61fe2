// Package probe finds out which certificates a live server presents: for a trust store that is made from a server, and
// for proof that a renewed certificate is in use.
//
// What it returns comes from an unauthenticated connection. Whoever sits between can present anything, so that a
// certificate from here becomes an anchor only by a fingerprint that was learned elsewhere.
package probe

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/kcfg/kcfg/tlsstore"
)

// DefaultTimeout bounds a probe where nothing else is asked for.
const DefaultTimeout = 10 * time.Second

// Options are options of Probe.
type Options struct {
	// Dial connects, such as (&net.Dialer{}).DialContext. It has to be given: nothing here opens connections on its own.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// ServerName is sent as the name asked for (SNI). Empty: the host of the address, where that is a name.
	ServerName string
	// StartTLS names a protocol that begins in plain text; see [StartTLS]. Kafka and ZooKeeper have none.
	StartTLS string
	Timeout  time.Duration // of all attempts together; zero: DefaultTimeout
}

// Presented is what a server showed.
type Presented struct {
	Address      string
	Certificates [][]byte            // DER, as sent
	Path         []*x509.Certificate // from the leaf up, each signed by the next, as far as that goes
	Version      string              // such as "TLS 1.3"
	Cipher       string
	// ClientAuth says that the server asked for a client's certificate. It showed its own all the same.
	ClientAuth bool
	// Handshake is why the handshake failed after the certificates had come, for instance for want of a client's
	// certificate; nil where it was completed.
	Handshake error
}

// ErrNoAnchor means that nothing of what the server presented can be a trust anchor.
var ErrNoAnchor = errors.New("no trust anchor")

// Probe connects to HOST:PORT and returns the certificates that the server presents. It speaks TLS 1.0 to 1.3, and gets
// them also from servers that demand a certificate of the client.
func Probe(ctx context.Context, address string, o Options) (*Presented, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil || host == "" {
		return nil, fmt.Errorf("%s: give HOST:PORT, an IPv6 address in brackets", address)
	}
	if o.Dial == nil {
		return nil, errors.New("probe: Options.Dial is not set")
	}
	if _, ok := startTLS[o.StartTLS]; !ok && o.StartTLS != "" {
		return nil, fmt.Errorf("unknown protocol %q to start TLS in: use %s", o.StartTLS, strings.Join(StartTLS, ", "))
	}
	if o.ServerName == "" && net.ParseIP(withoutZone(host)) == nil {
		o.ServerName = strings.TrimSuffix(host, ".")
	}
	timeout := o.Timeout
	if timeout <= 0 {
		timeout = DefaultTimeout
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	var first error
	// some old servers break off when they hear of versions that they do not know
	for _, newest := range []uint16{tls.VersionTLS13, tls.VersionTLS12, tls.VersionTLS10} {
		p, err := attempt(ctx, address, o, newest)
		if p != nil {
			return p, nil
		}
		if first == nil {
			first = err
		}
		if ctx.Err() != nil || !worthRetrying(err) {
			break
		}
	}
	return nil, fmt.Errorf("%s: %w", address, explain(ctx, first))
}

func withoutZone(host string) string {
	host, _, _ = strings.Cut(host, "%")
	return host
}

// noRetry is an error that another version of TLS would not cure.
type noRetry struct{ error }

func (e noRetry) Unwrap() error { return e.error }

func worthRetrying(err error) bool {
	var final noRetry
	var plain tls.RecordHeaderError
	return !errors.As(err, &final) && !errors.As(err, &plain) && !timedOut(err)
}

func timedOut(err error) bool {
	var timeout net.Error
	return errors.As(err, &timeout) && timeout.Timeout()
}

// attempt makes one connection. It returns nil where no certificates came.
func attempt(ctx context.Context, address string, o Options, newest uint16) (*Presented, error) {
	conn, err := o.Dial(ctx, "tcp", address)
	if err != nil {
		return nil, noRetry{err}
	}
	defer conn.Close()
	if deadline, ok := ctx.Deadline(); ok {
		if err := conn.SetDeadline(deadline); err != nil {
			return nil, noRetry{err}
		}
	}
	stop := context.AfterFunc(ctx, func() { conn.Close() }) // a deadline does not hear of cancellation
	defer stop()
	if o.StartTLS != "" {
		if err := startTLS[o.StartTLS](conn, address); err != nil {
			return nil, noRetry{err}
		}
	}
	p := &Presented{Address: address}
	client := tls.Client(conn, p.config(o.ServerName, newest))
	err = client.HandshakeContext(ctx)
	if err == nil && client.ConnectionState().Version == tls.VersionTLS13 {
		// in TLS 1.3 the server refuses a missing certificate only after the client is done
		err = p.afterHandshake(client)
	}
	if len(p.Certificates) == 0 {
		return nil, err
	}
	state := client.ConnectionState()
	if state.Version != 0 {
		p.Version, p.Cipher = tls.VersionName(state.Version), tls.CipherSuiteName(state.CipherSuite)
	}
	p.Handshake = err
	p.Path, err = tlsstore.VerifiedPath(p.Certificates)
	if err != nil {
		return nil, noRetry{err}
	}
	return p, nil
}

// config accepts whatever the server has, and notes its certificates before anything can fail.
func (p *Presented) config(serverName string, newest uint16) *tls.Config {
	var suites []uint16
	for _, s := range slices.Concat(tls.CipherSuites(), tls.InsecureCipherSuites()) {
		suites = append(suites, s.ID)
	}
	return &tls.Config{
		ServerName: serverName,
		MinVersion: tls.VersionTLS10, MaxVersion: newest,
		CipherSuites:       suites,
		InsecureSkipVerify: true, // nothing is trusted: this only looks
		VerifyPeerCertificate: func(raw [][]byte, _ [][]*x509.Certificate) error {
			for _, der := range raw {
				p.Certificates = append(p.Certificates, slices.Clone(der))
			}
			return nil
		},
		GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
			p.ClientAuth = true
			return &tls.Certificate{}, nil
		},
	}
}

// afterHandshake waits a moment for a refusal, where the server has asked for a certificate.
func (p *Presented) afterHandshake(client *tls.Conn) error {
	if !p.ClientAuth {
		return nil
	}
	const moment = 300 * time.Millisecond
	if err := client.SetReadDeadline(time.Now().Add(moment)); err != nil {
		return nil
	}
	_, err := client.Read(make([]byte, 1))
	if err == nil || timedOut(err) {
		return nil
	}
	return err
}

// explain puts what went wrong into the words of who asked.
func explain(ctx context.Context, err error) error {
	var plain tls.RecordHeaderError
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return ctx.Err()
	case ctx.Err() != nil, timedOut(err):
		return fmt.Errorf("no certificate came in time: %w", context.DeadlineExceeded)
	case errors.As(err, &plain):
		return errors.New("the server does not speak TLS there")
	case err != nil && (strings.HasSuffix(err.Error(), "EOF") || strings.Contains(err.Error(), "connection reset")):
		return fmt.Errorf("the server closed the connection without showing a certificate (is it a TLS listener?): %w", err)
	}
	return err
}

// Leaf returns the server's own certificate.
func (p *Presented) Leaf() *x509.Certificate { return p.Path[0] }

// Anchor returns the certificate that may become a trust anchor. Without a pin that is the top of the path that is
// verified by signatures from the leaf up, whatever else was sent; with a pin, the certificate that has this SHA-256
// fingerprint, if such a path leads to it. It is always a certificate authority and never the leaf. The error wraps ErrNoAnchor.
func (p *Presented) Anchor(pin []byte) (*x509.Certificate, error) {
	if pin == nil {
		if len(p.Path) == 1 {
			return nil, fmt.Errorf("%s shows no certificate above its own (%s): %w", p.Address, describe(p.Leaf()), ErrNoAnchor)
		}
		return p.Path[len(p.Path)-1], nil
	}
	if sum := sha256.Sum256(p.Leaf().Raw); slices.Equal(sum[:], pin) {
		return nil, fmt.Errorf("the pin is that of %s's own certificate, which its next renewal replaces: pin an authority above it: %w", p.Address, ErrNoAnchor)
	}
	if len(pin) == sha256.Size {
		path, err := tlsstore.VerifiedPathTo(p.Certificates, [sha256.Size]byte(pin))
		if err != nil {
			return nil, err
		}
		if len(path) > 0 {
			return path[len(path)-1], nil
		}
	}
	return nil, fmt.Errorf("no certificate with the pinned fingerprint is on the path that %s shows: %w", p.Address, ErrNoAnchor)
}

func describe(leaf *x509.Certificate) string {
	if leaf.CheckSignature(leaf.SignatureAlgorithm, leaf.RawTBSCertificate, leaf.Signature) == nil {
		return "self-signed"
	}
	return "its issuer is not sent"
}

// ParsePin reads "sha256:" and a fingerprint in hex, with or without colons.
func ParsePin(s string) ([]byte, error) {
	digits, ok := strings.CutPrefix(strings.ToLower(strings.TrimSpace(s)), "sha256:")
	sum, err := hex.DecodeString(strings.ReplaceAll(digits, ":", ""))
	if !ok || err != nil || len(sum) != sha256.Size {
		return nil, fmt.Errorf("%q is no pin: write sha256: and the %d hexadecimal digits of the certificate's fingerprint", s, 2*sha256.Size)
	}
	return sum, nil
}
