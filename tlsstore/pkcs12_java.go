package tlsstore

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/kcfg/kcfg/tlsstore/internal/pkcs12"
)

// javaEntry is one entry of the store that Java's PKCS12 KeyStore makes of bags.
type javaEntry struct {
	bag   int    // index of the key's, secret's or trusted certificate's bag
	alias string // as Java shows it
	chain []int  // indexes of bags; nil: Java knows no chain
	older []int  // the chain that older releases build
	time  time.Time
}

// javaView does what Java does when it loads a PKCS12 file (sun.security.pkcs12.PKCS12KeyStore): which bags become entries,
// under which names, and which chains keys get.
type javaView struct {
	bags    []pkcs12.Bag
	entries []javaEntry // in the order of the file; a later one takes the place of an earlier one with its alias
	byAlias map[string]int
	lost    []int // bags whose entry was displaced
	skipped []int // keys after the first that have no local key ID

	attributes []javaAttributes // of each bag, as Java sees them
	counter    int

	certs           []*javaCert // of each bag; nil for others and, where there are no keys, for all
	endpoints       endpoints
	bySubject       map[string]*namesakes
	byKey           map[string]int // the first certificate with that public key
	same            []int          // of each bag: the first bag with the same certificate
	room, olderRoom int            // how many certificates the chains of all keys may still have
}

// javaNoID is the local key ID that Java gives a key and a certificate that have none.
const javaNoID = "01"

// javaAttributes are a bag's local key ID and name.
type javaAttributes struct {
	keyID    []byte
	hasKeyID bool
	alias    string
	hasAlias bool
}

func (a *javaAttributes) setKeyID(id []byte) { a.keyID, a.hasKeyID = id, true }

// javaCert is what chains are built by.
type javaCert struct {
	subject, issuer  string
	authority, keyID []byte // key identifiers; nil where the certificate has none
	public           []byte
}

// endpoints are the certificates without trust, with which a key can be paired.
type endpoints struct {
	byID      map[string]int    // the last of each local key ID
	byName    map[string]int    // the last of each name
	byIDNamed map[[2]string]int // the first of each pair
}

// namesakes are the certificates of one subject.
type namesakes struct {
	first   int
	byKeyID map[string]int // the first of each subject key identifier
	noKeyID int            // the last without one; -1: none
}

// newJavaView makes it of bags. All chains together have at most maxChains certificates: keys that share a long chain would
// make much out of little.
func newJavaView(bags []pkcs12.Bag, maxChains int) (*javaView, error) {
	v := &javaView{bags: bags, byAlias: map[string]int{}, attributes: make([]javaAttributes, len(bags)), bySubject: map[string]*namesakes{},
		byKey: map[string]int{}, endpoints: endpoints{map[string]int{}, map[string]int{}, map[[2]string]int{}}}
	entries := 0
	for i := range bags {
		if b := &bags[i]; b.Type != pkcs12.Certificate || b.Trusted != nil {
			entries++
		}
	}
	v.entries = make([]javaEntry, 0, entries)
	v.findSame()
	v.readCertificates()
	keys := 0
	for i := range bags {
		b, a := &bags[i], &v.attributes[i]
		*a = javaAttributes{b.LocalKeyID, b.HasKeyID, b.Name, b.HasName}
		if b.Nested { // Java does not look into bags of bags
			continue
		}
		switch b.Type {
		case pkcs12.ShroudedKey, pkcs12.Secret:
			if b.Type == pkcs12.ShroudedKey {
				if keys++; !b.HasKeyID {
					if keys > 1 {
						v.skipped = append(v.skipped, i)
						continue
					}
					// One key without ID belongs to the first certificate without ID.
					a.setKeyID([]byte(javaNoID))
				}
			}
			v.put(i, keyTime(a.keyID))
		case pkcs12.Certificate:
			if !b.HasKeyID && keys == 1 && b.First {
				a.setKeyID([]byte(javaNoID))
			}
			v.certificate(i)
		}
	}
	v.room, v.olderRoom = maxChains, maxChains
	for i := range v.entries {
		if e := &v.entries[i]; bags[e.bag].Type == pkcs12.ShroudedKey {
			if leaf := v.match(e); leaf >= 0 {
				e.chain, e.older = v.chainFrom(leaf), v.olderChainFrom(leaf)
			}
		}
	}
	return v, v.roomLeft()
}

// findSame finds out which certificates are equal.
func (v *javaView) findSame() {
	sums := make([][sha256.Size]byte, len(v.bags))
	eachInParallel(len(v.bags), func(i int) {
		if b := &v.bags[i]; b.Type == pkcs12.Certificate {
			sums[i] = sha256.Sum256(b.Certificate)
		}
	})
	v.same = make([]int, len(v.bags))
	first := make(map[[sha256.Size]byte]int, len(v.bags))
	for i := range v.bags {
		if v.same[i] = i; v.bags[i].Type != pkcs12.Certificate {
			continue
		}
		if at, known := first[sums[i]]; known {
			v.same[i] = at
		} else {
			first[sums[i]] = i
		}
	}
}

// readCertificates reads what chains are built by. Without keys there are none.
func (v *javaView) readCertificates() {
	v.certs = make([]*javaCert, len(v.bags))
	if !slices.ContainsFunc(v.bags, func(b pkcs12.Bag) bool { return b.Type == pkcs12.ShroudedKey }) {
		return
	}
	eachInParallel(len(v.bags), func(i int) {
		if v.bags[i].Type == pkcs12.Certificate && v.same[i] == i {
			v.certs[i] = newJavaCert(i, v.bags[i].Certificate)
		}
	})
	for i := range v.bags {
		switch same := v.same[i]; {
		case same == i:
		case v.certs[same].public == nil: // of an unknown kind, it is nobody's issuer
			v.certs[i] = newJavaCert(i, v.bags[i].Certificate)
		default:
			v.certs[i] = v.certs[same]
		}
	}
}

func newJavaCert(i int, der []byte) *javaCert {
	c := &javaCert{subject: "?" + strconv.Itoa(i)}
	if t, ok := parseTBS(der); ok {
		c.subject, c.issuer, c.public = javaName(t.subject), javaName(t.issuer), subjectPublicKey(t.spki)
		c.authority, c.keyID = t.keyIDs()
	}
	return c
}

// roomLeft is an error where the chains were too long to be built.
func (v *javaView) roomLeft() error {
	if v.room < 0 || v.olderRoom < 0 {
		return fmt.Errorf("%w: the chains of the keys have too many certificates", ErrTooCostly)
	}
	return nil
}

func (v *javaView) certificate(i int) {
	b := &v.bags[i]
	if b.Trusted != nil {
		v.put(i, time.Time{})
	}
	c := v.certs[i]
	if c == nil {
		return
	}
	if c.public != nil {
		if _, taken := v.byKey[string(c.public)]; !taken {
			v.byKey[string(c.public)] = i
		}
	}
	if b.Trusted == nil {
		v.endpoint(i)
	}
	n := v.bySubject[c.subject]
	if n == nil {
		n = &namesakes{first: i, byKeyID: map[string]int{}, noKeyID: -1}
		v.bySubject[c.subject] = n
	}
	if c.keyID == nil {
		n.noKeyID = i
	} else if _, taken := n.byKeyID[string(c.keyID)]; !taken {
		n.byKeyID[string(c.keyID)] = i
	}
}

func (v *javaView) endpoint(i int) {
	a := &v.attributes[i]
	if a.hasKeyID {
		v.endpoints.byID[string(a.keyID)] = i
	}
	if !a.hasAlias {
		return
	}
	name := sameCase(a.alias)
	v.endpoints.byName[name] = i
	if pair := [2]string{string(a.keyID), name}; a.hasKeyID {
		if _, taken := v.endpoints.byIDNamed[pair]; !taken {
			v.endpoints.byIDNamed[pair] = i
		}
	}
}

// sameCase returns a form of a name that is equal where names differ in case only, as strings.EqualFold tells it.
func sameCase(s string) string {
	if strings.IndexFunc(s, func(r rune) bool { return r >= utf8.RuneSelf }) < 0 {
		return strings.ToUpper(s)
	}
	return strings.Map(func(r rune) rune {
		least := r
		for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
			least = min(least, f)
		}
		return least
	}, s)
}

// put makes an entry of a bag. Without a name it gets a number, as in Java.
func (v *javaView) put(i int, t time.Time) {
	a := &v.attributes[i]
	if !a.hasAlias {
		v.counter++
		a.alias, a.hasAlias = strconv.Itoa(v.counter), true
	}
	alias := javaLower(a.alias)
	e := javaEntry{bag: i, alias: alias, time: t}
	if at, taken := v.byAlias[alias]; taken {
		v.lost = append(v.lost, v.entries[at].bag)
		v.entries[at] = e
		return
	}
	v.byAlias[alias] = len(v.entries)
	v.entries = append(v.entries, e)
}

// keyTime reads the date out of a local key ID, where Java puts it: "Time 1700000000000".
func keyTime(id []byte) time.Time {
	ms, ok := strings.CutPrefix(string(id), "Time ")
	if !ok {
		return time.Time{}
	}
	n, err := strconv.ParseInt(ms, 10, 64)
	if err != nil {
		return time.Time{}
	}
	return time.UnixMilli(n).UTC()
}

// match finds the certificate that Java pairs with a key: equal ID and name, else the last of equal ID, else the last of equal
// name.
func (v *javaView) match(e *javaEntry) int {
	a := &v.attributes[e.bag]
	if !a.hasKeyID {
		return -1
	}
	name := sameCase(a.alias)
	if i, ok := v.endpoints.byIDNamed[[2]string{string(a.keyID), name}]; ok {
		return i
	}
	if i, ok := v.endpoints.byID[string(a.keyID)]; ok {
		return i
	}
	if i, ok := v.endpoints.byName[name]; ok {
		return i
	}
	return -1
}

// olderChainFrom follows the issuers' names from a certificate, taking the first certificate of each name.
func (v *javaView) olderChainFrom(leaf int) []int {
	return v.follow(leaf, &v.olderRoom, func(i int) int {
		c := v.certs[i]
		if n := v.bySubject[c.issuer]; c.issuer != c.subject && n != nil {
			return n.first
		}
		return -1
	})
}

// chainFrom does so too, and where certificates state key identifiers, goes by them among those of one name. It is Java's way
// in current releases, 17 among them, and finds the right one of two authorities of the same name.
func (v *javaView) chainFrom(leaf int) []int {
	return v.follow(leaf, &v.room, func(i int) int {
		c := v.certs[i]
		n := v.bySubject[c.issuer]
		if n == nil || c.issuer == c.subject && (c.authority == nil || bytes.Equal(c.authority, c.keyID)) {
			return -1
		}
		if c.authority == nil {
			return n.first
		}
		if issuer, ok := n.byKeyID[string(c.authority)]; ok {
			return issuer
		}
		return n.noKeyID
	})
}

// follow goes from certificate to certificate, to the end or to one that it has been at.
func (v *javaView) follow(leaf int, room *int, issuer func(int) int) []int {
	var chain []int
	seen := map[int]bool{}
	for i := leaf; i >= 0 && !seen[v.same[i]]; i = issuer(i) {
		if *room--; *room < 0 {
			break
		}
		seen[v.same[i]] = true
		chain = append(chain, i)
	}
	return chain
}

// leafOf finds the certificate that really belongs to a key: Java's choice where its public key fits, else any that does.
func (v *javaView) leafOf(key []byte, javas int) int {
	public := publicKeyOf(key)
	if public == nil || javas >= 0 && bytes.Equal(public, v.certs[javas].public) {
		return javas
	}
	if i, ok := v.byKey[string(public)]; ok {
		return i
	}
	return javas
}
