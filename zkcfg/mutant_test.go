package zkcfg

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// mutants makes files that are nearly right: a base, and some of the mistakes and oddities that a server may meet.
type mutants struct{ *rand.Rand }

// hosts are the names that resolve where the real server is asked; all others do not.
var hosts = map[string]string{
	"zk1": "10.0.0.1", "zk2": "10.0.0.2", "zk3": "10.0.0.3", "zk1.example.com": "10.0.0.4", "zk-2.example.com": "10.0.0.5",
	"localhost": "127.0.0.1", "ZK1": "10.0.0.1",
}

func pick[T any](m mutants, from ...T) T { return from[m.IntN(len(from))] }

// mutant is a case: the configuration, the other files below @DIR@, and system properties.
type mutant struct {
	cfg        string
	files      map[string]string
	properties map[string]string
}

func (m mutants) next() mutant {
	c := mutant{files: map[string]string{"data/": ""}, properties: map[string]string{}}
	lines := m.base()
	if m.IntN(10) > 0 {
		c.files["data/myid"] = m.myid()
	}
	if m.IntN(6) == 0 {
		lines = m.dynamic(&c, lines)
	}
	for n := m.IntN(5); n > 0; n-- {
		lines = m.mutate(&c, lines)
	}
	if m.IntN(8) == 0 {
		c.properties["zookeeper.multiAddress.enabled"] = pick(m, "true", "TRUE", "false", "x")
	}
	if m.IntN(3) == 0 {
		m.Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
	}
	c.cfg = m.layout(lines)
	return c
}

func (m mutants) base() []string {
	lines := []string{"tickTime=2000", "dataDir=@DIR@/data", "clientPort=2181"}
	if m.IntN(5) == 0 {
		return lines
	}
	lines = append(lines, "initLimit=5", "syncLimit=2")
	for id := range pick(m, 1, 2, 3, 3, 3, 4, 5) {
		lines = append(lines, fmt.Sprintf("server.%d=%s", id+1, m.server()))
	}
	if m.IntN(8) == 0 {
		lines = append(lines, m.groups()...)
	}
	return lines
}

// server is the value of a server line: mostly right.
func (m mutants) server() string {
	switch m.IntN(12) {
	case 0:
		return m.server() + ";" + m.client()
	case 1:
		return m.address() + "|" + m.address()
	case 2:
		return m.weird()
	}
	return m.address()
}

func (m mutants) host() string {
	return pick(m, "zk1", "zk2", "zk3", "127.0.0.1", "127.0.0.1", "10.0.0.9", "zk1.example.com", "zk-2.example.com", "localhost", "[::1]",
		"[fe80::1%1]", "[::ffff:1.2.3.4]", "0.0.0.0", "10.0.1", "", "nosuch.invalid", "999.1.1.1", "zk_1/x", "<IP1>", "::1", "[127.0.0.1]", "[[::1]]",
		"[::1", "h]", "[]", " zk1", "zk1 ", "zk1/24", "a|b", "[zk1]", "ZK1", "127.1", "0x7f.0.0.1", "2130706433", "1.2.65535", "1.2.65536")
}

func (m mutants) port() string {
	return pick(m, "2888", "3888", "2889", "3889", "2181", "1", "65535", "2888", "3888", "0", "65536", "-1", "+2888", "02888", "", " 2888", "2888 ", "x", "0x10",
		"2147483648", "٢٨٨٨", "28 88")
}

func (m mutants) goodPort() string { return decimal(int64(2000 + m.IntN(40))) }

func (m mutants) address() string {
	host, quorum, election := pick(m, "zk1", "zk2", "127.0.0.1", "[::1]", "zk1.example.com"), m.goodPort(), m.goodPort()
	if m.IntN(12) == 0 {
		host = m.host()
	}
	if m.IntN(25) == 0 {
		quorum = m.port()
	}
	if m.IntN(25) == 0 {
		election = m.port()
	}
	s := host + ":" + quorum + ":" + election
	switch m.IntN(14) {
	case 0:
		s += pick(m, ":observer", ":OBSERVER", ":Observer")
	case 1:
		s += ":participant"
	case 2:
		s += pick(m, ": observer", ":observer ", ":obs", ":", "::", ":participant:", ":observer:x", ":\tobserver", ":PARTİCİPANT")
	case 3:
		s = host + ":" + quorum
	}
	return s
}

func (m mutants) client() string {
	return pick(m, "2181", "2181", "0.0.0.0:2181", "127.0.0.1:2181", "zk1:2181", "zk2:2182", "[::1]:2181", "[::1]2181", "[::1]", ":2181", "", ":", "0", "2182",
		"65536", "-1", " 2181", "2181 ", "x", "nosuch.invalid:2181", "a:b:c", "127.1:2181", "::1:2181", "localhost:2181", "[0.0.0.0]:2181", "[::]:2181")
}

func (m mutants) weird() string {
	return pick(m, "", ";", ";;", ";2181", "|", "|;2181", "|;1;2", ":", "::", ":::", "zk1", "zk1:", "zk1:2888", "zk1:2888:", "zk1:2888:3888:", "zk1:2888:3888;",
		"zk1:2888:3888;;", "zk1:2888:3888;2181;2182", "zk1:2888:3888;:", "zk1:2888:3888|", "|zk1:2888:3888", "zk1:2888:3888||zk2:2888:3888",
		"zk1:2888:3888:observer|zk2:2888:3888", "zk1:2888:3888:observer|zk2:2888:3888:participant", "zk1:1:2|zk1:1:2", "zk1:1:2|ZK1:1:3",
		"http://zk1:2888:3888", "zk1:2888:3888 # comment", "zk1:2888:3888:participant # c", "[::1]x2888:3888", "[::1]2888:3888", "[::1]:", "[::1]:2888", "[", "]", "[]",
		"zk1:2888:3888:observer;2181", "zk1:2888:3888:observer ;2181", "zk1:2888:3888; 2181", "zk1=2888:3888", "zk1:2888:2888", "zk1:0:0", "zk1:1:0", "zk1:0:1",
		"zk1:2888:3888:participant:x", "zk1:2888:3888;2181|zk2:2888:3888;2181", "zk1:2888:3888|zk2:2889:3889;zk1:2181", "[a]é2888:3888", "zk1:2888:3888\u00a0")
}

func (m mutants) myid() string {
	if m.IntN(3) > 0 {
		return pick(m, "1", "1\n", "2\n", "1\r\n", "3")
	}
	return pick(m, "", "\n", "0", "-1", "-2", "4", "256", "+1", "001", "-0", " 1", "1 ", "1\t\n", "1 # x", "\"1\"", "0x1", "1.0", "\ufeff1", "1\x00", "\u0661", "abc",
		"9223372036854775807", "9223372036854775808", "-9223372036854775808", "1\n2\n", "\n1", "1\r2", "１")
}

func (m mutants) groups() []string {
	return pick(m,
		[]string{"group.1=1:2:3"}, []string{"group.1=1:2", "group.2=3:4:5"}, []string{"group.1=1:2:3", "weight.1=2"}, []string{"weight.1=1"},
		[]string{"group.1=1:2", "group.2=2:3"}, []string{"group.1=1:2:3:9"}, []string{"group.1=1:2:3:9", "weight.9=1"}, []string{"group.1=1,2,3"},
		[]string{"group.1=1: 2:3"}, []string{"group.1=1:2:3:"}, []string{"group.1=:"}, []string{"group.1="}, []string{"group.x=1"}, []string{"groupFoo=bar"},
		[]string{"groupies.1=1:2:3"}, []string{"group=1"}, []string{"weights=1"}, []string{"weight.1=x", "group.1=1:2:3"}, []string{"group.1=1:2:3", "weight.1=0"},
		[]string{"group.1=1:2:3", "weight.1=-5"}, []string{"group.1=1:2:3", "weight.01=7", "weight.1=8"}, []string{"group.1=1:1"}, []string{"group.1=1:2:3 "},
		[]string{"group.1=1:2:3", "oraclePath=/x"}, []string{"group.9=9"}, []string{"weight.9=1"}, []string{"group.1=1:2:3", "weight.1=9223372036854775807"},
		[]string{"group.1=1:2:3", "weight.1=9223372036854775808"}, []string{"Group.1=1:2:3"}, []string{"group.1.2=1"}, []string{"group.1=1:2:3:4:5", "group.2=6"})
}

// dynamic moves the servers into a dynamic file, mostly.
func (m mutants) dynamic(c *mutant, lines []string) []string {
	var static, moved []string
	for _, l := range lines {
		if hasPrefixAny(l, "server.", "group", "weight") && m.IntN(20) > 0 {
			moved = append(moved, l)
		} else {
			static = append(static, l)
		}
	}
	name := pick(m, "zoo.cfg.dynamic", "zoo.cfg.dynamic", "zoo.cfg.dynamic.100000000", "members.txt", "zk.d", "zoo.cfg.dynamic.-1", "x.abc", "x.", "x.+5",
		"x.ffffffffffffffff", "x.7fffffffffffffff", "nodots", "zoo.cfg", "x.ＡＢ", "a.b/nodots", "sub/")
	if m.IntN(15) == 0 {
		moved = append(moved, m.groups()...)
	}
	if m.IntN(15) == 0 {
		moved = append(moved, pick(m, "clientPort=2181", "version=1", "Server.9=zk1:1:2", "\\ server.9=zk1:1:2", "\\ version=1", "x=\\u00z", "dynamicConfigFile=x", "# fine", "groupies.1=1"))
	}
	if m.IntN(15) > 0 && name != "zoo.cfg" {
		c.files[name] = m.layout(moved)
	}
	if m.IntN(6) == 0 {
		c.files["zoo.cfg.dynamic.next"+pick(m, "", "", "", "/")] = m.layout(append(slicesClone(moved), pick(m, "", "version=200", "version=zz", "x=y", "server.1=foo", "groupFoo=1",
			"server.1=zk1:1:2 ", "group.1=1:77", "server.7=;", "x=\\u1")))
	}
	static = append(static, "dynamicConfigFile="+pick(m, "@DIR@/", "@DIR@/", "@DIR@/", "@DIR@//")+name+pick(m, "", "", "", "", " ", " # x"))
	if m.IntN(2) == 0 {
		for i, l := range static {
			if strings.HasPrefix(l, "clientPort=") {
				static = append(static[:i], static[i+1:]...)
				break
			}
		}
	}
	return static
}

func slicesClone(s []string) []string { return append([]string(nil), s...) }

var intKeys = []string{"clientPort", "secureClientPort", "clientPortListenBacklog", "tickTime", "minSessionTimeout", "maxSessionTimeout", "initLimit", "syncLimit",
	"connectToLearnerMasterLimit", "maxClientCnxns", "electionAlg", "autopurge.snapRetainCount", "autopurge.purgeInterval", "observerMasterPort",
	"quorum.cnxn.threads.size", "multiAddress.reachabilityCheckTimeoutMs", "jvm.pause.info-threshold.ms", "jvm.pause.warn-threshold.ms", "jvm.pause.sleep.time.ms", "snapCount"}

var boolKeys = []string{"quorumListenOnAllIPs", "syncEnabled", "standaloneEnabled", "reconfigEnabled", "localSessionsEnabled", "localSessionsUpgradingEnabled",
	"sslQuorum", "portUnification", "sslQuorumReloadCertFiles", "quorum.auth.enableSasl", "quorum.auth.learnerRequireSasl", "quorum.auth.serverRequireSasl",
	"jvm.pause.monitor", "multiAddress.enabled", "multiAddress.reachabilityCheckEnabled", "kerberos.canonicalizeHostNames", "standaloneEnabled", "standaloneEnabled"}

func (m mutants) number() string {
	return pick(m, "0", "1", "-1", "2", "3", "10", "-2", "65535", "65536", "70000", "2147483647", "2147483648", "-2147483648", "-2147483649", "+5", "007", "", "x", "5)", "5s",
		"1_000", "0x10", "1.0", "1e3", "5 # five", "٣", "- 5", "9223372036854775807", "9223372036854775808", "200000000", "1500000000", "107374183", "3000", "40000", "--1", "+", "\\u0035", "５", "100")
}

func (m mutants) boolean() string {
	return pick(m, "true", "false", "TRUE", "False", "yes", "no", "1", "", "true # x", "tru", "falſe", "true ")
}

func (m mutants) mutate(c *mutant, lines []string) []string {
	add := func(more ...string) []string {
		i := m.IntN(len(lines) + 1)
		return append(append(slicesClone(lines[:i]), more...), lines[i:]...)
	}
	if len(lines) == 0 {
		return add("clientPort=2181")
	}
	i := m.IntN(len(lines))
	switch m.IntN(16) {
	case 0:
		return append(slicesClone(lines[:i]), lines[i+1:]...) // drop
	case 1:
		return add(pick(m, intKeys...) + "=" + m.number())
	case 2:
		return add(pick(m, boolKeys...) + "=" + m.boolean())
	case 3:
		return add("server." + pick(m, "1", "2", "3", "4", "01", "a", "", "1.2", "-1", "0", "256", "+4", "9223372036854775808", "٥", " 5", "5 ") + "=" + m.server())
	case 4:
		key, value, _ := strings.Cut(lines[i], "=")
		lines = slicesClone(lines)
		lines[i] = pick(m, key+" = "+value, key+":"+value, key+" "+value, " "+key+"="+value, key+"="+value+" ", key+"="+value+"\\", key+"\\ ="+value, key+"="+value+" # x",
			"#"+key+"="+value, "\\u0020"+key+"="+value, key+"=\\"+"\n   "+value, key+"==", key, key+"="+value+"\t", strings.ToUpper(key)+"="+value, key+"=\\u00z", "\ufeff"+key+"="+value, key+"\f"+value, key+"="+value+"\\u0000")
		return lines
	case 5:
		return add("clientPortAddress=" + m.host())
	case 6:
		return add("secureClientPort="+pick(m, "2281", "0", "2181", m.number()), pick(m, "#", "secureClientPortAddress="+m.host(), "ssl.authProvider="+pick(m, "", "x509", "X509", "foo"),
			"ssl.authProvider=foo\nauthProvider.foo=a.B", "serverCnxnFactory=org.apache.zookeeper.server.NettyServerCnxnFactory"))
	case 7:
		return add("metricsProvider.className=" + pick(m, "org.apache.zookeeper.metrics.impl.DefaultMetricsProvider", "org.apache.zookeeper.metrics.impl.NullMetricsProvider", "no.such.Class",
			"java.lang.String", "", "[I", "int", "[Ljava.lang.String;", "java.lang.string", "org.apache.zookeeper.metrics.MetricsProvider", "org.apache.zookeeper.Nope", "a b", "[[J", "[Q", "[L;", "java/lang/String"))
	case 8:
		return add("peerType=" + pick(m, "observer", "participant", "OBSERVER", "Participant", "obs", "", "observer # x"))
	case 9:
		return add("standaloneEnabled=false")
	case 10:
		return add("version=" + pick(m, "1", "abc", "zz", "", "1.0", "3.5.7", "-1", "ffffffffffffffff", "1 ", "100000000"))
	case 11:
		return add(pick(m, "dataLogDir=", "dataDir=") + pick(m, "", ".", "./", "~", "d", "..", "/", "./d", "x/", ".//", "./.", "x/..", "data", "/tmp/x", "\"/data\"", "@DIR@/data # x", "@DIR@/nope", "/é", "é", "@DIR@/data/", "@DIR@//data"))
	case 12:
		return add(m.groups()...)
	case 13:
		return add("oraclePath=" + pick(m, "", "/x"))
	case 14:
		if m.IntN(2) == 0 {
			delete(c.files, "data/myid/")
			c.files["data/myid"] = m.myid()
		} else {
			delete(c.files, "data/myid")
			c.files["data/myid/"] = ""
		}
		return lines
	}
	return add(pick(m, "foo=bar", "clientport=2182", "zookeeper.foo=1", "; comment", "// c", "[section]", "=x", "x", "quorum.auth.enableSasl=true", "quorum.auth.learnerRequireSasl=true",
		"minSessionTimeout=4000", "maxSessionTimeout=3000", "initLimit=", "server1=zk1:1:2", "! c", "tickTime=0", "clientPort=0", "admin.enableServer=false", "clientPort=2182"))
}

// layout joins lines as some editor would.
func (m mutants) layout(lines []string) string {
	eol := "\n"
	if m.IntN(8) == 0 {
		eol = pick(m, "\r\n", "\r", "\n\n", "\n# c\n", "\n\t")
	}
	s := strings.Join(lines, eol)
	if m.IntN(5) > 0 {
		s += eol
	}
	return s
}
