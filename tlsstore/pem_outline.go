package tlsstore

import (
	"bytes"
	"cmp"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"time"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// outline is what ordering a chain needs of a certificate. It is read from certificates that crypto/x509 refuses too:
// DSA, Ed448, explicit curves, negative serials.
type outline struct {
	raw             []byte
	subject, issuer []byte // DER of the names
	spki            []byte // DER of the SubjectPublicKeyInfo
	exts            []byte // DER of the extensions; nil where there are none
	keyID, authID   []byte // subject and authority key identifier; nil where absent
	cert            *x509.Certificate
	err             error // of crypto/x509, where it cannot parse the certificate
}

// maxName bounds the names of a certificate that crypto/x509 is asked to parse, in bytes; real ones have up to 500.
const maxName = 64 << 10

var (
	errName     = errors.New("the names of the certificate are too long")
	errOutline  = errors.New("not an X.509 certificate")
	oidSubjKey  = asn1.ObjectIdentifier{2, 5, 29, 14}
	oidAuthKey  = asn1.ObjectIdentifier{2, 5, 29, 35}
	tagVersion  = cbasn1.Tag(0).ContextSpecific().Constructed()
	tagIssuerID = cbasn1.Tag(1).ContextSpecific()
	tagSubjID   = cbasn1.Tag(2).ContextSpecific()
	tagExts     = cbasn1.Tag(3).ContextSpecific().Constructed()
	tagAuthID   = cbasn1.Tag(0).ContextSpecific()
)

// parseOutline reads the DER of one certificate.
func parseOutline(der []byte) (*outline, error) {
	o, err := scanOutline(der)
	if err != nil {
		return nil, err
	}
	o.load()
	return o, nil
}

// load reads what scanOutline left out.
func (o *outline) load() {
	if o.loaded() {
		return
	}
	if len(o.subject)+len(o.issuer) > maxName {
		o.err = errName
	} else {
		o.cert, o.err = x509.ParseCertificate(o.raw)
	}
	if o.err == nil {
		o.keyID, o.authID = o.cert.SubjectKeyId, o.cert.AuthorityKeyId
	} else {
		o.readKeyIDs()
	}
}

// scanOutline reads the structure alone, which is some fifty times cheaper.
func scanOutline(der []byte) (*outline, error) {
	o := &outline{raw: der}
	s := cryptobyte.String(der)
	var cert, tbs, alg, exts cryptobyte.String
	var subject, issuer, spki cryptobyte.String
	var signature asn1.BitString
	var hasExts bool
	if !s.ReadASN1(&cert, cbasn1.SEQUENCE) || !s.Empty() || !cert.ReadASN1(&tbs, cbasn1.SEQUENCE) ||
		!cert.ReadASN1(&alg, cbasn1.SEQUENCE) || !cert.ReadASN1BitString(&signature) || !cert.Empty() ||
		!tbs.SkipOptionalASN1(tagVersion) || !tbs.SkipASN1(cbasn1.INTEGER) || !tbs.SkipASN1(cbasn1.SEQUENCE) ||
		!tbs.ReadASN1Element(&issuer, cbasn1.SEQUENCE) || !tbs.SkipASN1(cbasn1.SEQUENCE) ||
		!tbs.ReadASN1Element(&subject, cbasn1.SEQUENCE) || !tbs.ReadASN1Element(&spki, cbasn1.SEQUENCE) ||
		!tbs.SkipOptionalASN1(tagIssuerID) || !tbs.SkipOptionalASN1(tagSubjID) || !tbs.ReadOptionalASN1(&exts, &hasExts, tagExts) {
		return nil, errOutline
	}
	o.subject, o.issuer, o.spki, o.exts = subject, issuer, spki, exts
	return o, nil
}

// loaded reports that load has run. From then on nobody writes to the outline, so that several may read it at a time.
func (o *outline) loaded() bool { return o.cert != nil || o.err != nil }

// identify finds the key identifiers without parsing the rest.
func (o *outline) identify() {
	if !o.loaded() {
		o.readKeyIDs()
	}
}

// readKeyIDs takes the key identifiers out of extensions that crypto/x509 did not read. What is damaged is left out.
func (o *outline) readKeyIDs() {
	exts := cryptobyte.String(o.exts)
	var list cryptobyte.String
	if !exts.ReadASN1(&list, cbasn1.SEQUENCE) {
		return
	}
	for !list.Empty() {
		var ext, value, inner cryptobyte.String
		var oid asn1.ObjectIdentifier
		if !list.ReadASN1(&ext, cbasn1.SEQUENCE) || !ext.ReadASN1ObjectIdentifier(&oid) ||
			!ext.SkipOptionalASN1(cbasn1.BOOLEAN) || !ext.ReadASN1(&value, cbasn1.OCTET_STRING) {
			return
		}
		var present bool
		switch {
		case oid.Equal(oidSubjKey) && value.ReadASN1(&inner, cbasn1.OCTET_STRING):
			o.keyID = inner
		case oid.Equal(oidAuthKey) && value.ReadASN1(&inner, cbasn1.SEQUENCE):
			var id cryptobyte.String
			if inner.ReadOptionalASN1(&id, &present, tagAuthID) && present {
				o.authID = id
			}
		}
	}
}

// eachExtension calls see for each extension.
func (o *outline) eachExtension(see func(oid string, critical bool, content []byte)) {
	eachExtension(o.exts, maxExtensions, see)
}

// surelyAnchors reports what anchors does, as far as it is seen without crypto/x509, which takes as long as all else together.
func (o *outline) surelyAnchors() bool {
	if o.selfIssued() {
		return true
	}
	t, ok := parseTBS(o.raw)
	return ok && (t.version == 1 || t.isCA())
}

// until returns the end of the validity; ok is false where only crypto/x509 can tell whether it is one.
func (o *outline) until() (end time.Time, ok bool) {
	t, ok := parseTBS(o.raw)
	if !ok {
		return time.Time{}, false
	}
	return plainTime(t.notAfter)
}

// loadCost estimates what load takes.
func (o *outline) loadCost() time.Duration {
	if o.loaded() {
		return 0
	}
	return 10*time.Microsecond + time.Duration(len(o.raw))*15*time.Nanosecond
}

// selfIssued reports that subject and issuer are one name.
func (o *outline) selfIssued() bool { return bytes.Equal(o.subject, o.issuer) }

// name is the subject as people read it, for messages: its common name, else the first alternative name, else all of it.
func (o *outline) name() string {
	o.load()
	if o.cert == nil {
		return cmp.Or(brief(distinguishedName(o.subject)), "a certificate that Go cannot parse")
	}
	return certificateName(o.cert)
}

func certificateName(c *x509.Certificate) string {
	switch {
	case c.Subject.CommonName != "":
		return brief(c.Subject.CommonName)
	case len(c.DNSNames) > 0:
		return brief(c.DNSNames[0])
	case len(c.IPAddresses) > 0:
		return c.IPAddresses[0].String()
	case len(c.Subject.Names) > 0:
		return brief(c.Subject.String())
	}
	return "serial " + c.SerialNumber.Text(16)
}
