package tlsstore

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/internal/reference"
)

// TestJavaAndPaths asks Java about the cases of TestPaths.
func TestJavaAndPaths(t *testing.T) {
	reference.Require(t)
	var all []presented
	for _, c := range inPaths {
		p := presented{client: c.client, host: "kafka1.example.com"}
		p.chain, p.root = c.chain(t)
		all = append(all, p)
	}
	for _, jdk := range reference.JDKs(t) {
		if jdk.Major < 11 {
			continue
		}
		for i, got := range askJava(t, jdk, all) {
			c := inPaths[i]
			require.Equal(t, c.want != "" || c.unsaid, got.handshake != "ok", "Java %d, %s: %s", jdk.Major, c.name, got.handshake)
		}
	}
}
