package tlsstore

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/kcfg/kcfg/finding"
)

// How long ReadPEM waits for a renewal to end: certbot swaps its four links within milliseconds.
const (
	maxAttempts  = 10
	defaultPause = 100 * time.Millisecond
)

var errBeingRenewed = errors.New("its files are being replaced all the time; try again when the renewal is over")

func (o PEMOptions) pause(attempt int) {
	if o.Pause != nil {
		o.Pause(attempt)
		return
	}
	time.Sleep(defaultPause)
}

// certbotFiles are the four links of a lineage, in the order in which their content is used.
var certbotFiles = [...]string{"privkey.pem", "fullchain.pem", "cert.pem", "chain.pem"}

// readCertbot reads a lineage. certbot replaces its four links one after the other, so that a reader at the same time
// may meet a new key with an old certificate. Therefore: the first level of all four links is read, then the files
// that these name, then the links again. What was read counts if the links are the same as before, the key is the
// leaf's, and the chain signs the leaf. A key file that is itself a link (certbot's --reuse-key) is followed.
//
// Where the file system cannot read links, the files are read twice instead.
func (d pemDir) readCertbot() (*Bundle, error) {
	var last error
	for attempt := 1; attempt <= maxAttempts; attempt++ {
		p, err := d.tryCertbot()
		if err == nil {
			if err := d.onlyKeysOf(p, certbotFiles[:]...); err != nil {
				return nil, err
			}
			p.Name, p.Layout = path.Base(d.path), LayoutCertbot
			p.Findings = append(p.Findings, d.newerLineage(p)...)
			return p, nil
		}
		var passing *unsettledError
		if !errors.As(err, &passing) {
			return nil, err
		}
		if last = passing.err; attempt < maxAttempts {
			d.o.pause(attempt)
		}
	}
	return nil, last
}

// unsettledError is a state that may be one in the middle of a renewal.
type unsettledError struct{ err error }

func (e *unsettledError) Error() string { return e.err.Error() }
func (e *unsettledError) Unwrap() error { return e.err }

func (d pemDir) tryCertbot() (*Bundle, error) {
	before, err := d.snapshot()
	if err != nil {
		return nil, err
	}
	p := &Bundle{}
	for i, name := range certbotFiles {
		data := before.data[i]
		if data == nil {
			continue
		}
		part, err := ParsePEM(path.Join(d.path, name), data, d.o)
		if err != nil {
			return nil, &unsettledError{err} // an archive file may be half written
		}
		p = MergeBundles(p, part)
	}
	after, err := d.recheck(before)
	if err != nil {
		return nil, err
	}
	if !after {
		return nil, &unsettledError{fmt.Errorf("%s: %w", d.path, errBeingRenewed)}
	}
	if err := d.settled(p); err != nil {
		return nil, &unsettledError{err}
	}
	return p, nil
}

// snapshot is what the four names were at one time.
type snapshot struct {
	links [len(certbotFiles)]string // the first level; empty: a plain file, or no telling
	data  [len(certbotFiles)][]byte // nil: the file is absent, or is not wanted
	blind bool                      // links cannot be read
}

func (d pemDir) snapshot() (s snapshot, err error) {
	if _, ok := d.fsys.(fs.ReadLinkFS); !ok {
		s.blind = true
	} else if s.links, err = d.readLinks(); err != nil {
		return s, err
	}
	optional := s.links == [len(certbotFiles)]string{} // a copy of a lineage, without links, need not be complete
	for i, name := range certbotFiles {
		if d.o.WithoutKeys && name == "privkey.pem" {
			continue
		}
		s.data[i], err = d.readLinked(name, s.links[i])
		if errors.Is(err, fs.ErrNotExist) && optional && name != "privkey.pem" {
			continue
		}
		if errors.Is(err, fs.ErrNotExist) {
			if s.links[i] != "" {
				err = fmt.Errorf("it is a link to %s: %w", s.links[i], fs.ErrNotExist)
			}
			return s, &unsettledError{fmt.Errorf("%s: %s of the lineage is missing: %w", d.path, name, err)}
		}
		if err != nil {
			return s, err
		}
	}
	return s, nil
}

// readLinks reads the first level of the four links. What is no link, or is being replaced, has none: the comparison notices.
func (d pemDir) readLinks() (links [len(certbotFiles)]string, err error) {
	for i, name := range certbotFiles {
		full := path.Join(d.path, name)
		target, err := fs.ReadLink(d.fsys, full)
		if err == nil {
			links[i] = target
			continue
		}
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if _, err := lstat(d.fsys, full); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return links, err
		}
	}
	return links, nil
}

// readLinked reads the file that a link names, or the name itself where that file is out of reach: where the directory was
// itself reached by a link, or the link leaves the file system. Since the links are compared afterwards, both are safe.
func (d pemDir) readLinked(name, link string) ([]byte, error) {
	full := path.Join(d.path, name)
	target := path.Join(d.path, link)
	if path.IsAbs(link) {
		target = link
	}
	if link != "" && (fs.ValidPath(target) || !fs.ValidPath(d.path)) {
		if data, err := readFile(d.fsys, target); !errors.Is(err, fs.ErrNotExist) {
			return data, err
		}
	}
	return readFile(d.fsys, full)
}

// recheck reports whether the four names are still what they were.
func (d pemDir) recheck(before snapshot) (bool, error) {
	if !before.blind {
		links, err := d.readLinks()
		return links == before.links, err
	}
	for i, name := range certbotFiles {
		if d.o.WithoutKeys && name == "privkey.pem" {
			continue
		}
		data, err := readFile(d.fsys, path.Join(d.path, name))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return false, err
		}
		if !bytes.Equal(data, before.data[i]) {
			return false, nil
		}
	}
	return true, nil
}

// settled checks that key, leaf and chain belong together. What no renewal explains is left to KeyEntry, which says it
// better: waiting would not help.
func (d pemDir) settled(p *Bundle) error {
	first := func(file string) []byte {
		for _, c := range p.Certificates {
			if path.Base(c.File) == file && c.Number == 1 {
				return c.DER
			}
		}
		return nil
	}
	leaf, chain := first("cert.pem"), first("chain.pem")
	if full := first("fullchain.pem"); leaf == nil {
		leaf = full
	} else if full != nil && !bytes.Equal(leaf, full) {
		return failure(ErrKeyMismatch, "%s: cert.pem and fullchain.pem begin with different certificates", d.path)
	}
	if keys := p.uniqueKeys(); len(keys) == 1 && !keys[0].Locked && leaf != nil {
		if err := matches(keys[0], leaf); err != nil {
			return fmt.Errorf("%s: %w", d.path, err)
		}
	}
	if chain != nil && leaf != nil && !seemsToIssue(chain, leaf) {
		return failure(ErrKeyMismatch, "%s: the first certificate of chain.pem does not sign the leaf", d.path)
	}
	return nil
}

// newerLineage looks for NAME-0001 and its like beside NAME: certbot makes one when it is asked for other names or
// options, and from then on renews only that.
func (d pemDir) newerLineage(p *Bundle) []finding.Finding {
	own := path.Base(d.path)
	base, number, _ := numberedLineage(own)
	siblings, err := fs.ReadDir(d.fsys, path.Dir(d.path))
	if err != nil || path.Dir(d.path) == d.path {
		return nil
	}
	var leaf *outline
	best := ""
	for _, e := range siblings {
		of, n, ok := numberedLineage(e.Name())
		if !ok || of != base || n <= number {
			continue
		}
		data, err := readFile(d.fsys, path.Join(path.Dir(d.path), e.Name(), "cert.pem"))
		if err != nil {
			continue
		}
		other, err := ParsePEM(e.Name(), data, PEMOptions{})
		if err != nil || len(other.Certificates) == 0 {
			continue
		}
		if leaf == nil {
			leaf = firstLeaf(p)
		}
		theirs := firstLeaf(other)
		if leaf == nil || theirs == nil || theirs.cert.NotBefore.After(leaf.cert.NotBefore) {
			best = e.Name()
		}
	}
	if best == "" {
		return nil
	}
	f := newFinding("tls-lineage-newer", finding.Position{File: d.path}, "%s has a newer sibling, %s: certbot may renew only that one", own, best)
	f.Help = fmt.Sprintf("compare the names of both with certbot certificates, then read %s or delete the other", path.Join(path.Dir(d.path), best))
	return []finding.Finding{f}
}

// numberedLineage splits NAME-0001; a name without number is its own.
func numberedLineage(name string) (base string, number int, ok bool) {
	cut := len(name) - len("-0001")
	if cut < 0 || name[cut] != '-' || strings.Trim(name[cut+1:], "0123456789") != "" {
		return name, 0, false
	}
	number, err := strconv.Atoi(name[cut+1:])
	return name[:cut], number, err == nil
}

func firstLeaf(p *Bundle) *outline {
	for _, c := range p.Certificates {
		if o, err := parseOutline(c.DER); err == nil && o.cert != nil && !o.cert.IsCA {
			return o
		}
	}
	return nil
}
