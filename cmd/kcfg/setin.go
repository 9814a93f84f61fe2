package main

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kcfg/kcfg/cmd/kcfg/internal/atomicfile"
	"github.com/kcfg/kcfg/properties"
	"github.com/kcfg/kcfg/tlsstore"
)

// setInFlag adds --set-in.
func setInFlag(cmd *cobra.Command, w *writeFlags) {
	cmd.Flags().StringVar(&w.setIn, "set-in", "", "also set the ssl.* lines in the properties `FILE`, passwords included, in one step with the stores")
	cmd.Flags().StringVar(&w.listener, "listener", "", "print or set the lines of the listener `NAME` alone: listener.name.NAME.ssl.*")
}

const listenerPrefix = "listener.name."

// keyPrefix is what stands before the keys of a listener; Kafka looks for its name in lower case.
func keyPrefix(listener string) string {
	if listener == "" {
		return ""
	}
	return listenerPrefix + strings.ToLower(listener) + "."
}

// checkListener refuses what cannot be a listener's name.
func checkListener(name string) error {
	if strings.ContainsAny(name, " \t:=,./\\") || strings.Trim(name, "\x00") != name {
		return withHint(usagef("--listener %q is no name of a listener", name), "in listeners=INTERNAL://:9093 it is INTERNAL")
	}
	return nil
}

// reveal returns a password that was read in this run, to be written where a server reads it.
func (e *env) reveal(p tlsstore.Password) (string, bool) {
	for _, r := range e.revealed {
		if r.password.Equal(p) {
			return r.plain, true
		}
	}
	return "", false
}

// revealedPassword is a password with its text.
type revealedPassword struct {
	password tlsstore.Password
	plain    string
}

// propertiesOutput is a properties file that is to name the stores. It is written in one step with them, as the last, so that
// it never names what is not there.
type propertiesOutput struct {
	path   string
	target *atomicfile.Target
	change *change
	keys   []string // what was set, for a person
}

// edit puts the settings of the stores into the file, which is locked meanwhile.
func (p *propertiesOutput) edit(e *env, w *writeFlags, outputs []*storeOutput) error {
	if !p.target.Exists {
		return withHint(fmt.Errorf("--set-in %s: %w", p.path, fs.ErrNotExist), "give the server's own file, or leave --set-in out")
	}
	src, err := p.target.Read()
	if err != nil {
		return fileAdvice(err, p.path)
	}
	if p.change, err = newChange(p.path, src); err != nil {
		return err
	}
	set := func(key, value string) {
		if old, ok := p.change.after.Get(key); ok && (old == value || providerReference(old)) {
			return // a reference to a secret elsewhere is left to whoever made it
		}
		p.change.after.Set(key, value)
		p.change.keys = append(p.change.keys, key)
		p.keys = append(p.keys, key)
	}
	for _, o := range outputs {
		for _, s := range o.settings(w.listener) {
			if s.secret == nil {
				set(s.key, s.value)
				continue
			}
			plain, ok := e.reveal(*s.secret)
			if !ok {
				return fmt.Errorf("%s: the password for %s is not known", p.path, s.key)
			}
			p.change.secret = true
			set(s.key, plain)
		}
		for _, key := range o.unset(e, w.listener, p.change.after, set) {
			p.change.keys = append(p.change.keys, key)
			p.keys = append(p.keys, key+" (removed)")
		}
	}
	return nil
}

func (p *propertiesOutput) file(w *writeFlags) atomicfile.File {
	if !p.change.changed() {
		return atomicfile.File{Unchanged: true}
	}
	return atomicfile.File{Data: p.change.after.Bytes(), Secret: p.change.secret, InPlace: w.inPlace}
}

// overruled names the listeners for which the file sets stores of their own, so that what was set for all is not theirs.
func (p *propertiesOutput) overruled(outputs []*storeOutput) []string {
	var names []string
	for _, o := range outputs {
		for _, s := range o.settings("") {
			for e := range p.change.after.All() {
				name, ok := strings.CutSuffix(strings.TrimPrefix(e.Key, listenerPrefix), "."+s.key)
				if ok && strings.HasPrefix(e.Key, listenerPrefix) && !slices.Contains(names, name) && strings.HasSuffix(s.key, ".location") {
					names = append(names, name)
				}
			}
		}
	}
	return names
}

// unset removes, or follows up, settings that contradict the new store: Kafka refuses a PEM store with a password, and a key
// password that stands in the file has to be the key's. It returns the keys that it removed.
func (o *storeOutput) unset(e *env, listener string, f *properties.File, set func(key, value string)) (keys []string) {
	remove := func(name string) {
		key := keyPrefix(listener) + name
		if f.Delete(key) {
			keys = append(keys, key)
		}
		if _, general := f.Get(name); general && listener != "" && o.store.Format == tlsstore.PEM {
			e.Warn("%s sets %s for every listener: %s will not start with it, since Kafka takes no password for %s", f.Name(), name, listener, o.path)
		}
	}
	if o.password.IsNone() && o.hasKey() {
		remove("ssl.keystore.password")
	} else if o.password.IsNone() {
		remove("ssl.truststore.password")
	}
	const keyPassword = "ssl.key.password"
	_, own := f.Get(keyPrefix(listener) + keyPassword)
	_, general := f.Get(keyPassword)
	if !own && !general || !o.hasKey() || !o.keyPassword.IsNone() {
		return keys
	}
	if o.store.Format == tlsstore.PEM {
		remove(keyPassword)
	} else if plain, ok := e.reveal(o.password); ok {
		set(keyPrefix(listener)+keyPassword, plain)
	}
	return keys
}
