package kafkacfg

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/properties"
)

// TestLongValues: there is a longest one, and up to it a list is judged in linear time and told of in bounds.
func TestLongValues(t *testing.T) {
	judge := func(value string) (finding.Report, error) {
		f, err := properties.Parse("server.properties", []byte("broker.id=1\nzookeeper.connect=z:2181\nlisteners="+value+"\n"))
		require.NoError(t, err)
		return Validate(f, Options{Release: "3.9.1", Kind: Broker})
	}
	var list strings.Builder
	for i := 0; list.Len() < MaxValue-20; i++ {
		fmt.Fprintf(&list, ",L%d://h:%d", i, i%60_000+1)
	}
	longest := list.String()[1:] + strings.Repeat(" ", MaxValue-list.Len()+1)
	require.Len(t, longest, MaxValue)
	r, err := judge(longest)
	require.NoError(t, err)
	require.Equal(t, finding.Refuses, r.Verdict)
	require.Less(t, len(r.Findings), 3000)

	_, err = judge(longest + " ")
	require.ErrorIs(t, err, properties.ErrTooLarge)
	require.EqualError(t, err, "server.properties:3:1: file too large: listeners has a value of 4194305 bytes, the most is 4194304")
}
