package probe_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"net"

	"github.com/kcfg/kcfg/tlsstore/probe"
)

// Which authority would a trust store for this server hold? A person has to compare the fingerprint with one that came
// by another way.
func ExampleProbe() {
	p, err := probe.Probe(context.Background(), "kafka1.example.com:9093", probe.Options{Dial: (&net.Dialer{}).DialContext})
	if err != nil {
		fmt.Println(err)
		return
	}
	anchor, err := p.Anchor(nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s sha256:%x\n", anchor.Subject, sha256.Sum256(anchor.Raw))
}
