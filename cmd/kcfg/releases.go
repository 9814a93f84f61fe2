package main

import (
	"bufio"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kcfg/kcfg/kafkacfg"
	"github.com/kcfg/kcfg/zkcfg"
)

func newReleases(e *env) *cobra.Command {
	var output string
	cmd := &cobra.Command{
		Use:   "releases",
		Short: "List the releases of Kafka and ZooKeeper that kcfg knows",
		Long: `Releases lists every release of Apache Kafka whose keys kcfg knows, oldest first: how many keys a broker has there, whether
it runs with ZooKeeper or KRaft ((kraft): for trials only), and how its keys differ from those of the release in the line
above (+ added, - removed, ~ defined otherwise). kcfg keys --kafka NEW --since OLD names them. Below them it lists the releases
of ZooKeeper, and which releases of Kafka carry them.`,
		Example: `kcfg releases
kcfg releases -o json`,
		Args: positional(0, 0),
		RunE: func(*cobra.Command, []string) error {
			if output == outputJSON {
				return printReleasesJSON(e)
			}
			return printReleases(e)
		},
	}
	outputFlag(cmd, &output, outputText, outputJSON)
	return cmd
}

// modesOf tells from a release's keys how its brokers keep their metadata.
func modesOf(r kafkacfg.Release) (zookeeper, kraft, early bool) {
	_, zookeeper = kafkacfg.LookupKey(r, kafkacfg.Broker, "zookeeper.connect")
	roles, kraft := kafkacfg.LookupKey(r, kafkacfg.Broker, "process.roles")
	return zookeeper, kraft, kraft && roles.Internal
}

func countKeys(r kafkacfg.Release, k kafkacfg.Kind) int {
	n := 0
	for range kafkacfg.Keys(r, k) {
		n++
	}
	return n
}

func printReleases(e *env) error {
	w := bufio.NewWriter(e.Stdout)
	fmt.Fprintf(w, "%-8s %6s  %-18s  %s\n", "RELEASE", "BROKER", "MODES", "DIFFERS FROM THE ONE ABOVE")
	var above kafkacfg.Release
	for _, r := range kafkacfg.Releases() {
		zookeeper, kraft, early := modesOf(r)
		var modes []string
		if zookeeper {
			modes = append(modes, "zookeeper")
		}
		switch {
		case early:
			modes = append(modes, "(kraft)") // defined, but not published
		case kraft:
			modes = append(modes, "kraft")
		}
		line := fmt.Sprintf("%-8s %6d  %-18s  %s", r, countKeys(r, kafkacfg.Broker), strings.Join(modes, ", "), countDiffs(above, r))
		fmt.Fprintln(w, strings.TrimRight(line, " "))
		above = r
	}
	printZooKeeperReleases(w)
	return w.Flush()
}

// countDiffs sums up how the keys of brokers differ: "+3 -1 ~2".
func countDiffs(from, to kafkacfg.Release) string {
	if from == "" {
		return ""
	}
	added, removed, changed := 0, 0, 0
	for _, d := range kafkacfg.DiffKeys(kafkacfg.Broker, from, to) {
		switch {
		case d.Old == nil:
			added++
		case d.New == nil:
			removed++
		default:
			changed++
		}
	}
	var parts []string
	for _, p := range []struct {
		sign string
		n    int
	}{{"+", added}, {"-", removed}, {"~", changed}} {
		if p.n > 0 {
			parts = append(parts, fmt.Sprintf("%s%d", p.sign, p.n))
		}
	}
	return strings.Join(parts, " ")
}

// releasesSchema names the JSON form of the list of releases.
const releasesSchema = "kcfg.releases/1"

type releaseInfo struct {
	Release      kafkacfg.Release      `json:"release"`
	NewestOfLine bool                  `json:"newest_of_line"`
	ZooKeeper    bool                  `json:"zookeeper"`
	KRaft        bool                  `json:"kraft"`
	Keys         map[kafkacfg.Kind]int `json:"keys"`
}

// zooKeeperInfo is a release of ZooKeeper, and the releases of Kafka that carry it.
type zooKeeperInfo struct {
	Release zkcfg.Release `json:"release"`
	Kafka   []string      `json:"kafka"`
}

func printReleasesJSON(e *env) error {
	var infos []releaseInfo
	for _, r := range kafkacfg.Releases() {
		info := releaseInfo{Release: r, Keys: map[kafkacfg.Kind]int{}}
		newest, err := kafkacfg.ParseRelease(r.Line())
		if err != nil {
			return err
		}
		info.NewestOfLine = newest == r
		info.ZooKeeper, info.KRaft, _ = modesOf(r)
		for _, k := range kafkacfg.Kinds() {
			info.Keys[k] = countKeys(r, k)
		}
		infos = append(infos, info)
	}
	zookeepers := []zooKeeperInfo{}
	for _, r := range zkcfg.Releases() {
		zookeepers = append(zookeepers, zooKeeperInfo{r, carriers(r)})
	}
	return printJSON(e, struct {
		Schema    string          `json:"schema"`
		Releases  []releaseInfo   `json:"releases"`
		ZooKeeper []zooKeeperInfo `json:"zookeeper"`
	}{releasesSchema, infos, zookeepers})
}
