package tlsstore

import (
	"crypto/fips140"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/internal/golden"
)

// TestFIPSOnlyKeys runs itself under GODEBUG=fips140=only: keys whose encryption rests on MD5, SHA-1, triple DES, scrypt or
// short salts are errors that say why; the others are read, and chains are built.
func TestFIPSOnlyKeys(t *testing.T) {
	if !fips140.Enforced() {
		cmd := exec.Command(os.Args[0], "-test.run=^TestFIPSOnlyKeys$|^TestLineages|^TestLetsEncryptChains$")
		cmd.Env = append(os.Environ(), "GODEBUG=fips140=only")
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, string(out))
		return
	}
	a := golden.Open(t, keyArchive)
	for _, f := range a.Files {
		if strings.HasSuffix(f.Name, ".public") {
			continue
		}
		_, err := ParsePEM(f.Name, f.Data, PEMOptions{Password: NewPassword([]byte("secret"))})
		if p, plain := ParsePEM(f.Name, f.Data, PEMOptions{}); plain == nil && !p.Keys[0].Encrypted {
			require.NoError(t, err, f.Name)
			continue
		}
		require.ErrorIs(t, err, ErrUnsupported, f.Name)
		require.ErrorContains(t, err, "FIPS 140-only mode", f.Name)
	}
}
