package node

import (
	"crypto/x509"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestCertificatesThatAllIssueEachOther: thirty of one name and key have more paths among them than anybody can follow.
func TestCertificatesThatAllIssueEachOther(t *testing.T) {
	root := issue(t, "Same", nil, authority)
	var all []*x509.Certificate
	for range 30 {
		parsed := issue(t, "Same", &root, authority).parsed(t)
		parsed.PublicKey = root.key.Public() // as if each had the key that signed them all
		all = append(all, parsed)
	}
	j := &judge{}
	j.o.Now = time.Now()
	require.ErrorIs(t, j.verify(all[0], all[1:], newAnchorSet(), 0), errNotJudged)
	require.Equal(t, maxSignatures+1, min(j.verified, maxSignatures+1))
	require.Less(t, j.verified, 40*maxSignatures, "and it ends soon after")

	anchors := newAnchorSet()
	anchors.add([]byte("no certificate"))
	anchors.add(root.der)
	j.verified = 0
	require.NoError(t, j.verify(all[0], all[1:], anchors, 0))
	require.True(t, trustedItself(root.parsed(t), anchors))
}
