package tlsstore

import (
	"path/filepath"
	"slices"
	"strings"
)

// The readers that ReadableBy names.
const (
	readerJava8     = "Java 8u301+"
	readerJava11    = "Java 11"
	readerJava17    = "Java 17"
	readerJava21    = "Java 21"
	readerJava25    = "Java 25"
	readerJava26    = "Java 26"
	readerOpenSSL   = "OpenSSL"
	readerLegacy    = "OpenSSL -legacy"
	readerOpenSSL34 = "OpenSSL 3.4+"
	readerKafka     = "Kafka 2.7+"
	readerKafka33   = "Kafka 3.3+" // reads keys in clear from files

	readerKafkaJava25 = "Kafka on Java 25+" // knows PBES2 for a key by itself
	readerGo          = "go-pkcs12"
)

var javas = []string{readerJava8, readerJava11, readerJava17, readerJava21, readerJava25, readerJava26}

// beyondASCII take passwords for encryption that are not ASCII.
var beyondASCII = []string{readerJava25, readerJava26}

// beforeTruncated know no PBKDF2 with SHA-512/224 or SHA-512/256, which came with Java 20.
var beforeTruncated = []string{readerJava8, readerJava11, readerJava17}

// strengths orders algorithms from the weakest; what is not listed is in the middle.
var strengths = []string{
	"PKCS12 RC4-40", "PKCS12 RC2-40", "PBES1 DES", "PBES2 DES-", "PBES1 RC2", "JKS key protector", "PKCS12 RC4-128", "PKCS12 RC2-128",
	"PKCS12 2DES", "PBES1 3DES", "PKCS12 3DES", "PBES2 RC2", "PBES2 3DES", "PBES2 AES-128", "PBES2 AES-192", "PBES2 AES-256",
}

func strength(name string) int {
	for i, prefix := range strengths {
		if strings.HasPrefix(name, prefix) {
			return i
		}
	}
	return len(strengths) / 2
}

// ReadableBy lists who can read the store and use its keys, given the password: releases of Java (each stands for those after it up
// to the next), OpenSSL, and the Go library go-pkcs12. For a store made by hand it is what [Encode] with default options makes.
func (s *Store) ReadableBy() []string {
	switch s.Format {
	case JKS, JCEKS:
		if s.traits != nil && s.traits.refused != "" {
			return []string{}
		}
		readers := slices.Clone(javas)
		if s.Format == JCEKS && s.traits != nil && s.traits.nonASCII && slices.ContainsFunc(s.Entries, func(e Entry) bool { return e.Key != nil && !e.HasKeyPassword() }) {
			readers = slices.Clone(beyondASCII) // its keys are encrypted as those of PKCS12 are; JKS' are not
		}
		return s.usableKeys(readers)
	case PEM:
		return s.readersOfPEM()
	case PKCS7:
		return []string{readerOpenSSL}
	case PKCS12:
		return s.readersOfPKCS12()
	}
	return []string{}
}

// ReadableWith is ReadableBy for the file that holds the store and that a password protects: where the file was read without it,
// what it says of its own keys and password is not known.
func (s *Store) ReadableWith(password Password, entries []Entry) []string {
	known := *s
	known.Entries = entries
	if s.traits != nil {
		t := *s.traits
		t.nonASCII = password.CheckJava() != nil
		known.traits = &t
	}
	return known.ReadableBy()
}

func (s *Store) readersOfPKCS12() []string {
	t := s.traits
	if t == nil {
		t = &traits{hasMAC: true}
	}
	if t.byJava25 {
		return []string{readerJava25}
	}
	readers := slices.Clone(javas)
	all := append(slices.Clone(t.keys), t.safes...)
	if t.nonASCII {
		readers = slices.Clone(beyondASCII)
		if slices.ContainsFunc(all, func(a Algorithm) bool { return strings.HasPrefix(a.Name, "PKCS12 ") }) {
			readers = nil
		}
	}
	if slices.ContainsFunc(all, func(a Algorithm) bool { return strings.Contains(a.Name, "PBKDF2-HMAC-SHA512/") }) {
		readers = slices.DeleteFunc(readers, func(r string) bool { return slices.Contains(beforeTruncated, r) })
	}
	if strings.HasPrefix(t.mac.Name, "PBMAC1") {
		readers = slices.DeleteFunc(readers, func(r string) bool { return r != readerJava26 })
	}
	if !slices.ContainsFunc(append(all, t.mac), func(a Algorithm) bool { return !javaReads(a) }) {
		readers = s.usableKeys(readers)
	} else {
		readers = nil
	}
	if len(s.Entries) == 0 && len(s.Hidden) > 0 && t.lockedSafes == 0 {
		readers = nil // it opens, and Java sees nothing
	}
	if t.refused != "" {
		readers = nil
	}
	if o := openSSLReader(append(all, t.mac)); o != "" {
		readers = append(readers, o)
	}
	if s.goReads(t) {
		readers = append(readers, readerGo)
	}
	return nonNil(readers)
}

func nonNil(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}

// javaReads knows what Java's PKCS12 takes: no AES-192, no 3DES within PBES2, no scrypt, no two-key 3DES, no DES with SHA-1, and
// at most 5,000,000 iterations.
func javaReads(a Algorithm) bool {
	if a.Iterations > defaultIterations {
		return false
	}
	name := a.Name
	switch {
	case strings.Contains(name, "scrypt"), strings.HasPrefix(name, "PKCS12 2DES"), strings.HasPrefix(name, "PBES1 RC2"), strings.HasPrefix(name, "PBES1 DES-CBC, PBKDF1-SHA1"):
		return false
	case strings.HasPrefix(name, "PBES2 "):
		return strings.HasPrefix(name, "PBES2 AES-128") || strings.HasPrefix(name, "PBES2 AES-256")
	}
	return true
}

// openSSLReader says which OpenSSL it takes: version 3 has RC2, RC4 and DES in its legacy provider.
func openSSLReader(all []Algorithm) string {
	reader := readerOpenSSL
	for _, a := range all {
		switch {
		case strings.Contains(a.Name, "RC2") || strings.Contains(a.Name, "RC4") || strings.Contains(a.Name, " DES-"):
			return readerLegacy
		case strings.HasPrefix(a.Name, "PBMAC1"):
			reader = readerOpenSSL34
		}
	}
	return reader
}

// goReads knows what go-pkcs12 takes: DER, one key with at most two safes, or trusted certificates alone in one.
func (s *Store) goReads(t *traits) bool {
	if t.ber || !t.hasMAC && len(t.keys) > 0 {
		return false
	}
	keys, trusted := 0, 0
	for i := range s.Entries {
		switch s.Entries[i].Kind {
		case KindKey:
			if keys++; s.Entries[i].HasKeyPassword() {
				return false
			}
		case KindCertificate:
			trusted++
		default:
			return false
		}
	}
	if keys > 1 || keys == 1 && trusted > 0 || keys == 0 && len(t.safes) > 1 || len(t.safes) > 2 {
		return false
	}
	if keys+trusted == 0 || slices.ContainsFunc(s.Hidden, func(h Hidden) bool { return h.Kind != HiddenCertificate || keys == 0 }) {
		return false
	}
	for _, a := range append(append(slices.Clone(t.keys), t.safes...), t.mac) {
		for _, no := range []string{"scrypt", "RC4", "2DES", "PBES1", "PBES2 3DES", "PBES2 DES", "PBES2 RC2", "SHA224", "SHA384", "SHA512/"} {
			if strings.Contains(a.Name, no) {
				return false
			}
		}
	}
	return true
}

// usableKeys leaves out the releases of Java that open the store but do not know a key's kind.
func (s *Store) usableKeys(readers []string) []string {
	for i := range s.Entries {
		e := &s.Entries[i]
		if e.Kind != KindKey || len(e.Chain) == 0 {
			continue
		}
		t, ok := parseTBS(e.Chain[0])
		if !ok {
			continue
		}
		var without []string
		k := describeKey(t.spki)
		switch {
		case k.Algorithm == "Ed25519" || k.Algorithm == "Ed448":
			without = javas[:2]
		case strings.HasPrefix(k.Algorithm, "ML-DSA"):
			without = javas[:4]
		case k.Curve == "secp256k1" || strings.HasPrefix(k.Curve, "brainpool"):
			without = javas[2:] // taken out in Java 16
		}
		readers = slices.DeleteFunc(readers, func(r string) bool { return slices.Contains(without, r) })
	}
	return nonNil(readers)
}

// SetPath fills in where the store lies, and notes what its name means to those who go by it: ZooKeeper takes the type from
// the extension, Java from the content.
func (in *Inspection) SetPath(path string) {
	in.Path = path
	ext := strings.ToLower(filepath.Ext(path))
	byExtension := map[string]Format{".jks": JKS, ".p12": PKCS12, ".pfx": PKCS12, ".pem": PEM, ".bcfks": BCFKS, ".jceks": JCEKS, ".bks": BKS}
	named, known := byExtension[ext]
	if in.Format == FormatUnknown {
		return
	}
	if known && named != in.Format {
		note := "the name says " + named.String() + ", the content is " + in.Format.String()
		if in.Format == JKS && named == PKCS12 || in.Format == PKCS12 && named == JKS {
			note += ": Java opens it as either"
		}
		in.Notes = append(in.Notes, note)
	}
	switch ext {
	case ".jks", ".p12", ".pem", ".bcfks":
	default:
		if in.Format == JKS || in.Format == PKCS12 || in.Format == PEM {
			in.Notes = append(in.Notes, "ZooKeeper goes by the extension (.jks, .p12, .pem, .bcfks): for another name it needs the property for the type")
		}
	}
	if note := noteOfPEM(in.ReadableBy, in.kafka); in.Format == PEM && note != "" {
		in.Notes = append(in.Notes, note)
	}
}
