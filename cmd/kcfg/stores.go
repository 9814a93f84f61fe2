package main

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/kcfg/kcfg/cmd/kcfg/internal/atomicfile"
	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/tlsstore"
)

// storeOutput is a store on its way to a file.
type storeOutput struct {
	path        string
	store       *tlsstore.Store
	password    tlsstore.Password
	keyPassword tlsstore.Password // none: the store's password protects the keys
	kept        tlsstore.Password // of keys that keep a password of their own, which they had before
	options     tlsstore.EncodeOptions
	findings    []finding.Finding
	limits      tlsstore.Limits // of reading the store that is edited
	// edit makes the store from the content of the file itself, which is locked meanwhile, and reports whether it changed it.
	edit         func(o *storeOutput, old []byte) (changed bool, err error)
	shown        []tlsstore.Entry // what a person is shown; nil: all entries
	log          *logLine         // written in the same step
	certificates bool             // the entries are a chain, not anchors: no settings are suggested
	notes        []string         // further lines for a person
	named        bool             // --alias names the entry
	distrusted   []string         // authorities whose place in the file another one takes

	target     *atomicfile.Target
	data       []byte
	action     string
	inspection *inspection // made when it is first asked for
}

// hasKey reports whether a private or secret key is inside.
func (o *storeOutput) hasKey() bool {
	return slices.ContainsFunc(o.store.Entries, func(e tlsstore.Entry) bool { return e.Kind != tlsstore.KindCertificate }) ||
		slices.ContainsFunc(o.store.Hidden, func(h tlsstore.Hidden) bool { return h.Kind != tlsstore.HiddenCertificate })
}

func (o *storeOutput) keyPasswords() []tlsstore.Password {
	var all []tlsstore.Password
	for _, p := range []tlsstore.Password{o.keyPassword, o.kept} {
		if !p.IsNone() {
			all = append(all, p)
		}
	}
	return all
}

// encode fills in data, once.
func (o *storeOutput) encode() error {
	if o.data != nil {
		return nil
	}
	certificates := 0
	for i := range o.store.Entries {
		certificates += max(1, len(o.store.Entries[i].Chain))
	}
	if certificates > tlsstore.DefaultEntries {
		return o.tooLarge(fmt.Sprintf("%d certificates", certificates), tlsstore.DefaultEntries)
	}
	o.options.KeyPassword = o.keyPassword
	data, err := tlsstore.Encode(o.store, o.password, o.options)
	if err != nil {
		return encodeAdvice(err, o)
	}
	if len(data) > tlsstore.DefaultSize {
		return o.tooLarge(fmt.Sprintf("%d bytes", len(data)), tlsstore.DefaultSize)
	}
	if len(o.store.Hidden) > 0 { // what is hidden may take more than one bag
		if _, err := tlsstore.Decode(data, o.password, tlsstore.DecodeOptions{Limits: o.limits}); errors.Is(err, tlsstore.ErrTooCostly) {
			return fmt.Errorf("%s could not be read again: %w", o.path, err)
		}
	}
	o.data = data
	return nil
}

// tooLarge refuses to write what could not be read again.
func (o *storeOutput) tooLarge(what string, limit int) error {
	return fmt.Errorf("%s: %w: it would have %s; the limit is %d", o.path, tlsstore.ErrTooCostly, what, limit)
}

func encodeAdvice(err error, o *storeOutput) error {
	err = fmt.Errorf("%s: %w", o.path, err)
	if pw := o.password.CheckJava(); o.store.Format == tlsstore.PKCS12 && pw != nil && !o.options.AnyPassword {
		return withHint(err, "use letters, digits and punctuation of ASCII; or --format jks; or --any-password if every reader is Java 25 or newer")
	}
	switch {
	case errors.Is(err, tlsstore.ErrPassword) && o.edit != nil:
		return withHint(err, "kcfg store passwd %s --new-password SOURCE gives it one", o.path)
	case errors.Is(err, tlsstore.ErrAliasExists):
		return withHint(err, "--alias names the entries; of several --pem each needs a name of its own")
	case errors.Is(err, tlsstore.ErrHidden):
		return withHint(err, "openssl pkcs12 -in STORE -nodes | kcfg keystore --pem - makes a store that Java lists; of certificates alone, kcfg truststore does")
	case errors.Is(err, tlsstore.ErrSecretKey):
		return withHint(err, "PKCS12 does; kcfg convert --alias NAME takes other entries alone")
	case o.store.Format == tlsstore.PEM && errors.Is(err, tlsstore.ErrUnsupported):
		return withHint(err, "write a file for each entry, or --format pkcs12")
	}
	return err
}

// writeStores writes stores as one step and reports on them in the order given.
func writeStores(e *env, w *writeFlags, outputs []*storeOutput) error {
	ordered := slices.Clone(outputs)
	slices.SortStableFunc(ordered, func(a, b *storeOutput) int { // trust stores first: nothing is served that is not yet trusted
		return btoi(a.hasKey()) - btoi(b.hasKey())
	})
	paths := make([]string, len(ordered))
	for i, o := range ordered {
		paths[i] = o.path
	}
	var lines []*logLine
	for _, o := range ordered {
		if o.log != nil {
			lines, paths = append(lines, o.log), append(paths, o.log.path)
		}
	}
	var settings *propertiesOutput
	if w.setIn != "" {
		settings, paths = &propertiesOutput{path: w.setIn}, append(paths, w.setIn)
	}
	batch, err := openBatch(w.inPlace, w.dryRun, paths...)
	if err != nil {
		return fileAdvice(err, paths[0])
	}
	defer batch.Close()
	for _, r := range batch.Recovered {
		e.Warn("%s", r)
	}
	for i, o := range ordered {
		o.target = batch.Targets[i]
		if err := o.decide(w, e.Now()); err != nil {
			return err
		}
		if len(o.distrusted) > 0 && o.action == actionReplaced {
			e.Warn("%s no longer trusts %s: whoever still has its certificates is refused", o.path, some(o.distrusted, mostHinted))
			printHint(e.Stderr, "kcfg truststore --add-to keeps what a store trusts; kcfg explain tls-anchor-rotates says more")
		}
	}
	if err := stopAtErrors(e, w, outputs); err != nil {
		return err
	}
	if settings != nil {
		settings.target = batch.Targets[len(batch.Targets)-1]
		if err := settings.edit(e, w, outputs); err != nil {
			return err
		}
	}
	if err := encodeAll(ordered); err != nil {
		return err
	}
	if !w.dryRun {
		files := make([]atomicfile.File, len(ordered))
		for i, o := range ordered {
			files[i] = o.file(w)
		}
		for i, l := range lines {
			file, err := l.file(batch.Targets[len(ordered)+i])
			if err != nil {
				return err
			}
			files = append(files, file)
		}
		if settings != nil {
			files = append(files, settings.file(w))
		}
		if err := batch.Commit(files); err != nil {
			return fileAdvice(err, paths[0])
		}
		for _, warning := range batch.Warnings {
			e.Warn("%s", warning)
		}
	}
	return reportStores(e, w, outputs, settings)
}

// logLine is a line for the end of a log.
type logLine struct {
	path string
	line []byte
}

func (l *logLine) file(t *atomicfile.Target) (atomicfile.File, error) {
	var old []byte
	if t.Exists {
		var err error
		if old, err = t.Read(); err != nil {
			return atomicfile.File{}, fileAdvice(err, l.path)
		}
	}
	return atomicfile.File{Data: append(old, l.line...), Secret: true}, nil
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// decide sets the action for one file.
func (o *storeOutput) decide(w *writeFlags, now time.Time) error {
	if !o.target.Exists && o.edit != nil {
		return withHint(fmt.Errorf("%s: %w", o.path, fs.ErrNotExist), "kcfg keystore and kcfg truststore make new stores")
	}
	if !o.target.Exists {
		o.action = actionCreated
		return nil
	}
	o.action = actionReplaced
	old, err := o.target.Read()
	if err != nil {
		return fileAdvice(err, o.path)
	}
	if o.edit != nil {
		changed, err := o.edit(o, old)
		if err == nil && !changed {
			o.action = actionUnchanged
		}
		return err
	}
	same, err := o.judge(old, now)
	if err != nil && (!w.force || !errors.Is(err, errRefused)) {
		return err
	}
	if err == nil && same {
		o.action = actionUnchanged
	}
	return nil
}

// encodeAll encodes PKCS12 stores side by side: nearly all of the time goes into the derivation of keys from passwords. For the
// last one, and for JKS, another thread would cost more than it saves.
func encodeAll(outputs []*storeOutput) error {
	outputs = slices.DeleteFunc(slices.Clone(outputs), func(o *storeOutput) bool { return o.action == actionUnchanged })
	errs := make([]error, len(outputs))
	var wg sync.WaitGroup
	for i, o := range outputs {
		if i < len(outputs)-1 && o.store.Format == tlsstore.PKCS12 {
			wg.Go(func() { errs[i] = o.encode() })
			continue
		}
		errs[i] = o.encode()
	}
	wg.Wait()
	return errors.Join(errs...)
}

func (o *storeOutput) file(w *writeFlags) atomicfile.File {
	return atomicfile.File{
		Data: o.data, Unchanged: o.action == actionUnchanged, Secret: o.hasKey(), Mode: w.parsedMode, Owner: w.parsedOwner,
		Backup: w.force && o.action == actionReplaced, InPlace: w.inPlace,
	}
}

// stopAtErrors ends a run in which a finding says that what would be written cannot work.
func stopAtErrors(e *env, w *writeFlags, outputs []*storeOutput) error {
	errorsFound := 0
	for _, o := range outputs {
		for _, f := range o.findings {
			if f.Severity == finding.Error && !(w.force && forcible(f.ID)) {
				errorsFound++
			}
		}
	}
	if errorsFound == 0 {
		return nil
	}
	if w.output == outputJSON {
		var files []fileWrite
		for _, o := range outputs {
			o.action = actionRefused
			files = append(files, o.write())
		}
		if err := printWrites(e, w.dryRun, files); err != nil {
			return err
		}
	} else if err := printFindings(e, outputs, finding.Warning); err != nil {
		return err
	}
	fmt.Fprintln(e.Stderr, "kcfg: nothing was written")
	return errFindings
}

// forcible reports whether --force may write in spite of an error finding: never where key, chain or password are wrong.
func forcible(id string) bool {
	return !strings.HasPrefix(id, "tls-key-") && !strings.HasPrefix(id, "tls-chain-") && !strings.HasPrefix(id, "tls-signature-")
}

// formatOf chooses the format: what is said, else what the name says, else PKCS12.
func formatOf(format, path string) (tlsstore.Format, error) {
	if format != "" {
		f, err := tlsstore.ParseFormat(format)
		if err != nil || !slices.Contains(writable, f) {
			return 0, usagef("--format %s: use pkcs12, jks or pem", format)
		}
		return f, nil
	}
	if f, ok := formatOfName(path); ok {
		return f, nil
	}
	return tlsstore.PKCS12, nil
}

// writable are the formats that can be written.
var writable = []tlsstore.Format{tlsstore.PKCS12, tlsstore.JKS, tlsstore.PEM}

// formatOfName is what ZooKeeper, and people, take a file for by its name.
func formatOfName(path string) (tlsstore.Format, bool) {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".p12", ".pfx", ".pkcs12":
		return tlsstore.PKCS12, true
	case ".jks":
		return tlsstore.JKS, true
	case ".pem", ".crt", ".cer", ".key":
		return tlsstore.PEM, true
	}
	return 0, false
}

// extension is the usual extension of a format.
func extension(f tlsstore.Format) string {
	switch f {
	case tlsstore.JKS:
		return ".jks"
	case tlsstore.PEM:
		return ".pem"
	}
	return ".p12"
}

// warnName warns where a file's name says another format than it has.
func warnName(e *env, path string, f tlsstore.Format) {
	if named, ok := formatOfName(path); ok && named != f {
		e.Warn("%s is %s in spite of its name: Kafka does not mind, ZooKeeper takes the type from the name unless told", path, f)
	}
}
