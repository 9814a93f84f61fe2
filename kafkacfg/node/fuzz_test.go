package node

import "testing"

func FuzzPrincipalRules(f *testing.F) {
	for _, s := range []string{"DEFAULT", "RULE:^CN=(.*?),.*$/$1/L,DEFAULT", "RULE:a/b/", "RULE:a\\/b/c/U ,", ",,"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, value string) {
		if err := principalRules(value); err != nil && value == "" {
			t.Error(err)
		}
	})
}
