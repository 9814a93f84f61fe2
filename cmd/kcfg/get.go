package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/kcfg/kcfg/properties"
)

type getFlags struct {
	reveal bool
	output string
}

func newGet(e *env) *cobra.Command {
	f := &getFlags{}
	cmd := &cobra.Command{
		Use:   "get FILE [KEY...]",
		Short: "Print values of a properties file as Java reads them",
		Long: `Get prints the value of a key as Java reads it: escapes and continuation lines resolved, of a key that comes twice the
last one. With several keys, or none for all of them, it prints KEY=VALUE lines, escaped as in a file. Defaults are not
applied. Passwords are printed as [hidden] unless --reveal is given. The exit status is 1 where a key is not set.`,
		Example: `kcfg get server.properties listeners
kcfg get server.properties ssl.keystore.password --reveal
kcfg get server.properties -o json`,
		Args:              fileFirst(1),
		ValidArgsFunction: completeSetKeys,
		RunE:              func(_ *cobra.Command, args []string) error { return f.run(e, args[0], args[1:]) },
	}
	cmd.Flags().BoolVar(&f.reveal, "reveal", false, "print passwords, too")
	outputFlag(cmd, &f.output, outputText, outputJSON)
	return cmd
}

// getSchema names the JSON form of what get prints.
const getSchema = "kcfg.get/1"

// getEntry is one entry in JSON.
type getEntry struct {
	Key    string `json:"key"`
	Value  string `json:"value"`
	Hidden bool   `json:"hidden"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
}

func (f *getFlags) run(e *env, path string, keys []string) error {
	file, err := readDocument(e, path, "")
	if err != nil {
		return err
	}
	warnOfMalformed(e, file)
	var entries []properties.Entry
	missing := false
	for _, key := range keys {
		entry, ok := file.Lookup(key)
		if !ok {
			e.Warn("%s", absent(file, key))
			missing = true
			continue
		}
		entries = append(entries, entry)
	}
	if len(keys) == 0 {
		for entry := range file.Effective() {
			entries = append(entries, entry)
		}
	}
	out := make([]getEntry, 0, len(entries))
	for _, entry := range entries {
		g := getEntry{entry.Key, entry.Value, !f.reveal && secrets(entry) != nil, entry.KeyPos().Line, entry.KeyPos().Column}
		if g.Hidden {
			g.Value = properties.Mask
		}
		out = append(out, g)
	}
	if err := f.print(e, file.Name(), out, len(keys) == 1); err != nil {
		return err
	}
	if missing {
		return errFindings
	}
	return nil
}

// warnOfMalformed says where a file stops Java from loading it.
func warnOfMalformed(e *env, file *properties.File) {
	for _, m := range file.Malformed() {
		e.Warn("%s: Java does not load this file: %s is no escape", m.Pos, m.Text)
	}
}

func (f *getFlags) print(e *env, path string, entries []getEntry, single bool) error {
	if f.output == outputJSON {
		return printJSON(e, struct {
			Schema  string     `json:"schema"`
			Path    string     `json:"path"`
			Entries []getEntry `json:"entries"`
		}{getSchema, path, entries})
	}
	hidden := false
	for _, g := range entries {
		hidden = hidden || g.Hidden
		if single {
			fmt.Fprintln(e.Stdout, g.Value)
			continue
		}
		fmt.Fprintf(e.Stdout, "%s=%s\n", properties.EscapeKey(g.Key), properties.Escape(g.Value))
	}
	if hidden && e.StderrIsTerminal {
		fmt.Fprintln(e.Stderr, "hint: --reveal shows passwords")
	}
	return nil
}
