package zkcfg

import "strings"

// integers around every limit, and what is none, in the spellings that somebody might think of.
var integers = []string{
	"0", "1", "2", "3", "-1", "-2", "+1", "+0", "-0", "00", "01", "007", "2147483647", "2147483648", "-2147483648", "-2147483649",
	"+2147483647", "4294967296", "9223372036854775807", "9223372036854775808", "-9223372036854775808", "-9223372036854775809",
	"99999999999999999999", "00000000000000000000001", "1_000", "0x10", "#10", "010", "1e3", "1.0", "1.", "1L", "1 2", "1,000", "--1",
	"+-1", "-", "+", "", "true", "ten", "1#", "1 # one", "1\\t", "1\\u0020", "\\u00001", "1\\u0000", "\\u001f1", "1\\u0085", "1\\u00a0",
	"\\u00a01", "\\u2003" + "1", "\\u0661", "\\uff11\\uff12", "\\u0967", "1\\u0661", "\\ud835\\udfd9", "\\u00b2", "\\u2460", "1\\ ", "\\ 1", "１",
	"\\u0be7", "\\u1811", "\\ua621", "\\ufeff1", "\\u200b1", "''", "\"1\"", "1;", "(1)", "\\u22121", "\\uff0b1", "~", "${x}", "5)", "5s", "٣", "５", "- 5", "107374183", "200000000", "1500000000", "\\u0035",
}

// ports are integers around the limits of a port.
var ports = []string{"0", "1", "2181", "2888", "3888", "65535", "65536", "-1", "+2181", "02181", "02888", "2182", "70000", "65535", "2181"}

func (g grammar) integer() string { return integers[g.IntN(len(integers))] }

func (g grammar) port() string {
	if g.chance(75) {
		return ports[g.IntN(len(ports))]
	}
	return g.integer()
}

func (g grammar) boolean() string {
	return g.one("true", "false", "TRUE", "FALSE", "True", "tRuE", "fAlSe", "yes", "no", "on", "1", "0", "", "true ", "\\ true", "true\\u00a0", "true\\t",
		"fal\\u017fe", "tru\\u0065", "true # x", "\"true\"", "t", "\\u0000true", "true\\u0000", "enabled", "trve", "FAL\\u017fE", "\\uff54rue", "falsе", "nul", "true,")
}

var hostTexts = []string{
	"zk1", "zk2", "zk3", "ZK1", "zk1.example.com", "zk-2.example.com", "localhost", "LOCALHOST", "LocalHost", "", "127.0.0.1", "127.1", "127.0.1", "0", "0.0.0.0", "::", "::1",
	"[::1]", "[::]", "[::ffff:10.0.0.1]", "::ffff:10.0.0.1", "[2001:db8::1]", "[2001:DB8::1]", "[1:2:3:4:5:6:7:8]", "[1:2:3:4:5:6:7:8:9]", "[1::2::3]", "[fe80::1%1]", "[fe80::1%25]", "[::1%]",
	"[127.0.0.1]", "[localhost]", "[zk1]", "[[::1]]", "[]", "[", "]", "zk1]", "[zk1", "[::1", "::1]", "[::1]x", "10.0.0.1", "10.0.0.256", "10.0.1", "300", "2130706433", "4294967295", "4294967296",
	"1.2.3.4.5", "1.2.65535", "1.2.65536", "0177.0.0.1", "0x7f.0.0.1", "0x7f000001", "127.0.0.1.", "1..2", ".1", "1.2.3.", "zk1.", ".zk1", "zk1..example.com", "nosuch.invalid", "zk_1.invalid", "-", "_", "-zk1",
	"zk1 ", "\\ zk1", "zk1\\t", "z k1", "zk1/24", "http://zk1", "zk1|zk2", "zk1@x", "*", "%", "zk1%1", "\\u00fc.invalid", "ü.invalid", "\\uff5ak1", "\\u0660", "255.255.255.255", "[::1%1]", "[::0.0.0.1]", "[0:0:0:0:0:ffff:1.2.3.4]",
	"12345678901234567", "00000000127.0.0.1", "1e3", "0x1", "zk1\\u0000", "<IP1>", "${HOST}", "{{host}}", "\"zk1\"", "abc", "face", "a.b", "999.1.1.1", "zk_1/x", "[0.0.0.0]", "[a]é", "1.2.3.4a", "1.2.3.a", "7f.0.0.1", "[:1]", "[1:]", "[::1.2.3]", "[::1.2.3.256]", "[g::1]",
	"[12345::1]", "[::00001]", "[1:2:3:4:5:6:7::]", "[::2:3:4:5:6:7:8]", "[1:2:3:4::5:6:7:8]",
}

func (g grammar) host() string {
	if g.chance(55) {
		return g.one("zk1", "zk2", "zk3", "127.0.0.1", "10.0.0.9", "[::1]", "localhost")
	}
	return hostTexts[g.IntN(len(hostTexts))]
}

func (g grammar) role() string {
	return g.one("observer", "participant", "observer", "participant", "OBSERVER", "Participant", "oBSERVER", "", " observer", "observer ", "\\tobserver", "participant\\t", "\\u0020participant",
		"obs", "follower", "learner", "voter", "observer,", "ob\\u017ferver", "PART\\u0130CIPANT", "observer:", "participant:x", "observer # third", "\\u00a0observer", "observer\\u0000", "observers")
}

// address is one address of a server, part by part.
func (g grammar) address() string {
	parts := []string{g.host(), g.port(), g.port()}
	if g.chance(70) {
		parts[1], parts[2] = g.one("2888", "2889", "2888", "1"), g.one("3888", "3889", "3888", "65535")
	}
	if g.chance(35) {
		parts = append(parts, g.role())
	}
	if g.chance(12) {
		parts = parts[:1+g.IntN(len(parts))]
	}
	if g.chance(8) {
		parts = append(parts, g.one("", "x", "2181", "observer"))
	}
	return strings.Join(parts, ":")
}

func (g grammar) clientPart() string {
	if g.chance(40) {
		return g.one("2181", "2182", "0", "0.0.0.0:2181", "127.0.0.1:2181", "zk1:2181", ":2181", "")
	}
	parts := []string{g.port()}
	if g.chance(60) {
		parts = []string{g.host(), g.port()}
	}
	if g.chance(10) {
		parts = append(parts, g.one("", "x", "observer"))
	}
	return strings.Join(parts, ":")
}

// serverValue is what stands behind server.N=.
func (g grammar) serverValue() string {
	v := g.address()
	for g.chance(18) {
		v += "|" + g.one("", g.address(), g.address(), v)
	}
	if g.chance(40) {
		v += ";" + g.clientPart()
		if g.chance(8) {
			v += ";" + g.one("", "2181")
		}
	}
	if g.chance(15) {
		v = g.spoil(v)
	}
	if g.chance(5) {
		v = g.one("|", "|;2181", ";", ";;", ":", "::", ":::", "", ";2181", "zk1", "zk1:2888", "zk1:2888:3888 # one", "[]:2888:3888", "[::1]2888:3888", "[::1]x2888:3888", "zk1;2181", "|zk1:2888:3888", "zk1:2888:3888||", ": :", "[::1]", "[::1]:", "[::1]::", "[::1]:2888:3888]", "zk1:2888:3888;[::1]2181", "zk1:2888:3888;[::1]:2181:x", "zk1:2888:3888;]", "zk1:2888:3888;[", "|;1;2", "zk1:2888:3888||zk2:2888:3888", "zk1:1:2|ZK1:1:3", "zk1=2888:3888", "zk1:0:0", "zk1:1:0", "zk1:0:1", "zk1:2888:3888;2181|zk2:2888:3888;2181", "zk1:2888:3888;:", "[a]é2888:3888", "zk1:2888:3888\u00a0", "zk1:2888:3888:observer ;2181", "zk1:2888:3888; 2181")
	}
	return v
}

// spoil adds, removes or doubles one character.
func (g grammar) spoil(s string) string {
	if s == "" {
		return g.one(":", ";", " ", "|")
	}
	at := g.IntN(len(s) + 1)
	switch g.IntN(3) {
	case 0:
		return s[:at] + g.one(":", ";", "|", "[", "]", " ", "\\t", ",", "+", "-", "#", "%", "/", "0", "\\u0000", "=", ".", "\\\\") + s[at:]
	case 1:
		at = min(at, len(s)-1)
		return s[:at] + s[at+1:]
	}
	at = min(at, len(s)-1)
	return s[:at+1] + s[at:]
}

func (g grammar) id() string {
	if g.chance(60) {
		return g.one("1", "2", "3", "4", "5", "6")
	}
	return g.one("01", "+1", "-1", "0", "-0", "255", "256", "-2", "9223372036854775807", "9223372036854775808", "-9223372036854775808", "", "a", "1.2", "\\ 1", "1\\ ", "\\u0661", "1_", "0x1", "1L", ".", "1.", "00002")
}

func (g grammar) serverLine() string {
	key := "server." + g.id()
	if g.chance(6) {
		key = g.one("server", "Server.1", "server1", "SERVER.2", "server..1", "servers.1", "server-1", "\\u0020server.1", "server.1\\t", "server\\.1")
	}
	return key + "=" + g.serverValue()
}

func (g grammar) groupLine() string {
	key := g.one("group.", "group.", "group.", "weight.", "weight.") + g.id()
	if g.chance(15) {
		key = g.one("group", "groups", "group1", "groupies.1", "groupFoo", "weight", "weights", "weightX.2", "weightFoo", "Group.1", "weight.1.2", "group.1.2", "group.", "groups.x.1")
	}
	value := g.one("1:2:3", "1", "2", "1:2", "3:4", "3", "1:1", "1,2", "1:2 ", " 1:2", "1: 2", "1::2", "", ":", "1:", "::", "1:2:9", "x", "+1:2", "01:2", "-1", "1:2:", "0", "9", "1:2:3:4:5", "2:3", "4:5", "1;2", "1.0")
	if strings.HasPrefix(key, "weight") && g.chance(80) {
		value = g.integer()
	}
	return key + "=" + value
}

// Keys by what their values are.
var (
	integerKeys = []string{"clientPort", "secureClientPort", "clientPortListenBacklog", "tickTime", "minSessionTimeout", "maxSessionTimeout", "initLimit", "syncLimit", "connectToLearnerMasterLimit",
		"maxClientCnxns", "electionAlg", "autopurge.snapRetainCount", "autopurge.purgeInterval", "observerMasterPort", "quorum.cnxn.threads.size", "jvm.pause.info-threshold.ms", "jvm.pause.warn-threshold.ms",
		"jvm.pause.sleep.time.ms", "multiAddress.reachabilityCheckTimeoutMs", "snapCount", "preAllocSize", "jute.maxbuffer", "globalOutstandingLimit", "cnxTimeout", "admin.serverPort", "commitLogCount", "metricsProvider.httpPort"}
	booleanKeys = []string{"quorumListenOnAllIPs", "syncEnabled", "standaloneEnabled", "reconfigEnabled", "localSessionsEnabled", "localSessionsUpgradingEnabled", "sslQuorum", "portUnification", "sslQuorumReloadCertFiles",
		"quorum.auth.enableSasl", "quorum.auth.learnerRequireSasl", "quorum.auth.serverRequireSasl", "jvm.pause.monitor", "multiAddress.enabled", "multiAddress.reachabilityCheckEnabled", "admin.enableServer", "client.portUnification",
		"kerberos.canonicalizeHostNames", "readonlymode.enabled", "ssl.quorum.hostnameVerification"}
	textKeys = []string{"quorum.auth.learner.saslLoginContext", "quorum.auth.server.saslLoginContext", "quorum.auth.kerberos.servicePrincipal", "4lw.commands.whitelist", "ssl.keyStore.password", "foo", "zookeeper.admin.enableServer",
		"zookeeper.clientPort", "clientport", "DataDir", "superUser", "DigestAuthenticationProvider.superDigest", "metricsProvider.exportJvmInfo", "authProvider.sasl", "authProvider.1", "serverCnxnFactory", "ssl.clientAuth", "[section]", "//", "version.x", "dynamicConfigfile", "dynamicConfigFile.x"}
)

func (g grammar) path() string {
	return g.one("@DIR@/data", "@DIR@/other", "@DIR@/missing", "@DIR@/data/", "@DIR@//data", "@DIR@/file", "@DIR@/data # here", "@DIR@/data\\t", "@DIR@/data ", "\"@DIR@/data\"", "", "~", "~/zk", ".", "./", ".//", "./.", "./d", "d", "dd", "..", "/", "//", "x/", "x/..", "é", "\\u00e9",
		"\\u00e9x", "\\ud83d\\ude00", "relative/dir", "${HOME}/zk", "C:\\zk", "c:/zk", "@DIR@/data\\u0000", "@DIR@/\\u00fc", "/path/to/data", "\\u0020", "\\\\", "a\\\\", "@DIR@/data/../data", "@DIR@/other/")
}

// entry is one line for some key of QuorumPeerConfig, or one near it.
func (g grammar) entry() string {
	switch n := g.IntN(100); {
	case n < 30:
		key := integerKeys[g.IntN(len(integerKeys))]
		if strings.HasSuffix(key, "Port") {
			return key + "=" + g.port()
		}
		return key + "=" + g.integer()
	case n < 45:
		return booleanKeys[g.IntN(len(booleanKeys))] + "=" + g.boolean()
	case n < 52:
		return g.one("dataDir=", "dataLogDir=", "dataDir=") + g.path()
	case n < 60:
		return g.one("clientPortAddress=", "secureClientPortAddress=") + g.host()
	case n < 63:
		return "peerType=" + g.role()
	case n < 66:
		return "version=" + g.one("0", "1", "ff", "FF", "0x1", "1.0", "3.5.7", "", "1 ", "100000000", "-1", "+f", "g", "8000000000000000", "7fffffffffffffff", "-8000000000000000", "\\uff21", "\\u0661")
	case n < 70:
		return "metricsProvider.className=" + g.one("org.apache.zookeeper.metrics.impl.DefaultMetricsProvider", "org.apache.zookeeper.metrics.impl.NullMetricsProvider", "foo.Bar", "", "java.lang.String", "int", "[I",
			"[Ljava.lang.String;", "[Lfoo.Bar;", "[int", "[[J", "org.apache.zookeeper.metrics.impl.DefaultMetricsProvider ", "org/apache/zookeeper/metrics/impl/DefaultMetricsProvider", "org.apache.zookeeper.metrics.MetricsProvider", "java.util.Map$Entry", "java.util.Map", "void", "org.apache.zookeeper.ZooKeeper", "java.lang.string", "[", "[Ljava.lang.String", "Ljava.lang.String;", " java.lang.Object", "java.lang.Thread$State", "org.apache.zookeeper.Nope", "a b", "[Q", "[L;", "java/lang/String", "org.apache.zookeeper.server.quorum.QuorumPeer$QuorumServer")
	case n < 76:
		return g.one("ssl.authProvider=x509", "ssl.authProvider=X509", "ssl.authProvider=", "ssl.authProvider=foo", "ssl.authProvider=foo ", "authProvider.foo=org.apache.zookeeper.server.auth.X509AuthenticationProvider", "authProvider.foo=", "authProvider.x509=", "authProvider.x509=foo.Bar", "authProvider.X509=x",
			"authProvider.=x", "authProvider=x", "X509AuthenticationProvider.superUser=CN=x", "serverCnxnFactory=org.apache.zookeeper.server.NettyServerCnxnFactory")
	case n < 80:
		return "oraclePath=" + g.one("/x", "", "@DIR@/file", " ")
	case n < 84:
		t := g.one("1", "2000", "3000", "-1", "0", "107374183", "107374182", "1073741823", "1073741824", "200000000", "1500000000", "2147483647", "-2147483648")
		return g.one("tickTime=", "minSessionTimeout=", "maxSessionTimeout=") + g.one(t, t, "4000", "6000", "40000", "60000", "60001", "-2", "5999", "-3")
	case n < 88:
		return g.one("quorum.auth.enableSasl=", "quorum.auth.learnerRequireSasl=", "quorum.auth.serverRequireSasl=") + g.one("true", "TRUE", "false", "yes", "true ")
	default:
		return textKeys[g.IntN(len(textKeys))] + "=" + g.one("x", "", "true", "false", "a b", "*", "1", "\\u00e9", "=", ":x", "#", "! x")
	}
}

func (g grammar) myid() string {
	return g.one("1", "1\n", "1\r\n", "1\r", "1\r2", "1\n2\n", "2\n", "3", "9\n", "0", "-1", "-1\n", "-2\n", "+1\n", "-0", "001\n", "256\n", "255", "", "\n", "\r\n", "\n1", " 1", "1 ", "1 \n", "\t1", "1\t\n", "1 # x", "\"1\"", "0x1", "1.0", "abc", "\xef\xbb\xbf1\n", "1\x00", "\x00",
		"9223372036854775807\n", "9223372036854775808", "-9223372036854775808", "1\f", "1\v", "1\n\n\n", "server.1", "${ID}", "1,", "--1", "+", "-", "00000000000000000000000000001", "1\u00a0", "1\u2028", strings.Repeat("0", 5000)+"1\n", strings.Repeat("1", 20), "\xff1", "1\xff", "1\x85", "\u0661", "１", "4")
}
