package kafkacfg

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/properties"
)

func TestGuessKindWithoutAName(t *testing.T) {
	for text, want := range map[string]Kind{
		"security.protocol=SSL\nssl.truststore.location=/t\n":                     Admin, // for --command-config
		"sasl.mechanism=PLAIN\nsasl.jaas.config=x required;\n":                    Admin,
		"ssl.truststore.location=/t\n":                                            Broker,
		"security.protocol=SSL\nlisteners=SSL://:9093\n":                          Broker, // a key too many
		"zookeeper.connect=z:2181\n":                                              Broker,
		"zookeeper.connect=z:2181\ngroup.id=g\n":                                  Consumer, // of long ago
		"zookeeper.connect=z:2181\napplication.id=a\n":                            Streams,
		"zookeeper.connect=z:2181\nlog.dirs=/k\nacks=all\n":                       Broker,
		"metadata.broker.list=k:9092\nrequest.required.acks=1\n":                  Admin,
		"num.partitions=3\n":                                                      Broker,
		"bootstrap.servers=k:9092\ngroup.id=g\noffset.storage.file.filename=/o\n": ConnectStandalone,
	} {
		f, err := properties.Parse("my-settings", []byte(text))
		require.NoError(t, err)
		require.Equal(t, want, GuessKind(f), text)
	}
}

// A node's file with a consumer's key in it is a node's file.
func TestGuessKindByTheNameOfANode(t *testing.T) {
	f, err := properties.Parse("/etc/kafka/Server-1.properties", []byte("zookeeper.connect=z:2181\ngroup.id=g\n"))
	require.NoError(t, err)
	require.Equal(t, Broker, GuessKind(f))
}
