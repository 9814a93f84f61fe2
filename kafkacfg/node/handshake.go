package node

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/kcfg/kcfg/tlsstore"
)

// handshake is what Kafka does when it builds the inter-broker channel: a client and a server with the same stores talk to
// each other in memory, without looking at host names. The client presents the certificate too where it is asked to.
func (j *judge) handshake(ch channel, keys, trust loaded) {
	at := j.get(ch, "ssl.keystore.location")
	if !at.set {
		at = j.get(ch, "ssl.keystore.certificate.chain")
	}
	if !at.set {
		at.pos, at.key = ch.pos, "listeners"
	}
	refuse := func(why, help string) {
		f := j.report("kafka-tls-self-handshake", at.pos, at.key, fmt.Sprintf("%s cannot connect to itself: %s", ch.name, why))
		f.Help = help
	}
	if keys.none {
		refuse("no key store is configured", "set ssl.keystore.location; kcfg keystore makes the store from PEM files")
		return
	}
	entries := keyEntries(keys.store)
	if len(entries) == 0 {
		refuse("the key store holds no private key with its certificate", "make the store with: kcfg keystore --pem DIR")
		return
	}
	if !j.agree(ch, entries) {
		return
	}
	anchors, known := j.anchors(trust)
	auth := j.clientAuth(ch)
	var failed error
	good, undecided := 0, false
	for _, e := range entries {
		err := j.selfTrust(e, anchors, auth != "none")
		switch {
		case err == nil:
			good++
		case errors.Is(err, errNotJudged):
			undecided = true
		default:
			failed = err
		}
	}
	switch {
	case failed == nil && !undecided:
	case failed != nil && errors.Is(failed, errUntrusted) && !known && !selfSigned(entries):
		f := j.report("kafka-files-not-seen", at.pos, at.key, "the trust store of the JVM was not seen: whether it trusts the certificate of "+ch.name+" is not judged")
		f.Help = "give a root with the JVM's cacerts, or set ssl.truststore.location"
	case failed != nil && good == 0 && !undecided:
		help := "look at the key store with kcfg inspect, and renew what has expired"
		switch {
		case errors.Is(failed, errUntrusted) && trust.none:
			help = "set ssl.truststore.location to a store with the authority; kcfg truststore makes it from PEM files"
		case errors.Is(failed, errUntrusted):
			help = "add the authority to " + j.get(ch, "ssl.truststore.location").text + ", and the intermediates to the key store"
		case errors.Is(failed, errOtherKey):
			help = "make the store with: kcfg keystore --pem DIR"
		case errors.Is(failed, errClientUsage):
			help = "set ssl.client.auth=none on this listener, or use a certificate with clientAuth from a private authority (kcfg ca)"
		}
		refuse(failed.Error(), help)
	default:
		j.report("kafka-class-not-judged", at.pos, at.key, fmt.Sprintf("whether %s can connect to itself is not judged: which key Java picks, or what it makes of it, is not known", ch.name))
		j.unjudged = true
	}
}

var (
	errUntrusted   = errors.New("the trust store does not lead to its certificate")
	errClientUsage = errors.New("its certificate is not for clients (no clientAuth), which ssl.client.auth asks for")
	errOtherKey    = errors.New("its certificate is not that of its private key")
	errNotJudged   = errors.New("not judged")
)

// agree looks for a protocol and a cipher suite that both sides have.
func (j *judge) agree(ch channel, entries []tlsstore.Entry) bool {
	protocols := j.get(ch, "ssl.enabled.protocols")
	tls13, tls12 := true, true
	if names := list(protocols.text); len(names) > 0 {
		tls13, tls12 = slices.Contains(names, "TLSv1.3"), slices.Contains(names, "TLSv1.2")
		for _, n := range names {
			if !slices.Contains(jdkProtocols, n) {
				f := j.report("kafka-tls-protocol-unusable", protocols.pos, protocols.key, fmt.Sprintf("%s has %s, which Java does not know", protocols.key, clip(n)))
				f.Help = "use TLSv1.2 and TLSv1.3"
				return false
			}
		}
		if !tls13 && !tls12 {
			f := j.report("kafka-tls-protocol-unusable", protocols.pos, protocols.key, fmt.Sprintf("%s is %s, all of which Java disables", protocols.key, clip(protocols.text)))
			f.Help = "use TLSv1.2 and TLSv1.3"
			return false
		}
	}
	suites := j.get(ch, "ssl.cipher.suites")
	names := list(suites.text)
	if len(names) == 0 {
		return j.contextAgrees(ch, tls13, tls12)
	}
	usable := false
	for _, n := range names {
		s, ok := cipherSuite(n)
		if !ok {
			j.report("kafka-tls-protocol-unusable", suites.pos, suites.key, fmt.Sprintf("%s has %s, which Java does not know", suites.key, clip(n))).
				Help = "use names such as TLS_AES_256_GCM_SHA384"
			return false
		}
		switch {
		case s.disabled:
		case s.tls13:
			usable = usable || tls13
		default:
			usable = usable || tls12 && slices.ContainsFunc(entries, func(e tlsstore.Entry) bool { return keyKind(e) == s.key })
		}
	}
	if !usable {
		j.report("kafka-tls-protocol-unusable", suites.pos, suites.key, suites.key+" has nothing that fits the enabled protocols and the certificate").
			Help = "add TLS_AES_256_GCM_SHA384, or remove the line"
	}
	return usable
}

// contextAgrees: without ssl.cipher.suites the suites are those of the context's own protocol.
func (j *judge) contextAgrees(ch channel, tls13, tls12 bool) bool {
	context := j.get(ch, "ssl.protocol")
	switch strings.ToUpper(context.text) {
	case "TLSV1.2":
		if tls12 {
			return true
		}
	case "TLSV1", "TLSV1.1", "SSLV3":
	default:
		return true
	}
	f := j.report("kafka-tls-protocol-unusable", context.pos, context.key, fmt.Sprintf("%s is %s, which has no cipher suite for the enabled protocols", context.key, clip(context.text)))
	f.Help = "remove ssl.protocol, or set it to TLSv1.3"
	if !context.set {
		f.Notes = append(f.Notes, context.key+" is not set, so it is "+context.text)
	}
	return false
}

// list splits at commas and drops what is empty.
func list(text string) []string {
	var out []string
	for _, p := range strings.Split(text, ",") {
		if p = strings.TrimSpace(p); p != "" {
			out = append(out, p)
		}
	}
	return out
}

func keyKind(e tlsstore.Entry) string {
	certs, err := parseAll(e.Chain[:1])
	if err != nil {
		return ""
	}
	switch certs[0].PublicKey.(type) {
	case *rsa.PublicKey:
		return "RSA"
	case *ecdsa.PublicKey:
		return "EC"
	case ed25519.PublicKey:
		return "EC" // JSSE takes it where it takes ECDSA
	}
	return "DSA"
}

// anchors returns the trusted certificates, and whether they are all that the process trusts.
func (j *judge) anchors(trust loaded) (anchors *anchorSet, known bool) {
	if trust.none {
		return j.jvmRoots()
	}
	anchors = newAnchorSet()
	for _, e := range trust.store.Entries {
		if e.Kind != tlsstore.KindSecret && len(e.Chain) > 0 {
			anchors.add(e.Chain[0])
		}
	}
	return anchors, true
}

func selfSigned(entries []tlsstore.Entry) bool {
	certs, err := parseAll(entries[0].Chain)
	if err != nil || len(certs) == 0 {
		return false
	}
	return bytes.Equal(certs[0].RawSubject, certs[0].RawIssuer)
}

// selfTrust is JSSE's PKIX trust manager looking at the process's own certificate, as a server's and, where asked, a client's.
func (j *judge) selfTrust(e tlsstore.Entry, anchors *anchorSet, asClient bool) error {
	chain, err := parseAll(e.Chain)
	if err != nil || keyKind(e) == "DSA" {
		return errNotJudged
	}
	if fits, known := e.KeyFits(); known && !fits {
		return errOtherKey
	}
	leaf := chain[0]
	if rsaKey, ok := leaf.PublicKey.(*rsa.PublicKey); ok && rsaKey.N.BitLen() < 1024 {
		return fmt.Errorf("its RSA key has %d bits; Java wants 1024", rsaKey.N.BitLen())
	}
	if trustedItself(leaf, anchors) {
		return nil // an anchor is trusted as it is, whatever its dates and usages
	}
	if err := j.verify(leaf, chain[1:], anchors, 0); err != nil {
		return err
	}
	if len(leaf.ExtKeyUsage)+len(leaf.UnknownExtKeyUsage) > 0 {
		has := func(u x509.ExtKeyUsage) bool {
			return slices.Contains(leaf.ExtKeyUsage, u) || slices.Contains(leaf.ExtKeyUsage, x509.ExtKeyUsageAny)
		}
		if !has(x509.ExtKeyUsageServerAuth) && !has(x509.ExtKeyUsageNetscapeServerGatedCrypto) && !has(x509.ExtKeyUsageMicrosoftServerGatedCrypto) {
			return errors.New("its certificate is not for servers (no serverAuth)")
		}
		if asClient && !has(x509.ExtKeyUsageClientAuth) {
			return errClientUsage
		}
	}
	if leaf.KeyUsage != 0 && leaf.KeyUsage&x509.KeyUsageDigitalSignature == 0 {
		return errors.New("the key usage of its certificate lacks digitalSignature")
	}
	return nil
}

// maxPath bounds the certificates between a leaf and its anchor.
const maxPath = 10

// verify looks for a path from cert to an anchor. The dates of anchors do not count.
func (j *judge) verify(cert *x509.Certificate, between []*x509.Certificate, anchors *anchorSet, depth int) error {
	now := j.o.Now
	if now.Before(cert.NotBefore) {
		return fmt.Errorf("its certificate is valid from %s on", cert.NotBefore.UTC().Format(time.DateOnly))
	}
	if now.After(cert.NotAfter) {
		return fmt.Errorf("its certificate expired on %s", cert.NotAfter.UTC().Format(time.DateOnly))
	}
	if depth > maxPath {
		return errUntrusted
	}
	for _, a := range anchors.of(cert.RawIssuer) {
		if j.signed(cert, a) {
			if a.Version == 3 && !a.IsCA {
				return errors.New("the trusted certificate above it is no authority")
			}
			return nil
		}
	}
	failed := errUntrusted
	for i, c := range between {
		if !bytes.Equal(c.RawSubject, cert.RawIssuer) || !j.signed(cert, c) || c.Version == 3 && !c.IsCA {
			continue
		}
		rest := slices.Delete(slices.Clone(between), i, i+1)
		if trustedItself(c, anchors) {
			return nil
		}
		err := j.verify(c, rest, anchors, depth+1)
		if err == nil {
			return nil
		}
		failed = err
	}
	if j.verified > maxSignatures {
		return errNotJudged
	}
	return failed
}

func trustedItself(c *x509.Certificate, anchors *anchorSet) bool {
	return slices.ContainsFunc(anchors.of(c.RawSubject), func(a *x509.Certificate) bool { return a.Equal(c) || sameKey(a, c) })
}

// signed checks the signature alone. Go refuses SHA-1, which Java still takes outside the JDK's own roots.
func (j *judge) signed(cert, issuer *x509.Certificate) bool {
	if j.verified++; j.verified > maxSignatures {
		return false // verify says that it is not judged
	}
	err := issuer.CheckSignature(cert.SignatureAlgorithm, cert.RawTBSCertificate, cert.Signature)
	var insecure x509.InsecureAlgorithmError
	return err == nil || errors.As(err, &insecure) && cert.SignatureAlgorithm != x509.MD5WithRSA && cert.SignatureAlgorithm != x509.MD2WithRSA
}
