package node

import (
	"io/fs"
	"path"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"github.com/kcfg/kcfg/internal/rule"
	"github.com/kcfg/kcfg/internal/rule/pagetest"
	"github.com/kcfg/kcfg/kafkacfg"
	"github.com/kcfg/kcfg/properties"
)

// fileInfo is a file of which only the mode is known.
type fileInfo struct{ mode fs.FileMode }

func (f fileInfo) Name() string       { return "server.properties" }
func (f fileInfo) Size() int64        { return 0 }
func (f fileInfo) Mode() fs.FileMode  { return f.mode }
func (f fileInfo) ModTime() time.Time { return time.Time{} }
func (f fileInfo) IsDir() bool        { return false }
func (f fileInfo) Sys() any           { return nil }

// TestPages runs the examples of every rule's page. An example is a txtar archive: server.properties, and files of the
// machine below root/; the stores of the tests are at /ks and belong to root. Behind the fence stand options: kafka=RELEASE,
// root=none, user=NAME, mode=0644, jaas=FILE, owned (by root), exact.
func TestPages(t *testing.T) {
	pages := pagetest.Suite{Pages: rulePages, Explain: Explain, Example: runExample}.Run(t)
	for _, id := range pages {
		require.NotContains(t, kafkacfg.RuleIDs(), id, "two pages of one rule")
	}
	for _, id := range RuleIDs() {
		require.Contains(t, append(kafkacfg.RuleIDs(), pages...), id, "a rule without its page")
	}
}

func runExample(t *testing.T, id string, blocks ...rule.Block) string {
	t.Helper()
	b := blocks[0]
	root := fstest.MapFS{}
	for name, data := range stores(t) {
		root["ks/"+name] = &fstest.MapFile{Data: data, Mode: 0o600, Sys: rootOwned}
	}
	o := Options{Now: time.Now()}
	var owned any
	o.Root = root
	for _, word := range strings.Fields(strings.TrimPrefix(b.Info, "txtar")) {
		key, value, _ := strings.Cut(word, "=")
		switch key {
		case "kafka":
			o.Release = kafkacfg.Release(value)
		case "root":
			o.Root = nil
		case "user":
			o.User = value
		case "mode":
			mode, err := strconv.ParseUint(value, 8, 32)
			require.NoError(t, err)
			o.File = fileInfo{fs.FileMode(mode)}
		case "owned":
			owned = rootOwned
		case "exact":
			o.ClassesExact = true
		case "jaas":
			o.JAAS = value
		default:
			t.Fatalf("what is %s in a fence?", word)
		}
	}
	var f *properties.File
	for _, file := range txtar.Parse([]byte(b.Text)).Files {
		if name, ok := strings.CutPrefix(file.Name, "root/"); ok {
			root[name] = &fstest.MapFile{Data: file.Data, Mode: 0o644, Sys: owned}
			if string(file.Data) == "closed\n" { // to all but its owner
				root[name].Mode = 0o600
			}
			if path.Base(name) == ".lock" {
				root[name].Sys = numbered(4711)
			}
			continue
		}
		var err error
		f, err = properties.Parse(file.Name, file.Data)
		require.NoError(t, err)
	}
	r, err := Validate(f, o)
	require.NoError(t, err)
	return pagetest.Text(t, id, r, f, properties.HideValues(kafkacfg.SecretKey))
}
