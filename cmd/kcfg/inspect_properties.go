package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/properties"
	"github.com/kcfg/kcfg/tlsstore"
)

// storeSettings are the ends of the keys under which servers and clients name stores, with those of their passwords.
var storeSettings = []storeSetting{
	{location: "ssl.keystore.location", password: "ssl.keystore.password", keyPassword: "ssl.key.password"},
	{location: "ssl.truststore.location", password: "ssl.truststore.password"},
	{location: "ssl.keystore.certificate.chain", keyPassword: "ssl.key.password", inline: true, key: "ssl.keystore.key"},
	{location: "ssl.truststore.certificates", inline: true},
	// ZooKeeper's
	{location: "ssl.keyStore.location", password: "ssl.keyStore.password", passwordPath: "ssl.keyStore.passwordPath"},
	{location: "ssl.trustStore.location", password: "ssl.trustStore.password", passwordPath: "ssl.trustStore.passwordPath"},
	{location: "ssl.quorum.keyStore.location", password: "ssl.quorum.keyStore.password", passwordPath: "ssl.quorum.keyStore.passwordPath"},
	{location: "ssl.quorum.trustStore.location", password: "ssl.quorum.trustStore.password", passwordPath: "ssl.quorum.trustStore.passwordPath"},
}

type storeSetting struct {
	location, password, keyPassword string
	passwordPath                    string // names a file with the password, which goes before the password itself
	inline                          bool   // location holds PEM itself
	key                             string // the key that goes with inline certificates
}

// properties inspects the stores that a properties file names, with the passwords it holds.
func (f *inspectFlags) properties(e *env, path string, data []byte, show func(*inspection) error) error {
	file, err := properties.Parse(path, data)
	if err != nil {
		return err
	}
	left := maxInput
	done := map[string]bool{}
	for entry := range file.Effective() {
		for _, s := range storeSettings {
			prefix, ok := strings.CutSuffix(entry.Key, s.location)
			if !ok || prefix != "" && !strings.HasSuffix(prefix, ".") {
				continue
			}
			id := entry.Value + "\x00" + prefix
			if done[id] || entry.Value == "" {
				continue
			}
			if len(done) == mostNamed {
				return fmt.Errorf("%s: %w: it names more than %d stores", path, tlsstore.ErrTooCostly, mostNamed)
			}
			done[id] = true
			if err := show(f.named(e, file, prefix, entry, s, &left)); err != nil {
				return err
			}
		}
	}
	if len(done) == 0 {
		return withHint(fmt.Errorf("%s names no store", path), "kcfg validate checks the file itself")
	}
	return nil
}

// mostNamed bounds the stores that a properties file names, and maxInput what they have together: listeners without number could
// name large ones. Real files name two for each listener, of some KB.
const mostNamed = 100

// named inspects a store that an entry of a properties file names, or holds.
func (f *inspectFlags) named(e *env, file *properties.File, prefix string, entry properties.Entry, s storeSetting, left *int) *inspection {
	value := func(key string) (string, bool) {
		for _, k := range []string{prefix + key, key} { // a listener's own setting, else the common one
			if v, ok := file.Get(k); ok && key != "" {
				return v, !isReference(v)
			}
		}
		return "", false
	}
	opener := *f
	opener.configured = true
	if key, ok := value(s.keyPassword); ok {
		opener.openWith.KeyPasswords = append([]tlsstore.Password{tlsstore.NewPassword([]byte(key))}, f.openWith.KeyPasswords...)
	}
	failed := func(at string, err error) *inspection {
		in := tlsstore.InspectFailure(nil, err)
		in.Error.Message += " (named by " + file.Pos(entry.Key).String() + ")"
		in.SetPath(at)
		return &inspection{Inspection: in}
	}
	if isReference(entry.Value) {
		return failed(entry.Value, errors.New("a config provider says what it is"))
	}
	if s.inline {
		key, _ := value(s.key)
		return opener.inline(e, file.Pos(entry.Key), entry, key)
	}
	at := beside(file.Name(), entry.Value)
	password := f.pass
	if v, ok := value(s.password); ok {
		password = tlsstore.NewPassword([]byte(v))
	}
	if v, ok := value(s.passwordPath); ok && v != "" {
		p, err := readPasswordPath(beside(file.Name(), v))
		if err != nil {
			return failed(at, err)
		}
		password = p
	}
	data, err := readRegular(at)
	if *left -= len(data); err == nil && *left < 0 {
		err = fmt.Errorf("%s: %w: the stores of the file have more than %d MiB together", at, tlsstore.ErrTooCostly, maxInput>>20)
	}
	if err != nil {
		return failed(at, err)
	}
	return opener.file(e, at, data, password)
}

// isReference reports whether a config provider gives the value.
func isReference(v string) bool { return strings.HasPrefix(v, "${") && strings.HasSuffix(v, "}") }

// inline inspects the PEM that an entry holds, with the key that another one does.
func (f *inspectFlags) inline(e *env, at finding.Position, entry properties.Entry, key string) *inspection {
	in := f.decoded(e, entry.Key, []byte(key+"\n"+entry.Value), tlsstore.Password{})
	in.Path = fmt.Sprintf("%s: %s", at, entry.Key)
	for i := range in.Findings {
		in.Findings[i].Pos = at
	}
	return in
}

// readPasswordPath reads a password as ZooKeeper does: one line end is not part of it.
func readPasswordPath(path string) (tlsstore.Password, error) {
	data, err := readRegular(path)
	if err != nil {
		return tlsstore.Password{}, err
	}
	data = bytes.TrimSuffix(bytes.TrimSuffix(data, []byte("\n")), []byte("\r"))
	return tlsstore.NewPassword(data), nil
}

// beside finds a file that a properties file names: a relative name is relative to where the server is started, which is
// mostly here, else beside the properties file.
func beside(path, location string) string {
	if filepath.IsAbs(location) {
		return location
	}
	if _, err := os.Stat(location); err == nil {
		return location
	}
	if at := filepath.Join(filepath.Dir(path), location); exists(at) {
		return at
	}
	return location
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// isProperties reports whether a file is one of settings: by its name, and where that leaves it open because it is nothing else.
func isProperties(path string, data []byte) bool {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".properties":
		return !startsPEM(data)
	case ".cfg", ".conf", ".config":
		return filepath.Base(path) == "zoo.cfg" || tlsstore.Detect(data) == tlsstore.FormatUnknown
	}
	return false
}
