package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/kcfg/kcfg/cmd/kcfg/internal/settings"
	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/internal/nearest"
)

// product is one of the two servers whose files are judged.
type product struct {
	name     string // "Kafka"
	flag     string // the flag and the settings' key that say the release
	releases func() []string
	jar      func() *regexp.Regexp // the file name that tells an installation's release
	lib      string                // the directories of the jars, blank-separated, beside that of the configuration
}

// parse reads releases as a flag or the settings give them: a release, a line such as 3.9 (its newest release), a span A..B
// (of a line the oldest at its start, the newest at its end; either end may be left out), "all", or a list of these.
func (p *product) parse(specs ...string) ([]string, error) {
	all := p.releases()
	chosen := map[string]bool{}
	for _, spec := range specs {
		for part := range strings.SplitSeq(spec, ",") {
			part = strings.TrimSpace(part)
			if part == "" && spec != "" {
				return nil, usagef("%q has an empty element: write releases without blanks between, such as %s,%s", spec, all[0], all[len(all)-1])
			}
			from, to, span := strings.Cut(part, "..")
			if part == "all" {
				from, to, span = "", "", true
			}
			first, err := p.find(from, span, 0)
			if err != nil {
				return nil, err
			}
			last := first
			if span {
				if last, err = p.find(to, true, len(all)-1); err != nil {
					return nil, err
				}
				if to != "" {
					last = p.lastOf(to, last)
				}
			} else {
				first = p.lastOf(from, first)
				last = first
			}
			if first > last {
				return nil, usagef("%s..%s holds no release: %s is newer than %s", from, to, all[first], all[last])
			}
			for _, r := range all[first : last+1] {
				chosen[r] = true
			}
		}
	}
	return slices.DeleteFunc(slices.Clone(all), func(r string) bool { return !chosen[r] }), nil
}

// find returns the index of the oldest release that s names; an open end of a span is at open.
func (p *product) find(s string, span bool, open int) (int, error) {
	if s == "" && span {
		return open, nil
	}
	all := p.releases()
	if i := slices.IndexFunc(all, func(r string) bool { return r == s || strings.HasPrefix(r, s+".") }); i >= 0 && s != "" {
		return i, nil
	}
	err := usagef("unknown %s release %q", p.name, s)
	if dot := strings.LastIndexByte(s, '.'); dot > 0 && strings.Contains(s[:dot], ".") { // 3.9.x, 3.9.17
		if line := s[:dot]; slices.ContainsFunc(all, func(r string) bool { return strings.HasPrefix(r, line+".") }) {
			newest := all[p.lastOf(line, slices.IndexFunc(all, func(r string) bool { return strings.HasPrefix(r, line+".") }))]
			return 0, withHint(err, "the newest of %s is %s, and %s alone means it", line, newest, line)
		}
	}
	return 0, withHint(err, "%sknown: %s", p.meant(s), p.list())
}

// meant says how an unknown release stands to the known ones.
func (p *product) meant(s string) string {
	all := p.releases()
	oldest, newest := all[0], all[len(all)-1]
	if bare := strings.TrimPrefix(s, "v"); bare != s && slices.ContainsFunc(all, func(r string) bool { return strings.HasPrefix(r+".", bare+".") }) {
		return "did you mean " + bare + "? "
	}
	of := func(release string) []int { n, _ := numbers(release); return n }
	switch n, ok := numbers(s); {
	case ok && slices.Compare(n, of(newest)) > 0:
		return "kcfg knows none newer than " + newest + "; "
	case ok && slices.Compare(n, of(oldest)) < 0:
		return "kcfg knows none older than " + oldest + "; "
	}
	if best := nearest.Name(s, all); best != "" {
		return "did you mean " + best + "? "
	}
	return ""
}

// numbers takes a release apart.
func numbers(release string) (out []int, ok bool) {
	for part := range strings.SplitSeq(release, ".") {
		n, err := strconv.Atoi(part)
		if err != nil {
			return nil, false
		}
		out = append(out, n)
	}
	return out, true
}

// lastOf returns the index of the newest release that s names, whose oldest is at first.
func (p *product) lastOf(s string, first int) int {
	all := p.releases()
	for first+1 < len(all) && strings.HasPrefix(all[first+1], s+".") {
		first++
	}
	return first
}

// list names every release, each line drawn together: "2.5.0..2.5.1, 2.6.0..2.6.3".
func (p *product) list() string {
	all := p.releases()
	var parts []string
	for len(all) > 0 {
		line := all[0][:strings.LastIndexByte(all[0], '.')+1]
		n := 1
		for n < len(all) && strings.HasPrefix(all[n], line) {
			n++
		}
		parts = append(parts, finding.Spans(all[:n], all[:n]))
		all = all[n:]
	}
	return strings.Join(parts, ", ")
}

// installed looks for the jars of an installation beside the directory of a configuration file: config/server.properties and
// libs/kafka_2.13-3.9.1.jar. It returns the release and the jar's path.
func (p *product) installed(dir string) (release, jar string) {
	for up := range 3 {
		for _, name := range strings.Fields(p.lib) {
			lib := filepath.Join(dir, strings.Repeat("../", up), name)
			entries, err := os.ReadDir(lib)
			if err != nil {
				continue
			}
			for _, e := range slices.Backward(entries) {
				m := p.jar().FindStringSubmatch(e.Name())
				if m != nil && slices.Contains(p.releases(), m[1]) {
					return m[1], filepath.Join(lib, e.Name())
				}
			}
		}
	}
	return "", ""
}

// surroundings is what lies around the files of one directory.
type surroundings struct {
	settings settings.Settings
	err      error
	releases map[*product][2]string // release and jar of an installation
}

// places remembers the surroundings of each directory, since many files share one.
type places struct {
	known settings.Known
	mu    sync.Mutex
	dirs  map[string]func() surroundings
}

func (p *places) around(dir string) surroundings {
	p.mu.Lock()
	if p.dirs == nil {
		p.dirs = map[string]func() surroundings{}
	}
	look, ok := p.dirs[dir]
	if !ok {
		look = sync.OnceValue(func() surroundings { return p.look(dir) })
		p.dirs[dir] = look
	}
	p.mu.Unlock()
	return look()
}

func (p *places) look(dir string) surroundings {
	s := surroundings{releases: map[*product][2]string{}}
	for _, product := range products {
		release, jar := product.installed(dir)
		s.releases[product] = [2]string{release, jar}
	}
	path, err := settings.Find(dir)
	if err != nil || path == "" {
		s.err = err
		return s
	}
	s.settings, s.err = settings.Read(path, relativePath(path), p.known)
	s.settings.Path = path
	return s
}

// relativePath writes a path as people see it from the working directory.
func relativePath(path string) string {
	wd, err := os.Getwd()
	if err != nil {
		return path
	}
	rel, err := filepath.Rel(wd, path)
	if err != nil || len(rel) > len(path) {
		return path
	}
	return rel
}

// assumption is a release that nobody gave.
type assumption struct {
	product *product
	release string
	why     string // "the newest"
}

func (a assumption) String() string {
	return fmt.Sprintf("assumed %s %s, %s", a.product.name, a.release, a.why)
}
