package main

import (
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/kcfg/kcfg/tlsstore"
)

func newStoreAdd(e *env) *cobra.Command {
	s := &storeEdit{}
	var pem, key, cert, chain, alias, pemPassword string
	var trust, replace bool
	cmd := &cobra.Command{
		Use:   "add STORE --pem DIR|FILE",
		Short: "Add an entry from PEM files: a key with its chain, or trusted certificates",
		Long: `Adds a private key with its chain where the PEM files hold a key, else their certificates as trusted ones. An alias
that is taken is refused, unless --replace. A certificate that is trusted already is not added again.

In a JKS store whose keys all have the password of --key-password, a new key gets it too.`,
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
	isKey := func(e tlsstore.Entry) bool { return e.Kind == tlsstore.KindKey }
	if o.store.Format == tlsstore.JKS && slices.ContainsFunc(fresh, isKey) && slices.ContainsFunc(o.store.Entries, func(e tlsstore.Entry) bool { return isKey(e) && e.Locked() }) {
		o.notes = append(o.notes, "the key has the store's password, others in the store have one of their own: a server opens all with one; --key-password gives a new key that of the others")
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
