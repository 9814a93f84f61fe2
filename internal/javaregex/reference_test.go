package javaregex

import (
	"encoding/base64"
	"errors"
	"math/rand/v2"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/internal/reference"
)

// parts are what made-up patterns are put together from.
var parts = []string{"a", "b", "z", "-", "1", "0", "9", "(", ")", "(", ")", "[", "]", "[^", "&&", "{", "}", "{1}", "{1,}", "{2,1}", "{1,2}", "{99999999999}", "*", "+", "?", "??", "*+", "|", "^", "$", ".", "\\", "\\\\", "\\d", "\\W", "\\b", "\\B",
	"\\A", "\\z", "\\G", "\\R", "\\X", "\\h", "\\v", "\\1", "\\2", "\\0", "\\07", "\\0377", "\\x", "\\x4f", "\\x{41}", "\\x{", "\\u0041", "\\u00", "\\cA", "\\c", "\\Q", "\\E", "\\Qa-1\\E", "\\p{Lu}", "\\P{Alpha}", "\\pL", "\\pX", "\\p{", "\\p", "\\p{}", "\\p{Foo}", "\\p{javaLowerCase}",
	"(?:", "(?=", "(?!", "(?<=", "(?<!", "(?>", "(?<n>", "(?<n1>", "(?<1>", "(?i)", "(?-i)", "(?i-s:", "(?z)", "(?", "(?<", "\\k<n>", "\\k<n", "\\k", "\\y", "\\e", "\\_", "\\-", "\\ ", " ", "#", "=", "!", "<", ">", "é", "\U0001d7d7", "${env:x}", ",", "/"}

// TestAgreesWithPattern makes patterns up and asks java.util.regex.Pattern.
func TestAgreesWithPattern(t *testing.T) {
	reference.Require(t)
	const count = 20000
	r := rand.New(rand.NewPCG(reference.Seed(t), 0))
	patterns := make([]string, count)
	var in strings.Builder
	for i := range patterns {
		var b strings.Builder
		for range 1 + r.IntN(8) {
			b.WriteString(parts[r.IntN(len(parts))])
		}
		patterns[i] = b.String()
		in.WriteString(base64.StdEncoding.EncodeToString([]byte(patterns[i])) + "\n")
	}
	jdk := reference.Java17(t)
	classes := reference.Compile(t, jdk, "", "../reference/java/Patterns.java")
	cmd := exec.Command(jdk.Bin("java"), "-cp", classes, "Patterns")
	cmd.Stdin = strings.NewReader(in.String())
	out, err := cmd.Output()
	require.NoError(t, err)
	answers := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
	require.Len(t, answers, count)
	unsure, wrong := 0, 0
	for i, answer := range answers {
		err := Check(patterns[i])
		switch taken := answer == "ok"; {
		case errors.Is(err, ErrUnsure):
			unsure++
		case taken != (err == nil):
			if wrong++; wrong <= 20 {
				t.Errorf("%q: we say %v, Java %s", patterns[i], err, answer)
			}
		}
	}
	t.Logf("%d patterns, %d unsure, %d wrong", count, unsure, wrong)
	require.Less(t, unsure, count/10)
}
