package kafkacfg

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"io"
	"slices"
	"strings"
	"sync"

	"github.com/kcfg/kcfg/internal/rule"
)

// The classes that a release has on its class path, taken from its jars by TestClassLists.
var (
	// pluginData names the classes that implement a type for which some key asks, one a line: name, types, releases. A
	// "+" before the types says that an object of the class can be made.
	//
	//go:embed classes/plugins.txt
	pluginData string
	// otherData names all other classes: releases, then the names. The releases "java" mark those of the JVM.
	//
	//go:embed classes/others.txt.gz
	otherData []byte
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
}

var plugins = sync.OnceValue(func() map[string][]plugin {
	all := map[string][]plugin{}
	for line := range strings.Lines(pluginData) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		types, made := strings.CutPrefix(f[1], "+")
		all[f[0]] = append(all[f[0]], plugin{strings.Fields(types), made, rule.Spans(f[2])})
	}
	return all
})

// otherClasses are the classes that implement none of those types, with the releases that have them.
var otherClasses = sync.OnceValue(func() map[string]rule.Spans {
	z, err := gzip.NewReader(bytes.NewReader(otherData))
	if err != nil {
		panic("the embedded list of classes: " + err.Error())
	}
	b, err := io.ReadAll(z)
	if err != nil {
		panic("the embedded list of classes: " + err.Error())
	}
	all := make(map[string]rule.Spans, bytes.Count(b, []byte(" ")))
	for line := range strings.Lines(string(b)) {
		spans, names, _ := strings.Cut(line, "\t")
		if spans == "java" { // the JDK's own
			spans = ""
		}
		for name := range strings.FieldsSeq(names) {
			all[name] = rule.Spans(spans)
		}
	}
	return all
})

// plugin returns what is known of a class that implements a type for which some key asks.
func (c *Config) plugin(name string) (plugin, bool) {
	for _, p := range plugins()[name] {
		if p.in.Contain(string(c.Release)) {
			return p, true
		}
	}
	return plugin{}, false
}

// loadable reports whether the class loader finds a class. It finds no arrays.
func (c *Config) loadable(name string) trilean {
	if slices.Contains(c.opts.Classes, name) {
		return yes
	}
	if name == "" || strings.ContainsAny(name, "[/, \t") {
		return no
	}
	if _, ok := c.plugin(name); ok || c.isOther(name) {
		return yes
	}
	if c.opts.ClassesExact && !c.foreign() || strings.HasPrefix(name, "java.lang.") {
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

// foreign reports whether the process has jars of Kafka beside the broker's, which the lists do not cover.
func (c *Config) foreign() bool {
	switch c.Kind {
	case ConnectDistributed, ConnectStandalone, MirrorMaker, Streams:
		return true
	}
	return false
}

func (c *Config) isOther(name string) bool {
	spans, ok := otherClasses()[name]
	return ok && spans.Contain(string(c.Release))
}

// implements reports whether the class that key names has a type. Where that cannot be known, the verdict is open.
func (c *Config) implements(key, name, typ string) trilean {
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
