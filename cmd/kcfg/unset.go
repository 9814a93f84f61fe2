package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/kcfg/kcfg/internal/nearest"
	"github.com/kcfg/kcfg/properties"
)

type unsetFlags struct {
	editFlags
	comment bool
}

func newUnset(e *env) *cobra.Command {
	f := &unsetFlags{}
	cmd := &cobra.Command{
		Use:   "unset FILE KEY...",
		Short: "Remove entries of a properties file",
		Long: `Unset removes every entry of the keys, so that their defaults hold, and keeps everything else byte for byte. A key that
is not there is no error. Where the server refuses to start without one, or is hurt later, there is a warning.`,
		Example: `kcfg unset server.properties log.message.format.version
kcfg unset server.properties advertised.host.name --comment-out --diff`,
		Args:              fileFirst(2),
		ValidArgsFunction: completeSetKeys,
		RunE:              func(_ *cobra.Command, args []string) error { return f.run(e, args[0], args[1:]) },
	}
	f.add(cmd)
	cmd.Flags().BoolVar(&f.comment, "comment-out", false, "turn the entries into comments instead")
	return cmd
}

func (f *unsetFlags) run(e *env, path string, keys []string) error {
	judge, err := f.judge(e)
	if err != nil {
		return err
	}
	done, remove := "removed", (*properties.File).Delete
	if f.comment {
		done, remove = "commented out", (*properties.File).CommentOut
	}
	var lines []string
	c, err := editFile(e, &f.editFlags, path, false, func(c *change) error {
		for _, key := range keys {
			if remove(c.after, key) {
				c.keys = append(c.keys, key)
				lines = append(lines, fmt.Sprintf("%s: %s %s", c.before.Pos(key), key, done))
				continue
			}
			e.Warn("%s", absent(c.after, key))
		}
		return nil
	})
	if err != nil {
		return err
	}
	tell(e, judge, c, keys, false)
	if !c.changed() {
		lines = append(lines, c.path+": unchanged")
	}
	return printChange(e, &f.editFlags, c, lines)
}

// absent says that a file does not set a key, and what was probably meant.
func absent(f *properties.File, key string) string {
	var keys []string
	for e := range f.Effective() {
		keys = append(keys, e.Key)
	}
	text := fmt.Sprintf("%s does not set %s", f.Name(), key)
	if best := nearest.Name(key, keys); best != "" {
		text += fmt.Sprintf("; did you mean %s?", best)
	}
	return text
}
