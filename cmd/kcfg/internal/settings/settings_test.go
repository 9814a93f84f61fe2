package settings

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

var known = Known{
	Kinds: []string{"broker", "producer", "zookeeper"},
	Rules: []string{"kafka-log-dir-temporary", "kafka-unknown-key"},
	Releases: func(_ bool, s string) (string, error) {
		if s == "9.9" {
			return "did you mean 3.9?", errors.New("unknown Kafka release \"9.9\"")
		}
		return "", nil
	},
}

func TestTheExampleIsRight(t *testing.T) {
	s, problems := Parse(Name, []byte(Example), known)
	require.Empty(t, problems)
	require.Equal(t, Settings{
		Path: Name, Kafka: []string{"3.9.1"}, ZooKeeper: []string{"3.8.4"}, Brokers: 3,
		Kinds:   []Kind{{"clients/*.properties", "producer"}, {"**/zoo*.cfg", "zookeeper"}},
		Rules:   map[string]Level{"kafka-log-dir-temporary": Off},
		Plugins: []string{"confluent."},
	}, s)
}

func TestProblemsAreAllPlaced(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"empty", "", ""},
		{"comments alone", "# nothing\n", ""},
		{"a release that looks like a number", "kafka: 3.10\n", ""},
		{"unknown key", "kafak: 3.9.1\n", `.kcfg.yaml:1:1: unknown key "kafak" (did you mean kafka?)`},
		{"a key's other name", "release: 3.9.1\n", `.kcfg.yaml:1:1: unknown key "release" (did you mean kafka?)`},
		{"far from every key", "frobnicate: 1\n", `.kcfg.yaml:1:1: unknown key "frobnicate" (use kafka, zookeeper, brokers, kinds, rules, plugins)`},
		{"unknown release", "zookeeper: 3.8\nkafka:\n  - 3.9\n  - 9.9\n", `.kcfg.yaml:4:5: kafka: unknown Kafka release "9.9" (did you mean 3.9?)`},
		{"kinds", "kinds:\n  \"*.x\": brokr\n  \"[\": broker\n  y: [a]\n", ".kcfg.yaml:2:10: unknown kind \"brokr\" (did you mean broker?)\n" +
			".kcfg.yaml:3:3: bad pattern \"[\"\n.kcfg.yaml:4:6: the kind of \"y\" must be text"},
		{"rules", "rules:\n  kafka-log-dir-temprary: off\n  kafka-unknown-key: warn\n", ".kcfg.yaml:2:3: unknown rule \"kafka-log-dir-temprary\" (did you mean kafka-log-dir-temporary?)\n" +
			".kcfg.yaml:3:22: unknown level \"warn\" (use off, info, warning, error)"},
		{"brokers", "brokers: three\n", ".kcfg.yaml:1:10: brokers must be a number from 1"},
		{"twice", "brokers: 1\nbrokers: 2\n", `.kcfg.yaml:2:1: "brokers" comes twice`},
		{"a list", "- kafka\n", `.kcfg.yaml:1:1: the file must be a mapping, as in "key: value"`},
		{"two documents", "brokers: 1\n---\nbrokers: 2\n", ".kcfg.yaml:3:8: a second document"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, problems := Parse(Name, []byte(c.in), known)
			require.Equal(t, c.want, problems.Error())
		})
	}
	_, problems := Parse(Name, []byte("kafka: [1\nx"), known)
	require.Len(t, problems, 1)
	require.Positive(t, problems[0].Pos.Line)
}

func TestMatch(t *testing.T) {
	for _, c := range []struct {
		pattern, path string
		want          bool
	}{
		{"*.properties", "a/b/server.properties", true},
		{"server.properties", "a/server.properties", true},
		{"a/*.properties", "a/server.properties", true},
		{"a/*.properties", "a/b/server.properties", false},
		{"a/**", "a/b/c", true},
		{"**/b/*", "a/b/c", true},
		{"**/b/*", "b/c", true},
		{"a/**/c", "a/c", true},
		{"/a/c", "a/c", true},
		{"a/**/c", "a/x/y/d", false},
		{"**/**/**/**/**/**/**/**/z/x", "a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a", false},
	} {
		require.Equal(t, c.want, Match(c.pattern, c.path), "%s against %s", c.pattern, c.path)
	}
}

func TestTheLastPatternDecides(t *testing.T) {
	s := Settings{Kinds: []Kind{{"*.properties", "broker"}, {"clients/*", "producer"}}}
	kind, ok := s.KindOf("clients/x.properties")
	require.True(t, ok)
	require.Equal(t, "producer", kind)
	_, ok = s.KindOf("x.cfg")
	require.False(t, ok)
}

func TestFindStopsAtTheRepository(t *testing.T) {
	top := t.TempDir()
	deep := filepath.Join(top, "repo", "a", "b")
	require.NoError(t, os.MkdirAll(deep, 0o755))
	outer, inner := filepath.Join(top, Name), filepath.Join(top, "repo", Name)
	require.NoError(t, os.WriteFile(outer, nil, 0o644))
	got, err := Find(deep)
	require.NoError(t, err)
	require.Equal(t, outer, got)
	require.NoError(t, os.Mkdir(filepath.Join(top, "repo", ".git"), 0o755))
	got, err = Find(deep)
	require.NoError(t, err)
	require.Empty(t, got)
	require.NoError(t, os.WriteFile(inner, nil, 0o644))
	got, err = Find(deep)
	require.NoError(t, err)
	require.Equal(t, inner, got)
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(Example))
	f.Add([]byte("kinds: {a: &x b, *x: c}\nrules: !!str\n? [a]\n: b\n<<: *y"))
	f.Fuzz(func(t *testing.T, src []byte) {
		_, problems := Parse(Name, src, known)
		for _, p := range problems {
			if p.Message == "" {
				t.Fatalf("%q: %+v", src, p)
			}
		}
	})
}
