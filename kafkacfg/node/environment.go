package node

import (
	"fmt"
	"io/fs"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/kcfg/kcfg/finding"
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
		if _, err := fs.Stat(j.o.Root, j.path(name)); err == nil && !j.may(name, reading) {
			j.report("kafka-file-unreadable", pos, key, fmt.Sprintf("%s cannot be read by %s", clip(name), j.o.User)).
				Help = "chown " + j.o.User + " " + name + ", or give its group the right to read"
		}
	}
	if j.machines(j.o.File) && !j.may(j.file.Name(), reading) {
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
	a, known := inode(file)
	b, alsoKnown := inode(there)
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

// network looks at addresses and ports as far as proc tells.
func (j *judge) network() {
	inUse := j.portsInUse()
	local := j.localAddresses()
	for _, ch := range j.channels() {
		if ch.dials {
			continue
		}
		for _, l := range j.c.Listeners() {
			if l.Name != ch.name {
				continue
			}
			a, err := netip.ParseAddr(l.Host)
			if err == nil && len(local) > 0 && !a.IsUnspecified() && !a.IsLoopback() && !slices.Contains(local, a.Unmap()) {
				j.report("kafka-address-not-local", ch.pos, "listeners", fmt.Sprintf("%s binds %s, which is no address of this machine", l.Name, l.Host)).
					Help = "bind an address of the machine, or none, and tell clients the other one with advertised.listeners"
			}
			const privileged = 1024
			if l.Port > 0 && l.Port < privileged && j.account != nil && j.account.uid != 0 {
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

// portsInUse reads the listening sockets that the kernel tells.
func (j *judge) portsInUse() []int {
	var ports []int
	for _, name := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		data, _, err := j.read(name)
		if err != nil {
			continue
		}
		for line := range strings.Lines(string(data)) {
			const listening = "0A"
			fields := strings.Fields(line)
			if len(fields) < 4 || fields[3] != listening {
				continue
			}
			if _, hex, ok := strings.Cut(fields[1], ":"); ok {
				if port, err := strconv.ParseUint(hex, 16, 16); err == nil {
					ports = append(ports, int(port))
				}
			}
		}
	}
	return ports
}

// localAddresses reads the machine's addresses; none means: not known.
func (j *judge) localAddresses() []netip.Addr {
	var out []netip.Addr
	if data, _, err := j.read("/proc/net/fib_trie"); err == nil {
		last := ""
		for line := range strings.Lines(string(data)) {
			if fields := strings.Fields(line); len(fields) > 1 && fields[0] == "|--" {
				last = fields[1]
			} else if strings.Contains(line, "host LOCAL") {
				if a, err := netip.ParseAddr(last); err == nil {
					out = append(out, a)
				}
			}
		}
	}
	if len(out) == 0 {
		return nil
	}
	if data, _, err := j.read("/proc/net/if_inet6"); err == nil {
		for line := range strings.Lines(string(data)) {
			if hex, _, ok := strings.Cut(line, " "); ok && len(hex) == 32 {
				var groups []string
				for i := 0; i < len(hex); i += 4 {
					groups = append(groups, hex[i:i+4])
				}
				if a, err := netip.ParseAddr(strings.Join(groups, ":")); err == nil {
					out = append(out, a)
				}
			}
		}
	}
	return out
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
