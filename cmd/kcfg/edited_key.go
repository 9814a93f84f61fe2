package main

import (
	"slices"

	"github.com/kcfg/kcfg/properties"
)

// editedKey is what became of one key of an edited file, as JSON shows it.
type editedKey struct {
	Key    string `json:"key"`
	Value  string `json:"value"`
	Was    string `json:"was"`
	Hidden bool   `json:"hidden"` // Value, Was or both are a secret
	Action string `json:"action"`
	Line   int    `json:"line"` // in the new file; of what was removed, in the old one
	Column int    `json:"column"`
}

// The actions of an editor on a key.
const (
	keyNew       = "new"
	keyChanged   = "changed"
	keyUnchanged = "unchanged"
	keyRemoved   = "removed"
)

// settings says what became of the keys that were to be set or removed; one that is in neither file is left out.
func (c *change) settings() []editedKey {
	var out []editedKey
	for i, key := range c.keys {
		old, was := c.before.Lookup(key)
		entry, is := c.after.Lookup(key)
		if !was && !is || slices.Contains(c.keys[:i], key) {
			continue
		}
		s := editedKey{Key: key, Action: keyChanged}
		switch {
		case !is:
			s.Action = keyRemoved
		case !was:
			s.Action = keyNew
		case old.Value == entry.Value:
			s.Action = keyUnchanged
		}
		at := entry
		if !is {
			at = old
		}
		s.Line, s.Column = at.KeyPos().Line, at.KeyPos().Column
		show := func(e properties.Entry, there bool) string {
			if !there {
				return ""
			}
			if e.Value != "" && (slices.Contains(c.secrets, key) || secrets(e) != nil) {
				s.Hidden = true
				return properties.Mask
			}
			return e.Value
		}
		s.Value, s.Was = show(entry, is), show(old, was)
		out = append(out, s)
	}
	return out
}
