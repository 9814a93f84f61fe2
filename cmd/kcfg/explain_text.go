package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/kcfg/kcfg/kafkacfg"
	"github.com/kcfg/kcfg/zkcfg"
)

// explainText describes a key for people. Kinds of which the same is to be said share a block; other is one more.
func explainText(name string, found []explained, other string) string {
	var b strings.Builder
	fmt.Fprintln(&b, name)
	oneNote := len(found) > 0 && !slices.ContainsFunc(found, func(x explained) bool { return x.note != found[0].note })
	if oneNote {
		writeNote(&b, "  ", found[0].note)
	}
	var blocks []string
	heads := map[string][]string{}
	for _, x := range found {
		block := x.block(!oneNote)
		if heads[block] == nil {
			blocks = append(blocks, block)
		}
		heads[block] = append(heads[block], string(x.kind))
	}
	for _, block := range blocks {
		fmt.Fprintln(&b)
		if kinds := strings.Join(heads[block], ", "); kinds != "" {
			fmt.Fprintf(&b, "  %s\n", kinds)
		}
		b.WriteString(block)
	}
	if other != "" {
		fmt.Fprintf(&b, "\n%s", other)
	}
	return b.String()
}

// lines collects "label  text" lines.
type lines struct{ strings.Builder }

func (l *lines) add(label, format string, args ...any) {
	fmt.Fprintf(l, "    %-12s %s\n", label, fmt.Sprintf(format, args...))
}

// addList adds a list that may be long, on as many lines as it needs.
func (l *lines) addList(label string, items []string) {
	for _, line := range wrap(strings.Join(items, ", "), 80) {
		l.add(label, "%s", line)
		label = ""
	}
}

func writeNote(w io.Writer, indent, note string) {
	if note != "" {
		for _, line := range wrap(note, 96) {
			fmt.Fprintf(w, "%s%s\n", indent, line)
		}
	}
}

func (x explained) block(withNote bool) string {
	l := &lines{}
	if withNote && x.note != "" {
		writeNote(l, "    ", x.note)
		l.WriteByte('\n')
	}
	if x.plugin {
		l.add("read by", "a plug-in: Kafka hands it on unread, so it has no type, default or release")
		return l.String()
	}
	x.addStanding(l)
	k := x.key
	if listener, ok := strings.CutPrefix(k.Prefix, "listener.name."); ok {
		listener, mechanism, _ := strings.Cut(strings.TrimSuffix(listener, "."), ".")
		if mechanism != "" {
			listener += " and the mechanism " + mechanism
		}
		l.add("key", "%s, for the listener %s alone", k.Name, listener)
	} else if k.Prefix != "" {
		l.add("key", "%s of the kind %s, behind the prefix %s", k.Name, k.Kind, k.Prefix)
	}
	l.add("type", "%s", k.Type)
	if k.Required {
		l.add("default", "none: the key is required")
	} else {
		l.add("default", "%s", k.DefaultText())
	}
	if v := k.Valid.String(); v != "" {
		l.add("allowed", "%s", v)
	}
	switch k.UpdateMode {
	case kafkacfg.ReadOnly:
		l.add("update mode", "read-only: a change needs a restart")
	case kafkacfg.PerBroker:
		l.add("update mode", "per-broker: can be changed while the broker runs")
	case kafkacfg.ClusterWide:
		l.add("update mode", "cluster-wide: can be changed for running brokers, one or all")
	}
	l.add("importance", "%s", strings.ToLower(k.Importance))
	x.addFlags(l)
	x.addLife(l)
	x.addRelated(l)
	if len(x.history.Changes) > 0 {
		l.add("changes", "%s", "")
		for _, c := range x.history.Changes {
			fmt.Fprintf(l, "      %-10s %s\n", c.Release, changeText(c))
		}
	}
	if ids := rulesOf(x.key.Name); len(ids) > 0 {
		l.addList("rules", ids)
	}
	return trimLines(l.String())
}

// addStanding says whether the release has the key.
func (x explained) addStanding(l *lines) {
	switch {
	case x.defined() && kafkacfg.KeysFrom(x.release, x.key.Kind) != x.release:
		l.add("Kafka", "%s; its keys of this kind are not known, what follows is of %s", x.release, kafkacfg.KeysFrom(x.release, x.key.Kind))
	case x.defined():
		l.add("Kafka", "%s", x.release)
	case x.in.Compare(x.release) > 0:
		l.add("Kafka", "%s does not have it: it came with %s; what follows is of %s", x.release, x.history.Since, x.in)
	case x.history.Until == "":
		l.add("Kafka", "%s does not have it, %s and later do; what follows is of %s", x.release, nextWith(x), x.in)
	default:
		l.add("Kafka", "%s does not have it: it was removed in %s; what follows is of %s", x.release, after(x.history.Until), x.in)
	}
	r, ok := kafkacfg.ReplacementFor(x.key.Kind, x.key.Name)
	switch {
	case !ok:
	case !x.defined() || x.key.Deprecated:
		l.add("instead", "%s", r)
	case x.history.Until != "":
		l.add("from "+string(after(x.history.Until)), "gone: %s", r)
	default:
		l.add("later", "deprecated: %s", r)
	}
}

// nextWith returns the first release after the one asked for that has the key again.
func nextWith(x explained) kafkacfg.Release {
	for _, r := range kafkacfg.Releases() {
		if r.Compare(x.release) > 0 && !slices.Contains(x.history.Gaps, r) {
			return r
		}
	}
	return ""
}

func after(r kafkacfg.Release) kafkacfg.Release {
	all := kafkacfg.Releases()
	if i := slices.Index(all, r); i+1 < len(all) {
		return all[i+1]
	}
	return ""
}

func (x explained) addFlags(l *lines) {
	if x.key.Deprecated {
		l.add("deprecated", "yes: a later release will remove it")
	}
	if x.key.Internal {
		l.add("internal", "yes: Kafka does not publish it")
	}
}

// addLife says since and until which release there is such a key.
func (x explained) addLife(l *lines) {
	h := x.history
	since := string(h.Since)
	if h.Since == kafkacfg.Releases()[0] || x.kind == kafkacfg.MirrorMaker && h.Since == "2.7.0" {
		since += " or earlier" // older catalogues there are none
	}
	if len(h.Gaps) > 0 {
		var gaps []string
		for _, r := range h.Gaps {
			gaps = append(gaps, string(r))
		}
		since += ", but not in " + strings.Join(gaps, ", ")
	}
	l.add("since", "%s", since)
	if h.Until != "" {
		l.add("until", "%s", h.Until)
	}
}

func (x explained) addRelated(l *lines) {
	if order := kafkacfg.Precedence(x.in, x.kind, x.name); len(order) > 0 {
		l.add("precedence", "%s: the first that is set counts", strings.Join(order, " > "))
	}
	switch x.key.Kind {
	case kafkacfg.Topic:
		if len(x.key.Synonyms) > 0 {
			l.add("broker key", "%s: the default of every topic", strings.Join(x.key.Synonyms, " > "))
		}
	case kafkacfg.Broker:
		if topic := kafkacfg.TopicKeyFor(x.in, x.key.Name); topic != "" {
			l.add("topic key", "%s: overrules it for one topic", topic)
		}
	}
}

// wrap breaks a text into lines of at most width bytes.
func wrap(text string, width int) []string {
	var out []string
	line := ""
	for word := range strings.FieldsSeq(text) {
		if line != "" && len(line)+1+len(word) > width {
			out, line = append(out, line), ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	return append(out, line)
}

func trimLines(s string) string {
	var b strings.Builder
	for line := range strings.Lines(s) {
		b.WriteString(strings.TrimRight(line, " \n"))
		b.WriteByte('\n')
	}
	return b.String()
}

// explainSchema names the JSON form of what explain says.
const explainSchema = "kcfg.explain/1"

type explainJSON struct {
	Name       string             `json:"name"`
	Kind       kafkacfg.Kind      `json:"kind"`
	Defined    bool               `json:"defined"` // in the release asked for
	In         kafkacfg.Release   `json:"in"`      // the release whose definition key is
	Key        kafkacfg.ConfigKey `json:"key"`
	Note       string             `json:"note"`
	Since      kafkacfg.Release   `json:"since"`
	Until      kafkacfg.Release   `json:"until"`
	Gaps       []kafkacfg.Release `json:"gaps"`
	Changes    []changeJSON       `json:"changes"`
	Precedence []string           `json:"precedence"`
	TopicKey   string             `json:"topic_key"`
	Instead    insteadJSON        `json:"instead"`
	Rules      []string           `json:"rules"`
}

func printExplained(e *env, release kafkacfg.Release, found []explained, zookeeper zkcfg.Release, others []zooKeeperKeyJSON) error {
	out := []explainJSON{}
	for _, x := range found {
		j := explainJSON{
			Name: x.name, Kind: x.kind, Defined: x.defined() && !x.plugin, In: x.in, Key: x.key, Note: x.note,
			Since: x.history.Since, Until: x.history.Until,
			Gaps: append([]kafkacfg.Release{}, x.history.Gaps...), Changes: changesJSON(x.history.Changes),
			Precedence: append([]string{}, kafkacfg.Precedence(x.in, x.kind, x.name)...),
			Instead:    instead(x.key.Kind, x.key.Name), Rules: append([]string{}, rulesOf(x.key.Name)...),
		}
		if x.plugin {
			j.Key.Name = x.name
		}
		if x.key.Kind == kafkacfg.Broker {
			j.TopicKey = kafkacfg.TopicKeyFor(x.in, x.key.Name)
		}
		out = append(out, j)
	}
	return printJSON(e, struct {
		Schema           string             `json:"schema"`
		Release          kafkacfg.Release   `json:"release"`
		Keys             []explainJSON      `json:"keys"`
		ZooKeeperRelease zkcfg.Release      `json:"zookeeper_release"`
		ZooKeeperKeys    []zooKeeperKeyJSON `json:"zookeeper_keys"`
	}{explainSchema, release, out, zookeeper, others})
}
