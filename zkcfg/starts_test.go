package zkcfg

import (
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/properties"
)

// beyondFiles are starts whose outcome no file of the machine tells: a jar of the release was left out; a port that the
// configuration does not name was taken now and then.
var beyondFiles = []string{"x_prom_noprovider", "admin_port_text"}

// startFiles are files of the machine that single cases have, beside what all have.
var startFiles = map[string]map[string]string{
	"txnlog_in_dataDir_with_split": {"@DIR@/data/version-2/log.1": "", "@DIR@/log/": ""},
	"snapshot_in_dataLogDir":       {"@DIR@/log/version-2/snapshot.0": ""},
}

// network is what proc told of the machine: its addresses, and that another process listens at port 24999.
var network = map[string]string{
	"/proc/net/fib_trie": "Local:\n  +-- 0.0.0.0/0 3 0 5\n     |-- 10.0.0.5\n        /32 host LOCAL\n",
	"/proc/net/tcp":      "  sl  local_address rem_address st\n   0: 0100007F:61A7 00000000:0000 0A\n",
}

// startIDs are the cases whose myid is not 1.
var startIDs = map[string]string{"myid_not_in_list": "9", "peerType_observer_not_in_list": "9", "myid_256": "256", "x_q1_id255_ext": "255",
	"x_q1_id254_ext": "254", "x_q1_id255_noext": "255", "x_q1_id256": "256", "x_q1_id0": "0", "x_q1_idneg2": "-2"}

// TestStartTable compares with the exit statuses of real processes; 0 stands for one that stays alive.
func TestStartTable(t *testing.T) {
	b, err := os.ReadFile("testdata/starts.json")
	require.NoError(t, err)
	var cases []struct {
		Name string
		Cfg  string
		Exit map[Release]int
	}
	require.NoError(t, json.Unmarshal(b, &cases))
	compared := 0
	for _, c := range cases {
		if slices.Contains(beyondFiles, c.Name) {
			continue
		}
		files := map[string]string{"@DIR@/data/": "", "@DIR@/data/myid": "1", "@DIR@/f": "a file"}
		maps.Copy(files, network)
		maps.Copy(files, startFiles[c.Name])
		if id, ok := startIDs[c.Name]; ok {
			files["@DIR@/data/myid"] = id
		}
		if strings.Contains(c.Cfg, "dynamicConfigFile") {
			files["@DIR@/zoo.cfg.dynamic.100000000"] = "server.1=127.0.0.1:25173:25174:participant\n"
		}
		given := map[string]string{"java.security.auth.login.config": ""}
		if c.Name == "multiaddr_sysprop" {
			given["zookeeper.multiAddress.enabled"] = "true"
		}
		for release, exit := range c.Exit {
			f, err := properties.Parse("/d/zoo.cfg", []byte(expand(c.Cfg)))
			require.NoError(t, err)
			o := Options{Release: release, Root: rootWith(files), Dir: expand("@DIR@"), ClassesExact: true, Properties: given}
			if c.Name == "dataDir_uncreatable" { // nobody makes a directory below proc, which the mode of proc says of everybody but root
				if rootOwned == nil {
					continue
				}
				o.Root.(fstest.MapFS)["proc"] = &fstest.MapFile{Mode: 0o555 | fs.ModeDir, Sys: rootOwned}
				o.User = "998"
			}
			config, err := Resolve(f, o)
			require.NoError(t, err)
			switch {
			case config.ExitStatus == exit:
			case config.ExitStatus == 0 && portIsTold(config, "24999"): // it may be the server's own, of before a restart
			default:
				t.Errorf("%s, %s: status %d, want %d\n%v", c.Name, release, config.ExitStatus, exit, config.problems)
			}
			compared++
		}
	}
	require.Greater(t, compared, 675)
}

func portIsTold(c *Config, port string) bool {
	return slices.ContainsFunc(c.Report().Findings, func(f finding.Finding) bool { return f.ID == "zk-port-in-use" && strings.Contains(f.Message, port) })
}
