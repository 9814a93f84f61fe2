package kafkacfg

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/properties"
)

func sprintf(format string, args []any) string { return fmt.Sprintf(format, args...) }

// suppression is one comment such as "# kcfg:ignore kafka-unknown-key -- our plug-in reads it".
type suppression struct {
	ids   []string
	file  bool
	entry *properties.Entry // nil: the whole file
	pos   finding.Position
	used  []bool
}

const (
	ignoreWord     = "kcfg:ignore"
	ignoreFileWord = "kcfg:ignore-file"
)

// suppressions reads the comments that silence findings.
func (c *Config) suppressions() []suppression {
	var all []suppression
	var entries []properties.Entry
	for comment := range c.File.Comments() {
		text := strings.TrimSpace(comment.Text)
		if !strings.HasPrefix(text, ignoreWord) {
			continue
		}
		word, rest, _ := strings.Cut(text, " ")
		ids, _, _ := strings.Cut(rest, " --")
		s := suppression{pos: comment.Pos, file: word == ignoreFileWord}
		if word != ignoreWord && !s.file {
			continue
		}
		for id := range strings.SplitSeq(ids, ",") {
			if id = strings.TrimSpace(id); id != "" {
				s.ids = append(s.ids, id)
			}
		}
		s.used = make([]bool, len(s.ids))
		if !s.file {
			if entries == nil {
				entries = slices.Collect(c.File.All())
			}
			if comment.Next < len(entries) && comment.Above {
				s.entry = &entries[comment.Next]
			}
		}
		all = append(all, s)
	}
	return all
}

// covers reports whether a finding is about what the comment stands above.
func (s *suppression) covers(f finding.Finding) bool {
	if s.file {
		return true
	}
	if s.entry == nil || f.Pos.Line == 0 {
		return false
	}
	first := s.entry.Line()
	return f.Pos.Line >= first && f.Pos.Line <= first+strings.Count(strings.ReplaceAll(s.entry.Raw(), "\r\n", "\n"), "\n")
}

// suppress parts what the file's comments silence. What refuses cannot be silenced.
func (c *Config) suppress(all []finding.Finding) (kept, suppressed []finding.Finding) {
	comments := c.suppressions()
	if len(comments) == 0 {
		return all, nil
	}
	for _, f := range all {
		silent := false
		for i := range comments {
			s := &comments[i]
			for j, id := range s.ids {
				if id == f.ID && s.covers(f) {
					s.used[j] = true
					silent = true
				}
			}
		}
		if silent && f.Refuses() {
			f.Notes = append(f.Notes, "what refuses cannot be suppressed")
			silent = false
		}
		if silent {
			suppressed = append(suppressed, f)
		} else {
			kept = append(kept, f)
		}
	}
	for _, s := range comments {
		for j, used := range s.used {
			if !used {
				kept = append(kept, finding.Finding{ID: "file-suppression-unused", Severity: finding.Info, Pos: s.pos,
					Message: "the comment suppresses " + shorten(s.ids[j]) + ", but there is no such finding", Help: "remove the comment"})
			}
		}
	}
	return kept, suppressed
}
