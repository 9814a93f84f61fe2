package node

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/internal/machine"
	"github.com/kcfg/kcfg/properties"
)

// directory looks at one data directory: whether it can be used, what is in it, and its meta.properties.
func (j *judge) directory(d *logDir) {
	name := j.path(d.path)
	info, err := fs.Stat(j.o.Root, name)
	if errors.Is(err, fs.ErrNotExist) {
		if parent := "/" + machine.ExistingParent(j.o.Root, name); !j.may(parent, machine.Fill) {
			j.unusable(d, fmt.Sprintf("%s does not exist, and %s cannot make it in %s", d.path, j.o.User, path.Clean(parent)), "make the directory and give it to "+j.o.User)
		}
		return
	}
	give := "chown -R " + j.o.User + " " + d.path
	switch {
	case err != nil:
		j.unusable(d, fmt.Sprintf("%s: %v", d.path, plain(err)), "check the path and who may reach it")
		return
	case !info.IsDir():
		j.unusable(d, d.path+" is not a directory", "name a directory")
		return
	case !j.may(d.path, machine.Fill):
		j.unusable(d, fmt.Sprintf("%s cannot be written by %s", d.path, j.o.User), give)
	}
	entries, err := fs.ReadDir(j.o.Root, name)
	if err != nil {
		return
	}
	for _, e := range entries {
		j.entry(d, e)
	}
	if !d.offline {
		if i := slices.IndexFunc(entries, func(e fs.DirEntry) bool { return !j.mayUse(path.Join(d.path, e.Name()), e) }); i >= 0 {
			j.unusable(d, fmt.Sprintf("%s holds %s, which %s cannot write: another account has run Kafka here", d.path, clip(entries[i].Name()), j.o.User), give)
		}
	}
	j.lock(d)
	if data, _, err := j.read(path.Join(d.path, "meta.properties")); err == nil {
		if f, err := properties.Parse(path.Join(d.path, "meta.properties"), data); err == nil {
			d.meta = f
		}
	}
}

// unusable reports a directory that the process cannot use.
func (j *judge) unusable(d *logDir, message, help string) {
	d.offline = true
	f := j.report("kafka-log-dir-unusable", d.pos, d.key, message)
	f.Help = help
}

// offline tells what becomes of a process with directories that it cannot use: a broker goes on without them, unless they are
// all that it has, or one holds the metadata log.
func (j *judge) offline(dirs []logDir) {
	metadata := path.Clean(j.metadataDir(dirs))
	data := slices.DeleteFunc(slices.Clone(dirs), func(d logDir) bool { return d.key == "metadata.log.dir" })
	if !slices.ContainsFunc(data, func(d logDir) bool { return !d.offline }) ||
		j.kraft() && slices.ContainsFunc(dirs, func(d logDir) bool { return d.offline && path.Clean(d.path) == metadata }) {
		return
	}
	failed := func(f finding.Finding) bool {
		return slices.ContainsFunc(dirs, func(d logDir) bool { return d.offline && d.pos == f.Pos })
	}
	for i := range j.found {
		if id := j.found[i].ID; (id == "kafka-log-dir-unusable" || id == "kafka-meta-properties") && failed(j.found[i]) {
			j.found[i].Stage = ""
			j.found[i].Notes = append(j.found[i].Notes, "the broker starts with the other directories; what is in this one is offline")
		}
	}
}

// mayUse reports whether the account can use what lies in a data directory: Kafka writes all of it.
func (j *judge) mayUse(name string, e fs.DirEntry) bool {
	switch {
	case e.Name() == "lost+found":
		return true // told as what it is
	case e.IsDir():
		return j.may(name, machine.Fill)
	}
	return j.may(name, machine.Write|machine.Read)
}

// lock finds the process that holds the lock of a data directory, as far as proc tells.
func (j *judge) lock(d *logDir) {
	info, err := fs.Stat(j.o.Root, path.Join(j.path(d.path), ".lock"))
	if err != nil {
		return
	}
	number, known := machine.Inode(info)
	data, _, err := j.read("/proc/locks")
	if err != nil || !known {
		return
	}
	for line := range strings.Lines(string(data)) {
		// 1: POSIX  ADVISORY  WRITE 4711 08:01:262147 0 EOF
		f := strings.Fields(line)
		if len(f) < 6 || f[1] != "POSIX" || !strings.HasSuffix(f[5], ":"+strconv.FormatUint(number, 10)) {
			continue
		}
		j.report("kafka-log-dir-locked", d.pos, d.key, fmt.Sprintf("%s is in use by process %s now", d.path, clip(f[4]))).
			Help = "stop it before the start, if it is not this process itself"
		return
	}
}

const metadataPartition = "__cluster_metadata-0"

// entry: LogManager takes every directory inside a data directory for a partition.
func (j *judge) entry(d *logDir, e fs.DirEntry) {
	name := e.Name()
	if !e.IsDir() || name == "remote-log-index-cache" && j.in("3.6..") {
		return
	}
	if name == metadataPartition && j.kraft() {
		if !j.in("3.0..") {
			return
		}
		if where := j.metadataDir(j.dirs()); path.Clean(where) != path.Clean(d.path) {
			j.report("kafka-metadata-partition-misplaced", d.pos, d.key, fmt.Sprintf("%s holds %s, but the metadata log belongs in %s", d.path, name, where)).
				Help = "set metadata.log.dir=" + d.path + ", or move the directory"
		}
		return
	}
	if d.key == "metadata.log.dir" || !j.hasRole("broker") || partitionDir(name) {
		return
	}
	f := j.report("kafka-log-dir-foreign", d.pos, d.key, fmt.Sprintf("%s holds the directory %s, which is no partition: the broker does not start", d.path, clip(name)))
	f.Help = "use a directory of Kafka's own, such as " + path.Join(d.path, "kafka")
}

// partitionDir follows the names that LogManager understands: topic-N, and topic-N.<id>-delete, -future or -stray.
func partitionDir(name string) bool {
	for _, suffix := range []string{"-delete", "-future", "-stray"} {
		if rest, ok := strings.CutSuffix(name, suffix); ok {
			i := strings.LastIndexByte(rest, '.')
			if i < 0 {
				return false
			}
			name = rest[:i]
			break
		}
	}
	i := strings.LastIndexByte(name, '-')
	if i < 1 {
		return false
	}
	_, err := strconv.ParseInt(name[i+1:], 10, 32)
	return err == nil
}
