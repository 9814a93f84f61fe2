package properties

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/magiconair/properties"
	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/internal/reference"
)

// stock has the shape of the server.properties that comes with Kafka.
func stock(b *testing.B) []byte {
	src, err := os.ReadFile(filepath.Join("testdata", "server.properties"))
	require.NoError(b, err)
	b.SetBytes(int64(len(src)))
	b.ReportAllocs()
	return src
}

func BenchmarkParseStock(b *testing.B) {
	src := stock(b)
	for b.Loop() {
		if _, err := Parse("server.properties", src); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkMagiconairStock(b *testing.B) {
	src := stock(b)
	l := properties.Loader{Encoding: properties.ISO_8859_1, DisableExpansion: true}
	for b.Loop() {
		if _, err := l.LoadBytes(src); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkJavaStock reports what java.util.Properties needs on a warm JVM.
func BenchmarkJavaStock(b *testing.B) {
	reference.Require(b)
	src := stock(b)
	jdk := reference.Java17(b)
	classes := reference.Compile(b, jdk, "", filepath.Join("testdata", "Warm.java"))
	for b.Loop() {
		cmd := exec.Command(jdk.Bin("java"), "-Xmx512m", "-cp", classes, "Warm")
		cmd.Stdin = strings.NewReader(string(src))
		out, err := cmd.Output()
		require.NoError(b, err)
		ns, err := strconv.ParseFloat(strings.TrimSpace(string(out)), 64)
		require.NoError(b, err)
		b.ReportMetric(ns, "java-ns/file")
	}
}

func BenchmarkParseLines(b *testing.B) {
	for _, lines := range []int{1_000, 10_000, 100_000} {
		for name, eol := range map[string]string{"LF": "\n", "CR": "\r", "folded": ",\\\n  "} {
			var s strings.Builder
			for i := range lines {
				fmt.Fprintf(&s, "some.key.number.%d=the value of %d%s", i, i, eol)
			}
			src := []byte(s.String())
			b.Run(fmt.Sprintf("%s/%d", name, lines), func(b *testing.B) {
				b.SetBytes(int64(len(src)))
				b.ReportAllocs()
				for b.Loop() {
					if _, err := Parse("f", src); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(lines), "ns/line")
			})
		}
	}
}

func BenchmarkSet(b *testing.B) {
	src := stock(b)
	f, err := Parse("server.properties", src)
	require.NoError(b, err)
	for i := 0; b.Loop(); i++ {
		f.Set("num.partitions", strconv.Itoa(i))
	}
}

// BenchmarkEveryElement asks for the place and the excerpt of each element of long lists.
func BenchmarkEveryElement(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 100_000} {
		for name, comma := range map[string]string{"line": ",", "folded": ",\\\n  ", "latin": ",\xe4", "UTF-8": ",ä"} {
			var s strings.Builder
			s.WriteString("k=")
			for i := range n {
				fmt.Fprintf(&s, "element%07d%s", i, comma)
			}
			src := []byte(s.String())
			b.Run(fmt.Sprintf("%s/%d", name, n), func(b *testing.B) {
				for b.Loop() {
					f, err := Parse("f", src)
					require.NoError(b, err)
					e, _ := f.Lookup("k")
					at := 0
					for range n {
						if _, ok := f.Excerpt(e.ValueRange(at, at+14), nil); !ok {
							b.Fatal("no excerpt")
						}
						at += len(e.Value) / n
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/element")
			})
		}
	}
}
