package main

import (
	"bufio"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kcfg/kcfg/internal/plural"
	"github.com/kcfg/kcfg/zkcfg"
)

// zooKeeperKind is what --kind calls ZooKeeper's own file.
const zooKeeperKind = "zookeeper"

// zooKeeperFlag adds the flag that names one ZooKeeper release.
func zooKeeperFlag(cmd *cobra.Command, target *string, usage string) {
	cmd.Flags().StringVar(target, "zookeeper", "", usage)
	allowEmpty(cmd.Flags(), "zookeeper")
	completeBy(cmd, "zookeeper", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return texts(zkcfg.Releases()), cobra.ShellCompDirectiveNoFileComp
	})
}

// zooKeeperRelease reads a release of ZooKeeper; an empty text is the newest.
func zooKeeperRelease(text string) (zkcfg.Release, error) {
	if text == "" {
		return zkcfg.Newest(), nil
	}
	r, err := zkcfg.ParseRelease(text)
	if err == nil {
		return r, nil
	}
	return "", withHint(usageError{err}, "%sknown: %s", zooKeeper.meant(text), zooKeeper.list())
}

// sourceText says how a key gets to the server.
func sourceText(s zkcfg.Source) string {
	switch s {
	case zkcfg.FromFile:
		return "read from the file by the server"
	case zkcfg.FromProperty:
		return "handed on as the system property zookeeper.KEY"
	}
	return "does nothing in a file"
}

func zooKeeperDefault(k zkcfg.Key) string {
	text := "no default"
	if k.HasDefault {
		text = "default " + k.Default
		if k.Default == "" {
			text = `default ""`
		}
		if k.Unit != "" {
			text += " " + k.Unit
		}
	}
	return text
}

// zooKeeperSummary says in a line what a key is.
func zooKeeperSummary(k zkcfg.Key) string {
	if k.Source == zkcfg.FromNowhere {
		if k.Use != "" {
			return "does nothing: use " + k.Use
		}
		return "does nothing"
	}
	return fmt.Sprintf("%-14s  %-8s  %s", k.Type, k.Source, zooKeeperDefault(k))
}

// printZooKeeperKeys lists the keys of a release of ZooKeeper, or how they differ from those of another.
func (f *keysFlags) printZooKeeperKeys(e *env, patterns []string) error {
	release, err := zooKeeperRelease(f.zookeeper)
	if err != nil {
		return err
	}
	releases := []zkcfg.Release{release}
	if f.since != "" {
		since, err := zooKeeperRelease(f.since)
		if err != nil {
			return err
		}
		releases = append(releases, since)
	}
	l := keyList{patterns: patterns}
	if err := l.printZooKeeper(e, f.output, releases); err != nil {
		return err
	}
	l.warnOfUnmatchedZooKeeper(e, releases)
	return nil
}

// printZooKeeper lists the keys of the first release, or how they differ from those of the second.
func (l *keyList) printZooKeeper(e *env, output string, releases []zkcfg.Release) error {
	release := releases[0]
	var keys []zkcfg.Key
	for k := range zkcfg.Keys(release) {
		if l.fits(k.Name) {
			keys = append(keys, k)
		}
	}
	w := bufio.NewWriter(e.Stdout)
	switch since := releases[len(releases)-1]; {
	case len(releases) > 1 && output == outputJSON:
		return l.printZooKeeperSinceJSON(e, since, release, keys)
	case len(releases) > 1:
		l.printZooKeeperDiffs(w, since, release)
	case output == outputJSON:
		return printZooKeeperJSON(e, release, keys)
	default:
		fmt.Fprintf(w, "# ZooKeeper %s: %s\n", release, plural.Of(len(keys), "key"))
		width := 0
		for _, k := range keys {
			width = max(width, len(k.Name))
		}
		for _, k := range keys {
			fmt.Fprintf(w, "%-*s  %s\n", width, k.Name, zooKeeperSummary(k))
		}
	}
	return w.Flush()
}

func (l *keyList) printZooKeeperDiffs(w *bufio.Writer, since, release zkcfg.Release) {
	var added, removed, changed []string
	for k := range zkcfg.Keys(since) {
		now, ok := zkcfg.LookupKey(release, k.Name)
		switch {
		case !l.fits(k.Name):
		case !ok:
			removed = append(removed, "  - "+k.Name)
		case zooKeeperSummary(now) != zooKeeperSummary(k):
			changed = append(changed, fmt.Sprintf("  ~ %s\n      %s -> %s", k.Name, squeeze(zooKeeperSummary(k)), squeeze(zooKeeperSummary(now))))
		}
	}
	for k := range zkcfg.Keys(release) {
		if _, ok := zkcfg.LookupKey(since, k.Name); !ok && l.fits(k.Name) {
			added = append(added, "  + "+k.Name+"  "+squeeze(zooKeeperSummary(k)))
		}
	}
	fmt.Fprintf(w, "# ZooKeeper %s to %s: %d added, %d removed, %d changed\n", since, release, len(added), len(removed), len(changed))
	for _, part := range []struct {
		title string
		lines []string
	}{{"added", added}, {"removed", removed}, {"changed", changed}} {
		if len(part.lines) > 0 {
			fmt.Fprintf(w, "\n%s\n%s\n", part.title, strings.Join(part.lines, "\n"))
		}
	}
}

func squeeze(s string) string { return strings.Join(strings.Fields(s), " ") }

// zooKeeperKeyJSON has the fields of kcfg.keys/1, of which ZooKeeper knows fewer, and some of its own.
type zooKeeperKeyJSON struct {
	Name       string  `json:"name"`
	Type       string  `json:"type"`
	Default    *string `json:"default"`
	HasDefault bool    `json:"has_default"`
	Required   bool    `json:"required"`
	Valid      string  `json:"valid"`
	Importance string  `json:"importance"`
	UpdateMode string  `json:"update_mode"`
	Deprecated bool    `json:"deprecated"`
	Internal   bool    `json:"internal"`
	Unit       string  `json:"unit"`
	Source     string  `json:"source"`
	Instead    string  `json:"instead"`
	Note       string  `json:"note"`
}

func zooKeeperJSON(k zkcfg.Key) zooKeeperKeyJSON {
	j := zooKeeperKeyJSON{
		Name: k.Name, Type: k.Type, HasDefault: k.HasDefault, Unit: k.Unit, Source: string(k.Source), Instead: k.Use, Note: k.Note,
	}
	if k.HasDefault {
		j.Default = &k.Default
	}
	return j
}

// zooKeeperKeysJSON is kcfg.keys/1 of ZooKeeper's own file.
type zooKeeperKeysJSON struct {
	Schema  string             `json:"schema"`
	Release zkcfg.Release      `json:"release"`
	Kind    string             `json:"kind"`
	Keys    []zooKeeperKeyJSON `json:"keys"`
}

func zooKeeperKeys(release zkcfg.Release, keys []zkcfg.Key) zooKeeperKeysJSON {
	out := zooKeeperKeysJSON{keysSchema, release, zooKeeperKind, []zooKeeperKeyJSON{}}
	for _, k := range keys {
		out.Keys = append(out.Keys, zooKeeperJSON(k))
	}
	return out
}

func printZooKeeperJSON(e *env, release zkcfg.Release, keys []zkcfg.Key) error {
	return printJSON(e, zooKeeperKeys(release, keys))
}

// zooKeeperSinceJSON adds to the keys what is different from an older release, as keysSinceJSON does for Kafka.
type zooKeeperSinceJSON struct {
	zooKeeperKeysJSON
	Since   zkcfg.Release          `json:"since"`
	Added   []string               `json:"added"`
	Removed []zooKeeperKeyJSON     `json:"removed"`
	Changed []zooKeeperChangedJSON `json:"changed"`
}

type zooKeeperChangedJSON struct {
	Name string           `json:"name"`
	From zooKeeperKeyJSON `json:"from"`
	To   zooKeeperKeyJSON `json:"to"`
}

func (l *keyList) printZooKeeperSinceJSON(e *env, since, release zkcfg.Release, keys []zkcfg.Key) error {
	out := zooKeeperSinceJSON{zooKeeperKeys(release, keys), since, []string{}, []zooKeeperKeyJSON{}, []zooKeeperChangedJSON{}}
	for k := range zkcfg.Keys(since) {
		now, ok := zkcfg.LookupKey(release, k.Name)
		switch {
		case !l.fits(k.Name):
		case !ok:
			out.Removed = append(out.Removed, zooKeeperJSON(k))
		case zooKeeperSummary(now) != zooKeeperSummary(k):
			out.Changed = append(out.Changed, zooKeeperChangedJSON{k.Name, zooKeeperJSON(k), zooKeeperJSON(now)})
		}
	}
	for _, k := range keys {
		if _, ok := zkcfg.LookupKey(since, k.Name); !ok {
			out.Added = append(out.Added, k.Name)
		}
	}
	return printJSON(e, out)
}

// zooKeeperKey is a key of ZooKeeper's own file.
type zooKeeperKey struct {
	key     zkcfg.Key
	release zkcfg.Release   // the one that was asked for
	in      zkcfg.Release   // the one of key: the same, or else the last that has it
	known   []zkcfg.Release // those that have it; none: it is no key
}

func findZooKeeperKey(release zkcfg.Release, name string) zooKeeperKey {
	x := zooKeeperKey{release: release, in: release, known: zkcfg.ReleasesWith(name)}
	if len(x.known) == 0 {
		return x
	}
	if !slices.Contains(x.known, release) {
		x.in = x.known[len(x.known)-1]
	}
	x.key, _ = zkcfg.LookupKey(x.in, name)
	return x
}

// text describes the key for people, and is empty where it is none.
func (x zooKeeperKey) text() string {
	if len(x.known) == 0 {
		return ""
	}
	k, release, in, known := x.key, x.release, x.in, x.known
	l := &lines{}
	if k.Note != "" {
		writeNote(l, "    ", strings.ToUpper(k.Note[:1])+k.Note[1:]+".")
		l.WriteByte('\n')
	}
	if in == release {
		l.add("ZooKeeper", "%s", release)
	} else {
		l.add("ZooKeeper", "%s does not have it; what follows is of %s", release, in)
	}
	l.add("source", "%s", sourceText(k.Source))
	if k.Use != "" {
		l.add("instead", "%s", k.Use)
	}
	if k.Source != zkcfg.FromNowhere {
		l.add("type", "%s", k.Type)
		l.add("default", "%s", strings.TrimPrefix(zooKeeperDefault(k), "default "))
	}
	all := zkcfg.Releases()
	since := string(known[0])
	if known[0] == all[0] {
		since += " or earlier"
	}
	l.add("since", "%s", since)
	if last := known[len(known)-1]; last != all[len(all)-1] {
		l.add("until", "%s", last)
	}
	if ids := rulesOf(k.Name); len(ids) > 0 {
		l.addList("rules", ids)
	}
	return "  zookeeper\n" + trimLines(l.String())
}

// printZooKeeperReleases lists the releases of ZooKeeper below those of Kafka.
func printZooKeeperReleases(w *bufio.Writer) {
	fmt.Fprintf(w, "\n%-9s  %s\n", "ZOOKEEPER", "COMES WITH KAFKA")
	for _, r := range zkcfg.Releases() {
		fmt.Fprintln(w, strings.TrimRight(fmt.Sprintf("%-9s  %s", r, strings.Join(carriers(r), ", ")), " "))
	}
}

// carriers returns the releases of Kafka that carry a release of ZooKeeper.
func carriers(r zkcfg.Release) []string {
	found := []string{}
	for _, k := range carrier.releases() {
		if bundled, ok := zkcfg.BundledWith(k); ok && bundled == r {
			found = append(found, k)
		}
	}
	return found
}
