// Package pkcs12 reads and writes PKCS#12 files bag by bag. It knows nothing of Java's entries: package tlsstore makes entries
// of bags and bags of entries.
//
// Reading takes BER as well as DER, any number of safes and any kind of bag, says what it would cost before the first
// derivation, and carries what it does not understand.
package pkcs12

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"unicode/utf16"

	"github.com/kcfg/kcfg/tlsstore/internal/ber"
)

var (
	// ErrFormat is what is no PKCS#12 file.
	ErrFormat = errors.New("not a PKCS#12 file")
	// ErrCorrupt is a PKCS#12 file with a structure that makes no sense.
	ErrCorrupt = errors.New("damaged PKCS#12 file")
	// ErrPassword is a MAC, or where there is none a decryption, that fails.
	ErrPassword = errors.New("wrong password, or the file was changed")
	// ErrTooCostly is a file beyond the limits.
	ErrTooCostly = errors.New("too costly")
)

// Type is the kind of a bag.
type Type uint8

// The kinds of bags.
const (
	ShroudedKey Type = iota + 1
	PlainKey         // not encrypted
	Certificate      // X.509
	CRL
	Secret
	Other
)

// Object identifiers of bags, attributes and contents.
const (
	oidPlainKey    = "1.2.840.113549.1.12.10.1.1"
	oidShroudedKey = "1.2.840.113549.1.12.10.1.2"
	oidCert        = "1.2.840.113549.1.12.10.1.3"
	oidCRL         = "1.2.840.113549.1.12.10.1.4"
	oidSecret      = "1.2.840.113549.1.12.10.1.5"
	oidSafe        = "1.2.840.113549.1.12.10.1.6"
	oidX509        = "1.2.840.113549.1.9.22.1"
	oidX509CRL     = "1.2.840.113549.1.9.23.1"

	oidFriendlyName = "1.2.840.113549.1.9.20"
	oidLocalKeyID   = "1.2.840.113549.1.9.21"
	oidTrustedUsage = "2.16.840.1.113894.746875.1.1"
	oidAnyUsage     = "2.5.29.37.0"

	oidData          = "1.2.840.113549.1.7.1"
	oidEncryptedData = "1.2.840.113549.1.7.6"
)

// Bag is one safe bag.
type Bag struct {
	Type      Type
	OID       string
	Raw       []byte // the whole bag, as it was read
	Encrypted bool   // it stood in an encrypted safe
	First     bool   // it is the first bag of its safe
	Nested    bool   // it stood in a bag of bags

	Name       string // friendlyName
	HasName    bool
	Halved     bool // Name stands for one with half a surrogate pair, which UTF-8 cannot hold
	LocalKeyID []byte
	HasKeyID   bool
	Trusted    []byte   // value of Oracle's trusted-key-usage attribute, a SET; nil where there is none
	Attributes [][]byte // the other attributes, as they were read
	refused    string   // why Java does not load a file with this bag; empty where it does

	Certificate []byte // DER
	Protected   []byte // EncryptedPrivateKeyInfo of a key or secret
	Key         []byte // PrivateKeyInfo; nil while locked
	Opened      int    // which password opened Key: 0 the file's, else 1 + the index of the key password
	Algorithm   string // of Protected, in words
	Iterations  int
	Why         string // why Key is locked
}

// readBags reads a SafeContents, which is a sequence of bags.
func (r *reader) readBags(data []byte, encrypted bool, depth int) error {
	if depth > maxNesting {
		return fmt.Errorf("%w: bags nested deeper than %d", ErrCorrupt, maxNesting)
	}
	seq, err := single(data, ber.TagSequence)
	if err != nil {
		return err
	}
	if n, err := seq.Count(r.limits.Entries - r.bags); err == nil && depth == 0 {
		r.file.Bags = slices.Grow(r.file.Bags, n)
	}
	first := true
	for rest := seq.Content; len(rest) > 0; first = false {
		var e ber.Element
		if e, rest, err = ber.Read(rest); err != nil {
			return corrupt(err)
		}
		if r.bags++; r.bags > r.limits.Entries {
			return fmt.Errorf("%w: more than %d bags", ErrTooCostly, r.limits.Entries)
		}
		if err := r.readBag(e, encrypted, first, depth); err != nil {
			return err
		}
	}
	return nil
}

func (r *reader) readBag(e ber.Element, encrypted, first bool, depth int) error {
	var parts [3]ber.Element
	n, err := e.Few(parts[:])
	if err != nil {
		return corrupt(err)
	}
	if n < 2 || !parts[1].Is(ber.ContextSpecific, 0) {
		return fmt.Errorf("%w: a bag without value", ErrCorrupt)
	}
	oid, err := parts[0].OID()
	if err != nil {
		return corrupt(err)
	}
	value, err := ber.Single(parts[1].Content)
	if err != nil {
		return corrupt(err)
	}
	b := Bag{OID: oid, Raw: e.Raw, Encrypted: encrypted, First: first, Nested: depth > 0}
	if err := b.readValue(value); err != nil {
		return err
	}
	switch b.Type {
	case ShroudedKey, PlainKey, Secret:
		if r.keys++; r.keys > r.limits.Keys {
			return fmt.Errorf("%w: more than %d keys", ErrTooCostly, r.limits.Keys)
		}
	}
	if n == 3 {
		if err := r.readAttributes(&b, parts[2]); err != nil {
			return err
		}
	}
	if depth == 0 && r.file.Refused == "" {
		r.file.Refused = b.refused
	}
	if oid == oidSafe {
		return r.readBags(value.Raw, encrypted, depth+1)
	}
	r.file.Bags = append(r.file.Bags, b)
	return nil
}

func (b *Bag) readValue(value ber.Element) error {
	switch b.OID {
	case oidPlainKey:
		b.Type, b.Key = PlainKey, value.Raw
	case oidShroudedKey:
		b.Type, b.Protected = ShroudedKey, value.Raw
	case oidCRL:
		b.Type = CRL
	case oidSecret:
		b.Type = Secret
		if kind, content, err := typed(value); err == nil && kind == oidShroudedKey {
			b.Protected = content
		}
	case oidCert:
		kind, content, err := typed(value)
		if err != nil {
			return err
		}
		if b.Type = Other; kind == oidX509 {
			b.Type, b.Certificate = Certificate, content
		} else {
			b.refused = "a certificate bag of type " + kind
		}
		if len(b.Certificate) > maxCertificate {
			return fmt.Errorf("%w: a certificate of %d bytes; the limit is %d", ErrTooCostly, len(content), maxCertificate)
		}
	default:
		b.Type = Other
	}
	return nil
}

// typed reads what certificate and secret bags hold: a type and an OCTET STRING.
func typed(value ber.Element) (oid string, content []byte, err error) {
	var parts [2]ber.Element
	if n, err := value.Few(parts[:]); err != nil || n != 2 || !parts[1].Is(ber.ContextSpecific, 0) {
		return "", nil, fmt.Errorf("%w: a bag's value", ErrCorrupt)
	}
	if oid, err = parts[0].OID(); err != nil {
		return "", nil, corrupt(err)
	}
	inner, err := ber.Single(parts[1].Content)
	if err != nil {
		return "", nil, corrupt(err)
	}
	content, err = inner.Octets()
	return oid, content, err
}

func (r *reader) readAttributes(b *Bag, set ber.Element) error {
	if !set.Is(ber.Universal, ber.TagSet) {
		return fmt.Errorf("%w: bag attributes are no SET", ErrCorrupt)
	}
	attributes, err := set.Children(maxAttributes)
	if err != nil {
		return corrupt(err)
	}
	if r.attributes += len(attributes); r.attributes > attributesPerBag*r.limits.Entries {
		return fmt.Errorf("%w: more than %d bag attributes", ErrTooCostly, attributesPerBag*r.limits.Entries)
	}
	for _, a := range attributes {
		var parts [2]ber.Element
		if n, err := a.Few(parts[:]); err != nil || n != 2 {
			return fmt.Errorf("%w: a bag attribute", ErrCorrupt)
		}
		oid, err := parts[0].OID()
		if err != nil {
			return corrupt(err)
		}
		if !b.known(oid, parts[1]) {
			b.Attributes = append(b.Attributes, a.Raw)
		}
	}
	if r.aliases += len(b.Name); r.aliases > r.limits.Aliases {
		return fmt.Errorf("%w: aliases of more than %d bytes together", ErrTooCostly, r.limits.Aliases)
	}
	return nil
}

// known takes the attributes that have a meaning, and reports whether it did. Like Java it takes the first value of several, and
// minds an attribute without value only where it looks for one.
func (b *Bag) known(oid string, values ber.Element) bool {
	if oid == oidTrustedUsage {
		b.Trusted = values.Raw
		return true
	}
	value, _, err := ber.Read(values.Content)
	content, errContent := value.Octets()
	right := err == nil && errContent == nil
	switch oid {
	case oidLocalKeyID:
		if right = right && value.Is(ber.Universal, ber.TagOctetString); right {
			b.LocalKeyID, b.HasKeyID = content, true
		} else {
			b.refused = "a local key ID that is no OCTET STRING"
		}
	case oidFriendlyName:
		if right = right && value.Is(ber.Universal, ber.TagBMPString) && len(content)%2 == 0; right {
			b.Name, b.HasName = fromUTF16(content), true
			b.Halved = string(toUTF16(b.Name)) != string(content)
		} else {
			b.refused = "a friendly name that is no BMPString"
		}
	default:
		return false
	}
	return right
}

func fromUTF16(b []byte) string {
	units := make([]uint16, len(b)/2)
	for i := range units {
		units[i] = uint16(b[2*i])<<8 | uint16(b[2*i+1])
	}
	return string(utf16.Decode(units))
}

func single(data []byte, tag int) (ber.Element, error) {
	e, err := ber.Single(data)
	if err != nil {
		return e, corrupt(err)
	}
	if !e.Is(ber.Universal, tag) || !e.Constructed {
		return e, fmt.Errorf("%w: ASN.1 tag %d instead of %d", ErrCorrupt, e.Tag, tag)
	}
	return e, nil
}

func corrupt(err error) error { return fmt.Errorf("%w: %w", ErrCorrupt, err) }

// Reread reads a bag that was read before.
func Reread(raw []byte) Bag {
	r := &reader{file: &File{}, limits: Limits{Entries: 1 << 20, Keys: 1 << 20, Aliases: math.MaxInt}}
	e, err := ber.Single(raw)
	if err != nil || r.readBag(e, false, false, 0) != nil || len(r.file.Bags) == 0 {
		return Bag{Type: Other, Raw: raw}
	}
	return r.file.Bags[0]
}
