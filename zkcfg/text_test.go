package zkcfg

import (
	"bytes"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/internal/golden"
	"github.com/kcfg/kcfg/properties"
)

// TestText shows whole what is said about files as people write them: zoo.cfg in each archive, with the release and the
// content of myid in its first lines, and the text that comes out.
func TestText(t *testing.T) {
	archives, err := filepath.Glob("testdata/text/*.txtar")
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(archives), 15)
	for _, path := range archives {
		t.Run(filepath.Base(path), func(t *testing.T) {
			a := golden.Open(t, path)
			o := Options{}
			files := map[string]string{"/data/": ""}
			for line := range strings.Lines(string(a.Comment)) {
				key, value, _ := strings.Cut(strings.TrimSpace(line), " ")
				switch key {
				case "release":
					o.Release = Release(value)
				case "myid":
					files["/data/myid"] = value
				}
			}
			for _, f := range a.Files {
				if strings.HasPrefix(f.Name, "/") {
					files[f.Name] = string(f.Data)
				}
			}
			o.Root = rootWith(files)
			src, ok := a.File("zoo.cfg")
			require.True(t, ok)
			f, err := properties.Parse("zoo.cfg", src)
			require.NoError(t, err)
			c, err := Resolve(f, o)
			require.NoError(t, err)
			r := c.Report()
			var b bytes.Buffer
			source := func(p finding.Position) (finding.Excerpt, bool) {
				if p.File != f.Name() {
					return finding.Excerpt{}, false
				}
				return f.Excerpt(p, nil)
			}
			require.NoError(t, finding.WriteText(&b, []finding.Report{r}, finding.TextOptions{Source: source}))
			fmt.Fprintf(&b, "\n%s %s, exit status %d\n", strings.TrimSpace(r.Verdict.String()+" "+string(r.Stage)), c.Mode, c.ExitStatus)
			a.Equal(t, "text", b.Bytes())
		})
	}
}
