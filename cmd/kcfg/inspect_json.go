package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/kcfg/kcfg/tlsstore"
)

// inspection is a store's description. Where the store is there, its entries and hidden certificates are described when they are
// printed.
type inspection struct {
	*tlsstore.Inspection
	store   *tlsstore.Store
	aliases []tlsstore.Entry // whose aliases the entries have, if not their own
}

func newInspection(s *tlsstore.Store) *inspection {
	return &inspection{Inspection: s.Overview(), store: s}
}

// entryList are the entries.
func (in *inspection) entryList() items {
	if in.store == nil {
		return listOf(in.Entries)
	}
	return items{len(in.store.Entries), func(i int) any {
		info := in.store.Entries[i].Info(in.store.Format)
		if in.aliases != nil {
			info.Alias = in.aliases[i].Alias
		}
		return info
	}}
}

// hiddenCertificates are the certificates that Java does not list.
func (in *inspection) hiddenCertificates() items {
	if in.store == nil {
		return listOf(in.Hidden.Certificates)
	}
	var at []int
	for i := range in.store.Hidden {
		if in.store.Hidden[i].Kind == tlsstore.HiddenCertificate {
			at = append(at, i)
		}
	}
	return items{len(at), func(i int) any { return in.store.Hidden[at[i]].CertificateInfo() }}
}

// inspectionsJSON prints what json.MarshalIndent would make of tlsstore.Inspections, but never has more of it in memory than one
// store without its lists, and some elements of a list.
type inspectionsJSON struct {
	w       *bufio.Writer
	printed int
}

func newInspectionsJSON(e *env) *inspectionsJSON {
	return &inspectionsJSON{w: bufio.NewWriter(e.Stdout)}
}

func (p *inspectionsJSON) begin() {
	fmt.Fprintf(p.w, "{\n  \"schema\": %q,\n  \"stores\": [", tlsstore.InspectSchema)
}

func (p *inspectionsJSON) print(in *inspection) error {
	if p.printed++; p.printed == 1 {
		p.begin()
	} else {
		p.w.WriteString(",")
	}
	p.w.WriteString("\n    ")
	return printInspection(p.w, in)
}

// end ends the document. Where an error comes before the first store, there is none.
func (p *inspectionsJSON) end(cause error) error {
	switch {
	case p.printed > 0:
		p.w.WriteString("\n  ")
	case cause != nil:
		return nil
	default:
		p.begin()
	}
	p.w.WriteString("]\n}\n")
	return p.w.Flush()
}

// printInspection prints one store.
func printInspection(w *bufio.Writer, in *inspection) error {
	const indent = "    "
	bare := *in.Inspection
	bare.Entries, bare.Findings, bare.Notes = nil, nil, nil
	bare.Hidden.Certificates, bare.Hidden.Keys, bare.Hidden.Other = nil, nil, nil
	document, err := json.MarshalIndent(bare, indent, "  ")
	if err != nil {
		return err
	}
	s := slots{asHTML: true}
	for _, l := range []struct {
		key  string
		list items
	}{
		{"notes", listOf(in.Notes)}, {"entries", in.entryList()}, {"certificates", in.hiddenCertificates()}, {"keys", listOf(in.Hidden.Keys)},
		{"other", listOf(in.Hidden.Other)}, {"findings", listOf(in.Findings)},
	} {
		before, after, ok := bytes.Cut(document, []byte(`"`+l.key+`": null`))
		if !ok {
			continue // a store that could not be read has no entries
		}
		document = slices.Concat(before, []byte(`"`+l.key+`": `), s.slot(l.list), after)
	}
	return s.print(w, document)
}
