package node

import (
	"slices"
	"strings"
	"sync"
)

// What Java 17's own providers know, by default. Kafka hands these names to Java unchanged; a file may name a provider
// of its own, and then nothing is judged.

// jdkContexts are the algorithms of SSLContext; Java compares without regard to case. "Default" exists, but cannot be
// initialised again, which Kafka does. Those that are of use come first, here and below: messages name them.
var jdkContexts = []string{"TLSv1.3", "TLSv1.2", "TLS", "TLSv1.1", "TLSv1", "SSL", "SSLv3", "DTLS", "DTLSv1.0", "DTLSv1.2"}

// jdkProtocols are the names that an SSLEngine takes; case counts. jdkUsableProtocols are those that
// jdk.tls.disabledAlgorithms leaves.
var (
	jdkProtocols       = []string{"TLSv1.3", "TLSv1.2", "TLSv1.1", "TLSv1", "SSLv3", "SSLv2Hello"}
	jdkUsableProtocols = []string{"TLSv1.3", "TLSv1.2"}
)

var (
	jdkKeyManagers   = []string{"SunX509", "NewSunX509", "PKIX"}
	jdkTrustManagers = []string{"PKIX", "SunPKIX", "SunX509", "X509", "X.509"}
	jdkSecureRandoms = []string{"SHA1PRNG", "DRBG", "NativePRNG", "NativePRNGBlocking", "NativePRNGNonBlocking"}
	jdkStoreTypes    = []string{"JKS", "PKCS12", "JCEKS", "CaseExactJKS", "DKS"}
	jdkTLSProviders  = []string{"SunJSSE"}
)

func knownTo(names []string, name string) bool {
	return slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, name) })
}

// suite is a cipher suite as Java 17 sees it.
type suite struct {
	tls13    bool
	key      string // the kind of key its server needs: RSA, EC, DSA; empty with TLS 1.3
	disabled bool   // by jdk.tls.disabledAlgorithms, or below TLS 1.2 only
}

// cipherSuite returns what Java knows of a name, exact in case; aliases with SSL_ and TLS_ in front are both known where
// Java has both.
func cipherSuite(name string) (suite, bool) {
	switch name {
	case "TLS_AES_256_GCM_SHA384", "TLS_AES_128_GCM_SHA256", "TLS_CHACHA20_POLY1305_SHA256":
		return suite{tls13: true}, true
	case "TLS_EMPTY_RENEGOTIATION_INFO_SCSV":
		return suite{disabled: true}, true // known, but no suite to agree on
	}
	prefix, rest, ok := strings.Cut(name, "_")
	exchange, cipher, ok2 := strings.Cut(rest, "_WITH_")
	if !ok || !ok2 || !slices.Contains(jdkCiphers()[exchange], cipher) {
		return suite{}, false
	}
	legacy := slices.Contains(jdkSSLNames()[exchange], cipher)
	if prefix != "TLS" && (prefix != "SSL" || !legacy) {
		return suite{}, false
	}
	s := suite{disabled: legacy || strings.Contains(exchange, "anon") || strings.HasPrefix(exchange, "ECDH_") ||
		strings.Contains(cipher, "NULL") || strings.Contains(cipher, "RC4") || strings.Contains(cipher, "DES")}
	switch {
	case strings.HasSuffix(exchange, "ECDSA"):
		s.key = "EC"
	case strings.HasSuffix(exchange, "DSS"):
		s.key = "DSA"
	default:
		s.key = "RSA"
	}
	return s, true
}

var gcmAndCBC = []string{
	"AES_256_GCM_SHA384", "AES_128_GCM_SHA256", "AES_256_CBC_SHA384", "AES_128_CBC_SHA256", "AES_256_CBC_SHA", "AES_128_CBC_SHA",
	"CHACHA20_POLY1305_SHA256", "3DES_EDE_CBC_SHA", "RC4_128_SHA", "NULL_SHA",
}

// jdkCiphers are the ciphers by key exchange, without those of TLS 1.3.
var jdkCiphers = sync.OnceValue(func() map[string][]string {
	return map[string][]string{
		"ECDHE_ECDSA": gcmAndCBC,
		"ECDHE_RSA":   gcmAndCBC,
		"ECDH_ECDSA":  without(gcmAndCBC, "CHACHA20_POLY1305_SHA256"),
		"ECDH_RSA":    without(gcmAndCBC, "CHACHA20_POLY1305_SHA256"),
		"ECDH_anon":   {"AES_256_CBC_SHA", "AES_128_CBC_SHA", "3DES_EDE_CBC_SHA", "RC4_128_SHA", "NULL_SHA"},
		"DHE_RSA": {
			"AES_256_GCM_SHA384", "CHACHA20_POLY1305_SHA256", "AES_128_GCM_SHA256", "AES_256_CBC_SHA256", "AES_128_CBC_SHA256",
			"AES_256_CBC_SHA", "AES_128_CBC_SHA", "3DES_EDE_CBC_SHA", "DES_CBC_SHA",
		},
		"DHE_DSS": {
			"AES_256_GCM_SHA384", "AES_128_GCM_SHA256", "AES_256_CBC_SHA256", "AES_128_CBC_SHA256", "AES_256_CBC_SHA", "AES_128_CBC_SHA",
			"3DES_EDE_CBC_SHA", "DES_CBC_SHA",
		},
		"DH_anon": {
			"AES_256_GCM_SHA384", "AES_128_GCM_SHA256", "AES_256_CBC_SHA256", "AES_256_CBC_SHA", "AES_128_CBC_SHA256", "AES_128_CBC_SHA",
			"3DES_EDE_CBC_SHA", "RC4_128_MD5", "DES_CBC_SHA",
		},
		"RSA": {
			"AES_256_GCM_SHA384", "AES_128_GCM_SHA256", "AES_256_CBC_SHA256", "AES_128_CBC_SHA256", "AES_256_CBC_SHA", "AES_128_CBC_SHA",
			"3DES_EDE_CBC_SHA", "RC4_128_SHA", "RC4_128_MD5", "DES_CBC_SHA", "NULL_SHA256", "NULL_SHA", "NULL_MD5",
		},
		"RSA_EXPORT":     {"DES40_CBC_SHA", "RC4_40_MD5"},
		"DHE_RSA_EXPORT": {"DES40_CBC_SHA"},
		"DHE_DSS_EXPORT": {"DES40_CBC_SHA"},
		"DH_anon_EXPORT": {"DES40_CBC_SHA", "RC4_40_MD5"},
	}
})

// jdkSSLNames are the ciphers whose first name begins with SSL_ and whose second begins with TLS_.
var jdkSSLNames = sync.OnceValue(func() map[string][]string {
	return map[string][]string{
		"DHE_RSA":        {"3DES_EDE_CBC_SHA", "DES_CBC_SHA"},
		"DHE_DSS":        {"3DES_EDE_CBC_SHA", "DES_CBC_SHA"},
		"DH_anon":        {"3DES_EDE_CBC_SHA", "RC4_128_MD5", "DES_CBC_SHA"},
		"RSA":            {"3DES_EDE_CBC_SHA", "RC4_128_SHA", "RC4_128_MD5", "DES_CBC_SHA", "NULL_SHA", "NULL_MD5"},
		"RSA_EXPORT":     {"DES40_CBC_SHA", "RC4_40_MD5"},
		"DHE_RSA_EXPORT": {"DES40_CBC_SHA"},
		"DHE_DSS_EXPORT": {"DES40_CBC_SHA"},
		"DH_anon_EXPORT": {"DES40_CBC_SHA", "RC4_40_MD5"},
	}
})

func without(names []string, one string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(n string) bool { return n == one })
}
