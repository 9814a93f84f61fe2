package zkcfg

import (
	"fmt"
	"strings"

	"github.com/kcfg/kcfg/finding"
)

// maxMyID is how much of a myid file is read: enough for a file of the wrong kind to be told from an id.
const maxMyID = 1 << 20

// seeMyID returns the content of the myid file and what is known of it.
func (c *Config) seeMyID() ([]byte, presence) {
	if c.opts.MyID != nil {
		return c.opts.MyID, readable
	}
	if !c.has("dataDir") {
		return nil, absent
	}
	return c.opts.look(c.myIDPath(), maxMyID)
}

// myIDPath is <dataDir>/myid; dataLogDir plays no part.
func (c *Config) myIDPath() string { return child(javaPath(c.DataDir), "myid") }

func (c *Config) myIDPos() finding.Position {
	if c.opts.MyID != nil && c.opts.MyIDPath != "" {
		return finding.Position{File: c.opts.MyIDPath}
	}
	return finding.Position{File: c.myIDPath()}
}

// readMyID34: an ensemble needs a readable file.
func (c *Config) readMyID34() {
	content, there := c.seeMyID()
	switch there {
	case unseen:
		c.sayUnseenMyID()
	case absent:
		c.IDSeen = true
		c.refuseMyIDMissing()
	case directory, unreadable:
		c.IDSeen = true
		c.refuse("zk-myid-malformed", stepMyID, exitInvalid, c.myIDPos(), "myid", "myid cannot be read as a file")
	case readable:
		c.parseMyID(content)
	}
}

// readMyID35: the file is read wherever it is, also by a standalone server; what is no file does not exist.
func (c *Config) readMyID35() {
	content, there := c.seeMyID()
	switch there {
	case unseen:
		c.sayUnseenMyID()
	case absent, directory:
		c.IDSeen = true
	case unreadable:
		c.IDSeen = true
		c.refuse("zk-myid-malformed", stepMyID, exitInvalid, c.myIDPos(), "myid", "myid cannot be read")
	case readable:
		c.parseMyID(content)
	}
}

func (c *Config) parseMyID(content []byte) {
	c.IDSeen = true
	line, _ := firstLine(content)
	id, ok := parseLong(line, 10)
	if ok {
		c.ID = id
		return
	}
	message := fmt.Sprintf("myid holds %q, which is not a number", line)
	switch {
	case len(content) == 0:
		message = "myid is empty; it must hold the number of this server"
	case line == "":
		message = "the first line of myid is empty; it must hold the number of this server"
	case strings.HasPrefix(line, "\uFEFF"):
		message = "myid begins with a byte order mark; it must hold the number of this server and nothing else"
	case trim(line) != line:
		if _, number := parseLong(trim(line), 10); number {
			message = fmt.Sprintf("myid holds %q; blanks around the number are not allowed", line)
		}
	}
	p := c.refuse("zk-myid-malformed", stepMyID, exitInvalid, c.myIDPos(), "myid", message)
	p.Help = "write the number alone into the file"
}

func (c *Config) refuseMyIDMissing() {
	p := c.refuse("zk-myid-missing", stepMyID, exitInvalid, c.valuePos("dataDir"), "myid",
		fmt.Sprintf("there is no file %s, and there is an ensemble", c.myIDPath()))
	if !c.d.verifier {
		p.step = stepMyID
	} else {
		p.step = stepLimits
	}
	if _, there := c.seeMyID(); there == directory {
		p.Notes = append(p.Notes, c.myIDPath()+" is a directory")
	}
	p.Help = "write the number of this server into " + c.myIDPath()
}

// checkMyIDThere is the last check of an ensemble in 3.5 and later, for which -1 is the same as nothing.
func (c *Config) checkMyIDThere() {
	if !c.IDSeen || c.ID != UnsetID || c.failed("myid") {
		return
	}
	if content, there := c.seeMyID(); there == readable && len(content) > 0 {
		c.refuse("zk-myid-minus-one", stepLimits, exitInvalid, c.myIDPos(), "myid",
			"myid is -1, which this release takes as missing").Help = "give the server another number"
		return
	}
	c.refuseMyIDMissing()
}

func (c *Config) sayUnseenMyID() {
	if c.Mode != Distributed && c.d.verifier {
		return
	}
	c.unseen("zk-myid-not-seen", c.valuePos("dataDir"), "myid",
		fmt.Sprintf("%s was not looked at, so whether this server has an id is not judged", c.myIDPath()))
}
