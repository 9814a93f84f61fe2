package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"

	"github.com/kcfg/kcfg/kafkacfg"
)

// maxLog is how much of a log is read: 100,000 lines of usual length, and every stack trace.
const maxLog = 16 << 20

// explainLog reads a log or a stack trace and prints what its lines point to, then the page of each rule. The lines
// themselves may hold secrets and are not repeated.
func (f *explainFlags) explainLog(e *env) error {
	text, err := io.ReadAll(io.LimitReader(e.Stdin, maxLog))
	if err != nil {
		return fmt.Errorf("%s: %w", stdinName, err)
	}
	matches := []logMatch{}
	for _, m := range kafkacfg.ExplainLog(string(text)) {
		page, _ := rulePage(m.Rule)
		matches = append(matches, logMatch{m.Line, m.Rule, m.Key, m.Note, page})
	}
	if f.output == outputJSON {
		return printJSON(e, struct {
			Schema  string     `json:"schema"`
			Matches []logMatch `json:"matches"`
		}{logSchema, matches})
	}
	if len(matches) == 0 {
		return withHint(errors.New("no rule explains this text"), "kcfg validate FILE looks at the configuration itself")
	}
	w := bufio.NewWriter(e.Stdout)
	for _, m := range matches {
		if m.Rule == "" {
			fmt.Fprintf(w, "line %d: no rule of kcfg explains this: %s\n", m.Line, m.Note)
			continue
		}
		fmt.Fprintf(w, "line %d: %s", m.Line, m.Rule)
		if m.Key != "" {
			fmt.Fprintf(w, ", about %s", m.Key)
		}
		fmt.Fprintln(w)
	}
	printed := map[string]bool{}
	for _, m := range matches {
		if m.page != "" && !printed[m.Rule] {
			printed[m.Rule] = true
			fmt.Fprintf(w, "\n%s", m.page)
		}
	}
	return w.Flush()
}

// logSchema names the JSON form of what explain finds in a log.
const logSchema = "kcfg.explain-log/1"

type logMatch struct {
	Line int    `json:"line"`
	Rule string `json:"rule"`
	Key  string `json:"key"`
	Note string `json:"note"`
	page string
}
