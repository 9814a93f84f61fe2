package node

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kcfg/kcfg/kafkacfg/internal/jaas"
)

const (
	loginHandlerKey  = "sasl.login.callback.handler.class"
	serverHandlerKey = "sasl.server.callback.handler.class"
	clientHandlerKey = "sasl.client.callback.handler.class"
	loginClassKey    = "sasl.login.class"
	engineFactoryKey = "ssl.engine.factory.class"
)

const (
	bearerPackage = "org.apache.kafka.common.security.oauthbearer."
	// unsecuredHandler makes a token from the options of the login module. It is what OAUTHBEARER has by default.
	unsecuredHandler = bearerPackage + "internals.unsecured.OAuthBearerUnsecuredLoginCallbackHandler"
	kerberosLogin    = "org.apache.kafka.common.security.kerberos.KerberosLogin"
)

// tokenHandlers fetch a token from an authorization server.
var tokenHandlers = []string{bearerPackage + "secured.OAuthBearerLoginCallbackHandler", bearerPackage + "OAuthBearerLoginCallbackHandler"}

// validators are the server's handlers that check signatures; they need to know where the keys are.
var validators = []string{bearerPackage + "secured.OAuthBearerValidatorCallbackHandler", bearerPackage + "OAuthBearerValidatorCallbackHandler"}

// forMechanism returns the setting of one mechanism. A listener has it under the mechanism's prefix alone: there, the same
// key without it does nothing.
func (j *judge) forMechanism(ch channel, mechanism, key string) setting {
	if ch.name == "" {
		return j.get(ch, key)
	}
	return j.get(ch, strings.ToLower(mechanism)+"."+key)
}

// fullKey is the key by which forMechanism finds something.
func fullKey(ch channel, mechanism, key string) string {
	if ch.name == "" {
		return key
	}
	return ch.prefix + strings.ToLower(mechanism) + "." + key
}

// handlers follows what LoginManager and SaslChannelBuilder make of the classes that a mechanism is given.
func (j *judge) handlers(ch channel, mechanism string, modules []jaas.Module) {
	if login := j.forMechanism(ch, mechanism, loginClassKey); j.plugin(login, "login", "login") && login.text == kerberosLogin && mechanism != "GSSAPI" {
		j.gssapi(ch, modules)
	}
	keys := []string{loginHandlerKey, serverHandlerKey}
	if ch.dials {
		keys[1] = clientHandlerKey
	}
	for _, key := range keys {
		s := j.forMechanism(ch, mechanism, key)
		if key == clientHandlerKey {
			s = j.get(ch, key)
		}
		if !j.plugin(s, "callback-handler", "callback handler") {
			continue
		}
		if slices.Contains(validators, s.text) && (j.validator(ch, mechanism, s) || j.in("4.1..")) { // which let it serve any mechanism
			continue
		}
		switch {
		case strings.HasPrefix(s.text, bearerPackage) && mechanism != "OAUTHBEARER":
			j.report("kafka-sasl-settings", s.pos, s.key, fmt.Sprintf("%s is %s, which serves OAUTHBEARER and no other mechanism", s.key, clip(s.text))).
				Help = "remove the line, or set the key of OAUTHBEARER"
		case slices.Contains(tokenHandlers, s.text):
			j.tokenAddress(ch, mechanism, s)
		}
	}
}

// plugin reports whether a class is set of which Kafka makes an object of a type. Classes of one's own are not looked into.
func (j *judge) plugin(s setting, typ, what string) bool {
	if !s.set || s.text == "" {
		return false
	}
	fits, known := j.c.Plugin(s.text, typ)
	if known && !fits {
		j.report("kafka-sasl-settings", s.pos, s.key, fmt.Sprintf("%s is %s, of which no %s can be made", s.key, clip(s.text), what)).
			Help = "name a class of the right type, or remove the line"
	}
	return fits
}

// tokenAddress: a handler that fetches tokens needs to know where.
func (j *judge) tokenAddress(ch channel, mechanism string, s setting) {
	if j.in("4.1..") && j.bearerSetting(ch, mechanism, "sasl.oauthbearer.jwt.retriever.class").set {
		return // it fetches tokens in its own way
	}
	const url = "sasl.oauthbearer.token.endpoint.url"
	if address := j.bearerSetting(ch, mechanism, url); !j.missing(address, url, s, "fetches tokens") {
		j.bearerAddress(address)
	}
}

// validator: a handler that checks signatures needs to know where the keys are, and today what else a token has to say. Some
// releases did without, and checked none. It reports whether Kafka refuses what is set, or not set.
func (j *judge) validator(ch channel, mechanism string, s setting) (refused bool) {
	const url = "sasl.oauthbearer.jwks.endpoint.url"
	address := j.bearerSetting(ch, mechanism, url)
	switch {
	case j.in("4.1..") && j.bearerSetting(ch, mechanism, "sasl.oauthbearer.jwt.validator.class").set:
		return false // it checks them in its own way
	case j.in("4.1.0..4.1.1") && address.text != "": // nothing looks at it before a client comes
		return false
	case j.in("4.1.0..4.2.1 4.3.0") && !address.set:
		return false
	case address.text != "" && j.in("4.4.."):
		for _, key := range []string{"sasl.oauthbearer.expected.audience", "sasl.oauthbearer.expected.issuer"} {
			if j.missing(j.bearerSetting(ch, mechanism, key), key, s, "checks tokens") {
				return true
			}
		}
	}
	return j.missing(address, url, s, "checks signatures") || j.bearerAddress(address)
}

// bearerSetting is a setting of OAUTHBEARER's handlers: that of the mechanism counts before the listener's.
func (j *judge) bearerSetting(ch channel, mechanism, key string) setting {
	own := j.forMechanism(ch, mechanism, key)
	if own.text != "" {
		return own
	}
	s := j.get(ch, key)
	s.set = s.set || own.set
	return s
}

// missing reports a setting without which a handler cannot do what it is for.
func (j *judge) missing(s setting, key string, handler setting, does string) bool {
	if s.text != "" {
		return false
	}
	j.report("kafka-sasl-settings", handler.pos, handler.key, handler.key+" "+does+", but "+key+" is not set").Help = "set " + key
	return true
}

// allowedURLs is the JVM's own list of the addresses that tokens and keys may come from.
const allowedURLs = "org.apache.kafka.sasl.oauthbearer.allowed.urls"

// bearerAddress reports an address that Kafka does not take (ConfigurationUtils.validateUrl): of another protocol, or not in the
// JVM's list.
func (j *judge) bearerAddress(s setting) (refused bool) {
	scheme, _, _ := strings.Cut(strings.ToLower(s.text), ":")
	switch {
	case scheme != "http" && scheme != "https" && scheme != "file":
		j.report("kafka-sasl-settings", s.pos, s.key, fmt.Sprintf("%s is %s, which is no address of https, http or file", s.key, clip(s.text))).
			Help = "write the whole address, such as https://login.example.com/oauth2/token"
		return true
	case !j.in("4.0..") || scheme == "file" && j.in("4.1.."): // files have a list of their own
		return false
	}
	allowed, known := j.jvmProperty(allowedURLs)
	if !known && !j.o.ClassesExact {
		j.unseen = append(j.unseen, "the JVM's options, whose "+allowedURLs+" has to allow "+s.key)
		return false
	}
	if slices.ContainsFunc(strings.Split(allowed, ","), func(u string) bool { return strings.TrimSpace(u) == s.text }) {
		return false
	}
	j.report("kafka-sasl-settings", s.pos, s.key, fmt.Sprintf("%s is %s, which the JVM's options do not allow", s.key, clip(s.text))).
		Help = "start the JVM with -D" + allowedURLs + "=" + clip(s.text) + " in KAFKA_OPTS"
	return true
}

// bearer: the module asks the login's handler for a token. Without a handler of its own, OAUTHBEARER takes one from the
// module's options, if there are any; other mechanisms have none.
func (j *judge) bearer(ch channel, mechanism string, s setting, m jaas.Module) {
	handler := j.forMechanism(ch, mechanism, loginHandlerKey)
	switch {
	case handler.text == unsecuredHandler, handler.text == "" && mechanism == "OAUTHBEARER":
		j.unsecured(ch, mechanism, s, m)
	case handler.text == "":
		j.report("kafka-sasl-settings", s.pos, s.key, fmt.Sprintf("%s has %s, but the login of %s has no token for it", s.key, bearerModule, mechanism)).
			Help = "use the module of the mechanism"
	case slices.Contains(tokenHandlers, handler.text):
	default:
		if fits, _ := j.c.Plugin(handler.text, "callback-handler"); fits {
			j.report("kafka-sasl-settings", handler.pos, handler.key, fmt.Sprintf("%s is %s, which has no token for %s", handler.key, clip(handler.text), bearerModule)).
				Help = "name a login handler, or remove the line"
		}
	}
}

// unsecured: with options, a token is made, and it has to be known whose.
func (j *judge) unsecured(ch channel, mechanism string, s setting, m jaas.Module) {
	if len(m.Options) == 0 {
		return
	}
	claim := "sub"
	if v, ok := m.Option("unsecuredLoginPrincipalClaimName"); ok && strings.TrimSpace(v) != "" {
		claim = strings.TrimSpace(v)
	}
	if v, ok := m.Option("unsecuredLoginStringClaim_" + claim); ok && strings.TrimSpace(v) != "" {
		return
	}
	f := j.report("kafka-sasl-settings", s.pos, s.key, fmt.Sprintf("%s has options but no unsecuredLoginStringClaim_%s: no token can be made", s.key, claim))
	f.Help = "add it, or set " + fullKey(ch, mechanism, loginHandlerKey)
	if idle := j.get(ch, loginHandlerKey); ch.name != "" && idle.set {
		f.Notes = append(f.Notes, idle.key+" has no effect on a listener without the mechanism's prefix")
	}
}
