package main

import (
	"errors"
	"io"
	"strings"

	"github.com/kcfg/kcfg/cmd/kcfg/internal/secret"
	"github.com/kcfg/kcfg/cmd/kcfg/internal/settings"
	"github.com/kcfg/kcfg/finding"
)

// said returns what an error says. Names of files, and names from them, are in it; they must not forge a line. Only the line
// ends of our own stay: those before the list of password sources, and between several problems.
func said(err error) string {
	text := err.Error()
	if problem, ok := strings.CutSuffix(text, "\n"+secret.List()); ok {
		return finding.Printable(problem) + "\n" + secret.List()
	}
	var problems settings.Problems
	if errors.As(err, &problems) {
		if before, ok := strings.CutSuffix(text, problems.Error()); ok {
			lines := make([]string, len(problems))
			for i, p := range problems {
				lines[i] = finding.Printable(p.Error())
			}
			return finding.Printable(before) + strings.Join(lines, "\n")
		}
	}
	return finding.Printable(text)
}

// plainWriter keeps everything but line ends from steering the terminal.
type plainWriter struct{ io.Writer }

// Write writes p.
func (w plainWriter) Write(p []byte) (int, error) {
	lines := strings.Split(string(p), "\n")
	for i := range lines {
		lines[i] = finding.Printable(lines[i])
	}
	if _, err := io.WriteString(w.Writer, strings.Join(lines, "\n")); err != nil {
		return 0, err
	}
	return len(p), nil
}
