package main

import "strings"

// secretWords end the names of keys that hold secrets: Kafka's keys of type PASSWORD, those of ZooKeeper, and what plug-ins and
// other clients call theirs.
var secretWords = []string{
	"password", "passwd", "pass", "passphrase", "secret", "secret.key", "master.key", "jaas.config", "keystore.key", "keystore.certificate.chain",
	"truststore.certificates", "private.key", "key.pem", "credentials", "auth.user.info", "api.key", "access.key", "token",
}

// secretKey reports whether a key's value must not be shown, by its name alone: the key may be misspelt, or in a comment.
func secretKey(key string) bool {
	key = strings.ToLower(strings.TrimSpace(key))
	for _, word := range secretWords {
		if strings.HasSuffix(key, word) {
			return true
		}
	}
	return false
}
