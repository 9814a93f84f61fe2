package tlsstore

import (
	"crypto/fips140"
	"os"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestFIPSOnly runs itself under GODEBUG=fips140=only, where JKS and the legacy profile are errors that say why, and the modern
// profile works.
func TestFIPSOnly(t *testing.T) {
	id := fixture(t, "p256")
	s := &Store{Format: PKCS12, Entries: []Entry{{Alias: "kafka1", Kind: KindKey, Key: id.key, Chain: id.chain}, TrustEntry("root", id.root, testTime)}}
	legacy, err := os.ReadFile("testdata/stores/openssl-rc2.p12")
	require.NoError(t, err)
	jceks, err := os.ReadFile("testdata/stores/java.jceks")
	require.NoError(t, err)
	if !fips140.Enforced() {
		for _, mode := range []string{"on", "only"} {
			cmd := exec.Command(os.Args[0], "-test.run=^TestFIPSOnly$|^TestRoundTrip$/^PKCS12_modern$")
			cmd.Env = append(os.Environ(), "GODEBUG=fips140="+mode)
			if mode == "on" {
				cmd.Args[1] = "-test.run=^TestRoundTrip$"
			}
			out, err := cmd.CombinedOutput()
			require.NoError(t, err, string(out))
		}
		_, err = Decode(legacy, changeit, DecodeOptions{})
		require.NoError(t, err)
		return
	}
	const why = "not allowed in FIPS 140-only mode"
	for _, profile := range []Profile{ProfileModern, ProfilePBMAC1} {
		data, err := Encode(s, changeit, EncodeOptions{Profile: profile})
		require.NoError(t, err)
		back, err := Decode(data, changeit, DecodeOptions{})
		require.NoError(t, err)
		require.False(t, back.Entries[0].Locked())
		_, err = Decode(data, NewPassword([]byte("wrong")), DecodeOptions{})
		require.ErrorIs(t, err, ErrPassword)
	}
	_, err = Encode(s, changeit, EncodeOptions{Profile: ProfileLegacy})
	require.ErrorIs(t, err, ErrUnsupported)
	require.ErrorContains(t, err, why)
	s.Format = JKS
	_, err = Encode(s, changeit, EncodeOptions{})
	require.ErrorIs(t, err, ErrUnsupported)
	require.ErrorContains(t, err, why)
	short, err := os.ReadFile("testdata/foreign/nokeys.p12")
	require.NoError(t, err)
	_, err = Decode(short, changeit, DecodeOptions{})
	require.ErrorIs(t, err, ErrUnsupported)
	require.ErrorContains(t, err, "with a salt of 8 bytes, fewer than 16, is "+why)
	for _, data := range [][]byte{legacy, jceks} {
		_, err = Decode(data, changeit, DecodeOptions{})
		require.ErrorIs(t, err, ErrUnsupported)
		require.ErrorContains(t, err, why)
		listed, err := Decode(data, Password{}, DecodeOptions{})
		require.NoError(t, err, "what needs no password is listed all the same")
		require.NotEqual(t, Verified, listed.Integrity)
	}
}
