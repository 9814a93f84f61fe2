package tlsstore

import (
	"fmt"
	"strings"
	"testing"
)

func BenchmarkParsePEM(b *testing.B) {
	h := newHierarchy(b, "EC-256")
	text := []byte(keyPEM(b, h.leaf.key) + h.leaf.pem() + h.sub.pem() + h.cross.pem())
	b.ReportAllocs()
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, err := ParsePEM("in.pem", text, PEMOptions{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkKeyEntry(b *testing.B) {
	for _, kind := range []string{"EC-256", "RSA-2048", "RSA-4096"} {
		b.Run(kind, func(b *testing.B) {
			h := newHierarchy(b, kind)
			p := mustParse(b, keyPEM(b, h.leaf.key), h.leaf.pem(), h.sub.pem(), h.cross.pem())
			b.ReportAllocs()
			for b.Loop() {
				if _, err := KeyEntry(p, KeyOptions{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkManyCertificates shows that time and memory grow with the number, not faster.
func BenchmarkManyCertificates(b *testing.B) {
	cert := issue(b, request{cn: "Root", ca: true}).pem()
	for _, n := range []int{1, 150, 10_000, 50_000} {
		text := []byte(strings.Repeat(cert, n))
		b.Run(fmt.Sprintf("parse/%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := ParsePEM("in.pem", text, PEMOptions{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	for _, n := range []int{1, 150, 10_000} {
		s := &Store{}
		for i := range n {
			s.Entries = append(s.Entries, TrustEntry(fmt.Sprint(i), issue(b, request{cn: fmt.Sprint("Root ", i), ca: true}).der, testNow))
		}
		b.Run(fmt.Sprintf("check/%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Check(s, CheckOptions{Now: testNow})
			}
		})
	}
}
