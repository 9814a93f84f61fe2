package tlsstore

import (
	"errors"
	"fmt"

	"github.com/kcfg/kcfg/tlsstore/internal/jks"
	"github.com/kcfg/kcfg/tlsstore/internal/pbe"
	"github.com/kcfg/kcfg/tlsstore/internal/pkcs12"
)

// Limits bound what reading a file may cost. Zero fields have the defaults, which no file of an honest producer reaches.
type Limits struct {
	Size            int // bytes; default DefaultSize
	Entries         int // entries, bags or certificates; default DefaultEntries
	Keys            int // private and secret keys; default 2,000, with five times as many certificates in their chains
	Iterations      int // of one key derivation; default 5,000,000, Java's own limit
	TotalIterations int // of a file; default 6,000,000. Keys beyond it are listed as locked
}

// DefaultSize is how many bytes a file may have. Java's own store has 150 certificates, 170 KB; all authorities that are known to
// the public are 8,000, 10 MB. To look at 50,000 certificates, 25 MB, takes half a second, and Java minutes.
const DefaultSize = 32 << 20

// DefaultEntries is how many entries a file may have.
const DefaultEntries = 50_000

const (
	// A server uses one key of a store; a fleet of 2,000 has them in stores of their own. A key takes ten times what a
	// certificate takes.
	defaultKeys            = 2000
	chainsPerKey           = 5         // certificates, on average; public chains have up to 5
	aliasBytesPerEntry     = 100       // on average; Debian names authorities in up to 70
	defaultIterations      = 5_000_000 // Java's; Bouncy Castle's default is 1,200,000
	defaultTotalIterations = 6_000_000 // about a second; room for one derivation at Java's limit and some smaller ones
)

func (l Limits) withDefaults() Limits {
	set := func(field *int, value int) {
		if *field == 0 {
			*field = value
		}
	}
	set(&l.Size, DefaultSize)
	set(&l.Entries, DefaultEntries)
	set(&l.Keys, defaultKeys)
	set(&l.Iterations, defaultIterations)
	set(&l.TotalIterations, max(defaultTotalIterations, l.Iterations))
	return l
}

// aliases is how many bytes all aliases together may have: they are folded, compared and printed many times. A small store may
// have long ones.
func (l Limits) aliases() int { return aliasBytesPerEntry * max(l.Entries, DefaultEntries) }

// DecodeOptions says how to read a store. The zero value is right for most.
type DecodeOptions struct {
	KeyPasswords []Password // tried on keys that the store's password does not open
	Limits       Limits
}

// Decode reads a store of any format that [Detect] knows.
//
// Without a password it lists what the format shows without one, never more than Unverified. With a password the store's
// integrity is checked before its content is looked at: where it fails, the error is [ErrPassword] and there is no store. Keys
// that no password opens, or that are beyond the limits, are listed as locked.
func Decode(data []byte, password Password, o DecodeOptions) (*Store, error) {
	limits := o.Limits.withDefaults()
	if len(data) > limits.Size {
		return nil, fmt.Errorf("%w: %d bytes; the limit is %d", ErrTooCostly, len(data), limits.Size)
	}
	format := Detect(data)
	var s *Store
	var err error
	switch format {
	case JKS, JCEKS:
		s, err = decodeJKS(data, password, o.KeyPasswords, limits)
	case PKCS12:
		s, err = decodePKCS12(data, password, o.KeyPasswords, limits)
	case PEM:
		s, err = decodePEM(data, append([]Password{password}, o.KeyPasswords...), limits)
	case PKCS7:
		s, err = decodePKCS7(data, limits)
	case FormatUnknown:
		return nil, notAStore(data)
	default:
		return nil, fmt.Errorf("%w: %s stores (Bouncy Castle's own format) cannot be read without its provider", ErrUnsupported, format)
	}
	if err == nil {
		err = checkChainSizes(s.Entries)
	}
	if err != nil {
		return nil, classify(err)
	}
	return s, nil
}

// maxChainBytes bounds the chain of one entry, whose certificates are described together, in several times the memory: certificates
// with 250 names have 37 KB.
const maxChainBytes = 4 << 20 // bytes

func checkChainSizes(entries []Entry) error {
	for i := range entries {
		size := 0
		for _, c := range entries[i].Chain {
			size += len(c)
		}
		if size > maxChainBytes {
			return fmt.Errorf("%w: a chain of %d bytes; the limit is %d", ErrTooCostly, size, maxChainBytes)
		}
	}
	return nil
}

// NeedsPassword reports whether it takes a password to check or to read all of a PKCS12 file. Nothing is decrypted for that.
func NeedsPassword(data []byte) (bool, error) {
	needs, err := pkcs12.NeedsPassword(data)
	if err != nil {
		err = classify(err)
	}
	return needs, err
}

func notAStore(data []byte) error {
	if len(data) == 0 {
		return fmt.Errorf("%w: the file is empty", ErrFormat)
	}
	return ErrFormat
}

// classify gives the errors of the inner packages the sentinels of this one.
func classify(err error) error {
	for _, c := range []struct {
		inner error
		outer error
	}{
		{pkcs12.ErrPassword, ErrPassword},
		{jks.ErrPassword, ErrPassword},
		{pkcs12.ErrTooCostly, ErrTooCostly},
		{jks.ErrTooCostly, ErrTooCostly},
		{pbe.ErrTooCostly, ErrTooCostly},
		{pbe.ErrUnsupported, ErrUnsupported},
		{pbe.ErrFIPS, ErrUnsupported},
		{jks.ErrFIPS, ErrUnsupported},
		{pkcs12.ErrFormat, ErrFormat},
		{jks.ErrFormat, ErrFormat},
		{pkcs12.ErrCorrupt, ErrCorrupt},
		{jks.ErrCorrupt, ErrCorrupt},
	} {
		if errors.Is(err, c.inner) && !errors.Is(err, c.outer) {
			return &classified{err, c.outer}
		}
	}
	return err
}
