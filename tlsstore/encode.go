package tlsstore

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/kcfg/kcfg/tlsstore/internal/jks"
)

// Profile chooses the algorithms of a PKCS12 store.
type Profile uint8

const (
	// ProfileModern is AES-256 with PBKDF2-HMAC-SHA256 and an HMAC-SHA256: Java 8u301 and newer, OpenSSL 1.1.1 and newer.
	ProfileModern Profile = iota
	// ProfileLegacy is 3DES with SHA-1, for readers too old for ProfileModern.
	ProfileLegacy
	// ProfilePBMAC1 is ProfileModern with the MAC of RFC 9579: Java 26 and newer, OpenSSL 3.4 and newer.
	ProfilePBMAC1
)

var profiles = [...]string{"modern", "legacy", "pbmac1"}

// String returns "modern", "legacy" or "pbmac1".
func (p Profile) String() string {
	if int(p) < len(profiles) {
		return profiles[p]
	}
	return fmt.Sprintf("Profile(%d)", uint8(p))
}

// ParseProfile reads "modern", "legacy" or "pbmac1".
func ParseProfile(s string) (Profile, error) {
	for i, name := range profiles {
		if name == s {
			return Profile(i), nil
		}
	}
	return 0, fmt.Errorf("unknown profile %q: use %s", s, strings.Join(profiles[:], ", "))
}

// DefaultIterations is Java's own number for PKCS12.
const DefaultIterations = 10_000

// EncodeOptions says how to write a store. The zero value is right for most.
type EncodeOptions struct {
	Profile     Profile
	Iterations  int      // of each key derivation of PKCS12; 0 is DefaultIterations
	KeyPassword Password // JKS: protects the keys; none: the store's password does
	// AnyPassword allows PKCS12 passwords outside the characters from space to tilde, which only Java 25 and newer, and
	// OpenSSL, can use.
	AnyPassword bool
	Rand        io.Reader // salts; nil is crypto/rand
	Now         time.Time // of entries without a date; zero is the time of the call
}

func (o EncodeOptions) withDefaults() EncodeOptions {
	if o.Iterations == 0 {
		o.Iterations = DefaultIterations
	}
	if o.Rand == nil {
		o.Rand = rand.Reader
	}
	if o.Now.IsZero() {
		o.Now = time.Now()
	}
	return o
}

// Encode returns the store as a file of its Format. Entries that [Decode] found and nobody changed keep their date and
// attributes; what the format cannot hold is an error that names it, never left out.
//
// Without a password a PKCS12 store of trusted certificates is written without encryption and without MAC, as Java's own
// cacerts is; keys, and JKS, need one. A key must belong to the first certificate of its chain ([ErrKeyMismatch]).
func Encode(s *Store, password Password, o EncodeOptions) ([]byte, error) {
	o = o.withDefaults()
	if o.Iterations < 1 || o.Iterations > defaultIterations {
		return nil, fmt.Errorf("%d iterations: Java reads from 1 to %d", o.Iterations, defaultIterations)
	}
	for _, pw := range []Password{password, o.KeyPassword} {
		if !utf8.Valid(pw.bytes()) {
			return nil, errors.New("the password is not valid UTF-8")
		}
	}
	if err := s.checkEntries(); err != nil {
		return nil, err
	}
	var data []byte
	var err error
	switch s.Format {
	case JKS:
		data, err = s.encodeJKS(password, o)
	case PKCS12:
		data, err = s.encodePKCS12(password, o)
	case PEM:
		data, err = s.encodePEM(password, o)
	case FormatUnknown:
		return nil, errors.New("the store has no format")
	default:
		return nil, fmt.Errorf("writing %s is %w: convert to PKCS12", s.Format, ErrUnsupported)
	}
	if err != nil {
		return nil, classify(err)
	}
	return data, nil
}

// checkEntries refuses what no format can hold.
func (s *Store) checkEntries() error {
	aliases := make(map[string]string, len(s.Entries))
	for i := range s.Entries {
		e := &s.Entries[i]
		folded := javaLower(e.Alias)
		if other, taken := aliases[folded]; taken {
			return fmt.Errorf("%s and %s: %w: Java does not tell upper case from lower", quote(other), quote(e.Alias), ErrAliasExists)
		}
		aliases[folded] = e.Alias
		if err := e.check(); err != nil {
			return fmt.Errorf("%s: %w", quote(e.Alias), err)
		}
	}
	return nil
}

func (e *Entry) check() error {
	if !utf8.ValidString(e.Alias) {
		return errors.New("the alias is not valid UTF-8")
	}
	if e.origin != nil && e.origin.halved {
		return fmt.Errorf("%w: an alias with half a surrogate pair: give the entry another", ErrUnsupported)
	}
	for i, der := range e.Chain {
		if len(der) == 0 {
			return fmt.Errorf("certificate %d is empty", i+1)
		}
	}
	switch e.Kind {
	case KindCertificate:
		if len(e.Chain) != 1 {
			return fmt.Errorf("a trusted certificate entry with %d certificates", len(e.Chain))
		}
	case KindKey:
		if e.Key == nil && !e.Locked() {
			return fmt.Errorf("%w: the entry has none", ErrLocked)
		}
		if len(e.Chain) == 0 && e.origin == nil {
			return errors.New("a key without certificate")
		}
		if e.Key == nil || len(e.Chain) == 0 || e.provedKey() {
			return nil
		}
		if same, known := belongs(e.Key, e.Chain[0]); known && !same {
			return ErrKeyMismatch
		}
	case KindSecret:
		if e.origin == nil {
			return fmt.Errorf("%w: new secret keys", ErrUnsupported)
		}
	default:
		return fmt.Errorf("invalid kind %d", e.Kind)
	}
	return nil
}

// HasKeyPassword reports whether the key has a password of its own, by which it was opened, or which it was given: in JKS it keeps
// that, unless [EncodeOptions.KeyPassword] says otherwise.
func (e *Entry) HasKeyPassword() bool { return !e.encryptWith(Password{}).IsNone() }

// encryptWith returns the password for an entry's key: its own, if it has one, before the one for all.
func (e *Entry) encryptWith(all Password) Password {
	if e.origin != nil && !e.origin.keyPassword.IsNone() {
		return e.origin.keyPassword
	}
	return all
}

func (s *Store) encodeJKS(password Password, o EncodeOptions) ([]byte, error) {
	if password.IsNone() {
		return nil, passwordNeeded("JKS needs a password")
	}
	if err := s.refuseHidden(); err != nil {
		return nil, err
	}
	keyPassword := password
	entries := make([]jks.OutEntry, 0, len(s.Entries))
	for i := range s.Entries {
		e := &s.Entries[i]
		out := jks.OutEntry{Tag: jks.Certificate, Alias: javaLower(e.Alias), Created: e.Created}
		if out.Created.IsZero() {
			out.Created = o.Now
		}
		for _, der := range e.Chain {
			c := jks.Cert{Type: "X.509", DER: der}
			if t := e.certOrigin(der).javaType; t != "" {
				c.Type = t
			}
			out.Chain = append(out.Chain, c)
		}
		switch {
		case e.Kind == KindSecret:
			return nil, failure(ErrSecretKey, "%s: JKS holds no secret keys: %w", quote(e.Alias), ErrUnsupported)
		case e.Kind == KindKey:
			out.Tag = jks.Key
			if e.Key != nil {
				pw := e.encryptWith(keyPassword)
				if !o.KeyPassword.IsNone() {
					pw = o.KeyPassword
				}
				out.Key, out.Password = e.Key, pw.utf16()
				break
			}
			if e.origin.format != JKS {
				return nil, fmt.Errorf("%s: %w: it cannot become a JKS entry without its password", quote(e.Alias), ErrLocked)
			}
			out.Protected = e.origin.protected
		}
		entries = append(entries, out)
	}
	return jks.Write(entries, password.utf16(), o.Rand)
}

// passwordNeeded is an ErrPassword that does not speak of a wrong one.
func passwordNeeded(format string, args ...any) error {
	return failure(ErrPassword, format, args...)
}

// refuseHidden names what only PKCS12 can carry.
func (s *Store) refuseHidden() error {
	if len(s.Hidden) == 0 {
		return nil
	}
	names := make([]string, len(s.Hidden))
	for i, h := range s.Hidden {
		name := quote(h.Alias)
		if h.Alias == "" && h.Kind == HiddenCertificate {
			name = subjectOf(h.Certificate)
		}
		names[i] = fmt.Sprintf("%s %s (%s)", h.Kind, name, h.Why)
	}
	return failure(ErrHidden, "%w: %s cannot hold what Java does not list: %s", ErrUnsupported, s.Format, strings.Join(names, "; "))
}
