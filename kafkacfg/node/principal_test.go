package node

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestKerberosRules(t *testing.T) {
	for rule, taken := range map[string]bool{
		"DEFAULT": true, "RULE:[1:$1@$0](.*@REALM)s/@.*//": true, "RULE:[2:$1]": true, "RULE:[1:$1](a)s/a/b/g/L": true,
		"RULE:[:$1]": false, "RULE:[1:$1](a{x)": false, "RULE:[1:$1]s/(/b/": false, "RULE:[99999999999:$1]": false, "default": false,
	} {
		require.Equal(t, taken, kerberosRules([]string{rule}) == nil, rule)
	}
}
