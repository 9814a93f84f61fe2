package kafkacfg

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/internal/golden"
	"github.com/kcfg/kcfg/properties"
)

// TestNoNoise reads realistic files one by one: what every one of them is told is stored and was judged by people.
func TestNoNoise(t *testing.T) {
	a := golden.Open(t, "testdata/lint/realistic.txtar")
	var got strings.Builder
	n := 0
	for _, file := range slices.Clone(a.Files) {
		words := strings.Fields(file.Name)
		if len(words) < 3 {
			continue
		}
		n++
		o := Options{Release: Release(words[1]), Kind: Broker}
		if len(words) > 3 {
			o.Kind = Kind(words[2])
		}
		f, err := properties.Parse(words[len(words)-1], file.Data)
		require.NoError(t, err)
		r, err := Validate(f, o)
		require.NoError(t, err)
		fmt.Fprintf(&got, "%s: %s\n", file.Name, r.Verdict)
		for _, f := range r.Findings {
			fmt.Fprintf(&got, "  %-7s %s:%d %s\n", f.Severity, f.ID, f.Pos.Line, f.Message)
		}
		if words[0] != "prod" {
			if r.Verdict == finding.Refuses || r.Worst() > finding.Info {
				t.Errorf("%s: %s, worst %s", file.Name, r.Verdict, r.Worst())
			}
		}
	}
	a.Equal(t, "findings", []byte(got.String()))
	require.GreaterOrEqual(t, n, 40)
}
