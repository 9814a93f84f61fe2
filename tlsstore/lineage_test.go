package tlsstore

import (
	"crypto"
	"crypto/x509"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/internal/golden"
)

// The lineages under testdata of the module, arranged as certbot does: live/NAME links into archive/NAME. Their root
// is testdata/example-root.pem. They hold for a hundred years; UPDATE=1 makes those that are not there.
const lineages = "../testdata"

func TestLineagesAreWhatCertbotWrites(t *testing.T) {
	hosts := []struct{ name, key string }{
		{"kafka1.example.com", "EC-256"}, {"kafka2.example.com", "RSA-2048"}, {"kafka3.example.com", "EC-384"},
	}
	if _, err := os.Stat(lineages + "/live"); golden.Update() && os.IsNotExist(err) {
		root := issue(t, request{cn: "Example Root", org: "Example", ca: true})
		require.NoError(t, os.MkdirAll(lineages, 0o755))
		require.NoError(t, os.WriteFile(lineages+"/example-root.pem", []byte(root.pem()), 0o644))
		sub := issue(t, request{cn: "Example E1", org: "Example", ca: true, issuing: true, by: root, uses: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}})
		for _, h := range hosts {
			writeLineage(t, h.name, newKey(t, h.key), sub)
		}
		readme := "This directory holds the certificates of the examples, arranged as certbot does it.\n"
		require.NoError(t, os.WriteFile(lineages+"/live/README", []byte(readme), 0o644))
	}
	for _, h := range hosts {
		link, err := os.Readlink(filepath.Join(lineages, "live", h.name, "privkey.pem"))
		require.NoError(t, err)
		require.Equal(t, "../../archive/"+h.name+"/privkey1.pem", link)
		p, err := ReadPEM(os.DirFS(lineages), "live/"+h.name, PEMOptions{})
		require.NoError(t, err)
		pair, err := KeyEntry(p, KeyOptions{})
		require.NoError(t, err)
		require.Equal(t, h.name, pair.Entry.Alias)
		require.Len(t, pair.Entry.Chain, 2)
		require.Empty(t, pair.Findings)
	}
}

func writeLineage(t *testing.T, name string, key crypto.Signer, by *issued) {
	t.Helper()
	leaf := issue(t, request{cn: name, hosts: name, key: key, by: by, uses: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}})
	live, archive := filepath.Join(lineages, "live", name), filepath.Join(lineages, "archive", name)
	require.NoError(t, os.MkdirAll(live, 0o755))
	require.NoError(t, os.MkdirAll(archive, 0o755))
	for _, f := range []struct{ kind, text string }{
		{"privkey", keyPEM(t, key)}, {"cert", leaf.pem()}, {"chain", by.pem()}, {"fullchain", leaf.pem() + by.pem()},
	} {
		file := f.kind + "1.pem"
		require.NoError(t, os.WriteFile(filepath.Join(archive, file), []byte(f.text), 0o644))
		require.NoError(t, os.Symlink("../../archive/"+name+"/"+file, filepath.Join(live, f.kind+".pem")))
	}
}
