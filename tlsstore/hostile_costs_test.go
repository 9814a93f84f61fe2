package tlsstore

import (
	"bytes"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/tlsstore/internal/ber"
	"github.com/kcfg/kcfg/tlsstore/internal/jks"
	"github.com/kcfg/kcfg/tlsstore/internal/pbe"
	"github.com/kcfg/kcfg/tlsstore/internal/pkcs12"
)

// The files below kept a reader busy for minutes or took gigabytes, each through work that grew with the square of the file or
// through keys of absurd size. Each has to be over long before that.
const hang = 20 * time.Second // on a machine that does much else

func noHang(t *testing.T, data []byte, check func(t *testing.T, s *Store, err error)) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		s, err := Decode(data, changeit, DecodeOptions{})
		if err == nil {
			s.Inspect()
			CheckFile(s)
			Check(s, CheckOptions{Now: testTime})
		}
		check(t, s, err)
	}()
	select {
	case <-done:
	case <-time.After(hang):
		t.Fatal("it hangs")
	}
}

// p12 puts bags into a file without MAC, one safe.
func p12(bags ...[]byte) []byte {
	info := func(content []byte) []byte {
		return ber.Sequence(ber.OID("1.2.840.113549.1.7.1"), ber.Explicit(0, ber.OctetString(content)))
	}
	return ber.Sequence(ber.Integer(3), info(ber.Sequence(info(ber.Sequence(bags...)))))
}

// bag returns a safe bag with a name and a local key ID.
func bag(kind int, value []byte, name, id string) []byte {
	var attributes [][]byte
	if name != "" {
		attributes = append(attributes, ber.Sequence(ber.OID("1.2.840.113549.1.9.20"), ber.Set(ber.Make(0, ber.TagBMPString, false, pbe.UTF16([]byte(name))))))
	}
	if id != "" {
		attributes = append(attributes, ber.Sequence(ber.OID("1.2.840.113549.1.9.21"), ber.Set(ber.OctetString([]byte(id)))))
	}
	return ber.Sequence(ber.OID(fmt.Sprintf("1.2.840.113549.1.12.10.1.%d", kind)), ber.Explicit(0, value), ber.Set(attributes...))
}

func certBag(der []byte, name, id string) []byte {
	return bag(3, ber.Sequence(ber.OID("1.2.840.113549.1.9.22.1"), ber.Explicit(0, ber.OctetString(der))), name, id)
}

// shrouded protects a key with one iteration.
func shrouded(t *testing.T, key []byte) []byte {
	t.Helper()
	pw := pbe.NewPassword(changeit.bytes())
	protected, err := pkcs12.Protect(key, &pw, pkcs12.WriteOptions{Iterations: 1, Rand: rand.Reader})
	require.NoError(t, err)
	return protected
}

// altered returns a certificate with some of its fields replaced; its signature is nonsense.
func altered(t *testing.T, der []byte, change func(fields [][]byte)) []byte {
	t.Helper()
	c, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	tbs, err := ber.Single(c.RawTBSCertificate)
	require.NoError(t, err)
	parts, err := tbs.Children(10)
	require.NoError(t, err)
	fields := make([][]byte, 7) // version, serial, signature, issuer, validity, subject, key
	for i := range fields {
		fields[i] = parts[i].Raw
	}
	change(fields)
	return ber.Sequence(ber.Sequence(fields...), parts[2].Raw, ber.Make(0, ber.TagBitString, false, []byte{0}))
}

func commonName(s string) []byte {
	return ber.Sequence(ber.Set(ber.Sequence(ber.OID("2.5.4.3"), ber.Make(0, ber.TagUTF8String, false, []byte(s)))))
}

func TestManyKeysAndCertificates(t *testing.T) {
	id := fixture(t, "p256")
	other := fixture(t, "rsa2048")
	key := shrouded(t, id.key)
	t.Run("all of one local key ID", func(t *testing.T) {
		var bags [][]byte
		for i := range defaultKeys {
			bags = append(bags, bag(2, key, fmt.Sprint("k", i), "x"))
		}
		for i := range 20_000 {
			bags = append(bags, certBag(id.chain[0], fmt.Sprint("c", i), "x"))
		}
		noHang(t, p12(bags...), func(t *testing.T, s *Store, err error) {
			require.NoError(t, err)
			require.Len(t, s.Entries, defaultKeys)
		})
	})
	t.Run("keys of no certificate", func(t *testing.T) {
		var bags [][]byte
		for i := range defaultKeys {
			bags = append(bags, bag(2, key, fmt.Sprint("k", i), fmt.Sprint("Time ", i)))
		}
		for range 20_000 {
			bags = append(bags, certBag(other.root, "", "y"))
		}
		noHang(t, p12(bags...), func(t *testing.T, s *Store, err error) {
			require.NoError(t, err)
			require.Len(t, s.Entries, defaultKeys)
		})
	})
	t.Run("keys that share a long chain", func(t *testing.T) {
		var bags [][]byte
		for i := range 500 {
			bags = append(bags, bag(2, key, fmt.Sprint("k", i), "x"))
		}
		for i := range 5_000 {
			der := altered(t, id.chain[0], func(f [][]byte) {
				f[3], f[5] = commonName(fmt.Sprint(i+1)), commonName(fmt.Sprint(i))
			})
			if i == 0 {
				bags = append(bags, certBag(der, "c", "x"))
			} else {
				bags = append(bags, certBag(der, "", ""))
			}
		}
		noHang(t, p12(bags...), func(t *testing.T, _ *Store, err error) {
			require.ErrorIs(t, err, ErrTooCostly)
		})
	})
	t.Run("authorities of one name", func(t *testing.T) {
		root := issue(t, request{cn: "Root", ca: true})
		key, err := x509.MarshalPKCS8PrivateKey(root.key)
		require.NoError(t, err)
		bags := [][]byte{bag(2, shrouded(t, key), "k", "x")}
		for i := range 3_000 {
			name := pkix.Name{CommonName: "Root"}
			template := &x509.Certificate{SerialNumber: big.NewInt(int64(i)), Subject: name, SubjectKeyId: fmt.Append(nil, i), AuthorityKeyId: fmt.Append(nil, i+1), NotAfter: testTime,
				IsCA: true, BasicConstraintsValid: true}
			parent := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: name, SubjectKeyId: fmt.Append(nil, i+1)}
			der, err := x509.CreateCertificate(rand.Reader, template, parent, root.key.Public(), root.key)
			require.NoError(t, err)
			if i == 0 {
				bags = append(bags, certBag(der, "c", "x"))
			} else {
				bags = append(bags, certBag(der, "", ""))
			}
		}
		noHang(t, p12(bags...), func(t *testing.T, s *Store, err error) {
			require.NoError(t, err)
			require.Len(t, s.Entries, 1)
			require.Len(t, s.Entries[0].Chain, 3_000)
		})
	})
}

// TestHugeKeys: crypto/x509 checks the primes of a key, and multiplies numbers of any size to do so.
func TestHugeKeys(t *testing.T) {
	id := fixture(t, "p256")
	rsaKey := func(bits int) []byte {
		prime := new(big.Int).Lsh(big.NewInt(1), uint(bits/2))
		prime.Sub(prime, big.NewInt(1))
		der, err := asn1.Marshal(struct {
			Version              int
			N                    *big.Int
			E                    int
			D, P, Q, Dp, Dq, Inv *big.Int
		}{0, new(big.Int).Mul(prime, prime), 65537, prime, prime, prime, prime, prime, prime})
		require.NoError(t, err)
		return ber.Sequence(ber.Integer(0), ber.Sequence(ber.OID(oidRSA), ber.Null), ber.OctetString(der))
	}
	_, err := parsePKCS8(rsaKey(maxRSABits + 16))
	require.ErrorIs(t, err, ErrTooCostly)
	_, err = parsePKCS8(rsaKey(maxRSABits))
	require.Error(t, err)
	require.NotErrorIs(t, err, ErrTooCostly)

	huge := rsaKey(100_000)
	public, err := asn1.Marshal(struct {
		N *big.Int
		E int
	}{new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 100_000), big.NewInt(1)), 1<<31 - 1})
	require.NoError(t, err)
	cert := altered(t, id.root, func(f [][]byte) {
		f[3], f[5] = commonName("r"), commonName("r")
		f[6] = ber.Sequence(ber.Sequence(ber.OID(oidRSA), ber.Null), ber.Make(0, ber.TagBitString, false, append([]byte{0}, public...)))
	})
	var bags [][]byte
	for i := range 50 {
		bags = append(bags, bag(2, shrouded(t, huge), fmt.Sprint("k", i), fmt.Sprint("x", i)), certBag(cert, "", fmt.Sprint("x", i)))
	}
	noHang(t, p12(bags...), func(t *testing.T, s *Store, err error) {
		require.NoError(t, err)
		require.Len(t, s.Entries, 50)
		for _, e := range s.Entries {
			require.True(t, e.Locked())
		}
	})
	var text strings.Builder
	for range 300 {
		text.WriteString(pemOf("CERTIFICATE", cert))
	}
	noHang(t, []byte(text.String()), func(t *testing.T, s *Store, err error) { require.NoError(t, err) })
}

// TestManySignatures: checking a signature by the largest key that is taken needs a hundredth of a second.
func TestManySignatures(t *testing.T) {
	e := newEffort()
	n := 0
	for e.spend(verifyCost(newKey(t, "RSA-2048").Public())) {
		n++
	}
	require.Greater(t, n, 5_000, "an ordinary store never gets there")

	root := issue(t, request{cn: "Root", ca: true, key: newKey(t, "EC-521")})
	entry := Entry{Alias: "a", Kind: KindKey, Key: nil}
	for i := range 2_000 {
		der := altered(t, root.der, func(f [][]byte) { f[1] = ber.Integer(i) })
		entry.Chain = append(entry.Chain, der)
	}
	found := Check(&Store{Format: JKS, Entries: []Entry{entry}}, CheckOptions{Now: testTime})
	require.NotEmpty(t, found)
}

func TestTextOfPieces(t *testing.T) {
	wrap := func(octets []byte) []byte {
		return ber.Sequence(ber.Integer(3), ber.Sequence(ber.OID("1.2.840.113549.1.7.1"), ber.Explicit(0, octets)))
	}
	pieces := func(content []byte) []byte { return ber.Make(0, ber.TagOctetString, true, content) }
	nested := append(bytes.Repeat([]byte{0x24, 0x80}, 60), 4, 0)
	nested = append(nested, make([]byte, 120)...)
	for name, content := range map[string][]byte{
		"nested pieces": bytes.Repeat(nested, 100_000),
		"tiny pieces":   bytes.Repeat([]byte{4, 0}, 3_000_000),
		"deep pieces":   bytes.Repeat([]byte{0x24, 0x80}, 100_000),
	} {
		t.Run(name, func(t *testing.T) {
			noHang(t, wrap(pieces(content)), func(t *testing.T, _ *Store, err error) { require.ErrorIs(t, err, ErrCorrupt) })
		})
	}
}

func TestManyBags(t *testing.T) {
	id := fixture(t, "p256")
	empty := bag(6, ber.Sequence(), "", "")
	noHang(t, p12(bytes.Repeat(empty, DefaultEntries)), func(t *testing.T, s *Store, err error) {
		require.NoError(t, err)
		require.Empty(t, s.Entries)
	})
	noHang(t, p12(bytes.Repeat(empty, DefaultEntries+1)), func(t *testing.T, _ *Store, err error) { require.ErrorIs(t, err, ErrTooCostly) })

	deep := certBag(id.root, "x", "")
	for range 10_000 {
		deep = bag(6, ber.Sequence(deep), "", "")
	}
	noHang(t, p12(deep), func(t *testing.T, _ *Store, err error) { require.ErrorIs(t, err, ErrCorrupt) })

	attribute := ber.Sequence(ber.OID("1.2.3"), ber.Set())
	crowded := ber.Sequence(ber.OID("1.2.840.113549.1.12.10.1.4"), ber.Explicit(0, ber.Sequence()), ber.Set(bytes.Repeat(attribute, 250)))
	noHang(t, p12(bytes.Repeat(crowded, 790)), func(t *testing.T, _ *Store, err error) { require.NoError(t, err) })
	noHang(t, p12(bytes.Repeat(crowded, 810)), func(t *testing.T, _ *Store, err error) { require.ErrorIs(t, err, ErrTooCostly) })
}

// TestHugeCertificates: a limit on each certificate, in every format.
func TestHugeCertificates(t *testing.T) {
	id := fixture(t, "p256")
	sized := func(n int) []byte { // its serial number makes it as long as that
		der := altered(t, id.root, func(f [][]byte) { f[1] = ber.Make(0, ber.TagInteger, false, bytes.Repeat([]byte{1}, n-1000)) })
		more := n - len(der)
		return altered(t, id.root, func(f [][]byte) {
			f[1] = ber.Make(0, ber.TagInteger, false, bytes.Repeat([]byte{1}, n-1000+more))
		})
	}
	fits, tooLong := sized(maxCertificate), sized(maxCertificate+1)
	require.Len(t, fits, maxCertificate)
	for name, wrap := range map[string]func(der []byte) []byte{
		"JKS": func(der []byte) []byte {
			return jksFile(uint32(jks.MagicJKS), uint32(2), uint32(1), uint32(2), "a", uint64(0), "X.509", uint32(len(der)), der)
		},
		"PKCS12": func(der []byte) []byte { return p12(certBag(der, "a", "")) },
		"PKCS7": func(der []byte) []byte {
			return ber.Sequence(ber.OID("1.2.840.113549.1.7.2"), ber.Explicit(0, ber.Sequence(ber.Integer(1), ber.Explicit(0, der))))
		},
	} {
		t.Run(name, func(t *testing.T) {
			noHang(t, wrap(fits), func(t *testing.T, _ *Store, err error) { require.NoError(t, err) })
			noHang(t, wrap(tooLong), func(t *testing.T, _ *Store, err error) { require.ErrorIs(t, err, ErrTooCostly) })
		})
	}
	name := ber.Sequence(bytes.Repeat(ber.Set(ber.Sequence(ber.OID("2.5.4.3"), ber.Make(0, ber.TagUTF8String, false, []byte("a  b")))), 50_000))
	der := altered(t, id.root, func(f [][]byte) { f[3], f[5] = name, name })
	if len(der) > maxCertificate {
		name = ber.Sequence(bytes.Repeat(ber.Set(ber.Sequence(ber.OID("2.5.4.3"), ber.Make(0, ber.TagUTF8String, false, []byte("a  b")))), 25_000))
		der = altered(t, id.root, func(f [][]byte) { f[3], f[5] = name, name })
	}
	var bags [][]byte
	for range 20 {
		bags = append(bags, certBag(der, "", ""))
	}
	noHang(t, p12(bags...), func(t *testing.T, s *Store, err error) {
		require.NoError(t, err)
		require.Empty(t, s.Inspect().Hidden.Certificates[0].Subject, "no name has so many parts")
	})
}

// TestLongAliasInMessages: an alias of 65,535 characters is whole in JSON, and not repeated in every message.
func TestLongAliasInMessages(t *testing.T) {
	id := fixture(t, "p256")
	alias := strings.Repeat("a", 65_535)
	data := jksFile(uint32(jks.MagicJKS), uint32(2), uint32(1), uint32(2), alias, uint64(0), "X.509", uint32(len(id.chain[0])), id.chain[0])
	s, err := Decode(data, changeit, DecodeOptions{})
	require.NoError(t, err)
	require.Equal(t, alias, s.Inspect().Entries[0].Alias)
	for _, f := range Check(s, CheckOptions{Now: testTime}) {
		require.Less(t, len(f.Message), 1000)
	}
	require.Less(t, len(s.Entries[0].String()), 1000)
}

// TestScryptMemory: a block size of its own makes scrypt take several times its table.
func TestScryptMemory(t *testing.T) {
	id := fixture(t, "p256")
	key := func(n, r, p int) []byte {
		return ber.Sequence(ber.Sequence(ber.OID(pbe.OIDPBES2), ber.Sequence(
			ber.Sequence(ber.OID(pbe.OIDScrypt), ber.Sequence(ber.OctetString([]byte("saltsalt")), ber.Integer(n), ber.Integer(r), ber.Integer(p))),
			ber.Sequence(ber.OID(pbe.OIDAES256CBC), ber.OctetString(make([]byte, 16))))), ber.OctetString(make([]byte, 160)))
	}
	for _, c := range []struct {
		n, r, p int
		limit   bool
	}{
		{1 << 14, 8, 1, false}, // openssl's
		{1 << 16, 8, 1, false}, // 64 MiB
		{1 << 17, 8, 1, true},
		{2, 1 << 18, 1, true}, // 64 MiB for the table, and as much again for the blocks
		{2, 1 << 17, 16, true},
		{1 << 10, 1, 16, false},
		{1 << 10, 1, 17, true},
		{1 << 30, 1, 1, true},
		{2, 1 << 30, 1, true},
		{2, 1, 1 << 30, true},
	} {
		s, err := Decode(p12(bag(2, key(c.n, c.r, c.p), "k", "x"), certBag(id.chain[0], "k", "x")), changeit, DecodeOptions{})
		require.NoError(t, err)
		require.True(t, s.Entries[0].Locked())
		if c.limit {
			require.Contains(t, s.Entries[0].Why(), "too costly", c)
		} else {
			require.NotContains(t, s.Entries[0].Why(), "too costly", c)
		}
	}
}
