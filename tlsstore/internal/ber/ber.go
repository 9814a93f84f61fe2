// Package ber reads ASN.1 in BER, of which DER is a part: indefinite lengths and strings in pieces, as browsers and
// Bouncy Castle write them. Nothing is allocated by a length that a file states, and nesting is bounded.
package ber

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/kcfg/kcfg/internal/plural"
)

const (
	// maxDepth bounds nested indefinite lengths and nested string pieces; real files have at most 5.
	maxDepth = 64
	// maxElements bounds what one indefinite length may enclose; producers write pieces of 1000 bytes and more, so
	// that a file of 64 MiB has fewer than 70,000.
	maxElements = 1 << 20
)

// Classes of tags.
const (
	Universal       = 0
	Application     = 1
	ContextSpecific = 2
	Private         = 3
)

// Universal tags.
const (
	TagBoolean     = 1
	TagInteger     = 2
	TagBitString   = 3
	TagOctetString = 4
	TagNull        = 5
	TagOID         = 6
	TagUTF8String  = 12
	TagSequence    = 16
	TagSet         = 17
	TagPrintable   = 19
	TagT61String   = 20
	TagIA5String   = 22
	TagBMPString   = 30
)

var (
	errTruncated  = errors.New("ends in the middle of an ASN.1 element")
	errIndefinite = errors.New("indefinite length of a primitive ASN.1 element")
	errDepth      = errors.New("ASN.1 nested deeper than " + strconv.Itoa(maxDepth))
	errElements   = errors.New("more than " + strconv.Itoa(maxElements) + " ASN.1 elements in one")
)

// Element is one ASN.1 element. Raw and Content are parts of what was read, not copies.
type Element struct {
	Class       int
	Tag         int
	Constructed bool
	Indefinite  bool
	Raw         []byte // with header, and end-of-contents where the length is indefinite
	Content     []byte
}

// Read reads the first element of b and returns what follows it.
func Read(b []byte) (e Element, rest []byte, err error) {
	if e, header, length, err := readHeader(b); err == nil && !e.Indefinite && length <= len(b)-header {
		end := header + length
		e.Raw, e.Content = b[:end:end], b[header:end:end]
		return e, b[end:], nil
	}
	n := 0
	return read(b, maxDepth, &n)
}

// Single reads the only element of b: bytes after it are an error.
func Single(b []byte) (Element, error) {
	e, rest, err := Read(b)
	if err == nil && len(rest) > 0 {
		return e, fmt.Errorf("%s after the end of an ASN.1 element", plural.Of(len(rest), "byte"))
	}
	return e, err
}

func read(b []byte, depth int, n *int) (e Element, rest []byte, err error) {
	if *n++; *n > maxElements {
		return e, nil, errElements
	}
	e, header, length, err := readHeader(b)
	if err != nil {
		return e, nil, err
	}
	if !e.Indefinite {
		if length > len(b)-header {
			return e, nil, errTruncated
		}
		end := header + length
		e.Raw, e.Content = b[:end:end], b[header:end:end]
		return e, b[end:], nil
	}
	if !e.Constructed {
		return e, nil, errIndefinite
	}
	if depth == 0 {
		return e, nil, errDepth
	}
	for rest = b[header:]; ; {
		if len(rest) >= 2 && rest[0] == 0 && rest[1] == 0 {
			end := len(b) - len(rest)
			e.Content, e.Raw = b[header:end:end], b[:end+2:end+2]
			return e, rest[2:], nil
		}
		if _, rest, err = read(rest, depth-1, n); err != nil {
			return e, nil, err
		}
	}
}

func readHeader(b []byte) (e Element, header, length int, err error) {
	if len(b) < 2 {
		return e, 0, 0, errTruncated
	}
	e.Class, e.Constructed, e.Tag = int(b[0]>>6), b[0]&0x20 != 0, int(b[0]&0x1f)
	i := 1
	if e.Tag == 0x1f {
		e.Tag = 0
		for {
			if i >= len(b) {
				return e, 0, 0, errTruncated
			}
			c := b[i]
			i++
			if e.Tag > 1<<20 {
				return e, 0, 0, errors.New("ASN.1 tag is too large")
			}
			e.Tag = e.Tag<<7 | int(c&0x7f)
			if c&0x80 == 0 {
				break
			}
		}
	}
	if i >= len(b) {
		return e, 0, 0, errTruncated
	}
	first := b[i]
	i++
	switch {
	case first < 0x80:
		return e, i, int(first), nil
	case first == 0x80:
		e.Indefinite = true
		return e, i, 0, nil
	case first == 0xff:
		return e, 0, 0, errors.New("reserved ASN.1 length")
	}
	for count := int(first & 0x7f); count > 0; count-- {
		if i >= len(b) {
			return e, 0, 0, errTruncated
		}
		if length > 1<<30 {
			return e, 0, 0, errTruncated
		}
		length = length<<8 | int(b[i])
		i++
	}
	return e, i, length, nil
}

// Is reports whether the element has that class and tag.
func (e Element) Is(class, tag int) bool { return e.Class == class && e.Tag == tag }

// Children reads the elements of a constructed element, at most limit of them.
func (e Element) Children(limit int) ([]Element, error) {
	n, err := e.Count(limit) // first: elements are large, and most lists short
	if err != nil {
		return nil, err
	}
	all := make([]Element, n)
	rest := e.Content
	for i := range all {
		all[i], rest, _ = Read(rest)
	}
	return all, nil
}

func errLimit(limit int) error { return fmt.Errorf("more than %d ASN.1 elements", limit) }

// Append appends the elements of a constructed element to all, at most limit of them: for short lists, into an array of the caller's.
func (e *Element) Append(all []Element, limit int) ([]Element, error) {
	if !e.Constructed {
		return nil, fmt.Errorf("ASN.1 tag %d is not constructed", e.Tag)
	}
	n := 0
	for rest := e.Content; len(rest) > 0; n++ {
		next, after, err := Read(rest)
		if err != nil {
			return nil, err
		}
		if n == limit {
			return nil, errLimit(limit)
		}
		all, rest = append(all, next), after
	}
	return all, nil
}

// Count counts the elements of a constructed element, which Read then reads without errors. More than limit are one.
func (e *Element) Count(limit int) (n int, err error) {
	if !e.Constructed {
		return 0, fmt.Errorf("ASN.1 tag %d is not constructed", e.Tag)
	}
	for rest := e.Content; len(rest) > 0; n++ {
		if _, rest, err = Read(rest); err != nil {
			return 0, err
		}
		if n == limit {
			return 0, errLimit(limit)
		}
	}
	return n, nil
}

// Few reads the elements of a constructed element into all, and returns how many there are. More of them than fit are an error,
// as of Children, which it does without an allocation.
func (e *Element) Few(all []Element) (n int, err error) {
	some, err := e.Append(all[:0], len(all))
	return len(some), err
}

// Octets returns the bytes of a string, putting its pieces together where it comes in pieces. The result may be a part of
// what was read.
func (e Element) Octets() ([]byte, error) {
	if !e.Constructed {
		return e.Content, nil
	}
	p := pieces{out: make([]byte, 0, len(e.Content))}
	rest, err := p.read(e.Content, maxDepth, false)
	if err == nil && len(rest) > 0 {
		err = errTruncated
	}
	return p.out, err
}

// pieces puts a string together in one pass: to read each piece as an element first would read what is nested 64 deep 64
// times.
type pieces struct {
	out []byte
	n   int
}

// read appends the pieces in b: all of it, or up to the end-of-contents of an indefinite length.
func (p *pieces) read(b []byte, depth int, indefinite bool) (rest []byte, err error) {
	if depth == 0 {
		return nil, errDepth
	}
	for len(b) > 0 {
		if indefinite && len(b) >= 2 && b[0] == 0 && b[1] == 0 {
			return b[2:], nil
		}
		if p.n++; p.n > maxElements {
			return nil, errElements
		}
		e, header, length, err := readHeader(b)
		switch {
		case err != nil:
			return nil, err
		case e.Indefinite && !e.Constructed:
			return nil, errIndefinite
		case e.Indefinite:
			if b, err = p.read(b[header:], depth-1, true); err != nil {
				return nil, err
			}
			continue
		case length > len(b)-header:
			return nil, errTruncated
		case e.Constructed:
			if _, err := p.read(b[header:header+length], depth-1, false); err != nil {
				return nil, err
			}
		default:
			p.out = append(p.out, b[header:header+length]...)
		}
		b = b[header+length:]
	}
	if indefinite {
		return nil, errTruncated
	}
	return nil, nil
}

// Int returns a non-negative INTEGER that fits into an int.
func (e Element) Int() (int, error) {
	if !e.Is(Universal, TagInteger) || e.Constructed {
		return 0, fmt.Errorf("ASN.1 tag %d instead of an INTEGER", e.Tag)
	}
	if len(e.Content) == 0 || e.Content[0]&0x80 != 0 {
		return 0, errors.New("INTEGER is negative or empty")
	}
	n := 0
	for _, c := range e.Content {
		if n > 1<<53 {
			return 0, errors.New("INTEGER is too large")
		}
		n = n<<8 | int(c)
	}
	return n, nil
}

// OID returns an OBJECT IDENTIFIER in dotted form.
func (e Element) OID() (string, error) {
	if !e.Is(Universal, TagOID) || e.Constructed || len(e.Content) == 0 || len(e.Content) > 128 {
		return "", fmt.Errorf("ASN.1 tag %d instead of an OBJECT IDENTIFIER", e.Tag)
	}
	if dotted, ok := commonOf(e.Content); ok {
		return dotted, nil
	}
	out := make([]byte, 0, 32)
	arc, first := uint64(0), true
	for i, c := range e.Content {
		if arc > 1<<56 {
			return "", errors.New("OBJECT IDENTIFIER is too large")
		}
		arc = arc<<7 | uint64(c&0x7f)
		if c&0x80 != 0 {
			if i == len(e.Content)-1 {
				return "", errTruncated
			}
			continue
		}
		if first {
			first = false
			top := min(arc/40, 2)
			out = strconv.AppendUint(out, top, 10)
			arc -= 40 * top
		}
		out = strconv.AppendUint(append(out, '.'), arc, 10)
		arc = 0
	}
	return string(out), nil
}

// Inside returns what follows the header of the first element, whether or not its length is right. It is for telling formats
// apart by the beginning of a file.
func Inside(b []byte) ([]byte, bool) {
	_, header, _, err := readHeader(b)
	if err != nil {
		return nil, false
	}
	return b[header:], true
}
