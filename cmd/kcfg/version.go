package main

import (
	"fmt"
	"runtime/debug"

	"github.com/spf13/cobra"
)

func newVersion(e *env) *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Print the version",
		Example: "kcfg version",
		Args:    positional(0, 0),
		RunE:    func(*cobra.Command, []string) error { return printVersion(e) },
	}
}

// versionNumber returns the module's version, or "devel" for a build from a clone.
func versionNumber() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		if v := info.Main.Version; v != "" && v != "(devel)" {
			return v
		}
	}
	return "devel"
}

func printVersion(e *env) error {
	version, revision, goVersion := versionNumber(), "", ""
	if info, ok := debug.ReadBuildInfo(); ok {
		goVersion = info.GoVersion
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" && len(s.Value) >= 12 {
				revision = s.Value[:12]
			}
		}
	}
	line := "kcfg " + version
	if revision != "" {
		line += " " + revision
	}
	_, err := fmt.Fprintf(e.Stdout, "%s (%s)\n", line, goVersion)
	return err
}
