package properties

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/finding"
)

func parsed(t testing.TB, src string) *File {
	t.Helper()
	f, err := Parse("server.properties", []byte(src))
	require.NoError(t, err)
	return f
}

type pair struct{ k, v string }

func pairs(f *File) []pair {
	var out []pair
	for e := range f.All() {
		out = append(out, pair{e.Key, e.Value})
	}
	return out
}

func TestParse(t *testing.T) {
	for _, c := range []struct {
		name, in string
		want     []pair
	}{
		{"separators", "a=1\nb:2\nc 3\nd = 4\ne\t:\f5\nf", []pair{{"a", "1"}, {"b", "2"}, {"c", "3"}, {"d", "4"}, {"e", "5"}, {"f", ""}}},
		{"second separator is value", "a==1\nb:=2\nc = =3", []pair{{"a", "=1"}, {"b", "=2"}, {"c", "=3"}}},
		{"line ends", "a=1\rb=2\r\nc=3\n\r\nd=4", []pair{{"a", "1"}, {"b", "2"}, {"c", "3"}, {"d", "4"}}},
		{"comments", "#a=1\n  !b=2\nc=3 # no comment\n", []pair{{"c", "3 # no comment"}}},
		{"a comment is not continued", "# a \\\nb=2", []pair{{"b", "2"}}},
		{"continuation", "a=1,\\\n  2,\\\r\n\t3,\\\r 4\n", []pair{{"a", "1,2,3,4"}}},
		{"a continuation that looks like a comment", "a=1\\\n  #2", []pair{{"a", "1#2"}}},
		{"a blank line ends a continuation", "a=1\\\n\nb=2", []pair{{"a", "1"}, {"b", "2"}}},
		{"even backslashes do not continue", "a=1\\\\\nb=2", []pair{{"a", "1\\"}, {"b", "2"}}},
		{"backslash at the end of the file", "a=1\\", []pair{{"a", "1"}}},
		{"continuation at the end of the file", "a=1\\\n", []pair{{"a", "1"}}},
		{"nothing but a backslash", "\\", []pair{{"", ""}}},
		{"a backslash alone on the last line", "\\\n", []pair{{"", ""}}},
		{"a backslash alone, CRLF", "\\\r\n", nil},
		{"a comment below a backslash alone", "\\\n#x\na=1", []pair{{"a", "1"}}},
		{"escapes", `a\ b\=c\:=\ x\ty\nz\q\\` + "\n", []pair{{"a b=c:", " x\ty\nzq\\"}}},
		{"unicode", `a=\u00e4\uD83D\uDE00`, []pair{{"a", "ä😀"}}},
		{"half a pair", `a=\uD83Dx\uDE00`, []pair{{"a", "\xED\xA0\xBDx\xED\xB8\x80"}}},
		{"ISO-8859-1", "a\xe4=\xfc\xc3\xbc", []pair{{"aä", "üÃ¼"}}},
		{"BOM", "\xef\xbb\xbfa=1", []pair{{"ï»¿a", "1"}}},
		{"empty key", "=1\n:2\n", []pair{{"", "1"}, {"", "2"}}},
		{"NUL and form feed", "a\x00=\x00\n\fb\f1", []pair{{"a\x00", "\x00"}, {"b", "1"}}},
		{"trailing blanks stay", "a=1 \t\n", []pair{{"a", "1 \t"}}},
		{"separator on the next line", "a\\\n  =1", []pair{{"a", "1"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := parsed(t, c.in)
			require.Equal(t, c.want, pairs(f))
			require.Equal(t, c.in, string(f.Bytes()))
			require.Empty(t, f.Malformed())
		})
	}
}

func TestMalformedEscapesAreKeptAndPlaced(t *testing.T) {
	f := parsed(t, "a=1\nk\\u12=v\nb=x\\\n \\u00zz\\u\nc=2\n")
	require.Equal(t, []pair{{"a", "1"}, {`k\u12`, "v"}, {"b", `x\u00zz\u`}, {"c", "2"}}, pairs(f))
	var got []string
	for _, m := range f.Malformed() {
		got = append(got, m.Text+" "+m.Pos.String()+" "+m.Entry.Key)
	}
	require.Equal(t, []string{
		`\u12 server.properties:2:2 k\u12`, `\u00 server.properties:4:2 b`, `\u server.properties:4:8 b`,
	}, got)
}

func TestDuplicatesTheLastWins(t *testing.T) {
	f := parsed(t, "a=1\nb=2\na=3\n")
	v, ok := f.Get("a")
	require.True(t, ok)
	require.Equal(t, "3", v)
	var effective []pair
	for e := range f.Effective() {
		effective = append(effective, pair{e.Key, e.Value})
	}
	require.Equal(t, []pair{{"b", "2"}, {"a", "3"}}, effective)
}

func TestPositions(t *testing.T) {
	f := parsed(t, "# c\nlisteners = A://:1,\\\n    B://:2,\\\n\tC\\u003A//:3\nü=ä\n")
	e, _ := f.Lookup("listeners")
	require.Equal(t, finding.Position{File: "server.properties", Line: 2, Column: 1, EndLine: 2, EndColumn: 10, Offset: 4}, e.KeyPos())
	require.Equal(t, finding.Position{File: "server.properties", Line: 2, Column: 13, EndLine: 4, EndColumn: 13, Offset: 16}, e.ValuePos())
	require.Equal(t, "A://:1,B://:2,C://:3", e.Value)
	p := e.ValueRange(14, 20)
	require.Equal(t, finding.Position{File: "server.properties", Line: 4, Column: 2, EndLine: 4, EndColumn: 13, Offset: 39}, p)
	require.Equal(t, "B://:2,", string(f.Bytes())[e.ValueRange(7, 14).Offset:][:7])
	require.Equal(t, 2, e.ValueRange(0, 7).EndLine, "the end is behind the character, not before the next line")
	for e := range f.All() {
		if e.Line() == 5 {
			require.Equal(t, 2, e.KeyPos().EndColumn, "UTF-8 lines count code points")
			require.Equal(t, 3, e.ValuePos().Column)
		}
	}
	require.Equal(t, finding.Position{File: "server.properties"}, f.Pos("absent"))
	require.Zero(t, FromMap("topic", map[string]string{"a": "1"}).Pos("a").Line)
}
