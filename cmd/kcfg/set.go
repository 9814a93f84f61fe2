package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kcfg/kcfg/cmd/kcfg/internal/secret"
	"github.com/kcfg/kcfg/properties"
)

type setFlags struct {
	editFlags
	secrets []string
	create  bool
}

func newSet(e *env) *cobra.Command {
	f := &setFlags{}
	cmd := &cobra.Command{
		Use:   "set FILE KEY=VALUE...",
		Short: "Change or add entries of a properties file",
		Long: `Set changes entries of a properties file and keeps everything else byte for byte: comments, order, alignment, line
ends. Of a key that comes twice the last entry is changed, since that is the one that counts. A new key goes beside its
relatives. Values are given plain; kcfg writes the escapes that Java needs. A key without effect, such as a misspelt one, and a
value that the server refuses or that hurts later are written too, with a warning: what kcfg validate says of them and did not
say before.

Passwords never belong on a command line: --secret KEY=SOURCE reads them from elsewhere.`,
		Example: `kcfg set server.properties num.partitions=3 --diff
kcfg set server.properties ssl.keystore.location=/etc/kafka/kafka1.p12 \
  --secret ssl.keystore.password=file:/etc/kafka/kafka1.password
kcfg set - default.replication.factor=3 < old.properties > new.properties`,
		Args:              fileFirst(1),
		ValidArgsFunction: completeAssignment(e),
		RunE:              func(_ *cobra.Command, args []string) error { return f.run(e, args[0], args[1:]) },
	}
	f.add(cmd)
	listFlag(cmd.Flags(), &f.secrets, "secret", "set a key to a secret: `KEY=SOURCE`, with a source as for kcfg keystore --password")
	completeBy(cmd, "secret", completeSecret(e))
	cmd.Flags().BoolVar(&f.create, "create", false, "make the file if it is not there")
	return cmd
}

// assignment is one key that is set.
type assignment struct {
	key, value string
	secret     bool
}

// shown is the assignment as it may be shown.
func (a assignment) shown(value string) string {
	if (a.secret || secretKey(a.key)) && value != "" && !providerReference(value) {
		return properties.Mask
	}
	return properties.Escape(value)
}

func (f *setFlags) run(e *env, path string, args []string) error {
	judge, err := f.judge(e)
	if err != nil {
		return err
	}
	assignments, err := f.assignments(e, path, args)
	if err != nil {
		return err
	}
	var lines []string
	c, err := editFile(e, &f.editFlags, path, f.create, func(c *change) error {
		for _, a := range assignments {
			old, was := c.after.Get(a.key)
			edit := c.after.SetEdit(a.key, a.value)
			rewritten := string(c.after.Bytes()[edit.Start:edit.End]) != edit.New
			c.after.Set(a.key, a.value)
			c.secret = c.secret || a.secret
			c.keys = append(c.keys, a.key)
			if a.secret {
				c.secrets = append(c.secrets, a.key)
			}
			line := fmt.Sprintf("%s=%s", properties.EscapeKey(a.key), a.shown(a.value))
			switch {
			case was && old == a.value && rewritten:
				line += " (the same, escaped as Java needs it)"
			case was && old == a.value:
				line += " (unchanged)"
			case was:
				line += fmt.Sprintf(" (was %s)", a.shown(old))
			default:
				line += " (new)"
			}
			lines = append(lines, line)
		}
		for i, a := range assignments { // what is added later moves what stands below it
			lines[i] = fmt.Sprintf("%s: %s", c.after.Pos(a.key), lines[i])
		}
		return nil
	})
	if err != nil {
		return err
	}
	hide := slices.ContainsFunc(c.secrets, func(key string) bool { return !secretKey(key) })
	tell(e, judge, c, c.keys, hide)
	return printChange(e, &f.editFlags, c, lines)
}

func (f *setFlags) assignments(e *env, path string, args []string) ([]assignment, error) {
	var out []assignment
	for _, arg := range args {
		key, value, ok := strings.Cut(arg, "=")
		if strings.TrimRight(key, " \t") != key { // KEY = VALUE, as in a file
			value = strings.TrimLeft(value, " \t")
		}
		key = strings.TrimSpace(key)
		switch {
		case !ok && secretKey(key):
			return nil, withHint(usagef("%s: a secret needs a source", key), "use --secret %s=prompt", key)
		case !ok || key == "":
			return nil, withHint(usagef("%q sets nothing", arg), "write KEY=VALUE in one argument, quoted where it holds blanks")
		case secretKey(key) && value != "" && !providerReference(value):
			// the value itself is not repeated
			return nil, withHint(usagef("%s is a secret: on a command line every user of this machine can read it", key),
				"use --secret %s=prompt, or another source: env:NAME, file:PATH, fd:N, stdin", key)
		}
		out = append(out, assignment{key: key, value: value})
	}
	reader := &secret.Reader{
		Getenv: e.Getenv, Stdin: e.Stdin, Prompt: e.ReadPassword, Rand: e.Rand, DryRun: f.readOnly(), Warn: e.Warn,
	}
	if path == stdinArgument {
		if err := reader.ClaimStdin(`the file "-"`); err != nil {
			return nil, err
		}
	}
	for _, arg := range f.secrets {
		key, source, ok := strings.Cut(arg, "=")
		if !ok || key == "" || source == "" {
			return nil, withHint(usagef("--secret sets nothing"), "write --secret KEY=SOURCE")
		}
		value, err := reader.Read(source, secret.Ask{Flag: "--secret " + key + "=", What: "value of " + key, Create: true})
		if errors.As(err, &secret.UsageError{}) {
			err = usageError{err}
		}
		if err != nil {
			return nil, err
		}
		out = append(out, assignment{key: key, value: string(value), secret: true})
	}
	if len(out) == 0 {
		return nil, withHint(usagef("set: an argument is missing"), "usage: kcfg set FILE KEY=VALUE...")
	}
	return out, nil
}
