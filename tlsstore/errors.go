package tlsstore

import (
	"errors"
	"fmt"
)

// What [Decode], [Encode] and the edits of a [Store] can fail with; errors.Is finds them below what says where.
var (
	// ErrPassword means that the password does not open the store. A file that was changed looks the same.
	ErrPassword = errors.New("wrong password, or the file was changed")
	// ErrFormat means that the data is no store of any known format.
	ErrFormat = errors.New("not a key store or trust store")
	// ErrCorrupt means that the format is known, but the structure is damaged.
	ErrCorrupt = errors.New("damaged store")
	// ErrUnsupported means a format or algorithm that is recognized but not handled; the error names it.
	ErrUnsupported = errors.New("not supported")
	// ErrTooCostly means that reading goes beyond the [Limits].
	ErrTooCostly = errors.New("too costly to read")
	// ErrLocked means that a key is needed which no given password opened.
	ErrLocked = errors.New("key is locked")
	// ErrAliasExists means that another entry has the alias already; Java compares without regard to case.
	ErrAliasExists = errors.New("alias exists already")
	// ErrAliasNotFound means that no entry has the alias.
	ErrAliasNotFound = errors.New("no such alias")
	// ErrKeyMismatch means that a key does not belong to the first certificate of its chain.
	ErrKeyMismatch = errors.New("key does not belong to the certificate")
	// ErrChain means that Java would make another chain of the store's certificates than the entry's.
	//lint:ignore ST1005 Java is a name
	ErrChain = errors.New("Java would build another chain")
)

// Narrower kinds of the above, for who wants to say what to do.
var (
	// ErrKeyEncryption means that a PEM key is encrypted in a way that is not handled. It is an ErrUnsupported.
	ErrKeyEncryption error = &kind{"encryption of a private key is not supported", ErrUnsupported}
	// ErrKeyKind means that a private key is of a kind, or on a curve, that is not handled. It is an ErrUnsupported.
	ErrKeyKind error = &kind{"kind of private key is not supported", ErrUnsupported}
	// ErrExplicitCurve means that an EC key spells out its curve in place of naming it. It is an ErrUnsupported.
	ErrExplicitCurve error = &kind{"EC keys with explicit parameters are not supported", ErrUnsupported}
	// ErrHidden means that a format cannot carry what is [Store].Hidden. It is an ErrUnsupported.
	ErrHidden error = &kind{"the format does not hold what Java does not list", ErrUnsupported}
	// ErrSecretKey means that a format holds no secret keys. It is an ErrUnsupported.
	ErrSecretKey error = &kind{"the format holds no secret keys", ErrUnsupported}
	// ErrSeveralKeys means that PEM text has several private keys where one is needed. It is an ErrKeyMismatch.
	ErrSeveralKeys error = &kind{"several private keys", ErrKeyMismatch}
	// ErrNoPair means that a private key, or its certificate, is missing in PEM text. It is an ErrKeyMismatch.
	ErrNoPair error = &kind{"key or certificate is missing", ErrKeyMismatch}
)

// kind is a narrower kind of an error.
type kind struct {
	text string
	of   error
}

func (k *kind) Error() string { return k.text }
func (k *kind) Unwrap() error { return k.of }

// failure is an error in its own words that is also of a kind.
func failure(kind error, format string, args ...any) error {
	return &classified{fmt.Errorf(format, args...), kind}
}

// classified keeps an inner error's words and adds its kind.
type classified struct{ inner, kind error }

// Error returns the inner error's words.
func (c *classified) Error() string { return c.inner.Error() }

// Unwrap returns both.
func (c *classified) Unwrap() []error { return []error{c.inner, c.kind} }
