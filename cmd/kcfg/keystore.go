package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/kcfg/kcfg/cmd/kcfg/internal/secret"
	"github.com/kcfg/kcfg/internal/plural"
	"github.com/kcfg/kcfg/tlsstore"
)

// keystoreFlags are the flags of kcfg keystore.
type keystoreFlags struct {
	writeFlags
	storeFlags
	pem              []string
	key, cert, chain string
	alias            []string
	pemPassword      string
	truststore       string
	roots            string
	hosts            []string
	role             string
}

func newKeystore(e *env) *cobra.Command {
	f := &keystoreFlags{}
	cmd := &cobra.Command{
		Use:        "keystore --pem DIR|FILE...",
		SuggestFor: []string{"pkcs12", "p12", "jks", "pem"},
		Short:      "Make a key store from PEM files, such as Let's Encrypt's",
		Long: `Makes a Java key store, and with --truststore its trust store too, from a private key and its certificates in PEM.

A directory of certbot, lego, acme.sh or Kubernetes is recognised, as is any directory with one key, or a file with
everything. Key and certificate are matched, the chain is put in order, and the alias is the directory's name unless
given. A store that says the same already is left untouched; one that would lose entries or names is not replaced.`,
		Example: `kcfg keystore --pem /etc/letsencrypt/live/kafka1.example.com --password file:/etc/kafka/password
kcfg keystore --pem /etc/letsencrypt/live/kafka1.example.com --out /etc/kafka/keystore.jks --truststore /etc/kafka/truststore.jks --owner kafka
kcfg keystore --key tls.key --cert tls.crt --chain ca.crt --alias kafka1 --password prompt
kcfg keystore --pem live/kafka1.example.com --format pem --out kafka1.pem`,
		Args: positional(0, -1),
		RunE: func(_ *cobra.Command, args []string) error {
			f.pem = append(f.pem, args...)
			return f.run(e)
		},
	}
	flags := cmd.Flags()
	listFlag(flags, &f.pem, "pem", "`DIR|FILE` with the key and its certificates; several make several entries")
	flags.StringVar(&f.key, "key", "", "`FILE` with the private key")
	flags.StringVar(&f.cert, "cert", "", "`FILE` with its certificate, and maybe its chain")
	flags.StringVar(&f.chain, "chain", "", "`FILE` with the certificates of the authorities")
	listFlag(flags, &f.alias, "alias", "`NAME` of the entry; one for each --pem (default: the directory's name)")
	sourceFlag(cmd, &f.pemPassword, "pem-password", "passphrase of an encrypted PEM key")
	f.storeFlags.add(cmd, "keystore")
	sourceFlag(cmd, &f.keyPassword, "key-password", "password of the key itself, where it is not the store's; not for PKCS12")
	flags.StringVar(&f.truststore, "truststore", "", "also write the trust store `FILE`, in one step")
	rootsFlag(cmd, &f.roots)
	listFlag(flags, &f.hosts, "host", "`NAME` or address under which clients reach this server: the certificate has to cover it")
	roleFlag(cmd, &f.role)
	setInFlag(cmd, &f.writeFlags)
	f.writeFlags.add(cmd)
	return cmd
}

// storeFlags say how a store is written.
type storeFlags struct {
	format, out           string
	password, keyPassword string
	profile               string
	iterations            int
	anyPassword           bool
	passwordless          bool
	prefix                string // of the names of the password flags
}

func (s *storeFlags) add(cmd *cobra.Command, name string) {
	flags := cmd.Flags()
	choiceFlag(cmd, &s.format, "format", "`FORMAT` of the store (default: what the name in --out says, else pkcs12)", "pkcs12", "jks", "pem")
	flags.StringVar(&s.out, "out", "", "`FILE` to write (default: "+name+".p12, or .jks or .pem)")
	sourceFlag(cmd, &s.password, "password", "password of the store")
	choiceFlag(cmd, &s.profile, "profile", "`PROFILE` of PKCS12 algorithms, and of encrypted keys in PEM (default modern; legacy is for Java before 8u301, in PEM before 25; pbmac1 for Java 26 and newer)",
		"modern", "legacy", "pbmac1")
	flags.IntVar(&s.iterations, "iterations", 0, fmt.Sprintf("`NUMBER` of iterations of each PKCS12 key derivation, and of encrypted keys in PEM (default %d)", tlsstore.DefaultIterations))
	flags.BoolVar(&s.anyPassword, "any-password", false, "allow a PKCS12 password outside ASCII, which only Java 25 and newer can use")
	flags.BoolVar(&s.passwordless, "passwordless", false, "a PKCS12 trust store without a password, as Java's own cacerts")
}

func roleFlag(cmd *cobra.Command, target *string) {
	var roles []string
	for _, r := range tlsstore.Roles {
		roles = append(roles, string(r))
	}
	choiceFlag(cmd, target, "role", "`ROLE` in which the certificate is also a client's, with client authentication required or requested", roles...)
}

// prepare settles format, file name and what the format does not have.
func (s *storeFlags) prepare(name string) (tlsstore.Format, tlsstore.EncodeOptions, error) {
	var o tlsstore.EncodeOptions
	format, err := formatOf(s.format, s.out)
	if err != nil {
		return 0, o, err
	}
	if s.out == "" {
		s.out = name + extension(format)
	}
	if err := noStream("--out", s.out); err != nil {
		return 0, o, err
	}
	key := format == tlsstore.PEM && s.keyPassword != "" // encrypted as in PKCS12
	if format != tlsstore.PKCS12 {
		for _, f := range []struct {
			given bool
			name  string
		}{
			{s.profile != "" && (!key || s.profile == tlsstore.ProfilePBMAC1.String()), "--profile"}, {s.iterations != 0 && !key, "--iterations"},
			{s.passwordless, "--passwordless"}, {s.anyPassword, "--any-password"},
		} {
			if f.given {
				return 0, o, usagef("%s is for PKCS12 stores; %s is %s", f.name, s.out, format)
			}
		}
	}
	if format == tlsstore.PKCS12 && s.keyPassword != "" {
		return 0, o, withHint(usagef("--%skey-password: a PKCS12 store has one password, for itself and its keys", s.prefix),
			"leave --%skey-password out, or use --format jks", s.prefix)
	}
	if format == tlsstore.PEM && s.password != "" {
		return 0, o, withHint(usagef("--%spassword: a PEM store has no password of its own; Kafka refuses to start with one", s.prefix),
			"--%skey-password encrypts the private key", s.prefix)
	}
	if s.profile != "" {
		if o.Profile, err = tlsstore.ParseProfile(s.profile); err != nil {
			return 0, o, usageError{err}
		}
	}
	if s.iterations < 0 || s.iterations > mostIterations {
		return 0, o, usagef("--iterations %d: Java reads from 1 to %d", s.iterations, mostIterations)
	}
	o.Iterations, o.AnyPassword = s.iterations, s.anyPassword
	return format, o, nil
}

// noStream refuses - as the name of a file to write: stores are replaced as a whole, and standard output says what was done.
func noStream(flag, path string) error {
	if path == "-" {
		return withHint(usagef("%s -: a store is written to a file, not to standard output", flag), "%s ./- is a file of that name", flag)
	}
	return nil
}

// mostIterations is the most that Java takes.
const mostIterations = 5_000_000

// passwords reads the passwords of a store that is written.
func (s *storeFlags) passwords(e *env, r *secret.Reader, format tlsstore.Format) (password, keyPassword tlsstore.Password, err error) {
	if s.passwordless && s.password != "" {
		return password, keyPassword, usagef("--passwordless and --password exclude each other")
	}
	if format != tlsstore.PEM && !s.passwordless {
		_, statErr := os.Stat(s.out)
		ask := secret.Ask{Flag: "--password", What: "password of " + s.out, Create: statErr != nil}
		if password, err = e.readSecret(r, s.password, ask); err != nil {
			return password, keyPassword, err
		}
		warnShort(e, s.out, password)
	}
	if s.keyPassword != "" {
		ask := secret.Ask{Flag: "--key-password", What: "password of the key in " + s.out, Create: true}
		keyPassword, err = e.readSecret(r, s.keyPassword, ask)
	}
	return password, keyPassword, err
}

// shortest is the least length with which keytool makes a store; it opens shorter ones.
const shortest = 6

func warnShort(e *env, path string, password tlsstore.Password) {
	if n := password.Len(); n > 0 && n < shortest {
		e.Warn("the password of %s has %s: Java opens the store, but keytool refuses to change it", path, plural.Of(n, "character"))
	}
}

func (f *keystoreFlags) run(e *env) error {
	if err := f.writeFlags.parse(); err != nil {
		return err
	}
	if err := f.checkInputs(); err != nil {
		return err
	}
	format, options, err := f.storeFlags.prepare("keystore")
	if err != nil {
		return err
	}
	if f.passwordless && f.truststore == "" {
		return usagef("--passwordless is for trust stores: a key store needs a password")
	}
	secrets := e.secrets(f.dryRun)
	now := e.Now()
	bundles, err := f.bundles(e, secrets)
	if err != nil {
		return err
	}
	key := &storeOutput{path: f.out, store: &tlsstore.Store{Format: format}, options: options, named: true}
	var roots [][]byte
	for i, b := range bundles {
		o := tlsstore.KeyOptions{Created: now, Now: now}
		if len(f.alias) > 0 {
			o.Alias = f.alias[i]
		}
		pair, err := tlsstore.KeyEntry(b, o)
		if err != nil {
			return pemAdvice(err)
		}
		key.store.Entries = append(key.store.Entries, pair.Entry)
		key.findings = append(append(key.findings, b.Findings...), pair.Findings...)
		roots = append(roots, pair.Roots...)
	}
	known, err := knownRoots(f.roots)
	if err != nil {
		return err
	}
	roots = append(roots, known...)
	key.findings = append(key.findings, tlsstore.Check(key.store, tlsstore.CheckOptions{
		Now: now, Hosts: f.hosts, Role: tlsstore.Role(f.role), Roots: roots,
	})...)
	passwordless := f.passwordless
	f.passwordless = false
	if key.password, key.keyPassword, err = f.passwords(e, secrets, format); err != nil {
		return err
	}
	outputs := []*storeOutput{key}
	warnName(e, f.out, format)
	if f.truststore != "" {
		trust, err := f.trustOutput(e, bundles, now, key.password, passwordless)
		if err != nil {
			return err
		}
		outputs = append(outputs, trust)
	}
	return writeStores(e, &f.writeFlags, outputs)
}

// checkInputs refuses flags that contradict each other.
func (f *keystoreFlags) checkInputs() error {
	files := f.key != "" || f.cert != "" || f.chain != ""
	switch {
	case len(f.pem) == 0 && !files:
		return withHint(usagef("what is to become a key store? --pem DIR|FILE, or --key FILE --cert FILE, is missing"),
			"certbot keeps its certificates in /etc/letsencrypt/live/NAME")
	case slices.Contains(f.pem, ""):
		return emptyFlag("pem")
	case len(f.pem) > 0 && files:
		return usagef("--pem and --key, --cert, --chain exclude each other")
	case files && f.key == "":
		return usagef("--key FILE is missing beside --cert")
	case files && f.cert == "":
		return usagef("--cert FILE is missing beside --key")
	case len(f.alias) > 0 && len(f.alias) != max(1, len(f.pem)):
		return usagef("%d --alias for %s: give one for each --pem, in the same order", len(f.alias), plural.Of(max(1, len(f.pem)), "entry"))
	}
	return noStream("--truststore", f.truststore)
}

// bundles reads the PEM inputs.
func (f *keystoreFlags) bundles(e *env, secrets *secret.Reader) ([]*tlsstore.Bundle, error) {
	r := &pemReader{e: e, secrets: secrets, source: f.pemPassword}
	if f.key != "" {
		b, err := r.files(f.key, f.cert, f.chain)
		if err != nil {
			return nil, err
		}
		return []*tlsstore.Bundle{b}, nil
	}
	var bundles []*tlsstore.Bundle
	for _, path := range f.pem {
		b, err := r.read(path)
		if err != nil {
			return nil, err
		}
		bundles = append(bundles, b)
	}
	if f.pemPassword != "" && !r.asked {
		e.Warn("--pem-password is not needed: no key is encrypted")
	}
	return bundles, nil
}

// trustOutput is the trust store that goes with the key store.
func (f *keystoreFlags) trustOutput(e *env, bundles []*tlsstore.Bundle, now time.Time, password tlsstore.Password, passwordless bool) (*storeOutput, error) {
	format, err := formatOf("", f.truststore)
	if err != nil {
		return nil, err
	}
	if passwordless {
		if format != tlsstore.PKCS12 {
			return nil, usagef("--passwordless is for PKCS12 stores; %s is %s", f.truststore, format)
		}
		password = tlsstore.Password{}
	} else if format != tlsstore.PEM && password.IsNone() {
		ask := secret.Ask{Flag: "--password", What: "password of " + f.truststore, Create: true}
		if password, err = e.readSecret(e.secrets(f.dryRun), "", ask); err != nil {
			return nil, err
		}
	}
	t := trustInput{now: now, roots: f.roots}
	t.bundles = bundles
	entries, err := t.entries()
	if err != nil {
		return nil, err
	}
	out := &storeOutput{path: f.truststore, store: &tlsstore.Store{Format: format, Entries: entries}, password: password}
	if format == tlsstore.PKCS12 {
		out.options = tlsstore.EncodeOptions{Iterations: f.iterations, AnyPassword: f.anyPassword}
		if f.profile != "" {
			out.options.Profile, _ = tlsstore.ParseProfile(f.profile)
		}
	}
	out.findings = tlsstore.Check(out.store, tlsstore.CheckOptions{Now: now})
	warnName(e, f.truststore, format)
	return out, nil
}

// pemReader reads PEM files, and asks for the passphrase of encrypted keys when it meets one.
type pemReader struct {
	e       *env
	secrets *secret.Reader
	source  string // of --pem-password
	asked   bool
	pass    tlsstore.Password
}

func (r *pemReader) read(path string) (*tlsstore.Bundle, error) {
	b, err := readPEMInput(r.e, r.secrets, path, tlsstore.PEMOptions{Password: r.pass})
	if err != nil || !slices.ContainsFunc(b.Keys, func(k tlsstore.PEMKey) bool { return k.Locked }) {
		return b, err
	}
	if !r.asked && (r.source != "" || r.e.ReadPassword != nil) {
		source := r.source
		if source == "" {
			source = "prompt"
		}
		r.asked = true
		if r.pass, err = r.e.readSecret(r.secrets, source, secret.Ask{Flag: "--pem-password", What: "passphrase of the key in " + path}); err != nil {
			return nil, err
		}
		return r.read(path)
	}
	return b, nil // KeyEntry says that it is locked
}

// files reads key, certificate and chain from files of their own.
func (r *pemReader) files(key, cert, chain string) (*tlsstore.Bundle, error) {
	var parts []*tlsstore.Bundle
	for _, path := range []string{key, cert, chain} {
		if path == "" {
			continue
		}
		b, err := r.read(path)
		if err != nil {
			return nil, err
		}
		if path != key {
			b.Keys = nil // of a combined file, only the certificates
		}
		parts = append(parts, b)
	}
	all := tlsstore.MergeBundles(parts...)
	all.Name = "" // such as "privkey": the certificate has a better one
	return all, nil
}

// pemAdvice adds what to do about material that makes no entry.
func pemAdvice(err error) error {
	switch {
	case errors.Is(err, tlsstore.ErrLocked):
		return withHint(err, "give the key's passphrase with --pem-password SOURCE")
	case errors.Is(err, tlsstore.ErrPassword):
		return withHint(err, "--pem-password is the passphrase of the PEM key; --password is the new store's")
	case errors.Is(err, tlsstore.ErrKeyEncryption):
		return withHint(err, "openssl pkcs8 -topk8 -v2 aes-256-cbc -in KEY -out NEW encrypts it anew")
	case errors.Is(err, tlsstore.ErrExplicitCurve):
		return withHint(err, "openssl ec -in KEY -param_enc named_curve -out NEW names the curve; a certificate that spells it out has to be issued again")
	case errors.Is(err, tlsstore.ErrKeyKind):
		return withHint(err, "make a key of RSA, of EC on P-256, P-384 or P-521, or of Ed25519, and have a certificate issued for it")
	case errors.Is(err, tlsstore.ErrSeveralKeys):
		return withHint(err, "name the files: --key FILE --cert FILE")
	case errors.Is(err, tlsstore.ErrNoPair):
		return withHint(err, "give the directory that holds key and certificate, or name both: --key FILE --cert FILE")
	case errors.Is(err, tlsstore.ErrKeyMismatch):
		return withHint(err, "give the certificate that was issued for this key, or the key of this certificate")
	}
	return err
}
