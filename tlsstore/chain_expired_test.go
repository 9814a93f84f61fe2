package tlsstore

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestExpiredCertificatesArePassedOver: where a cross-sign or a renewed certificate of the same key has expired, another one serves.
func TestExpiredCertificatesArePassedOver(t *testing.T) {
	h := newHierarchy(t, "EC-256")
	past := request{from: testNow.AddDate(-2, 0, 0), to: testNow.AddDate(-1, 0, 0)}
	h.cross = issue(t, request{cn: "New Root", ca: true, key: h.root.key, by: h.old, from: past.from, to: past.to})
	older := issue(t, request{cn: "kafka1", hosts: "kafka1.example.com", key: h.leaf.key, by: h.sub, from: past.from, to: past.to})
	make := func(now time.Time, parts ...*issued) KeyPair {
		var text []string
		for _, p := range parts {
			text = append(text, p.pem())
		}
		pair, err := KeyEntry(mustParse(t, append(text, keyPEM(t, h.leaf.key))...), KeyOptions{Now: now})
		require.NoError(t, err)
		return pair
	}
	none := time.Time{}
	require.Equal(t, "leaf sub cross", h.chainNames(make(none, h.leaf, h.sub, h.cross, h.root).Entry.Chain), "file order")
	require.Equal(t, "leaf sub", h.chainNames(make(testNow, h.leaf, h.sub, h.cross, h.root).Entry.Chain))
	require.Equal(t, "leaf sub", h.chainNames(make(testNow, h.root, h.cross, h.sub, h.leaf).Entry.Chain))
	require.Equal(t, "leaf sub cross", h.chainNames(make(testNow, h.leaf, h.sub, h.cross).Entry.Chain), "there is nothing else")

	require.Equal(t, "? sub", h.chainNames(make(none, older, h.leaf, h.sub).Entry.Chain), "the first")
	pair := make(testNow, older, h.leaf, h.sub)
	require.Equal(t, "leaf sub", h.chainNames(pair.Entry.Chain))
	require.Equal(t, "kafka1 has the same key as kafka1, which is taken: this one has expired", pair.Findings[0].Message)
	require.Equal(t, "? sub", h.chainNames(make(testNow, older, h.sub).Entry.Chain), "there is nothing else")
}
