package tlsstore

import (
	"crypto"
	"crypto/x509"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/kcfg/kcfg/internal/plural"
)

// Format is a file format. The zero value is unknown.
type Format uint8

// The formats. PKCS12, JKS and PEM are read and written, JCEKS and PKCS7 read; the others are recognized only.
const (
	FormatUnknown Format = iota
	PKCS12
	JKS
	PEM
	JCEKS
	PKCS7
	BCFKS
	BKS
	UBER
)

var formats = [...]string{"unknown", "PKCS12", "JKS", "PEM", "JCEKS", "PKCS7", "BCFKS", "BKS", "UBER"}

// String returns the name as Java spells it: "PKCS12", "JKS", "PEM".
func (f Format) String() string {
	if int(f) < len(formats) {
		return formats[f]
	}
	return fmt.Sprintf("Format(%d)", uint8(f))
}

// MarshalText returns what String returns.
func (f Format) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// ParseFormat reads a format's name, in any case; "p12" and "pfx" are PKCS12.
func ParseFormat(s string) (Format, error) {
	switch up := strings.ToUpper(s); up {
	case "P12", "PFX":
		return PKCS12, nil
	case "P7B":
		return PKCS7, nil
	default:
		for i, name := range formats[1:] {
			if name == up {
				return Format(i + 1), nil
			}
		}
	}
	return FormatUnknown, fmt.Errorf("unknown store format %q: use pkcs12, jks or pem", s)
}

// Integrity says whether a store is what its writer wrote.
type Integrity uint8

const (
	// IntegrityNone means that the format or the file has nothing to check.
	IntegrityNone Integrity = iota
	// Unverified means that there is a checksum under a password, which was not checked for want of the password.
	Unverified
	// Verified means that the checksum fits the password.
	Verified
)

var integrities = [...]string{"none", "unverified", "verified"}

// String returns "none", "unverified" or "verified".
func (i Integrity) String() string {
	if int(i) < len(integrities) {
		return integrities[i]
	}
	return fmt.Sprintf("Integrity(%d)", uint8(i))
}

// MarshalText returns what String returns.
func (i Integrity) MarshalText() ([]byte, error) { return []byte(i.String()), nil }

// Kind is the kind of an entry. The zero value is invalid.
type Kind uint8

const (
	// KindKey is a private key with its certificate chain.
	KindKey Kind = iota + 1
	// KindCertificate is a trusted certificate.
	KindCertificate
	// KindSecret is a symmetric key, or a password.
	KindSecret
)

var kinds = [...]string{KindKey: "key", KindCertificate: "certificate", KindSecret: "secret"}

// String returns "key", "certificate" or "secret".
func (k Kind) String() string {
	if int(k) < len(kinds) && kinds[k] != "" {
		return kinds[k]
	}
	return fmt.Sprintf("Kind(%d)", uint8(k))
}

// MarshalText returns what String returns.
func (k Kind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// Store is the content of a key store or trust store. To make one, fill in Format and Entries.
//
// A Store that comes from [Decode] carries, unexported, what [Encode] needs to write back what it does not understand.
type Store struct {
	Format     Format
	Integrity  Integrity
	Algorithms Algorithms
	Entries    []Entry  // as Java's KeyStore lists them
	Hidden     []Hidden // what is in the file, but not listed by Java

	traits *traits // what Decode found; nil for a store made by hand
}

// Algorithms names what protects a store; an empty name means that nothing does. Where parts differ, the weakest is named.
type Algorithms struct {
	Key         Algorithm
	Certificate Algorithm
	MAC         Algorithm
}

// Algorithm is a protection with its number of iterations, 0 where it has none.
type Algorithm struct {
	Name       string
	Iterations int
}

// Hidden is something in a file that Java's KeyStore does not list. Removing it from Store.Hidden removes it from what
// [Encode] writes.
type Hidden struct {
	Kind        HiddenKind
	Alias       string // the name that the file gives it; may be empty
	Certificate []byte // DER, for certificates
	Why         string // why Java does not list it

	raw       []byte // the bag
	encrypted bool   // it stood in an encrypted safe
	nested    bool   // it stood in a bag of bags, where Java does not see it
	displaced bool   // an entry has its alias: it has to stand before it in the file, since Java keeps the last
	under     string // that entry's alias
}

// HiddenKind is the kind of something hidden.
type HiddenKind string

// The kinds of what is hidden.
const (
	HiddenCertificate HiddenKind = "certificate" // without trust attribute, and in no key's chain
	HiddenKey         HiddenKind = "key"         // not encrypted, or displaced by another of the same name
	HiddenSecret      HiddenKind = "secret"      // displaced by another of the same name
	HiddenCRL         HiddenKind = "crl"
	HiddenOther       HiddenKind = "other"
	HiddenLocked      HiddenKind = "locked" // an encrypted part that was not opened: there may be entries in it
)

// Entry is one entry of a store.
type Entry struct {
	Alias   string
	Kind    Kind
	Created time.Time // zero where the format does not say; as to PKCS12, for trusted certificates
	Key     []byte    // PKCS#8, or nil while locked
	Chain   [][]byte  // DER, the key's own certificate first; one for a trusted certificate

	proof  *proof  // what KeyEntry found out
	origin *origin // what Decode found, for Encode to write back
}

// Locked reports whether the entry holds a key that no given password opened.
func (e Entry) Locked() bool {
	return e.Key == nil && e.origin != nil && e.origin.protected != nil
}

// Why says why the entry is locked.
func (e Entry) Why() string {
	if !e.Locked() {
		return ""
	}
	return e.origin.why
}

// Signer returns the private key. It fails with [ErrLocked], or where Go's crypto/x509 does not know the kind of key.
func (e Entry) Signer() (crypto.Signer, error) {
	switch {
	case e.Kind != KindKey:
		return nil, fmt.Errorf("%s: a %s entry has no private key", quote(e.Alias), e.Kind)
	case e.Key == nil:
		return nil, fmt.Errorf("%s: %w", quote(e.Alias), ErrLocked)
	}
	key, err := parsePKCS8(e.Key)
	if err != nil {
		// The parser's message may quote what it read.
		return nil, fmt.Errorf("%s: %w: a private key of this kind", quote(e.Alias), ErrUnsupported)
	}
	signer, ok := key.(crypto.Signer)
	if !ok {
		return nil, fmt.Errorf("%s: %w: a %T does not sign", quote(e.Alias), ErrUnsupported, key)
	}
	return signer, nil
}

// Certificates returns the chain, parsed. It fails where Go's crypto/x509 refuses one of them; Chain has them all the same.
func (e Entry) Certificates() ([]*x509.Certificate, error) {
	certs := make([]*x509.Certificate, len(e.Chain))
	for i, der := range e.Chain {
		c, err := x509.ParseCertificate(der)
		if err != nil {
			return nil, fmt.Errorf("%s: certificate %d: %w", quote(e.Alias), i+1, err)
		}
		certs[i] = c
	}
	return certs, nil
}

// String describes the entry without what is secret in it.
func (e Entry) String() string {
	state := ""
	if e.Locked() {
		state = ", locked"
	}
	return fmt.Sprintf("%s (%s%s, %s)", quote(e.Alias), e.Kind, state, plural.Of(len(e.Chain), "certificate"))
}

// GoString returns what String returns.
func (e Entry) GoString() string { return e.String() }

// Format prints what String returns, whatever the verb.
func (e Entry) Format(s fmt.State, _ rune) { fmt.Fprint(s, e.String()) }

// LogValue returns what String returns.
func (e Entry) LogValue() slog.Value { return slog.StringValue(e.String()) }

// String describes the store without what is secret in it.
func (s Store) String() string {
	return fmt.Sprintf("%s store (%s, %s)", s.Format, s.Integrity, plural.Of(len(s.Entries), "entry"))
}

// GoString returns what String returns.
func (s Store) GoString() string { return s.String() }

// LogValue returns what String returns.
func (s Store) LogValue() slog.Value { return slog.StringValue(s.String()) }

// quote makes a name from a file safe to print on a terminal, and fit for a message: an alias may have 65,535 characters.
func quote(s string) string {
	const most = 200
	if len(s) > most {
		return fmt.Sprintf("%q…", strings.ToValidUTF8(s[:most], ""))
	}
	return fmt.Sprintf("%q", s)
}

// Format prints the kind, alias and reason, whatever the verb.
func (h Hidden) Format(s fmt.State, _ rune) {
	fmt.Fprintf(s, "hidden %s %s: %s", h.Kind, quote(h.Alias), h.Why)
}

// LogValue returns what Format prints.
func (h Hidden) LogValue() slog.Value { return slog.StringValue(fmt.Sprint(h)) }

// Entry returns the entry with that alias, compared as Java does: without regard to case.
func (s *Store) Entry(alias string) (Entry, bool) {
	if i := s.index(alias); i >= 0 {
		return s.Entries[i], true
	}
	return Entry{}, false
}

func (s *Store) index(alias string) int {
	alias = javaLower(alias)
	for i := range s.Entries {
		if javaLower(s.Entries[i].Alias) == alias {
			return i
		}
	}
	return -1
}
