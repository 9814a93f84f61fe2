package tlsstore

import (
	"encoding/hex"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/kcfg/kcfg/tlsstore/internal/ber"
)

var attributeNames = names{
	{"2.5.4.3", "CN"}, {"2.5.4.4", "SURNAME"}, {"2.5.4.5", "SERIALNUMBER"}, {"2.5.4.6", "C"}, {"2.5.4.7", "L"}, {"2.5.4.8", "ST"},
	{"2.5.4.9", "STREET"}, {"2.5.4.10", "O"}, {"2.5.4.11", "OU"}, {"2.5.4.12", "T"}, {"2.5.4.42", "GIVENNAME"}, {"2.5.4.46", "DNQ"},
	{"2.5.4.97", "ORGID"}, {"0.9.2342.19200300.100.1.25", "DC"}, {"0.9.2342.19200300.100.1.1", "UID"},
	{"1.2.840.113549.1.9.1", "EMAILADDRESS"},
}

// distinguishedName returns a name in the order and with the escapes of RFC 4514, which is Java's order too. Control
// characters stay as they are: whoever prints the name escapes them.
func distinguishedName(der []byte) string {
	left := maxAttributes
	name, err := ber.Single(der)
	if err != nil {
		return ""
	}
	var few [8]ber.Element
	rdns, err := name.Append(few[:0], left)
	if err != nil {
		return ""
	}
	var room [128]byte
	out := room[:0]
	for i := len(rdns) - 1; i >= 0; i-- {
		n, err := rdns[i].Count(left)
		if err != nil {
			return ""
		}
		left -= n
		if len(out) > 0 || i < len(rdns)-1 {
			out = append(out, ',')
		}
		for rest, k := rdns[i].Content, 0; len(rest) > 0; k++ {
			if k > 0 {
				out = append(out, '+')
			}
			var ava ber.Element
			ava, rest, _ = ber.Read(rest)
			out = appendAttribute(out, ava)
		}
	}
	return string(out)
}

func appendAttribute(out []byte, ava ber.Element) []byte {
	var parts [2]ber.Element
	if n, err := ava.Few(parts[:]); err != nil || n != 2 {
		return append(out, '?')
	}
	oid, err := parts[0].OID()
	if err != nil {
		return append(out, '?')
	}
	name := attributeNames.of(oid)
	if name == "" {
		name = oid
	}
	out = append(append(out, name...), '=')
	if value, ok := stringValue(parts[1]); ok {
		return appendEscaped(out, value)
	}
	return hex.AppendEncode(append(out, '#'), parts[1].Raw)
}

func stringValue(e ber.Element) (string, bool) {
	switch e.Tag {
	case ber.TagUTF8String, ber.TagPrintable, ber.TagIA5String, 18, 26, 27: // NumericString, VisibleString, GeneralString
		return strings.ToValidUTF8(string(e.Content), "\uFFFD"), e.Class == ber.Universal
	case ber.TagT61String:
		runes := make([]rune, len(e.Content))
		for i, c := range e.Content {
			runes[i] = rune(c)
		}
		return string(runes), true
	case ber.TagBMPString:
		units := make([]uint16, len(e.Content)/2)
		for i := range units {
			units[i] = uint16(e.Content[2*i])<<8 | uint16(e.Content[2*i+1])
		}
		return string(utf16.Decode(units)), true
	}
	return "", false
}

func appendEscaped(out []byte, s string) []byte {
	for i, r := range s {
		switch {
		case r == ',', r == '+', r == '"', r == '\\', r == '<', r == '>', r == ';', r == '#' && i == 0, r == ' ' && (i == 0 || i == len(s)-1):
			out = append(out, '\\')
		}
		out = utf8.AppendRune(out, r)
	}
	return out
}

// eachAttribute calls see for each attribute of a distinguished name.
func eachAttribute(der []byte, see func(oid string, value ber.Element)) {
	left := maxAttributes
	eachElement(der, func(rdn ber.Element) {
		eachElement(rdn.Raw, func(ava ber.Element) {
			var parts [2]ber.Element
			if n, err := ava.Few(parts[:]); err != nil || n != 2 || left == 0 {
				return
			}
			left--
			if oid, err := parts[0].OID(); err == nil {
				see(oid, parts[1])
			}
		})
	})
}
