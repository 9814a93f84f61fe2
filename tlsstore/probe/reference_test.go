package probe

import (
	"bufio"
	"crypto/x509"
	"encoding/pem"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/internal/reference"
)

// TestOpenSSLServers looks at real servers of another make, over real sockets, with and without a demand for a client's
// certificate.
func TestOpenSSLServers(t *testing.T) {
	openssl := reference.Tool(t, "openssl")
	s := newServer(t)
	dir := t.TempDir()
	write := func(name string, blocks ...*pem.Block) string {
		var text []byte
		for _, b := range blocks {
			text = append(text, pem.EncodeToMemory(b)...)
		}
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, text, 0o600))
		return path
	}
	key, err := x509.MarshalPKCS8PrivateKey(s.leaf.key)
	require.NoError(t, err)
	cert := func(i *issued) *pem.Block { return &pem.Block{Type: "CERTIFICATE", Bytes: i.cert.Raw} }
	keyFile, leaf, chain := write("key", &pem.Block{Type: "PRIVATE KEY", Bytes: key}), write("leaf", cert(s.leaf)), write("chain", cert(s.sub), cert(s.root))
	for _, c := range []struct {
		args, version string
		clientAuth    bool
	}{
		{"-tls1 -cipher ALL:@SECLEVEL=0", "TLS 1.0", false},
		{"-tls1_1 -cipher ALL:@SECLEVEL=0", "TLS 1.1", false},
		{"-tls1_2", "TLS 1.2", false},
		{"-tls1_2 -cipher ECDHE-ECDSA-AES128-SHA", "TLS 1.2", false},
		{"-tls1_2 -Verify 1", "TLS 1.2", true},
		{"-tls1_3", "TLS 1.3", false},
		{"-tls1_3 -Verify 1", "TLS 1.3", true},
	} {
		t.Run(c.args, func(t *testing.T) {
			args := append([]string{"s_server", "-accept", "127.0.0.1:0", "-key", keyFile, "-cert", leaf, "-cert_chain", chain, "-naccept", "1"}, strings.Fields(c.args)...)
			cmd := exec.Command(openssl, args...)
			out, err := cmd.StdoutPipe()
			require.NoError(t, err)
			stdin, err := cmd.StdinPipe() // s_server ends with its input
			require.NoError(t, err)
			require.NoError(t, cmd.Start())
			defer func() {
				stdin.Close()
				cmd.Process.Kill()
				cmd.Wait()
			}()
			address := ""
			for lines := bufio.NewScanner(out); address == "" && lines.Scan(); {
				if a, ok := strings.CutPrefix(lines.Text(), "ACCEPT "); ok {
					address = a
				}
			}
			go func() { // nobody else reads its output
				buffer := make([]byte, 4096)
				for {
					if _, err := out.Read(buffer); err != nil {
						return
					}
				}
			}()
			p, err := Probe(t.Context(), address, Options{Dial: (&net.Dialer{}).DialContext, ServerName: "kafka1.example.com", Timeout: 20 * time.Second})
			require.NoError(t, err)
			require.Equal(t, c.version, p.Version)
			require.Equal(t, c.clientAuth, p.ClientAuth)
			require.Equal(t, c.clientAuth, p.Handshake != nil, "%v", p.Handshake)
			anchor, err := p.Anchor(nil)
			require.NoError(t, err)
			require.Equal(t, "Root", anchor.Subject.CommonName)
		})
	}
}
