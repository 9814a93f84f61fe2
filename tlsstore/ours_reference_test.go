package tlsstore

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/internal/reference"
)

// writeTemp writes a store into the test's directory and returns its path.
func writeTemp(t *testing.T, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, data, 0o600))
	return path
}

// matrix is every kind of key in every format, under every kind of password.
func matrix(t *testing.T, each func(t *testing.T, kind string, s *Store, pw Password, o EncodeOptions)) {
	for _, kind := range []string{"rsa2048", "rsa4096", "p256", "p384", "p521", "ed25519"} {
		id := fixture(t, kind)
		for _, format := range []Format{JKS, PKCS12} {
			for _, profile := range []Profile{ProfileModern, ProfileLegacy} {
				if format == JKS && profile != ProfileModern {
					continue
				}
				for _, password := range []string{"changeit", "p w$x=y#z\\q!", "pässwörd", "пароль密", "🔑🔑🔑🔑🔑🔑"} {
					name := fmt.Sprintf("%s/%s/%s/%s", kind, format, profile, password)
					t.Run(name, func(t *testing.T) {
						s := &Store{Format: format, Entries: []Entry{
							{Alias: "Kafka1", Kind: KindKey, Created: testTime, Key: id.key, Chain: id.chain},
							{Alias: "other root", Kind: KindCertificate, Created: testTime, Chain: [][]byte{fixture(t, "p256b").root}},
						}}
						each(t, kind, s, NewPassword([]byte(password)), EncodeOptions{Profile: profile, AnyPassword: true})
					})
				}
			}
		}
	}
}

func TestJavaReadsOurStores(t *testing.T) {
	eachJDK(t, func(t *testing.T, j *jvm) {
		matrix(t, func(t *testing.T, kind string, s *Store, pw Password, o EncodeOptions) {
			data, err := Encode(s, pw, o)
			if s.Format == PKCS12 && pw.CheckJava() != nil && o.Profile == ProfileLegacy {
				require.Error(t, err, "no Java opens 3DES with such a password")
				return
			}
			require.NoError(t, err)
			back, err := Decode(data, pw, DecodeOptions{})
			require.NoError(t, err)
			seen, failure := j.dump(t, s.Format.String(), writeTemp(t, "store", data), pw, "-")
			if s.Format == PKCS12 && pw.CheckJava() != nil && j.major < 25 {
				require.NotEmpty(t, failure, "Java before 25 refuses such passwords")
				return
			}
			require.Empty(t, failure)
			requireSame(t, seen, weSee(back), "entries")
			require.Len(t, seen, 2)
			require.Equal(t, "kafka1", seen[0].alias)
			require.Equal(t, testTime.UnixMilli(), seen[0].created)
			require.Equal(t, "signs", seen[0].key)
			require.Len(t, seen[0].chain, 2)
		})
	})
}

func TestOpenSSLReadsOurStores(t *testing.T) {
	openssl := reference.Tool(t, "openssl")
	matrix(t, func(t *testing.T, kind string, s *Store, pw Password, o EncodeOptions) {
		if s.Format != PKCS12 || pw.CheckJava() != nil && o.Profile == ProfileLegacy {
			return
		}
		data, err := Encode(s, pw, o)
		require.NoError(t, err)
		cmd := exec.Command(openssl, "pkcs12", "-in", writeTemp(t, "store.p12", data), "-passin", "env:PW", "-nodes")
		cmd.Env = append(os.Environ(), "PW="+string(pw.bytes()))
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, string(out))
		require.Equal(t, 3, strings.Count(string(out), "BEGIN CERTIFICATE"))
		require.Contains(t, string(out), "friendlyName: Kafka1")
		bundle, err := ParsePEM("openssl", out, PEMOptions{})
		require.NoError(t, err)
		require.Len(t, bundle.Keys, 1)
		key, err := bundle.Keys[0].PKCS8()
		require.NoError(t, err)
		require.Equal(t, publicKeyOf(s.Entries[0].Key), publicKeyOf(key))
	})
}

func TestSeveralKeysSignForTheirOwnLeaf(t *testing.T) {
	eachJDK(t, func(t *testing.T, j *jvm) {
		for _, profile := range []Profile{ProfileModern, ProfileLegacy} {
			s := &Store{Format: PKCS12}
			for _, kind := range []string{"p256", "p256b", "p256c"} {
				id := fixture(t, kind)
				require.NoError(t, s.Add(Entry{Alias: kind, Kind: KindKey, Created: testTime, Key: id.key, Chain: id.chain}))
			}
			data, err := Encode(s, changeit, EncodeOptions{Profile: profile, Now: testTime})
			require.NoError(t, err)
			seen, failure := j.dump(t, "PKCS12", writeTemp(t, "three.p12", data), changeit, "-")
			require.Empty(t, failure)
			require.Len(t, seen, 3)
			for i, e := range seen {
				require.Equal(t, s.Entries[i].Alias, e.alias)
				require.Equal(t, "signs", e.key, e.alias)
				require.Equal(t, DescribeCertificate(s.Entries[i].Chain[0]).SHA256, e.chain[0])
				require.Equal(t, testTime.UnixMilli()+int64(i), e.created)
			}
		}
	})
}

func TestKeyPasswordsInJava(t *testing.T) {
	eachJDK(t, func(t *testing.T, j *jvm) {
		id := fixture(t, "p256")
		s := &Store{Format: JKS, Entries: []Entry{{Alias: "a", Kind: KindKey, Key: id.key, Chain: id.chain}}}
		data, err := Encode(s, changeit, EncodeOptions{KeyPassword: NewPassword([]byte("другой"))})
		require.NoError(t, err)
		path := writeTemp(t, "two.jks", data)
		seen, failure := j.dump(t, "JKS", path, changeit, "другой")
		require.Empty(t, failure)
		require.Equal(t, "signs", seen[0].key)
		seen, failure = j.dump(t, "JKS", path, changeit, "-")
		require.Empty(t, failure)
		require.Equal(t, "!UnrecoverableKeyException", seen[0].key)
	})
}

func TestPasswordlessTrustStoreInJava(t *testing.T) {
	s := &Store{Format: PKCS12}
	for _, kind := range fixtureKinds {
		require.NoError(t, s.Add(TrustEntry(kind, fixture(t, kind).root, testTime)))
	}
	data, err := Encode(s, Password{}, EncodeOptions{})
	require.NoError(t, err)
	eachJDK(t, func(t *testing.T, j *jvm) {
		path := writeTemp(t, "cacerts", data)
		for _, pw := range []Password{{}, changeit, NewPassword([]byte{})} {
			seen, failure := j.dump(t, "PKCS12", path, pw, "-")
			require.Empty(t, failure)
			require.Len(t, seen, len(fixtureKinds))
		}
	})
}

func TestHandshakeInJava(t *testing.T) {
	id, other := fixture(t, "p256"), fixture(t, "rsa2048")
	eachJDK(t, func(t *testing.T, j *jvm) {
		for _, format := range []Format{JKS, PKCS12} {
			keys := &Store{Format: format, Entries: []Entry{{Alias: "kafka1", Kind: KindKey, Created: testTime, Key: id.key, Chain: id.chain}}}
			right := &Store{Format: format, Entries: []Entry{TrustEntry("root", id.root, testTime)}}
			wrong := &Store{Format: format, Entries: []Entry{TrustEntry("root", other.root, testTime)}}
			path := func(s *Store) string {
				data, err := Encode(s, changeit, EncodeOptions{})
				require.NoError(t, err)
				return tohex(writeTemp(t, "store", data))
			}
			pw, typ := tohex("changeit"), format.String()
			lines, failure := j.ask(t, "handshake", typ, path(keys), pw, "-", typ, path(right), pw)
			require.Empty(t, failure)
			require.Equal(t, []string{"handshake", "TLSv1.3", "2"}, lines[0])
			_, failure = j.ask(t, "handshake", typ, path(keys), pw, "-", typ, path(wrong), pw)
			require.Contains(t, failure, "PKIX path")
		}
	})
}
