package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kcfg/kcfg/cmd/kcfg/internal/secret"
	"github.com/kcfg/kcfg/cmd/kcfg/internal/settings"
	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/kafkacfg"
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
		Short: "change or add entries of a properties file",
		Long: `Set changes entries of a properties file and keeps everything else byte for byte: comments, order, alignment, line
ends. Of a key that comes twice the last entry is changed, since that is the one that counts. A new key goes beside its
relatives. Values are given plain; kcfg writes the escapes that Java needs. A key without effect, such as a misspelt one, is
written too, with a warning.

Passwords never belong on a command line: --secret KEY=SOURCE reads them from elsewhere.`,
		Example: `kcfg set server.properties num.partitions=3 --diff
kcfg set server.properties ssl.keystore.location=/etc/kafka/kafka1.p12 \
  --secret ssl.keystore.password=file:/etc/kafka/kafka1.password
kcfg set - default.replication.factor=3 < old.properties > new.properties`,
		Args: fileFirst(1),
		RunE: func(_ *cobra.Command, args []string) error { return f.run(e, args[0], args[1:]) },
	}
	f.add(cmd)
	listFlag(cmd.Flags(), &f.secrets, "secret", "set a key to a secret: `KEY=SOURCE`, with a source as for kcfg keystore --password")
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
	assignments, err := f.assignments(e, path, args)
	if err != nil {
		return err
	}
	var lines []string
	c, err := editFile(e, &f.editFlags, path, f.create, func(c *change) error {
		for _, a := range assignments {
			old, was := c.after.Get(a.key)
			c.after.Set(a.key, a.value)
			c.secret = c.secret || a.secret
			line := fmt.Sprintf("%s: %s=%s", c.after.Pos(a.key), properties.EscapeKey(a.key), a.shown(a.value))
			switch {
			case was && old == a.value:
				line += " (unchanged)"
			case was:
				line += fmt.Sprintf(" (was %s)", a.shown(old))
			default:
				line += " (new)"
			}
			lines = append(lines, line)
		}
		return nil
	})
	if err != nil {
		return err
	}
	warnOfKeys(e, c, assignments)
	return printChange(e, &f.editFlags, c, lines)
}

// warnOfKeys says which of the keys that were set have no effect: misspelt ones first of all.
func warnOfKeys(e *env, c *change, assignments []assignment) {
	v := &validation{through: finding.Load, given: map[*product][]string{}, now: e.Now()}
	v.places.known = settings.Known{Kinds: kindNames(), Rules: ruleIDs(), Releases: checkReleases}
	j := &judged{path: c.path, file: c.after}
	if v.choose(j); j.err != nil {
		return // what is wrong around the file is told by kcfg validate
	}
	v.rejudge(j)
	foreign := j.guessed && !hasKafkaKey(j)
	for _, a := range assignments {
		for _, f := range j.reports[len(j.reports)-1].Findings {
			if f.Key != a.key || !ineffective(f.ID) || foreign && f.Fix == nil {
				continue
			}
			help := ""
			if f.Help != "" {
				help = "; " + f.Help
			}
			e.Warn("%s%s", finding.Printable(f.Message), finding.Printable(help))
			break
		}
	}
}

// hasKafkaKey reports whether anything in a file tells that it is one of Kafka's. Of another program's file, and of a new one, a
// key that looks like none of Kafka's is nobody's business.
func hasKafkaKey(j *judged) bool {
	if productOf(j.kind) == zooKeeper {
		return true
	}
	for entry := range j.file.Effective() {
		if _, ok := kafkacfg.LookupKey(kafkacfg.Release(j.chosen[len(j.chosen)-1]), kafkacfg.Kind(j.kind), entry.Key); ok {
			return true
		}
	}
	return false
}

// ineffective reports whether a rule speaks of keys that do nothing where they stand.
func ineffective(id string) bool {
	for _, part := range []string{"-unknown-key", "-removed-key", "-future-key", "-key-on-", "kafka-zookeeper-server-key"} {
		if strings.Contains(id, part) {
			return true
		}
	}
	return false
}

func (f *setFlags) assignments(e *env, path string, args []string) ([]assignment, error) {
	var out []assignment
	for _, arg := range args {
		key, value, ok := strings.Cut(arg, "=")
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
