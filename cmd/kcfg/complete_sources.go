package main

import (
	"cmp"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// sourceBeginnings are how sources of passwords begin, for completion: all but pass:, which nobody should be led to.
var sourceBeginnings = []string{"env:", "file:", "fd:", "stdin", "prompt", "random:", "properties:"}

// completeSource offers sources of passwords, and the files behind them: a shell completes no path behind a colon.
func completeSource(_ *cobra.Command, _ []string, word string) ([]string, cobra.ShellCompDirective) {
	const noSpace = cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	kind, path, _ := strings.Cut(word, ":")
	var found []string
	switch kind {
	case "file", "random":
		found = pathsFrom(path)
	case "properties":
		name, _, keys := strings.Cut(path, "#")
		if !keys {
			found = pathsFrom(path)
			break
		}
		if file, err := readForCompletion(name); err == nil {
			for _, key := range setKeys(file) {
				if secretKey(key) {
					found = append(found, name+"#"+key)
				}
			}
		}
	}
	if word == kind { // no colon yet
		return beginningWith(word, slices.Clone(sourceBeginnings)), noSpace
	}
	for i := range found {
		found[i] = kind + ":" + found[i]
	}
	return offered(word, found, nil), noSpace
}

// pathsFrom lists the files and directories that begin with a path, these with a slash behind.
func pathsFrom(path string) []string {
	dir, begun := filepath.Split(path)
	entries, err := os.ReadDir(cmp.Or(dir, "."))
	if err != nil {
		return nil
	}
	var found []string
	for _, e := range entries {
		name := e.Name()
		if !strings.HasPrefix(name, begun) || name[0] == '.' && begun == "" {
			continue
		}
		if info, err := os.Stat(filepath.Join(dir, name)); err == nil && info.IsDir() {
			name += string(filepath.Separator)
		}
		found = append(found, dir+name)
	}
	return found
}
