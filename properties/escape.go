package properties

import (
	"strings"
	"unicode/utf8"
)

// valueStyle is what surrounds a value that is written.
type valueStyle struct {
	eol      string // with which a value of several lines is folded
	noAssign bool   // blanks alone separate, so that a leading '=' or ':' needs an escape
}

// appendValue writes a value so that Java reads back exactly v. Text of several lines, such as an inline PEM key, goes on
// one natural line for each.
func appendValue(b []byte, v string, s valueStyle) []byte {
	fold := strings.Contains(strings.TrimSuffix(v, "\n"), "\n")
	lineStart := true // blanks here would be skipped
	for i := 0; i < len(v); {
		r, size := decodeRune(v[i:])
		last := i+size == len(v)
		switch {
		case r == '\n' && fold && !last:
			b = append(append(b, '\\', 'n', '\\'), s.eol...)
			lineStart, i = true, i+size
			continue
		case r == ' ' && lineStart:
			b = append(b, '\\', ' ')
		case r == ' ' && last: // an editor would strip it
			b = append(b, `\u0020`...)
		case lineStart && i == 0 && s.noAssign && (r == '=' || r == ':'), lineStart && i > 0 && (r == '#' || r == '!'):
			b = append(b, '\\', byte(r))
		default:
			b = appendEscaped(b, r)
		}
		lineStart, i = false, i+size
	}
	return b
}

// appendKey writes a key so that Java reads back exactly key.
func appendKey(b []byte, key string) []byte {
	for i := 0; i < len(key); {
		r, size := decodeRune(key[i:])
		if r == '=' || r == ':' || r == ' ' || i == 0 && (r == '#' || r == '!') {
			b = append(b, '\\', byte(r))
		} else {
			b = appendEscaped(b, r)
		}
		i += size
	}
	return b
}

func appendEscaped(b []byte, r rune) []byte {
	switch r {
	case '\\':
		return append(b, '\\', '\\')
	case '\t':
		return append(b, '\\', 't')
	case '\n':
		return append(b, '\\', 'n')
	case '\r':
		return append(b, '\\', 'r')
	case '\f':
		return append(b, '\\', 'f')
	}
	if r >= ' ' && r < 0x7F {
		return append(b, byte(r))
	}
	if r > 0xFFFF {
		r -= 0x10000
		b = appendUnicodeEscape(b, surrogateMin+uint16(r>>10))
		return appendUnicodeEscape(b, lowMin+uint16(r&0x3FF))
	}
	return appendUnicodeEscape(b, uint16(r))
}

func appendUnicodeEscape(b []byte, u uint16) []byte {
	const digits = "0123456789ABCDEF"
	return append(b, '\\', 'u', digits[u>>12], digits[u>>8&0xF], digits[u>>4&0xF], digits[u&0xF])
}

// Escape returns v as it would be written after "key=", on one line: Java reads back exactly v.
func Escape(v string) string {
	if strings.Contains(v, "\n") {
		var b []byte
		for i, part := range strings.SplitAfter(v, "\n") {
			if i > 0 && strings.HasPrefix(part, " ") { // in the middle of a line no blank is skipped
				b = append(b, ' ')
				part = part[1:]
			}
			b = appendValue(b, part, valueStyle{})
		}
		return string(b)
	}
	return string(appendValue(nil, v, valueStyle{}))
}

// EscapeKey returns key as it would be written: Java reads back exactly key.
func EscapeKey(key string) string { return string(appendKey(nil, key)) }

// wellFormed returns v with every byte that is neither UTF-8 nor part of a lone surrogate replaced by U+FFFD, and surrogate
// pairs merged: the form in which the parser gives it back.
func wellFormed(v string) string {
	if utf8.ValidString(v) {
		return v
	}
	return FromUTF16(UTF16(v))
}
