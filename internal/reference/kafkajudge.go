package reference

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// KafkaCase is a configuration for the real Kafka to judge.
type KafkaCase struct {
	Kind string // broker, topic, producer, consumer, admin, ...; with "+start" also what the client's constructor says
	File string // a properties file, as bytes
}

// KafkaVerdict is what the real Kafka said: "A", or the stage that refuses (P load, R config, L log, S start) and the
// exception, such as "R:ConfigException".
type KafkaVerdict struct {
	Code    string
	Message string
}

// Stage returns "A", "P", "R", "L" or "S".
func (v KafkaVerdict) Stage() string {
	stage, _, _ := strings.Cut(v.Code, ":")
	return stage
}

// KafkaJudge is one virtual machine with the classes of one release of Kafka.
type KafkaJudge struct {
	t   testing.TB
	cmd *exec.Cmd
	in  *bufio.Writer
	out *bufio.Reader
}

// These switch off the logging of both back ends that some release has on its class path.
const (
	quietLog4j  = "log4j.rootLogger=OFF\n"
	quietLog4j2 = "rootLogger.level=OFF\n"
)

// NewKafkaJudge starts the virtual machine for a release, such as "3.9.1". The test's end stops it.
func NewKafkaJudge(t testing.TB, release, classpath string) *KafkaJudge {
	t.Helper()
	jdk := Java17(t)
	classes := Compile(t, jdk, "", filepath.Join(sourceDir(), "java", "KafkaJudge.java"))
	dir := t.TempDir()
	log4j, log4j2 := filepath.Join(dir, "log4j.properties"), filepath.Join(dir, "log4j2.properties")
	for path, text := range map[string]string{log4j: quietLog4j, log4j2: quietLog4j2} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(jdk.Bin("java"), "-Xmx1g", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Dlog4j.configuration=file:"+log4j,
		"-Dlog4j2.configurationFile="+log4j2, "-cp", classes+string(os.PathListSeparator)+classpath, "KafkaJudge")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = in.Close()
		_ = cmd.Wait()
	})
	return &KafkaJudge{t, cmd, bufio.NewWriterSize(in, 1<<16), bufio.NewReaderSize(out, 1<<16)}
}

// Judge asks about many configurations at once and returns the verdicts in their order.
func (j *KafkaJudge) Judge(cases []KafkaCase) []KafkaVerdict {
	j.t.Helper()
	verdicts := make([]KafkaVerdict, len(cases))
	sent := make(chan error, 1)
	go func() { sent <- j.send(cases) }()
	for i := range verdicts {
		code, err := readUTF(j.out)
		if err != nil {
			j.t.Fatalf("the judge ended at case %d: %v", i, err)
		}
		message, err := readUTF(j.out)
		if err != nil {
			j.t.Fatalf("the judge ended at case %d: %v", i, err)
		}
		verdicts[i] = KafkaVerdict{code, message}
	}
	if err := <-sent; err != nil {
		j.t.Fatal(err)
	}
	return verdicts
}

func (j *KafkaJudge) send(cases []KafkaCase) error {
	for _, c := range cases {
		var head []byte
		head = binary.BigEndian.AppendUint16(head, uint16(len(c.Kind)))
		head = append(head, c.Kind...)
		head = binary.BigEndian.AppendUint32(head, uint32(len(c.File)))
		if _, err := j.in.Write(head); err != nil {
			return err
		}
		if _, err := j.in.WriteString(c.File); err != nil {
			return err
		}
	}
	return j.in.Flush()
}

func readUTF(r io.Reader) (string, error) {
	var n [2]byte
	if _, err := io.ReadFull(r, n[:]); err != nil {
		return "", err
	}
	b := make([]byte, binary.BigEndian.Uint16(n[:]))
	if _, err := io.ReadFull(r, b); err != nil {
		return "", fmt.Errorf("a text of %d bytes: %w", len(b), err)
	}
	return string(b), nil
}
