package zkcfg

import (
	"path"
	"strings"

	"github.com/kcfg/kcfg/properties"
)

// tellTale reports whether a key is one that no other file has, and that hardly any of ZooKeeper's lacks.
func tellTale(key string) bool {
	switch key {
	case "dataDir", "clientPort", "tickTime", "initLimit", "syncLimit", "dataLogDir", "dynamicConfigFile", "secureClientPort", "maxClientCnxns":
		return true
	}
	return false
}

// Likely reports whether a file is one of ZooKeeper's, by its keys, or by its name where the keys say nothing.
func Likely(f *properties.File) bool {
	hits := 0
	for e := range f.Effective() {
		switch key := trim(e.Key); {
		case key == "zookeeper.connect", key == "broker.id", key == "process.roles", key == "bootstrap.servers", key == "listeners":
			return false
		case tellTale(key), strings.HasPrefix(key, "server.") && strings.Contains(e.Value, ":"):
			hits++
		}
	}
	if hits > 0 {
		return true
	}
	return staticName(f.Name())
}

// staticName reports whether a path has the name that everybody gives the static file.
func staticName(name string) bool {
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	return name == "zoo.cfg" || strings.HasPrefix(name, "zookeeper") && strings.HasSuffix(name, ".properties")
}
