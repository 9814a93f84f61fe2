package catalog

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
)

const history = `[
{"release":"1.0.0"},
{"add":"a","type":"INT"},
{"add":"b"},
{"release":"1.0.1","base":"1.0.0"},
{"change":"a","type":"LONG"},
{"add":"c","type":"LIST"},
{"release":"1.1.0","base":"1.0.0"},
{"remove":"b"},
{"release":"1.1.1","base":"1.1.0"}
]
`

func fold(t *testing.T, h *History, release string) map[string]string {
	t.Helper()
	types := map[string]string{}
	for _, r := range h.Fold(release) {
		var def struct{ Type string }
		require.NoError(t, r.Decode(&def))
		types[r.Name] = def.Type
	}
	return types
}

func TestFoldFollowsTheBases(t *testing.T) {
	h := Open([]byte(history))
	require.Equal(t, []string{"1.0.0", "1.0.1", "1.1.0", "1.1.1"}, h.Releases())
	require.Equal(t, "1.0.0", h.Base("1.1.0"))
	require.True(t, h.Has("1.1.1"))
	require.False(t, h.Has("1.2.0"))
	require.Equal(t, map[string]string{"a": "INT", "b": ""}, fold(t, h, "1.0.0"))
	require.Equal(t, map[string]string{"a": "LONG", "b": "", "c": "LIST"}, fold(t, h, "1.0.1"))
	require.Equal(t, map[string]string{"a": "INT"}, fold(t, h, "1.1.0"), "a backport to 1.0.1 does not reach 1.1.0")
	require.Equal(t, map[string]string{"a": "INT"}, fold(t, h, "1.1.1"))
}

func TestTraceFollowsOneName(t *testing.T) {
	h := Open([]byte(history))
	require.Equal(t, []string{"a", "b", "c"}, h.Names())
	bodies := func(name string) (all []string) {
		for _, at := range h.Trace(name) {
			body := "-"
			if at.Defined {
				body = at.Body()
			}
			all = append(all, at.Release+" "+body)
		}
		return all
	}
	require.Equal(t, []string{`1.0.0 ,"type":"INT"}`, `1.0.1 ,"type":"LONG"}`, `1.1.0 ,"type":"INT"}`, `1.1.1 ,"type":"INT"}`}, bodies("a"))
	require.Equal(t, []string{"1.0.0 }", "1.0.1 }", "1.1.0 -", "1.1.1 -"}, bodies("b"))
	require.Equal(t, []string{"1.0.0 -", `1.0.1 ,"type":"LIST"}`, "1.1.0 -", "1.1.1 -"}, bodies("c"))
	require.Equal(t, []string{"1.0.0 -", "1.0.1 -", "1.1.0 -", "1.1.1 -"}, bodies("d"))
}

func TestLastIsTheNewestThatDefines(t *testing.T) {
	h := Open([]byte(history))
	want := map[string]string{}
	for _, r := range h.Releases() {
		for _, rec := range h.Fold(r) {
			want[rec.Name] = r
		}
	}
	require.Equal(t, "1.0.1", want["b"], "a name that newer releases lack")
	require.Equal(t, want, h.Last())
}

func TestFormatGivesBackWhatWasFolded(t *testing.T) {
	require.True(t, json.Valid([]byte(history)))
	h := Open([]byte(history))
	var releases []Release
	for _, r := range h.Releases() {
		releases = append(releases, Release{r, h.Fold(r)})
	}
	require.Equal(t, history, string(Format(releases)))
}

func TestNewRecord(t *testing.T) {
	r, err := NewRecord("a.b", struct {
		Type string `json:"type"`
	}{"INT"})
	require.NoError(t, err)
	require.Equal(t, `{"add":"a.b","type":"INT"}`, string(r.JSON))
	require.Equal(t, `,"type":"INT"}`, r.Body())
	empty, err := NewRecord("a", struct{}{})
	require.NoError(t, err)
	require.Equal(t, `{"add":"a"}`, string(empty.JSON))
	_, err = NewRecord("a\"b", struct{}{})
	require.Error(t, err)
	_, err = NewRecord("a", 1)
	require.Error(t, err)
}

func TestContradictionsPanic(t *testing.T) {
	for name, text := range map[string]string{
		"added twice":          "[\n{\"release\":\"1\"},\n{\"add\":\"a\"},\n{\"add\":\"a\"}\n]\n",
		"changed but absent":   "[\n{\"release\":\"1\"},\n{\"change\":\"a\"}\n]\n",
		"change without any":   "[\n{\"release\":\"1\"},\n{\"add\":\"a\",\"t\":1},\n{\"change\":\"a\",\"t\":1}\n]\n",
		"removed but absent":   "[\n{\"release\":\"1\"},\n{\"remove\":\"a\"}\n]\n",
		"unknown verb":         "[\n{\"release\":\"1\"},\n{\"move\":\"a\"}\n]\n",
		"unreadable line":      "[\n{\"release\":\"1\"},\n{add:\"a\"}\n]\n",
		"release twice":        "[\n{\"release\":\"1\"},\n{\"release\":\"1\",\"base\":\"1\"}\n]\n",
		"no base":              "[\n{\"release\":\"1\"},\n{\"release\":\"2\"}\n]\n",
		"base comes later":     "[\n{\"release\":\"1\"},\n{\"release\":\"2\",\"base\":\"3\"}\n]\n",
		"first one has a base": "[\n{\"release\":\"1\",\"base\":\"0\"}\n]\n",
		"no release":           "[\n{\"add\":\"a\"}\n]\n",
		"no bracket":           "{\"release\":\"1\"}\n",
		"not closed":           "[\n{\"release\":\"1\"},\n{\"add\":\"a\"}\n",
	} {
		t.Run(name, func(t *testing.T) {
			require.Panics(t, func() { Open([]byte(text)).Fold("1") })
		})
	}
	require.Panics(t, func() { Open([]byte(history)).Fold("1.2.0") })
}
