package zkcfg

import (
	"slices"
	"sync"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/internal/rule"
)

// allLints are the checks of what ZooKeeper accepts without a word. They never change a verdict.
var allLints = sync.OnceValue(func() []rule.Rule[*Config] {
	return slices.Concat(fileLints, keyLints, memberLints, storageLints, networkLints, securityLints, upgradeLints, seenLints)
})

// lintsOf holds the lints that apply to a release, so that no run compares releases.
var lintsOf sync.Map // Release to []rule.Rule[*Config]

func lintsFor(r Release) []rule.Rule[*Config] {
	rows, ok := lintsOf.Load(r)
	if !ok {
		rows, _ = lintsOf.LoadOrStore(r, rule.Of(allLints(), string(r)))
	}
	return rows.([]rule.Rule[*Config])
}

// seenLints are said while the file is read: what could not be looked at.
var seenLints = []rule.Rule[*Config]{
	{ID: "zk-myid-not-seen", Severity: finding.Info, Check: func(*Config, rule.Reporter) {}},
	{ID: "zk-dynamic-file-not-seen", Severity: finding.Info, Check: func(*Config, rule.Reporter) {}},
	{ID: "zk-account-unknown", Severity: finding.Info, Check: func(*Config, rule.Reporter) {}},
}

// ensemble reports whether the file is that of one server of several machines.
func (c *Config) ensemble() bool {
	return len(c.Servers) > 1 && slices.ContainsFunc(c.Servers, func(s Server) bool { return !loopbackHost(s) })
}

func loopbackHost(s Server) bool {
	return len(s.Quorum) == 0 || s.Quorum[0].IP.IsValid() && s.Quorum[0].IP.IsLoopback()
}

// grave is the severity of what hurts an ensemble and is all right on a developer's machine.
func (c *Config) grave(f *finding.Finding) *finding.Finding {
	if !c.ensemble() {
		f.Severity = finding.Info
	}
	return f
}
