package finding

import (
	"encoding/json"
	"io"
	"net/url"
	"path/filepath"
	"slices"
)

// SARIFOptions says what stands in a SARIF log besides the findings.
type SARIFOptions struct {
	Version string // of kcfg; may be empty
	// Rule returns a rule's summary and its page in Markdown, and false for an unknown ID; may be nil.
	Rule func(id string) (summary, page string, ok bool)
}

const (
	sarifSchema  = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
	sarifVersion = "2.1.0"
)

// The parts of SARIF 2.1.0 that are written.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool struct {
			Driver sarifDriver `json:"driver"`
		} `json:"tool"`
		ColumnKind  string            `json:"columnKind"`
		Invocations []sarifInvocation `json:"invocations"`
		Results     []sarifResult     `json:"results"`
	}
	sarifDriver struct {
		Name            string      `json:"name"`
		SemanticVersion string      `json:"semanticVersion,omitempty"`
		Rules           []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID               string       `json:"id"`
		ShortDescription *sarifText   `json:"shortDescription,omitempty"`
		Help             *sarifText   `json:"help,omitempty"`
		Default          sarifDefault `json:"defaultConfiguration"`
	}
	sarifDefault struct {
		Level string `json:"level"`
	}
	sarifText struct {
		Text     string `json:"text"`
		Markdown string `json:"markdown,omitempty"`
	}
	sarifInvocation struct {
		Successful    bool                `json:"executionSuccessful"`
		Notifications []sarifNotification `json:"toolExecutionNotifications,omitempty"`
	}
	sarifNotification struct {
		Level     string          `json:"level"`
		Message   sarifText       `json:"message"`
		Locations []sarifLocation `json:"locations"`
	}
	sarifResult struct {
		RuleID       string             `json:"ruleId"`
		RuleIndex    int                `json:"ruleIndex"`
		Level        string             `json:"level"`
		Message      sarifText          `json:"message"`
		Locations    []sarifLocation    `json:"locations"`
		Related      []sarifLocation    `json:"relatedLocations,omitempty"`
		Fixes        []sarifFix         `json:"fixes,omitempty"`
		Suppressions []sarifSuppression `json:"suppressions"`
		Properties   sarifProperties    `json:"properties"`
	}
	sarifSuppression struct {
		Kind string `json:"kind"`
	}
	sarifProperties struct {
		Releases []string `json:"releases"`
		Stage    Stage    `json:"stage"`
		Key      string   `json:"key"`
	}
	sarifLocation struct {
		Message  *sarifText `json:"message,omitempty"`
		Physical struct {
			Artifact sarifArtifact `json:"artifactLocation"`
			Region   *sarifRegion  `json:"region,omitempty"`
		} `json:"physicalLocation"`
	}
	sarifArtifact struct {
		URI string `json:"uri"`
	}
	sarifRegion struct {
		StartLine   int `json:"startLine"`
		StartColumn int `json:"startColumn,omitempty"`
		EndLine     int `json:"endLine,omitempty"`
		EndColumn   int `json:"endColumn,omitempty"`
	}
	sarifFix struct {
		Description sarifText     `json:"description"`
		Changes     []sarifChange `json:"artifactChanges"`
	}
	sarifChange struct {
		Artifact     sarifArtifact      `json:"artifactLocation"`
		Replacements []sarifReplacement `json:"replacements"`
	}
	sarifReplacement struct {
		Deleted struct {
			Offset int `json:"byteOffset"`
			Length int `json:"byteLength"`
		} `json:"deletedRegion"`
		Inserted sarifText `json:"insertedContent"`
	}
)

var sarifLevels = [...]string{Error: "error", Warning: "warning", Info: "note"}

// WriteSARIF writes the findings as a SARIF 2.1.0 log, which code scanning services read. Suppressed findings are in it,
// marked so.
func WriteSARIF(w io.Writer, reports []Report, o SARIFOptions) error {
	run := sarifRun{ColumnKind: "unicodeCodePoints", Results: []sarifResult{}}
	run.Tool.Driver = sarifDriver{Name: "kcfg", SemanticVersion: o.Version, Rules: []sarifRule{}}
	index := map[string]int{}
	for _, g := range groups(reports, true, nil) {
		i, ok := index[g.ID]
		if !ok {
			i = len(index)
			index[g.ID] = i
			run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, o.rule(*g.Finding))
		}
		run.Results = append(run.Results, sarifOf(g, i))
	}
	invocation := sarifInvocation{Successful: true}
	for _, r := range reports {
		if r.Error != "" {
			invocation.Successful = false
			invocation.Notifications = append(invocation.Notifications, sarifNotification{
				Level: "error", Message: sarifText{Text: Printable(r.Error)}, Locations: []sarifLocation{sarifPlace(Position{File: r.Path}, "")},
			})
		}
	}
	run.Invocations = []sarifInvocation{invocation}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(sarifLog{sarifSchema, sarifVersion, []sarifRun{run}})
}

func (o SARIFOptions) rule(f Finding) sarifRule {
	r := sarifRule{ID: f.ID, Default: sarifDefault{sarifLevels[f.Severity]}}
	if o.Rule == nil {
		return r
	}
	if summary, page, ok := o.Rule(f.ID); ok {
		r.ShortDescription = &sarifText{Text: summary}
		r.Help = &sarifText{Text: page, Markdown: page}
	}
	return r
}

func sarifOf(g group, rule int) sarifResult {
	text := Printable(g.Message)
	for _, n := range g.Notes {
		text += "\nnote: " + Printable(n)
	}
	if g.Help != "" {
		text += "\nhelp: " + Printable(g.Help)
	}
	r := sarifResult{
		RuleID: g.ID, RuleIndex: rule, Level: sarifLevels[g.Severity], Message: sarifText{Text: text},
		Locations: []sarifLocation{sarifPlace(g.Pos, "")}, Suppressions: []sarifSuppression{},
		Properties: sarifProperties{slices.Clone(g.releases), g.Stage, g.Key},
	}
	if g.Pos.Line == 0 { // services want a line even where something is absent
		r.Locations[0].Physical.Region = &sarifRegion{StartLine: 1}
	}
	for _, rel := range g.Related {
		r.Related = append(r.Related, sarifPlace(rel.Pos, rel.Message))
	}
	if g.suppressed {
		r.Suppressions = []sarifSuppression{{"inSource"}}
	}
	if g.Fix != nil && len(g.Fix.Edits) > 0 {
		r.Fixes = []sarifFix{sarifFixOf(*g.Fix)}
	}
	return r
}

func sarifPlace(p Position, message string) sarifLocation {
	var l sarifLocation
	if message != "" {
		l.Message = &sarifText{Text: Printable(message)}
	}
	l.Physical.Artifact.URI = uri(p.File)
	if p.Line > 0 {
		l.Physical.Region = &sarifRegion{p.Line, p.Column, p.EndLine, p.EndColumn}
	}
	return l
}

func sarifFixOf(f Fix) sarifFix {
	fix := sarifFix{Description: sarifText{Text: Printable(f.Message)}}
	for _, e := range f.Edits {
		var r sarifReplacement
		r.Deleted.Offset, r.Deleted.Length, r.Inserted.Text = e.Start, e.End-e.Start, e.New
		i := slices.IndexFunc(fix.Changes, func(c sarifChange) bool { return c.Artifact.URI == uri(e.Path) })
		if i < 0 {
			i = len(fix.Changes)
			fix.Changes = append(fix.Changes, sarifChange{Artifact: sarifArtifact{uri(e.Path)}})
		}
		fix.Changes[i].Replacements = append(fix.Changes[i].Replacements, r)
	}
	return fix
}

// uri writes a path as SARIF wants it: relative paths stay relative.
func uri(path string) string {
	u := url.URL{Path: filepath.ToSlash(path)}
	if filepath.IsAbs(path) {
		u.Scheme = "file"
	}
	return u.String()
}
