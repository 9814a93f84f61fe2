package tlsstore

import (
	"bytes"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/internal/golden"
)

func requirePublic(t *testing.T, name string, k PEMKey, publicPEM []byte) {
	t.Helper()
	pkcs8, err := k.PKCS8()
	require.NoError(t, err, name)
	public, err := publicKey(pkcs8)
	require.NoError(t, err, name)
	spki, err := x509.MarshalPKIXPublicKey(public)
	require.NoError(t, err, name)
	if publicPEM != nil {
		block, _ := pem.Decode(publicPEM)
		require.NotNil(t, block, name)
		require.Equal(t, block.Bytes, spki, name)
	}
}

func TestTextAroundAndBetweenBlocks(t *testing.T) {
	leaf := issue(t, request{cn: "kafka1", hosts: "kafka1.example.com"})
	cert, key := leaf.pem(), keyPEM(t, leaf.key)
	body := strings.Split(strings.TrimSpace(cert), "\n")
	oneLine := strings.Join(body[1:len(body)-1], "")
	for _, c := range []struct{ name, in string }{
		{"as it is", cert + key},
		{"key first", key + cert},
		{"no end of line at the end", cert + strings.TrimSuffix(key, "\n")},
		{"CR LF", strings.ReplaceAll(cert+key, "\n", "\r\n")},
		{"CR", strings.ReplaceAll(cert+key, "\n", "\r")},
		{"UTF-8 mark", "\ufeff" + cert + key},
		{"blanks at line ends", strings.ReplaceAll(cert+key, "\n", " \t\n")},
		{"indented", "  " + strings.ReplaceAll(cert+key, "\n", "\n  ")},
		{"blank lines", strings.ReplaceAll(cert+key, "\n", "\n\n")},
		{"preamble", "subject=CN=kafka1\nissuer=CN=kafka1\n" + cert + "Bag Attributes\n    friendlyName: kafka1\n    localKeyID: 54 69\nKey Attributes: <No Attributes>\n" + key + "trailer"},
		{"a rule of dashes", "----------\n" + cert + "-----\n" + key},
		{"a list with dashes", "-- begin of the list\n" + cert + key},
		{"joined without an end of line", strings.TrimSuffix(cert, "\n") + key},
		{"one line each", fmt.Sprintf("-----BEGIN CERTIFICATE----- %s -----END CERTIFICATE----- \n%s", oneLine, key)},
		{"base64 in one line", "-----BEGIN CERTIFICATE-----\n" + oneLine + "\n-----END CERTIFICATE-----\n" + key},
		{"END behind the last base64", "-----BEGIN CERTIFICATE-----\n" + oneLine + "-----END CERTIFICATE-----\n" + key},
		{"X509 CERTIFICATE", strings.ReplaceAll(cert, "CERTIFICATE", "X509 CERTIFICATE") + key},
		{"RFC 1421 headers", strings.Replace(cert, "-----\n", "-----\nContent-Domain: RFC822\nX-Long: one\n two\n\n", 1) + key},
		{"other blocks", pemOf("PUBLIC KEY", []byte{0x30, 0}) + pemOf("X509 CRL", []byte{0x30, 0}) + cert + pemOf("DH PARAMETERS", []byte{0x30, 0}) + key},
		{"commented out", "#-----BEGIN CERTIFICATE-----\n# broken\n" + cert + key},
		{"NUL between blocks", cert + "\x00\x00\n" + key},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.name == "a list with dashes" {
				_, err := ParsePEM("in.pem", []byte(c.in), PEMOptions{})
				require.ErrorIs(t, err, ErrCorrupt, "a line that may be a damaged mark is not skipped")
				return
			}
			p, err := ParsePEM("in.pem", []byte(c.in), PEMOptions{})
			require.NoError(t, err)
			require.Len(t, p.Keys, 1)
			require.Len(t, p.Certificates, 1)
			require.Equal(t, leaf.der, p.Certificates[0].DER)
			requirePublic(t, c.name, p.Keys[0], nil)
			require.NoError(t, matches(p.Keys[0], leaf.der))
		})
	}
}

func TestTrustedCertificateHasMoreBehindTheCertificate(t *testing.T) {
	leaf := issue(t, request{cn: "ca", ca: true})
	aux := []byte{0x30, 0x0a, 0x30, 0x08, 0x06, 0x06, 0x2b, 6, 1, 5, 5, 7} // a purpose
	p := mustParse(t, pemOf(labelTrusted, append(bytes.Clone(leaf.der), aux...)), pemOf(labelTrusted, leaf.der))
	require.Equal(t, leaf.der, p.Certificates[0].DER)
	require.Equal(t, leaf.der, p.Certificates[1].DER)
	_, err := ParsePEM("in.pem", []byte(pemOf(labelCertificate, append(bytes.Clone(leaf.der), aux...))), PEMOptions{})
	require.EqualError(t, err, "in.pem:1: block 1 (CERTIFICATE): there is something behind the certificate")
}

func TestPositionsAndOtherBlocks(t *testing.T) {
	leaf := issue(t, request{cn: "kafka1"})
	p := mustParse(t, "text – with a dash\r\rmore\r\n–\n", leaf.pem(), pemOf("CERTIFICATE REQUEST", []byte{0x30, 0}), pemOf("MY OWN THING", []byte{1}), keyPEM(t, leaf.key))
	require.Equal(t, 5, p.Certificates[0].Line)
	require.Equal(t, "in.pem:5: block 1 (CERTIFICATE)", p.Certificates[0].String())
	require.Equal(t, []string{"CERTIFICATE REQUEST", "unknown label"}, []string{p.Others[0].Label, p.Others[1].Label})
	require.Equal(t, 4, p.Keys[0].Number)
}

// TestBrokenPEM compares whole messages: each names file, line and block, and none repeats what stands there.
func TestBrokenPEM(t *testing.T) {
	leaf := issue(t, request{cn: "kafka1"})
	cert, key := leaf.pem(), keyPEM(t, leaf.key)
	lines := strings.SplitAfter(cert, "\n")
	cut := func(from, to int) string {
		return strings.Join(append(append([]string{}, lines[:from]...), lines[to:]...), "")
	}
	sec1, err := x509.MarshalPKIXPublicKey(leaf.key.Public())
	require.NoError(t, err)
	for _, c := range []struct {
		name, in, want string
		is             error
	}{
		{"empty", "", "in.pem: the file is empty", ErrFormat},
		{"blank", " \n\n", "in.pem: the file is empty", ErrFormat},
		{"text", "hello\n", "in.pem: no PEM block in it", ErrFormat},
		{"JKS", "\xfe\xed\xfe\xed\x00\x00\x00\x02", "in.pem: a JKS store, not PEM: kcfg convert writes PEM", ErrFormat},
		{"DER", string(leaf.der), "in.pem: a certificate in DER, not PEM: openssl x509 -inform DER -in FILE writes PEM", ErrFormat},
		{"key in DER", "\x30\x0a\x02\x01\x00\x30\x03\x06\x01\x2a\x04\x00", "in.pem: a private key in DER, not PEM: openssl pkey -inform DER -in FILE writes PEM", ErrFormat},
		{"encrypted key in DER", "\x30\x08\x30\x03\x06\x01\x2a\x04\x01x", "in.pem: a private key in DER, not PEM: openssl pkey -inform DER -in FILE writes PEM", ErrFormat},
		{"UTF-16 without a mark", "-\x00-\x00-\x00-\x00-\x00B\x00", "in.pem: UTF-16 text, not PEM: save it as ASCII or UTF-8", ErrFormat},
		{"other DER", "\x30\x82\x01\x00\x02\x01\x00", "in.pem: binary (DER), not PEM", ErrFormat},
		{"PKCS12", "\x30\x82\x01\x00\x02\x01\x03\x30\x00", "in.pem: a PKCS12 store, not PEM: kcfg convert writes PEM", ErrFormat},
		{"UTF-16", "\xff\xfe-\x00-\x00", "in.pem: UTF-16 text, not PEM: save it as ASCII or UTF-8", ErrFormat},
		{"no END", key + lines[0] + lines[1], "in.pem:6: block 2 (CERTIFICATE): no END line: the file is cut off", ErrCorrupt},
		{"no END before the next", lines[0] + lines[1] + key, "in.pem:1: block 1 (CERTIFICATE): no END line before the next block begins in line 3", ErrCorrupt},
		{"no BEGIN", key + cut(0, 1), fmt.Sprintf("in.pem:%d: block 2: an END line without its BEGIN line", 5+len(lines)-2), ErrCorrupt},
		{"another END", strings.Replace(cert, "END CERTIFICATE", "END PRIVATE KEY", 1), fmt.Sprintf("in.pem:%d: block 1 (CERTIFICATE): its END line has another label (PRIVATE KEY)", len(lines)-1), ErrCorrupt},
		{"four dashes", strings.Replace(cert, "-----BEGIN", "----BEGIN", 1), "in.pem:1: block 1: a damaged BEGIN or END line: it has to be five dashes, BEGIN or END, the label, five dashes", ErrCorrupt},
		{"typographic dashes", strings.Replace(cert, "-----BEGIN", "—–BEGIN", 1), "in.pem:1: block 1: a damaged BEGIN or END line: it has to be five dashes, BEGIN or END, the label, five dashes", ErrCorrupt},
		{"blank behind the dashes", strings.Replace(cert, "-----BEGIN", "----- BEGIN", 1), "in.pem:1: block 1: a damaged BEGIN or END line: it has to be five dashes, BEGIN or END, the label, five dashes", ErrCorrupt},
		{"lower case", strings.Replace(cert, "-----BEGIN", "-----begin", 1), "in.pem:1: block 1: a damaged BEGIN or END line: it has to be five dashes, BEGIN or END, the label, five dashes", ErrCorrupt},
		{"no closing dashes", strings.Replace(cert, "CERTIFICATE-----", "CERTIFICATE", 1), "in.pem:1: block 1: a BEGIN or END line without its five closing dashes", ErrCorrupt},
		{"text before BEGIN", "ca: " + cert, "in.pem:1: block 1: a BEGIN or END mark that is not at the start of its line", ErrCorrupt},
		{"text behind END", strings.TrimSuffix(cert, "\n") + " x\n", fmt.Sprintf("in.pem:%d: block 1 (CERTIFICATE): text behind its END mark", len(lines)-1), ErrCorrupt},
		{"a foreign character", strings.Replace(cert, "\nMII", "\nM!I", 1), "in.pem:1: block 1 (CERTIFICATE): its base64 is damaged", ErrCorrupt},
		{"a line lost", cut(2, 3), "in.pem:1: block 1 (CERTIFICATE): it holds no certificate", ErrCorrupt},
		{"nothing inside", "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n", "in.pem:1: block 1 (CERTIFICATE): it is empty", ErrCorrupt},
		{"a key called certificate", strings.ReplaceAll(key, "PRIVATE KEY", "CERTIFICATE"), "in.pem:1: block 1 (CERTIFICATE): it holds no certificate", ErrCorrupt},
		{"a certificate called key", strings.ReplaceAll(cert, "CERTIFICATE", "PRIVATE KEY"), "in.pem:1: block 1 (PRIVATE KEY): it holds no private key that can be read", ErrCorrupt},
		{"a public key called key", pemOf("EC PRIVATE KEY", sec1), "in.pem:1: block 1 (EC PRIVATE KEY): it holds no private key that can be read", ErrCorrupt},
		{"headers without a blank line", strings.Replace(cert, "-----\n", "-----\nA: b\n", 1), "in.pem:3: block 1 (CERTIFICATE): no blank line between its headers and its content", ErrCorrupt},
		{"OpenSSH", pemOf("OPENSSH PRIVATE KEY", []byte("openssh-key-v1\x00")), "in.pem:1: block 1 (OPENSSH PRIVATE KEY): an OpenSSH key (ssh-keygen -p -m PKCS8 -f FILE rewrites it)", ErrUnsupported},
		{"DSA", pemOf("DSA PRIVATE KEY", []byte{0x30, 0}), "in.pem:1: block 1 (DSA PRIVATE KEY): a DSA key", ErrUnsupported},
		{"EC with explicit parameters", pemOf("EC PRIVATE KEY", []byte{0x30, 0x0a, 2, 1, 1, 4, 1, 1, 0xa0, 2, 0x30, 0}), "in.pem:1: block 1 (EC PRIVATE KEY): its key is of type EC with explicit parameters", ErrUnsupported},
		{"Ed448", pemOf("PRIVATE KEY", []byte{0x30, 0x0a, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x71}), "in.pem:1: block 1 (PRIVATE KEY): its key is of type Ed448", ErrUnsupported},
		{"a secret for a label", "-----BEGIN MC4CAQAwBQYDK2VwBCIEI-----\nAAAA\n-----END X-----\n", "in.pem:3: block 1 (unknown label): its END line has another label (unknown label)", ErrCorrupt},
		{"a DEK-Info that nobody knows", "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: ROT13,00\n\nAAAA\n-----END RSA PRIVATE KEY-----\n", "in.pem:1: block 1 (RSA PRIVATE KEY): its DEK-Info names a cipher that is not supported", ErrUnsupported},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := ParsePEM("in.pem", []byte(c.in), PEMOptions{Password: NewPassword([]byte("x"))})
			require.EqualError(t, err, c.want)
			require.ErrorIs(t, err, c.is)
		})
	}
}

func TestPassphrases(t *testing.T) {
	a := golden.Open(t, keyArchive)
	for _, f := range a.Files {
		if strings.HasSuffix(f.Name, ".public") {
			continue
		}
		p, err := ParsePEM(f.Name, f.Data, PEMOptions{})
		require.NoError(t, err, f.Name)
		k := p.Keys[0]
		require.Equal(t, k.Encrypted, k.Locked, f.Name)
		if !k.Locked {
			continue
		}
		_, err = k.PKCS8()
		require.ErrorIs(t, err, ErrLocked, f.Name)
		require.ErrorContains(t, err, "the key is encrypted, and no passphrase was given", f.Name)
		for _, wrong := range []string{"", "Secret", "secret\n"} {
			_, err = ParsePEM(f.Name, f.Data, PEMOptions{Password: NewPassword([]byte(wrong))})
			require.ErrorIs(t, err, ErrPassword, "%s with %q", f.Name, wrong)
			require.ErrorContains(t, err, "the passphrase does not open the key", f.Name)
		}
	}
}

func TestLimitsOfPEM(t *testing.T) {
	leaf := issue(t, request{cn: "kafka1"})
	cert := leaf.pem()
	parse := func(in string) error {
		_, err := ParsePEM("in.pem", []byte(in), PEMOptions{Password: NewPassword([]byte("x"))})
		return err
	}
	t.Run("file", func(t *testing.T) {
		pad := strings.Repeat("\n", maxPEMFile-len(cert))
		require.NoError(t, parse(cert+pad))
		require.ErrorIs(t, parse(cert+pad+"\n"), ErrTooCostly)
	})
	t.Run("blocks", func(t *testing.T) {
		tiny := "-----BEGIN X-----\nAA==\n-----END X-----\n"
		require.NoError(t, parse(strings.Repeat(tiny, maxPEMBlocks)))
		require.ErrorIs(t, parse(strings.Repeat(tiny, maxPEMBlocks+1)), ErrTooCostly)
	})
	t.Run("block", func(t *testing.T) {
		block := func(n int) string { return "-----BEGIN X-----\n" + strings.Repeat("A", n) + "\n-----END X-----\n" }
		require.NoError(t, parse(block(maxPEMBlock)))
		require.ErrorIs(t, parse(block(maxPEMBlock+4)), ErrCorrupt)
	})
	t.Run("headers", func(t *testing.T) {
		block := func(n int) string {
			var b strings.Builder
			for i := range n {
				fmt.Fprintf(&b, "H%d: x\n", i)
			}
			return strings.Replace(cert, "-----\n", "-----\n"+b.String()+"\n", 1)
		}
		require.NoError(t, parse(block(maxPEMHeader)))
		require.ErrorIs(t, parse(block(maxPEMHeader+1)), ErrCorrupt)
	})
	t.Run("iterations", func(t *testing.T) {
		// both pass or fail before the first iteration: nothing here takes a second
		require.ErrorIs(t, parse(encryptedKey(t, maxPEMIterations+1)), ErrTooCostly)
		b := newKeyBudget()
		require.NoError(t, b.spend(maxPEMIterations))
		require.NoError(t, b.spend(maxPEMTotalIterations-maxPEMIterations))
		require.ErrorIs(t, b.spend(1), ErrTooCostly)
		b = newKeyBudget()
		require.ErrorIs(t, b.spend(maxPEMIterations+1), ErrTooCostly)
		require.ErrorIs(t, parse(encryptedKey(t, 3)), ErrPassword)
	})
}

// encryptedKey is an encrypted key with this number of iterations and no key inside.
func encryptedKey(t *testing.T, iterations int) string {
	t.Helper()
	text, ok := golden.Open(t, keyArchive).File("pbes2-aes256-sha256")
	require.True(t, ok)
	block, _ := pem.Decode(text)
	at := bytes.Index(block.Bytes, []byte{2, 2, 0x08, 0}) // 2048
	require.Positive(t, at)
	der := bytes.Clone(block.Bytes)
	if iterations < 1<<15 {
		der[at+2], der[at+3] = byte(iterations>>8), byte(iterations)
		if iterations < 128 {
			// minimal DER wants one byte: keep two significant ones
			der[at+2], der[at+3] = 1, byte(iterations)
		}
		return pemOf(labelEncryptedPKCS8, der)
	}
	// two bytes more in the integer and in the five lengths around it
	grown := append(append(bytes.Clone(der[:at]), 2, 4, byte(iterations>>24), byte(iterations>>16), byte(iterations>>8), byte(iterations)), der[at+4:]...)
	for i := 0; i < at; i++ {
		if grown[i] == 0x30 && grown[i+1] == 0x82 {
			n := int(grown[i+2])<<8 | int(grown[i+3]) + 2
			grown[i+2], grown[i+3] = byte(n>>8), byte(n)
			i += 3
		} else if grown[i] == 0x30 && int(grown[i+1]) < 0x7e && i+2+int(grown[i+1]) > at {
			grown[i+1] += 2
			i++
		}
	}
	return pemOf(labelEncryptedPKCS8, grown)
}

// TestDamagedKeys changes every character of a key, and cuts it off everywhere: an error, or the same key; never another.
// An Ed25519 key states nothing twice, so that its certificate alone can tell.
func TestDamagedKeys(t *testing.T) {
	a := golden.Open(t, keyArchive)
	for _, name := range []string{"pkcs8-p256", "sec1-p256", "sec1-p256-compressed", "ec-parameters", "pkcs1-rsa-2048", "pkcs8-rsa-2048"} {
		text, ok := a.File(name)
		require.True(t, ok)
		want, err := openKey(t, name, text).PKCS8()
		require.NoError(t, err)
		check := func(damaged []byte, what string, at int) {
			p, err := ParsePEM("in.pem", damaged, PEMOptions{})
			if err != nil || len(p.Keys) == 0 {
				return
			}
			got, err := p.Keys[0].PKCS8()
			require.NoError(t, err)
			require.True(t, bytes.Equal(want, got), "%s: another key after byte %d was %s", name, at, what)
		}
		for i := range text {
			damaged := bytes.Clone(text)
			damaged[i] ^= 1
			check(damaged, "changed", i)
			check(text[:i], "cut", i)
		}
	}
}

func TestNothingPrintsAKey(t *testing.T) {
	leaf := issue(t, request{cn: "kafka1"})
	p := mustParse(t, keyPEM(t, leaf.key), leaf.pem())
	pair, err := KeyEntry(p, KeyOptions{})
	require.NoError(t, err)
	der, err := p.Keys[0].PKCS8()
	require.NoError(t, err)
	for _, v := range []any{p, *p, p.Keys, p.Keys[0], pair, &pair, pair.Entry} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%d"} {
			requireNoSecret(t, fmt.Sprintf(verb, v), der)
		}
		out, err := json.Marshal(v)
		if err == nil && !strings.Contains(fmt.Sprintf("%T", v), "Entry") && !strings.Contains(fmt.Sprintf("%T", v), "KeyPair") {
			requireNoSecret(t, string(out), der)
		}
	}
	require.True(t, errors.Is(ErrLocked, ErrLocked))
}

// requireNoSecret looks for the middle of a key in the forms in which Go prints bytes.
func requireNoSecret(t *testing.T, out string, der []byte) {
	t.Helper()
	part := der[len(der)/2 : len(der)/2+6]
	for _, form := range []string{
		fmt.Sprintf("%x", part), fmt.Sprintf("%X", part), strings.Trim(fmt.Sprint(part), "[]"), string(part), strings.Trim(fmt.Sprintf("%#v", part), "[]byte{}"),
	} {
		require.NotContains(t, out, form)
	}
}

func FuzzParsePEM(f *testing.F) {
	leaf := issue(f, request{cn: "kafka1"})
	f.Add([]byte(leaf.pem()))
	f.Add([]byte(keyPEM(f, leaf.key) + leaf.pem()))
	f.Add([]byte("-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00000000000000000000000000000000\n\nAAAA\n-----END RSA PRIVATE KEY-----\n"))
	f.Add([]byte("-----END X----------BEGIN X-----\r\rAA==-----END X-----"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if bytes.Contains(data, []byte("ENCRYPTED PRIVATE KEY")) && len(data) > 1<<12 {
			return // key derivation dominates; the budget has a test of its own
		}
		p, err := ParsePEM("in.pem", data, PEMOptions{})
		if err != nil {
			return
		}
		// what crypto finds in a well-formed file, we find too
		rest, n := data, 0
		for {
			var b *pem.Block
			if b, rest = pem.Decode(rest); b == nil {
				break
			}
			if b.Type == labelCertificate {
				n++
			}
		}
		if len(p.Certificates) < n {
			t.Errorf("%d certificates, encoding/pem finds %d", len(p.Certificates), n)
		}
		if _, err := KeyEntry(p, KeyOptions{}); err != nil {
			return
		}
	})
}
