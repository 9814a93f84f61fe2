package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/kcfg/kcfg/cmd/kcfg/internal/secret"
	"github.com/kcfg/kcfg/tlsstore"
)

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
