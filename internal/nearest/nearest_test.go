package nearest_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/internal/nearest"
)

func TestOf(t *testing.T) {
	for _, c := range []struct {
		name       string
		candidates []string
		most       int
		want       string
	}{
		{"log.dir", []string{"log.dirs", "log.roll"}, 2, "log.dirs"},
		{"log.dirs", []string{"log.dirs"}, 2, ""}, // it is one
		{"LOG.DIRS", []string{"log.roll", "log.dirs"}, 0, "log.dirs"},
		{"listers", []string{"listeners"}, 1, ""},
		{"listers", []string{"listeners"}, 2, "listeners"},
		{"bat", []string{"cat", "bad"}, 1, "bad"},
		{"bat", []string{"cat", "rat"}, 1, "cat"},
		{"bat", []string{"cat", "bats", "bta"}, 2, "bats"},
		{"größe", []string{"grösse", "größen"}, 2, "größen"},
		{"timeTick", []string{"initLimit", "tickTime"}, 1, "tickTime"},
		{"retention.log.hours", []string{"log.retention.bytes", "log.retention.hours"}, 2, "log.retention.hours"},
		{"log.hours", []string{"log.retention.hours"}, 2, ""},
		{"", []string{"a"}, 1, "a"},
		{"a", nil, 3, ""},
	} {
		require.Equal(t, c.want, nearest.Of(c.name, c.candidates, c.most), "%s of %s", c.name, c.candidates)
	}
}
