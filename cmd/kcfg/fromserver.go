package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/tlsstore"
	"github.com/kcfg/kcfg/tlsstore/probe"
)

// serverFlags say from which live server a trust anchor is taken.
type serverFlags struct {
	address, pin, startTLS, serverName string
	timeout                            time.Duration
}

func (s *serverFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&s.address, "from-server", "", "take the top certificate that the server at `HOST:PORT` proves; needs --pin or an answer at the terminal")
	flags.StringVar(&s.pin, "pin", "", "the fingerprint of the certificate to be trusted, `sha256:HEX`, as its authority publishes it")
	choiceFlag(cmd, &s.startTLS, "starttls", "`PROTOCOL` that begins in plain text", probe.StartTLS...)
	flags.StringVar(&s.serverName, "server-name", "", "the `NAME` to ask the server for (default: the host)")
	flags.DurationVar(&s.timeout, "timeout", probe.DefaultTimeout, "how long to wait for the server: a `TIME` such as 10s")
}

// bundle asks the server, shows what it presents, and returns the certificate that the user confirms.
func (s *serverFlags) bundle(e *env) (*tlsstore.Bundle, error) {
	var pin []byte
	if s.pin != "" {
		var err error
		if pin, err = probe.ParsePin(s.pin); err != nil {
			return nil, usagef("--pin: %w", err)
		}
	}
	if _, _, err := net.SplitHostPort(s.address); err != nil {
		return nil, usagef("--from-server %s: give HOST:PORT", s.address)
	}
	p, err := probe.Probe(context.Background(), s.address, probe.Options{
		Dial: (&net.Dialer{}).DialContext, ServerName: s.serverName, StartTLS: s.startTLS, Timeout: s.timeout,
	})
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(e.Stderr, "kcfg: %s presents, over %s:\n", s.address, p.Version)
	text := &storeText{now: e.Now()} // standard error has no colours
	for i, c := range p.Path {
		info, indent := tlsstore.DescribeCertificate(c.Raw), strings.Repeat("  ", i+1)
		fmt.Fprintf(e.Stderr, "%s%s, %s\n%ssha256:%s\n", indent, finding.Printable(info.Subject), text.expiry(info.NotBefore, info.NotAfter), indent, info.SHA256)
	}
	anchor, err := p.Anchor(pin)
	if err != nil {
		return nil, withHint(err, "ask the authority for its root certificate, and give it with --pem FILE")
	}
	info := tlsstore.DescribeCertificate(anchor.Raw)
	if pin == nil {
		if err := confirm(e, info); err != nil {
			return nil, err
		}
	}
	host, _, _ := net.SplitHostPort(s.address)
	return &tlsstore.Bundle{Name: host, Certificates: []tlsstore.PEMCertificate{{DER: anchor.Raw, PEMBlock: tlsstore.PEMBlock{File: s.address, Line: 1, Number: 1, Label: "CERTIFICATE"}}}}, nil
}

// confirm asks whether a certificate that came over an unverified connection is the right one.
func confirm(e *env, info tlsstore.CertificateInfo) error {
	if e.ReadPassword == nil {
		return withHint(usagef("nobody vouches for what a server presents: --pin sha256:HEX is missing"),
			"get the fingerprint of %s from those who run it, not from this output", shortName(info))
	}
	answer, err := e.ReadPassword(fmt.Sprintf("Trust %s, sha256:%s? Compare the fingerprint with one from another source, then type yes: ", shortName(info), info.SHA256))
	if err != nil {
		return err
	}
	if strings.TrimSpace(string(answer)) != "yes" {
		return errors.New("not confirmed: nothing was written")
	}
	return nil
}
