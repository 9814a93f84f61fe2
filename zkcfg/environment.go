package zkcfg

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// environment is what the server asks of its directories before it opens a port: FileTxnSnapLog.
func (c *Config) environment() {
	if c.opts.Root == nil {
		return
	}
	c.findAccount()
	c.checkReadable()
	c.checkBackup()
	if c.DataDir != "" && !c.failed("dataDir") && !c.failed("dataLogDir") {
		c.checkDirectories()
	}
	c.checkAddresses()
	c.checkOwnPorts()
	c.checkOwnHost()
}

func (c *Config) checkDirectories() {
	c.checkDirectory("dataDir", c.DataDir)
	if javaPath(c.DataLogDir) != javaPath(c.DataDir) {
		c.checkDirectory("dataLogDir", c.DataLogDir)
		c.checkContent("dataDir", c.DataDir, "log.", "transaction logs", "they belong into dataLogDir")
		c.checkContent("dataLogDir", c.DataLogDir, "snapshot.", "snapshots", "they belong into dataDir")
	}
	c.checkDataReadable()
	c.checkWatchedStores()
	c.checkSnapshot()
}

// refuseDirectory notes what the server ends with before it serves: status 3, in 3.4 status 1.
func (c *Config) refuseDirectory(id, key, format string, args ...any) *problem {
	exit := exitDataDir
	if !c.d.verifier {
		exit = exitUnexpected
	}
	return c.refuseStart(id, key, exit, format, args...)
}

func (c *Config) checkDirectory(key, dir string) {
	name, ok := c.opts.rooted(javaPath(dir))
	if !ok {
		return
	}
	stat, err := fs.Stat(c.opts.Root, name)
	switch {
	case err == nil && !stat.IsDir():
		c.refuseDirectory("zk-data-dir-no-directory", key, "%s is %s, which is no directory", key, dir).Help = "name a directory"
	case err != nil && isNotDir(c.opts.Root, name):
		c.refuseDirectory("zk-data-dir-no-directory", key, "%s is %s, above which there is a file", key, dir).Help = "name a directory"
	case !c.makesDirectories() && c.missing(name):
		c.refuseDirectory("zk-data-dir-not-created", key, "%s is %s, which does not exist, and datadir.autocreate is %s", key, dir, c.systemProperty("datadir.autocreate", "")).Help = "create the directory"
	case !c.makesDirectories() && c.missing(name+"/version-2"):
		c.refuseDirectory("zk-data-dir-not-created", key, "%s is %s, which has no version-2, and datadir.autocreate is %s", key, dir, c.systemProperty("datadir.autocreate", "")).Help = "create version-2 in it"
	default:
		c.checkWritable(key, dir)
	}
}

// makesDirectories is Boolean.parseBoolean of the switch: all but true is false.
func (c *Config) makesDirectories() bool {
	return !c.d.verifier || asciiLower(c.systemProperty("datadir.autocreate", "true")) == "true"
}

func (c *Config) missing(name string) bool {
	_, err := fs.Stat(c.opts.Root, name)
	return errors.Is(err, fs.ErrNotExist)
}

// names lists what lies in version-2 of a directory.
func (c *Config) names(dir string) []string {
	name, ok := c.opts.rooted(javaPath(dir) + "/version-2")
	if !ok {
		return nil
	}
	entries, err := fs.ReadDir(c.opts.Root, name)
	if err != nil {
		return nil
	}
	all := make([]string, len(entries))
	for i, e := range entries {
		all[i] = e.Name()
	}
	return all
}

// checkContent looks for files that have no business where they are, once there are two directories.
func (c *Config) checkContent(key, dir, prefix, what, where string) {
	for _, name := range c.names(dir) {
		if strings.HasPrefix(name, prefix) {
			p := c.refuseDirectory("zk-data-in-wrong-directory", key, "%s holds %s in version-2, and there is a dataLogDir", key, what)
			p.Help = fmt.Sprintf("stop the server and move them: %s", where)
			return
		}
	}
}

// checkSnapshot: since 3.5 there is no log without a snapshot (FileTxnSnapLog.restore), which 3.4 leaves behind where it
// never had reason to take one.
func (c *Config) checkSnapshot() {
	if !c.d.verifier {
		return
	}
	if s, ok := c.property("snapshot.trust.empty"); ok && asciiLower(s.text) == "true" {
		return
	}
	logs := slices.ContainsFunc(c.names(c.DataLogDir), zxidIn("log."))
	if !logs || slices.ContainsFunc(c.names(c.DataDir), zxidIn("snapshot.")) {
		return
	}
	p := c.refuseStart("zk-snapshot-missing", "dataDir", exitUnexpected, "there are transaction logs in version-2 of %s, and no snapshot", c.DataLogDir)
	p.Help = "restore the snapshots"
	if c.table.lookup("snapshot.trust.empty") != nil {
		p.Help = "restore the snapshots; only after an upgrade from 3.4 start once with snapshot.trust.empty=true"
	}
}

// zxidIn recognises the names of logs and snapshots: a prefix and a transaction's number in hexadecimal.
func zxidIn(prefix string) func(name string) bool {
	return func(name string) bool {
		number, ok := strings.CutPrefix(name, prefix)
		number, _, _ = strings.Cut(number, ".") // snapshot.1.gz
		_, hex := parseLong(number, 16)
		return ok && hex
	}
}

// checkWatchedStores: a member that loads its stores again watches their directories.
func (c *Config) checkWatchedStores() {
	if c.Mode != Distributed || !c.isTrue("sslQuorumReloadCertFiles") {
		return
	}
	for _, key := range []string{"ssl.quorum.keyStore.location", "ssl.quorum.trustStore.location"} {
		location := c.systemProperty(key, "")
		if location == "" {
			continue
		}
		dir := path.Dir(javaPath(location))
		name, ok := c.opts.rooted(dir)
		if !ok {
			continue
		}
		if stat, err := fs.Stat(c.opts.Root, name); errors.Is(err, fs.ErrNotExist) || err == nil && !stat.IsDir() {
			p := c.refuseStart("zk-watched-store-directory-missing", key, exitUnexpected, "%s is %s, but there is no directory %s to be watched", key, location, dir)
			p.Help = "create the directory, or remove sslQuorumReloadCertFiles"
			return
		}
	}
}
