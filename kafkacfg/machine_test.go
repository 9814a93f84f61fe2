package kafkacfg

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/internal/reference"
)

// Configurations in the tests name files below @DIR@, for config providers. Before the real classes they are written to a
// directory; kcfg reads them from memory.
const (
	dirMark = "@DIR@"
	ourDir  = "/kcfg-mutants"
)

var machineFiles = map[string]string{
	"secrets.properties": "number=3\nzero=0\ntext=abc\nempty=\nspaced=\\ 3\\ \nlist=PLAIN,GSSAPI\nnested=${file:@DIR@/secrets.properties:number}\ndigit=\\u0663\n" +
		"umlaut=\u00fc\na\\:b=5\na.b=7\n\u00e4=8\nroles=broker,controller\nlistener=PLAINTEXT://:9092\nyes=true\ntwice=1\ntwice=2\ncomment=3 # x\nclass=java.lang.String\nlong \\\n =4\nonly\ndollar=$1 \\\\ ${x}\n",
	"malformed.properties": "number=3\nother=\\u12\n",
	"bytes.properties":     "number=3\nother=\xfc\n",
	"mark.properties":      "\ufeffnumber=3\nother=4\n",
	"empty.properties":     "",
	"dir/number":           "3",
	"dir/line":             "3\n",
	"dir/empty":            "",
	"dir/bytes":            "\xfc",
	"dir/sub/number":       "4",
	"dir/a:b":              "5",
	"dir/..data":           "6",
}

// machineEnv is the environment of the process.
var machineEnv = map[string]string{"KCFG_NUMBER": "3", "KCFG_EMPTY": "", "KCFG_TEXT": "abc", "KCFG_NESTED": "${env:KCFG_NUMBER}"}

// machine is what the configurations in the tests name of the machine on which the real classes run.
var machine = func() fs.FS {
	m := fstest.MapFS{"etc": {Mode: fs.ModeDir}}
	for name, content := range machineFiles {
		m[strings.TrimPrefix(ourDir, "/")+"/"+name] = &fstest.MapFile{Data: []byte(strings.ReplaceAll(content, dirMark, ourDir))}
	}
	return m
}()

// env looks a variable of that process up.
func env(name string) (value string, ok bool) {
	value, ok = machineEnv[name]
	return value, ok
}

// realJudge judges on a machine with those files.
type realJudge struct {
	*reference.KafkaJudge
	dir string
}

func newRealJudge(t testing.TB, release, classpath string) realJudge {
	t.Helper()
	dir := t.TempDir()
	for name, content := range machineFiles {
		path := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(strings.ReplaceAll(content, dirMark, dir)), 0o644))
	}
	for name, value := range machineEnv {
		t.Setenv(name, value)
	}
	return realJudge{reference.NewKafkaJudge(t, release, classpath), dir}
}

// Judge asks about configurations in which @DIR@ stands for the directory.
func (j realJudge) Judge(cases []reference.KafkaCase) []reference.KafkaVerdict {
	there := make([]reference.KafkaCase, len(cases))
	for i, c := range cases {
		there[i] = reference.KafkaCase{Kind: c.Kind, File: strings.ReplaceAll(c.File, dirMark, j.dir)}
	}
	return j.KafkaJudge.Judge(there)
}
