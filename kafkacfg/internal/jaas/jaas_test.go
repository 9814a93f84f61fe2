package jaas

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/internal/reference"
)

// values are texts of sasl.jaas.config and what becomes of them; the reference test gives them to Kafka as well.
var values = []struct{ name, text, want string }{
	{"plain", `a.B required username="a" password="b";`, "a.B required username=a password=b"},
	{"flag in capitals", `a.B REQUIRED;`, "a.B required"},
	{"no semicolon", `a.B required username="a"`, "error: does not end with a semicolon"},
	{"no flag", `a.B username="a";`, "error: has no control flag behind the login module; write required"},
	{"unknown flag", `a.B needed;`, "error: has no control flag behind the login module; write required"},
	{"special character without quotes", `a.B required password=p@ss;`, "error: has a character in the bare value of the option password that only double quotes can hold"},
	{"number without quotes", `a.B required password=1234;`, "error: has no usable value for the option password: put it in double quotes"},
	{"word that begins with a digit", `a.B required password=1a;`, "error: has no usable value for the option password: put it in double quotes"},
	{"word with digits", `a.B required password=a1.2-3_4$5;`, "a.B required password=a1.2-3_4$5"},
	{"empty value", `a.B required password=;`, "error: has no usable value for the option password: put it in double quotes"},
	{"empty quotes", `a.B required password="";`, "a.B required password="},
	{"single quotes", `a.B required password='x y';`, "a.B required password=x y"},
	{"escapes", `a.B required password="a\"b\\c\101\t";`, "a.B required password=a\"b\\cA\t"},
	{"octal of three digits", `a.B required password="\3777\4777";`, "a.B required password=ÿ7'77"},
	{"quote ends with the line", "a.B required password=\"ab\n;", "a.B required password=ab"},
	{"quote without end", `a.B required password="ab;`, "error: does not end with a semicolon"},
	{"comment in lines", "a.B required // x\n a=b /* y */ ;", "a.B required a=b"},
	{"lone slash begins a comment", "a.B required a=b/c;\n;", "a.B required a=b"},
	{"two modules", `a.B required; c.D optional;`, "a.B required; c.D optional"},
	{"empty", "", "error: names no login module"},
	{"semicolon only", ";", "error: has no control flag behind the login module; write required"},
	{"class in quotes", `"a.B" required;`, "a.B required"},
	{"option in quotes", `a.B required "user name"=x;`, "a.B required user name=x"},
	{"last of two", `a.B required a=b a=c;`, "a.B required a=b a=c"},
	{"Latin-1 word", "a.B required a=\u00fcber;", "a.B required a=\u00fcber"},
	{"C1 character", "a.B required a=\u0085;", "error: has no usable value for the option at this place: put it in double quotes"},
	{"minus alone", `a.B required a=-;`, "error: has no usable value for the option at this place: put it in double quotes"},
	{"point", `a.B required a=.;`, "error: has no usable value for the option at this place: put it in double quotes"},
	{"no class", `= required;`, "error: has no login module class"},
	{"unclosed comment", `a.B required; /* `, "a.B required"},
}

func render(modules []Module, err error) string {
	if err != nil {
		return "error: " + err.Error()
	}
	var parts []string
	for _, m := range modules {
		s := m.Class + " " + m.Flag
		for _, o := range m.Options {
			s += " " + o.Name + "=" + o.Value
		}
		parts = append(parts, s)
	}
	return strings.Join(parts, "; ")
}

func TestParse(t *testing.T) {
	for _, c := range values {
		require.Equal(t, c.want, render(Parse(c.text)), c.name)
	}
}

func TestOptionTellsWhereItsValueStands(t *testing.T) {
	const text = `a.B required password="s3cret" x=y;`
	modules, err := Parse(text)
	require.NoError(t, err)
	o := modules[0].Options[0]
	require.Equal(t, `"s3cret"`, text[o.Start:o.End])
	v, ok := modules[0].Option("x")
	require.True(t, ok)
	require.Equal(t, "y", v)
}

func TestErrorsNeverShowValues(t *testing.T) {
	for _, text := range []string{
		`a.B required password=p@ma5ker;`, `a.B required password=x!ma5ker y;`, `a.B required password=ma5ker`, `a.B required "ma5ker" x;`,
		`a.B required password=1ma5ker =;`,
	} {
		_, err := Parse(text)
		require.Error(t, err)
		require.NotContains(t, err.Error(), "ma5ker")
	}
}

var files = []struct{ name, text, want string }{
	{"one", "KafkaServer {\n a.B required\n username=\"x\"\n password=\"y\";\n};\n", "KafkaServer{a.B required username=x password=y}"},
	{"listener's own", "sasl_ssl.KafkaServer { a.B required; };", "sasl_ssl.KafkaServer{a.B required}"},
	{"two modules", "C { a.B required; c.D optional; };", "C{a.B required; c.D optional}"},
	{"no module", "C { };", "C{}"},
	{"star", "C { a.B required principal=*; };", "C{a.B required principal=*}"},
	{"single quotes", "C { a.B required x='y'; };", "error: has no usable value for the option at this place: put it in double quotes"},
	{"double quotes everywhere", `"C" { "a.B" "required" "x y"="z"; };`, "C{a.B required x y=z}"},
	{"class in single quotes", "C { 'a.B' required; };", "error: expects the class of a login module, or }"},
	{"flag in single quotes", "C { a.B 'required'; };", "error: has no control flag behind the login module; write required"},
	{"option in single quotes", "C { a.B required 'x'=y; };", "error: expects an option or ; in a login module"},
	{"no semicolon at the end", "C { a.B required; }", "error: expects ; behind the entry C"},
	{"no semicolon behind the module", "C { a.B required };", "error: expects an option or ; in a login module"},
	{"twice", "C { a.B required; }; C { a.B required; };", "error: has the entry C twice"},
	{"comment", "// x\nC { /* y */ a.B required; };", "C{a.B required}"},
	{"at sign", "C { a.B required password=a@b; };", "error: expects an option or ; in a login module"},
	{"empty", "", ""},
	{"no brace", "C a.B required;", "error: expects { behind the entry name C"},
	{"bare number", "C { a.B required x=1; };", "error: has no usable value for the option at this place: put it in double quotes"},
}

func renderFile(text string) string {
	entries, err := ParseFile(text)
	if err != nil {
		return "error: " + err.Error()
	}
	var out []string
	for name, modules := range entries {
		out = append(out, name+"{"+render(modules, nil)+"}")
	}
	return strings.Join(out, " ")
}

func TestParseFile(t *testing.T) {
	for _, c := range files {
		require.Equal(t, c.want, renderFile(c.text), c.name)
	}
}

func FuzzParse(f *testing.F) {
	for _, c := range values {
		f.Add(c.text)
	}
	for _, c := range files {
		f.Add(c.text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		modules, err := Parse(text)
		if err == nil && len(modules) == 0 {
			t.Error("no module and no error")
		}
		for _, m := range modules {
			for _, o := range m.Options {
				if o.Start < 0 || o.End > len(text) || o.Start >= o.End {
					t.Errorf("value at %d to %d of %d bytes", o.Start, o.End, len(text))
				}
			}
		}
		ParseFile(text)
	})
}

// TestKafkaAndJavaAgree gives every case to the classes that decide: Kafka's reader of sasl.jaas.config and Java's of
// login files.
func TestKafkaAndJavaAgree(t *testing.T) {
	reference.Require(t)
	jdk := reference.Java17(t)
	for _, release := range []string{"2.5.0", "4.3.0"} {
		classpath := reference.Classpath(t, "org.apache.kafka:kafka-clients:"+release)
		classes := reference.Compile(t, jdk, classpath, filepath.Join("testdata", "Jaas.java"))
		var in bytes.Buffer
		var want []string
		for _, c := range values {
			fmt.Fprintf(&in, "value %s\n", hex.EncodeToString([]byte(c.text)))
			want = append(want, verdict(c.want))
		}
		for _, c := range files {
			fmt.Fprintf(&in, "file %s\n", hex.EncodeToString([]byte(c.text)))
			want = append(want, verdict(c.want))
		}
		cmd := exec.Command(jdk.Bin("java"), "-cp", classes+string(os.PathListSeparator)+classpath, "Jaas")
		cmd.Stdin = &in
		cmd.Stderr = os.Stderr
		out, err := cmd.Output()
		require.NoError(t, err)
		got := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
		require.Len(t, got, len(want))
		for i := range want {
			name := ""
			if i < len(values) {
				name = values[i].name
			} else {
				name = "file: " + files[i-len(values)].name
			}
			word, _, _ := strings.Cut(got[i], " ")
			require.Equal(t, want[i], word, "%s on %s", name, release)
		}
	}
}

func verdict(want string) string {
	if strings.HasPrefix(want, "error: ") {
		return "error"
	}
	return "ok"
}
