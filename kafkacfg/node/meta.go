package node

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/properties"
)

// metaProperties is what meta.properties says, as far as a release can read it.
type metaProperties struct {
	version       int
	node, cluster string // the texts; node is a whole number
	directory     string
	hasNode       bool
	hasCluster    bool
}

// readMeta follows MetaProperties and PropertiesUtils (3.7 and later) and RawMetaProperties (before): the key of the node's
// number depends on the version, which is 0 unless set.
func (j *judge) readMeta(f *properties.File) (m metaProperties, err error) {
	text, ok := f.Get("version")
	if !ok {
		text = "0"
	}
	if j.in("3.7..") {
		text = strings.TrimSpace(text)
	}
	if len(f.Malformed()) > 0 {
		return m, errors.New("has an escape that Java does not read")
	}
	if m.version, err = strconv.Atoi(text); err != nil || m.version != 0 && m.version != 1 {
		return m, fmt.Errorf("has the version %s, which is neither 0 nor 1", clip(text))
	}
	key := "node.id"
	if m.version == 0 {
		key = "broker.id"
	}
	if m.node, m.hasNode = f.Get(key); m.hasNode {
		n, err := strconv.ParseInt(m.node, 10, 32)
		if err != nil {
			return m, fmt.Errorf("has the %s %s, which is no whole number", key, clip(m.node))
		}
		m.node = strconv.FormatInt(n, 10)
	}
	m.cluster, m.hasCluster = f.Get("cluster.id")
	m.directory, _ = f.Get("directory.id")
	if m.version == 1 && j.in("3.7..") {
		if err := m.complete(); err != nil {
			return m, err
		}
	}
	if m.directory != "" && j.in("3.7..") && !isUUID(m.directory) {
		return m, errors.New("has a directory.id that is none")
	}
	return m, nil
}

// complete reports what a KRaft node misses in the file.
func (m metaProperties) complete() error {
	key := "node.id"
	if m.version == 0 {
		key = "broker.id"
	}
	switch {
	case !m.hasNode:
		return fmt.Errorf("has no %s", key)
	case !m.hasCluster:
		return errors.New("has no cluster.id")
	}
	return nil
}

// isUUID reports whether a text is a UUID as Kafka writes it: 22 letters and digits of URL-safe base 64.
func isUUID(s string) bool {
	const length = 22
	return len(s) == length && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") == ""
}

// reservedUUIDs are those that Kafka gives a meaning of their own: the numbers 0 to 99.
func reservedUUID(s string) bool {
	const zeros = "AAAAAAAAAAAAAAAAAAAA"
	last, ok := strings.CutPrefix(s, zeros)
	const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	if !ok || len(last) != 2 {
		return false
	}
	const bits, spare, most = 6, 4, 100 // 132 bits of base 64 hold 128
	return (strings.IndexByte(digits, last[0])<<bits|strings.IndexByte(digits, last[1]))>>spare < most
}

// identity reads the meta.properties of the directories and compares them with each other and with the file.
func (j *judge) identity(dirs []logDir) {
	kraft := j.kraft()
	id, idKey := j.c.Value("node.id"), "node.id"
	if !kraft {
		id, idKey = j.c.Value("broker.id"), "broker.id"
	}
	const foreign = "this directory belongs to another node or cluster: name the right one, or empty it if its data may go"
	var first *logDir
	var firstMeta metaProperties
	directories := map[string]string{}
	for i := range dirs {
		d := &dirs[i]
		if d.meta == nil {
			if !d.offline {
				j.unformatted(d, dirs)
			}
			continue
		}
		file := d.meta.Name()
		wrong := func(help, format string, args ...any) {
			j.report("kafka-meta-properties", d.pos, d.key, file+" "+fmt.Sprintf(format, args...)).Help = help
		}
		m, err := j.readMeta(d.meta)
		if err == nil && kraft {
			err = m.complete()
			if err == nil && m.version == 0 && !j.in("3.4..") {
				err = errors.New("is of a broker with ZooKeeper (version=0)")
			}
		} else if err != nil && j.in("3.7..") {
			d.offline = true // a directory whose file cannot be read is one that failed
		}
		if err != nil {
			wrong("restore the file from another directory of the node, or format the directory anew if its data may go", "%v", err)
			continue
		}
		if !kraft && m.version == 1 {
			wrong(foreign, "is of a KRaft node (version=1)")
		}
		if m.hasNode && id.Text != "" && (kraft || id.Text != "-1") && m.node != plainNumber(id.Text) {
			wrong(foreign, "has the id %s, but %s is %s", m.node, idKey, id.Text)
		}
		if m.directory != "" && j.in("3.7..") {
			if other, twice := directories[m.directory]; twice {
				wrong("one is a copy of the other: empty it, and format it anew", "has the directory.id of %s", other)
			}
			if reservedUUID(m.directory) {
				wrong("format the directory anew if its data may go", "has a directory.id that Kafka reserves")
			}
			directories[m.directory] = file
		}
		switch {
		case first == nil:
			first, firstMeta = d, m
		case m.cluster != firstMeta.cluster || m.hasCluster != firstMeta.hasCluster:
			wrong(foreign, "has the cluster.id %s, %s has %s", clip(m.cluster), first.meta.Name(), clip(firstMeta.cluster))
		case kraft && !j.in("3.4..") && !maps.Equal(all(first.meta), all(d.meta)):
			wrong("make the files equal, but for the comments", "says something else than %s", first.meta.Name())
		}
	}
}

// all returns the entries of a file.
func all(f *properties.File) map[string]string {
	out := map[string]string{}
	for e := range f.Effective() {
		out[e.Key] = e.Value
	}
	return out
}

// plainNumber writes a whole number in the one way.
func plainNumber(s string) string {
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return strconv.FormatInt(n, 10)
	}
	return s
}

// unformatted: a KRaft node does not start on a directory that kafka-storage.sh has not formatted.
func (j *judge) unformatted(d *logDir, dirs []logDir) {
	if !j.kraft() {
		return
	}
	formatted := slices.ContainsFunc(dirs, func(o logDir) bool { return o.meta != nil })
	format, how := "kafka-storage.sh format -t <cluster id> -c "+j.file.Name(), ""
	switch dynamic := j.hasRole("controller") && j.c.Value("controller.quorum.voters").Text == ""; {
	case dynamic && formatted:
		how = " --no-initial-controllers"
	case dynamic:
		how = ", with --standalone on the first controller and --no-initial-controllers on the others"
	}
	if _, err := fs.Stat(j.o.Root, j.path(d.path)); err != nil && !formatted { // a machine in the making
		f := j.report("kafka-storage-not-formatted", d.pos, d.key, d.path+" does not exist yet: format it before the first start")
		f.Severity, f.Stage = finding.Info, ""
		f.Help = format + how
		return
	}
	if formatted {
		format += " --ignore-formatted"
	}
	f := j.report("kafka-storage-not-formatted", d.pos, d.key, d.path+" has no meta.properties: the node does not start")
	f.Help = format + how
}
