package main

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/tlsstore"
)

// diffSchema names the JSON form of kcfg diff.
const diffSchema = "kcfg.diff/1"

func newDiff(e *env) *cobra.Command {
	f := &convertFlags{}
	var otherPassword, otherKeyPassword, output string
	cmd := &cobra.Command{
		Use:   "diff A B",
		Short: "Compare two stores entry by entry",
		Long: `Says how store B differs from store A: entries that are added, removed or renamed, keys that changed, certificates that
were renewed, chains, expiry. The formats may differ; formats, algorithms and passwords are not compared. The exit
status is 1 where they differ.`,
		Example: `kcfg diff keystore.p12.bak keystore.p12 --password file:/etc/kafka/password
kcfg diff old.jks new.p12 --password env:OLD --other-password env:NEW -o json`,
		Args: positional(2, 2),
		RunE: func(_ *cobra.Command, args []string) error {
			a, err := f.comparable(e, args[0])
			if err != nil {
				return err
			}
			second := *f
			if otherPassword != "" {
				second.password = otherPassword
			}
			if otherKeyPassword != "" {
				second.keyPassword = otherKeyPassword
			}
			b, err := second.comparable(e, args[1])
			if errors.Is(err, tlsstore.ErrPassword) {
				err = withHint(err, "--other-password SOURCE is the password of %s", args[1])
			}
			if err != nil {
				return err
			}
			changes := tlsstore.Diff(a, b)
			if output == outputJSON {
				err = printDiffJSON(e, args, changes)
			} else {
				err = printDiff(e, changes)
			}
			if err == nil && len(changes) > 0 {
				err = errFindings
			}
			return err
		},
	}
	sourceFlag(cmd, &f.password, "password", "password of the stores")
	sourceFlag(cmd, &f.keyPassword, "key-password", "password of keys that the store's does not open")
	sourceFlag(cmd, &otherPassword, "other-password", "password of B (default: as --password)")
	sourceFlag(cmd, &otherKeyPassword, "other-key-password", "password of keys in B (default: as --key-password)")
	maxIterationsFlag(cmd, &f.maxIterations)
	outputFlag(cmd, &output, outputText, outputJSON)
	return cmd
}

// comparable reads a store for comparison. Keys may stay locked.
func (f *convertFlags) comparable(e *env, path string) (*tlsstore.Store, error) {
	if isLineage(path) {
		b, err := (&pemReader{e: e, secrets: e.secrets(false), source: f.keyPassword}).read(path)
		if err != nil {
			return nil, err
		}
		pair, err := tlsstore.KeyEntry(b, tlsstore.KeyOptions{Now: e.Now()})
		if err != nil {
			return nil, pemAdvice(err)
		}
		return &tlsstore.Store{Format: tlsstore.PEM, Entries: []tlsstore.Entry{pair.Entry}}, nil
	}
	f.lockedToo = true
	store, _, err := f.source(e, e.secrets(false), path)
	return store, err
}

func printDiffJSON(e *env, paths []string, changes []tlsstore.Change) error {
	s := slots{asHTML: true}
	return s.printJSON(e, struct {
		Schema  string          `json:"schema"`
		A       string          `json:"a"`
		B       string          `json:"b"`
		Changes json.RawMessage `json:"changes"`
	}{diffSchema, paths[0], paths[1], s.slot(items{len(changes), func(i int) any { return differenceJSON(changes[i]) }})})
}

// differenceJSON is what a change marshals to. To leave that to its own MarshalJSON would read all of it a second time.
func differenceJSON(c tlsstore.Change) any {
	return struct {
		Alias  string              `json:"alias"`
		Kind   tlsstore.ChangeKind `json:"kind"`
		Detail string              `json:"detail"`
		Before *tlsstore.EntryInfo `json:"before"`
		After  *tlsstore.EntryInfo `json:"after"`
	}{c.Alias, c.Kind, c.Detail, c.Before(), c.After()}
}

func printDiff(e *env, changes []tlsstore.Change) error {
	t := newStoreText(e)
	t.each(listOf(changes), func(t *storeText, v any) {
		c := v.(tlsstore.Change)
		mark, what := "~", string(c.Kind)
		switch c.Kind {
		case tlsstore.EntryAdded:
			mark = "+"
		case tlsstore.EntryRemoved:
			mark = "-"
		case tlsstore.EntryKindChanged:
			what = "another kind"
		case tlsstore.EntryKeyChanged:
			what = "another key"
		case tlsstore.EntryRenewed:
			what = "same key, new certificate"
		case tlsstore.EntryChainChanged:
			what = "another chain"
		case tlsstore.EntryCertificate:
			what = "another certificate"
		case tlsstore.EntryLockedChanged:
			what = "not comparable"
		case tlsstore.EntryDateChanged:
			what = "another date"
		}
		fmt.Fprintf(t, "%s %s: %s", mark, t.paint(bold, finding.Printable(c.Alias)), what)
		if c.Detail != "" {
			fmt.Fprintf(t, ": %s", finding.Printable(c.Detail))
		}
		fmt.Fprintln(t)
	})
	return t.Flush()
}
