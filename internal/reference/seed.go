package reference

import (
	"os"
	"strconv"
	"testing"
	"time"
)

// standardSeed makes a run that nobody seeded repeatable, so that a failure is the fault of the change and not of the day.
const standardSeed = 20261128

// Seed returns the seed of a test that makes its cases up, and prints it. The environment variable KCFG_SEED sets it: a number,
// or "random" for one that was never tried.
func Seed(t testing.TB) uint64 {
	t.Helper()
	seed := uint64(standardSeed)
	switch s := os.Getenv("KCFG_SEED"); s {
	case "":
	case "random":
		seed = uint64(time.Now().UnixNano())
	default:
		n, err := strconv.ParseUint(s, 10, 64)
		if err != nil {
			t.Fatalf("KCFG_SEED is %q, which is neither a number nor random", s)
		}
		seed = n
	}
	t.Logf("seed %d (KCFG_SEED)", seed)
	return seed
}
