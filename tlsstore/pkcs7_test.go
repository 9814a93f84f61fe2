package tlsstore

import (
	"encoding/base64"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/tlsstore/internal/ber"
)

// TestPKCS7EndsInLineEnd: the last byte of DER may be a line end's, since it is that of a signature.
func TestPKCS7EndsInLineEnd(t *testing.T) {
	der, err := os.ReadFile("testdata/stores/certs.p7b")
	require.NoError(t, err)
	want, err := Decode(der, Password{}, DecodeOptions{})
	require.NoError(t, err)
	for _, end := range []string{"\n", "\r", "\r\n", "\n\n"} {
		signed := withSigner(t, der, end)
		require.Equal(t, end, string(signed[len(signed)-len(end):]))
		for what, data := range map[string][]byte{
			"DER":                     signed,
			"DER and a line end":      append(signed[:len(signed):len(signed)], "\r\n"...),
			"PEM":                     []byte("-----BEGIN PKCS7-----\n" + base64.StdEncoding.EncodeToString(signed) + "\n-----END PKCS7-----\n"),
			"PEM with Windows' lines": []byte("-----BEGIN CMS-----\r\n" + base64.StdEncoding.EncodeToString(signed) + "\r\n-----END CMS-----\r\n"),
		} {
			s, err := Decode(data, Password{}, DecodeOptions{})
			require.NoError(t, err, "%s that ends in %q", what, end)
			require.Equal(t, want.Entries, s.Entries)
		}
	}
	for _, junk := range []string{"\x00", "x", "\nx"} {
		_, err := Decode(append(der[:len(der):len(der)], junk...), Password{}, DecodeOptions{})
		require.ErrorIs(t, err, ErrCorrupt, "%q after the end", junk)
	}
}

// TestHiddenBecomesBags: what PKCS#7 and PEM files hold beside their entries goes along into a PKCS12 file, or is named.
func TestHiddenBecomesBags(t *testing.T) {
	der, err := os.ReadFile("testdata/stores/certs.p7b")
	require.NoError(t, err)
	id := fixture(t, "p256")
	crl := ber.Sequence(ber.OctetString([]byte("a list of revoked certificates")))
	decode := func(data []byte) *Store {
		s, err := Decode(data, Password{}, DecodeOptions{})
		require.NoError(t, err)
		require.Len(t, s.Hidden, 1)
		s.Format = PKCS12
		return s
	}
	rewrite := func(s *Store) Hidden {
		data, err := Encode(s, changeit, EncodeOptions{Iterations: 1})
		require.NoError(t, err)
		back, err := Decode(data, changeit, DecodeOptions{})
		require.NoError(t, err)
		require.Len(t, back.Entries, len(s.Entries))
		require.Len(t, back.Hidden, 1)
		require.Equal(t, s.Hidden[0].Kind, back.Hidden[0].Kind)
		return back.Hidden[0]
	}
	s := decode(withFields(t, der, func(fields [][]byte) [][]byte { return append(fields, ber.Explicit(1, crl)) }))
	require.Equal(t, HiddenCRL, s.Hidden[0].Kind)
	require.Contains(t, string(rewrite(s).raw), string(crl))

	write := func(e Entry) []byte {
		data, err := Encode(&Store{Format: PEM, Entries: []Entry{e}}, Password{}, EncodeOptions{})
		require.NoError(t, err)
		return data
	}
	stray := fixture(t, "rsa2048").root
	s = decode(append(write(Entry{Alias: "kafka", Kind: KindKey, Key: id.key, Chain: id.chain}), write(TrustEntry("stray", stray, testTime))...))
	require.Equal(t, HiddenCertificate, s.Hidden[0].Kind)
	require.Equal(t, stray, rewrite(s).Certificate)

	s = decode(withFields(t, der, func(fields [][]byte) [][]byte { return append(fields, ber.Explicit(0, ber.Explicit(1, ber.Null))) }))
	require.Equal(t, HiddenOther, s.Hidden[0].Kind)
	_, err = Encode(s, changeit, EncodeOptions{Iterations: 1})
	require.ErrorIs(t, err, ErrUnsupported)
	require.ErrorContains(t, err, "not an X.509 certificate")
}

// withSigner gives a PKCS#7 file that only carries certificates a signer's value that ends in those bytes.
func withSigner(t *testing.T, der []byte, end string) []byte {
	return withFields(t, der, func(fields [][]byte) [][]byte {
		return append(fields[:len(fields)-1], ber.Set(ber.OctetString([]byte("signature"+end))))
	})
}

// withFields changes the fields of a PKCS#7 file's SignedData.
func withFields(t *testing.T, der []byte, change func([][]byte) [][]byte) []byte {
	info, err := ber.Single(der)
	require.NoError(t, err)
	parts, err := info.Children(2)
	require.NoError(t, err)
	signed, err := ber.Single(parts[1].Content)
	require.NoError(t, err)
	fields, err := signed.Children(6)
	require.NoError(t, err)
	var raw [][]byte
	for _, f := range fields {
		raw = append(raw, f.Raw)
	}
	return ber.Sequence(parts[0].Raw, ber.Explicit(0, ber.Sequence(change(raw)...)))
}
