package atomicfile

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestJournalsComeBack(t *testing.T) {
	sum := strings.Repeat("0a", 32)
	for _, j := range []journal{
		{home: "/etc/kafka"},
		{home: "/", renames: []rename{{"/srv/two words", ".a b", "k\n\"1\".jks", sum}, {"/srv/not utf-8 \xff", "\xfe", "ключ.jks", sum}}},
	} {
		text := string(j.encode())
		got, ok := parseJournal(text)
		require.True(t, ok, text)
		require.Equal(t, j, got)
		for n := range text {
			_, ok := parseJournal(text[:n])
			require.False(t, ok, "%q", text[:n])
		}
	}
	for _, text := range []string{"", "\n", "/etc\n", "end\n", `"/etc"` + "\n", `"/etc" "/x"` + "\nend\n",
		`"/etc"` + "\n" + `"d" "t" "n"` + "\nend\n", `"/etc"` + "\n" + `"d" "t" "n" "00"` + "\nend\n"} {
		_, ok := parseJournal(text)
		require.False(t, ok, text)
	}
}
