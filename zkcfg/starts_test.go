package zkcfg

import (
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/properties"
)

// beyondFiles are starts whose outcome depends on ports, names, directories or a JAAS file of the machine.
var beyondFiles = regexp.MustCompile(`^(server_host_|clientPort_eq_electionPort|dataDir_uncreatable|txnlog_in|snapshot_in|client_busy|client_addr_not_local|admin_|x_admin|x_zkprefix|` +
	`quorumsasl_nojaas|certReload_relative|x_prom_noprovider|x_port_privileged)`)

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
		if beyondFiles.MatchString(c.Name) {
			continue
		}
		files := map[string]string{"@DIR@/data/": "", "@DIR@/data/myid": "1", "@DIR@/f": "a file"}
		if id, ok := startIDs[c.Name]; ok {
			files["@DIR@/data/myid"] = id
		}
		if strings.Contains(c.Cfg, "dynamicConfigFile") {
			files["@DIR@/zoo.cfg.dynamic.100000000"] = "server.1=127.0.0.1:25173:25174:participant\n"
		}
		given := map[string]string{}
		if c.Name == "multiaddr_sysprop" {
			given["zookeeper.multiAddress.enabled"] = "true"
		}
		for release, exit := range c.Exit {
			f, err := properties.Parse("/d/zoo.cfg", []byte(expand(c.Cfg)))
			require.NoError(t, err)
			config, err := Resolve(f, Options{Release: release, Root: rootWith(files), ClassesExact: true, Properties: given})
			require.NoError(t, err)
			if config.ExitStatus != exit {
				t.Errorf("%s, %s: status %d, want %d\n%v", c.Name, release, config.ExitStatus, exit, config.problems)
			}
			compared++
		}
	}
	require.Greater(t, compared, 500)
}
