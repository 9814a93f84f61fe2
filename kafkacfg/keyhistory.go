package kafkacfg

import (
	"embed"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
)

//go:embed notes/*.json
var noteFiles embed.FS

// KeyHistory is how one key of a kind came, changed and went.
type KeyHistory struct {
	Kind    Kind
	Name    string
	Since   Release   // the first known release that defines it
	Until   Release   // the last one; empty: the newest release still does
	Gaps    []Release // releases in between that do not: what was ported back to older lines came later to newer ones
	Changes []KeyChange
}

// KeyChange is a difference in one field of a key's definition between a release and the one before it.
type KeyChange struct {
	Release Release
	Field   string // "default", "type", "valid", ...: as in the JSON of ConfigKey
	From    string
	To      string
}

// HistoryOf follows a key of a kind through the releases. It reports false for a name that no release defines.
func HistoryOf(k Kind, name string) (KeyHistory, bool) {
	h := KeyHistory{Kind: k, Name: name}
	if !known(k) {
		return h, false
	}
	var last, lacking Release
	var before ConfigKey
	body := ""
	var gaps []Release
	for _, at := range history(k).Trace(name) {
		r := Release(at.Release)
		if !at.Defined {
			if h.Since != "" {
				gaps = append(gaps, r)
			}
			lacking = r
			continue
		}
		h.Gaps = append(h.Gaps, gaps...)
		gaps = nil
		if h.Since == "" || at.Body() != body {
			var now ConfigKey
			if err := at.Decode((*StoredKey)(&now)); err != nil {
				panic(err)
			}
			if h.Since != "" {
				h.Changes = append(h.Changes, changes(r, before, now)...)
			}
			before, body = now, at.Body()
		}
		if h.Since == "" {
			h.Since = r
		}
		last = r
	}
	if lacking != "" && lacking.Compare(last) > 0 {
		h.Until = last
	}
	return h, h.Since != ""
}

// changes compares two definitions field by field.
func changes(r Release, from, to ConfigKey) []KeyChange {
	var all []KeyChange
	for _, f := range []struct{ name, from, to string }{
		{"type", string(from.Type), string(to.Type)},
		{"required", strconv.FormatBool(from.Required), strconv.FormatBool(to.Required)},
		{"default", from.DefaultText(), to.DefaultText()},
		{"valid", from.Valid.String(), to.Valid.String()},
		{"importance", from.Importance, to.Importance},
		{"update_mode", string(from.UpdateMode), string(to.UpdateMode)},
		{"deprecated", strconv.FormatBool(from.Deprecated), strconv.FormatBool(to.Deprecated)},
		{"internal", strconv.FormatBool(from.Internal), strconv.FormatBool(to.Internal)},
	} {
		if f.name == "default" && from.Required != to.Required && !to.HasDefault && !from.HasDefault {
			continue // said by "required"
		}
		if f.from != f.to {
			all = append(all, KeyChange{r, f.name, f.from, f.to})
		}
	}
	return all
}

// DefaultText is the default for people: "no default" where nothing stands for an absent key, quotes where it is empty.
func (k ConfigKey) DefaultText() string {
	switch {
	case k.Required:
		return "required"
	case !k.HasDefault:
		return "no default"
	case k.Default == "" || strings.TrimSpace(k.Default) != k.Default:
		return strconv.Quote(k.Default)
	}
	return k.Default
}

// KeyDiff is a key that two releases define differently; one of Old and New is nil where only one of them has it.
type KeyDiff struct {
	Name    string
	Old     *ConfigKey
	New     *ConfigKey
	Changes []KeyChange // empty where the key was added or removed
}

// DiffKeys compares two releases' definitions of a kind, sorted by name. A release that is unknown, or did not have the kind,
// counts as one without keys.
func DiffKeys(k Kind, from, to Release) []KeyDiff {
	if !known(k) {
		return nil
	}
	older, newer := definitionsOf(from, k), definitionsOf(to, k)
	var diffs []KeyDiff
	for _, old := range older.keys {
		found := newer.byName[old.Name]
		if found == nil {
			diffs = append(diffs, KeyDiff{Name: old.Name, Old: &old})
			continue
		}
		now := *found // the caller may change what it gets
		if c := changes(to, old, now); len(c) > 0 {
			diffs = append(diffs, KeyDiff{old.Name, &old, &now, c})
		}
	}
	for _, now := range newer.keys {
		if older.byName[now.Name] == nil {
			diffs = append(diffs, KeyDiff{Name: now.Name, New: &now})
		}
	}
	slices.SortFunc(diffs, func(a, b KeyDiff) int { return strings.Compare(a.Name, b.Name) })
	return diffs
}

// KeyNames returns every name that some release defines for a kind, sorted.
func KeyNames(k Kind) []string {
	if !known(k) {
		return nil
	}
	return history(k).Names()
}

// sectionsOf are where the notes of a kind are looked for.
func sectionsOf(k Kind) []string {
	switch k {
	case ConnectDistributed, ConnectStandalone:
		return []string{"connect", "common"}
	case MirrorMaker:
		return []string{"mirror-maker", "connect", "common"}
	case ShareConsumer:
		return []string{"consumer", "common"}
	}
	return []string{string(k), "common"}
}

// noted reads one file of notes: section → key → what is said.
func noted[T any](name string) func() map[string]map[string]T {
	return sync.OnceValue(func() map[string]map[string]T {
		data, err := noteFiles.ReadFile("notes/" + name)
		if err != nil {
			panic(err)
		}
		var all map[string]map[string]T
		if err := json.Unmarshal(data, &all); err != nil {
			panic(fmt.Sprintf("%s: %v", name, err))
		}
		return all
	})
}

var (
	notes        = noted[string]("notes.json")
	replacedKeys = noted[Replacement]("replaced.json")
)

func find[T any](all map[string]map[string]T, k Kind, name string) (T, bool) {
	for _, section := range sectionsOf(k) {
		if found, ok := all[section][name]; ok {
			return found, true
		}
	}
	var none T
	return none, false
}

// Note says in a line what a key decides and what goes wrong with it. It is empty for keys that few people meet.
func Note(k Kind, name string) string {
	note, _ := find(notes(), k, name)
	return note
}

// PluginNote is Note for the keys that no ConfigDef knows because a plug-in that Kafka brings reads them, such as
// super.users of its authorizers.
func PluginNote(name string) string { return notes()["plugins"][name] }

// Replacement is what to use instead of a key that is gone or about to go.
type Replacement struct {
	By   []string `json:"by"`             // keys; empty: no key does it any more
	Hint string   `json:"hint,omitempty"` // what else there is to know
	Ref  string   `json:"ref"`            // the KIP, or Kafka's issue where there was no KIP
}

// ReplacementFor returns what took, or will take, the place of a key.
func ReplacementFor(k Kind, name string) (Replacement, bool) { return find(replacedKeys(), k, name) }

// String says it in a line: "listeners (KIP-103)".
func (r Replacement) String() string {
	text := strings.Join(r.By, ", ")
	switch {
	case text == "":
		text = r.Hint
	case r.Hint != "":
		text += "; " + r.Hint
	}
	if r.Ref != "" {
		text += " (" + r.Ref + ")"
	}
	return text
}

// advice is what to do about a line with the key: "use listeners".
func (r Replacement) advice() string {
	switch {
	case len(r.By) > 0 && r.Hint != "":
		return "use " + strings.Join(r.By, " and ") + "; " + r.Hint
	case len(r.By) > 0:
		return "use " + strings.Join(r.By, " and ")
	case r.Hint != "":
		return "remove the line: " + r.Hint
	}
	return ""
}

// precedences are orders among keys that Kafka's code keeps outside the tables that Synonyms come from; the first that is
// set counts.
var precedences = [][]string{
	{"log.dirs", "log.dir"},
	{"delegation.token.secret.key", "delegation.token.master.key"},
}

// Precedence returns the keys of a release that decide the same thing as name, in the order in which they count. It is
// empty for a key that decides alone.
func Precedence(r Release, k Kind, name string) []string {
	key, ok := LookupKey(r, k, name)
	if !ok || k != Broker {
		return nil
	}
	if len(key.Synonyms) > 0 {
		return slices.Clone(key.Synonyms)
	}
	for _, order := range precedences {
		if !slices.Contains(order, key.Name) {
			continue
		}
		var known []string
		for _, other := range order {
			if _, ok := LookupKey(r, k, other); ok {
				known = append(known, other)
			}
		}
		if len(known) > 1 {
			return known
		}
	}
	return nil
}

// TopicKeyFor returns the topic's key whose default a broker's key is, or "" where there is none.
func TopicKeyFor(r Release, name string) string {
	for k := range Keys(r, Topic) {
		if slices.Contains(k.Synonyms, name) {
			return k.Name
		}
	}
	return ""
}
