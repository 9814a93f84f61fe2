package ber

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTheCommonIdentifiersAreWhatTheySay(t *testing.T) {
	for i, c := range common {
		require.Equal(t, string(OID(c.dotted)[2:]), c.content, c.dotted)
		require.True(t, i == 0 || strings.Compare(common[i-1].content, c.content) < 0, "%s is out of order", c.dotted)
		got, err := Element{Tag: TagOID, Content: []byte(c.content)}.OID()
		require.NoError(t, err)
		require.Equal(t, c.dotted, got)
	}
}
