package main

import (
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/kcfg/kcfg/internal/catalog"
	"github.com/kcfg/kcfg/internal/reference"
	"github.com/kcfg/kcfg/internal/rule"
	"github.com/kcfg/kcfg/kafkacfg"
)

func main() {
	root := flag.String("root", ".", "the root of the module")
	flag.Parse()
	if flag.NArg() == 0 {
		fmt.Fprintln(os.Stderr, "usage: catalogen [-root DIR] RELEASE...|all")
		os.Exit(2)
	}
	os.Setenv("KCFG_REQUIRE_TOOLS", "1")
	if err := generate(shim{}, *root, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "catalogen:", err)
		os.Exit(1)
	}
}

// shim lets a command use package reference, which is made for tests.
type shim struct{ testing.TB }

func (shim) Helper()             {}
func (shim) Logf(string, ...any) {}
func (shim) Skip(...any)         {}
func (s shim) Fatal(args ...any) {
	fmt.Fprintln(os.Stderr, append([]any{"catalogen:"}, args...)...)
	os.Exit(1)
}
func (s shim) TempDir() string              { dir, _ := os.MkdirTemp("", "catalogen"); return dir }
func (s shim) Fatalf(f string, args ...any) { s.Fatal(fmt.Sprintf(f, args...)) }

// generate writes the catalogue anew with these releases, or with all that it has.
func generate(t testing.TB, root string, releases []string) error {
	all, err := load(root)
	if err != nil {
		return err
	}
	if slices.Equal(releases, []string{"all"}) {
		releases = all.releases(kafkacfg.Broker)
	}
	reference.PrepareKafkaTools(t, releases...)
	for _, r := range releases {
		keys, err := dumpRelease(t, filepath.Join(root, "internal/reference/catalogen"), r)
		if err != nil {
			return err
		}
		if err := all.set(r, keys); err != nil {
			return err
		}
		fmt.Println(r, counts(keys))
	}
	return all.write(root)
}

func counts(keys keysOf) string {
	var parts []string
	for _, k := range kafkacfg.Kinds() {
		if n := len(keys[k]); n > 0 {
			parts = append(parts, fmt.Sprintf("%s %d", k, n))
		}
	}
	return strings.Join(parts, ", ")
}

// catalogue is everything that the catalogue's files hold.
type catalogue map[kafkacfg.Kind]map[string][]catalog.Record

func fileOf(root string, k kafkacfg.Kind) string {
	return filepath.Join(root, "kafkacfg/catalog", string(k)+".json")
}

func load(root string) (catalogue, error) {
	all := catalogue{}
	for _, k := range kafkacfg.Kinds() {
		all[k] = map[string][]catalog.Record{}
		data, err := os.ReadFile(fileOf(root, k))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		h := catalog.Open(data)
		for _, r := range h.Releases() {
			all[k][r] = h.Fold(r)
		}
	}
	return all, nil
}

func (c catalogue) releases(k kafkacfg.Kind) []string {
	var names []string
	for r := range c[k] {
		names = append(names, r)
	}
	rule.SortReleases(names)
	return names
}

func (c catalogue) set(release string, keys keysOf) error {
	for k := range keys {
		if c[k] == nil {
			return fmt.Errorf("package kafkacfg knows no kind %s", k)
		}
	}
	for k := range c {
		delete(c[k], release)
		if len(keys[k]) == 0 {
			continue
		}
		records, err := recordsOf(keys[k])
		if err != nil {
			return err
		}
		c[k][release] = records
	}
	return nil
}

func (c catalogue) write(root string) error {
	var sums strings.Builder
	sums.WriteString("release\tkind\tkeys\thash\n")
	for _, k := range kafkacfg.Kinds() {
		var releases []catalog.Release
		for _, r := range c.releases(k) {
			releases = append(releases, catalog.Release{Name: r, Records: c[k][r]})
			fmt.Fprintf(&sums, "%s\t%s\t%d\t%s\n", r, k, len(c[k][r]), hash(c[k][r]))
		}
		if err := os.WriteFile(fileOf(root, k), catalog.Format(releases), 0o644); err != nil {
			return err
		}
	}
	return os.WriteFile(filepath.Join(root, "kafkacfg/testdata/catalogue.tsv"), []byte(sums.String()), 0o644)
}

// hash is over names and definitions, so it changes with every change of a key.
func hash(records []catalog.Record) string {
	h := sha256.New()
	for _, r := range records {
		fmt.Fprintf(h, "%s%s\n", r.Name, r.Body())
	}
	return fmt.Sprintf("%x", h.Sum(nil)[:8])
}
