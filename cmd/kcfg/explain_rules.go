package main

import (
	"bufio"
	"fmt"
	"strings"
)

// rulesSchema names the JSON form of the list of rules.
const rulesSchema = "kcfg.rules/1"

type rulesJSON struct {
	Schema string     `json:"schema"`
	Rules  []ruleLine `json:"rules"`
}

// ruleLine is one rule in the list of all.
type ruleLine struct {
	ID      string `json:"id"`
	Summary string `json:"summary"` // the first paragraph of its page
}

// listRules lists the rules that one of the patterns fits; without patterns, all.
func (f *explainFlags) listRules(e *env, patterns []string) error {
	all, list := pagedRules(), []ruleLine{}
	for _, id := range all {
		if fitsOneOf(patterns, id) {
			summary, _, _ := describeRule(id)
			list = append(list, ruleLine{id, summary})
		}
	}
	if f.output == outputJSON {
		return printJSON(e, rulesJSON{rulesSchema, list})
	}
	for _, p := range unmatched(patterns, all) {
		e.Warn("no rule fits %q", p)
	}
	width := 0
	for _, r := range list {
		width = max(width, len(r.ID))
	}
	w := bufio.NewWriter(e.Stdout)
	for _, r := range list {
		fmt.Fprintf(w, "%-*s  %s\n", width, r.ID, strings.TrimSuffix(r.Summary, "."))
	}
	return w.Flush()
}
