package atomicfile

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
)

const journalSuffix = ".journal"

const maxJournal = 1 << 20 // bytes; an entry takes some 300

// journal stands in a directory from the moment at which all temporaries of a set are complete until all are renamed. Whoever finds
// one finishes the renames. The set is decided by the journal in its home; those in other directories point there.
type journal struct {
	home    string
	renames []rename // none in a pointer
}

type rename struct {
	dir, temp, name string
	sha256          string // of the content, in hexadecimal
}

// journalEnd is the last line, without which a journal was cut off and decides nothing.
const journalEnd = "end\n"

// encode writes a line for the home, one for each rename, and the last. Paths are quoted as in Go, which keeps names that are not UTF-8.
func (j journal) encode() []byte {
	out := []byte(strconv.Quote(j.home) + "\n")
	for _, r := range j.renames {
		out = fmt.Appendf(out, "%q %q %q %q\n", r.dir, r.temp, r.name, r.sha256)
	}
	return append(out, journalEnd...)
}

// parseJournal reads what encode wrote.
func parseJournal(text string) (j journal, ok bool) {
	text, ok = strings.CutSuffix(text, "\n"+journalEnd)
	first, rest, _ := strings.Cut(text, "\n")
	if !ok || !scanQuoted(first, &j.home) {
		return journal{}, false
	}
	for line := range strings.Lines(rest) {
		var r rename
		if !scanQuoted(strings.TrimSuffix(line, "\n"), &r.dir, &r.temp, &r.name, &r.sha256) || len(r.sha256) != hex.EncodedLen(32) {
			return journal{}, false
		}
		j.renames = append(j.renames, r)
	}
	return j, true
}

// scanQuoted reads as many quoted strings as there are targets, with a space between them.
func scanQuoted(line string, targets ...*string) bool {
	for i, target := range targets {
		if i > 0 {
			var ok bool
			if line, ok = strings.CutPrefix(line, " "); !ok {
				return false
			}
		}
		quoted, err := strconv.QuotedPrefix(line)
		if err != nil {
			return false
		}
		if *target, err = strconv.Unquote(quoted); err != nil {
			return false
		}
		line = line[len(quoted):]
	}
	return line == ""
}
