package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// exitStatuses is the table that ends every help text.
var exitStatuses = []struct {
	Status  int
	Meaning string
}{
	{exitOK, "done; nothing to report"},
	{exitFindings, "findings: something is wrong with what was looked at"},
	{exitUsage, "wrong usage"},
	{exitFailure, "could not do it; nothing was written"},
}

// writeHelp prints the help of a command.
func (e *env) writeHelp(cmd *cobra.Command, _ []string) {
	w, width := cmd.OutOrStdout(), e.helpWidth()
	text := cmd.Long
	if text == "" {
		text = cmd.Short
	}
	fmt.Fprintf(w, "%s\n\nUsage:\n", fill(strings.TrimSpace(text), width))
	if cmd.Runnable() && !cmd.HasSubCommands() {
		fmt.Fprintf(w, "  %s\n", cmd.UseLine())
	}
	if cmd.HasAvailableSubCommands() {
		fmt.Fprintf(w, "  %s COMMAND [flags]\n", cmd.CommandPath())
	}
	if cmd.HasExample() {
		fmt.Fprintf(w, "\nExamples:\n%s\n", indent(cmd.Example))
	}
	if cmd.HasAvailableSubCommands() {
		fmt.Fprint(w, "\nCommands:\n")
		width := 0
		for _, c := range cmd.Commands() {
			width = max(width, len(c.Name()))
		}
		for _, c := range cmd.Commands() {
			if c.IsAvailableCommand() {
				fmt.Fprintf(w, "  %-*s  %s\n", width, c.Name(), c.Short)
			}
		}
	}
	printFlags(w, cmd.LocalFlags(), width)
	if cmd.HasAvailableSubCommands() {
		fmt.Fprintf(w, "\n%s COMMAND --help says more about a command.\n", cmd.CommandPath())
	}
	fmt.Fprint(w, "\nExit status:\n")
	for _, s := range exitStatuses {
		fmt.Fprintf(w, "  %d  %s\n", s.Status, s.Meaning)
	}
}

// newHelp is kcfg help COMMAND: the same as kcfg COMMAND --help.
func newHelp(root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use:     "help [COMMAND]",
		Short:   "Explain a command",
		Example: "kcfg help keystore",
		Args:    cobra.ArbitraryArgs,
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) (names []string, d cobra.ShellCompDirective) {
			cmd, _, err := root.Find(args)
			if err != nil {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			for _, c := range cmd.Commands() {
				names = append(names, c.Name())
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error {
			cmd, rest, err := root.Find(args)
			if err != nil || len(rest) > 0 {
				return unknownCommand(cmd, append(rest, args...)[0])
			}
			return cmd.Help()
		},
	}
}

// helpWidth is in how many columns help is set.
func (e *env) helpWidth() int {
	const (
		least = 40
		most  = 110 // what a terminal beside another one has; longer lines are hard to read
	)
	width := most
	if text, _ := e.Getenv("COLUMNS"); text != "" {
		if n, err := strconv.Atoi(text); err == nil {
			width = n
		}
	} else if e.Columns != nil {
		width = e.Columns()
	}
	return max(least, min(width, most))
}

// fill sets the paragraphs of a text in lines of a width.
func fill(text string, width int) string {
	paragraphs := strings.Split(text, "\n\n")
	for i, p := range paragraphs {
		if !setAsIs(p) {
			paragraphs[i] = strings.Join(wrap(p, width), "\n")
		}
	}
	return strings.Join(paragraphs, "\n\n")
}

// setAsIs reports whether a paragraph is an example, whose lines stay as they are.
func setAsIs(paragraph string) bool { return strings.HasPrefix(paragraph, " ") }

func printFlags(w io.Writer, flags *pflag.FlagSet, width int) {
	if flags.HasAvailableFlags() {
		fmt.Fprintf(w, "\nFlags:\n%s", trimLines(flags.FlagUsagesWrapped(width)))
	}
}

// indent puts two blanks before every line that is not empty.
func indent(text string) string {
	var b strings.Builder
	for line := range strings.Lines(strings.Trim(text, "\n")) {
		if strings.TrimSpace(line) != "" {
			b.WriteString("  ")
		}
		b.WriteString(line)
	}
	return b.String()
}
