package tlsstore

import (
	"crypto"
	"crypto/x509"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/internal/reference"
)

// TestJavaRefusesWhatTheRulesSay asks Java's own trust manager about chains: it has to refuse where a rule says that it
// refuses, and to accept where a rule only warns.
func TestJavaRefusesWhatTheRulesSay(t *testing.T) {
	defer setenv(t, "GODEBUG", "rsa1024min=0")()
	now := time.Now()
	root := issue(t, request{cn: "Root", ca: true, key: newKey(t, "RSA-2048"), from: now.Add(-time.Hour)})
	sub := issue(t, request{cn: "Issuing", ca: true, by: root, key: newKey(t, "RSA-2048-other"), from: now.Add(-time.Hour)})
	notCA := issue(t, request{cn: "Not CA", by: root, from: now.Add(-time.Hour)})
	old := issue(t, request{cn: "Old Root", ca: true, from: now.Add(-2 * time.Hour), to: now.Add(-time.Hour)})
	leaf := func(r request) *issued {
		r.cn, r.hosts = "k.example.com", "k.example.com"
		if r.by == nil {
			r.by = sub
		}
		if r.from.IsZero() {
			r.from = now.Add(-time.Hour)
		}
		return issue(t, r)
	}
	plain := leaf(request{})
	cases := []struct {
		id, use string // the finding that Check gives; "" for none
		anchor  *issued
		chain   []*issued
		accepts bool
	}{
		{"", "server", root, []*issued{plain, sub}, true},
		{"tls-expired", "server", root, []*issued{leaf(request{from: now.Add(-2 * time.Hour), to: now.Add(-time.Hour)}), sub}, false},
		{"tls-not-yet-valid", "server", root, []*issued{leaf(request{from: now.Add(time.Hour)}), sub}, false},
		{"tls-key-broken", "server", root, []*issued{leaf(request{key: newKey(t, "RSA-512")}), sub}, false},
		{"tls-key-weak", "server", root, []*issued{leaf(request{key: newKey(t, "RSA-1024")}), sub}, true},
		{"tls-signature-broken", "server", root, []*issued{resigned(t, leaf(request{}), 4, crypto.MD5, sub.key), sub}, false},
		{"tls-signature-sha1", "server", root, []*issued{resigned(t, leaf(request{}), 5, crypto.SHA1, sub.key), sub}, true},
		{"tls-chain-order", "server", root, []*issued{plain, root, sub}, true},
		{"tls-chain-not-ca", "server", root, []*issued{leaf(request{by: notCA}), notCA}, false},
		{"tls-chain-incomplete", "server", root, []*issued{plain}, false},
		{"tls-no-server-auth", "server", root, []*issued{leaf(request{uses: clientOnly}), sub}, false},
		{"tls-no-client-auth", "client", root, []*issued{leaf(request{uses: serverOnly}), sub}, false},
		{"tls-anchor-leaf", "server", plain, []*issued{plain, sub}, true},
		{"tls-anchor-expired", "server", old, []*issued{leaf(request{by: old})}, true},
	}
	dir := t.TempDir()
	var lines []string
	for i, c := range cases {
		words := []string{c.use}
		for k, x := range append([]*issued{c.anchor}, c.chain...) {
			path := filepath.Join(dir, fmt.Sprintf("%d-%d", i, k))
			require.NoError(t, os.WriteFile(path, x.der, 0o600))
			words = append(words, path)
		}
		lines = append(lines, strings.Join(words, " "))

		der, err := x509.MarshalPKCS8PrivateKey(c.chain[0].key)
		require.NoError(t, err)
		e := Entry{Alias: "k", Kind: KindKey, Key: der}
		for _, x := range c.chain {
			e.Chain = append(e.Chain, x.der)
		}
		o := CheckOptions{Now: now, RootsOnly: true}
		if c.id != "tls-chain-incomplete" {
			o.Roots = [][]byte{root.der, old.der}
		}
		s := &Store{Entries: []Entry{e, TrustEntry("anchor", c.anchor.der, now)}}
		if c.use == "client" {
			o.Role = RoleClient
		}
		found := Check(s, o)
		require.Contains(t, said(found)+" ", c.id, c.id)
		for _, f := range found {
			if f.ID == c.id && f.ID != "tls-no-server-auth" && f.ID != "tls-anchor-leaf" {
				require.Equal(t, !c.accepts, f.Severity == finding.Error, c.id)
			}
		}
	}
	input := filepath.Join(dir, "cases")
	require.NoError(t, os.WriteFile(input, []byte(strings.Join(lines, "\n")), 0o600))
	for _, jdk := range reference.JDKs(t) {
		if jdk.Major < 11 {
			continue
		}
		classes := reference.Compile(t, jdk, "", "ca/testdata/Trust.java")
		out, err := exec.Command(jdk.Bin("java"), "-XX:TieredStopAtLevel=1", "-Xmx256m", "-cp", classes, "Trust", input).Output()
		require.NoError(t, err)
		got := strings.Split(strings.TrimSpace(string(out)), "\n")
		require.Len(t, got, len(cases))
		for i, c := range cases {
			require.Equal(t, c.accepts, got[i] == "ok", "Java %d, %s: %s", jdk.Major, c.id, got[i])
		}
	}
}
