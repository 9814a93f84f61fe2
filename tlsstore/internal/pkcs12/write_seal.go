package pkcs12

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/des"
	"crypto/fips140"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha1"
	"crypto/sha256"
	"fmt"
	"hash"
	"io"
	"runtime"
	"slices"

	"github.com/kcfg/kcfg/internal/parallel"
	"github.com/kcfg/kcfg/tlsstore/internal/ber"
	"github.com/kcfg/kcfg/tlsstore/internal/pbe"
)

// sealed is data on its way to being encrypted.
type sealed struct {
	algorithm []byte // AlgorithmIdentifier
	encrypted []byte
	encrypt   func() ([]byte, error)
	done      func(protected []byte)
	slot      int
}

func (w *writer) random(n int) ([]byte, error) {
	b := make([]byte, n)
	if _, err := io.ReadFull(w.o.Rand, b); err != nil {
		return nil, fmt.Errorf("randomness: %w", err)
	}
	return b, nil
}

// seal draws the salt and prepares the encryption, which derive then runs.
func (w *writer) seal(pw *pbe.Password, plain []byte) (*sealed, error) {
	salt, err := w.random(saltSize)
	if err != nil {
		return nil, err
	}
	iterations := w.o.Iterations
	if w.o.Profile == Legacy {
		wide := pw.Wide()[0]
		return &sealed{
			algorithm: ber.Sequence(ber.OID(pbe.OIDSHA1With3DE), ber.Sequence(ber.OctetString(salt), ber.Integer(iterations))),
			encrypt: func() ([]byte, error) {
				key := pbe.PKCS12Key(sha1.New, pbe.ForKey, wide, salt, iterations, 24)
				block, err := des.NewTripleDESCipher(key)
				if err != nil {
					return nil, err
				}
				return pbe.EncryptCBC(block, pbe.PKCS12Key(sha1.New, pbe.ForIV, wide, salt, iterations, 8), plain), nil
			},
		}, nil
	}
	iv, err := w.random(aes.BlockSize)
	if err != nil {
		return nil, err
	}
	return &sealed{
		algorithm: ber.Sequence(ber.OID(pbe.OIDPBES2), ber.Sequence(
			pbkdf2Algorithm(salt, iterations),
			ber.Sequence(ber.OID(pbe.OIDAES256CBC), ber.OctetString(iv)))),
		encrypt: func() ([]byte, error) {
			key, err := pbkdf2.Key(sha256.New, string(pw.UTF8()), salt, iterations, 32)
			if err != nil {
				return nil, err
			}
			var block cipher.Block
			if block, err = aes.NewCipher(key); err != nil {
				return nil, err
			}
			return pbe.EncryptCBC(block, iv, plain), nil
		},
	}, nil
}

func pbkdf2Algorithm(salt []byte, iterations int) []byte {
	return ber.Sequence(ber.OID(pbe.OIDPBKDF2), ber.Sequence(
		ber.OctetString(salt), ber.Integer(iterations), ber.Integer(32),
		ber.Sequence(ber.OID(pbe.OIDHMACSHA256), ber.Null)))
}

// outMAC is the MAC on its way: its key is derived beside the others, the sum follows.
type outMAC struct {
	profile    Profile
	password   pbe.Password
	salt       []byte
	iterations int
	key        []byte
}

func (w *writer) newMAC() (*outMAC, error) {
	if w.o.Password == nil {
		return nil, nil
	}
	salt, err := w.random(saltSize)
	return &outMAC{profile: w.o.Profile, password: *w.o.Password, salt: salt, iterations: w.o.Iterations}, err
}

func (m *outMAC) derive() (err error) {
	switch m.profile {
	case PBMAC1:
		m.key, err = pbkdf2.Key(sha256.New, string(m.password.UTF8()), m.salt, m.iterations, 32)
	case Legacy:
		m.key = pbe.PKCS12Key(sha1.New, pbe.ForMAC, m.password.Wide()[0], m.salt, m.iterations, sha1.Size)
	default:
		m.key = pbe.PKCS12Key(sha256.New, pbe.ForMAC, m.password.Wide()[0], m.salt, m.iterations, sha256.Size)
	}
	return err
}

func (m *outMAC) encode(message ber.Parts) []byte {
	newHash, oid := hash.Hash(nil), "2.16.840.1.101.3.4.2.1"
	if m.profile == Legacy {
		newHash, oid = hmac.New(sha1.New, m.key), "1.3.14.3.2.26"
	} else {
		newHash = hmac.New(sha256.New, m.key)
	}
	for _, b := range message {
		newHash.Write(b)
	}
	algorithm := ber.Sequence(ber.OID(oid), ber.Null)
	if m.profile == PBMAC1 {
		algorithm = ber.Sequence(ber.OID(pbe.OIDPBMAC1), ber.Sequence(
			pbkdf2Algorithm(m.salt, m.iterations), ber.Sequence(ber.OID(pbe.OIDHMACSHA256), ber.Null)))
	}
	return ber.Sequence(ber.Sequence(algorithm, ber.OctetString(newHash.Sum(nil))), ber.OctetString(m.salt), ber.Integer(m.iterations))
}

// derive runs all derivations, which take nearly all of the time, side by side.
func derive(pending []*sealed, m *outMAC) error {
	jobs := make([]func() error, 0, len(pending)+1)
	for _, s := range pending {
		jobs = append(jobs, func() (err error) {
			s.encrypted, err = s.encrypt()
			return err
		})
	}
	if m != nil {
		jobs = append(jobs, m.derive)
	}
	errs := make([]error, len(jobs))
	parallel.Each(len(jobs), runtime.GOMAXPROCS(0), func(i int) { errs[i] = jobs[i]() })
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *sealed) encryptedInfo() ber.Parts {
	content := append(ber.Parts{ber.OID(oidData), s.algorithm}, ber.Parts{s.encrypted}.In(ber.ContextSpecific, 0, false)...)
	return contentOf(oidEncryptedData, append(ber.Parts{ber.Integer(0)}, content.In(ber.Universal, ber.TagSequence, true)...).In(ber.Universal, ber.TagSequence, true))
}

// Protect returns a key as an EncryptedPrivateKeyInfo.
func Protect(key []byte, pw *pbe.Password, o WriteOptions) ([]byte, error) {
	if fips140.Enforced() && o.Profile == Legacy {
		return nil, fmt.Errorf("the legacy profile is %w", pbe.ErrFIPS)
	}
	w := &writer{o: o}
	s, err := w.seal(pw, slices.Clip(key))
	if err != nil {
		return nil, err
	}
	encrypted, err := s.encrypt()
	if err != nil {
		return nil, err
	}
	return ber.Sequence(s.algorithm, ber.OctetString(encrypted)), nil
}
