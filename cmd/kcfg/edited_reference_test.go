package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	judge "github.com/kcfg/kcfg/internal/reference"
)

// TestKeytoolAndOpenSSLReadWhatWasEdited edits stores that keytool wrote, in every way, and has every keytool list the result. A key
// with a password of its own, which the edits do not know, is there to the end.
func TestKeytoolAndOpenSSLReadWhatWasEdited(t *testing.T) {
	judge.Require(t)
	openssl := judge.Tool(t, "openssl")
	jdks := judge.JDKs(t)
	const newPassword = "another password"
	keytool := func(jdk judge.JDK, password string, args ...string) string {
		t.Helper()
		cmd := exec.Command(jdk.Bin("keytool"), append(append([]string{"-J-XX:TieredStopAtLevel=1", "-J-Duser.language=en"}, args...), "-storepass:env", "PW")...)
		cmd.Env = append(os.Environ(), "PW="+password, "KEYPW=its own password")
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s", out)
		return string(out)
	}
	for _, kind := range []string{"PKCS12", "JKS"} {
		path := filepath.Join(t.TempDir(), "store")
		generate := func(alias string, more ...string) {
			keytool(jdks[0], refPassword, append([]string{"-genkeypair", "-alias", alias, "-keyalg", "EC", "-groupname", "secp256r1", "-dname", "CN=" + alias,
				"-validity", "9999", "-storetype", kind, "-keystore", path}, more...)...)
		}
		generate("Kafka1")
		if kind == "JKS" {
			generate("own", "-keypass:env", "KEYPW")
		} else {
			generate("own")
		}
		require.NoError(t, os.Chmod(path, 0o640))
		mustRun(t, "store", "add", path, "--pem", lineage(t, "kafka1.example.com"), "--alias", "Added")
		mustRun(t, "store", "add", path, "--pem", exampleRoot, "--alias", "root")
		mustRun(t, "store", "rename", path, "KAFKA1", "renamed")
		mustRun(t, "store", "rename", path, "own", "still-own")
		mustRun(t, "store", "remove", path, "ROOT")
		mustRun(t, "store", "passwd", path, "--new-password", "env:KEY_PASSWORD")
		info, err := os.Stat(path)
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o640), info.Mode())
		for _, jdk := range jdks {
			listed := keytool(jdk, newPassword, "-list", "-keystore", path)
			require.Contains(t, listed, "contains 3 entries", "%s, Java %d", kind, jdk.Major)
			for _, alias := range []string{"added", "renamed", "still-own"} {
				require.Contains(t, listed, "\n"+alias+", ", "%s, Java %d", kind, jdk.Major)
			}
			require.Equal(t, 3, strings.Count(listed, "PrivateKeyEntry"))
		}
		if kind == "JKS" {
			// the key that was never opened still opens with its own password
			keytool(jdks[0], newPassword, "-certreq", "-alias", "still-own", "-keystore", path, "-keypass:env", "KEYPW")
			continue
		}
		cmd := exec.Command(openssl, "pkcs12", "-in", path, "-nodes", "-passin", "env:PW")
		cmd.Env = append(os.Environ(), "PW="+newPassword)
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s", out)
		require.Equal(t, 3, strings.Count(string(out), "BEGIN PRIVATE KEY"))
	}
}
