package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/kcfg/kcfg/cmd/kcfg/internal/secret"
	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/internal/plural"
	"github.com/kcfg/kcfg/tlsstore"
)

// inspectFlags are the flags of kcfg inspect.
type inspectFlags struct {
	password, keyPassword string
	expiresWithin         string
	hosts                 []string
	role                  string
	roots                 string
	failOn                string
	maxIterations         int
	output                string

	known      [][]byte // the roots
	within     time.Duration
	openWith   tlsstore.DecodeOptions
	pass       tlsstore.Password
	asked      bool // a person was asked for it
	configured bool // a properties file says what the store is for
}

func newInspect(e *env) *cobra.Command {
	f := &inspectFlags{}
	cmd := &cobra.Command{
		Use:        "inspect PATH...",
		SuggestFor: []string{"list", "show", "print", "ls", "printcert", "x509", "dump"},
		Short:      "Show what is in stores, PEM files and certbot directories",
		Long: `Shows the entries of key stores and trust stores, with their chains, names and expiry, what protects them, which
programs open them and which users read them, and what is wrong with them.

PATH is a store of any kind, a PEM file, a directory of certbot's, another directory, which is searched for all of
these, a properties file, whose stores are opened with the passwords it holds, or - for standard input. Without a
password a store is listed as far as its format allows, marked unverified; --expires-within ends with 3 where that hides certificates.`,
		Example: `kcfg inspect keystore.p12 --password file:/etc/kafka/password
kcfg inspect /etc/letsencrypt/live/kafka1.example.com
kcfg inspect server.properties
kcfg inspect /etc/kafka --expires-within 30d || mail -s "certificates expire" ops@example.com </dev/null
kcfg inspect truststore.jks -o json | jq -r '.stores[].entries[].alias'`,
		Args: positional(1, -1),
		RunE: func(_ *cobra.Command, args []string) error { return f.run(e, args) },
	}
	flags := cmd.Flags()
	sourceFlag(cmd, &f.password, "password", "password of the stores")
	sourceFlag(cmd, &f.keyPassword, "key-password", "password of keys that the store's does not open")
	flags.StringVar(&f.expiresWithin, "expires-within", "", "exit with 1 if a certificate expires within `TIME`, such as 30d or 12h")
	listFlag(flags, &f.hosts, "host", "`NAME` or address that the keys' certificates have to cover")
	roleFlag(cmd, &f.role)
	endsFlag(cmd, &f.roots, "where the chains may end: letsencrypt, system or a PEM `FILE` (default: letsencrypt)")
	failOnFlag(cmd, &f.failOn)
	maxIterationsFlag(cmd, &f.maxIterations)
	outputFlag(cmd, &f.output, outputText, outputJSON)
	return cmd
}

// failOnFlag adds --fail-on.
func failOnFlag(cmd *cobra.Command, target *string) {
	*target = finding.Error.String()
	choiceFlag(cmd, target, "fail-on", "exit with 1 at findings of this `SEVERITY` or above",
		finding.Info.String(), finding.Warning.String(), finding.Error.String())
}

func (f *inspectFlags) run(e *env, paths []string) error {
	var err error
	if f.expiresWithin != "" {
		if f.within, err = parseDays(f.expiresWithin); err != nil {
			return err
		}
		if strings.HasSuffix(f.expiresWithin, "m") {
			e.Warn("--expires-within %s counts minutes: give months in days, such as 90d", f.expiresWithin)
		}
	}
	if f.openWith.Limits, err = limits(f.maxIterations); err != nil {
		return err
	}
	if f.known, err = knownRoots(f.roots); err != nil {
		return err
	}
	secrets := e.secrets(false)
	if err := f.readPasswords(e, secrets); err != nil {
		return err
	}
	least, err := finding.ParseSeverity(f.failOn)
	if err != nil {
		return usageError{err}
	}
	out := f.printer(e)
	unread, bad := 0, false
	var locked []string
	var broken, failed error
	// Each store is printed before the next one is read: a directory may hold more than memory does.
	show := func(in *inspection) error {
		switch {
		case in.Error != nil:
			unread++
		case f.expiresWithin != "" && in.store != nil && isLocked(in.store):
			locked = append(locked, in.Path)
		}
		bad = bad || slices.ContainsFunc(in.Findings, func(x finding.Finding) bool { return x.Severity >= least })
		broken = out.print(in)
		return broken
	}
	for _, path := range paths {
		err := f.path(e, secrets, path, show)
		switch {
		case broken != nil, isUsage(err), err != nil && len(paths) == 1:
			return cmp.Or(err, out.end(err))
		case err != nil: // the others are worth looking at all the same
			complain(e.Stderr, err)
			failed = errUnread
		}
	}
	if err := out.end(nil); err != nil {
		return err
	}
	if len(locked) > 0 {
		complain(e.Stderr, f.lockedError(locked))
		failed = errUnread
	}
	return cmp.Or(failed, f.status(unread, bad))
}

// inspectionPrinter prints stores, one after the other. What is printed is whole after end, which takes the error that ended the
// run early, if one did.
type inspectionPrinter interface {
	print(in *inspection) error
	end(cause error) error
}

func (f *inspectFlags) printer(e *env) inspectionPrinter {
	if f.output == outputJSON {
		return newInspectionsJSON(e)
	}
	return &inspectionsText{e: e, text: newStoreText(e)}
}

// readPasswords reads the passwords that are given. None is needed: then what shows without one is shown.
func (f *inspectFlags) readPasswords(e *env, secrets *secret.Reader) (err error) {
	_, set := e.Getenv(secret.DefaultVariable)
	if f.password != "" || set {
		if f.pass, err = e.readSecret(secrets, f.password, secret.Ask{Flag: "--password", What: "password of the stores"}); err != nil {
			return err
		}
	}
	if f.keyPassword != "" {
		key, err := e.readSecret(secrets, f.keyPassword, secret.Ask{Flag: "--key-password", What: "password of the keys"})
		if err != nil {
			return err
		}
		f.openWith.KeyPasswords = append(f.openWith.KeyPasswords, key)
	}
	return nil
}

// status turns what was found into the exit status: what could not be read beats findings.
func (f *inspectFlags) status(unread int, bad bool) error {
	switch {
	case unread > 0 && f.output == outputJSON:
		return fmt.Errorf("%s could not be read", plural.Of(unread, "store"))
	case unread > 0:
		return errUnread
	case bad:
		return errFindings
	}
	return nil
}

// errUnread makes the exit status 3; what could not be read is already said.
var errUnread = errors.New("unread")

// path inspects what is at a path, and shows it.
func (f *inspectFlags) path(e *env, secrets *secret.Reader, path string, show func(*inspection) error) error {
	if path == "-" {
		data, err := readInput(e, secrets, path)
		if err != nil {
			return err
		}
		return show(f.data(e, "-", data, f.pass))
	}
	info, err := os.Stat(path)
	if err != nil {
		err = plainPath(err)
		if errors.Is(err, fs.ErrPermission) && strings.Contains(absolute(path), "/live") {
			err = withHint(err, "certbot's directories are root's: run kcfg as root")
		}
		return err
	}
	switch {
	case info.IsDir() && isLineage(path):
		return show(f.lineage(e, path))
	case info.IsDir():
		return f.directory(e, path, show)
	}
	data, err := readInput(e, secrets, path)
	if err != nil {
		return err
	}
	if isProperties(path, data) {
		return f.properties(e, path, data, show)
	}
	return show(f.file(e, path, data, f.pass))
}

// isLineage reports whether a directory is one certificate's, as certbot or Kubernetes keep it.
func isLineage(path string) bool {
	has := func(name string) bool { _, err := os.Lstat(filepath.Join(path, name)); return err == nil }
	return has("privkey.pem") && (has("fullchain.pem") || has("cert.pem")) || has("tls.crt") && has("tls.key")
}

// file inspects a file on disk.
func (f *inspectFlags) file(e *env, path string, data []byte, password tlsstore.Password) *inspection {
	in := f.data(e, path, data, password)
	in.File = fileInfo(path)
	return in
}

// data inspects the content of a file.
func (f *inspectFlags) data(e *env, path string, data []byte, password tlsstore.Password) *inspection {
	in := f.decoded(e, path, data, password)
	setPath(in, path)
	return in
}

// decoded is data without what the path says.
func (f *inspectFlags) decoded(e *env, path string, data []byte, password tlsstore.Password) *inspection {
	store, err := tlsstore.Decode(data, password, f.openWith)
	if err == nil && password.IsNone() && isLocked(store) {
		if opensEmpty(data) {
			store, err = tlsstore.Decode(data, emptyPassword, f.openWith)
		} else if f.ask(e, path) {
			store, err = tlsstore.Decode(data, f.pass, f.openWith)
		}
	}
	var in *inspection
	if err != nil {
		in = &inspection{Inspection: tlsstore.InspectFailure(data, err)}
	} else {
		in = newInspection(store)
		in.Findings = append(in.Findings, f.check(e, store)...)
	}
	return in
}

// ask asks a person for the password of a store, once in a run. An empty answer goes on without.
func (f *inspectFlags) ask(e *env, path string) bool {
	if e.ReadPassword == nil || f.asked || !f.pass.IsNone() {
		return false
	}
	f.asked = true
	answer, err := e.ReadPassword("password of " + path + " (none: list what shows without): ")
	if err != nil || len(answer) == 0 {
		return false
	}
	f.pass = tlsstore.NewPassword(answer)
	clear(answer)
	return true
}

// setPath fills in where the store lies, in its findings too.
func setPath(in *inspection, path string) {
	in.SetPath(path)
	for i := range in.Findings {
		if in.Findings[i].Pos.File == "" {
			in.Findings[i].Pos.File = path
		}
	}
}

// lineage inspects a directory that holds one certificate with its key and chain.
func (f *inspectFlags) lineage(e *env, path string) *inspection {
	fail := func(err error) *inspection {
		in := tlsstore.InspectFailure([]byte("-----BEGIN "), err)
		in.Path = path
		return &inspection{Inspection: in}
	}
	bundle, err := readPEM(path, tlsstore.PEMOptions{Password: f.keyPass()})
	if err != nil {
		return fail(err)
	}
	store := &tlsstore.Store{Format: tlsstore.PEM}
	pair, err := tlsstore.KeyEntry(bundle, tlsstore.KeyOptions{KeepRoot: true, Now: e.Now()})
	if err != nil {
		return fail(pemAdvice(err))
	}
	store.Entries = []tlsstore.Entry{pair.Entry}
	in := newInspection(store)
	in.Findings = slices.Concat(bundle.Findings, pair.Findings, f.check(e, store))
	in.Path = path // a directory's name says nothing about a format
	for i := range in.Findings {
		in.Findings[i].Pos.File = path
	}
	key := filepath.Join(path, "privkey.pem")
	if _, err := os.Stat(key); err != nil {
		key = filepath.Join(path, "tls.key")
	}
	in.File = fileInfo(key)
	return in
}

func (f *inspectFlags) keyPass() tlsstore.Password {
	if len(f.openWith.KeyPasswords) > 0 {
		return f.openWith.KeyPasswords[0]
	}
	return f.pass
}

// mostSearched bounds the files that a directory is searched through.
const mostSearched = 100_000

// directory searches a directory for stores, PEM files and lineages.
func (f *inspectFlags) directory(e *env, root string, show func(*inspection) error) error {
	seen, found := 0, 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if seen++; seen > mostSearched {
			return fmt.Errorf("%s holds more than %d files", root, mostSearched)
		}
		switch {
		case err != nil:
			e.Warn("%v: not searched", plainPath(err))
			return nil
		case d.IsDir() && path != root && setAside(path):
			return fs.SkipDir
		case d.IsDir() && isLineage(path):
			found++
			return cmp.Or(show(f.lineage(e, path)), fs.SkipDir)
		case d.IsDir():
			return nil
		}
		data, err := f.candidate(path)
		if err != nil {
			e.Warn("%v: not read", plainPath(err))
		} else if data != nil {
			found++
			return show(f.file(e, path, data, f.pass))
		}
		return nil
	})
	if err == nil && found == 0 {
		err = fmt.Errorf("%s holds no store and no PEM file", root)
	}
	return err
}

// setAside reports whether a directory holds nothing that is in use but what links beside it lead to: certbot's archive, which keeps what
// has expired, its keys and requests, and the versions of a Kubernetes volume.
func setAside(path string) bool {
	dir, name := filepath.Split(path)
	if strings.HasPrefix(name, "..") {
		return exists(filepath.Join(dir, "..data"))
	}
	return slices.Contains([]string{"archive", "keys", "csr", "accounts"}, name) &&
		exists(filepath.Join(dir, "live")) && exists(filepath.Join(dir, "renewal"))
}

// headLength is enough to tell a store, and the first block of most PEM files.
const headLength = 8 << 10

// candidate returns the content of a file that is, by its first bytes or its name, a store or a PEM file.
func (f *inspectFlags) candidate(path string) ([]byte, error) {
	info, err := os.Stat(path) // a link counts as what it leads to
	if err != nil || !info.Mode().IsRegular() {
		return nil, err
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	head := make([]byte, headLength)
	n, _ := file.Read(head)
	switch tlsstore.Detect(head[:n]) {
	case tlsstore.FormatUnknown:
		if !storeName(path) {
			return nil, nil
		}
	case tlsstore.PEM:
		text := string(head[:n])
		if !strings.Contains(text, "CERTIFICATE-----") && !strings.Contains(text, "PRIVATE KEY-----") {
			return nil, nil // a public key, a request, parameters
		}
		if isProperties(path, head[:n]) {
			return nil, nil // PEM inside a setting
		}
	}
	rest, err := readLimited(file, path)
	return append(head[:n], rest...), err
}

// storeName reports whether a file is meant to be a store, whatever is in it.
func storeName(path string) bool {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".p12", ".pfx", ".pkcs12", ".jks", ".jceks", ".bcfks", ".bks", ".keystore", ".truststore":
		return true
	}
	return filepath.Base(path) == "cacerts"
}
