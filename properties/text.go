package properties

import (
	"unicode/utf16"
	"unicode/utf8"
)

const (
	surrogateMin = 0xD800
	lowMin       = 0xDC00
	surrogateMax = 0xDFFF
)

// appendUnit appends a UTF-16 code unit to WTF-8 text; the second half of a surrogate pair is merged with the first.
func appendUnit(b []byte, u uint16) []byte {
	switch {
	case u < utf8.RuneSelf:
		return append(b, byte(u))
	case u < surrogateMin || u > surrogateMax:
		return utf8.AppendRune(b, rune(u))
	}
	if u >= lowMin {
		if high, ok := trailingHigh(b); ok {
			return utf8.AppendRune(b[:len(b)-3], utf16.DecodeRune(rune(high), rune(u)))
		}
	}
	return append(b, 0xE0|byte(u>>12), 0x80|byte(u>>6)&0xBF, 0x80|byte(u)&0xBF)
}

// trailingHigh returns the high surrogate without a partner at the end of WTF-8 text.
func trailingHigh(b []byte) (uint16, bool) {
	n := len(b)
	if n < 3 || b[n-3] != 0xED || b[n-2]&0xF0 != 0xA0 {
		return 0, false
	}
	return 0xD000 | uint16(b[n-2]&0x3F)<<6 | uint16(b[n-1]&0x3F), true
}

// decodeRune is utf8.DecodeRuneInString for WTF-8: a lone surrogate is itself.
func decodeRune(s string) (r rune, size int) {
	r, size = utf8.DecodeRuneInString(s)
	if r == utf8.RuneError && size == 1 && len(s) >= 3 && s[0] == 0xED && s[1]&0xE0 == 0xA0 && s[2]&0xC0 == 0x80 {
		return 0xD000 | rune(s[1]&0x3F)<<6 | rune(s[2]&0x3F), 3
	}
	return r, size
}

// UTF16 returns the code units of the Java string that s stands for.
func UTF16(s string) []uint16 {
	units := make([]uint16, 0, len(s))
	for len(s) > 0 {
		r, size := decodeRune(s)
		if r > 0xFFFF {
			units = utf16.AppendRune(units, r)
		} else {
			units = append(units, uint16(r))
		}
		s = s[size:]
	}
	return units
}

// FromUTF16 returns the Go string that stands for the Java string with these code units.
func FromUTF16(units []uint16) string {
	b := make([]byte, 0, len(units))
	for _, u := range units {
		b = appendUnit(b, u)
	}
	return string(b)
}

// decode resolves the escapes in chars from..to. It calls malformed with the offsets of each \u that Java refuses, which stays as
// written, and unit (may be nil) after each character with the length of the text so far and its place in the file.
func (l *logicalLine) decode(from, to int, malformed func(start, end int32), unit func(length int, start, end int32)) string {
	b := make([]byte, 0, to-from)
	for i := from; i < to; {
		c, next := l.chars[i], i+1
		switch {
		case c != '\\' || next == to:
			b = appendUnit(b, uint16(c))
		case l.chars[next] == 'u':
			v, digits := hex4(l.chars[next+1 : to])
			next += 1 + digits
			if digits == 4 {
				b = appendUnit(b, v)
				break
			}
			if malformed != nil {
				malformed(l.offsets[i], l.offsets[next-1]+1)
			}
			b = append(b, l.chars[i:next]...) // ASCII: backslash, u, digits
		default:
			b = appendUnit(b, uint16(unescape(l.chars[next])))
			next++
		}
		if unit != nil {
			unit(len(b), l.offsets[i], l.offsets[next-1]+1)
		}
		i = next
	}
	return string(b)
}

func unescape(c byte) byte {
	switch c {
	case 't':
		return '\t'
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 'f':
		return '\f'
	}
	return c
}

// hex4 reads up to four hexadecimal digits and says how many there are.
func hex4(s []byte) (v uint16, digits int) {
	for digits < 4 && digits < len(s) {
		c := s[digits]
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c >= 'a' && c <= 'f':
			c -= 'a' - 10
		case c >= 'A' && c <= 'F':
			c -= 'A' - 10
		default:
			return v, digits
		}
		v = v<<4 | uint16(c)
		digits++
	}
	return v, digits
}
