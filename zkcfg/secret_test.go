package zkcfg

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/properties"
)

func TestSecretKeysAreThePasswordsOfTheCatalogue(t *testing.T) {
	seen := 0
	for _, r := range Releases() {
		for k := range Keys(r) {
			if k.Type == "password" {
				seen++
			}
			require.Equal(t, k.Type == "password", SecretKey(k.Name), "%s: %s is a %s", r, k.Name, k.Type)
		}
	}
	require.NotZero(t, seen)
}

func TestSecretKeySpellings(t *testing.T) {
	for key, want := range map[string]bool{
		"zookeeper.DigestAuthenticationProvider.superDigest": true, "zookeeper.superDigest": true, "superdigset": true, "ssl.keystore.pasword": true,
		" ssl.quorum.trustStore.password\t": true, "ssl.keyStore.PASSWORD": true, "-Dzookeeper.ssl.keyStore.password": true,
		"ssl.keyStore.passwordPath": false, "DigestAuthenticationProvider.digestAlg": false, "digest.enabled": false, "superUser": false,
	} {
		require.Equal(t, want, SecretKey(key), key)
	}
}

// TestSecretsStayHidden plants a text in every secret, in every form that a rule looks at.
func TestSecretsStayHidden(t *testing.T) {
	const marker = "S3CR3TMARKER"
	values := []string{
		marker, marker + " ", marker + " # note", "# " + marker, `"` + marker + `"`, "'" + marker + "'", "${" + marker + "}", "<" + marker + ">", "YOUR_" + marker, `C:\` + marker,
		marker + `\u12` + marker, "ü" + marker, marker + "\\\n   " + marker, "0" + marker, "{{" + marker + "}}",
	}
	names := []string{"DigestAuthenticationProvider.superDigest", "SASLAuthenticationProvider.superPassword"}
	for _, side := range []string{"ssl.", "ssl.quorum."} {
		names = append(names, side+"keyStore.password", side+"trustStore.password")
	}
	var keys []string
	for _, name := range names {
		keys = append(keys, name, "zookeeper."+name, "\ufeff"+name, strings.ToLower(name), ";"+name, "; "+name, "// "+name, "-- "+name, strings.TrimSuffix(name, "t")+"x", "-Dzookeeper."+name)
	}
	for _, key := range keys {
		for _, value := range values {
			text := "dataDir=/var/lib/zookeeper\nclientPort=2181\n" + key + "=" + value + "\n" + key + " " + value + "\n"
			f, err := properties.Parse("zoo.cfg", []byte(text))
			require.NoError(t, err)
			for _, release := range []Release{"3.4.14", "3.5.10", Newest()} {
				r, err := Validate(f, Options{Release: release})
				require.NoError(t, err)
				var out bytes.Buffer
				require.NoError(t, finding.WriteText(&out, []finding.Report{r}, finding.TextOptions{}))
				j, err := json.Marshal(r)
				require.NoError(t, err)
				require.NotContains(t, out.String()+string(j), marker, text)
				require.NotContains(t, out.String()+string(j), "u12S3", text)
			}
		}
	}
}
