package hostile

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/pbkdf2"
	"crypto/sha256"
)

// DER, as far as it is needed here.

func tlv(tag byte, parts ...[]byte) []byte {
	n := 0
	for _, p := range parts {
		n += len(p)
	}
	out := make([]byte, 0, n+6)
	out = append(out, tag)
	switch {
	case n < 0x80:
		out = append(out, byte(n))
	case n < 0x100:
		out = append(out, 0x81, byte(n))
	case n < 0x10000:
		out = append(out, 0x82, byte(n>>8), byte(n))
	default:
		out = append(out, 0x84, byte(n>>24), byte(n>>16), byte(n>>8), byte(n))
	}
	for _, p := range parts {
		out = append(out, p...)
	}
	return out
}

func seq(parts ...[]byte) []byte { return tlv(0x30, parts...) }
func set(parts ...[]byte) []byte { return tlv(0x31, parts...) }
func octets(b []byte) []byte     { return tlv(4, b) }

func explicit(tag byte, parts ...[]byte) []byte { return tlv(0xa0|tag, parts...) }

func oid(arcs ...int) []byte {
	out := []byte{byte(40*arcs[0] + arcs[1])}
	for _, n := range arcs[2:] {
		var b []byte
		for b = append(b, byte(n&0x7f)); n > 0x7f; {
			n >>= 7
			b = append([]byte{0x80 | byte(n&0x7f)}, b...)
		}
		out = append(out, b...)
	}
	return tlv(6, out)
}

var (
	oidData      = oid(1, 2, 840, 113549, 1, 7, 1)
	oidEncrypted = oid(1, 2, 840, 113549, 1, 7, 6)
	oidX509      = oid(1, 2, 840, 113549, 1, 9, 22, 1)
	oidName      = oid(1, 2, 840, 113549, 1, 9, 20)
	oidKeyID     = oid(1, 2, 840, 113549, 1, 9, 21)
	oidTrusted   = oid(2, 16, 840, 1, 113894, 746875, 1, 1)
	oidAnyUsage  = oid(2, 5, 29, 37, 0)
)

func bagOID(kind int) []byte { return oid(1, 2, 840, 113549, 1, 12, 10, 1, kind) }

// file puts safes into a file without MAC.
func file(safes ...[]byte) []byte {
	return seq([]byte{2, 1, 3}, data(seq(safes...)))
}

func data(content []byte) []byte { return seq(oidData, explicit(0, octets(content))) }

func attribute(oid []byte, values ...[]byte) []byte { return seq(oid, set(values...)) }

func attributes(n int) []byte {
	var out []byte
	for range n {
		out = append(out, attribute(oid(1, 2, 3, 4), []byte{5, 0})...)
	}
	return out
}

func certBag(der []byte, attributes ...[]byte) []byte {
	return seq(bagOID(3), explicit(0, seq(oidX509, explicit(0, octets(der)))), set(attributes...))
}

func named(alias string) []byte { return attribute(oidName, tlv(0x1e, utf16(alias))) }

func (m *maker) trustedP12(n int, alias func(int) string, cert func(int) []byte, more []byte) []byte {
	var bags [][]byte
	size := 0
	trusted := attribute(oidTrusted, oidAnyUsage)
	for i := range n {
		bag := certBag(cert(i), named(alias(i)), trusted, more)
		if size += len(bag); size > Size-1000 {
			break
		}
		bags = append(bags, bag)
	}
	return file(data(seq(bags...)))
}

func (m *maker) hiddenP12(n int, cert func(int) []byte) []byte {
	var bags [][]byte
	for i := range n {
		bags = append(bags, certBag(cert(i)))
	}
	return file(data(seq(bags...)))
}

// shroud protects a key with one iteration.
func shroud(key []byte) []byte {
	algorithm, encrypted := encrypt(key)
	return seq(algorithm, octets(encrypted))
}

func encrypt(plain []byte) (algorithm, encrypted []byte) {
	salt, iv := make([]byte, 16), make([]byte, 16)
	key, err := pbkdf2.Key(sha256.New, Password, salt, 1, 32)
	must(err)
	block, err := aes.NewCipher(key)
	must(err)
	pad := 16 - len(plain)%16
	encrypted = append(bytes.Clone(plain), bytes.Repeat([]byte{byte(pad)}, pad)...)
	cipher.NewCBCEncrypter(block, iv).CryptBlocks(encrypted, encrypted)
	return seq(oid(1, 2, 840, 113549, 1, 5, 13), seq(
		seq(oid(1, 2, 840, 113549, 1, 5, 12), seq(octets(salt), []byte{2, 1, 1}, seq(oid(1, 2, 840, 113549, 2, 9), []byte{5, 0}))),
		seq(oid(2, 16, 840, 1, 101, 3, 4, 1, 42), octets(iv)))), encrypted
}

func (m *maker) keysP12(n, certificates int) []byte {
	var bags [][]byte
	protected := shroud(m.pkcs8)
	for i := range n {
		id := attribute(oidKeyID, octets([]byte("Time 1700000"+number(i))))
		bags = append(bags, seq(bagOID(2), explicit(0, protected), set(named(number(i)), id)))
		if i < certificates {
			bags = append(bags, certBag(m.numbered(m.small, i), named(number(i)), id))
		}
	}
	for i := n; i < certificates; i++ {
		bags = append(bags, certBag(m.numbered(m.small, i), named(number(i)), attribute(oidTrusted, oidAnyUsage)))
	}
	return file(data(seq(bags...)))
}

// nested are certificates, each in as many bags of bags as are allowed.
func (m *maker) nested() []byte {
	const depth = 8
	var bags [][]byte
	for i := range Entries / (depth + 1) {
		b := certBag(m.numbered(m.small, i))
		for range depth {
			b = seq(bagOID(6), explicit(0, seq(b)))
		}
		bags = append(bags, b)
	}
	return file(data(seq(bags...)))
}

func (m *maker) crls() []byte {
	var bags [][]byte
	for range Entries {
		bags = append(bags, seq(bagOID(4), explicit(0, seq(oid(1, 2, 840, 113549, 1, 9, 23, 1), explicit(0, octets(make([]byte, 580)))))))
	}
	return file(data(seq(bags...)))
}

// safes are as many encrypted ones as are allowed, full.
func (m *maker) safes() []byte {
	const n = 4096
	var all [][]byte
	at := 0
	for range n {
		var bags [][]byte
		for range Entries / n {
			bags = append(bags, certBag(m.numbered(m.small, at), named(number(at)), attribute(oidTrusted, oidAnyUsage)))
			at++
		}
		algorithm, encrypted := encrypt(seq(bags...))
		all = append(all, seq(oidEncrypted, explicit(0, seq([]byte{2, 1, 0}, seq(oidData, algorithm, tlv(0x80, encrypted))))))
	}
	return file(all...)
}

// pieces is a file in pieces of a few bytes, of indefinite length.
func (m *maker) pieces() []byte {
	whole := seq(data(seq(func() (bags [][]byte) {
		for i := range 2000 {
			bags = append(bags, certBag(m.numbered(m.small, i), named(number(i)), attribute(oidTrusted, oidAnyUsage)))
		}
		return bags
	}()...)))
	out := []byte{0x24, 0x80}
	for len(whole) > 0 {
		n := min(len(whole), 2)
		out = append(append(out, 4, byte(n)), whole[:n]...)
		whole = whole[n:]
	}
	out = append(out, 0, 0)
	return seq([]byte{2, 1, 3}, seq(oidData, explicit(0, out)))
}
