package tlsstore

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/hex"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// nameDER is the DER of a name, written as dns:a.example.com, ip:10.0.0.0/8, ip:10.0.0.1, email:, uri:, dir:CN=a;O=b, and by its
// tag in hex, der:a003020100.
func nameDER(t testing.TB, s string) []byte {
	t.Helper()
	kind, text, ok := strings.Cut(s, ":")
	require.True(t, ok, s)
	v := asn1.RawValue{Class: asn1.ClassContextSpecific, Bytes: []byte(text)}
	switch kind {
	case "dns":
		v.Tag = 2
	case "email":
		v.Tag = 1
	case "uri":
		v.Tag = 6
	case "ip":
		v.Tag = 7
		if _, subnet, err := net.ParseCIDR(text); err == nil {
			v.Bytes = slices.Concat([]byte(subnet.IP), subnet.Mask)
		} else if v.Bytes = net.ParseIP(text); net.ParseIP(text).To4() != nil {
			v.Bytes = net.ParseIP(text).To4()
		}
	case "dir":
		v.Tag, v.IsCompound = 4, true
		v.Bytes = directoryName(t, text)
	case "der":
		der, err := hex.DecodeString(text)
		require.NoError(t, err)
		return der
	default:
		t.Fatal(s)
	}
	der, err := asn1.Marshal(v)
	require.NoError(t, err)
	return der
}

var attributeTypes = map[string]asn1.ObjectIdentifier{
	"CN": {2, 5, 4, 3}, "C": {2, 5, 4, 6}, "O": {2, 5, 4, 10}, "OU": {2, 5, 4, 11}, "DC": {0, 9, 2342, 19200300, 100, 1, 25},
	"E": {1, 2, 840, 113549, 1, 9, 1},
}

// directoryName is the DER of a name written in the order of its encoding, "O=Example;CN=a".
func directoryName(t testing.TB, text string) []byte {
	t.Helper()
	var name pkix.RDNSequence
	for part := range strings.SplitSeq(text, ";") {
		if part == "" {
			continue
		}
		k, v, _ := strings.Cut(part, "=")
		name = append(name, pkix.RelativeDistinguishedNameSET{{Type: attributeTypes[k], Value: v}})
	}
	der, err := asn1.Marshal(name)
	require.NoError(t, err)
	return der
}

// constraints is the extension that permits and excludes names: "+dns:example.com -ip:10.0.0.0/8".
func constraints(t testing.TB, text string) pkix.Extension {
	t.Helper()
	var trees [2][]byte
	for word := range strings.FieldsSeq(text) {
		i := strings.Index("+-", word[:1])
		tree, err := asn1.Marshal(asn1.RawValue{Tag: asn1.TagSequence, IsCompound: true, Bytes: nameDER(t, word[1:])})
		require.NoError(t, err)
		trees[i] = append(trees[i], tree...)
	}
	var all []byte
	for i, tree := range trees {
		if tree == nil {
			continue
		}
		der, err := asn1.Marshal(asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: i, IsCompound: true, Bytes: tree})
		require.NoError(t, err)
		all = append(all, der...)
	}
	der, err := asn1.Marshal(asn1.RawValue{Tag: asn1.TagSequence, IsCompound: true, Bytes: all})
	require.NoError(t, err)
	return pkix.Extension{Id: asn1.ObjectIdentifier{2, 5, 29, 30}, Critical: true, Value: der}
}

// alternativeNames is the extension with names, as nameDER reads them.
func alternativeNames(t testing.TB, names string) pkix.Extension {
	t.Helper()
	var all []byte
	for n := range strings.FieldsSeq(names) {
		all = append(all, nameDER(t, n)...)
	}
	der, err := asn1.Marshal(asn1.RawValue{Tag: asn1.TagSequence, IsCompound: true, Bytes: all})
	require.NoError(t, err)
	return pkix.Extension{Id: asn1.ObjectIdentifier{2, 5, 29, 17}, Value: der}
}

// add gives a certificate more extensions.
func add(x ...pkix.Extension) func(*x509.Certificate) {
	return func(c *x509.Certificate) { c.ExtraExtensions = append(c.ExtraExtensions, x...) }
}

// constrained is a chain with constraints: a root, which is the anchor, below it a CA, below that another where it has
// constraints, and the leaf.
type constrained struct {
	name               string
	root, sub, issuing string // constraints, as constraints reads them
	subject, names     string // of the leaf; CN=kafka1 and dns:kafka1.example.com if not given; - for none
	subSubject         string // of the first CA, O=Example;CN=Sub CA if not given
	issuingSubject     string
	refused            bool
	older              bool // newer Java accepts it
}

// chain makes the certificates, leaf first, and the root.
func (c constrained) chain(t testing.TB) (chain []*issued, root *issued) {
	t.Helper()
	with := func(text string) func(*x509.Certificate) {
		if text == "" {
			return add()
		}
		return add(constraints(t, text))
	}
	named := func(subject, fallback string, more func(*x509.Certificate)) func(*x509.Certificate) {
		if subject == "" {
			subject = fallback
		}
		return func(x *x509.Certificate) {
			if subject != "-" {
				x.RawSubject = directoryName(t, subject)
			}
			more(x)
		}
	}
	hour := time.Now().Add(-time.Hour)
	end := time.Now().Add(48 * time.Hour)
	root = issue(t, request{ca: true, from: hour, to: end, edit: named("O=Example;CN=Root CA", "", with(c.root))})
	by := issue(t, request{ca: true, by: root, from: hour, to: end, edit: named(c.subSubject, "O=Example;CN=Sub CA", with(c.sub))})
	chain = []*issued{by}
	if c.issuing != "" {
		by = issue(t, request{ca: true, by: by, from: hour, to: end, edit: named(c.issuingSubject, "O=Example;CN=Issuing CA", with(c.issuing))})
		chain = []*issued{by, chain[0]}
	}
	names := add()
	switch c.names {
	case "":
		x := alternativeNames(t, "dns:kafka1.example.com")
		x.Critical = c.subject == "-"
		names = add(x)
	case "-":
	default:
		names = add(alternativeNames(t, c.names))
	}
	leaf := issue(t, request{by: by, from: hour, to: end, edit: named(c.subject, "CN=kafka1", names)})
	return append([]*issued{leaf}, chain...), root
}

var constrainedCases = []constrained{
	{name: "none"},
	{name: "dns inside", sub: "+dns:example.com"},
	{name: "dns equal", sub: "+dns:kafka1.example.com"},
	{name: "dns outside", sub: "+dns:example.org", refused: true},
	{name: "dns outside by half a label", sub: "+dns:ample.com", refused: true},
	{name: "dns outside by half a label 2", sub: "+dns:xample.com", names: "dns:kafka1.example.com", refused: true},
	{name: "dns case", sub: "+dns:EXAMPLE.com"},
	{name: "dns with a leading dot", sub: "+dns:.example.com"},
	{name: "dns with a leading dot and the domain itself", sub: "+dns:.kafka1.example.com", refused: true},
	{name: "dns second is outside", sub: "+dns:example.com", names: "dns:kafka1.example.com dns:kafka1.example.org", refused: true},
	{name: "dns two trees", sub: "+dns:example.org +dns:example.com"},
	{name: "dns excluded", sub: "-dns:example.com", refused: true},
	{name: "dns excluded other", sub: "-dns:example.org"},
	{name: "dns permitted and excluded within", sub: "+dns:example.com -dns:kafka1.example.com", refused: true},
	{name: "dns wildcard inside", sub: "+dns:example.com", names: "dns:*.example.com"},
	{name: "dns wildcard of the parent", sub: "+dns:kafka.example.com", names: "dns:*.example.com", refused: true},
	{name: "dns wildcard that could be excluded", sub: "-dns:kafka.example.com", names: "dns:*.example.com"},
	{name: "dns empty permitted", sub: "+dns:", refused: true},
	{name: "dns empty excluded", sub: "-dns:", refused: true},
	{name: "dns empty excluded, client without", sub: "-dns:", subject: "CN=orders app", names: "-"},
	{name: "root permits other dns", root: "+dns:example.org"},
	{name: "root excludes dns", root: "-dns:example.com"},
	{name: "common name as dns outside", sub: "+dns:example.com", subject: "CN=orders", names: "-", refused: true},
	{name: "common name as dns inside", sub: "+dns:example.com", subject: "CN=orders.example.com", names: "-"},
	{name: "common name that is no dns name", sub: "+dns:example.com", subject: "CN=orders app", names: "-"},
	{name: "common name with an underscore", sub: "+dns:example.com", subject: "CN=orders_app", names: "-"},
	{name: "common name with a star", sub: "+dns:example.com", subject: "CN=*.example.org", names: "-"},
	{name: "common name beginning with a digit", sub: "+dns:example.com", subject: "CN=1orders", names: "-", refused: true},
	{name: "common name beside dns", sub: "+dns:example.com", subject: "CN=kafka1.example.org"},
	{name: "common name beside ip", sub: "+dns:example.com", subject: "CN=kafka1", names: "ip:10.0.0.1", refused: true},
	{name: "common name beside email", sub: "+dns:example.com", subject: "CN=kafka1", names: "email:a@example.com", refused: true},
	{name: "last common name", sub: "+dns:example.com", subject: "CN=a.example.org;CN=a.example.com", names: "-"},
	{name: "last common name 2", sub: "+dns:example.com", subject: "CN=a.example.com;CN=a.example.org", names: "-", refused: true},
	{name: "common name as ip", sub: "+ip:10.0.0.0/8", subject: "CN=192.168.0.1", names: "-", refused: true},
	{name: "common name as ip inside", sub: "+ip:10.0.0.0/8", subject: "CN=10.0.0.1", names: "-"},
	{name: "common name as ip where dns is constrained", sub: "+dns:example.com", subject: "CN=10.0.0.1", names: "-"},
	{name: "common name as ipv6", sub: "+ip:10.0.0.0/8", subject: "CN=2001:db8::1", names: "-", refused: true},
	{name: "common name as number", sub: "+ip:10.0.0.0/8", subject: "CN=7", names: "-"},
	{name: "ip inside", sub: "+ip:10.0.0.0/8", names: "dns:a.example.com ip:10.1.2.3"},
	{name: "ip outside", sub: "+ip:10.0.0.0/8", names: "dns:a.example.com ip:11.1.2.3", refused: true},
	{name: "ip excluded", sub: "-ip:10.0.0.0/8", names: "dns:a.example.com ip:10.1.2.3", refused: true},
	{name: "ip of the other family", sub: "+ip:10.0.0.0/8", names: "dns:a.example.com ip:2001:db8::1", refused: true},
	{name: "ip all excluded", sub: "-ip:0.0.0.0/0", names: "dns:a.example.com ip:10.1.2.3", refused: true},
	{name: "ip all v4 excluded, v6", sub: "-ip:0.0.0.0/0", names: "dns:a.example.com ip:2001:db8::1", refused: true, older: true},
	{name: "dns constrained, ip not", sub: "+dns:example.com", names: "dns:a.example.com ip:10.1.2.3"},
	{name: "email inside", sub: "+email:example.com", names: "dns:a.example.com email:x@example.com"},
	{name: "email at a host below", sub: "+email:example.com", names: "dns:a.example.com email:x@mail.example.com", refused: true},
	{name: "email at a host below a dot", sub: "+email:.example.com", names: "dns:a.example.com email:x@mail.example.com"},
	{name: "email at the domain of a dot", sub: "+email:.example.com", names: "dns:a.example.com email:x@example.com", refused: true},
	{name: "email exact", sub: "+email:x@example.com", names: "dns:a.example.com email:X@example.com"},
	{name: "email other", sub: "+email:x@example.com", names: "dns:a.example.com email:xx@example.com", refused: true},
	{name: "email in the subject", sub: "+email:example.com", subject: "CN=orders app;E=x@example.org", names: "-", refused: true},
	{name: "email in the subject, inside", sub: "+email:example.com", subject: "CN=orders app;E=x@example.com", names: "-"},
	{name: "email in the subject beside alternative names", sub: "+email:example.com", subject: "CN=a;E=x@example.org"},
	{name: "uri inside", sub: "+uri:.example.com", names: "dns:a.example.com uri:https://a.example.com/x"},
	{name: "uri host itself", sub: "+uri:a.example.com", names: "dns:a.example.com uri:https://a.example.com:80/x"},
	{name: "uri below a host", sub: "+uri:example.com", names: "dns:a.example.com uri:https://a.example.com/x", refused: true},
	{name: "uri outside", sub: "+uri:.example.org", names: "dns:a.example.com uri:https://a.example.com/x", refused: true},
	{name: "uri domain itself", sub: "+uri:.example.com", names: "dns:a.example.com uri:https://example.com/x", refused: true},
	{name: "uri excluded", sub: "-uri:.example.com", names: "dns:a.example.com uri:spiffe://a.example.com/x", refused: true},
	{name: "uri without host", sub: "+uri:.example.com", names: "dns:a.example.com uri:urn:x", refused: true},
	{name: "uri with an address", sub: "+uri:.example.com", names: "dns:a.example.com uri:https://10.0.0.1/x", refused: true},
	{name: "uri with userinfo", sub: "+uri:.example.com", names: "dns:a.example.com uri:https://u@a.example.com/x"},
	{name: "directory inside", sub: "+dir:O=Example", subject: "O=Example;CN=kafka1"},
	{name: "directory in other case", sub: "+dir:O=EXAMPLE", subject: "O=example;CN=kafka1"},
	{name: "directory outside", sub: "+dir:O=Other", subject: "O=Example;CN=kafka1", refused: true},
	{name: "directory excluded", sub: "-dir:O=Example", subject: "O=Example;CN=kafka1", refused: true},
	{name: "directory, no subject", sub: "+dir:O=Other", subject: "-"},
	{name: "directory in another order", sub: "+dir:O=Example", subject: "CN=kafka1;O=Example", refused: true},
	{name: "directory and names", sub: "+dir:O=Example +dns:example.org", subject: "O=Example;CN=kafka1", refused: true},
	{name: "directory name as alternative", sub: "+dir:O=Example", subject: "O=Example;CN=kafka1", names: "dns:a.example.com dir:O=Other", refused: true},
	{name: "directory empty permitted", sub: "+dir:", subject: "O=Example;CN=kafka1"},
	{name: "directory empty excluded", sub: "-dir:", subject: "O=Example;CN=kafka1", refused: true},
	{name: "other name", sub: "+der:a00b06032a0304a0040c024142", names: "dns:a.example.com"},
	{name: "other name and other name", sub: "+der:a00b06032a0304a0040c024142", names: "dns:a.example.com der:a00b06032a0304a0040c024142", refused: true},
	{name: "registered id alike", sub: "+der:88032a0304", names: "dns:a.example.com der:88032a0304"},
	{name: "registered id", sub: "+der:88032a0304", names: "dns:a.example.com der:88032a0305", refused: true},
	{name: "intermediate outside by directory", sub: "+dir:O=Other", issuing: "-dns:example.org", subject: "O=Other;CN=kafka1", refused: true},
	{name: "intermediate's common name as dns", sub: "+dns:example.com", issuing: "-dns:example.org", issuingSubject: "O=Example;CN=Issuing", refused: true},
	{name: "intermediate's common name is none", sub: "+dns:example.com", issuing: "-dns:example.org"},
	{name: "second narrows", sub: "+dns:example.com", issuing: "+dns:kafka1.example.com"},
	{name: "second narrows, outside", sub: "+dns:example.com", issuing: "+dns:kafka2.example.com", refused: true},
	{name: "second widens", sub: "+dns:kafka1.example.com", issuing: "+dns:example.com"},
	{name: "second widens, outside", sub: "+dns:kafka2.example.com", issuing: "+dns:example.com", refused: true},
	{name: "second is disjoint", sub: "+dns:example.com", issuing: "+dns:example.org", refused: true},
	{name: "second narrows to two, first", sub: "+dns:example.com", issuing: "+dns:kafka1.example.com +dns:kafka2.example.com"},
	{name: "second narrows to two, second", sub: "+dns:example.com", issuing: "+dns:kafka2.example.com +dns:kafka1.example.com", refused: true},
	{name: "second narrows one of two", sub: "+dns:example.org +dns:example.com", issuing: "+dns:kafka1.example.com"},
	{name: "second narrows the first of two", sub: "+dns:example.com +dns:example.org", issuing: "+dns:kafka1.example.com", refused: true},
	{name: "second equals one of two", sub: "+dns:example.com +dns:example.org", issuing: "+dns:example.com"},
	{name: "second has one of two and another", sub: "+dns:example.com +dns:example.org", issuing: "+dns:example.com +dns:example.net"},
	{name: "second has another and one of two", sub: "+dns:example.com +dns:example.org", issuing: "+dns:example.net +dns:example.com"},
	{name: "second has two below and a wider", sub: "+dns:example.com +dns:b.example.com", issuing: "+dns:kafka1.example.com +dns:com"},
	{name: "second of two kinds, one disjoint", sub: "+dir:O=Example +dns:example.com", issuing: "+dir:O=Other +dns:example.com", subject: "O=Example;CN=kafka1", refused: true},
	{name: "minimum of the distance", sub: "+der:820b6578616d706c652e636f6d800101", refused: true},
	{name: "maximum of the distance", sub: "+der:820b6578616d706c652e636f6d810101", refused: true},
	{name: "second is of another type", sub: "+dns:example.com", issuing: "+ip:10.0.0.0/8"},
	{name: "second is of another type, outside", sub: "+ip:10.0.0.0/8", issuing: "+dns:example.org", refused: true},
	{name: "second excludes", sub: "+dns:example.com", issuing: "-dns:kafka1.example.com", refused: true},
	{name: "second excludes all that is permitted", sub: "+dns:example.org", issuing: "-dns:example.org"},
	{name: "first excludes, second permits all of it", sub: "-dns:example.org", issuing: "+dns:example.org"},
	{name: "ip disjoint", sub: "+ip:10.0.0.0/8", issuing: "+ip:11.0.0.0/8", refused: true},
	{name: "ip disjoint, with ip", sub: "+ip:10.0.0.0/8", issuing: "+ip:11.0.0.0/8", names: "dns:a.example.com ip:10.0.0.1", refused: true},
	{name: "dir disjoint", sub: "+dir:O=Example", issuing: "+dir:O=Other", subject: "O=Other;CN=kafka1", refused: true},
	{name: "ip narrows", sub: "+ip:10.0.0.0/8", issuing: "+ip:10.1.0.0/16", names: "dns:a.example.com ip:10.1.2.3"},
	{name: "ip narrows, outside", sub: "+ip:10.0.0.0/8", issuing: "+ip:10.1.0.0/16", names: "dns:a.example.com ip:10.2.2.3", refused: true},
}

func (c constrained) check(t *testing.T, now time.Time) string {
	t.Helper()
	chain, root := c.chain(t)
	key, err := x509.MarshalPKCS8PrivateKey(chain[0].key)
	require.NoError(t, err)
	e := Entry{Alias: "kafka1", Kind: KindKey, Key: key}
	for _, x := range chain {
		e.Chain = append(e.Chain, x.der)
	}
	for _, f := range Check(&Store{Entries: []Entry{e}}, CheckOptions{Now: now, Roots: [][]byte{root.der}, RootsOnly: true}) {
		if f.ID == "tls-name-constraints" {
			return f.Message
		}
	}
	return ""
}

// TestNameConstraints finds what Java refuses, and nothing else; TestJavaAndNameConstraints asks Java.
func TestNameConstraints(t *testing.T) {
	for _, c := range constrainedCases {
		require.Equal(t, c.refused, c.check(t, time.Now()) != "", c.name)
	}
}

// TestNameConstraintsInWords gives what is said in each way of being refused.
func TestNameConstraintsInWords(t *testing.T) {
	for want, c := range map[string]constrained{
		"kafka1: the certificate names kafka1.example.com; Sub CA may issue for example.org, example.net only":                   {sub: "+dns:example.org +dns:example.net"},
		"kafka1: the certificate names kafka1.example.com; Sub CA may not issue for example.com":                                 {sub: "-dns:example.com"},
		"kafka1: the certificate names a.example.org, b.example.org; Sub CA may issue for example.com only":                      {sub: "+dns:example.com", names: "dns:x.example.com dns:a.example.org dns:b.example.org"},
		"kafka1: the certificate names orders (its common name); Sub CA may issue for example.com only":                          {sub: "+dns:example.com", subject: "CN=orders", names: "-"},
		"kafka1: the certificate of Issuing in its chain names Issuing (its common name); Sub CA may issue for example.com only": {sub: "+dns:example.com", issuing: "-dns:example.org", issuingSubject: "O=Example;CN=Issuing"},
		"kafka1: the certificate names 10.2.3.4; Sub CA may issue for 10.1.0.0/16 only":                                          {sub: "+ip:10.1.0.0/16", names: "dns:a.example.com ip:10.2.3.4"},
		"kafka1: the certificate names CN=kafka1,O=Example; Sub CA may issue for O=Other only":                                   {sub: "+dir:O=Other", subject: "O=Example;CN=kafka1"},
		"kafka1: the certificate names kafka1.example.com; Java cannot compare that with the name constraints of Sub CA":         {sub: "+dns:"},
		"kafka1: Java cannot join the name constraints of Issuing CA with example.com, which Sub CA above it permits":            {sub: "+dns:example.com", issuing: "+dns:example.org"},
		"kafka1: the name constraints of Sub CA have a minimum or maximum, which Java refuses":                                   {sub: "+der:820b6578616d706c652e636f6d810101"},
	} {
		require.Equal(t, want, c.check(t, time.Now()))
	}
}

// TestManyNamesTakeNoTime: twenty thousand names below as many constraints are not compared, and that is said.
func TestManyNamesTakeNoTime(t *testing.T) {
	var trees, names strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&trees, "+dns:%d.example.com ", i)
		fmt.Fprintf(&names, "dns:%d.example.org ", i)
	}
	c := constrained{sub: trees.String(), issuing: trees.String(), names: names.String()}
	require.Empty(t, c.check(t, time.Now()))
	c.issuing = ""
	require.Empty(t, c.check(t, time.Now()))
	c.names = "dns:a.example.org"
	require.Equal(t, "kafka1: the certificate names a.example.org; Sub CA may issue for 0.example.com, 1.example.com, 2.example.com, 3.example.com, 4.example.com, 5.example.com, … only", c.check(t, time.Now()))
}
