// Package jks reads and writes Java's JKS format, and reads JCEKS, its sibling.
//
// Every length and count is checked against the bytes left before anything is allocated: keystore-go allocates by them, and
// a file of 36 bytes takes a process down. Writing goes through keystore-go, with what it cannot do put in place afterwards:
// passwords outside ISO 8859-1, aliases in Java's modified UTF-8, keys that stay locked.
package jks

import (
	"bytes"
	"crypto/fips140"
	"crypto/sha1"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/kcfg/kcfg/internal/plural"
)

var (
	// ErrFormat is what is neither JKS nor JCEKS.
	ErrFormat = errors.New("not a JKS file")
	// ErrCorrupt is a file with a structure that makes no sense.
	ErrCorrupt = errors.New("damaged JKS file")
	// ErrPassword is a digest that does not fit: JKS does not tell a wrong password from a change.
	ErrPassword = errors.New("wrong password, or the file was changed")
	// ErrTooCostly is a file beyond the limits.
	ErrTooCostly = errors.New("too costly")
	// ErrFIPS is what FIPS 140-only mode forbids: JKS is built on SHA-1.
	ErrFIPS = errors.New("JKS is not allowed in FIPS 140-only mode")
)

const (
	// MagicJKS and MagicJCEKS begin the files.
	MagicJKS   = 0xfeedfeed
	MagicJCEKS = 0xcececece

	digestSize = sha1.Size
	// minEntry is the least an entry can take: tag, alias length, date, length, number of certificates.
	minEntry = 4 + 2 + 8 + 4
	// minCertificate is the least a certificate can take: its length, and in version 2 the length of its type.
	minCertificate = 4
	// MaxCertificate bounds one certificate, in bytes: one with 250 names has 37 KB. What looks at a certificate does so
	// many times.
	MaxCertificate = 1 << 20
)

// Tag is the kind of an entry.
type Tag uint32

// The kinds of entries.
const (
	Key         Tag = 1
	Certificate Tag = 2
	Secret      Tag = 3 // JCEKS only
)

// Cert is a certificate with the type that the file gives it: "X.509", or "X509" by keystore-go.
type Cert struct {
	Type string
	DER  []byte
}

// Entry is one entry, its key still protected.
type Entry struct {
	Tag       Tag
	Alias     string
	Halved    bool   // Alias stands for one with half a surrogate pair, which UTF-8 cannot hold
	Created   int64  // milliseconds
	Protected []byte // EncryptedPrivateKeyInfo; of a secret, a serialized Java object
	Chain     []Cert

	aliasAt, aliasEnd         int // place of the alias with its length
	protectedAt, protectedEnd int // place of Protected with its length
}

// File is a JKS or JCEKS file.
type File struct {
	JCEKS   bool
	Version int
	Entries []Entry
	body    []byte // what the digest covers
	digest  []byte
}

type scanner struct {
	data    []byte
	at      int
	version uint32
	jceks   bool
	limits  Limits
	left    Limits // what is left of them
	utf8    bool   // strings are UTF-8, as keystore-go writes them
}

// Limits bound what a file may hold.
type Limits struct {
	Entries int // entries, and certificates
	Keys    int // keys and secrets
	Chains  int // certificates of keys
	Aliases int // bytes of all aliases together
}

// Scan reads the structure of a file without any password.
func Scan(data []byte, limits Limits) (*File, error) {
	if len(data) < 12+digestSize {
		return nil, fmt.Errorf("%w: only %s", ErrFormat, plural.Of(len(data), "byte"))
	}
	magic := binary.BigEndian.Uint32(data)
	if magic != MagicJKS && magic != MagicJCEKS {
		return nil, ErrFormat
	}
	body := data[:len(data)-digestSize]
	s := &scanner{data: body, at: 12, version: binary.BigEndian.Uint32(data[4:]), jceks: magic == MagicJCEKS, limits: limits, left: limits}
	if s.version != 1 && s.version != 2 {
		return nil, fmt.Errorf("%w: version %d", ErrCorrupt, s.version)
	}
	count := binary.BigEndian.Uint32(data[8:])
	if int64(count)*minEntry > int64(len(body)-12) {
		// Java takes a negative count for an empty store.
		return nil, fmt.Errorf("%w: %s in %d bytes", ErrCorrupt, plural.Of(int(count), "entry"), len(data))
	}
	if int64(count) > int64(limits.Entries) {
		return nil, fmt.Errorf("%w: %d entries; the limit is %d", ErrTooCostly, count, limits.Entries)
	}
	f := &File{JCEKS: s.jceks, Version: int(s.version), Entries: make([]Entry, 0, count), body: body, digest: data[len(body):]}
	for i := range int(count) {
		e, err := s.entry()
		if err != nil {
			return nil, fmt.Errorf("entry %d of %d: %w", i+1, count, err)
		}
		f.Entries = append(f.Entries, e)
	}
	if s.at != len(body) {
		return nil, fmt.Errorf("%w: %s after the last entry", ErrCorrupt, plural.Of(len(body)-s.at, "byte"))
	}
	return f, nil
}

func (s *scanner) entry() (e Entry, err error) {
	tag, err := s.uint32()
	if err != nil {
		return e, err
	}
	e.Tag, e.aliasAt = Tag(tag), s.at
	if e.Alias, err = s.utf(); err != nil {
		return e, fmt.Errorf("alias: %w", err)
	}
	if s.left.Aliases -= len(e.Alias); s.left.Aliases < 0 {
		return e, fmt.Errorf("%w: aliases of more than %d bytes together", ErrTooCostly, s.limits.Aliases)
	}
	e.aliasEnd = s.at
	e.Halved = !s.utf8 && halved(s.data[e.aliasAt+2:s.at], e.Alias)
	date, err := s.take(8)
	if err != nil {
		return e, err
	}
	e.Created = int64(binary.BigEndian.Uint64(date))
	if e.Tag == Key || e.Tag == Secret && s.jceks {
		if s.left.Keys--; s.left.Keys < 0 {
			return e, fmt.Errorf("%w: more than %d keys", ErrTooCostly, s.limits.Keys)
		}
	}
	switch {
	case e.Tag == Key:
		err = s.key(&e)
	case e.Tag == Certificate:
		var c Cert
		c, err = s.certificate()
		e.Chain = []Cert{c}
	case e.Tag == Secret && s.jceks:
		err = s.secret(&e)
	default:
		err = fmt.Errorf("%w: unknown kind %d", ErrCorrupt, tag)
	}
	return e, err
}

func (s *scanner) key(e *Entry) (err error) {
	e.protectedAt = s.at
	if e.Protected, err = s.sized(); err != nil {
		return fmt.Errorf("key: %w", err)
	}
	e.protectedEnd = s.at
	count, err := s.uint32()
	if err != nil {
		return err
	}
	if int64(count)*minCertificate > int64(len(s.data)-s.at) {
		return fmt.Errorf("%w: chain of %s in %s", ErrCorrupt, plural.Of(int(count), "certificate"), plural.Of(len(s.data)-s.at, "byte"))
	}
	if s.left.Chains -= int(count); s.left.Chains < 0 {
		return fmt.Errorf("%w: more than %d certificates of keys", ErrTooCostly, s.limits.Chains)
	}
	for range int(count) {
		c, err := s.certificate()
		if err != nil {
			return err
		}
		e.Chain = append(e.Chain, c)
	}
	return nil
}

func (s *scanner) certificate() (c Cert, err error) {
	if s.left.Entries--; s.left.Entries < 0 {
		return c, fmt.Errorf("%w: more than %d certificates", ErrTooCostly, s.limits.Entries)
	}
	c.Type = "X.509" // what version 1 means
	if s.version == 2 {
		if c.Type, err = s.utf(); err != nil {
			return c, fmt.Errorf("certificate type: %w", err)
		}
	}
	if c.DER, err = s.sized(); err != nil {
		return c, fmt.Errorf("certificate: %w", err)
	}
	if len(c.DER) > MaxCertificate {
		return c, fmt.Errorf("%w: a certificate of %d bytes; the limit is %d", ErrTooCostly, len(c.DER), MaxCertificate)
	}
	return c, nil
}

func (s *scanner) take(n int) ([]byte, error) {
	if n > len(s.data)-s.at {
		return nil, fmt.Errorf("%w: %s needed, %d left", ErrCorrupt, plural.Of(int(n), "byte"), len(s.data)-s.at)
	}
	b := s.data[s.at : s.at+n : s.at+n]
	s.at += n
	return b, nil
}

func (s *scanner) uint32() (uint32, error) {
	b, err := s.take(4)
	if err != nil {
		return 0, err
	}
	return binary.BigEndian.Uint32(b), nil
}

func (s *scanner) sized() ([]byte, error) {
	n, err := s.uint32()
	if err != nil {
		return nil, err
	}
	if int64(n) > int64(len(s.data)-s.at) {
		return nil, fmt.Errorf("%w: %s needed, %d left", ErrCorrupt, plural.Of(int(n), "byte"), len(s.data)-s.at)
	}
	return s.take(int(n))
}

func (s *scanner) utf() (string, error) {
	b, err := s.take(2)
	if err != nil {
		return "", err
	}
	if b, err = s.take(int(binary.BigEndian.Uint16(b))); err != nil {
		return "", err
	}
	if s.utf8 || plain(b) {
		return string(b), nil
	}
	return decodeUTF(b)
}

// Verify checks the digest under a password given as UTF-16.
func (f *File) Verify(password []byte) error {
	if fips140.Enforced() {
		return ErrFIPS
	}
	if !bytes.Equal(digest(password, f.body), f.digest) {
		return ErrPassword
	}
	return nil
}

// digest is JKS' integrity: SHA-1 over the password, a phrase that Java's authors chose, and the content.
func digest(password, body []byte) []byte {
	h := sha1.New()
	h.Write(password)
	h.Write([]byte("Mighty Aphrodite"))
	h.Write(body)
	return h.Sum(nil)
}
