package zkcfg

import (
	"net/netip"
	"strings"
	"unicode/utf8"
)

// An Address is a host and a port, as java.net.InetSocketAddress holds them.
type Address struct {
	Host string // as written; "0.0.0.0" where only a port was given, "localhost" where the host is empty
	Port int
	// IP is the address of a literal and of localhost. It is invalid for every other name: which address a name has is the
	// business of the machine.
	IP netip.Addr
}

// String returns host:port, with brackets around a host that holds a colon.
func (a Address) String() string {
	if strings.Contains(a.Host, ":") {
		return "[" + a.Host + "]:" + itoa(a.Port)
	}
	return a.Host + ":" + itoa(a.Port)
}

// Wildcard reports whether the address stands for all addresses of the machine.
func (a Address) Wildcard() bool { return a.IP.IsValid() && a.IP.IsUnspecified() }

var (
	anyIP    = netip.IPv4Unspecified()
	loopback = netip.AddrFrom4([4]byte{127, 0, 0, 1})
)

// resolution says what is known of a host without asking the network.
type resolution uint8

const (
	never   resolution = iota // neither an address nor a possible name
	named                     // a name that may resolve
	literal                   // an address
)

// resolve looks at a host as InetAddress.getByName does.
func resolve(host string) (netip.Addr, resolution) {
	if host == "" || strings.EqualFold(host, "localhost") {
		return loopback, literal
	}
	if strings.HasPrefix(host, "[") {
		if !strings.HasSuffix(host, "]") || len(host) <= 2 {
			return netip.Addr{}, never
		}
		if ip, ok := parseIPv6(host[1 : len(host)-1]); ok && strings.Contains(host, ":") {
			return ip, literal
		}
		return netip.Addr{}, never
	}
	if first, _ := utf8.DecodeRuneInString(host); digit(first, 16) >= 0 || first == ':' {
		if ip, ok := parseIPv4(host); ok {
			return ip, literal
		}
		if ip, ok := parseIPv6(host); ok {
			return ip, literal
		}
	}
	if hostName(host) {
		return netip.Addr{}, named
	}
	return netip.Addr{}, never
}

// hostName reports whether a resolver could know the name. The last part of a name is never a number, and nothing below
// .invalid exists.
func hostName(host string) bool {
	const longest = 253 // characters, as in the DNS
	host = strings.TrimSuffix(host, ".")
	if host == "" || len(host) > longest {
		return false
	}
	last := ""
	for label := range strings.SplitSeq(host, ".") {
		if label == "" || len(label) > 63 {
			return false
		}
		for _, c := range []byte(label) {
			if !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '_') {
				return false
			}
		}
		last = label
	}
	return strings.Trim(last, "0123456789") != "" && !hexadecimal(last) && !strings.EqualFold(last, "invalid")
}

// hexadecimal reports whether C would read a part as a number, which Java refuses to look up.
func hexadecimal(part string) bool {
	digits, ok := strings.CutPrefix(asciiLower(part), "0x")
	return ok && digits != "" && strings.Trim(digits, "0123456789abcdef") == ""
}

// parseIPv4 reads one to four decimal parts; the last one fills the bytes that remain, so that 127.1 is 127.0.0.1.
func parseIPv4(s string) (netip.Addr, bool) {
	if len(s) > 15 || s == "" || s[0] < '0' || s[0] > '9' { // most are names
		return netip.Addr{}, false
	}
	parts := strings.Split(s, ".")
	if len(parts) > 4 {
		return netip.Addr{}, false
	}
	var ip [4]byte
	for i, part := range parts {
		if part == "" {
			return netip.Addr{}, false
		}
		n := uint64(0)
		for _, c := range []byte(part) {
			if c < '0' || c > '9' {
				return netip.Addr{}, false
			}
			n = n*10 + uint64(c-'0')
		}
		if i < len(parts)-1 {
			if n > 0xFF {
				return netip.Addr{}, false
			}
			ip[i] = byte(n)
			continue
		}
		if n >= 1<<(8*(4-i)) {
			return netip.Addr{}, false
		}
		for j := 3; j >= i; j-- {
			ip[j], n = byte(n), n>>8
		}
	}
	return netip.AddrFrom4(ip), true
}

// parseIPv6 reads what sun.net.util.IPAddressUtil reads; a mapped address is the IPv4 address, and a zone is a number
// or the name of an interface, which is taken to be there like every name.
func parseIPv6(s string) (netip.Addr, bool) {
	s, zone, zoned := strings.Cut(s, "%")
	if zoned && (zone == "" || strings.ContainsAny(zone, "%:[] \t")) || len(s) < 2 {
		return netip.Addr{}, false
	}
	var ip [16]byte
	at, compressed := 0, -1
	i := 0
	if s[0] == ':' {
		if s[1] != ':' {
			return netip.Addr{}, false
		}
		i = 1
	}
	start, value, seen := i, 0, false
	for i < len(s) {
		c := s[i]
		i++
		if d := digit(rune(c), 16); d >= 0 {
			if value = value<<4 | int(d); value > 0xFFFF {
				return netip.Addr{}, false
			}
			seen = true
			continue
		}
		if c == ':' {
			start = i
			switch {
			case !seen && compressed >= 0:
				return netip.Addr{}, false
			case !seen:
				compressed = at
				continue
			case i == len(s) || at+2 > len(ip):
				return netip.Addr{}, false
			}
			ip[at], ip[at+1] = byte(value>>8), byte(value)
			at, value, seen = at+2, 0, false
			continue
		}
		if c == '.' && at+4 <= len(ip) {
			v4, ok := parseIPv4(s[start:])
			if !ok || strings.Count(s[start:], ".") != 3 {
				return netip.Addr{}, false
			}
			b := v4.As4()
			at += copy(ip[at:], b[:])
			seen = false
			break
		}
		return netip.Addr{}, false
	}
	if seen {
		if at+2 > len(ip) {
			return netip.Addr{}, false
		}
		ip[at], ip[at+1] = byte(value>>8), byte(value)
		at += 2
	}
	if compressed >= 0 {
		if at == len(ip) {
			return netip.Addr{}, false
		}
		tail := copy(ip[len(ip)-(at-compressed):], ip[compressed:at])
		clear(ip[compressed : len(ip)-tail])
		at = len(ip)
	}
	if at != len(ip) {
		return netip.Addr{}, false
	}
	return netip.AddrFrom16(ip).Unmap(), true
}

// socket makes the address that a server line names: a host that does not resolve is kept as a name.
func socket(host string, port int64) Address {
	a := Address{Host: host, Port: int(port)}
	a.IP, _ = resolve(host)
	if host == "" {
		a.Host = "localhost"
	}
	return a
}

// same compares addresses as InetSocketAddress.equals does; known is false where that depends on what a name resolves to.
func (a Address) same(b Address) (same, known bool) {
	switch {
	case a.Port != b.Port:
		return false, true
	case a.IP.IsValid() && b.IP.IsValid():
		return a.IP.WithZone("") == b.IP.WithZone(""), true
	case strings.EqualFold(a.Host, b.Host):
		return true, true
	}
	return false, !mayResolve(a) || !mayResolve(b)
}

func mayResolve(a Address) bool { return a.IP.IsValid() || hostName(a.Host) }
