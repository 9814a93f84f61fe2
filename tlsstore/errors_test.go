package tlsstore

import (
	"errors"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestKindsOfErrors: each narrower kind is its wider one too, and no other.
func TestKindsOfErrors(t *testing.T) {
	narrow := map[error]error{
		ErrKeyEncryption: ErrUnsupported, ErrKeyKind: ErrUnsupported, ErrExplicitCurve: ErrUnsupported, ErrHidden: ErrUnsupported,
		ErrSecretKey: ErrUnsupported, ErrSeveralKeys: ErrKeyMismatch, ErrNoPair: ErrKeyMismatch,
	}
	for kind, wide := range narrow {
		for other := range narrow {
			require.Equal(t, kind == other, errors.Is(kind, other), "%v, %v", kind, other)
		}
		require.ErrorIs(t, kind, wide)
		require.NotErrorIs(t, wide, kind)
	}
}

// TestKindsOfPEM gives the kind that each input fails with.
func TestKindsOfPEM(t *testing.T) {
	one, two := issue(t, request{cn: "a"}), issue(t, request{cn: "b"})
	for _, c := range []struct {
		text string
		want error
	}{
		{pemOf("DSA PRIVATE KEY", []byte{0x30, 0}), ErrKeyKind},
		{pemOf("PRIVATE KEY", []byte{0x30, 0x0a, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x71}), ErrKeyKind}, // Ed448
		{pemOf("EC PRIVATE KEY", []byte{0x30, 0x0a, 2, 1, 1, 4, 1, 1, 0xa0, 2, 0x30, 0}), ErrExplicitCurve},
		{"-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: ROT13,00\n\nAAAA\n-----END RSA PRIVATE KEY-----\n", ErrKeyEncryption},
		{keyPEM(t, one.key) + keyPEM(t, two.key) + one.pem(), ErrSeveralKeys},
		{keyPEM(t, one.key), ErrNoPair},
		{one.pem(), ErrNoPair},
		{keyPEM(t, one.key) + two.pem(), ErrKeyMismatch},
	} {
		b, err := ParsePEM("in.pem", []byte(c.text), PEMOptions{Password: NewPassword([]byte("secret"))})
		if err == nil {
			_, err = KeyEntry(b, KeyOptions{})
		}
		require.ErrorIs(t, err, c.want, c.text)
		if c.want == ErrKeyMismatch {
			require.NotErrorIs(t, err, ErrNoPair)
			require.NotErrorIs(t, err, ErrSeveralKeys)
		}
	}
}

// TestKindsOfEncode gives the kinds that only some formats fail with.
func TestKindsOfEncode(t *testing.T) {
	data, err := os.ReadFile("testdata/stores/java.p12")
	require.NoError(t, err)
	s, err := Decode(data, changeit, DecodeOptions{})
	require.NoError(t, err)
	for _, format := range []Format{JKS, PEM} {
		s.Format = format
		_, err := Encode(s, changeit, EncodeOptions{})
		require.ErrorIs(t, err, ErrSecretKey, format)
	}
	_, err = Encode(&Store{Format: JKS, Hidden: []Hidden{{Kind: HiddenCertificate, Certificate: fixture(t, "p256").root}}}, changeit, EncodeOptions{})
	require.ErrorIs(t, err, ErrHidden)
}
