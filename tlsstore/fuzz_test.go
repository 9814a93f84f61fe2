package tlsstore

import (
	"bytes"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/kcfg/kcfg/tlsstore/internal/jks"
)

// fuzz decodes with and without password and checks what must hold of any reading.
func fuzz(f *testing.F, want ...Format) {
	for name, data := range samples(f) {
		if s, err := Decode(data, changeit, cheap); err == nil && contains(want, s.Format) {
			f.Add(data)
		} else if err != nil {
			f.Fatal(name, err)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		start := time.Now()
		if f := Detect(data); (f == JKS || f == JCEKS) && len(data) > 20 {
			data = jks.Seal(data[:len(data)-20], changeit.utf16()) // else no mutation would get past the digest
		}
		for _, pw := range []Password{changeit, {}, NewPassword([]byte{})} {
			s, err := Decode(data, pw, cheap)
			if err != nil {
				continue
			}
			if pw.IsNone() && s.Integrity == Verified {
				t.Fatal("verified without a password")
			}
			if _, err := json.Marshal(s.Inspect()); err != nil {
				t.Fatal(err)
			}
			fmt.Fprint(bytes.NewBuffer(nil), s.Entries)
			if s.Format != JKS && s.Format != PKCS12 || s.Integrity != Verified {
				continue
			}
			again, err := Encode(s, pw, EncodeOptions{Iterations: 1, AnyPassword: true})
			if err != nil {
				continue // a refusal
			}
			back, err := Decode(again, pw, cheap)
			if err != nil {
				t.Fatal("what was written cannot be read:", err)
			}
			if len(back.Entries) != len(s.Entries) {
				t.Fatalf("%d entries of %d", len(back.Entries), len(s.Entries))
			}
		}
		if d := time.Since(start); d > 10*time.Second {
			t.Fatalf("one input took %v: a fuzzer that hangs looks like one that passes", d)
		}
	})
}

func contains(all []Format, f Format) bool {
	for _, a := range all {
		if a == f {
			return true
		}
	}
	return false
}

func FuzzJKS(f *testing.F)    { fuzz(f, JKS) }
func FuzzJCEKS(f *testing.F)  { fuzz(f, JCEKS) }
func FuzzPKCS12(f *testing.F) { fuzz(f, PKCS12) }
func FuzzPKCS7(f *testing.F)  { fuzz(f, PKCS7) }
