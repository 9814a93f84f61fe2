package kafkacfg

import (
	"slices"
	"strings"

	"github.com/agext/levenshtein"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/properties"
)

// secretWords end the names of keys that hold secrets: Kafka's keys of type PASSWORD, and what plug-ins, other clients and
// ZooKeeper call theirs.
var secretWords = []string{
	"password", "passwd", "pass", "passphrase", "secret", "secret.key", "master.key", "jaas.config", "keystore.key",
	"keystore.certificate.chain", "truststore.certificates", "private.key", "key.pem", "credential", "credentials",
	"auth.user.info", "api.key", "access.key", "token", "secretkey", "accesskey", "privatekey", "apikey", "superdigest",
}

// SecretKey reports whether the name of a key says that its value is a secret. It knows every key of type PASSWORD of
// every release by its name alone, behind any prefix, and serves for keys that no release defines: those of plug-ins, of other
// clients, misspelt, or in a comment.
func SecretKey(key string) bool {
	key = strings.TrimRight(strings.ToLower(strings.TrimSpace(key)), ".")
	for _, word := range secretWords {
		if strings.HasSuffix(key, word) {
			return true
		}
	}
	last := key[strings.LastIndexByte(key, '.')+1:]
	if strings.Contains("."+key, ".jaas.") || strings.HasPrefix(last, "user_") { // misspelt, or a line of a login that lost its backslash
		return true
	}
	return near(last, "password", 2) || near(last, "secret", 1)
}

// near reports whether two words are no more than most edits apart.
func near(a, b string, most int) bool {
	return max(len(a)-len(b), len(b)-len(a)) <= most && levenshtein.Distance(a, b, nil) <= most
}

// SecretText reports whether a text holds a secret whatever key it stands behind: a private key, or the password of a login.
func SecretText(text string) bool {
	return strings.Contains(text, "PRIVATE KEY") || strings.Contains(text, "password=") || strings.Contains(text, "password =")
}

// withoutSecrets drops the fixes that would show a secret: of a secret's entry, everything that writes anything but the key.
func withoutSecrets(f *properties.File, all []finding.Finding) {
	for i := range all {
		if all[i].Fix == nil || !SecretKey(all[i].Key) {
			continue
		}
		e, ok := f.Lookup(all[i].Key)
		shows := func(edit finding.Edit) bool {
			inKey := ok && edit.Start < edit.End && edit.Start >= e.KeyPos().Offset && edit.End <= e.ValuePos().Offset
			return edit.New != "" && !inKey
		}
		if slices.ContainsFunc(all[i].Fix.Edits, shows) {
			all[i].Fix = nil
		}
	}
}
