package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"
)

// walk calls f for every command of kcfg itself.
func walk(cmd *cobra.Command, f func(*cobra.Command)) {
	f(cmd)
	for _, c := range cmd.Commands() {
		walk(c, f)
	}
}

func TestEveryCommandExplainsItself(t *testing.T) {
	root := newRoot(&env{Stdin: strings.NewReader(""), Stdout: &bytes.Buffer{}, Stderr: &bytes.Buffer{}})
	walk(root, func(cmd *cobra.Command) {
		require.NotEmpty(t, cmd.Short, cmd.CommandPath())
		require.NotContains(t, cmd.Short, "\n", cmd.CommandPath())
		if !cmd.HasSubCommands() {
			require.NotEmpty(t, cmd.Example, "%s has no example", cmd.CommandPath())
			require.NotNil(t, cmd.Args, "%s does not check its arguments", cmd.CommandPath())
		}
		var out bytes.Buffer
		status := run(env{
			Args:  append(strings.Fields(cmd.CommandPath())[1:], "--help"),
			Stdin: strings.NewReader(""), Stdout: &out, Stderr: &bytes.Buffer{}, Now: func() time.Time { return testNow },
		})
		require.Equal(t, exitOK, status, cmd.CommandPath())
		require.Contains(t, out.String(), "Exit status:\n  0  ", cmd.CommandPath())
	})
}

func TestUnknownFlagsAndCommandsAreUsageErrors(t *testing.T) {
	root := newRoot(&env{Stdin: strings.NewReader(""), Stdout: &bytes.Buffer{}, Stderr: &bytes.Buffer{}})
	walk(root, func(cmd *cobra.Command) {
		path := strings.Fields(cmd.CommandPath())[1:]
		for _, wrong := range []string{"--no-such-flag", "-Z"} {
			require.Equal(t, exitUsage, status(append(path, wrong)...), "%s %s", cmd.CommandPath(), wrong)
		}
		if cmd.HasSubCommands() {
			require.Equal(t, exitUsage, status(append(path, "no-such-command")...), cmd.CommandPath())
		}
	})
}

func TestCommandsAreListedUnderTheirNames(t *testing.T) {
	for _, c := range commands() {
		require.Equal(t, c.name, c.make(&env{}).Name())
	}
}

// status runs kcfg and returns its exit status alone.
func status(args ...string) int {
	return run(env{Args: args, Stdin: strings.NewReader(""), Stdout: &bytes.Buffer{}, Stderr: &bytes.Buffer{}, Now: func() time.Time { return testNow }})
}

func TestFishTakesNoCompletionForAFlag(t *testing.T) {
	script, status := says("completion", "fish")
	require.Equal(t, exitOK, status)
	require.Contains(t, script, fishSplit+`-- \t`)
	require.Equal(t, strings.Count(script, fishSplit), strings.Count(script, fishSplit+"-- "))
}
