package filelint

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/properties"
)

func TestCommentAt(t *testing.T) {
	for v, want := range map[string]int{
		"/data # disk": 6, "/data\t# disk": 6, "a#b": -1, "#": -1, "x ! y": 2, "x !y": -1, `"a # b"`: -1, `it's # here`: 5, "x #": -1, "": -1, "# why": 0, "#why": -1,
	} {
		require.Equal(t, want, CommentAt(v), v)
	}
}

func TestMoveComment(t *testing.T) {
	for text, want := range map[string]string{
		"a=1\n  b = 2  # two\nc=3":   "a=1\n  # two\n  b = 2\nc=3",
		"b=2 \\\n # two\n":           "",
		"b=\\u0032 # two\n":          "",
		"b=2 # two":                  "# two\nb=2",
		"b=2 # two\r\nc=3 # three\n": "# two\nb=2\r\nc=3 # three\n",
	} {
		f, err := properties.Parse("f", []byte(text))
		require.NoError(t, err)
		e, ok := f.Lookup("b")
		require.True(t, ok)
		fix := MoveComment("f", e, CommentAt(e.Value))
		if want == "" {
			require.Nil(t, fix, text)
			continue
		}
		require.NoError(t, f.Apply(fix.Edits))
		require.Equal(t, want, string(f.Bytes()))
	}
}

func TestWhatIsRecognised(t *testing.T) {
	for v, want := range map[string]string{`"x"`: "x", `'x y'`: "x y", `"a","b"`: "", `"`: "", `"x'`: ""} {
		bare, ok := Unquoted(v)
		require.Equal(t, want, bare, v)
		require.Equal(t, want != "", ok, v)
	}
	for v, want := range map[string]bool{`C:\zk`: true, `C:\\zk`: false, `\u0041\t`: false, `a\`: false, "a\\\nb": false} {
		require.Equal(t, want, LosesBackslash(v), v)
	}
	for v, want := range map[string]bool{"é": true, "\xe9": false, "e": false} {
		require.Equal(t, want, UTF8(v), v)
	}
	for v, want := range map[string]string{"a": "a", "Ã©": "é", "é": "é", "端": "端", "Ã©端": "Ã©端", "": ""} {
		require.Equal(t, want, AsTyped(v), v)
	}
	for line, want := range map[string]bool{"端口": true, "端口=1": true, "zk端口": true, "zk端口=1": false, "zk端口＝1": false, "a": false, "": false, "a é": false} {
		require.Equal(t, want, Prose(line), line)
	}
	for v, want := range map[string]string{"/path/to/x": "/path/to/", "<IP1>:1": "<IP1>", "a<b": "", "(?<name>x)": "", "<a=b>": "", "plain": ""} {
		require.Equal(t, want, Placeholder(v), v)
	}
	for key, want := range map[string]bool{";": true, "//": true, "/x": false, "--": true, "-": false, "[a]": true, "{{ x }}": false, "{": true, "a;": false, "": false} {
		require.Equal(t, want, Stray(key), key)
	}
}
