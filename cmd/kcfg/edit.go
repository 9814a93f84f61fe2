package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/rogpeppe/go-internal/diff"
	"github.com/spf13/cobra"

	"github.com/kcfg/kcfg/cmd/kcfg/internal/atomicfile"
	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/properties"
)

// fileFirst is the check of arguments of get, set and unset, in which the file comes first.
func fileFirst(least int) cobra.PositionalArgs {
	there := func(path string) bool {
		info, err := os.Stat(path)
		return err == nil && info.Mode().IsRegular()
	}
	return func(cmd *cobra.Command, args []string) error {
		if err := positional(least, -1)(cmd, args); err != nil {
			return err
		}
		if len(args) > 1 && args[0] != stdinArgument && !there(args[0]) && there(args[len(args)-1]) {
			return withHint(usagef("the file comes first"), "kcfg %s %s ...", belowRoot(cmd), finding.Printable(args[len(args)-1]))
		}
		return nil
	}
}

// editFlags are the flags of every command that edits properties files.
type editFlags struct {
	diff, dryRun, inPlace bool
	output                string
	kafka                 string // the releases that judge the change
}

func (w *editFlags) add(cmd *cobra.Command) {
	f := cmd.Flags()
	f.BoolVar(&w.diff, "diff", false, "show the change as a unified diff, and write nothing")
	f.BoolVar(&w.dryRun, "dry-run", false, "say what would be changed, and write nothing")
	f.BoolVar(&w.inPlace, "in-place", false, "overwrite instead of replacing: for bind-mounted files; not atomic")
	f.StringVar(&w.kafka, "kafka", "", "`RELEASES` of Kafka whose word on the change is told (default: as for kcfg validate)")
	allowEmpty(f, "kafka")
	completeList(cmd, "kafka", func() []string { return append(slices.Clone(kafka.releases()), "all") })
	outputFlag(cmd, &w.output, outputText, outputJSON)
}

func (w *editFlags) readOnly() bool { return w.diff || w.dryRun }

// change is one file that is edited.
type change struct {
	path     string
	before   *properties.File
	after    *properties.File
	secret   bool              // a secret was put in
	keys     []string          // which were to be set or removed
	secrets  []string          // those of them whose values are secrets, whatever their names
	findings []finding.Finding // what was told about it
}

func (c *change) changed() bool { return string(c.before.Bytes()) != string(c.after.Bytes()) }

// action is what a write report says of the file.
func (c *change) action() string {
	switch {
	case !c.changed():
		return actionUnchanged
	case len(c.before.Bytes()) == 0:
		return actionCreated
	}
	return actionReplaced
}

// newChange parses a file that is about to be changed.
func newChange(path string, src []byte) (*change, error) {
	before, err := parseDocument(path, src)
	if err != nil {
		return nil, err
	}
	after, err := properties.Parse(path, src)
	return &change{path: path, before: before, after: after}, err
}

// diff returns the change as a unified diff in which secrets are hidden.
func (c *change) diff() string {
	after := c.after.Redacted(func(e properties.Entry) []properties.Hidden {
		hidden := secrets(e)
		if old, ok := c.before.Get(e.Key); ok && old != e.Value {
			for i := range hidden {
				hidden[i].As = "[hidden, changed]"
			}
		}
		return hidden
	})
	return unifiedDiff(c.path, c.before.Redacted(secrets), after)
}

// editFile reads a file, lets edit change it, and writes it unless the flags say otherwise. The directory stays locked in between. With
// path "-" it is a filter.
func editFile(e *env, w *editFlags, path string, create bool, edit func(*change) error) (*change, error) {
	if path == stdinArgument {
		f, err := readDocument(e, path, "")
		if err != nil {
			return nil, err
		}
		return filter(e, w, f, edit)
	}
	if w.diff {
		return editedCopy(e, path, create, edit)
	}
	batch, err := openBatch(w.inPlace, w.readOnly(), path)
	if err != nil {
		return nil, editAdvice(err)
	}
	defer batch.Close()
	for _, r := range batch.Recovered {
		e.Warn("%s", r)
	}
	target := batch.Targets[0]
	if !target.Exists && !create {
		return nil, noSuchFile(path)
	}
	var src []byte
	if target.Exists {
		if src, err = target.Read(); err != nil {
			return nil, err
		}
	}
	c, err := newChange(path, src)
	if err != nil {
		return nil, err
	}
	if err := edit(c); err != nil {
		return nil, err
	}
	if w.readOnly() || !c.changed() {
		return c, nil
	}
	err = batch.Commit([]atomicfile.File{{Data: c.after.Bytes(), Secret: c.secret, InPlace: w.inPlace}})
	for _, warning := range batch.Warnings {
		e.Warn("%s", warning)
	}
	return c, editAdvice(err)
}

func noSuchFile(path string) error {
	return withHint(fmt.Errorf("%s: %w", path, fs.ErrNotExist), "kcfg set --create makes a new file")
}

// editedCopy edits what is in a file without touching it: a diff is for those, too, who may read but not write.
func editedCopy(e *env, path string, create bool, edit func(*change) error) (*change, error) {
	src, err := readSource(e, path, path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && create:
	case errors.Is(err, fs.ErrNotExist):
		return nil, noSuchFile(path)
	case err != nil:
		return nil, err
	}
	c, err := newChange(path, src)
	if err != nil {
		return nil, err
	}
	return c, edit(c)
}

// filter edits what came from standard input and prints it.
func filter(e *env, w *editFlags, f *properties.File, edit func(*change) error) (*change, error) {
	if w.output != outputText {
		return nil, usagef("-o %s needs a file: with \"-\" the edited file goes to standard output", w.output)
	}
	after, err := properties.Parse(f.Name(), f.Bytes())
	if err != nil {
		return nil, err
	}
	c := &change{path: f.Name(), before: f, after: after}
	if err := edit(c); err != nil {
		return nil, err
	}
	if !w.readOnly() {
		_, err = e.Stdout.Write(c.after.Bytes())
	}
	return c, err
}

// editAdvice adds to an error of the file system what to do about it.
func editAdvice(err error) error {
	if errors.Is(err, atomicfile.ErrWorldWritable) {
		return withHint(err, "chmod o-w the directory: anyone could exchange the file")
	}
	return writingAdvice(err)
}

// printChange says what was done: the diff, the lines that say it, or JSON.
func printChange(e *env, w *editFlags, c *change, lines []string) error {
	switch {
	case w.output == outputJSON:
		return printWrites(e, w.readOnly(), []fileWrite{{Path: c.path, Action: c.action(), Findings: c.findings, Settings: c.settings()}})
	case w.diff:
		fmt.Fprint(e.Stdout, c.diff())
		return nil
	case c.path == stdinName && !w.dryRun:
		return nil
	}
	if w.dryRun && c.changed() {
		lines = append(slices.Clone(lines), "dry run: nothing was written")
	}
	for _, l := range lines {
		fmt.Fprintln(e.Stdout, finding.Printable(l))
	}
	return nil
}

// unifiedDiff returns the change as diff -u shows it, in a form that patch and git apply take; nothing where there is none.
func unifiedDiff(path, before, after string) string {
	path = filepath.ToSlash(path)
	text := diff.Diff("a/"+path, []byte(before), "b/"+path, []byte(after))
	_, text, _ = bytes.Cut(text, []byte("\n")) // its command line
	return string(text)
}
