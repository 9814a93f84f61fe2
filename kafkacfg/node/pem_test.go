package node

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestPEMChains: what Kafka 3.9.0 on Java 17 said of these files, for the listener between brokers and for another one.
func TestPEMChains(t *testing.T) {
	root := withStores(t)
	for _, c := range []struct{ file, between, other, why string }{
		{"chain.pem", "A", "A", ""},
		{"withroot.pem", "A", "A", ""},
		{"disordered.pem", "R", "R", "kafka-pem-store"},
		{"rootbetween.pem", "R", "R", "kafka-pem-store"},
		{"repeated.pem", "R", "R", "kafka-pem-store"},
		{"leaftwice.pem", "R", "R", "kafka-pem-store"},
		{"stranger.pem", "R", "R", "kafka-pem-store"},
		{"issueralone.pem", "R", "A", "kafka-tls-self-handshake"},
		{"otherkey.pem", "R", "A", "kafka-tls-self-handshake"},
	} {
		for _, inter := range []bool{true, false} {
			want := c.other
			if inter {
				want = c.between
			}
			config, _ := pemCase(c.file, c.file, "ssl.truststore.location=@KS@/ca.pem\n").render(inter, "/ks")
			got, r := judged(t, root, "3.9.0", config)
			require.Equal(t, want, got, "%s (inter-broker: %v)\n%s", c.file, inter, describe(r))
			if want == "R" {
				require.Contains(t, describe(r), "error "+c.why+" ", c.file)
			}
		}
	}
}
