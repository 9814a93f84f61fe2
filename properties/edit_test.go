package properties

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/finding"
)

func TestSet(t *testing.T) {
	const pem = "-----BEGIN X-----\n  ab=\n#c\n-----END X-----\n"
	for _, c := range []struct{ name, in, key, value, want string }{
		{"in place", "# c\n  a  =  1\nb=2\n", "a", "2", "# c\n  a  =  2\nb=2\n"},
		{"the last of duplicates", "a=1\na=2\nb=3\n", "a", "x", "a=1\na=x\nb=3\n"},
		{"no separator", "a\nb", "b", "1", "a\nb=1"},
		{"blank as separator", "a 1\n", "a", "=1", "a \\=1\n"},
		{"leading blank, trailing blank", "a=1\n", "a", " x ", "a=\\ x\\u0020\n"},
		{"backslashes", "a=1\n", "a", `C:\kafka\`, "a=C:\\\\kafka\\\\\n"},
		{"control and non-ASCII", "a=1\n", "a", "ä\t\x00😀", "a=\\u00E4\\t\\u0000\\uD83D\\uDE00\n"},
		{"comment signs in a value", "a=1\n", "a", "#x!", "a=#x!\n"},
		{"comment signs in a key", "a=1\n", "#b c=", "x", "a=1\n\\#b\\ c\\==x\n"},
		{"PEM on continuation lines", "a=1\r\nb=2\r\n", "a", pem, "a=-----BEGIN X-----\\n\\\r\n\\  ab=\\n\\\r\n\\#c\\n\\\r\n-----END X-----\\n\r\nb=2\r\n"},
		{"one element of a folded list", "l=A://:1,\\\n   B://:2,\\\n   C://:3\n", "l", "A://:1,B://:22,C://:3", "l=A://:1,\\\n   B://:22,\\\n   C://:3\n"},
		{"an element more", "l=A,\\\n   B\nx=1", "l", "A,B,C", "l=A,\\\n   B,C\nx=1"},
		{"the first element goes", "l=A,\\\n   B\nx=1", "l", "B", "l=B\nx=1"},
		{"all of a folded value", "l=A,\\\n   B\nx=1", "l", "z", "l=z\nx=1"},
		{"an escape stays", "a=x\\:1\n", "a", "x:2", "a=x\\:2\n"},
		{"cut off inside a continuation", "a=1\\", "a", "2", "a=2\\"},
		{"malformed", "a=x\\u12\n", "a", "1", "a=1\n"},
		{"malformed, the same text", "a=x\\u12\n", "a", "x\\u12", "a=x\\\\u12\n"},
		{"missing final line end", "a=1\nb=2", "c", "3", "a=1\nb=2\nc=3"},
		{"empty file", "", "a", "1", "a=1\n"},
		{"CR alone", "a=1\r", "b", "2", "a=1\rb=2\r"},
		{"beside its neighbours", "advertised.listeners=A\nlog.dirs=/a\nlog.retention.hours=1\nzookeeper.connect=z\n", "listeners", "L",
			"advertised.listeners=A\nlisteners=L\nlog.dirs=/a\nlog.retention.hours=1\nzookeeper.connect=z\n"},
		{"longest family first", "ssl.keystore.location=a\nssl.truststore.location=b\nssl.client.auth=none\nx=1\n", "ssl.keystore.type", "JKS",
			"ssl.keystore.location=a\nssl.keystore.type=JKS\nssl.truststore.location=b\nssl.client.auth=none\nx=1\n"},
		{"a family stays together", "ssl.truststore.location=b\nssl.truststore.type=JKS\nx=1\n", "ssl.keystore.location", "a",
			"ssl.truststore.location=b\nssl.truststore.type=JKS\nssl.keystore.location=a\nx=1\n"},
		{"below its commented-out sample", "# listeners are told here\n#listeners=A\n\nadvertised.listeners=x\nz=1\n", "listeners", "B",
			"# listeners are told here\n#listeners=A\nlisteners=B\n\nadvertised.listeners=x\nz=1\n"},
		{"below its sample at the end of the file", "z=1\n# ab : 1", "ab", "2", "z=1\n# ab : 1\nab=2"},
		{"behind an unfinished line", "a=1\nb=2\\\n", "c", "3", "a=1\nb=2\\\n\nc=3\n"},
		{"behind an unfinished line without an end", "a=1\nb=2\\", "c", "3", "a=1\nb=2\\\n\nc=3"},
		{"before a backslash that is an entry", "a=1\n\\", "c", "3", "a=1\nc=3\n\\"},
		{"half a surrogate pair", "a=1\n", "a", "\xED\xA0\x80\xff", "a=\\uD800\\uFFFD\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := parsed(t, c.in)
			f.Set(c.key, c.value)
			require.Equal(t, c.want, string(f.Bytes()))
			got, _ := f.Get(c.key)
			require.Equal(t, wellFormed(c.value), got)
		})
	}
}

func TestDeleteRenameCommentOut(t *testing.T) {
	const in = "# c\na=1,\\\n  2\nb=3\n\na=4\n"
	f := parsed(t, in)
	require.True(t, f.Delete("a"))
	require.Equal(t, "# c\nb=3\n\n", string(f.Bytes()))
	require.False(t, f.Delete("a"))

	f = parsed(t, in)
	require.True(t, f.Rename("a", "x y"))
	require.Equal(t, "# c\nx\\ y=1,\\\n  2\nb=3\n\nx\\ y=4\n", string(f.Bytes()))

	f = parsed(t, in)
	require.True(t, f.CommentOut("a"))
	require.Equal(t, "# c\n#a=1,\\\n#  2\nb=3\n\n#a=4\n", string(f.Bytes()))
}

func TestApply(t *testing.T) {
	const in = "a=1\nb=2\n"
	edit := func(start, end int, text string) finding.Edit {
		return finding.Edit{Path: "server.properties", Start: start, End: end, New: text}
	}
	f := parsed(t, in)
	require.NoError(t, f.Apply([]finding.Edit{edit(6, 7, "3"), edit(2, 3, "9"), edit(8, 8, "c=1\n")}))
	require.Equal(t, "a=9\nb=3\nc=1\n", string(f.Bytes()))
	for name, edits := range map[string][]finding.Edit{
		"overlap":      {edit(0, 3, ""), edit(2, 4, "")},
		"outside":      {edit(0, 99, "")},
		"negative":     {edit(-1, 2, "")},
		"backwards":    {edit(3, 2, "")},
		"another file": {{Path: "x", Start: 0, End: 0}},
	} {
		f := parsed(t, in)
		require.Error(t, f.Apply(edits), name)
		require.Equal(t, in, string(f.Bytes()), name)
	}
}

func TestEntriesOutliveAnEdit(t *testing.T) {
	f := parsed(t, "a=1\nb=2\n")
	e, _ := f.Lookup("b")
	f.Set("a", "long value")
	require.Equal(t, "2", e.Value)
	require.Equal(t, 4, e.KeyPos().Offset)
	now, _ := f.Lookup("b")
	require.Equal(t, 13, now.KeyPos().Offset)
}

func TestEscape(t *testing.T) {
	for _, v := range []string{"", " a", "a\n b\n", "\\", "a\nb", "ä", " ", "\n", "#", "=x"} {
		got := parsed(t, "k="+Escape(v))
		require.Equal(t, []pair{{"k", v}}, pairs(got), "%q", Escape(v))
		require.NotContains(t, Escape(v), "\n")
	}
}

func TestLimits(t *testing.T) {
	for _, c := range []struct {
		name  string
		src   []byte
		wrong bool
	}{
		{"largest", slices.Concat([]byte("#"), make([]byte, MaxSize-1)), false},
		{"too large", slices.Concat([]byte("#"), make([]byte, MaxSize)), true},
		{"most entries", []byte(strings.Repeat("a\n", MaxEntries)), false},
		{"too many entries", []byte(strings.Repeat("a\n", MaxEntries) + "a"), true},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Parse("f", c.src)
			if c.wrong {
				require.ErrorIs(t, err, ErrTooLarge)
				return
			}
			require.NoError(t, err)
		})
	}
}

// edited applies one operation and checks that exactly what was asked for has happened, and nothing else.
func edited(t testing.TB, f *File, op int, key, value string) {
	before, comments := pairs(f), len(slices.Collect(f.Comments()))
	src := string(f.Bytes())
	key, value = wellFormed(key), wellFormed(value)
	_, there := f.Get(key)
	var want []pair
	rest := slices.DeleteFunc(slices.Clone(before), func(p pair) bool { return p.k == key })
	switch op % 5 {
	case 0:
		f.Set(key, value)
		want = slices.Clone(before)
		if there {
			for i := len(want) - 1; ; i-- {
				if want[i].k == key {
					want[i].v = value
					break
				}
			}
			break
		}
		got := pairs(f)
		i := slices.Index(got, pair{key, value})
		if i < 0 {
			t.Fatalf("%q: Set(%q, %q) gives %q", src, key, value, f.Bytes())
		}
		want = slices.Insert(want, min(i, len(want)), pair{key, value})
	case 1:
		f.Delete(key)
		want = rest
	case 2:
		f.CommentOut(key)
		if there {
			comments = -1
		}
		want = rest
	case 3:
		f.Rename(key, value)
		for _, p := range before {
			if p.k == key {
				p.k = value
			}
			want = append(want, p)
		}
	case 4:
		for e := range f.All() {
			checkPlaces(t, f, e)
		}
		return
	}
	if got := pairs(f); !slices.Equal(got, want) {
		t.Fatalf("%q: operation %d with %q, %q gives %q\n got %q\nwant %q", src, op%5, key, value, f.Bytes(), got, want)
	}
	if n := len(slices.Collect(f.Comments())); comments >= 0 && n != comments {
		t.Fatalf("%q: operation %d with %q, %q gives %q: %d comments, had %d", src, op%5, key, value, f.Bytes(), n, comments)
	}
}

// checkPlaces checks that the position of every part of a value is where that part is written.
func checkPlaces(t testing.TB, f *File, e Entry) {
	for i := range e.Value {
		start, end := e.rawRange(i, i+1)
		raw := f.doc.text[start:end]
		if raw == "" || e.rec().plain && raw != e.Value[i:i+1] {
			t.Fatalf("%q: value %q byte %d is at %d..%d, %q", f.Bytes(), e.Value, i, start, end, raw)
		}
		if len(f.Malformed()) > 0 {
			continue
		}
		d := mustParse("", "k=x"+raw+"x", true)
		if got := d.entries[0].value; !strings.Contains(e.Value, strings.TrimSuffix(got[1:], "x")) || !strings.Contains(got, e.Value[i:i+1]) {
			t.Fatalf("%q: value %q byte %d is at %q, which says %q", f.Bytes(), e.Value, i, raw, got)
		}
	}
	p := e.ValuePos()
	line := f.Line(p.Line)
	if p.Line < 1 || p.Line > max(f.Lines(), 1) || p.Column < 1 || p.Column > len(line)+1 {
		t.Fatalf("%q: value of %q is at %+v", f.Bytes(), e.Key, p)
	}
}

func FuzzEdit(f *testing.F) {
	f.Add("a=1\nb=2\\\n  3\n", "b", "x", 0)
	f.Add("a=1\\", "c", "\n\n y", 0)
	f.Add("\\\na=1", "a", "", 1)
	f.Add("k\\u12=\\uD83D\\uDE00x", "k\\u12", " \xED\xA0\xBD", 0)
	f.Add("#c\n\\\n#d\n=1\n\\", "", "=#", 3)
	f.Fuzz(func(t *testing.T, src, key, value string, op int) {
		file, err := Parse("f", []byte(src))
		if err != nil {
			t.Skip()
		}
		if string(file.Bytes()) != src {
			t.Fatalf("%q came back as %q", src, file.Bytes())
		}
		if op < 0 {
			op = -(op + 1)
		}
		edited(t, file, op, key, value)
		again, err := Parse("f", file.Bytes())
		require.NoError(t, err)
		if !slices.Equal(pairs(again), pairs(file)) {
			t.Fatalf("%q: %q is not what %q says", src, pairs(file), file.Bytes())
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, s := range pieces {
		f.Add([]byte("a=" + s + "1\n" + s + "b"))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		file, err := Parse("f", src)
		if err != nil {
			t.Skip()
		}
		for e := range file.All() {
			checkPlaces(t, file, e)
			_ = e.Raw()
		}
		for c := range file.Comments() {
			if c.Next < 0 || c.Next > file.Len() {
				t.Fatalf("%q: comment %+v", src, c)
			}
		}
		file.Malformed()
	})
}
