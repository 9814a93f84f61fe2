package tlsstore

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

func BenchmarkEncode(b *testing.B) {
	for _, kind := range []string{"p256", "rsa2048", "rsa4096"} {
		id := fixture(b, kind)
		for _, c := range []struct {
			name    string
			format  Format
			profile Profile
		}{{"jks", JKS, ProfileModern}, {"pkcs12-modern", PKCS12, ProfileModern}, {"pkcs12-legacy", PKCS12, ProfileLegacy}} {
			b.Run(c.name+"/"+kind, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					s := &Store{Format: c.format, Entries: []Entry{{Alias: "kafka1", Kind: KindKey, Created: testTime, Key: id.key, Chain: id.chain}}}
					if _, err := Encode(s, changeit, EncodeOptions{Profile: c.profile}); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// trustStore has n entries, all different: the same certificate with another serial number each.
func trustStore(b testing.TB, format Format, n int) *Store {
	root := fixture(b, "rsa2048").root
	s := &Store{Format: format}
	for i := range n {
		der := append([]byte(nil), root...)
		copy(der[len(der)-8:], fmt.Sprintf("%08d", i)) // in the signature, which nobody checks here
		s.Entries = append(s.Entries, TrustEntry(fmt.Sprintf("ca-%d", i), der, testTime))
	}
	return s
}

var sizes = []int{1, 150, 10_000, 50_000}

func BenchmarkWriteTrustStore(b *testing.B) {
	for _, format := range []Format{JKS, PKCS12} {
		for _, n := range sizes {
			s := trustStore(b, format, n)
			b.Run(fmt.Sprintf("%s/%d", format, n), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					data, err := Encode(s, changeit, EncodeOptions{})
					if err != nil {
						b.Fatal(err)
					}
					b.SetBytes(int64(len(data)))
				}
			})
		}
	}
}

func BenchmarkReadTrustStore(b *testing.B) {
	for _, format := range []Format{JKS, PKCS12} {
		for _, n := range sizes {
			data, err := Encode(trustStore(b, format, n), changeit, EncodeOptions{})
			require.NoError(b, err)
			b.Run(fmt.Sprintf("%s/%d", format, n), func(b *testing.B) {
				b.ReportAllocs()
				b.SetBytes(int64(len(data)))
				for b.Loop() {
					if _, err := Decode(data, changeit, DecodeOptions{}); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

func BenchmarkInspect(b *testing.B) {
	for _, format := range []Format{JKS, PKCS12} {
		for _, n := range sizes {
			data, err := Encode(trustStore(b, format, n), changeit, EncodeOptions{})
			require.NoError(b, err)
			b.Run(fmt.Sprintf("%s/%d", format, n), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					s, err := Decode(data, changeit, DecodeOptions{})
					if err != nil {
						b.Fatal(err)
					}
					if _, err := json.Marshal(s.Inspect()); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
