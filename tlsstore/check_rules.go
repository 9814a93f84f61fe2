package tlsstore

import (
	"embed"
	"sync"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/internal/rule"
)

//go:embed rules/*.md
var rulePages embed.FS

type checkRule = rule.Rule[*checked]

// keyRules look at one key entry.
var keyRules = []checkRule{
	{ID: "tls-key-mismatch", Severity: finding.Error, Check: keyMismatch},
	{ID: "tls-expired", Severity: finding.Error, Check: expired},
	{ID: "tls-not-yet-valid", Severity: finding.Error, Check: notYetValid},
	{ID: "tls-expiring", Severity: finding.Warning, Check: expiring},
	{ID: "tls-staging-issuer", Severity: finding.Warning, Check: stagingIssuer},
	{ID: "tls-key-broken", Severity: finding.Error, Check: brokenKey},
	{ID: "tls-key-weak", Severity: finding.Warning, Check: weakKey},
	{ID: "tls-key-type-support", Severity: finding.Info, Check: keyTypeSupport},
	{ID: "tls-signature-broken", Severity: finding.Error, Check: brokenSignature},
	{ID: "tls-signature-sha1", Severity: finding.Warning, Check: sha1Signature},
	{ID: "tls-no-subject", Severity: finding.Error, Check: noSubject},
	{ID: "tls-usage-restricted", Severity: finding.Error, Check: keyUsage},
	{ID: "tls-no-san", Severity: finding.Warning, Check: noSAN},
	{ID: "tls-host-not-covered", Severity: finding.Error, Check: hostNotCovered},
	{ID: "tls-no-server-auth", Severity: finding.Info, Check: noServerAuth},
	{ID: "tls-no-client-auth", Severity: finding.Info, Check: noClientAuth},
	{ID: "tls-no-cn", Severity: finding.Info, Check: noCN},
	{ID: "tls-chain-order", Severity: finding.Warning, Check: chainOrder},
	{ID: "tls-chain-not-ca", Severity: finding.Error, Check: issuerNotCA},
	{ID: "tls-path-length", Severity: finding.Error, Check: pathLength},
	{ID: "tls-name-constraints", Severity: finding.Error, Check: nameConstraints},
	{ID: "tls-policy-missing", Severity: finding.Error, Check: policyMissing},
	{ID: "tls-critical-extension", Severity: finding.Error, Check: criticalExtension},
	{ID: "tls-root-mismatch", Severity: finding.Error, Check: rootMismatch},
	{ID: "tls-chain-incomplete", Severity: finding.Error, Check: chainIncomplete},
	{ID: "tls-root-unknown", Severity: finding.Info, Check: rootUnknown},
}

// trustRules look at one trust entry.
var trustRules = []checkRule{
	{ID: "tls-no-subject", Severity: finding.Error, Check: noSubject},
	{ID: "tls-anchor-leaf", Severity: finding.Error, Check: anchorLeaf},
	{ID: "tls-anchor-expired", Severity: finding.Warning, Check: anchorExpired},
}

// storeRules look at the store as a whole.
var storeRules = []checkRule{
	{ID: "tls-several-keys", Severity: finding.Warning, Check: severalKeyEntries},
	{ID: "tls-anchor-rotates", Severity: finding.Warning, Check: anchorRotates},
}

// noticed are what ReadPEM, KeyEntry and Check find while they work.
var noticed = []checkRule{
	{ID: "tls-lineage-newer", Severity: finding.Warning},
	{ID: "tls-chain-foreign", Severity: finding.Warning},
	{ID: "tls-chain-other-leaf", Severity: finding.Warning},
	{ID: "tls-chain-other-path", Severity: finding.Info},
	{ID: "tls-chain-unverified", Severity: finding.Warning},
	{ID: "tls-key-unverified", Severity: finding.Warning},
}

// ruleTables holds every rule of this package; each has its page in rules.
var ruleTables = [][]checkRule{keyRules, trustRules, storeRules, fileRules, noticed}

var severities = sync.OnceValue(func() map[string]finding.Severity {
	out := map[string]finding.Severity{}
	for _, table := range ruleTables {
		for _, r := range table {
			out[r.ID] = r.Severity
		}
	}
	return out
})

// nowhere is the place of a finding about a store's entry.
var nowhere finding.Position
