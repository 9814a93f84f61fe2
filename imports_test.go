// Package kcfg_test holds what is true of the module as a whole.
package kcfg_test

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const module = "github.com/kcfg/kcfg/"

// mayImport says which rooms of the module each room may import. A room stands for its own sub-packages too, which it may
// always import. What is not listed may import nothing of the module.
var mayImport = map[string][]string{
	"finding":                {},
	"properties":             {"finding"},
	"properties/magiconair":  {"finding", "properties"},
	"internal/rule":          {"finding", "properties"},
	"internal/rule/pagetest": {"finding", "properties", "internal/rule", "internal/golden"},
	"internal/catalog":       {"internal/rule"},
	"internal/filelint":      {"finding", "properties"},
	"internal/golden":        {},
	"internal/machine":       {},
	"internal/nearest":       {},
	"internal/javaregex":     {},
	"internal/parallel":      {},
	"internal/plural":        {},
	"internal/reference":     {"finding", "properties", "kafkacfg", "zkcfg", "tlsstore", "internal/catalog", "internal/rule"},
	"tlsstore":               {"finding", "internal/plural", "internal/rule", "internal/parallel"},
	"kafkacfg":               {"finding", "properties", "internal/plural", "internal/rule", "internal/catalog", "internal/filelint", "internal/javaregex", "internal/nearest"},
	"kafkacfg/node":          {"finding", "properties", "internal/rule", "internal/machine", "internal/javaregex", "kafkacfg", "tlsstore"},
	"zkcfg":                  {"finding", "properties", "internal/plural", "internal/rule", "internal/catalog", "internal/filelint", "internal/machine", "internal/nearest"},
	"cmd/kcfg":               {"finding", "properties", "internal/nearest", "internal/parallel", "internal/plural", "kafkacfg", "kafkacfg/node", "zkcfg", "tlsstore"},
}

// onlyForTests are rooms that no product code imports.
var onlyForTests = []string{"internal/golden", "internal/reference", "internal/rule/pagetest"}

// mustNotNeed lists packages outside the module that a room must not pull in, however indirectly.
var mustNotNeed = map[string][]string{
	"kafkacfg":   {"github.com/spf13/", "github.com/goccy/", "software.sslmate.com/", "crypto/x509"},
	"zkcfg":      {"github.com/spf13/", "github.com/goccy/", "software.sslmate.com/", "crypto/x509"},
	"properties": {"github.com/spf13/", "github.com/goccy/", "crypto/x509"},
	"finding":    {"github.com/spf13/", "github.com/goccy/", "crypto/x509"},
	"tlsstore":   {"github.com/spf13/", "github.com/goccy/", "os/exec"},
}

// TestREADMEGivesAReasonForEveryDependency: what go.mod requires has its row in the README, which says where it is used: in
// those directories and below them, or in tests alone.
func TestREADMEGivesAReasonForEveryDependency(t *testing.T) {
	gomod, err := os.ReadFile("go.mod")
	require.NoError(t, err)
	required := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^\t(\S+) v\S+$`).FindAllStringSubmatch(string(gomod), -1) {
		required[m[1]] = true
	}
	require.NotEmpty(t, required)
	readme, err := os.ReadFile("README.md")
	require.NoError(t, err)
	_, table, _ := strings.Cut(string(readme), "\n## Dependencies\n")
	table, _, _ = strings.Cut(table, "\n## ")
	where := map[string][]string{}
	for _, row := range regexp.MustCompile(`(?m)^\| (\S+\.[^|]+) \| ([^|]+) \| [^|]+ \|$`).FindAllStringSubmatch(table, -1) {
		for m := range strings.SplitSeq(row[1], ", ") {
			require.True(t, required[m], "go.mod does not require %s", m)
			require.NotContains(t, where, m, "two rows of one module")
			where[m] = strings.Split(row[2], ", ")
		}
	}
	used := map[string]bool{}
	for _, p := range listPackages(t) {
		if slices.Contains(onlyForTests, room(p.ImportPath)) {
			continue
		}
		for m, dirs := range where {
			if !slices.ContainsFunc(p.Imports, func(i string) bool { return i == m || strings.HasPrefix(i, m+"/") }) {
				continue
			}
			i := slices.IndexFunc(dirs, func(dir string) bool { return p.ImportPath == dir || strings.HasPrefix(p.ImportPath, dir+"/") })
			if i < 0 {
				t.Errorf("%s imports %s, of which the README says: %s", p.ImportPath, m, strings.Join(dirs, ", "))
				continue
			}
			used[m+" "+dirs[i]] = true
		}
	}
	for m := range required {
		require.Contains(t, where, m, "the README gives no reason for a module")
		for _, dir := range where[m] {
			require.True(t, dir == "tests" || used[m+" "+dir], "%s does not use %s", dir, m)
		}
	}
}

type goPackage struct {
	ImportPath string
	Name       string
	Dir        string
	GoFiles    []string
	Imports    []string
	Deps       []string
}

func listPackages(t *testing.T) []goPackage {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Name,Dir,GoFiles,Imports,Deps", "./...").Output()
	require.NoError(t, err)
	var packages []goPackage
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p goPackage
		err := dec.Decode(&p)
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err)
		p.ImportPath = strings.TrimPrefix(p.ImportPath, module)
		packages = append(packages, p)
	}
	require.NotEmpty(t, packages)
	return packages
}

// room returns the longest listed room that holds the package.
func room(path string) string {
	best := ""
	for name := range mayImport {
		if (path == name || strings.HasPrefix(path, name+"/")) && len(name) > len(best) {
			best = name
		}
	}
	return best
}

func TestEveryRoomImportsOnlyWhatLiesBelow(t *testing.T) {
	for _, p := range listPackages(t) {
		home := room(p.ImportPath)
		for _, imported := range p.Imports {
			imported, ours := strings.CutPrefix(imported, module)
			if !ours || home != "" && room(imported) == home {
				continue
			}
			if !slices.Contains(mayImport[home], room(imported)) {
				t.Errorf("%s imports %s", p.ImportPath, imported)
			}
		}
	}
}

func TestLibrariesPullInNothingOfTheCommand(t *testing.T) {
	for _, p := range listPackages(t) {
		for name, unwanted := range mustNotNeed {
			if room(p.ImportPath) != name {
				continue
			}
			for _, dep := range p.Deps {
				for _, u := range unwanted {
					if dep == u || strings.HasSuffix(u, "/") && strings.HasPrefix(dep, u) {
						t.Errorf("%s needs %s", p.ImportPath, dep)
					}
				}
			}
		}
	}
}

// TestTheCommandStartsNoOtherPrograms: a password in the environment or behind a descriptor has nobody to be passed on to.
func TestTheCommandStartsNoOtherPrograms(t *testing.T) {
	found := false
	for _, p := range listPackages(t) {
		if p.ImportPath == "cmd/kcfg" {
			found = true
			require.NotContains(t, p.Deps, "os/exec")
			require.Contains(t, p.Deps, "os")
		}
	}
	require.True(t, found)
}

func TestTheCommandLeavesCertificatesToTheLibrary(t *testing.T) {
	for _, p := range listPackages(t) {
		if room(p.ImportPath) != "cmd/kcfg" {
			continue
		}
		for _, imported := range p.Imports {
			if imported == "crypto/x509" || imported == "encoding/asn1" {
				t.Errorf("%s imports %s", p.ImportPath, imported)
			}
		}
	}
}
