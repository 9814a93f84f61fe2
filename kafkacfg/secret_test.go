package kafkacfg_test

import (
	"testing"

	"github.com/kcfg/kcfg/kafkacfg"
)

func TestEveryPasswordOfEveryReleaseIsSecret(t *testing.T) {
	seen := 0
	for _, r := range kafkacfg.Releases() {
		for _, kind := range kafkacfg.Kinds() {
			for key := range kafkacfg.Keys(r, kind) {
				secret := key.Type == kafkacfg.Password
				if secret {
					seen++
				}
				if secret != kafkacfg.SecretKey(key.Name) {
					t.Errorf("%s of %s %s has type %s, but SecretKey says %v", key.Name, kind, r, key.Type, !secret)
				}
			}
		}
	}
	if seen == 0 {
		t.Error("the catalogue has no passwords")
	}
}

func TestMisspeltPasswordsAreSecret(t *testing.T) {
	for key, want := range map[string]bool{
		"ssl.key.pasword": true, "ssl.keystore.passwort": true, "my.plugin.secrets": true, "#ssl.keystore.password": true,
		"ssl.keystore.location": false, "security.protocol": false, "password.encoder.iterations": false, "ssl.secure": false,
	} {
		if got := kafkacfg.SecretKey(key); got != want {
			t.Errorf("SecretKey(%q) = %v", key, got)
		}
	}
}
