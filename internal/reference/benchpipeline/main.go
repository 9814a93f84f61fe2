// Command benchpipeline times kcfg against openssl and keytool on the same PEM files, whole processes on both sides, and
// prints tables in Markdown: one for a directory on disk, one for a directory in memory, where there is one. The commands run
// in turn, so that what else the machine does meets all of them; a ratio is the median of those of each turn. Run it in the
// module's directory, on a quiet machine:
//
//	go run ./internal/reference/benchpipeline
//	go run ./internal/reference/benchpipeline -keytool "$JAVA_HOME/bin/keytool"
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kcfg/kcfg/tlsstore"
)

const (
	lineage  = "testdata/live/kafka1.example.com"
	password = "change-me-2026"
)

func main() {
	log.SetFlags(0)
	runs := flag.Int("n", 15, "runs of each command; the median counts")
	keytool := flag.String("keytool", "keytool", "the keytool to compare with")
	flag.Parse()
	bin, err := os.MkdirTemp("", "benchpipeline-")
	if err != nil {
		log.Fatal(err)
	}
	err = benchAll(bin, *keytool, *runs)
	os.RemoveAll(bin)
	if err != nil {
		log.Fatal(err)
	}
}

// inMemory is a file system in memory, which leaves out how long a disk takes to sync.
const inMemory = "/dev/shm"

func benchAll(bin, keytool string, runs int) error {
	for name, pkg := range map[string]string{"kcfg": "./cmd/kcfg", "floor": "./internal/reference/benchpipeline/floor"} {
		if err := install(filepath.Join(bin, name), pkg); err != nil {
			return err
		}
	}
	java, err := exec.Command(keytool, "-J-version").CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s: %w", keytool, err)
	}
	version, _, _ := strings.Cut(string(java), "\n")
	fmt.Printf("%s, %s, %d processors, median of %d runs; keytool of %s\n", time.Now().Format(time.DateOnly), cpu(), runtime.NumCPU(), runs, version)
	for _, where := range []string{"", inMemory} {
		if _, err := os.Stat(where); where != "" && err != nil {
			continue
		}
		dir, err := os.MkdirTemp(where, "benchpipeline-")
		if err != nil {
			return err
		}
		err = bench(bin, keytool, dir, runs)
		os.RemoveAll(dir)
		if err != nil {
			return err
		}
	}
	return nil
}

// install builds a program as the README says, and copies it to where it runs, as every installation does: what the linker
// writes itself lies in the system's memory in single pages, and starts a millisecond later.
func install(path, pkg string) error {
	build := exec.Command("go", "build", "-o", path+".built", pkg)
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("go build %s: %w\n%s", pkg, err, out)
	}
	program, err := os.ReadFile(path + ".built")
	if err != nil {
		return err
	}
	return os.WriteFile(path, program, 0o755)
}

// step is one process; the files that it makes are removed before each run.
type step []string

func bench(bin, keytool, dir string, runs int) error {
	in := func(name string) string { return filepath.Join(dir, name) }
	export := step{"openssl", "pkcs12", "-export", "-in", lineage + "/fullchain.pem", "-inkey", lineage + "/privkey.pem", "-out", in("old.p12"),
		"-name", "kafka1", "-passout", "env:PW"}
	convert := step{keytool, "-importkeystore", "-noprompt", "-srckeystore", in("old.p12"), "-srcstoretype", "PKCS12", "-srcstorepass:env", "PW",
		"-destkeystore", in("old.jks"), "-deststoretype", "JKS", "-deststorepass:env", "PW", "-alias", "kafka1"}
	trust := step{keytool, "-importcert", "-noprompt", "-keystore", in("old-trust.jks"), "-storetype", "JKS", "-storepass:env", "PW", "-alias", "kafka1",
		"-file", lineage + "/chain.pem"}
	keystore := func(args ...string) step {
		return append(step{filepath.Join(bin, "kcfg"), "keystore", "--pem", lineage, "--alias", "kafka1", "--password", "env:PW"}, args...)
	}
	list := func(format tlsstore.Format) step {
		return step{keytool, "-list", "-keystore", in(format.String()), "-storepass:env", "PW"}
	}
	inspect := func(format tlsstore.Format) step {
		return step{filepath.Join(bin, "kcfg"), "inspect", in(format.String()), "--password", "env:PW"}
	}
	for _, format := range []tlsstore.Format{tlsstore.JKS, tlsstore.PKCS12} {
		if err := writeAuthorities(in(format.String()), format); err != nil {
			return err
		}
	}
	fmt.Printf("\nin %s:\n\n| what | openssl + keytool | kcfg | ratio |\n|---|---|---|---|\n", filepath.Dir(dir))
	var pipeline, floor time.Duration
	var aboveFloor float64
	for i, c := range []struct {
		what string
		old  []step
		new  step
	}{
		{"key store, JKS", []step{export, convert}, keystore("--out", in("new.jks"))},
		{"key store and trust store, JKS", []step{export, convert, trust}, keystore("--out", in("new.jks"), "--truststore", in("new-trust.jks"))},
		{"key store, PKCS12 with 10,000 iterations", []step{export, convert}, keystore("--out", in("new.p12"))},
		{fmt.Sprintf("list %d authorities, JKS", authorities), []step{list(tlsstore.JKS)}, inspect(tlsstore.JKS)},
		{fmt.Sprintf("list %d authorities, PKCS12", authorities), []step{list(tlsstore.PKCS12)}, inspect(tlsstore.PKCS12)},
	} {
		times, err := inTurn(dir, runs, c.old, []step{c.new}, []step{{filepath.Join(bin, "floor")}})
		if err != nil {
			return err
		}
		fmt.Printf("| %s | %s | %s | %.0f × |\n", c.what, ms(median(times[0])), ms(median(times[1])), median(ratios(times[0], times[1])))
		if i == 0 {
			pipeline, floor, aboveFloor = median(times[0]), median(times[2]), median(ratios(times[1], times[2]))
		}
	}
	for _, what := range []string{"in memory", "written and synced"} {
		took, err := fleet(dir, what)
		if err != nil {
			return err
		}
		fmt.Printf("| 1,000 brokers' JKS key stores, %s | 1,000 × %s | %s | %.0f × |\n", what, ms(pipeline), ms(took), 1000*float64(pipeline)/float64(took))
	}
	fmt.Printf("\nA Go program that links cobra and crypto/x509 and ends takes %s; the first line is %.1f times that.\n", ms(floor), aboveFloor)
	return nil
}

// fleet runs the benchmark of that name and returns the time of one round.
func fleet(dir, what string) (time.Duration, error) {
	cmd := exec.Command("go", "test", "-run", "^$", "-bench", "BenchmarkFleet/"+strings.ReplaceAll(what, " ", "_")+"$", "-benchtime", "5x", "./cmd/kcfg")
	cmd.Env = append(os.Environ(), "TMPDIR="+dir)
	out, err := cmd.CombinedOutput()
	if err != nil {
		return 0, fmt.Errorf("%w\n%s", err, out)
	}
	for line := range strings.Lines(string(out)) {
		if f := strings.Fields(line); len(f) >= 4 && strings.HasPrefix(f[0], "BenchmarkFleet/") && f[3] == "ns/op" {
			ns, err := strconv.ParseFloat(f[2], 64)
			return time.Duration(ns), err
		}
	}
	return 0, fmt.Errorf("no result of the benchmark in:\n%s", out)
}

// inTurn runs the commands, each of one or more steps, one after the other, several times, and returns their times.
func inTurn(dir string, runs int, commands ...[]step) ([][]time.Duration, error) {
	times := make([][]time.Duration, len(commands))
	for range runs {
		for i, steps := range commands {
			took, err := once(dir, steps)
			if err != nil {
				return nil, err
			}
			times[i] = append(times[i], took)
		}
	}
	return times, nil
}

func once(dir string, steps []step) (time.Duration, error) {
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
		if err := cmd.Run(); err != nil { // its output goes nowhere: reading it would be part of the time
			return 0, fmt.Errorf("%s: %w", strings.Join(s, " "), err)
		}
	}
	return time.Since(start), nil
}

func ratios(a, b []time.Duration) []float64 {
	out := make([]float64, len(a))
	for i := range a {
		out[i] = float64(a[i]) / float64(b[i])
	}
	return out
}

func median[T int64 | float64 | time.Duration](all []T) T {
	sorted := slices.Sorted(slices.Values(all))
	return sorted[len(sorted)/2]
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
