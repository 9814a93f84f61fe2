package tlsstore

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/tlsstore/internal/jks"
)

// oddJKS makes JKS and JCEKS files that no proper writer makes, with a right digest: names missing, doubled and in odd encodings,
// both versions, chains of any length, kinds and counts that are wrong, bytes changed and cut off.
type oddJKS struct {
	r   *rand.Rand
	ids []identity
	out []byte
	// lenient is what Java takes and we refuse on purpose: a number below zero for none.
	lenient bool
}

func (w *oddJKS) one(n int) bool { return w.r.IntN(n) == 0 }

func (w *oddJKS) uint32(n int) { w.out = binary.BigEndian.AppendUint32(w.out, uint32(n)) }

func (w *oddJKS) utf(s string) {
	w.out = binary.BigEndian.AppendUint16(w.out, uint16(len(s)))
	w.out = append(w.out, s...)
}

// oddAliases are in Java's modified UTF-8, the last ones wrong in it. They have no capitals, under which Java finds no entry.
var oddAliases = []string{
	"kafka1", "kafka1", "a b", "", "1", "\u03c3\u03c2", "stra\u00dfe", "\u5bc6", "nul\xc0\x80", "\x00", "\xed\xa0\xbd\xed\xb4\x91", "\t\n",
	"\xc1\xa1", "\xf0\x9f\x94\x91", "\xff", "\xe5\xaf", "\xc3(",
}

// file returns the file; java is what Java calls its format.
func (w *oddJKS) file() (data []byte, java string) {
	magic, java, version := jks.MagicJKS, "JKS", 2
	if w.one(3) {
		magic, java = jks.MagicJCEKS, "JCEKS"
	}
	if w.one(5) {
		version = 1
	}
	w.uint32(magic)
	w.uint32(version)
	n := w.r.IntN(5)
	w.uint32(n)
	for range n {
		w.entry(version)
	}
	if w.one(4) {
		w.spoil()
	}
	return jks.Seal(w.out, changeit.utf16()), java
}

func (w *oddJKS) entry(version int) {
	id := w.ids[w.r.IntN(len(w.ids))]
	good := len(oddAliases)
	if !w.one(8) {
		good -= 5
	}
	alias := oddAliases[w.r.IntN(good)]
	kind := 1 + w.r.IntN(2)
	if w.one(40) {
		kind = w.r.IntN(9)
	}
	w.uint32(kind)
	w.utf(alias)
	w.out = binary.BigEndian.AppendUint64(w.out, uint64(w.r.Int64N(4e12))-1e12)
	if kind == 1 {
		protected := make([]byte, w.r.IntN(100)) // Java looks at it when the key is asked for
		w.uint32(len(protected))
		w.out = append(w.out, protected...)
		chain := 1 + w.r.IntN(3) // without one, Java's own classes fail when they are asked for it
		w.uint32(chain)
		for range chain {
			w.certificate(version, id)
		}
		return
	}
	w.certificate(version, id)
}

func (w *oddJKS) certificate(version int, id identity) {
	if version == 2 {
		types := []string{"X.509", "X.509", "X.509", "X509", "x.509", "x509"}
		typ := types[w.r.IntN(len(types))]
		if w.one(60) {
			typ = []string{"", "X.510", "PGP", "x. 509"}[w.r.IntN(4)]
		}
		w.utf(typ)
	}
	der := [][]byte{id.chain[0], id.chain[1], id.root}[w.r.IntN(3)]
	if w.one(60) {
		der = [][]byte{nil, {0x30, 0}, der[:len(der)/2], []byte("no certificate")}[w.r.IntN(4)]
	}
	w.uint32(len(der))
	w.out = append(w.out, der...)
}

// spoil changes the structure: what certificates hold is not what is compared here.
func (w *oddJKS) spoil() {
	switch w.r.IntN(4) {
	case 0: // the number of entries
		n := []int{0, 1, 2, 9, 1 << 30, 1 << 31, 1<<32 - 1}[w.r.IntN(7)]
		binary.BigEndian.PutUint32(w.out[8:], uint32(n))
		w.lenient = n >= 1<<31
	case 1:
		w.out = w.out[:w.r.IntN(len(w.out)+1)]
	case 2:
		w.out = append(w.out, make([]byte, 1+w.r.IntN(30))...)
	case 3: // the head, the kind, the alias
		at := w.r.IntN(min(len(w.out), 24))
		w.out[at] ^= byte(1 + w.r.IntN(255))
		w.lenient = at >= 8 && at < 12 && w.out[8] >= 0x80
	}
}

// TestOddJKSInJava compares readings of such files. What Java refuses, we refuse or do not call readable by Java; of entries with
// one name Java has the last.
func TestOddJKSInJava(t *testing.T) {
	const files = 800
	r := newRandom(t)
	type made struct {
		path, java string
		lenient    bool
		s          *Store // nil: refused
		err        error
	}
	dir := t.TempDir()
	var all []made
	add := func(data []byte, java string, lenient bool) {
		path := filepath.Join(dir, strconv.Itoa(len(all)))
		require.NoError(t, os.WriteFile(path, data, 0o600))
		s, err := Decode(data, changeit, DecodeOptions{})
		all = append(all, made{path, java, lenient, s, err})
	}
	for range files {
		w := &oddJKS{r: r, ids: []identity{fixture(t, "p256"), fixture(t, "p256b"), fixture(t, "rsa2048")}}
		data, java := w.file()
		add(data, java, w.lenient)
	}
	// Java's own secret keys: serialized objects with bytes changed.
	secrets, err := os.ReadFile("testdata/stores/java.jceks")
	require.NoError(t, err)
	for range files / 4 {
		body := bytes.Clone(secrets[:len(secrets)-20])
		body[12+r.IntN(len(body)-12)] ^= byte(1 << r.IntN(8))
		add(jks.Seal(body, changeit.utf16()), "JCEKS secrets", false)
	}
	eachJDK(t, func(t *testing.T, j *jvm) {
		listed, refused, looser := 0, 0, 0
		for _, m := range all {
			typ, secrets := strings.CutSuffix(m.java, " secrets")
			seen, failure := j.dump(t, typ, m.path, changeit, "-")
			if m.s == nil {
				if failure == "" && (m.lenient || secrets) {
					looser++ // what we refuse on purpose; or a change in what the grammar of serialized objects leaves open
					continue
				}
				require.NotEmpty(t, failure, "%s: %v", m.path, m.err)
				refused++
				continue
			}
			if failure != "" {
				if !secrets { // there Java looks for classes, and into certificates
					require.NotContains(t, m.s.ReadableBy(), fmt.Sprintf("Java %d", j.major), "%s: %s", m.path, failure)
				}
				refused++
				continue
			}
			require.Empty(t, m.s.traits.refused, m.path)
			last := map[string]Entry{}
			halved := false
			for _, e := range m.s.Entries {
				last[e.Alias] = e
				halved = halved || e.origin.halved
			}
			if halved || secrets && slices.ContainsFunc(m.s.Entries, func(e Entry) bool { return javaLower(e.Alias) != e.Alias }) {
				continue // half a surrogate pair has no form in which Java could print it; a capital hides an entry
			}
			one := &Store{Format: m.s.Format}
			for _, e := range last {
				one.Entries = append(one.Entries, e)
			}
			const year9999 = 253_402_300_799_999
			for i := range seen {
				if c := seen[i].created; c > year9999 || c < -62_167_219_200_000 {
					seen[i].created = 0 // a year that RFC 3339 cannot write, which we leave out
				}
			}
			requireSame(t, seen, weSee(one), m.path)
			listed += len(seen)
		}
		t.Logf("%d entries, %d files refused, %d by us alone", listed, refused, looser)
		require.NotZero(t, listed)
		require.NotZero(t, refused)
	})
}
