package tlsstore

import (
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/internal/reference"
)

// TestReadBouncyCastlesStores reads Bouncy Castle's PKCS#12, which is BER, and names its other formats.
func TestReadBouncyCastlesStores(t *testing.T) {
	jdk := reference.Java17(t)
	classpath := reference.Classpath(t, "org.bouncycastle:bcprov-jdk18on:1.82")
	classes := reference.Compile(t, jdk, classpath, "testdata/java/Bouncy.java")
	for _, kind := range []string{"p256", "rsa2048"} {
		id := fixture(t, kind)
		dir := t.TempDir()
		cmd := exec.Command(jdk.Bin("java"), "-Xmx1g", "-cp", classes+":"+classpath, "Bouncy", dir, "changeit",
			fmt.Sprintf("%x", id.key), fmt.Sprintf("%x,%x", id.chain[0], id.chain[1]), fmt.Sprintf("%x", fixture(t, "p384").root))
		var stderr strings.Builder
		cmd.Stderr = &stderr
		out, err := cmd.Output()
		require.NoError(t, err, stderr.String())
		t.Log(stderr.String())
		names := strings.Fields(string(out))
		require.GreaterOrEqual(t, len(names), 9)
		j := startJVM(t, jdk, "")
		for _, name := range names {
			data, err := os.ReadFile(filepath.Join(dir, name))
			require.NoError(t, err)
			s, err := Decode(data, changeit, DecodeOptions{})
			switch name {
			case "BKS", "BKS-V1", "UBER", "BCFKS":
				require.ErrorIs(t, err, ErrUnsupported)
				require.Equal(t, strings.TrimSuffix(name, "-V1"), Detect(data).String())
				require.ErrorContains(t, err, Detect(data).String())
				continue
			case "PKCS12-AES256-AES128-GCM":
				require.ErrorIs(t, err, ErrUnsupported)
				require.ErrorContains(t, err, "2.16.840.1.101.3.4.1.6")
				continue
			}
			require.NoError(t, err, name)
			require.Equal(t, Verified, s.Integrity, name)
			e, ok := s.Entry("kafka1")
			require.True(t, ok, name)
			require.Equal(t, publicKeyOf(id.key), publicKeyOf(e.Key), name)
			require.Equal(t, id.chain, e.Chain[:2], name)
			seen, failure := j.dump(t, "PKCS12", filepath.Join(dir, name), changeit, "-")
			if name == "PKCS12-PBMAC1" {
				require.NotEmpty(t, failure, name)
			} else {
				require.Empty(t, failure, name)
				requireSame(t, seen, weSee(s), name)
			}
			requireRewritten(t, s, name)
		}
	}
}

// pyca returns a Python that has pyca/cryptography: the system's, or one in a virtual environment made for it.
func pyca(t *testing.T) string {
	python := reference.Tool(t, "python3")
	has := func(p string) bool {
		return exec.Command(p, "-c", "import cryptography.hazmat.primitives.serialization.pkcs12").Run() == nil
	}
	if has(python) {
		return python
	}
	dir := filepath.Join(reference.CacheDir(t), "pyca")
	venv := filepath.Join(dir, "bin", "python3")
	if !has(venv) {
		for _, args := range [][]string{{python, "-m", "venv", dir}, {venv, "-m", "pip", "install", "-q", "cryptography"}} {
			out, err := exec.Command(args[0], args[1:]...).CombinedOutput()
			require.NoError(t, err, string(out))
		}
	}
	return venv
}

// pycaScript writes stores in every way that pyca/cryptography offers, and reads those that it is given.
const pycaScript = `
import sys, json, os
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization as s
from cryptography.hazmat.primitives.serialization import pkcs12
dir, pem, root = sys.argv[1:4]
blocks = open(pem, 'rb').read()
key = s.load_pem_private_key(blocks, None)
certs = x509.load_pem_x509_certificates(blocks)
root = x509.load_pem_x509_certificate(open(root, 'rb').read())
def write(file, enc, **kw):
    args = dict(name=b'Kafka1', key=key, cert=certs[0], cas=certs[1:])
    args.update(kw)
    open(os.path.join(dir, file), "wb").write(pkcs12.serialize_key_and_certificates(args['name'], args['key'], args['cert'], args['cas'], enc))
P = pkcs12.PBES
for pw in ['changeit', 'p\u00e4ss', '\u043f\u0430\u0440\u043e\u043b\u044c']:
    b = pw.encode()
    n = ascii(pw).strip("'").replace('\\', '_')
    write('best ' + n, s.BestAvailableEncryption(b))
    for alg in [P.PBESv1SHA1And3KeyTripleDESCBC, P.PBESv2SHA256AndAES256CBC]:
        for h in [hashes.SHA1(), hashes.SHA256()]:
            e = s.PrivateFormat.PKCS12.encryption_builder().kdf_rounds(2000).key_cert_algorithm(alg).hmac_hash(h).build(b)
            write('%s %s %s' % (alg.name, h.name, n), e)
write('none', s.NoEncryption())
write('alone changeit', s.BestAvailableEncryption(b'changeit'), cas=None)
write('unnamed changeit', s.BestAvailableEncryption(b'changeit'), name=None)
if hasattr(pkcs12, 'serialize_java_truststore'):
    c = [pkcs12.PKCS12Certificate(certs[1], b'Inter'), pkcs12.PKCS12Certificate(root, None)]
    open(os.path.join(dir, 'java changeit'), 'wb').write(pkcs12.serialize_java_truststore(c, s.BestAvailableEncryption(b'changeit')))
ours = {}
for path in sys.argv[4:]:
    p = pkcs12.load_pkcs12(open(path, 'rb').read(), b'changeit')
    ours[path] = [p.key is not None, p.cert.friendly_name.decode() if p.cert and p.cert.friendly_name else None, len(p.additional_certs)]
print(json.dumps(ours))
`

func TestPycaStores(t *testing.T) {
	python := pyca(t)
	for _, kind := range []string{"p256", "rsa2048", "ed25519"} {
		id := fixture(t, kind)
		dir := t.TempDir()
		block := func(typ string, der []byte) string {
			return string(pem.EncodeToMemory(&pem.Block{Type: typ, Bytes: der}))
		}
		in := writeTemp(t, "in.pem", []byte(block("PRIVATE KEY", id.key)+block("CERTIFICATE", id.chain[0])+block("CERTIFICATE", id.chain[1])))
		root := writeTemp(t, "root.pem", []byte(block("CERTIFICATE", id.root)))
		s := &Store{Format: PKCS12, Entries: []Entry{{Alias: "Kafka1", Kind: KindKey, Key: id.key, Chain: id.chain}}}
		var ours []string
		for _, profile := range []Profile{ProfileModern, ProfileLegacy, ProfilePBMAC1} {
			data, err := Encode(s, changeit, EncodeOptions{Profile: profile})
			require.NoError(t, err)
			ours = append(ours, writeTemp(t, profile.String(), data))
		}
		cmd := exec.Command(python, append([]string{"-c", pycaScript, dir, in, root}, ours...)...)
		out, err := cmd.Output()
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			t.Fatal(string(exit.Stderr))
		}
		require.NoError(t, err)
		var read map[string][]any
		require.NoError(t, json.Unmarshal(out, &read))
		for _, path := range ours {
			require.Equal(t, []any{true, "Kafka1", 1.0}, read[path], path)
		}
		names, err := os.ReadDir(dir)
		require.NoError(t, err)
		require.GreaterOrEqual(t, len(names), 18)
		for _, n := range names {
			data, err := os.ReadFile(filepath.Join(dir, n.Name()))
			require.NoError(t, err)
			pw := changeit
			if n.Name() == "none" {
				pw = NewPassword([]byte{})
			} else if strings.HasSuffix(n.Name(), "_xe4ss") {
				pw = NewPassword([]byte("päss"))
			} else if strings.Contains(n.Name(), "_u") {
				pw = NewPassword([]byte("пароль"))
			}
			s, err := Decode(data, pw, DecodeOptions{})
			require.NoError(t, err, n.Name())
			if n.Name() == "none" { // a key that is not encrypted: Java sees nothing
				require.Empty(t, s.Entries)
				require.NotEmpty(t, s.Hidden)
				continue
			}
			require.Equal(t, Verified, s.Integrity, n.Name())
			if strings.HasPrefix(n.Name(), "java ") {
				require.Len(t, s.Entries, 2)
				require.Equal(t, "inter", s.Entries[0].Alias)
				require.Equal(t, "1", s.Entries[1].Alias)
				continue
			}
			require.Len(t, s.Entries, 1, n.Name())
			require.Equal(t, publicKeyOf(id.key), publicKeyOf(s.Entries[0].Key), n.Name())
			require.Equal(t, id.chain[0], s.Entries[0].Chain[0], n.Name())
		}
	}
}
