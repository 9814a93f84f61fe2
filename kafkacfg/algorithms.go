package kafkacfg

import "strings"

// What the providers of the Java platform know: KeyGenerator and Mac. Other names are refused, as long as nobody has added
// a provider of his own to the JVM.
var (
	hmacs = []string{"HmacMD5", "HmacSHA1", "HmacSHA224", "HmacSHA256", "HmacSHA384", "HmacSHA512", "HmacSHA512/224", "HmacSHA512/256",
		"HmacSHA3-224", "HmacSHA3-256", "HmacSHA3-384", "HmacSHA3-512"}
	otherMACs = []string{"HmacPBESHA1", "HmacPBESHA224", "HmacPBESHA256", "HmacPBESHA384", "HmacPBESHA512", "HmacPBESHA512/224", "HmacPBESHA512/256",
		"PBEWithHmacSHA1", "PBEWithHmacSHA224", "PBEWithHmacSHA256", "PBEWithHmacSHA384", "PBEWithHmacSHA512", "SslMacMD5", "SslMacSHA1"}
	// algorithmAliases are the object identifiers and old names of algorithms.
	algorithmAliases = []alias{
		{"1.2.840.113549.2.7", "HmacSHA1"}, {"1.2.840.113549.2.8", "HmacSHA224"}, {"1.2.840.113549.2.9", "HmacSHA256"},
		{"1.2.840.113549.2.10", "HmacSHA384"}, {"1.2.840.113549.2.11", "HmacSHA512"}, {"1.2.840.113549.2.12", "HmacSHA512/224"},
		{"1.2.840.113549.2.13", "HmacSHA512/256"}, {"2.16.840.1.101.3.4.2.13", "HmacSHA3-224"}, {"2.16.840.1.101.3.4.2.14", "HmacSHA3-256"},
		{"2.16.840.1.101.3.4.2.15", "HmacSHA3-384"}, {"2.16.840.1.101.3.4.2.16", "HmacSHA3-512"},
	}
	keyAliases = []alias{{"1.2.840.113549.3.4", "ARCFOUR"}, {"2.16.840.1.101.3.4.1", "AES"}, {"RC4", "ARCFOUR"}, {"TripleDES", "DESede"}}
	// keySizesOf are the sizes that the other key generators take.
	keySizesOf = []struct {
		name              string
		least, most, step int64
	}{
		{"AES", 128, 256, 64}, {"ARCFOUR", 40, 1024, 1}, {"RC2", 40, 1024, 1}, {"Blowfish", 32, 448, 8}, {"ChaCha20", 256, 256, 1},
		{"DES", 56, 56, 1}, {"DESede", 112, 168, 56},
	}
	// tlsGenerators make keys for TLS alone and take no size.
	tlsGenerators = []string{"SunTlsKeyMaterial", "SunTls12KeyMaterial", "SunTlsMasterSecret", "SunTls12MasterSecret", "SunTlsExtendedMasterSecret",
		"SunTlsPrf", "SunTls12Prf", "SunTlsRsaPremasterSecret", "SunTls12RsaPremasterSecret"}
)

// alias is another name of an algorithm: an object identifier, or an old name.
type alias struct{ other, standard string }

// among returns the element of list that name is, in any case.
func among(name string, list []string) (string, bool) {
	for _, e := range list {
		if strings.EqualFold(e, name) {
			return e, true
		}
	}
	return "", false
}

// standardName follows an alias.
func standardName(name string, aliases []alias) string {
	number, isNumber := strings.CutPrefix(upper(name), "OID.")
	for _, a := range aliases {
		if strings.EqualFold(a.other, name) || isNumber && a.other == number && a.other[0] <= '9' {
			return a.standard
		}
	}
	return name
}

// isMAC reports whether Mac.getInstance knows an algorithm.
func isMAC(name string) bool {
	name = standardName(name, algorithmAliases)
	_, hmac := among(name, hmacs)
	_, other := among(name, otherMACs)
	return hmac || other
}

// keySizes reports whether KeyGenerator.getInstance knows an algorithm, and which sizes of keys it takes.
func keySizes(name string) (fits func(bits int64) bool, known bool) {
	name = standardName(standardName(name, algorithmAliases), keyAliases)
	if hmac, ok := among(name, hmacs); ok {
		return func(bits int64) bool { return hmac == "HmacMD5" || hmac == "HmacSHA1" || bits >= 40 }, true
	}
	if _, ok := among(name, tlsGenerators); ok {
		return func(int64) bool { return false }, true
	}
	for _, k := range keySizesOf {
		if strings.EqualFold(k.name, name) {
			return func(bits int64) bool { return bits >= k.least && bits <= k.most && (bits-k.least)%k.step == 0 }, true
		}
	}
	return nil, false
}
