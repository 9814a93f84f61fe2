package pbe

import (
	"crypto/md5"
	"hash"
	"unicode/utf16"
	"unicode/utf8"
)

// Purposes of a key that PKCS12Key derives (RFC 7292, B.3).
const (
	ForKey = 1
	ForIV  = 2
	ForMAC = 3
)

// PKCS12Key derives size bytes from a password that is already UTF-16 with its two zero bytes (RFC 7292, appendix B.2).
func PKCS12Key(newHash func() hash.Hash, purpose byte, password, salt []byte, iterations, size int) []byte {
	h := newHash()
	u, v := h.Size(), h.BlockSize()
	diversifier := make([]byte, v)
	for i := range diversifier {
		diversifier[i] = purpose
	}
	input := append(repeated(salt, v), repeated(password, v)...)
	out := make([]byte, 0, size+u)
	sum := make([]byte, 0, u)
	for {
		h.Reset()
		h.Write(diversifier)
		h.Write(input)
		sum = h.Sum(sum[:0])
		for range iterations - 1 {
			h.Reset()
			h.Write(sum)
			sum = h.Sum(sum[:0])
		}
		if out = append(out, sum...); len(out) >= size {
			return out[:size]
		}
		addToBlocks(input, repeated(sum, v)[:v])
	}
}

// repeated fills whole blocks of v bytes with copies of b; of nothing there are no copies.
func repeated(b []byte, v int) []byte {
	n := (len(b) + v - 1) / v * v
	out := make([]byte, 0, n+len(b))
	for len(out) < n {
		out = append(out, b...)
	}
	return out[:n]
}

// addToBlocks adds block+1 to every block of input, as big-endian numbers.
func addToBlocks(input, block []byte) {
	for start := 0; start < len(input); start += len(block) {
		carry := 1
		for i := len(block) - 1; i >= 0; i-- {
			carry += int(input[start+i]) + int(block[i])
			input[start+i] = byte(carry)
			carry >>= 8
		}
	}
}

// pbkdf1 is the derivation of PKCS#5's oldest schemes.
func pbkdf1(newHash func() hash.Hash, password, salt []byte, iterations int) []byte {
	h := newHash()
	h.Write(password)
	h.Write(salt)
	sum := h.Sum(nil)
	for range iterations - 1 {
		h.Reset()
		h.Write(sum)
		sum = h.Sum(sum[:0])
	}
	return sum
}

// oidJCE is what Java's JCEKS protects keys with: PBEWithMD5AndTripleDES.
const oidJCE = "1.3.6.1.4.1.42.2.19.1"

// jceKey is the derivation of PBEWithMD5AndTripleDES: each half of the salt gives 16 bytes. Where the halves are equal, Java
// means to reverse the first one, and its slip is part of the format.
func jceKey(password, salt []byte, iterations int) []byte {
	s := [8]byte(salt)
	if [4]byte(s[:4]) == [4]byte(s[4:]) {
		for i := range 2 {
			t := s[i]
			s[i] = s[3-i]
			s[2] = t
		}
	}
	out := make([]byte, 0, 32)
	h := md5.New()
	for half := range 2 {
		sum := append([]byte(nil), s[4*half:4*half+4]...)
		for range iterations {
			h.Reset()
			h.Write(sum)
			h.Write(password)
			sum = h.Sum(sum[:0])
		}
		out = append(out, sum...)
	}
	return out
}

// Wide returns the password as PKCS#12's own derivations take it, UTF-16 with two zero bytes at the end; then the other
// readings that producers have used: an empty one as no bytes at all, and UTF-8 bytes taken for characters.
func (p Password) Wide() [][]byte {
	forms := [][]byte{terminated(UTF16(p.utf8))}
	switch {
	case len(p.utf8) == 0:
		forms = append(forms, nil)
	case !ascii(p.utf8):
		bytewise := make([]byte, 0, 2*len(p.utf8)+2)
		for _, b := range p.utf8 {
			bytewise = append(bytewise, 0, b)
		}
		forms = append(forms, terminated(bytewise))
	}
	return forms
}

// UTF8 returns the password's bytes.
func (p Password) UTF8() []byte { return p.utf8 }

func terminated(b []byte) []byte { return append(b, 0, 0) }

// UTF16 returns UTF-8 as big-endian UTF-16.
func UTF16(b []byte) []byte {
	out := make([]byte, 0, 2*len(b)+2)
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		b = b[n:]
		if r > 0xffff {
			hi, lo := utf16.EncodeRune(r)
			out = append(out, byte(hi>>8), byte(hi), byte(lo>>8), byte(lo))
			continue
		}
		out = append(out, byte(r>>8), byte(r))
	}
	return out
}

func ascii(b []byte) bool {
	for _, c := range b {
		if c >= 0x80 {
			return false
		}
	}
	return true
}

// latin1 returns UTF-8 as ISO 8859-1, where it can be.
func latin1(b []byte) ([]byte, bool) {
	out := make([]byte, 0, len(b))
	for _, r := range string(b) {
		if r > 0xff {
			return nil, false
		}
		out = append(out, byte(r))
	}
	return out, true
}
