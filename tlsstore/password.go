package tlsstore

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"unicode/utf8"

	"github.com/kcfg/kcfg/tlsstore/internal/pbe"
)

const hidden = "[hidden]"

// Password protects a store or a key. The zero value is no password at all, with which stores are listed unverified; an
// empty password is a password. It never prints or marshals what it holds.
type Password struct{ secret *secret }

// secret lies behind two pointers, so that printing a struct that has a Password as an unexported field, where fmt calls no
// methods and for a wrong verb follows one pointer, prints an address.
type secret struct{ b *[]byte }

// NewPassword returns a password given as UTF-8. It keeps a copy. Nil gives no password.
func NewPassword(b []byte) Password {
	if b == nil {
		return Password{}
	}
	c := append([]byte{}, b...)
	return Password{&secret{&c}}
}

// IsNone reports whether there is no password; an empty one is not none.
func (p Password) IsNone() bool { return p.secret == nil }

// Len returns the password's length in bytes.
func (p Password) Len() int { return len(p.bytes()) }

// Equal reports whether two passwords are the same; no password equals no password only.
func (p Password) Equal(q Password) bool {
	return p.IsNone() == q.IsNone() && string(p.bytes()) == string(q.bytes())
}

// CheckJava returns an error where Java before version 25 cannot use the password for a PKCS12 store: it takes only the
// characters from space to tilde.
func (p Password) CheckJava() error {
	b := p.bytes()
	for i := 0; i < len(b); {
		r, n := utf8.DecodeRune(b[i:])
		switch {
		case r == utf8.RuneError && n <= 1:
			return fmt.Errorf("the password is not valid UTF-8 at byte %d", i+1)
		case r == '\r' && i == len(b)-1:
			return fmt.Errorf("the password ends in a carriage return (a file with Windows line ends?): Java before 25 cannot open the store")
		case r < 0x20 || r == 0x7f:
			return fmt.Errorf("the password has a control character at byte %d: Java before 25 cannot open the store", i+1)
		case r > 0x7e:
			return fmt.Errorf("the password has a character outside ASCII at byte %d: Java before 25 cannot open the store", i+1)
		}
		i += n
	}
	return nil
}

func (p Password) bytes() []byte {
	if p.secret == nil {
		return nil
	}
	return *p.secret.b
}

// pbe returns the password for PKCS#12, nil where there is none.
func (p Password) pbe() *pbe.Password {
	if p.IsNone() {
		return nil
	}
	pw := pbe.NewPassword(p.bytes())
	return &pw
}

// utf16 returns the password as JKS takes it.
func (p Password) utf16() []byte { return pbe.UTF16(p.bytes()) }

// String returns "[hidden]".
func (p Password) String() string { return hidden }

// GoString returns "[hidden]".
func (p Password) GoString() string { return hidden }

// Format prints "[hidden]" whatever the verb.
func (p Password) Format(s fmt.State, _ rune) { fmt.Fprint(s, hidden) }

// MarshalJSON returns "[hidden]".
func (p Password) MarshalJSON() ([]byte, error) { return json.Marshal(hidden) }

// MarshalText returns "[hidden]".
func (p Password) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// LogValue returns "[hidden]".
func (p Password) LogValue() slog.Value { return slog.StringValue(hidden) }
