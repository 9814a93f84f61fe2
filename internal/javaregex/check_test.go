package javaregex

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
)

// The cases were asked of Java 17.
func TestCheck(t *testing.T) {
	for pattern, taken := range map[string]bool{
		"": true, "a{1,2}": true, "a{": false, "{": false, "a{x": false, "${x}": false, "a{2,1}": false, "a{1}{2}": true, "{1}": true, "a**": false,
		"a*?": true, "a*+": true, "a*?+": false, "^*": true, "(?i)*": false, "(?i)a": true, "(?<n>a)\\k<n>": true, "\\k<n>": false,
		"(?<n>a)(?<n>b)": false, "(?<=a{1,3})b": true, "(?<=a+)b": false, "(?<!\\1)(a)": false, "(?$a)": false, "(": false, ")": false, "a|)": false,
		"[a-z&&[^aeiou]]": true, "[a": false, "[]": false, "[]a]": true, "[a-]": true, "[z-a]": false, "[a-\\d]": false, "[&&]": false, "\\": false,
		"\\Q(": true, "\\Qa\\E*": true, "\\y": false, "\\p{Lu}": true, "\\p{Nope}": false, "\\pL": true, "\\x{110000}": false, "\\x4": false,
		"\\u12": false, "\\08": false, "\\07": true, "]": true, "}": true, "*a": false, "a|*": false, "(?<1a>b)": false,
	} {
		err := Check(pattern)
		require.NotErrorIs(t, err, ErrUnsure, pattern)
		require.Equal(t, taken, err == nil, "%q: %v", pattern, err)
	}
	require.ErrorIs(t, Check("(?x) a # b"), ErrUnsure)
	require.ErrorIs(t, Check(`\N{DIGIT ONE}`), ErrUnsure)
}

func FuzzCheck(f *testing.F) {
	for _, s := range []string{"a{1,2}?", "[a-z&&[^b]]", `\Qx\E\p{Lu}`, "(?<n>a)\\k<n>", "(?<=ab|c)d"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, pattern string) {
		if err := Check(pattern); err != nil && !errors.Is(err, ErrUnsure) && err.Error() == "" {
			t.Fatal("a refusal without a reason")
		}
	})
}
