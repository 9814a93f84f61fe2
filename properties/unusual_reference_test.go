package properties

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/kcfg/kcfg/internal/reference"
)

// Files of other kinds than those of TestJavaReadsTheSame: any bytes, realistic files with mistakes, and what lies across the
// edges of the buffers in which Java reads.
func TestJavaReadsUnusualFilesTheSame(t *testing.T) {
	reference.Require(t)
	r := rand.New(rand.NewPCG(reference.Seed(t), 2))
	tail := []string{"\\\n x=1\n", "\\\r\n  y", "\\u0041\nq=1", "\r\nz=1", "\n\r", "\\", "\\u00", "\\\\\n", "=\n", "\\\r", "\r", "\n#c\nk=v", " \\\n \\\n =b", "\\uD83D\\uDE00", "!x\n\\\n!y"}
	gens := []func() string{
		func() string { // any bytes
			b := make([]byte, r.IntN(60))
			for i := range b {
				b[i] = byte(r.IntN(256))
			}
			return string(b)
		},
		func() string { // control characters and backslashes
			const a = "\\\\\\u\t\n\r\f\x00\x0b\x1c\x1d\x1e\x1f\x85\xa0 =:#!aA0"
			b := make([]byte, r.IntN(40))
			for i := range b {
				b[i] = a[r.IntN(len(a))]
			}
			return string(b)
		},
		func() string { // unicode escapes of any form
			var b strings.Builder
			for range r.IntN(8) {
				fmt.Fprintf(&b, "%s\\%s%s", []string{"", "\\", "k=", "\n", " "}[r.IntN(5)], []string{"u", "U", "uu", "u+", "u-"}[r.IntN(5)], fmt.Sprintf([]string{"%04x", "%04X", "%03x", "%05x", "%x", "0x%x"}[r.IntN(6)], r.IntN(70000)))
			}
			return b.String()
		},
		func() string { // a realistic file, mutated
			s := []byte("# broker\r\nprocess.roles=broker,controller\r\nlisteners = A://:1,\\\r\n    B://:2,\\\r\n\tC://:3\r\n\r\nsasl.jaas.config=org.x.Plain required \\\r\n  username=\"a\" \\\r\n  password=\"b\\\\c\";\r\n!x\r\nlog.dirs : /a\\ b,/c\\:d\r\nempty\r\n=novalue\r\n")
			for range 1 + r.IntN(6) {
				i := r.IntN(len(s))
				switch r.IntN(4) {
				case 0:
					s[i] = byte(r.IntN(256))
				case 1:
					s = append(s[:i], s[min(len(s), i+1+r.IntN(5)):]...)
				case 2:
					s = append(s[:i:i], append([]byte(pieces[r.IntN(len(pieces))]), s[i:]...)...)
				case 3:
					s = s[:max(1, i)]
				}
				if len(s) == 0 {
					s = []byte("a")
				}
			}
			return string(s)
		},
		func() string { // unusual separators in unusual places
			var b strings.Builder
			for range 1 + r.IntN(12) {
				b.WriteString([]string{"\\ ", "\\=", "\\:", "\\#", "\\!", " ", "=", ":", "\t", "\f", "\\\t", "\\\f", "\\\n", "\\\r\n", "k", "v", "\n", "\\\\"}[r.IntN(18)])
			}
			return b.String()
		},
	}
	big := func() string { // at the edges of Java's buffers: 8192 bytes, 1024 characters
		edge := []int{8192, 16384, 1024, 2048}[r.IntN(4)]
		n := edge - r.IntN(12) + 2
		fill := []string{"a", " ", "\n", "#", "\\\\", "k=v\n", "\xe4", "x\\\n", "\\\n"}[r.IntN(9)]
		s := strings.Repeat(fill, n/len(fill)+1)[:n]
		if r.IntN(2) == 0 {
			s = "k=" + s[2:]
		}
		return s + tail[r.IntN(len(tail))] + tail[r.IntN(len(tail))]
	}
	var files []string
	for i := range 25_000 {
		files = append(files, gens[i%len(gens)]())
	}
	for range 500 {
		files = append(files, big())
	}
	for i, want := range javaLoads(t, reference.Java17(t), files) {
		f := parsed(t, files[i])
		if bad := len(f.Malformed()) > 0; bad != (want == nil) {
			t.Fatalf("%q: malformed is %v, Java refuses: %v", files[i], bad, want == nil)
		}
		if got := pairs(f); want != nil && fmt.Sprintf("%q", got) != fmt.Sprintf("%q", want) {
			t.Fatalf("%q: got %q, Java reads %q", files[i], got, want)
		}
		if i%10 == 0 && len(files[i]) < 500 {
			requireTruePlaces(t, f)
		}
	}
}
