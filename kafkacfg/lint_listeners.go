package kafkacfg

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/internal/nearest"
	"github.com/kcfg/kcfg/internal/rule"
)

// Listeners and the addresses that clients are told.
var listenerLints = []rule.Rule[*lint]{
	{ID: "kafka-advertised-localhost", Severity: finding.Info, Check: advertisedLocalhost},
	{ID: "kafka-advertised-implicit", Severity: finding.Info, Check: advertisedImplicit},
	{ID: "kafka-advertised-unspecified", Severity: finding.Warning, Check: advertisedUnspecified},
	{ID: "kafka-listener-port-range", Severity: finding.Error, Check: listenerPortRange},
	{ID: "kafka-plaintext-beside-tls", Severity: finding.Info, Check: plaintextBesideTLS},
	{ID: "kafka-sasl-plain-in-clear", Severity: finding.Warning, Check: saslPlainInClear},
	{ID: "kafka-listener-prefix-unknown", Severity: finding.Warning, Check: listenerPrefixUnknown},
	{ID: "kafka-listener-prefix-case", Severity: finding.Warning, Check: listenerPrefixCase},
}

func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") || strings.HasPrefix(strings.ToLower(host), "localhost.") {
		return true
	}
	a, err := netip.ParseAddr(host)
	return err == nil && a.Unmap().IsLoopback()
}

// isWildcard reports whether a host binds every address.
func isWildcard(host string) bool {
	if host == "" {
		return true
	}
	a, err := netip.ParseAddr(host)
	return err == nil && a.Unmap().IsUnspecified()
}

func isPublic(host string) bool {
	a, err := netip.ParseAddr(host)
	return err == nil && !a.Unmap().IsPrivate() && !a.Unmap().IsLoopback() && !a.Unmap().IsLinkLocalUnicast() && !a.IsUnspecified()
}

// advertisedLocalhost is right on a machine that serves only itself, which Kafka's own sample is made for.
func advertisedLocalhost(c *lint, report rule.Reporter) {
	if !c.broker() {
		return
	}
	for _, l := range c.advertised() {
		if !isLoopback(l.Host) || c.isControllerListener(l.Name) {
			continue
		}
		f := report(l.pos(), l.key, "%s gives clients %s, where only this machine reaches the broker", l.key, l.Host)
		f.Help = "advertise the name under which clients and other brokers reach this machine"
		if c.severalHosts() {
			f.Severity = finding.Warning
		}
		return // once: every listener has the same cure
	}
}

func advertisedImplicit(c *lint, report rule.Reporter) {
	if !c.broker() || c.set(advertisedKey) || c.set("advertised.host.name") || c.set("host.name") {
		return
	}
	for _, l := range c.bound() {
		if l.Host != "" || c.isControllerListener(l.Name) {
			continue
		}
		f := report(l.pos(), "listeners", "advertised.listeners is not set and %s names no host: clients are told what Java takes for this machine's name", l.Name)
		f.Help = "set advertised.listeners=" + l.Name + "://<name that clients resolve>:" + itoa(int64(l.Port))
		return
	}
}

func advertisedUnspecified(c *lint, report rule.Reporter) {
	if !c.broker() {
		return
	}
	for _, l := range c.advertised() {
		a, err := netip.ParseAddr(l.Host)
		if err != nil || !a.IsUnspecified() || l.Host == "0.0.0.0" { // 0.0.0.0 refuses
			continue
		}
		report(l.pos(), l.key, "%s gives clients %s, which is no address to connect to", l.key, l.Host).
			Help = "advertise the name under which clients reach this machine"
	}
}

// KafkaConfig takes any int; the socket does not.
func listenerPortRange(c *lint, report rule.Reporter) {
	if !c.node() {
		return
	}
	for _, l := range c.bound() {
		if l.Port < 0 || l.Port > 65535 {
			report(l.pos(), "listeners", "listeners has the port %d; ports end at 65535", l.Port).Help = "use a port from 1 to 65535"
		}
	}
}

func isTLS(protocol string) bool { return protocol == SSL || protocol == SASLSSL }

func plaintextBesideTLS(c *lint, report rule.Reporter) {
	if !c.node() || !slices.ContainsFunc(c.bound(), func(l endpoint) bool { return isTLS(l.Protocol) && !c.isControllerListener(l.Name) }) {
		return
	}
	for _, l := range c.bound() {
		if l.Protocol != Plaintext || c.isControllerListener(l.Name) {
			continue
		}
		f := report(l.pos(), "listeners", "%s is open without encryption or authentication beside a TLS listener", l.Name)
		f.Help = "remove it, or bind it to an address that only trusted machines reach"
		if isWildcard(l.Host) || isPublic(l.Host) {
			f.Severity = finding.Warning
			f.Label = "binds every address"
			if l.Host != "" && !isWildcard(l.Host) {
				f.Label = "a public address"
			}
			c.ease(f)
		}
	}
}

func saslPlainInClear(c *lint, report rule.Reporter) {
	if !c.node() {
		if !strings.EqualFold(c.str("security.protocol"), SASLPlaintext) || !oneOfFold(c.str("sasl.mechanism"), "PLAIN", "OAUTHBEARER") {
			return
		}
		key := "security.protocol"
		f := report(c.pos(key), key, "security.protocol is SASL_PLAINTEXT with %s: the secret crosses the network readable", c.str("sasl.mechanism"))
		f.Help = "set security.protocol=SASL_SSL"
		if c.loopbackBootstrap() {
			f.Severity = finding.Info
		}
		return
	}
	for _, l := range c.bound() {
		if l.Protocol != SASLPlaintext {
			continue
		}
		for _, m := range c.mechanisms(l.Name) {
			if m.text != "PLAIN" && m.text != "OAUTHBEARER" {
				continue
			}
			f := report(l.pos(), "listeners", "%s takes %s without TLS: the secret crosses the network readable", l.Name, m.text)
			f.Help = "map " + l.Name + " to SASL_SSL"
			if isLoopback(l.Host) {
				f.Severity = finding.Info
			}
			c.ease(f)
		}
	}
}

// cutListener cuts listener.name.<name>. off a key. A name may hold dots, so configured names are tried first.
func (c *lint) cutListener(key string) (name, rest string, ok bool) {
	rest, ok = strings.CutPrefix(key, listenerPrefix)
	if !ok {
		return "", "", false
	}
	for _, n := range c.listenerNames() {
		if len(rest) > len(n) && rest[len(n)] == '.' && strings.EqualFold(rest[:len(n)], n) {
			return rest[:len(n)], rest[len(n)+1:], true
		}
	}
	return cut(rest)
}

func cut(s string) (before, after string, ok bool) {
	before, after, ok = strings.Cut(s, ".")
	return before, after, ok
}

// A prefix of another listener is only text to Kafka.
func listenerPrefixUnknown(c *lint, report rule.Reporter) {
	if !c.node() {
		return
	}
	reported := map[string]bool{}
	for _, e := range c.ofListeners() {
		name, _, ok := c.cutListener(e.Key)
		if !ok || reported[name] || slices.ContainsFunc(c.listenerNames(), func(n string) bool { return strings.EqualFold(n, name) }) {
			continue
		}
		reported[name] = true
		f := report(e.KeyPos(), e.Key, "%s is for a listener called %s, which this node does not have", e.Key, strings.ToUpper(name))
		if best := nearest.Key(name, c.listenerNames()); best != "" {
			f.Help = "did you mean " + listenerPrefix + strings.ToLower(best) + "."
		} else {
			f.Help = "the listeners are " + strings.Join(c.listenerNames(), ", ")
		}
	}
}

// Kafka looks for the lower-case name only.
func listenerPrefixCase(c *lint, report rule.Reporter) {
	if !c.node() {
		return
	}
	for _, e := range c.ofListeners() {
		name, rest, ok := c.cutListener(e.Key)
		if !ok {
			continue
		}
		want := listenerPrefix + strings.ToLower(name) + "." + rest
		if mech, key, ok := strings.Cut(rest, "."); ok && isMechanism(strings.ToUpper(mech)) && strings.HasPrefix(key, "sasl.") {
			want = listenerPrefix + strings.ToLower(name) + "." + strings.ToLower(mech) + "." + key
		}
		if want == e.Key {
			continue
		}
		f := report(e.KeyPos(), e.Key, "%s has capitals: Kafka looks for %s and ignores this", e.Key, want)
		f.Help = "write " + want
		f.Fix = &finding.Fix{Message: "write " + want, Edits: []finding.Edit{e.RenameEdit(want)}}
	}
}
