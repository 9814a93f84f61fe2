package tlsstore

import (
	"bytes"
	"encoding/binary"

	"github.com/kcfg/kcfg/tlsstore/internal/ber"
	"github.com/kcfg/kcfg/tlsstore/internal/jks"
)

// Detect tells the format by the content; the name of a file often lies, since Java opens PKCS12 as "JKS".
func Detect(data []byte) Format {
	if len(data) >= 4 {
		switch binary.BigEndian.Uint32(data) {
		case jks.MagicJKS:
			return JKS
		case jks.MagicJCEKS:
			return JCEKS
		}
	}
	if bytes.Contains(data, []byte("-----BEGIN ")) {
		if bytes.Contains(data, []byte("-----BEGIN PKCS7-----")) || bytes.Contains(data, []byte("-----BEGIN CMS-----")) {
			return PKCS7
		}
		return PEM
	}
	if len(data) > 0 && data[0] == 0x30 {
		return detectASN1(data)
	}
	return detectBouncyCastle(data)
}

// detectASN1 looks at the first element of a sequence: a PFX begins with a version, a PKCS#7 with its type, a BCFKS store with
// what it is encrypted with. It needs the beginning only: the lengths may lie.
func detectASN1(data []byte) Format {
	content, ok := ber.Inside(data)
	if !ok || len(content) < 3 {
		return FormatUnknown
	}
	switch content[0] {
	case ber.TagInteger:
		if bytes.HasPrefix(content, []byte{2, 1, 3}) {
			return PKCS12
		}
	case ber.TagOID:
		if bytes.HasPrefix(content, ber.OID("1.2.840.113549.1.7.2")) {
			return PKCS7
		}
	case 0x30:
		if inner, ok := ber.Inside(content); ok && len(inner) > 2 && inner[0] == 0x30 {
			if alg, ok := ber.Inside(inner); ok && len(alg) > 2 && alg[0] == ber.TagOID {
				return BCFKS
			}
		}
	}
	return FormatUnknown
}

// detectBouncyCastle knows BKS and UBER, which begin with a version, a salt and a count of iterations. BKS goes on with an
// entry in the clear, UBER with what it is encrypted to.
func detectBouncyCastle(data []byte) Format {
	if len(data) < 32 {
		return FormatUnknown
	}
	version, salt := binary.BigEndian.Uint32(data), binary.BigEndian.Uint32(data[4:])
	if version > 2 || salt < 8 || salt > 64 || int(salt)+14 > len(data) {
		return FormatUnknown
	}
	rest := data[8+salt:]
	if iterations := binary.BigEndian.Uint32(rest); iterations == 0 || iterations > 1<<20 {
		return FormatUnknown
	}
	if kind := rest[4]; kind <= 4 && (kind == 0 || int(binary.BigEndian.Uint16(rest[5:])) < len(rest)) {
		return BKS
	}
	return UBER
}
