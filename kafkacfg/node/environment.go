package node

import (
	"fmt"
	"io/fs"
	"net/netip"
	"slices"
	"strings"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/internal/machine"
	"github.com/kcfg/kcfg/kafkacfg"
	"github.com/kcfg/kcfg/properties"
)

// logDir is one of the directories in which a node keeps its data.
type logDir struct {
	path string
	key  string
	pos  finding.Position
	meta *properties.File
	// offline: the process cannot use it.
	offline bool
}

// environment predicts what the process meets on its machine.
func (j *judge) environment() {
	if j.o.Root == nil {
		return
	}
	j.readAccounts()
	dirs := j.dirs()
	for i := range dirs {
		j.directory(&dirs[i])
	}
	j.identity(dirs)
	j.offline(dirs)
	j.files()
	j.network()
	j.plugins()
}

func (j *judge) kraft() bool { return j.c.Value("process.roles").Text != "" }

func (j *judge) hasRole(role string) bool {
	return !j.kraft() || slices.Contains(list(j.c.Value("process.roles").Text), role)
}

// metadataDir is where the metadata log lies: metadata.log.dir, else the first data directory.
func (j *judge) metadataDir(dirs []logDir) string {
	if v := j.c.Value("metadata.log.dir"); v.Text != "" {
		return v.Text
	}
	if len(dirs) > 0 {
		return dirs[0].path
	}
	return ""
}

func (j *judge) dirs() []logDir {
	key := "log.dirs"
	v := j.c.Value(key)
	if v.Origin == kafkacfg.Absent || v.Origin == kafkacfg.FromDefault {
		key = "log.dir"
		v = j.c.Value(key)
	}
	var out []logDir
	for _, p := range list(v.Text) {
		out = append(out, logDir{path: p, key: key, pos: j.part(key, p)})
	}
	if m := j.c.Value("metadata.log.dir"); m.Text != "" && !slices.ContainsFunc(out, func(d logDir) bool { return d.path == m.Text }) {
		out = append(out, logDir{path: m.Text, key: "metadata.log.dir", pos: m.Pos})
	}
	return out
}

// part finds an element of a list in the file.
func (j *judge) part(key, element string) finding.Position {
	e, ok := j.file.Lookup(key)
	if !ok {
		return finding.Position{File: j.file.Name()}
	}
	if i := strings.Index(e.Value, element); i >= 0 {
		return e.ValueRange(i, i+len(element))
	}
	return e.ValuePos()
}

// files checks that the account can read what the configuration names, and the configuration itself.
func (j *judge) files() {
	defer j.worldReadable()
	if j.account == nil {
		return
	}
	seen := map[string]bool{}
	unreadable := func(pos finding.Position, key, name string) {
		if seen[name] || name == "" {
			return
		}
		seen[name] = true
		if _, err := fs.Stat(j.o.Root, j.path(name)); err == nil && !j.may(name, machine.Read) {
			j.report("kafka-file-unreadable", pos, key, fmt.Sprintf("%s cannot be read by %s", clip(name), j.o.User)).
				Help = "chown " + j.o.User + " " + name + ", or give its group the right to read"
		}
	}
	if j.machines(j.o.File) && !j.may(j.file.Name(), machine.Read) {
		j.report("kafka-file-unreadable", finding.Position{File: j.file.Name()}, "", fmt.Sprintf("%s cannot be read by %s", j.file.Name(), j.o.User)).
			Help = "chown " + j.o.User + " " + j.file.Name() + ", or give its group the right to read"
	}
	for _, n := range j.needed {
		unreadable(n.pos, n.key, n.text)
	}
	for e := range j.file.Effective() {
		if strings.HasSuffix(e.Key, "ssl.keystore.location") || strings.HasSuffix(e.Key, "ssl.truststore.location") {
			unreadable(e.ValuePos(), e.Key, strings.TrimSpace(e.Value))
		}
	}
}

// machines reports whether the properties file is the machine's own, and no copy that is judged for it.
func (j *judge) machines(file fs.FileInfo) bool {
	if file == nil {
		return false
	}
	there, err := fs.Stat(j.o.Root, j.path(j.file.Name()))
	if err != nil {
		return false
	}
	a, known := machine.Inode(file)
	b, alsoKnown := machine.Inode(there)
	return known && alsoKnown && a == b && a != 0
}

// worldReadable: a password in a file that every account of the machine can read is nobody's secret.
func (j *judge) worldReadable() {
	const others = 0o004
	if j.o.File == nil || j.o.File.Mode().Perm()&others == 0 {
		return
	}
	for e := range j.file.Effective() {
		if kafkacfg.SecretKey(e.Key) && strings.TrimSpace(e.Value) != "" && !strings.Contains(e.Value, "${") {
			j.report("kafka-secrets-world-readable", e.KeyPos(), e.Key, "the file holds passwords, and every account of the machine can read it").
				Help = "chmod 600 " + j.file.Name() + ", and make it the property of the account that runs Kafka"
			return
		}
	}
}

// readAccounts looks the user up in the machine's own files.
func (j *judge) readAccounts() {
	if j.o.User == "" {
		return
	}
	a, ok := machine.FindAccount(j.o.Root, j.o.User)
	if !ok {
		j.report("kafka-files-not-seen", finding.Position{File: j.file.Name()}, "", "etc/passwd has no user "+clip(j.o.User)+": permissions are not judged")
	}
	j.account = a
}

// may reports whether the account has access to a path. Where that is not known, it may.
func (j *judge) may(name string, want machine.Access) bool {
	return j.account == nil || j.account.May(j.o.Root, j.path(name), want)
}

// network looks at addresses and ports as far as proc tells.
func (j *judge) network() {
	inUse := machine.PortsInUse(j.o.Root)
	local := machine.Addresses(j.o.Root)
	for _, ch := range j.channels() {
		if ch.dials {
			continue
		}
		for _, l := range j.c.Listeners() {
			if l.Name != ch.name {
				continue
			}
			if a, err := netip.ParseAddr(l.Host); err == nil && machine.Foreign(local, a) {
				j.report("kafka-address-not-local", ch.pos, "listeners", fmt.Sprintf("%s binds %s, which is no address of this machine", l.Name, l.Host)).
					Help = "bind an address of the machine, or none, and tell clients the other one with advertised.listeners"
			}
			if l.Port > 0 && l.Port < machine.Privileged && j.account != nil && !j.account.IsRoot() {
				j.report("kafka-port-privileged", ch.pos, "listeners", fmt.Sprintf("%s binds port %d, which %s may not without CAP_NET_BIND_SERVICE", l.Name, l.Port, j.o.User)).
					Help = "use a port from 1024 on"
			}
			if slices.Contains(inUse, l.Port) {
				j.report("kafka-port-in-use", ch.pos, "listeners", fmt.Sprintf("port %d of %s is in use now", l.Port, l.Name)).
					Help = "stop what uses it before the start, if it is not this process itself"
			}
		}
	}
}

// plugins: tiered storage loads its classes from paths of their own.
func (j *judge) plugins() {
	for _, key := range []string{"remote.log.storage.manager.class.path", "remote.log.metadata.manager.class.path"} {
		v := j.c.Value(key)
		if v.Text == "" || j.c.Value("remote.log.storage.system.enable").Text != "true" {
			continue
		}
		for _, p := range strings.Split(v.Text, ":") {
			dir := strings.TrimSuffix(p, "*")
			if dir == "" {
				continue
			}
			if _, err := fs.Stat(j.o.Root, j.path(dir)); err != nil {
				j.report("kafka-plugin-path-missing", v.Pos, key, fmt.Sprintf("%s names %s: %v", key, clip(p), plain(err))).Help = "install the plug-in there"
			}
		}
	}
}
