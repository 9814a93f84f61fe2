package zkcfg

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/properties"
)

// TestManyBadLines: what is said about a line does not depend on how many there are; work that grows with their square
// would not end here.
func TestManyBadLines(t *testing.T) {
	var b strings.Builder
	b.WriteString(lone)
	const lines = 40_000
	for i := range lines {
		fmt.Fprintf(&b, "server.%d=zk%d:2888:3888 # comment\n", i, i)
	}
	f, err := properties.Parse("/d/zoo.cfg", []byte(expand(b.String())))
	require.NoError(t, err)
	for _, release := range []Release{"3.4.14", Newest()} {
		r, err := Validate(f, Options{Release: release})
		require.NoError(t, err)
		require.Equal(t, finding.Refuses, r.Verdict)
		require.GreaterOrEqual(t, len(r.Findings), lines)
	}
}
