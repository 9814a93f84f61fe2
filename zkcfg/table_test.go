package zkcfg

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/properties"
)

// tableCase is one file and what QuorumPeerConfig.parse of several releases said about it.
type tableCase struct {
	Name       string
	Cfg        string
	Base64     []byte // instead of Cfg
	Myid       *string
	Files      map[string]string
	Properties string   // a properties file
	Said       []string // the different answers
	By         string   // an index into Said for each release
}

type verdictTable struct {
	Releases []Release
	Cases    []tableCase
}

func readTable(t testing.TB) verdictTable {
	t.Helper()
	b, err := os.ReadFile("testdata/parse.json")
	require.NoError(t, err)
	var table verdictTable
	require.NoError(t, json.Unmarshal(b, &table))
	return table
}

// machine is the file system of a server: the directory of the cases is /d.
func rootWith(files map[string]string) fstest.MapFS {
	root := fstest.MapFS{}
	for name, content := range files {
		name = strings.TrimPrefix(expand(name), "/")
		if strings.HasSuffix(name, "/") {
			root[strings.TrimSuffix(name, "/")] = &fstest.MapFile{Mode: 0o755 | os.ModeDir}
			continue
		}
		root[name] = &fstest.MapFile{Data: []byte(expand(content)), Mode: 0o644}
	}
	return root
}

func expand(s string) string { return strings.ReplaceAll(s, "@DIR@", "/d") }

func (c tableCase) resolve(t testing.TB, release Release) *Config {
	t.Helper()
	src := c.Cfg
	if src == "" {
		src = string(c.Base64)
	}
	files := map[string]string{"@DIR@/data/": ""}
	for name, content := range c.Files {
		files["@DIR@/"+name] = content
	}
	if c.Myid != nil {
		files["@DIR@/data/myid"] = *c.Myid
	}
	f, err := properties.Parse("/d/zoo.cfg", []byte(expand(src)))
	require.NoError(t, err)
	o := Options{Release: release, Root: rootWith(files), ClassesExact: true, Properties: map[string]string{}}
	given, err := properties.Parse("", []byte(c.Properties))
	require.NoError(t, err)
	for e := range given.Effective() {
		o.Properties[e.Key] = e.Value
	}
	config, err := Resolve(f, o)
	require.NoError(t, err)
	return config
}

// summary is the form of the table.
func summary(c *Config) string {
	for _, p := range c.problems {
		if p.step < stepStart && p.exit != 0 {
			return fmt.Sprintf("refuses %d", c.ExitStatus)
		}
	}
	return fmt.Sprintf("accepts %s %d %s %s %d %d", c.Mode, c.ID, addressFact(c.Client), c.PeerType, c.MinSessionTimeout, c.MaxSessionTimeout)
}

func addressFact(a *Address) string {
	if a == nil {
		return "null"
	}
	ip := "?"
	if a.IP.IsValid() {
		ip = a.IP.String()
	}
	return fmt.Sprintf("%s:%d", ip, a.Port)
}

// sameAddress brings the table's form of an address, which is InetSocketAddress.toString, into ours.
func sameAddress(said string) string {
	fields := strings.Fields(said)
	if len(fields) < 4 || fields[3] == "null" {
		return said
	}
	_, address, _ := strings.Cut(fields[3], "/")
	address = strings.ReplaceAll(address, "<unresolved>", "?")
	address = strings.NewReplacer("[0:0:0:0:0:0:0:1]", "::1", "[0:0:0:0:0:0:0:0]", "::").Replace(address)
	fields[3] = address
	return strings.Join(fields, " ")
}

func TestParseTable(t *testing.T) {
	table := readTable(t)
	compared := 0
	for _, c := range table.Cases {
		for i, release := range table.Releases {
			want := sameAddress(c.Said[c.By[i]-'0'])
			config := c.resolve(t, release)
			if got := summary(config); got != want {
				t.Errorf("%s, %s: got %s, want %s\n%s%v", c.Name, release, got, want, c.Cfg, config.problems)
			}
			compared++
		}
	}
	require.Equal(t, 466*7, compared)
}
