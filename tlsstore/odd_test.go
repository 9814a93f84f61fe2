package tlsstore

import (
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"unicode/utf16"

	"github.com/kcfg/kcfg/tlsstore/internal/ber"
	"github.com/kcfg/kcfg/tlsstore/internal/pbe"
	"github.com/kcfg/kcfg/tlsstore/internal/pkcs12"
)

// oddWriter makes PKCS#12 files that are right by the standard and written by nobody: any bag anywhere, in any number of safes,
// with names and IDs missing, doubled, colliding or another bag's; in DER or, where it is set, in BER.
type oddWriter struct {
	r        *rand.Rand
	ids      []identity
	password pbe.Password
	ber      berStyle
	faulty   bool // also what Java may not take at all
}

// berStyle says what of a file is of indefinite length, or in pieces.
type berStyle int

const (
	nothing    berStyle = iota // DER
	everything                 // as real producers write
	some                       // here and there
)

// indefinite decides about one element.
func (w *oddWriter) indefinite() bool { return w.ber == everything || w.ber == some && w.one(2) }

func (w *oddWriter) one(n int) bool { return w.r.IntN(n) == 0 } // one time in n

// element writes a constructed element.
func (w *oddWriter) element(class, tag int, parts ...[]byte) []byte {
	if !w.indefinite() {
		return ber.Make(class, tag, true, parts...)
	}
	out := []byte{byte(class<<6 | 0x20 | tag), 0x80}
	for _, p := range parts {
		out = append(out, p...)
	}
	return append(out, 0, 0)
}

func (w *oddWriter) sequence(parts ...[]byte) []byte {
	return w.element(ber.Universal, ber.TagSequence, parts...)
}

func (w *oddWriter) explicit(parts ...[]byte) []byte {
	return w.element(ber.ContextSpecific, 0, parts...)
}

// octets writes an OCTET STRING.
func (w *oddWriter) octets(b []byte) []byte {
	if !w.indefinite() {
		return ber.OctetString(b)
	}
	var pieces [][]byte
	for len(b) > 0 {
		n := min(len(b), 1+w.r.IntN(1000))
		pieces, b = append(pieces, ber.OctetString(b[:n])), b[n:]
	}
	return w.element(ber.Universal, ber.TagOctetString, pieces...)
}

// file writes the file.
func (w *oddWriter) file() []byte {
	var safes [][]byte
	for range w.r.IntN(4) {
		content := w.bags(0)
		if w.one(2) {
			safes = append(safes, w.sequence(ber.OID("1.2.840.113549.1.7.1"), w.explicit(w.octets(content))))
			continue
		}
		algorithm, encrypted := w.protect(content)
		info := w.sequence(ber.OID("1.2.840.113549.1.7.1"), algorithm, ber.Make(ber.ContextSpecific, 0, false, encrypted))
		safes = append(safes, w.sequence(ber.OID("1.2.840.113549.1.7.6"), w.explicit(w.sequence(ber.Integer(0), info))))
	}
	authSafe := w.sequence(safes...)
	parts := [][]byte{ber.Integer(3), w.sequence(ber.OID("1.2.840.113549.1.7.1"), w.explicit(w.octets(authSafe)))}
	if !w.one(8) {
		salt := []byte("saltsalt")
		sum := hmac.New(sha256.New, pbe.PKCS12Key(sha256.New, pbe.ForMAC, w.password.Wide()[0], salt, 2, sha256.Size))
		sum.Write(authSafe)
		digest := ber.Sequence(ber.Sequence(ber.OID("2.16.840.1.101.3.4.2.1"), ber.Null), ber.OctetString(sum.Sum(nil)))
		parts = append(parts, ber.Sequence(digest, ber.OctetString(salt), ber.Integer(2)))
	}
	return w.sequence(parts...)
}

// protect encrypts and returns the algorithm and the result apart.
func (w *oddWriter) protect(plain []byte) (algorithm, encrypted []byte) {
	profile := pkcs12.Modern
	if w.one(3) {
		profile = pkcs12.Legacy
	}
	der, err := pkcs12.Protect(plain, &w.password, pkcs12.WriteOptions{Profile: profile, Iterations: 1, Rand: seeded()})
	if err != nil {
		panic(err)
	}
	info, err := ber.Single(der)
	if err != nil {
		panic(err)
	}
	parts, err := info.Children(2)
	if err != nil {
		panic(err)
	}
	return parts[0].Raw, parts[1].Content
}

func (w *oddWriter) bags(depth int) []byte {
	var all [][]byte
	for range w.r.IntN(8) {
		all = append(all, w.bag(depth))
	}
	return w.sequence(all...)
}

func (w *oddWriter) bag(depth int) []byte {
	id := w.ids[w.r.IntN(len(w.ids))]
	const bag = "1.2.840.113549.1.12.10.1."
	oid, value := "", []byte(nil)
	switch n := w.r.IntN(24); {
	case n < 8:
		algorithm, encrypted := w.protect(id.key)
		oid, value = bag+"2", w.sequence(algorithm, w.octets(encrypted))
	case n < 18:
		der := [][]byte{id.chain[0], id.chain[1], id.root}[w.r.IntN(3)]
		oid, value = bag+"3", w.sequence(ber.OID("1.2.840.113549.1.9.22.1"), w.explicit(w.octets(der)))
	case n == 18:
		oid, value = bag+"1", id.key
	case n == 19:
		oid, value = bag+"4", w.sequence(ber.OID("1.2.840.113549.1.9.23.1"), w.explicit(w.octets([]byte("no list"))))
	case n == 20:
		// Java's secrets: a raw key in a PKCS#8 envelope, encrypted as keys are.
		algorithm, encrypted := w.protect(ber.Sequence(ber.Integer(0), ber.Sequence(ber.OID("2.16.840.1.101.3.4.1")), ber.OctetString(make([]byte, 16))))
		oid, value = bag+"5", w.sequence(ber.OID(bag+"2"), w.explicit(w.octets(ber.Sequence(algorithm, ber.OctetString(encrypted)))))
	case n == 21 && depth < 3:
		oid, value = bag+"6", w.bags(depth+1)
	default:
		oid, value = "1.2.3.4", w.octets([]byte("of no known kind"))
	}
	if w.faulty && w.one(6) {
		switch w.r.IntN(4) {
		case 0: // no certificate within
			oid, value = bag+"3", w.sequence(ber.OID("1.2.840.113549.1.9.22.1"), w.explicit(w.octets(ber.Sequence(ber.Null))))
		case 1: // SDSI, which nobody ever used
			oid, value = bag+"3", w.sequence(ber.OID("1.2.840.113549.1.9.22.2"), w.explicit(ber.Make(ber.Universal, ber.TagIA5String, false, []byte("c2RzaQ=="))))
		case 2:
			oid, value = bag+"5", w.sequence(ber.OID("1.2.3.5"), w.explicit(w.octets([]byte("a secret of no known kind"))))
		case 3:
			oid, value = bag+"2", w.sequence(w.sequence(ber.OID("1.2.3.6"), ber.Null), w.octets([]byte("by an unknown algorithm")))
		}
	}
	parts := [][]byte{ber.OID(oid), w.explicit(value)}
	if attributes := w.attributes(oid == bag+"3"); len(attributes) > 0 || w.one(4) {
		parts = append(parts, ber.Set(attributes...))
	}
	return w.sequence(parts...)
}

func (w *oddWriter) attributes(certificate bool) [][]byte {
	var all [][]byte
	add := func(oid string, value []byte) { all = append(all, ber.Sequence(ber.OID(oid), ber.Set(value))) }
	if !w.one(4) {
		names := randomAliases[:5]
		if w.one(3) {
			names = randomAliases
		}
		var bmp []byte
		for _, u := range utf16.Encode([]rune(names[w.r.IntN(len(names))])) {
			bmp = append(bmp, byte(u>>8), byte(u))
		}
		add("1.2.840.113549.1.9.20", ber.Make(ber.Universal, ber.TagBMPString, false, bmp))
	}
	if !w.one(3) {
		id := fmt.Appendf(nil, "Time %d", 1_600_000_000_000+int64(w.r.IntN(4)))
		switch w.r.IntN(8) {
		case 0:
			id = []byte{1, byte(w.r.IntN(2))}
		case 1:
			id = []byte("01") // what Java calls a key that has none
		case 2:
			id = []byte("Time soon")
		case 3:
			id = nil
		}
		add("1.2.840.113549.1.9.21", ber.OctetString(id))
	}
	if certificate && w.one(3) {
		add("2.16.840.1.113894.746875.1.1", ber.OID("2.5.29.37.0"))
	}
	if w.one(8) {
		add("1.3.6.1.4.1.311.17.1", ber.Make(ber.Universal, ber.TagBMPString, false, []byte("\x00C\x00S\x00P")))
	}
	if w.faulty && w.one(6) {
		name := ber.Make(ber.Universal, ber.TagBMPString, false, []byte("\x00a\x00b"))
		switch w.r.IntN(9) {
		case 0:
			add("1.2.840.113549.1.9.20", ber.Make(ber.Universal, ber.TagUTF8String, false, []byte("ab")))
		case 1:
			add("1.2.840.113549.1.9.20", nil)
		case 2:
			add("1.2.840.113549.1.9.20", name) // a second one, often
		case 3:
			add("1.2.840.113549.1.9.20", append(ber.Make(ber.Universal, ber.TagBMPString, false, []byte("\x00c")), name...))
		case 4:
			add("1.2.840.113549.1.9.21", name)
		case 5:
			add("2.16.840.1.113894.746875.1.1", append(ber.OID("2.5.29.37.0"), ber.OID("1.3.6.1.5.5.7.3.1")...))
		case 6:
			add("2.16.840.1.113894.746875.1.1", nil)
		case 7:
			add("1.2.840.113549.1.9.21", nil)
		case 8:
			add("1.3.6.1.4.1.311.17.1", nil)
		}
	}
	w.r.Shuffle(len(all), func(i, k int) { all[i], all[k] = all[k], all[i] })
	return all
}
