// Package pbe is password-based encryption as PKCS#5 and PKCS#12 define it: it reads an AlgorithmIdentifier, says what it
// would cost before anything is derived, and decrypts.
package pbe

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/des"
	"crypto/fips140"
	"crypto/md5"
	"crypto/rc4"
	"crypto/sha1"
	"errors"
	"fmt"
	"hash"
	"runtime"
	"sync"

	"github.com/kcfg/kcfg/internal/plural"
	"github.com/kcfg/kcfg/tlsstore/internal/ber"
)

var (
	// ErrUnsupported is an algorithm that this package does not know; the error says which.
	ErrUnsupported = errors.New("unsupported algorithm")
	// ErrFIPS is an algorithm that FIPS 140-only mode forbids.
	ErrFIPS = errors.New("not allowed in FIPS 140-only mode")
	// ErrPadding is the result of a wrong password, or of damaged data.
	ErrPadding = errors.New("decryption failed: wrong password or damaged data")
	// ErrParameters is an algorithm with parameters that make no sense.
	ErrParameters = errors.New("bad algorithm parameters")
)

// Object identifiers of what this package and its users write.
const (
	OIDPBES2       = "1.2.840.113549.1.5.13"
	OIDPBKDF2      = "1.2.840.113549.1.5.12"
	OIDScrypt      = "1.3.6.1.4.1.11591.4.11"
	OIDPBMAC1      = "1.2.840.113549.1.5.14"
	OIDAES256CBC   = "2.16.840.1.101.3.4.1.42"
	OIDHMACSHA256  = "1.2.840.113549.2.9"
	OIDSHA1With3DE = "1.2.840.113549.1.12.1.3"
)

// Scheme is an algorithm with its parameters.
type Scheme struct {
	OID        string
	Family     string // PBES2, PBES1, PKCS12
	Cipher     string // AES-256-CBC, 3DES-CBC, RC2-40-CBC
	KDF        string // PBKDF2-HMAC-SHA256, scrypt, PKCS12-SHA1
	Iterations int    // as written; scrypt: its N
	Cost       int    // in iterations of PBKDF2: what a budget is charged
	approved   bool   // by FIPS 140
	because    string // why it is not, where the algorithms would be
	decrypt    func(password, data []byte) ([]byte, error)
}

// Name returns the algorithm in words: "PBES2 AES-256-CBC, PBKDF2-HMAC-SHA256".
func (s *Scheme) Name() string { return s.Family + " " + s.Cipher + ", " + s.KDF }

// Password holds a password in the forms in which algorithms take it.
type Password struct{ utf8 []byte }

// NewPassword returns a password given as UTF-8. It does not copy.
func NewPassword(utf8 []byte) Password { return Password{utf8} }

// Variants returns how many readings of the password there are for this scheme. The first is what the standards say.
func (s *Scheme) Variants(pw Password) int { return len(s.forms(pw)) }

func (s *Scheme) forms(pw Password) [][]byte {
	if s.Family == "PKCS12" {
		forms := pw.Wide()
		if !ascii(pw.utf8) {
			forms = append(forms, java25(pw.utf8))
		}
		return forms
	}
	forms := [][]byte{pw.utf8}
	if wide, ok := latin1(pw.utf8); ok && !ascii(pw.utf8) {
		forms = append(forms, wide) // a terminal or program that knew bytes only
	}
	return forms
}

// ByJava25 reports whether a reading of the password is that of Java 25 alone.
func (s *Scheme) ByJava25(pw Password, variant int) bool {
	return s.Family == "PKCS12" && !ascii(pw.utf8) && variant == s.Variants(pw)-1
}

// java25 is what Java 25 makes of a password for the PKCS#12 schemes: each byte of its UTF-8 is a character, without the highest bit.
func java25(utf8 []byte) []byte {
	low := bytes.Clone(utf8)
	for i := range low {
		low[i] &= 0x7f
	}
	return terminated(UTF16(low))
}

// Decrypt decrypts data with one reading of the password, 0 being the first.
func (s *Scheme) Decrypt(pw Password, variant int, data []byte) ([]byte, error) {
	if fips140.Enforced() && !s.approved {
		return nil, fmt.Errorf("%s%s is %w", s.Name(), s.because, ErrFIPS)
	}
	return s.decrypt(s.forms(pw)[variant], data)
}

// Parse reads an AlgorithmIdentifier.
func Parse(alg ber.Element) (*Scheme, error) {
	parts, err := alg.Children(8)
	if err != nil || len(parts) == 0 {
		return nil, fmt.Errorf("%w: no AlgorithmIdentifier", ErrParameters)
	}
	oid, err := parts[0].OID()
	if err != nil {
		return nil, fmt.Errorf("%w: %v", ErrParameters, err)
	}
	if oid != OIDPBES2 {
		known, ok := pbes1()[oid]
		if !ok {
			return nil, fmt.Errorf("%w %s", ErrUnsupported, oid)
		}
		return parsePBES1(oid, known, parts)
	}
	if len(parts) != 2 {
		return nil, fmt.Errorf("%w: PBES2 without parameters", ErrParameters)
	}
	return parsePBES2(parts[1])
}

// pbes1Kind is one of the algorithms that name cipher and hash together.
type pbes1Kind struct {
	family, cipher, kdf string
	keyLen, ivLen       int
	derivations         int // runs of the hash through all iterations
	new                 func(key []byte) (cipher.Block, error)
	hash                func() hash.Hash
}

var pbes1 = sync.OnceValue(func() map[string]pbes1Kind {
	return map[string]pbes1Kind{
		"1.2.840.113549.1.12.1.1": {family: "PKCS12", cipher: "RC4-128", kdf: "PKCS12-SHA1", keyLen: 16, derivations: 1},
		"1.2.840.113549.1.12.1.2": {family: "PKCS12", cipher: "RC4-40", kdf: "PKCS12-SHA1", keyLen: 5, derivations: 1},
		OIDSHA1With3DE:            {family: "PKCS12", cipher: "3DES-CBC", kdf: "PKCS12-SHA1", keyLen: 24, ivLen: 8, derivations: 3, new: des.NewTripleDESCipher},
		"1.2.840.113549.1.12.1.4": {family: "PKCS12", cipher: "2DES-CBC", kdf: "PKCS12-SHA1", keyLen: 16, ivLen: 8, derivations: 2, new: newTwoKeyDES},
		"1.2.840.113549.1.12.1.5": {family: "PKCS12", cipher: "RC2-128-CBC", kdf: "PKCS12-SHA1", keyLen: 16, ivLen: 8, derivations: 2, new: rc2Of(128)},
		"1.2.840.113549.1.12.1.6": {family: "PKCS12", cipher: "RC2-40-CBC", kdf: "PKCS12-SHA1", keyLen: 5, ivLen: 8, derivations: 2, new: rc2Of(40)},
		"1.2.840.113549.1.5.3":    {family: "PBES1", cipher: "DES-CBC", kdf: "PBKDF1-MD5", keyLen: 8, ivLen: 8, derivations: 1, new: des.NewCipher, hash: md5.New},
		"1.2.840.113549.1.5.10":   {family: "PBES1", cipher: "DES-CBC", kdf: "PBKDF1-SHA1", keyLen: 8, ivLen: 8, derivations: 1, new: des.NewCipher, hash: sha1.New},
		"1.2.840.113549.1.5.6":    {family: "PBES1", cipher: "RC2-64-CBC", kdf: "PBKDF1-MD5", keyLen: 8, ivLen: 8, derivations: 1, new: rc2Of(64), hash: md5.New},
		"1.2.840.113549.1.5.11":   {family: "PBES1", cipher: "RC2-64-CBC", kdf: "PBKDF1-SHA1", keyLen: 8, ivLen: 8, derivations: 1, new: rc2Of(64), hash: sha1.New},
		oidJCE:                    {family: "PBES1", cipher: "3DES-CBC", kdf: "JCE-MD5", keyLen: 24, ivLen: 8, derivations: 2, new: des.NewTripleDESCipher},
	}
})

func parsePBES1(oid string, k pbes1Kind, parts []ber.Element) (*Scheme, error) {
	if len(parts) != 2 {
		return nil, fmt.Errorf("%w: %s without parameters", ErrParameters, k.cipher)
	}
	params, err := parts[1].Children(2)
	if err != nil || len(params) != 2 || !params[0].Is(ber.Universal, ber.TagOctetString) {
		return nil, fmt.Errorf("%w of %s", ErrParameters, k.cipher)
	}
	salt, err := params[0].Octets()
	if err != nil || len(salt) > maxSalt {
		return nil, fmt.Errorf("%w: salt", ErrParameters)
	}
	iterations, err := params[1].Int()
	if err != nil || iterations < 1 {
		return nil, fmt.Errorf("%w: iteration count", ErrParameters)
	}
	s := &Scheme{OID: oid, Family: k.family, Cipher: k.cipher, KDF: k.kdf, Iterations: iterations, Cost: iterations}
	s.decrypt = func(password, data []byte) ([]byte, error) {
		key, iv, err := k.derive(password, salt, iterations)
		if err != nil {
			return nil, err
		}
		if k.new == nil {
			stream, err := rc4.NewCipher(key)
			if err != nil {
				return nil, err
			}
			out := make([]byte, len(data))
			stream.XORKeyStream(out, data)
			return out, nil
		}
		return decryptCBC(k.new, key, iv, data)
	}
	return s, nil
}

func (k pbes1Kind) derive(password, salt []byte, iterations int) (key, iv []byte, err error) {
	switch {
	case k.family == "PKCS12":
		key = PKCS12Key(sha1.New, ForKey, password, salt, iterations, k.keyLen)
		if k.ivLen > 0 {
			iv = PKCS12Key(sha1.New, ForIV, password, salt, iterations, k.ivLen)
		}
		return key, iv, nil
	case k.hash != nil:
		both := pbkdf1(k.hash, password, salt, iterations)
		return both[:8], both[8:16], nil
	case len(salt) != 8:
		return nil, nil, fmt.Errorf("%w: salt of %s instead of 8", ErrParameters, plural.Of(len(salt), "byte"))
	default:
		both := jceKey(password, salt, iterations)
		return both[:24], both[24:], nil
	}
}

func newTwoKeyDES(key []byte) (cipher.Block, error) {
	return des.NewTripleDESCipher(append(key[:16:16], key[:8]...))
}

func decryptCBC(newCipher func([]byte) (cipher.Block, error), key, iv, data []byte) ([]byte, error) {
	block, err := newCipher(key)
	if err != nil {
		return nil, err
	}
	size := block.BlockSize()
	if len(iv) != size {
		return nil, fmt.Errorf("%w: initialization vector of %s instead of %d", ErrParameters, plural.Of(len(iv), "byte"), size)
	}
	if len(data) == 0 || len(data)%size != 0 {
		return nil, ErrPadding
	}
	out := make([]byte, len(data))
	cryptInParts(block, iv, out, data)
	pad := int(out[len(out)-1])
	if pad == 0 || pad > size {
		return nil, ErrPadding
	}
	for _, c := range out[len(out)-pad:] {
		if int(c) != pad {
			return nil, ErrPadding
		}
	}
	return out[:len(out)-pad], nil
}

// cryptInParts decrypts on all processors where there is much: 3DES takes a second for 15 MB.
func cryptInParts(block cipher.Block, iv, out, data []byte) {
	const least = 1 << 20
	parts := max(1, min(runtime.GOMAXPROCS(0), len(data)/least))
	step := len(data) / parts / block.BlockSize() * block.BlockSize()
	var wg sync.WaitGroup
	for i := range parts {
		from, to, start := i*step, (i+1)*step, iv
		if i > 0 {
			start = data[from-block.BlockSize() : from]
		}
		if i == parts-1 {
			cipher.NewCBCDecrypter(block, start).CryptBlocks(out[from:], data[from:])
			break
		}
		wg.Go(func() { cipher.NewCBCDecrypter(block, start).CryptBlocks(out[from:to], data[from:to]) })
	}
	wg.Wait()
}

// EncryptCBC pads and encrypts, in place where the data has capacity for the padding.
func EncryptCBC(block cipher.Block, iv, data []byte) []byte {
	out := data
	for pad := block.BlockSize() - len(data)%block.BlockSize(); len(out) < len(data)+pad; {
		out = append(out, byte(pad))
	}
	cipher.NewCBCEncrypter(block, iv).CryptBlocks(out, out)
	return out
}

var aesCipher = aes.NewCipher
