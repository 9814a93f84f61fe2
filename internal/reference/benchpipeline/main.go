// Command benchpipeline times kcfg against openssl and keytool on the same PEM files, whole processes on both sides, and
// prints a table in Markdown. Run it in the module's directory, on a quiet machine:
//
//	go run ./internal/reference/benchpipeline
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

const (
	lineage  = "testdata/live/kafka1.example.com"
	password = "change-me-2026"
)

func main() {
	log.SetFlags(0)
	runs := flag.Int("n", 15, "runs of each command; the median counts")
	where := flag.String("dir", "", "directory for the stores, such as /dev/shm to leave out how long a disk takes to sync")
	flag.Parse()
	dir, err := os.MkdirTemp(*where, "benchpipeline-")
	if err != nil {
		log.Fatal(err)
	}
	err = bench(dir, *runs)
	os.RemoveAll(dir)
	if err != nil {
		log.Fatal(err)
	}
}

// step is one process; the files that it makes are removed before each run.
type step []string

func bench(dir string, runs int) error {
	in := func(name string) string { return filepath.Join(dir, name) }
	for name, pkg := range map[string]string{"kcfg": "./cmd/kcfg", "floor": "./internal/reference/benchpipeline/floor"} {
		if out, err := exec.Command("go", "build", "-o", in(name), pkg).CombinedOutput(); err != nil {
			return fmt.Errorf("go build %s: %w\n%s", pkg, err, out)
		}
	}
	export := step{"openssl", "pkcs12", "-export", "-in", lineage + "/fullchain.pem", "-inkey", lineage + "/privkey.pem", "-out", in("old.p12"),
		"-name", "kafka1", "-passout", "env:PW"}
	convert := step{"keytool", "-importkeystore", "-noprompt", "-srckeystore", in("old.p12"), "-srcstoretype", "PKCS12", "-srcstorepass:env", "PW",
		"-destkeystore", in("old.jks"), "-deststoretype", "JKS", "-deststorepass:env", "PW", "-alias", "kafka1"}
	trust := step{"keytool", "-importcert", "-noprompt", "-keystore", in("old-trust.jks"), "-storetype", "JKS", "-storepass:env", "PW", "-alias", "kafka1",
		"-file", lineage + "/chain.pem"}
	keystore := func(args ...string) step {
		return append(step{in("kcfg"), "keystore", "--pem", lineage, "--alias", "kafka1", "--password", "env:PW"}, args...)
	}
	floor, err := median(dir, runs, step{in("floor")})
	if err != nil {
		return err
	}
	fmt.Printf("%s, %s, median of %d runs\n\n| what | openssl + keytool | kcfg | ratio |\n|---|---|---|---|\n", time.Now().Format(time.DateOnly), cpu(), runs)
	var jks time.Duration
	for _, c := range []struct {
		what     string
		old, new []step
	}{
		{"key store, JKS", []step{export, convert}, []step{keystore("--out", in("new.jks"))}},
		{"key store and trust store, JKS", []step{export, convert, trust}, []step{keystore("--out", in("new.jks"), "--truststore", in("new-trust.jks"))}},
		{"key store, PKCS12 with 10,000 iterations", []step{export, convert}, []step{keystore("--out", in("new.p12"))}},
	} {
		old, err := median(dir, runs, c.old...)
		if err != nil {
			return err
		}
		now, err := median(dir, runs, c.new...)
		if err != nil {
			return err
		}
		if jks == 0 {
			jks = now
		}
		fmt.Printf("| %s | %s | %s | %.0f × |\n", c.what, ms(old), ms(now), float64(old)/float64(now))
	}
	fmt.Printf("\nA Go program that links cobra and crypto/x509 and ends takes %s here; the first line is %.1f times that.\n", ms(floor), float64(jks)/float64(floor))
	return nil
}

// median runs the steps one after the other, several times, and returns the median of the whole.
func median(dir string, runs int, steps ...step) (time.Duration, error) {
	times := make([]time.Duration, 0, runs)
	for range runs {
		for _, pattern := range []string{"old*", "new*"} {
			made, err := filepath.Glob(filepath.Join(dir, pattern))
			if err != nil {
				return 0, err
			}
			for _, path := range made {
				os.Remove(path)
			}
		}
		start := time.Now()
		for _, s := range steps {
			cmd := exec.Command(s[0], s[1:]...)
			cmd.Env = append(os.Environ(), "PW="+password)
			if out, err := cmd.CombinedOutput(); err != nil {
				return 0, fmt.Errorf("%s: %w\n%s", strings.Join(s, " "), err, out)
			}
		}
		times = append(times, time.Since(start))
	}
	slices.Sort(times)
	return times[len(times)/2], nil
}

func ms(d time.Duration) string { return fmt.Sprintf("%.1f ms", float64(d)/float64(time.Millisecond)) }

// cpu names the processor, as far as the system says.
func cpu() string {
	info, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(info)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return "unknown processor"
}
