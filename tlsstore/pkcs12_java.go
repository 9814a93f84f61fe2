package tlsstore

import (
	"bytes"
	"strconv"
	"strings"
	"time"

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

	keyID     map[int][]byte // as Java sees them
	aliases   map[int]string // of keys and of certificates that have one
	endpoints []int          // certificates without trust: what a key can be paired with
	bySubject map[string][]int
	names     map[int]*names
	counter   int
}

type names struct{ subject, issuer string }

func newJavaView(bags []pkcs12.Bag) *javaView {
	v := &javaView{bags: bags, byAlias: map[string]int{}, keyID: map[int][]byte{}, aliases: map[int]string{}, bySubject: map[string][]int{}, names: map[int]*names{}}
	keys := 0
	for i := range bags {
		b := &bags[i]
		if b.HasKeyID {
			v.keyID[i] = b.LocalKeyID
		}
		if b.HasName {
			v.aliases[i] = b.Name
		}
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
					v.keyID[i] = []byte("01")
				}
			}
			v.put(i, keyTime(v.keyID[i]))
		case pkcs12.Certificate:
			if !b.HasKeyID && keys == 1 && b.First {
				v.keyID[i] = []byte("01")
			}
			v.certificate(i)
		}
	}
	for i := range v.entries {
		if e := &v.entries[i]; bags[e.bag].Type == pkcs12.ShroudedKey {
			if leaf := v.match(e); leaf >= 0 {
				e.chain, e.older = v.chainFrom(leaf), v.olderChainFrom(leaf)
			}
		}
	}
	return v
}

func (v *javaView) certificate(i int) {
	n := &names{}
	if t, ok := parseTBS(v.bags[i].Certificate); ok {
		n.subject, n.issuer = javaName(t.subject), javaName(t.issuer)
	} else {
		n.subject = "?" + strconv.Itoa(i)
	}
	v.names[i] = n
	if v.bags[i].Trusted != nil {
		v.put(i, time.Time{})
	} else {
		v.endpoints = append(v.endpoints, i)
	}
	v.bySubject[n.subject] = append(v.bySubject[n.subject], i)
}

// put makes an entry of a bag. Without a name it gets a number, as in Java.
func (v *javaView) put(i int, t time.Time) {
	name, ok := v.aliases[i]
	if !ok {
		v.counter++
		name = strconv.Itoa(v.counter)
		v.aliases[i] = name
	}
	alias := javaLower(name)
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
	id, ok := v.keyID[e.bag]
	if !ok {
		return -1
	}
	byID, byName := -1, -1
	for _, i := range v.endpoints {
		name, named := v.aliases[i]
		sameName := named && strings.EqualFold(name, v.aliases[e.bag])
		if other, ok := v.keyID[i]; ok && bytes.Equal(id, other) {
			if byID = i; sameName {
				return i
			}
		} else if sameName {
			byName = i
		}
	}
	if byID >= 0 {
		return byID
	}
	return byName
}

// olderChainFrom follows the issuers' names from a certificate, taking the first certificate of each name.
func (v *javaView) olderChainFrom(leaf int) []int {
	return v.follow(leaf, func(i int) int {
		if n := v.names[i]; n.issuer != n.subject && len(v.bySubject[n.issuer]) > 0 {
			return v.bySubject[n.issuer][0]
		}
		return -1
	})
}

// chainFrom does so too, and where certificates state key identifiers, goes by them among those of one name. It is Java's way
// in current releases, 17 among them, and finds the right one of two authorities of the same name.
func (v *javaView) chainFrom(leaf int) []int {
	return v.follow(leaf, func(i int) int {
		n := v.names[i]
		authority, own := v.keyIDs(i)
		if n.issuer == n.subject && (authority == nil || bytes.Equal(authority, own)) {
			return -1
		}
		fallback := -1
		for _, c := range v.bySubject[n.issuer] {
			_, subject := v.keyIDs(c)
			switch {
			case authority == nil, subject != nil && bytes.Equal(authority, subject):
				return c
			case subject == nil:
				fallback = c
			}
		}
		return fallback
	})
}

// follow goes from certificate to certificate, to the end or to one that it has been at.
func (v *javaView) follow(leaf int, issuer func(int) int) []int {
	var chain []int
	seen := map[string]bool{}
	for i := leaf; i >= 0; i = issuer(i) {
		der := string(v.bags[i].Certificate)
		if seen[der] {
			break
		}
		seen[der] = true
		chain = append(chain, i)
	}
	return chain
}

// keyIDs returns the authority and subject key identifiers of a certificate, as far as it has them.
func (v *javaView) keyIDs(i int) (authority, subject []byte) {
	t, ok := parseTBS(v.bags[i].Certificate)
	if !ok {
		return nil, nil
	}
	return t.keyIDs()
}

// leafOf finds the certificate that really belongs to a key: Java's choice where its public key fits, else any that does.
func (v *javaView) leafOf(key []byte, javas int) int {
	public := publicKeyOf(key)
	if public == nil {
		return javas
	}
	fits := func(i int) bool {
		t, ok := parseTBS(v.bags[i].Certificate)
		return ok && bytes.Equal(public, subjectPublicKey(t.spki))
	}
	if javas >= 0 && fits(javas) {
		return javas
	}
	for i := range v.bags {
		if v.names[i] != nil && fits(i) {
			return i
		}
	}
	return javas
}
