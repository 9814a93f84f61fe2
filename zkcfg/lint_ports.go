package zkcfg

import (
	"slices"
	"strings"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/internal/rule"
)

// listener is a port that a server opens.
type listener struct {
	what string // "client port"
	key  string
	at   Address
	own  *Server // of whose line it is; nil: a setting
	mild bool    // the server runs on where this port is taken
}

// portCollision: two listeners of one process cannot have the same port. Every server reads a file like this one, so that
// without its id any line of the list may be its own.
func portCollision(c *Config, report rule.Reporter) {
	common := c.listeners()
	var told []string
	collide := func(all []listener, from int) {
		for i := max(from, 1); i < len(all); i++ {
			for _, other := range all[:i] {
				if b := all[i]; b.collides(other) && !slices.Contains(told, b.what+other.what) && !c.says("zk-own-port-twice", b.key) && !c.says("zk-own-port-twice", other.key) {
					told = append(told, b.what+other.what)
					f := report(c.listenerPos(b), b.key, "the %s is %d, like the %s", b.what, b.at.Port, other.what)
					f.Help = "give each of them a port of its own"
					if b.mild || other.mild {
						f.Severity = finding.Warning
					}
				}
			}
		}
	}
	collide(common, 0)
	if c.Mode != Distributed {
		return
	}
	for i := range c.Servers {
		s := &c.Servers[i]
		if c.IDSeen && s.ID != c.ID {
			continue
		}
		if !c.sharesPort(s, common) {
			continue
		}
		all := slices.Clone(common)
		key := "server." + decimal(s.ID)
		if s.Client != nil && !c.IDSeen {
			all = append(all[:0], listener{"client port of " + key, key, *s.Client, s, false})
		}
		from := len(all)
		for _, a := range s.Quorum {
			all = append(all, listener{"quorum port of " + key, key, a, s, false})
		}
		for _, a := range s.Election {
			all = append(all, listener{"election port of " + key, key, a, s, false})
		}
		collide(all, from)
	}
}

// sharesPort tells most servers from those worth a closer look.
func (c *Config) sharesPort(s *Server, common []listener) bool {
	for i, a := range s.addresses() {
		if s.Client != nil && s.Client.Port == a.Port || i > 0 && len(s.Quorum) > 0 && a.Port == s.Quorum[0].Port ||
			slices.ContainsFunc(common, func(l listener) bool { return l.at.Port == a.Port }) {
			return true
		}
	}
	return false
}

// listeners are the ports that the file gives every server.
func (c *Config) listeners() []listener {
	if c.kind == Dynamic {
		return nil
	}
	all := make([]listener, 0, 4)
	if c.Client != nil {
		l := listener{"client port", "clientPort", *c.Client, nil, false}
		if i := slices.IndexFunc(c.Servers, func(s Server) bool { return s.Client == c.Client }); i >= 0 {
			l.own = &c.Servers[i]
		}
		all = append(all, l)
	}
	if c.Secure != nil && !c.failed("secureClientPort") {
		all = append(all, listener{"secure client port", "secureClientPort", *c.Secure, nil, false})
	}
	if c.ObserverMasterPort > 0 && c.Mode == Distributed {
		all = append(all, listener{"observer master port", "observerMasterPort", Address{Port: int(c.ObserverMasterPort), IP: anyIP}, nil, false})
	}
	if c.text("metricsProvider.className") == metricsProviders[2] && c.d.pipes {
		const key, usual = "metricsProvider.httpPort", 7000
		all = append(all, listener{"metrics port", key, c.listenAt("metricsProvider.httpHost", key, usual), nil, false})
	}
	if c.d.verifier && c.text("admin.enableServer") != "false" {
		all = append(all, listener{"port of the admin server", "admin.serverPort", c.adminAddress(), nil, c.Mode == Distributed})
	}
	return all
}

func (c *Config) listenerPos(l listener) finding.Position {
	if l.own != nil {
		return l.own.Pos
	}
	return c.valuePos(l.key)
}

// listenAt reads the address of a listener that has none of QuorumPeerConfig's own keys.
func (c *Config) listenAt(hostKey, portKey string, usual int) Address {
	a := Address{Host: c.text(hostKey), Port: usual, IP: anyIP}
	if n, ok := decodeLong(c.text(portKey)); ok && 0 <= n && n <= maxPort {
		a.Port = int(n)
	}
	if a.Host != "" {
		a.IP, _ = resolve(a.Host)
	}
	return a
}

// collides reports whether two listeners cannot both be opened.
func (l listener) collides(other listener) bool {
	a, b := l.at, other.at
	if a.Port != b.Port || a.Port == 0 {
		return false
	}
	return a.Wildcard() || b.Wildcard() || strings.EqualFold(a.Host, b.Host) || a.IP.IsValid() && a.IP == b.IP
}
