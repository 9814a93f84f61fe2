package kcfg_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/kcfg/kcfg/kafkacfg"
	"github.com/kcfg/kcfg/properties"
	"github.com/kcfg/kcfg/tlsstore"
)

func Example() {
	// A certificate directory becomes a key store that any Java from 8u301 on opens.
	bundle, err := tlsstore.ReadPEM(os.DirFS("testdata"), "live/kafka1.example.com", tlsstore.PEMOptions{})
	if err != nil {
		panic(err)
	}
	pair, err := tlsstore.KeyEntry(bundle, tlsstore.KeyOptions{Alias: "kafka1"})
	if err != nil {
		panic(err)
	}
	store := &tlsstore.Store{Format: tlsstore.PKCS12, Entries: []tlsstore.Entry{pair.Entry}}
	p12, err := tlsstore.Encode(store, tlsstore.NewPassword([]byte("change-me-2026")), tlsstore.EncodeOptions{})
	if err != nil {
		panic(err)
	}
	fmt.Println(tlsstore.Detect(p12), pair.Entry.Alias, len(pair.Entry.Chain))

	// Would a broker of that release start with this file?
	file, err := properties.Parse("server.properties", []byte("zookeeper.connect=zk1:2181\nbroker.id=0 # the first\n"))
	if err != nil {
		panic(err)
	}
	report, err := kafkacfg.Validate(file, kafkacfg.Options{Release: "3.9.1", Kind: kafkacfg.Broker})
	if err != nil {
		panic(err)
	}
	fmt.Println(report.Verdict, report.Stage, report.Findings[0].ID)
	// Output:
	// PKCS12 kafka1 2
	// refuses config kafka-value-type
}

func TestREADMEShowsTheExampleThatCompiles(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile("example_test.go")
	if err != nil {
		t.Fatal(err)
	}
	_, body, _ := strings.Cut(string(source), "func Example() {\n")
	body, _, _ = strings.Cut(body, "\t// Output:")
	if !strings.Contains(string(readme), body) {
		t.Errorf("README.md does not show the body of Example:\n%s", body)
	}
}
