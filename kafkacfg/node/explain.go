package node

import (
	"embed"
	"slices"
)

//go:embed rules/*.md
var rulePages embed.FS

// Explain returns the page of a rule, in Markdown. Rules that this package shares with kafkacfg have their page there.
func Explain(id string) (doc string, ok bool) {
	if !slices.Contains(RuleIDs(), id) {
		return "", false
	}
	b, err := rulePages.ReadFile("rules/" + id + ".md")
	return string(b), err == nil
}
