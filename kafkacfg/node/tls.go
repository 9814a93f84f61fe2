package node

import (
	"bytes"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/tlsstore"
)

// loaded is a store as a channel has it.
type loaded struct {
	store *tlsstore.Store
	ok    bool // it was read
	none  bool // nothing is configured
}

// tls follows SslFactory and DefaultSslEngineFactory: names, stores and context for every channel, and a handshake with
// itself on the inter-broker listener.
func (j *judge) tls(ch channel) {
	if factory := j.get(ch, engineFactoryKey); factory.set && factory.text != "" {
		switch fits, known := j.c.Plugin(factory.text, "engine-factory"); {
		case !known:
			j.report("kafka-class-not-judged", factory.pos, factory.key, factory.key+" makes the TLS engines itself: its stores are not judged")
			return
		case !fits:
			j.report("kafka-store-settings", factory.pos, factory.key, fmt.Sprintf("%s is %s, of which no engine factory can be made", factory.key, clip(factory.text))).
				Help = "remove the line"
			return
		}
	}
	if ch.protocol == "SSL" {
		if rules := j.mappingRules(ch); rules.set {
			if err := principalRules(rules.text); err != nil {
				j.report("kafka-principal-mapping-rules", rules.pos, rules.key, fmt.Sprintf("%s %v", rules.key, err)).
					Help = "write RULE:^CN=(.*?),.*$/$1/, DEFAULT"
			}
		}
	}
	named := j.names(ch)
	keys := j.keystore(ch)
	trust := j.truststore(ch)
	if !named || !keys.ok && !keys.none || !trust.ok && !trust.none {
		return
	}
	if ch.interBroker {
		j.handshake(ch, keys, trust)
	} else if !ch.dials && !keys.none && len(keyEntries(keys.store)) == 0 {
		s := j.get(ch, "ssl.keystore.location")
		j.report("kafka-store-without-key", s.pos, s.key, s.key+" holds no private key with its certificate: every handshake fails").
			Help = "make the store with: kcfg keystore --pem DIR"
	}
	if !keys.none {
		j.certificates(ch, keys, trust)
	}
}

// mappingRules returns ssl.principal.mapping.rules, which a channel reads on either side; for a client it is no key of its
// own, and its text reaches the channel as it is.
func (j *judge) mappingRules(ch channel) setting {
	const key = "ssl.principal.mapping.rules"
	if e, ok := j.file.Lookup(key); ok && ch.name == "" {
		return setting{key, e.Value, true, e.ValuePos()}
	}
	return j.get(ch, key)
}

// names checks the algorithm names that Kafka hands to Java. It reports whether Java knows all of them.
func (j *judge) names(ch channel) bool {
	if custom := j.c.Value("security.providers"); custom.Text != "" {
		j.report("kafka-class-not-judged", custom.Pos, "security.providers", "security.providers adds algorithms to Java: their names are not judged")
		return true
	}
	provider := j.get(ch, "ssl.provider")
	known := true
	unknown := func(s setting, names []string) {
		f := j.report("kafka-tls-algorithm-unknown", s.pos, s.key, fmt.Sprintf("%s is %s, which Java does not know", s.key, clip(s.text)))
		f.Help = "use " + strings.Join(names[:min(3, len(names))], ", ") + ", or remove the line"
		known = false
	}
	foreign := false
	if provider.set {
		switch {
		case slices.Contains(jdkTLSProviders, provider.text): // the one name here in which case counts
		case slices.Contains(foreignProviders, provider.text):
			j.report("kafka-class-not-judged", provider.pos, provider.key, provider.key+" is "+provider.text+", which is not part of Java: its names are not judged")
			j.unjudged, foreign = true, true
		default:
			unknown(provider, jdkTLSProviders)
		}
	}
	for _, check := range []struct {
		key   string
		names []string
	}{
		{"ssl.protocol", jdkContexts},
		{"ssl.secure.random.implementation", jdkSecureRandoms},
		{"ssl.keymanager.algorithm", jdkKeyManagers},
		{"ssl.trustmanager.algorithm", jdkTrustManagers},
	} {
		if s := j.get(ch, check.key); s.set && !foreign && !knownTo(check.names, s.text) {
			unknown(s, check.names)
		}
	}
	return known
}

var foreignProviders = []string{"BCJSSE", "BCFIPS", "BC", "Conscrypt", "wolfJSSE", "OpenSSL", "IBMJSSE2", "IBMJSSEFIPS", "KonaSSL", "Amazon"}

// foreignStoreTypes are of providers and systems that the JVM may have or not.
var foreignStoreTypes = []string{"BCFKS", "BKS", "UBER", "PKCS11", "Windows-MY", "Windows-ROOT", "KeychainStore", "NSS", "Luna", "CloudHSM"}

// store is what the keys of one of the two stores say.
type storeSettings struct {
	what                                        string // key store, trust store
	typ, location, password, keyPassword, certs setting
	key                                         setting
	isKeystore                                  bool
}

func (j *judge) keystore(ch channel) loaded {
	return j.load(ch, storeSettings{
		what: "key store", isKeystore: true,
		typ: j.get(ch, "ssl.keystore.type"), location: j.get(ch, "ssl.keystore.location"),
		password: j.password(ch, "ssl.keystore.password"), keyPassword: j.password(ch, "ssl.key.password"),
		key: j.get(ch, "ssl.keystore.key"), certs: j.get(ch, "ssl.keystore.certificate.chain"),
	})
}

func (j *judge) truststore(ch channel) loaded {
	return j.load(ch, storeSettings{
		what: "trust store",
		typ:  j.get(ch, "ssl.truststore.type"), location: j.get(ch, "ssl.truststore.location"),
		password: j.password(ch, "ssl.truststore.password"), certs: j.get(ch, "ssl.truststore.certificates"),
	})
}

// load follows createKeystore and createTruststore.
func (j *judge) load(ch channel, s storeSettings) loaded {
	pem := s.typ.text == "PEM" && j.in("2.7..")
	refuse := func(at setting, message, help string) loaded {
		j.report("kafka-store-settings", at.pos, at.key, at.key+" "+message).Help = help
		return loaded{}
	}
	switch {
	case s.isKeystore && s.key.set && !pem, !s.isKeystore && s.certs.set && !pem:
		at := s.certs
		if s.isKeystore {
			at = s.key
		}
		return refuse(at, "needs "+s.typ.key+"=PEM, but that is "+s.typ.text, "set "+s.typ.key+"=PEM")
	case s.isKeystore && s.key.set && !s.certs.set:
		return refuse(s.key, "has no certificate: ssl.keystore.certificate.chain is not set", "set ssl.keystore.certificate.chain")
	case s.isKeystore && s.certs.set && !s.key.set:
		return refuse(s.certs, "has no private key: ssl.keystore.key is not set", "set ssl.keystore.key")
	case s.certs.set && s.location.set:
		return refuse(s.location, "is set beside "+s.certs.key+"; only one of them may be", "remove one of them")
	case pem && (s.location.set || s.certs.set) && s.password.set:
		return refuse(s.password, "is set, but PEM has no store password", "remove it; ssl.key.password opens an encrypted key")
	case pem && s.certs.set:
		return j.pemStore(s, s.certs.text, s.key.text, s.certs)
	case s.location.set && pem:
		data, seen, err := j.read(s.location.text)
		if !seen {
			j.unseen = append(j.unseen, s.location.text)
			return loaded{}
		}
		if err != nil {
			return j.unreadable(s, err)
		}
		return j.pemStore(s, string(data), string(data), s.location)
	case !s.location.set && s.password.set:
		location := strings.TrimSuffix(s.password.key, "password") + "location"
		return refuse(s.password, "is set, but "+location+" is not", "set "+location+", or remove the line")
	case s.location.set && s.isKeystore && !s.password.set:
		password := strings.TrimSuffix(s.location.key, "location") + "password"
		return refuse(s.location, "is set, but "+password+" is not", "set "+password)
	case !s.location.set:
		return loaded{none: true}
	}
	return j.javaStore(s)
}

func (j *judge) unreadable(s storeSettings, err error) loaded {
	if reason := (*fs.PathError)(nil); errors.As(err, &reason) {
		err = reason.Err
	}
	f := j.report("kafka-store-unreadable", s.location.pos, s.location.key, fmt.Sprintf("%s is %s: %v", s.location.key, clip(s.location.text), err))
	f.Help = "check the path; a comment or blank behind it is part of it"
	return loaded{}
}

// javaStore loads a store through Java's KeyStore: JKS and PKCS12 read each other's files.
func (j *judge) javaStore(s storeSettings) loaded {
	if knownTo(foreignStoreTypes, s.typ.text) || j.c.Value("security.providers").Text != "" && !knownTo(jdkStoreTypes, s.typ.text) {
		j.report("kafka-class-not-judged", s.typ.pos, s.typ.key, s.typ.key+" is "+clip(s.typ.text)+", which is not part of Java: the store is not judged")
		j.unjudged = true
		return loaded{}
	}
	if !knownTo(jdkStoreTypes, s.typ.text) {
		f := j.report("kafka-tls-algorithm-unknown", s.typ.pos, s.typ.key, fmt.Sprintf("%s is %s, which Java does not know", s.typ.key, clip(s.typ.text)))
		f.Help = "use PKCS12, JKS or, from Kafka 2.7 on, PEM in capitals"
		return loaded{}
	}
	data, seen, err := j.read(s.location.text)
	if !seen {
		j.unseen = append(j.unseen, s.location.text)
		return loaded{}
	}
	if err != nil {
		return j.unreadable(s, err)
	}
	store, err := tlsstore.Decode(data, passwordOf(s.password), tlsstore.DecodeOptions{})
	format := tlsstore.Detect(data)
	dual := strings.EqualFold(s.typ.text, "DKS") || strings.EqualFold(s.typ.text, "JKS") || strings.EqualFold(s.typ.text, "PKCS12")
	switch {
	case errors.Is(err, tlsstore.ErrPassword):
		f := j.report("kafka-store-password", s.password.pos, s.password.key,
			fmt.Sprintf("%s is [hidden], which does not open %s", s.password.key, clip(s.location.text)))
		f.Help = "try it with: kcfg inspect " + s.location.text
		return loaded{}
	case errors.Is(err, tlsstore.ErrTooCostly), errors.Is(err, tlsstore.ErrUnsupported):
		j.report("kafka-class-not-judged", s.location.pos, s.location.key, fmt.Sprintf("%s is not judged: %v", s.location.key, err))
		j.unjudged = true
		return loaded{}
	case err != nil, format != tlsstore.JKS && format != tlsstore.PKCS12 && dual, format != tlsstore.JCEKS && strings.EqualFold(s.typ.text, "JCEKS"),
		format != tlsstore.JKS && strings.EqualFold(s.typ.text, "CaseExactJKS"):
		why := "it is " + format.String()
		if err != nil {
			why = err.Error()
		}
		f := j.report("kafka-store-unreadable", s.location.pos, s.location.key, fmt.Sprintf("%s is no store of type %s: %s", clip(s.location.text), s.typ.text, why))
		f.Help = "make it with kcfg keystore or kcfg truststore"
		if format == tlsstore.PEM {
			f.Help = "set " + s.typ.key + "=PEM (from Kafka 2.7 on), or make a store of it with kcfg keystore"
		}
		return loaded{}
	}
	if s.isKeystore && !j.keysOpen(s, data, store) {
		return loaded{}
	}
	return loaded{store: store, ok: true}
}

func passwordOf(s setting) tlsstore.Password {
	if !s.set {
		return tlsstore.Password{}
	}
	return tlsstore.NewPassword([]byte(s.text))
}

// keysOpen: Java's key manager opens every key with one password, that of the keys where there is one. A key that the store's
// password opens has no other.
func (j *judge) keysOpen(s storeSettings, data []byte, store *tlsstore.Store) bool {
	password, opened := s.password, store
	if s.keyPassword.set && s.keyPassword.text != s.password.text {
		password = s.keyPassword
		var err error
		opened, err = tlsstore.Decode(data, passwordOf(s.password), tlsstore.DecodeOptions{KeyPasswords: []tlsstore.Password{passwordOf(s.keyPassword)}})
		if err != nil || len(opened.Entries) != len(store.Entries) {
			opened = store
		}
	}
	ok := true
	for i, e := range store.Entries {
		help := "set ssl.key.password to the key's own password"
		switch {
		case e.Kind == tlsstore.KindCertificate:
			continue
		case password == s.keyPassword && !e.Locked():
			help = "remove it: the key has the store's password"
		case !opened.Entries[i].Locked():
			continue
		}
		ok = false
		j.report("kafka-key-password", password.pos, password.key,
			fmt.Sprintf("%s is [hidden], which does not open the key %s in %s", password.key, clip(e.Alias), clip(s.location.text))).Help = help
	}
	return ok
}

func keyEntries(s *tlsstore.Store) []tlsstore.Entry {
	var out []tlsstore.Entry
	for _, e := range s.Entries {
		if e.Kind == tlsstore.KindKey && len(e.Chain) > 0 {
			out = append(out, e)
		}
	}
	return out
}

// certificates adds what tlsstore finds in the channel's own certificates, where this stage has not refused for it.
func (j *judge) certificates(ch channel, keys, trust loaded) {
	if slices.ContainsFunc(j.found, func(f finding.Finding) bool { return f.ID == "kafka-tls-self-handshake" }) {
		return
	}
	o := tlsstore.CheckOptions{Now: j.o.Now, Hosts: j.advertisedHosts(ch)}
	auth := j.clientAuth(ch)
	if ch.interBroker && auth != "none" {
		o.Role = tlsstore.RoleInterBroker
	}
	if ch.dials && ch.name == "" {
		o.Role = tlsstore.RoleClient
	}
	if !trust.none {
		for _, e := range trust.store.Entries {
			o.Roots = append(o.Roots, e.Chain...)
		}
	}
	s := j.get(ch, "ssl.keystore.location")
	for _, f := range tlsstore.Check(keys.store, o) {
		if f.Severity < finding.Warning {
			continue // what is so by design is for kcfg inspect to tell
		}
		f.Pos = s.pos
		f.Notes = append(f.Notes, "entry "+f.Key+" of "+clip(s.text)+", used by "+ch.what())
		f.Key = s.key
		j.found = append(j.found, f)
	}
}

// advertisedHosts returns the names under which clients connect to the channel.
func (j *judge) advertisedHosts(ch channel) []string {
	if ch.dials {
		return nil
	}
	for _, l := range j.c.AdvertisedListeners() {
		if l.Name == ch.name && l.Host != "" && l.Host != "0.0.0.0" && l.Host != "::" && !strings.EqualFold(l.Host, "localhost") {
			return []string{l.Host}
		}
	}
	return nil
}

// clientAuth returns required, requested or none. On SASL_SSL only the listener's own setting counts (from 2.8 on).
func (j *judge) clientAuth(ch channel) string {
	s := j.get(ch, "ssl.client.auth")
	if ch.dials || ch.protocol == "SASL_SSL" && (!j.in("2.8..") || !strings.HasPrefix(s.key, "listener.name.")) {
		return "none"
	}
	if s.text == "required" || s.text == "requested" {
		return s.text
	}
	return "none"
}

func parseAll(chain [][]byte) ([]*x509.Certificate, error) {
	var out []*x509.Certificate
	for _, der := range chain {
		c, err := x509.ParseCertificate(der)
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, nil
}

func sameKey(a, b *x509.Certificate) bool {
	return bytes.Equal(a.RawSubjectPublicKeyInfo, b.RawSubjectPublicKeyInfo)
}
