package zkcfg

import (
	"fmt"

	"github.com/kcfg/kcfg/finding"
)

// verdictRow is one reason for which a server does not start.
type verdictRow struct {
	id    string
	stage finding.Stage
}

// verdictRules is the one list of them. The parser names them by ID, because what it finds depends on what it has read so
// far; each has its page like every other rule.
var verdictRules = []verdictRow{
	{"file-malformed-escape", finding.Load},

	{"zk-address-unresolvable", finding.Config},
	{"zk-address-without-port", finding.Config},
	{"zk-canonical-host-unresolvable", finding.Config},
	{"zk-client-port-conflict", finding.Config},
	{"zk-client-port-missing", finding.Config},
	{"zk-data-dir-missing", finding.Config},
	{"zk-directory-too-short", finding.Config},
	{"zk-dynamic-file-foreign-key", finding.Config},
	{"zk-dynamic-file-unreadable", finding.Config},
	{"zk-dynamic-file-version", finding.Config},
	{"zk-election-alg-unsupported", finding.Config},
	{"zk-election-port-missing", finding.Config},
	{"zk-group-malformed", finding.Config},
	{"zk-group-unknown-server", finding.Config},
	{"zk-limit-missing", finding.Config},
	{"zk-metrics-class-not-found", finding.Config},
	{"zk-multi-address-disabled", finding.Config},
	{"zk-myid-malformed", finding.Config},
	{"zk-myid-minus-one", finding.Config},
	{"zk-myid-missing", finding.Config},
	{"zk-next-dynamic-file-malformed", finding.Config},
	{"zk-no-participants", finding.Config},
	{"zk-not-a-boolean", finding.Config},
	{"zk-not-a-number", finding.Config},
	{"zk-observers-with-one-participant", finding.Config},
	{"zk-observers-without-participants", finding.Config},
	{"zk-peer-type-unknown", finding.Config},
	{"zk-port-out-of-range", finding.Config},
	{"zk-quorum-sasl-incomplete", finding.Config},
	{"zk-server-id-malformed", finding.Config},
	{"zk-server-in-two-groups", finding.Config},
	{"zk-server-malformed", finding.Config},
	{"zk-server-ports-equal", finding.Config},
	{"zk-server-without-group", finding.Config},
	{"zk-session-timeouts-crossed", finding.Config},
	{"zk-ssl-auth-provider-missing", finding.Config},
	{"zk-static-servers-with-dynamic-file", finding.Config},
	{"zk-tick-time-zero", finding.Config},
	{"zk-version-not-hex", finding.Config},

	{"zk-admin-server-stops-start", finding.Start},
	{"zk-client-ports-equal", finding.Start},
	{"zk-connection-factory-unfit", finding.Start},
	{"zk-digest-algorithm-unknown", finding.Start},
	{"zk-enforced-auth-without-scheme", finding.Start},
	{"zk-metrics-class-unfit", finding.Start},
	{"zk-myid-not-listed", finding.Start},
	{"zk-number-stops-start", finding.Start},
	{"zk-quorum-sasl-needs-jaas", finding.Start},
	{"zk-port-out-of-range-at-start", finding.Start},
	{"zk-secure-port-needs-netty", finding.Start},
	{"zk-watch-manager-unfit", finding.Start},

	{"zk-address-not-local", finding.Environment},
	{"zk-config-dir-not-writable", finding.Environment},
	{"zk-data-dir-no-directory", finding.Environment},
	{"zk-data-dir-not-created", finding.Environment},
	{"zk-data-dir-not-writable", finding.Environment},
	{"zk-data-in-wrong-directory", finding.Environment},
	{"zk-file-unreadable", finding.Environment},
	{"zk-own-port-twice", finding.Environment},
	{"zk-server-host-impossible", finding.Environment},
	{"zk-snapshot-missing", finding.Environment},
	{"zk-watched-store-directory-missing", finding.Environment},
}

func verdictRule(id string) verdictRow {
	for _, r := range verdictRules {
		if r.id == id {
			return r
		}
	}
	panic(fmt.Sprintf("no rule %s", id))
}
