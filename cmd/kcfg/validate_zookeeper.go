package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/properties"
	"github.com/kcfg/kcfg/zkcfg"
)

// judgeZooKeeper says what one release says about one of ZooKeeper's files.
func (v *validation) judgeZooKeeper(f *properties.File, kind, release string, s surroundings) (finding.Report, error) {
	o := zkcfg.Options{
		Release: zkcfg.Release(release), Kind: zkcfg.Kind(kind), Through: v.through, Root: v.root,
		Classes: v.classes, ClassesExact: v.classesExact, Rules: map[string]zkcfg.Level{}, MyID: v.myIDContent,
	}
	for id, level := range s.settings.Rules {
		o.Rules[id] = zkcfg.Level(level)
	}
	for _, id := range v.disable {
		o.Rules[id] = zkcfg.Off
	}
	if v.root == nil {
		if o.MyID == nil {
			o.MyID = myIDBeside(f.Name())
		}
		return zkcfg.Validate(f, o)
	}
	o.Path, o.Dir = v.onMachine(f.Name()), v.onMachine(".")
	return zkcfg.Validate(f, o)
}

// onMachine returns the path that a file has on the machine whose files are under --root.
func (v *validation) onMachine(path string) string {
	abs, err := filepath.Abs(path)
	if err != nil {
		return ""
	}
	root, err := filepath.Abs(v.rootDir)
	if err != nil {
		return ""
	}
	rel, err := filepath.Rel(root, abs)
	if err != nil || rel == ".." || strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
		return "" // not one of its files
	}
	return "/" + filepath.ToSlash(rel)
}

// myIDBeside returns the content of a file myid in the directory of the configuration, or nil.
func myIDBeside(config string) []byte {
	f, err := os.Open(filepath.Join(filepath.Dir(config), "myid"))
	if err != nil {
		return nil
	}
	defer f.Close()
	const most = 1 << 20 // an id has at most 20 characters, but zeros may stand before it
	b, err := io.ReadAll(io.LimitReader(f, most))
	if err != nil { // a directory, for instance
		return nil
	}
	return b
}
