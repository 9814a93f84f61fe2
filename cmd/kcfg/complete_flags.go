package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// namesFile reports whether a flag whose value goes by this name in help names a file.
func namesFile(value string) bool {
	return slices.ContainsFunc([]string{"FILE", "DIR", "STORE", "SOURCE"}, func(s string) bool { return strings.Contains(value, s) })
}

// completeRest completes the flags of a command and those below it that nobody else does: accounts by the system's own file, and
// what names no file by nothing, since a shell that is told nothing offers files.
func completeRest(cmd *cobra.Command) {
	for _, c := range cmd.Commands() {
		completeRest(c)
	}
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		value, _ := pflag.UnquoteUsage(f)
		if _, done := cmd.GetFlagCompletionFunc(f.Name); done || value == "" || namesFile(value) {
			return
		}
		if strings.HasPrefix(value, "USER") {
			completeBy(cmd, f.Name, completeAccounts)
			return
		}
		completeBy(cmd, f.Name, cobra.NoFileCompletions)
	})
}

func completeAccounts(_ *cobra.Command, _ []string, word string) ([]string, cobra.ShellCompDirective) {
	return beginningWith(word, localNames(passwd())), cobra.ShellCompDirectiveNoFileComp
}
