package zkcfg

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/properties"
)

// FuzzValidate: no file, myid or dynamic file makes the package panic, and the verdict never contradicts the findings.
func FuzzValidate(f *testing.F) {
	f.Add([]byte(ensembleFile), []byte("1\n"), []byte("server.1=zk1:2888:3888;2181\n"), uint8(0))
	f.Add([]byte("dataDir=/d\ndynamicConfigFile=/d/dyn.1\n"), []byte(""), []byte("group.1=1:2\nweight.1=x\n"), uint8(20))
	f.Add([]byte("dataDir=~\nserver.1=[::1]2888:3888|\nclientPortAddress=1.2.65535\n"), []byte("\ufeff1"), []byte("server.1=;"), uint8(9))
	f.Fuzz(func(t *testing.T, config, myid, dynamic []byte, n uint8) {
		file, err := properties.Parse("/d/zoo.cfg", config)
		if err != nil {
			return
		}
		all := Releases()
		r, err := Validate(file, Options{
			Release: all[int(n)%len(all)], ClassesExact: n%2 == 0,
			Root: rootWith(map[string]string{"/d/myid": string(myid), "/d/dyn.1": string(dynamic), "/d/zoo.cfg.dynamic.next": string(dynamic)}),
		})
		require.NoError(t, err)
		refused := false
		for _, f := range r.Findings {
			refused = refused || f.Refuses()
		}
		require.Equal(t, refused, r.Verdict == finding.Refuses || r.Verdict == finding.Undetermined && refused)
	})
}
