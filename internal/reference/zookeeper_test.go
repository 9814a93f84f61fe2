package reference

import "testing"

func TestZooKeeperJudge(t *testing.T) {
	Require(t)
	cases := []ZooKeeperCase{
		{Files: map[string]string{"zoo.cfg": "dataDir=@DIR@/data\nclientPort=2181\nx=1\n"}, Config: "zoo.cfg"},
		{Files: map[string]string{"zoo.cfg": "clientPort=2181\n"}, Config: "zoo.cfg"},
	}
	for _, release := range []string{"3.4.14", "3.9.6"} {
		facts := JudgeZooKeeper(t, release, "", cases)
		t.Logf("%v", facts)
		if facts[0]["tickTime"] != "3000" || facts[0]["-Dzookeeper.x"] != "1" || facts[1]["exit"] != "2" {
			t.Errorf("%s: %v", release, facts)
		}
	}
}
