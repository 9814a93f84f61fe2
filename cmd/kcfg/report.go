package main

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/properties"
	"github.com/kcfg/kcfg/tlsstore"
)

const actionRefused = "refused"

// inspect describes the store as it is written, or was found unchanged.
func (o *storeOutput) inspect() *inspection {
	if o.inspection != nil {
		return o.inspection
	}
	in := newInspection(o.store)
	o.inspection = in
	in.Findings = append(in.Findings, o.findings...)
	if o.data != nil { // algorithms and readers are the file's
		if file, err := tlsstore.Decode(o.data, tlsstore.Password{}, tlsstore.DecodeOptions{}); err == nil {
			in.Algorithms, in.Iterations = file.Algorithms.Names()
			in.ReadableBy = file.ReadableWith(o.password, o.store.Entries)
			in.Findings = append(in.Findings, tlsstore.CheckFile(file)...)
			if len(file.Entries) == len(o.store.Entries) && o.namesAnew(file) {
				in.aliases = file.Entries
			}
		}
	}
	setPath(in, o.path)
	return in
}

// namesAnew reports whether the entries of a file have other aliases than those that were given: JKS has them in lower case, PEM
// from the certificates, as far as its key is not encrypted.
func (o *storeOutput) namesAnew(file *tlsstore.Store) bool {
	return file.Format == tlsstore.JKS || file.Format == tlsstore.PEM && o.keyPassword.IsNone()
}

func (o *storeOutput) write() fileWrite {
	in := o.inspect()
	return fileWrite{Path: o.path, Action: o.action, Entries: in.entryList(), Findings: in.Findings}
}

// reportStores says what was written.
func reportStores(e *env, w *writeFlags, outputs []*storeOutput, edited *propertiesOutput) error {
	if edited != nil && edited.change.changed() && w.listener == "" {
		for _, name := range edited.overruled(outputs) {
			e.Warn("%s sets stores for the listener %s, which keeps them: --listener %s sets these", w.setIn, name, name)
		}
	}
	if w.output == outputJSON {
		var files []fileWrite
		for _, o := range outputs {
			files = append(files, o.write())
		}
		if edited != nil {
			files = append(files, fileWrite{Path: w.setIn, Action: edited.change.action(), Settings: edited.change.settings()})
		}
		return printWrites(e, w.dryRun, files)
	}
	t := newStoreText(e)
	for i, o := range outputs {
		if i > 0 {
			fmt.Fprintln(t)
		}
		o.report(t, w)
		if err := writeFindings(t, e, o.inspect().Findings, finding.Warning); err != nil {
			return err
		}
	}
	if edited != nil {
		fmt.Fprintf(t, "\n%s: %s%s\n", finding.Printable(w.setIn), would(w, edited.change.action()), edited.change.action())
		for _, k := range edited.keys {
			fmt.Fprintf(t, "  %s\n", k)
		}
		return t.Flush()
	}
	if lines := propertyLines(outputs, w.listener); lines != "" {
		fmt.Fprintf(t, "\nlines for %s:\n%s\n", cmp.Or(w.linesFor, "server.properties"), indent(lines))
	}
	return t.Flush()
}

// report describes one file.
func (o *storeOutput) report(t *storeText, w *writeFlags) {
	in := o.inspect()
	fmt.Fprintf(t, "%s: %s%s, %s\n", finding.Printable(o.path), would(w, o.action), o.action, o.store.Format)
	switch {
	case o.certificates:
		t.chain(o.chain())
	case o.shown == nil:
		t.entries(in.entryList())
	}
	t.entries(items{len(o.shown), func(i int) any { return o.shown[i].Info(o.store.Format) }})
	for _, n := range o.notes {
		fmt.Fprintf(t, "  %s\n", finding.Printable(n))
	}
	if len(in.ReadableBy) > 0 {
		fmt.Fprintf(t, "  opened by %s\n", readers(in.ReadableBy))
	}
	if !w.dryRun {
		fmt.Fprintf(t, "  readable by %s\n", whoReads(fileInfo(o.path)))
	}
}

// chain describes the certificates that are one chain.
func (o *storeOutput) chain() []tlsstore.CertificateInfo {
	var chain []tlsstore.CertificateInfo
	for _, e := range o.store.Entries {
		for _, der := range e.Chain {
			chain = append(chain, tlsstore.DescribeCertificate(der))
		}
	}
	return chain
}

// would marks what a dry run leaves undone.
func would(w *writeFlags, action string) string {
	if w.dryRun && action != actionUnchanged {
		return "would be "
	}
	return ""
}

// printFindings prints the findings about all outputs.
func printFindings(e *env, outputs []*storeOutput, least finding.Severity) error {
	var found []finding.Finding
	for _, o := range outputs {
		found = append(found, o.inspect().Findings...)
	}
	return writeFindings(e.Stdout, e, found, least)
}

// propertyLines are the settings under which Kafka finds the stores, without the passwords.
func propertyLines(outputs []*storeOutput, listener string) string {
	var b strings.Builder
	for _, o := range outputs {
		if o.action == actionUnchanged {
			continue
		}
		for _, p := range o.settings(listener) {
			value := p.value
			if p.secret != nil {
				value = "[hidden]"
			} else {
				value = properties.Escape(value)
			}
			fmt.Fprintf(&b, "%s=%s\n", p.key, value)
		}
	}
	return b.String()
}

// setting is one line for server.properties.
type setting struct {
	key, value string
	secret     *tlsstore.Password // in place of the value
}

// settings are what server.properties has to say about the store. An edited store is somebody else's: nothing is said.
func (o *storeOutput) settings(listener string) []setting {
	if o.edit != nil || o.certificates {
		return nil
	}
	before := keyPrefix(listener)
	prefix := before + "ssl.truststore."
	if o.hasKey() {
		prefix = before + "ssl.keystore."
	}
	lines := []setting{
		{key: prefix + "location", value: absolute(o.path)},
		{key: prefix + "type", value: o.store.Format.String()},
	}
	if !o.password.IsNone() {
		lines = append(lines, setting{key: prefix + "password", secret: &o.password})
	}
	if passwords := o.keyPasswords(); len(passwords) > 0 {
		lines = append(lines, setting{key: before + "ssl.key.password", secret: &passwords[0]})
	}
	return lines
}
