package node

import (
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/kafkacfg"
	"github.com/kcfg/kcfg/properties"
)

// Java's KeyStore gives a key of a PKCS12 store a password of its own, and its key manager opens it with that; no key may have another.
func TestKeyPasswords(t *testing.T) {
	for _, c := range []struct {
		store, more string
		want        string // the help of the finding; empty: the store opens
	}{
		{store: "twopasswords.p12", more: "ssl.key.password=differs\n"},
		{store: "twopasswords.p12", want: "set ssl.key.password to the key's own password"},
		{store: "twopasswords.p12", more: "ssl.key.password=changeit\n", want: "set ssl.key.password to the key's own password"},
		{store: "twopasswords.p12", more: "ssl.key.password=another\n", want: "set ssl.key.password to the key's own password"},
		{store: "good.p12"},
		{store: "good.p12", more: "ssl.key.password=changeit\n"},
		{store: "good.p12", more: "ssl.key.password=differs\n", want: "remove it: the key has the store's password"},
		{store: "keypass.jks", more: "ssl.key.password=differs\n"},
		{store: "keypass.jks", want: "set ssl.key.password to the key's own password"},
		{store: "keypass.jks", more: "ssl.key.password=another\n", want: "set ssl.key.password to the key's own password"},
	} {
		f, err := properties.Parse("server.properties", []byte("zookeeper.connect=z:2181\nbroker.id=1\n"+
			"listeners=PLAINTEXT://localhost:9092,SSL://localhost:9093\nssl.keystore.location=/ks/"+c.store+"\nssl.keystore.password=changeit\n"+c.more))
		require.NoError(t, err)
		r, err := Validate(f, Options{
			Options: kafkacfg.Options{Release: "3.9.1"}, Now: time.Now(), Through: finding.Security,
			Root: fstest.MapFS{"ks/" + c.store: {Data: stores(t)[c.store]}},
		})
		require.NoError(t, err)
		got := ""
		for _, x := range r.Findings {
			if x.ID == "kafka-key-password" {
				got += x.Help
			}
		}
		require.Equal(t, c.want, got, "%s %s", c.store, c.more)
		require.Equal(t, c.want != "", r.Verdict == finding.Refuses, "%s %s", c.store, c.more)
	}
}
