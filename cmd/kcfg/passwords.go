package main

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/kcfg/kcfg/cmd/kcfg/internal/secret"
	"github.com/kcfg/kcfg/tlsstore"
)

// secrets returns the reader of this run's passwords. There is one for each run, since standard input serves one purpose.
func (e *env) secrets(dryRun bool) *secret.Reader {
	if e.reader == nil {
		e.reader = &secret.Reader{
			Getenv: e.Getenv, Stdin: e.Stdin, Prompt: e.ReadPassword, Rand: e.Rand, DryRun: dryRun, Warn: e.Warn,
		}
	}
	return e.reader
}

// readSecret reads a password from a source that the user gave, or from the default one where the source is empty.
func (e *env) readSecret(r *secret.Reader, source string, ask secret.Ask) (tlsstore.Password, error) {
	var err error
	if source == "" {
		source, err = r.Default(ask)
	}
	var b []byte
	if err == nil {
		b, err = r.Read(source, ask)
	}
	if errors.As(err, &secret.UsageError{}) {
		err = usageError{err}
	}
	if err != nil {
		return tlsstore.Password{}, err
	}
	defer clear(b)
	password := tlsstore.NewPassword(b)
	e.revealed = append(e.revealed, revealedPassword{password, string(b)})
	return password, nil
}

// readOpening reads the password of a store that is there. A variable that is empty by mistake must not count as a password, so that no
// source gives the empty one: where none is given, it is tried.
func (e *env) readOpening(r *secret.Reader, source string, ask secret.Ask, data []byte) (tlsstore.Password, error) {
	if _, set := e.Getenv(secret.DefaultVariable); source == "" && !set && opensEmpty(data) {
		return emptyPassword, nil
	}
	return e.readSecret(r, source, ask)
}

// emptyPassword is what openssl's -passout pass: writes.
var emptyPassword = tlsstore.NewPassword([]byte{})

// opensEmpty reports whether a PKCS12 store has the empty password. What takes long to try, nobody wrote without a password.
func opensEmpty(data []byte) bool {
	if tlsstore.Detect(data) != tlsstore.PKCS12 {
		return false
	}
	s, err := tlsstore.Decode(data, emptyPassword, tlsstore.DecodeOptions{Limits: tlsstore.Limits{Iterations: 100_000, TotalIterations: 300_000}})
	return err == nil && s.Integrity == tlsstore.Verified
}

const sourceUsage = "`SOURCE`: env:NAME, file:PATH, fd:N, stdin, prompt, random:PATH, properties:FILE#KEY"

// sourceFlag adds a flag that says where a password comes from.
func sourceFlag(cmd *cobra.Command, target *string, name, what string) {
	usage := what + ", from a `SOURCE` as for --password"
	if name == "password" {
		usage = what + ", from a " + sourceUsage + " (default: env:" + secret.DefaultVariable + ", else prompt)"
	}
	cmd.Flags().StringVar(target, name, "", usage)
	completeBy(cmd, name, completeSource)
}
