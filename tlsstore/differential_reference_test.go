package tlsstore

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/internal/reference"
)

// randomStores is how many random stores each JDK is asked about, of either sort.
const randomStores = 1500

func newRandom(t *testing.T) *rand.Rand {
	return rand.New(rand.NewPCG(reference.Seed(t), 0))
}

var randomAliases = []string{
	"kafka1", "Kafka1", "KAFKA-2", "1", "2", "a b", "", "ΑΣ", "ΑΣΣ.", "straße", "İstanbul", "CARoot", "ключ", "密", "🔑", "x=y,z", "tab\there", "\u202eabc",
}

// TestRandomStoresInJava compares what Java lists of random stores that we wrote with what went in, and with what we read.
func TestRandomStoresInJava(t *testing.T) {
	r := newRandom(t)
	ids := []identity{fixture(t, "p256"), fixture(t, "p256b"), fixture(t, "p256c"), fixture(t, "rsa2048"), fixture(t, "ed25519")}
	type made struct {
		path string
		pw   Password
		s    *Store
	}
	dir := t.TempDir()
	var all []made
	for n := range randomStores {
		s := &Store{Format: []Format{JKS, PKCS12, PKCS12}[r.IntN(3)]}
		for range r.IntN(6) {
			id := ids[r.IntN(len(ids))]
			e := Entry{Alias: randomAliases[r.IntN(len(randomAliases))], Created: time.UnixMilli(r.Int64N(2e12)).UTC()}
			if r.IntN(2) == 0 {
				e.Kind, e.Key, e.Chain = KindKey, id.key, id.chain[:1+r.IntN(2)]
			} else {
				e.Kind, e.Chain = KindCertificate, [][]byte{[][]byte{id.root, id.chain[0], id.chain[1]}[r.IntN(3)]}
			}
			if _, taken := s.Entry(e.Alias); !taken {
				require.NoError(t, s.Add(e))
			}
		}
		pw := changeit
		o := EncodeOptions{Profile: Profile(r.IntN(2)), Iterations: 1 + r.IntN(20)}
		if s.Format == JKS && r.IntN(3) == 0 {
			pw = NewPassword([]byte("密码🔑"))
		}
		data, err := Encode(s, pw, o)
		require.NoError(t, err)
		path := filepath.Join(dir, strconv.Itoa(n))
		require.NoError(t, os.WriteFile(path, data, 0o600))
		back, err := Decode(data, pw, DecodeOptions{})
		require.NoError(t, err)
		require.Len(t, back.Entries, len(s.Entries))
		require.Empty(t, back.Hidden)
		all = append(all, made{path, pw, back})
	}
	eachJDK(t, func(t *testing.T, j *jvm) {
		for _, m := range all {
			seen, failure := j.dump(t, m.s.Format.String(), m.path, m.pw, "-")
			require.Empty(t, failure, m.path)
			requireSame(t, seen, weSee(m.s), m.path)
			for _, e := range seen {
				if e.kind == "key" {
					require.Equal(t, "signs", e.key)
				}
			}
		}
	})
}

// TestOddStoresInJava compares readings of PKCS12 files that no proper writer makes; see oddWriter. What Java refuses, we refuse
// or do not call readable by Java.
func TestOddStoresInJava(t *testing.T) {
	r := newRandom(t)
	type made struct {
		path string
		pw   Password
		ber  berStyle
		s    *Store // nil: refused
		err  error
	}
	dir := t.TempDir()
	var all []made
	for n := range randomStores {
		pw := changeit
		if r.IntN(10) == 0 {
			pw = NewPassword([]byte{})
		}
		w := oddWriter{r: r, ids: []identity{fixture(t, "p256"), fixture(t, "p256b"), fixture(t, "p256c")}, password: *pw.pbe(),
			ber: max(0, berStyle(r.IntN(6)-3)), faulty: r.IntN(3) == 0}
		path := filepath.Join(dir, strconv.Itoa(n))
		data := w.file()
		require.NoError(t, os.WriteFile(path, data, 0o600))
		s, err := Decode(data, pw, DecodeOptions{})
		if !w.faulty {
			require.NoError(t, err, path)
		}
		all = append(all, made{path, pw, w.ber, s, err})
	}
	eachJDK(t, func(t *testing.T, j *jvm) {
		better, listed, refused := 0, 0, 0
		for _, m := range all {
			if m.ber == some && j.major < 21 {
				continue // it loses what is of indefinite length within what is not
			}
			seen, failure := j.dump(t, "PKCS12", m.path, m.pw, "-")
			if m.s == nil {
				require.NotEmpty(t, failure, "%s: %v", m.path, m.err)
				refused++
				continue
			}
			if failure != "" {
				require.NotContains(t, m.s.ReadableBy(), fmt.Sprintf("Java %d", j.major), "%s: %s", m.path, failure)
				refused++
				continue
			}
			require.Empty(t, m.s.traits.refused, m.path)
			ours := weSee(m.s)
			// Where Java pairs a key with a certificate that is not its own, or finds none, we take the one that is.
			for i := range seen {
				if seen[i].kind == "key" && seen[i].key != "signs" && i < len(ours) && !slices.Equal(ours[i].chain, seen[i].chain) {
					e, ok := m.s.Entry(seen[i].alias)
					require.True(t, ok)
					same, known := belongs(e.Key, e.Chain[0])
					require.True(t, same && known, "%s: a chain that differs from Java's begins with the key's own certificate", m.path)
					require.NotEmpty(t, m.s.traits.odd)
					seen[i].chain = ours[i].chain
					better++
				}
			}
			requireSame(t, seen, ours, m.path)
			listed += len(seen)
		}
		t.Logf("%d entries, %d keys of them without their own certificate in Java, %d files refused", listed, better, refused)
		require.NotZero(t, better)
		require.NotZero(t, refused)
	})
}
