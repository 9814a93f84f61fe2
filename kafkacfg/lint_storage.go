package kafkacfg

import (
	"path"
	"slices"
	"strings"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/internal/rule"
)

// Data directories, retention and segments.
var storageLints = []rule.Rule[*lint]{
	{ID: "kafka-log-dir-temporary", Severity: finding.Info, Check: logDirTemporary},
	{ID: "kafka-log-dir-duplicate", Severity: finding.Error, In: "..4.1", Check: logDirDuplicate},
	{ID: "kafka-log-dir-duplicate", Severity: finding.Error, In: "4.2..", Check: logDirDuplicate},
	{ID: "kafka-log-dir-nested", Severity: finding.Error, Check: logDirNested},
	{ID: "kafka-path-not-expanded", Severity: finding.Warning, Check: pathNotExpanded},
	{ID: "kafka-path-relative", Severity: finding.Info, Check: pathRelative},
	{ID: "kafka-retention-below-segment", Severity: finding.Warning, Check: retentionBelowSegment},
	{ID: "kafka-retention-below-roll", Severity: finding.Info, Check: retentionBelowRoll},
	{ID: "kafka-segment-small", Severity: finding.Warning, In: "..3.9", Check: segmentSmall},
	{ID: "kafka-shadowed-key", Severity: finding.Info, Check: shadowedKey},
	{ID: "kafka-log-cleaner-off", Severity: finding.Warning, Check: logCleanerOff},
	{ID: "kafka-offsets-retention-short", Severity: finding.Info, Check: offsetsRetentionShort},
}

// dir is one directory of a list, with its place.
type dir struct {
	path, key string
	pos       finding.Position
}

// dataDirs returns the directories in which this node keeps its logs.
func (c *lint) dataDirs() []dir { return c.dirs.get(c.findDirs) }

func (c *lint) findDirs() []dir {
	if !c.node() {
		return nil
	}
	key := "log.dirs"
	if !c.set(key) {
		key = "log.dir"
	}
	if !c.set(key) {
		return []dir{{c.str("log.dir"), "log.dirs", c.pos("log.dirs")}}
	}
	var dirs []dir
	for _, part := range c.parts(key) {
		if part.text != "" {
			dirs = append(dirs, dir{part.text, key, part.pos()})
		}
	}
	return dirs
}

// allDirs adds metadata.log.dir, where it is set.
func (c *lint) allDirs() []dir {
	dirs := slices.Clip(c.dataDirs())
	const metadata = "metadata.log.dir"
	if c.node() && c.set(metadata) {
		dirs = append(dirs, dir{c.str(metadata), metadata, c.pos(metadata)})
	}
	return dirs
}

var temporaryRoots = []string{"/tmp", "/var/tmp", "/dev/shm"}

func logDirTemporary(c *lint, report rule.Reporter) {
	for _, d := range c.allDirs() {
		clean := path.Clean(d.path)
		for _, root := range temporaryRoots {
			if clean != root && !strings.HasPrefix(clean, root+"/") {
				continue
			}
			f := report(d.pos, d.key, "%s is %s, which is emptied by restarts or cleaners", d.key, d.path)
			f.Help = "set " + d.key + " to a directory that stays, such as /var/lib/kafka"
			if c.severalHosts() {
				f.Severity = finding.Warning
			}
			if !c.set(d.key) { // the default is that of the older key
				c.note(f, "log.dir")
			}
		}
	}
}

// LogManager compares canonical paths; from 4.2 on equal texts are already one when it sees them.
func logDirDuplicate(c *lint, report rule.Reporter) {
	dirs := c.dataDirs()
	if len(dirs) < 2 {
		return
	}
	seen := map[string]dir{}
	for _, d := range dirs {
		clean := path.Clean(d.path)
		first, twice := seen[clean]
		if !twice {
			seen[clean] = d
			continue
		}
		if c.releaseIn("4.2..") && first.path == d.path {
			continue
		}
		f := report(d.pos, d.key, "%s names the directory %s twice", d.key, clean)
		f.Help = "remove one of them"
		f.Related = append(f.Related, finding.Related{Pos: first.pos, Message: "first here"})
	}
}

// A directory inside a data directory is no topic partition, and LogManager dies of it.
func logDirNested(c *lint, report rule.Reporter) {
	dirs := c.dataDirs()
	if len(dirs) < 2 {
		return
	}
	at := map[string]dir{} // by cleaned path; comparing each with each takes minutes for 100,000
	for _, d := range dirs {
		if clean := path.Clean(d.path); at[clean] == (dir{}) && clean != "." {
			at[clean] = d
		}
	}
	const longest = 4096 // bytes: no system takes a longer path
	told := map[string]bool{}
	for _, inner := range dirs {
		if len(inner.path) > longest || told[path.Clean(inner.path)] {
			continue
		}
		told[path.Clean(inner.path)] = true
		for p := path.Clean(inner.path); p != "." && p != "/"; {
			p = path.Dir(p)
			outer, ok := at[p]
			if !ok {
				continue
			}
			f := report(inner.pos, inner.key, "%s lies inside %s, which then holds something that is no topic partition", inner.path, outer.path)
			f.Help = "put the data directories beside each other"
			f.Related = append(f.Related, finding.Related{Pos: outer.pos, Message: "the outer directory"})
			break // the nearest is told; that one is told on its own where it lies inside a third
		}
	}
}

func pathNotExpanded(c *lint, report rule.Reporter) {
	for _, d := range slices.Concat(c.allDirs(), c.storePaths()) {
		if strings.HasPrefix(d.path, "~") {
			report(d.pos, d.key, "%s begins with ~, which Kafka takes literally", d.key).Help = "write the home directory out"
		}
	}
}

func pathRelative(c *lint, report rule.Reporter) {
	for _, d := range slices.Concat(c.allDirs(), c.storePaths()) {
		if d.path == "" || strings.HasPrefix(d.path, "/") || strings.HasPrefix(d.path, "~") || windowsPath(d.path) || strings.ContainsAny(d.path, "${<\"'") {
			continue
		}
		report(d.pos, d.key, "%s is the relative path %s: it depends on the directory in which the process is started", d.key, d.path).
			Help = "write an absolute path"
	}
}

func windowsPath(p string) bool {
	return len(p) > 1 && p[1] == ':' && (p[0]|0x20 >= 'a' && p[0]|0x20 <= 'z') || strings.HasPrefix(p, `\`)
}

// storePaths returns the files that ssl.*.location names, with and without listener prefix.
func (c *lint) storePaths() []dir { return c.stores.get(c.findStores) }

func (c *lint) findStores() []dir {
	locates := func(key string) bool {
		return strings.HasSuffix(key, "ssl.keystore.location") || strings.HasSuffix(key, "ssl.truststore.location")
	}
	var paths []dir
	for _, e := range c.entriesOf(func(f *field) bool { return locates(f.name) }) {
		if locates(e.Key) {
			if v := trim(e.Value); v != "" {
				paths = append(paths, dir{v, e.Key, e.ValuePos()})
			}
		}
	}
	return paths
}

func retentionBelowSegment(c *lint, report rule.Reporter) {
	keep, segment := "log.retention.bytes", "log.segment.bytes"
	if c.topic() {
		keep, segment = "retention.bytes", "segment.bytes"
	} else if !c.broker() {
		return
	}
	n, ok := c.num(keep)
	size, ok2 := c.num(segment)
	if !ok || !ok2 || !c.set(keep) || n < 1 || n >= size {
		return
	}
	f := report(c.pos(keep), keep, "%s is %d, less than one segment (%s is %d): only whole closed segments are deleted, so more is kept", keep, n, segment, size)
	f.Help = "raise " + keep + " above " + itoa(size) + ", or lower " + segment
	c.relate(f, segment)
}

// retention and roll times, in the order in which Kafka prefers them.
var (
	retentionKeys = []timeKey{{"log.retention.ms", 1}, {"log.retention.minutes", 60_000}, {"log.retention.hours", 3_600_000}}
	rollKeys      = []timeKey{{"log.roll.ms", 1}, {"log.roll.hours", 3_600_000}}
)

type timeKey struct {
	key string
	ms  int64
}

// effectiveTime returns the key that counts and its milliseconds.
func (c *lint) effectiveTime(keys []timeKey) (string, int64) {
	for i, k := range keys {
		if n, ok := c.num(k.key); ok && (c.set(k.key) || i == len(keys)-1) {
			return k.key, n * k.ms
		}
	}
	return "", 0
}

func retentionBelowRoll(c *lint, report rule.Reporter) {
	if !c.broker() {
		return
	}
	keep, keepMs := c.effectiveTime(retentionKeys)
	roll, rollMs := c.effectiveTime(rollKeys)
	if keep == "" || roll == "" || !c.set(keep) || keepMs < 1 || keepMs >= rollMs {
		return
	}
	f := report(c.pos(keep), keep, "%s is shorter than %s: where few records come, old ones stay until their segment is closed", keep, roll)
	f.Help = "set log.roll.ms below the retention where records must go in time"
	c.relate(f, roll)
}

// Kafka 4.0 refuses such a file; a value stored in the cluster stops its brokers as well.
func segmentSmall(c *lint, report rule.Reporter) {
	const key, least = "log.segment.bytes", 1 << 20
	if n, ok := c.num(key); ok && c.broker() && c.set(key) && n < least {
		report(c.pos(key), key, "log.segment.bytes is %d, below 1048576, which Kafka 4.0 and later refuse", n).Help = "set log.segment.bytes=1048576 or more"
	}
}

// shadows are keys of which the first set one wins.
var shadows = [][]string{
	{"log.dirs", "log.dir"},
	{"log.retention.ms", "log.retention.minutes", "log.retention.hours"},
	{"log.roll.ms", "log.roll.hours"},
	{"log.roll.jitter.ms", "log.roll.jitter.hours"},
	{"delegation.token.secret.key", "delegation.token.master.key"},
}

func shadowedKey(c *lint, report rule.Reporter) {
	if !c.node() {
		return
	}
	for _, chain := range shadows {
		winner := ""
		for _, key := range chain {
			switch {
			case !c.set(key) || !c.defined(key):
			case winner == "":
				winner = key
			default:
				f := report(c.pos(key), key, "%s has no effect beside %s", key, winner)
				f.Help = "remove " + key
				c.relate(f, winner)
			}
		}
	}
}

func logCleanerOff(c *lint, report rule.Reporter) {
	const key = "log.cleaner.enable"
	if c.broker() && c.set(key) && c.isFalse(key) {
		report(c.pos(key), key, "log.cleaner.enable is false: compacted topics, __consumer_offsets among them, grow without end").Help = "remove the line"
	}
}

func offsetsRetentionShort(c *lint, report rule.Reporter) {
	const key, day = "offsets.retention.minutes", 1440
	if n, ok := c.num(key); ok && c.broker() && c.set(key) && n <= day {
		report(c.pos(key), key, "offsets.retention.minutes is %d: a group that stops for longer loses its position", n).
			Help = "set offsets.retention.minutes=10080, the default since 2.0, or more"
	}
}
