package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/kafkacfg"
	"github.com/kcfg/kcfg/properties"
	"github.com/kcfg/kcfg/zkcfg"
)

// stdinName is the argument that means standard input, and its name in positions unless --stdin-filename gives another.
const (
	stdinArgument = "-"
	stdinName     = "<stdin>"
)

// readDocument reads a properties file, or standard input where path is "-".
func readDocument(e *env, path, stdinAs string) (*properties.File, error) {
	name := path
	if path == stdinArgument {
		name = stdinAs
		if name == "" {
			name = stdinName
		}
	}
	src, err := readSource(e, path, name)
	if err != nil {
		return nil, err
	}
	return parseDocument(name, src)
}

func readSource(e *env, path, name string) ([]byte, error) {
	in, size := e.Stdin, 0
	if path != stdinArgument {
		f, err := openNamed(path)
		if err != nil {
			return nil, pathError(err, path)
		}
		defer f.Close()
		info, err := f.Stat()
		switch {
		case err != nil:
			return nil, pathError(err, path)
		case info.IsDir() && isLineage(path):
			return nil, withHint(fmt.Errorf("%s is a directory with a key and its certificate", path), "kcfg inspect %s shows what is inside", path)
		case info.IsDir():
			return nil, withHint(fmt.Errorf("%s is a directory", path), "name its files, such as %s/*.properties", path)
		case info.Mode().IsRegular() && info.Size() > properties.MaxSize:
			return nil, tooLarge(name)
		}
		in, size = f, int(info.Size())
	}
	src, err := readAll(io.LimitReader(in, properties.MaxSize+1), size)
	if err != nil {
		return nil, pathError(err, name)
	}
	if len(src) > properties.MaxSize {
		return nil, tooLarge(name)
	}
	return src, nil
}

// readAll is io.ReadAll for a reader of about size bytes.
func readAll(in io.Reader, size int) ([]byte, error) {
	b := bytes.NewBuffer(make([]byte, 0, min(size, properties.MaxSize)+bytes.MinRead))
	_, err := b.ReadFrom(in)
	return b.Bytes(), err
}

func parseDocument(name string, src []byte) (*properties.File, error) {
	if what := binaryFormat(src); what != "" {
		err := fmt.Errorf("%s is no properties file: %s", name, what)
		if what == keyStoreFormat || what == pemFormat {
			return nil, withHint(err, "kcfg inspect %s shows what is inside", name)
		}
		return nil, err
	}
	return properties.Parse(name, src)
}

func tooLarge(name string) error {
	return fmt.Errorf("%s: %w: the most is %d MiB", name, properties.ErrTooLarge, properties.MaxSize>>20)
}

// pathError keeps of a file system's error what a person wants: the path and the reason.
func pathError(err error, path string) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		err = pe.Err
	}
	if path == "" {
		path = `""`
	}
	return patternAdvice(fmt.Errorf("%s: %w", path, danglingLink(path, err)), path)
}

// patternAdvice says why there is no file of a name that was meant as a pattern.
func patternAdvice(err error, path string) error {
	if errors.Is(err, fs.ErrNotExist) && strings.ContainsAny(path, "*?[") {
		return withHint(err, "patterns are the shell's: leave the quotes off; one that fits nothing stays as it is")
	}
	return err
}

// danglingLink says of a file that is missing, though ls shows it, that it is a link: a copy of certbot's live without its archive is full
// of these.
func danglingLink(path string, err error) error {
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if target, linkErr := os.Readlink(path); linkErr == nil {
		return fmt.Errorf("it is a link to %s: %w", target, err)
	}
	return err
}

const (
	keyStoreFormat = "a key store"
	pemFormat      = "PEM"
)

// binaryFormat says what a file is that nobody meant to be read as properties, or "". Java would read any bytes: a NUL here or
// there is no reason.
func binaryFormat(src []byte) string {
	for _, m := range []struct{ magic, what string }{
		{"\xFE\xED\xFE\xED", keyStoreFormat}, {"\xCE\xCE\xCE\xCE", keyStoreFormat},
		{"PK\x03\x04", "a ZIP or JAR archive"}, {"\x1F\x8B\x08", "compressed"}, {"\x7FELF", "a program"},
		{"\xFF\xFE", "UTF-16, which Java does not read here"}, {"\xFE\xFF", "UTF-16, which Java does not read here"},
	} {
		if bytes.HasPrefix(src, []byte(m.magic)) {
			return m.what
		}
	}
	if len(src) > 4 && src[0] == 0x30 && (src[1] == 0x80 || src[1] == 0x82 || src[1] == 0x83) && bytes.IndexByte(src[:min(len(src), 64)], 0x02) > 0 {
		return keyStoreFormat // DER: a SEQUENCE that begins with a version
	}
	if startsPEM(src) {
		return pemFormat
	}
	const (
		looked = 8 << 10
		tenth  = 20 // one control character in so many: random bytes have one in ten
	)
	head := src[:min(len(src), looked)]
	control := 0
	for _, c := range head {
		if c < ' ' && c != '\t' && c != '\n' && c != '\r' && c != '\f' || c == 0x7F {
			control++
		}
	}
	if bytes.IndexByte(head, 0) >= 0 && control*tenth > len(head) && len(head) >= 64 {
		return "binary"
	}
	return ""
}

// startsPEM reports whether a file begins with a key or a certificate, or with what openssl puts before one. Inside a file of properties
// they stand behind a key.
func startsPEM(src []byte) bool {
	text := bytes.TrimLeft(bytes.TrimPrefix(src, []byte("\xEF\xBB\xBF")), " \t\r\n")
	const begin = "-----BEGIN "
	for _, title := range []string{"Bag Attributes", "Certificate:", "subject=", "subject:"} {
		if bytes.HasPrefix(text, []byte(title)) {
			return bytes.Contains(text, []byte("\n"+begin))
		}
	}
	return bytes.HasPrefix(text, []byte(begin))
}

// providerReference reports a value that a config provider resolves: it names a secret, but is none.
func providerReference(value string) bool {
	inner, opened := strings.CutPrefix(value, "${")
	inner, closed := strings.CutSuffix(inner, "}")
	return opened && closed && inner != "" && !strings.Contains(inner, "}")
}

// secretKey reports whether a key of any product's file holds a secret.
func secretKey(key string) bool { return kafkacfg.SecretKey(key) || zkcfg.SecretKey(key) }

// secrets says which parts of a file's values must not be shown.
func secrets(e properties.Entry) []properties.Hidden {
	switch {
	case e.Value == "" || providerReference(e.Value):
		return nil
	case secretKey(e.Key), kafkacfg.SecretText(e.Value):
		return []properties.Hidden{{From: 0, To: len(e.Value)}}
	case strings.Trim(e.Key, ";/-*") == "": // "; password=x" was meant as a comment, and is an entry whose value holds another
		key, value := strings.TrimLeft(e.Value, " ;/-*"), ""
		if at := strings.IndexAny(key, "=: \t"); at >= 0 {
			key, value = key[:at], key[at+1:]
		}
		if value != "" && secretKey(key) {
			return []properties.Hidden{{From: len(e.Value) - len(value), To: len(e.Value)}}
		}
	}
	return nil
}

// excerpts returns the source lines of findings about files, without their secrets.
func excerpts(files map[string]*properties.File) finding.Source {
	hide := remembered(secrets)
	return func(p finding.Position) (finding.Excerpt, bool) {
		f, ok := files[p.File]
		if !ok {
			return finding.Excerpt{}, false
		}
		return f.Excerpt(p, hide)
	}
}

// remembered asks once for an entry that is shown several times in a row: a long list may have a finding for each of its elements.
func remembered(hide properties.Hide) properties.Hide {
	var last finding.Position
	var hidden []properties.Hidden
	return func(e properties.Entry) []properties.Hidden {
		if at := e.KeyPos(); at != last {
			last, hidden = at, hide(e)
		}
		return hidden
	}
}
