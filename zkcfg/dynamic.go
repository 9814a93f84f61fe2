package zkcfg

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/internal/plural"
	"github.com/kcfg/kcfg/properties"
)

// openDynamic reads the file that dynamicConfigFile names.
func (c *Config) openDynamic(s *setting) (source, bool) {
	content, there := c.opts.look(s.text, maxFile)
	if s.text == "" {
		there = absent
	}
	refuse := func(id, message string) {
		c.refuse(id, stepDynamicFile, exitInvalid, s.pos(), s.key, message)
	}
	switch there {
	case unseen:
		c.unseen("zk-dynamic-file-not-seen", s.pos(), s.key,
			fmt.Sprintf("the dynamic file %s was not looked at, so the servers are not judged", s.text))
		return source{}, false
	case absent:
		refuse("zk-dynamic-file-unreadable", fmt.Sprintf("dynamicConfigFile names %q, which does not exist", s.text))
		return source{}, false
	case directory, unreadable:
		refuse("zk-dynamic-file-unreadable", fmt.Sprintf("dynamicConfigFile names %q, which cannot be read", s.text))
		return source{}, false
	}
	if c.isItself(s.text) {
		refuse("zk-dynamic-file-foreign-key", "dynamicConfigFile names this file itself; a dynamic file holds only servers, groups and weights")
		c.problems[len(c.problems)-1].Help = "put the servers into a file of their own"
		return source{}, false
	}
	f, err := properties.Parse(s.text, content)
	if err != nil {
		refuse("zk-dynamic-file-unreadable", fmt.Sprintf("the dynamic file %s is too large to be one", s.text))
		return source{}, false
	}
	c.dynamic = f
	if bad := f.Malformed(); len(bad) > 0 {
		c.refuse("file-malformed-escape", stepDynamicFile, exitInvalid, bad[0].Pos, bad[0].Entry.Key, malformedEscape(bad[0]))
		return source{}, false
	}
	from := newSource(f)
	if e, ok := f.Lookup("version"); ok {
		c.refuse("zk-dynamic-file-version", stepDynamicFile, exitInvalid, e.KeyPos(), "version",
			"a dynamic file holds no version: it stands in the file's name")
		return source{}, false
	}
	if hex, ok := versionOf(s.text); ok {
		c.Version, _ = parseLong(hex, 16)
		from = newSource(f, "version") // the server adds it, which may move other keys in its hash map
		if _, ok := parseLong(hex, 16); !ok {
			p := c.refuse("zk-version-not-hex", stepVerifier, exitInvalid, s.pos(), s.key,
				fmt.Sprintf("dynamicConfigFile ends in a version below 0: %s", s.text))
			p.key, p.order = "version", from.order
		}
	}
	return from, true
}

// isItself reports whether a path is that of the configuration file.
func (c *Config) isItself(name string) bool {
	own := c.opts.Path
	if own == "" && strings.HasPrefix(c.file.Name(), "/") {
		own = c.file.Name()
	}
	if own == "" {
		return false
	}
	a, _ := c.opts.rooted(name)
	b, _ := c.opts.rooted(own)
	return a == b
}

// versionOf returns the version at the end of a dynamic file's name, in hexadecimal. Any extension that happens to be a
// hexadecimal number counts.
func versionOf(name string) (hex string, ok bool) {
	i := strings.LastIndexByte(name, '.')
	if i < 0 {
		return "", false
	}
	n, ok := parseLong(name[i+1:], 16)
	return strconv.FormatUint(uint64(n), 16), ok
}

// nextSuffix is what is behind the name of the configuration file in that of the next dynamic file.
const nextSuffix = ".dynamic.next"

// checkNext reads the file in which a server left a list that was about to become the ensemble's. What counts is that it
// can be read as servers.
func (c *Config) checkNext() {
	name := c.opts.Path
	if name == "" {
		name = c.file.Name()
	}
	name += nextSuffix
	content, there := c.opts.look(name, maxFile)
	if there != readable {
		return // also a directory: the server only warns
	}
	f, err := properties.Parse(name, content)
	if err != nil {
		return
	}
	if bad := f.Malformed(); len(bad) > 0 {
		c.refuse("zk-next-dynamic-file-malformed", stepNext, exitInvalid, bad[0].Pos, bad[0].Entry.Key, malformedEscape(bad[0]))
		return
	}
	m := newMembers(c, newSource(f), stepNext)
	m.next = true
	m.read()
}

// unseen notes that something was not looked at, which leaves the verdict as it is.
func (c *Config) unseen(id string, pos finding.Position, key, message string) {
	c.unknown = append(c.unknown, finding.Finding{ID: id, Severity: finding.Info, Pos: pos, Key: key, Message: message})
}

// undetermined notes that a stage cannot be judged.
func (c *Config) undetermined(id string, pos finding.Position, key, message string) {
	c.problems = append(c.problems, problem{Finding: finding.Finding{
		ID: id, Severity: finding.Warning, Stage: verdictRule(id).stage, Pos: pos, Key: key, Message: message,
	}})
}

// parseDynamic judges a dynamic file on its own: what its lines say, not what the server makes of them.
func (c *Config) parseDynamic() {
	if !c.d.verifier {
		return // 3.4 has no such files
	}
	if e, ok := c.file.Lookup("version"); ok {
		c.refuse("zk-dynamic-file-version", stepDynamicFile, exitInvalid, e.KeyPos(), "version",
			"a dynamic file holds no version: it stands in the file's name")
	}
	from := c.fileSource()
	c.checkForeign(from)
	m := newMembers(c, from, stepVerifier)
	m.read()
	c.take(m)
	if c.voters == 0 && c.watchers > 0 {
		c.refuseMembers("zk-observers-without-participants", m, "%s without a participant", plural.Of(c.watchers, "observer"))
	}
	if c.voters > 1 {
		c.Mode = Distributed
	}
}

// Guess tells which of ZooKeeper's files a file is: one that holds nothing but members of an ensemble is a dynamic file, unless
// its name says otherwise.
func Guess(f *properties.File) Kind {
	if staticName(f.Name()) {
		return Static
	}
	members := 0
	for e := range f.Effective() {
		if !memberKey(trim(e.Key)) {
			return Static
		}
		members++
	}
	if members == 0 {
		return Static
	}
	return Dynamic
}
