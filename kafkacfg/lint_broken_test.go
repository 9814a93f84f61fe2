package kafkacfg

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/internal/golden"
	"github.com/kcfg/kcfg/properties"
)

func brokenFiles(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/lint/broken/*.txtar")
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(files), 40)
	return files
}

// brokenOptions reads the options of a broken file.
func brokenOptions(a *golden.Archive) Options {
	o := Options{Kind: Broker, ClassesExact: true}
	for _, word := range strings.Fields(string(a.Comment)) {
		key, value, _ := strings.Cut(word, "=")
		n, _ := strconv.Atoi(value)
		switch key {
		case "kafka":
			o.Release = Release(value)
		case "kind":
			o.Kind = Kind(value)
		case "brokers":
			o.Brokers = n
		case "replicas":
			o.Replicas = n
		}
	}
	return o
}

// TestBrokenFiles compares the whole text that people see about realistic broken files. The archive's comment holds the
// options: kafka=RELEASE kind=KIND brokers=N replicas=N.
func TestBrokenFiles(t *testing.T) {
	for _, path := range brokenFiles(t) {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			a := golden.Open(t, path)
			o := brokenOptions(a)
			text, ok := a.File("server.properties")
			require.True(t, ok)
			f, err := properties.Parse("server.properties", text)
			require.NoError(t, err)
			r, err := Validate(f, o)
			require.NoError(t, err)
			var out bytes.Buffer
			require.NoError(t, finding.WriteText(&out, []finding.Report{r}, finding.TextOptions{Source: func(p finding.Position) (finding.Excerpt, bool) {
				return f.Excerpt(p, properties.HideValues(SecretKey))
			}}))
			a.Equal(t, "verdict", []byte(r.Verdict.String()+" "+string(r.Stage)+"\n"))
			a.Equal(t, "findings", out.Bytes())
			data, err := json.Marshal(r)
			require.NoError(t, err)
			require.NotContains(t, out.String()+string(data), "ma5ker", "a secret comes out")
			for _, finding := range r.Findings {
				require.True(t, finding.Help != "" || finding.Refuses(), "%s has no cure", finding.ID)
			}
		})
	}
}
