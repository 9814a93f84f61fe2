package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kcfg/kcfg/finding"
)

// The forms of output that -o names.
const (
	outputText   = "text"
	outputJSON   = "json"
	outputJSONL  = "jsonl"
	outputGitHub = "github"
	outputSARIF  = "sarif"
)

// outputFlag adds -o with the forms that a command has; the first one is the default.
func outputFlag(cmd *cobra.Command, target *string, forms ...string) {
	*target = forms[0]
	cmd.Flags().VarP(&choice{target, forms}, "output", "o", "`FORM` of the output: "+strings.Join(forms, ", "))
	complete(cmd, "output", forms...)
}

// choice is a flag with a fixed set of values.
type choice struct {
	value *string
	of    []string
}

func (c *choice) String() string {
	if c.value == nil {
		return ""
	}
	return *c.value
}

func (c *choice) Type() string { return "string" }

func (c *choice) Set(v string) error {
	if !slices.Contains(c.of, v) {
		return fmt.Errorf("use %s", strings.Join(c.of, ", "))
	}
	*c.value = v
	return nil
}

// choiceFlag adds a flag with a fixed set of values.
func choiceFlag(cmd *cobra.Command, target *string, name, usage string, of ...string) {
	cmd.Flags().Var(&choice{target, of}, name, usage+": "+strings.Join(of, ", "))
	complete(cmd, name, of...)
}

// complete offers the values of a flag to the shell.
func complete(cmd *cobra.Command, flag string, values ...string) {
	completeWith(cmd, flag, cobra.ShellCompDirectiveNoFileComp, values...)
}

func completeWith(cmd *cobra.Command, flag string, directive cobra.ShellCompDirective, values ...string) {
	completeBy(cmd, flag, cobra.FixedCompletions(values, directive))
}

// completeBy offers what is made when a shell asks.
func completeBy(cmd *cobra.Command, flag string, values cobra.CompletionFunc) {
	if err := cmd.RegisterFlagCompletionFunc(flag, values); err != nil {
		panic(err) // the flag was just added
	}
}

// completeList offers the values of a flag that takes several with commas between, or a span. They are made when a shell asks.
func completeList(cmd *cobra.Command, flag string, values func() []string) {
	completeBy(cmd, flag, func(_ *cobra.Command, _ []string, word string) ([]string, cobra.ShellCompDirective) {
		begun := word[:1+strings.LastIndex(word, ",")]
		if dots := strings.LastIndex(word, ".."); dots >= len(begun) {
			begun = word[:dots+2]
		}
		var lines []string
		for _, v := range values() {
			lines = append(lines, begun+v)
		}
		return beginningWith(word, lines), cobra.ShellCompDirectiveNoFileComp
	})
}

// Colour reports whether standard output may be coloured.
func (e env) Colour() bool {
	if v, ok := e.Getenv("NO_COLOR"); ok && v != "" {
		return false
	}
	if v, _ := e.Getenv("TERM"); v == "dumb" {
		return false
	}
	return e.StdoutIsTerminal
}

// Warn prints a warning to standard error.
func (e env) Warn(format string, args ...any) {
	fmt.Fprintf(e.Stderr, "kcfg: warning: %s\n", finding.Printable(fmt.Sprintf(format, args...)))
}

// printHint prints what to do about a message.
func printHint(w io.Writer, hint string) { fmt.Fprintf(w, "hint: %s\n", finding.Printable(hint)) }

// writeSchema names the JSON form of what every writer says.
const writeSchema = "kcfg.write/1"

// writeReport is what a writing command says, as JSON. Most calls write one file: the first one's fields stand at the top.
type writeReport struct {
	Schema string `json:"schema"`
	DryRun bool   `json:"dry_run"`
	writtenFile
	Files []writtenFile `json:"files"` // all of them
}

// The actions of a writer on a file.
const (
	actionCreated   = "created"
	actionReplaced  = "replaced"
	actionUnchanged = "unchanged"
)

// fileWrite is what happened, or would happen, to one file. For stores, Entries are as in kcfg.inspect/1.
type fileWrite struct {
	Path     string
	Action   string
	Entries  items
	Findings []finding.Finding
	Settings []editedKey // of a properties file
}

// writtenFile is fileWrite with the places of its lists.
type writtenFile struct {
	Path     string          `json:"path"`
	Action   string          `json:"action"`
	Entries  json.RawMessage `json:"entries"`
	Findings json.RawMessage `json:"findings"`
	Settings json.RawMessage `json:"settings"`
}

// printWrites prints a write report as JSON; no field is ever null.
func printWrites(e *env, dryRun bool, files []fileWrite) error {
	var s slots
	place := func(f fileWrite) writtenFile {
		return writtenFile{f.Path, f.Action, s.slot(f.Entries), s.slot(listOf(f.Findings)), s.slot(listOf(f.Settings))}
	}
	report := writeReport{Schema: writeSchema, DryRun: dryRun, writtenFile: place(files[0])}
	for _, f := range files {
		report.Files = append(report.Files, place(f))
	}
	return s.printJSON(e, report)
}

func printJSON(e *env, v any) error { return encodeJSON(e.Stdout, v) }

func encodeJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}
