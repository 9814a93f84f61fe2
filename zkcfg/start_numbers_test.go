package zkcfg

import (
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/properties"
)

// Java 17 knows the digests by several names, and looks the algorithm up even where nobody authenticates with it.
func TestDigestAlgorithms(t *testing.T) {
	for text, exit := range map[string]int{
		"SHA256": 0, "sha512/224": 0, "sha-256": 0, "2.16.840.1.101.3.4.2.1": 0, "oid.1.3.14.3.2.26": 0,
		"SHA3": 1, "SHA2": 1, "": 1, "OID.1.3": 1,
		"x\nDigestAuthenticationProvider.enabled=false": 1,
	} {
		f, err := properties.Parse("zoo.cfg", []byte("dataDir=/data\nclientPort=2181\nDigestAuthenticationProvider.digestAlg="+text+"\n"))
		require.NoError(t, err)
		c, err := Resolve(f, Options{Release: "3.9.5", ClassesExact: true})
		require.NoError(t, err)
		require.Equal(t, exit, c.ExitStatus, "%q", text)
	}
}

// A server that may not make directories needs the one in which the data are, and makes none for any word but true.
func TestDirectoriesThatAreNotMade(t *testing.T) {
	for _, tt := range []struct {
		text, has string
		exit      int
	}{
		{"datadir.autocreate=false", "d/data/version-2/x", 0},
		{"datadir.autocreate=false", "d/data/x", 3},
		{"datadir.autocreate=x", "d/x", 3},
		{"datadir.autocreate=", "d/x", 3},
		{"datadir.autocreate=TRUE", "d/x", 0},
	} {
		f, err := properties.Parse("/d/zoo.cfg", []byte("dataDir=/d/data\nclientPort=2181\n"+tt.text+"\n"))
		require.NoError(t, err)
		c, err := Resolve(f, Options{Release: "3.9.5", ClassesExact: true, Root: fstest.MapFS{tt.has: {}}})
		require.NoError(t, err)
		require.Equal(t, tt.exit, c.ExitStatus, "%q with %s", tt.text, tt.has)
	}
}

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
		{"3.5.10", "admin.serverPort=-5", 4},
		{"3.9.5", "admin.serverPort=-1", 4},
		{"3.9.5", "admin.serverPort=65536", 4},
		{"3.9.5", "admin.serverPort=65536\nadmin.enableServer=false", 0},
		{"3.9.5", "admin.serverPort=65536\nadmin.enableServer=no", 4},
		{"3.9.5", "admin.serverPort=65536\n" + quorum, 0},
		{"3.9.5", "admin.serverPort=x", 0},
		{"3.4.14", "admin.serverPort=70000", 0},
		{"3.8.6", "admin.commandURL=x", 4},
		{"3.8.6", "admin.commandURL=/x", 0},
		{"3.8.6", "admin.commandURL=", 0},
		{"3.8.6", "admin.commandURL=/a*b", 4},
		{"3.8.6", "admin.commandURL=x\n" + quorum, 0},
	} {
		f, err := properties.Parse("zoo.cfg", []byte("dataDir=/data\nclientPort=2181\n"+tt.text+"\n"))
		require.NoError(t, err)
		c, err := Resolve(f, Options{Release: tt.release, MyID: []byte("1"), ClassesExact: true})
		require.NoError(t, err)
		require.Equal(t, tt.exit, c.ExitStatus, "%s %q", tt.release, tt.text)
	}
}
