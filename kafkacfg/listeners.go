package kafkacfg

import (
	"net/netip"
	"strings"
)

// Listener is one entry of listeners or advertised.listeners.
type Listener struct {
	Name     string // in capitals, as Kafka compares it
	Host     string // empty: every address
	Port     int
	Protocol string // PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL; empty where the security map lacks the name
	Text     string // the entry as written
	From, To int    // the entry's place within the value
}

// Protocols that a listener may speak.
const (
	Plaintext     = "PLAINTEXT"
	SSL           = "SSL"
	SASLPlaintext = "SASL_PLAINTEXT"
	SASLSSL       = "SASL_SSL"
)

func isProtocol(s string) bool {
	return s == Plaintext || s == SSL || s == SASLPlaintext || s == SASLSSL
}

// usesSASL reports whether a protocol authenticates with SASL.
func usesSASL(protocol string) bool { return protocol == SASLPlaintext || protocol == SASLSSL }

// parseEndpoint reads NAME://HOST:PORT as Kafka's pattern ^(.*)://\[?([0-9a-zA-Z\-%._:]*)\]?:(-?[0-9]+) does.
func parseEndpoint(s string) (l Listener, problem string) {
	i := strings.LastIndex(s, "://")
	if i < 0 {
		return l, "it has no ://"
	}
	name, rest := s[:i], s[i+3:]
	if holdsLineEnd(name) {
		return l, "its name holds a line end"
	}
	c := strings.LastIndexByte(rest, ':')
	if c < 0 {
		return l, "it has no port"
	}
	host, port := rest[:c], rest[c+1:]
	host = strings.TrimPrefix(host, "[")
	host = strings.TrimSuffix(host, "]")
	if j := strings.IndexFunc(host, func(r rune) bool { return !isHostRune(r) }); j >= 0 {
		return l, "its host holds a character that no host has"
	}
	digits := strings.TrimPrefix(port, "-")
	if digits == "" || !onlyDigits(digits, false) {
		return l, "its port is not a number"
	}
	n, err := parseInteger(port, Int)
	if err != nil {
		return l, "its port is " + err.Error()
	}
	return Listener{Name: upper(name), Host: host, Port: int(n), Text: s}, ""
}

// holdsLineEnd reports whether a text holds what the dot of Java's patterns does not match.
func holdsLineEnd(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool {
		return r == '\n' || r == '\r' || r == '\u0085' || r == '\u2028' || r == '\u2029'
	})
}

func isHostRune(r rune) bool {
	switch {
	case '0' <= r && r <= '9', 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z':
		return true
	case r == '-', r == '%', r == '.', r == '_', r == ':':
		return true
	}
	return false
}

// isHost is Utils.validHostPattern.
func isHost(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return !isHostRune(r) }) < 0
}

// hostPort is Utils.getHost and getPort. Strict releases take nothing before the host but a scheme.
func hostPort(s string, strict bool) (host string, port int64, ok bool) {
	c := strings.LastIndexByte(s, ':')
	if c < 0 || s[c+1:] == "" || !onlyDigits(s[c+1:], false) {
		return "", 0, false
	}
	head := s[:c]
	if strict {
		if i := strings.Index(head, "://"); i >= 0 && isScheme(head[:i]) {
			head = head[i+3:]
		}
		head = strings.TrimPrefix(head, "[")
		head = strings.TrimSuffix(head, "]")
		if !isHost(head) {
			return "", 0, false
		}
	} else {
		head = strings.TrimSuffix(head, "]")
		start := len(head)
		for start > 0 && isHostRune(rune(head[start-1])) && head[start-1] < 0x80 {
			start--
		}
		if holdsLineEnd(head[:start]) {
			return "", 0, false
		}
		head = head[start:]
	}
	port, err := parseInteger(s[c+1:], Int)
	return head, port, err == nil
}

func isScheme(s string) bool { return isHost(s) && !strings.Contains(s, ":") }

// spans yields the elements of a comma separated list with their places in the value.
type span struct {
	text     string
	from, to int
}

func listSpans(s string) []span {
	spans := make([]span, 0, strings.Count(s, ",")+1)
	at := 0
	for _, e := range splitList(s) {
		from := at
		for len(spans) > 0 && e != "" && blank(s[from]) { // the first element keeps them
			from++
		}
		to := from + len(e)
		spans = append(spans, span{e, from, to})
		if comma := strings.IndexByte(s[to:], ','); comma >= 0 {
			at = to + comma + 1
		}
	}
	return spans
}

func isIPv4(s string) bool {
	a, err := netip.ParseAddr(s)
	return err == nil && a.Is4()
}

func isIPv6(s string) bool {
	a, err := netip.ParseAddr(s)
	return err == nil && a.Is6()
}
