package zkcfg

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
)

// environment is what the server asks of its directories before it opens a port: FileTxnSnapLog.
func (c *Config) environment() {
	if c.opts.Root == nil || c.DataDir == "" || c.failed("dataDir") || c.failed("dataLogDir") {
		return
	}
	c.checkDirectory("dataDir", c.DataDir)
	if javaPath(c.DataLogDir) == javaPath(c.DataDir) {
		return
	}
	c.checkDirectory("dataLogDir", c.DataLogDir)
	c.checkContent("dataDir", c.DataDir, "log.", "transaction logs", "they belong into dataLogDir")
	c.checkContent("dataLogDir", c.DataLogDir, "snapshot.", "snapshots", "they belong into dataDir")
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
	case errors.Is(err, fs.ErrNotExist) && c.d.verifier && c.systemProperty("datadir.autocreate", "true") == "false":
		c.refuseDirectory("zk-data-dir-not-created", key, "%s is %s, which does not exist, and datadir.autocreate is false", key, dir).Help = "create the directory"
	}
}

// checkContent looks for files that have no business where they are, once there are two directories.
func (c *Config) checkContent(key, dir, prefix, what, where string) {
	name, ok := c.opts.rooted(javaPath(dir) + "/version-2")
	if !ok {
		return
	}
	entries, err := fs.ReadDir(c.opts.Root, name)
	if err != nil {
		return
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), prefix) {
			p := c.refuseDirectory("zk-data-in-wrong-directory", key, "%s holds %s in version-2, and there is a dataLogDir", key, what)
			p.Help = fmt.Sprintf("stop the server and move them: %s", where)
			return
		}
	}
}
