package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/agext/levenshtein"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
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

// commands is the one list of what kcfg can do.
var commands = []func(*env) *cobra.Command{}

func newRoot(e *env) *cobra.Command {
	root := &cobra.Command{
		Use:           "kcfg",
		Short:         "Kafka and ZooKeeper configuration and key stores, without a JVM",
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.SetArgs(e.Args)
	root.SetIn(e.Stdin)
	root.SetOut(e.Stdout)
	root.SetErr(e.Stderr)
	root.SetFlagErrorFunc(flagError)
	for _, newCommand := range commands {
		root.AddCommand(newCommand(e))
	}
	return root
}

// run executes one call of kcfg and returns its exit status.
func run(e env) int {
	err := newRoot(&e).Execute()
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, errFindings):
		return exitFindings
	}
	fmt.Fprintf(e.Stderr, "kcfg: %v\n", err)
	if hint := (hintError{}); errors.As(err, &hint) {
		fmt.Fprintf(e.Stderr, "hint: %s\n", hint.hint)
	}
	if isUsage(err) {
		return exitUsage
	}
	return exitFailure
}

func isUsage(err error) bool {
	usage := usageError{}
	return errors.As(err, &usage) || strings.HasPrefix(err.Error(), "unknown command ") // cobra has no type for it
}

// flagError turns an error of the flag parser into a usage error, with the flag that was probably meant.
func flagError(cmd *cobra.Command, err error) error {
	unknown := &pflag.NotExistError{}
	if errors.As(err, &unknown) {
		if best := nearestFlag(cmd, unknown.GetSpecifiedName()); best != "" {
			return withHint(usageError{err}, "did you mean --%s? (%s --help lists the flags)", best, cmd.CommandPath())
		}
	}
	return withHint(usageError{err}, "%s --help lists the flags", cmd.CommandPath())
}

func nearestFlag(cmd *cobra.Command, name string) string {
	const farthest = 3 // edits: beyond that a suggestion is noise
	best, least := "", farthest+1
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if d := levenshtein.Distance(name, f.Name, nil); d < least && !f.Hidden {
			best, least = f.Name, d
		}
	})
	return best
}
