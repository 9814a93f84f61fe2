package kafkacfg

import (
	"embed"
	"slices"
	"sync"
)

//go:embed rules/*.md
var rulePages embed.FS

// Explain returns the page of a rule: what it means, why, and what to do.
func Explain(id string) (doc string, ok bool) {
	if _, ok := slices.BinarySearch(ruleIDs(), id); !ok {
		return "", false
	}
	b, err := rulePages.ReadFile(pageName(id))
	return string(b), err == nil
}

// valueRules are the rules about single values and about the file, which are no rows of a table.
var valueRules = []string{
	"file-malformed-escape", otherSoftwareID, "file-suppression-unused", "kafka-class-not-found", "kafka-class-not-instantiable", "kafka-class-unknown",
	"kafka-config-provider-class", "kafka-config-provider-read", "kafka-config-provider-unresolved", "kafka-key-required",
	"kafka-list-element-empty", "kafka-list-empty", "kafka-quorum-bootstrap-syntax", "kafka-throttled-replicas", "kafka-value-choice",
	"kafka-value-empty", "kafka-value-range", "kafka-value-type", "kafka-version-unknown", "kafka-voter-syntax",
}

// RuleIDs returns the IDs of all rules, sorted.
func RuleIDs() []string { return slices.Clone(ruleIDs()) }

var ruleIDs = sync.OnceValue(func() []string {
	ids := slices.Concat(valueRules, lintIDs())
	for _, k := range kinds {
		for _, r := range rulesOf(k) {
			ids = append(ids, r.ID)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
})

// pageName is the file of a rule's page.
func pageName(id string) string { return "rules/" + id + ".md" }

func lintIDs() []string {
	var ids []string
	for _, r := range allLints() {
		ids = append(ids, r.ID)
	}
	return ids
}
