package pkcs12

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"github.com/kcfg/kcfg/internal/plural"
	"github.com/kcfg/kcfg/tlsstore/internal/ber"
	"github.com/kcfg/kcfg/tlsstore/internal/pbe"
)

const (
	// maxNesting bounds safes within safes; no producer nests them at all.
	maxNesting = 8
	// maxSafes bounds the safes of a file; gnutls' test files have 6, Java two.
	maxSafes = 4096
	// maxAttributes bounds the attributes of a bag; real ones have up to 4.
	maxAttributes = 256
	// attributesPerBag bounds all attributes of a file, beside the bags that it may have.
	attributesPerBag = 4
	// maxCertificate bounds one certificate, in bytes: one with 250 names has 37 KB. What looks at a certificate does so
	// many times.
	maxCertificate = 1 << 20
)

// Limits bound what a file may make the reader do.
type Limits struct {
	Entries         int // bags
	Keys            int // keys and secrets among them
	Aliases         int // bytes of all aliases together, in UTF-8
	Iterations      int // of one derivation
	TotalIterations int // of all derivations of the file
}

// ReadOptions says how to read.
type ReadOptions struct {
	Password     *pbe.Password  // nil: list what needs no password
	KeyPasswords []pbe.Password // tried on keys that Password does not open
	Limits       Limits
}

// Algorithm is one that protects a part of the file.
type Algorithm struct {
	Name       string
	Iterations int
}

// File is a PKCS#12 file.
type File struct {
	Bags     []Bag
	BER      bool      // some of it is not DER
	HasMAC   bool      //
	Verified bool      // the MAC was checked
	MAC      Algorithm //
	Safes    []Safe    // in the order of the file
	Locked   []Locked  // safes that no password was given for
	ByJava25 bool      // a password was read as Java 25 alone does
	Refused  string    // what of a bag makes Java load nothing of the file, in words
}

// Safe is one safe's protection; the zero Algorithm means that it is not encrypted.
type Safe struct{ Algorithm Algorithm }

// Locked is an encrypted safe that could not be opened.
type Locked struct {
	Algorithm string
	Why       string
}

type reader struct {
	file   *File
	limits Limits
	o      ReadOptions
	spent  int

	bags, keys, attributes, aliases int // seen so far, those in bags of bags among them
}

// safe is an encrypted safe before it is opened.
type safe struct {
	scheme    *pbe.Scheme
	encrypted []byte
	plain     []byte // where there is no scheme
}

// NeedsPassword reports whether a file has a MAC, an encrypted safe, or keys and secrets, which are encrypted on their own. It does
// not look into bags.
func NeedsPassword(data []byte) (bool, error) {
	r := &reader{file: &File{}}
	authSafe, macData, err := r.readPFX(data)
	if err != nil {
		return false, err
	}
	safes, err := r.readSafes(authSafe)
	if err != nil {
		return false, err
	}
	if m, err := parseMAC(macData); m != nil || err != nil {
		return m != nil, err
	}
	return slices.ContainsFunc(safes, func(s safe) bool { return s.scheme != nil || holdsKeys(s.plain) }), nil
}

// holdsKeys reports whether a SafeContents has bags of encrypted keys or of secrets.
func holdsKeys(data []byte) bool {
	seq, err := ber.Single(data)
	for rest := seq.Content; err == nil && len(rest) > 0; {
		var e, kind ber.Element
		if e, rest, err = ber.Read(rest); err != nil {
			break
		}
		if kind, _, err = ber.Read(e.Content); err != nil {
			break
		}
		if oid, err := kind.OID(); err == nil && (oid == oidShroudedKey || oid == oidSecret) {
			return true
		}
	}
	return false
}

// Read reads a PKCS#12 file. The MAC is checked before the content is looked at.
func Read(data []byte, o ReadOptions) (*File, error) {
	r := &reader{file: &File{}, limits: o.Limits, o: o}
	authSafe, macData, err := r.readPFX(data)
	if err != nil {
		return nil, err
	}
	safes, err := r.readSafes(authSafe)
	if err != nil {
		return nil, err
	}
	m, err := parseMAC(macData)
	if err != nil {
		return nil, err
	}
	if err := r.estimate(m, safes); err != nil {
		return nil, err
	}
	variant, err := r.verify(m, authSafe)
	if err != nil {
		return nil, err
	}
	for _, s := range safes {
		if err := r.openSafe(s, variant); err != nil {
			return nil, err
		}
	}
	r.openKeys(variant)
	return r.file, nil
}

func (r *reader) readPFX(data []byte) (authSafe []byte, mac *ber.Element, err error) {
	pfx, rest, err := ber.Read(data)
	if inside, ok := ber.Inside(data); err != nil && ok && bytes.HasPrefix(inside, []byte{ber.TagInteger, 1, 3}) {
		return nil, nil, corrupt(err) // it begins as one: the rest is missing
	}
	if err != nil || !pfx.Is(ber.Universal, ber.TagSequence) || !pfx.Constructed {
		return nil, nil, ErrFormat
	}
	if len(rest) > 0 {
		return nil, nil, fmt.Errorf("%w: %s after its end", ErrCorrupt, plural.Of(len(rest), "byte"))
	}
	parts, err := pfx.Children(3)
	if err != nil {
		return nil, nil, corrupt(err)
	}
	if len(parts) < 2 {
		return nil, nil, ErrFormat
	}
	if version, err := parts[0].Int(); err != nil || version != 3 {
		return nil, nil, fmt.Errorf("%w: version is not 3", ErrFormat)
	}
	oid, content, err := contentInfo(parts[1])
	if err != nil {
		return nil, nil, err
	}
	if oid != oidData {
		return nil, nil, fmt.Errorf("%w: content of type %s (signed files are not read)", pbe.ErrUnsupported, oid)
	}
	octets, err := ber.Single(content)
	if err != nil || !octets.Is(ber.Universal, ber.TagOctetString) {
		return nil, nil, fmt.Errorf("%w: content is no OCTET STRING", ErrCorrupt)
	}
	r.file.BER = pfx.Indefinite || parts[1].Indefinite || octets.Constructed
	if authSafe, err = octets.Octets(); err != nil {
		return nil, nil, corrupt(err)
	}
	if len(parts) == 3 {
		mac = &parts[2]
	}
	return authSafe, mac, nil
}

func contentInfo(e ber.Element) (oid string, content []byte, err error) {
	parts, err := e.Children(2)
	if err != nil || len(parts) != 2 || !parts[1].Is(ber.ContextSpecific, 0) {
		return "", nil, fmt.Errorf("%w: no ContentInfo", ErrCorrupt)
	}
	if oid, err = parts[0].OID(); err != nil {
		return "", nil, corrupt(err)
	}
	return oid, parts[1].Content, nil
}

func (r *reader) readSafes(authSafe []byte) ([]safe, error) {
	seq, err := single(authSafe, ber.TagSequence)
	if err != nil {
		return nil, err
	}
	infos, err := seq.Children(maxSafes)
	if err != nil {
		return nil, corrupt(err)
	}
	r.file.BER = r.file.BER || seq.Indefinite
	var safes []safe
	for _, info := range infos {
		oid, content, err := contentInfo(info)
		if err != nil {
			return nil, err
		}
		inner, err := ber.Single(content)
		if err != nil {
			return nil, corrupt(err)
		}
		r.file.BER = r.file.BER || info.Indefinite || inner.Indefinite
		var s safe
		switch oid {
		case oidData:
			if s.plain, err = inner.Octets(); err != nil {
				return nil, corrupt(err)
			}
		case oidEncryptedData:
			if s, err = encryptedSafe(inner); err != nil {
				return nil, err
			}
		default:
			return nil, fmt.Errorf("%w: safe of type %s", pbe.ErrUnsupported, oid)
		}
		safes = append(safes, s)
	}
	return safes, nil
}

func encryptedSafe(e ber.Element) (s safe, err error) {
	parts, err := e.Children(3) // version, content, attributes
	if err != nil || len(parts) < 2 {
		return s, fmt.Errorf("%w: encrypted safe", ErrCorrupt)
	}
	info, err := parts[1].Children(3)
	if err != nil || len(info) != 3 || !info[2].Is(ber.ContextSpecific, 0) {
		return s, fmt.Errorf("%w: encrypted safe", ErrCorrupt)
	}
	if s.scheme, err = pbe.Parse(info[1]); err != nil {
		return s, wrap(err)
	}
	if s.encrypted, err = info[2].Octets(); err != nil {
		return s, corrupt(err)
	}
	return s, nil
}

// wrap makes errors of algorithms errors of this package.
func wrap(err error) error {
	switch {
	case errors.Is(err, pbe.ErrTooCostly):
		return fmt.Errorf("%w: %w", ErrTooCostly, err)
	case errors.Is(err, pbe.ErrParameters):
		return corrupt(err)
	default:
		return err
	}
}
