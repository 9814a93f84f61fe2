package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/kcfg/kcfg/properties"
	"github.com/kcfg/kcfg/tlsstore"
)

// setInFlag adds --set-in.
func setInFlag(cmd *cobra.Command, w *writeFlags) {
	cmd.Flags().StringVar(&w.setIn, "set-in", "", "also set the ssl.* lines in the properties `FILE`, passwords included")
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

// setIn writes the settings of the stores into a properties file: after the stores, so that the file never names what is not there.
func setIn(e *env, w *writeFlags, outputs []*storeOutput) (*change, []string, error) {
	var keys []string
	c, err := editFile(e, &editFlags{dryRun: w.dryRun, inPlace: w.inPlace}, w.setIn, false, func(c *change) error {
		set := func(key, value string) {
			if old, ok := c.after.Get(key); ok && (old == value || providerReference(old)) {
				return // a reference to a secret elsewhere is left to whoever made it
			}
			c.after.Set(key, value)
			keys = append(keys, key)
		}
		for _, o := range outputs {
			for _, s := range o.settings() {
				if s.secret == nil {
					set(s.key, s.value)
					continue
				}
				plain, ok := e.reveal(*s.secret)
				if !ok {
					return fmt.Errorf("%s: the password for %s is not known", w.setIn, s.key)
				}
				c.secret = true
				set(s.key, plain)
			}
			keys = append(keys, o.unset(e, c.after, set)...)
		}
		return nil
	})
	return c, keys, err
}

// unset removes, or follows up, settings that contradict the new store: Kafka refuses a PEM store with a password, and a key
// password that stands in the file has to be the key's.
func (o *storeOutput) unset(e *env, f *properties.File, set func(key, value string)) (keys []string) {
	if o.password.IsNone() {
		key := "ssl.truststore.password"
		if o.hasKey() {
			key = "ssl.keystore.password"
		}
		if f.Delete(key) {
			keys = append(keys, key+" (removed)")
		}
	}
	const keyPassword = "ssl.key.password"
	if _, there := f.Get(keyPassword); !there || !o.hasKey() || !o.keyPassword.IsNone() {
		return keys
	}
	if o.store.Format == tlsstore.PEM {
		if f.Delete(keyPassword) {
			keys = append(keys, keyPassword+" (removed)")
		}
	} else if plain, ok := e.reveal(o.password); ok {
		set(keyPassword, plain)
	}
	return keys
}
