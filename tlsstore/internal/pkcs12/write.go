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
	"sync"
	"unicode/utf16"

	"github.com/kcfg/kcfg/internal/parallel"
	"github.com/kcfg/kcfg/tlsstore/internal/ber"
	"github.com/kcfg/kcfg/tlsstore/internal/pbe"
)

// Profile is a choice of algorithms.
type Profile uint8

// The profiles.
const (
	Modern Profile = iota // PBES2 with AES-256-CBC and PBKDF2-HMAC-SHA256, MAC HMAC-SHA256
	Legacy                // 3DES, MAC HMAC-SHA1
	PBMAC1                // as Modern, with PBMAC1 for the MAC
)

// saltSize is what Java writes, in bytes; FIPS 140 asks for 16.
const saltSize = 20

// WriteOptions says how to write.
type WriteOptions struct {
	Profile    Profile
	Iterations int
	Password   *pbe.Password // nil: neither encryption nor MAC
	Rand       io.Reader     // salts; a short read is an error
}

// OutBag is a bag to be written.
type OutBag struct {
	Bag
	Password *pbe.Password // encrypts Key; nil: the file's
}

// Write returns the file that holds the bags: keys and secrets first, in a safe of their own, then certificates and whatever
// stood in an encrypted safe.
func Write(bags []OutBag, o WriteOptions) ([]byte, error) {
	if fips140.Enforced() && o.Profile == Legacy {
		return nil, fmt.Errorf("the legacy profile is %w", pbe.ErrFIPS)
	}
	w := &writer{o: o}
	var keys, certs ber.Parts
	var pending []*sealed
	for i := range bags {
		b := &bags[i]
		if b.withCertificates() {
			certs = appendBag(certs, b)
			continue
		}
		keys = append(keys, nil)
		if b.Raw != nil || b.Protected != nil {
			keys[len(keys)-1] = encodeBag(b, b.Protected)
			continue
		}
		pw := o.Password
		if b.Password != nil {
			pw = b.Password
		}
		if pw == nil {
			return nil, fmt.Errorf("%w: a key needs a password", ErrPassword)
		}
		s, err := w.seal(pw, slices.Clip(b.Key))
		if err != nil {
			return nil, err
		}
		s.done = func(protected []byte) { keys[s.slot] = encodeBag(b, protected) }
		s.slot = len(keys) - 1
		pending = append(pending, s)
	}
	var certSafe *sealed
	if o.Password != nil && len(certs) > 0 {
		var err error
		if certSafe, err = w.seal(o.Password, certs.In(ber.Universal, ber.TagSequence, true).Bytes(aes.BlockSize)); err != nil {
			return nil, err
		}
		pending, certs = append(pending, certSafe), nil
	}
	m, err := w.newMAC()
	if err != nil {
		return nil, err
	}
	if err := derive(pending, m); err != nil {
		return nil, err
	}
	for _, s := range pending {
		if s.done != nil {
			s.done(ber.Sequence(s.algorithm, ber.OctetString(s.encrypted)))
		}
	}
	var safes ber.Parts
	if len(keys) > 0 {
		safes = append(safes, dataInfo(keys.In(ber.Universal, ber.TagSequence, true))...)
	}
	switch {
	case certSafe != nil:
		safes = append(safes, certSafe.encryptedInfo()...)
	case len(certs) > 0:
		safes = append(safes, dataInfo(certs.In(ber.Universal, ber.TagSequence, true))...)
	}
	authSafe := safes.In(ber.Universal, ber.TagSequence, true)
	parts := append(ber.Parts{ber.Integer(3)}, dataInfo(authSafe)...)
	if m != nil {
		parts = append(parts, m.encode(authSafe))
	}
	return parts.In(ber.Universal, ber.TagSequence, true).Bytes(0), nil
}

type writer struct{ o WriteOptions }

// InOrder returns the bags of groups in the order in which Write writes them: keys first, then what stands in the safe of
// certificates.
func InOrder(groups ...[]OutBag) []OutBag {
	n := 0
	for _, g := range groups {
		n += len(g)
	}
	all := make([]OutBag, 0, n)
	for _, certificates := range []bool{false, true} {
		for _, g := range groups {
			for i := range g {
				if g[i].withCertificates() == certificates {
					all = append(all, g[i])
				}
			}
		}
	}
	return all
}

func (b *OutBag) withCertificates() bool { return b.Type == Certificate || b.Encrypted }

// Relabel returns a bag, given as it was read, with the attributes of another.
func Relabel(raw []byte, b Bag) []byte {
	bag, err := ber.Single(raw)
	if err != nil {
		return raw // it was read before
	}
	parts, err := bag.Children(3)
	if err != nil || len(parts) < 2 {
		return raw
	}
	return ber.Sequence(parts[0].Raw, parts[1].Raw, encodeAttributes(&b))
}

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

func dataInfo(content ber.Parts) ber.Parts {
	return contentOf(oidData, content.In(ber.Universal, ber.TagOctetString, false))
}

func contentOf(oid string, content ber.Parts) ber.Parts {
	return append(ber.Parts{ber.OID(oid)}, content.In(ber.ContextSpecific, 0, true)...).In(ber.Universal, ber.TagSequence, true)
}

func (s *sealed) encryptedInfo() ber.Parts {
	content := append(ber.Parts{ber.OID(oidData), s.algorithm}, ber.Parts{s.encrypted}.In(ber.ContextSpecific, 0, false)...)
	return contentOf(oidEncryptedData, append(ber.Parts{ber.Integer(0)}, content.In(ber.Universal, ber.TagSequence, true)...).In(ber.Universal, ber.TagSequence, true))
}

// encoded are the object identifiers of bags of certificates, of which there may be many.
var encoded = sync.OnceValue(func() (e struct{ cert, x509, friendlyName, localKeyID, trusted []byte }) {
	e.cert, e.x509 = ber.OID(oidCert), ber.OID(oidX509)
	e.friendlyName, e.localKeyID, e.trusted = ber.OID(oidFriendlyName), ber.OID(oidLocalKeyID), ber.OID(oidTrustedUsage)
	return e
})

// appendBag appends a bag, the certificate in it not copied.
func appendBag(out ber.Parts, b *OutBag) ber.Parts {
	if b.Raw != nil || b.Type != Certificate {
		return append(out, encodeBag(b, nil))
	}
	oids, attributes := encoded(), encodeAttributes(&b.Bag)
	octets := ber.Size(len(b.Certificate))
	value := len(oids.x509) + ber.Size(octets)
	head := make([]byte, 0, 64)
	head = ber.AppendHeader(head, ber.Universal, ber.TagSequence, true, len(oids.cert)+ber.Size(ber.Size(value))+len(attributes))
	head = ber.AppendHeader(append(head, oids.cert...), ber.ContextSpecific, 0, true, ber.Size(value))
	head = ber.AppendHeader(head, ber.Universal, ber.TagSequence, true, value)
	head = ber.AppendHeader(append(head, oids.x509...), ber.ContextSpecific, 0, true, octets)
	head = ber.AppendHeader(head, ber.Universal, ber.TagOctetString, false, len(b.Certificate))
	return append(out, head, b.Certificate, attributes)
}

// encodeBag returns a bag as it was read, or one made of its parts.
func encodeBag(b *OutBag, protected []byte) []byte {
	if b.Raw != nil {
		return b.Raw
	}
	var value []byte
	switch b.Type {
	case Secret:
		value = ber.Sequence(ber.OID(oidShroudedKey), ber.Explicit(0, ber.OctetString(protected)))
	default:
		value = protected
	}
	parts := [][]byte{ber.OID(b.OID), ber.Explicit(0, value)}
	if attributes := encodeAttributes(&b.Bag); attributes != nil {
		parts = append(parts, attributes)
	}
	return ber.Sequence(parts...)
}

func encodeAttributes(b *Bag) []byte {
	oids := encoded()
	var all [][]byte
	if b.HasName {
		all = append(all, ber.Sequence(oids.friendlyName, ber.Set(ber.Make(ber.Universal, ber.TagBMPString, false, toUTF16(b.Name)))))
	}
	if b.HasKeyID {
		all = append(all, ber.Sequence(oids.localKeyID, ber.Set(ber.OctetString(b.LocalKeyID))))
	}
	if b.Trusted != nil {
		all = append(all, ber.Sequence(oids.trusted, b.Trusted))
	}
	if all = append(all, b.Attributes...); len(all) == 0 {
		return nil
	}
	return ber.SortedSet(all...)
}

// AnyUsage returns the value of the trusted-key-usage attribute that makes a certificate trusted for everything.
func AnyUsage() []byte { return ber.Set(ber.OID(oidAnyUsage)) }

// NewKeyBag returns a bag for a key, NewCertificateBag one for a certificate.
func NewKeyBag(t Type) Bag {
	if t == Secret {
		return Bag{Type: Secret, OID: oidSecret}
	}
	return Bag{Type: ShroudedKey, OID: oidShroudedKey}
}

// NewCertificateBag returns a bag for a certificate without attributes.
func NewCertificateBag(der []byte) Bag {
	return Bag{Type: Certificate, OID: oidCert, Certificate: der}
}

// NestedBag returns a bag that holds another one, which Java does not see in there.
func NestedBag(b Bag) Bag {
	raw := ber.Sequence(ber.OID(oidSafe), ber.Explicit(0, ber.Sequence(b.Raw)))
	return Bag{Type: Other, OID: oidSafe, Raw: raw, Encrypted: b.Encrypted}
}

// CRLBag returns the bag that holds a list of revoked certificates.
func CRLBag(der []byte) []byte {
	return ber.Sequence(ber.OID(oidCRL), ber.Explicit(0, ber.Sequence(ber.OID(oidX509CRL), ber.Explicit(0, ber.OctetString(der)))))
}

func toUTF16(s string) []byte {
	units := utf16.Encode([]rune(s))
	out := make([]byte, 0, 2*len(units))
	for _, u := range units {
		out = append(out, byte(u>>8), byte(u))
	}
	return out
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
