package zkcfg

import (
	"fmt"
	"iter"
	"strings"
	"unicode/utf8"

	"github.com/kcfg/kcfg/finding"
)

// Role is what a server does in an ensemble.
type Role string

// The roles. A server whose line names none takes part.
const (
	Participant Role = "participant"
	Observer    Role = "observer"
)

// Server is one member of the ensemble: a line server.N.
type Server struct {
	ID       int64
	Role     Role
	RoleText string    // as written; empty where the line names no role
	Quorum   []Address // where followers connect to the leader; several from 3.6 on, none for the line "|"
	Election []Address // where leaders are elected; empty in 3.4 where the line has no third part
	Client   *Address  // where clients connect, behind the semicolon of 3.5 and later; nil: the line does not say
	Group    int64     // meaningful where Config.Groups has entries
	Pos      finding.Position
}

// addresses yields where the other servers connect.
func (s Server) addresses() iter.Seq2[int, Address] {
	return func(yield func(int, Address) bool) {
		for i, a := range s.Quorum {
			if !yield(i, a) {
				return
			}
		}
		for i, a := range s.Election {
			if !yield(len(s.Quorum)+i, a) {
				return
			}
		}
	}
}

// Host returns the host of the server's first address as written, or "".
func (s Server) Host() string {
	if len(s.Quorum) == 0 {
		return ""
	}
	return s.Quorum[0].Host
}

// flaw is why a server line is not accepted.
type flaw struct {
	rule string
	exit int
	text string
}

func flawf(rule, format string, args ...any) *flaw {
	return &flaw{rule, exitInvalid, fmt.Sprintf(format, args...)}
}

// crash is a line on which the parser dies of an exception that nobody handles.
func crash(format string, args ...any) *flaw {
	return &flaw{"zk-server-malformed", exitUnexpected, fmt.Sprintf(format, args...)}
}

const maxPort = 65535

// endpoint makes an address of host and port; what names the port for the message.
func endpoint(host, port, what string) (Address, *flaw) {
	a := socket(host, 0)
	f := a.setPort(port, what)
	return a, f
}

func (a *Address) setPort(port, what string) *flaw {
	n, ok := parseInt(port)
	_, number := parseInt(trim(port))
	switch {
	case !ok && number:
		return flawf("zk-server-malformed", "the %s port %q has blanks around it, which this release does not trim", what, port)
	case !ok:
		return flawf("zk-server-malformed", "the %s port is %q, which is not a number", what, port)
	case n < 0 || n > maxPort:
		return flawf("zk-port-out-of-range", "the %s port is %d; it must lie between 0 and %d", what, n, maxPort)
	}
	a.Port = int(n)
	return nil
}

// roleOf reads the fourth part of a line.
func roleOf(text string) (Role, *flaw) {
	switch lower := asciiLower(text); lower {
	case string(Observer), string(Participant):
		return Role(lower), nil
	}
	return "", flawf("zk-server-malformed", "%q is no role: use participant or observer", text)
}

// asciiLower is enough: no other letter becomes one of the words' letters in Java's toLowerCase.
func asciiLower(s string) string {
	if isLower(s) {
		return s
	}
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + ('a' - 'A')
		}
		return r
	}, s)
}

// isLower reports whether a text is ASCII without capitals.
func isLower(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf || 'A' <= s[i] && s[i] <= 'Z' {
			return false
		}
	}
	return true
}

// parseServer34 reads the value of server.N as 3.4 does: host:port, an election port, a role; what comes behind is ignored.
func parseServer34(id int64, value string) (Server, *flaw) {
	s := Server{ID: id, Role: Participant}
	parts, f := splitHost34(value)
	switch {
	case f != nil:
		return s, f
	case len(parts) < 2:
		return s, crash("%q is not host:port:port", value)
	}
	port, ok := parseInt(parts[1])
	if !ok {
		return s, flawf("zk-server-malformed", "the quorum port is %q, which is not a number", parts[1])
	}
	election := int64(0)
	if len(parts) > 2 {
		if election, ok = parseInt(parts[2]); !ok {
			return s, flawf("zk-server-malformed", "the election port is %q, which is not a number", parts[2])
		}
	}
	if len(parts) > 3 {
		if s.Role, f = roleOf(parts[3]); f != nil {
			return s, f
		}
		s.RoleText = parts[3]
	}
	if port < 0 || port > maxPort || election > maxPort {
		return s, flawf("zk-port-out-of-range", "a port of %q does not lie between 0 and %d", value, maxPort)
	}
	s.Quorum = []Address{socket(parts[0], port)}
	if election > 0 { // 0 and less count as missing
		s.Election = []Address{socket(parts[0], election)}
	}
	return s, nil
}

// splitHost34 splits at colons, except in a host in brackets. 3.5 does the same.
func splitHost34(s string) ([]string, *flaw) {
	if !strings.HasPrefix(s, "[") {
		return javaSplit(s, ":"), nil
	}
	host, rest, ok := strings.Cut(s[1:], "]:")
	if !ok {
		return nil, flawf("zk-server-malformed", "%q begins with [ but has no ]:", s)
	}
	return append([]string{host}, javaSplit(rest, ":")...), nil
}

// splitHost36 is the looser form of 3.6: the character behind the bracket is skipped, whatever it is.
func splitHost36(s string) ([]string, *flaw) {
	if !strings.HasPrefix(s, "[") {
		return javaSplit(s, ":"), nil
	}
	host, rest, ok := strings.Cut(s[1:], "]")
	switch {
	case !ok:
		return nil, flawf("zk-server-malformed", "%q begins with [ but has no ]", s)
	case rest == "":
		return []string{strings.NewReplacer("[", "", "]", "").Replace(s)}, nil
	}
	_, skipped := utf8.DecodeRuneInString(rest)
	if rest = rest[skipped:]; rest == "" {
		return nil, flawf("zk-server-malformed", "%q has no port", s)
	}
	return append([]string{host}, javaSplit(rest, ":")...), nil
}

// lineContext is what the reading of a line depends on beside the line.
type lineContext struct {
	*dialect
	multiAddress bool // -Dzookeeper.multiAddress.enabled=true
	canonicalize bool // every host has to resolve
}

// parseServer35 reads the value of server.N as 3.5 and later do: addresses, and behind a semicolon where clients connect.
func parseServer35(id int64, value string, c lineContext) (Server, *flaw) {
	s := Server{ID: id, Role: Participant}
	halves := javaSplit(value, ";")
	if len(halves) == 0 {
		return s, crash("%q holds no address", value)
	}
	addresses := halves[:1]
	split := splitHost34
	if c.pipes {
		addresses, split = javaSplit(halves[0], "|"), splitHost36
		if f := s.readClient(value, halves, split); f != nil {
			return s, f
		}
	}
	if len(addresses) > 1 && !c.multiAddress {
		return s, flawf("zk-multi-address-disabled", "has %d addresses, which only -Dzookeeper.multiAddress.enabled=true allows", len(addresses))
	}
	role := Role("")
	for _, address := range addresses {
		parts, f := split(address)
		if f != nil {
			return s, f
		}
		if len(halves) > 2 || len(parts) < 3 || len(parts) > 4 {
			return s, shapeFlaw(value, halves, parts)
		}
		if !c.pipes {
			if f := s.readClient(value, halves, split); f != nil {
				return s, f
			}
		}
		if f := s.addAddress(parts, c); f != nil {
			return s, f
		}
		if len(parts) < 4 {
			continue
		}
		text := parts[3]
		if c.pipes {
			text = trim(text)
		}
		r, f := roleOf(text)
		switch {
		case f != nil:
			return s, f
		case role != "" && role != r:
			return s, flawf("zk-server-malformed", "its addresses have different roles")
		}
		role, s.RoleText = r, parts[3]
	}
	if role != "" {
		s.Role = role
	}
	return s, nil
}

// shapeFlaw says what is wrong with a line that has too few or too many parts.
func shapeFlaw(value string, halves, parts []string) *flaw {
	switch {
	case len(halves) > 2:
		return flawf("zk-server-malformed", "%q has more than one semicolon", value)
	case len(parts) == 2:
		return flawf("zk-election-port-missing", "%q has no election port; it must be host:port:port", value)
	case len(parts) < 3:
		return flawf("zk-server-malformed", "%q is not host:port:port", value)
	}
	return flawf("zk-server-malformed", "%q has more parts than host:port:port:role", value)
}

// readClient reads the part behind the semicolon: a port, or host:port.
func (s *Server) readClient(value string, halves []string, split func(string) ([]string, *flaw)) *flaw {
	if len(halves) != 2 {
		return nil
	}
	parts, f := split(halves[1])
	switch {
	case f != nil:
		return f
	case len(parts) > 2:
		return flawf("zk-server-malformed", "%q is no client address: use port or host:port", halves[1])
	case len(parts) == 0:
		return crash("%q has an empty client address", value)
	}
	host := "0.0.0.0"
	if len(parts) == 2 {
		host = parts[0]
	}
	client, f := endpoint(host, parts[len(parts)-1], "client")
	if f != nil {
		return f
	}
	s.Client = &client
	return nil
}

func (s *Server) addAddress(parts []string, c lineContext) *flaw {
	quorum, f := endpoint(parts[0], parts[1], "quorum")
	if f != nil {
		return f
	}
	election := quorum
	if f := election.setPort(parts[2], "election"); f != nil {
		return f
	}
	if quorum.Port == election.Port {
		return flawf("zk-server-ports-equal", "the quorum port and the election port are both %d", quorum.Port)
	}
	if c.canonicalize {
		if _, known := resolve(parts[0]); known == never {
			return flawf("zk-canonical-host-unresolvable", "%q is no host name, and kerberos.canonicalizeHostNames is true", parts[0])
		}
	}
	s.Quorum = appendAddress(s.Quorum, quorum)
	s.Election = appendAddress(s.Election, election)
	return nil
}

// appendAddress keeps the addresses of a server a set.
func appendAddress(all []Address, a Address) []Address {
	for _, b := range all {
		if same, _ := a.same(b); same {
			return all
		}
	}
	return append(all, a)
}
