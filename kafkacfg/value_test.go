package kafkacfg

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/properties"
)

func TestParseIntegerAsJava(t *testing.T) {
	for _, c := range []struct {
		in   string
		typ  Type
		want int64
	}{
		{"0", Int, 0}, {"+3", Int, 3}, {"-0", Int, 0}, {"007", Int, 7}, {"2147483647", Int, math.MaxInt32}, {"-2147483648", Int, math.MinInt32},
		{"٣", Int, 3}, {"１٢3", Int, 123}, {"-32768", Short, math.MinInt16}, {"9223372036854775807", Long, math.MaxInt64}, {"-9223372036854775808", Long, math.MinInt64},
	} {
		got, err := parseInteger(c.in, c.typ)
		require.NoError(t, err, "%s %q", c.typ, c.in)
		require.Equal(t, c.want, got, "%s %q", c.typ, c.in)
	}
	for _, c := range []struct {
		in  string
		typ Type
	}{
		{"", Int}, {"+", Int}, {"-", Int}, {"--1", Int}, {"1_000", Int}, {"0x10", Int}, {"3.0", Int}, {"1e6", Int}, {"100L", Long}, {" 3", Int}, {"𝟗", Int},
		{"2147483648", Int}, {"-2147483649", Int}, {"32768", Short}, {"9223372036854775808", Long}, {"-9223372036854775809", Long}, {"99999999999999999999", Long},
	} {
		_, err := parseInteger(c.in, c.typ)
		require.Error(t, err, "%s %q", c.typ, c.in)
	}
}

func TestParseDoubleAsJava(t *testing.T) {
	for in, want := range map[string]float64{
		"0.5": 0.5, ".5": 0.5, "5.": 5, "1e3": 1000, "1E+3": 1000, "0.9d": 0.9, "1f": 1, " 2 ": 2, "0x1p-1": 0.5, "0x.8p0": 0.5, "0x1.p0": 1, "0x1p3f": 8,
		"1e400": math.Inf(1), "-1e400": math.Inf(-1), "Infinity": math.Inf(1), "-Infinity": math.Inf(-1), "+1": 1, "1e-400": 0,
	} {
		got, err := parseDouble(in)
		require.NoError(t, err, in)
		require.Equal(t, want, got, in)
	}
	nan, err := parseDouble("-NaN")
	require.NoError(t, err)
	require.True(t, math.IsNaN(nan))
	for _, in := range []string{"", ".", "e1", "1e", "0x1", "0x.p0", "0,9", "nan", "infinity", "1_0.0", "٠.5", "0.5dd", "1 2", "d"} {
		_, err := parseDouble(in)
		require.Error(t, err, in)
	}
}

func TestSplitList(t *testing.T) {
	require.Equal(t, []string{"a", "", "b", ""}, parseList("a,,b,"))
	require.Equal(t, []string{"a", "b c"}, parseList("a \t,\v b c"))
	require.Empty(t, parseList(""))
	require.Equal(t, []string{"a", "b"}, csvList("a,,b,"))
	require.Equal(t, "STRASSE", upper("straße"))
	require.Equal(t, "a\u00a0", trim("\x00 a\u00a0\t"))
}

func TestCSVMapCutsAtTheLastColon(t *testing.T) {
	pairs, _, ok := csvMap("::1:5, h : 6,")
	require.True(t, ok)
	require.Equal(t, []pair{{"::1", "5"}, {"h", "6"}}, pairs)
	_, bad, ok := csvMap("a:1,b")
	require.False(t, ok)
	require.Equal(t, "b", bad)
	pairs, _, ok = csvMap(",")
	require.True(t, ok)
	require.Empty(t, pairs)
}

func TestParseIBP(t *testing.T) {
	for _, c := range []struct {
		release Release
		in      string
		want    string // empty: not known
	}{
		{"2.5.0", "2.4.", "2.4-IV1"}, {"3.3.0", "2.4.", ""}, {"3.9.1", "2.4.1", "2.4-IV1"}, {"3.9.1", "0.10", ""}, {"3.9.1", "0.10.2.1", "0.10.2-IV0"},
		{"3.7.2", "3.8-IV0", "3.8-IV0"}, {"3.7.2", "3.8", ""}, {"3.8.0", "3.8", "3.8-IV0"}, {"2.5.1", "2.6", ""}, {"3.9.0", "4.0", ""}, {"3.9.0", "", ""},
	} {
		v, ok := parseIBP(c.release, c.in)
		require.Equal(t, c.want != "", ok, "%s %q", c.release, c.in)
		if ok {
			require.Equal(t, c.want, v.String(), "%s %q", c.release, c.in)
		}
	}
}

func TestParseEndpoint(t *testing.T) {
	l, problem := parseEndpoint("Internal://[::1]:9092")
	require.Empty(t, problem)
	require.Equal(t, []any{"INTERNAL", "::1", 9092}, []any{l.Name, l.Host, l.Port})
	for _, bad := range []string{"", "PLAINTEXT", "PLAINTEXT://h", "PLAINTEXT://a b:1", "PLAINTEXT://h:1 # x", "PLAINTEXT://h:99999999999", "A\nB://h:1"} {
		_, problem := parseEndpoint(bad)
		require.NotEmpty(t, problem, bad)
	}
}

func FuzzValidate(f *testing.F) {
	f.Add(twentyKeys, uint8(0))
	f.Add("listeners="+strings.Repeat("A://:1,", 20)+"\nadvertised.listeners=B://h:1\ncontroller.listener.names=A,b,C\n", uint8(30))
	f.Add("listeners=A://,b\nlog.dirs=\nconfig.providers=x\nconfig.providers.x.class=y\na=${x:y}\n", uint8(7))
	f.Fuzz(func(t *testing.T, text string, n uint8) {
		file, err := properties.Parse("x", []byte(text))
		if err != nil {
			return
		}
		kind := kinds[int(n)%len(kinds)]
		release := releases()[int(n)%len(releases())]
		if len(slices.Collect(Keys(release, kind))) == 0 {
			return
		}
		r, err := Validate(file, Options{Release: release, Kind: kind})
		require.NoError(t, err)
		again, err := Validate(file, Options{Release: release, Kind: kind})
		require.NoError(t, err)
		require.Equal(t, r, again)
	})
}
