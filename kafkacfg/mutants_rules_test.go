package kafkacfg

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
)

// sidesPath holds settings near the rules, by kind.
const sidesPath = "testdata/mutants.txt"

var sides = sync.OnceValue(func() map[Kind][]string {
	b, err := os.ReadFile(sidesPath)
	if err != nil {
		panic(err)
	}
	of := map[Kind][]string{}
	var kinds []string
	for line := range strings.SplitSeq(string(b), "\n") {
		head, isHead := strings.CutPrefix(line, "@")
		switch {
		case isHead:
			kinds = strings.Fields(head)
		case line != "" && kinds != nil:
			for _, k := range kinds {
				of[Kind(k)] = append(of[Kind(k)], line)
			}
		}
	}
	return of
})

// rule sets one of the sides of a rule.
func (g *generator) rule(m *mutant) { g.side(m, sides()[m.kind]) }

func (g *generator) side(m *mutant, of []string) {
	for part := range strings.SplitSeq(g.pick(of...), ";") {
		key, values, _ := strings.Cut(part, "=")
		value := g.pick(strings.Split(values, "|")...)
		if g.IntN(20) == 0 {
			value = g.blanks(value)
		}
		m.set(key, value)
	}
}

// listeners writes a block of listeners, coherent or not.
func (g *generator) listeners(m *mutant) {
	names := []string{"PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL", "CONTROLLER", "INTERNAL", "EXTERNAL", "controller", "plaintext", "A-b.c", `\u00df`, "SS", `\u0131x`}
	if g.IntN(2) == 0 {
		names = names[:6]
	}
	entry := func() string {
		host := g.pick("", "", "localhost", "0.0.0.0", "[::]", "[::1]", "10.0.0.1", "h", "127.0.0.1", "a_b", "a b", "1.2.3")
		if g.IntN(4) == 0 {
			host = g.pick("[fe80::1%eth0]", "[::ffff:1.2.3.4]", "010.0.0.1", "[1::]", "256.1.1.1", "[1:2:3:4:5:6:7::]", "[::1:2:3:4:5:6:7]", "1.2.3.4", "2.3.4.5", "[1:2]", "::1", "[::]", "[12345::]", "[1::2::3]", "[fe80::%]", "1.2.3.4%x")
		}
		port := g.pick("9092", "9093", "9094", "9092", "0", "-1", "70000", "99999999999")
		e := g.pick(names...) + "://" + host + ":" + port
		if g.IntN(25) == 0 {
			e = g.pick("foo", "://h:1", "PLAINTEXT://h", "PLAINTEXT:h:1", "PLAINTEXT//h:1", "PLAINTEXT://h:1 # c", "A://B://h:1", "PLAINTEXT://[h:1", "PLAINTEXT://h]:1", "PLAINTEXT://h:+1", "PLAINTEXT://::1:9", "", " PLAINTEXT://h:1 ")
		}
		return e
	}
	list := func() string {
		var all []string
		for range 1 + g.IntN(3) {
			all = append(all, entry())
		}
		return strings.Join(all, g.pick(",", ",", ",", ", ", ",,"))
	}
	value := list()
	if g.IntN(3) > 0 {
		m.set("listeners", value)
	}
	switch g.IntN(5) {
	case 0:
		m.set("advertised.listeners", list())
	case 1:
		m.set("advertised.listeners", strings.NewReplacer("://:", "://h:", "0.0.0.0", "h").Replace(value))
	case 2:
		parts := strings.Split(value, ",")
		m.set("advertised.listeners", g.pick(parts...))
	}
	if g.IntN(3) == 0 {
		m.set("inter.broker.listener.name", g.pick(names...))
	} else if g.IntN(6) == 0 {
		m.set("security.inter.broker.protocol", g.pick("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"))
		m.set("sasl.enabled.mechanisms", g.pick("PLAIN", "GSSAPI", "PLAIN,GSSAPI", ""))
		m.set("sasl.mechanism.inter.broker.protocol", g.pick("PLAIN", "GSSAPI", "plain", ""))
		if g.IntN(3) == 0 {
			m.set("listener.name."+g.pick("sasl_plaintext.", "sasl_ssl.")+g.pick("sasl.enabled.mechanisms", "plain.connections.max.reauth.ms", "num.io.threads", "ssl.client.auth"), g.pick("PLAIN", "GSSAPI", "5", "x", "required"))
		}
	}
	switch g.IntN(6) {
	case 0:
		m.unset("listener.security.protocol.map")
	case 1:
		var pairs []string
		for _, n := range names {
			if g.IntN(4) > 0 {
				pairs = append(pairs, fmt.Sprintf("%s:%s", n, g.pick("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL", "plaintext", "PLAINTEXT")))
			}
		}
		m.set("listener.security.protocol.map", strings.Join(pairs, g.pick(",", ", ")))
	case 2:
		m.set("listener.security.protocol.map", g.pick("", "PLAINTEXT", ":PLAINTEXT", "PLAINTEXT:PLAINTEXT,", ",PLAINTEXT:PLAINTEXT", "PLAINTEXT:PLAINTEXT,,SSL:SSL", "PLAINTEXT:FOO", "plaintext:PLAINTEXT,PLAINTEXT:SSL,CONTROLLER:PLAINTEXT",
			"PLAINTEXT:PLAINTEXT,PLAINTEXT:FOO,CONTROLLER:PLAINTEXT", "PLAINTEXT:SSL:PLAINTEXT", "PLAINTEXT : PLAINTEXT , CONTROLLER : SSL", "PLAINTEXT:", ","))
	}
	if g.IntN(3) == 0 {
		m.set("controller.listener.names", g.pick("CONTROLLER", "CONTROLLER", "controller", "PLAINTEXT", "SSL", "CONTROLLER,SSL", "INTERNAL", "CONTROLLER,INTERNAL", "CONTROLLER, INTERNAL", "SASL_SSL", "CONTROLLER,CONTROLLER"))
	}
	if g.IntN(8) == 0 {
		m.set("control.plane.listener.name", g.pick(names...))
	}
	if g.IntN(8) == 0 {
		m.set("early.start.listeners", g.pick(names...))
	}
}

// lexical edits the text without, or hardly, changing what it says.
func (g *generator) lexical(m *mutant) {
	if len(m.lines) == 0 {
		return
	}
	i := g.IntN(len(m.lines))
	line := m.lines[i]
	key, value, ok := strings.Cut(line, "=")
	if !ok || key == "" {
		return
	}
	switch g.IntN(14) {
	case 0:
		m.lines[i] = key + " : " + value
	case 1:
		m.lines[i] = " \t" + key + " " + value
	case 2:
		at := g.IntN(len(value) + 1)
		m.lines[i] = key + "=" + value[:at] + "\\\n   " + value[at:]
	case 3:
		m.lines[i] = line + "  "
	case 4:
		m.lines[i] = line + "\\"
	case 5:
		m.lines = slices.Insert(m.lines, i, key+"=foo")
	case 6:
		m.lines = append(m.lines, key+"="+value)
	case 7:
		m.lines[i] = line + "\r"
	case 8:
		m.lines[i] = `\u00` + fmt.Sprintf("%02x", key[0]) + key[1:] + "=" + value
	case 9:
		m.lines[0] = "\xef\xbb\xbf" + m.lines[0]
	case 10:
		m.lines[i] = g.pick("#", "!") + line
	case 11:
		m.lines[i] = line + g.pick(`\u12`, `\u00zz`, ` # comment`, `\:`, `\n`, `\u00a0`, "\f")
	case 12:
		m.lines = slices.Insert(m.lines, i, "# comment \\")
	case 13:
		m.lines[i] = key + "==" + value
	}
}
