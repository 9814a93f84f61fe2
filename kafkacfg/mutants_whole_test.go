package kafkacfg

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/kcfg/kcfg/properties"
)

// An edit changes the text of a whole file; the lines are joined already.
type edit string

const (
	asTheyAre    edit = ""
	lfToCRLF     edit = "CR LF"
	lfToCR       edit = "CR"
	byteMark     edit = "byte order mark"
	twoBytes     edit = "UTF-16"
	noEnd        edit = "no line end at the end"
	backslashEnd edit = "a backslash at the end"
	oddComment   edit = "a comment with a bad escape"
	formFeeds    edit = "form feeds before the lines"
	nulByte      edit = "a NUL byte"
	endlessLine  edit = "every line continues"
)

var edits = []edit{lfToCRLF, lfToCR, byteMark, twoBytes, noEnd, backslashEnd, oddComment, formFeeds, nulByte, endlessLine}

func (e edit) apply(s string) string {
	switch e {
	case lfToCRLF:
		return strings.ReplaceAll(s, "\n", "\r\n")
	case lfToCR:
		return strings.ReplaceAll(s, "\n", "\r")
	case byteMark:
		return "\xef\xbb\xbf" + s
	case twoBytes:
		b := []byte{0xfe, 0xff}
		for i := range len(s) {
			b = append(b, 0, s[i])
		}
		return string(b)
	case noEnd:
		return strings.TrimSuffix(s, "\n")
	case backslashEnd:
		return strings.TrimSuffix(s, "\n") + `\`
	case oddComment:
		return "# \\u12 \\\n" + s + "! \\uzz"
	case formFeeds:
		return "\f" + strings.ReplaceAll(s, "\n", "\n\f \t")
	case nulByte:
		return s + "\x00=\x00\n"
	case endlessLine:
		return strings.ReplaceAll(s, "\n", "\\\n")
	}
	return s
}

// otherKeys are the names of keys that some release defines for some kind.
var otherKeys = sync.OnceValue(func() []string {
	seen := map[string]bool{}
	for _, r := range Releases() {
		for _, k := range Kinds() {
			for key := range Keys(r, k) {
				seen[key.Name] = true
			}
		}
	}
	names := make([]string, 0, len(seen))
	for name := range seen {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
})

// foreign sets a key that may belong to another kind or release.
func (g *generator) foreign(m *mutant) {
	m.set(g.pick(otherKeys()...), g.pick("", "x", "1", "-1", "true", "PLAINTEXT", "/a", "java.lang.String", "${file:@DIR@/none:x}", "h:1"))
}

// defaults writes what counts anyway: some rules ask whether a key was set.
func (g *generator) defaults(m *mutant) {
	keys := g.keys[m.kind]
	n := 1 + g.IntN(6)
	if g.IntN(12) == 0 {
		n = len(keys)
	}
	for _, i := range g.Perm(len(keys))[:n] {
		k := keys[i]
		if k.HasDefault && !slices.ContainsFunc(m.lines, func(l string) bool { return strings.HasPrefix(l, k.Name+"=") }) {
			m.set(k.Name, properties.Escape(k.Default))
		}
	}
}

// beforeKeys stand before keys where a part of the process has settings of its own.
var beforeKeys = map[Kind][]string{
	Broker: {"listener.name.plaintext.", "listener.name.sasl_plaintext.", "listener.name.sasl_ssl.", "listener.name.controller.", "listener.name.ssl.", "listener.name.sasl_plaintext.plain.", "listener.name.sasl_ssl.gssapi.",
		"listener.name.sasl_ssl.scram-sha-256.", "listener.name.SASL_SSL.", "listener.name.internal.", "listener.name..", "listener.name.", "rsm.config.", "rlmm.config.", "remote.log.metadata.common.client.", "zookeeper."},
	Streams:            {"producer.", "consumer.", "main.consumer.", "restore.consumer.", "global.consumer.", "admin.", "topic.", "client.tag.", "Producer."},
	ConnectDistributed: {"producer.", "consumer.", "admin.", "listeners.https.", "listeners.http.", "key.converter.", "value.converter.", "header.converter.", "internal.key.converter.", "admin.listeners.https.", "metrics.context."},
	ConnectStandalone:  {"producer.", "consumer.", "admin.", "listeners.https.", "key.converter.", "value.converter."},
	MirrorMaker:        {"a.", "b.", "a.producer.", "b.consumer.", "a.admin.", "a->b.", "b->a.", "source.", "target.", "producer.", "consumer.", "admin.", "a.listeners.https."},
}

func (g *generator) prefixed(m *mutant) {
	before, ok := beforeKeys[m.kind]
	if !ok {
		before = []string{"producer.", "consumer.", "admin.", "client.", "listener.name.plaintext.", "kafka."}
	}
	keys := g.keys[m.kind]
	k := keys[g.IntN(len(keys))]
	m.set(g.pick(before...)+k.Name, g.valueOf(k))
}

// provided takes a value from a config provider.
func (g *generator) provided(m *mutant) {
	keys := g.keys[m.kind]
	name := g.pick("file", "file", "dir", "env", "f")
	class := map[string]string{"file": fileProvider, "f": fileProvider, "dir": dirProvider, "env": envProvider}[name]
	m.set("config.providers", g.pick(name, name, name, "env,"+name, name+",env", name+", x", " "+name))
	m.set("config.providers."+name+".class", class)
	if g.IntN(3) == 0 {
		m.set("config.providers."+name+".param.allowed.paths", g.pick("@DIR@", "@DIR@/dir", "@DIR@/", "@DIR@/none", "@DIR@/secrets.properties", "@DIR@,@DIR@/dir", "@DIR@/dir/..", "@DIR@ "))
	}
	if name == "env" && g.IntN(3) == 0 {
		m.set("config.providers.env.param.allowlist.pattern", g.pick("KCFG_.*", "KCFG_N.*", "KCFG", ".*NUMBER", "(?i)kcfg_number", "[A-Z]+", `KCFG_(NUMBER|TEXT)`, `\\w+`, "KCFG_{", "${env:x}", "[A-Z_]{4,}", "[A-Z_]{4,2}", "KCFG_NUMBER**", "(?<a>KCFG).*", `(?<a>x)\\k<b>|.*`, `\\p{Lu}.*`, `\\p{Nope}`, `\\y`, "^*KCFG_.*"))
	}
	variable := func() string {
		switch name {
		case "dir":
			return "${" + name + ":" + g.pick("@DIR@/dir", "@DIR@/dir/", "@DIR@", "@DIR@/dir/sub", "@DIR@/dir/../dir", "@DIR@/none", "@DIR@/dir/number") + ":" +
				g.pick("number", "line", "empty", "bytes", "sub/number", "sub", "none", "..data", "../secrets.properties", "./number", "secrets.properties") + "}"
		case "env":
			return "${" + name + ":" + g.pick("", "", "", "", "x:") + g.pick("KCFG_NUMBER", "KCFG_EMPTY", "KCFG_TEXT", "KCFG_NESTED", "KCFG_NONE", "", " KCFG_NUMBER") + "}"
		}
		return "${" + name + ":" + g.pick("@DIR@/secrets.properties", "@DIR@/secrets.properties", "@DIR@/secrets.properties", "@DIR@/secrets.properties", "@DIR@/malformed.properties", "@DIR@/bytes.properties", "@DIR@/mark.properties", "@DIR@/empty.properties",
			"@DIR@/dir", "@DIR@/none", "@DIR@/dir/../secrets.properties", " @DIR@/secrets.properties", "") + ":" +
			g.pick("number", "number", "zero", "text", "empty", "spaced", "list", "nested", "digit", "umlaut", "a.b", "roles", "listener", "yes", "twice", "comment", "class", "long", "only", "dollar", "none", " number", "number ", "other", "a b", "") + "}"
	}
	for range 1 + g.IntN(2) {
		k := keys[g.IntN(len(keys))]
		value := variable()
		switch g.IntN(8) {
		case 0:
			value = "1" + value
		case 1:
			value += variable()
		case 2:
			value = value + " "
		case 3:
			value = "${" + value + "}"
		case 4:
			value = "PLAIN," + value
		}
		key := k.Name
		if g.IntN(6) == 0 {
			key = g.pick("some.unknown", "listener.name.sasl_ssl."+k.Name, "producer."+k.Name)
		}
		m.set(key, value)
	}
}

// bare writes a line in one of the ways to say a key without a value, or a value without a key.
func (g *generator) bare(m *mutant) {
	keys := g.keys[m.kind]
	name := keys[g.IntN(len(keys))].Name
	if g.IntN(2) == 0 && len(m.lines) > 0 {
		if key, _, _ := strings.Cut(m.lines[g.IntN(len(m.lines))], "="); key != "" {
			name = key
		}
	}
	m.lines = append(m.lines, g.pick(name, name+" ", name+":", ":"+name, "="+name, name+" = ", name+"\\ =1", name+"\\u003d1", "\\"+name+"=1", name+"\\:1", name+"=\\", name+"=\\\n\\\n1", strings.ToUpper(name)+"=x", name+".=x", " = ", ":", "\\", name+"\t1",
		name+"\f=\f1", fmt.Sprintf("\\u%04X%s=1", name[0], name[1:]), name+"\\\n=1", name+"=1\x00", "\x00"+name+"=1", "\xa0"+name+"=1", name+"\xa0=1"))
}
