package zkcfg

import "strings"

// inlineComment returns where a comment that someone put behind a value begins, with the blanks before it, or -1.
func inlineComment(value string) int {
	for i := range len(value) {
		if value[i] != '#' && value[i] != '!' || i > 0 && value[i-1] != ' ' && value[i-1] != '\t' {
			continue
		}
		if value[i] == '!' && (i == 0 || i+1 < len(value) && value[i+1] != ' ') { // an exclamation mark in a text
			continue
		}
		return len(strings.TrimRight(value[:i], " \t"))
	}
	return -1
}
