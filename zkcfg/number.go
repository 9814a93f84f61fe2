package zkcfg

import (
	"math"
	"strings"
	"unicode"
	"unicode/utf8"
)

// trim removes what String.trim removes: every character up to and including the blank, at both ends.
func trim(s string) string {
	for len(s) > 0 && s[0] <= ' ' {
		s = s[1:]
	}
	for len(s) > 0 && s[len(s)-1] <= ' ' {
		s = s[:len(s)-1]
	}
	return s
}

// digit returns the value of a digit as Character.digit sees it, or -1: decimal digits of every script, and for radix 16
// the letters A to F, also in full width.
func digit(r rune, radix int64) int64 {
	d := int64(-1)
	switch {
	case '0' <= r && r <= '9':
		d = int64(r - '0')
	case 'a' <= r && r <= 'z':
		d = int64(r-'a') + 10
	case 'A' <= r && r <= 'Z':
		d = int64(r-'A') + 10
	case 'ａ' <= r && r <= 'ｚ':
		d = int64(r-'ａ') + 10
	case 'Ａ' <= r && r <= 'Ｚ':
		d = int64(r-'Ａ') + 10
	case unicode.MaxASCII < r && r <= 0xFFFF: // Java looks at UTF-16 units, so digits beyond them do not count
		d = decimalOf(r)
	}
	if d >= radix {
		return -1
	}
	return d
}

// decimalOf returns the value of a decimal digit, or -1: the digits of a script are ten code points in a row.
func decimalOf(r rune) int64 {
	for _, t := range unicode.Nd.R16 {
		if rune(t.Lo) <= r && r <= rune(t.Hi) {
			return int64(r-rune(t.Lo)) % 10
		}
	}
	return -1
}

// parseLong reads s as Long.parseLong(s, radix) does: an optional sign and at least one digit.
func parseLong(s string, radix int64) (int64, bool) {
	negative := false
	switch {
	case strings.HasPrefix(s, "-"):
		negative, s = true, s[1:]
	case strings.HasPrefix(s, "+"):
		s = s[1:]
	}
	if s == "" {
		return 0, false
	}
	n := int64(0) // kept negative: there is one more negative number than positive ones
	for len(s) > 0 {
		r, size := utf8.DecodeRuneInString(s)
		s = s[size:]
		d := digit(r, radix)
		if d < 0 || n < (math.MinInt64+d)/radix {
			return 0, false
		}
		n = n*radix - d
	}
	if negative {
		return n, true
	}
	return -n, n != math.MinInt64
}

// parseInt reads s as Integer.parseInt does.
func parseInt(s string) (int64, bool) {
	n, ok := parseLong(s, 10)
	return n, ok && math.MinInt32 <= n && n <= math.MaxInt32
}

// decodeLong reads s as Long.decode does, which Integer.getInteger and Long.getLong use for system properties: 0x and #
// mean hexadecimal, a leading 0 octal.
func decodeLong(s string) (int64, bool) {
	sign := ""
	if strings.HasPrefix(s, "-") || strings.HasPrefix(s, "+") {
		sign, s = s[:1], s[1:]
	}
	radix := int64(10)
	switch {
	case strings.HasPrefix(s, "0x"), strings.HasPrefix(s, "0X"):
		radix, s = 16, s[2:]
	case strings.HasPrefix(s, "#"):
		radix, s = 16, s[1:]
	case strings.HasPrefix(s, "0") && len(s) > 1:
		radix, s = 8, s[1:]
	}
	if strings.HasPrefix(s, "-") || strings.HasPrefix(s, "+") {
		return 0, false
	}
	return parseLong(strings.TrimPrefix(sign, "+")+s, radix)
}

// javaSplit splits s as String.split does for a plain separator: empty parts at the end are dropped, so that ":" has no
// part at all.
func javaSplit(s, separator string) []string {
	parts := strings.Split(s, separator)
	if len(parts) == 1 {
		return parts
	}
	for len(parts) > 0 && parts[len(parts)-1] == "" {
		parts = parts[:len(parts)-1]
	}
	return parts
}
