package tlsstore

import (
	"bytes"
	"crypto"
	"crypto/fips140"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/kcfg/kcfg/finding"
)

// Limits of chain building. Public chains have up to 5 certificates, and a name has up to 3 of them.
const (
	maxChain      = 16
	maxSignatures = 1000   // checked for one entry, each once
	maxSteps      = 10_000 // of the search over all paths
	maxParsed     = 5000   // certificates parsed in search of the key's; a tenth of a second
)

// graph is the certificates beside a key, without duplicates, and who signs whom.
type graph struct {
	certs      []PEMCertificate
	nodes      []*outline
	bySubject  map[string][]int
	byKey      map[string][]int // by their public keys' encoding
	signatures map[[2]int]signature
	steps      int
	effort     *effort
	now        time.Time // zero: dates do not count
}

// signature is what is known about one certificate's signature by another's key.
type signature uint8

const (
	signatureBad signature = iota
	signatureGood
	signatureUnchecked // name and key identifier fit; the algorithm is one that crypto/x509 does not check
)

func newGraph(certs []PEMCertificate) (*graph, error) {
	g := &graph{bySubject: map[string][]int{}, byKey: map[string][]int{}, signatures: map[[2]int]signature{}, effort: newEffort()}
	seen := map[[sha256.Size]byte]bool{}
	for _, c := range certs {
		sum := sha256.Sum256(c.DER)
		if seen[sum] {
			continue
		}
		seen[sum] = true
		o, err := scanOutline(c.DER)
		if err != nil {
			return nil, failure(ErrCorrupt, "%s: %w", c.PEMBlock, err)
		}
		name := javaName(o.subject)
		g.bySubject[name] = append(g.bySubject[name], len(g.nodes))
		g.byKey[string(o.spki)] = append(g.byKey[string(o.spki)], len(g.nodes))
		g.certs = append(g.certs, c)
		g.nodes = append(g.nodes, o)
	}
	return g, nil
}

// node returns a certificate, parsed. Of a bundle with a thousand roots most never are.
func (g *graph) node(i int) *outline {
	g.nodes[i].load()
	return g.nodes[i]
}

// withKey returns the certificates with a public key. Equal keys are encoded alike as a rule; where none is, all are
// parsed: a point may be compressed, a parameter left out.
func (g *graph) withKey(public crypto.PublicKey) []int {
	var out []int
	if spki, err := x509.MarshalPKIXPublicKey(public); err == nil {
		out = g.byKey[string(spki)]
	}
	for i := 0; out == nil && i < min(len(g.nodes), maxParsed); i++ {
		if g.node(i).hasKey(public) {
			out = append(out, i)
		}
	}
	return out
}

// shownNames lists what the certificates are called, the first few of them.
func (g *graph) shownNames() string {
	const most = 4
	var out []string
	for i := range g.nodes {
		if i == most {
			out = append(out, "…")
			break
		}
		out = append(out, g.node(i).name())
	}
	return strings.Join(out, ", ")
}

func errManySignatures() error {
	return failure(ErrTooCostly, "more than %d signatures would have to be checked to put the chain in order", maxSignatures)
}

// issuers returns the certificates that sign certificate i, in the order of the file.
func (g *graph) issuers(i int) ([]int, error) {
	var out []int
	for _, j := range g.bySubject[javaName(g.node(i).issuer)] {
		if j == i {
			continue
		}
		s, err := g.signature(i, j)
		if err != nil {
			return nil, err
		}
		if s != signatureBad {
			out = append(out, j)
		}
	}
	return g.lasting(out), nil
}

// lasting leaves out the certificates that have expired, unless all have.
func (g *graph) lasting(at []int) []int {
	expired := func(i int) bool {
		c := g.node(i).cert
		return c != nil && g.now.After(c.NotAfter)
	}
	if len(at) < 2 || g.now.IsZero() || !slices.ContainsFunc(at, func(i int) bool { return !expired(i) }) {
		return at
	}
	return slices.DeleteFunc(slices.Clone(at), expired)
}

func (g *graph) signature(child, issuer int) (signature, error) {
	key := [2]int{child, issuer}
	if s, ok := g.signatures[key]; ok {
		return s, nil
	}
	if len(g.signatures) == maxSignatures {
		return signatureBad, errManySignatures()
	}
	s, ok := checkSignature(g.node(child), g.node(issuer), g.effort)
	if !ok {
		return signatureBad, failure(ErrTooCostly, "the signatures that would have to be checked to put the chain in order take too long")
	}
	g.signatures[key] = s
	return s, nil
}

// checkSignature asks crypto/x509 where it can answer and there is effort left, and else compares key identifiers. It reports
// false where it was for want of effort.
func checkSignature(child, issuer *outline, e *effort) (s signature, ok bool) {
	if ok = e.spend(child.loadCost() + issuer.loadCost()); ok {
		child.load()
		issuer.load()
	} else {
		child.identify()
		issuer.identify()
	}
	checkable := ok && child.cert != nil && issuer.cert != nil && !oversized(issuer.cert.PublicKey) && !forbidden(child.cert.SignatureAlgorithm)
	if checkable && !e.spend(verifyCost(issuer.cert.PublicKey)) {
		checkable, ok = false, false
	}
	if checkable {
		err := issuer.cert.CheckSignature(child.cert.SignatureAlgorithm, child.cert.RawTBSCertificate, child.cert.Signature)
		var insecure x509.InsecureAlgorithmError
		switch {
		case err == nil:
			return signatureGood, true
		case errors.As(err, &insecure), errors.Is(err, x509.ErrUnsupportedAlgorithm), undersized(issuer.cert.PublicKey):
		default:
			return signatureBad, true
		}
	}
	if len(child.authID) > 0 && len(issuer.keyID) > 0 && !bytes.Equal(child.authID, issuer.keyID) {
		return signatureBad, ok
	}
	return signatureUnchecked, ok
}

// forbidden are algorithms whose use panics or fails in FIPS 140-only mode.
func forbidden(a x509.SignatureAlgorithm) bool {
	return fips140.Enforced() && (a == x509.SHA1WithRSA || a == x509.ECDSAWithSHA1)
}

func oversized(key any) bool {
	r, ok := key.(*rsa.PublicKey)
	return ok && r.N.BitLen() > maxRSABits
}

// undersized keys are those whose signatures crypto/rsa does not check.
func undersized(key any) bool {
	r, ok := key.(*rsa.PublicKey)
	return ok && r.N.BitLen() < 1024
}

// seemsToIssue reports whether one certificate issued the other, by name and key identifiers where both have them, else by
// signature. It is enough to notice a renewal that is under way; KeyEntry checks the signature.
func seemsToIssue(issuer, child []byte) bool {
	c, i, ok := namedIssuer(child, issuer)
	if !ok {
		return false
	}
	i.identify()
	c.identify()
	if len(c.authID) > 0 && len(i.keyID) > 0 {
		return bytes.Equal(c.authID, i.keyID)
	}
	s, _ := checkSignature(c, i, newEffort())
	return s != signatureBad
}

// namedIssuer reads two certificates, and reports whether the first names the second as its issuer.
func namedIssuer(child, issuer []byte) (c, i *outline, ok bool) {
	c, err := scanOutline(child)
	if err != nil {
		return nil, nil, false
	}
	i, err = scanOutline(issuer)
	return c, i, err == nil && javaName(c.issuer) == javaName(i.subject)
}

func (g *graph) selfSigned(i int) bool {
	if !g.node(i).selfIssued() {
		return false
	}
	s, err := g.signature(i, i)
	return err == nil && s != signatureBad
}

// path returns the chain that starts with leaf.
func (g *graph) path(leaf int) ([]int, error) {
	path, err := g.inFileOrder(leaf)
	if err != nil || path != nil {
		return path, err
	}
	return g.longest(leaf)
}

// longest returns the longest path, and of equally long ones the first in the file.
func (g *graph) longest(leaf int) ([]int, error) {
	var best []int
	err := g.walk([]int{leaf}, func(p []int) {
		if len(p) > len(best) || len(p) == len(best) && slices.Compare(p, best) < 0 {
			best = slices.Clone(p)
		}
	})
	return best, err
}

// inFileOrder follows the file from the leaf: each time to the next certificate in it that issues the last one. It
// returns nil where that ends before a path has to.
func (g *graph) inFileOrder(leaf int) ([]int, error) {
	path := []int{leaf}
	for len(path) < maxChain {
		last := path[len(path)-1]
		if g.selfSigned(last) {
			return path, nil
		}
		issuers, err := g.issuers(last)
		if err != nil {
			return nil, err
		}
		issuers = slices.DeleteFunc(issuers, func(i int) bool { return slices.Contains(path, i) })
		if len(issuers) == 0 {
			return path, nil
		}
		next := slices.IndexFunc(issuers, func(i int) bool { return i > last })
		if next < 0 {
			return nil, nil
		}
		path = append(path, issuers[next])
	}
	return path, nil
}

// walk calls visit with every path that cannot be made longer.
func (g *graph) walk(path []int, visit func([]int)) error {
	if g.steps++; g.steps > maxSteps {
		return errManySignatures()
	}
	last := path[len(path)-1]
	grown := false
	if len(path) < maxChain && !g.selfSigned(last) {
		issuers, err := g.issuers(last)
		if err != nil {
			return err
		}
		for _, i := range issuers {
			if slices.Contains(path, i) {
				continue
			}
			grown = true
			if err := g.walk(append(path, i), visit); err != nil {
				return err
			}
		}
	}
	if !grown {
		visit(path)
	}
	return nil
}

// unverified reports the links of the chain that rest on names alone.
func (g *graph) unverified(alias string, path []int) []finding.Finding {
	var out []finding.Finding
	for k := 1; k < len(path); k++ {
		child, issuer := path[k-1], path[k]
		if g.signatures[[2]int{child, issuer}] != signatureUnchecked {
			continue
		}
		algorithm := "an algorithm that Go does not know"
		if c := g.node(child).cert; c != nil && c.SignatureAlgorithm != x509.UnknownSignatureAlgorithm {
			algorithm = c.SignatureAlgorithm.String()
		}
		f := newFinding("tls-chain-unverified", g.certs[child].Pos(), "%s is signed with %s: that %s issued it rests on names and key identifiers alone",
			g.node(child).name(), algorithm, g.node(issuer).name())
		f.Key = alias
		out = append(out, f)
	}
	return out
}

// foreign says of a certificate outside the chain what it is.
func (g *graph) foreign(alias string, i, leaf int, path []int) finding.Finding {
	n := g.node(i)
	id, why := "tls-chain-foreign", "is not part of the chain of "+g.node(leaf).name()
	switch {
	case bytes.Equal(n.spki, g.node(leaf).spki) && i < leaf:
		id, why = "tls-chain-other-leaf", "has the same key as "+g.node(leaf).name()+", which is taken: this one has expired"
	case bytes.Equal(n.spki, g.node(leaf).spki):
		id, why = "tls-chain-other-leaf", "has the same key as "+g.node(leaf).name()+", which stands first and is taken"
	case slices.ContainsFunc(path, func(j int) bool { return g.mayContinue(j, i) }):
		id, why = "tls-chain-other-path", "could continue the chain of "+g.node(leaf).name()+" too; another path is taken"
	}
	f := newFinding(id, g.certs[i].Pos(), "%s %s", n.name(), why)
	f.Key = alias
	return f
}

// mayContinue reports that issuer has the name by which child calls its issuer, and signs it.
func (g *graph) mayContinue(child, issuer int) bool {
	if javaName(g.node(child).issuer) != javaName(g.node(issuer).subject) {
		return false
	}
	s, err := g.signature(child, issuer)
	return err == nil && s != signatureBad
}
