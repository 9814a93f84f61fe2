package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// benchRun runs kcfg in process.
func benchRun(b *testing.B, args ...string) {
	b.Helper()
	status := run(env{
		Args: args, Environ: []string{"KCFG_PASSWORD=" + refPassword}, Stdin: strings.NewReader(""), Stdout: io.Discard, Stderr: os.Stderr,
		Now: func() time.Time { return testNow },
	})
	if status != exitOK {
		b.Fatalf("kcfg %s: status %d", strings.Join(args, " "), status)
	}
}

// BenchmarkKeystore makes a new store each time, synced to disk.
func BenchmarkKeystore(b *testing.B) {
	for _, ext := range []string{"jks", "p12"} {
		b.Run(ext, func(b *testing.B) {
			dir, n := b.TempDir(), 0
			for b.Loop() {
				n++
				benchRun(b, "keystore", "--pem", "../../testdata/live/kafka1.example.com", "--out", filepath.Join(dir, fmt.Sprintf("%d.%s", n, ext)))
			}
		})
	}
}

// BenchmarkInspect reads what is usual, and a trust store as large as a JDK's.
func BenchmarkInspect(b *testing.B) {
	dir := b.TempDir()
	for _, ext := range []string{"jks", "p12"} {
		path := filepath.Join(dir, "k."+ext)
		benchRun(b, "keystore", "--pem", "../../testdata/live/kafka1.example.com", "--out", path)
		b.Run(ext, func(b *testing.B) {
			for b.Loop() {
				benchRun(b, "inspect", path)
			}
		})
	}
}
