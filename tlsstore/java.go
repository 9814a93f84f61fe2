package tlsstore

import (
	"bytes"
	"encoding/hex"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/kcfg/kcfg/tlsstore/internal/ber"
)

// tbs is what of a certificate can be had without knowing its algorithms.
type tbs struct {
	version         int // 1 where none is stated; 0 where it is no number
	serial          []byte
	issuer, subject []byte // DER
	spki            []byte
	notBefore       ber.Element
	notAfter        ber.Element
	signature       ber.Element // AlgorithmIdentifier
	extensions      []byte      // nil where there are none
}

// parseTBS takes a certificate apart. Java and others carry certificates that crypto/x509 refuses: unknown curves, negative
// serial numbers.
func parseTBS(der []byte) (t tbs, ok bool) {
	cert, err := ber.Single(der)
	if err != nil || !cert.Is(ber.Universal, ber.TagSequence) {
		return t, false
	}
	body, rest, err := ber.Read(cert.Content)
	if err != nil || !body.Is(ber.Universal, ber.TagSequence) {
		return t, false
	}
	if t.signature, _, err = ber.Read(rest); err != nil {
		return t, false
	}
	rest = body.Content
	var field [7]ber.Element
	for i := 0; i < len(field); i++ {
		if field[i], rest, err = ber.Read(rest); err != nil {
			return t, false
		}
		if i == 0 && !field[0].Is(ber.ContextSpecific, 0) { // version 1 has no version
			field[1], i = field[0], 1
		}
	}
	var validity [2]ber.Element
	if n, err := field[4].Few(validity[:]); err != nil || n != 2 {
		return t, false
	}
	t = tbs{serial: field[1].Content, issuer: field[3].Raw, subject: field[5].Raw, spki: field[6].Raw,
		notBefore: validity[0], notAfter: validity[1], signature: t.signature, version: 1}
	if field[0].Is(ber.ContextSpecific, 0) {
		t.version = 0
		if n, err := ber.Single(field[0].Content); err == nil && len(n.Content) == 1 && n.Is(ber.Universal, ber.TagInteger) {
			t.version = int(n.Content[0]) + 1
		}
	}
	for len(rest) > 0 {
		var e ber.Element
		if e, rest, err = ber.Read(rest); err != nil {
			return t, false
		}
		if e.Is(ber.ContextSpecific, 3) {
			t.extensions = e.Content
		}
	}
	return t, field[3].Is(ber.Universal, ber.TagSequence) && field[5].Is(ber.Universal, ber.TagSequence)
}

// keyIDs returns the key identifiers that the extensions state, authority's and subject's.
func (t *tbs) keyIDs() (authority, subject []byte) {
	eachExtension(t.extensions, 1<<10, func(oid string, _ bool, content []byte) {
		if oid != "2.5.29.14" && oid != "2.5.29.35" {
			return
		}
		value, err := ber.Single(content)
		if err != nil {
			return
		}
		if oid == "2.5.29.14" {
			subject = value.Content
			return
		}
		var items [3]ber.Element
		if n, err := value.Few(items[:]); err == nil && n > 0 && items[0].Is(ber.ContextSpecific, 0) {
			authority = items[0].Content
		}
	})
	return authority, subject
}

// nameless says what a certificate has, or lacks, of names that Java parses none with; empty where there is nothing. It takes an
// empty subject only with alternative names that are marked critical.
func nameless(issuer, subject, extensions []byte) string {
	const empty = 2 // bytes of a SEQUENCE of nothing
	if len(issuer) == empty {
		return "no issuer's name"
	}
	if len(subject) != empty {
		return ""
	}
	names, marked := 0, false
	eachExtension(extensions, maxExtensions, func(oid string, critical bool, content []byte) {
		if oid == oidAlternativeNames {
			marked = critical
			eachElement(content, func(ber.Element) { names++ })
		}
	})
	switch {
	case names == 0:
		return "neither a subject nor alternative names"
	case !marked:
		return "no subject, and its alternative names are not marked critical"
	}
	return ""
}

// isCA reports that the basic constraints name an authority.
func (t *tbs) isCA() bool {
	ca := false
	eachExtension(t.extensions, maxExtensions, func(oid string, _ bool, content []byte) {
		if oid != oidBasicConstraints {
			return
		}
		if value, err := ber.Single(content); err == nil {
			ca = saysCA(value)
		}
	})
	return ca
}

// rfc2253 reports whether an attribute type has a keyword in RFC 2253; the others Java compares by their encoding.
func rfc2253(oid string) bool {
	switch oid {
	case "2.5.4.3", "2.5.4.6", "2.5.4.7", "2.5.4.8", "2.5.4.9", "2.5.4.10", "2.5.4.11",
		"0.9.2342.19200300.100.1.25", "0.9.2342.19200300.100.1.1":
		return true
	}
	return false
}

// maxAttributes bounds what a distinguished name is made of; real ones have up to 10 attributes.
const maxAttributes = 1 << 10

// javaName returns a form of a distinguished name that is equal where Java's X500Principal is: printable strings compare
// without regard to case, to blanks and to their encoding.
func javaName(der []byte) string {
	name, err := ber.Single(der)
	if err != nil {
		return string(der)
	}
	if _, err := name.Count(maxAttributes); err != nil {
		return string(der)
	}
	var room [128]byte
	out := room[:0]
	left := maxAttributes
	for rest := name.Content; len(rest) > 0; {
		var rdn ber.Element
		rdn, rest, _ = ber.Read(rest)
		n, err := rdn.Count(left)
		if err != nil {
			return string(der)
		}
		left -= n
		if n == 1 {
			ava, _, _ := ber.Read(rdn.Content)
			out = appendJavaAVA(out, ava)
		} else {
			out = append(out, javaRDN(rdn)...)
		}
		out = append(out, ',')
	}
	return string(out)
}

// javaRDN puts several attributes in one RDN in order, as Java does.
func javaRDN(rdn ber.Element) string {
	var parts []string
	for rest := rdn.Content; len(rest) > 0; {
		var ava ber.Element
		ava, rest, _ = ber.Read(rest)
		parts = append(parts, string(appendJavaAVA(nil, ava)))
	}
	slices.Sort(parts)
	return strings.Join(parts, "+")
}

func appendJavaAVA(out []byte, ava ber.Element) []byte {
	var parts [2]ber.Element
	if n, err := ava.Few(parts[:]); err != nil || n != 2 {
		return hex.AppendEncode(out, ava.Raw)
	}
	oid, err := parts[0].OID()
	value := parts[1]
	printable := value.Is(ber.Universal, ber.TagPrintable) || value.Is(ber.Universal, ber.TagUTF8String)
	if err != nil || !printable || !rfc2253(oid) {
		return hex.AppendEncode(out, ava.Raw)
	}
	return appendJavaText(append(append(out, oid...), '='), value.Content)
}

// appendJavaText appends text without what does not count: case, blanks around it, and of several blanks all but one.
func appendJavaText(out, text []byte) []byte {
	if slices.ContainsFunc(text, func(c byte) bool { return c >= utf8.RuneSelf }) {
		return append(out, javaText(text)...)
	}
	for len(text) > 0 && text[0] <= ' ' {
		text = text[1:]
	}
	for len(text) > 0 && text[len(text)-1] <= ' ' {
		text = text[:len(text)-1]
	}
	for i, c := range text {
		if c == ' ' && text[i-1] == ' ' {
			continue
		}
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		out = append(out, c)
	}
	return out
}

// javaText does so with any characters.
func javaText(content []byte) string {
	text := string(bytes.ToValidUTF8(content, []byte("\uFFFD")))
	for strings.Contains(text, "  ") {
		text = strings.ReplaceAll(text, "  ", " ")
	}
	text = strings.TrimFunc(text, func(r rune) bool { return r <= ' ' })
	return strings.ToLower(strings.ToUpper(text))
}
