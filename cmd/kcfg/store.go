package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kcfg/kcfg/cmd/kcfg/internal/secret"
	"github.com/kcfg/kcfg/tlsstore"
)

func newStore(e *env) *cobra.Command {
	cmd := &cobra.Command{
		Use:         "store",
		Annotations: map[string]string{notOffered + "list": "kcfg inspect STORE lists the entries"},
		SuggestFor:  []string{"import", "delete", "changealias", "storepasswd", "keypasswd"},
		Short:       "Change the entries of a store in place",
		Long: `Changes a PKCS12 or JKS store in place, as one atomic step. What is not touched keeps its alias, its date, its
attributes and its protection, also what kcfg cannot open. Aliases compare as in Java: without regard to case.`,
		Example: `kcfg store add keystore.p12 --pem live/kafka1.example.com --alias kafka1 --replace
kcfg store remove truststore.jks old-root
kcfg store passwd keystore.jks --new-password prompt`,
		Args: positional(0, 0),
		RunE: showHelp,
	}
	cmd.AddCommand(newStoreAdd(e), newStoreRemove(e), newStoreRename(e), newStoreMerge(e), newStorePasswd(e))
	return cmd
}

// storeEdit is what all edits of a store share.
type storeEdit struct {
	writeFlags
	password, keyPassword string
	maxIterations         int
}

func (s *storeEdit) add(cmd *cobra.Command) {
	sourceFlag(cmd, &s.password, "password", "password of the store")
	sourceFlag(cmd, &s.keyPassword, "key-password", "password of keys that the store's does not open")
	maxIterationsFlag(cmd, &s.maxIterations)
	s.writeFlags.add(cmd)
	cmd.Flags().Lookup("force").Usage = "keep the old file as NAME.bak"
}

// run opens the store at path, lets change edit it, and writes it back.
func (s *storeEdit) run(e *env, path string, change func(o *storeOutput) (changed bool, err error)) error {
	out, err := s.passwords(e, path)
	if err != nil {
		return err
	}
	return s.write(e, out, change)
}

// passwords reads the passwords with which the store at path is opened.
func (s *storeEdit) passwords(e *env, path string) (*storeOutput, error) {
	if err := s.writeFlags.parse(); err != nil {
		return nil, err
	}
	out := &storeOutput{path: path, store: &tlsstore.Store{}}
	secrets := e.secrets(s.dryRun)
	var err error
	if out.limits, err = limits(s.maxIterations); err != nil {
		return nil, err
	}
	if data, needs := needsPassword(path); s.password != "" || needs {
		if out.password, err = e.readOpening(secrets, s.password, secret.Ask{Flag: "--password", What: "password of " + path}, data); err != nil {
			return nil, err
		}
	}
	if s.keyPassword != "" {
		if out.keyPassword, err = e.readSecret(secrets, s.keyPassword, secret.Ask{Flag: "--key-password", What: "password of the keys in " + path}); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// write lets change edit the store while its file is locked, and writes it back.
func (s *storeEdit) write(e *env, out *storeOutput, change func(o *storeOutput) (changed bool, err error)) error {
	out.edit = func(o *storeOutput, old []byte) (bool, error) {
		if err := o.open(old); err != nil {
			return false, err
		}
		o.keyPassword = tlsstore.Password{} // each key keeps the one it has
		o.shown = []tlsstore.Entry{}
		changed, err := change(o)
		return changed, aliasAdvice(err, o.path)
	}
	return writeStores(e, &s.writeFlags, []*storeOutput{out})
}

// aliasAdvice names the store and says what to do about an alias.
func aliasAdvice(err error, path string) error {
	if err == nil {
		return nil
	}
	if errors.As(err, &hintError{}) {
		return err
	}
	wrapped := fmt.Errorf("%s: %w", path, err)
	switch {
	case errors.Is(err, tlsstore.ErrAliasExists):
		return withHint(wrapped, "choose another alias, or --replace the entry")
	case errors.Is(err, tlsstore.ErrAliasNotFound):
		return withHint(wrapped, "kcfg inspect %s lists the aliases", path)
	case errors.Is(err, tlsstore.ErrLocked):
		return withHint(wrapped, "--key-password SOURCE opens keys that have a password of their own")
	}
	return wrapped
}

func newStoreRemove(e *env) *cobra.Command {
	s := &storeEdit{}
	cmd := &cobra.Command{
		Use:               "remove STORE ALIAS...",
		Aliases:           []string{"delete", "rm"},
		Short:             "Remove entries",
		Example:           "kcfg store remove truststore.jks old-root other-root --password file:/etc/kafka/password",
		Args:              positional(2, -1),
		ValidArgsFunction: completeStoreThenAliases(e, &s.password, -1),
		RunE: func(_ *cobra.Command, args []string) error {
			return s.run(e, args[0], func(o *storeOutput) (bool, error) {
				hidden := len(o.store.Hidden)
				if err := o.store.Remove(args[1:]...); err != nil {
					return false, err
				}
				if len(o.store.Entries) == 0 {
					e.Warn("%s has no entries any more: servers refuse to start with it", args[0])
				}
				o.notes = append(o.notes, "removed "+strings.Join(args[1:], ", "))
				if more := hidden - len(o.store.Hidden); more > 0 {
					o.notes = append(o.notes, fmt.Sprintf("removed what the file had under the same alias, hidden from Java: %d more", more))
				}
				return true, nil
			})
		},
	}
	s.add(cmd)
	return cmd
}

func newStoreRename(e *env) *cobra.Command {
	s := &storeEdit{}
	cmd := &cobra.Command{
		Use:               "rename STORE ALIAS NEW",
		Aliases:           []string{"changealias"},
		Short:             "Give an entry another alias",
		Example:           "kcfg store rename keystore.p12 1 kafka1 --password prompt",
		Args:              positional(3, 3),
		ValidArgsFunction: completeStoreThenAliases(e, &s.password, 1),
		RunE: func(_ *cobra.Command, args []string) error {
			if args[2] == "" {
				return usagef("store rename: the new alias is empty")
			}
			return s.run(e, args[0], func(o *storeOutput) (bool, error) {
				if o.store.Format == tlsstore.PEM {
					return false, errors.New("PEM holds no aliases")
				}
				if err := o.store.Rename(args[1], args[2]); errors.Is(err, tlsstore.ErrAliasExists) {
					return false, withHint(fmt.Errorf("%s: %w", o.path, err), "choose another alias, or remove that entry first")
				} else if err != nil {
					return false, err
				}
				renamed, _ := o.store.Entry(args[2])
				o.shown = append(o.shown, renamed)
				return true, nil
			})
		},
	}
	s.add(cmd)
	return cmd
}

// alone is a store of one of the entries of another, in which an edit need not look for it.
func alone(s *tlsstore.Store, i int) *tlsstore.Store {
	return &tlsstore.Store{Entries: s.Entries[i : i+1 : i+1]}
}

// byAlias finds entries by their folded alias. Where several have one, it is the first that counts.
func byAlias(s *tlsstore.Store) map[string]int {
	at := make(map[string]int, len(s.Entries))
	for i := range slices.Backward(s.Entries) {
		at[tlsstore.FoldAlias(s.Entries[i].Alias)] = i
	}
	return at
}
