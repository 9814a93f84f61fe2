package kafkacfg

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/properties"
)

// A list of n elements has findings of the order of n, never of each element with each other one.
func TestLongListsHaveNoMoreFindingsThanElements(t *testing.T) {
	const n = 3000
	repeated := func(f func(i int) string) string {
		elements := make([]string, n)
		for i := range elements {
			elements[i] = f(i)
		}
		return strings.Join(elements, ",")
	}
	same := func(s string) func(int) string { return func(int) string { return s } }
	for name, text := range map[string]string{
		"one listener":       "listeners=" + repeated(same("A://:1")),
		"one port":           "listeners=" + repeated(func(i int) string { return fmt.Sprintf("A%d://:1", i) }),
		"no listener":        "listeners=" + repeated(same("x")),
		"other advertised":   "listeners=" + repeated(func(i int) string { return fmt.Sprintf("A%d://:%d", i, i) }) + "\nadvertised.listeners=" + repeated(func(i int) string { return fmt.Sprintf("B%d://h:%d", i, i) }),
		"unknown early":      "early.start.listeners=" + repeated(func(i int) string { return fmt.Sprintf("B%d", i) }),
		"unknown controller": "process.roles=controller\nnode.id=1\ncontroller.listener.names=" + repeated(func(i int) string { return fmt.Sprintf("B%d", i) }),
		"one voter":          "process.roles=broker\nnode.id=1\ncontroller.quorum.voters=" + repeated(same("1@h:1")),
		"nested directories": "log.dirs=" + repeated(func(i int) string { return strings.Repeat("/d", 1+i%1200) }),
		"one directory":      "log.dirs=" + repeated(same("/d")),
		"unknown classes":    "metric.reporters=" + repeated(func(i int) string { return fmt.Sprintf("com.acme.R%d", i) }),
		"unmapped":           "listener.security.protocol.map=" + repeated(func(i int) string { return fmt.Sprintf("A%d:SSL", i) }) + "\nlisteners=" + repeated(func(i int) string { return fmt.Sprintf("B%d://:%d", i, i) }),
	} {
		f, err := properties.Parse("server.properties", []byte(text))
		require.NoError(t, err)
		for _, release := range []Release{"2.5.0", "3.0.0", "3.9.1", Newest()} {
			r, err := Validate(f, Options{Release: release, Kind: Broker})
			require.NoError(t, err)
			require.Less(t, len(r.Findings), 4*n, "%s, %s", name, release)
		}
	}
}

func TestNameSet(t *testing.T) {
	for _, n := range []int{0, 1, short, short + 1, 100} {
		s := nameSet{}
		for i := range n {
			s.list = append(s.list, fmt.Sprint(i), fmt.Sprint(i))
		}
		for i := range n {
			require.Equal(t, 2*i, s.index(fmt.Sprint(i)), "the first of equal names")
		}
		require.False(t, s.has("x"))
	}
}

func TestPartAway(t *testing.T) {
	for _, c := range []struct{ long, short string }{
		{"a.b.c", "b.c"}, {"a.b.c", "a.c"}, {"a.b.c", "a.b"}, {"a.b.b.c", "a.b.c"}, {"a.bx.b.c", "a.b.c"}, {"a.b.bx.c", "a.bx.c"}, {"ab.ab.c", "ab.c"}, {"a.b", "a"},
	} {
		require.True(t, hasPartMore(c.long, c.short), "%s %s", c.long, c.short)
		require.False(t, hasPartMore(c.short, c.long), "%s %s", c.short, c.long)
	}
	for _, c := range []struct{ long, short string }{{"a.b.c.d", "a.d"}, {"a.bc", "a.b"}, {"a.b.", "a.b"}, {"xa.b", "a.b"}, {"a.b", "a.b"}, {"a..b", "a.b"}, {"", ""}} {
		require.False(t, hasPartMore(c.long, c.short), "%s %s", c.long, c.short)
	}
	require.Equal(t, "offsets.topic.replication.factor", partAway("offsets.topic.default.replication.factor", []string{"x.y", "offsets.topic.replication.factor"}))
	require.Equal(t, "a.b.c", partAway("a.b", []string{"a.b.c", "a.d"}))
	require.Empty(t, partAway("a.b", []string{"a.b.c", "a.b.d"}), "two are as near")
}
