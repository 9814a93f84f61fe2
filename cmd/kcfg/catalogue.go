package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kcfg/kcfg/internal/plural"
	"github.com/kcfg/kcfg/kafkacfg"
)

// releaseFlag adds a flag that names one Kafka release.
func releaseFlag(cmd *cobra.Command, target *string, name, usage string) {
	cmd.Flags().StringVar(target, name, "", usage)
	completeBy(cmd, name, func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return kafka.releases(), cobra.ShellCompDirectiveNoFileComp // not before a shell asks: it opens the catalogue
	})
}

// kindFlag adds a flag that names a kind of Kafka's files.
func kindFlag(cmd *cobra.Command, target *string, usage string) {
	cmd.Flags().StringVar(target, "kind", "", usage)
	complete(cmd, "kind", keyKinds()...)
}

// keyKinds are the kinds that have keys to list: Kafka's, and ZooKeeper's own file.
func keyKinds() []string { return append(texts(kafkacfg.Kinds()), zooKeeperKind) }

// kafkaRelease reads the value of a flag that names one release; an empty one is the newest.
func kafkaRelease(text string) (kafkacfg.Release, error) {
	if text == "" {
		return kafkacfg.Newest(), nil
	}
	releases, err := kafka.parse(text)
	if err != nil {
		return "", err
	}
	if len(releases) != 1 {
		return "", usagef("%s names %s; one is needed here", text, plural.Of(len(releases), "release"))
	}
	return kafkacfg.Release(releases[0]), nil
}

// kafkaKind reads the value of a kind flag; an empty one is the empty kind.
func kafkaKind(text string) (kafkacfg.Kind, error) {
	if text == "" {
		return "", nil
	}
	k, err := kafkacfg.ParseKind(text)
	if err != nil {
		return "", unknown("kind", text, keyKinds())
	}
	return k, nil
}

// keyNames returns every key of every kind and release, sorted.
func keyNames() []string {
	var names []string
	for _, k := range kafkacfg.Kinds() {
		names = append(names, kafkacfg.KeyNames(k)...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func beginningWith(word string, names []string) []string {
	return slices.DeleteFunc(names, func(name string) bool { return !strings.HasPrefix(name, word) })
}

// containing returns the names with a text in them, at most a few.
func containing(text string, names []string) []string {
	const most = 8 // more do not help to choose
	var found []string
	for _, name := range names {
		if strings.Contains(name, strings.ToLower(text)) {
			if len(found) == most {
				return append(found, "...")
			}
			found = append(found, name)
		}
	}
	return found
}
