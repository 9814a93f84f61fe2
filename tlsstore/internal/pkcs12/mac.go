package pkcs12

import (
	"crypto/fips140"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"fmt"
	"hash"
	"sync"

	"github.com/kcfg/kcfg/tlsstore/internal/ber"
	"github.com/kcfg/kcfg/tlsstore/internal/pbe"
)

// mac is the file's MAC before it is checked.
type mac struct {
	Algorithm
	iterations int
	cost       int
	digest     []byte
	approved   bool
	compute    func(password, message []byte) ([]byte, error)
	utf8       bool
}

// macHash is a hash of the classic MAC.
type macHash struct {
	name     string
	new      func() hash.Hash
	approved bool
}

var macHashes = sync.OnceValue(func() map[string]macHash {
	return map[string]macHash{
		"1.3.14.3.2.26":          {"SHA1", sha1.New, false},
		"2.16.840.1.101.3.4.2.4": {"SHA224", sha256.New224, true},
		"2.16.840.1.101.3.4.2.1": {"SHA256", sha256.New, true},
		"2.16.840.1.101.3.4.2.2": {"SHA384", sha512.New384, true},
		"2.16.840.1.101.3.4.2.3": {"SHA512", sha512.New, true},
		"2.16.840.1.101.3.4.2.5": {"SHA512/224", sha512.New512_224, true},
		"2.16.840.1.101.3.4.2.6": {"SHA512/256", sha512.New512_256, true},
	}
})

func parseMAC(e *ber.Element) (*mac, error) {
	if e == nil {
		return nil, nil
	}
	parts, err := e.Children(3) // DigestInfo, salt, iterations (default 1)
	if err != nil || len(parts) < 2 {
		return nil, fmt.Errorf("%w: MacData", ErrCorrupt)
	}
	info, err := parts[0].Children(2)
	if err != nil || len(info) != 2 || !info[1].Is(ber.Universal, ber.TagOctetString) {
		return nil, fmt.Errorf("%w: MacData", ErrCorrupt)
	}
	alg, err := info[0].Children(2)
	if err != nil || len(alg) == 0 {
		return nil, fmt.Errorf("%w: MacData", ErrCorrupt)
	}
	oid, err := alg[0].OID()
	if err != nil {
		return nil, corrupt(err)
	}
	m := &mac{}
	if m.digest, err = info[1].Octets(); err != nil {
		return nil, corrupt(err)
	}
	if oid == pbe.OIDPBMAC1 {
		return m, m.parsePBMAC1(alg)
	}
	return m, m.parseClassic(oid, parts)
}

func (m *mac) parsePBMAC1(alg []ber.Element) error {
	if len(alg) != 2 {
		return fmt.Errorf("%w: PBMAC1 without parameters", ErrCorrupt)
	}
	p, err := pbe.ParsePBMAC1(alg[1])
	if err != nil {
		return wrap(err)
	}
	m.Algorithm, m.iterations, m.cost, m.approved, m.utf8 = Algorithm{p.Name, p.Iterations}, p.Iterations, p.Cost, p.Approved, true
	m.compute = func(password, message []byte) ([]byte, error) {
		key, err := p.Key(password)
		if err != nil {
			return nil, err
		}
		h := hmac.New(p.Hash, key)
		h.Write(message)
		return h.Sum(nil), nil
	}
	return nil
}

func (m *mac) parseClassic(oid string, parts []ber.Element) error {
	h, ok := macHashes()[oid]
	if !ok {
		return fmt.Errorf("%w %s (MAC)", pbe.ErrUnsupported, oid)
	}
	if !parts[1].Is(ber.Universal, ber.TagOctetString) {
		return fmt.Errorf("%w: salt of the MAC", ErrCorrupt)
	}
	salt, err := parts[1].Octets()
	if err != nil || len(salt) > 1<<16 {
		return fmt.Errorf("%w: salt of the MAC", ErrCorrupt)
	}
	m.iterations = 1
	if len(parts) == 3 {
		if m.iterations, err = parts[2].Int(); err != nil || m.iterations < 1 {
			return fmt.Errorf("%w: iteration count of the MAC", ErrCorrupt)
		}
	}
	m.Algorithm, m.cost, m.approved = Algorithm{"HMAC-" + h.name, m.iterations}, m.iterations, h.approved
	m.compute = func(password, message []byte) ([]byte, error) {
		key := pbe.PKCS12Key(h.new, pbe.ForMAC, password, salt, m.iterations, h.new().Size())
		sum := hmac.New(h.new, key)
		sum.Write(message)
		return sum.Sum(nil), nil
	}
	return nil
}

// verify checks the MAC with each reading of the password and returns the one that fits.
func (r *reader) verify(m *mac, message []byte) (variant int, err error) {
	if m == nil {
		return 0, nil
	}
	r.file.HasMAC, r.file.MAC = true, m.Algorithm
	if r.o.Password == nil {
		return 0, nil
	}
	if fips140.Enforced() && !m.approved {
		return 0, fmt.Errorf("%s is %w", m.Name, pbe.ErrFIPS)
	}
	forms := r.o.Password.Wide()
	if m.utf8 {
		forms = [][]byte{r.o.Password.UTF8()}
	}
	for i, form := range forms {
		if !r.charge(m.cost) {
			return 0, errBudget()
		}
		sum, err := m.compute(form, message)
		if err != nil {
			return 0, err
		}
		if hmac.Equal(sum, m.digest) {
			r.file.Verified = true
			return i, nil
		}
	}
	return 0, ErrPassword
}
