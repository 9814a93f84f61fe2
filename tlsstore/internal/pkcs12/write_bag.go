package pkcs12

import (
	"sync"
	"unicode/utf16"

	"github.com/kcfg/kcfg/tlsstore/internal/ber"
	"github.com/kcfg/kcfg/tlsstore/internal/pbe"
)

// OutBag is a bag to be written.
type OutBag struct {
	Bag
	Password *pbe.Password // encrypts Key; nil: the file's
}

func (b *OutBag) withCertificates() bool { return b.Type == Certificate || b.Encrypted }

// Relabel returns a bag, given as it was read, with the attributes of another.
func Relabel(raw []byte, b Bag) []byte {
	bag, err := ber.Single(raw)
	if err != nil {
		return raw // it was read before
	}
	parts, err := bag.Children(3)
	if err != nil || len(parts) < 2 {
		return raw
	}
	return ber.Sequence(parts[0].Raw, parts[1].Raw, encodeAttributes(&b))
}

// encoded are the object identifiers of bags of certificates, of which there may be many.
var encoded = sync.OnceValue(func() (e struct{ cert, x509, friendlyName, localKeyID, trusted []byte }) {
	e.cert, e.x509 = ber.OID(oidCert), ber.OID(oidX509)
	e.friendlyName, e.localKeyID, e.trusted = ber.OID(oidFriendlyName), ber.OID(oidLocalKeyID), ber.OID(oidTrustedUsage)
	return e
})

// appendBag appends a bag, the certificate in it not copied.
func appendBag(out ber.Parts, b *OutBag) ber.Parts {
	if b.Raw != nil || b.Type != Certificate {
		return append(out, encodeBag(b, nil))
	}
	oids, attributes := encoded(), encodeAttributes(&b.Bag)
	octets := ber.Size(len(b.Certificate))
	value := len(oids.x509) + ber.Size(octets)
	head := make([]byte, 0, 64)
	head = ber.AppendHeader(head, ber.Universal, ber.TagSequence, true, len(oids.cert)+ber.Size(ber.Size(value))+len(attributes))
	head = ber.AppendHeader(append(head, oids.cert...), ber.ContextSpecific, 0, true, ber.Size(value))
	head = ber.AppendHeader(head, ber.Universal, ber.TagSequence, true, value)
	head = ber.AppendHeader(append(head, oids.x509...), ber.ContextSpecific, 0, true, octets)
	head = ber.AppendHeader(head, ber.Universal, ber.TagOctetString, false, len(b.Certificate))
	return append(out, head, b.Certificate, attributes)
}

// encodeBag returns a bag as it was read, or one made of its parts.
func encodeBag(b *OutBag, protected []byte) []byte {
	if b.Raw != nil {
		return b.Raw
	}
	var value []byte
	switch b.Type {
	case Secret:
		value = ber.Sequence(ber.OID(oidShroudedKey), ber.Explicit(0, ber.OctetString(protected)))
	default:
		value = protected
	}
	parts := [][]byte{ber.OID(b.OID), ber.Explicit(0, value)}
	if attributes := encodeAttributes(&b.Bag); attributes != nil {
		parts = append(parts, attributes)
	}
	return ber.Sequence(parts...)
}

func encodeAttributes(b *Bag) []byte {
	oids := encoded()
	var all [][]byte
	if b.HasName {
		all = append(all, ber.Sequence(oids.friendlyName, ber.Set(ber.Make(ber.Universal, ber.TagBMPString, false, toUTF16(b.Name)))))
	}
	if b.HasKeyID {
		all = append(all, ber.Sequence(oids.localKeyID, ber.Set(ber.OctetString(b.LocalKeyID))))
	}
	if b.Trusted != nil {
		all = append(all, ber.Sequence(oids.trusted, b.Trusted))
	}
	if all = append(all, b.Attributes...); len(all) == 0 {
		return nil
	}
	return ber.SortedSet(all...)
}

// AnyUsage returns the value of the trusted-key-usage attribute that makes a certificate trusted for everything.
func AnyUsage() []byte { return ber.Set(ber.OID(oidAnyUsage)) }

// NewKeyBag returns a bag for a key, NewCertificateBag one for a certificate.
func NewKeyBag(t Type) Bag {
	if t == Secret {
		return Bag{Type: Secret, OID: oidSecret}
	}
	return Bag{Type: ShroudedKey, OID: oidShroudedKey}
}

// NewCertificateBag returns a bag for a certificate without attributes.
func NewCertificateBag(der []byte) Bag {
	return Bag{Type: Certificate, OID: oidCert, Certificate: der}
}

// NestedBag returns a bag that holds another one, which Java does not see in there.
func NestedBag(b Bag) Bag {
	raw := ber.Sequence(ber.OID(oidSafe), ber.Explicit(0, ber.Sequence(b.Raw)))
	return Bag{Type: Other, OID: oidSafe, Raw: raw, Encrypted: b.Encrypted}
}

// CRLBag returns the bag that holds a list of revoked certificates.
func CRLBag(der []byte) []byte {
	return ber.Sequence(ber.OID(oidCRL), ber.Explicit(0, ber.Sequence(ber.OID(oidX509CRL), ber.Explicit(0, ber.OctetString(der)))))
}

func toUTF16(s string) []byte {
	units := utf16.Encode([]rune(s))
	out := make([]byte, 0, 2*len(units))
	for _, u := range units {
		out = append(out, byte(u>>8), byte(u))
	}
	return out
}
