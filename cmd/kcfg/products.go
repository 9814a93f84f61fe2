package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/kafkacfg"
	"github.com/kcfg/kcfg/kafkacfg/node"
	"github.com/kcfg/kcfg/properties"
	"github.com/kcfg/kcfg/zkcfg"
)

var kafka = &product{
	name: "Kafka", flag: "kafka", lib: "libs", jar: pattern(`^kafka_2\.\d+-(\d+\.\d+\.\d+)\.jar$`),
	releases: sync.OnceValue(func() []string { return texts(kafkacfg.Releases()) }),
}

var zooKeeper = &product{
	name: "ZooKeeper", flag: "zookeeper", lib: "libs lib", jar: pattern(`^zookeeper-(\d+\.\d+\.\d+)\.jar$`),
	releases: sync.OnceValue(func() []string { return texts(zkcfg.Releases()) }),
}

// carrier is Kafka as what brings ZooKeeper along: that is also known of releases whose own keys are not.
var carrier = &product{
	name: kafka.name, flag: kafka.flag,
	releases: sync.OnceValue(func() []string { return append([]string{"2.3.0", "2.3.1", "2.4.0", "2.4.1"}, kafka.releases()...) }),
}

var products = []*product{kafka, zooKeeper}

// pattern compiles an expression when it is first used: most calls of kcfg end before.
func pattern(expr string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })
}

func texts[S ~string](in []S) []string {
	out := make([]string, len(in))
	for i := range in {
		out[i] = string(in[i])
	}
	return out
}

// kindNames are what --kind and .kcfg.yaml may say.
func kindNames() []string {
	return append(texts(kafkacfg.Kinds()), string(zkcfg.Static), string(zkcfg.Dynamic))
}

// productOf says whose file one of the kind is.
func productOf(kind string) *product {
	if kind == string(zkcfg.Static) || kind == string(zkcfg.Dynamic) {
		return zooKeeper
	}
	return kafka
}

// releasesOf lists every release that judges files of a kind.
func releasesOf(kind string) []string { return productOf(kind).releases() }

// guessKind says what a file configures; empty: something else than Kafka or ZooKeeper.
func guessKind(f *properties.File) string {
	if zkcfg.Likely(f) {
		return string(zkcfg.Guess(f))
	}
	return string(kafkacfg.GuessKind(f))
}

// bundled returns the ZooKeepers that releases of Kafka carry.
func bundled(kafkas []string) ([]string, error) {
	var out []string
	for _, k := range kafkas {
		if z, ok := zkcfg.BundledWith(k); ok && !slices.Contains(out, string(z)) {
			out = append(out, string(z))
		}
	}
	if len(out) == 0 {
		return nil, withHint(usagef("Kafka %s has no ZooKeeper: the last with one is 3.9", finding.Spans(kafkas, kafka.releases())), "--zookeeper RELEASE names one")
	}
	return out, nil
}

// assume chooses a release where none was given: that of the installation around the file, else the newest that fits.
func assume(f *properties.File, kind string, s surroundings) assumption {
	p := productOf(kind)
	if installed := s.releases[p]; installed[0] != "" {
		return assumption{p, installed[0], "because of " + filepath.Clean(relativePath(installed[1]))}
	}
	all := p.releases()
	newest := all[len(all)-1]
	a := assumption{p, newest, "the newest"}
	if p == zooKeeper {
		return a
	}
	if r := string(kafkacfg.DefaultRelease(f, kafkacfg.Kind(kind))); r != newest {
		a.release, a.why = r, "the newest that still has ZooKeeper"
	}
	return a
}

// ruleIDs lists every rule that validate may speak of.
var ruleIDs = sync.OnceValue(func() []string {
	ids := slices.Concat([]string{properties.UnusedSuppression}, kafkacfg.RuleIDs(), node.RuleIDs(), zkcfg.RuleIDs())
	slices.Sort(ids)
	return slices.Compact(ids)
})

// judge says what one release says about a file.
func (v *validation) judge(j *judged, release string) (finding.Report, error) {
	f, s, kind := j.file, j.around, kafkacfg.Kind(j.kind)
	if productOf(j.kind) == zooKeeper {
		return v.judgeZooKeeper(f, j.kind, release, s)
	}
	if j.guessed {
		kind = "" // a guessed kind is judged with more patience
	}
	levels := map[string]kafkacfg.Level{}
	for id, level := range s.settings.Rules {
		levels[id] = kafkacfg.Level(level)
	}
	for _, id := range v.disable {
		levels[id] = kafkacfg.Off
	}
	o := node.Options{
		Options: kafkacfg.Options{
			Release: kafkacfg.Release(release), Kind: kind, Through: v.through, Root: v.root, Env: v.env,
			Classes: v.classes, ClassesExact: v.classesExact, Plugins: s.settings.Plugins, Rules: levels,
			Brokers: v.brokers, Replicas: v.replicas,
		},
		Root: v.root, Through: v.through, User: v.user, JAAS: v.jaas, Now: v.now,
	}
	if o.Brokers == 0 {
		o.Brokers = s.settings.Brokers
	}
	if v.root != nil {
		if info, err := os.Stat(f.Name()); err == nil { // not so for standard input
			o.File = info
		}
	}
	return node.Validate(f, o)
}

// relative returns path as the settings' patterns see it: from the directory of the settings file, with slashes.
func relative(settingsPath, path string) string {
	abs, err := filepath.Abs(path)
	if err != nil {
		return filepath.ToSlash(path)
	}
	rel, err := filepath.Rel(filepath.Dir(settingsPath), abs)
	if err != nil || strings.HasPrefix(rel, "..") {
		return filepath.ToSlash(path)
	}
	return filepath.ToSlash(rel)
}

// describeRule returns the summary and the page of a rule.
func describeRule(id string) (summary, page string, ok bool) {
	page, ok = rulePage(id)
	for line := range strings.Lines(page) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			return line, page, ok
		}
	}
	return "", page, ok
}
