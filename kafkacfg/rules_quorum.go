package kafkacfg

import (
	"slices"
	"strings"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/internal/rule"
)

var quorumRules = []rule.Rule[*Config]{
	{ID: "kafka-quorum-missing", Severity: finding.Error, Stage: finding.Config, In: "3.0..3.8", Check: votersMissing},
	{ID: "kafka-quorum-missing", Severity: finding.Error, Stage: finding.Config, In: "3.9..", Check: quorumMissing},
	{ID: "kafka-controller-not-a-voter", Severity: finding.Error, Stage: finding.Config, In: "3.0..", Check: controllerNoVoter},
	{ID: "kafka-broker-is-a-voter", Severity: finding.Error, Stage: finding.Config, In: "3.0..", Check: brokerVoter},
	{ID: "kafka-voter-not-routable", Severity: finding.Error, Stage: finding.Config, In: "4.2.1..", Check: voterNotRoutable},
	{ID: "kafka-auto-join-without-controller", Severity: finding.Error, Stage: finding.Config, In: "4.2..", Check: autoJoin},
}

// voter is one entry of controller.quorum.voters.
type voter struct {
	id   int64
	host string
	port int64
}

// parseVoter reads "1@host:9093". Strict releases take nothing before the host but a scheme.
func parseVoter(s string, strict bool) (v voter, problem string) {
	parts := javaSplit(strings.Split(s, "@"))
	if len(parts) != 2 {
		return v, "it has to have one @, between the number and the host"
	}
	id, err := parseInteger(parts[0], Int)
	if err != nil {
		return v, "its number is " + err.Error()
	}
	host, port, problem := parseAddress(parts[1], strict)
	return voter{id, host, port}, problem
}

func parseAddress(s string, strict bool) (host string, port int64, problem string) {
	host, port, ok := hostPort(s, strict)
	switch {
	case !ok:
		return "", 0, "it has to end in HOST:PORT"
	case port > 65535:
		return "", 0, "its port is beyond 65535"
	}
	return host, port, ""
}

// strictHosts reports whether a release takes nothing before the host of an address but a scheme. 3.9.1 and 3.9.2 went back.
func strictHosts(r Release) bool {
	n := number(r)
	return n >= number("3.8.0") && n <= number("3.9.0") || n >= number("4.0.0")
}

func (c *Config) voters() []voter {
	if c.quorum != nil {
		c.read(votersKey)
		return *c.quorum
	}
	var voters []voter
	for _, e := range c.list(votersKey) {
		v, problem := parseVoter(e, strictHosts(c.Release))
		if problem != "" {
			c.missed = true
			return nil
		}
		voters = append(voters, v)
	}
	c.quorum = &voters
	return voters
}

func (c *Config) isVoter(id int64) bool {
	return slices.ContainsFunc(c.voters(), func(v voter) bool { return v.id == id })
}

func votersMissing(c *Config, report rule.Reporter) {
	if c.kraft() && len(c.list(votersKey)) == 0 {
		f := report(c.Pos(votersKey), votersKey, "%s is %s; a node with %s needs it", votersKey, c.show(votersKey), rolesKey)
		f.Help = "set controller.quorum.voters=ID@HOST:PORT for each controller"
	}
}

func quorumMissing(c *Config, report rule.Reporter) {
	if len(c.roleList()) > 0 && len(c.list(votersKey)) == 0 && len(c.list(bootstrapsKey)) == 0 {
		f := report(c.Pos(bootstrapsKey), bootstrapsKey, "%s and %s are both empty; a node with %s needs one of them", bootstrapsKey, votersKey, rolesKey)
		f.Help = "set controller.quorum.bootstrap.servers=HOST:PORT for each controller"
	}
}

func controllerNoVoter(c *Config, report rule.Reporter) {
	_, controller := c.roles()
	if id, key := c.nodeID(); controller && len(c.voters()) > 0 && !c.isVoter(id) {
		c.with(report(c.Pos(key), key, "%s is %d, but %s does not name it; a controller has to be a voter", key, id, votersKey), votersKey, rolesKey)
	}
}

func brokerVoter(c *Config, report rule.Reporter) {
	broker, controller := c.roles()
	if id, key := c.nodeID(); broker && !controller && c.isVoter(id) {
		c.with(report(c.Pos(key), key, "%s is %d, which %s names; a broker that is no controller cannot be a voter", key, id, votersKey), votersKey, rolesKey)
	}
}

// KafkaConfig.effectiveAdvertisedControllerListeners: where the first controller listener has no address of its own, the
// voters lend it theirs, and all of them are tested.
func voterNotRoutable(c *Config, report rule.Reporter) {
	const everywhere = "0.0.0.0"
	names := c.controllerNames()
	if len(names) == 0 {
		return
	}
	found, explicit := c.advertisedControllers()
	if len(found) == 0 || found[0].Name != upper(names[0]) || explicit[0] || found[0].Host != "" && found[0].Host != everywhere {
		return
	}
	voters := c.voters()
	for i, s := range listSpans(c.text(votersKey)) {
		if i < len(voters) && voters[i].host == everywhere {
			f := report(c.posOf(votersKey, s.from, s.to), votersKey, "%s names the host 0.0.0.0, which no other node can reach", votersKey)
			c.with(f, listenersKey)
			return
		}
	}
}

func autoJoin(c *Config, report rule.Reporter) {
	const key = "controller.quorum.auto.join.enable"
	if broker, controller := c.roles(); broker && !controller && c.bool(key) {
		c.with(report(c.Pos(key), key, "%s is true, but the node is no controller", key), rolesKey)
	}
}
