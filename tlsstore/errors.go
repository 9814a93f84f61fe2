package tlsstore

import "errors"

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
