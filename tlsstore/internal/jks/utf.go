package jks

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// plain reports that modified UTF-8 is ASCII, as nearly all of it is.
func plain(b []byte) bool {
	for _, c := range b {
		if c >= 0x80 {
			return false
		}
	}
	return true
}

// decodeUTF reads Java's modified UTF-8: NUL takes two bytes, and what is beyond the BMP is two surrogates of three bytes.
func decodeUTF(b []byte) (string, error) {
	if utf8.Valid(b) && !bytes.ContainsFunc(b, func(r rune) bool { return r > 0xffff }) {
		return string(b), nil // the same in UTF-8
	}
	units := make([]uint16, 0, len(b))
	bad := fmt.Errorf("%w: not modified UTF-8", ErrCorrupt)
	for i := 0; i < len(b); {
		c := b[i]
		n := 1
		switch {
		case c < 0x80:
		case c>>5 == 6:
			n = 2
		case c>>4 == 14:
			n = 3
		default:
			return "", bad
		}
		if i+n > len(b) {
			return "", bad
		}
		unit := uint16(c)
		if n == 2 {
			unit = uint16(c & 0x1f)
		} else if n == 3 {
			unit = uint16(c & 0x0f)
		}
		for _, next := range b[i+1 : i+n] {
			if next>>6 != 2 {
				return "", bad
			}
			unit = unit<<6 | uint16(next&0x3f)
		}
		units = append(units, unit)
		i += n
	}
	return string(utf16.Decode(units)), nil
}

// halved reports that a name was read with a replacement character in place of half a surrogate pair.
func halved(b []byte, s string) bool {
	return strings.Count(s, "\uFFFD") > bytes.Count(b, []byte("\uFFFD"))
}

// encodeUTF writes modified UTF-8.
func encodeUTF(s string) []byte {
	var out []byte
	for _, r := range s {
		switch {
		case r == 0:
			out = append(out, 0xc0, 0x80)
		case r > 0xffff:
			hi, lo := utf16.EncodeRune(r)
			out = append(out, surrogate(hi)...)
			out = append(out, surrogate(lo)...)
		default:
			out = utf8.AppendRune(out, r)
		}
	}
	return out
}

func surrogate(r rune) []byte {
	return []byte{0xe0 | byte(r>>12), 0x80 | byte(r>>6)&0x3f, 0x80 | byte(r)&0x3f}
}
