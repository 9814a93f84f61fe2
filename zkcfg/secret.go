package zkcfg

import (
	"slices"
	"strings"

	"github.com/agext/levenshtein"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/internal/filelint"
)

// secretWords end the names of keys that hold secrets: those of type password in the catalogue, behind any prefix.
var secretWords = []string{"password", "superdigest", "superpassword"}

// SecretKey reports whether the name of a key says that its value is a secret. It knows every key of type password of every
// release by its name alone, also as a system property (zookeeper.KEY), in other capitals and with a slip of the pen.
func SecretKey(key string) bool {
	key = asciiLower(trim(key))
	last := key[strings.LastIndexByte(key, '.')+1:]
	const slips = 2
	for _, word := range secretWords {
		far := len(last) > len(word)+slips || len(last) < len(word)-slips
		if strings.HasSuffix(key, word) || !far && levenshtein.Distance(last, word, nil) <= slips {
			return true
		}
	}
	return false
}

// shown is a value as a message may show it.
func (s *setting) shown() string {
	const most = 60 // characters
	if SecretKey(s.key) {
		return "[hidden]"
	}
	text := []rune(filelint.AsTyped(s.text[:min(len(s.text), 8*most)]))
	if len(text) > most {
		return quoted(string(text[:most]) + "...")
	}
	return quoted(string(text))
}

// withoutSecrets drops the fixes that would show a secret: of a secret's entry, everything that writes anything but the key.
func (c *Config) withoutSecrets(all []finding.Finding) {
	for i := range all {
		f := &all[i]
		if f.Fix == nil || !SecretKey(f.Key) {
			continue
		}
		s, ok := c.get(f.Key)
		shows := func(edit finding.Edit) bool {
			inKey := ok && edit.Start < edit.End && edit.Start >= s.entry.KeyPos().Offset && edit.End <= s.entry.ValuePos().Offset
			return edit.New != "" && !inKey
		}
		if slices.ContainsFunc(f.Fix.Edits, shows) {
			f.Fix = nil
		}
	}
}
