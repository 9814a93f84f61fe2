package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/kcfg/kcfg/cmd/kcfg/internal/secret"
	"github.com/kcfg/kcfg/tlsstore"
)

// truststoreFlags are the flags of kcfg truststore.
type truststoreFlags struct {
	writeFlags
	storeFlags
	pem       []string
	alias     string
	addTo     string
	cacerts   bool
	roots     string
	rootsOnly bool
	server    serverFlags
	now       time.Time

	maxIterations int // of reading the store for --add-to
}

func newTruststore(e *env) *cobra.Command {
	f := &truststoreFlags{}
	cmd := &cobra.Command{
		Use:        "truststore [--pem DIR|FILE...]",
		SuggestFor: []string{"importcert", "trust", "cacerts"},
		Short:      "Make a trust store from PEM files, or add to one",
		Long: `Makes a Java trust store of all certificates of the authorities in PEM files, under numbered aliases.

For a chain of Let's Encrypt its four self-signed roots are added, since the next key type or intermediate leads to
another of them. A store made with --roots-only holds roots alone: no renewal changes it. --add-to keeps what is in a
store; a certificate that is there already, under any alias, is not added again.`,
		Example: `kcfg truststore --pem /etc/letsencrypt/live/kafka1.example.com --password env:TRUST_PASSWORD
kcfg truststore --roots-only --passwordless --out /etc/kafka/truststore.p12
kcfg truststore --pem company-ca.pem --alias company --add-to truststore.jks --password prompt
kcfg truststore --from-server kafka1.example.com:9093 --pin sha256:96bcec06264976f37460779acf28c5a7cfe8a3c0aae11a8ffcee05c0bddf08c6
sudo -E kcfg truststore --pem company-ca.pem --cacerts`,
		Args: positional(0, -1),
		RunE: func(_ *cobra.Command, args []string) error {
			f.pem = append(f.pem, args...)
			return f.run(e)
		},
	}
	flags := cmd.Flags()
	listFlag(flags, &f.pem, "pem", "`DIR|FILE` with certificates; may be given several times")
	flags.StringVar(&f.alias, "alias", "", "`NAME` of the entries, numbered where there are several (default: the directory's name)")
	flags.StringVar(&f.addTo, "add-to", "", "add to the existing `STORE` and keep what is in it")
	flags.BoolVar(&f.cacerts, "cacerts", false, "add to the trust store of the JDK in $JAVA_HOME")
	f.server.add(cmd)
	maxIterationsFlag(cmd, &f.maxIterations)
	rootsFlag(cmd, &f.roots)
	flags.BoolVar(&f.rootsOnly, "roots-only", false, "only roots, no intermediates: a file that no renewal changes")
	f.storeFlags.add(cmd, "truststore")
	setInFlag(cmd, &f.writeFlags)
	f.writeFlags.add(cmd)
	return cmd
}

func (f *truststoreFlags) run(e *env) error {
	if err := f.writeFlags.parse(); err != nil {
		return err
	}
	if err := f.checkInputs(); err != nil {
		return err
	}
	f.now = e.Now()
	input := trustInput{now: f.now, alias: f.alias, roots: f.roots, rootsOnly: f.rootsOnly, leaves: f.force}
	for _, path := range f.pem {
		b, err := readPEMInput(e, e.secrets(f.dryRun), path, tlsstore.PEMOptions{WithoutKeys: true})
		if err != nil {
			return err
		}
		input.bundles = append(input.bundles, b)
	}
	if f.server.address != "" {
		b, err := f.server.bundle(e)
		if err != nil {
			return err
		}
		input.bundles = append(input.bundles, b)
	}
	entries, err := input.entries()
	if err != nil {
		return err
	}
	var out *storeOutput
	if f.addTo != "" || f.cacerts {
		out, err = f.addition(e, entries)
	} else {
		out, err = f.newStore(e, entries)
	}
	if err != nil {
		return err
	}
	return writeStores(e, &f.writeFlags, []*storeOutput{out})
}

func (f *truststoreFlags) checkInputs() error {
	adds := f.addTo != "" || f.cacerts
	switch {
	case f.server.address == "" && (f.server.pin != "" || f.server.startTLS != "" || f.server.serverName != ""):
		return usagef("--pin, --starttls and --server-name belong to --from-server HOST:PORT, which is missing")
	case len(f.pem) == 0 && f.server.address == "" && f.roots == "" && !f.rootsOnly:
		return withHint(usagef("what is to be trusted? --pem DIR|FILE, --from-server, --roots or --roots-only is missing"),
			"--roots-only makes a trust store of Let's Encrypt's roots")
	case slices.Contains(f.pem, ""):
		return emptyFlag("pem")
	case f.addTo != "" && f.cacerts:
		return usagef("--add-to and --cacerts exclude each other")
	case adds && f.out != "":
		return usagef("--add-to and --cacerts change a store in place: --out contradicts them")
	case adds && (f.setIn != "" || f.listener != ""):
		return usagef("--set-in and --listener are for new stores: a server that uses this one names it already")
	case adds && f.format != "":
		return withHint(usagef("--format: an existing store keeps its format"), "kcfg convert makes a store of another format")
	}
	for _, c := range []struct {
		given bool
		flag  string
	}{{f.passwordless, "--passwordless"}, {f.profile != "", "--profile"}, {f.iterations != 0, "--iterations"}} {
		if adds && c.given {
			return withHint(usagef("%s: an existing store keeps its protection", c.flag), "kcfg convert makes a store with another")
		}
	}
	return nil
}

func (f *truststoreFlags) newStore(e *env, entries []tlsstore.Entry) (*storeOutput, error) {
	format, options, err := f.storeFlags.prepare("truststore")
	if err != nil {
		return nil, err
	}
	out := &storeOutput{path: f.out, store: &tlsstore.Store{Format: format, Entries: entries}, options: options}
	out.findings = tlsstore.Check(out.store, tlsstore.CheckOptions{Now: e.Now()})
	if out.password, _, err = f.passwords(e, e.secrets(f.dryRun), format); err != nil {
		return nil, err
	}
	warnName(e, f.out, format)
	return out, nil
}

// addition prepares adding entries to a store that is there.
func (f *truststoreFlags) addition(e *env, entries []tlsstore.Entry) (*storeOutput, error) {
	bounds, err := limits(f.maxIterations)
	if err != nil {
		return nil, err
	}
	out := &storeOutput{path: f.addTo, store: &tlsstore.Store{}, limits: bounds}
	if f.cacerts {
		path, err := findCacerts(e)
		if err != nil {
			return nil, err
		}
		out.path = path
	}
	if f.cacerts && f.password == "" {
		out.password = tlsstore.NewPassword([]byte("changeit"))
	} else if data, needs := needsPassword(out.path); f.password != "" || needs {
		if out.password, err = e.readOpening(e.secrets(f.dryRun), f.password, secret.Ask{Flag: "--password", What: "password of " + out.path}, data); err != nil {
			return nil, err
		}
	}
	out.edit = func(o *storeOutput, old []byte) (bool, error) { return f.add(o, old, entries) }
	if f.cacerts {
		out.notes = append(out.notes, undone(out.path))
	}
	return out, nil
}

// add adds the entries that are not there. It runs while the file is locked.
func (f *truststoreFlags) add(o *storeOutput, old []byte, entries []tlsstore.Entry) (changed bool, err error) {
	if err := o.open(old); err != nil {
		return false, err
	}
	o.shown = []tlsstore.Entry{}
	explicit := f.alias != ""
	set := newTrustedSet(o.store.Entries)
	for _, e := range entries {
		if alias, ok := set.trusted(e); ok {
			o.notes = append(o.notes, fmt.Sprintf("%s is there already, as %s", shortName(tlsstore.DescribeCertificate(e.Chain[0])), alias))
			continue
		}
		if explicit && set.aliases[tlsstore.FoldAlias(e.Alias)] {
			return false, withHint(fmt.Errorf("%s: %q: %w", o.path, e.Alias, tlsstore.ErrAliasExists), "choose another --alias, or leave it out for the next free number")
		}
		e.Alias = set.free(e.Alias)
		set.add(e)
		o.shown = append(o.shown, e)
	}
	o.store.Entries = set.entries
	o.checkShown(f.now)
	return len(o.shown) > 0, nil
}

// checkShown checks the entries that were added, in the company of the others.
func (o *storeOutput) checkShown(now time.Time) {
	shown := make(map[string]bool, len(o.shown))
	for _, e := range o.shown {
		shown[e.Alias] = true
	}
	for _, found := range tlsstore.Check(o.store, tlsstore.CheckOptions{Now: now}) {
		if shown[found.Key] {
			o.findings = append(o.findings, found)
		}
	}
}

// open decodes the store that is edited and keeps its protection.
func (o *storeOutput) open(old []byte) error {
	spareMemory(len(old))
	store, err := tlsstore.Decode(old, o.password, tlsstore.DecodeOptions{KeyPasswords: o.keyPasswords(), Limits: o.limits})
	if err != nil {
		return storeAdvice(fmt.Errorf("%s: %w", o.path, err))
	}
	o.store = store
	switch {
	case store.Integrity != tlsstore.IntegrityNone:
	case store.Format == tlsstore.PEM && storeNeedsPassword(old):
		if _, err := tlsstore.Decode(old, o.keyPassword, tlsstore.DecodeOptions{Limits: o.limits}); err == nil && !o.keyPassword.IsNone() {
			o.password = o.keyPassword // the one that opens it protects it afterwards
		}
	case store.Format == tlsstore.PKCS12 && store.Algorithms != (tlsstore.Algorithms{}):
		o.notes = append(o.notes, "the store had no MAC, and has one now")
	default:
		o.password = tlsstore.Password{} // as it was
	}
	if store.Format == tlsstore.PEM && textBetween(old) {
		o.notes = append(o.notes, "the text between the blocks is not kept")
	}
	o.options.AnyPassword = true // as it was
	if store.Format == tlsstore.PKCS12 {
		o.options.Profile, o.options.Iterations = protectionOf(store)
	}
	return nil
}

// textBetween reports whether PEM has anything but keys and certificates in it, such as comments.
func textBetween(data []byte) bool {
	inside := false
	for line := range bytes.Lines(data) {
		switch line = bytes.TrimSpace(line); {
		case bytes.HasPrefix(line, []byte("-----BEGIN ")):
			inside = true
			if !bytes.HasSuffix(line, []byte("CERTIFICATE-----")) && !bytes.HasSuffix(line, []byte("PRIVATE KEY-----")) {
				return true
			}
		case bytes.HasPrefix(line, []byte("-----END ")):
			inside = false
		case !inside && len(line) > 0:
			return true
		}
	}
	return false
}

// totalIterations is what kcfg's own readers grant a whole file unless told otherwise.
const totalIterations = 6_000_000

// protectionOf returns the profile and iterations that come next to a store's own: whoever reads it now can go on.
func protectionOf(s *tlsstore.Store) (tlsstore.Profile, int) {
	a := s.Algorithms
	iterations := max(a.Key.Iterations, a.Certificate.Iterations, a.MAC.Iterations)
	derivations := 2 // of the certificates' key and the MAC's
	for _, e := range s.Entries {
		if e.Key != nil {
			derivations++
		}
	}
	iterations = max(min(iterations, totalIterations/derivations), tlsstore.DefaultIterations)
	switch {
	case strings.HasPrefix(a.MAC.Name, "PBMAC1"):
		return tlsstore.ProfilePBMAC1, iterations
	case strings.Contains(a.MAC.Name, "SHA1") && !strings.Contains(a.Key.Name+a.Certificate.Name, "AES"):
		return tlsstore.ProfileLegacy, iterations
	}
	return tlsstore.ProfileModern, iterations
}

// needsPassword reads a store, and reports whether it cannot be opened, or not be written again, without its password.
func needsPassword(path string) (data []byte, needs bool) {
	data, err := readRegular(path)
	if err != nil {
		return nil, false // the edit itself says why
	}
	switch tlsstore.Detect(data) {
	case tlsstore.JKS, tlsstore.JCEKS, tlsstore.PEM:
		return data, storeNeedsPassword(data)
	case tlsstore.PKCS12:
		needs, err := tlsstore.NeedsPassword(data)
		return data, err != nil || needs
	}
	s, err := tlsstore.Decode(data, tlsstore.Password{}, tlsstore.DecodeOptions{})
	return data, err != nil || s.Integrity != tlsstore.IntegrityNone
}

// storeAdvice adds what to do where a store cannot be opened.
func storeAdvice(err error) error {
	switch {
	case errors.Is(err, tlsstore.ErrPassword):
		return withHint(err, "--password SOURCE is the password of the store")
	case errors.Is(err, tlsstore.ErrLocked):
		return withHint(err, "--key-password SOURCE opens keys that have a password of their own")
	case errors.Is(err, tlsstore.ErrTooCostly):
		return withHint(err, "a store with such costs is damaged, or made to keep its readers busy; --max-iterations raises the limit")
	}
	return err
}

// findCacerts returns the path of the JDK's trust store.
func findCacerts(e *env) (string, error) {
	home, _ := e.Getenv("JAVA_HOME")
	if home == "" {
		home = javaOnPath(e)
	}
	if home == "" {
		return "", withHint(usagef("--cacerts: JAVA_HOME is not set, and there is no java in PATH"), "set JAVA_HOME, or name the file: --add-to $JAVA_HOME/lib/security/cacerts")
	}
	for _, inside := range []string{"lib/security/cacerts", "jre/lib/security/cacerts"} {
		path := filepath.Join(home, filepath.FromSlash(inside))
		if _, err := os.Stat(path); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("--cacerts: %s holds no lib/security/cacerts", home)
}

// javaOnPath returns the home of the java that the shell would run.
func javaOnPath(e *env) string {
	path, _ := e.Getenv("PATH")
	for _, dir := range filepath.SplitList(path) {
		if real, err := filepath.EvalSymlinks(filepath.Join(dir, "java")); err == nil {
			return filepath.Dir(filepath.Dir(real))
		}
	}
	return ""
}

// undone says what will undo a change of the JDK's trust store.
func undone(path string) string {
	real, err := filepath.EvalSymlinks(path)
	if err == nil && strings.HasPrefix(real, "/etc/ssl/certs/java/") {
		return "update-ca-certificates, and every update of ca-certificates-java, writes " + real + " anew: put the certificate into /usr/local/share/ca-certificates to keep it"
	}
	return "an update of this JDK brings its own cacerts: add the certificate again then, or use a trust store of your own"
}
