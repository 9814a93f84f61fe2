package zkcfg

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/internal/machine"
)

// findAccount looks up who runs the server.
func (c *Config) findAccount() {
	if c.opts.User == "" {
		return
	}
	a, ok := machine.FindAccount(c.opts.Root, c.opts.User)
	if !ok {
		c.unseen("zk-account-unknown", c.absent(), "", fmt.Sprintf("etc/passwd has no user %q: permissions are not judged", c.opts.User))
		return
	}
	c.account = a
}

// may reports whether the account has access to a path of the machine. What is not known, it may.
func (c *Config) may(name string, want machine.Access) bool {
	at, ok := c.opts.rooted(name)
	return !ok || c.account == nil || c.account.May(c.opts.Root, at, want)
}

// exists reports whether something is at a path of the machine.
func (c *Config) exists(name string) bool {
	at, ok := c.opts.rooted(name)
	if !ok || name == "" {
		return false
	}
	_, err := fs.Stat(c.opts.Root, at)
	return err == nil
}

// checkReadable asks for the files that the parser reads.
func (c *Config) checkReadable() {
	need := func(name string, at step, pos finding.Position, key string) {
		if !c.exists(name) || c.may(name, machine.Read) || c.failed(key) && key != "" {
			return
		}
		p := c.refuse("zk-file-unreadable", at, exitInvalid, pos, key, fmt.Sprintf("%s cannot be read by %s", name, c.opts.User))
		p.Help = fmt.Sprintf("chown %s %s, or give its group the right to read", c.opts.User, name)
	}
	need(c.opts.Path, stepLoad, c.absent(), "")
	if s, ok := c.get("dynamicConfigFile"); ok && c.d.verifier {
		need(s.text, stepDynamicFile, s.pos(), s.key)
	}
	if c.opts.MyID == nil && (c.d.verifier || c.Mode == Distributed) {
		need(c.myIDPath(), stepMyID, c.valuePos("dataDir"), "myid")
	}
}

// checkBackup: before it takes part in an ensemble that may change, the server copies its configuration to a file beside it.
func (c *Config) checkBackup() {
	const key = "reconfigEnabled"
	if !c.d.verifier || !c.ReconfigEnabled || c.Mode != Distributed || c.has("dynamicConfigFile") || c.opts.Path == "" {
		return
	}
	if dir := path.Dir(c.opts.Path); c.exists(dir) && !c.may(dir, machine.Fill) {
		p := c.refuse("zk-config-dir-not-writable", stepBackup, exitInvalid, c.valuePos(key), key,
			fmt.Sprintf("%s is true, but %s cannot write in %s, where the server copies and rewrites its configuration", key, c.opts.User, dir))
		p.Help = "give the directory to " + c.opts.User + ", or remove " + key
	}
}

// checkWritable asks for version-2, in which a server keeps all that it writes.
func (c *Config) checkWritable(key, dir string) {
	data, ok := c.opts.rooted(child(javaPath(dir), "version-2"))
	if !ok || c.account == nil || c.failed(key) {
		return
	}
	want, message := data, fmt.Sprintf("%s is %s, in which %s cannot write version-2", key, dir, c.opts.User)
	if _, err := fs.Stat(c.opts.Root, data); errors.Is(err, fs.ErrNotExist) {
		want = machine.ExistingParent(c.opts.Root, data)
		message = fmt.Sprintf("%s is %s, and %s cannot make directories in %s", key, dir, c.opts.User, path.Clean("/"+want))
	}
	if !c.account.May(c.opts.Root, want, machine.Fill) {
		c.refuseDirectory("zk-data-dir-not-writable", key, "%s", message).Help = "create the directory and give it to " + c.opts.User
	}
}

// checkDataReadable: another account may have left logs or snapshots behind, such as root at a start by hand.
func (c *Config) checkDataReadable() {
	if c.account == nil {
		return
	}
	closed := func(dir, name string) bool { return !c.may(child(javaPath(dir), "version-2/"+name), machine.Read) }
	refuse := func(key, dir, name string) {
		p := c.refuseStart("zk-file-unreadable", key, exitUnexpected, "%s cannot be read by %s: another account has run ZooKeeper here", child(javaPath(dir), "version-2/"+name), c.opts.User)
		p.Help = fmt.Sprintf("chown -R %s %s", c.opts.User, dir)
	}
	key := "dataLogDir"
	if !c.has(key) {
		key = "dataDir"
	}
	if log := newest(c.names(c.DataLogDir), "log."); log != "" && closed(c.DataLogDir, log) {
		refuse(key, c.DataLogDir, log)
		return
	}
	snapshot := newest(c.names(c.DataDir), "snapshot.")
	if snapshot == "" || !c.d.verifier { // 3.4 passes over what it cannot read
		return
	}
	for _, name := range c.names(c.DataDir) {
		if zxidIn("snapshot.")(name) && !closed(c.DataDir, name) {
			return // the newest that can be read is taken
		}
	}
	refuse("dataDir", c.DataDir, snapshot)
}

// newest returns the name with the highest transaction number.
func newest(names []string, prefix string) string {
	best, most := "", int64(-1)
	for _, name := range names {
		number, ok := strings.CutPrefix(name, prefix)
		number, _, _ = strings.Cut(number, ".")
		if n, hex := parseLong(number, 16); ok && hex && n > most {
			best, most = name, n
		}
	}
	return best
}
