package main

import (
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kcfg/kcfg/cmd/kcfg/internal/secret"
	"github.com/kcfg/kcfg/tlsstore"
)

// completeAliases offers the aliases of the store that the line names first, as far as they show without asking anybody.
func completeAliases(e *env, password *string) cobra.CompletionFunc {
	return func(_ *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
		if len(args) == 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return offered(word, aliasesOf(e, args[0], *password), args[1:]), cobra.ShellCompDirectiveNoFileComp
	}
}

// completeStoreThenAliases is completeAliases for arguments: the store, then up to so many aliases; most < 0 is any number.
func completeStoreThenAliases(e *env, password *string, most int) cobra.CompletionFunc {
	aliases := completeAliases(e, password)
	return func(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
		switch {
		case len(args) == 0:
			return nil, cobra.ShellCompDirectiveDefault
		case most >= 0 && len(args) > most:
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return aliases(cmd, args, word)
	}
}

// aliasesOf lists the aliases of a store. A shell that waits is no place for a derivation that takes long.
func aliasesOf(e *env, path, source string) []string {
	const iterations = 1_000_000
	data, err := readRegular(path)
	if err != nil || tlsstore.Detect(data) == tlsstore.PEM {
		return nil
	}
	o := tlsstore.DecodeOptions{Limits: tlsstore.Limits{Iterations: iterations, TotalIterations: iterations}}
	for _, password := range []tlsstore.Password{unasked(e, source), emptyPassword, {}} {
		store, err := tlsstore.Decode(data, password, o)
		if err != nil {
			continue
		}
		var aliases []string
		for _, entry := range store.Entries {
			aliases = append(aliases, entry.Alias)
		}
		return aliases
	}
	return nil
}

// unasked reads a password from a source that gives it at once, and every time again; none where it is another.
func unasked(e *env, source string) tlsstore.Password {
	kind, rest, _ := strings.Cut(source, ":")
	if kind == "properties" {
		rest, _, _ = strings.Cut(rest, "#")
	}
	switch kind {
	case "", "env":
	case "file", "properties":
		if info, err := os.Stat(rest); err != nil || !info.Mode().IsRegular() {
			return tlsstore.Password{}
		}
	default:
		return tlsstore.Password{}
	}
	ask := secret.Ask{Flag: "--password", What: "password of the store"}
	r := &secret.Reader{Getenv: e.Getenv}
	if source == "" {
		var err error
		if source, err = r.Default(ask); err != nil {
			return tlsstore.Password{}
		}
	}
	b, err := r.Read(source, ask)
	if err != nil {
		return tlsstore.Password{}
	}
	return tlsstore.NewPassword(b)
}
