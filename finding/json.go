package finding

import "encoding/json"

// Schema names the JSON form of reports; fields may be added within it.
const Schema = "kcfg.validate/1"

type findingJSON struct {
	ID        string        `json:"id"`
	Severity  Severity      `json:"severity"`
	Stage     Stage         `json:"stage"`
	Path      string        `json:"path"`
	Line      int           `json:"line"`
	Column    int           `json:"column"`
	EndLine   int           `json:"end_line"`
	EndColumn int           `json:"end_column"`
	Key       string        `json:"key"`
	Message   string        `json:"message"`
	Help      string        `json:"help"`
	Label     string        `json:"label"`
	Notes     []string      `json:"notes"`
	Related   []relatedJSON `json:"related"`
	Fix       Fix           `json:"fix"` // without a fix: an empty one, since no field is ever null
}

type relatedJSON struct {
	Path    string `json:"path"`
	Line    int    `json:"line"`
	Column  int    `json:"column"`
	Message string `json:"message"`
}

// MarshalJSON writes the finding as described in the schema kcfg.validate/1: every field present, none null.
func (f Finding) MarshalJSON() ([]byte, error) {
	out := findingJSON{
		ID: f.ID, Severity: f.Severity, Stage: f.Stage,
		Path: f.Pos.File, Line: f.Pos.Line, Column: f.Pos.Column, EndLine: f.Pos.EndLine, EndColumn: f.Pos.EndColumn,
		Key: f.Key, Message: f.Message, Help: f.Help,
		Label: f.Label, Notes: f.Notes, Related: make([]relatedJSON, len(f.Related)),
	}
	for i, r := range f.Related {
		out.Related[i] = relatedJSON{r.Pos.File, r.Pos.Line, r.Pos.Column, r.Message}
	}
	if f.Fix != nil {
		out.Fix = *f.Fix
	}
	if out.Notes == nil {
		out.Notes = []string{}
	}
	if out.Fix.Edits == nil {
		out.Fix.Edits = []Edit{}
	}
	return json.Marshal(out)
}

type reportJSON struct {
	Schema     string    `json:"schema,omitempty"`
	Path       string    `json:"path"`
	Kind       string    `json:"kind"`
	Release    string    `json:"release"`
	Verdict    Verdict   `json:"verdict"`
	Stage      Stage     `json:"stage"`
	Through    Stage     `json:"through"`
	Findings   []Finding `json:"findings"`
	Suppressed []Finding `json:"suppressed"`
	Error      string    `json:"error"`
}

// MarshalJSON writes the report as described in the schema kcfg.validate/1: every field present, none null.
func (r Report) MarshalJSON() ([]byte, error) { return json.Marshal(r.json("")) }

func (r Report) json(schema string) reportJSON {
	out := reportJSON{schema, r.Path, r.Kind, r.Release, r.Verdict, r.Stage, r.Through, r.Findings, r.Suppressed, r.Error}
	if out.Findings == nil {
		out.Findings = []Finding{}
	}
	if out.Suppressed == nil {
		out.Suppressed = []Finding{}
	}
	return out
}
