package main

import (
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/kcfg/kcfg/tlsstore"
)

func newStoreMerge(e *env) *cobra.Command {
	s := &storeEdit{}
	var fromPassword, fromKeyPassword string
	var replace bool
	var aliases map[string]string
	cmd := &cobra.Command{
		Use:     "merge STORE OTHER...",
		Aliases: []string{"import"},
		Short:   "Add the entries of other stores",
		Long: `Adds the entries of other stores of any format. An entry that is there already, under the same alias, is left as it
is; another one under a taken alias is refused, and then nothing is written, unless --replace or --rename.

In a JKS store whose keys all have the password of --key-password, a new key gets it too.`,
		Example: `kcfg store merge all.p12 kafka1.jks kafka2.jks --password env:ALL --from-password env:OLD
kcfg store merge all.p12 kafka2.p12 --rename 1=kafka2 --password prompt`,
		Args: positional(2, -1),
		RunE: func(_ *cobra.Command, args []string) error {
			var others []*tlsstore.Store
			for _, path := range args[1:] {
				f := &convertFlags{storeFlags: storeFlags{password: fromPassword, keyPassword: fromKeyPassword}, maxIterations: s.maxIterations}
				if f.password == "" {
					f.password = s.password
				}
				other, _, err := f.source(e, e.secrets(s.dryRun), path)
				if errors.Is(err, tlsstore.ErrPassword) {
					err = withHint(err, "--from-password SOURCE is the password of the other stores")
				} else if errors.Is(err, tlsstore.ErrLocked) {
					err = withHint(err, "--from-key-password SOURCE opens keys that have a password of their own")
				}
				if err != nil {
					return err
				}
				others = append(others, other)
			}
			return s.run(e, args[0], func(o *storeOutput) (bool, error) { return mergeStores(o, others, replace, aliases) })
		},
	}
	flags := cmd.Flags()
	sourceFlag(cmd, &fromPassword, "from-password", "password of the other stores (default: as --password)")
	sourceFlag(cmd, &fromKeyPassword, "from-key-password", "password of keys in the other stores that theirs does not open")
	flags.BoolVar(&replace, "replace", false, "replace entries whose alias another store has too")
	flags.StringToStringVar(&aliases, "rename", nil, "give an entry of the other stores another alias: `OLD=NEW,...`")
	s.add(cmd)
	return cmd
}

func mergeStores(o *storeOutput, others []*tlsstore.Store, replace bool, aliases map[string]string) (changed bool, err error) {
	for _, other := range others {
		m, err := o.store.Merge(other, tlsstore.MergeOptions{Replace: replace, Aliases: aliases})
		if err != nil {
			return false, err
		}
		at := byAlias(o.store)
		for _, alias := range slices.Concat(m.Added, m.Replaced) {
			o.shown = append(o.shown, o.store.Entries[at[tlsstore.FoldAlias(alias)]])
		}
		for _, alias := range m.Unchanged {
			o.notes = append(o.notes, alias+" is there already")
		}
		for _, h := range other.Hidden {
			if h.Kind == tlsstore.HiddenLocked {
				return false, fmt.Errorf("%w: a part of another store was not opened: %s", tlsstore.ErrLocked, h.Why)
			}
			o.notes = append(o.notes, fmt.Sprintf("not merged: a hidden %s%s: %s", h.Kind, hiddenName(h), h.Why))
		}
	}
	return len(o.shown) > 0, nil
}

// hiddenName names something hidden, by its certificate where the file has no name for it.
func hiddenName(h tlsstore.Hidden) string {
	switch {
	case h.Alias != "":
		return fmt.Sprintf(", %q", h.Alias)
	case h.Kind == tlsstore.HiddenCertificate:
		return ", " + shortName(tlsstore.DescribeCertificate(h.Certificate))
	}
	return ""
}
