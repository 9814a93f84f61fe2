package tlsstore

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strconv"

	"github.com/kcfg/kcfg/internal/plural"
	"github.com/kcfg/kcfg/tlsstore/internal/ber"
	"github.com/kcfg/kcfg/tlsstore/internal/pkcs12"
)

const maxCertificate = 1 << 20 // bytes; one with 250 names has 37 KB

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
	info, rest, err := ber.Read(data)
	if err != nil {
		return nil, bad(err.Error())
	}
	if rest = bytes.Trim(rest, "\r\n"); len(rest) > 0 { // a line end is what editors and copying add
		return nil, bad(plural.Of(len(rest), "byte") + " after its end")
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
		certificates, revocations := f.Is(ber.ContextSpecific, 0), f.Is(ber.ContextSpecific, 1)
		if !certificates && !revocations {
			continue
		}
		all, err := f.Children(limits.Entries)
		if err != nil {
			return nil, bad(err.Error())
		}
		for _, e := range all {
			switch x509 := e.Is(ber.Universal, ber.TagSequence); {
			case x509 && !revocations && len(e.Raw) > maxCertificate:
				return nil, fmt.Errorf("%w: a certificate of %d bytes; the limit is %d", ErrTooCostly, len(e.Raw), maxCertificate)
			case x509 && revocations:
				s.Hidden = append(s.Hidden, Hidden{Kind: HiddenCRL, Why: "Java's stores hold no lists of revoked certificates", raw: pkcs12.CRLBag(e.Raw)})
			case x509:
				s.Entries = append(s.Entries, Entry{Alias: strconv.Itoa(len(s.Entries) + 1), Kind: KindCertificate, Chain: [][]byte{e.Raw}})
			default: // attribute certificates and others
				s.Hidden = append(s.Hidden, Hidden{Kind: HiddenOther, Why: "it is not an X.509 certificate"})
			}
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
