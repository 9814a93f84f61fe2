package tlsstore

import (
	"crypto"
	"fmt"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/kcfg/kcfg/finding"
)

// Bundle is what PEM text holds, in the order in which it stands there.
type Bundle struct {
	// Name is what the material is called: a certbot lineage, the stem of lego's and acme.sh's files, a directory or
	// a file without its extension. It is the default alias, except for a file; empty after ParsePEM.
	Name string
	// Layout says how ReadPEM found the files.
	Layout       PEMLayout
	Keys         []PEMKey
	Certificates []PEMCertificate
	Others       []PEMBlock        // blocks that are neither: requests, public keys, parameters, revocation lists
	Findings     []finding.Finding // what ReadPEM noticed, such as a newer lineage of the same name
}

// PEMBlock names a block and its place. It holds no content.
type PEMBlock struct {
	File   string
	Line   int    // of its BEGIN line, 1-based
	Number int    // in its file, 1-based
	Label  string // such as "RSA PRIVATE KEY"; "unknown label" for one that TLS programs do not write
}

// String returns "file:line: block N (LABEL)", or "line 1: block N (LABEL)" where the file has no name.
func (b PEMBlock) String() string {
	return fmt.Sprintf("%s: block %d (%s)", pemLine(b.File, b.Line), b.Number, b.Label)
}

func pemLine(file string, line int) string {
	if file == "" {
		return fmt.Sprintf("line %d", line)
	}
	return fmt.Sprintf("%s:%d", file, line)
}

// Pos returns the place of the block's BEGIN line.
func (b PEMBlock) Pos() finding.Position {
	return finding.Position{File: b.File, Line: b.Line, Column: 1, EndLine: b.Line, EndColumn: len(pemBegin) + len(b.Label) + len(pemDashes) + 1}
}

// PEMCertificate is one certificate of a PEM text: its DER, which crypto/x509 may or may not be able to parse.
type PEMCertificate struct {
	PEMBlock
	DER []byte
}

// PEMKey is one private key of a PEM text. It never prints the key.
type PEMKey struct {
	PEMBlock
	Encrypted bool // it was protected by a passphrase
	Locked    bool // it still is: no passphrase was given

	protection Algorithm // of an encrypted PKCS#8 key

	pkcs8  func() []byte // a function, so that no way of printing shows the key
	public crypto.PublicKey
}

// PKCS8 returns the key as unencrypted PKCS#8, or an error that wraps ErrLocked.
func (k PEMKey) PKCS8() ([]byte, error) {
	if k.Locked || k.pkcs8 == nil {
		return nil, failure(ErrLocked, "%s: the key is encrypted, and no passphrase was given", k.PEMBlock)
	}
	return k.pkcs8(), nil
}

// PEMOptions are options of ParsePEM and ReadPEM; the zero value reads everything that is not encrypted.
type PEMOptions struct {
	// Password is the passphrase of encrypted keys. Without one they are listed as locked.
	Password Password
	// WithoutKeys leaves private keys alone: key blocks are passed over, and files that hold nothing else are not
	// opened. It is what a trust store needs.
	WithoutKeys bool
	// Pause is called between attempts to read a certbot directory that is being renewed, with the number of the
	// attempt that failed; nil waits a tenth of a second. ReadPEM gives up after ten attempts.
	Pause func(attempt int)
}

// ParsePEM reads PEM text: private keys (PKCS#8, PKCS#1, SEC1, encrypted or not), certificates, and anything that may
// stand between and beside them. The name is for messages.
//
// It is strict where encoding/pem is not: a damaged block is an error that names file, line and block. It tolerates
// what is unambiguous: text between blocks, any line ends, a UTF-8 mark, blanks, several blocks on one line.
func ParsePEM(name string, data []byte, o PEMOptions) (*Bundle, error) {
	blocks, err := scanPEM(name, data)
	if err != nil {
		return nil, err
	}
	p := &Bundle{}
	budget := newKeyBudget()
	var curve []byte // of the EC PARAMETERS block just before
	for _, b := range blocks {
		switch b.Label {
		case labelCertificate, labelX509, labelTrusted:
			c, err := parseCertificateBlock(b)
			if err != nil {
				return nil, err
			}
			p.Certificates = append(p.Certificates, c)
		case labelPKCS8, labelEncryptedPKCS8, labelPKCS1, labelSEC1, labelDSA, labelOpenSSH, "ANY PRIVATE KEY":
			if o.WithoutKeys {
				continue
			}
			k, err := parseKeyBlock(b, curve, o, budget)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", b.PEMBlock, err)
			}
			p.Keys = append(p.Keys, k)
		case labelPKCS7, labelCMS, labelPKCS7SignedData:
			certs, err := pkcs7Block(b.der)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", b.PEMBlock, err)
			}
			for _, der := range certs {
				p.Certificates = append(p.Certificates, PEMCertificate{b.PEMBlock, der})
			}
		default:
			p.Others = append(p.Others, b.PEMBlock)
		}
		if curve = nil; b.Label == labelECParameters {
			curve = b.der
		}
	}
	return p, nil
}

// parseCertificateBlock checks that the block is one certificate and nothing else. openssl's TRUSTED CERTIFICATE has
// a second structure behind it, with aliases and purposes, which no Java store can hold.
func parseCertificateBlock(b pemBlock) (PEMCertificate, error) {
	fail := func(what string) (PEMCertificate, error) {
		return PEMCertificate{}, failure(ErrCorrupt, "%s: %s", b.PEMBlock, what)
	}
	s := cryptobyte.String(b.der)
	var der, aux cryptobyte.String
	if !s.ReadASN1Element(&der, cbasn1.SEQUENCE) {
		return fail("it holds no certificate")
	}
	if b.Label == labelTrusted && !s.Empty() && !s.ReadASN1Element(&aux, cbasn1.SEQUENCE) || !s.Empty() {
		return fail("there is something behind the certificate")
	}
	if _, err := scanOutline(der); err != nil {
		return fail("it holds no certificate")
	}
	return PEMCertificate{b.PEMBlock, der}, nil
}

// pkcs7Block returns the certificates of a PKCS#7 block, as Windows' authorities hand out chains.
func pkcs7Block(der []byte) ([][]byte, error) {
	if der[0] != 0x30 {
		return nil, failure(ErrCorrupt, "it holds no PKCS#7 structure")
	}
	s, err := decodePKCS7(der, Limits{}.withDefaults())
	if err != nil {
		return nil, err
	}
	var out [][]byte
	for _, e := range s.Entries {
		if _, err := scanOutline(e.Chain[0]); err != nil {
			return nil, failure(ErrCorrupt, "it holds something that is no certificate")
		}
		out = append(out, e.Chain...)
	}
	return out, nil
}

// MergeBundles puts several inputs together, such as the files of --key, --cert and --chain. Name and Layout are those of
// the first that has them.
func MergeBundles(parts ...*Bundle) *Bundle {
	m := &Bundle{}
	for _, p := range parts {
		if m.Name == "" {
			m.Name, m.Layout = p.Name, p.Layout
		}
		m.Keys = append(m.Keys, p.Keys...)
		m.Certificates = append(m.Certificates, p.Certificates...)
		m.Others = append(m.Others, p.Others...)
		m.Findings = append(m.Findings, p.Findings...)
	}
	return m
}

// uniqueKeys drops keys that are the same as an earlier one: a combined file beside its parts is usual.
func (p *Bundle) uniqueKeys() []PEMKey {
	var keys []PEMKey
	seen := map[string]bool{}
	for _, k := range p.Keys {
		if !k.Locked {
			pkcs8 := string(k.pkcs8())
			if seen[pkcs8] {
				continue
			}
			seen[pkcs8] = true
		}
		keys = append(keys, k)
	}
	return keys
}
