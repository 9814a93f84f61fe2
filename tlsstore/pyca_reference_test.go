package tlsstore

import (
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
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

// pyca runs testdata/pyca.py and reads what it prints into v.
func pyca(t *testing.T, v any, args ...string) {
	t.Helper()
	out, err := reference.Python(t, []string{"cryptography==48.0.0"}, append([]string{"testdata/pyca.py"}, args...)...).Output()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		t.Fatal(string(exit.Stderr))
	}
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(out, v))
}

// TestReadPycasStores reads what pyca/cryptography writes, as Java does, and where Java does not, says so.
func TestReadPycasStores(t *testing.T) {
	block := func(typ string, der []byte) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: typ, Bytes: der}))
	}
	type written struct {
		what, path string
		pw         Password
		s          *Store
	}
	var all []written
	for kind, count := range map[string]string{"p256": "3", "rsa2048": "1", "ed25519": "1"} {
		id := fixture(t, kind)
		dir := t.TempDir()
		in := writeTemp(t, "in.pem", []byte(block("PRIVATE KEY", id.key)+block("CERTIFICATE", id.chain[0])+block("CERTIFICATE", id.chain[1])))
		passwords := map[string]string{}
		pyca(t, &passwords, "write", dir, in, writeTemp(t, "root.pem", []byte(block("CERTIFICATE", id.root))), count)
		require.GreaterOrEqual(t, len(passwords), 15)
		for name, password := range passwords {
			w := written{what: kind + " " + name, path: filepath.Join(dir, name), pw: NewPassword([]byte(unhex(password)))}
			data, err := os.ReadFile(w.path)
			require.NoError(t, err)
			w.s, err = Decode(data, w.pw, DecodeOptions{})
			require.NoError(t, err, w.what)
			if strings.HasSuffix(name, "plain") {
				require.NotEqual(t, Unverified, w.s.Integrity)
			} else {
				require.Equal(t, Verified, w.s.Integrity, w.what)
			}
			switch name {
			case "plain", "authorities only": // Java lists no key that is not encrypted, and no certificate without trust
				require.Empty(t, w.s.Entries)
				require.NotEmpty(t, w.s.Hidden)
			case "java", "java plain":
				require.Len(t, w.s.Entries, 2)
				require.Equal(t, []string{"inter", "1"}, []string{w.s.Entries[0].Alias, w.s.Entries[1].Alias})
				require.Equal(t, [][][]byte{{id.chain[1]}, {id.root}}, [][][]byte{w.s.Entries[0].Chain, w.s.Entries[1].Chain})
			default:
				require.Len(t, w.s.Entries, 1, w.what)
				e := w.s.Entries[0]
				require.Equal(t, map[bool]string{true: "1", false: "kafka1"}[name == "unnamed"], e.Alias)
				require.Equal(t, publicKeyOf(id.key), publicKeyOf(e.Key), w.what)
				require.Equal(t, id.chain[0], e.Chain[0])
				require.Len(t, e.Chain, map[bool]int{true: 1, false: 2}[name == "alone"])
			}
			all = append(all, w)
		}
	}
	eachJDK(t, func(t *testing.T, j *jvm) {
		read := 0
		for _, w := range all {
			seen, failure := j.dump(t, "PKCS12", w.path, w.pw, "-")
			if !slices.Contains(w.s.ReadableBy(), fmt.Sprintf("Java %d", j.major)) && len(w.s.Entries) > 0 {
				require.NotEmpty(t, failure, w.what)
				continue
			}
			require.Empty(t, failure, w.what)
			requireSame(t, seen, weSee(w.s), w.what)
			read++
		}
		t.Logf("Java %d reads %d of %d", j.major, read, len(all))
		require.Greater(t, read, len(all)/4)
	})
}

// TestPycaReadsOurStores: it knows one key a file, and its names.
func TestPycaReadsOurStores(t *testing.T) {
	args := []string{"read"}
	paths := map[string]string{}
	all := ourStores(t)
	for name, c := range all {
		paths[name] = writeTemp(t, "store.p12", c.data)
		password := "-"
		if !c.password.IsNone() {
			password = hex.EncodeToString(c.password.bytes())
		}
		args = append(args, paths[name], password)
	}
	found := map[string]struct {
		Key                 string
		Names, Certificates []string
	}{}
	pyca(t, &found, args...)
	for name, c := range all {
		f := found[paths[name]]
		for _, e := range c.s.Entries {
			for n, der := range e.Chain {
				at := slices.Index(f.Certificates, DescribeCertificate(der).SHA256)
				require.GreaterOrEqual(t, at, 0, "%s: certificate %d of %s", name, n, e.Alias)
				if n == 0 {
					require.Equal(t, e.Alias, f.Names[at], name)
				}
			}
		}
		if first := c.s.Entries[0]; first.Kind == KindKey {
			tbs, ok := parseTBS(first.Chain[0])
			require.True(t, ok)
			require.Equal(t, hex.EncodeToString(tbs.spki), f.Key, name)
		} else {
			require.Empty(t, f.Key, name)
		}
	}
}
