package secret

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var store = Ask{Flag: "--password", What: "password of the store"}

// reader returns a Reader and what it warns.
func reader(environ map[string]string, stdin string, answers ...string) (*Reader, *[]string) {
	warnings := &[]string{}
	r := &Reader{
		Getenv: func(name string) (string, bool) { v, ok := environ[name]; return v, ok },
		Stdin:  strings.NewReader(stdin),
		Warn:   func(format string, args ...any) { *warnings = append(*warnings, fmt.Sprintf(format, args...)) },
	}
	if answers != nil {
		r.Prompt = func(string) ([]byte, error) {
			if len(answers) == 0 {
				return nil, io.EOF
			}
			a := answers[0]
			answers = answers[1:]
			return []byte(a), nil
		}
	}
	return r, warnings
}

func TestSources(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string, mode fs.FileMode) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(text), mode))
		require.NoError(t, os.Chmod(path, mode))
		return path
	}
	environ := map[string]string{"P": "from env", "EMPTY": ""}
	for _, c := range []struct {
		name, source, stdin string
		answers             []string
		create              bool
		want, err, warning  string
		usage               bool
	}{
		{name: "env", source: "env:P", want: "from env"},
		{name: "env unset", source: "env:Q", err: "the environment variable Q is not set", usage: true},
		{name: "env empty", source: "env:EMPTY", err: "the password of the store from env:EMPTY is empty", usage: true},
		{name: "file", source: "file:" + file("f", "secret\n", 0o600), want: "secret"},
		{name: "file without line end", source: "file:" + file("f0", "secret", 0o600), want: "secret"},
		{name: "file with CR LF", source: "file:" + file("f1", "secret\r\n", 0o640), want: "secret"},
		{name: "blanks belong to the password", source: "file:" + file("f2", " se cret \n", 0o600), want: " se cret "},
		{name: "one line end is stripped, not two", source: "file:" + file("f3", "secret\n\n", 0o600), err: "more than one line"},
		{name: "inner newline", source: "file:" + file("f4", "a\nb\n", 0o600), err: "f4 holds more than one line: a password file holds the password alone"},
		{name: "lone CR", source: "file:" + file("f5", "secret\r", 0o600), err: "holds a carriage return"},
		{name: "two CRs", source: "file:" + file("f6", "secret\r\r\n", 0o600), err: "holds a carriage return"},
		{name: "NUL", source: "file:" + file("f7", "a\x00b", 0o600), err: "holds a NUL byte"},
		{name: "empty file", source: "file:" + file("f8", "", 0o600), err: "is empty", usage: true},
		{name: "line end only", source: "file:" + file("f9", "\n", 0o600), err: "is empty", usage: true},
		{name: "readable by others", source: "file:" + file("f10", "secret", 0o644), want: "secret", warning: "every user of this machine can read the password"},
		{name: "huge file", source: "file:" + file("f11", strings.Repeat("x", maxLine+1), 0o600), err: "that is no password"},
		{name: "largest file", source: "file:" + file("f12", strings.Repeat("x", maxLine), 0o600), want: strings.Repeat("x", maxLine)},
		{name: "absent file", source: "file:" + filepath.Join(dir, "absent"), err: "no such file or directory"},
		{name: "directory", source: "file:" + dir, err: "is a directory"},
		{name: "file without path", source: "file:", err: "needs a path", usage: true},
		{name: "stdin", source: "stdin", stdin: "secret\n", want: "secret"},
		{name: "dash is stdin", source: "-", stdin: "secret\n", want: "secret"},
		{name: "stdin with two lines", source: "stdin", stdin: "a\nb\n", err: "standard input holds more than one line"},
		{name: "stdin empty", source: "stdin", err: "is empty", usage: true},
		{name: "fd 0 is stdin", source: "fd:0", stdin: "secret", want: "secret"},
		{name: "fd no number", source: "fd:x", err: "a file descriptor is a number", usage: true},
		{name: "fd not open", source: "fd:987", err: "cannot read the password from fd:987: bad file descriptor"},
		{name: "prompt", source: "prompt", answers: []string{"secret"}, want: "secret"},
		{name: "prompt twice when creating", source: "prompt", answers: []string{"secret", "secret"}, create: true, want: "secret"},
		{name: "prompts differ", source: "prompt", answers: []string{"secret", "secreT"}, create: true, err: "the two passwords differ"},
		{name: "prompt empty", source: "prompt", answers: []string{""}, create: true, err: "is empty", usage: true},
		{name: "nobody to ask", source: "prompt", err: "standard input is no terminal", usage: true},
		{name: "prompt ends", source: "prompt", answers: []string{}, err: "cannot read the password of the store: EOF"},
		{name: "properties", source: "properties:" + file("s.properties", "ssl.keystore.password = se\\u0063ret\n", 0o600) + "#ssl.keystore.password", want: "secret"},
		{name: "properties: unset key", source: "properties:" + filepath.Join(dir, "s.properties") + "#a", err: "s.properties does not set a"},
		{name: "properties: config provider", source: "properties:" + file("v.properties", "a=${file:/x:y}\n", 0o600) + "#a", err: "fetched by a config provider"},
		{name: "properties: no key", source: "properties:x", err: "needs FILE#KEY", usage: true},
		{name: "properties: absent file", source: "properties:" + dir + "/absent#a", err: "no such file or directory"},
		{name: "pass", source: "pass:secret", want: "secret", warning: "--password pass:… is visible to every user of this machine"},
		{name: "pass empty", source: "pass:", err: "the password of the store from pass: is empty", usage: true, warning: "visible"},
		{name: "random without path", source: "random:", err: "needs a path", usage: true},
		{name: "a password instead of a source", source: "hunter2", err: "--password takes a source, not a password\npassword sources:", usage: true},
		{name: "unknown kind", source: "vault:x", err: "takes a source, not a password", usage: true},
		{name: "empty source", source: "", err: "takes a source, not a password", usage: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.answers == nil && c.name == "prompt ends" {
				c.answers = []string{}
			}
			r, warnings := reader(environ, c.stdin, c.answers...)
			if c.name == "prompt ends" {
				r.Prompt = func(string) ([]byte, error) { return nil, io.EOF }
			}
			ask := store
			ask.Create = c.create
			got, err := r.Read(c.source, ask)
			if c.err != "" {
				require.ErrorContains(t, err, c.err)
				require.Equal(t, c.usage, errors.As(err, &UsageError{}), "usage error: %v", err)
				require.NotContains(t, err.Error(), "hunter2")
			} else {
				require.NoError(t, err)
				require.Equal(t, c.want, string(got))
			}
			if c.warning == "" {
				require.Empty(t, *warnings)
			} else {
				require.Len(t, *warnings, 1)
				require.Contains(t, (*warnings)[0], c.warning)
			}
		})
	}
}

func TestDefault(t *testing.T) {
	r, _ := reader(map[string]string{DefaultVariable: ""}, "", "x")
	source, err := r.Default(store)
	require.NoError(t, err)
	require.Equal(t, "env:KCFG_PASSWORD", source, "set, though empty: then Read refuses it")
	r, _ = reader(nil, "", "x")
	source, err = r.Default(store)
	require.NoError(t, err)
	require.Equal(t, "prompt", source)
	r, _ = reader(nil, "")
	_, err = r.Default(store)
	require.ErrorAs(t, err, &UsageError{})
	for _, s := range Sources {
		require.ErrorContains(t, err, s.Form)
	}
}

func TestStandardInputServesOnePurpose(t *testing.T) {
	r, _ := reader(nil, "secret")
	_, err := r.Read("stdin", store)
	require.NoError(t, err)
	_, err = r.Read("stdin", Ask{Flag: "--key-password", What: "password of the key"})
	require.ErrorContains(t, err, "--password has read it already, --key-password cannot")
	require.ErrorAs(t, err, &UsageError{})
	require.ErrorContains(t, r.ClaimStdin("the file -"), "--password has read it already, the file - cannot")

	r, _ = reader(nil, "secret")
	require.NoError(t, r.ClaimStdin("the file -"))
	_, err = r.Read("stdin", store)
	require.ErrorContains(t, err, "the file - has read it already")
}

func TestFileDescriptor(t *testing.T) {
	out, in, err := os.Pipe()
	require.NoError(t, err)
	_, err = in.WriteString("secret\n")
	require.NoError(t, err)
	require.NoError(t, in.Close())
	r, _ := reader(nil, "")
	source := fmt.Sprintf("fd:%d", out.Fd())
	got, err := r.Read(source, store)
	require.NoError(t, err)
	require.Equal(t, "secret", string(got))
	_, err = r.Read(source, Ask{Flag: "--key-password"})
	require.ErrorContains(t, err, "--password has read it already, --key-password cannot")
}

func TestRandomFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "password")
	r, warnings := reader(nil, "")
	first, err := r.Read("random:"+path, store)
	require.NoError(t, err)
	require.Regexp(t, regexp.MustCompile(`^[A-Za-z0-9]{24}$`), string(first))
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, fs.FileMode(0o600), info.Mode())

	r, _ = reader(nil, "")
	again, err := r.Read("random:"+path, store)
	require.NoError(t, err)
	require.Equal(t, string(first), string(again), "an existing file is reused")
	fromFile, err := r.Read("file:"+path, store)
	require.NoError(t, err)
	require.Equal(t, string(first), string(fromFile))
	require.Empty(t, *warnings)
}

func TestRandomFileInADryRun(t *testing.T) {
	path := filepath.Join(t.TempDir(), "password")
	r, _ := reader(nil, "")
	r.DryRun = true
	first, err := r.Read("random:"+path, store)
	require.NoError(t, err)
	require.Len(t, first, randomLength)
	require.NoFileExists(t, path)
	again, err := r.Read("random:"+path, store)
	require.NoError(t, err)
	require.Equal(t, first, again)
}

func TestRandomPasswordsUseEveryCharacterEqually(t *testing.T) {
	// bytes from 248 on would make the first letters more likely: they are skipped
	r, _ := reader(nil, "")
	r.Rand = io.MultiReader(bytes.NewReader(bytes.Repeat([]byte{248, 255, 61}, 8)), bytes.NewReader(bytes.Repeat([]byte{0}, 48)))
	got, err := r.generate()
	require.NoError(t, err)
	require.Equal(t, strings.Repeat("9", 8)+strings.Repeat("A", 16), string(got))
	r.Rand = strings.NewReader("short")
	_, err = r.generate()
	require.ErrorContains(t, err, "cannot make a random password")
}

// TestOnePasswordForTwoStores: what can be read once serves one flag, however many stores that opens.
func TestOnePasswordForTwoStores(t *testing.T) {
	ask := Ask{Flag: "--password", What: "password of the store"}
	r, _ := reader(nil, "secret\n")
	for range 2 {
		password, err := r.Read("stdin", ask)
		require.NoError(t, err)
		require.Equal(t, "secret", string(password))
		clear(password) // the caller's own
	}
	_, err := r.Read("stdin", Ask{Flag: "--new-password"})
	require.ErrorContains(t, err, "--password has read it already")
	require.Error(t, r.ClaimStdin("the argument -"))
}
