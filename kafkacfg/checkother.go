package kafkacfg

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// checkOther applies the validators of Connect, MirrorMaker and Streams.
func (c *Config) checkOther(v *value, rules *Validator) fault {
	bad := func(format string, args ...any) fault {
		return fault{id: "kafka-value-choice", text: fmt.Sprintf(format, args...)}
	}
	switch rules.Check {
	case CheckTopologyOptimize:
		for _, e := range v.list {
			if (e == "all" || e == "none") && len(v.list) > 1 || e != "all" && e != "none" && !slices.Contains(rules.Values, e) {
				return bad("is %s; it is all, none, or a list of %s", show(v.field, v.text), strings.Join(rules.Values, ", "))
			}
		}
	case CheckApplicationServer:
		if v.text == "" {
			return fault{}
		}
		if _, _, ok := hostPort(v.text, strictHosts(c.Release)); !ok {
			return bad("is %s; it is HOST:PORT", show(v.field, v.text))
		}
	case CheckRESTListeners, CheckAdminListeners:
		if rules.Check == CheckRESTListeners && len(v.list) == 0 {
			return fault{id: "kafka-list-empty", text: "is empty; it needs an element"}
		}
		for _, e := range v.list {
			if u, err := url.Parse(e); err != nil || u.Scheme == "" || trim(e) == "" {
				return bad("has %s, which is no URL such as http://HOST:8083", quoted(e))
			}
		}
	case CheckResponseHeaders:
		for _, e := range parseList(v.text) {
			action, header, ok := strings.Cut(trim(e), " ")
			if !ok || !slices.Contains([]string{"set", "add", "setDate", "addDate"}, action) || !strings.Contains(header, ":") {
				return bad("has %s, which is no \"ACTION NAME:VALUE\" with set, add, setDate or addDate", quoted(e))
			}
		}
	case CheckUniqueAliases:
		if len(distinct(v.list)) != len(v.list) {
			return bad("names an element twice")
		}
	}
	return fault{}
}

// isDuration reports whether Duration.parse takes s and the result is not negative: P1DT2H3M4.5S, in any case, with
// signs before every number and before the P.
func isDuration(s string) bool {
	negative := false
	switch {
	case strings.HasPrefix(s, "-"):
		negative, s = true, s[1:]
	case strings.HasPrefix(s, "+"):
		s = s[1:]
	}
	if s == "" || s[0]|0x20 != 'p' {
		return false
	}
	s = s[1:]
	total, any := 0.0, false
	read := func(unit byte, seconds float64, fraction bool) bool {
		i := 0
		if i < len(s) && (s[i] == '-' || s[i] == '+') {
			i++
		}
		start := i
		for i < len(s) && '0' <= s[i] && s[i] <= '9' {
			i++
		}
		whole := i - start
		if fraction && i < len(s) && (s[i] == '.' || s[i] == ',') {
			dot := i
			for i++; i < len(s) && '0' <= s[i] && s[i] <= '9'; i++ {
			}
			if i-dot > 10 {
				return false
			}
		}
		if whole == 0 || whole > 18 || i >= len(s) || s[i]|0x20 != unit {
			return true // this unit is left out
		}
		x, err := strconv.ParseFloat(strings.Replace(s[:i], ",", ".", 1), 64)
		if err != nil {
			return false
		}
		total += x * seconds
		any = true
		s = s[i+1:]
		return true
	}
	if !read('d', 86400, false) {
		return false
	}
	if s != "" && s[0]|0x20 == 't' {
		s = s[1:]
		any = false
		if !read('h', 3600, false) || !read('m', 60, false) || !read('s', 1, true) {
			return false
		}
	}
	if s != "" || !any {
		return false
	}
	if negative {
		total = -total
	}
	return total >= 0
}
