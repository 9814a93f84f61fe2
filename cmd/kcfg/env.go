package main

import (
	"io"
	"math"
	"os"
	"strings"
	"time"

	"golang.org/x/term"

	"github.com/kcfg/kcfg/cmd/kcfg/internal/secret"
	"github.com/kcfg/kcfg/finding"
)

// env is everything a command may touch besides files and network, so that a test can run the whole command in process.
type env struct {
	Args    []string // without the program's name
	Stdin   io.Reader
	Stdout  io.Writer
	Stderr  io.Writer
	Environ []string         // as os.Environ
	Now     func() time.Time // the clock
	Rand    io.Reader        // nil: crypto/rand, the only value outside tests
	// Terminal: whether people see it, and how they are asked for a password.
	StdoutIsTerminal bool
	StderrIsTerminal bool
	Columns          func() int                          // of the terminal; nil: there is none
	ReadPassword     func(prompt string) ([]byte, error) // nil: nobody can be asked

	reader   *secret.Reader     // set by secrets
	piped    map[string][]byte  // PEM from standard input and from pipes, which are read once
	revealed []revealedPassword // the passwords read so far
}

// system is the real environment of this process.
func system() env {
	e := env{
		Args: os.Args[1:], Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Environ: os.Environ(), Now: time.Now,
		StdoutIsTerminal: term.IsTerminal(int(os.Stdout.Fd())),
		StderrIsTerminal: term.IsTerminal(int(os.Stderr.Fd())),
	}
	if e.StdoutIsTerminal {
		e.Columns = func() int {
			width, _, err := term.GetSize(int(os.Stdout.Fd()))
			if err != nil {
				return math.MaxInt
			}
			return width
		}
	}
	if term.IsTerminal(int(os.Stdin.Fd())) {
		e.ReadPassword = func(prompt string) ([]byte, error) {
			io.WriteString(os.Stderr, finding.Printable(prompt))
			b, err := term.ReadPassword(int(os.Stdin.Fd()))
			io.WriteString(os.Stderr, "\n")
			return b, err
		}
	}
	return e
}

// Getenv returns the value of an environment variable, and whether it is set.
func (e env) Getenv(name string) (string, bool) {
	for _, kv := range e.Environ {
		if k, v, ok := strings.Cut(kv, "="); ok && k == name {
			return v, true
		}
	}
	return "", false
}
