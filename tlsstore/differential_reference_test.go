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

	"github.com/kcfg/kcfg/tlsstore/internal/pbe"
	"github.com/kcfg/kcfg/tlsstore/internal/pkcs12"
)

// randomStores is how many random stores each JDK is asked about, of either sort.
const randomStores = 1500

func newRandom(t *testing.T) *rand.Rand {
	seed := uint64(time.Now().UnixNano())
	if s := os.Getenv("KCFG_SEED"); s != "" {
		var err error
		seed, err = strconv.ParseUint(s, 10, 64)
		require.NoError(t, err)
	}
	t.Logf("KCFG_SEED=%d", seed)
	return rand.New(rand.NewPCG(seed, 0))
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

// TestRandomBagsInJava compares readings of PKCS12 files that no proper writer makes: names and IDs missing, doubled or
// belonging to others, bags in any order.
func TestRandomBagsInJava(t *testing.T) {
	r := newRandom(t)
	ids := []identity{fixture(t, "p256"), fixture(t, "p256b"), fixture(t, "p256c")}
	pw := pbe.NewPassword([]byte("changeit"))
	type made struct {
		path string
		s    *Store
	}
	dir := t.TempDir()
	var all []made
	for n := range randomStores {
		pick := func() identity { return ids[r.IntN(len(ids))] }
		name := func(b *pkcs12.Bag) {
			if b.HasName = r.IntN(4) > 0; b.HasName {
				b.Name = randomAliases[r.IntN(5)]
			}
			if b.HasKeyID = r.IntN(3) > 0; b.HasKeyID {
				b.LocalKeyID = fmt.Appendf(nil, "Time %d", 1_600_000_000_000+int64(r.IntN(3)))
				if r.IntN(4) == 0 {
					b.LocalKeyID = []byte{1, byte(r.IntN(2))}
				}
			}
		}
		var bags []pkcs12.OutBag
		for range r.IntN(3) {
			b := pkcs12.NewKeyBag(pkcs12.ShroudedKey)
			b.Key = pick().key
			name(&b)
			bags = append(bags, pkcs12.OutBag{Bag: b})
		}
		for range r.IntN(6) {
			id := pick()
			b := pkcs12.NewCertificateBag([][]byte{id.chain[0], id.chain[1], id.root}[r.IntN(3)])
			name(&b)
			if r.IntN(3) == 0 {
				b.Trusted = pkcs12.AnyUsage
			}
			bags = append(bags, pkcs12.OutBag{Bag: b})
		}
		r.Shuffle(len(bags), func(i, k int) { bags[i], bags[k] = bags[k], bags[i] })
		data, err := pkcs12.Write(bags, pkcs12.WriteOptions{Iterations: 1, Password: &pw, Rand: seeded()})
		require.NoError(t, err)
		path := filepath.Join(dir, strconv.Itoa(n))
		require.NoError(t, os.WriteFile(path, data, 0o600))
		s, err := Decode(data, changeit, DecodeOptions{})
		require.NoError(t, err)
		all = append(all, made{path, s})
	}
	eachJDK(t, func(t *testing.T, j *jvm) {
		better := 0
		for _, m := range all {
			seen, failure := j.dump(t, "PKCS12", m.path, changeit, "-")
			require.Empty(t, failure, m.path)
			ours := weSee(m.s)
			// Where Java pairs a key with a certificate that is not its own, or finds none, we take the one that is.
			for i := range seen {
				if seen[i].kind == "key" && seen[i].key != "signs" && i < len(ours) && !slices.Equal(ours[i].chain, seen[i].chain) {
					e, ok := m.s.Entry(seen[i].alias)
					require.True(t, ok)
					same, known := belongs(e.Key, e.Chain[0])
					require.True(t, same && known, "a chain that differs from Java's begins with the key's own certificate")
					require.NotEmpty(t, m.s.traits.odd)
					seen[i].chain = ours[i].chain
					better++
				}
			}
			requireSame(t, seen, ours, m.path)
		}
		t.Logf("%d keys without their own certificate in Java", better)
		require.NotZero(t, better)
	})
}
