package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"github.com/kcfg/kcfg/internal/golden"
)

// testNow is the clock of every script: the fixtures are valid.
var testNow = time.Date(2026, 12, 1, 12, 0, 0, 0, time.UTC)

// TestScripts runs the archives in testdata/script. The comment of an archive is a script, one command a line, which runs
// in a directory with the archive's files and the lineages in live. The file "transcript" is what a person would see.
//
//	kcfg ARGS            runs kcfg in process; NAME=VALUE before it sets its environment
//	stdin TEXT           what the next kcfg reads, with \n and \r as in Go
//	answers TEXT...      what a person types at the next kcfg's prompts
//	terminal             the next kcfg writes to a terminal
//	cat, cp, rm, mkdir, chmod, ln, ls   as the shell's, without options; ls shows modes
//
// A file STORES/NAME is one of package tlsstore's, made by other programs. Lines of standard error begin with "! "; a status other than 0 stands in brackets.
func TestScripts(t *testing.T) {
	paths, err := filepath.Glob("testdata/script/*.txtar")
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	for _, path := range paths {
		path, err := filepath.Abs(path)
		require.NoError(t, err)
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			a := golden.Open(t, path)
			s := &script{t: t, dir: t.TempDir(), stores: filepath.Join(filepath.Dir(path), "../../../../tlsstore/testdata")}
			s.copyFixtures(filepath.Join(filepath.Dir(path), "../../../../testdata"))
			s.unpack(a.Archive)
			t.Chdir(s.dir)
			for line := range strings.Lines(string(a.Comment)) {
				s.line(strings.TrimSpace(line))
			}
			a.Equal(t, "transcript", s.clean())
		})
	}
}

// script is a running script.
type script struct {
	t       *testing.T
	dir     string
	stores  string
	out     bytes.Buffer
	stdin   string
	answers []string
	asked   bool
	tty     bool
}

// copyFixtures copies the module's lineages, with the modes and links that certbot gives them.
func (s *script) copyFixtures(from string) {
	for _, dir := range []string{"live", "archive"} {
		err := filepath.WalkDir(filepath.Join(from, dir), func(path string, d fs.DirEntry, err error) error {
			require.NoError(s.t, err)
			rel, err := filepath.Rel(from, path)
			require.NoError(s.t, err)
			to := filepath.Join(s.dir, rel)
			switch {
			case d.IsDir():
				return os.MkdirAll(to, 0o700)
			case d.Type()&fs.ModeSymlink != 0:
				link, err := os.Readlink(path)
				require.NoError(s.t, err)
				return os.Symlink(link, to)
			}
			data, err := os.ReadFile(path)
			require.NoError(s.t, err)
			mode := fs.FileMode(0o644)
			if strings.HasPrefix(d.Name(), "privkey") {
				mode = 0o600
			}
			return os.WriteFile(to, data, mode)
		})
		require.NoError(s.t, err)
	}
}

func (s *script) unpack(a txtar.Archive) {
	for _, f := range a.Files {
		if f.Name == "transcript" {
			continue
		}
		to := filepath.Join(s.dir, f.Name)
		require.NoError(s.t, os.MkdirAll(filepath.Dir(to), 0o700))
		require.NoError(s.t, os.WriteFile(to, f.Data, 0o600))
	}
}

// line runs one line and adds it to the transcript.
func (s *script) line(line string) {
	if line == "" || strings.HasPrefix(line, "#") {
		if line != "" {
			fmt.Fprintf(&s.out, "%s\n", line)
		}
		return
	}
	words := splitWords(s.t, line)
	var environ []string
	for len(words) > 0 && strings.Contains(words[0], "=") {
		environ = append(environ, words[0])
		words = words[1:]
	}
	require.NotEmpty(s.t, words, line)
	name, args := words[0], words[1:]
	switch name {
	case "stdin":
		text, err := strconv.Unquote(`"` + strings.Join(args, " ") + `"`)
		require.NoError(s.t, err)
		s.stdin = text
		return
	case "answers":
		s.answers, s.asked = args, true
		return
	case "terminal":
		s.tty = true
		return
	}
	fmt.Fprintf(&s.out, "$ %s\n", line)
	if name == "kcfg" {
		s.kcfg(environ, args)
		return
	}
	if err := s.shell(name, args); err != nil {
		fmt.Fprintf(&s.out, "! %v\n", err)
	}
}

// kcfg runs the command in process.
func (s *script) kcfg(environ, args []string) {
	var stdout, stderr bytes.Buffer
	e := env{
		Args: args, Stdin: strings.NewReader(s.stdin), Stdout: &stdout, Stderr: &stderr, Environ: environ,
		Now: func() time.Time { return testNow }, StdoutIsTerminal: s.tty,
	}
	if s.asked {
		e.ReadPassword = func(prompt string) ([]byte, error) {
			fmt.Fprintf(&stderr, "%s\n", prompt)
			if len(s.answers) == 0 {
				return nil, fmt.Errorf("nobody answers")
			}
			answer := s.answers[0]
			s.answers = s.answers[1:]
			return []byte(answer), nil
		}
	}
	status := run(e)
	s.leaks(stdout.String()+stderr.String(), environ, args)
	s.stdin, s.answers, s.asked, s.tty = "", nil, false, false
	s.out.Write(bytes.ReplaceAll(stdout.Bytes(), []byte("\x1b"), []byte("^[")))
	for line := range strings.Lines(stderr.String()) {
		fmt.Fprintf(&s.out, "! %s", line)
	}
	if status != 0 {
		fmt.Fprintf(&s.out, "[%d]\n", status)
	}
}

// leaks fails the test where a password of this call comes out.
func (s *script) leaks(output string, environ, args []string) {
	var secrets []string
	for _, kv := range environ {
		if name, value, _ := strings.Cut(kv, "="); !slices.Contains([]string{"JAVA_HOME", "HOME", "PATH", "NO_COLOR", "TERM"}, name) {
			secrets = append(secrets, value)
		}
	}
	for _, a := range args {
		if _, value, ok := strings.Cut(a, "pass:"); ok {
			secrets = append(secrets, value)
		}
	}
	if strings.Contains(strings.Join(args, " "), "stdin") {
		secrets = append(secrets, strings.TrimSpace(s.stdin))
	}
	const shortest = 6 // shorter ones are part of other words
	for _, secret := range secrets {
		if len(secret) >= shortest && strings.Contains(output, secret) {
			s.t.Errorf("kcfg %s shows the password %s", strings.Join(args, " "), secret)
		}
	}
}

// shell does what a script needs beside kcfg.
func (s *script) shell(name string, args []string) error {
	switch {
	case name == "cat" && len(args) == 1:
		data, err := os.ReadFile(args[0])
		if err != nil {
			return err
		}
		s.out.Write(data)
		if len(data) > 0 && data[len(data)-1] != '\n' {
			s.out.WriteByte('\n')
		}
		return nil
	case name == "cp" && len(args) == 2:
		from := args[0]
		if foreign, ok := strings.CutPrefix(from, "STORES/"); ok {
			from = filepath.Join(s.stores, foreign)
		}
		data, err := os.ReadFile(from)
		if err != nil {
			return err
		}
		return os.WriteFile(args[1], data, 0o600)
	case name == "cp" && len(args) > 2: // concatenates
		var all []byte
		for _, a := range args[:len(args)-1] {
			data, err := os.ReadFile(a)
			if err != nil {
				return err
			}
			all = append(all, data...)
		}
		return os.WriteFile(args[len(args)-1], all, 0o600)
	case name == "rm" && len(args) == 1:
		return os.RemoveAll(args[0])
	case name == "mkdir" && len(args) == 1:
		return os.MkdirAll(args[0], 0o700)
	case name == "ln" && len(args) == 2:
		return os.Symlink(args[0], args[1])
	case name == "chmod" && len(args) == 2:
		mode, err := strconv.ParseUint(args[0], 8, 32)
		if err != nil {
			return err
		}
		return os.Chmod(args[1], fs.FileMode(mode))
	case name == "ls" && len(args) <= 1:
		return s.list(append(args, ".")[0])
	}
	s.t.Fatalf("unknown line: %s %q", name, args)
	return nil
}

func (s *script) list(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			return err
		}
		fmt.Fprintf(&s.out, "%s %s\n", info.Mode(), e.Name())
	}
	return nil
}

// clean replaces what differs from machine to machine.
func (s *script) clean() []byte {
	out := s.out.String()
	dir, err := filepath.EvalSymlinks(s.dir)
	require.NoError(s.t, err)
	out = strings.NewReplacer(dir, "$WORK", s.dir, "$WORK").Replace(out)
	me, err := user.Current()
	require.NoError(s.t, err)
	group := me.Gid
	if g, err := user.LookupGroupId(me.Gid); err == nil {
		group = g.Name
	}
	out = strings.ReplaceAll(out, `"owner": "`+me.Username+`"`, `"owner": "$USER"`)
	out = strings.ReplaceAll(out, `"group": "`+group+`"`, `"group": "$GROUP"`)
	out = strings.ReplaceAll(out, "readable by user "+me.Username, "readable by user $USER")
	out = strings.ReplaceAll(out, "group "+group+" (", "group $GROUP (")
	return []byte(strings.ReplaceAll(out, "owner "+me.Username+":"+group+")", "owner $USER:$GROUP)"))
}

// splitWords splits a line at blanks; single quotes keep them.
func splitWords(t *testing.T, line string) []string {
	t.Helper()
	var words []string
	var word strings.Builder
	quoted, inside := false, false
	for _, r := range line {
		switch {
		case r == '\'':
			quoted, inside = !quoted, true
		case r == ' ' && !quoted:
			if inside {
				words = append(words, word.String())
			}
			word.Reset()
			inside = false
		default:
			word.WriteRune(r)
			inside = true
		}
	}
	require.False(t, quoted, "unclosed quote: %s", line)
	if inside {
		words = append(words, word.String())
	}
	return slices.Clip(words)
}

// says runs kcfg in process and returns both its outputs and its exit status.
func says(args ...string) (output string, status int) {
	var out bytes.Buffer
	status = run(env{
		Args: args, Stdin: strings.NewReader(""), Stdout: &out, Stderr: &out, Environ: []string{"KCFG_PASSWORD=" + refPassword},
		Now: func() time.Time { return testNow },
	})
	return out.String(), status
}
