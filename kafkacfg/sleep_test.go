package kafkacfg

import (
	"io/fs"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/internal/rule"
	"github.com/kcfg/kcfg/properties"
)

// With every rule awake the same is said, of configurations that the differential tests make, and of the examples of all
// pages: what sleeps has nothing to say.
func TestWhatSleepsIsSilent(t *testing.T) {
	slept, all := 0, 0
	same := func(text string, o Options) {
		schemaOf(o.Release, o.Kind).alarm.files.Store(early)
		f, err := properties.Parse("case.properties", []byte(text))
		require.NoError(t, err)
		c, err := newConfig(f, o)
		require.NoError(t, err)
		woken, err := newConfig(f, o)
		require.NoError(t, err)
		for i, awake := range woken.awake {
			all++
			if !awake {
				slept++
			}
			woken.awake[i] = true
		}
		require.Equal(t, woken.report(), c.report(), "%+v\n%s", o, text)
	}
	options := []Options{{}, {Brokers: 3, Replicas: 2}, {ClassesExact: true, Root: machine, Env: env}, {Classes: []string{"com.acme.Foo"}, Plugins: []string{"group."}}}
	for i, release := range Releases() {
		for _, from := range [][]base{bases, toolBases} {
			g := newGenerator(1, release, from)
			for range 10 {
				m := g.mutant()
				o := options[i%len(options)]
				o.Release, o.Kind = release, m.kind
				same(strings.ReplaceAll(m.text(), dirMark, ourDir), o)
			}
		}
	}
	pages, err := fs.Glob(rulePages, "rules/*.md")
	require.NoError(t, err)
	for i, name := range pages {
		text, err := rulePages.ReadFile(name)
		require.NoError(t, err)
		page, err := rule.ParsePage(string(text))
		require.NoError(t, err)
		for _, example := range append(page.Bad, page.Good...) {
			for _, k := range []Kind{Broker, Producer, Consumer, Streams} {
				o := options[i%len(options)]
				o.Kind = k
				for _, o.Release = range []Release{"2.8.2", "3.9.1", "4.4.0"} {
					same(example.Text, o)
				}
			}
		}
	}
	require.Greater(t, slept, all/3)
}
