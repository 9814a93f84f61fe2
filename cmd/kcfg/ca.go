package main

import (
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/kcfg/kcfg/cmd/kcfg/internal/atomicfile"
	"github.com/kcfg/kcfg/cmd/kcfg/internal/secret"
	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/tlsstore"
	"github.com/kcfg/kcfg/tlsstore/ca"
)

// The files of a private authority.
const (
	caRoot    = "root.pem"       // the anchor: its certificate alone
	caRootKey = "root-key.pem"   // with its key; to be kept offline
	caHosts   = "hosts-ca.pem"   // issues for servers
	caClients = "clients-ca.pem" // issues for clients
	caLog     = "issued.jsonl"   // what was issued
)

const noRevocation = `There is no revocation: neither Kafka nor ZooKeeper looks at revocation lists. Short lifetimes and ACLs take its place.`

func newCA(e *env) *cobra.Command {
	cmd := &cobra.Command{
		Use:        "ca",
		SuggestFor: []string{"genkeypair", "req"},
		Annotations: map[string]string{notOffered + "revoke": noRevocation, notOffered + "crl": noRevocation,
			notOffered + "renew": "kcfg ca issue --ca DIR --renew STORE does it"},
		Short: "Run a private certificate authority for mutual TLS",
		Long: `Let's Encrypt issues no certificates for clients any more, so that mutual TLS between brokers, to ZooKeeper's quorum and
for clients needs an authority of one's own: a root, which is the only anchor and can be kept offline, and below it one
authority for hosts, bound to names, and one for clients.

` + noRevocation,
		Example: `kcfg ca init /etc/kafka/ca --name Example --domain kafka.example.com
kcfg ca issue --ca /etc/kafka/ca --host kafka1.kafka.example.com --out kafka1.p12 --truststore truststore.p12`,
		Args: positional(0, 0),
		RunE: showHelp,
	}
	cmd.AddCommand(newCAInit(e), newCAIssue(e))
	return cmd
}

func keyTypeFlag(cmd *cobra.Command, target *string) {
	var types []string
	for _, k := range ca.KeyTypes {
		types = append(types, string(k))
	}
	choiceFlag(cmd, target, "key-type", "`TYPE` of the keys (default ec-256)", types...)
}

// caInitFlags are the flags of kcfg ca init.
type caInitFlags struct {
	name, keyType, password string
	domains, networks       []string
	noPassword              bool
	rootDays, issuingDays   int
	dryRun                  bool
	output                  string
}

func newCAInit(e *env) *cobra.Command {
	f := &caInitFlags{}
	cmd := &cobra.Command{
		Use:   "init DIR",
		Short: "Make a root and its issuing authorities",
		Long: `Makes a private certificate authority in DIR: ` + caRoot + ` (the certificate to be trusted), ` + caRootKey + ` (its key: move it to a safe
place, it is needed again only for new issuing authorities), ` + caHosts + ` and ` + caClients + ` (the authorities that issue), and later
` + caLog + `. Keys are encrypted and readable by their owner alone.

` + noRevocation,
		Example: `kcfg ca init /etc/kafka/ca --name Example --domain kafka.example.com --password prompt
kcfg ca init ca --name Lab --domain lab.example.com --network 10.20.0.0/16 --password random:ca-password`,
		Args: positional(1, 1),
		RunE: func(_ *cobra.Command, args []string) error { return f.run(e, args[0]) },
	}
	flags := cmd.Flags()
	flags.StringVar(&f.name, "name", "", "`NAME` of the organization, part of the authorities' names")
	listFlag(flags, &f.domains, "domain", "`DOMAIN` for whose hosts certificates may be issued, and for those below it")
	listFlag(flags, &f.networks, "network", "`PREFIX` of addresses for which certificates may be issued, such as 10.0.0.0/8")
	keyTypeFlag(cmd, &f.keyType)
	flags.IntVar(&f.rootDays, "root-days", int(ca.RootLifetime/day), "lifetime of the root in `DAYS`")
	flags.IntVar(&f.issuingDays, "issuing-days", int(ca.IssuingLifetime/day), "lifetime of the issuing authorities in `DAYS`")
	sourceFlag(cmd, &f.password, "password", "password of the authorities' keys")
	flags.BoolVar(&f.noPassword, "no-password", false, "do not encrypt the keys: whoever reads them can issue")
	flags.BoolVar(&f.dryRun, "dry-run", false, "say what would be written, and write nothing")
	outputFlag(cmd, &f.output, outputText, outputJSON)
	return cmd
}

const day = 24 * time.Hour

// mostDays is the longest lifetime that can be asked for: about 100 years. A time.Duration holds 292, and wraps around beyond.
const mostDays = 36600

func (f *caInitFlags) run(e *env, dir string) error {
	o := ca.Options{Name: f.name, Domains: f.domains, Now: e.Now(), RootLifetime: time.Duration(f.rootDays) * day, IssuingLifetime: time.Duration(f.issuingDays) * day}
	if f.name == "" || len(f.domains)+len(f.networks) == 0 {
		return withHint(usagef("ca init: --name and --domain are missing"), "for instance --name Example --domain kafka.example.com")
	}
	if f.noPassword && f.password != "" {
		return usagef("--no-password and --password exclude each other")
	}
	if min(f.rootDays, f.issuingDays) < 1 || max(f.rootDays, f.issuingDays) > mostDays {
		return usagef("--root-days and --issuing-days: give a number from 1 to %d", mostDays)
	}
	for _, n := range f.networks {
		p, err := netip.ParsePrefix(n)
		if err != nil {
			return usagef("--network %s: give a prefix such as 10.0.0.0/8", n)
		}
		o.Networks = append(o.Networks, p.Masked())
	}
	var err error
	if o.Key, err = ca.ParseKeyType(f.keyType); err != nil {
		return usageError{err}
	}
	var password tlsstore.Password
	if !f.noPassword {
		if password, err = e.readSecret(e.secrets(f.dryRun), f.password, secret.Ask{Flag: "--password", What: "password of the authorities' keys", Create: true}); err != nil {
			return err
		}
	}
	h, err := ca.New(o)
	if err != nil {
		return usageError{err}
	}
	files, err := authorityFiles(h, password, e.Now())
	if err != nil {
		return err
	}
	if !f.dryRun {
		if err := writeAuthority(dir, files); err != nil {
			return err
		}
	}
	return f.report(e, dir, files)
}

// authorityFile is one of the files of a private authority.
type authorityFile struct {
	name   string
	store  *tlsstore.Store
	data   []byte
	secret bool
}

func authorityFiles(h *ca.Hierarchy, password tlsstore.Password, now time.Time) ([]authorityFile, error) {
	root := h.Root.Certificate()
	files := []authorityFile{{name: caRoot, store: &tlsstore.Store{Format: tlsstore.PEM, Entries: []tlsstore.Entry{tlsstore.TrustEntry("root", root.Raw, now)}}}}
	for _, a := range []struct {
		name, alias string
		authority   *ca.Authority
	}{{caHosts, "hosts", h.Hosts}, {caClients, "clients", h.Clients}, {caRootKey, "root", h.Root}} {
		entry, err := a.authority.Entry(a.alias)
		if err != nil {
			return nil, err
		}
		files = append(files, authorityFile{name: a.name, store: &tlsstore.Store{Format: tlsstore.PEM, Entries: []tlsstore.Entry{entry}}, secret: true})
	}
	for i := range files {
		o := tlsstore.EncodeOptions{}
		if files[i].secret {
			o.KeyPassword = password
		}
		var err error
		if files[i].data, err = tlsstore.Encode(files[i].store, tlsstore.Password{}, o); err != nil {
			return nil, err
		}
	}
	return files, nil
}

// writeAuthority writes the files of a new authority; none may be there.
func writeAuthority(dir string, files []authorityFile) error {
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return plainPath(err)
	}
	paths := make([]string, len(files))
	contents := make([]atomicfile.File, len(files))
	for i, f := range files {
		paths[i] = filepath.Join(dir, f.name)
		contents[i] = atomicfile.File{Data: f.data, Secret: f.secret}
	}
	batch, err := atomicfile.Open(false, paths...)
	if err != nil {
		return fileAdvice(err, paths[0])
	}
	defer batch.Close()
	for _, t := range batch.Targets {
		if t.Exists {
			return withHint(fmt.Errorf("%s exists: it may belong to an authority in use", t.Path), "choose another directory; kcfg ca issue --ca %s issues from the one that is there", dir)
		}
	}
	return fileAdvice(batch.Commit(contents), paths[0])
}

func (f *caInitFlags) report(e *env, dir string, files []authorityFile) error {
	if f.output == outputJSON {
		var writes []fileWrite
		for _, a := range files {
			writes = append(writes, fileWrite{Path: filepath.Join(dir, a.name), Action: actionCreated, Entries: newInspection(a.store).entryList()})
		}
		return printWrites(e, f.dryRun, writes)
	}
	t := newStoreText(e)
	for _, a := range files {
		fmt.Fprintf(t, "%s: created\n", finding.Printable(filepath.Join(dir, a.name)))
		for _, entry := range a.store.Inspect().Entries {
			t.chain(entry.Chain)
		}
	}
	fmt.Fprintf(t, "\nbrokers and clients trust %s; keep %s somewhere else: it is needed again only for new issuing authorities\n%s\n",
		finding.Printable(filepath.Join(dir, caRoot)), finding.Printable(filepath.Join(dir, caRootKey)), noRevocation)
	return t.Flush()
}

// loadAuthority reads one of the files of a private authority.
func loadAuthority(dir, name string, password func() (tlsstore.Password, error)) (*ca.Authority, error) {
	path := filepath.Join(dir, name)
	data, err := readNamed(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, withHint(plainPath(err), "kcfg ca init %s makes an authority", dir)
	}
	if err != nil {
		return nil, plainPath(err)
	}
	pw := tlsstore.Password{}
	if storeNeedsPassword(data) && password != nil {
		if pw, err = password(); err != nil {
			return nil, err
		}
	}
	store, err := tlsstore.Decode(data, pw, tlsstore.DecodeOptions{})
	if err != nil {
		return nil, withHint(fmt.Errorf("%s: %w", path, err), "--ca-password is the password of the authority's keys")
	}
	if len(store.Entries) == 0 {
		return nil, fmt.Errorf("%s holds no authority", path)
	}
	if i := slices.IndexFunc(store.Entries, func(en tlsstore.Entry) bool { return en.Locked() }); i >= 0 {
		return nil, withHint(fmt.Errorf("%s: %w", path, tlsstore.ErrPassword), "--ca-password is the password of the authority's keys")
	}
	a, err := ca.Load(store.Entries[0])
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return a, nil
}
