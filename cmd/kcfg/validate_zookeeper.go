package main

import (
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/kafkacfg/node"
	"github.com/kcfg/kcfg/properties"
	"github.com/kcfg/kcfg/zkcfg"
)

// judgeZooKeeper says what one release says about one of ZooKeeper's files.
func (v *validation) judgeZooKeeper(f *properties.File, kind, release string, s surroundings) (finding.Report, error) {
	return zkcfg.Validate(f, v.zooKeeperOptions(f, kind, release, s))
}

func (v *validation) zooKeeperOptions(f *properties.File, kind, release string, s surroundings) zkcfg.Options {
	o := zkcfg.Options{
		Release: zkcfg.Release(release), Kind: zkcfg.Kind(kind), Through: v.through, Root: v.root, User: v.user,
		Classes: v.classes, ClassesExact: v.classesExact, Rules: map[string]zkcfg.Level{}, MyID: v.myIDContent, MyIDPath: v.myID,
	}
	for id, level := range s.settings.Rules {
		o.Rules[id] = zkcfg.Level(level)
	}
	for _, id := range v.disable {
		o.Rules[id] = zkcfg.Off
	}
	o.Properties = v.systemProperties()
	if v.root == nil {
		if o.MyID == nil {
			o.MyID, o.MyIDPath = myIDBeside(f.Name())
		}
		return o
	}
	o.Path, o.Dir = v.onMachine(f.Name()), v.onMachine(".")
	if info, err := os.Stat(f.Name()); err == nil { // not so for standard input
		o.Mode = info.Mode()
	}
	return o
}

// warnOfUnused says which flags speak of ZooKeeper where none of the files is its own. That --zookeeper stands beside --kafka is as it
// should be where the same call checks any files.
func (v *validation) warnOfUnused(e *env, all []*judged) {
	for _, j := range all {
		if j.file == nil || productOf(j.kind) == zooKeeper {
			return
		}
	}
	var unused []string
	if *v.releases[zooKeeper] != "" && *v.releases[kafka] == "" {
		unused = append(unused, "--zookeeper")
	}
	if v.myID != "" {
		unused = append(unused, "--myid")
	}
	if len(v.defines) > 0 {
		unused = append(unused, "--define")
	}
	if len(unused) == 0 || len(all) == 0 {
		return
	}
	e.Warn("%s: not used, since no file is ZooKeeper's own", strings.Join(unused, ", "))
	hint := "--kind zookeeper says that one is"
	if unused[0] == "--zookeeper" {
		hint = "--kafka names a release of Kafka; " + hint
	}
	printHint(e.Stderr, hint)
}

// systemProperties are those with which the JVM starts. As for java, a name alone has an empty value.
func (v *validation) systemProperties() map[string]string {
	all := map[string]string{}
	for _, define := range v.defines {
		name, value, _ := strings.Cut(define, "=")
		all[name] = value
	}
	switch v.jaas {
	case "":
	case node.NoJAAS:
		all[loginProperty] = ""
	default:
		all[loginProperty] = v.jaas
	}
	return all
}

const loginProperty = "java.security.auth.login.config"

// compareServers adds to the reports what the files of one ensemble say differently. With --myid the id is that of one server,
// so there is nothing to compare.
func (v *validation) compareServers(all []*judged) {
	if v.myID != "" {
		return
	}
	byRelease := map[string][]*zkcfg.Config{}
	for _, j := range all {
		if j.file == nil || j.kind != string(zkcfg.Static) || len(all) == 1 {
			continue
		}
		for _, release := range j.chosen {
			if c, err := zkcfg.Resolve(j.file, v.zooKeeperOptions(j.file, j.kind, release, j.around)); err == nil {
				byRelease[release] = append(byRelease[release], c)
			}
		}
	}
	for release, configs := range byRelease {
		for _, f := range zkcfg.Compare(configs) {
			i := slices.IndexFunc(all, func(j *judged) bool { return j.path == f.Pos.File })
			if i < 0 || len(v.selected) > 0 && !slices.Contains(v.selected, f.ID) {
				continue
			}
			for k := range all[i].reports {
				if r := &all[i].reports[k]; r.Release == release {
					r.Findings = append(r.Findings, f)
					all[i].file.Suppress(r)
				}
			}
		}
	}
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

// myIDBeside returns the content and the path of a file myid in the directory of the configuration, or nil.
func myIDBeside(config string) (content []byte, path string) {
	path = filepath.Join(filepath.Dir(config), "myid")
	f, err := openNamed(path)
	if err != nil {
		return nil, ""
	}
	defer f.Close()
	const most = 1 << 20 // an id has at most 20 characters, but zeros may stand before it
	b, err := io.ReadAll(io.LimitReader(f, most))
	if err != nil { // a directory, for instance
		return nil, ""
	}
	return b, path
}
