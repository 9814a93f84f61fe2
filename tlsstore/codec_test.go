package tlsstore

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// seeded returns a reproducible source of salts.
func seeded() *rand.ChaCha8 { return rand.NewChaCha8([32]byte{1}) }

var testTime = time.Date(2026, 3, 4, 5, 6, 7, 8_000_000, time.UTC)

func TestRoundTrip(t *testing.T) {
	id := fixture(t, "p256")
	for _, format := range []Format{JKS, PKCS12} {
		for _, profile := range []Profile{ProfileModern, ProfileLegacy, ProfilePBMAC1} {
			t.Run(fmt.Sprintf("%s %s", format, profile), func(t *testing.T) {
				s := &Store{Format: format, Entries: []Entry{
					{Alias: "Kafka1", Kind: KindKey, Created: testTime, Key: id.key, Chain: id.chain},
					{Alias: "root", Kind: KindCertificate, Chain: [][]byte{id.root}},
				}}
				pw := NewPassword([]byte("changeit"))
				o := EncodeOptions{Profile: profile, Rand: seeded(), Now: testTime}
				data, err := Encode(s, pw, o)
				require.NoError(t, err)
				o.Rand = seeded()
				again, err := Encode(s, pw, o)
				require.NoError(t, err)
				require.True(t, bytes.Equal(data, again), "same input, same bytes")

				back, err := Decode(data, pw, DecodeOptions{})
				require.NoError(t, err)
				require.Equal(t, Verified, back.Integrity)
				require.Len(t, back.Entries, 2)
				e := back.Entries[0]
				require.Equal(t, "kafka1", e.Alias)
				require.Equal(t, KindKey, e.Kind)
				require.Equal(t, testTime, e.Created)
				require.Equal(t, id.key, e.Key)
				require.Equal(t, id.chain, e.Chain[:len(id.chain)])
				require.Equal(t, "root", back.Entries[1].Alias)

				_, err = Decode(data, NewPassword([]byte("wrong")), DecodeOptions{})
				require.ErrorIs(t, err, ErrPassword)
			})
		}
	}
}

var changeit = NewPassword([]byte("changeit"))
