package zkcfg

import (
	"io/fs"

	"github.com/kcfg/kcfg/finding"
)

// Options say for which server a file is judged, and what of that server's machine can be seen. The zero value is right:
// the newest release, every rule, and nothing seen beside the file.
type Options struct {
	Release Release       // empty: the newest
	Kind    Kind          // empty: told by the keys
	Through finding.Stage // the last stage judged; empty: all of them
	// Root holds the server's files by their absolute paths without the first slash, as os.DirFS("/") does. The myid file,
	// the dynamic file and the data directories are looked up in it.
	Root fs.FS
	// Dir is the absolute path of the server's working directory, in which relative paths begin. Empty: the top of Root.
	Dir string
	// Path is the absolute path of the configuration file on that machine; beside it lies the next dynamic file. Empty:
	// the name of the File where that is absolute.
	Path string
	// User is the account that runs the server, by its name in etc/passwd or its number; empty: permissions are not judged.
	// It needs Root.
	User string
	// Mode is that of the configuration file where it is known: whether others can read its passwords.
	Mode fs.FileMode
	// MyID is the content of the myid file where it is known without Root. A nil slice: not known.
	MyID []byte
	// MyIDPath is where MyID was read, for positions. Empty: the place that the configuration names.
	MyIDPath string
	// Properties are the system properties that the JVM gets with -D. An empty java.security.auth.login.config says that it has
	// no login file.
	Properties map[string]string
	// Classes are names of classes on the server's class path beside ZooKeeper's own and java.lang; ClassesExact says that
	// there are no others.
	Classes      []string
	ClassesExact bool
	// Rules sets the level of rules by their IDs. What refuses cannot be switched off.
	Rules map[string]Level
}

// Level is what the caller makes of a rule.
type Level string

// The levels of a rule; the empty one is the rule's own.
const (
	Off     Level = "off"
	Info    Level = "info"
	Warning Level = "warning"
	Error   Level = "error"
)

// Kind says which of ZooKeeper's files a file is.
type Kind string

const (
	// Static is zoo.cfg or zookeeper.properties.
	Static Kind = "zookeeper"
	// Dynamic is the file with the server list that dynamicConfigFile names.
	Dynamic Kind = "zookeeper-dynamic"
)
