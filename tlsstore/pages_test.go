package tlsstore

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/internal/rule"
	"github.com/kcfg/kcfg/internal/rule/pagetest"
)

// TestPages runs the examples of every rule's page: the bad one has to give the finding on the page, the good one none of
// that rule.
func TestPages(t *testing.T) {
	example := func(t *testing.T, id string, blocks ...rule.Block) string {
		return pagetest.Text(t, id, finding.Report{Findings: runExample(t, blocks[0].Text)}, nil, nil)
	}
	pages := pagetest.Suite{Pages: rulePages, Explain: Explain, Example: example}.Run(t)
	require.Equal(t, RuleIDs(), pages, "every rule has its page, and every page its rule")
}

func TestExplainKnowsOnlyRules(t *testing.T) {
	for _, id := range []string{"", "tls-nothing", "../check", "tls-expired.md"} {
		_, ok := Explain(id)
		require.False(t, ok, id)
	}
}

// example is the world that a page describes, one line for each thing:
//
//	now DATE | role ROLE | host NAME | roots NAME...      the options of Check
//	NAME cn=CN org=O hosts=H,... key=KIND use=server,client by=NAME|self samekey=NAME from=DATE to=DATE signature=MD5|SHA1 ca issuing
//	     constraints=+dns:DOMAIN critical=OID usage=encipherment authority=other names=uncritical requires=policy policy=1.2.3.4.5
//	chain NAME... | key NAME                              what the one key entry holds, if not the leaf and what issued it
//	entry ALIAS NAME | trust ALIAS NAME                   entries
//	keys N NAME                                           so many key entries of one certificate
//	pem NAME...                                           KeyEntry's input, a file NAME.pem each
//	store FILE                                            the store testdata/pages/FILE, in place of entries
//	lineage NAME DATE                                     certbot directories; the first is read
//
// A certificate that names no issuer is issued by Example E1, below a root that is known.
type example struct {
	t     *testing.T
	o     CheckOptions
	certs map[string]*issued
	by    map[string]string
	store Store
	key   string
	chain []string
	found []finding.Finding
	files fstest.MapFS
	first string
}

var word = regexp.MustCompile(`(?:[^\s"]|"[^"]*")+`)

func runExample(t *testing.T, text string) []finding.Finding {
	t.Helper()
	e := &example{t: t, certs: map[string]*issued{}, by: map[string]string{}, key: "leaf", files: fstest.MapFS{}}
	e.o.Now = testNow
	root := issue(t, request{cn: "Example Root", ca: true})
	e.certs["E1"] = issue(t, request{cn: "Example E1", ca: true, issuing: true, by: root, key: newKey(t, "RSA-2048")})
	e.o.Roots = [][]byte{root.der}
	for line := range strings.Lines(text) {
		words := word.FindAllString(line, -1)
		for i := range words {
			words[i] = strings.ReplaceAll(words[i], `"`, "")
		}
		e.line(words[0], words[1:])
	}
	if e.first != "" {
		p, err := ReadPEM(e.files, "live/"+e.first, PEMOptions{})
		require.NoError(t, err)
		return p.Findings
	}
	if len(e.store.Entries) == 0 && e.store.Format == FormatUnknown {
		e.entry("kafka1", "leaf")
	}
	return slices.Concat(e.found, Check(&e.store, e.o), CheckFile(&e.store))
}

func (e *example) line(what string, args []string) {
	switch what {
	case "now":
		e.o.Now = day0(e.t, args[0])
	case "role":
		role, err := ParseRole(args[0])
		require.NoError(e.t, err)
		e.o.Role = role
	case "host":
		e.o.Hosts = append(e.o.Hosts, args...)
	case "roots":
		e.o.Roots, e.o.RootsOnly = nil, true
		for _, a := range args {
			e.o.Roots = append(e.o.Roots, e.certs[a].der)
		}
	case "chain":
		e.chain = args
	case "key":
		e.key = args[0]
	case "entry":
		e.key = args[1]
		e.entry(args[0], args[1])
	case "keys":
		n, err := strconv.Atoi(args[0])
		require.NoError(e.t, err)
		e.key = args[1]
		for i := range n {
			e.entry(fmt.Sprint("key-", i), args[1])
		}
	case "trust":
		e.store.Entries = append(e.store.Entries, TrustEntry(args[0], e.certs[args[1]].der, testNow))
	case "pem":
		e.pem(args)
	case "store":
		e.read(args[0])
	case "lineage":
		e.lineage(args[0], day0(e.t, args[1]))
	default:
		e.certificate(what, args)
	}
}

func day0(t *testing.T, s string) time.Time {
	d, err := time.Parse(time.DateOnly, s)
	require.NoError(t, err)
	return d
}

func (e *example) certificate(name string, args []string) {
	r := request{by: e.certs["E1"]}
	e.by[name] = "E1"
	signature := ""
	for _, a := range args {
		k, v, _ := strings.Cut(a, "=")
		switch k {
		case "cn":
			r.cn = v
		case "org":
			r.org = v
		case "hosts":
			r.hosts = v
		case "key":
			if v == "RSA-512" {
				defer setenv(e.t, "GODEBUG", "rsa1024min=0")()
			}
			r.key = newKey(e.t, v)
		case "samekey":
			r.key = e.certs[v].key
		case "by":
			r.by, e.by[name] = e.certs[v], v
		case "from":
			r.from = day0(e.t, v)
		case "to":
			r.to = day0(e.t, v)
		case "signature":
			signature = v
		case "ca":
			r.ca = true
		case "issuing":
			r.ca, r.issuing = true, true
		case "constraints":
			r.edit = add(constraints(e.t, v))
		case "critical":
			r.edit = add(extension(v, true, 5, 0))
		case "requires":
			r.edit = add(requirePolicy(0), policy("\x2a\x03\x04\x05"))
		case "policy":
			r.edit = add(policy("\x2a\x03\x04\x05"))
		case "usage":
			r.edit = func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageKeyEncipherment }
		case "authority":
			r.edit = add(extension("2.5.29.35", false, 0x30, 4, 0x80, 2, 1, 2))
		case "names":
			r.edit = add(alternativeNames(e.t, "dns:"+r.hosts))
		case "use":
			for use := range strings.SplitSeq(v, ",") {
				r.uses = append(r.uses, map[string]x509.ExtKeyUsage{"server": x509.ExtKeyUsageServerAuth, "client": x509.ExtKeyUsageClientAuth}[use])
			}
		default:
			e.t.Fatalf("%s: %s is unknown", name, a)
		}
	}
	c := issue(e.t, r)
	switch signature {
	case "MD5":
		c = resigned(e.t, c, 4, 0, nil)
	case "SHA1":
		c = resigned(e.t, c, 5, crypto.SHA1, r.by.key)
	}
	e.certs[name] = c
}

// entry adds a key entry with its chain.
func (e *example) entry(alias, name string) {
	chain := e.chain
	if chain == nil {
		chain = []string{name}
		for by := e.by[name]; by != "" && by != "self"; by = e.by[by] {
			chain = append(chain, by)
		}
	}
	der, err := x509.MarshalPKCS8PrivateKey(e.certs[e.key].key)
	require.NoError(e.t, err)
	entry := Entry{Alias: alias, Kind: KindKey, Key: der}
	for _, n := range chain {
		entry.Chain = append(entry.Chain, e.certs[n].der)
	}
	e.store.Entries = append(e.store.Entries, entry)
}

// pem gives each certificate a file of its own, so that positions do not depend on random lengths.
func (e *example) pem(names []string) {
	all := mustParse(e.t, keyPEM(e.t, e.certs["leaf"].key))
	for _, n := range names {
		p, err := ParsePEM(n+".pem", []byte(e.certs[n].pem()), PEMOptions{})
		require.NoError(e.t, err)
		all = MergeBundles(all, p)
	}
	pair, err := KeyEntry(all, KeyOptions{Alias: "kafka1"})
	require.NoError(e.t, err)
	e.store.Entries = append(e.store.Entries, pair.Entry)
	e.found = pair.Findings
}

// read takes a store from a file, for rules about what only a file has.
func (e *example) read(name string) {
	data, err := os.ReadFile("testdata/pages/" + name)
	require.NoError(e.t, err)
	s, err := Decode(data, changeit, DecodeOptions{})
	require.NoError(e.t, err)
	e.store = *s
}

func (e *example) lineage(name string, from time.Time) {
	leaf := issue(e.t, request{cn: name, hosts: name, by: e.certs["E1"], from: from})
	material{keyPEM(e.t, leaf.key), leaf.pem(), e.certs["E1"].pem(), leaf.pem() + e.certs["E1"].pem()}.lineage(e.files, name, 1)
	if e.first == "" {
		e.first = name
	}
}

// setenv sets a variable and returns what restores it.
func setenv(t *testing.T, name, value string) func() {
	old := os.Getenv(name)
	require.NoError(t, os.Setenv(name, value))
	return func() { require.NoError(t, os.Setenv(name, old)) }
}

// shortKey makes a key that crypto/rsa makes only when asked to.
func shortKey(bits int) (*rsa.PrivateKey, error) {
	k, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		return nil, fmt.Errorf("%d bits: %w", bits, err)
	}
	return k, nil
}
