package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/kcfg/kcfg/cmd/kcfg/internal/atomicfile"
	"github.com/kcfg/kcfg/cmd/kcfg/internal/secret"
	"github.com/kcfg/kcfg/tlsstore"
)

// convertFlags are the flags of kcfg convert.
type convertFlags struct {
	writeFlags
	storeFlags
	alias          []string
	outPassword    string
	outKeyPassword string
	maxIterations  int
	lockedToo      bool              // keys may stay locked
	key            tlsstore.Password // what keyPassword gave
}

func newConvert(e *env) *cobra.Command {
	f := &convertFlags{}
	cmd := &cobra.Command{
		Use:        "convert STORE --out FILE",
		SuggestFor: []string{"export", "importkeystore"},
		Short:      "Convert a store between JKS, PKCS12 and PEM",
		Long: `Writes the entries of a store, or some of them, as a store of another format. Aliases and dates are kept, as far as
the format has them: PEM has neither. PEM is what librdkafka and the clients of other languages take.

The new store gets the password of the old one unless --out-password says otherwise. Keys that --key-password opens keep it in
JKS, unless --out-key-password says otherwise.`,
		Example: `kcfg convert keystore.jks --out keystore.p12 --password file:/etc/kafka/password
kcfg convert keystore.p12 --out client.pem --password prompt
kcfg convert stores.p12 --alias kafka1 --out kafka1.jks --password env:OLD --out-password env:NEW`,
		Args: positional(1, 1),
		RunE: func(_ *cobra.Command, args []string) error { return f.run(e, args[0]) },
	}
	flags := cmd.Flags()
	listFlag(flags, &f.alias, "alias", "`NAME` of an entry to convert; may be given several times (default: all)")
	allowEmpty(flags, "alias")
	completeBy(cmd, "alias", completeAliases(e, &f.password))
	f.storeFlags.add(cmd, "STORE's name with the new format's extension; store")
	sourceFlag(cmd, &f.keyPassword, "key-password", "password of keys in STORE that its own password does not open")
	sourceFlag(cmd, &f.outPassword, "out-password", "password of the new store (default: STORE's)")
	sourceFlag(cmd, &f.outKeyPassword, "out-key-password", "password of the keys in the new store; not for PKCS12")
	maxIterationsFlag(cmd, &f.maxIterations)
	f.writeFlags.add(cmd)
	cmd.Flags().Lookup("out").Usage = "`FILE` to write"
	return cmd
}

func maxIterationsFlag(cmd *cobra.Command, target *int) {
	cmd.Flags().IntVar(target, "max-iterations", 0, "read stores with key derivations of up to `NUMBER` iterations (default 5000000)")
}

func limits(maxIterations int) (tlsstore.Limits, error) {
	if maxIterations < 0 {
		return tlsstore.Limits{}, usagef("--max-iterations %d: give a positive number", maxIterations)
	}
	return tlsstore.Limits{Iterations: maxIterations}, nil
}

func (f *convertFlags) run(e *env, path string) error {
	if err := f.writeFlags.parse(); err != nil {
		return err
	}
	if f.out == "" && f.format == "" {
		return withHint(usagef("convert: --out FILE is missing"), "its extension says the format: .p12, .jks or .pem")
	}
	if f.passwordless && f.outPassword != "" {
		return usagef("--passwordless and --out-password exclude each other")
	}
	secrets := e.secrets(f.dryRun)
	store, password, err := f.source(e, secrets, path)
	if err != nil {
		return err
	}
	target := f.storeFlags // as prepare checks it: the passwords of the new store
	target.password, target.keyPassword, target.prefix = f.outPassword, f.outKeyPassword, "out-"
	format, options, err := target.prepare(trimExtension(path))
	if err != nil {
		return err
	}
	out := &storeOutput{path: target.out, store: store, options: options}
	if store.Format, err = format, f.pick(store); err != nil {
		return err
	}
	switch {
	case f.passwordless:
	case f.outPassword != "" || format != tlsstore.PEM && password.Len() == 0: // an empty one is for stores that others made
		out.password, out.keyPassword, err = target.passwords(e, secrets, format)
	case format != tlsstore.PEM:
		out.password = password
	}
	if err == nil && f.outKeyPassword != "" && out.keyPassword.IsNone() {
		out.keyPassword, err = e.readSecret(secrets, f.outKeyPassword, secret.Ask{Flag: "--out-key-password", What: "password of the keys in " + target.out, Create: true})
	}
	if err != nil {
		return err
	}
	if format == tlsstore.JKS && out.keyPassword.IsNone() && slices.ContainsFunc(store.Entries, func(e tlsstore.Entry) bool { return e.HasKeyPassword() }) {
		out.kept = f.key
	}
	out.findings = tlsstore.Check(store, tlsstore.CheckOptions{Now: e.Now()})
	warnName(e, out.path, format)
	return writeStores(e, &f.writeFlags, []*storeOutput{out})
}

// source reads the store to convert.
func (f *convertFlags) source(e *env, secrets *secret.Reader, path string) (*tlsstore.Store, tlsstore.Password, error) {
	data, err := readInput(e, secrets, path)
	if err != nil {
		return nil, tlsstore.Password{}, err
	}
	bounds, err := limits(f.maxIterations)
	if err != nil {
		return nil, tlsstore.Password{}, err
	}
	o := tlsstore.DecodeOptions{Limits: bounds}
	var password tlsstore.Password
	isPEM := tlsstore.Detect(data) == tlsstore.PEM // there is no other password than the key's
	if f.password != "" || storeNeedsPassword(data) && !(isPEM && f.keyPassword != "") {
		if password, err = e.readOpening(secrets, f.password, secret.Ask{Flag: "--password", What: "password of " + path}, data); err != nil {
			return nil, password, err
		}
	}
	if f.keyPassword != "" {
		key, err := e.readSecret(secrets, f.keyPassword, secret.Ask{Flag: "--key-password", What: "password of the keys in " + path})
		if err != nil {
			return nil, password, err
		}
		f.key = key
		o.KeyPasswords = append(o.KeyPasswords, key)
	}
	store, err := tlsstore.Decode(data, password, o)
	if errors.Is(err, tlsstore.ErrFormat) && isProperties(path, data) {
		return nil, password, withHint(fmt.Errorf("%s: %w", path, err), "name a store; kcfg inspect %s shows those that it names", path)
	}
	if err != nil {
		return nil, password, storeAdvice(fmt.Errorf("%s: %w", path, err))
	}
	for i := range store.Entries {
		en := &store.Entries[i]
		if !en.Locked() || f.lockedToo || !f.wants(store, en.Alias) {
			continue
		}
		if store.Format == tlsstore.JCEKS && en.Kind == tlsstore.KindSecret {
			return nil, password, withHint(fmt.Errorf("%s: %q: %w: %s", path, en.Alias, tlsstore.ErrUnsupported, en.Why()), "kcfg convert with --alias NAME takes other entries")
		}
		err := fmt.Errorf("%s: %q: %w: %s", path, en.Alias, tlsstore.ErrLocked, en.Why())
		if f.keyPassword != "" && len(store.Entries) > 1 && len(f.alias) != 1 {
			return nil, password, withHint(err, "--alias NAME --key-password SOURCE takes each key with a password of its own; kcfg store merge puts them together")
		}
		return nil, password, storeAdvice(err)
	}
	return store, password, nil
}

func (f *convertFlags) wants(s *tlsstore.Store, alias string) bool {
	for _, a := range f.alias {
		if e, ok := s.Entry(a); ok && e.Alias == alias {
			return true
		}
	}
	return len(f.alias) == 0
}

// pick keeps the entries that --alias names.
func (f *convertFlags) pick(s *tlsstore.Store) error {
	if len(f.alias) == 0 {
		return nil
	}
	var picked []tlsstore.Entry
	for _, a := range f.alias {
		e, ok := s.Entry(a)
		if !ok {
			return withHint(fmt.Errorf("%q: %w", a, tlsstore.ErrAliasNotFound), "kcfg inspect lists the aliases")
		}
		picked = append(picked, e)
	}
	s.Entries, s.Hidden = picked, nil
	return nil
}

func storeNeedsPassword(data []byte) bool {
	switch tlsstore.Detect(data) {
	case tlsstore.JKS, tlsstore.JCEKS:
		return true
	case tlsstore.PEM:
		return bytes.Contains(data, []byte("ENCRYPTED"))
	}
	needs, err := tlsstore.NeedsPassword(data)
	return err == nil && needs
}

// maxInput is as much as a store may have.
const maxInput = atomicfile.MaxSize

// readInput reads a file, or standard input for "-".
func readInput(e *env, secrets *secret.Reader, path string) ([]byte, error) {
	if path == "-" {
		if err := secrets.ClaimStdin("the argument -"); err != nil {
			return nil, usageError{err}
		}
		return readLimited(e.Stdin, "standard input")
	}
	file, err := openNamed(path)
	if err != nil {
		return nil, plainPath(err)
	}
	defer file.Close()
	if info, err := file.Stat(); err == nil && info.IsDir() {
		return nil, fmt.Errorf("%s is a directory", path)
	}
	return readLimited(file, path)
}

// readRegular reads a file that a person did not name for reading: a pipe would keep kcfg waiting for ever.
func readRegular(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, plainPath(err)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a regular file", path)
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, plainPath(err)
	}
	defer file.Close()
	return readLimited(file, path)
}

func readLimited(r io.Reader, name string) ([]byte, error) {
	var buf bytes.Buffer
	if file, ok := r.(*os.File); ok {
		if info, err := file.Stat(); err == nil && info.Mode().IsRegular() {
			buf.Grow(int(min(info.Size(), maxInput)) + bytes.MinRead) // else it would be copied each time it grows
		}
	}
	if _, err := buf.ReadFrom(io.LimitReader(r, maxInput+1)); err != nil {
		return nil, plainPath(err)
	}
	data := buf.Bytes()
	if len(data) > maxInput {
		return nil, fmt.Errorf("%s: %w: more than %d MiB", name, tlsstore.ErrTooCostly, maxInput>>20)
	}
	spareMemory(len(data))
	return data, nil
}

func trimExtension(path string) string {
	if path == "-" {
		return "store"
	}
	if _, ok := formatOfName(path); ok {
		return path[:len(path)-len(filepath.Ext(path))]
	}
	return path
}
