package tlsstore

import (
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/internal/golden"
	"github.com/kcfg/kcfg/internal/reference"
	"github.com/kcfg/kcfg/tlsstore/internal/ber"
	"github.com/kcfg/kcfg/tlsstore/internal/jks"
	"github.com/kcfg/kcfg/tlsstore/internal/pbe"
	"github.com/kcfg/kcfg/tlsstore/internal/pkcs12"
)

// TestStoresOnFile makes the stores under testdata/stores that are missing, with UPDATE=1, and else checks that they are what
// Java reads too.
func TestStoresOnFile(t *testing.T) {
	reference.Require(t)
	loadIdentities(t)
	dir, err := filepath.Abs("testdata/stores")
	require.NoError(t, err)
	jdk := reference.Java17(t)
	if golden.Update() {
		j := startJVM(t, jdk, "", "-Djdk.jceks.iterationCount=10000")
		for _, p := range []string{"certPbeIterationCount", "keyPbeIterationCount", "macIterationCount"} {
			j.ask(t, "security", "keystore.pkcs12."+p, "3")
		}
		all := javaStore{keys: []string{"p256"}, trusted: []string{"p256b"}, secret: true}
		make := func(name string, write func(path string)) {
			path := filepath.Join(dir, name)
			if _, err := os.Stat(path); os.IsNotExist(err) {
				write(path)
			}
		}
		java := func(typ string) func(string) {
			return func(path string) {
				_, failure := j.ask(t, append([]string{"write", typ, tohex(path), tohex("changeit")}, all.fields("changeit")...)...)
				require.Empty(t, failure)
			}
		}
		make("java.jceks", java("JCEKS"))
		make("java.p12", java("PKCS12"))
		run := func(args string) func(string) {
			return func(path string) {
				id := identities["p256"]
				in := writeTemp(t, "in.pem", append(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: id.key}), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: id.chain[0]})...))
				args := append(strings.Fields(args), "-out", path)
				for i := range args {
					if args[i] == "IN" {
						args[i] = in
					}
				}
				out, err := exec.Command("openssl", args...).CombinedOutput()
				require.NoError(t, err, string(out))
			}
		}
		make("openssl-rc2.p12", run("pkcs12 -export -legacy -in IN -name kafka1 -iter 3 -passout pass:changeit"))
		make("openssl-nomac.p12", run("pkcs12 -export -in IN -iter 3 -nomac -passout pass:changeit"))
		make("certs.p7b", run("crl2pkcs7 -nocrl -certfile IN -outform DER"))
		make("certs.pem.p7b", run("crl2pkcs7 -nocrl -certfile IN"))
		dir = filepath.Join(filepath.Dir(dir), "pages")
		require.NoError(t, os.MkdirAll(dir, 0o755))
		make("aes192.p12", run("pkcs12 -export -in IN -name kafka1 -certpbe AES-192-CBC -keypbe AES-192-CBC -passout pass:changeit"))
		make("plainkey.p12", run("pkcs12 -export -in IN -name kafka1 -keypbe NONE -passout pass:changeit"))
		make("nomac.p12", run("pkcs12 -export -in IN -name kafka1 -nomac -passout pass:changeit"))
		make("rc2.p12", run("pkcs12 -export -in IN -name kafka1 -legacy -passout pass:changeit"))
		make("once.p12", run("pkcs12 -export -in IN -name kafka1 -noiter -passout pass:changeit"))
		id := identities["p256"]
		one := Entry{Alias: "kafka1", Kind: KindKey, Created: testTime, Key: id.key, Chain: id.chain}
		ours := func(s *Store) func(string) {
			return func(path string) {
				data, err := Encode(s, changeit, EncodeOptions{})
				require.NoError(t, err)
				require.NoError(t, os.WriteFile(path, data, 0o644))
			}
		}
		make("kcfg.p12", ours(&Store{Format: PKCS12, Entries: []Entry{one}}))
		make("kcfg.jks", ours(&Store{Format: JKS, Entries: []Entry{one, TrustEntry("kafka2", id.root, testTime)}}))
		make("case.jks", func(path string) {
			data, err := os.ReadFile(filepath.Join(dir, "kcfg.jks"))
			require.NoError(t, err)
			body := bytes.ReplaceAll(data[:len(data)-20], []byte("kafka2"), []byte("KAFKA1"))
			require.NoError(t, os.WriteFile(path, jks.Seal(body, changeit.utf16()), 0o644))
		})
		make("pairing.p12", func(path string) {
			b := identities["p256b"]
			data, err := Encode(&Store{Format: PKCS12, Entries: []Entry{one, {Alias: "kafka2", Kind: KindKey, Created: testTime, Key: b.key, Chain: b.chain}}}, changeit, EncodeOptions{})
			require.NoError(t, err)
			f, err := Decode(data, changeit, DecodeOptions{})
			require.NoError(t, err)
			bags, err := f.bags(changeit, EncodeOptions{}.withDefaults())
			require.NoError(t, err)
			for i := range bags { // both keys point to both leaves, as tools write that do not know of Java's ways
				bags[i].LocalKeyID = []byte{1}
				if bags[i].Certificate != nil {
					bags[i].HasName = false
				}
			}
			pw := pbe.NewPassword([]byte("changeit"))
			data, err = pkcs12.Write(bags, pkcs12.WriteOptions{Iterations: DefaultIterations, Password: &pw, Rand: rand.Reader})
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(path, data, 0o644))
		})
		dir = filepath.Join(filepath.Dir(dir), "foreign")
		require.NoError(t, os.MkdirAll(dir, 0o755))
		make("empty.p12", run("pkcs12 -export -in IN -name kafka1 -passout pass:"))
		make("nokeys.p12", run("pkcs12 -export -in IN -nokeys -passout pass:changeit"))
		make("twopass.p12", func(path string) { require.NoError(t, os.WriteFile(path, twoPasswords(t), 0o644)) })
		dir = filepath.Join(filepath.Dir(dir), "stores")
		make("v1.jks", func(path string) { require.NoError(t, os.WriteFile(path, version1(t), 0o644)) })
		make("ber.p12", func(path string) {
			require.NoError(t, os.WriteFile(path, indefinite(t, samples(t)["modern.p12"]), 0o644))
		})
	}
	eachJDK(t, func(t *testing.T, j *jvm) {
		for name, data := range samples(t) {
			s, err := Decode(data, changeit, DecodeOptions{})
			require.NoError(t, err, name)
			if s.Format == PEM || s.Format == PKCS7 {
				continue
			}
			seen, failure := j.dump(t, s.Format.String(), writeTemp(t, name, data), changeit, "-")
			if name == "pbmac1.p12" && j.major < 26 {
				require.NotEmpty(t, failure)
				continue
			}
			require.Empty(t, failure, name)
			requireSame(t, seen, weSee(s), name)
		}
	})
}

// version1 is a JKS file of version 1, which has no certificate types: a version 2 file without them.
func version1(t *testing.T) []byte {
	data := samples(t)["jks"]
	body := bytes.ReplaceAll(data[:len(data)-20], []byte("\x00\x05X.509"), nil)
	binary.BigEndian.PutUint32(body[4:], 1)
	return jks.Seal(body, changeit.utf16())
}

// indefinite rewrites a PKCS#12 file as Bouncy Castle and browsers write it: indefinite lengths outside, strings in pieces.
func indefinite(t *testing.T, data []byte) []byte {
	end := []byte{0, 0}
	pieces := func(b []byte) []byte {
		out := []byte{0x24, 0x80}
		for len(b) > 0 {
			n := min(len(b), 100)
			out, b = append(out, ber.OctetString(b[:n])...), b[n:]
		}
		return append(out, end...)
	}
	pfx, err := ber.Single(data)
	require.NoError(t, err)
	parts, err := pfx.Children(3)
	require.NoError(t, err)
	info, err := parts[1].Children(2)
	require.NoError(t, err)
	octets, err := ber.Single(info[1].Content)
	require.NoError(t, err)
	out := append([]byte{0x30, 0x80}, parts[0].Raw...)
	out = append(append(out, 0x30, 0x80), info[0].Raw...)
	out = append(append(out, 0xa0, 0x80), pieces(octets.Content)...)
	out = append(append(out, end...), end...)
	out = append(out, parts[2].Raw...)
	return append(out, end...)
}
