package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/kcfg/kcfg/properties"
	"github.com/kcfg/kcfg/tlsstore"
)

// storeSettings are the ends of the keys under which servers and clients name stores, with those of their passwords.
var storeSettings = []struct{ location, password, keyPassword string }{
	{"ssl.keystore.location", "ssl.keystore.password", "ssl.key.password"},
	{"ssl.truststore.location", "ssl.truststore.password", ""},
	{"ssl.keyStore.location", "ssl.keyStore.password", ""}, // ZooKeeper's
	{"ssl.trustStore.location", "ssl.trustStore.password", ""},
	{"ssl.quorum.keyStore.location", "ssl.quorum.keyStore.password", ""},
	{"ssl.quorum.trustStore.location", "ssl.quorum.trustStore.password", ""},
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
			if err := show(f.named(e, path, file, prefix, entry.Value, s.password, s.keyPassword, &left)); err != nil {
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

// named inspects a store that a properties file names.
func (f *inspectFlags) named(e *env, path string, file *properties.File, prefix, location, passwordKey, keyPasswordKey string, left *int) *inspection {
	secretOf := func(key string) (tlsstore.Password, bool) {
		for _, k := range []string{prefix + key, key} { // a listener's own setting, else the common one
			if v, ok := file.Get(k); ok && key != "" && !strings.HasPrefix(v, "${") {
				return tlsstore.NewPassword([]byte(v)), true
			}
		}
		return tlsstore.Password{}, false
	}
	password, ok := secretOf(passwordKey)
	if !ok {
		password = f.pass
	}
	at := beside(path, location)
	data, err := readRegular(at)
	if *left -= len(data); err == nil && *left < 0 {
		err = fmt.Errorf("%s: %w: the stores of the file have more than %d MiB together", at, tlsstore.ErrTooCostly, maxInput>>20)
	}
	if err != nil {
		in := tlsstore.InspectFailure(nil, err)
		in.Error.Message += " (named by " + file.Pos(prefix+settingFor(passwordKey)).String() + ")"
		in.SetPath(at)
		return &inspection{Inspection: in}
	}
	opener := *f
	opener.configured = true
	if key, ok := secretOf(keyPasswordKey); ok {
		opener.openWith.KeyPasswords = append([]tlsstore.Password{key}, f.openWith.KeyPasswords...)
	}
	return opener.file(e, at, data, password)
}

func settingFor(passwordKey string) string {
	for _, s := range storeSettings {
		if s.password == passwordKey {
			return s.location
		}
	}
	return passwordKey
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
