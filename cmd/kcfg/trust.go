package main

import (
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
	endsFlag(cmd, target, "where the chain ends: letsencrypt, system or a PEM `FILE`; goes into the trust store (default: letsencrypt for its certificates)")
}

// endsFlag adds --roots.
func endsFlag(cmd *cobra.Command, target *string, usage string) {
	cmd.Flags().StringVar(target, "roots", "", usage)
	completeWith(cmd, "roots", cobra.ShellCompDirectiveDefault, rootsLetsEncrypt, rootsSystem)
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
	var fromPEM []tlsstore.Entry
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
	all := newTrustedSet(nil)
	for _, e := range append(fromPEM, roots...) {
		all.addNew(e)
	}
	if len(all.entries) == 0 {
		return nil, errors.New("there is no certificate to trust")
	}
	return all.entries, nil
}

// trustedSet are entries to which trusted certificates are added, each once. A bundle may have tens of thousands.
type trustedSet struct {
	entries []tlsstore.Entry
	byCert  map[string]string // the alias of each trusted certificate
	aliases map[string]bool
	numbers map[string]int // for each alias the last number that was tried behind it
}

func newTrustedSet(entries []tlsstore.Entry) *trustedSet {
	s := &trustedSet{byCert: map[string]string{}, aliases: map[string]bool{}, numbers: map[string]int{}}
	for _, e := range entries {
		s.add(e)
	}
	return s
}

func (s *trustedSet) add(e tlsstore.Entry) {
	s.entries = append(s.entries, e)
	s.aliases[tlsstore.FoldAlias(e.Alias)] = true
	if _, there := s.trusted(e); !there && e.Kind == tlsstore.KindCertificate {
		s.byCert[string(e.Chain[0])] = e.Alias
	}
}

// trusted returns the alias of the trust entry that has the first certificate of an entry.
func (s *trustedSet) trusted(e tlsstore.Entry) (alias string, ok bool) {
	if len(e.Chain) > 0 {
		alias, ok = s.byCert[string(e.Chain[0])]
	}
	return alias, ok
}

// addNew adds an entry unless its certificate is there; a taken alias gets the next free number.
func (s *trustedSet) addNew(e tlsstore.Entry) {
	if _, ok := s.trusted(e); !ok {
		e.Alias = s.free(e.Alias)
		s.add(e)
	}
}

// free returns the alias, or the first of ALIAS-2, ALIAS-3, … that is free.
func (s *trustedSet) free(alias string) string {
	folded := tlsstore.FoldAlias(alias)
	if !s.aliases[folded] {
		return alias
	}
	for n := max(s.numbers[folded], 1) + 1; ; n++ {
		s.numbers[folded] = n
		if numbered := alias + "-" + strconv.Itoa(n); !s.aliases[tlsstore.FoldAlias(numbered)] {
			return numbered
		}
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
			if len(roots) > 0 {
				root.Alias += "-" + strconv.Itoa(len(roots)+1)
			}
			roots = append(roots, root)
		}
	}
	if len(roots) == 0 {
		return nil, withHint(fmt.Errorf("--roots system: none of the roots in %s (%d) has signed the chain", bundle.Name, len(all)), "give the root with --roots FILE")
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
	return len(by.Chain) > 0 && len(e.Chain) > 0 && tlsstore.IssuedBy(e.Chain[0], by.Chain[0])
}
