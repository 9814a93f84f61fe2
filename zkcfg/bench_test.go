package zkcfg

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/properties"
)

const ensembleFile = `tickTime=2000
dataDir=/var/lib/zookeeper
dataLogDir=/var/lib/zookeeper-log
clientPort=2181
initLimit=10
syncLimit=5
autopurge.purgeInterval=24
admin.enableServer=false
4lw.commands.whitelist=srvr
server.1=zk1.example.com:2888:3888
server.2=zk2.example.com:2888:3888
server.3=zk3.example.com:2888:3888
`

func BenchmarkValidate(b *testing.B) {
	f, err := properties.Parse("zoo.cfg", []byte(ensembleFile))
	require.NoError(b, err)
	o := Options{MyID: []byte("1\n")}
	b.ReportAllocs()
	for b.Loop() {
		if r, err := Validate(f, o); err != nil || r.Verdict != finding.Accepts || len(r.Findings) != 1 { // the log directory is not seen
			b.Fatal(r.Findings, err)
		}
	}
}

func BenchmarkParseAndResolve(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		f, err := properties.Parse("zoo.cfg", []byte(ensembleFile))
		require.NoError(b, err)
		if _, err := Resolve(f, Options{MyID: []byte("1\n")}); err != nil {
			b.Fatal(err)
		}
	}
}
