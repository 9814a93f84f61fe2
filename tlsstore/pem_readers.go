package tlsstore

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// pemTraits say who reads a PEM file as it stands: kcfg takes more than Kafka and OpenSSL do.
type pemTraits struct {
	kafka     string    // why no Kafka takes it, in words; empty where one does
	inClear   bool      // it has a key that is not encrypted
	key       Algorithm // which encrypts its key
	noOpenSSL bool
}

func pemTraitsOf(data []byte, b *Bundle) pemTraits {
	t := pemTraits{noOpenSSL: !openSSLSees(data), kafka: kafkaRefusesPEM(data, b)}
	if len(b.Keys) > 0 {
		t.inClear, t.key = !b.Keys[0].Encrypted, b.Keys[0].protection
	}
	return t
}

// kafkaRefusesPEM follows Kafka's PemStore, which looks for blocks by a pattern, makes a key of PKCS#8 alone, and puts the
// certificates into a PKCS#12 store, in the order of the file. Java checks there that each names the next as its issuer.
func kafkaRefusesPEM(data []byte, b *Bundle) string {
	inPKCS7 := func(c PEMCertificate) bool { return !strings.HasSuffix(c.Label, labelCertificate) }
	switch {
	case !kafkaSees(data):
		return "it sees no block whose BEGIN or END mark has other text behind it" + rewrite
	case slices.ContainsFunc(b.Certificates, inPKCS7):
		return "it looks for no certificates in PKCS7" + rewrite
	case len(b.Keys) == 0:
		return ""
	case len(b.Keys) > 1:
		return fmt.Sprintf("it takes one private key, not %d (kcfg convert --alias NAME takes one out)", len(b.Keys))
	}
	switch k := b.Keys[0]; {
	case k.Label != labelPKCS8 && k.Label != labelEncryptedPKCS8:
		return "it takes keys in PKCS#8 alone, BEGIN PRIVATE KEY" + rewrite
	case k.Encrypted && !javaReads(k.protection):
		return "Java does not know what its key is encrypted with" + rewrite
	case len(b.Certificates) == 0:
		return "it holds no certificate"
	case !InOrder(certificatesOf(b)):
		return "its certificates are not in the order of the chain" + rewrite
	}
	if pkcs8, err := b.Keys[0].PKCS8(); err == nil {
		if same, known := belongs(pkcs8, b.Certificates[0].DER); known && !same {
			return "its first certificate is not that of its key"
		}
	}
	return ""
}

const rewrite = " (kcfg convert --format pem writes it anew)"

// InOrder reports whether Java's PKCS12 store takes certificates as the chain of a key: each names the next one as its issuer, and
// none is there twice (PKCS12KeyStore.validateChain). Kafka makes such a store of PEM, with the certificates as they stand in the
// file. Signatures are not looked at. One that cannot be parsed, and more than a hundred, are no chain.
func InOrder(chain [][]byte) bool {
	if len(chain) > maxPEMChain {
		return false
	}
	issuer, seen := "", map[string]bool{}
	for i, der := range chain {
		t, ok := parseTBS(der)
		if !ok || seen[string(der)] || i > 0 && javaName(t.subject) != issuer {
			return false
		}
		seen[string(der)], issuer = true, javaName(t.issuer)
	}
	return true
}

func certificatesOf(b *Bundle) [][]byte {
	chain := make([][]byte, len(b.Certificates))
	for i, c := range b.Certificates {
		chain[i] = c.DER
	}
	return chain
}

// maxPEMChain bounds what is looked at as one chain; no honest one comes near.
const maxPEMChain = 100

// kafkaSees reports that Kafka's pattern matches all blocks: it wants space behind each mark.
func kafkaSees(data []byte) bool {
	for _, kind := range []string{pemBegin, pemEnd} {
		for rest := data; ; {
			var found bool
			if _, rest, found = bytes.Cut(rest, []byte(kind)); !found {
				break
			}
			_, behind, _ := bytes.Cut(rest, []byte(pemDashes))
			if behind = bytes.TrimLeft(behind, "-"); len(behind) > 0 && !bytes.ContainsRune([]byte(blanks+"\r\n"), rune(behind[0])) {
				return false
			}
		}
	}
	return true
}

// openSSLSees reports that each mark has a line of its own, from its start.
func openSSLSees(data []byte) bool {
	for line := range bytes.Lines(bytes.TrimPrefix(data, byteOrderMark)) {
		marks := bytes.Count(line, []byte(pemBegin)) + bytes.Count(line, []byte(pemEnd))
		if marks == 0 || line[0] == '#' {
			continue
		}
		line = bytes.TrimRight(line, blanks+"\r\n")
		if marks > 1 || !bytes.HasPrefix(line, []byte(pemBegin)) && !bytes.HasPrefix(line, []byte(pemEnd)) || !bytes.HasSuffix(line, []byte(pemDashes)) {
			return false
		}
	}
	return true
}

// readersOfPEM goes by the file where there is one, else by what Encode writes without a password.
func (s *Store) readersOfPEM() []string {
	isKey := func(e Entry) bool { return e.Kind == KindKey }
	t := pemTraits{inClear: slices.ContainsFunc(s.Entries, isKey)}
	if s.traits != nil {
		t = s.traits.pem
	}
	var readers []string
	switch {
	case t.kafka != "" || !s.kafkaKnowsKeys():
	case t.inClear:
		readers = append(readers, readerKafka33)
	case strings.HasPrefix(t.key.Name, "PBES2"):
		readers = append(readers, readerKafkaJava25)
	default:
		readers = append(readers, readerKafka)
	}
	if !t.noOpenSSL {
		readers = append(readers, readerOpenSSL)
	}
	return nonNil(readers)
}

// kafkaKnowsKeys: Kafka makes keys of PEM with the factories for RSA, DSA and EC alone.
func (s *Store) kafkaKnowsKeys() bool {
	for i := range s.Entries {
		if e := &s.Entries[i]; e.Kind == KindKey && len(e.Chain) > 0 {
			if t, ok := parseTBS(e.Chain[0]); ok && !slices.Contains([]string{"RSA", "DSA", "EC"}, describeKey(t.spki).Algorithm) {
				return false
			}
		}
	}
	return true
}

// noteOfPEM says what Kafka wants for the file, or why it does not take it.
func noteOfPEM(readers []string, why string) string {
	since := ""
	switch {
	case why != "":
		return "Kafka does not take it: " + why
	case slices.Contains(readers, readerKafka):
		since = "2.7 and newer"
	case slices.Contains(readers, readerKafka33):
		since = "3.3 and newer"
	case slices.Contains(readers, readerKafkaJava25):
		since = "on Java 25 and newer; for older ones, kcfg convert --profile legacy"
	default:
		return ""
	}
	return "Kafka (" + since + ") reads it with ssl.keystore.type or ssl.truststore.type set to PEM"
}
