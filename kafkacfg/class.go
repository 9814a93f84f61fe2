package kafkacfg

import (
	_ "embed"
	"slices"
	"strings"
	"sync"

	"github.com/kcfg/kcfg/internal/rule"
)

// The classes that a release has on its class path, taken from its jars by TestClassLists. A line of the lists without types
// is a name and, where not all have the class, the releases; they are sorted by name and searched as they are.
var (
	// pluginData names the classes that implement a type for which some key asks, one a line: name, types, releases, and
	// "tools" where only Connect, MirrorMaker and Streams have it. A "+" before the types says that an object of the class
	// can be made.
	//
	//go:embed classes/plugins.txt
	pluginData string
	// kafkaClasses names Kafka's other classes on a broker's or client's class path.
	//
	//go:embed classes/kafka.txt
	kafkaClasses string
	// toolsClasses names what Connect, MirrorMaker and Streams have beside both lists.
	//
	//go:embed classes/tools.txt
	toolsClasses string
	// foreignClasses names the classes of the jars that Kafka needs, and in every release those of the Java platform.
	//
	//go:embed classes/foreign.txt
	foreignClasses string
)

// trilean is an answer that may be out of reach.
type trilean uint8

const (
	unknown trilean = iota
	no
	yes
)

type plugin struct {
	types []string
	made  bool // an object of it can be made
	in    rule.Spans
	tools bool // only the tools have it
}

var plugins = sync.OnceValue(func() map[string][]plugin {
	all := map[string][]plugin{}
	for line := range strings.Lines(pluginData) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		types, made := strings.CutPrefix(f[1], "+")
		all[f[0]] = append(all[f[0]], plugin{strings.Fields(types), made, rule.Spans(f[2]), f[3] == "tools"})
	}
	return all
})

// releasesOf finds a class in a sorted list: the releases that have it, and whether any does.
func releasesOf(list, name string) (rule.Spans, bool) {
	for list != "" {
		start := strings.LastIndexByte(list[:len(list)/2], '\n') + 1
		line, rest, _ := strings.Cut(list[start:], "\n")
		class, spans, _ := strings.Cut(line, "\t")
		switch order := strings.Compare(name, class); {
		case order < 0:
			list = list[:start]
		case order > 0:
			list = rest
		default:
			return rule.Spans(spans), true
		}
	}
	return "", false
}

// plugin returns what is known of a class that implements a type for which some key asks.
func (c *Config) plugin(name string) (plugin, bool) {
	for _, p := range plugins()[name] {
		if p.in.Contain(string(c.Release)) && (!p.tools || c.runsTools()) {
			return p, true
		}
	}
	return plugin{}, false
}

// loadable reports whether the class loader finds a class. It finds no arrays.
func (c *Config) loadable(name string) trilean {
	c.askMore()
	if slices.Contains(c.opts.Classes, name) {
		return yes
	}
	if name == "" || strings.ContainsAny(name, "[/, \t") {
		return no
	}
	if _, ok := c.plugin(name); ok || c.listed(name) {
		return yes
	}
	if c.opts.ClassesExact || strings.HasPrefix(name, "java.lang.") {
		return no
	}
	return unknown
}

// classHelp finds the class of Kafka's that a name without its package, or with a wrong one, was meant for.
func classHelp(name, otherwise string) string {
	short := name[strings.LastIndexAny(name, ".$")+1:]
	best := ""
	for known := range plugins() {
		if short != "" && strings.EqualFold(known[strings.LastIndexAny(known, ".$")+1:], short) && known != name && (best == "" || known < best) {
			best = known
		}
	}
	if best == "" {
		return otherwise
	}
	return "did you mean " + best
}

// runsTools reports whether the process has Kafka's tools beside the broker's classes.
func (c *Config) runsTools() bool {
	switch c.Kind {
	case ConnectDistributed, ConnectStandalone, MirrorMaker, Streams:
		return true
	}
	return false
}

// ownClass reports whether a class is Kafka's own.
func ownClass(name string) bool {
	return strings.HasPrefix(name, "org.apache.kafka.") || strings.HasPrefix(name, "kafka.")
}

// listed reports whether the release has a class in one of the lists.
func (c *Config) listed(name string) bool {
	list := kafkaClasses
	if !ownClass(name) {
		list = foreignClasses
	}
	return c.isIn(list, name) || c.runsTools() && c.isIn(toolsClasses, name)
}

func (c *Config) isIn(list, name string) bool {
	spans, ok := releasesOf(list, name)
	return ok && spans.Contain(string(c.Release))
}

// implements reports whether the class that key names has a type. Where that cannot be known, the verdict is open.
func (c *Config) implements(key, name, typ string) trilean {
	c.askMore()
	if slices.Contains(c.opts.Classes, name) {
		return yes
	}
	switch c.loadable(name) {
	case unknown:
		c.undecideClass(key, name)
		return unknown
	case no:
		return no
	}
	if p, ok := c.plugin(name); ok && slices.Contains(p.types, typ) {
		return yes
	}
	return no
}

// instance reports whether an object of a class can be made without arguments.
func (c *Config) instance(name string) trilean {
	if p, ok := c.plugin(name); ok && !p.made {
		return no
	}
	return c.loadable(name)
}

// Plugin reports whether Kafka can make an object of a type of a class that a key names, and whether the class is known: one
// of the process's own class path, not of Options.Classes. The types are those of the lists of classes, such as
// callback-handler.
func (c *Config) Plugin(class, typ string) (fits, known bool) {
	if slices.Contains(c.opts.Classes, class) {
		return false, false
	}
	if p, ok := c.plugin(class); ok {
		return p.made && slices.Contains(p.types, typ), true
	}
	return false, c.loadable(class) == yes
}
