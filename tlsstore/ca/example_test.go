package ca_test

import (
	"fmt"
	"time"

	"github.com/kcfg/kcfg/tlsstore"
	"github.com/kcfg/kcfg/tlsstore/ca"
)

// Stores in memory, for tests that need brokers or clients with mutual TLS: an authority, a broker's key store and the
// trust store that goes with it.
func Example() {
	authority, err := ca.New(ca.Options{Name: "Test", Domains: []string{"localhost"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	broker, err := authority.IssueHost(ca.Request{Hosts: []string{"localhost"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	entry, err := broker.Entry("kafka1", time.Now())
	if err != nil {
		fmt.Println(err)
		return
	}
	root := tlsstore.TrustEntry("test-root", authority.Root.Certificate().Raw, time.Now())

	password := tlsstore.NewPassword([]byte("for tests only"))
	for _, e := range []tlsstore.Entry{entry, root} {
		store := &tlsstore.Store{Format: tlsstore.PKCS12, Entries: []tlsstore.Entry{e}}
		data, err := tlsstore.Encode(store, password, tlsstore.EncodeOptions{})
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(e, len(data) > 0)
	}
	// Output:
	// "kafka1" (key, 2 certificates) true
	// "test-root" (certificate, 1 certificate) true
}

// A certificate is renewed with what a broker compares: subject, names and uses.
func ExampleHierarchy_Renew() {
	authority, err := ca.New(ca.Options{Name: "Example", Domains: []string{"example.com"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	old, err := authority.IssueHost(ca.Request{Hosts: []string{"kafka1.example.com"}, Lifetime: 30 * 24 * time.Hour})
	if err != nil {
		fmt.Println(err)
		return
	}
	renewed, err := authority.Renew(old.Chain[0], ca.Request{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(renewed.Record.Subject, renewed.Record.Hosts, renewed.Record.Uses)
	_, err = authority.IssueHost(ca.Request{Hosts: []string{"kafka1.example.org"}})
	fmt.Println(err)
	// Output:
	// CN=kafka1.example.com [kafka1.example.com] [serverAuth clientAuth]
	// Example Hosts CA may not issue for kafka1.example.org; it may for example.com
}
