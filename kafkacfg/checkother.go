package kafkacfg

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// checkOther applies the validators of Connect, MirrorMaker and Streams.
func (c *Config) checkOther(v *value, rules *Validator) fault {
	bad := func(format string, args ...any) fault {
		return fault{id: "kafka-value-choice", text: fmt.Sprintf(format, args...)}
	}
	switch rules.Check {
	case CheckTopologyOptimize:
		list := splitList(v.text)
		if v.text != "" { // Java splits the empty string into one
			list = javaSplit(list)
		}
		for _, e := range list {
			if (e == "all" || e == "none") && len(list) > 1 || e != "all" && e != "none" && !slices.Contains(rules.Values, e) {
				return bad("is %s; it is all, none, or a list of %s", show(v.field, v.text), strings.Join(rules.Values, ", "))
			}
		}
	case CheckApplicationServer:
		if v.text == "" {
			return fault{}
		}
		if host, _, ok := hostPort(v.text, strictHosts(c.Release)); !ok || host == "" && c.since("4.4.0") {
			return bad("is %s; it is HOST:PORT", show(v.field, v.text))
		}
	case CheckRESTListeners, CheckAdminListeners:
		if rules.Check == CheckRESTListeners && len(v.list) == 0 {
			return fault{id: "kafka-list-empty", text: "is empty; it needs an element"}
		}
		if slices.ContainsFunc(v.list, func(e string) bool { return trim(e) == "" }) {
			return fault{id: "kafka-list-element-empty", text: "has an empty element: there is a comma too many"}
		}
	case CheckResponseHeaders:
		if trim(v.text) == "" {
			return fault{}
		}
		for _, e := range jettySplit(v.text) {
			if !isHeaderRule(e) {
				return bad("has %s, which is no \"ACTION NAME:VALUE\" with set, add, setDate or addDate", quoted(e))
			}
		}
	case CheckMACAlgorithm:
		if !isMAC(v.text) {
			return bad("is %s, which is no MAC algorithm of the JVM, such as HmacSHA256", show(v.field, v.text))
		}
	case CheckMACAlgorithms:
		if len(v.list) == 0 {
			return fault{id: "kafka-list-empty", text: "is empty; it needs an element"}
		}
		for _, e := range v.list {
			if !isMAC(e) {
				return bad("has %s, which is no MAC algorithm of the JVM, such as HmacSHA256", quoted(e))
			}
		}
	case CheckKeyGenerator:
		if _, ok := keySizes(v.text); !ok {
			return bad("is %s, which is no key generator of the JVM, such as HmacSHA256", show(v.field, v.text))
		}
	case CheckUniqueAliases:
		if len(distinct(v.list)) != len(v.list) {
			return bad("names an element twice")
		}
	}
	return fault{}
}

// isHeaderRule is RestServerConfig.validateHttpResponseHeaderConfig: an action in any case, blanks, and a header whose name
// and value are all that one colon separates.
func isHeaderRule(rule string) bool {
	rule = trim(rule)
	i := strings.IndexFunc(rule, isJavaBlank)
	if i < 0 || !slices.ContainsFunc([]string{"set", "add", "setDate", "addDate"}, func(a string) bool { return strings.EqualFold(a, rule[:i]) }) {
		return false
	}
	header := javaSplit(strings.Split(trim(strings.TrimLeftFunc(rule[i:], isJavaBlank)), ":"))
	return len(header) == 2 && trim(header[0]) != "" && !strings.ContainsFunc(trim(header[0]), isJavaBlank)
}

func isJavaBlank(r rune) bool { return r < 0x80 && blank(byte(r)) }

// jettySplit is Jetty's StringUtil.csvSplit: commas separate, quotes protect them, and what follows a closing quote is
// dropped.
func jettySplit(s string) []string {
	var list []string
	for s = strings.TrimLeftFunc(s, isWhitespace); s != ""; s = strings.TrimLeftFunc(s, isWhitespace) {
		if s[0] != '"' {
			element, rest, _ := strings.Cut(s, ",")
			list = append(list, strings.TrimRightFunc(element, isWhitespace))
			s = rest
			continue
		}
		var element strings.Builder
		i := 1
		for ; i < len(s) && s[i] != '"'; i++ {
			if s[i] == '\\' && i+1 < len(s) {
				i++
			}
			element.WriteByte(s[i])
		}
		list = append(list, element.String())
		_, s, _ = strings.Cut(s[min(i+1, len(s)):], ",")
	}
	return list
}

// isWhitespace is Character.isWhitespace.
func isWhitespace(r rune) bool {
	switch r {
	case 0x85, 0xa0, 0x2007, 0x202f:
		return false
	}
	return unicode.IsSpace(r) || 0x1c <= r && r <= 0x1f
}
