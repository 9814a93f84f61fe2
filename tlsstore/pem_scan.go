package tlsstore

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// Limits of PEM input.
const (
	maxPEMFile   = DefaultSize    // bytes; 20,000 certificates of 1 KB
	maxPEMBlocks = DefaultEntries // in one file; the largest public bundles hold 300
	maxPEMBlock  = 1 << 20        // bytes of one block's text; a key of 16,384 bits has 13 KB, a leaf with 250 names 37 KB
	maxPEMHeader = 64             // RFC 1421 headers of one block; openssl writes two

	maxPEMHeaderText = 4096 // bytes of a header that goes on in further lines
)

// pemBlock is one block as scanned: the label is known, the base64 is decoded, the content is not looked at yet.
type pemBlock struct {
	PEMBlock
	headers map[string]string
	der     []byte
}

// Labels that PEM files of TLS programs hold. A label outside this list is not repeated in messages: what stands in its
// place may be anything, even a piece of a key.
const (
	labelCertificate     = "CERTIFICATE"
	labelX509            = "X509 CERTIFICATE"
	labelTrusted         = "TRUSTED CERTIFICATE"
	labelPKCS8           = "PRIVATE KEY"
	labelEncryptedPKCS8  = "ENCRYPTED PRIVATE KEY"
	labelPKCS1           = "RSA PRIVATE KEY"
	labelSEC1            = "EC PRIVATE KEY"
	labelDSA             = "DSA PRIVATE KEY"
	labelOpenSSH         = "OPENSSH PRIVATE KEY"
	labelECParameters    = "EC PARAMETERS"
	labelPKCS7           = "PKCS7"
	labelCMS             = "CMS"
	labelPKCS7SignedData = "PKCS #7 SIGNED DATA"
)

var knownLabels = []string{
	labelCertificate, labelX509, labelTrusted, labelPKCS8, labelEncryptedPKCS8, labelPKCS1, labelSEC1, labelDSA,
	labelOpenSSH, labelECParameters, labelPKCS7, labelCMS, labelPKCS7SignedData, "PUBLIC KEY", "RSA PUBLIC KEY",
	"DSA PUBLIC KEY", "CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST", "X509 CRL", "DH PARAMETERS", "X9.42 DH PARAMETERS",
	"DSA PARAMETERS", "PARAMETERS", "ATTRIBUTE CERTIFICATE", "CERTIFICATE PAIR", "SSL SESSION PARAMETERS", "ANY PRIVATE KEY",
	"ENCRYPTED DATA", "SSH2 PUBLIC KEY", "PGP PRIVATE KEY BLOCK", "PGP PUBLIC KEY BLOCK", "PGP MESSAGE", "PGP SIGNATURE",
}

func shownLabel(label string) string {
	if slices.Contains(knownLabels, label) {
		return label
	}
	return "unknown label"
}

const (
	pemBegin  = "-----BEGIN "
	pemEnd    = "-----END "
	pemDashes = "-----"
)

var byteOrderMark = []byte("\xef\xbb\xbf")

// pemScanner walks over PEM text. encoding/pem cannot serve here: it skips broken blocks in silence.
type pemScanner struct {
	name   string
	rest   []byte
	line   int // of the start of rest, 1-based
	blocks []pemBlock
}

// scanPEM returns the blocks of data in their order. Text between blocks is skipped; a block that is damaged in any
// way is an error.
func scanPEM(name string, data []byte) ([]pemBlock, error) {
	if len(data) > maxPEMFile {
		return nil, failure(ErrTooCostly, "%s: %d bytes are more than a PEM file may have (%d)", name, len(data), maxPEMFile)
	}
	data = bytes.TrimPrefix(data, byteOrderMark)
	s := &pemScanner{name: name, rest: data, line: 1}
	for s.skipText(); len(s.rest) > 0; s.skipText() {
		line, at := s.next()
		if err := s.outside(line, at); err != nil {
			return nil, err
		}
	}
	if len(s.blocks) == 0 {
		return nil, notPEM(name, data)
	}
	return s.blocks, nil
}

// skipText skips lines in which there is no dash of any kind.
func (s *pemScanner) skipText() {
	i := bytes.IndexByte(s.rest, '-')
	if i < 0 {
		i = len(s.rest)
	}
	if j := bytes.IndexByte(s.rest[:i], typographic); j >= 0 {
		i = j
	}
	start := len(s.rest)
	if i < start {
		start = bytes.LastIndexAny(s.rest[:i], "\r\n") + 1
	}
	skipped := s.rest[:start]
	s.line += bytes.Count(skipped, []byte{'\n'})
	if crs := bytes.Count(skipped, []byte{'\r'}); crs > 0 {
		s.line += crs - bytes.Count(skipped, []byte("\r\n"))
	}
	s.rest = s.rest[start:]
}

// typographic is the first byte of the dashes that hasDash knows.
const typographic = 0xe2

// next cuts one line off, without its end: LF, CR LF, or CR alone.
func (s *pemScanner) next() (line []byte, at int) {
	at = s.line
	i := bytes.IndexAny(s.rest, "\r\n")
	if i < 0 {
		line, s.rest = s.rest, nil
		return line, at
	}
	line = s.rest[:i]
	end := i + 1
	if s.rest[i] == '\r' && end < len(s.rest) && s.rest[end] == '\n' {
		end++
	}
	s.rest = s.rest[end:]
	s.line++
	return line, at
}

const blanks = " \t\v\f"

// outside looks at a line that is in no block: the start of one, or text.
func (s *pemScanner) outside(line []byte, at int) error {
	if !bytes.ContainsAny(line, "EeNn") {
		return nil // no mark, and no damaged one
	}
	text := bytes.TrimPrefix(bytes.Trim(line, blanks), byteOrderMark) // files of Windows, joined
	if !bytes.Contains(text, []byte("--")) && !hasDash(text) {
		return nil
	}
	if bytes.HasPrefix(text, []byte("#")) {
		return nil // a block that was commented out
	}
	if bytes.HasPrefix(text, []byte(pemBegin)) {
		return s.block(text, at)
	}
	switch {
	case bytes.HasPrefix(text, []byte(pemEnd)):
		return s.errorf(at, "", "an END line without its BEGIN line")
	case bytes.Contains(text, []byte(pemBegin)), bytes.Contains(text, []byte(pemEnd)):
		return s.errorf(at, "", "a BEGIN or END mark that is not at the start of its line")
	case nearlyMark(text):
		return s.errorf(at, "", "a damaged BEGIN or END line: it has to be five dashes, BEGIN or END, the label, five dashes")
	}
	return nil
}

// hasDash reports a typographic dash, which word processors put in place of hyphens.
func hasDash(text []byte) bool { return bytes.ContainsAny(text, "–—‐‑−") }

// nearlyMark recognises a BEGIN or END line that is damaged: skipping it would lose a block in silence.
func nearlyMark(text []byte) bool {
	bare := bytes.TrimLeft(text, "-–—‐‑− \t")
	if len(bare) == len(text) || !bytes.HasPrefix(text, []byte("--")) && !hasDash(text[:min(len(text), 3)]) {
		return false
	}
	word := strings.ToUpper(string(bare[:min(len(bare), 5)]))
	return strings.HasPrefix(word, "BEGIN") || strings.HasPrefix(word, "END ")
}

// block reads one block, whose BEGIN line is text, and those that follow it on the line of its END.
func (s *pemScanner) block(text []byte, at int) error {
	for {
		label, tail, err := s.mark(text[len(pemBegin):], at)
		if err != nil {
			return err
		}
		if len(s.blocks) == maxPEMBlocks {
			return failure(ErrTooCostly, "%s: more than %d PEM blocks", s.name, maxPEMBlocks)
		}
		b := pemBlock{PEMBlock: PEMBlock{File: s.name, Line: at, Number: len(s.blocks) + 1, Label: shownLabel(label)}}
		after, endLine, err := s.body(&b, label, tail)
		if err != nil {
			return err
		}
		after = bytes.TrimPrefix(bytes.Trim(after, blanks), byteOrderMark)
		// END…-----BEGIN on one line: two files were joined, and the first has no end of line
		if len(after) > 0 && !bytes.HasPrefix(after, []byte(pemBegin)) {
			return s.errorf(endLine, b.Label, "text behind its END mark")
		}
		s.blocks = append(s.blocks, b)
		if len(after) == 0 {
			return nil
		}
		text, at = after, endLine
	}
}

// mark reads the label of a BEGIN or END mark up to its dashes and returns what stands behind them.
func (s *pemScanner) mark(text []byte, at int) (label string, tail []byte, err error) {
	i := bytes.Index(text, []byte(pemDashes))
	if i < 0 {
		return "", nil, s.errorf(at, "", "a BEGIN or END line without its five closing dashes")
	}
	return strings.TrimRight(string(text[:i]), blanks), text[i+len(pemDashes):], nil
}

// body reads a block's headers and base64 up to its END mark, and returns what stands behind that mark.
func (s *pemScanner) body(b *pemBlock, label string, tail []byte) (after []byte, endLine int, err error) {
	fail := func(at int, format string, args ...any) ([]byte, int, error) {
		return nil, 0, s.errorf(at, b.Label, format, args...)
	}
	var text []byte
	inHeaders, lastHeader := true, ""
	line, at := tail, b.Line
	for first := true; ; first = false {
		if !first {
			if len(s.rest) == 0 {
				return fail(b.Line, "no END line: the file is cut off")
			}
			line, at = s.next()
		}
		body, end, isEnd := bytes.Cut(line, []byte(pemEnd))
		if bytes.Contains(body, []byte(pemBegin)) {
			return fail(b.Line, "no END line before the next block begins in line %d", at)
		}
		bare := bytes.Trim(body, blanks)
		switch name, value, isHeader := cutHeader(bare, inHeaders); {
		case inHeaders && isHeader && !isEnd:
			if b.headers == nil {
				b.headers = map[string]string{}
			}
			if len(b.headers) == maxPEMHeader {
				return fail(at, "more than %d headers", maxPEMHeader)
			}
			lastHeader = name
			b.headers[name] = value
		case inHeaders && b.headers != nil && len(bare) == 0 && !isEnd:
			inHeaders = false
		case inHeaders && b.headers != nil && len(body) > len(bare) && bytes.IndexByte([]byte(blanks), body[0]) >= 0:
			if b.headers[lastHeader] += string(bare); len(b.headers[lastHeader]) > maxPEMHeaderText { // a continued header
				return fail(at, "a header longer than %d bytes", maxPEMHeaderText)
			}
		case inHeaders && b.headers != nil:
			return fail(at, "no blank line between its headers and its content")
		default:
			inHeaders = inHeaders && len(bare) == 0
			text = append(text, bare...)
		}
		if len(text) > maxPEMBlock {
			return fail(b.Line, "longer than %d bytes", maxPEMBlock)
		}
		if !isEnd {
			continue
		}
		endLabel, after, err := s.mark(end, at)
		if err != nil {
			return nil, 0, err
		}
		if endLabel != label {
			return fail(at, "its END line has another label (%s)", shownLabel(endLabel))
		}
		if b.der, err = decodeBase64(text); err != nil {
			return fail(b.Line, "%v", err)
		}
		return after, at, nil
	}
}

// cutHeader splits a header of RFC 1421; base64 has no colons.
func cutHeader(line []byte, inHeaders bool) (name, value string, ok bool) {
	if !inHeaders {
		return "", "", false
	}
	name, value, ok = strings.Cut(string(line), ":")
	return strings.TrimSpace(name), strings.TrimSpace(value), ok
}

// decodeBase64 is strict on the alphabet and on padding; blanks within a line are taken out, since they can mean
// nothing else. Its errors tell no content.
func decodeBase64(text []byte) ([]byte, error) {
	if bytes.ContainsAny(text, blanks) {
		text = bytes.Join(bytes.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(blanks, r) }), nil)
	}
	if len(text) == 0 {
		return nil, errors.New("it is empty")
	}
	der := make([]byte, base64.StdEncoding.DecodedLen(len(text)))
	n, err := base64.StdEncoding.Strict().Decode(der, text)
	if err != nil {
		return nil, errors.New("its base64 is damaged")
	}
	return der[:n], nil
}

// errorf makes an error about the block that is being read: the one after those already complete.
func (s *pemScanner) errorf(at int, label, format string, args ...any) error {
	what := fmt.Sprintf("block %d", len(s.blocks)+1)
	if label != "" {
		what += " (" + label + ")"
	}
	return failure(ErrCorrupt, "%s: %s: %s", pemLine(s.name, at), what, fmt.Sprintf(format, args...))
}

var errEmpty = failure(ErrFormat, "the file is empty")

// notPEM says what data without any block is, as far as its first bytes tell.
func notPEM(name string, data []byte) error {
	what := "no PEM block in it"
	switch {
	case len(bytes.TrimSpace(data)) == 0:
		return fmt.Errorf("%s: %w", name, errEmpty)
	case bytes.HasPrefix(data, []byte{0xff, 0xfe}), bytes.HasPrefix(data, []byte{0xfe, 0xff}), bytes.Contains(data, []byte("-\x00-\x00-\x00-")):
		what = "UTF-16 text, not PEM: save it as ASCII or UTF-8"
	case isCertificate(data):
		what = "a certificate in DER, not PEM: openssl x509 -inform DER -in FILE writes PEM"
	case isKey(data):
		what = "a private key in DER, not PEM: openssl pkey -inform DER -in FILE writes PEM"
	case data[0] == 0x30 && len(data) > 1 && data[1] >= 0x80 && Detect(data) == FormatUnknown:
		what = "binary (DER), not PEM"
	default:
		if f := Detect(data); f != FormatUnknown && f != PEM {
			what = fmt.Sprintf("a %s store, not PEM: kcfg convert writes PEM", f)
		}
	}
	return failure(ErrFormat, "%s: %s", name, what)
}

// isKey knows PKCS#8, PKCS#1 and SEC1 by their version, and encrypted PKCS#8 by its two parts.
func isKey(der []byte) bool {
	s := cryptobyte.String(der)
	var seq, part cryptobyte.String
	if !s.ReadASN1(&seq, cbasn1.SEQUENCE) || !s.Empty() {
		return false
	}
	if seq.PeekASN1Tag(cbasn1.INTEGER) {
		return seq.ReadASN1(&part, cbasn1.INTEGER) && len(part) == 1 && part[0] <= 1
	}
	return seq.ReadASN1(&part, cbasn1.SEQUENCE) && part.PeekASN1Tag(cbasn1.OBJECT_IDENTIFIER) &&
		seq.ReadASN1(&part, cbasn1.OCTET_STRING) && seq.Empty()
}

func isCertificate(der []byte) bool {
	_, err := scanOutline(der)
	return err == nil
}
