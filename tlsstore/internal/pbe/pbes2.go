package pbe

import (
	"crypto/cipher"
	"crypto/des"
	"crypto/pbkdf2"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"errors"
	"fmt"
	"hash"
	"sync"

	"golang.org/x/crypto/scrypt"

	"github.com/kcfg/kcfg/internal/plural"
	"github.com/kcfg/kcfg/tlsstore/internal/ber"
)

const (
	// maxSalt bounds salts, in bytes; real ones have 8 to 128.
	maxSalt = 1 << 16
	// maxScryptMemory bounds scrypt's memory, in bytes: 64 MiB for its table, and a little for the blocks beside it. openssl's
	// default takes 16 MiB.
	maxScryptMemory = 65 << 20
	// maxScryptParallel bounds scrypt's p; openssl's default is 1.
	maxScryptParallel = 16
)

// prf is a pseudo-random function of PBKDF2, also a MAC of PBMAC1.
type prf struct {
	name     string
	new      func() hash.Hash
	approved bool
}

// PRF returns the hash behind an HMAC's object identifier.
func PRF(oid string) (name string, newHash func() hash.Hash, approved, ok bool) {
	p, ok := prfs()[oid]
	return p.name, p.new, p.approved, ok
}

const oidHMACSHA1 = "1.2.840.113549.2.7"

var prfs = sync.OnceValue(func() map[string]prf {
	return map[string]prf{
		oidHMACSHA1:           {"HMAC-SHA1", sha1.New, false},
		"1.2.840.113549.2.8":  {"HMAC-SHA224", sha256.New224, true},
		OIDHMACSHA256:         {"HMAC-SHA256", sha256.New, true},
		"1.2.840.113549.2.10": {"HMAC-SHA384", sha512.New384, true},
		"1.2.840.113549.2.11": {"HMAC-SHA512", sha512.New, true},
		"1.2.840.113549.2.12": {"HMAC-SHA512/224", sha512.New512_224, true},
		"1.2.840.113549.2.13": {"HMAC-SHA512/256", sha512.New512_256, true},
	}
})

type pbes2Cipher struct {
	name     string
	keyLen   int
	new      func(key []byte) (cipher.Block, error)
	approved bool
}

const oidRC2CBC = "1.2.840.113549.3.2"

var pbes2Ciphers = sync.OnceValue(func() map[string]pbes2Cipher {
	return map[string]pbes2Cipher{
		"2.16.840.1.101.3.4.1.2":  {"AES-128-CBC", 16, aesCipher, true},
		"2.16.840.1.101.3.4.1.22": {"AES-192-CBC", 24, aesCipher, true},
		OIDAES256CBC:              {"AES-256-CBC", 32, aesCipher, true},
		"1.2.840.113549.3.7":      {"3DES-CBC", 24, des.NewTripleDESCipher, false},
		"1.3.14.3.2.7":            {"DES-CBC", 8, des.NewCipher, false},
		oidRC2CBC:                 {"RC2-CBC", 0, nil, false},
	}
})

func parsePBES2(params ber.Element) (*Scheme, error) {
	parts, err := params.Children(2)
	if err != nil || len(parts) != 2 {
		return nil, fmt.Errorf("%w of PBES2", ErrParameters)
	}
	c, iv, err := parseCipher(parts[1])
	if err != nil {
		return nil, err
	}
	kdf, err := parseKDF(parts[0])
	if err != nil {
		return nil, err
	}
	keyLen := c.keyLen
	if keyLen == 0 { // RC2: only the derivation says how long its key is
		if keyLen = kdf.keyLen; keyLen < 1 || keyLen > 128 {
			keyLen = 16
		}
	}
	s := &Scheme{OID: OIDPBES2, because: kdf.because, Family: "PBES2", Cipher: c.name, KDF: kdf.name, Iterations: kdf.iterations, Cost: kdf.cost,
		approved: c.approved && kdf.approved}
	s.decrypt = func(password, data []byte) ([]byte, error) {
		// The length comes from the cipher: Java ignores keyLength too, and a stated one may be anything.
		key, err := kdf.derive(password, keyLen)
		if err != nil {
			return nil, err
		}
		return decryptCBC(c.new, key, iv, data)
	}
	return s, nil
}

func parseCipher(alg ber.Element) (c pbes2Cipher, iv []byte, err error) {
	parts, err := alg.Children(2)
	if err != nil || len(parts) == 0 {
		return c, nil, fmt.Errorf("%w: cipher of PBES2", ErrParameters)
	}
	oid, err := parts[0].OID()
	if err != nil {
		return c, nil, fmt.Errorf("%w: %v", ErrParameters, err)
	}
	c, ok := pbes2Ciphers()[oid]
	if !ok {
		return c, nil, fmt.Errorf("%w %s (cipher of PBES2)", ErrUnsupported, oid)
	}
	if len(parts) != 2 {
		return c, nil, fmt.Errorf("%w: %s without initialization vector", ErrParameters, c.name)
	}
	vector := parts[1]
	if oid == oidRC2CBC {
		if c, vector, err = parseRC2(vector); err != nil {
			return c, nil, err
		}
	}
	if !vector.Is(ber.Universal, ber.TagOctetString) {
		return c, nil, fmt.Errorf("%w: initialization vector of %s", ErrParameters, c.name)
	}
	iv, err = vector.Octets()
	return c, iv, err
}

// parseRC2 reads RC2's parameters, where small numbers stand for effective key sizes (RFC 8018, B.2.3).
func parseRC2(params ber.Element) (pbes2Cipher, ber.Element, error) {
	bits := 32
	parts, err := params.Children(2)
	if params.Is(ber.Universal, ber.TagOctetString) {
		return pbes2Cipher{name: "RC2-32-CBC", new: rc2Of(bits)}, params, nil
	}
	if err != nil || len(parts) == 0 {
		return pbes2Cipher{}, params, fmt.Errorf("%w of RC2-CBC", ErrParameters)
	}
	if len(parts) == 2 {
		version, err := parts[0].Int()
		if err != nil {
			return pbes2Cipher{}, params, fmt.Errorf("%w of RC2-CBC", ErrParameters)
		}
		switch {
		case version == 160:
			bits = 40
		case version == 120:
			bits = 64
		case version == 58:
			bits = 128
		case version >= 256 && version <= 1024:
			bits = version
		default:
			return pbes2Cipher{}, params, fmt.Errorf("%w: RC2 version %d", ErrUnsupported, version)
		}
	}
	return pbes2Cipher{name: fmt.Sprintf("RC2-%d-CBC", bits), new: rc2Of(bits)}, parts[len(parts)-1], nil
}

// KDF is a key derivation function with its parameters.
type kdf struct {
	name       string
	iterations int
	cost       int
	keyLen     int // as stated; 0 if not
	approved   bool
	because    string // why it is not approved, where the algorithm would be
	derive     func(password []byte, keyLen int) ([]byte, error)
}

func parseKDF(alg ber.Element) (kdf, error) {
	parts, err := alg.Children(2)
	if err != nil || len(parts) == 0 {
		return kdf{}, fmt.Errorf("%w: key derivation", ErrParameters)
	}
	oid, err := parts[0].OID()
	if err != nil {
		return kdf{}, fmt.Errorf("%w: %v", ErrParameters, err)
	}
	if oid != OIDPBKDF2 && oid != OIDScrypt {
		return kdf{}, fmt.Errorf("%w %s (key derivation)", ErrUnsupported, oid)
	}
	if len(parts) != 2 {
		return kdf{}, fmt.Errorf("%w: key derivation without parameters", ErrParameters)
	}
	params, err := parts[1].Children(5)
	if err != nil || len(params) < 2 {
		return kdf{}, fmt.Errorf("%w of the key derivation", ErrParameters)
	}
	if !params[0].Is(ber.Universal, ber.TagOctetString) {
		return kdf{}, fmt.Errorf("%w: a salt that is no OCTET STRING", ErrUnsupported)
	}
	salt, err := params[0].Octets()
	if err != nil || len(salt) > maxSalt {
		return kdf{}, fmt.Errorf("%w: salt", ErrParameters)
	}
	if oid == OIDScrypt {
		return parseScrypt(salt, params[1:])
	}
	return parsePBKDF2(salt, params[1:])
}

func parsePBKDF2(salt []byte, params []ber.Element) (kdf, error) {
	k := kdf{}
	var err error
	if k.iterations, err = params[0].Int(); err != nil || k.iterations < 1 {
		return k, fmt.Errorf("%w: iteration count", ErrParameters)
	}
	k.cost = k.iterations
	hmac := prfs()[oidHMACSHA1] // the default
	for _, p := range params[1:] {
		if p.Is(ber.Universal, ber.TagInteger) {
			if k.keyLen, err = p.Int(); err != nil {
				return k, fmt.Errorf("%w: key length", ErrParameters)
			}
			continue
		}
		parts, err := p.Children(2)
		if err != nil || len(parts) == 0 {
			return k, fmt.Errorf("%w: pseudo-random function", ErrParameters)
		}
		oid, err := parts[0].OID()
		if err != nil {
			return k, fmt.Errorf("%w: pseudo-random function", ErrParameters)
		}
		var ok bool
		if hmac, ok = prfs()[oid]; !ok {
			return k, fmt.Errorf("%w %s (pseudo-random function of PBKDF2)", ErrUnsupported, oid)
		}
	}
	k.name = "PBKDF2-" + hmac.name
	const leastSalt = 16 // NIST SP 800-132
	k.approved = hmac.approved && len(salt) >= leastSalt
	if hmac.approved && !k.approved {
		k.because = fmt.Sprintf(" with a salt of %s, fewer than %d,", plural.Of(len(salt), "byte"), leastSalt)
	}
	k.derive = func(password []byte, keyLen int) ([]byte, error) {
		return pbkdf2.Key(hmac.new, string(password), salt, k.iterations, keyLen)
	}
	return k, nil
}

func parseScrypt(salt []byte, params []ber.Element) (kdf, error) {
	if len(params) < 3 {
		return kdf{}, fmt.Errorf("%w of scrypt", ErrParameters)
	}
	var n [3]int
	for i := range n {
		var err error
		if n[i], err = params[i].Int(); err != nil || n[i] < 1 || n[i] > 1<<30 {
			return kdf{}, fmt.Errorf("%w of scrypt", ErrParameters)
		}
	}
	N, r, p := n[0], n[1], n[2]
	if p > maxScryptParallel || r > maxScryptMemory/128/(N+p+2) {
		return kdf{}, fmt.Errorf("%w: scrypt with N=%d, r=%d, p=%d takes more than %d MiB of memory or %d passes",
			ErrTooCostly, N, r, p, maxScryptMemory>>20, maxScryptParallel)
	}
	// One unit of r is two Salsa20/8 cores for each of two passes, about two iterations of PBKDF2.
	k := kdf{name: "scrypt", iterations: N, cost: 2 * N * r * p}
	k.derive = func(password []byte, keyLen int) ([]byte, error) {
		return scrypt.Key(password, salt, N, r, p, keyLen)
	}
	return k, nil
}

// ErrTooCostly is a derivation that takes more memory than is granted.
var ErrTooCostly = errors.New("too costly")

// PBMAC1 is the MAC of that name, with its parameters.
type PBMAC1 struct {
	Name       string // PBMAC1 HMAC-SHA256, PBKDF2-HMAC-SHA256
	Iterations int
	Cost       int
	Approved   bool
	Hash       func() hash.Hash
	Key        func(password []byte) ([]byte, error)
}

// ParsePBMAC1 reads PBMAC1's parameters. Keys shorter than 20 bytes are refused, since a forger may state a short one
// (RFC 9579), and those longer than 64, which no hash has.
func ParsePBMAC1(params ber.Element) (*PBMAC1, error) {
	parts, err := params.Children(2)
	if err != nil || len(parts) != 2 {
		return nil, fmt.Errorf("%w of PBMAC1", ErrParameters)
	}
	k, err := parseKDF(parts[0])
	if err != nil {
		return nil, err
	}
	if k.name == "scrypt" {
		return nil, fmt.Errorf("%w: PBMAC1 with scrypt", ErrUnsupported)
	}
	if k.keyLen < 20 || k.keyLen > 64 {
		return nil, fmt.Errorf("%w: PBMAC1 with a key of %d bytes; 20 to 64 are safe", ErrParameters, k.keyLen)
	}
	mac, err := parts[1].Children(2)
	if err != nil || len(mac) == 0 {
		return nil, fmt.Errorf("%w of PBMAC1", ErrParameters)
	}
	oid, err := mac[0].OID()
	if err != nil {
		return nil, fmt.Errorf("%w of PBMAC1", ErrParameters)
	}
	hmac, ok := prfs()[oid]
	if !ok {
		return nil, fmt.Errorf("%w %s (MAC of PBMAC1)", ErrUnsupported, oid)
	}
	return &PBMAC1{
		Name: "PBMAC1 " + hmac.name + ", " + k.name, Iterations: k.iterations, Cost: k.cost, Approved: k.approved && hmac.approved,
		Hash: hmac.new, Key: func(password []byte) ([]byte, error) { return k.derive(password, k.keyLen) },
	}, nil
}
