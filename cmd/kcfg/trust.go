package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/kcfg/kcfg/tlsstore"
)

// The values of --roots beside a file.
const (
	rootsLetsEncrypt = "letsencrypt"
	rootsSystem      = "system"
)

func rootsFlag(cmd *cobra.Command, target *string) {
	cmd.Flags().StringVar(target, "roots", "", "where the chain ends: letsencrypt, system or a PEM `FILE`; goes into the trust store (default: letsencrypt for its certificates)")
	err := cmd.RegisterFlagCompletionFunc("roots", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return []string{rootsLetsEncrypt, rootsSystem}, cobra.ShellCompDirectiveDefault
	})
	if err != nil {
		panic(err) // the flag was just added
	}
}

// systemBundles are the files in which systems keep their trusted roots.
var systemBundles = []string{
	"/etc/ssl/certs/ca-certificates.crt",                // Debian, Ubuntu, Alpine
	"/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", // Red Hat
	"/etc/pki/tls/certs/ca-bundle.crt",                  // Fedora
	"/etc/ssl/ca-bundle.pem",                            // SUSE
	"/etc/ssl/cert.pem",                                 // macOS, BSD
}

// trustInput is what a trust store is made from.
type trustInput struct {
	now       time.Time
	bundles   []*tlsstore.Bundle
	alias     string
	roots     string // --roots
	rootsOnly bool
	leaves    bool // where there is nothing else, a leaf may be an anchor
}

// entries returns the trusted certificates, each once, under aliases of their own.
func (t trustInput) entries() ([]tlsstore.Entry, error) {
	var fromPEM, all []tlsstore.Entry
	var left []tlsstore.PEMCertificate
	letsEncrypt := false
	for _, b := range t.bundles {
		o := tlsstore.TrustOptions{Alias: t.alias, Created: t.now}
		entries, leaves := tlsstore.TrustEntries(b, o)
		if len(entries) == 0 && t.leaves {
			o.Leaves = true
			entries, leaves = tlsstore.TrustEntries(b, o)
		}
		fromPEM = append(fromPEM, entries...)
		left = append(left, leaves...)
		letsEncrypt = letsEncrypt || slices.ContainsFunc(b.Certificates, func(c tlsstore.PEMCertificate) bool { return tlsstore.IsLetsEncrypt(c.DER) })
	}
	if len(fromPEM) == 0 && len(left) > 0 && !t.rootsOnly {
		return nil, withHint(fmt.Errorf("%s: the certificate is no authority's: as a trust anchor it would end with its next renewal", left[0].PEMBlock),
			"give the authority's certificate, such as chain.pem; --force trusts this one alone")
	}
	roots, err := t.rootEntries(fromPEM, letsEncrypt)
	if err != nil {
		return nil, err
	}
	if t.rootsOnly {
		fromPEM = nil
	}
	for _, e := range append(fromPEM, roots...) {
		all = addTrust(all, e)
	}
	if len(all) == 0 {
		return nil, errors.New("there is no certificate to trust")
	}
	return all, nil
}

// addTrust adds an entry unless its certificate is there; a taken alias gets the next free number.
func addTrust(entries []tlsstore.Entry, e tlsstore.Entry) []tlsstore.Entry {
	if _, ok := trusted(entries, e.Chain[0]); ok {
		return entries
	}
	e.Alias = freeAlias(entries, e.Alias)
	return append(entries, e)
}

// trusted returns the alias of the trust entry for a certificate.
func trusted(entries []tlsstore.Entry, der []byte) (alias string, ok bool) {
	for _, e := range entries {
		if e.Kind == tlsstore.KindCertificate && bytes.Equal(e.Chain[0], der) {
			return e.Alias, true
		}
	}
	return "", false
}

// freeAlias returns the alias, or the first of ALIAS-2, ALIAS-3, … that is free. Java compares without regard to case.
func freeAlias(entries []tlsstore.Entry, alias string) string {
	s := &tlsstore.Store{Entries: entries}
	for n, free := 2, alias; ; n++ {
		if _, taken := s.Entry(free); !taken {
			return free
		}
		free = alias + "-" + strconv.Itoa(n)
	}
}

// rootEntries returns the roots that --roots asks for, or that go with the chain.
func (t trustInput) rootEntries(chain []tlsstore.Entry, letsEncrypt bool) ([]tlsstore.Entry, error) {
	switch {
	case t.roots == rootsLetsEncrypt,
		t.roots == "" && letsEncrypt,
		t.roots == "" && t.rootsOnly && len(t.bundles) == 0:
		return tlsstore.LetsEncryptRoots(t.now), nil
	case t.roots == "" && t.rootsOnly:
		roots := selfSigned(chain)
		if len(roots) == 0 {
			return nil, withHint(errors.New("--roots-only: the PEM files hold no self-signed root"), "give it with --roots FILE, or look it up with --roots system")
		}
		return roots, nil
	case t.roots == "":
		return nil, nil
	case t.roots == rootsSystem:
		return t.systemRoots(chain)
	}
	b, err := readPEM(t.roots, tlsstore.PEMOptions{WithoutKeys: true})
	if err != nil {
		return nil, err
	}
	entries, _ := tlsstore.TrustEntries(b, tlsstore.TrustOptions{Created: t.now})
	if len(entries) == 0 {
		return nil, fmt.Errorf("--roots %s: the file holds no authority's certificate", t.roots)
	}
	return entries, nil
}

// knownRoots returns the certificates with which --roots lets a chain end. Let's Encrypt's always do.
func knownRoots(roots string) ([][]byte, error) {
	var b *tlsstore.Bundle
	var err error
	switch roots {
	case "", rootsLetsEncrypt:
		return nil, nil
	case rootsSystem:
		b, err = systemBundle()
	default:
		b, err = readPEM(roots, tlsstore.PEMOptions{WithoutKeys: true})
	}
	if err != nil {
		return nil, err
	}
	var known [][]byte
	for _, c := range b.Certificates {
		known = append(known, c.DER)
	}
	return known, nil
}

// systemRoots returns the system's roots that end the chain, or without a chain all of them.
func (t trustInput) systemRoots(chain []tlsstore.Entry) ([]tlsstore.Entry, error) {
	bundle, err := systemBundle()
	if err != nil {
		return nil, err
	}
	all, _ := tlsstore.TrustEntries(bundle, tlsstore.TrustOptions{Alias: "system", Created: t.now})
	if len(chain) == 0 {
		return all, nil
	}
	var roots []tlsstore.Entry
	for _, root := range all {
		if slices.ContainsFunc(chain, func(e tlsstore.Entry) bool { return issued(root, e) }) {
			root.Alias = t.rootAlias()
			root.Alias = freeAlias(roots, root.Alias)
			roots = append(roots, root)
		}
	}
	if len(roots) == 0 {
		return nil, withHint(fmt.Errorf("--roots system: none of the %d roots in %s has signed the chain", len(all), bundle.Name), "give the root with --roots FILE")
	}
	return roots, nil
}

func (t trustInput) rootAlias() string {
	if t.alias != "" {
		return t.alias + "-root"
	}
	return "root"
}

// systemBundle reads the system's trusted roots. Its Name is the file's path.
func systemBundle() (*tlsstore.Bundle, error) {
	for _, path := range systemBundles {
		b, err := readPEM(path, tlsstore.PEMOptions{WithoutKeys: true})
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		b.Name = path
		return b, nil
	}
	return nil, withHint(fmt.Errorf("--roots system: no file of trusted roots found: %w", os.ErrNotExist), "give it with --roots FILE")
}

// selfSigned keeps the entries whose certificate is its own issuer.
func selfSigned(entries []tlsstore.Entry) []tlsstore.Entry {
	return slices.DeleteFunc(slices.Clone(entries), func(e tlsstore.Entry) bool { return !issued(e, e) })
}

// issued reports whether the certificate of one entry signed that of another.
func issued(by, e tlsstore.Entry) bool {
	issuer, err := by.Certificates()
	if err != nil {
		return false
	}
	cert, err := e.Certificates()
	if err != nil || !bytes.Equal(cert[0].RawIssuer, issuer[0].RawSubject) {
		return false
	}
	return cert[0].CheckSignatureFrom(issuer[0]) == nil
}
