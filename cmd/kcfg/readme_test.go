package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/cmd/kcfg/internal/settings"
	"github.com/kcfg/kcfg/internal/golden"
	"github.com/kcfg/kcfg/internal/reference"
)

const readme = "../../README.md"

var (
	console  = regexp.MustCompile("(?s)```console\n(.*?)```\n")
	yamlFile = regexp.MustCompile("(?s)```yaml\n(.*?)```\n")
)

// section returns the text of a section of the README, and where it begins.
func section(t *testing.T, text, title string) (body string, at int) {
	at = strings.Index(text, "\n## "+title+"\n")
	require.GreaterOrEqual(t, at, 0, title)
	body = text[at:]
	if end := strings.Index(body[1:], "\n## "); end >= 0 {
		body = body[:end+1]
	}
	return body, at
}

// TestReadmeShowsWhatHappens runs the commands that the section shows, one block after the other in one directory, and compares what they
// print. The file that the first block shows is the one that they work on.
func TestReadmeShowsWhatHappens(t *testing.T) {
	path, err := filepath.Abs(readme)
	require.NoError(t, err)
	src, err := os.ReadFile(path)
	require.NoError(t, err)
	body, at := section(t, string(src), "Checking properties files")
	s := &script{t: t, dir: t.TempDir()}
	t.Chdir(s.dir)
	shown := console.ReplaceAllStringFunc(body, func(block string) string {
		text := console.FindStringSubmatch(block)[1]
		if file, _, ok := strings.Cut(strings.TrimPrefix(text, "$ cat server.properties\n"), "$ "); ok && strings.HasPrefix(text, "$ cat") {
			require.NoError(t, os.WriteFile("server.properties", []byte(file), 0o600))
		}
		s.out.Reset()
		for line := range strings.Lines(text) {
			if command, ok := strings.CutPrefix(line, "$ "); ok {
				s.line(strings.TrimSpace(command))
			}
		}
		var out strings.Builder
		for line := range strings.Lines(s.out.String()) {
			if !regexp.MustCompile(`^\[\d\]$`).MatchString(strings.TrimSpace(line)) {
				out.WriteString(strings.TrimPrefix(line, "! "))
			}
		}
		return "```console\n" + out.String() + "```\n"
	})
	golden.Equal(t, path, []byte(string(src[:at])+shown+string(src[at+len(body):])))
}

func TestReadmeShowsTheSettings(t *testing.T) {
	src, err := os.ReadFile(readme)
	require.NoError(t, err)
	require.Contains(t, string(src), "```yaml\n"+settings.Example+"```\n")
}

func TestTheSettingsShownAreRight(t *testing.T) {
	_, problems := settings.Parse(settings.Name, []byte(settings.Example), knownToSettings())
	require.Empty(t, problems)
}

// TestCISnippetsRun runs what the README tells people to put into their pipelines, in a repository with a broken file, with a kcfg that is
// built from here.
func TestCISnippetsRun(t *testing.T) {
	reference.Require(t)
	src, err := os.ReadFile(readme)
	require.NoError(t, err)
	_, ci, ok := strings.Cut(string(src), "\n### In CI\n")
	require.True(t, ok)
	bin := t.TempDir()
	build := exec.Command(reference.Tool(t, "go"), "build", "-o", filepath.Join(bin, "kcfg"), ".")
	out, err := build.CombinedOutput()
	require.NoError(t, err, string(out))
	hooks, err := os.ReadFile("../../.pre-commit-hooks.yaml")
	require.NoError(t, err)

	repo := t.TempDir()
	t.Chdir(repo)
	require.NoError(t, os.WriteFile("server.properties", []byte("broker.id=x\nzookeeper.connect=z:2181\n"), 0o600))
	shell := func(script string) (string, error) {
		cmd := exec.Command("sh", "-e", "-c", script)
		cmd.Env = append(os.Environ(), "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"))
		out, err := cmd.Output()
		return string(out), err
	}
	_, err = shell("git init -q . && git add .")
	require.NoError(t, err)

	tried := map[string]string{}
	for _, block := range yamlFile.FindAllStringSubmatch(ci, -1) {
		name, _, _ := strings.Cut(strings.TrimPrefix(block[1], "# "), "\n")
		var steps []string
		switch name {
		case ".github/workflows/kcfg.yml":
			var workflow struct {
				Jobs map[string]struct {
					Steps []struct{ Run string }
				}
			}
			require.NoError(t, yaml.Unmarshal([]byte(block[1]), &workflow))
			for _, s := range workflow.Jobs["kcfg"].Steps {
				steps = append(steps, s.Run)
			}
		case ".gitlab-ci.yml":
			var pipeline map[string]struct {
				Script      []string
				AfterScript []string `yaml:"after_script"`
			}
			require.NoError(t, yaml.Unmarshal([]byte(block[1]), &pipeline))
			steps = append(pipeline["kcfg"].Script, pipeline["kcfg"].AfterScript...)
		case ".pre-commit-config.yaml":
			var config struct {
				Repos []struct {
					Hooks []struct{ ID string }
				}
			}
			require.NoError(t, yaml.Unmarshal([]byte(block[1]), &config))
			var defined []struct{ ID, Entry, Files string }
			require.NoError(t, yaml.Unmarshal(hooks, &defined))
			for _, d := range defined {
				if d.ID == config.Repos[0].Hooks[0].ID {
					require.Regexp(t, d.Files, "config/server.properties")
					require.Regexp(t, d.Files, "zoo.cfg")
					require.NotRegexp(t, d.Files, "src/messages.properties")
					steps = append(steps, d.Entry+" server.properties")
				}
			}
		default:
			continue
		}
		for _, s := range steps {
			if s == "" || strings.HasPrefix(s, "go install ") {
				continue
			}
			out, err := shell(s)
			if !strings.HasSuffix(s, "|| true") {
				require.Error(t, err, s)
			}
			tried[name] += out
		}
	}
	require.Contains(t, tried[".github/workflows/kcfg.yml"], "::error file=server.properties,line=1,")
	require.Contains(t, tried[".gitlab-ci.yml"], "broker.id is x")
	report, err := os.ReadFile("kcfg.json")
	require.NoError(t, err)
	require.Contains(t, string(report), `"verdict":"refuses"`)
	require.Contains(t, tried[".pre-commit-config.yaml"], "broker.id is x")
}
