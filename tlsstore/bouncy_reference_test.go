package tlsstore

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/internal/reference"
)

// bouncyCastles are two generations: the last for Java 5 to 8, which wrote most of the stores in the field, and a current one.
var bouncyCastles = []string{"org.bouncycastle:bcprov-jdk15on:1.70", "org.bouncycastle:bcprov-jdk18on:1.86"}

// startBouncyCastle starts a Java that has Bouncy Castle beside Java's own providers.
func startBouncyCastle(t *testing.T, artifact string) *jvm {
	j := startJVM(t, reference.Java17(t), reference.Classpath(t, artifact))
	_, failure := j.ask(t, "provider", "org.bouncycastle.jce.provider.BouncyCastleProvider")
	require.Empty(t, failure)
	return j
}

// TestReadBouncyCastlesStores reads every kind of store that Bouncy Castle writes, its PKCS#12 in BER and in DER, as Java does;
// what only Bouncy Castle can read is named.
func TestReadBouncyCastlesStores(t *testing.T) {
	loadIdentities(t)
	contents := javaStore{keys: []string{"p256", "rsa2048"}, trusted: []string{"p384"}}
	type written struct {
		what, path string
		s          *Store // nil: not read
	}
	var all []written
	kinds := map[Format]int{}
	for _, artifact := range bouncyCastles {
		bc := startBouncyCastle(t, artifact)
		types, failure := bc.ask(t, "types", "BC")
		require.Empty(t, failure)
		slices.SortFunc(types, slices.Compare)
		for _, line := range types {
			// IBCFKS and IFIPS only read. Those called DEF, and BCPKCS12, write what others write.
			if strings.HasPrefix(line[1], "I") || strings.Contains(line[1], "-DEF") || line[1] == "BCPKCS12" {
				continue
			}
			encodings := []string{""}
			if line[1] == "PKCS12" || line[1] == "PKCS12-AES256-AES128" {
				encodings = append(encodings, ":DER")
			}
			for _, encoding := range encodings {
				what := artifact + " " + line[1] + encoding
				path := filepath.Join(t.TempDir(), "store")
				_, failure := bc.ask(t, append([]string{"write", line[1] + ":BC" + encoding, tohex(path), tohex("changeit")}, contents.fields("changeit")...)...)
				require.Empty(t, failure, what)
				data, err := os.ReadFile(path)
				require.NoError(t, err)
				s, err := Decode(data, changeit, DecodeOptions{})
				kinds[Detect(data)]++
				switch {
				case Detect(data) != PKCS12:
					require.Contains(t, []Format{BCFKS, BKS, UBER}, Detect(data), what)
					require.ErrorIs(t, err, ErrUnsupported, what)
					require.ErrorContains(t, err, Detect(data).String()+" stores (Bouncy Castle's own format)", what)
				case strings.Contains(line[1], "GCM"):
					require.ErrorIs(t, err, ErrUnsupported, what)
					require.ErrorContains(t, err, "2.16.840.1.101.3.4.1.6", what) // AES-128-GCM
				default:
					require.NoError(t, err, what)
					require.Equal(t, Verified, s.Integrity, what)
					if len(encodings) == 2 {
						require.Equal(t, encoding == "", s.traits.ber, what)
					}
					requireRewritten(t, s, what)
				}
				all = append(all, written{what, path, s})
			}
		}
	}
	for _, format := range []Format{PKCS12, BCFKS, BKS, UBER} {
		require.NotZero(t, kinds[format], format)
	}
	t.Logf("%d stores: %v", len(all), kinds)
	eachJDK(t, func(t *testing.T, j *jvm) {
		for _, w := range all {
			seen, failure := j.dump(t, "PKCS12", w.path, changeit, "-")
			if w.s == nil || !slices.Contains(w.s.ReadableBy(), fmt.Sprintf("Java %d", j.major)) {
				require.NotEmpty(t, failure, w.what)
				continue
			}
			require.Empty(t, failure, w.what)
			requireSame(t, seen, weSee(w.s), w.what)
			if strings.HasPrefix(w.what, bouncyCastles[0]) { // it knows nothing of the trust attribute
				require.Len(t, w.s.Hidden, 1)
				require.Equal(t, identities["p384"].root, w.s.Hidden[0].Certificate)
			} else {
				require.Equal(t, []string{DescribeCertificate(identities["p384"].root).SHA256}, seen[0].chain, w.what)
				seen = seen[1:]
			}
			require.Len(t, seen, 2, w.what)
			for i, kind := range contents.keys {
				require.Equal(t, "signs", seen[i].key, w.what)
				require.Equal(t, "key "+kind, seen[i].alias)
				require.Equal(t, DescribeCertificate(identities[kind].chain[0]).SHA256, seen[i].chain[0])
			}
		}
	})
}

// TestBouncyCastleReadsOurStores: every profile, several keys, trusted certificates alone and beside keys.
func TestBouncyCastleReadsOurStores(t *testing.T) {
	bc := startBouncyCastle(t, bouncyCastles[1])
	for name, c := range ourStores(t) {
		seen, failure := bc.dump(t, "PKCS12:BC", writeTemp(t, "store", c.data), c.password, "-")
		require.Empty(t, failure, name)
		require.Len(t, seen, len(c.s.Entries), name)
		for _, e := range c.s.Entries {
			at := slices.IndexFunc(seen, func(s javaSees) bool { return s.alias == e.Alias }) // it keeps the case
			require.GreaterOrEqual(t, at, 0, "%s: %s", name, e.Alias)
			require.Equal(t, e.Kind.String(), seen[at].kind)
			require.Equal(t, DescribeCertificate(e.Chain[0]).SHA256, seen[at].chain[0])
			if e.Kind == KindKey {
				require.Equal(t, "signs", seen[at].key, name)
				require.GreaterOrEqual(t, len(seen[at].chain), len(e.Chain), name) // and the root, where it is in the store
			}
		}
	}
}

// ours is a store that we wrote, for other programs to read.
type ours struct {
	s        *Store
	password Password
	data     []byte
}

// ourStores are those that programs other than Java may be given: every profile with every kind of content.
func ourStores(t *testing.T) map[string]ours {
	all := map[string]ours{}
	key := func(kind string) Entry {
		id := fixture(t, kind)
		return Entry{Alias: "Kafka " + kind, Kind: KindKey, Created: testTime, Key: id.key, Chain: id.chain}
	}
	trust := func(kind string) Entry { return TrustEntry("Root "+kind, fixture(t, kind).root, testTime) }
	contents := map[string][]Entry{
		"p256":     {key("p256")},
		"rsa":      {key("rsa2048")},
		"ed25519":  {key("ed25519")},
		"keys":     {key("p256"), key("p256b"), key("rsa2048")},
		"mixed":    {key("p384"), trust("p384"), trust("rsa2048")},
		"trust":    {trust("p256"), trust("rsa2048"), trust("ed25519")},
		"one root": {trust("p521")},
	}
	for content, entries := range contents {
		for _, profile := range []Profile{ProfileModern, ProfileLegacy, ProfilePBMAC1} {
			for _, password := range []string{"changeit", "p w$x=y#z\\q!", "пароль密"} {
				if profile == ProfileLegacy && password == "пароль密" {
					continue // refused: no Java opens it
				}
				c := ours{s: &Store{Format: PKCS12, Entries: entries}, password: NewPassword([]byte(password))}
				var err error
				c.data, err = Encode(c.s, c.password, EncodeOptions{Profile: profile, AnyPassword: true, Iterations: 1000})
				require.NoError(t, err)
				all[content+" "+profile.String()+" "+password] = c
			}
		}
	}
	c := ours{s: &Store{Format: PKCS12, Entries: contents["trust"]}}
	var err error
	c.data, err = Encode(c.s, c.password, EncodeOptions{})
	require.NoError(t, err)
	all["trust without password"] = c
	return all
}
