package main

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// TestNamedPipes: nobody waits for the writer of a pipe that has a name in the file system, whoever names it.
func TestNamedPipes(t *testing.T) {
	dir := t.TempDir()
	pipe := filepath.Join(dir, "pipe")
	require.NoError(t, unix.Mkfifo(pipe, 0o600))
	store := filepath.Join(dir, "k.p12")
	out, status := says("keystore", "--pem", lineage(t, "kafka1.example.com"), "--out", store, "--iterations", "1000")
	require.Equal(t, exitOK, status, out)
	config := filepath.Join(dir, "server.properties")
	require.NoError(t, os.WriteFile(config, []byte("broker.id=1\nzookeeper.connect=z:2181\nlisteners=SSL://h:9093\nsecurity.inter.broker.protocol=SSL\n"+
		"ssl.keystore.location="+pipe+"\nssl.keystore.password=x\nssl.truststore.location=/dev/zero\n"), 0o600))
	provider := filepath.Join(dir, "provider.properties")
	require.NoError(t, os.WriteFile(provider, []byte("broker.id=1\nzookeeper.connect=${file:"+pipe+":a}\nsuper.users=${file:/dev/zero:a}\n"+
		"config.providers=file\nconfig.providers.file.class=org.apache.kafka.common.config.provider.FileConfigProvider\n"), 0o600))
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"inspect", pipe}, pipe + ": a named pipe, whose writer may never come"},
		{[]string{"inspect", config}, pipe + " is not a regular file"},
		{[]string{"diff", pipe, store}, "a named pipe"},
		{[]string{"convert", pipe, "--out", filepath.Join(dir, "o.jks")}, "a named pipe"},
		{[]string{"keystore", "--pem", pipe, "--out", filepath.Join(dir, "o.jks")}, "a named pipe"},
		{[]string{"keystore", "--key", pipe, "--cert", pipe, "--out", filepath.Join(dir, "o.jks")}, "a named pipe"},
		{[]string{"truststore", "--pem", pipe, "--out", filepath.Join(dir, "o.jks")}, "a named pipe"},
		{[]string{"store", "merge", store, pipe}, "a named pipe"},
		{[]string{"store", "remove", pipe, "a"}, "not a regular file"},
		{[]string{"validate", pipe, "--kafka", "3.9.1"}, "a named pipe"},
		{[]string{"validate", "--files-from", pipe, "--kafka", "3.9.1"}, "a named pipe"},
		{[]string{"validate", config, "--kafka", "3.9.1", "--root", "/"}, "regular file"},
		{[]string{"validate", provider, "--kafka", "3.9.1", "--root", "/"}, "takes a value from /dev/zero, which cannot be read"},
		{[]string{"get", pipe, "a"}, "a named pipe"},
	} {
		done := make(chan string, 1)
		go func() {
			out, _ := says(c.args...)
			done <- out
		}()
		select {
		case out := <-done:
			require.Contains(t, out, c.want, c.args)
		case <-time.After(20 * time.Second):
			t.Fatalf("kcfg %v waits", c.args)
		}
	}
}

// TestPipesOfAShell: what <(command) stands for is read.
func TestPipesOfAShell(t *testing.T) {
	r, w, err := os.Pipe()
	require.NoError(t, err)
	defer r.Close()
	go func() {
		defer w.Close()
		for _, name := range []string{"privkey.pem", "fullchain.pem"} {
			data, err := os.ReadFile(filepath.Join(lineage(t, "kafka1.example.com"), name))
			if err == nil {
				_, err = w.Write(data)
			}
			if err != nil {
				t.Error(err)
			}
		}
	}()
	store := filepath.Join(t.TempDir(), "k.jks")
	out, status := says("keystore", "--pem", fmt.Sprintf("/dev/fd/%d", r.Fd()), "--out", store)
	require.Equal(t, exitOK, status, out)
	out, status = says("inspect", store)
	require.Equal(t, exitOK, status, out)
	require.Contains(t, out, "kafka1.example.com")
}
