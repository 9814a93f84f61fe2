package tlsstore

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// PEMLayout is who arranged the files that ReadPEM read.
type PEMLayout string

// The layouts that ReadPEM knows.
const (
	LayoutFile       PEMLayout = "file"       // one file
	LayoutCertbot    PEMLayout = "certbot"    // privkey.pem, cert.pem, chain.pem, fullchain.pem
	LayoutLego       PEMLayout = "lego"       // NAME.key, NAME.crt, NAME.issuer.crt
	LayoutAcmeSh     PEMLayout = "acme.sh"    // NAME.key, NAME.cer, ca.cer, fullchain.cer
	LayoutKubernetes PEMLayout = "kubernetes" // tls.key, tls.crt, ca.crt
	LayoutDirectory  PEMLayout = "directory"  // any PEM files
)

// ChoiceError says that a path holds the material of several certificates, of which ReadPEM takes only one: certbot's
// live directory, or a directory of lego's with several domains.
type ChoiceError struct {
	Path  string
	Names []string // what can be asked for: Path/Name, sorted
}

// Error names the path and what can be asked for.
func (e *ChoiceError) Error() string {
	what := fmt.Sprintf("%d certificates", len(e.Names))
	if len(e.Names) == 1 {
		what = "a certificate in a directory of its own"
	}
	return fmt.Sprintf("%s holds %s, one has to be named: %s", e.Path, what, strings.Join(e.Names, ", "))
}

// ReadPEM reads the key and the certificates at name: one PEM file, or a directory as certbot, lego, acme.sh or
// Kubernetes arrange it, or any directory with one key. The file system should reach as far as its symbolic links do:
// certbot's point from live/NAME into archive/NAME.
//
// A certbot directory is read so that a renewal at the same time does no harm; see [PEMOptions.Pause]. The same goes
// for Kubernetes' volumes. Errors wrap those of the file system, so that errors.Is(err, fs.ErrPermission) works.
func ReadPEM(fsys fs.FS, name string, o PEMOptions) (*Bundle, error) {
	name = path.Clean(name)
	info, err := fs.Stat(fsys, name)
	if errors.Is(err, fs.ErrNotExist) {
		if p, found, err := readLegoStem(fsys, name, o); found {
			return p, err
		}
	}
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		p, err := readPEMFile(fsys, name, o)
		if err != nil {
			return nil, err
		}
		p.Name, p.Layout = stem(name), LayoutFile
		return p, nil
	}
	entries, err := fs.ReadDir(fsys, name)
	if err != nil {
		return nil, err
	}
	d := pemDir{fsys, name, entryNames(entries), o}
	return d.read(entries)
}

// pemDir is a directory in question.
type pemDir struct {
	fsys  fs.FS
	path  string
	files []string // what it holds, sorted
	o     PEMOptions
}

func entryNames(entries []fs.DirEntry) []string {
	out := make([]string, len(entries))
	for i, e := range entries {
		out[i] = e.Name()
	}
	return out
}

func (d pemDir) has(name string) bool { _, ok := slices.BinarySearch(d.files, name); return ok }

// read recognises the layout and reads it.
func (d pemDir) read(entries []fs.DirEntry) (*Bundle, error) {
	switch {
	case d.isCertbot():
		return d.readCertbot()
	case d.has("tls.crt") && d.has("tls.key"):
		return d.readKubernetes()
	case d.has("fullchain.cer"):
		return d.readAcmeSh()
	}
	if lineages := d.lineages(entries); len(lineages) > 0 {
		return nil, &ChoiceError{d.path, lineages}
	}
	if p, err := d.readLego(); p != nil || err != nil {
		return p, err
	}
	return d.readAny()
}

// isCertbot asks for two of the four names, since in the middle of a renewal one may be missing.
func (d pemDir) isCertbot() bool {
	n := 0
	for _, f := range certbotFiles {
		if d.has(f) {
			n++
		}
	}
	return n > 1 && (d.has("fullchain.pem") || d.has("cert.pem")) && (d.has("privkey.pem") || n == 3)
}

// lineages lists the directories of a certbot live directory, or of /etc/letsencrypt itself as "live/NAME".
func (d pemDir) lineages(entries []fs.DirEntry) []string {
	var out []string
	for _, e := range entries {
		if e.Type().IsRegular() {
			continue
		}
		if _, err := lstat(d.fsys, path.Join(d.path, e.Name(), "privkey.pem")); err == nil {
			out = append(out, e.Name())
		}
	}
	if len(out) == 0 && d.has("live") {
		sub, err := fs.ReadDir(d.fsys, path.Join(d.path, "live"))
		if err != nil {
			return nil
		}
		for _, name := range (pemDir{d.fsys, path.Join(d.path, "live"), entryNames(sub), d.o}).lineages(sub) {
			out = append(out, "live/"+name)
		}
	}
	slices.Sort(out)
	return out
}

func lstat(fsys fs.FS, name string) (fs.FileInfo, error) {
	if l, ok := fsys.(fs.ReadLinkFS); ok {
		return l.Lstat(name)
	}
	return fs.Stat(fsys, name)
}

// readKubernetes reads a mounted secret. Kubernetes swaps the link ..data to renew all files in one step, so the files
// are read behind that link, and the link is looked at again.
func (d pemDir) readKubernetes() (*Bundle, error) {
	const data = "..data"
	for attempt := 1; ; attempt++ {
		dir, before := d.path, ""
		if target, err := fs.ReadLink(d.fsys, path.Join(d.path, data)); err == nil && !path.IsAbs(target) {
			dir, before = path.Join(d.path, target), target
		}
		p, err := readPEMFiles(d.fsys, dir, []string{"tls.key", "tls.crt"}, []string{"ca.crt"}, d.o)
		after := ""
		if target, linkErr := fs.ReadLink(d.fsys, path.Join(d.path, data)); linkErr == nil && !path.IsAbs(target) {
			after = target
		}
		if before == after {
			if err != nil {
				return nil, err
			}
			p.Name, p.Layout = path.Base(d.path), LayoutKubernetes
			return p, d.onlyKeysOf(p, "tls.key", "tls.crt", "ca.crt")
		}
		if attempt == maxAttempts {
			return nil, fmt.Errorf("%s: %w", d.path, errBeingRenewed)
		}
		d.o.pause(attempt)
	}
}

// readAcmeSh reads DOMAIN or DOMAIN_ecc with its NAME.key and fullchain.cer.
func (d pemDir) readAcmeSh() (*Bundle, error) {
	name := strings.TrimSuffix(path.Base(d.path), "_ecc")
	key := name + ".key"
	if !d.has(key) {
		keys := d.withSuffix(".key")
		if len(keys) != 1 {
			return d.readAny()
		}
		key = keys[0]
		name = strings.TrimSuffix(key, ".key")
	}
	p, err := d.named(name, LayoutAcmeSh, []string{key, "fullchain.cer"}, []string{name + ".cer", "ca.cer"})
	if err != nil {
		return nil, err
	}
	return p, d.onlyKeysOf(p, key)
}

// onlyKeysOf returns an error where a directory of a known layout holds another key beside those that belong to it: nobody
// could tell which one is meant. In a lineage of links, which certbot alone keeps, other files are other programs'.
func (d pemDir) onlyKeysOf(p *Bundle, known ...string) error {
	if d.o.WithoutKeys {
		return nil
	}
	for _, f := range known {
		if info, err := lstat(d.fsys, path.Join(d.path, f)); err == nil && info.Mode()&fs.ModeSymlink != 0 {
			return nil
		}
	}
	all := &Bundle{Keys: p.Keys}
	for _, f := range d.files {
		if !isPEMName(f) || slices.Contains(known, f) {
			continue
		}
		other, err := readPEMFile(d.fsys, path.Join(d.path, f), d.o)
		if err != nil {
			continue // not needed, so that nothing in it can be wrong
		}
		for _, k := range other.Keys {
			if !k.Locked {
				all.Keys = append(all.Keys, k)
			}
		}
	}
	if keys := all.uniqueKeys(); len(keys) > 1 {
		return severalKeys(d.path, keys)
	}
	return nil
}

// readLego reads NAME.key, NAME.crt and NAME.issuer.crt. It returns nil where the directory is none of lego's.
func (d pemDir) readLego() (*Bundle, error) {
	var stems []string
	for _, key := range d.withSuffix(".key") {
		if s := strings.TrimSuffix(key, ".key"); d.has(s + ".crt") {
			stems = append(stems, s)
		}
	}
	switch {
	case len(stems) == 0:
		return nil, nil
	case len(stems) > 1:
		return nil, &ChoiceError{d.path, stems}
	case slices.ContainsFunc(d.files, func(f string) bool { return isPEMName(f) && !strings.HasPrefix(f, stems[0]+".") }):
		return nil, nil // more than lego writes
	}
	return d.named(stems[0], LayoutLego, []string{stems[0] + ".key", stems[0] + ".crt"}, []string{stems[0] + ".issuer.crt"})
}

// readLegoStem reads DIR/NAME where lego wrote DIR/NAME.key and DIR/NAME.crt.
func readLegoStem(fsys fs.FS, name string, o PEMOptions) (p *Bundle, found bool, err error) {
	for _, ext := range []string{".key", ".crt"} {
		if _, err := fs.Stat(fsys, name+ext); err != nil {
			return nil, false, nil
		}
	}
	base := path.Base(name)
	d := pemDir{fsys: fsys, path: path.Dir(name), o: o}
	p, err = d.named(base, LayoutLego, []string{base + ".key", base + ".crt"}, []string{base + ".issuer.crt"})
	return p, true, err
}

func (d pemDir) withSuffix(suffix string) []string {
	var out []string
	for _, f := range d.files {
		if strings.HasSuffix(f, suffix) {
			out = append(out, f)
		}
	}
	return out
}

// named reads the files of a known layout.
func (d pemDir) named(name string, layout PEMLayout, required, optional []string) (*Bundle, error) {
	p, err := readPEMFiles(d.fsys, d.path, required, optional, d.o)
	if err != nil {
		return nil, err
	}
	p.Name, p.Layout = name, layout
	return p, nil
}

var pemExtensions = []string{".pem", ".crt", ".cer", ".cert", ".key", ".chain", ".bundle"}

func isPEMName(file string) bool {
	return slices.Contains(pemExtensions, strings.ToLower(path.Ext(file)))
}

// readAny reads every file of a directory that by its name may be PEM. Two keys in it are an error: nobody could tell
// which one is meant.
func (d pemDir) readAny() (*Bundle, error) {
	p := &Bundle{Name: path.Base(d.path), Layout: LayoutDirectory}
	found := false
	for _, f := range d.files {
		if !isPEMName(f) || d.o.WithoutKeys && strings.EqualFold(path.Ext(f), ".key") {
			continue
		}
		info, err := fs.Stat(d.fsys, path.Join(d.path, f))
		if err != nil {
			return nil, err
		}
		if info.IsDir() {
			continue
		}
		part, err := readPEMFile(d.fsys, path.Join(d.path, f), d.o)
		if err != nil {
			return nil, err
		}
		found = true
		p = MergeBundles(p, part)
	}
	if !found {
		what := "no PEM files in it"
		if len(d.files) == 0 {
			what = "the directory is empty"
		}
		return nil, failure(ErrFormat, "%s: %s", d.path, what)
	}
	if keys := p.uniqueKeys(); len(keys) > 1 {
		return nil, severalKeys(d.path, keys)
	}
	return p, nil
}

func severalKeys(where string, keys []PEMKey) error {
	var at []string
	for _, k := range keys {
		at = append(at, fmt.Sprintf("%s:%d", k.File, k.Line))
	}
	if where != "" {
		where += ": "
	}
	return failure(ErrSeveralKeys, "%s%d private keys (%s), one has to be named", where, len(keys), strings.Join(at, ", "))
}

// readPEMFiles reads some files of a directory; the optional ones may be absent or empty.
func readPEMFiles(fsys fs.FS, dir string, required, optional []string, o PEMOptions) (*Bundle, error) {
	p := &Bundle{}
	for i, f := range slices.Concat(required, optional) {
		if o.WithoutKeys && path.Ext(f) == ".key" {
			continue
		}
		part, err := readPEMFile(fsys, path.Join(dir, f), o)
		if i >= len(required) && (errors.Is(err, fs.ErrNotExist) || errors.Is(err, errEmpty)) {
			continue
		}
		if err != nil {
			return nil, err
		}
		p = MergeBundles(p, part)
	}
	return p, nil
}

func readPEMFile(fsys fs.FS, name string, o PEMOptions) (*Bundle, error) {
	data, err := readFile(fsys, name)
	if err != nil {
		return nil, err
	}
	return ParsePEM(name, data, o)
}

// readFile reads a regular file of bounded size. A pipe or device would block or never end.
func readFile(fsys fs.FS, name string) ([]byte, error) {
	info, err := fs.Stat(fsys, name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, &fs.PathError{Op: "read", Path: name, Err: errors.New("not a regular file")}
	}
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data := bytes.NewBuffer(make([]byte, 0, min(info.Size(), maxPEMFile)+bytes.MinRead)) // as large as it will get
	if _, err := data.ReadFrom(io.LimitReader(f, maxPEMFile+1)); err != nil {
		return nil, &fs.PathError{Op: "read", Path: name, Err: err}
	}
	return data.Bytes(), nil
}

// stem is a file's name without its directory and extension.
func stem(name string) string {
	base := path.Base(name)
	return strings.TrimSuffix(base, path.Ext(base))
}
