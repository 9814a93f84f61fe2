package kafkacfg

import (
	"encoding/json"
	"iter"
	"sync"
)

// Type is the type of a key's value, named as in Kafka.
type Type string

// The types of values.
const (
	Boolean  Type = "BOOLEAN"
	Int      Type = "INT"
	Short    Type = "SHORT"
	Long     Type = "LONG"
	Double   Type = "DOUBLE"
	String   Type = "STRING"
	List     Type = "LIST"
	Class    Type = "CLASS"
	Password Type = "PASSWORD"
)

// UpdateMode says whether a broker's key can be changed while the broker runs.
type UpdateMode string

// The update modes.
const (
	ReadOnly    UpdateMode = "read-only"    // after a restart only
	PerBroker   UpdateMode = "per-broker"   // for each broker on its own
	ClusterWide UpdateMode = "cluster-wide" // for one broker or as a default of all
)

// ConfigKey is one key as one release defines it. Its JSON is the schema kcfg.keys/1. Valid and Synonyms are shared by all
// that ask for the key and must not be changed.
type ConfigKey struct {
	Name       string     `json:"-"`
	Type       Type       `json:"type"`
	Default    string     `json:"default,omitempty"`     // as one would write it in a file
	HasDefault bool       `json:"has_default,omitempty"` // false: nothing, or null, stands for an absent key
	Required   bool       `json:"required,omitempty"`    // an absent key refuses
	Valid      *Validator `json:"valid,omitempty"`       // nil: every value of the type
	Importance string     `json:"importance"`            // HIGH, MEDIUM or LOW
	UpdateMode UpdateMode `json:"update_mode,omitempty"` // brokers only
	Deprecated bool       `json:"deprecated,omitempty"`  // Kafka's documentation says so
	Internal   bool       `json:"internal,omitempty"`    // not in Kafka's published tables
	// Synonyms are broker keys that decide the same thing; the first that is set wins. For a broker's key they
	// include the key itself, for a topic's key they are where its default comes from.
	Synonyms []string `json:"synonyms,omitempty"`

	// Kind is what defines the key: Producer for producer.acks of a Connect worker.
	Kind Kind `json:"-"`
	// Prefix is what stands before Name in the text that was looked up, such as "listener.name.internal." or "producer.".
	Prefix string `json:"-"`
}

// MarshalJSON writes the key with every field of the schema, also the empty ones.
func (k ConfigKey) MarshalJSON() ([]byte, error) {
	out := struct {
		Name       string     `json:"name"`
		Type       Type       `json:"type"`
		Default    *string    `json:"default"`
		HasDefault bool       `json:"has_default"`
		Required   bool       `json:"required"`
		Valid      string     `json:"valid"`
		Importance string     `json:"importance"`
		UpdateMode UpdateMode `json:"update_mode"`
		Deprecated bool       `json:"deprecated"`
		Internal   bool       `json:"internal"`
		Synonyms   []string   `json:"synonyms"`
	}{
		k.Prefix + k.Name, k.Type, nil, k.HasDefault, k.Required, k.Valid.String(), k.Importance, k.UpdateMode,
		k.Deprecated, k.Internal, append([]string{}, k.Synonyms...),
	}
	if k.HasDefault {
		out.Default = &k.Default
	}
	return json.Marshal(out)
}

// StoredKey is a ConfigKey as the catalogue's files hold it: without the fields that are empty.
type StoredKey ConfigKey

// definitions are all keys of one kind in one release.
type definitions struct {
	keys   []ConfigKey // sorted by name
	byName map[string]*ConfigKey
}

type releaseKind struct {
	release Release
	kind    Kind
}

var opened sync.Map // releaseKind → func() *definitions

// definitionsOf decodes a kind of a release once. The release has to be one that the kind's history holds.
func definitionsOf(r Release, k Kind) *definitions {
	id := releaseKind{r, k}
	open, ok := opened.Load(id)
	if !ok {
		open, _ = opened.LoadOrStore(id, sync.OnceValue(func() *definitions { return decode(r, k) }))
	}
	return open.(func() *definitions)()
}

// decoded keeps what a record of the embedded catalogue says, by the address of its text: most releases share most of it.
var decoded sync.Map // *byte → *ConfigKey

func decode(r Release, k Kind) *definitions {
	at := holding(r, k)
	if at == "" {
		return &definitions{}
	}
	records := history(k).Fold(string(at))
	d := &definitions{keys: make([]ConfigKey, len(records)), byName: make(map[string]*ConfigKey, len(records))}
	stored := newStoredDecoder()
	for i, rec := range records {
		made, ok := decoded.Load(&rec.JSON[0])
		if !ok {
			key, err := stored.decode(rec, k)
			if err != nil {
				panic(err)
			}
			made, _ = decoded.LoadOrStore(&rec.JSON[0], key)
		}
		d.keys[i] = *made.(*ConfigKey)
		d.byName[rec.Name] = &d.keys[i]
	}
	return d
}

// holding returns the release whose definitions stand for r: r itself, or where a kind's jars were not published for r,
// the nearest older release that has them, or else the nearest newer one. It is empty where the kind did not exist in r.
func holding(r Release, k Kind) Release {
	h := history(k)
	if h.Has(string(r)) {
		return r
	}
	if k != MirrorMaker || !r.Known() {
		return ""
	}
	var nearest Release
	for _, name := range h.Releases() {
		if other := Release(name); nearest == "" || other.Compare(r) < 0 {
			nearest = other
		}
	}
	return nearest
}

// KeysFrom returns the release whose definitions of a kind Keys and LookupKey give for r. It is r itself but for
// MirrorMaker, whose jars are not to be had for some releases: the nearest one stands in. It is empty where r does not have
// the kind.
func KeysFrom(r Release, k Kind) Release {
	if !known(k) {
		return ""
	}
	return holding(r, k)
}

// Keys returns every key that a release defines for a kind, sorted by name. There are none where the release is unknown
// or did not have the kind.
func Keys(r Release, k Kind) iter.Seq[ConfigKey] {
	return func(yield func(ConfigKey) bool) {
		if !known(k) {
			return
		}
		for _, key := range definitionsOf(r, k).keys {
			if !yield(key) {
				return
			}
		}
	}
}

func known(k Kind) bool { return histories()[k] != nil }
