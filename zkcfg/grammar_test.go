package zkcfg

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// hosts are the names in the cases that resolve.
var hosts = map[string]string{
	"zk1": "10.0.0.1", "zk2": "10.0.0.2", "zk3": "10.0.0.3", "zk1.example.com": "10.0.0.4", "zk-2.example.com": "10.0.0.5",
	"localhost": "127.0.0.1", "ZK1": "10.0.0.1",
}

// mutant is a case: the configuration, the other files below @DIR@, and system properties.
type mutant struct {
	cfg        string
	files      map[string]string
	properties map[string]string
}

// grammar writes cases from what a configuration may say: every key with values around its limits in every spelling, lines
// of servers part by part, groups, myid, dynamic files, and the ways to write all that in a properties file.
type grammar struct{ *rand.Rand }

func (g grammar) one(from ...string) string { return from[g.IntN(len(from))] }

// chance is true n times in 100.
func (g grammar) chance(n int) bool { return g.IntN(100) < n }

// draft is a case while it is written: the entries of the files by name, and the files that are given whole.
type draft struct {
	lines      map[string][]string // of zoo.cfg and the dynamic files
	whole      map[string]string
	properties map[string]string
}

const (
	configName  = "zoo.cfg"
	dynamicName = "zoo.cfg.dynamic"
	nextName    = "zoo.cfg.dynamic.next"
)

func (g grammar) next() mutant {
	d := &draft{map[string][]string{}, map[string]string{}, map[string]string{}}
	g.base(d)
	for range g.IntN(4) {
		g.twist(d)
	}
	m := mutant{files: d.whole, properties: d.properties}
	for name, lines := range d.lines {
		text := g.write(lines)
		if name == configName {
			m.cfg = text
		} else {
			m.files[name] = text
		}
	}
	for name := range m.files { // a name is that of a file or that of a directory
		if _, file := m.files[strings.TrimSuffix(name, "/")]; file && strings.HasSuffix(name, "/") {
			delete(m.files, name)
		}
	}
	return m
}

// base starts with something that some release accepts: a lone server, an ensemble, one with groups, one with a dynamic file.
func (g grammar) base(d *draft) {
	add := func(lines ...string) { d.lines[configName] = append(d.lines[configName], lines...) }
	add("dataDir=@DIR@/data", "clientPort=2181")
	d.whole["data/"] = ""
	kind := g.IntN(10)
	if kind < 2 {
		return
	}
	add("initLimit=10", "syncLimit=5")
	d.whole["data/myid"] = "1\n"
	servers := g.ensemble(1 + g.IntN(5))
	if kind == 2 || kind == 3 {
		servers = append(servers, g.groups(len(servers))...)
	}
	if kind < 7 {
		add(servers...)
		return
	}
	name := dynamicName + g.one("", "", ".100000000", ".abc", ".0", ".-1", ".+1", ".", ".FFFFFFFFFFFFFFFF", ".7fffffffffffffff", ".8000000000000000", ".x")
	if g.chance(15) {
		name = g.one("d.dc", "d.d", "members", "a b", "ü", "sub/members.1", "x.ＡＢ", "a.b/nodots", "x.+5", "x.")
	}
	add("dynamicConfigFile=@DIR@/" + name)
	d.lines[name] = servers
	if g.chance(60) {
		d.lines[configName] = without(d.lines[configName], "clientPort")
	}
	if g.chance(15) {
		d.lines[nextName] = g.ensemble(1 + g.IntN(3))
	}
}

func without(lines []string, key string) []string {
	var kept []string
	for _, l := range lines {
		if !strings.HasPrefix(l, key+"=") {
			kept = append(kept, l)
		}
	}
	return kept
}

// ensemble writes n lines most of which are in order.
func (g grammar) ensemble(n int) []string {
	var lines []string
	clients := g.chance(30)
	for i := 1; i <= n; i++ {
		line := fmt.Sprintf("server.%d=%s:2888:3888", i, g.one("zk1", "zk2", "zk3", "127.0.0.1", "10.0.0.9", "localhost", "[::1]"))
		if i > 1 && g.chance(15) {
			line += ":observer"
		}
		if clients {
			line += ";" + g.one("2181", "2181", "0.0.0.0:2181", "zk1:2181", "127.0.0.1:2181", "2182")
		}
		lines = append(lines, line)
	}
	return lines
}

func (g grammar) groups(n int) []string {
	one := []string{}
	for i := 1; i <= n; i++ {
		one = append(one, fmt.Sprint(i))
	}
	lines := []string{"group.1=" + strings.Join(one, ":")}
	if n > 2 && g.chance(50) {
		lines = []string{"group.1=" + one[0], "group.2=" + strings.Join(one[1:], ":")}
	}
	for i := range one {
		if g.chance(60) {
			lines = append(lines, fmt.Sprintf("weight.%d=%s", i+1, g.one("1", "0", "2", "-1", "9223372036854775807", "1 ", "")))
		}
	}
	return lines
}

// twist changes one thing about a case.
func (g grammar) twist(d *draft) {
	name := configName
	if g.chance(35) {
		for other := range d.lines {
			if other != configName && other != nextName {
				name = other
			}
		}
	}
	if name == configName && d.lines[nextName] != nil && g.chance(25) {
		name = nextName
	}
	lines := d.lines[name]
	put := func(line string) {
		at := g.IntN(len(lines) + 1)
		if key, _, _ := strings.Cut(line, "="); g.chance(70) {
			lines = without(lines, key)
			at = min(at, len(lines))
		}
		lines = append(lines[:at:at], append([]string{line}, lines[at:]...)...)
	}
	switch n := g.IntN(100); {
	case n < 40:
		if name == configName || g.chance(20) {
			put(g.entry())
		} else {
			put(g.serverLine())
		}
	case n < 58:
		put(g.serverLine())
	case n < 65:
		put(g.groupLine())
	case n < 71:
		if len(lines) > 0 {
			at := g.IntN(len(lines))
			lines = append(lines[:at:at], lines[at+1:]...)
		}
	case n < 75:
		if len(lines) > 0 {
			put(lines[g.IntN(len(lines))] + g.one("", " ", "\\t", " # x", "x", "\\ "))
		}
	case n < 83:
		switch g.IntN(12) {
		case 0:
			delete(d.whole, "data/myid")
		case 1:
			delete(d.whole, "data/myid")
			d.whole["data/myid/"] = ""
		default:
			d.whole["data/myid"] = g.myid()
		}
	case n < 87:
		key := g.one("zookeeper.multiAddress.enabled", "zookeeper.multiAddress.enabled", "zookeeper.ssl.authProvider", "zookeeper.authProvider.foo", "zookeeper.authProvider.x509", "zookeeper.kerberos.canonicalizeHostNames", "zookeeper.clientPort", "zookeeper.standaloneEnabled", "zookeeper.foo")
		d.properties[key] = g.one("true", "true", "TRUE", "false", "", "foo", "x509", "true ")
	case n < 92:
		put("dynamicConfigFile=" + g.one("@DIR@/"+dynamicName, "@DIR@/"+dynamicName+".1", "@DIR@/missing", "@DIR@/data", "@DIR@/zoo.cfg", "", "zoo.cfg.dynamic", "./x", "@DIR@/"+dynamicName+" # x", "@DIR@/data/myid", "@DIR@/file", "@DIR@/"+dynamicName+"/", "~", "/", "@DIR@/sub/../"+dynamicName, "@DIR@/file/x", "@DIR@/empty", "@DIR@/empty.a", "@DIR@/\\u0000"))
		d.whole["empty"], d.whole["empty.a"] = g.one("", "# nothing\n", "\n\n"), ""
		if d.lines[dynamicName] == nil && g.chance(50) {
			d.lines[dynamicName] = g.ensemble(2)
		}
	case n < 95:
		d.whole[g.one(nextName, "zoo.cfg.next", dynamicName+".next", nextName+"/")] = g.one("", "server.1=zk1:2888:3888\n", "server.1=zk1\n", "foo=bar\n", "version=zz\n", "version=1\n", "groupFoo=1\n", "server.1=zk1:2888:3888:observer", "server.1=zk1:2888:3888;1\n", "weight.1=1\nserver.1=zk1:1:2\n", "\\u12\n", "group.1=1\n", "server.1=zk1:2888:3888 \n", "server.x=1", "clientPort=1\n")
	case n < 97:
		d.whole["file"] = g.one("", "server.1=zk1:2888:3888\n")
		d.whole["other/myid"] = g.myid()
		put(g.one("dataDir=@DIR@/other", "dataLogDir=@DIR@/other", "dataDir=@DIR@/file"))
	default:
		put(g.one("reconfigEnabled=true", "standaloneEnabled=false", "standaloneEnabled=false", "reconfigEnabled=TRUE"))
	}
	if lines != nil {
		d.lines[name] = lines
	}
}

// write makes a file of the lines, as neat as most files are or as odd as some.
func (g grammar) write(lines []string) string {
	var b strings.Builder
	odd := g.chance(35)
	eol := "\n"
	if odd {
		eol = g.one("\n", "\n", "\r\n", "\r", "\n\n", "\n# c\n", "\n\t")
		if g.chance(4) {
			b.WriteString("\xef\xbb\xbf")
		}
	}
	if g.chance(8) {
		g.Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
	}
	for i, line := range lines {
		if odd && g.chance(25) {
			if other := g.layout(line); strings.Count(other, "@DIR@") >= strings.Count(line, "@DIR@") {
				line = other
			}
		}
		b.WriteString(line)
		if i < len(lines)-1 || !odd || g.chance(80) {
			b.WriteString(eol)
		}
	}
	return b.String()
}

// layout writes one entry in another way, which may be the same to Java or not.
func (g grammar) layout(line string) string {
	key, value, _ := strings.Cut(line, "=")
	switch g.IntN(16) {
	case 0:
		return key + g.one(" = ", ":", " ", "\t", " : ", "\f", "  ", "=\t", "==", "= =", ":=", "\\=", " \\\n = ") + value
	case 1:
		return g.one(" ", "\t", "\f", "   ", "\\ ", "\v") + line
	case 2:
		return line + g.one(" ", "\t", "  ", "\\ ", "\f", "\\t", "\v", "\\", "\\\\", "\\\\\\", "\x00", "\xa0")
	case 3:
		at := g.IntN(len(line) + 1)
		return line[:at] + g.one("\\\n", "\\\n  ", "\\\r\n\t", "\\\r", "\\\n\\\n", "\\\n# x", "\\\n\n") + line[at:]
	case 4:
		if value == "" {
			return line
		}
		at := g.IntN(len(value))
		return key + "=" + value[:at] + fmt.Sprintf("\\u%04x", value[at]) + value[at+1:]
	case 5:
		at := g.IntN(len(key) + 1)
		if at == len(key) {
			return line
		}
		return key[:at] + fmt.Sprintf(g.one("\\u%04x", "\\u%04X"), key[at]) + key[at+1:] + "=" + value
	case 6:
		at := g.IntN(len(line) + 1)
		return line[:at] + g.one("\\u12", "\\uZZZZ", "\\u 0041", "\\U0041", "\\u", "\\x41", "\\z", "\\0", "\\", "\\u00e9") + line[at:]
	case 7:
		return g.one("# ", "!", "  # ", "#", "\t!", ";", "//", "# \\\n", "-- ") + line
	case 8:
		return line + "\n" + key + "=" + g.one("", "x", value, "1", "2181")
	case 9:
		return key + "=" + g.one("", "x", "1") + "\n" + line
	case 10:
		return key + g.one("\\ ", "\\t", "\\u0000", "\\u00a0", "\\:", "\\u0020") + "=" + value
	case 11:
		return line + g.one(" # comment", " ! comment", "# comment", "\t# comment", " ; comment", " // comment")
	case 12:
		return g.one("\n", "\n\n", "   \n", "#\n", "\\\n", "=\n", "=x\n", ":\n", " = \n", "\x00\n") + line
	case 13:
		return key
	case 14:
		return line + "\n" + key + "\\ =" + g.one(value, "x", "", "2")
	}
	return key + "=" + value + "\n" + g.one("key", "key=", "=value", "server.", "group", "weight=1", "x=\\", "\xfc=\xfc", "clientPort.x=1", "a\\=b=c")
}
