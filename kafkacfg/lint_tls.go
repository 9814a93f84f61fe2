package kafkacfg

import (
	"path"
	"slices"
	"strings"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/internal/rule"
	"github.com/kcfg/kcfg/properties"
)

// TLS: what Kafka accepts and nobody should run. Stores themselves are looked at by package node.
var tlsLints = []rule.Rule[*lint]{
	{ID: "kafka-hostname-verification-off", Severity: finding.Warning, Check: hostnameVerificationOff},
	{ID: "kafka-weak-tls-protocol", Severity: finding.Warning, Check: weakTLSProtocol},
	{ID: "kafka-weak-cipher", Severity: finding.Warning, Check: weakCipher},
	{ID: "kafka-tls-listener-without-keystore", Severity: finding.Error, Check: tlsListenerWithoutKeystore},
	{ID: "kafka-keystore-unused", Severity: finding.Warning, Check: keystoreUnused},
	{ID: "kafka-store-type-mismatch", Severity: finding.Info, Check: storeTypeMismatch},
	{ID: "kafka-key-password-differs", Severity: finding.Warning, Check: keyPasswordDiffers},
	{ID: "kafka-client-auth-ignored", Severity: finding.Warning, Check: clientAuthIgnored},
	{ID: "kafka-password-literal", Severity: finding.Info, Check: passwordLiteral},
	{ID: "kafka-password-well-known", Severity: finding.Warning, Check: passwordWellKnown},
	{ID: "kafka-password-trimmed", Severity: finding.Warning, Check: passwordTrimmed},
}

// tlsSpoken reports whether the process has anything to do with TLS.
func (c *lint) tlsSpoken() bool {
	if !c.node() {
		return isTLS(strings.ToUpper(c.str("security.protocol")))
	}
	return slices.ContainsFunc(c.bound(), func(l endpoint) bool { return isTLS(l.Protocol) })
}

// withSuffix returns the entries of a key with and without listener prefix, in file order.
func (c *lint) withSuffix(key string) []properties.Entry {
	var out []properties.Entry
	plain, set := c.cfg.entry(key)
	for _, e := range c.ofListeners() {
		if set && plain.Index() < e.Index() {
			out, set = append(out, plain), false
		}
		if _, rest, ok := c.cutListener(e.Key); ok && rest == key {
			out = append(out, e.Entry)
		}
	}
	if set {
		out = append(out, plain)
	}
	return out
}

func hostnameVerificationOff(c *lint, report rule.Reporter) {
	algorithms := c.withSuffix("ssl.endpoint.identification.algorithm")
	if len(algorithms) == 0 || !c.tlsSpoken() {
		return
	}
	for _, e := range algorithms {
		switch v := trim(e.Value); strings.ToUpper(v) {
		case "HTTPS", "LDAPS":
		case "":
			f := report(e.KeyPos(), e.Key, "%s is empty: any certificate that the trust store accepts can pose as this server", e.Key)
			f.Help = "remove the line (the default is https) and put the names that clients use into the certificates"
			c.ease(f)
		default:
			// X509TrustManagerImpl.checkIdentity ends with "Unknown identification algorithm".
			f := report(e.ValuePos(), e.Key, "%s is %s, which Java does not know: no TLS connection that is opened with it succeeds", e.Key, v)
			f.Help = "remove the line: the default is https; only the empty value switches the check off"
			if !c.node() { // whether a broker opens any is up to the listeners of the others
				f.Severity = finding.Error
			}
		}
	}
}

var oldProtocols = []string{"TLSv1", "TLSv1.1", "SSLv3", "SSLv2Hello", "SSL"}

func weakTLSProtocol(c *lint, report rule.Reporter) {
	if !c.tlsSpoken() {
		return
	}
	for _, key := range []string{"ssl.enabled.protocols", "ssl.protocol"} {
		for _, e := range c.withSuffix(key) {
			for _, p := range partsOf(e) {
				if slices.Contains(oldProtocols, p.text) {
					report(p.pos(), e.Key, "%s has %s, which is broken and which Java disables", e.Key, p.text).Help = "use TLSv1.2 and TLSv1.3, or remove the line"
				}
			}
		}
	}
}

func weakCipher(c *lint, report rule.Reporter) {
	for _, e := range c.withSuffix("ssl.cipher.suites") {
		for _, p := range partsOf(e) {
			for _, weak := range []string{"_RC4_", "_3DES_", "_DES_", "_DES40_", "_NULL_", "_anon_", "_EXPORT_", "_MD5"} {
				if strings.Contains(p.text+"_", weak) || strings.HasSuffix(p.text, weak) {
					report(p.pos(), e.Key, "%s has %s, which is broken and which Java disables", e.Key, p.text).Help = "remove it"
					break
				}
			}
		}
	}
}

// keystoreKeys are the keys of which one gives a listener its key.
var keystoreKeys = []string{"ssl.keystore.location", "ssl.keystore.key", "ssl.engine.factory.class"}

// Kafka opens the listener all the same, unless it is the inter-broker listener, and every handshake fails.
func tlsListenerWithoutKeystore(c *lint, report rule.Reporter) {
	if !c.node() {
		return
	}
	for _, l := range c.bound() {
		if !isTLS(l.Protocol) || slices.ContainsFunc(keystoreKeys, func(k string) bool { return c.listenerSet(l.Name, k) }) {
			continue
		}
		f := report(l.pos(), "listeners", "%s speaks %s, but no key store is configured for it: every handshake fails", l.Name, l.Protocol)
		f.Help = "set " + listenerPrefix + strings.ToLower(l.Name) + ".ssl.keystore.location, .type and .password; kcfg keystore makes the store from PEM files"
	}
}

func keystoreUnused(c *lint, report rule.Reporter) {
	stores := c.withSuffix("ssl.keystore.location")
	if len(stores) == 0 || !c.node() || len(c.bound()) == 0 {
		return
	}
	for _, l := range append(c.bound(), c.controllerEndpoints()...) {
		if isTLS(l.Protocol) || l.Protocol == "" {
			return
		}
	}
	f := report(stores[0].KeyPos(), stores[0].Key, "%s is set, but no listener speaks TLS: everything is sent in clear", stores[0].Key)
	f.Help = "name a listener SSL or SASL_SSL, or map its name to one of them in listener.security.protocol.map"
}

// Java reads JKS as PKCS12 and the reverse; PEM it does not guess.
func storeTypeMismatch(c *lint, report rule.Reporter) {
	for _, store := range []string{"ssl.keystore", "ssl.truststore"} {
		for _, e := range c.withSuffix(store + ".location") {
			file := trim(e.Value)
			typeKey := strings.TrimSuffix(e.Key, "location") + "type"
			typ, where := c.prefixed(typeKey, store+".type")
			var really string
			switch strings.ToLower(path.Ext(file)) {
			case ".jks":
				really = "JKS"
			case ".p12", ".pfx", ".pkcs12":
				really = "PKCS12"
			case ".pem", ".crt", ".key":
				really = "PEM"
			default:
				continue
			}
			if strings.EqualFold(typ, really) || really != "PEM" && !oneOfFold(typ, "JKS", "PKCS12", "PEM") {
				continue
			}
			f := report(e.ValuePos(), e.Key, "%s looks like %s, but %s is %s", e.Key, really, where, typ)
			f.Help = "set " + typeKey + "=" + really
			if really == "PEM" || strings.EqualFold(typ, "PEM") {
				f.Severity = finding.Error
				f.Message += ", which cannot load it"
				if really == "PEM" && store == "ssl.keystore" {
					f.Help = "make a store of it with kcfg keystore, or set " + typeKey + "=PEM and put key and chain into one file"
				}
			} else {
				f.Notes = append(f.Notes, "Java tells JKS and PKCS12 apart by content, so it works; other tools go by the name")
			}
		}
	}
}

// A PKCS12 store has one password for everything.
func keyPasswordDiffers(c *lint, report rule.Reporter) {
	for _, e := range c.withSuffix("ssl.key.password") {
		prefix := strings.TrimSuffix(e.Key, "ssl.key.password")
		typ, _ := c.prefixed(prefix+"ssl.keystore.type", "ssl.keystore.type")
		location, _ := c.prefixed(prefix+"ssl.keystore.location", "ssl.keystore.location")
		if !strings.EqualFold(typ, "PKCS12") && !slices.Contains([]string{".p12", ".pfx"}, strings.ToLower(path.Ext(location))) {
			continue
		}
		store, where := c.prefixed(prefix+"ssl.keystore.password", "ssl.keystore.password")
		key := trim(e.Value)
		if store == "" || store == key || isReference(store) || isReference(key) {
			continue
		}
		f := report(e.ValuePos(), e.Key, "%s differs from %s, but a PKCS12 store of keytool or OpenSSL has one password for both", e.Key, where)
		f.Help = "remove " + e.Key
	}
}

// Only with a listener prefix does ssl.client.auth reach a SASL_SSL listener, and not at all before 2.8 (KIP-684).
func clientAuthIgnored(c *lint, report rule.Reporter) {
	const key = "ssl.client.auth"
	if !c.node() || !c.set(key) || !oneOfFold(c.str(key), "required", "requested") {
		return
	}
	name := ""
	for _, l := range c.bound() {
		if l.Protocol == SSL {
			return
		}
		if l.Protocol == SASLSSL {
			name = l.Name
		}
	}
	if name == "" {
		return
	}
	f := report(c.pos(key), key, "ssl.client.auth is %s, but Kafka ignores it for SASL_SSL listeners without their prefix", c.str(key))
	f.Help = "set " + listenerPrefix + strings.ToLower(name) + ".ssl.client.auth (from 2.8 on), or remove the line"
}

// isReference reports whether a value comes from a config provider or a template.
func isReference(v string) bool {
	return strings.Contains(v, "${") || strings.Contains(v, "{{") || v == ""
}

// passwords returns the entries that hold a secret.
func (c *lint) passwords() []lintEntry { return c.secrets.get(c.findPasswords) }

func (c *lint) findPasswords() []lintEntry {
	isSecret := func(f *field) bool { return f.typ == Password }
	var out []lintEntry
	for _, e := range c.entriesOf(isSecret) {
		if e.field != nil && isSecret(e.field) || e.field == nil && SecretKey(e.Key) {
			out = append(out, e)
		}
	}
	return out
}

// One finding for the file: every literal password has the same cure.
func passwordLiteral(c *lint, report rule.Reporter) {
	var first lintEntry
	n := 0
	for _, e := range c.passwords() {
		if isReference(trim(e.Value)) || isPlaceholder(trim(e.Value)) || !hasSecret(e) || publicKey(e.Key) || guardsPublic(e.Key) && isWellKnown(trim(e.Value)) {
			continue
		}
		if n == 0 {
			first = e
		}
		n++
	}
	if n == 0 {
		return
	}
	f := report(first.KeyPos(), first.Key, "%s is in clear text", first.Key)
	if strings.HasSuffix(first.Key, jaasKey) {
		f.Message = first.Key + " holds a password in clear text"
	}
	if n > 1 {
		f.Message = itoa(int64(n)) + " passwords are in clear text, the first is " + first.Key
	}
	f.Help = "keep the file readable by Kafka's user alone, or take passwords from a config provider: ${file:/path:key}"
}

// publicKey reports whether a key of type PASSWORD holds certificates, which are nobody's secret.
func publicKey(key string) bool {
	return strings.HasSuffix(key, "ssl.keystore.certificate.chain") || strings.HasSuffix(key, "ssl.truststore.certificates")
}

// guardsPublic: a trust store holds certificates that are public; changeit opens every JDK's own.
func guardsPublic(key string) bool { return strings.HasSuffix(key, "ssl.truststore.password") }

func isWellKnown(password string) bool {
	return slices.Contains(wellKnownPasswords, strings.ToLower(password))
}

// hasSecret: a JAAS configuration counts where it holds a password.
func hasSecret(e lintEntry) bool {
	return !strings.HasSuffix(e.Key, "sasl.jaas.config") || jaasSecret(e.Value) != ""
}

// wellKnownPasswords are the ones that tutorials, images and samples share; most literal passwords of public files are among them.
var wellKnownPasswords = []string{
	"changeit", "changeme", "password", "passw0rd", "secret", "test1234", "test123", "test", "123456", "12345678", "1234", "confluent",
	"kafka", "kafka123", "kafka-secret", "admin", "admin-secret", "alice-secret", "bob-secret", "bitnami", "kafkadocker", "mystorepassword",
	"storepass", "keypass", "truststorepass", "keystore", "truststore", "kafkapassword", "client-secret", "broker-secret", "admin123",
}

func passwordWellKnown(c *lint, report rule.Reporter) {
	for _, e := range c.passwords() {
		v, what := trim(e.Value), "is a password"
		if strings.HasSuffix(e.Key, jaasKey) {
			v, what = jaasSecret(e.Value), "holds a password"
		}
		if v == "" || !isWellKnown(v) || guardsPublic(e.Key) {
			continue
		}
		f := report(e.KeyPos(), e.Key, "%s "+what+" that everybody tries first", e.Key)
		f.Help = "make one with: openssl rand -base64 24"
		if strings.HasSuffix(e.Key, "store.password") || strings.HasSuffix(e.Key, "ssl.key.password") {
			f.Help = "make the store again with a password of its own: kcfg keystore --password random:FILE"
		}
		c.ease(f)
	}
}

// ConfigDef trims every value.
func passwordTrimmed(c *lint, report rule.Reporter) {
	for _, e := range c.passwords() {
		if v := e.Value; v != trim(v) && trim(v) != "" && e.field != nil {
			report(e.ValuePos(), e.Key, "%s begins or ends with a blank, which Kafka removes", e.Key).Help = "use a password without blanks at its ends"
		}
	}
}
