package main

import (
	"bufio"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kcfg/kcfg/internal/plural"
	"github.com/kcfg/kcfg/kafkacfg"
	"github.com/kcfg/kcfg/zkcfg"
)

type keysFlags struct {
	kafka     string
	zookeeper string
	since     string
	kind      string
	output    string
}

func newKeys(e *env) *cobra.Command {
	f := &keysFlags{}
	cmd := &cobra.Command{
		Use:   "keys [PATTERN...]",
		Short: "List the configuration keys of a Kafka release, or what changed between two",
		Long: `Keys lists every key that a release defines: type, update mode, default, and which values it takes. A PATTERN is a part of a
name, or a name with * in it. With --since it shows what was added, removed and defined otherwise between two releases.
kcfg explain KEY says more about one key.`,
		Example: `kcfg keys
kcfg keys --kafka 3.9.1 --kind producer
kcfg keys 'log.retention*' --kafka 2.8
kcfg keys --kafka 4.4.0 --since 3.9.2
kcfg get server.properties | cut -d= -f1 | xargs kcfg keys --kafka 4.4 --since 3.9    # those of a file
kcfg keys | grep -v read-only    # what can be changed while a broker runs
kcfg keys --kafka 3.9.1 -o json
kcfg keys --zookeeper 3.8`,
		Args:              positional(0, -1),
		ValidArgsFunction: f.complete,
		RunE:              func(_ *cobra.Command, args []string) error { return f.run(e, args) },
	}
	releaseFlag(cmd, &f.kafka, "kafka", "Kafka `RELEASE`, such as 3.9.1, or 3.9 for its newest (default: the newest)")
	allowEmpty(cmd.Flags(), "kafka")
	zooKeeperFlag(cmd, &f.zookeeper, "keys of ZooKeeper `RELEASE`'s own file instead")
	releaseFlag(cmd, &f.since, "since", "show how the keys differ from those of an older `RELEASE`")
	kindFlag(cmd, &f.kind, "`KIND` of configuration: "+strings.Join(keyKinds(), ", ")+` (default "broker")`)
	outputFlag(cmd, &f.output, outputText, outputJSON)
	return cmd
}

// complete offers the keys of the kind that the line names so far.
func (f *keysFlags) complete(_ *cobra.Command, _ []string, word string) ([]string, cobra.ShellCompDirective) {
	if f.zookeeper != "" || f.kind == zooKeeperKind {
		return beginningWith(word, zkcfg.KeyNames()), cobra.ShellCompDirectiveNoFileComp
	}
	kind, err := kafkaKind(f.kind)
	if err != nil || kind == "" {
		kind = kafkacfg.Broker
	}
	return beginningWith(word, kafkacfg.KeyNames(kind)), cobra.ShellCompDirectiveNoFileComp
}

func (f *keysFlags) run(e *env, patterns []string) error {
	for _, p := range patterns {
		if _, err := path.Match(p, ""); err != nil {
			return usagef("%q is no pattern: %w", p, err)
		}
	}
	switch {
	case f.kafka != "" && f.zookeeper != "":
		return usagef("--kafka and --zookeeper cannot stand together: they list different keys")
	case f.kind == zooKeeperKind && f.kafka != "":
		return usagef("--kind zookeeper has releases of its own: use --zookeeper")
	case f.zookeeper != "" && f.kind != "" && f.kind != zooKeeperKind:
		return usagef("--zookeeper has no kind %s", f.kind)
	case f.zookeeper != "" || f.kind == zooKeeperKind:
		return f.printZooKeeperKeys(e, patterns)
	}
	release, err := kafkaRelease(f.kafka)
	if err != nil {
		return err
	}
	kind, err := kafkaKind(f.kind)
	if err != nil {
		return err
	}
	if kind == "" {
		kind = kafkacfg.Broker
	}
	l := keyList{kind: kind, release: release, patterns: patterns}
	if f.since != "" {
		if l.since, err = kafkaRelease(f.since); err != nil {
			return err
		}
	}
	warnOfStandIn(e, l.release, kind)
	if l.since != "" {
		warnOfStandIn(e, l.since, kind)
	}
	if f.output == outputJSON {
		err = l.printJSON(e)
	} else {
		err = l.print(e)
	}
	l.warnOfUnmatched(e)
	return err
}

// warnOfStandIn says where another release's keys are shown.
func warnOfStandIn(e *env, r kafkacfg.Release, k kafkacfg.Kind) {
	if from := kafkacfg.KeysFrom(r, k); from != r && from != "" {
		e.Warn("the keys of %s in Kafka %s are not known: those of %s stand in", k, r, from)
	}
}

// keyList is what one call of keys shows.
type keyList struct {
	kind     kafkacfg.Kind
	release  kafkacfg.Release
	since    kafkacfg.Release // empty: a plain list
	patterns []string
}

func (l *keyList) fits(name string) bool {
	return fitsOneOf(l.patterns, name)
}

// fitsOneOf reports whether a name fits one of the patterns; without patterns, any does.
func fitsOneOf(patterns []string, name string) bool {
	fits := func(pattern string) bool { return fitsPattern(pattern, name) }
	return len(patterns) == 0 || slices.ContainsFunc(patterns, fits)
}

func fitsPattern(pattern, name string) bool {
	ok, _ := path.Match(pattern, name)
	return ok || strings.Contains(name, pattern)
}

func (l *keyList) keys() []kafkacfg.ConfigKey {
	keys := []kafkacfg.ConfigKey{}
	for k := range kafkacfg.Keys(l.release, l.kind) {
		if l.fits(k.Name) {
			keys = append(keys, k)
		}
	}
	return keys
}

func (l *keyList) diffs() (added, removed, changed []kafkacfg.KeyDiff) {
	for _, d := range kafkacfg.DiffKeys(l.kind, l.since, l.release) {
		switch {
		case !l.fits(d.Name):
		case d.Old == nil:
			added = append(added, d)
		case d.New == nil:
			removed = append(removed, d)
		default:
			changed = append(changed, d)
		}
	}
	return added, removed, changed
}

func (l *keyList) print(e *env) error {
	w := bufio.NewWriter(e.Stdout)
	if l.since != "" {
		l.printDiffs(w)
		return w.Flush()
	}
	keys := l.keys()
	fmt.Fprintf(w, "# Kafka %s, %s: %s\n", l.release, l.kind, plural.Of(len(keys), "key"))
	width := 0
	for _, k := range keys {
		width = max(width, len(k.Name))
	}
	for _, k := range keys {
		fmt.Fprintf(w, "%-*s  %s\n", width, k.Name, summary(k))
	}
	return w.Flush()
}

// summary says in a line what a key is.
func summary(k kafkacfg.ConfigKey) string {
	s := fmt.Sprintf("%-8s  ", k.Type)
	if k.UpdateMode != "" {
		s += fmt.Sprintf("%-12s  ", k.UpdateMode)
	}
	if k.HasDefault {
		s += "default "
	}
	s += shorten(k.DefaultText())
	if v := k.Valid.String(); v != "" {
		s += "; " + v
	}
	if k.Deprecated {
		s += "; deprecated"
	}
	if k.Internal {
		s += "; internal"
	}
	return s
}

// shorten keeps a default that is a list of classes or a paragraph on its line.
func shorten(s string) string {
	const most = 72
	if len(s) > most {
		return s[:most-3] + "..."
	}
	return s
}

func (l *keyList) printDiffs(w *bufio.Writer) {
	added, removed, changed := l.diffs()
	fmt.Fprintf(w, "# Kafka %s to %s, %s: %d added, %d removed, %d changed\n", l.since, l.release, l.kind, len(added), len(removed), len(changed))
	if len(added) > 0 {
		fmt.Fprint(w, "\nadded\n")
	}
	width := 0
	for _, d := range added {
		width = max(width, len(d.Name))
	}
	for _, d := range added {
		fmt.Fprintf(w, "  + %-*s  %s\n", width, d.Name, summary(*d.New))
	}
	if len(removed) > 0 {
		fmt.Fprint(w, "\nremoved\n")
	}
	for _, d := range removed {
		fmt.Fprintf(w, "  - %s\n", d.Name)
		if r, ok := kafkacfg.ReplacementFor(l.kind, d.Name); ok {
			fmt.Fprintf(w, "      instead: %s\n", r)
		}
	}
	if len(changed) > 0 {
		fmt.Fprint(w, "\nchanged\n")
	}
	for _, d := range changed {
		fmt.Fprintf(w, "  ~ %s\n", d.Name)
		for _, c := range d.Changes {
			fmt.Fprintf(w, "      %s\n", changeText(c))
		}
	}
}

// changeText says how a field of a definition changed.
func changeText(c kafkacfg.KeyChange) string {
	field := strings.ReplaceAll(c.Field, "_", " ")
	if c.Field == "valid" {
		field = "allowed"
		return fmt.Sprintf("%s: %s -> %s", field, anything(c.From), anything(c.To))
	}
	switch c.To {
	case "true":
		return "now " + field
	case "false":
		return "no longer " + field
	}
	return fmt.Sprintf("%s: %s -> %s", field, shorten(c.From), shorten(c.To))
}

func anything(valid string) string {
	if valid == "" {
		return "anything"
	}
	return valid
}

// keysSchema names the JSON form of a list of keys.
const keysSchema = "kcfg.keys/1"

type keysJSON struct {
	Schema  string               `json:"schema"`
	Release kafkacfg.Release     `json:"release"`
	Kind    kafkacfg.Kind        `json:"kind"`
	Keys    []kafkacfg.ConfigKey `json:"keys"`
}

// keysSinceJSON adds what --since asks for.
type keysSinceJSON struct {
	keysJSON
	Since   kafkacfg.Release `json:"since"`
	Added   []string         `json:"added"` // names, of which keys has the definitions
	Removed []removedJSON    `json:"removed"`
	Changed []changedJSON    `json:"changed"`
}

type removedJSON struct {
	Key     kafkacfg.ConfigKey `json:"key"` // as the older release defined it
	Instead insteadJSON        `json:"instead"`
}

// insteadJSON is what takes the place of a key.
type insteadJSON struct {
	Keys []string `json:"keys"`
	Hint string   `json:"hint"`
	Ref  string   `json:"ref"`
}

func instead(k kafkacfg.Kind, name string) insteadJSON {
	r, _ := kafkacfg.ReplacementFor(k, name)
	return insteadJSON{append([]string{}, r.By...), r.Hint, r.Ref}
}

type changedJSON struct {
	Name    string       `json:"name"`
	Changes []changeJSON `json:"changes"`
}

type changeJSON struct {
	Release kafkacfg.Release `json:"release"`
	Field   string           `json:"field"`
	From    string           `json:"from"`
	To      string           `json:"to"`
}

func changesJSON(changes []kafkacfg.KeyChange) []changeJSON {
	all := []changeJSON{}
	for _, c := range changes {
		all = append(all, changeJSON(c))
	}
	return all
}

func (l *keyList) printJSON(e *env) error {
	out := keysJSON{keysSchema, l.release, l.kind, l.keys()}
	if l.since == "" {
		return printJSON(e, out)
	}
	added, removed, changed := l.diffs()
	since := keysSinceJSON{keysJSON: out, Since: l.since, Added: []string{}, Removed: []removedJSON{}, Changed: []changedJSON{}}
	for _, d := range added {
		since.Added = append(since.Added, d.Name)
	}
	for _, d := range removed {
		since.Removed = append(since.Removed, removedJSON{*d.Old, instead(l.kind, d.Name)})
	}
	for _, d := range changed {
		since.Changed = append(since.Changed, changedJSON{d.Name, changesJSON(d.Changes)})
	}
	return printJSON(e, since)
}
