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
	requireJavaAgrees(t, j, s, seen, failure, what)
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

// opensslStores are the options of openssl pkcs12 -export, and what becomes of the store.
var opensslStores = []struct {
	name        string
	args        string
	password    string // changeit
	needs       int    // minor version of OpenSSL 3
	nothing     bool   // Java lists nothing
	noJava      bool   // Java refuses the file
	lockedKey   bool   // Java lists the key, but cannot open it
	bare        bool   // there are no certificates
	unsupported string // the object identifier of what we do not read either
}{
	{name: "default"},
	{name: "name", args: "-name Kafka1"},
	{name: "name beyond ASCII", args: "-name ключ"},
	{name: "caname", args: "-name kafka1 -caname inter -caname root"},
	{name: "legacy", args: "-legacy"},
	{name: "descert", args: "-descert -legacy"},
	{name: "iterations", args: "-iter 600000"},
	{name: "noiter", args: "-noiter -nomaciter"},
	{name: "nomaciter", args: "-nomaciter"},
	{name: "maciter", args: "-maciter"},
	{name: "key exchange", args: "-keyex"},
	{name: "key for signatures", args: "-keysig"},
	{name: "provider's name", args: "-CSP provider -LMK"},
	{name: "no certificates", args: "-nocerts", bare: true},
	{name: "empty password", password: "-"},
	{name: "empty password, legacy", password: "-", args: "-legacy"},
	{name: "rc2-128", args: "-legacy -certpbe PBE-SHA1-RC2-128 -keypbe PBE-SHA1-RC2-128"},
	{name: "rc2-40", args: "-legacy -certpbe PBE-SHA1-RC2-40 -keypbe PBE-SHA1-RC2-40"},
	{name: "rc4", args: "-legacy -certpbe PBE-SHA1-RC4-128 -keypbe PBE-SHA1-RC4-40"},
	{name: "2des", args: "-legacy -certpbe PBE-SHA1-3DES -keypbe PBE-SHA1-2DES", lockedKey: true},
	{name: "2des certificates", args: "-legacy -certpbe PBE-SHA1-2DES", noJava: true},
	{name: "des and md5", args: "-legacy -certpbe PBE-MD5-DES -keypbe PBE-MD5-DES"},
	{name: "des and sha1", args: "-legacy -keypbe PBE-SHA1-DES", lockedKey: true},
	{name: "rc2-64", args: "-legacy -certpbe PBE-MD5-RC2-64", noJava: true},
	{name: "des in pbes2", args: "-legacy -certpbe DES-CBC", noJava: true},
	{name: "rc2 in pbes2", args: "-legacy -certpbe RC2-CBC", noJava: true},
	{name: "aes128", args: "-certpbe AES-128-CBC -keypbe AES-128-CBC"},
	{name: "aes192", args: "-certpbe AES-192-CBC -keypbe AES-192-CBC", noJava: true},
	{name: "aes192 key", args: "-keypbe AES-192-CBC", lockedKey: true},
	{name: "3des in pbes2", args: "-certpbe DES-EDE3-CBC -keypbe DES-EDE3-CBC", noJava: true},
	{name: "camellia", args: "-certpbe CAMELLIA-256-CBC", unsupported: "1.2.392.200011.61.1.1.1.4"},
	{name: "aria", args: "-certpbe ARIA-256-CBC", unsupported: "1.2.410.200046.1.1.12"},
	{name: "sha1 mac", args: "-macalg sha1"},
	{name: "sha224 mac", args: "-macalg sha224"},
	{name: "sha384 mac", args: "-macalg sha384"},
	{name: "sha512 mac", args: "-macalg sha512"},
	{name: "sha512-224 mac", args: "-macalg sha512-224"},
	{name: "sha512-256 mac", args: "-macalg sha512-256"},
	{name: "md5 mac", args: "-macalg md5", unsupported: "1.2.840.113549.2.5"},
	{name: "sha3 mac", args: "-macalg sha3-256", unsupported: "2.16.840.1.101.3.4.2.8"},
	{name: "pbmac1", args: "-pbmac1_pbkdf2", needs: 4, noJava: true},
	{name: "trust attribute", args: "-jdktrust anyExtendedKeyUsage -nokeys", needs: 2},
	{name: "nomac", args: "-nomac"},
	{name: "plain certificates", args: "-certpbe NONE"},
	{name: "plain key", args: "-keypbe NONE", nothing: true},
	{name: "certificates only", args: "-nokeys -caname inter", nothing: true},
	{name: "nothing encrypted", args: "-keypbe NONE -certpbe NONE -nomac", nothing: true},
}

// TestReadOpenSSLsStores reads what openssl writes with its options, and compares with Java where Java can.
func TestReadOpenSSLsStores(t *testing.T) {
	openssl := reference.Tool(t, "openssl")
	version, err := exec.Command(openssl, "version").Output()
	require.NoError(t, err)
	minor := 0
	_, err = fmt.Sscanf(string(version), "OpenSSL 3.%d", &minor)
	require.NoError(t, err, string(version))
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
	type written struct {
		what, path string
		pw         Password
		at         int
		s          *Store
	}
	var all []written
	for _, kind := range []string{"p256", "rsa2048", "ed25519"} {
		id := identities[kind]
		key := file("key.pem", &pem.Block{Type: "PRIVATE KEY", Bytes: id.key}, cert(id.chain[0]))
		chain := file("chain.pem", cert(id.chain[1]), cert(id.root))
		for at, c := range opensslStores {
			if c.needs > minor || kind != "p256" && at > 6 {
				continue
			}
			w := written{kind + ": " + c.name, filepath.Join(dir, fmt.Sprintf("%s-%d", kind, at)), changeit, at, nil}
			switch c.password {
			case "":
			case "-":
				w.pw = NewPassword([]byte{})
			default:
				w.pw = NewPassword([]byte(c.password))
			}
			cmd := exec.Command(openssl, append([]string{"pkcs12", "-export", "-in", key, "-certfile", chain, "-out", w.path, "-passout", "env:PW"}, strings.Fields(c.args)...)...)
			cmd.Env = append(os.Environ(), "PW="+string(w.pw.bytes()))
			out, err := cmd.CombinedOutput()
			require.NoError(t, err, w.what+string(out))
			data, err := os.ReadFile(w.path)
			require.NoError(t, err)
			w.s, err = Decode(data, w.pw, DecodeOptions{})
			if c.unsupported != "" {
				require.ErrorIs(t, err, ErrUnsupported, w.what)
				require.ErrorContains(t, err, c.unsupported, w.what)
				continue
			}
			require.NoError(t, err, w.what)
			if strings.HasSuffix(c.args, "-nomac") {
				require.Equal(t, IntegrityNone, w.s.Integrity)
			} else {
				require.Equal(t, Verified, w.s.Integrity)
			}
			if c.nothing {
				require.Empty(t, w.s.Entries, w.what)
				require.NotEmpty(t, w.s.Hidden, w.what)
			} else if !strings.Contains(c.args, "-nokeys") {
				require.Len(t, w.s.Entries, 1, w.what)
				require.Equal(t, publicKeyOf(id.key), publicKeyOf(w.s.Entries[0].Key), w.what)
				if !c.bare {
					require.Equal(t, [][]byte{id.chain[0], id.chain[1], id.root}, w.s.Entries[0].Chain, w.what)
				}
			}
			requireRewritten(t, w.s, w.what)
			requireOpenSSLAgrees(t, openssl, w.s, w.path, w.pw, w.what)
			all = append(all, w)
		}
	}
	eachJDK(t, func(t *testing.T, j *jvm) {
		for _, w := range all {
			c := opensslStores[w.at]
			seen, failure := j.dump(t, "PKCS12", w.path, w.pw, "-")
			if c.noJava && (c.name != "pbmac1" || j.major < 26) {
				require.NotEmpty(t, failure, w.what)
			} else {
				require.Empty(t, failure, w.what)
				requireSame(t, seen, weSee(w.s), w.what)
			}
			if c.lockedKey {
				require.True(t, strings.HasPrefix(seen[0].key, "!"), w.what+seen[0].key)
			} else if len(seen) > 0 && seen[0].kind == "key" && !c.bare {
				require.Equal(t, "signs", seen[0].key, w.what)
			}
			requireJavaAgrees(t, j, w.s, seen, failure, w.what)
		}
	})
}

// requireJavaAgrees compares ReadableBy with what this Java can do: open the file, list something and use the keys.
func requireJavaAgrees(t *testing.T, j *jvm, s *Store, seen []javaSees, failure, what string) {
	t.Helper()
	can := failure == "" && (len(seen) > 0 || len(s.Hidden) == 0)
	for _, e := range seen {
		can = can && !strings.HasPrefix(e.key, "!")
	}
	require.Equal(t, can, slices.Contains(s.ReadableBy(), fmt.Sprintf("Java %d", j.major)), "%s: %v %s: %v", what, seen, failure, s.ReadableBy())
}

// requireOpenSSLAgrees compares ReadableBy with what this OpenSSL can do, with its legacy algorithms and without.
func requireOpenSSLAgrees(t *testing.T, openssl string, s *Store, path string, pw Password, what string) {
	t.Helper()
	opens := func(more ...string) bool {
		cmd := exec.Command(openssl, append([]string{"pkcs12", "-in", path, "-passin", "env:PW", "-nodes", "-out", os.DevNull}, more...)...)
		cmd.Env = append(os.Environ(), "PW="+string(pw.bytes()))
		return cmd.Run() == nil
	}
	readers := s.ReadableBy()
	require.Equal(t, opens(), slices.Contains(readers, readerOpenSSL), "%s: OpenSSL, %v", what, readers)
	require.Equal(t, opens("-legacy"), slices.Contains(readers, readerOpenSSL) || slices.Contains(readers, readerLegacy), "%s: OpenSSL with -legacy, %v", what, readers)
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
