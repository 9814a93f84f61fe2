package tlsstore_test

import (
	"errors"
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

// opened is the store of an example, as its file holds it.
func opened(s *tlsstore.Store, password string) *tlsstore.Store {
	p := tlsstore.NewPassword([]byte(password))
	data, err := tlsstore.Encode(s, p, tlsstore.EncodeOptions{})
	if err != nil {
		panic(err)
	}
	back, err := tlsstore.Decode(data, p, tlsstore.DecodeOptions{})
	if err != nil {
		panic(err)
	}
	return back
}

// keyStore is a key store of the certificates of the examples.
func keyStore(format tlsstore.Format, alias string) *tlsstore.Store {
	files, err := tlsstore.ReadPEM(os.DirFS("../testdata"), "live/kafka1.example.com", tlsstore.PEMOptions{})
	if err != nil {
		panic(err)
	}
	pair, err := tlsstore.KeyEntry(files, tlsstore.KeyOptions{Alias: alias})
	if err != nil {
		panic(err)
	}
	return &tlsstore.Store{Format: format, Entries: []tlsstore.Entry{pair.Entry}}
}

// A store that somebody made, and what is in it.
func ExampleDecode() {
	data, err := os.ReadFile("testdata/pages/kcfg.jks")
	if err != nil {
		panic(err)
	}
	if _, err := tlsstore.Decode(data, tlsstore.NewPassword([]byte("a guess")), tlsstore.DecodeOptions{}); errors.Is(err, tlsstore.ErrPassword) {
		fmt.Println("not this one")
	}
	store, err := tlsstore.Decode(data, tlsstore.NewPassword([]byte("changeit")), tlsstore.DecodeOptions{})
	if err != nil {
		panic(err)
	}
	fmt.Println(store.Format, store.Integrity)
	for _, e := range store.Entries {
		certificates, err := e.Certificates()
		if err != nil {
			panic(err)
		}
		fmt.Println(e.Alias, e.Kind, certificates[0].Subject)
	}
	// Output:
	// not this one
	// JKS verified
	// kafka1 key CN=p256.example.com,O=Example
	// kafka2 certificate CN=Root p256,O=Example
}

// What is wrong with a key store for a broker whose clients call it by another name?
func ExampleCheck() {
	store := keyStore(tlsstore.PKCS12, "kafka1")
	for _, f := range tlsstore.Check(store, tlsstore.CheckOptions{Hosts: []string{"broker1.example.com"}, Role: tlsstore.RoleInterBroker}) {
		fmt.Println(f.Severity, f.ID)
	}
	// Output:
	// error tls-host-not-covered
	// error tls-no-client-auth
	// info tls-root-unknown
}

// A trust store of what a certbot directory holds, and of Let's Encrypt's roots.
func ExampleTrustEntries() {
	files, err := tlsstore.ReadPEM(os.DirFS("../testdata"), "live/kafka1.example.com", tlsstore.PEMOptions{WithoutKeys: true})
	if err != nil {
		panic(err)
	}
	entries, left := tlsstore.TrustEntries(files, tlsstore.TrustOptions{Alias: "kafka"})
	fmt.Println(len(left), "left out: the leaf")
	store := &tlsstore.Store{Format: tlsstore.PKCS12}
	if err := store.Add(append(entries, tlsstore.LetsEncryptRoots(time.Time{})...)...); err != nil {
		panic(err)
	}
	for _, e := range store.Entries {
		fmt.Println(e)
	}
	// Output:
	// 1 left out: the leaf
	// "kafka" (certificate, 1 certificate)
	// "isrg-root-x1" (certificate, 1 certificate)
	// "isrg-root-x2" (certificate, 1 certificate)
	// "root-ye" (certificate, 1 certificate)
	// "root-yr" (certificate, 1 certificate)
}

// How do two stores differ?
func ExampleDiff() {
	before := opened(keyStore(tlsstore.JKS, "kafka1"), "change-me-2026")
	after := keyStore(tlsstore.JKS, "kafka1")
	after.Entries[0].Chain = after.Entries[0].Chain[:1]
	for _, c := range tlsstore.Diff(before, after) {
		fmt.Println(c.Alias, c.Kind, c.Detail)
	}
	// Output:
	// kafka1 chain the same certificate, above it nothing, was "CN=Example E1,O=Example"
}

// A JKS store becomes PKCS12.
func ExampleEncode() {
	store := opened(keyStore(tlsstore.JKS, "kafka1"), "change-me-2026")
	store.Format = tlsstore.PKCS12
	store = opened(store, "another-2026")
	fmt.Println(store.Format, store.Algorithms.Key.Name, store.Algorithms.Key.Iterations)
	// Output:
	// PKCS12 PBES2 AES-256-CBC, PBKDF2-HMAC-SHA256 10000
}
