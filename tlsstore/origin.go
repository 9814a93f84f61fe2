package tlsstore

import (
	"bytes"
	"slices"
)

// origin is what Decode found of an entry and Entry does not show: what Encode needs to lose nothing.
type origin struct {
	format      Format
	protected   []byte // the key as it was encrypted, for keys that stay locked
	why         string // why it is locked
	algorithm   Algorithm
	keyPassword Password // the entry's own password, where it is not the store's

	name       string   // PKCS12: the alias as it is spelled in the file
	halved     bool     // the alias stands for one with half a surrogate pair, which UTF-8 cannot hold
	attributes [][]byte // PKCS12: further attributes of the key's, or the trusted certificate's, bag
	trusted    []byte   // PKCS12: what the certificate is trusted for
	keyID      []byte   // PKCS12: local key ID of a trusted certificate, or of a key where it is no date
	raw        []byte   // a whole bag or secret that is carried as it is

	appended [][]byte              // the end of a chain that Java made of trusted certificates of the same store
	certs    map[string]certOrigin // by the certificate's DER, where there is something to say
}

// certOrigin is what Decode found beside a certificate.
type certOrigin struct {
	javaType   string // JKS: "X.509"
	name       string // PKCS12: friendlyName of a chain certificate
	attributes [][]byte
}

// traits are what Decode found out about a file: who can read it depends on them.
type traits struct {
	ber         bool
	version     int         // of a JKS file
	keys        []Algorithm // of keys
	safes       []Algorithm // of certificates; an empty name is an unencrypted safe
	mac         Algorithm
	hasMAC      bool
	lockedSafes int
	nonASCII    bool     // the password, where one was given
	odd         []string // what is unusual, in words
	byJava25    bool     // Java 25 alone makes keys of the password as the file has them
	refused     string   // why no Java loads the file, in words
	pem         pemTraits
}

// spelled returns the alias as a PKCS12 file is to spell it.
func (e *Entry) spelled() string {
	if e.origin != nil && e.origin.name != "" && javaLower(e.origin.name) == javaLower(e.Alias) {
		return e.origin.name
	}
	return e.Alias
}

func (o *origin) setCert(der []byte, c certOrigin) {
	if o.certs == nil {
		o.certs = map[string]certOrigin{}
	}
	o.certs[string(der)] = c
}

// certOrigin returns what is known beside one of the entry's certificates.
func (e *Entry) certOrigin(der []byte) certOrigin {
	if e.origin == nil {
		return certOrigin{}
	}
	return e.origin.certs[string(der)]
}

// ownChain returns the chain without what Java appended to it out of the trusted certificates of the store it came from.
func (e *Entry) ownChain() [][]byte {
	if e.origin == nil || len(e.origin.appended) == 0 {
		return e.Chain
	}
	n := len(e.Chain) - len(e.origin.appended)
	if n < 1 || !slices.EqualFunc(e.Chain[n:], e.origin.appended, bytes.Equal) {
		return e.Chain
	}
	return e.Chain[:n]
}

// equalChains compares chains; what Java appended to one of them is no difference.
func equalChains(a, b *Entry) bool {
	same := func(x, y [][]byte) bool { return slices.EqualFunc(x, y, bytes.Equal) }
	return same(a.Chain, b.Chain) || same(a.ownChain(), b.ownChain()) || same(a.Chain, b.ownChain()) || same(a.ownChain(), b.Chain)
}
