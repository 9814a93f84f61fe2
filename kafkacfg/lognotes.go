package kafkacfg

import (
	"regexp"
	"strings"
	"sync"
)

// logNote is what there is to say of a message that no rule explains for certain, because its cause is in another process or
// another file. The rules, if any, are those to look at first.
type logNote struct {
	pattern string
	note    string
	rules   string
}

const otherSide = ": the log of the other side says why. "

// logNotes are tried in order where no logPattern fits.
var logNotes = []logNote{
	{`DuplicateBrokerRegistration|registered with that broker id|creating ephemeral at /brokers/ids/|NodeExists.*brokers/ids`,
		"another broker with this id is alive: broker.id (node.id in KRaft) differs in every broker's file. After a crash the old one counts until its session ends", ""},
	{`RecordTooLarge|MESSAGE_TOO_LARGE|RECORD_TOO_LARGE|larger than the max (?:message|request) size|larger than \d+, which is the value of the max\.request\.size`,
		"the message is larger than the broker's message.max.bytes or the topic's max.message.bytes, or than the producer's max.request.size: raise all of them, and replica.fetch.max.bytes", "kafka-message-above-request kafka-message-above-fetch"},
	{`fatal alert: (?:certificate_unknown|unknown_ca|bad_certificate|certificate_revoked|unsupported_certificate)`,
		"the other side does not accept this side's certificate" + otherSide + "Mostly it does not trust the issuer, or connected by a name that the certificate lacks", "tls-chain-incomplete tls-host-not-covered"},
	{`fatal alert: certificate_required|[Ee]mpty (?:client|server) certificate chain|null cert chain|peer not authenticated`,
		"ssl.client.auth=required, and the client has no key store, or one whose certificate the broker's trust store does not cover", ""},
	{`fatal alert: (?:handshake_failure|protocol_version|insufficient_security|illegal_parameter)`,
		"the two sides share no protocol, cipher suite or kind of key, or the client has no certificate where ssl.client.auth=required" + otherSide + "A listener without key store answers like that too", "kafka-tls-listener-without-keystore"},
	{`not an SSL/TLS record|Unsupported or unrecognized SSL message`,
		"the other side does not speak TLS at this port: its listener is PLAINTEXT or SASL_PLAINTEXT, or the client's security.protocol is", ""},
	{`SSL handshake failed|terminated the handshake|SslAuthenticationException|SSLHandshakeException`,
		"the TLS handshake failed; the cause is in the lines behind it, on this side or the other", ""},
	{`OutOfMemoryError`,
		"in a client this mostly means a listener with TLS and a security.protocol without: the answer is taken for a size. In a broker the heap is too small (KAFKA_HEAP_OPTS)", "kafka-client-security-unused"},
	{`Bootstrap broker .* disconnected|Connection to node -?\d+ .* terminated during authentication`,
		"the broker hung up: mostly one side speaks TLS or SASL and the other does not", ""},
	{`Connection to node -\d+ \(`,
		"an address of this client's own bootstrap.servers does not answer: the broker is down, listens at another address or port, or is not reached from here", ""},
	{`LEADER_NOT_AVAILABLE|NOT_LEADER_OR_FOLLOWER|NOT_LEADER_FOR_PARTITION`,
		"this passes when a leader is elected; where it stays, brokers cannot reach each other at their advertised addresses", "kafka-advertised-localhost kafka-advertised-implicit"},
	{`ZooKeeperClientTimeoutException|Timed out waiting for connection while in state`,
		"no ZooKeeper answered in time: zookeeper.connect is wrong, its servers are down, or it expects TLS (zookeeper.ssl.client.enable)", "kafka-zookeeper-connect-scheme kafka-zookeeper-connect-localhost"},
	{`Too many connections from`,
		"one address has as many connections as maxClientCnxns of ZooKeeper or max.connections.per.ip of Kafka allows; clients behind one proxy share it", ""},
	{`Topic authorization failed|TOPIC_AUTHORIZATION_FAILED|GROUP_AUTHORIZATION_FAILED|CLUSTER_AUTHORIZATION_FAILED|ClusterAuthorizationException|TopicAuthorizationException`,
		"the principal lacks an ACL; brokers need ClusterAction themselves, or an entry in super.users", "kafka-super-users-syntax kafka-anonymous-with-authorizer"},
}

var compiledNotes = sync.OnceValue(func() []*regexp.Regexp {
	all := make([]*regexp.Regexp, len(logNotes))
	for i, n := range logNotes {
		all[i] = regexp.MustCompile(n.pattern)
	}
	return all
})

// noteLine finds what there is to say of a line that no rule explains.
func noteLine(line string) []LogMatch {
	for i, re := range compiledNotes() {
		if !re.MatchString(line) {
			continue
		}
		n := logNotes[i]
		found := []LogMatch{{Note: n.note}}
		for _, r := range strings.Fields(n.rules) {
			found = append(found, LogMatch{Rule: r})
		}
		return found
	}
	return nil
}
