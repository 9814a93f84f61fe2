package finding

import (
	"bufio"
	"encoding/json"
	"io"
)

// WriteJSON writes {"schema":"kcfg.validate/1","reports":[...]}, one report on each line.
func WriteJSON(w io.Writer, reports []Report) error {
	b := bufio.NewWriter(w)
	b.WriteString(`{"schema":"` + Schema + `","reports":[`)
	for i, r := range reports {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('\n')
		text, err := json.Marshal(r)
		if err != nil {
			return err
		}
		b.Write(text)
	}
	b.WriteString("\n]}\n")
	return b.Flush()
}

// WriteJSONLines writes one report a line, each with its schema.
func WriteJSONLines(w io.Writer, reports []Report) error {
	b := bufio.NewWriter(w)
	for _, r := range reports {
		text, err := json.Marshal(r.json(Schema))
		if err != nil {
			return err
		}
		b.Write(text)
		b.WriteByte('\n')
	}
	return b.Flush()
}
