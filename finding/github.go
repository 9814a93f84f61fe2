package finding

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

var githubCommand = [...]string{Error: "error", Warning: "warning", Info: "notice"}

var (
	githubText     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	githubProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

// WriteGitHub writes the findings as workflow commands, which GitHub Actions shows beside the lines of a pull request.
func WriteGitHub(w io.Writer, reports []Report, known Releases) error {
	b := bufio.NewWriter(w)
	for _, g := range groups(reports, false, known) {
		fmt.Fprintf(b, "::%s file=%s", githubCommand[g.Severity], githubProperty.Replace(g.Pos.File))
		if p := g.Pos; p.Line > 0 {
			fmt.Fprintf(b, ",line=%d,col=%d,endLine=%d,endColumn=%d", p.Line, p.Column, max(p.EndLine, p.Line), p.EndColumn)
		}
		text := Printable(g.Message)
		if where := g.where(); where != "" {
			text += "\nreleases: " + where
		}
		for _, r := range g.Related {
			text += "\n" + Printable(r.Pos.String()) + ": " + Printable(r.Message)
		}
		for _, n := range g.Notes {
			text += "\nnote: " + Printable(n)
		}
		if g.Help != "" {
			text += "\nhelp: " + Printable(g.Help)
		}
		fmt.Fprintf(b, ",title=%s::%s\n", githubProperty.Replace(g.ID), githubText.Replace(text))
	}
	for _, r := range reports {
		if r.Error != "" {
			fmt.Fprintf(b, "::error file=%s::%s\n", githubProperty.Replace(r.Path), githubText.Replace(r.Error))
		}
	}
	return b.Flush()
}
