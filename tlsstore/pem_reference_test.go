package tlsstore

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"github.com/kcfg/kcfg/internal/golden"
	"github.com/kcfg/kcfg/internal/reference"
)

// keyForms are the ways in which openssl writes one key: the arguments behind "openssl".
var keyForms = []struct{ name, kind, args string }{
	{"pkcs8-rsa-2048", "rsa", "pkcs8 -topk8 -nocrypt"},
	{"pkcs1-rsa-2048", "rsa", "rsa -traditional"},
	{"pkcs8-rsa-4096", "rsa4096", "pkcs8 -topk8 -nocrypt"},
	{"pkcs8-p256", "p256", "pkcs8 -topk8 -nocrypt"},
	{"pkcs8-p384", "p384", "pkcs8 -topk8 -nocrypt"},
	{"pkcs8-p521", "p521", "pkcs8 -topk8 -nocrypt"},
	{"pkcs8-ed25519", "ed25519", "pkcs8 -topk8 -nocrypt"},
	{"sec1-p256", "p256", "ec"},
	{"sec1-p384", "p384", "ec"},
	{"sec1-p521", "p521", "ec"},
	{"sec1-p256-compressed", "p256", "ec -conv_form compressed"},
	{"sec1-p256-no-public", "p256", "ec -no_public"},
	{"pbes2-aes128-sha1", "p256", "pkcs8 -topk8 -v2 aes-128-cbc -v2prf hmacWithSHA1 -passout pass:secret"},
	{"pbes2-aes192-sha256", "p256", "pkcs8 -topk8 -v2 aes-192-cbc -v2prf hmacWithSHA256 -passout pass:secret"},
	{"pbes2-aes256-sha256", "rsa", "pkcs8 -topk8 -v2 aes-256-cbc -passout pass:secret"},
	{"pbes2-aes256-sha384", "p256", "pkcs8 -topk8 -v2 aes-256-cbc -v2prf hmacWithSHA384 -passout pass:secret"},
	{"pbes2-aes256-sha512", "p384", "pkcs8 -topk8 -v2 aes-256-cbc -v2prf hmacWithSHA512 -passout pass:secret"},
	{"pbes2-3des-sha1", "p256", "pkcs8 -topk8 -v2 des3 -v2prf hmacWithSHA1 -passout pass:secret"},
	{"pbes2-ed25519", "ed25519", "pkcs8 -topk8 -v2 aes-256-cbc -passout pass:secret"},
	{"pbes1-3des", "p256", "pkcs8 -topk8 -v1 PBE-SHA1-3DES -passout pass:secret"},
	{"scrypt", "p256", "pkcs8 -topk8 -scrypt -passout pass:secret"},
	{"legacy-rsa-aes128", "rsa", "rsa -traditional -aes128 -passout pass:secret"},
	{"legacy-rsa-aes256", "rsa", "rsa -traditional -aes256 -passout pass:secret"},
	{"legacy-rsa-des3", "rsa", "rsa -traditional -des3 -passout pass:secret"},
	{"legacy-ec-aes256", "p256", "ec -aes256 -passout pass:secret"},
	{"pbes2-non-ascii", "p256", "pkcs8 -topk8 -v2 aes-256-cbc -passout pass:pässwörd"},
}

const keyArchive = "testdata/pem/keys.txtar"

// openKey reads what keyForms wrote.
func openKey(t *testing.T, name string, text []byte) PEMKey {
	t.Helper()
	password := "secret"
	if name == "pbes2-non-ascii" {
		password = "pässwörd"
	}
	p, err := ParsePEM(name, text, PEMOptions{Password: NewPassword([]byte(password))})
	require.NoError(t, err, name)
	require.Len(t, p.Keys, 1, name)
	return p.Keys[0]
}

// TestKeysByOpenSSL reads keys freshly written by openssl. Under UPDATE=1 it stores them for the tests that need Go alone.
func TestKeysByOpenSSL(t *testing.T) {
	openssl := reference.Tool(t, "openssl")
	dir := t.TempDir()
	run := func(args ...string) []byte {
		cmd := exec.Command(openssl, args...)
		cmd.Dir = dir
		out, err := cmd.Output()
		require.NoError(t, err, "openssl %s", strings.Join(args, " "))
		return out
	}
	for kind, args := range map[string]string{
		"rsa": "genrsa 2048", "rsa4096": "genrsa 4096", "ed25519": "genpkey -algorithm ed25519",
		"p256": "ecparam -name prime256v1 -genkey", "p384": "ecparam -name secp384r1 -genkey", "p521": "ecparam -name secp521r1 -genkey",
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, kind), run(strings.Fields(args)...), 0o600))
	}
	archive := &txtar.Archive{Comment: []byte("Keys by openssl, passphrase secret (of pbes2-non-ascii: pässwörd); public: the key's SubjectPublicKeyInfo.\n")}
	for _, f := range keyForms {
		text := run(append(strings.Fields(f.args), "-in", f.kind)...)
		want := run("pkey", "-in", f.kind, "-pubout")
		requirePublic(t, f.name, openKey(t, f.name, text), want)
		archive.Files = append(archive.Files, txtar.File{Name: f.name, Data: text}, txtar.File{Name: f.name + ".public", Data: want})
	}
	params := run("ecparam", "-name", "prime256v1", "-genkey") // EC PARAMETERS, then EC PRIVATE KEY
	requirePublic(t, "ec-parameters", openKey(t, "ec-parameters", params), nil)
	archive.Files = append(archive.Files, txtar.File{Name: "ec-parameters", Data: params})
	if golden.Update() {
		require.NoError(t, os.WriteFile(keyArchive, txtar.Format(archive), 0o644))
	}
}

func TestKeysAsOpenSSLWroteThem(t *testing.T) {
	a := golden.Open(t, keyArchive)
	n := 0
	for _, f := range a.Files {
		if strings.HasSuffix(f.Name, ".public") {
			continue
		}
		public, _ := a.File(f.Name + ".public")
		k := openKey(t, f.Name, f.Data)
		requirePublic(t, f.Name, k, public)
		require.Equal(t, strings.Contains(f.Name, "pbes") || strings.Contains(f.Name, "legacy") || f.Name == "scrypt", k.Encrypted, f.Name)
		n++
	}
	require.Equal(t, len(keyForms)+1, n)
	require.True(t, slices.ContainsFunc(keyForms, func(f struct{ name, kind, args string }) bool { return f.name == "scrypt" }))
}
