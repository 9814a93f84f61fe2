package tlsstore

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

func file(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text), Mode: 0o644} }

func link(target string) *fstest.MapFile {
	return &fstest.MapFile{Data: []byte(target), Mode: fs.ModeSymlink | 0o777}
}

// material is a key with its leaf and issuing certificate, as files.
type material struct{ key, leaf, chain, full string }

func newMaterial(t testing.TB, name string) material {
	h := newHierarchy(t, "EC-256")
	leaf := issue(t, request{cn: name, hosts: name, by: h.sub, key: h.leaf.key})
	return material{keyPEM(t, h.leaf.key), leaf.pem(), h.sub.pem(), leaf.pem() + h.sub.pem()}
}

// lineage adds version n of a lineage, and points the links to it.
func (m material) lineage(f fstest.MapFS, name string, n int) {
	for kind, text := range map[string]string{"privkey": m.key, "cert": m.leaf, "chain": m.chain, "fullchain": m.full} {
		f[fmt.Sprintf("archive/%s/%s%d.pem", name, kind, n)] = file(text)
		f[fmt.Sprintf("live/%s/%s.pem", name, kind)] = link(fmt.Sprintf("../../archive/%s/%s%d.pem", name, kind, n))
	}
	f["live/README"] = file("This directory contains your keys and certificates.\n")
}

// leafOf is what KeyEntry makes of a bundle: alias, length of the chain, name of the leaf.
func leafOf(t *testing.T, p *Bundle) string {
	t.Helper()
	pair, err := KeyEntry(p, KeyOptions{})
	require.NoError(t, err)
	certs, err := pair.Entry.Certificates()
	require.NoError(t, err)
	return fmt.Sprintf("%s %d %s", pair.Entry.Alias, len(certs), certs[0].Subject.CommonName)
}

func noPause(t *testing.T) PEMOptions {
	return PEMOptions{Pause: func(int) { t.Error("waited for nothing") }}
}

func TestDirectories(t *testing.T) {
	m, other := newMaterial(t, "a.example.com"), newMaterial(t, "b.example.com")
	for _, c := range []struct {
		name, path, want string
		layout           PEMLayout
		files            fstest.MapFS
	}{
		{"certbot, copied without links", "d", "d 2 a.example.com", LayoutCertbot, fstest.MapFS{
			"d/privkey.pem": file(m.key), "d/cert.pem": file(m.leaf), "d/chain.pem": file(m.chain), "d/fullchain.pem": file(m.full), "d/keystore.p12": file("\x30\x82")}},
		{"certbot, only what servers need", "d", "d 2 a.example.com", LayoutCertbot, fstest.MapFS{"d/privkey.pem": file(m.key), "d/fullchain.pem": file(m.full)}},
		{"certbot, cert and chain", "d", "d 2 a.example.com", LayoutCertbot, fstest.MapFS{"d/privkey.pem": file(m.key), "d/cert.pem": file(m.leaf), "d/chain.pem": file(m.chain)}},
		{"lego", "certificates", "a.example.com 2 a.example.com", LayoutLego, fstest.MapFS{
			"certificates/a.example.com.key": file(m.key), "certificates/a.example.com.crt": file(m.full),
			"certificates/a.example.com.issuer.crt": file(m.chain), "certificates/a.example.com.json": file("{}")}},
		{"lego, one of two", "certificates/b.example.com", "b.example.com 2 b.example.com", LayoutLego, fstest.MapFS{
			"certificates/a.example.com.key": file(m.key), "certificates/a.example.com.crt": file(m.full),
			"certificates/b.example.com.key": file(other.key), "certificates/b.example.com.crt": file(other.full)}},
		{"lego, wildcard", "certificates", "_.example.com 2 a.example.com", LayoutLego, fstest.MapFS{
			"certificates/_.example.com.key": file(m.key), "certificates/_.example.com.crt": file(m.full)}},
		{"acme.sh", "a.example.com_ecc", "a.example.com 2 a.example.com", LayoutAcmeSh, fstest.MapFS{
			"a.example.com_ecc/a.example.com.key": file(m.key), "a.example.com_ecc/a.example.com.cer": file(m.leaf),
			"a.example.com_ecc/ca.cer": file(m.chain), "a.example.com_ecc/fullchain.cer": file(m.full),
			"a.example.com_ecc/a.example.com.csr": file("-----BEGIN"), "a.example.com_ecc/a.example.com.conf": file("Le_Domain='a'")}},
		{"acme.sh, directory renamed", "x", "a.example.com 2 a.example.com", LayoutAcmeSh, fstest.MapFS{
			"x/a.example.com.key": file(m.key), "x/fullchain.cer": file(m.full)}},
		{"Kubernetes", "tls", "tls 2 a.example.com", LayoutKubernetes, fstest.MapFS{
			"tls/..data": link("..2026_11_24"), "tls/tls.key": link("..data/tls.key"), "tls/tls.crt": link("..data/tls.crt"), "tls/ca.crt": link("..data/ca.crt"),
			"tls/..2026_11_24/tls.key": file(m.key), "tls/..2026_11_24/tls.crt": file(m.full), "tls/..2026_11_24/ca.crt": file(m.chain)}},
		{"Kubernetes, an empty ca.crt, no links", "tls", "tls 2 a.example.com", LayoutKubernetes, fstest.MapFS{
			"tls/tls.key": file(m.key), "tls/tls.crt": file(m.full), "tls/ca.crt": file("")}},
		{"anything with one key", "d", "d 2 a.example.com", LayoutDirectory, fstest.MapFS{
			"d/server.key": file(m.key), "d/server.crt": file(m.leaf), "d/intermediate.pem": file(m.chain), "d/notes.txt": file("x")}},
		{"the same key twice", "d", "d 2 a.example.com", LayoutDirectory, fstest.MapFS{"d/all.pem": file(m.key + m.full), "d/server.key": file(m.key)}},
		{"one file", "d/all.pem", "a.example.com 2 a.example.com", LayoutFile, fstest.MapFS{"d/all.pem": file(m.key + m.full)}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := ReadPEM(c.files, c.path, noPause(t))
			require.NoError(t, err)
			require.Equal(t, c.layout, p.Layout)
			require.Equal(t, c.want, leafOf(t, p))
			require.Empty(t, p.Findings)
		})
	}
}

func TestDirectoriesThatCannotBeRead(t *testing.T) {
	m, other := newMaterial(t, "a.example.com"), newMaterial(t, "b.example.com")
	live := fstest.MapFS{}
	m.lineage(live, "a.example.com", 1)
	other.lineage(live, "b.example.com", 1)
	for _, c := range []struct {
		name, path, want string
		files            fstest.MapFS
	}{
		{"certbot's live", "live", "live holds 2 certificates, one has to be named: a.example.com, b.example.com", live},
		{"certbot's directory", ".", ". holds 2 certificates, one has to be named: live/a.example.com, live/b.example.com", live},
		{"lego with two domains", "d", "d holds 2 certificates, one has to be named: a, b", fstest.MapFS{
			"d/a.key": file(m.key), "d/a.crt": file(m.full), "d/b.key": file(other.key), "d/b.crt": file(other.full)}},
		{"two keys", "d", "d: 2 private keys (d/a.pem:1, d/b.key:1), one has to be named", fstest.MapFS{
			"d/a.pem": file(m.key + m.full), "d/b.key": file(other.key)}},
		{"two keys beside certbot's names", "d", "d: 2 private keys (d/privkey.pem:1, d/old.key:1), one has to be named", fstest.MapFS{
			"d/privkey.pem": file(m.key), "d/fullchain.pem": file(m.full), "d/old.key": file(other.key)}},
		{"two keys beside acme.sh's names", "d", "d: 2 private keys (d/d.key:1, d/e.key:1), one has to be named", fstest.MapFS{
			"d/d.key": file(m.key), "d/fullchain.cer": file(m.full), "d/e.key": file(other.key)}},
		{"two keys beside Kubernetes' names", "d", "d: 2 private keys (d/tls.key:1, d/old.pem:1), one has to be named", fstest.MapFS{
			"d/tls.key": file(m.key), "d/tls.crt": file(m.full), "d/old.pem": file(other.key)}},
		{"empty", "d", "d: the directory is empty", fstest.MapFS{"d": &fstest.MapFile{Mode: fs.ModeDir | 0o755}}},
		{"nothing of ours", "d", "d: no PEM files in it", fstest.MapFS{"d/x.txt": file("x")}},
		{"an empty file", "d", "d/server.key: the file is empty", fstest.MapFS{"d/server.key": file(""), "d/server.pem": file(m.full)}},
		{"absent", "d", "open d: file does not exist", fstest.MapFS{}},
		{"a pipe", "p.pem", "read p.pem: not a regular file", fstest.MapFS{"p.pem": &fstest.MapFile{Mode: fs.ModeNamedPipe}}},
		{"broken file in a directory", "d", "d/chain.pem:1: block 1 (CERTIFICATE): it is empty", fstest.MapFS{
			"d/key.pem": file(m.key), "d/chain.pem": file("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n")}},
		{"Kubernetes without a key", "d", "d: no PEM files in it", fstest.MapFS{"d/tls.txt": file(m.full)}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := ReadPEM(c.files, c.path, noPause(t))
			require.EqualError(t, err, c.want)
		})
	}
}

// denied is a file system in which something may not be read.
type denied struct {
	fstest.MapFS
	path string
}

func (d denied) Open(name string) (fs.File, error) {
	if name == d.path {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	return d.MapFS.Open(name)
}

func (d denied) ReadDir(name string) ([]fs.DirEntry, error) {
	if name == d.path {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	return d.MapFS.ReadDir(name)
}

func (d denied) Stat(name string) (fs.FileInfo, error) {
	if strings.HasPrefix(name, d.path+"/") {
		return nil, &fs.PathError{Op: "stat", Path: name, Err: fs.ErrPermission}
	}
	return d.MapFS.Stat(name)
}

func TestPermissionErrorsArePassedOn(t *testing.T) {
	f := fstest.MapFS{}
	newMaterial(t, "a.example.com").lineage(f, "a.example.com", 1)
	for _, path := range []string{"live", "live/a.example.com", "archive/a.example.com/privkey1.pem"} {
		_, err := ReadPEM(denied{f, path}, "live/a.example.com", noPause(t))
		require.ErrorIs(t, err, fs.ErrPermission, path)
	}
	p, err := ReadPEM(denied{f, "archive/a.example.com/privkey1.pem"}, "live/a.example.com", PEMOptions{WithoutKeys: true, Pause: noPause(t).Pause})
	require.NoError(t, err, "a trust store needs no key")
	require.Empty(t, p.Keys)
	entries, _ := TrustEntries(p, TrustOptions{})
	require.Len(t, entries, 1)
}

func TestLineageWithReusedKey(t *testing.T) {
	f := fstest.MapFS{}
	m := newMaterial(t, "a.example.com")
	m.lineage(f, "a", 1)
	m.lineage(f, "a", 2)
	f["archive/a/privkey2.pem"] = link("privkey1.pem") // certbot --reuse-key
	p, err := ReadPEM(f, "live/a", noPause(t))
	require.NoError(t, err)
	require.Equal(t, "a 2 a.example.com", leafOf(t, p))
}

func TestLineageWhoseLinksLeaveTheFileSystem(t *testing.T) {
	f := fstest.MapFS{}
	newMaterial(t, "a.example.com").lineage(f, "a", 1)
	for name, e := range f {
		if e.Mode&fs.ModeSymlink != 0 {
			f[name] = link("/etc/letsencrypt/" + strings.TrimPrefix(string(e.Data), "../../"))
		}
	}
	// The links are absolute: only the file system itself can follow them.
	p, err := ReadPEM(absolute{f}, "live/a", noPause(t))
	require.NoError(t, err)
	require.Equal(t, "a 2 a.example.com", leafOf(t, p))
}

// TestFilesOfOthersInALineage is a deploy hook that writes its results beside the links.
func TestFilesOfOthersInALineage(t *testing.T) {
	f := fstest.MapFS{}
	newMaterial(t, "a.example.com").lineage(f, "a", 1)
	f["live/a/haproxy.pem"] = file(newMaterial(t, "old").key)
	f["live/a/keystore.p12"] = file("\x30\x82")
	p, err := ReadPEM(f, "live/a", noPause(t))
	require.NoError(t, err)
	require.Equal(t, "a 2 a.example.com", leafOf(t, p))
}

// TestLineageReachedByALink is /srv/certs/kafka -> /etc/letsencrypt/live/kafka: the links inside start from where they are.
func TestLineageReachedByALink(t *testing.T) {
	f := fstest.MapFS{}
	newMaterial(t, "a.example.com").lineage(f, "a", 1)
	f["srv/certs/kafka"] = link("../../live/a")
	p, err := ReadPEM(f, "srv/certs/kafka", noPause(t))
	require.NoError(t, err)
	require.Equal(t, "kafka 2 a.example.com", leafOf(t, p))
}

// absolute follows absolute links as the operating system does.
type absolute struct{ fstest.MapFS }

func (a absolute) follow(name string) string {
	if target, err := a.MapFS.ReadLink(name); err == nil {
		return strings.TrimPrefix(target, "/etc/letsencrypt/")
	}
	return name
}
func (a absolute) Open(name string) (fs.File, error)     { return a.MapFS.Open(a.follow(name)) }
func (a absolute) Stat(name string) (fs.FileInfo, error) { return a.MapFS.Stat(a.follow(name)) }

func TestNewerLineage(t *testing.T) {
	f := fstest.MapFS{}
	old := newHierarchy(t, "EC-256")
	material{keyPEM(t, old.leaf.key), old.leaf.pem(), old.sub.pem(), old.leaf.pem() + old.sub.pem()}.lineage(f, "kafka", 1)
	older := issue(t, request{cn: "kafka", by: old.sub, from: testStart.AddDate(0, -1, 0)})
	material{keyPEM(t, older.key), older.pem(), old.sub.pem(), older.pem() + old.sub.pem()}.lineage(f, "kafka-0001", 1)
	p, err := ReadPEM(f, "live/kafka", noPause(t))
	require.NoError(t, err)
	require.Empty(t, p.Findings, "kafka-0001 is older")

	newer := issue(t, request{cn: "kafka", by: old.sub, from: testStart.AddDate(0, 1, 0)})
	material{keyPEM(t, newer.key), newer.pem(), old.sub.pem(), newer.pem() + old.sub.pem()}.lineage(f, "kafka-0002", 1)
	p, err = ReadPEM(f, "live/kafka", noPause(t))
	require.NoError(t, err)
	require.Equal(t, "kafka has a newer sibling, kafka-0002: certbot may renew only that one", p.Findings[0].Message)
	p, err = ReadPEM(f, "live/kafka-0002", noPause(t))
	require.NoError(t, err)
	require.Empty(t, p.Findings)
}

// renewing is a file system in which something happens at a certain call.
type renewing struct {
	fstest.MapFS
	calls *int
	at    map[int]func()
}

func (r renewing) step() {
	*r.calls++
	if f := r.at[*r.calls]; f != nil {
		f()
	}
}
func (r renewing) Open(name string) (fs.File, error)       { r.step(); return r.MapFS.Open(name) }
func (r renewing) ReadLink(name string) (string, error)    { r.step(); return r.MapFS.ReadLink(name) }
func (r renewing) Lstat(name string) (fs.FileInfo, error)  { r.step(); return r.MapFS.Lstat(name) }
func (r renewing) Stat(name string) (fs.FileInfo, error)   { r.step(); return r.MapFS.Stat(name) }
func (r renewing) ReadDir(n string) ([]fs.DirEntry, error) { r.step(); return r.MapFS.ReadDir(n) }

// renewal is how certbot replaces version 1 by version 2: for each of the four names, the link is removed and made again.
func renewal(f fstest.MapFS, name string, second material) []func() {
	var steps []func()
	for _, kind := range []string{"cert", "privkey", "chain", "fullchain"} {
		live := fmt.Sprintf("live/%s/%s.pem", name, kind)
		steps = append(steps, func() { delete(f, live) }, func() { f[live] = link(fmt.Sprintf("../../archive/%s/%s2.pem", name, kind)) })
	}
	for kind, text := range map[string]string{"privkey": second.key, "cert": second.leaf, "chain": second.chain, "fullchain": second.full} {
		f[fmt.Sprintf("archive/%s/%s2.pem", name, kind)] = file(text)
	}
	return steps
}

// TestRenewalWhileReading lets certbot's eight steps happen at every moment of a read, all at once, one per call, and with
// a long halt between two of them: what is read is the old or the new certificate, whole.
func TestRenewalWhileReading(t *testing.T) {
	h := newHierarchy(t, "EC-256")
	first := material{keyPEM(t, h.leaf.key), h.leaf.pem(), h.sub.pem(), h.leaf.pem() + h.sub.pem()}
	again := issue(t, request{cn: "new", by: h.sub, key: h.leaf.key}) // --reuse-key: only the leaf is new
	seen := map[string]int{}
	for _, second := range []material{newMaterial(t, "new"), {first.key, again.pem(), first.chain, again.pem() + first.chain}} {
		for start := 1; start <= 60; start++ {
			for _, pace := range []int{0, 1, 3, 7, 20} {
				f := fstest.MapFS{}
				first.lineage(f, "kafka", 1)
				calls := 0
				r := renewing{f, &calls, map[int]func(){}}
				steps := renewal(f, "kafka", second)
				for i, step := range steps {
					at := start + i*pace
					before := r.at[at]
					r.at[at] = func() {
						if before != nil {
							before()
						}
						step()
					}
				}
				p, err := ReadPEM(r, "live/kafka", PEMOptions{Pause: func(int) {
					for range 20 {
						r.step()
					}
				}})
				require.NoError(t, err, "start %d, pace %d", start, pace)
				pair, err := KeyEntry(p, KeyOptions{})
				require.NoError(t, err)
				require.Len(t, pair.Entry.Chain, 2)
				certs, err := pair.Entry.Certificates()
				require.NoError(t, err)
				seen[certs[0].Subject.CommonName]++
				for _, c := range p.Certificates {
					o, err := parseOutline(c.DER)
					require.NoError(t, err)
					require.Contains(t, []string{certs[0].Subject.CommonName, "Issuing"}, o.name(), "start %d, pace %d: both versions", start, pace)
				}
			}
		}
	}
	require.Positive(t, seen["kafka1"])
	require.Positive(t, seen["new"])
}

// blind cannot read links.
type blind struct{ renewing }

func (b blind) ReadLink() {}

func TestRenewalWhileReadingWithoutLinks(t *testing.T) {
	first, second := newMaterial(t, "old"), newMaterial(t, "new")
	for start := 1; start <= 40; start++ {
		f := fstest.MapFS{}
		first.lineage(f, "kafka", 1)
		calls := 0
		r := blind{renewing{f, &calls, map[int]func(){}}}
		for i, step := range renewal(f, "kafka", second) {
			r.at[start+2*i] = step
		}
		_, isLink := fs.FS(r).(fs.ReadLinkFS)
		require.False(t, isLink)
		p, err := ReadPEM(r, "live/kafka", PEMOptions{Pause: func(int) {}})
		require.NoError(t, err, "start %d", start)
		leafOf(t, p)
	}
}

func TestARenewalThatNeverEnds(t *testing.T) {
	first, second := newMaterial(t, "old"), newMaterial(t, "new")
	f := fstest.MapFS{}
	first.lineage(f, "kafka", 1)
	steps := renewal(f, "kafka", second)
	steps[2]()
	steps[3]() // privkey only: key 2, certificate 1
	pauses := 0
	_, err := ReadPEM(f, "live/kafka", PEMOptions{Pause: func(int) { pauses++ }})
	require.ErrorIs(t, err, ErrKeyMismatch)
	require.EqualError(t, err, "live/kafka: live/kafka/privkey.pem:1: block 1 (PRIVATE KEY): the key is not that of the certificate of old")
	require.Equal(t, maxAttempts-1, pauses)

	delete(f, "live/kafka/chain.pem")
	_, err = ReadPEM(f, "live/kafka", PEMOptions{Pause: func(int) {}})
	require.EqualError(t, err, "live/kafka: chain.pem of the lineage is missing: open live/kafka/chain.pem: file does not exist")
	require.True(t, errors.Is(err, fs.ErrNotExist))
}
