// Package secret reads passwords from where people keep them: an environment variable, a file, a file descriptor,
// standard input, a prompt, a properties file. A password is never a command-line argument, unless somebody insists.
package secret

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/kcfg/kcfg/cmd/kcfg/internal/atomicfile"
	"github.com/kcfg/kcfg/properties"
)

// DefaultVariable is the environment variable that is read where no source is given.
const DefaultVariable = "KCFG_PASSWORD"

// Sources lists what a password can be read from, for help texts and messages.
var Sources = []Source{
	{"env:NAME", "an environment variable"},
	{"file:PATH", "the only line of a file"},
	{"fd:N", "an open file descriptor"},
	{"stdin", "standard input"},
	{"prompt", "the terminal"},
	{"random:PATH", "the file PATH, which is made with a random password if absent"},
	{"properties:FILE#KEY", "the value of a key in a properties file"},
	{"pass:VALUE", "the argument itself: visible to every user of the machine"},
}

// Source is one form that a source can take.
type Source struct{ Form, Meaning string }

// UsageError is a wrong way of giving a password, as opposed to a source that cannot be read.
type UsageError struct{ err error }

func (e UsageError) Error() string { return e.err.Error() }
func (e UsageError) Unwrap() error { return e.err }

func usagef(format string, args ...any) error { return UsageError{fmt.Errorf(format, args...)} }

// Reader reads the passwords of one run.
type Reader struct {
	Getenv func(name string) (string, bool)
	Stdin  io.Reader
	Prompt func(prompt string) ([]byte, error) // nil: nobody can be asked
	Rand   io.Reader                           // nil: crypto/rand
	DryRun bool                                // random:PATH makes no file
	Warn   func(format string, args ...any)

	stdin  string            // the flag that has read standard input
	fds    map[int]string    // the flags that have read descriptors
	once   map[string][]byte // what standard input and descriptors held, by flag and source: two stores may have one password
	random map[string][]byte
}

// Ask says what a password is for.
type Ask struct {
	Flag   string // "--password", for messages
	What   string // "password of keystore.p12", for the prompt
	Create bool   // it will protect something new: a prompt asks twice
}

// Default returns the source that is used where none is given: the environment variable if set, a prompt where
// somebody can be asked, else an error that lists the sources.
func (r *Reader) Default(a Ask) (source string, err error) {
	if _, ok := r.Getenv(DefaultVariable); ok {
		return "env:" + DefaultVariable, nil
	}
	if r.Prompt != nil {
		return "prompt", nil
	}
	return "", usagef("the %s is needed: give %s SOURCE or set %s\n%s", a.What, a.Flag, DefaultVariable, List())
}

// List returns the sources as lines of help.
func List() string {
	var b strings.Builder
	b.WriteString("password sources:")
	for _, s := range Sources {
		fmt.Fprintf(&b, "\n  %-20s %s", s.Form, s.Meaning)
	}
	return b.String()
}

// Read returns the password from a source. The caller owns the bytes.
func (r *Reader) Read(source string, a Ask) ([]byte, error) {
	kind, rest, hasRest := strings.Cut(source, ":")
	var password []byte
	var err error
	switch {
	case source == "stdin" || source == "-":
		password, err = r.readOnce("stdin", a, r.readStdin)
	case source == "prompt":
		password, err = r.prompt(a)
	case kind == "env" && hasRest:
		password, err = r.env(rest, a)
	case kind == "file" && hasRest:
		password, err = r.file(rest, a)
	case kind == "fd" && hasRest:
		password, err = r.readOnce(source, a, func(a Ask) ([]byte, error) { return r.fd(rest, a) })
	case kind == "random" && hasRest:
		password, err = r.randomFile(rest, a)
	case kind == "properties" && hasRest:
		password, err = r.property(rest, a)
	case kind == "pass" && hasRest:
		r.warn("%s pass:… is visible to every user of this machine; use env:, file:, fd:, stdin or prompt", a.Flag)
		password = []byte(rest)
	default:
		// the source itself is not shown: it may be a password given in the wrong place
		return nil, usagef("%s takes a source, not a password\n%s", a.Flag, List())
	}
	if err != nil {
		return nil, err
	}
	if len(password) == 0 {
		return nil, usagef("the %s from %s is empty", a.What, describe(source))
	}
	return password, nil
}

// describe names a source without its content.
func describe(source string) string {
	if strings.HasPrefix(source, "pass:") {
		return "pass:"
	}
	return source
}

func (r *Reader) warn(format string, args ...any) {
	if r.Warn != nil {
		r.Warn(format, args...)
	}
}

func (r *Reader) env(name string, a Ask) ([]byte, error) {
	if name == "" {
		return nil, usagef("%s env: needs the name of a variable", a.Flag)
	}
	v, ok := r.Getenv(name)
	if !ok {
		return nil, usagef("%s: the environment variable %s is not set", a.Flag, name)
	}
	return []byte(v), nil
}

// readOnce reads what can be read once, and has it again for the same flag.
func (r *Reader) readOnce(source string, a Ask, read func(Ask) ([]byte, error)) ([]byte, error) {
	key := a.Flag + " " + source
	if p, ok := r.once[key]; ok {
		return slices.Clone(p), nil
	}
	password, err := read(a)
	if err == nil {
		if r.once == nil {
			r.once = map[string][]byte{}
		}
		r.once[key] = slices.Clone(password)
	}
	return password, err
}

func (r *Reader) readStdin(a Ask) ([]byte, error) {
	if r.stdin != "" {
		return nil, usagef("standard input holds one password: %s has read it already, %s cannot", r.stdin, a.Flag)
	}
	r.stdin = a.Flag
	return readLine(r.Stdin, "standard input")
}

// ClaimStdin says that something else reads standard input, such as a file argument "-".
func (r *Reader) ClaimStdin(by string) error {
	if r.stdin != "" {
		return usagef("standard input is read once: %s has read it already, %s cannot", r.stdin, by)
	}
	r.stdin = by
	return nil
}

func (r *Reader) prompt(a Ask) ([]byte, error) {
	if r.Prompt == nil {
		return nil, usagef("%s prompt: standard input is no terminal", a.Flag)
	}
	first, err := r.Prompt(a.What + ": ")
	if err != nil {
		return nil, fmt.Errorf("cannot read the %s: %w", a.What, err)
	}
	if !a.Create || len(first) == 0 {
		return first, nil
	}
	second, err := r.Prompt(a.What + ", again: ")
	if err != nil {
		return nil, fmt.Errorf("cannot read the %s: %w", a.What, err)
	}
	if !bytes.Equal(first, second) {
		return nil, errors.New("the two passwords differ")
	}
	return first, nil
}

func (r *Reader) file(path string, a Ask) ([]byte, error) {
	if path == "" {
		return nil, usagef("%s file: needs a path", a.Flag)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, a.failed(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, a.failed(err)
	}
	if info.IsDir() {
		return nil, fmt.Errorf("%s: %s is a directory", a.Flag, path)
	}
	if info.Mode().IsRegular() && othersRead(info) {
		r.warn("%s has mode %04o: every user of this machine can read the password (chmod o= %s)", path, info.Mode().Perm(), path)
	}
	return readLine(f, path)
}

func (r *Reader) fd(number string, a Ask) ([]byte, error) {
	n, err := strconv.Atoi(number)
	if err != nil || n < 0 {
		return nil, usagef("%s fd:%s: a file descriptor is a number", a.Flag, number)
	}
	if n == 0 {
		return r.readStdin(a)
	}
	if by, ok := r.fds[n]; ok {
		return nil, usagef("file descriptor %d holds one password: %s has read it already, %s cannot", n, by, a.Flag)
	}
	f := os.NewFile(uintptr(n), "fd:"+number)
	if f == nil {
		return nil, fmt.Errorf("%s: fd:%s cannot be opened", a.Flag, number)
	}
	defer f.Close()
	if r.fds == nil {
		r.fds = map[int]string{}
	}
	r.fds[n] = a.Flag
	return readLine(f, "fd:"+number)
}

func (r *Reader) property(source string, a Ask) ([]byte, error) {
	cut := strings.LastIndexByte(source, '#')
	if cut <= 0 || cut == len(source)-1 {
		return nil, usagef("%s properties: needs FILE#KEY", a.Flag)
	}
	path, key := source[:cut], source[cut+1:]
	src, err := os.ReadFile(path)
	if err != nil {
		return nil, a.failed(err)
	}
	f, err := properties.Parse(path, src)
	if err != nil {
		return nil, a.failed(err)
	}
	v, ok := f.Get(key)
	if !ok {
		return nil, fmt.Errorf("%s: %s does not set %s", a.Flag, path, key)
	}
	if strings.HasPrefix(v, "${") && strings.HasSuffix(v, "}") {
		return nil, fmt.Errorf("%s: %s in %s is fetched by a config provider: give its source instead", a.Flag, key, path)
	}
	return []byte(v), nil
}

// maxLine is far more than any password has.
const maxLine = 64 << 10

// readLine reads a password that stands alone: one line end after it is not part of it.
func readLine(r io.Reader, name string) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(r, maxLine+1))
	if err != nil {
		return nil, fmt.Errorf("cannot read the password from %s: %w", name, bare(err))
	}
	if len(b) > maxLine {
		return nil, fmt.Errorf("%s holds more than %d bytes: that is no password", name, maxLine)
	}
	if cut, ok := bytes.CutSuffix(b, []byte("\n")); ok {
		b = bytes.TrimSuffix(cut, []byte("\r"))
	}
	switch {
	case bytes.HasPrefix(b, []byte("\uFEFF")):
		return nil, fmt.Errorf("%s begins with a byte order mark, which would become part of the password: save it without", name)
	case bytes.IndexByte(b, 0) >= 0:
		return nil, fmt.Errorf("%s holds a NUL byte: that is no password", name)
	case bytes.IndexByte(b, '\n') >= 0:
		return nil, fmt.Errorf("%s holds more than one line: a password file holds the password alone", name)
	case bytes.IndexByte(b, '\r') >= 0:
		return nil, fmt.Errorf("the password in %s holds a carriage return: was the file edited on Windows?", name)
	}
	return b, nil
}

const (
	alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	// randomLength letters and digits are 142 bits.
	randomLength = 24
)

// randomFile reads the file at path, or makes it.
func (r *Reader) randomFile(path string, a Ask) ([]byte, error) {
	if path == "" {
		return nil, usagef("%s random: needs a path", a.Flag)
	}
	if p, ok := r.random[path]; ok {
		return slices.Clone(p), nil
	}
	switch _, err := os.Stat(path); {
	case err == nil:
		return r.file(path, a)
	case !errors.Is(err, fs.ErrNotExist):
		return nil, a.failed(err)
	}
	password, err := r.generate()
	if err != nil {
		return nil, err
	}
	if r.random == nil {
		r.random = map[string][]byte{}
	}
	r.random[path] = slices.Clone(password)
	if r.DryRun {
		return password, nil
	}
	b, err := atomicfile.Open(false, path)
	if err != nil {
		return nil, a.failed(err)
	}
	defer b.Close()
	if b.Targets[0].Exists { // another run was faster
		return r.file(path, a)
	}
	if err := b.Commit([]atomicfile.File{{Data: append(slices.Clone(password), '\n'), Secret: true}}); err != nil {
		return nil, a.failed(err)
	}
	return password, nil
}

func (r *Reader) generate() ([]byte, error) {
	source := r.Rand
	if source == nil {
		source = rand.Reader
	}
	const unbiased = 256 - 256%len(alphabet) // above it some letters would be more likely
	password := make([]byte, 0, randomLength)
	buf := make([]byte, randomLength)
	for len(password) < randomLength {
		if _, err := io.ReadFull(source, buf); err != nil {
			return nil, fmt.Errorf("cannot make a random password: %w", err)
		}
		for _, b := range buf {
			if int(b) < unbiased && len(password) < randomLength {
				password = append(password, alphabet[int(b)%len(alphabet)])
			}
		}
	}
	return password, nil
}

// failed says which flag's source could not be read; the operation of an error of the file system says nothing to a user.
func (a Ask) failed(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return fmt.Errorf("%s: %s: %w", a.Flag, pe.Path, pe.Err)
	}
	return fmt.Errorf("%s: %w", a.Flag, err)
}

func bare(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}

func othersRead(info fs.FileInfo) bool { return unixModes && info.Mode().Perm()&0o004 != 0 }
