package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"os"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/tlsstore"
)

// hostile colours, moves the cursor, turns the direction of writing, ends the string, and begins a line of its own.
const hostile = "x\x1b[31m\u009b2J\u202e\u2028\r\nkcfg: FORGED"

// TestHostileNames: whatever a file or its content is called, no command prints a control character or a forged line.
func TestHostileNames(t *testing.T) {
	t.Chdir(t.TempDir())
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	named := func(serial int64, ca bool, names ...string) []byte {
		der, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{
			SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: fmt.Sprint(hostile, serial), Organization: []string{hostile}},
			NotBefore: testNow.Add(-time.Hour), NotAfter: testNow.Add(time.Hour), IsCA: ca, BasicConstraintsValid: true, DNSNames: names,
		}, &x509.Certificate{Subject: pkix.Name{CommonName: hostile}}, key.Public(), key)
		require.NoError(t, err)
		return der
	}
	// a name that crypto/x509 writes for nobody
	leaf := bytes.Replace(named(1, false, "a-name-of-27-bytes.forged.x"), []byte("a-name-of-27-bytes.forged.x"), []byte("n\x1b[31m\r\nkcfg: FORGED......"), 1)
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	password := tlsstore.NewPassword([]byte("changeit"))
	store := func(path string, f tlsstore.Format, entries ...tlsstore.Entry) {
		data, err := tlsstore.Encode(&tlsstore.Store{Format: f, Entries: entries}, password, tlsstore.EncodeOptions{Iterations: 1})
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(path, data, 0o600))
	}
	keyEntry := tlsstore.Entry{Alias: hostile, Kind: tlsstore.KindKey, Key: pkcs8, Chain: [][]byte{leaf}}
	trust := tlsstore.TrustEntry(hostile+"2", named(2, true), testNow)
	store("key"+hostile+".p12", tlsstore.PKCS12, keyEntry, trust)
	store("key.p12", tlsstore.PKCS12, keyEntry, trust)
	store("key.jks", tlsstore.JKS, keyEntry, trust)
	store("other.p12", tlsstore.PKCS12, tlsstore.TrustEntry(hostile+"2", named(3, true), testNow), tlsstore.TrustEntry(hostile+"3", named(4, true), testNow))
	var text bytes.Buffer
	for _, b := range []pem.Block{{Type: "PRIVATE KEY", Bytes: pkcs8}, {Type: "CERTIFICATE", Bytes: leaf}, {Type: "CERTIFICATE", Bytes: named(5, true)}} {
		require.NoError(t, pem.Encode(&text, &b))
	}
	require.NoError(t, os.WriteFile("in"+hostile+".pem", text.Bytes(), 0o600))
	require.NoError(t, os.Mkdir("dir"+hostile, 0o700))
	require.NoError(t, os.WriteFile("dir"+hostile+"/bad"+hostile+".p12", []byte("no store"), 0o600))
	require.NoError(t, os.WriteFile("server"+hostile+".properties", []byte("ssl.keystore.location=no"+hostile+".p12\nx\x1b[31m=1\n\\u001b[31mkey=\\u001b\n"), 0o600))
	require.NoError(t, os.WriteFile(hostile+".yaml", []byte("a: 1"), 0o600))

	for _, args := range [][]string{
		{"inspect", "key" + hostile + ".p12"},
		{"inspect", "key.jks", "key.p12", "other.p12", "--host", hostile, "--expires-within", "1d"},
		{"inspect", "in" + hostile + ".pem"},
		{"inspect", "dir" + hostile},
		{"inspect", "server" + hostile + ".properties"},
		{"inspect", "missing" + hostile},
		{"inspect", "key.p12", "--expires-within", hostile},
		{"diff", "key.p12", "other.p12"},
		{"diff", "key" + hostile + ".p12", "missing" + hostile},
		{"convert", "key.p12", "--out", "new" + hostile + ".jks"},
		{"convert", "key.p12", "--out", "new.jks", "--alias", hostile + "missing"},
		{"convert", "dir" + hostile, "--out", "new.jks"},
		{"convert", "key.p12", "--out", "dir" + hostile + "/missing" + hostile + "/new.jks"},
		{"keystore", "--pem", "in" + hostile + ".pem", "--out", "k" + hostile + ".p12", "--alias", hostile},
		{"keystore", "--pem", "in" + hostile + ".pem", "--out", "k2.p12", "--truststore", "t" + hostile + ".p12", "--force"},
		{"keystore", "--pem", "missing" + hostile, "--out", "k.p12"},
		{"truststore", "--pem", "in" + hostile + ".pem", "--out", "t.p12", "--alias", hostile},
		{"truststore", "--pem", "in" + hostile + ".pem", "--add-to", "key.p12", "--alias", hostile},
		{"truststore", "--from-server", hostile},
		{"truststore", "--from-server", hostile + ":1", "--pin", "sha256:" + strings.Repeat("00", 32), "--timeout", "1s"},
		{"store", "add", "key.p12", "--pem", "in" + hostile + ".pem", "--alias", hostile},
		{"store", "add", "key.p12", "--pem", "in" + hostile + ".pem", "--alias", hostile + "new"},
		{"store", "rename", "key.p12", hostile + "new", hostile + "newer"},
		{"store", "rename", "key.p12", hostile + "missing", hostile},
		{"store", "remove", "key.p12", hostile + "newer"},
		{"store", "remove", "key.p12", hostile + "missing"},
		{"store", "merge", "key.p12", "other.p12"},
		{"store", "merge", "key.p12", "other.p12", "--replace"},
		{"store", "passwd", "key.jks", "--new-key-password", "env:KCFG_PASSWORD", "--alias", hostile},
		{"store", "passwd", "key.jks", "--new-key-password", "file:missing" + hostile},
		{"store", "passwd", "key.jks", "--new-password", hostile},
		{"ca", "init", "ca" + hostile, "--name", hostile},
		{"validate", "server" + hostile + ".properties", "--kafka", "3.9.1"},
		{"validate", "missing" + hostile, "--kafka", "3.9.1"},
		{"validate", "server" + hostile + ".properties", "--kafka", hostile},
		{"get", "server" + hostile + ".properties", hostile},
		{"set", "server" + hostile + ".properties", hostile + "=" + hostile},
		{"explain", hostile},
		{hostile},
	} {
		var stdout, stderr bytes.Buffer
		status := run(env{
			Args: args, Stdin: strings.NewReader(""), Stdout: &stdout, Stderr: &stderr, Now: func() time.Time { return testNow },
			Environ: []string{"KCFG_PASSWORD=changeit"},
		})
		require.NotContains(t, stderr.String(), "panic")
		if status == exitOK || status == exitFindings {
			require.NotEmpty(t, stdout.String()+stderr.String(), args)
		}
		for name, out := range map[string]string{"stdout": stdout.String(), "stderr": stderr.String()} {
			for line := range strings.Lines(out) {
				require.NotContains(t, line[:min(len(line), 12)], "FORGED", "%q: %s\n%s", args, name, out)
				for _, r := range strings.TrimSuffix(line, "\n") {
					if args[0] == "get" && name == "stdout" {
						break // a value as it is
					}
					require.True(t, unicode.IsPrint(r) || r == '\t', "%q: %U in %s: %q", args, r, name, line)
				}
			}
		}
	}
}
