package tlsstore

import (
	"bytes"
	"encoding/pem"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/internal/reference"
)

// javaStore is what a test lets Java write: key entries, trusted certificates, a secret.
type javaStore struct {
	keys    []string // fixture kinds
	trusted []string
	secret  bool
}

func (s javaStore) fields(keyPassword string) []string {
	var f []string
	for _, kind := range s.keys {
		id := identities[kind]
		f = append(f, "key", tohex("Key "+kind), tohex(keyPassword), fmt.Sprintf("%x", id.key), fmt.Sprintf("%x,%x", id.chain[0], id.chain[1]))
	}
	for _, kind := range s.trusted {
		f = append(f, "cert", tohex("CA-"+kind+"-ключ"), fmt.Sprintf("%x", identities[kind].root))
	}
	if s.secret {
		f = append(f, "secret", tohex("secret"), "AES", "000102030405060708090a0b0c0d0e0f")
	}
	return f
}

var identities = map[string]identity{}

func loadIdentities(t *testing.T) {
	for _, kind := range fixtureKinds {
		identities[kind] = fixture(t, kind)
	}
}

// TestReadJavasStores reads what Java writes under its security properties for PKCS12, and its other formats.
func TestReadJavasStores(t *testing.T) {
	loadIdentities(t)
	contents := map[string]javaStore{
		"key":     {keys: []string{"p256"}},
		"trust":   {trusted: []string{"p256", "rsa2048", "ed25519"}},
		"mixed":   {keys: []string{"rsa2048"}, trusted: []string{"rsa2048", "p256"}},
		"keys":    {keys: []string{"p256", "p256b", "rsa2048", "rsa4096", "p384", "p521", "ed25519"}},
		"secret":  {secret: true},
		"all":     {keys: []string{"p256", "rsa2048"}, trusted: []string{"p256b", "p256c"}, secret: true},
		"nothing": {},
	}
	settings := map[string]map[string]string{
		"default": {},
		"legacy": {"certProtectionAlgorithm": "PBEWithSHA1AndRC2_40", "keyProtectionAlgorithm": "PBEWithSHA1AndDESede", "macAlgorithm": "HmacPBESHA1",
			"certPbeIterationCount": "50000", "keyPbeIterationCount": "50000", "macIterationCount": "100000"},
		"passwordless": {"certProtectionAlgorithm": "NONE", "macAlgorithm": "NONE"},
		"strong":       {"certProtectionAlgorithm": "PBEWithHmacSHA512AndAES_256", "keyProtectionAlgorithm": "PBEWithHmacSHA512AndAES_256", "macAlgorithm": "HmacPBESHA512"},
		"rc2-128":      {"certProtectionAlgorithm": "PBEWithSHA1AndRC2_128", "keyProtectionAlgorithm": "PBEWithSHA1AndRC4_128", "macAlgorithm": "HmacPBESHA224"},
		"rc4-40":       {"certProtectionAlgorithm": "PBEWithSHA1AndRC4_40", "keyProtectionAlgorithm": "PBEWithSHA1AndRC4_40", "macAlgorithm": "HmacPBESHA384"},
		"aes128":       {"certProtectionAlgorithm": "PBEWithHmacSHA1AndAES_128", "keyProtectionAlgorithm": "PBEWithHmacSHA224AndAES_128", "macAlgorithm": "HmacPBESHA512/224"},
		"sha384":       {"certProtectionAlgorithm": "PBEWithHmacSHA384AndAES_256", "keyProtectionAlgorithm": "PBEWithHmacSHA384AndAES_128", "macAlgorithm": "HmacPBESHA512/256"},
	}
	properties := []string{"certProtectionAlgorithm", "keyProtectionAlgorithm", "macAlgorithm", "certPbeIterationCount", "keyPbeIterationCount", "macIterationCount"}
	eachJDK(t, func(t *testing.T, j *jvm) {
		for setting, values := range settings {
			for _, p := range properties {
				_, failure := j.ask(t, "security", "keystore.pkcs12."+p, values[p])
				require.Empty(t, failure)
			}
			for content, s := range contents {
				for _, password := range []string{"changeit", "", "пароль"} {
					if password == "пароль" && (j.major < 25 || setting == "legacy" || strings.HasPrefix(setting, "rc")) {
						continue
					}
					path := filepath.Join(t.TempDir(), "store")
					_, failure := j.ask(t, append([]string{"write", "PKCS12", tohex(path), tohex(password)}, s.fields(password)...)...)
					require.Empty(t, failure, "%s %s %q", setting, content, password)
					requireRead(t, j, "PKCS12", path, NewPassword([]byte(password)), fmt.Sprintf("%s %s %q", setting, content, password))
				}
			}
		}
		for content, s := range contents {
			for _, format := range []string{"JKS", "JCEKS"} {
				for _, password := range []string{"changeit", "пароль"} {
					if s.secret && format == "JKS" || format == "JCEKS" && password != "changeit" {
						continue
					}
					path := filepath.Join(t.TempDir(), "store")
					_, failure := j.ask(t, append([]string{"write", format, tohex(path), tohex(password)}, s.fields(password)...)...)
					require.Empty(t, failure)
					requireRead(t, j, format, path, NewPassword([]byte(password)), format+" "+content+" "+password)
				}
			}
		}
	})
}

// requireRead compares our reading of a file with Java's, and with what our own rewriting of it gives.
func requireRead(t *testing.T, j *jvm, typ, path string, pw Password, what string) *Store {
	t.Helper()
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	s, err := Decode(data, pw, DecodeOptions{})
	require.NoError(t, err, what)
	require.Equal(t, typ, s.Format.String())
	seen, failure := j.dump(t, typ, path, pw, "-")
	require.Empty(t, failure, what)
	requireSame(t, seen, weSee(s), what)
	for i := range s.Entries {
		if s.Entries[i].Kind == KindKey {
			require.False(t, s.Entries[i].Locked(), "%s: %s", what, s.Entries[i].Why())
			same, known := belongs(s.Entries[i].Key, s.Entries[i].Chain[0])
			require.True(t, same && known, what)
		}
	}
	if s.Format == JCEKS {
		return s
	}
	again, err := Encode(s, pw, EncodeOptions{AnyPassword: true, Iterations: 100})
	require.NoError(t, err, what)
	rewritten := writeTemp(t, "again", again)
	after, failure := j.dump(t, typ, rewritten, pw, "-")
	require.Empty(t, failure, what)
	for i := range after {
		if seen[i].created == 0 || s.Entries[0].Created.IsZero() {
			after[i].created = seen[i].created
		}
		// Keys that Java dated alike are moved apart.
		if off := after[i].created - seen[i].created; typ == "PKCS12" && (after[i].kind == "certificate" || off > 0 && off < 20) {
			after[i].created = seen[i].created
		}
	}
	require.Equal(t, seen, after, "%s, rewritten", what)
	return s
}

// TestReadOpenSSLsStores reads what openssl writes with its options, and compares with Java where Java can.
func TestReadOpenSSLsStores(t *testing.T) {
	openssl := reference.Tool(t, "openssl")
	loadIdentities(t)
	dir := t.TempDir()
	file := func(name string, blocks ...*pem.Block) string {
		var out []byte
		for _, b := range blocks {
			out = append(out, pem.EncodeToMemory(b)...)
		}
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, out, 0o600))
		return path
	}
	cert := func(der []byte) *pem.Block { return &pem.Block{Type: "CERTIFICATE", Bytes: der} }
	cases := []struct {
		name      string
		args      string
		nothing   bool // Java lists nothing
		noJava    bool // Java refuses the file
		lockedKey bool // Java lists the key, but cannot open it
	}{
		{name: "default"},
		{name: "name", args: "-name Kafka1"},
		{name: "caname", args: "-name kafka1 -caname inter -caname root"},
		{name: "legacy", args: "-legacy"},
		{name: "descert", args: "-descert -legacy"},
		{name: "iterations", args: "-iter 600000"},
		{name: "noiter", args: "-noiter -nomaciter"},
		{name: "rc2-128", args: "-legacy -certpbe PBE-SHA1-RC2-128 -keypbe PBE-SHA1-RC2-128"},
		{name: "rc4", args: "-legacy -certpbe PBE-SHA1-RC4-128 -keypbe PBE-SHA1-RC4-40"},
		{name: "2des", args: "-legacy -certpbe PBE-SHA1-3DES -keypbe PBE-SHA1-2DES", lockedKey: true},
		{name: "aes128", args: "-certpbe AES-128-CBC -keypbe AES-128-CBC"},
		{name: "aes192", args: "-certpbe AES-192-CBC -keypbe AES-192-CBC", noJava: true},
		{name: "aes192 key", args: "-keypbe AES-192-CBC", lockedKey: true},
		{name: "3des in pbes2", args: "-certpbe DES-EDE3-CBC -keypbe DES-EDE3-CBC", noJava: true},
		{name: "sha1 mac", args: "-macalg sha1"},
		{name: "sha224 mac", args: "-macalg sha224"},
		{name: "sha384 mac", args: "-macalg sha384"},
		{name: "sha512 mac", args: "-macalg sha512"},
		{name: "nomac", args: "-nomac"},
		{name: "plain certificates", args: "-certpbe NONE"},
		{name: "plain key", args: "-keypbe NONE", nothing: true},
		{name: "nothing encrypted", args: "-keypbe NONE -certpbe NONE -nomac", nothing: true},
	}
	eachJDK(t, func(t *testing.T, j *jvm) {
		for _, kind := range []string{"p256", "rsa2048", "ed25519"} {
			id := identities[kind]
			key, chain := file("key.pem", &pem.Block{Type: "PRIVATE KEY", Bytes: id.key}, cert(id.chain[0])), file("chain.pem", cert(id.chain[1]), cert(id.root))
			for _, c := range cases {
				what := kind + " " + c.name
				path := filepath.Join(dir, "store.p12")
				args := append([]string{"pkcs12", "-export", "-in", key, "-certfile", chain, "-out", path, "-passout", "pass:changeit"}, strings.Fields(c.args)...)
				out, err := exec.Command(openssl, args...).CombinedOutput()
				require.NoError(t, err, what+string(out))
				data, err := os.ReadFile(path)
				require.NoError(t, err)
				s, err := Decode(data, changeit, DecodeOptions{})
				require.NoError(t, err, what)
				if strings.Contains(c.args, "-nomac") && !strings.Contains(c.args, "-nomaciter") {
					require.Equal(t, IntegrityNone, s.Integrity)
				} else {
					require.Equal(t, Verified, s.Integrity)
				}
				seen, failure := j.dump(t, "PKCS12", path, changeit, "-")
				if c.noJava {
					require.NotEmpty(t, failure, what)
					require.NotContains(t, s.ReadableBy(), readerJava17)
				} else {
					require.Empty(t, failure, what)
					requireSame(t, seen, weSee(s), what)
				}
				if c.nothing {
					require.Empty(t, s.Entries, what)
					require.NotEmpty(t, s.Hidden, what)
					requireRewritten(t, s, what)
					continue
				}
				require.Len(t, s.Entries, 1, what)
				e := s.Entries[0]
				require.Equal(t, publicKeyOf(id.key), publicKeyOf(e.Key), what)
				require.Equal(t, [][]byte{id.chain[0], id.chain[1], id.root}, e.Chain, what)
				if c.lockedKey {
					require.True(t, strings.HasPrefix(seen[0].key, "!"), what+seen[0].key)
					require.NotContains(t, s.ReadableBy(), readerJava17, what)
				} else if !c.noJava {
					require.Equal(t, "signs", seen[0].key, what)
					require.Contains(t, s.ReadableBy(), readerJava17, what)
				}
				if strings.Contains(c.args, "-legacy") && c.name != "descert" && c.name != "2des" {
					require.Contains(t, s.ReadableBy(), readerLegacy, what)
				} else {
					require.Contains(t, s.ReadableBy(), readerOpenSSL, what)
				}
				requireRewritten(t, s, what)
			}
		}
	})
	// Certificates alone have no trust attribute: Java lists nothing.
	path := filepath.Join(dir, "trust.p12")
	out, err := exec.Command(openssl, "pkcs12", "-export", "-nokeys", "-in", file("root.pem", cert(identities["p256"].root)), "-out", path, "-passout", "pass:changeit").CombinedOutput()
	require.NoError(t, err, string(out))
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	s, err := Decode(data, changeit, DecodeOptions{})
	require.NoError(t, err)
	require.Empty(t, s.Entries)
	require.Len(t, s.Hidden, 1)
	require.Equal(t, HiddenCertificate, s.Hidden[0].Kind)
	requireRewritten(t, s, "trust")
}

// requireRewritten writes a store and reads it again: nothing may be lost.
func requireRewritten(t *testing.T, s *Store, what string) {
	t.Helper()
	data, err := Encode(s, changeit, EncodeOptions{Iterations: 10})
	require.NoError(t, err, what)
	back, err := Decode(data, changeit, DecodeOptions{})
	require.NoError(t, err, what)
	require.Len(t, back.Entries, len(s.Entries), what)
	require.Len(t, back.Hidden, len(s.Hidden), what)
	for _, c := range Diff(s, back) {
		require.Equal(t, EntryDateChanged, c.Kind, what)
	}
	for _, h := range s.Hidden {
		require.True(t, slices.ContainsFunc(back.Hidden, func(b Hidden) bool { return b.Kind == h.Kind && bytes.Equal(b.raw, h.raw) }), "%s: %v", what, h)
	}
}
