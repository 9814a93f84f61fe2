package tlsstore_test

import (
	"fmt"
	"os"
	"time"

	"github.com/kcfg/kcfg/tlsstore"
)

// A certbot directory becomes a key store for Kafka. In a program of your own the file system is os.DirFS("/") and the
// path "etc/letsencrypt/live/NAME".
func Example() {
	files, err := tlsstore.ReadPEM(os.DirFS("../testdata"), "live/kafka1.example.com", tlsstore.PEMOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	pair, err := tlsstore.KeyEntry(files, tlsstore.KeyOptions{Created: time.Now()})
	if err != nil {
		fmt.Println(err)
		return
	}
	store := &tlsstore.Store{Format: tlsstore.PKCS12, Entries: []tlsstore.Entry{pair.Entry}}
	for _, f := range tlsstore.Check(store, tlsstore.CheckOptions{Role: tlsstore.RoleInterBroker}) {
		fmt.Println(f.Severity, f.ID)
	}
	data, err := tlsstore.Encode(store, tlsstore.NewPassword([]byte("correct horse")), tlsstore.EncodeOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(pair.Entry, len(data) > 1000)
	// Output:
	// error tls-no-client-auth
	// info tls-root-unknown
	// "kafka1.example.com" (key, 2 certificates) true
}
