package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

func newMan(e *env) *cobra.Command {
	return &cobra.Command{
		Use:     "man DIR",
		Short:   "Write the manual pages",
		Long:    "Writes a manual page for kcfg and for each of its commands into DIR, which must exist.",
		Example: "mkdir -p ~/.local/share/man/man1\nkcfg man ~/.local/share/man/man1",
		Args:    positional(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			info, err := os.Stat(args[0])
			if errors.Is(err, fs.ErrNotExist) && slices.ContainsFunc(commands(), func(c command) bool { return c.name == args[0] }) {
				return withHint(pathError(err, args[0]), "kcfg %s --help is about the command; kcfg man DIR writes the pages of all", args[0])
			}
			if errors.Is(err, fs.ErrNotExist) {
				return withHint(pathError(err, args[0]), "mkdir -p %s makes the directory", args[0])
			} else if err == nil && !info.IsDir() {
				return fmt.Errorf("%s is no directory", args[0])
			}
			every := *e
			every.Args = nil // with all commands
			return writeMan(newRoot(&every), args[0])
		},
	}
}

func writeMan(cmd *cobra.Command, dir string) error {
	if !cmd.IsAvailableCommand() && cmd.HasParent() {
		return nil
	}
	name := strings.ReplaceAll(cmd.CommandPath(), " ", "-") + ".1"
	if err := os.WriteFile(filepath.Join(dir, name), manPage(cmd), 0o644); err != nil {
		return plainPath(err)
	}
	for _, c := range cmd.Commands() {
		if err := writeMan(c, dir); err != nil {
			return err
		}
	}
	return nil
}

// manPage returns the manual page of a command in man's own macros, without hyphens in what may be copied. cobra/doc would do it through a Markdown library whose
// initialisation would slow every start of kcfg.
func manPage(cmd *cobra.Command) []byte {
	var b bytes.Buffer
	title := strings.ReplaceAll(cmd.CommandPath(), " ", "-")
	fmt.Fprintf(&b, ".TH %q 1\n.nh\n.ad l\n.SH NAME\n%s \\- %s\n", strings.ToUpper(title), roff(title), roff(cmd.Short))
	usage := cmd.UseLine()
	if cmd.HasAvailableSubCommands() {
		usage = cmd.CommandPath() + " COMMAND [flags]"
	}
	fmt.Fprintf(&b, ".SH SYNOPSIS\n%s\n", roff(usage))
	if cmd.Long != "" {
		b.WriteString(".SH DESCRIPTION\n")
		for i, p := range strings.Split(strings.TrimSpace(cmd.Long), "\n\n") {
			if i > 0 {
				b.WriteString(".PP\n")
			}
			if setAsIs(p) {
				p = ".nf\n" + roff(p) + "\n.fi"
			} else {
				p = roff(p)
			}
			b.WriteString(p + "\n")
		}
	}
	if cmd.HasAvailableSubCommands() {
		b.WriteString(".SH COMMANDS\n")
		for _, c := range cmd.Commands() {
			if c.IsAvailableCommand() {
				fmt.Fprintf(&b, ".TP\n.B %s\n%s\n", roff(c.Name()), roff(c.Short))
			}
		}
	}
	if cmd.LocalFlags().HasAvailableFlags() {
		b.WriteString(".SH OPTIONS\n")
		cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
			if f.Hidden {
				return
			}
			value, usage := pflag.UnquoteUsage(f)
			name := "--" + f.Name
			if f.Shorthand != "" {
				name = "-" + f.Shorthand + ", " + name
			}
			fmt.Fprintf(&b, ".TP\n.B %s\n%s\n", roff(strings.TrimSpace(name+" "+value)), roff(usage))
		})
	}
	if cmd.HasExample() {
		fmt.Fprintf(&b, ".SH EXAMPLES\n.nf\n%s\n.fi\n", roff(strings.Trim(cmd.Example, "\n")))
	}
	b.WriteString(".SH EXIT STATUS\n")
	for _, s := range exitStatuses {
		fmt.Fprintf(&b, ".TP\n%d\n%s\n", s.Status, roff(s.Meaning))
	}
	return b.Bytes()
}

// roff escapes text for man: backslashes, hyphens, and control lines.
func roff(text string) string {
	text = strings.NewReplacer(`\`, `\e`, "-", `\-`).Replace(text)
	var b strings.Builder
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, ".") || strings.HasPrefix(line, "'") {
			b.WriteString(`\&`)
		}
		b.WriteString(line)
	}
	return b.String()
}
