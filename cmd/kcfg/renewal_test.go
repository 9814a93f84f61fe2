package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/tlsstore"
)

// TestUncovered: which names of a server's certificate another one gives up, as crypto/x509 would find, but in linear time.
func TestUncovered(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	entry := func(names []string, addresses ...string) tlsstore.Entry {
		template := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: names, NotAfter: time.Now().Add(time.Hour)}
		for _, a := range addresses {
			template.IPAddresses = append(template.IPAddresses, net.ParseIP(a))
		}
		der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
		require.NoError(t, err)
		return tlsstore.Entry{Kind: tlsstore.KindKey, Chain: [][]byte{der}}
	}
	numbered := func(format string) []string {
		names := make([]string, 20_000)
		for i := range names {
			names[i] = fmt.Sprintf(format, i)
		}
		return names
	}
	for _, c := range []struct{ old, now, lost []string }{
		{[]string{"a.example.com", "B.example.com"}, []string{"A.example.com", "b.example.com"}, nil},
		{[]string{"a.example.com", "a.b.example.com", "example.com"}, []string{"*.example.com"}, []string{"a.b.example.com", "example.com"}},
		{[]string{"*.example.com"}, []string{"*.example.com", "x.org"}, nil},
		{[]string{"*.example.com"}, []string{"a.example.com"}, []string{"*.example.com"}},
		{numbered("%d.example.com"), numbered("%d.example.org"), numbered("%d.example.com")},
	} {
		require.Equal(t, c.lost, uncovered(entry(c.old), entry(c.now)))
	}
	called := func(common string, names ...string) tlsstore.Entry {
		template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: common}, DNSNames: names, NotAfter: time.Now().Add(time.Hour)}
		der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
		require.NoError(t, err)
		return tlsstore.Entry{Kind: tlsstore.KindKey, Chain: [][]byte{der}}
	}
	require.Equal(t, []string{"a.example.com"}, uncovered(called("a.example.com"), called("b.example.com")))
	require.Empty(t, uncovered(called("A.example.com"), called("b.example.com", "a.example.com")))
	require.Empty(t, uncovered(called("a.example.com", "b.example.com"), called("", "b.example.com")))
	require.Empty(t, uncovered(called("Kafka of Jane Doe"), called("b.example.com")))
	require.Equal(t, []string{"10.0.0.1", "fd00::1"}, uncovered(entry(nil, "10.0.0.1", "10.0.0.2", "fd00::1"), entry([]string{"10.0.0.1"}, "10.0.0.2")))
	require.Equal(t, "0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19 and 19980 more", some(numbered("%d"), mostLost))
}

// TestUnchangedStoresKeepTheirDate: what is said of a store that is left alone is what is in it.
func TestUnchangedStoresKeepTheirDate(t *testing.T) {
	const lineage = "../../testdata/live/kafka1.example.com"
	for _, name := range []string{"k.p12", "k.jks"} {
		path := filepath.Join(t.TempDir(), name)
		write := func(now time.Time) string {
			var out, errs bytes.Buffer
			status := run(env{
				Args: []string{"keystore", "--pem", lineage, "--out", path}, Environ: []string{"KCFG_PASSWORD=change-me"},
				Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errs, Now: func() time.Time { return now },
			})
			require.Equal(t, exitOK, status, errs.String())
			return out.String()
		}
		require.Contains(t, write(testNow), "private key, created 2026-12-01")
		again := write(testNow.AddDate(0, 1, 0))
		require.Contains(t, again, name+": unchanged")
		require.Contains(t, again, "private key, created 2026-12-01")
	}
}
