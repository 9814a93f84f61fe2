// Package golden compares what a test produced with what is stored, as text, whole. It holds the one switch with which
// all golden files are rewritten: UPDATE=1 go test ./...
package golden

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/tools/txtar"
)

// Update reports whether golden files are to be rewritten instead of compared.
func Update() bool { return os.Getenv("UPDATE") == "1" }

// Equal fails the test where got differs from the file at path, and rewrites that file under UPDATE=1.
func Equal(t *testing.T, path string, got []byte) {
	t.Helper()
	if Update() {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (UPDATE=1 go test writes it)", err)
	}
	if !bytes.Equal(want, got) {
		t.Errorf("%s differs (UPDATE=1 go test rewrites it)\n--- want\n%s\n--- got\n%s", path, want, got)
	}
}

// Archive is a txtar file of a test: its inputs, and the outputs that are compared and rewritten.
type Archive struct {
	path string
	txtar.Archive
}

// Open reads the txtar file at path.
func Open(t *testing.T, path string) *Archive {
	t.Helper()
	a, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return &Archive{path: path, Archive: *a}
}

// File returns the content of the file called name, and whether the archive has one.
func (a *Archive) File(name string) ([]byte, bool) {
	for _, f := range a.Files {
		if f.Name == name {
			return f.Data, true
		}
	}
	return nil, false
}

// Equal fails the test where got differs from the archive's file called name; under UPDATE=1 it replaces (or appends)
// that file and rewrites the archive.
func (a *Archive) Equal(t *testing.T, name string, got []byte) {
	t.Helper()
	if len(got) > 0 && got[len(got)-1] != '\n' {
		got = append(bytes.Clone(got), '\n')
	}
	if !Update() {
		want, ok := a.File(name)
		if !ok {
			t.Fatalf("%s has no file %s (UPDATE=1 go test writes it)", a.path, name)
		}
		if !bytes.Equal(want, got) {
			t.Errorf("%s: %s differs (UPDATE=1 go test rewrites it)\n--- want\n%s\n--- got\n%s", a.path, name, want, got)
		}
		return
	}
	a.set(name, got)
	if err := os.WriteFile(a.path, txtar.Format(&a.Archive), 0o644); err != nil {
		t.Fatal(err)
	}
}

func (a *Archive) set(name string, data []byte) {
	for i := range a.Files {
		if a.Files[i].Name == name {
			a.Files[i].Data = data
			return
		}
	}
	a.Files = append(a.Files, txtar.File{Name: name, Data: data})
}
