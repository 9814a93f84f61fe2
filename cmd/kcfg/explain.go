package main

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kcfg/kcfg/internal/nearest"
	"github.com/kcfg/kcfg/kafkacfg"
	"github.com/kcfg/kcfg/kafkacfg/node"
	"github.com/kcfg/kcfg/tlsstore"
	"github.com/kcfg/kcfg/zkcfg"
)

// ruleSources are the packages that have rules with a page each.
var ruleSources = []struct {
	ids     func() []string
	explain func(id string) (string, bool)
}{
	{kafkacfg.RuleIDs, kafkacfg.Explain},
	{node.RuleIDs, node.Explain},
	{tlsstore.RuleIDs, tlsstore.Explain},
	{zkcfg.RuleIDs, zkcfg.Explain},
}

// pagedRules lists the rules that have a page.
func pagedRules() []string {
	var ids []string
	for _, s := range ruleSources {
		for _, id := range s.ids() {
			if _, ok := s.explain(id); ok {
				ids = append(ids, id)
			}
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// rulePage returns the page of a rule.
func rulePage(id string) (string, bool) {
	for _, s := range ruleSources {
		if page, ok := s.explain(id); ok {
			return page, true
		}
	}
	return "", false
}

// printedPage returns what is printed of a rule: its page, and where ZooKeeper's files have the same rule that page too, or alone.
func printedPage(id string, zooKeeperAlone bool) (string, bool) {
	page, ok := rulePage(id)
	other, both := zkcfg.Explain(id)
	switch {
	case !ok || !both || page == other:
		return page, ok
	case zooKeeperAlone:
		return other, true
	}
	_, body, _ := strings.Cut(other, "\n")
	return page + "\n# " + id + " in ZooKeeper's files\n" + body, true
}

type explainFlags struct {
	kafka     string
	zookeeper string
	kind      string
	output    string
	rules     bool
}

func newExplain(e *env) *cobra.Command {
	f := &explainFlags{}
	cmd := &cobra.Command{
		Use:   "explain KEY|RULE...|-",
		Short: "Say what a configuration key does, or why a rule speaks",
		Long: `Explain tells what a key decides and what goes wrong with it, its type, default and allowed values in a release, since and
until which release it exists, how its definition changed, which keys count before it, and which rules speak of it. For the
name of a rule, as it stands in brackets in a finding, it prints the rule's page. With - it reads a log line or a stack
trace of Kafka from standard input, and prints the pages of the rules that explain it. With --rules it lists the rules; a
PATTERN is a part of a name, or a name with * in it.`,
		Example: `kcfg explain log.retention.minutes
kcfg explain zookeeper.connect --kafka 3.9.1
kcfg explain listener.name.internal.ssl.keystore.location
kcfg explain compression.type --kind producer
kcfg explain initLimit --zookeeper 3.8
kcfg explain tls-expired
kcfg explain --rules listener
journalctl -u kafka -n 50 | kcfg explain -`,
		Args: func(cmd *cobra.Command, args []string) error {
			if f.rules {
				return nil
			}
			return positional(1, -1)(cmd, args)
		},
		ValidArgsFunction: completeExplain,
		RunE:              func(_ *cobra.Command, args []string) error { return f.run(e, args) },
	}
	releaseFlag(cmd, &f.kafka, "kafka", "Kafka `RELEASE`, such as 3.9.1, or 3.9 for its newest (default: the newest)")
	allowEmpty(cmd.Flags(), "kafka")
	zooKeeperFlag(cmd, &f.zookeeper, "ZooKeeper `RELEASE`, for a key of its own file (default: that of --kafka, else the newest)")
	kindFlag(cmd, &f.kind, "`KIND` of configuration (default: every kind that has the key): "+strings.Join(keyKinds(), ", "))
	cmd.Flags().BoolVar(&f.rules, "rules", false, "list the rules, each with what it is about")
	outputFlag(cmd, &f.output, outputText, outputJSON)
	return cmd
}

// completeExplain offers keys and rules.
func completeExplain(_ *cobra.Command, _ []string, word string) ([]string, cobra.ShellCompDirective) {
	return beginningWith(word, slices.Concat(keyNames(), zkcfg.KeyNames(), pagedRules())), cobra.ShellCompDirectiveNoFileComp
}

func (f *explainFlags) run(e *env, names []string) error {
	if f.rules {
		return f.listRules(e, names)
	}
	release, err := kafkaRelease(f.kafka)
	if err != nil {
		return err
	}
	zookeeper, err := zooKeeperRelease(f.zookeeper)
	if err != nil {
		return err
	}
	if carried, ok := zkcfg.BundledWith(string(release)); ok && f.kafka != "" && f.zookeeper == "" {
		zookeeper = carried
	}
	ofZooKeeper := f.kind == zooKeeperKind || f.zookeeper != ""
	var kind kafkacfg.Kind
	if f.kind != zooKeeperKind {
		if kind, err = kafkaKind(f.kind); err != nil {
			return err
		}
	}
	if slices.Equal(names, []string{stdinArgument}) {
		return f.explainLog(e)
	}
	var all []explained
	others := []zooKeeperKeyJSON{}
	for i, name := range names {
		if page, ok := printedPage(inBrackets(name), ofZooKeeper); ok {
			if f.output == outputJSON {
				return usagef("%s is a rule: its page is text", inBrackets(name))
			}
			if i > 0 {
				fmt.Fprintln(e.Stdout)
			}
			fmt.Fprint(e.Stdout, page)
			continue
		}
		name = strings.TrimSpace(name)
		var found []explained
		if !ofZooKeeper {
			found = explainKey(release, kind, name)
		}
		var other zooKeeperKey
		if kind == "" {
			other = findZooKeeperKey(zookeeper, name)
		}
		if len(found) == 0 && !slices.Contains(zkcfg.KeyNames(), name) { // server.log is a ZooKeeper server in form
			if info, err := os.Stat(name); err == nil && info.Mode().IsRegular() {
				return withHint(usagef("%s is a file", name), "kcfg explain - < %[1]s explains a log, kcfg validate %[1]s a configuration", name)
			}
		}
		if len(found) == 0 && len(other.known) == 0 {
			return f.unknown(name)
		}
		if f.output == outputJSON {
			all = append(all, found...)
			if len(other.known) > 0 {
				others = append(others, zooKeeperJSON(other.key))
			}
			continue
		}
		if i > 0 {
			fmt.Fprintln(e.Stdout)
		}
		fmt.Fprint(e.Stdout, explainText(name, found, other.text()))
	}
	if f.output == outputJSON {
		return printExplained(e, release, all, zookeeper, others)
	}
	return nil
}

// inBrackets is the rule in the head of a finding, such as error[kafka-removed-key]: what else there is stays as it is.
func inBrackets(name string) string {
	_, behind, _ := strings.Cut(name, "[")
	if id, _, ok := strings.Cut(behind, "]"); ok {
		return id
	}
	return name
}

func (f *explainFlags) unknown(name string) error {
	err := usagef("%s is neither a configuration key nor a rule", name)
	if strings.ContainsAny(name, " \t\n") {
		return withHint(err, "kcfg explain - takes a log line or a stack trace from standard input")
	}
	if f.kind != "" || f.zookeeper != "" {
		err = usagef("%s is no key of the kind %s, and no rule", name, cmp.Or(f.kind, zooKeeperKind))
		if kinds := kindsOfKey(name); len(kinds) > 0 {
			return withHint(err, "it is a key of the kind %s", strings.Join(kinds, ", "))
		}
	}
	known := slices.Concat(keyNames(), zkcfg.KeyNames(), pagedRules())
	var hints []string
	best := nearest.Name(name, known)
	if best != "" {
		hints = append(hints, "did you mean "+best+"?")
	}
	if found := containing(name, known); len(found) > 0 && !slices.Equal(found, []string{best}) {
		hints = append(hints, "these have it in their names: "+strings.Join(found, ", "))
	}
	if len(hints) > 0 {
		return withHint(err, "%s", strings.Join(hints, " "))
	}
	return withHint(err, "kcfg keys lists the keys")
}

// kindsOfKey returns the kinds of files in which a key stands.
func kindsOfKey(name string) []string {
	var kinds []string
	for _, x := range explainKey(kafkacfg.Newest(), "", name) {
		if !x.plugin {
			kinds = append(kinds, string(x.kind))
		}
	}
	if len(findZooKeeperKey(zkcfg.Newest(), name).known) > 0 {
		kinds = append(kinds, zooKeeperKind)
	}
	return kinds
}

// explained is what there is to say about a key of one kind.
type explained struct {
	name    string // as asked for
	kind    kafkacfg.Kind
	release kafkacfg.Release
	key     kafkacfg.ConfigKey // in release, or else in the last release that had it
	in      kafkacfg.Release   // the release of key
	plugin  bool               // no ConfigDef knows it; there is only a note
	note    string
	history kafkacfg.KeyHistory
}

// defined reports whether the release that was asked for has the key.
func (x explained) defined() bool { return x.in == x.release }

// explainKey looks for a key in the kinds that have it, or in one.
func explainKey(release kafkacfg.Release, kind kafkacfg.Kind, name string) []explained {
	kinds := kafkacfg.Kinds()
	if kind != "" {
		kinds = []kafkacfg.Kind{kind}
	}
	var found []explained
	for _, k := range kinds {
		if kind == "" && k == kafkacfg.MirrorMaker && !strings.Contains(name, "->") && !slices.Contains(kafkacfg.KeyNames(k), name) {
			continue // every first word may be the alias of a cluster there
		}
		if x, ok := explainIn(release, k, name); ok {
			found = append(found, x)
		}
	}
	if slices.ContainsFunc(found, explained.defined) { // not also kinds that had it at another time
		found = slices.DeleteFunc(found, func(x explained) bool { return !x.defined() })
	}
	if note := kafkacfg.PluginNote(name); len(found) == 0 && note != "" {
		found = append(found, explained{name: name, release: release, in: release, note: note, plugin: true})
	}
	return found
}

func explainIn(release kafkacfg.Release, k kafkacfg.Kind, name string) (explained, bool) {
	key, in, ok := kafkacfg.LookupNearest(release, k, name)
	if !ok {
		return explained{}, false
	}
	x := explained{name: name, kind: k, release: release, key: key, in: in, note: kafkacfg.Note(key.Kind, key.Name)}
	x.history, _ = kafkacfg.HistoryOf(key.Kind, key.Name)
	return x, true
}

// rulesOf returns the rules whose pages speak of a key.
func rulesOf(key string) []string {
	var ids []string
	for _, id := range pagedRules() {
		if page, ok := rulePage(id); ok && speaksOf(page, key) {
			ids = append(ids, id)
		}
	}
	return ids
}

// speaksOf reports whether a rule's page has the key in its text, or in the finding that it shows: examples alone hold
// many keys that only make them complete.
func speaksOf(page, key string) bool {
	section := ""
	for line := range strings.Lines(page) {
		if rest, ok := strings.CutPrefix(line, "## "); ok {
			section = strings.TrimSpace(rest)
		}
		switch {
		case section == "Bad" || section == "Good":
		case !strings.Contains(key, "."): // an English word, too: only where it is meant as a key
			if strings.Contains(line, "`"+key+"`") || strings.Contains(line, "`"+key+"=") || strings.Contains(line, "]: "+key+" ") {
				return true
			}
		case hasWord(line, key):
			return true
		}
	}
	return false
}

// hasWord finds a key that is not a part of another one.
func hasWord(line, key string) bool {
	for key != "" {
		i := strings.Index(line, key)
		if i < 0 {
			return false
		}
		before, after := line[:i], line[i+len(key):]
		if !endsInKey(before) && !startsInKey(after) {
			return true
		}
		line = after
	}
	return false
}

const keyLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"

func endsInKey(s string) bool {
	return s != "" && strings.Contains(keyLetters+".", s[len(s)-1:])
}

func startsInKey(s string) bool {
	if s != "" && s[0] == '.' {
		s = s[1:] // the full stop of a sentence, unless a letter follows
	}
	return s != "" && strings.Contains(keyLetters, s[:1])
}
