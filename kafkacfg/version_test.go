package kafkacfg

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPlacesOfProtocolVersions(t *testing.T) {
	for v, want := range map[ibp]string{
		ibp0_10IV0: "0.10.0-IV0", ibp0_10IV1: "0.10.0-IV1", ibp0_11IV0: "0.11.0-IV0", ibp3_0IV1: "3.0-IV1", ibp3_4IV0: "3.4-IV0", ibp3_7IV2: "3.7-IV2",
	} {
		require.Equal(t, want, v.String())
	}
}
