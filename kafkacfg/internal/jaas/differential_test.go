package jaas

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/internal/reference"
)

// question is a text for one of the two readers.
type question struct {
	file bool
	text string
}

// answer writes what kcfg reads as the Java program does.
func (q question) answer() string {
	entries := map[string][]Module{}
	if q.file {
		var err error
		if entries, err = ParseFile(q.text); err != nil {
			return "error"
		}
	} else {
		modules, err := Parse(q.text)
		if err != nil {
			return "error"
		}
		entries["KafkaServer"] = modules
	}
	out := "ok"
	for _, name := range []string{"KafkaServer", "C", "sasl_ssl.KafkaServer"} {
		for _, m := range entries[name] {
			out += " " + hexOf(name) + "/" + hexOf(m.Class) + "/" + m.Flag
			options := map[string]string{}
			for _, o := range m.Options {
				options[o.Name] = o.Value
			}
			for _, k := range slices.Sorted(maps.Keys(options)) {
				out += "/" + hexOf(k) + "=" + hexOf(options[k])
			}
		}
	}
	return out
}

func hexOf(s string) string { return hex.EncodeToString([]byte(s)) }

// words are what texts are made of: what people write, and what the tokenizer treats in its own way.
var words = []string{
	"org.apache.kafka.common.security.plain.PlainLoginModule", "a.B", "a.B$C", `"a.B"`, "'a.B'", "required", "REQUIRED", "Requisite", "sufficient", "optional", "needed",
	"username", "password", "user_a", "user.name", "useKeyTab", "=", "=", "=", ";", ";", ";", "{", "}", "};", "true", "x", "1", "1.5", "-1", "-", ".", "1a", "a1", "p@ss", "p!s", "a/b",
	"a,b", "é", "ü1", "\u0085", "\u20ac", `"s 1"`, `"a\"b"`, `"a\\b"`, `"\101\x"`, `"\4777"`, "'x y'", `"unclosed`, `"`, "'", "//c", "/* c */", "/*", "*", "a*b", "#", "# c",
	"\n", "\r\n", "\t", " ", " ", `\`, "${", "KafkaServer", "C", "sasl_ssl.KafkaServer", "$x", "_", "a_b", "a-b", "a:b", "%", "(", ")", "[", "]", "+", "~", "^", "|", "`", "\x01", "0x1F", "1e5",
}

var validTexts = []question{
	{false, `org.apache.kafka.common.security.plain.PlainLoginModule required username="a" password="b" user_a="b";`},
	{false, `org.apache.kafka.common.security.scram.ScramLoginModule REQUIRED username=a password="x y";`},
	{false, `com.sun.security.auth.module.Krb5LoginModule required useKeyTab=true storeKey=true keyTab="/etc/k.keytab" principal="kafka/h@R";`},
	{false, "a.B required /* c */ x=y // d\n z='q';"},
	{true, "KafkaServer {\n  a.B required\n  username=\"x\"\n  password=\"y\";\n};\nC { c.D optional x=y; };\n"},
	{true, "\"KafkaServer\" { \"a.B\" \"required\" \"x y\"=\"z\" 'q'=w; };"},
	{true, "KafkaServer { a.B required \"x\"=y \"\"=\"\"; };"},
	{true, "sasl_ssl.KafkaServer { a.B required useKeyTab=true keyTab=\"/x y\"; c.D sufficient; };"},
}

func generate(r *rand.Rand) question {
	if r.IntN(3) == 0 {
		q := question{file: r.IntN(2) == 0}
		var b strings.Builder
		if q.file {
			b.WriteString("KafkaServer {")
		}
		b.WriteString("a.B required ")
		for range r.IntN(9) {
			b.WriteString(words[r.IntN(len(words))])
			if r.IntN(4) > 0 {
				b.WriteByte(' ')
			}
		}
		b.WriteString(";")
		if q.file {
			b.WriteString("};")
		}
		q.text = b.String()
		return q
	}
	q := validTexts[r.IntN(len(validTexts))]
	for range 1 + r.IntN(3) {
		at := []rune(q.text)
		i := r.IntN(len(at) + 1)
		end := min(len(at), i+r.IntN(3))
		insert := ""
		if r.IntN(3) > 0 {
			insert = words[r.IntN(len(words))]
		}
		q.text = string(at[:i]) + insert + string(at[end:])
	}
	return q
}

// TestReadersAgreeOnMutants gives made-up texts to the real readers: they take and refuse the same ones, and read the
// same out of them.
func TestReadersAgreeOnMutants(t *testing.T) {
	reference.Require(t)
	r := rand.New(rand.NewPCG(reference.Seed(t), 0))
	questions := make([]question, 6000)
	var in bytes.Buffer
	for i := range questions {
		questions[i] = generate(r)
		for questions[i].file && strings.Contains(questions[i].text, "${") { // Java puts its system properties there
			questions[i] = generate(r)
		}
		kind := "value"
		if questions[i].file {
			kind = "file"
		}
		fmt.Fprintf(&in, "%s %s\n", kind, hexOf(questions[i].text))
	}
	jdk := reference.Java17(t)
	classpath := reference.Classpath(t, "org.apache.kafka:kafka-clients:4.3.0")
	classes := reference.Compile(t, jdk, classpath, filepath.Join("testdata", "Jaas.java"))
	cmd := exec.Command(jdk.Bin("java"), "-cp", classes+string(os.PathListSeparator)+classpath, "Jaas")
	cmd.Stdin, cmd.Stderr = &in, os.Stderr
	out, err := cmd.Output()
	require.NoError(t, err)
	got := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
	require.Len(t, got, len(questions))
	accepted, wrong := 0, 0
	for i, q := range questions {
		if strings.HasPrefix(got[i], "ok") {
			accepted++
		}
		if ours := q.answer(); ours != got[i] && wrong < 20 {
			wrong++
			t.Errorf("file %v, %q:\n ours %s\n Java %s", q.file, q.text, ours, got[i])
		}
	}
	t.Logf("%d texts, %d accepted by Java", len(questions), accepted)
	require.Greater(t, accepted, len(questions)/10)
	require.Greater(t, len(questions)-accepted, len(questions)/10)
}
