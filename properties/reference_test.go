package properties

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/internal/reference"
)

// javaLoads lets java.util.Properties load every file in one JVM. A nil result is a file that Java refuses.
func javaLoads(t *testing.T, jdk reference.JDK, files []string) [][]pair {
	t.Helper()
	classes := reference.Compile(t, jdk, "", filepath.Join("testdata", "Load.java"))
	var in bytes.Buffer
	for _, f := range files {
		in.Write(binary.BigEndian.AppendUint32(nil, uint32(len(f))))
		in.WriteString(f)
	}
	in.Write(binary.BigEndian.AppendUint32(nil, 1<<32-1))
	cmd := exec.Command(jdk.Bin("java"), "-Xmx512m", "-XX:+UseSerialGC", "-cp", classes, "Load")
	cmd.Stdin = &in
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	require.NoError(t, err, stderr.String())
	r := bufio.NewReader(bytes.NewReader(out))
	results := make([][]pair, len(files))
	for i := range files {
		var n int32
		require.NoError(t, binary.Read(r, binary.BigEndian, &n))
		if n < 0 {
			continue
		}
		results[i] = make([]pair, n)
		for j := range results[i] {
			results[i][j] = pair{readUnits(t, r), readUnits(t, r)}
		}
	}
	_, err = r.ReadByte()
	require.ErrorIs(t, err, io.EOF)
	return results
}

func readUnits(t *testing.T, r io.Reader) string {
	var n int32
	require.NoError(t, binary.Read(r, binary.BigEndian, &n))
	units := make([]uint16, n)
	require.NoError(t, binary.Read(r, binary.BigEndian, units))
	return FromUTF16(units)
}

// pieces are what generated files are made of: every separator, line end and escape, whole and cut off.
var pieces = []string{
	"a", "key", "listeners", "1", "value", ",", "x.y", "=", ":", " ", "\t", "\f", "==", " = ", "\t:\t", "#", "!", "# comment", " !x",
	"\n", "\r", "\r\n", "\n\r", "\n\n", "\\\n", "\\\r", "\\\r\n", "\\\\\n", "\\\\\\\n", "\\\n  ", "\\\n\t#", "\\\n\\\n", "\\",
	`\t`, `\n`, `\r`, `\f`, `\q`, `\\`, `\=`, `\:`, `\ `, `\#`, `\!`, `\"`, `\0`,
	`\u0041`, `\u00e4`, `\uD83D\uDE00`, `\uD83D`, `\uDE00`, `\uDE00\uD83D`, `\u0000`, `\uFEFF`, `\uu0041`, `\u004`, `\u00G1`, `\u`, `\U0041`, `\\u0041`,
	"\\u00\\\n41", "\x00", "\x0b", "\x85", "\xa0", "\xe4", "ä", "\xff", "\xef\xbb\xbf", "😀", "\x1a", "\x7f",
}

func generated(r *rand.Rand) string {
	var b strings.Builder
	for range 1 + r.IntN(24) {
		b.WriteString(pieces[r.IntN(len(pieces))])
	}
	s := b.String()
	if r.IntN(3) == 0 {
		s = s[:r.IntN(len(s)+1)]
	}
	return s
}

// short returns every string of up to n of the bytes.
func short(n int, alphabet string) []string {
	all := []string{""}
	for last := all; n > 0; n-- {
		var next []string
		for _, s := range last {
			for _, c := range []byte(alphabet) {
				next = append(next, s+string(c))
			}
		}
		all, last = append(all, next...), next
	}
	return all
}

func TestJavaReadsTheSame(t *testing.T) {
	reference.Require(t)
	r := rand.New(rand.NewPCG(reference.Seed(t), 0))
	files := append(short(5, "a=\\\n\r #u"), short(4, "a: \t\f!\\\n\xe4")...)
	for range 40_000 {
		files = append(files, generated(r))
	}
	stock := "# The broker\nbroker.id=0\r\nlisteners = PLAINTEXT://:9092,\\\n\t SSL://:9093\rlog.dirs:/a\\ b,\\u0041\n\n! x\nlast \\\n"
	for i := range len(stock) + 1 {
		files = append(files, stock[:i], stock[i:])
	}
	files = append(files, strings.Repeat("k=v\\\n", 3000)+"end", strings.Repeat(" ", 9000)+"a\\"+strings.Repeat("\n", 9000)+"b")
	for _, jdk := range reference.JDKs(t) {
		if jdk.Major < 17 { // older ones read on behind a cut-off \u; Kafka 4 needs 17
			continue
		}
		t.Run(fmt.Sprintf("Java %d", jdk.Major), func(t *testing.T) {
			refused := 0
			for i, want := range javaLoads(t, jdk, files) {
				f := parsed(t, files[i])
				if bad := len(f.Malformed()) > 0; bad != (want == nil) {
					t.Fatalf("%q: malformed is %v, Java refuses: %v", files[i], bad, want == nil)
				}
				if want == nil {
					refused++
					continue
				}
				if got := pairs(f); fmt.Sprintf("%q", got) != fmt.Sprintf("%q", want) {
					t.Fatalf("%q: got %q, Java reads %q", files[i], got, want)
				}
			}
			t.Logf("%d files, of which Java refuses %d", len(files), refused)
		})
	}
}

func TestJavaReadsWhatWasEdited(t *testing.T) {
	reference.Require(t)
	r := rand.New(rand.NewPCG(reference.Seed(t), 1))
	var files []string
	var want [][]pair
	for len(files) < 30_000 {
		f := parsed(t, generated(r))
		for range 1 + r.IntN(4) {
			key, value := generated(r), generated(r)
			if all := pairs(f); len(all) > 0 && r.IntN(4) > 0 {
				key = all[r.IntN(len(all))].k
			}
			if r.IntN(2) == 0 {
				value = wellFormed(value)
			}
			edited(t, f, r.IntN(4), key, value)
		}
		if len(f.Malformed()) == 0 {
			files, want = append(files, string(f.Bytes())), append(want, pairs(f))
		}
	}
	for i, got := range javaLoads(t, reference.Java17(t), files) {
		if fmt.Sprintf("%q", got) != fmt.Sprintf("%q", want[i]) {
			t.Fatalf("%q: Java reads %q, want %q", files[i], got, want[i])
		}
	}
}
