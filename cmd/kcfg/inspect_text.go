package main

import (
	"fmt"
	"slices"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/internal/plural"
	"github.com/kcfg/kcfg/tlsstore"
)

// inspectionsText shows stores to a person.
type inspectionsText struct {
	e     *env
	text  *storeText
	shown int
}

func (p *inspectionsText) print(in *inspection) error {
	if p.shown++; p.shown > 1 {
		fmt.Fprintln(p.text)
	}
	p.text.store(in)
	if err := writeFindings(p.text, p.e, in.Findings, finding.Info); err != nil {
		return err
	}
	return p.text.Flush()
}

func (p *inspectionsText) end(error) error { return nil }

// store shows one store.
func (t *storeText) store(in *inspection) {
	path := t.paint(bold, finding.Printable(in.Path))
	if in.Error != nil {
		fmt.Fprintf(t, "%s: %s\n  %s %s\n", path, in.Format, t.paint(red, "cannot be read:"), finding.Printable(in.Error.Message))
		return
	}
	integrity := map[tlsstore.Integrity]string{
		tlsstore.Verified:      "integrity verified",
		tlsstore.Unverified:    "integrity unverified: no password given",
		tlsstore.IntegrityNone: "nothing to verify it by",
	}[in.Integrity]
	if in.Format == tlsstore.PEM {
		integrity = ""
	}
	fmt.Fprintf(t, "%s: %s", path, in.Format)
	if integrity != "" {
		fmt.Fprintf(t, ", %s", integrity)
	}
	all := in.entryList()
	fmt.Fprintf(t, ", %s\n", plural.Of(all.n, "entry"))
	t.entries(all)
	t.hidden(in)
	if in.Format != tlsstore.PEM {
		fmt.Fprintf(t, "  protection: %s\n", protection(in))
	}
	if len(in.ReadableBy) > 0 {
		fmt.Fprintf(t, "  opened by %s\n", readers(in.ReadableBy))
	}
	if in.File.Mode != "" {
		fmt.Fprintf(t, "  readable by %s\n", whoReads(in.File))
	}
	for _, n := range in.Notes {
		fmt.Fprintf(t, "  note: %s\n", finding.Printable(n))
	}
}

// hidden shows what Java does not.
func (t *storeText) hidden(in *inspection) {
	t.each(in.hiddenCertificates(), func(t *storeText, v any) {
		h := v.(tlsstore.HiddenCertificateInfo)
		fmt.Fprintf(t, "  hidden from Java: certificate %s: %s\n", shortName(h.CertificateInfo), finding.Printable(h.Why))
	})
	for _, h := range append(slices.Clone(in.Hidden.Keys), in.Hidden.Other...) {
		if h.Kind == tlsstore.HiddenLocked {
			fmt.Fprintf(t, "  locked: a part of the store is %s\n", finding.Printable(h.Why))
			continue
		}
		fmt.Fprintf(t, "  hidden from Java: %s %q: %s\n", h.Kind, h.Alias, h.Why)
	}
}
