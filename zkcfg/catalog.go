package zkcfg

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"sync"

	"github.com/kcfg/kcfg/internal/catalog"
)

//go:embed catalog/keys.json
var catalogFile []byte

var history = sync.OnceValue(func() *catalog.History { return catalog.Open(catalogFile) })

// Key is one key that a release knows, or that people write although it does nothing.
type Key struct {
	Name       string
	Type       string // int, long, boolean, path, host, class, ...; "strict-" types stop a start, the others of a property fall back to the default
	Default    string
	HasDefault bool
	Unit       string // of the value: ms, ticks, bytes
	Source     Source
	Use        string // what to write instead of a key that does nothing
	Note       string // what it decides, in one line
}

// Source says how a key gets from the file to the server.
type Source string

const (
	// FromFile keys are read by QuorumPeerConfig itself.
	FromFile Source = "file"
	// FromProperty keys become the system property zookeeper.KEY, which some class reads.
	FromProperty Source = "property"
	// FromNowhere keys are documented or common, but do nothing in a file.
	FromNowhere Source = "none"
)

type keyRecord struct {
	Name    string // a member of the record for additions and changes alike, put here by Fold
	Read    Source
	Type    string
	Default *string
	Unit    string
	Use     string
	Note    string
}

// table is the keys of one release.
type table struct {
	keys  []Key // sorted by name
	index map[string]*Key
	how   *dialect
}

var tables sync.Map // Release to func() *table

func (r Release) table() *table {
	load, ok := tables.Load(r)
	if !ok {
		load, _ = tables.LoadOrStore(r, sync.OnceValue(func() *table { return newTable(r) }))
	}
	return load.(func() *table)()
}

func newTable(r Release) *table {
	records := history().Fold(string(r))
	t := &table{how: r.dialect(), keys: make([]Key, len(records)), index: make(map[string]*Key, len(records))}
	for i, record := range records {
		var k keyRecord
		if err := json.Unmarshal(record.JSON, &k); err != nil {
			panic(fmt.Sprintf("catalogue of ZooKeeper %s: %s: %v", r, record.Name, err))
		}
		t.keys[i] = Key{Name: record.Name, Type: k.Type, Unit: k.Unit, Source: k.Read, Use: k.Use, Note: k.Note}
		if k.Default != nil {
			t.keys[i].Default, t.keys[i].HasDefault = *k.Default, true
		}
		t.index[record.Name] = &t.keys[i]
	}
	return t
}

// Keys yields the keys of a release, sorted by name. Keys of the forms server.N, group.N, weight.N and
// metricsProvider.NAME are not among them.
func Keys(r Release) iter.Seq[Key] {
	if !r.Known() {
		return func(func(Key) bool) {}
	}
	return slices.Values(r.table().keys)
}

// LookupKey returns what a release knows of a key, and false for a name that it does not know. Keys with a number or name of
// their own, such as server.1, are looked up by it.
func LookupKey(r Release, name string) (Key, bool) {
	if !r.Known() {
		return Key{}, false
	}
	if k, ok := r.table().index[name]; ok {
		return *k, true
	}
	return patternKey(r, name)
}

// ReleasesWith returns the releases that know a key, oldest first.
func ReleasesWith(name string) []Release {
	var with []Release
	for _, at := range history().Trace(name) {
		r := Release(at.Release)
		if _, ok := patternKey(r, name); ok || at.Defined {
			with = append(with, r)
		}
	}
	return with
}

// KeyNames returns every name that some release knows, sorted.
func KeyNames() []string { return history().Names() }

func (t *table) lookup(name string) *Key {
	if k, ok := t.index[name]; ok {
		return k
	}
	return nil
}
