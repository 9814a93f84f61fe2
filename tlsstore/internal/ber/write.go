package ber

import (
	"bytes"
	"math/bits"
	"slices"
	"strconv"
	"strings"
)

// Make returns the DER of an element whose content is the parts, one after the other.
func Make(class, tag int, constructed bool, parts ...[]byte) []byte {
	n := 0
	for _, p := range parts {
		n += len(p)
	}
	out := AppendHeader(make([]byte, 0, n+7), class, tag, constructed, n)
	for _, p := range parts {
		out = append(out, p...)
	}
	return out
}

// AppendHeader appends the header of an element with n bytes of content.
func AppendHeader(out []byte, class, tag int, constructed bool, n int) []byte {
	first := byte(class<<6 | tag)
	if constructed {
		first |= 0x20
	}
	return appendLength(append(out, first), n)
}

// Size returns the size of an element with n bytes of content and a tag that fits into one byte.
func Size(n int) int {
	if n < 0x80 {
		return 2 + n
	}
	return 2 + (bits.Len(uint(n))+7)/8 + n
}

// Parts is DER in pieces: what is large is copied once, however many elements enclose it.
type Parts [][]byte

// Len returns the number of bytes.
func (p Parts) Len() int {
	n := 0
	for _, b := range p {
		n += len(b)
	}
	return n
}

// In returns the element whose content the parts are.
func (p Parts) In(class, tag int, constructed bool) Parts {
	return append(Parts{AppendHeader(nil, class, tag, constructed, p.Len())}, p...)
}

// Bytes returns the parts as one, with room for so many bytes behind them.
func (p Parts) Bytes(room int) []byte {
	out := make([]byte, 0, p.Len()+room)
	for _, b := range p {
		out = append(out, b...)
	}
	return out
}

func appendLength(out []byte, n int) []byte {
	if n < 0x80 {
		return append(out, byte(n))
	}
	size := (bits.Len(uint(n)) + 7) / 8
	out = append(out, 0x80|byte(size))
	for i := size - 1; i >= 0; i-- {
		out = append(out, byte(n>>(8*i)))
	}
	return out
}

// Sequence returns the DER of a SEQUENCE.
func Sequence(parts ...[]byte) []byte { return Make(Universal, TagSequence, true, parts...) }

// Set returns the DER of a SET of one element, or of elements that the caller has put in order.
func Set(parts ...[]byte) []byte { return Make(Universal, TagSet, true, parts...) }

// Explicit returns the DER of a context-specific, constructed element.
func Explicit(tag int, parts ...[]byte) []byte { return Make(ContextSpecific, tag, true, parts...) }

// OctetString returns the DER of an OCTET STRING.
func OctetString(b []byte) []byte { return Make(Universal, TagOctetString, false, b) }

// Null is the DER of NULL.
var Null = []byte{TagNull, 0}

// Integer returns the DER of a non-negative INTEGER.
func Integer(n int) []byte {
	var b []byte
	for i := bits.Len(uint(n)) / 8; i >= 0; i-- {
		b = append(b, byte(n>>(8*i)))
	}
	return Make(Universal, TagInteger, false, b)
}

// OID returns the DER of an OBJECT IDENTIFIER in dotted form, which comes from this program.
func OID(dotted string) []byte {
	var b []byte
	arcs := strings.Split(dotted, ".")
	first := uint64(0)
	for i, s := range arcs {
		n, err := strconv.ParseUint(s, 10, 64)
		if err != nil {
			panic("ber: " + dotted)
		}
		if i == 0 {
			first = n
			continue
		}
		if i == 1 {
			n += 40 * first
		}
		shift := (max(bits.Len64(n), 1) - 1) / 7 * 7
		for ; shift > 0; shift -= 7 {
			b = append(b, 0x80|byte(n>>shift))
		}
		b = append(b, byte(n)&0x7f)
	}
	return Make(Universal, TagOID, false, b)
}

// SortedSet returns the DER of a SET OF, whose elements DER wants in the order of their encodings.
func SortedSet(parts ...[]byte) []byte {
	parts = slices.Clone(parts)
	slices.SortFunc(parts, bytes.Compare)
	return Set(parts...)
}
