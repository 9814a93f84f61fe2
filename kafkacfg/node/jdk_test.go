package node

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/internal/reference"
)

// TestNamesAreThoseOfJava17 asks Java for every name in this package's tables.
func TestNamesAreThoseOfJava17(t *testing.T) {
	reference.Require(t)
	jdk := reference.Java17(t)
	out, err := exec.Command(jdk.Bin("java"), "--add-opens", "java.base/sun.security.ssl=ALL-UNNAMED", filepath.Join("testdata", "JdkNames.java")).Output()
	require.NoError(t, err)
	said := map[string]map[string]bool{}
	for line := range strings.Lines(string(out)) {
		kind, name, _ := strings.Cut(strings.TrimSpace(line), " ")
		if said[kind] == nil {
			said[kind] = map[string]bool{}
		}
		said[kind][name] = true
	}
	keys := func(kind string) (names []string) {
		for name := range said[kind] {
			names = append(names, name)
		}
		return names
	}
	require.ElementsMatch(t, jdkProtocols, keys("protocol"))
	require.ElementsMatch(t, jdkUsableProtocols, keys("usable-protocol"))
	for _, name := range keys("suite") {
		_, ok := cipherSuite(name)
		require.True(t, ok, name)
	}
	for exchange, ciphers := range jdkCiphers() {
		for _, c := range ciphers {
			name := "TLS_" + exchange + "_WITH_" + c
			require.True(t, said["suite"][name], name)
		}
	}
	for _, name := range keys("usable-suite") {
		s, ok := cipherSuite(name)
		require.True(t, ok && (!s.disabled || strings.HasSuffix(name, "_SCSV")), name)
	}
	for kind, names := range map[string][]string{
		"SSLContext": jdkContexts, "KeyManagerFactory": jdkKeyManagers, "TrustManagerFactory": jdkTrustManagers,
		"SecureRandom": jdkSecureRandoms, "KeyStore": jdkStoreTypes,
	} {
		for _, name := range keys(kind) {
			require.True(t, knownTo(names, name) || name == "Default", "%s %s", kind, name)
		}
	}
}
