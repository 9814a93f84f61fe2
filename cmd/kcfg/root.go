package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kcfg/kcfg/internal/nearest"
)

// The exit statuses of every command.
const (
	exitOK       = 0 // nothing at or above --fail-on
	exitFindings = 1
	exitUsage    = 2
	exitFailure  = 3 // could not do it; beats exitFindings
)

// usageError is a wrong call of the command: exit status 2.
type usageError struct{ err error }

func (e usageError) Error() string { return e.err.Error() }
func (e usageError) Unwrap() error { return e.err }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// hintError adds a line that says what to do about an error.
type hintError struct {
	err  error
	hint string
}

func (e hintError) Error() string { return e.err.Error() }
func (e hintError) Unwrap() error { return e.err }

func withHint(err error, format string, args ...any) error {
	return hintError{err, fmt.Sprintf(format, args...)}
}

// errFindings makes the exit status 1; the findings themselves are already printed.
var errFindings = errors.New("findings")

// command is a command that is made when it is needed.
type command struct {
	name string
	make func(*env) *cobra.Command
}

// commands is the one list of what kcfg can do, in the order of its help.
func commands() []command {
	return []command{
		{"keystore", newKeystore},
		{"truststore", newTruststore},
		{"inspect", newInspect},
		{"convert", newConvert},
		{"store", newStore},
		{"diff", newDiff},
		{"ca", newCA},
		{"validate", newValidate},
		{"get", newGet},
		{"set", newSet},
		{"unset", newUnset},
		{"explain", newExplain},
		{"keys", newKeys},
		{"releases", newReleases},
		{"version", newVersion},
		{"man", newMan},
	}
}

func newRoot(e *env) *cobra.Command {
	root := &cobra.Command{
		Use:           "kcfg",
		Short:         "Kafka and ZooKeeper configuration and key stores, without a JVM",
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          positional(0, 0),
	}
	var version bool
	root.Flags().BoolVar(&version, "version", false, "print the version")
	root.RunE = func(cmd *cobra.Command, args []string) error {
		if version {
			return printVersion(e)
		}
		return cmd.Help()
	}
	root.SetArgs(e.Args)
	root.SetIn(e.Stdin)
	root.SetOut(e.Stdout)
	root.SetErr(e.Stderr)
	root.SetHelpFunc(e.writeHelp)
	root.SetUsageFunc(func(cmd *cobra.Command) error { e.writeHelp(cmd, nil); return nil })
	root.SetFlagErrorFunc(flagError)
	needed := asked(e.Args)
	for _, c := range needed {
		root.AddCommand(c.make(e))
	}
	if root.CompletionOptions.DisableDefaultCmd = len(needed) == 1; len(needed) > 1 {
		addCompletion(root, e.Stdout)
	}
	if len(e.Args) > 0 && strings.HasPrefix(e.Args[0], cobra.ShellCompRequestCmd) {
		completeRest(root)
	}
	root.SetHelpCommand(newHelp(root))
	usageErrors(root)
	unsorted(root)
	return root
}

// asked returns the commands that a call needs: the one that it names, so that its start costs no more than that, else all.
func asked(args []string) []command {
	all := commands()
	for _, c := range all {
		if len(args) > 0 && args[0] == c.name {
			return []command{c}
		}
	}
	return all
}

// showHelp is what a command does that only has sub-commands.
func showHelp(cmd *cobra.Command, _ []string) error { return cmd.Help() }

// positional accepts least to most arguments; most < 0 is any number.
func positional(least, most int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) > 0 && cmd.HasSubCommands() && most == 0:
			return unknownCommand(cmd, args[0])
		case len(args) < least:
			return fmt.Errorf("%s: an argument is missing", belowRoot(cmd))
		case most >= 0 && len(args) > most:
			return fmt.Errorf("%s: unexpected argument %q", belowRoot(cmd), args[most])
		}
		return nil
	}
}

// belowRoot is a command's path without the program's own name, which stands before every message.
func belowRoot(cmd *cobra.Command) string {
	if _, path, ok := strings.Cut(cmd.CommandPath(), " "); ok {
		return path
	}
	return cmd.CommandPath()
}

// notOffered stands before the name of a command that is looked for and not there, in the annotation of the one above it that says why.
const notOffered = "not offered: "

func unknownCommand(cmd *cobra.Command, name string) error {
	err := usagef("unknown command %q for %q", name, cmd.CommandPath())
	var names []string
	best := ""
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() {
			names = append(names, c.Name())
		}
		if slices.Contains(c.SuggestFor, name) {
			best = c.Name()
		}
	}
	best = cmp.Or(best, nearest.Of(name, names, farthest(name)))
	if why := cmd.Annotations[notOffered+name]; why != "" {
		return withHint(err, "%s", why)
	}
	if best == "" {
		return withHint(err, "%s --help lists the commands", cmd.CommandPath())
	}
	return withHint(err, "did you mean %s %s?", cmd.CommandPath(), best)
}

// usageErrors makes wrong arguments of a command and those below it usage errors.
func usageErrors(cmd *cobra.Command) {
	if check := cmd.Args; check != nil {
		cmd.Args = func(cmd *cobra.Command, args []string) error {
			err := noEmptyFlags(cmd)
			if err == nil && len(args) > 0 && args[0] == "" {
				err = withHint(usagef("%s: the first argument is empty", belowRoot(cmd)), unsetVariable)
			}
			if err == nil {
				err = check(cmd, args)
			}
			if err == nil || errors.As(err, &usageError{}) {
				return err
			}
			return withHint(usageError{err}, "usage: %s", cmd.UseLine())
		}
	}
	if cmd.ValidArgsFunction == nil && cmd.Args != nil && !cmd.HasSubCommands() {
		cmd.ValidArgsFunction = filesAsLongAs(cmd.Args)
	}
	for _, c := range cmd.Commands() {
		usageErrors(c)
	}
}

// filesAsLongAs completes files as long as a command takes further arguments.
func filesAsLongAs(check cobra.PositionalArgs) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		for range 3 { // some commands need as many
			if args = append(slices.Clone(args), "x"); check(cmd, args) == nil {
				return nil, cobra.ShellCompDirectiveDefault
			}
		}
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
}

// unsorted keeps the flags in the order in which they are added: what comes in, what goes out, how.
func unsorted(cmd *cobra.Command) {
	cmd.Flags().SortFlags = false
	for _, c := range cmd.Commands() {
		unsorted(c)
	}
}

// run executes one call of kcfg and returns its exit status.
func run(e env) int {
	e.Stderr = plainWriter{e.Stderr}
	out := &rememberingWriter{Writer: e.Stdout}
	e.Stdout = out
	err := newRoot(&e).Execute()
	if out.err != nil && (err == nil || errors.Is(err, errFindings) || errors.Is(err, errUnread)) {
		err = out.err // nobody got what is said to be there
	}
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, errFindings):
		return exitFindings
	case errors.Is(err, errUnread):
		return exitFailure
	}
	complain(e.Stderr, err)
	if isUsage(err) {
		return exitUsage
	}
	return exitFailure
}

// rememberingWriter keeps the first error of a writer: much is printed without looking at each line's.
type rememberingWriter struct {
	io.Writer
	err error
}

// Write writes p.
func (w *rememberingWriter) Write(p []byte) (int, error) {
	n, err := w.Writer.Write(p)
	if w.err == nil {
		w.err = err
	}
	return n, err
}

// complain prints an error and what to do about it.
func complain(w io.Writer, err error) {
	fmt.Fprintf(w, "kcfg: %s\n", said(err))
	if hint := (hintError{}); errors.As(err, &hint) {
		printHint(w, hint.hint)
	}
}

func isUsage(err error) bool {
	if err == nil {
		return false
	}
	usage := usageError{}
	// cobra has no types for its own
	return errors.As(err, &usage) || strings.HasPrefix(err.Error(), "required flag(s)") || strings.HasPrefix(err.Error(), "unknown command ")
}
