package tlsstore

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strconv"

	"github.com/kcfg/kcfg/tlsstore/internal/ber"
)

// decodePKCS7 reads the certificates of a .p7b, in DER, BER or PEM. It has no names and no signature over the certificates.
func decodePKCS7(data []byte, limits Limits) (*Store, error) {
	if data[0] != 0x30 {
		der, err := pkcs7FromPEM(data)
		if err != nil {
			return nil, err
		}
		data = der
	}
	bad := func(what string) error { return fmt.Errorf("%w: PKCS#7: %s", ErrCorrupt, what) }
	info, err := ber.Single(bytes.TrimRight(data, "\r\n"))
	if err != nil {
		return nil, bad(err.Error())
	}
	parts, err := info.Children(2)
	if err != nil || len(parts) != 2 || !parts[1].Is(ber.ContextSpecific, 0) {
		return nil, bad("no content")
	}
	signed, err := ber.Single(parts[1].Content)
	if err != nil {
		return nil, bad(err.Error())
	}
	fields, err := signed.Children(6)
	if err != nil {
		return nil, bad(err.Error())
	}
	s := &Store{Format: PKCS7, traits: &traits{}}
	for _, f := range fields {
		if !f.Is(ber.ContextSpecific, 0) {
			continue
		}
		certs, err := f.Children(limits.Entries)
		if err != nil {
			return nil, bad(err.Error())
		}
		for _, c := range certs {
			if !c.Is(ber.Universal, ber.TagSequence) { // attribute certificates and others
				s.Hidden = append(s.Hidden, Hidden{Kind: HiddenOther, Why: "it is not an X.509 certificate"})
				continue
			}
			s.Entries = append(s.Entries, Entry{Alias: strconv.Itoa(len(s.Entries) + 1), Kind: KindCertificate, Chain: [][]byte{c.Raw}})
		}
	}
	if len(s.Entries) == 0 {
		return nil, fmt.Errorf("%w: the PKCS#7 file holds no certificates", ErrFormat)
	}
	return s, nil
}

// pkcs7FromPEM decodes the first block; what stands around it does not matter.
func pkcs7FromPEM(data []byte) ([]byte, error) {
	for _, label := range []string{"PKCS7", "CMS"} {
		_, rest, ok := bytes.Cut(data, []byte("-----BEGIN "+label+"-----"))
		if !ok {
			continue
		}
		text, _, ok := bytes.Cut(rest, []byte("-----END "+label+"-----"))
		if !ok {
			return nil, fmt.Errorf("%w: the PEM block of PKCS#7 has no end", ErrCorrupt)
		}
		text = bytes.Join(bytes.Fields(text), nil)
		der := make([]byte, base64.StdEncoding.DecodedLen(len(text)))
		n, err := base64.StdEncoding.Decode(der, text)
		if err != nil || n == 0 {
			return nil, fmt.Errorf("%w: the PEM block of PKCS#7 is not base64", ErrCorrupt)
		}
		return der[:n], nil
	}
	return nil, fmt.Errorf("%w: no PKCS#7 block", ErrCorrupt)
}
