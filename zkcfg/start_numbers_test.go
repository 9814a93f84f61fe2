package zkcfg

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/properties"
)

// The statuses are those of real processes of 3.5.7, 3.6.4 and 3.9.5.
func TestNumbersThatStopTheStart(t *testing.T) {
	const quorum = "tickTime=1000\ninitLimit=5\nsyncLimit=2\nserver.1=10.0.0.1:2888:3888\nserver.2=10.0.0.2:2888:3888\n"
	for _, tt := range []struct {
		release Release
		text    string
		exit    int
	}{
		{"3.5.7", "nio.sessionlessCnxnTimeout=0", 1},
		{"3.9.5", "nio.sessionlessCnxnTimeout=0", 1},
		{"3.9.5", "nio.sessionlessCnxnTimeout=0\n" + quorum, 1},
		{"3.9.5", "nio.sessionlessCnxnTimeout=-1", 0},
		{"3.9.5", "nio.numSelectorThreads=-1", 1},
		{"3.9.5", "intBufferStartingSizeBytes=-1", 1},
		{"3.6.4", "pathStats.slotCapacity=0", 2},
		{"3.6.4", "pathStats.slotCapacity=0\n" + quorum, 0},
		{"3.5.7", "pathStats.slotCapacity=0", 0},
		{"3.6.4", "pathStats.slotDuration=0", 0},
		{"3.6.4", "pathStats.slotDuration=0\npathStats.enabled=true", 2},
		{"3.6.4", "pathStats.delay=0\npathStats.enabled=true", 2},
		{"3.6.4", "pathStats.delay=0", 0},
		{"3.6.4", "pathStats.initialDelay=-1\npathStats.enabled=true", 0},
	} {
		f, err := properties.Parse("zoo.cfg", []byte("dataDir=/data\nclientPort=2181\n"+tt.text+"\n"))
		require.NoError(t, err)
		c, err := Resolve(f, Options{Release: tt.release, MyID: []byte("1"), ClassesExact: true})
		require.NoError(t, err)
		require.Equal(t, tt.exit, c.ExitStatus, "%s %q", tt.release, tt.text)
	}
}
