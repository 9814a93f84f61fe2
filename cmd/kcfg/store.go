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
		Use:        "store",
		SuggestFor: []string{"import", "delete", "changealias", "storepasswd", "keypasswd"},
		Short:      "Change the entries of a store in place",
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

func newStoreAdd(e *env) *cobra.Command {
	s := &storeEdit{}
	var pem, key, cert, chain, alias, pemPassword string
	var trust, replace bool
	cmd := &cobra.Command{
		Use:   "add STORE --pem DIR|FILE",
		Short: "Add an entry from PEM files: a key with its chain, or trusted certificates",
		Long: `Adds a private key with its chain where the PEM files hold a key, else their certificates as trusted ones. An alias
that is taken is refused, unless --replace. A certificate that is trusted already is not added again.`,
		Example: `kcfg store add keystore.p12 --pem live/kafka1.example.com --alias kafka1 --replace
kcfg store add truststore.jks --pem company-ca.pem --alias company`,
		Args: positional(1, 1),
		RunE: func(_ *cobra.Command, args []string) error {
			if (pem == "") == (key == "" && cert == "") {
				return usagef("store add: give --pem DIR|FILE, or --key FILE and --cert FILE")
			}
			r := &pemReader{e: e, secrets: e.secrets(s.dryRun), source: pemPassword}
			b, err := addedBundle(r, pem, key, cert, chain, trust)
			if err != nil {
				return err
			}
			return s.run(e, args[0], func(o *storeOutput) (bool, error) {
				return addEntries(e, o, b, alias, trust, replace)
			})
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&pem, "pem", "", "`DIR|FILE` with what is to be added")
	flags.StringVar(&key, "key", "", "`FILE` with the private key")
	flags.StringVar(&cert, "cert", "", "`FILE` with its certificate")
	flags.StringVar(&chain, "chain", "", "`FILE` with the certificates of the authorities")
	flags.StringVar(&alias, "alias", "", "`NAME` of the entry (default: as for kcfg keystore and kcfg truststore)")
	completeBy(cmd, "alias", completeAliases(e, &s.password)) // for --replace
	flags.BoolVar(&trust, "trust", false, "add the certificates as trusted ones, even if there is a key")
	flags.BoolVar(&replace, "replace", false, "replace the entry that has the alias")
	sourceFlag(cmd, &pemPassword, "pem-password", "passphrase of an encrypted PEM key")
	s.add(cmd)
	return cmd
}

func addedBundle(r *pemReader, pem, key, cert, chain string, trust bool) (*tlsstore.Bundle, error) {
	switch {
	case pem != "" && trust:
		return readPEM(pem, tlsstore.PEMOptions{WithoutKeys: true})
	case pem != "":
		return r.read(pem)
	}
	return r.files(key, cert, chain)
}

// addEntries adds what the PEM files hold.
func addEntries(e *env, o *storeOutput, b *tlsstore.Bundle, alias string, trust, replace bool) (changed bool, err error) {
	var added []tlsstore.Entry
	if len(b.Keys) > 0 && !trust {
		pair, err := tlsstore.KeyEntry(b, tlsstore.KeyOptions{Alias: alias, Created: e.Now(), Now: e.Now()})
		if err != nil {
			return false, pemAdvice(err)
		}
		o.findings = append(o.findings, pair.Findings...)
		added = append(added, pair.Entry)
	} else {
		added, _ = tlsstore.TrustEntries(b, tlsstore.TrustOptions{Alias: alias, Created: e.Now(), Leaves: true})
	}
	if len(added) == 0 {
		return false, errors.New("the PEM files hold no certificate")
	}
	set, at := newTrustedSet(o.store.Entries), byAlias(o.store)
	var fresh []tlsstore.Entry
	for _, a := range added {
		if there, ok := set.trusted(a); ok && a.Kind == tlsstore.KindCertificate {
			o.notes = append(o.notes, fmt.Sprintf("%s is there already, as %s", shortName(tlsstore.DescribeCertificate(a.Chain[0])), there))
			continue
		}
		o.shown = append(o.shown, a)
		if !set.aliases[tlsstore.FoldAlias(a.Alias)] {
			set.add(a)
			fresh = append(fresh, a)
			continue
		}
		i, there := at[tlsstore.FoldAlias(a.Alias)]
		switch {
		case there && sameEntry(o.store.Entries[i], a):
			o.notes = append(o.notes, fmt.Sprintf("%s holds the same already", o.store.Entries[i].Alias))
			o.shown = o.shown[:len(o.shown)-1]
		case there && replace:
			if o.store.Entries[i].Locked() && a.Kind == tlsstore.KindKey {
				o.notes = append(o.notes, "the key has the store's password now, the one in its place had another: ssl.key.password in server.properties")
			}
			alone(o.store, i).Put(a)
		default:
			return false, fmt.Errorf("%q: %w", a.Alias, tlsstore.ErrAliasExists)
		}
	}
	if err := o.store.Add(fresh...); err != nil {
		return false, err
	}
	o.checkShown(e.Now())
	return len(o.shown) > 0, nil
}

func sameEntry(a, b tlsstore.Entry) bool {
	return a.Kind == b.Kind && !a.Locked() && string(a.Key) == string(b.Key) &&
		slices.EqualFunc(a.Chain, b.Chain, func(x, y []byte) bool { return string(x) == string(y) })
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
is; another one under a taken alias is refused, and then nothing is written, unless --replace or --rename.`,
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

func newStorePasswd(e *env) *cobra.Command {
	s := &storeEdit{}
	var newPassword, newKeyPassword string
	var aliases []string
	cmd := &cobra.Command{
		Use:     "passwd STORE",
		Aliases: []string{"storepasswd"},
		Short:   "Change the password of a store, or of keys in a JKS store",
		Long: `Changes the password of a store. Keys that the store's password protects get the new one too, other than with keytool;
keys with a password of their own keep it, unless --new-key-password sets another.`,
		Example: `kcfg store passwd keystore.p12 --password file:old --new-password file:new
kcfg store passwd keystore.jks --new-key-password prompt --alias kafka1`,
		Args: positional(1, 1),
		RunE: func(_ *cobra.Command, args []string) error {
			return runPasswd(e, s, args[0], newPassword, newKeyPassword, aliases)
		},
	}
	sourceFlag(cmd, &newPassword, "new-password", "new password of the store")
	sourceFlag(cmd, &newKeyPassword, "new-key-password", "new password of the keys; not for PKCS12")
	listFlag(cmd.Flags(), &aliases, "alias", "`NAME` of a key for --new-key-password (default: all)")
	allowEmpty(cmd.Flags(), "alias")
	completeBy(cmd, "alias", completeAliases(e, &s.password))
	s.add(cmd)
	return cmd
}

func runPasswd(e *env, s *storeEdit, path, newPassword, newKeyPassword string, aliases []string) error {
	if newPassword == "" && newKeyPassword == "" {
		newPassword = "prompt"
		if e.ReadPassword == nil {
			return usagef("store passwd: --new-password SOURCE is missing\n%s", secret.List())
		}
	}
	if len(aliases) > 0 && newKeyPassword == "" {
		return usagef("--alias names keys for --new-key-password, which is missing")
	}
	secrets := e.secrets(s.dryRun)
	out, err := s.passwords(e, path)
	if err != nil {
		return err
	}
	var store, key tlsstore.Password
	if newPassword != "" {
		if store, err = e.readSecret(secrets, newPassword, secret.Ask{Flag: "--new-password", What: "new password of " + path, Create: true}); err != nil {
			return err
		}
		warnShort(e, path, store)
	}
	if newKeyPassword != "" {
		if key, err = e.readSecret(secrets, newKeyPassword, secret.Ask{Flag: "--new-key-password", What: "new password of the keys in " + path, Create: true}); err != nil {
			return err
		}
	}
	return s.write(e, out, func(o *storeOutput) (bool, error) {
		if o.store.Format == tlsstore.PEM {
			return false, errors.New("a PEM file has no password of its own: kcfg convert with --out-key-password encrypts its key")
		}
		if !key.IsNone() {
			if o.store.Format == tlsstore.PKCS12 {
				return false, usagef("--new-key-password: a PKCS12 store has one password, for itself and its keys")
			}
			if err := setKeyPasswords(o.store, aliases, key); err != nil {
				return false, err
			}
			o.notes = append(o.notes, "the keys have a new password: ssl.key.password in server.properties")
		}
		if !store.IsNone() {
			o.password = store
			o.options.AnyPassword = false
			o.notes = append(o.notes, "the store has a new password: "+passwordKey(o)+" in server.properties")
			for i := range o.store.Entries {
				if en := &o.store.Entries[i]; en.Locked() {
					o.notes = append(o.notes, fmt.Sprintf("%s keeps the password of its own", en.Alias))
				}
			}
			for _, h := range o.store.Hidden {
				if h.Kind == tlsstore.HiddenKey || h.Kind == tlsstore.HiddenSecret {
					o.notes = append(o.notes, fmt.Sprintf("a hidden %s, %q, is left as it is: %s", h.Kind, h.Alias, h.Why))
				}
			}
		}
		return true, nil
	})
}

func passwordKey(o *storeOutput) string {
	if o.hasKey() {
		return "ssl.keystore.password"
	}
	return "ssl.truststore.password"
}

func setKeyPasswords(s *tlsstore.Store, aliases []string, password tlsstore.Password) error {
	if len(aliases) == 0 {
		for _, e := range s.Entries {
			if e.Kind == tlsstore.KindKey {
				aliases = append(aliases, e.Alias)
			}
		}
	}
	at := byAlias(s)
	for _, a := range aliases {
		one := s
		if i, ok := at[tlsstore.FoldAlias(a)]; ok {
			one = alone(s, i)
		}
		if err := one.SetKeyPassword(a, password); err != nil {
			return err
		}
	}
	return nil
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
