package tlsstore

import (
	"bytes"
	"encoding/hex"
	"slices"
	"strings"
	"unicode"

	"github.com/kcfg/kcfg/tlsstore/internal/ber"
)

// FoldAlias returns the form of an alias by which Java's stores compare it: in lower case, as Java understands that.
func FoldAlias(alias string) string { return javaLower(alias) }

// javaLower folds an alias as Java's stores do, with String.toLowerCase(Locale.ENGLISH).
func javaLower(s string) string {
	plain := true
	for _, c := range []byte(s) {
		if c >= 0x80 || 'A' <= c && c <= 'Z' {
			plain = false
			break
		}
	}
	if plain {
		return s
	}
	var b strings.Builder
	runes := []rune(s)
	for i, r := range runes {
		switch r {
		case 'İ':
			b.WriteString("i̇") // two characters, in Unicode's SpecialCasing
		case 'Σ':
			if finalSigma(runes, i) {
				b.WriteRune('ς')
			} else {
				b.WriteRune('σ')
			}
		default:
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return b.String()
}

// finalSigma is Unicode's Final_Sigma: a cased letter before, none after.
func finalSigma(s []rune, at int) bool {
	before, after := false, false
	for i := at - 1; i >= 0; i-- {
		if !caseIgnorable(s[i]) {
			before = cased(s[i])
			break
		}
	}
	for _, r := range s[at+1:] {
		if !caseIgnorable(r) {
			after = cased(r)
			break
		}
	}
	return before && !after
}

func cased(r rune) bool {
	return unicode.IsUpper(r) || unicode.IsLower(r) || unicode.IsTitle(r) || unicode.Is(unicode.Other_Uppercase, r) || unicode.Is(unicode.Other_Lowercase, r)
}

func caseIgnorable(r rune) bool {
	return unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf, unicode.Lm, unicode.Sk) || strings.ContainsRune("'.:··‘’․‧︓﹒﹕'.:", r)
}

// tbs is what of a certificate can be had without knowing its algorithms.
type tbs struct {
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
	validity, err := field[4].Children(2)
	if err != nil || len(validity) != 2 {
		return t, false
	}
	t = tbs{serial: field[1].Content, issuer: field[3].Raw, subject: field[5].Raw, spki: field[6].Raw,
		notBefore: validity[0], notAfter: validity[1], signature: t.signature}
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
func (t tbs) keyIDs() (authority, subject []byte) {
	list, err := ber.Single(t.extensions)
	if err != nil {
		return nil, nil
	}
	all, err := list.Children(1 << 10)
	if err != nil {
		return nil, nil
	}
	for _, x := range all {
		parts, err := x.Children(3)
		if err != nil || len(parts) < 2 {
			continue
		}
		oid, _ := parts[0].OID()
		value, err := ber.Single(parts[len(parts)-1].Content)
		if err != nil {
			continue
		}
		switch oid {
		case "2.5.29.14":
			subject = value.Content
		case "2.5.29.35":
			if items, err := value.Children(3); err == nil && len(items) > 0 && items[0].Is(ber.ContextSpecific, 0) {
				authority = items[0].Content
			}
		}
	}
	return authority, subject
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
	rdns, err := name.Children(maxAttributes)
	if err != nil {
		return string(der)
	}
	var out strings.Builder
	left := maxAttributes
	for _, rdn := range rdns {
		avas, err := rdn.Children(left)
		if err != nil {
			return string(der)
		}
		left -= len(avas)
		parts := make([]string, len(avas))
		for i, ava := range avas {
			parts[i] = javaAVA(ava)
		}
		// Java sorts what stands in one RDN.
		if len(parts) > 1 {
			slices.Sort(parts)
		}
		out.WriteString(strings.Join(parts, "+"))
		out.WriteByte(',')
	}
	return out.String()
}

func javaAVA(ava ber.Element) string {
	parts, err := ava.Children(2)
	if err != nil || len(parts) != 2 {
		return hex.EncodeToString(ava.Raw)
	}
	oid, err := parts[0].OID()
	value := parts[1]
	printable := value.Is(ber.Universal, ber.TagPrintable) || value.Is(ber.Universal, ber.TagUTF8String)
	if err != nil || !printable || !rfc2253(oid) {
		return hex.EncodeToString(ava.Raw)
	}
	text := string(bytes.ToValidUTF8(value.Content, []byte("\uFFFD")))
	for strings.Contains(text, "  ") {
		text = strings.ReplaceAll(text, "  ", " ")
	}
	text = strings.TrimFunc(text, func(r rune) bool { return r <= ' ' })
	return oid + "=" + strings.ToLower(strings.ToUpper(text))
}
