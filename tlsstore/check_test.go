package tlsstore

import (
	"crypto/x509"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/finding"
)

var (
	serverOnly = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	clientOnly = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
)

// said lists findings as "severity id".
func said(found []finding.Finding) string {
	var out []string
	for _, f := range found {
		out = append(out, fmt.Sprintf("%s %s", f.Severity, f.ID))
	}
	return strings.Join(out, ", ")
}

// keyStore is a store with one key below an intermediate, and the options under which its root is known.
func keyStore(t *testing.T, r request) (*Store, CheckOptions) {
	t.Helper()
	root := issue(t, request{cn: "Root", ca: true})
	sub := issue(t, request{cn: "Issuing", ca: true, issuing: true, by: root})
	r.by = sub
	leaf := issue(t, r)
	pair, err := KeyEntry(mustParse(t, keyPEM(t, leaf.key), leaf.pem(), sub.pem()), KeyOptions{Alias: "kafka1"})
	require.NoError(t, err)
	return &Store{Entries: []Entry{pair.Entry}}, CheckOptions{Now: testNow, Roots: [][]byte{root.der}}
}

// TestRoles is what every Let's Encrypt certificate has, and what matters to whom.
func TestRoles(t *testing.T) {
	both := append(append([]x509.ExtKeyUsage{}, serverOnly...), clientOnly...)
	for _, c := range []struct {
		name, cn, hosts string
		uses            []x509.ExtKeyUsage
		none, inter     string
		client, quorum  string
	}{
		{"for both", "k", "k.example.com", both, "", "", "", ""},
		{"no extended key usage", "k", "k.example.com", nil, "", "", "", ""},
		{"any", "k", "k.example.com", []x509.ExtKeyUsage{x509.ExtKeyUsageAny}, "", "", "", ""},
		{"server only", "k", "k.example.com", serverOnly,
			"info tls-no-client-auth", "error tls-no-client-auth", "error tls-no-client-auth", "error tls-no-client-auth"},
		{"server only, no CN", "", "k.example.com", serverOnly,
			"info tls-no-client-auth, info tls-no-cn", "error tls-no-client-auth, error tls-no-cn", "error tls-no-client-auth, error tls-no-cn", "error tls-no-client-auth, info tls-no-cn"},
		{"client only", "app", "", clientOnly, "info tls-no-server-auth", "error tls-no-server-auth", "", "error tls-no-server-auth"},
		{"neither", "k", "k.example.com", []x509.ExtKeyUsage{x509.ExtKeyUsageEmailProtection},
			"info tls-no-server-auth, info tls-no-client-auth", "error tls-no-server-auth, error tls-no-client-auth", "error tls-no-client-auth", "error tls-no-server-auth, error tls-no-client-auth"},
		{"no names", "k", "", both, "warning tls-no-san", "warning tls-no-san", "", "warning tls-no-san"},
	} {
		s, o := keyStore(t, request{cn: c.cn, hosts: c.hosts, uses: c.uses})
		for role, want := range map[Role]string{"": c.none, RoleInterBroker: c.inter, RoleClient: c.client, RoleQuorum: c.quorum} {
			o.Role = role
			require.Equal(t, want, said(Check(s, o)), "%s as %q", c.name, role)
		}
	}
}

func TestExpiringGoesByTheLifetime(t *testing.T) {
	for _, c := range []struct{ life, left, want string }{
		{"2160h", "541h", ""},
		{"2160h", "539h", "warning tls-expiring"},
		{"2160h", "0h", "warning tls-expiring"},
		{"2160h", "-1h", "error tls-expired"},
		{"1080h", "720h", ""},
		{"160h", "41h", ""},
		{"160h", "39h", "warning tls-expiring"},
		{"2160h", "2161h", "error tls-not-yet-valid"},
	} {
		life, err := time.ParseDuration(c.life)
		require.NoError(t, err)
		left, err := time.ParseDuration(c.left)
		require.NoError(t, err)
		end := testNow.Add(left)
		s, o := keyStore(t, request{cn: "k", hosts: "k.example.com", from: end.Add(-life), to: end})
		require.Equal(t, c.want, said(Check(s, o)), "%s of %s", c.left, c.life)
	}
}

func TestHostsAsJavaComparesThem(t *testing.T) {
	for _, c := range []struct {
		cn, hosts, host string
		want            bool
	}{
		{"k", "kafka1.example.com", "kafka1.example.com", true},
		{"k", "kafka1.example.com", "KAFKA1.example.COM", true},
		{"k", "kafka1.example.com", "kafka1.example.com.", true},
		{"k", "*.example.com", "kafka1.example.com", true},
		{"k", "*.example.com", "a.b.example.com", false},
		{"k", "*.example.com", "example.com", false},
		{"k", "kafka1.example.com", "kafka2.example.com", false},
		{"k", "10.0.0.1", "10.0.0.1", true},
		{"k", "2001:db8::1", "[2001:db8::1]", true},
		{"k", "2001:db8::1", "2001:db8:0::1", true},
		{"k", "kafka1.example.com", "10.0.0.1", false},
		{"k", "kafka_1.example.com", "kafka_1.example.com", true},
		{"kafka1.example.com", "", "kafka1.example.com", true}, // Java's fallback; tls-no-san warns
		{"kafka1.example.com", "other.example.com", "kafka1.example.com", false},
		{"10.0.0.1", "", "10.0.0.1", false},
	} {
		leaf := issue(t, request{cn: c.cn, hosts: c.hosts})
		require.Equal(t, c.want, covers(leaf.cert, c.host), "%s for %s and %s", c.host, c.cn, c.hosts)
	}
}

func TestRealLetsEncryptChainsEndInKnownRoots(t *testing.T) {
	for _, chain := range []string{
		"int-ye1 root-ye-by-x2 root-x2-by-x1", "int-ye2 root-ye-by-x2", "int-ye3", "int-yr1 root-yr-by-x1", "int-yr2", "root-x2-by-x1", "isrg-root-x1",
	} {
		var e Entry
		for f := range strings.FieldsSeq(chain) {
			e.Chain = append(e.Chain, letsEncryptFile(t, f).DER)
		}
		e.Alias, e.Kind = "le", KindKey
		for _, f := range Check(&Store{Entries: []Entry{e}}, CheckOptions{Now: testNow}) {
			require.NotContains(t, []string{"tls-chain-order", "tls-chain-incomplete", "tls-root-unknown", "tls-chain-not-ca", "tls-key-weak", "tls-signature-sha1",
				"tls-name-constraints", "tls-path-length", "tls-critical-extension", "tls-root-mismatch", "tls-no-subject"}, f.ID, chain)
		}
	}
	e := Entry{Alias: "x", Kind: KindKey, Chain: [][]byte{letsEncryptFile(t, "int-ye1").DER}}
	found := Check(&Store{Entries: []Entry{e}}, CheckOptions{Now: testNow, RootsOnly: true})
	require.Contains(t, said(found), "error tls-chain-incomplete")
}

func TestAnchorsOfLetsEncrypt(t *testing.T) {
	trust := func(names ...string) *Store {
		s := &Store{}
		for _, n := range names {
			s.Entries = append(s.Entries, TrustEntry(n, letsEncryptFile(t, n).DER, testNow))
		}
		return s
	}
	require.Equal(t, "warning tls-anchor-rotates", said(Check(trust("int-ye1"), CheckOptions{Now: testNow})))
	require.Equal(t, "warning tls-anchor-rotates", said(Check(trust("int-yr1", "int-yr2"), CheckOptions{Now: testNow})))
	require.Empty(t, said(Check(trust("int-ye1", "root-ye-by-x2", "root-x2-by-x1"), CheckOptions{Now: testNow})))
	require.Empty(t, said(Check(trust("int-ye1", "root-ye-by-x2"), CheckOptions{Now: testNow})), "it has the root's key")
	require.Empty(t, said(Check(&Store{Entries: LetsEncryptRoots(testNow)}, CheckOptions{Now: testNow})))
}

func TestAnchorsBelowARoot(t *testing.T) {
	root := issue(t, request{cn: "Company Root", ca: true})
	policy := issue(t, request{cn: "Company Policy CA", ca: true, by: root}) // says nothing about how long a path may be
	issuing := issue(t, request{cn: "Company Issuing CA", ca: true, issuing: true, by: policy})
	leaf := issue(t, request{cn: "k", hosts: "k.example.com", by: issuing})
	check := func(o CheckOptions, anchors ...*issued) string {
		s := &Store{}
		for _, a := range anchors {
			s.Entries = append(s.Entries, TrustEntry(fmt.Sprint("a", len(s.Entries)), a.der, testNow))
		}
		o.Now = testNow
		return said(Check(s, o))
	}
	require.Equal(t, "warning tls-anchor-rotates", check(CheckOptions{}, issuing))
	require.Equal(t, "warning tls-anchor-rotates", check(CheckOptions{}, policy))
	require.Equal(t, "warning tls-anchor-rotates", check(CheckOptions{}, issuing, policy))
	require.Empty(t, check(CheckOptions{}, issuing, policy, root))
	require.Empty(t, check(CheckOptions{}, root))
	require.Empty(t, check(CheckOptions{Roots: [][]byte{policy.der}}, policy), "who gives it as a root knows")
	require.Equal(t, "error tls-anchor-leaf", check(CheckOptions{}, leaf))
}

// TestCheckSurvivesAnyStore looks at entries that no honest store has.
func TestCheckSurvivesAnyStore(t *testing.T) {
	leaf := issue(t, request{cn: "k", hosts: "k.example.com"})
	for _, e := range []Entry{
		{}, {Kind: KindKey}, {Kind: KindCertificate}, {Kind: KindSecret, Key: []byte{1}},
		{Kind: KindKey, Chain: [][]byte{nil}}, {Kind: KindKey, Chain: [][]byte{{0x30, 0}}, Key: []byte{1}},
		{Kind: KindCertificate, Chain: [][]byte{{1, 2, 3}}},
		{Kind: KindKey, Alias: "\x1b[31mred\n", Chain: [][]byte{leaf.der, nil, leaf.der}},
	} {
		for _, role := range append(Roles, "") {
			for _, f := range Check(&Store{Entries: []Entry{e}}, CheckOptions{Now: testNow, Role: role, Hosts: []string{"", "x\x00y"}}) {
				require.NotContains(t, f.Message, "\n")
				require.NotContains(t, f.Message, "\x1b")
				require.NotEmpty(t, f.Help)
			}
		}
	}
}

func TestCheckLooksAtTheWholeChain(t *testing.T) {
	root := issue(t, request{cn: "Root", ca: true, to: testNow.AddDate(0, 0, -1)})
	sub := issue(t, request{cn: "Issuing", ca: true, by: root, to: testNow.AddDate(0, 0, -1), key: newKey(t, "RSA-1024")})
	leaf := issue(t, request{cn: "k", hosts: "k.example.com", by: sub})
	der, err := x509.MarshalPKCS8PrivateKey(leaf.key)
	require.NoError(t, err)
	e := Entry{Alias: "k", Kind: KindKey, Key: der, Chain: [][]byte{leaf.der, sub.der, root.der}}
	found := Check(&Store{Entries: []Entry{e}}, CheckOptions{Now: testNow, Roots: [][]byte{root.der}})
	require.Equal(t, "error tls-expired, warning tls-key-weak", said(found), "not for the root: those who connect have their own")
	require.Equal(t, "k: the certificate of Issuing in its chain expired on 2026-11-23, 1 day ago", found[0].Message)
}

// TestAChangedChainIsCheckedAgain: what KeyEntry proved holds for the very certificates that it saw.
func TestAChangedChainIsCheckedAgain(t *testing.T) {
	h := newHierarchy(t, "EC-256")
	pair, err := KeyEntry(mustParse(t, keyPEM(t, h.leaf.key), h.leaf.pem(), h.sub.pem(), h.cross.pem()), KeyOptions{})
	require.NoError(t, err)
	o := CheckOptions{Now: testNow, Roots: [][]byte{h.root.der}}
	require.Empty(t, said(Check(&Store{Entries: []Entry{pair.Entry}}, o)))
	stranger := pair.Entry
	stranger.Key, err = x509.MarshalPKCS8PrivateKey(newHierarchy(t, "EC-256").leaf.key)
	require.NoError(t, err)
	require.Contains(t, said(Check(&Store{Entries: []Entry{stranger}}, o)), "error tls-key-mismatch")
	_, err = Encode(&Store{Format: JKS, Entries: []Entry{stranger}}, NewPassword([]byte("change-me")), EncodeOptions{})
	require.ErrorIs(t, err, ErrKeyMismatch)
	pair.Entry.Chain[1], pair.Entry.Chain[2] = pair.Entry.Chain[2], pair.Entry.Chain[1]
	require.Equal(t, "warning tls-chain-order", said(Check(&Store{Entries: []Entry{pair.Entry}}, o)))
	pair.Entry.Chain = [][]byte{h.leaf.der}
	require.Contains(t, said(Check(&Store{Entries: []Entry{pair.Entry}}, o)), "error tls-chain-incomplete")
}

// TestSeveralMayCheckAnEntryAtATime is for the race detector: they share what KeyEntry parsed.
func TestSeveralMayCheckAnEntryAtATime(t *testing.T) {
	h := newHierarchy(t, "EC-256")
	pair, err := KeyEntry(mustParse(t, keyPEM(t, h.leaf.key), h.leaf.pem()), KeyOptions{})
	require.NoError(t, err)
	var all sync.WaitGroup
	found := make([]string, 4)
	for i := range found {
		all.Go(func() {
			found[i] = said(Check(&Store{Entries: []Entry{pair.Entry}}, CheckOptions{Now: testNow, Roots: [][]byte{h.root.der}}))
		})
	}
	all.Wait()
	require.Equal(t, slices.Repeat([]string{"error tls-chain-incomplete"}, len(found)), found)
}

func TestParseRole(t *testing.T) {
	for _, r := range append(Roles, "") {
		got, err := ParseRole(string(r))
		require.NoError(t, err)
		require.Equal(t, r, got)
	}
	_, err := ParseRole("broker")
	require.EqualError(t, err, `unknown role "broker": use inter-broker, client or quorum`)
}
