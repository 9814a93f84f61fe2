package main

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/kcfg/kcfg/cmd/kcfg/internal/secret"
	"github.com/kcfg/kcfg/internal/plural"
	"github.com/kcfg/kcfg/tlsstore"
	"github.com/kcfg/kcfg/tlsstore/ca"
)

// caIssueFlags are the flags of kcfg ca issue.
type caIssueFlags struct {
	writeFlags
	storeFlags
	dir, caPassword    string
	hosts              []string
	client             string
	renew              string
	csr                string
	organization, unit string
	serverOnly         bool
	days               int
	keyType            string
	alias              string
	truststore         string
}

func newCAIssue(e *env) *cobra.Command {
	f := &caIssueFlags{}
	cmd := &cobra.Command{
		SuggestFor: []string{"sign", "create"},
		Use:        "issue --ca DIR --host NAME...|--client NAME|--renew STORE",
		Short:      "Issue a certificate for a broker, a ZooKeeper server or a client",
		Long: `Issues a certificate of the private authority in DIR, with a new key, as a key store; with --csr for somebody else's key,
as the certificate and its chain in PEM.

A host's certificate names the hosts and serves both sides of TLS, which brokers and ZooKeeper's quorum need. A client's
has no names but its principal, and is no server's. --renew keeps subject, names and uses of what is in a store, since a
broker refuses to load anything else in place, and its lifetime and kind of key. A certificate never outlives its authority: one that
would ends with it, and a warning says so.

` + noRevocation,
		Example: `kcfg ca issue --ca /etc/kafka/ca --host kafka1.kafka.example.com --out kafka1.p12 --truststore truststore.p12
kcfg ca issue --ca /etc/kafka/ca --client orders --days 30 --out orders.p12 --ca-password file:ca-password --password random:orders-password
kcfg ca issue --ca /etc/kafka/ca --renew kafka1.p12
kcfg ca issue --ca /etc/kafka/ca --client orders --csr orders.csr --out orders.pem`,
		Args: positional(0, 0),
		RunE: func(*cobra.Command, []string) error { return f.run(e) },
	}
	flags := cmd.Flags()
	flags.StringVar(&f.dir, "ca", "", "`DIR` of the authority, as kcfg ca init makes it")
	sourceFlag(cmd, &f.caPassword, "ca-password", "password of the authority's keys")
	listFlag(flags, &f.hosts, "host", "`NAME` or address of the host; may be given several times")
	flags.StringVar(&f.client, "client", "", "`NAME` of the client: its principal is CN=NAME")
	flags.StringVar(&f.renew, "renew", "", "`STORE` whose certificate is to be renewed, with a new key")
	flags.StringVar(&f.csr, "csr", "", "`FILE` with a certificate request: only its key is taken, names come from the flags")
	flags.StringVar(&f.organization, "organization", "", "`NAME`, part of the subject")
	flags.StringVar(&f.unit, "unit", "", "`NAME` of the organizational unit, part of the subject")
	flags.BoolVar(&f.serverOnly, "server-only", false, "a host's certificate without clientAuth")
	flags.IntVar(&f.days, "days", 0, fmt.Sprintf("lifetime in `DAYS` (default %d)", int(ca.LeafLifetime/day)))
	keyTypeFlag(cmd, &f.keyType)
	flags.StringVar(&f.alias, "alias", "", "`NAME` of the entry (default: the host's or client's)")
	flags.StringVar(&f.truststore, "truststore", "", "also write the trust store `FILE` with the authority's root")
	f.storeFlags.add(cmd, "the alias and")
	f.writeFlags.add(cmd)
	if err := flags.MarkHidden("passwordless"); err != nil {
		panic(err) // the flag was just added
	}
	flags.Lookup("out").Usage = "`FILE` to write (default: NAME.p12, with --renew STORE)"
	return cmd
}

func (f *caIssueFlags) checkInputs() error {
	what := 0
	for _, given := range []bool{len(f.hosts) > 0, f.client != "", f.renew != ""} {
		what += btoi(given)
	}
	switch {
	case f.dir == "":
		return withHint(usagef("ca issue: --ca DIR is missing"), "kcfg ca init DIR makes an authority")
	case what != 1:
		return usagef("ca issue: give one of --host NAME, --client NAME and --renew STORE")
	case f.days < 0 || f.days > mostDays:
		return usagef("--days %d: give a number from 1 to %d", f.days, mostDays)
	case f.serverOnly && len(f.hosts) == 0:
		return usagef("--server-only is for --host")
	case f.renew != "" && (f.organization != "" || f.unit != ""):
		return usagef("--renew keeps the subject: --organization and --unit contradict it")
	case f.passwordless:
		return usagef("--passwordless is for trust stores: a key store needs a password")
	case f.csr != "" && f.out == "":
		return usagef("--csr: --out FILE is missing, for the certificate in PEM")
	case f.csr != "" && f.truststore != "":
		return usagef("--csr and --truststore exclude each other")
	}
	return nil
}

func (f *caIssueFlags) run(e *env) error {
	if err := f.writeFlags.parse(); err != nil {
		return err
	}
	if err := f.checkInputs(); err != nil {
		return err
	}
	if f.renew != "" && f.out == "" {
		f.out = f.renew
		f.keepFormat()
	}
	name := f.client
	if len(f.hosts) > 0 {
		name = strings.TrimPrefix(strings.TrimSuffix(f.hosts[0], "."), "*.") // as certbot names what it has for them
	}
	if f.client != "" {
		f.linesFor = "the client's properties"
	}
	if f.csr != "" {
		f.format = "pem"
	}
	format, options, err := f.storeFlags.prepare(name)
	if err != nil {
		return err
	}
	h, err := f.authority(e)
	if err != nil {
		return err
	}
	out := &storeOutput{path: f.out, store: &tlsstore.Store{Format: format}, options: options}
	if out.password, out.keyPassword, err = f.passwords(e, e.secrets(f.dryRun), format); err != nil {
		return err
	}
	issued, alias, err := f.issue(e, h, out)
	if err != nil {
		return err
	}
	if f.alias != "" {
		alias = f.alias
	}
	if alias == "" {
		alias = name
	}
	if !issued.AskedUntil.IsZero() {
		e.Warn("%s: the certificate ends on %s with its authority, %s, and not on %s", alias,
			issued.Record.NotAfter.Format(time.DateOnly), shortName(tlsstore.DescribeCertificate(issued.Chain[1])), issued.AskedUntil.Format(time.DateOnly))
	}
	if out.log, err = logged(f.dir, issued.Record); err != nil {
		return err
	}
	root := h.Root.Certificate().Raw
	if f.csr != "" {
		return f.writeCertificate(e, out, issued)
	}
	entry, err := issued.Entry(alias, e.Now())
	if err != nil {
		return err
	}
	out.store.Entries = []tlsstore.Entry{entry}
	out.findings = tlsstore.Check(out.store, tlsstore.CheckOptions{Now: e.Now(), Roots: [][]byte{root}})
	outputs := []*storeOutput{out}
	if f.truststore != "" {
		trust, err := f.rootStore(e, root, out.password)
		if err != nil {
			return err
		}
		outputs = append(outputs, trust)
	}
	return writeStores(e, &f.writeFlags, outputs)
}

// keepFormat makes a renewal in place keep the format that the store has, whatever its name says.
func (f *caIssueFlags) keepFormat() {
	if f.format != "" {
		return
	}
	data, err := readNamed(f.renew)
	if err != nil {
		return // the renewal itself says why
	}
	if format := tlsstore.Detect(data); slices.Contains(writable, format) {
		f.format = format.String()
	}
}

// authority loads the authority; its keys are opened with one password.
func (f *caIssueFlags) authority(e *env) (*ca.Hierarchy, error) {
	var password tlsstore.Password
	asked := false
	ask := func() (pw tlsstore.Password, err error) {
		if !asked {
			password, err = e.readSecret(e.secrets(f.dryRun), f.caPassword, secret.Ask{Flag: "--ca-password", What: "password of the authority's keys"})
			asked = true
		}
		return password, err
	}
	h := &ca.Hierarchy{}
	var err error
	if h.Root, err = loadAuthority(f.dir, caRoot, nil); err != nil {
		return nil, err
	}
	if h.Hosts, err = loadAuthority(f.dir, caHosts, ask); err != nil {
		return nil, err
	}
	if h.Clients, err = loadAuthority(f.dir, caClients, ask); err != nil {
		return nil, err
	}
	if err := h.Check(); err != nil {
		return nil, fmt.Errorf("%s: %w", f.dir, err)
	}
	return h, nil
}

// issue makes the certificate. The alias is that of a renewed entry.
func (f *caIssueFlags) issue(e *env, h *ca.Hierarchy, out *storeOutput) (issued *ca.Issued, alias string, err error) {
	r := ca.Request{
		CommonName: f.client, Organization: f.organization, Unit: f.unit, Hosts: f.hosts, ServerOnly: f.serverOnly,
		Lifetime: time.Duration(f.days) * day, Now: e.Now(),
	}
	if f.keyType != "" || f.renew == "" { // a renewal keeps the kind of key
		if r.Key, err = ca.ParseKeyType(f.keyType); err != nil {
			return nil, "", usageError{err}
		}
	}
	if f.csr != "" {
		if r.CSR, err = readNamed(f.csr); err != nil {
			return nil, "", plainPath(err)
		}
	}
	switch {
	case f.client != "":
		issued, err = h.IssueClient(r)
	case f.renew == "":
		issued, err = h.IssueHost(r)
	default:
		var old tlsstore.Entry
		if old, err = f.renewed(out); err != nil {
			return nil, "", err
		}
		alias = old.Alias
		issued, err = h.Renew(old.Chain[0], r)
	}
	return issued, alias, err
}

// renewed returns the key entry of the store that is to be renewed.
func (f *caIssueFlags) renewed(out *storeOutput) (tlsstore.Entry, error) {
	data, err := readNamed(f.renew)
	if err != nil {
		return tlsstore.Entry{}, plainPath(err)
	}
	store, err := tlsstore.Decode(data, out.password, tlsstore.DecodeOptions{KeyPasswords: out.keyPasswords()})
	if err != nil {
		return tlsstore.Entry{}, storeAdvice(fmt.Errorf("%s: %w", f.renew, err))
	}
	var keys []tlsstore.Entry
	for _, entry := range store.Entries {
		if entry.Kind == tlsstore.KindKey && len(entry.Chain) > 0 && (f.alias == "" || strings.EqualFold(entry.Alias, f.alias)) {
			keys = append(keys, entry)
		}
	}
	if len(keys) != 1 {
		return tlsstore.Entry{}, withHint(fmt.Errorf("%s holds %s with a key", f.renew, plural.Of(len(keys), "entry")), "--alias names the entry to renew")
	}
	return keys[0], nil
}

// rootStore is the trust store that goes with a certificate of the authority.
func (f *caIssueFlags) rootStore(e *env, root []byte, password tlsstore.Password) (*storeOutput, error) {
	format, err := formatOf("", f.truststore)
	if err != nil {
		return nil, err
	}
	if format != tlsstore.PEM && password.IsNone() {
		if password, err = e.readSecret(e.secrets(f.dryRun), "", secret.Ask{Flag: "--password", What: "password of " + f.truststore, Create: true}); err != nil {
			return nil, err
		}
	}
	alias := shortName(tlsstore.DescribeCertificate(root))
	store := &tlsstore.Store{Format: format, Entries: []tlsstore.Entry{tlsstore.TrustEntry(alias, root, e.Now())}}
	return &storeOutput{path: f.truststore, store: store, password: password}, nil
}

// writeCertificate writes what was issued for a request: the certificate and its chain, in PEM.
func (f *caIssueFlags) writeCertificate(e *env, out *storeOutput, issued *ca.Issued) error {
	for i, der := range issued.Chain {
		out.store.Entries = append(out.store.Entries, tlsstore.TrustEntry(fmt.Sprintf("%d", i+1), der, e.Now()))
	}
	out.certificates = true
	return writeStores(e, &f.writeFlags, []*storeOutput{out})
}

// logged is the line of the authority's log for what was issued.
func logged(dir string, r ca.Record) (*logLine, error) {
	line, err := r.Line()
	return &logLine{filepath.Join(dir, caLog), line}, err
}
