package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/kcfg/kcfg/cmd/kcfg/internal/atomicfile"
	"github.com/kcfg/kcfg/tlsstore"
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

const fleet = 1000 // brokers

// BenchmarkFleet makes the JKS key stores of a thousand brokers from PEM, in memory alone, and written and synced as one step.
func BenchmarkFleet(b *testing.B) {
	var pem []byte
	for _, name := range []string{"privkey.pem", "fullchain.pem"} {
		data, err := os.ReadFile(filepath.Join("../../testdata/live/kafka1.example.com", name))
		if err != nil {
			b.Fatal(err)
		}
		pem = append(pem, data...)
	}
	b.Run("in memory", func(b *testing.B) {
		for b.Loop() {
			encodeFleet(b, pem)
		}
	})
	b.Run("written and synced", func(b *testing.B) {
		dir, n := b.TempDir(), 0
		for b.Loop() {
			n++
			paths, files := make([]string, fleet), make([]atomicfile.File, fleet)
			for i, data := range encodeFleet(b, pem) {
				paths[i] = filepath.Join(dir, fmt.Sprintf("%d-kafka%d.jks", n, i))
				files[i] = atomicfile.File{Data: data, Secret: true}
			}
			batch, err := atomicfile.Open(false, paths...)
			if err == nil {
				err = batch.Commit(files)
				batch.Close()
			}
			if err != nil {
				b.Fatal(err)
			}
		}
	})
}

// encodeFleet makes the stores with as many workers as there are processors.
func encodeFleet(b *testing.B, pem []byte) [][]byte {
	out := make([][]byte, fleet)
	var next atomic.Int64
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < fleet; i = int(next.Add(1)) - 1 {
				data, err := encodeOne(pem, fmt.Sprintf("kafka%d", i))
				if err != nil {
					b.Error(err)
				}
				out[i] = data
			}
		})
	}
	wg.Wait()
	return out
}

func encodeOne(pem []byte, alias string) ([]byte, error) {
	bundle, err := tlsstore.ParsePEM("combined.pem", pem, tlsstore.PEMOptions{})
	if err != nil {
		return nil, err
	}
	pair, err := tlsstore.KeyEntry(bundle, tlsstore.KeyOptions{Alias: alias, Created: testNow})
	if err != nil {
		return nil, err
	}
	store := &tlsstore.Store{Format: tlsstore.JKS, Entries: []tlsstore.Entry{pair.Entry}}
	return tlsstore.Encode(store, tlsstore.NewPassword([]byte(refPassword)), tlsstore.EncodeOptions{})
}
