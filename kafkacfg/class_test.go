package kafkacfg

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/internal/golden"
	"github.com/kcfg/kcfg/internal/reference"
	"github.com/kcfg/kcfg/properties"
)

// TestClassLists compares the lists of classes with the jars of two releases. With UPDATE=1 it writes them anew from the
// jars of all: that is what a new release needs.
func TestClassLists(t *testing.T) {
	reference.Require(t)
	jdk := reference.Java17(t)
	program := reference.Compile(t, jdk, "", "../internal/reference/java/KafkaClasses.java")
	list := func(classpath string, args ...string) []string {
		cmd := exec.Command(jdk.Bin("java"), append([]string{"-Xmx400m", "-XX:TieredStopAtLevel=1", "-cp", program + string(os.PathListSeparator) + classpath, "KafkaClasses"}, args...)...)
		out, err := cmd.Output()
		require.NoError(t, err)
		return strings.Split(strings.TrimSpace(string(out)), "\n")
	}
	if golden.Update() {
		var all []string
		for _, r := range Releases() {
			all = append(all, string(r))
		}
		reference.PrepareKafkaTools(t, all...)
		writeClassLists(t, func(r Release) (broker, tools []string) {
			return list(reference.KafkaClasspath(t, string(r))), list(reference.KafkaToolsClasspath(t, string(r)))
		}, list("", "jdk"))
		return
	}
	for _, tt := range []struct {
		release   Release
		kind      Kind
		classpath string
	}{
		{"3.9.1", Broker, reference.KafkaClasspath(t, "3.9.1")},
		{Newest(), ConnectStandalone, reference.KafkaToolsClasspath(t, string(Newest()))},
	} {
		c, err := Resolve(properties.New("x"), Options{Release: tt.release, Kind: tt.kind, ClassesExact: true})
		require.NoError(t, err)
		for _, line := range list(tt.classpath) {
			name, types, _ := strings.Cut(line, " ")
			if c.loadable(name) != yes {
				t.Errorf("%s %s: %s is on the class path, but not in the lists", tt.release, tt.kind, name)
			}
			p, ok := c.plugin(name)
			if want, made := strings.CutPrefix(types, "+"); ok != (types != "") || ok && (made != p.made || want != strings.Join(p.types, " ")) {
				t.Errorf("%s %s: %s is %q in the jars, but %+v in the lists", tt.release, tt.kind, name, types, p)
			}
		}
	}
}

func emptyConfig(t *testing.T, r Release) *Config {
	t.Helper()
	c, err := Resolve(properties.New("x"), Options{Release: r, Kind: Broker, ClassesExact: true})
	require.NoError(t, err)
	return c
}

// writeClassLists writes the lists in classes from the classes of every release, of a broker and with the tools.
func writeClassLists(t *testing.T, of func(Release) (broker, tools []string), java []string) {
	all := Releases()
	onBroker, onTools := map[string][]bool{}, map[string][]bool{} // "name types": in which releases
	mark := func(has map[string][]bool, lines []string, i int) {
		for _, line := range lines {
			if has[line] == nil {
				has[line] = make([]bool, len(all))
			}
			has[line][i] = true
		}
	}
	for i, r := range all {
		broker, tools := of(r)
		mark(onBroker, broker, i)
		mark(onTools, slices.DeleteFunc(tools, func(line string) bool { return slices.Contains(broker, line) }), i)
	}
	lists := map[string]map[string]string{"kafka": {}, "tools": {}, "foreign": {}} // file, name, releases
	for _, name := range java {
		lists["foreign"][name] = ""
	}
	list := func(file, name, spans string) {
		if old, twice := lists[file][name]; twice {
			spans = union(old, spans)
		}
		lists[file][name] = spans
	}
	var plugins []string
	add := func(file, line string, in []bool) {
		name, types, isPlugin := strings.Cut(line, " ")
		spans := releaseSpans(all, in)
		switch {
		case isPlugin:
			plugins = append(plugins, name+"\t"+types+"\t"+spans+"\t"+strings.TrimPrefix(file, "kafka")+"\n")
		case file == "kafka" && !ownClass(name):
			list("foreign", name, spans)
		default:
			list(file, name, spans)
		}
	}
	for line, in := range onBroker {
		add("kafka", line, in)
	}
	for line, in := range onTools {
		add("tools", line, in)
	}
	slices.Sort(plugins)
	require.NoError(t, os.WriteFile(filepath.Join("classes", "plugins.txt"), []byte(strings.Join(plugins, "")), 0o644))
	for file, classes := range lists {
		writeClassList(t, filepath.Join("classes", file+".txt"), classes)
	}
}

// union is the releases that either of two has; the empty one has all.
func union(a, b string) string {
	if a == "" || b == "" {
		return ""
	}
	return a + " " + b
}

func writeClassList(t *testing.T, path string, classes map[string]string) {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(classes)) {
		b.WriteString(strings.TrimSuffix(name+"\t"+classes[name], "\t") + "\n")
	}
	require.NoError(t, os.WriteFile(path, []byte(b.String()), 0o644))
}

func TestClassListsAreSorted(t *testing.T) {
	for name, list := range map[string]string{"kafka": kafkaClasses, "tools": toolsClasses, "foreign": foreignClasses} {
		last := ""
		for line := range strings.Lines(list) {
			class, want, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
			require.Greater(t, class, last, name)
			last = class
			got, ok := releasesOf(list, class)
			require.True(t, ok, class)
			require.Equal(t, want, string(got), class)
		}
		for _, absent := range []string{"", "a", "zz", last + "x", last[:len(last)-1]} {
			_, ok := releasesOf(list, absent)
			require.False(t, ok, "%s in %s", absent, name)
		}
	}
}

// releaseSpans writes the releases in which something is there as rule.Spans.
func releaseSpans(all []Release, in []bool) string {
	var spans []string
	for i := 0; i < len(all); i++ {
		if !in[i] {
			continue
		}
		first := i
		for i+1 < len(all) && in[i+1] {
			i++
		}
		from, to := string(all[first]), string(all[i])
		switch {
		case first == 0 && i == len(all)-1:
			return ""
		case first == 0:
			from = ""
		case i == len(all)-1:
			to = ""
		}
		if from == to {
			spans = append(spans, from)
			continue
		}
		spans = append(spans, from+".."+to)
	}
	return strings.Join(spans, " ")
}

func TestLoadable(t *testing.T) {
	c := emptyConfig(t, "3.6.2")
	for name, want := range map[string]trilean{
		"java.lang.String": yes, "java.lang.string": no, "java.util.Map$Entry": yes, "[Ljava.lang.String;": no, "java/lang/String": no, "": no,
		"org.apache.kafka.coordinator.group.assignor.RangeAssignor": yes, "org.apache.kafka.coordinator.group.assignor.UniformAssignor": no,
		"kafka.server.KafkaConfig": yes, "com.acme.Foo": no,
	} {
		require.Equal(t, want, c.loadable(name), name)
	}
	c.opts.ClassesExact = false
	require.Equal(t, unknown, c.loadable("com.acme.Foo"))
	c.opts.Classes = []string{"com.acme.Foo"}
	require.Equal(t, yes, c.loadable("com.acme.Foo"))
}
