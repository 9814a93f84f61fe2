package zkcfg

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/properties"
)

// Value tells what the server makes of a value, not what stands in the file.
func TestValueIsEffective(t *testing.T) {
	f, err := properties.Parse("zoo.cfg", []byte("dataDir=/data \nclientPort=+02181\nsyncEnabled=yes\nquorumListenOnAllIPs= TRUE\nautopurge.snapRetainCount=1\n"+
		"snapCount=0x10\nglobalOutstandingLimit=many\nadmin.enableServer=False\npeerType=OBSERVER\ntickTime=2s\nforceSync=maybe\n"))
	require.NoError(t, err)
	c, err := Resolve(f, Options{Release: "3.6.4"})
	require.NoError(t, err)
	for key, want := range map[string]string{
		"dataDir": "/data", "clientPort": "2181", "syncEnabled": "false", "quorumListenOnAllIPs": "true", "autopurge.snapRetainCount": "3",
		"snapCount": "16", "globalOutstandingLimit": "1000", "admin.enableServer": "False", "peerType": "observer", "tickTime": "2s",
		"forceSync": "maybe", "maxClientCnxns": "60",
	} {
		v, ok := c.Value(key)
		require.True(t, ok, key)
		require.Equal(t, want, v.Text, key)
	}
	_, ok := c.Value("foo")
	require.False(t, ok)
}

// The ZooKeeper of a Kafka may change with its last number.
func TestBundledWith(t *testing.T) {
	for kafka, want := range map[string]Release{"2.3.1": "3.4.14", "2.4.0": "3.5.6", "2.4.1": "3.5.7", "2.5.0": "3.5.7", "2.5.1": "3.5.8", "2.6.1": "3.5.8",
		"2.6.2": "3.5.9", "2.7.0": "3.5.8", "2.7.1": "3.5.9", "2.8.2": "3.5.9", "3.4.0": "3.6.3", "3.4.1": "3.6.4", "3.6.1": "3.8.3", "3.7.0": "3.8.3", "3.9.2": "3.8.4"} {
		got, ok := BundledWith(kafka)
		require.True(t, ok, kafka)
		require.Equal(t, want, got, kafka)
	}
	for _, kafka := range []string{"2.2.2", "4.0.0"} {
		_, ok := BundledWith(kafka)
		require.False(t, ok, kafka)
	}
}
