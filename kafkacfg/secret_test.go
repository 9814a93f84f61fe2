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
