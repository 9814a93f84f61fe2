package zkcfg

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/properties"
)

func TestGuess(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       Kind
	}{
		{"zoo.cfg.dynamic.100000000", "server.1=zk1:2888:3888\n", Dynamic},
		{"members", "server.1=zk1:2888:3888\ngroup.1=1\n", Dynamic},
		{"members", "server.1=zk1:2888:3888\ndataDir=/data\n", Static},
		{"conf/zoo.cfg", "server.1=zk1:2888:3888\n", Static},
		{"zookeeper.properties", "server.1=zk1:2888:3888\n", Static},
		{"members", "", Static},
	} {
		f, err := properties.Parse(c.name, []byte(c.text))
		require.NoError(t, err)
		require.Equal(t, c.want, Guess(f), "%s: %s", c.name, c.text)
	}
}
