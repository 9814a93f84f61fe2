package zkcfg

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/internal/rule"
)

// couple is two files of one ensemble; the findings are about the second.
type couple struct{ first, second *Config }

// ensembleLints compare the files of the servers of one ensemble.
var ensembleLints = []rule.Rule[couple]{
	{ID: "zk-ensemble-myid-twice", Severity: finding.Error, Check: myIDTwice},
	{ID: "zk-ensemble-servers-differ", Severity: finding.Warning, Check: serversDiffer},
	{ID: "zk-ensemble-settings-differ", Severity: finding.Warning, Check: settingsDiffer},
}

// ComparesServers reports whether a rule is one of those that Compare runs.
func ComparesServers(id string) bool {
	return slices.ContainsFunc(ensembleLints, func(r rule.Rule[couple]) bool { return r.ID == id })
}

// Compare says what the servers of an ensemble are told differently. Every finding is about one of the files. Files that
// name no server in common are of different ensembles; those of which the own id is not known, or that run standalone, are
// not compared: they may be copies of one file.
func Compare(all []*Config) []finding.Finding {
	var found []finding.Finding
	var seen []*Config
	for _, c := range all {
		if c.kind != Static || c.Mode != Distributed || !c.IDSeen || c.failed("myid") {
			continue
		}
		lints := ensembleLints
		for _, first := range seen {
			if c.sameEnsemble(first) {
				found = append(found, c.leveled(rule.Run(lints, couple{first, c}, ""))...)
				lints = ensembleLints[:1] // what differs is told once, ids have to differ from all
			}
		}
		seen = append(seen, c)
	}
	return found
}

// sameEnsemble reports whether two files name a server that is the same machine to both.
func (c *Config) sameEnsemble(other *Config) bool {
	return slices.ContainsFunc(c.Servers, func(s Server) bool {
		o, ok := other.Server(s.ID)
		return ok && !own(s) && !own(o) && slices.EqualFunc(s.Quorum, o.Quorum, sameText)
	})
}

// own reports whether the address of a server means the machine that reads it.
func own(s Server) bool { return loopbackHost(s) || s.Quorum[0].Wildcard() }

func sameText(a, b Address) bool { return a.Port == b.Port && strings.EqualFold(a.Host, b.Host) }

func myIDTwice(x couple, report rule.Reporter) {
	if x.first.ID == x.second.ID {
		report(x.second.absent(), "myid", "myid is %d, like that of %s: one of the two servers stays outside", x.second.ID, x.first.file.Name()).Help =
			"give every server a number of its own"
	}
}

// serversDiffer: an ensemble whose lists differ forms all the same, and may form twice.
func serversDiffer(x couple, report rule.Reporter) {
	const help = "give every server the same list"
	there := x.first.file.Name()
	for _, s := range x.second.Servers {
		key := "server." + decimal(s.ID)
		o, ok := x.first.Server(s.ID)
		switch {
		case !ok:
			report(s.Pos, key, "%s is not in the list of %s", key, there).Help = help
		case sameMember(s, o), own(s) && s.ID == x.second.ID, own(o) && o.ID == x.first.ID:
		default:
			f := report(s.Pos, key, "%s is another one in %s", key, there)
			f.Related = append(f.Related, finding.Related{Pos: o.Pos, Message: "here"})
			f.Help = help
		}
	}
	for _, o := range x.first.Servers {
		if _, ok := x.second.Server(o.ID); !ok {
			f := report(x.second.firstMember(), "server", "server.%d of %s is not in this list", o.ID, there)
			f.Related = append(f.Related, finding.Related{Pos: o.Pos, Message: "here"})
			f.Help = help
		}
	}
}

func sameMember(a, b Server) bool {
	return a.Role == b.Role && slices.EqualFunc(a.Quorum, b.Quorum, sameText) && slices.EqualFunc(a.Election, b.Election, sameText)
}

// settingsDiffer: what all servers of an ensemble have to agree on.
func settingsDiffer(x couple, report rule.Reporter) {
	settings := func(c *Config) map[string]string {
		return map[string]string{
			"tickTime": decimal(c.TickTime), "initLimit": decimal(c.InitLimit), "syncLimit": decimal(c.SyncLimit),
			"reconfigEnabled": fmt.Sprint(c.ReconfigEnabled), "sslQuorum": fmt.Sprint(c.isTrue("sslQuorum")),
			"DigestAuthenticationProvider.digestAlg": c.systemProperty("DigestAuthenticationProvider.digestAlg", "SHA1"),
		}
	}
	here, there := settings(x.second), settings(x.first)
	for _, key := range []string{"tickTime", "initLimit", "syncLimit", "reconfigEnabled", "sslQuorum", "DigestAuthenticationProvider.digestAlg"} {
		if here[key] != there[key] {
			report(x.second.valuePos(key), key, "%s is %s, but %s in %s", key, here[key], there[key], x.first.file.Name()).Help = "give every server the same value"
		}
	}
}
