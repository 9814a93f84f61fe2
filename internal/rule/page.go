package rule

import (
	"fmt"
	"strings"
)

// Page is the documentation of a rule, read from rules/<id>.md:
//
//	# tls-cert-expired
//
//	One sentence: what is wrong.
//
//	## Why
//
//	What happens, and the source of the behaviour.
//
//	## What to do
//
//	The cure.
//
//	## Bad
//
//	A fenced example that gives the finding.
//
//	## Finding
//
//	A fenced block with the finding's text, whole; tests run the example and compare.
//
//	## Good
//
//	A fenced example without the finding.
type Page struct {
	ID      string
	Summary string
	Text    string // the whole page as written
	Bad     []Block
	Finding Block
	Good    []Block
}

// Block is a fenced code block; Info is the text behind the opening fence.
type Block struct {
	Info string
	Text string
}

// ParsePage reads a page. A page that lacks one of its sections is an error.
func ParsePage(text string) (Page, error) {
	p := Page{Text: text}
	section := ""
	seen := map[string]bool{}
	var fence *Block
	for line := range strings.Lines(text) {
		bare := strings.TrimRight(line, "\r\n")
		switch {
		case fence != nil && bare == "```":
			p.add(section, *fence)
			fence = nil
		case fence != nil:
			fence.Text += line
		case strings.HasPrefix(bare, "```"):
			fence = &Block{Info: strings.TrimPrefix(bare, "```")}
		case strings.HasPrefix(bare, "## "):
			section = strings.TrimPrefix(bare, "## ")
			seen[section] = true
		case strings.HasPrefix(bare, "# "):
			p.ID = strings.TrimPrefix(bare, "# ")
		case section == "" && p.Summary == "" && bare != "":
			p.Summary = bare
		}
	}
	if p.ID == "" || p.Summary == "" {
		return p, fmt.Errorf("page %q lacks its title or its summary", p.ID)
	}
	for _, name := range []string{"Why", "What to do", "Bad", "Finding", "Good"} {
		if !seen[name] {
			return p, fmt.Errorf("page %s lacks the section %q", p.ID, name)
		}
	}
	if fence != nil || len(p.Bad) == 0 || p.Finding.Text == "" || len(p.Good) == 0 {
		return p, fmt.Errorf("page %s lacks a closed example under Bad, Finding or Good", p.ID)
	}
	return p, nil
}

func (p *Page) add(section string, b Block) {
	switch section {
	case "Bad":
		p.Bad = append(p.Bad, b)
	case "Finding":
		p.Finding = b
	case "Good":
		p.Good = append(p.Good, b)
	}
}
