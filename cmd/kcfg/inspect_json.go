package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/tlsstore"
)

// printInspections prints what json.MarshalIndent would make of tlsstore.Inspections, but never has more of it in memory than one
// store without its lists, or one element of a list: a store's description is several times as large as the store.
func printInspections(e *env, stores []*tlsstore.Inspection) error {
	w := bufio.NewWriter(e.Stdout)
	fmt.Fprintf(w, "{\n  \"schema\": %q,\n  \"stores\": [", tlsstore.InspectSchema)
	for i, in := range stores {
		if i > 0 {
			w.WriteString(",")
		}
		w.WriteString("\n    ")
		if err := printInspection(w, in); err != nil {
			return err
		}
	}
	if len(stores) > 0 {
		w.WriteString("\n  ")
	}
	w.WriteString("]\n}\n")
	return w.Flush()
}

const inStore = "    " // the indentation of a store

// printInspection prints one store: the document without its lists, with each list in the place where it is empty.
func printInspection(w *bufio.Writer, in *tlsstore.Inspection) error {
	bare := *in
	bare.Entries, bare.Findings, bare.Notes = []tlsstore.EntryInfo{}, []finding.Finding{}, []string{}
	bare.Hidden.Certificates = []tlsstore.HiddenCertificateInfo{}
	rest, err := json.MarshalIndent(bare, inStore, "  ")
	if err != nil {
		return err
	}
	lists := map[string]func() error{
		"notes":        func() error { return printList(w, in.Notes, inStore+"  ") },
		"entries":      func() error { return printList(w, in.Entries, inStore+"  ") },
		"certificates": func() error { return printList(w, in.Hidden.Certificates, inStore+"    ") },
		"findings":     func() error { return printList(w, in.Findings, inStore+"  ") },
	}
	for len(rest) > 0 {
		line, after, _ := bytes.Cut(rest, []byte("\n"))
		key, isList := bytes.CutSuffix(bytes.TrimSuffix(line, []byte(",")), []byte(": []"))
		list := lists[string(bytes.Trim(key, ` "`))]
		if !isList || list == nil {
			w.Write(line)
		} else {
			w.Write(key)
			w.WriteString(": ")
			if err := list(); err != nil {
				return err
			}
			if bytes.HasSuffix(line, []byte(",")) {
				w.WriteString(",")
			}
		}
		if rest = after; len(rest) > 0 {
			w.WriteString("\n")
		}
	}
	return nil
}

// printList prints a list whose key is indented by so much.
func printList[T any](w *bufio.Writer, list []T, indent string) error {
	w.WriteString("[")
	for i := range list {
		data, err := json.MarshalIndent(list[i], indent+"  ", "  ")
		if err != nil {
			return err
		}
		if i > 0 {
			w.WriteString(",")
		}
		w.WriteString("\n" + indent + "  ")
		w.Write(data)
	}
	if len(list) > 0 {
		w.WriteString("\n" + indent)
	}
	w.WriteString("]")
	return nil
}
