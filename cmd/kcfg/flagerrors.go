package main

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/kcfg/kcfg/internal/nearest"
)

// noEmptyFlags refuses flags that are given without a value, as where a variable of a script is not set: to go on without them would be
// to do something else than what was asked for, such as to read the working directory for --pem "".
func noEmptyFlags(cmd *cobra.Command) (err error) {
	cmd.Flags().Visit(func(f *pflag.Flag) {
		empty := f.Value.String() == ""
		if l, ok := f.Value.(list); ok {
			empty = slices.Contains(*l.values, "")
		}
		_, allowed := f.Annotations[mayBeEmpty]
		if empty && !allowed && err == nil {
			err = emptyFlag(f.Name)
		}
	})
	return err
}

// mayBeEmpty annotates a flag whose empty value means something.
const mayBeEmpty = "kcfg_may_be_empty"

// allowEmpty is for aliases, since Java has the empty one, and for releases, where none is the default.
func allowEmpty(flags *pflag.FlagSet, name string) {
	if err := flags.SetAnnotation(name, mayBeEmpty, nil); err != nil {
		panic(err) // the flag was just added
	}
}

func emptyFlag(name string) error {
	return withHint(usagef("--%s is empty", name), unsetVariable)
}

const unsetVariable = "is a variable of the script not set?"

// flagError turns an error of the flag parser into a usage error, with the flag that was probably meant.
func flagError(cmd *cobra.Command, err error) error {
	name, short := meantFlag(cmd, err)
	err = plainValue(err)
	best := ""
	if name != "" {
		best = nearestFlag(cmd, name)
	}
	if short { // pflag's message repeats all that stands behind the dash, such as a password
		if best == "" {
			name = name[:1]
		}
		err = fmt.Errorf("unknown flag: -%s", name)
	}
	if best != "" {
		return withHint(usageError{err}, "did you mean --%s? (%s --help lists the flags)", best, cmd.CommandPath())
	}
	return withHint(usageError{err}, "%s --help lists the flags", cmd.CommandPath())
}

// plainValue says what a value should be, where the parser's error names a function of Go.
func plainValue(err error) error {
	invalid, number := &pflag.InvalidValueError{}, &strconv.NumError{}
	if !errors.As(err, &invalid) {
		return err
	}
	flag, value := invalid.GetFlag(), invalid.GetValue()
	switch {
	case flag.Value.Type() == "duration":
		return fmt.Errorf("--%s %q: give a time such as 10s or 2m", flag.Name, value)
	case !errors.As(err, &number):
		return err
	case flag.Value.Type() == "bool":
		return fmt.Errorf("--%s=%s: it is true, which needs no value, or false", flag.Name, value)
	case errors.Is(err, strconv.ErrRange):
		return fmt.Errorf("--%s %s: too large a number", flag.Name, value)
	}
	return fmt.Errorf("--%s %q: give a whole number", flag.Name, value)
}

// meantFlag is the flag that was meant, where the parser does not know it. Those of keytool and openssl begin with one dash: -storepass is
// nine short flags then, and -out is -o with the value "ut".
func meantFlag(cmd *cobra.Command, err error) (name string, short bool) {
	unknown, invalid := &pflag.NotExistError{}, &pflag.InvalidValueError{}
	switch {
	case errors.As(err, &unknown) && unknown.GetSpecifiedShortnames() != "":
		name, _, _ = strings.Cut(unknown.GetSpecifiedShortnames(), "=")
		return name, name != ""
	case errors.As(err, &unknown):
		return unknown.GetSpecifiedName(), false
	case errors.As(err, &invalid) && invalid.GetFlag().Shorthand != "":
		if f := cmd.Flags().Lookup(invalid.GetFlag().Shorthand + invalid.GetValue()); f != nil {
			return f.Name, true
		}
	}
	return "", false
}

// farthest is how many edits a suggestion may be away: beyond that it is noise.
func farthest(name string) int { return min(3, max(2, len(name)/2)) }

// otherNames are what keytool, openssl and linters call our flags.
var otherNames = sync.OnceValue(func() map[string][]string {
	return map[string][]string{
		"alias":        {"name", "srcalias", "destalias"},
		"chain":        {"certfile", "CAfile", "cafile", "ca-file", "ca", "cacert", "ca-cert", "intermediate"},
		"cert":         {"in", "certificate", "fullchain", "crt"},
		"format":       {"storetype", "deststoretype", "type"},
		"key":          {"inkey", "privkey", "keyfile", "key-file", "private-key"},
		"key-password": {"keypass", "destkeypass", "srckeypass"},
		"out":          {"keystore", "destkeystore", "output-file", "outfile"},
		"password":     {"storepass", "deststorepass", "srcstorepass", "passout", "pass"},
		"pem":          {"file", "dir", "cafile", "ca", "cacert", "ca-cert"},
		"pem-password": {"passin", "passphrase"},
		"iterations":   {"iter"},
		"output":       {"format", "json", "reporter"},
		"kafka":        {"kafka-version", "release", "version"},
		"zookeeper":    {"zk", "zookeeper-version"},
		"disable":      {"ignore", "exclude", "skip"},
		"select":       {"rule", "rules", "only"},
		"fail-on":      {"severity", "level", "error-on"},
		"dry-run":      {"check", "noop"},
		"owner":        {"chown", "user"},
		"mode":         {"chmod", "perm", "permissions"},
		"force":        {"overwrite", "yes"},

		"expires-within": {"days", "within", "expire", "expires", "expiry"},
		"host":           {"san", "ext", "dns", "hostname"},
	}
})

func nearestFlag(cmd *cobra.Command, name string) string {
	var names []string
	meant := ""
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		names = append(names, f.Name)
		if f.Name == name || slices.Contains(otherNames()[f.Name], name) { // -alias is --alias
			meant = f.Name
		}
	})
	return cmp.Or(meant, nearest.Of(name, names, farthest(name)))
}
