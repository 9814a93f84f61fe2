package plural_test

import (
	"testing"

	"github.com/kcfg/kcfg/internal/plural"
)

func TestOf(t *testing.T) {
	for _, test := range []struct {
		n          int
		noun, want string
	}{
		{0, "file", "0 files"},
		{1, "file", "1 file"},
		{2, "file", "2 files"},
		{1, "entry", "1 entry"},
		{3, "entry", "3 entries"},
		{2, "day", "2 days"},
		{2, "private key", "2 private keys"},
		{-1, "iteration", "-1 iterations"},
	} {
		if got := plural.Of(test.n, test.noun); got != test.want {
			t.Errorf("Of(%d, %q) = %q, want %q", test.n, test.noun, got, test.want)
		}
	}
}
