package zkcfg

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/internal/golden"
	"github.com/kcfg/kcfg/internal/reference"
)

const (
	lone   = "dataDir=@DIR@/data\nclientPort=2181\n"
	quorum = lone + "initLimit=10\nsyncLimit=5\n"
	pair12 = "server.1=zk1:2888:3888\nserver.2=zk2:2888:3888\n"
	static = "dataDir=@DIR@/data\ninitLimit=10\nsyncLimit=5\ndynamicConfigFile=@DIR@/zoo.cfg.dynamic"
)

// quirk is one of them. Unless it says otherwise there is a data directory with the id 1.
type quirk struct {
	name, cfg  string
	files      map[string]string
	properties map[string]string
}

func (q quirk) mutant() mutant {
	m := mutant{q.cfg, map[string]string{"data/": "", "data/myid": "1\n"}, q.properties}
	if _, directory := q.files["data/myid/"]; directory {
		delete(m.files, "data/myid")
	}
	maps.Copy(m.files, q.files)
	return m
}

// quirks are the smallest files that show what is odd about some release. Everything on which a generator and this package
// ever disagreed ends up here.
var quirks = []quirk{
	{name: "true in other letters", cfg: lone + "sslQuorum=TRUE\nquorumListenOnAllIPs=tRuE\n"},
	{name: "false with a long s", cfg: lone + "sslQuorum=fal\\u017fe\n"},
	{name: "strict boolean with a long s", cfg: lone + "standaloneEnabled=fal\\u017fe\n"},
	{name: "digits of another script", cfg: lone + "tickTime=\\u0661\\uff10\\uff10\\uff10\n"},
	{name: "digits beyond the first plane", cfg: lone + "tickTime=\\ud835\\udfd9\n"},
	{name: "control characters around a number", cfg: lone + "tickTime=\\u00002000\\u001f\n"},
	{name: "a no-break space around a number", cfg: lone + "tickTime=2000\\u00a0\n"},
	{name: "20 ticks overflow and come out negative", cfg: lone + "tickTime=200000000\n"},
	{name: "20 ticks overflow and come out right", cfg: lone + "tickTime=1500000000\n"},
	{name: "both timeouts at -2", cfg: lone + "minSessionTimeout=-2\nmaxSessionTimeout=-2\n"},
	{name: "the minimum alone", cfg: lone + "minSessionTimeout=4000\n"},
	{name: "the same key twice once trimmed", cfg: lone + "clientPort\\ =2182\n"},
	{name: "the same key thrice once trimmed", cfg: "dataDir=@DIR@/data\n\\ clientPort=1\nclientPort=2\nclientPort\\t=3\n"},
	{name: "a backslash swallows the next line", cfg: "dataDir=@DIR@/data\\\nclientPort=2181\n"},
	{name: "a malformed escape", cfg: lone + "x=\\u12\n"},
	{name: "a byte order mark before an optional key", cfg: "\xef\xbb\xbfclientPort=2181\ndataDir=@DIR@/data\n"},
	{name: "client port 0", cfg: "dataDir=@DIR@/data\nclientPort=0\n"},
	{name: "client port 0 beside one in the own line", cfg: "dataDir=@DIR@/data\nclientPort=0\nserver.1=zk1:2888:3888;2181\n"},
	{name: "secure port 0 with a provider", cfg: lone + "secureClientPort=0\nssl.authProvider=foo\n"},
	{name: "a metrics provider in a jar of its own", cfg: lone + "metricsProvider.className=org.apache.zookeeper.metrics.prometheus.PrometheusMetricsProvider\nmetricsProvider.httpPort=7000\n"},
	{name: "an empty provider", cfg: lone + "secureClientPort=2281\nssl.authProvider=\n"},
	{name: "x509 in capitals", cfg: lone + "secureClientPort=2281\nssl.authProvider=X509\n"},
	{name: "a provider of which the class is empty", cfg: lone + "secureClientPort=2281\nssl.authProvider=foo\nauthProvider.foo=\n"},
	{name: "secure address without port", cfg: lone + "secureClientPortAddress=127.0.0.1\n"},
	{name: "IPv4 in one number", cfg: lone + "clientPortAddress=300\n"},
	{name: "IPv4 in one number too large", cfg: lone + "clientPortAddress=4294967296\n"},
	{name: "IPv4 in three numbers", cfg: lone + "clientPortAddress=1.2.65535\n"},
	{name: "IPv4 in three numbers, the last too large", cfg: lone + "clientPortAddress=1.2.65536\n"},
	{name: "hexadecimal that C takes as an address", cfg: lone + "clientPortAddress=0x1\n"},
	{name: "hexadecimal that C takes as four bytes", cfg: lone + "clientPortAddress=0x7f000001\n"},
	{name: "an empty address", cfg: lone + "clientPortAddress=\n"},
	{name: "a mapped IPv6 address", cfg: lone + "clientPortAddress=::ffff:10.0.0.1\n"},
	{name: "a zone that is a number", cfg: lone + "clientPortAddress=fe80::1%1\n"},
	{name: "a directory of one letter", cfg: "dataDir=d\nclientPort=2181\n"},
	{name: "a directory of one letter and a slash", cfg: "dataDir=x/\nclientPort=2181\n"},
	{name: "the parent directory", cfg: "dataDir=..\nclientPort=2181\n"},
	{name: "the same directory in three characters", cfg: "dataDir=./.\nclientPort=2181\n"},
	{name: "a letter in UTF-8 is two to Java", cfg: "dataDir=é\nclientPort=2181\n"},
	{name: "an escaped letter is one", cfg: "dataDir=\\u00e9\nclientPort=2181\n"},
	{name: "a pair of surrogates is two", cfg: "dataDir=\\ud83d\\ude00\nclientPort=2181\n"},

	{name: "one id in two spellings", cfg: quorum + pair12 + "server.01=zk3:2888:3888\n"},
	{name: "one id in two spellings, more keys", cfg: quorum + pair12 + "server.002=zk3:2888:3888\nserver.3=zk3:1:2\na=1\nb=2\nc=3\nd=4\ne=5\n"},
	{name: "a blank before the key of a server", cfg: quorum + pair12 + "\\ server.1=zk3:2888:3888\n"},
	{name: "a blank behind the key of a server", cfg: quorum + pair12 + "server.3\\ =zk3:2888:3888\n"},
	{name: "a blank behind a server", cfg: quorum + pair12 + "server.3=zk3:2888:3888 \n"},
	{name: "a tab before the role", cfg: quorum + pair12 + "server.3=zk3:2888:3888:\\tobserver\n"},
	{name: "a blank behind the role", cfg: quorum + pair12 + "server.3=zk3:2888:3888:observer \n"},
	{name: "a dotted capital I in the role", cfg: quorum + pair12 + "server.3=zk3:2888:3888:PART\\u0130CIPANT\n"},
	{name: "a colon at the end", cfg: quorum + pair12 + "server.3=zk3:2888:3888:\n"},
	{name: "a semicolon at the end", cfg: quorum + pair12 + "server.3=zk3:2888:3888;\n"},
	{name: "a semicolon alone", cfg: quorum + pair12 + "server.3=;\n"},
	{name: "a bar alone", cfg: quorum + pair12 + "server.3=|\n"},
	{name: "a bar and a client port", cfg: quorum + "server.1=|;2181\nserver.2=zk2:2888:3888\n"},
	{name: "a bar at the end", cfg: quorum + pair12 + "server.3=zk3:2888:3888|\n"},
	{name: "a bar at the start", cfg: quorum + pair12 + "server.3=|zk3:2888:3888\n"},
	{name: "two addresses", cfg: quorum + pair12 + "server.3=zk1:1:2|zk3:2888:3888\n", properties: map[string]string{"zookeeper.multiAddress.enabled": "true"}},
	{name: "two addresses allowed in the file alone", cfg: quorum + pair12 + "multiAddress.enabled=true\nserver.3=zk1:1:2|zk3:2888:3888\n"},
	{name: "two addresses of two roles", cfg: quorum + pair12 + "server.3=zk1:1:2:observer|zk3:2888:3888:participant\n", properties: map[string]string{"zookeeper.multiAddress.enabled": "true"}},
	{name: "no colon behind the bracket", cfg: quorum + pair12 + "server.3=[::1]2888:3888\n"},
	{name: "another character behind the bracket", cfg: quorum + pair12 + "server.3=[::1]x2888:3888\n"},
	{name: "two pairs of brackets", cfg: quorum + pair12 + "server.3=[[::1]]:2888:3888\n"},
	{name: "empty brackets", cfg: quorum + pair12 + "server.3=[]:2888:3888\n"},
	{name: "no colon behind the bracket of the client address", cfg: quorum + "server.1=zk1:2888:3888;[::1]2181\nserver.2=zk2:2888:3888\n"},
	{name: "a client address without host", cfg: quorum + "server.1=zk1:2888:3888;:2181\nserver.2=zk2:2888:3888\n"},
	{name: "an empty host", cfg: quorum + pair12 + "server.3=:2888:3888\n"},
	{name: "two parts", cfg: quorum + pair12 + "server.3=zk3:2888\n"},
	{name: "one part", cfg: quorum + pair12 + "server.3=zk3\n"},
	{name: "five parts", cfg: quorum + pair12 + "server.3=zk3:2888:3888:observer:x\n"},
	{name: "equal ports in two spellings", cfg: quorum + pair12 + "server.3=zk3:2888:02888\n"},
	{name: "an id beyond 64 bits", cfg: quorum + pair12 + "server.9223372036854775808=zk3:2888:3888\n"},
	{name: "the least id", cfg: quorum + pair12 + "server.-9223372036854775808=zk3:2888:3888\n"},
	{name: "an observer and a participant of one id", cfg: quorum + pair12 + "server.3=zk2:2888:3888:observer\nserver.03=zk2:2888\n"},
	{name: "an observer over a participant of its id", cfg: quorum + "server.2=zk2:2888:3888:observer\nserver.00002=zk1:2888\nserver.5=zk2:2888:3888\n"},
	{name: "observers alone", cfg: quorum + "server.1=zk1:2888:3888:observer\n"},
	{name: "one participant and an observer", cfg: quorum + "server.1=zk1:2888:3888\nserver.2=zk2:2888:3888:observer\n"},
	{name: "the same without a standalone mode", cfg: quorum + "standaloneEnabled=false\nserver.1=zk1:2888:3888\nserver.2=zk2:2888:3888:observer\n"},
	{name: "a lone server without a standalone mode", cfg: lone + "standaloneEnabled=false\nserver.1=zk1:2888:3888\n"},
	{name: "weights without groups", cfg: quorum + pair12 + "weight.1=1\n"},
	{name: "a group with a server that there is not", cfg: quorum + pair12 + "group.1=1:2:9\n"},
	{name: "the same with a weight for it", cfg: quorum + pair12 + "group.1=1:2:9\nweight.9=1\n"},
	{name: "the numbers agree by accident", cfg: quorum + pair12 + "group.1=1:9\n"},
	{name: "a group without servers", cfg: lone + "group.1=1\n"},
	{name: "a group that begins with the word", cfg: quorum + pair12 + "groupies.1=1:2\nweightless.1=2\n"},
	{name: "a key that begins with the word", cfg: quorum + pair12 + "groupFoo=bar\n"},
	{name: "an oracle beside weights", cfg: quorum + pair12 + "oraclePath=/x\nweight.1=x\n"},
	{name: "an empty oracle beside groups", cfg: lone + "oraclePath=\ngroup.1=a,b\n"},

	{name: "myid of zeros beyond a page", cfg: quorum + pair12, files: map[string]string{"data/myid": strings.Repeat("0", 5000) + "2\n"}},
	{name: "myid ends at a carriage return", cfg: quorum + pair12, files: map[string]string{"data/myid": "1\r2"}},
	{name: "myid with a sign", cfg: quorum + pair12, files: map[string]string{"data/myid": "+2\n"}},
	{name: "myid with a blank", cfg: quorum + pair12, files: map[string]string{"data/myid": "1 \n"}},
	{name: "myid of a lone server is text", cfg: lone, files: map[string]string{"data/myid": "abc\n"}},
	{name: "myid -1", cfg: quorum + pair12, files: map[string]string{"data/myid": "-1\n"}},
	{name: "myid is a directory", cfg: quorum + pair12, files: map[string]string{"data/myid/": ""}},
	{name: "myid is empty", cfg: quorum + pair12, files: map[string]string{"data/myid": ""}},
	{name: "myid with a byte order mark", cfg: quorum + pair12, files: map[string]string{"data/myid": "\xef\xbb\xbf1\n"}},

	{name: "dynamic", cfg: static + "\n", files: map[string]string{"zoo.cfg.dynamic": pair12}},
	{name: "dynamic beside static servers", cfg: static + "\nserver.1=zk1:2888:3888\n", files: map[string]string{"zoo.cfg.dynamic": pair12}},
	{name: "dynamic beside a static version", cfg: static + "\nversion=zz\n", files: map[string]string{"zoo.cfg.dynamic": pair12}},
	{name: "dynamic with a version inside", cfg: static + "\n", files: map[string]string{"zoo.cfg.dynamic": pair12 + "version=1\n"}},
	{name: "dynamic with a foreign key", cfg: static + "\n", files: map[string]string{"zoo.cfg.dynamic": pair12 + "clientPort=2181\n"}},
	{name: "dynamic names itself", cfg: "dataDir=@DIR@/data\ninitLimit=10\nsyncLimit=5\ndynamicConfigFile=@DIR@/zoo.cfg\n"},
	{name: "dynamic behind a directory that is not there", cfg: "dataDir=@DIR@/data\ninitLimit=10\nsyncLimit=5\ndynamicConfigFile=@DIR@/sub/../zoo.cfg.dynamic\n", files: map[string]string{"zoo.cfg.dynamic": pair12}},
	{name: "dynamic behind a directory that is there", cfg: "dataDir=@DIR@/data\ninitLimit=10\nsyncLimit=5\ndynamicConfigFile=@DIR@/data/../zoo.cfg.dynamic\n", files: map[string]string{"zoo.cfg.dynamic": pair12}},
	{name: "dynamic with a slash at the end", cfg: static + "/\n", files: map[string]string{"zoo.cfg.dynamic": pair12}},
	{name: "dynamic with a comment behind", cfg: static + " # x\n", files: map[string]string{"zoo.cfg.dynamic": pair12}},
	{name: "dynamic of a negative version", cfg: static + ".-1\n", files: map[string]string{"zoo.cfg.dynamic.-1": pair12}},
	{name: "dynamic of a version with 64 bits", cfg: static + ".FFFFFFFFFFFFFFFF\n", files: map[string]string{"zoo.cfg.dynamic.FFFFFFFFFFFFFFFF": pair12}},
	{name: "dynamic with a client port that differs", cfg: static + "\nclientPort=2182\n", files: map[string]string{"zoo.cfg.dynamic": "server.1=zk1:2888:3888;2181\nserver.2=zk2:2888:3888\n"}},
	{name: "dynamic with a client address that differs", cfg: static + "\nclientPort=2181\nclientPortAddress=127.0.0.1\n", files: map[string]string{"zoo.cfg.dynamic": "server.1=zk1:2888:3888;2181\nserver.2=zk2:2888:3888\n"}},
	{name: "next dynamic with a bad server", cfg: static + "\n", files: map[string]string{"zoo.cfg.dynamic": pair12, "zoo.cfg.dynamic.next": "server.1=zk1\n"}},
	{name: "next dynamic with a foreign key", cfg: static + "\n", files: map[string]string{"zoo.cfg.dynamic": pair12, "zoo.cfg.dynamic.next": "clientPort=1\n"}},
	{name: "next dynamic with a bad group beside an oracle", cfg: static + "\noraclePath=/x\n", files: map[string]string{"zoo.cfg.dynamic": pair12, "zoo.cfg.dynamic.next": "groupFoo=1\n"}},
}

const quirksFile = "testdata/quirks.txt"

// TestQuirks holds the quirks against what the real classes of every release said, which testdata/quirks.txt keeps. Where the
// real programs are there some are asked again; with UPDATE=1 all of them, and what they say is written.
func TestQuirks(t *testing.T) {
	said := readQuirks(t)
	switch {
	case reference.Required() && golden.Update():
		said = askQuirks(t, reference.ZooKeeperReleases...)
		writeQuirks(t, said)
	case reference.Required():
		for _, release := range judged() {
			i := slices.Index(Releases(), Release(release))
			for name, fresh := range askQuirks(t, release) {
				require.Equal(t, said[name][i], fresh[0], "%s, %s", name, release)
			}
		}
	}
	for _, q := range quirks {
		require.Len(t, said[q.name], len(Releases()), q.name)
		for i, release := range Releases() {
			require.Equal(t, said[q.name][i], outline(facts(q.mutant().resolve(t, release))), "%s, %s:\n%s%v", q.name, release, q.cfg, q.files)
		}
	}
}

func askQuirks(t *testing.T, releases ...string) map[string][]string {
	var cases []reference.ZooKeeperCase
	for _, q := range quirks {
		cases = append(cases, q.mutant().reference())
	}
	said := map[string][]string{}
	for _, release := range releases {
		for i, answer := range reference.JudgeZooKeeper(t, release, hostsFile(), cases) {
			said[quirks[i].name] = append(said[quirks[i].name], outline(realFacts(expanded(answer))))
		}
	}
	return said
}

// outline is what counts of the facts, in one line.
func outline(f map[string]string) string {
	if exit, ok := f["exit"]; ok {
		return "exit " + exit
	}
	s := "accepts"
	for _, key := range slices.Sorted(maps.Keys(f)) {
		address := strings.HasPrefix(key, "server ") && (strings.HasSuffix(key, "ddr") || strings.HasSuffix(key, "type"))
		if slices.Contains([]string{"distributed", "serverId", "clientPortAddress", "secureClientPortAddress", "tickTime", "minSessionTimeout", "maxSessionTimeout"}, key) ||
			address && !strings.HasSuffix(key, "clientAddr") && f[key] != "" || strings.HasPrefix(key, "group of") && f["distributed"] == "true" {
			s += ", " + key + " " + f[key]
		}
	}
	return s
}

func readQuirks(t *testing.T) map[string][]string {
	t.Helper()
	b, err := os.ReadFile(quirksFile)
	if golden.Update() && os.IsNotExist(err) {
		return nil
	}
	require.NoError(t, err)
	said, name := map[string][]string{}, ""
	for line := range strings.Lines(string(b)) {
		line = strings.TrimSuffix(line, "\n")
		span, text, indented := strings.Cut(strings.TrimPrefix(line, "  "), "  ")
		if !strings.HasPrefix(line, "  ") || !indented {
			name = line
			continue
		}
		first, last, several := strings.Cut(span, "..")
		if !several {
			last = first
		}
		from, to := slices.Index(Releases(), Release(first)), slices.Index(Releases(), Release(last))
		require.True(t, 0 <= from && from <= to, line)
		for range to - from + 1 {
			said[name] = append(said[name], text)
		}
	}
	return said
}

func writeQuirks(t *testing.T, said map[string][]string) {
	t.Helper()
	all := make([]string, len(Releases()))
	for i, r := range Releases() {
		all[i] = string(r)
	}
	var b strings.Builder
	for _, q := range quirks {
		fmt.Fprintln(&b, q.name)
		for i := 0; i < len(all); {
			n := i + 1
			for n < len(all) && said[q.name][n] == said[q.name][i] {
				n++
			}
			fmt.Fprintf(&b, "  %s  %s\n", finding.Spans(all[i:n], all), said[q.name][i])
			i = n
		}
	}
	require.NoError(t, os.WriteFile(quirksFile, []byte(b.String()), 0o644))
}
