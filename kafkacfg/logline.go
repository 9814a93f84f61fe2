package kafkacfg

import (
	"regexp"
	"slices"
	"strings"
	"sync"
)

// LogMatch is a place in a log or a stack trace of Kafka that a rule explains, or of which there is something to say.
type LogMatch struct {
	Line int    // 1-based
	Rule string // may be one of package node or tlsstore; empty: no rule explains the line, Note does
	Key  string // the configuration key that the line names; may be empty
	Note string // what a message mostly means whose cause no file of this process tells
}

// logPattern is how a message of Kafka or Java is recognised: by fragments of it, which differ little between releases.
// A group called key holds the configuration key.
type logPattern struct {
	rules   string // blank-separated: one message may have several causes
	pattern string
}

// anyKey is a configuration key in a message, in quotes or not.
const anyKey = "[\"'`]?(?P<key>[a-z][\\w.-]*[a-z])[\"'`]?"

// invalid is how ConfigDef begins to speak of a value.
const invalid = `Invalid value .* for configuration ` + anyKey + `: `

// logPatterns are tried in order; the first that fits a line explains it.
var logPatterns = []logPattern{
	// single values
	{"kafka-config-provider-class", `configuration Invalid config:.*ClassNotFoundException`},
	{"kafka-class-not-found", invalid + `Class .* could not be found`},
	{"kafka-config-provider-class", invalid + `Could not load config provider`},
	{"kafka-local-retention-above-total", invalid + `Value must not be`},
	{"kafka-list-element-empty", `Invalid value  for configuration (?P<key>log\.cleanup\.policy|cleanup\.policy|process\.roles|group\.coordinator\.rebalance\.protocols): `},
	{"kafka-group-assignor", `configuration (?P<key>group\.\w+\.assignors): (?:Class cannot be found|.* is not an instance of)|is not an instance of \S+PartitionAssignor`},
	{"kafka-streams-client-tags", invalid + `Contains invalid value \[`},
	{"kafka-connect-worker-signature", invalid + `(?:Signature|Key generation) algorithm must be present`},
	{"kafka-list-empty", invalid + `At least one`},
	{"kafka-list-empty", `Invalid value for (?P<key>(?:admin\.)?listeners), at least one URL is expected`},
	{"kafka-list-element-empty", `Empty URL found when parsing (?P<key>(?:admin\.)?listeners) list|Empty listener found when parsing list`},
	{"kafka-value-type", invalid + `(?:Not a number|Expected value to be)`},
	{"kafka-value-empty", invalid + `(?:String|.*entry) must be non-empty`},
	{"kafka-client-sasl-mechanism-missing", `(?P<key>sasl\.mechanism): When the security\.protocol`},
	{"kafka-version-unknown", invalid + `Version .* is not a valid version`},
	{"kafka-throttled-replicas", invalid + `.*the literal '\*'`},
	{"kafka-value-choice", invalid + `(?:String must be one of|.*must be either|.*must either be|.*by_duration|Error parsing host address|Invalid Connect protocol)`},
	{"kafka-value-choice", `Unrecognized config\. Acceptable values are: |Invalid format of header config`},
	{"kafka-value-range", invalid + `(?:Value (?:must be|can be)|Replication factor must be positive)`},
	{"kafka-list-empty", `Configuration ` + anyKey + ` must not be empty`},
	{"kafka-list-element-empty", `Configuration ` + anyKey + ` values must not be empty`},
	{"kafka-zookeeper-connect-missing", "Missing required configuration `(?P<key>zookeeper\\.connect)`"},
	{"kafka-node-id-missing", "Missing (?:required )?configuration `(?P<key>node\\.id)`"},
	{"kafka-key-required", `Missing required configuration ` + anyKey},
	{"kafka-config-provider-class", `ConfigException: Path .+ (?:does not exist|is not absolute)`},
	{"kafka-config-provider-read", `Could not read (?:properties from file|file .* for property)`},
	{"kafka-topic-key-unknown", `Unknown topic config name: ` + anyKey},

	// the quorum
	{"kafka-voter-syntax", `(?P<key>controller\.quorum\.voters)\. Each entry|Failed to parse voter ID`},
	{"kafka-voter-syntax kafka-quorum-bootstrap-syntax", `port out of range:`},
	{"kafka-quorum-bootstrap-syntax", `the configuration (?P<key>controller\.quorum\.bootstrap\.servers)\. Each entry|Failed to parse host name from \{\}`},
	{"kafka-voter-not-routable", `Host string \(0\.0\.0\.0\) is not routeable`},
	{"kafka-migration-quorum-missing", `If using (?P<key>zookeeper\.metadata\.migration\.enable),.*controller\.quorum`},
	{"kafka-migration-zookeeper-missing", "If using `(?P<key>zookeeper\\.metadata\\.migration\\.enable)` in KRaft"},
	{"kafka-quorum-missing", `If using process\.roles,.*(?P<key>controller\.quorum\.voters)`},
	{"kafka-controller-not-a-voter", `must be included in the set of voters (?P<key>controller\.quorum\.voters)`},
	{"kafka-broker-is-a-voter", `must not be included in the set of voters (?P<key>controller\.quorum\.voters)`},
	{"kafka-auto-join-without-controller", `(?P<key>controller\.quorum\.auto\.join\.enable) is only supported`},

	// identity and mode
	{"kafka-node-id-differs", "You must set `(?P<key>node\\.id)` to the same value as|`(?P<key>node\\.id)` and `broker\\.id` must be set to the same"},
	{"kafka-broker-id-range", `(?P<key>broker\.id) must be (?:equal or greater|greater than or equal)`},
	{"kafka-process-role-twice", "Duplicate role names found in `(?P<key>process\\.roles)`"},
	{"kafka-ibp-without-kraft", `non-KRaft version .* given for (?P<key>inter\.broker\.protocol\.version)`},
	{"kafka-migration-log-dirs", `Cannot enable ZooKeeper migration (?:when|with) multiple log directories`},
	{"kafka-migration-ibp", `Cannot enable ZooKeeper migration without setting '(?P<key>inter\.broker\.protocol\.version)'`},
	{"kafka-migration-authorizer", `ZooKeeper migration does not yet support authorizers`},
	{"kafka-migration-broker-id", `(?P<key>broker\.id) generation is incompatible with ZooKeeper migration`},
	{"kafka-migration-controller-listener-missing", `(?P<key>controller\.listener\.names) must not be empty when running in ZooKeeper migration`},
	{"kafka-policy-in-kraft", `(?P<key>(?:alter\.config|create\.topic)\.policy\.class\.name) is not supported in KRaft`},

	// listeners
	{"kafka-controller-listener-with-zookeeper", `(?P<key>controller\.listener\.names) must be empty when not running in KRaft`},
	{"kafka-controller-listener-on-broker", `(?P<key>controller\.listener\.names) must not contain a value appearing in the 'listeners'`},
	{"kafka-interbroker-listener-of-controller", `controller\.listener\.names must not contain an explicitly set (?P<key>inter\.broker\.listener\.name)`},
	{"kafka-controller-listener-unknown kafka-controller-listener-missing", `(?P<key>controller\.listener\.names) must (?:only contain values|contain at least one value) appearing in the 'listeners'`},
	{"kafka-controller-listener-missing kafka-controller-listener-unknown", `(?P<key>controller\.listener\.names) (?:cannot be empty if|must contain at least one value when)`},
	{"kafka-controller-listener-unmapped", `Controller listener with name .* defined in (?P<key>controller\.listener\.names) not found`},
	{"kafka-advertised-controller-listener", `The (?P<key>advertised\.listeners) config must not contain KRaft controller listeners`},
	{"kafka-advertised-on-controller", `The (?P<key>advertised\.listeners) config must (?:be empty when|only contain)`},
	{"kafka-listener-on-controller kafka-controller-listener-missing", `The (?P<key>listeners) config must only contain KRaft controller listeners`},
	{"kafka-advertised-listeners-empty", `There must be at least one (?:broker )?advertised listener`},
	{"kafka-advertised-wildcard kafka-controller-advertised-wildcard", `(?P<key>advertised\.listeners) cannot use the nonroutable`},
	{"kafka-advertised-listener-unknown", `(?P<key>advertised\.listeners) listener names must be equal to or a subset`},
	{"kafka-control-plane-listener-in-kraft", `(?P<key>control\.plane\.listener\.name) is not supported in KRaft`},
	{"kafka-control-plane-listener-not-advertised", `(?P<key>control\.plane\.listener\.name) must be a listener name defined in`},
	{"kafka-control-plane-listener-shared", `(?P<key>control\.plane\.listener\.name), when defined, should have a different value`},
	{"kafka-control-plane-listener-unmapped", `defined in (?P<key>control\.plane\.listener\.name) not found in`},
	{"kafka-interbroker-listener-not-advertised kafka-advertised-listeners-empty", `(?P<key>inter\.broker\.listener\.name) must be a listener name defined in`},
	{"kafka-interbroker-listener-unmapped", `defined in (?P<key>inter\.broker\.listener\.name) not found in`},
	{"kafka-interbroker-listener-and-protocol", `Only one of (?P<key>inter\.broker\.listener\.name) and security`},
	{"kafka-interbroker-protocol-unknown", "Invalid security protocol `.*` defined in (?P<key>security\\.inter\\.broker\\.protocol)"},
	{"kafka-security-map-protocol", "Invalid security protocol `.*` defined in (?P<key>listener\\.security\\.protocol\\.map)"},
	{"kafka-security-map-syntax", `Error parsing configuration property '(?P<key>listener\.security\.protocol\.map)'`},
	{"kafka-interbroker-listener-unmapped kafka-security-map-empty-name kafka-control-plane-listener-unmapped", `provided listener name is null or empty`},
	{"kafka-security-map-duplicate", `Duplicate key ListenerName\(`},
	{"kafka-early-start-listener-unknown", `(?P<key>early\.start\.listeners) contains listener .* not contained in`},
	{"kafka-listener-unmapped", `No security protocol defined for listener`},
	{"kafka-listener-name-twice", `Each listener must have a different name`},
	{"kafka-listener-port-twice", `Each listener must have a different port|two listeners on the same port`},
	{"kafka-listener-syntax", `Unable to parse .* to a broker endpoint|Error creating broker listeners from .*For input string`},

	// limits of each other
	{"kafka-connections-overrides-syntax", `(?P<key>max\.connections\.per\.ip\.overrides)(?:'| contains invalid)`},
	{"kafka-connections-per-ip-zero", `(?P<key>max\.connections\.per\.ip) can be set to zero only`},
	{"kafka-failed-authentication-delay-long", `(?P<key>connection\.failed\.authentication\.delay\.ms)=\d+ should always be less`},
	{"kafka-fetch-wait-long", `(?P<key>replica\.fetch\.wait\.max\.ms) should always be less|(?P<key>replica\.socket\.timeout\.ms) should always be at least`},
	{"kafka-queued-bytes-small", `(?P<key>queued\.max\.request\.bytes) must be larger`},
	{"kafka-cleaner-buffer-small", `(?P<key>log\.cleaner\.dedupe\.buffer\.size) must be at least .* per cleaner thread`},
	{"kafka-cleaner-threads-zero", `ArithmeticException: / by zero|^/ by zero`},
	{"kafka-log-retention-zero", `(?P<key>log\.retention\.ms) must be unlimited`},
	{"kafka-log-roll-too-short", `(?P<key>log\.roll(?:\.jitter)?\.ms) must be (?:equal or greater|greater than or equal)`},
	{"kafka-log-dirs-empty", `At least one log directory must be defined`},
	{"kafka-cordoned-log-dir-unknown", `All entries in (?P<key>cordoned\.log\.dirs) must be present|When (?P<key>cordoned\.log\.dirs) is set to \*`},
	{"kafka-tiered-storage-log-dirs", `Multiple log directories .* are not supported when remote log storage`},
	{"kafka-compaction-lag-order", `(?P<key>min\.compaction\.lag\.ms) \(.*\) > max\.compaction\.lag\.ms`},
	{"kafka-compression-type-unknown", `(?P<key>compression\.type) : .* is not valid`},
	{"kafka-topic-compression-codec", `Unknown compression type id|unknown compression codec`},
	{"kafka-message-format-above-ibp", `(?P<key>log\.message\.format\.version) .* can only be used when inter`},
	{"kafka-hostname-verification-off", `Unknown identification algorithm`},
	{"kafka-zookeeper-connect-scheme", `Invalid path string "//.*empty node name specified @1`},
	{"kafka-offsets-zstd-ibp", `(?P<key>offsets\.topic\.compression\.codec) zstd can only be used`},
	{"kafka-offsets-commit-acks", `(?P<key>offsets\.commit\.required\.acks) must be greater`},
	{"kafka-rebalance-protocol-classic", `Disabling the 'classic' protocol`},
	{"kafka-rebalance-protocol-zookeeper", `'consumer' rebalance protocol is only supported in KRaft`},
	{"kafka-group-heartbeat-long", `(?P<key>group\.\w+\.heartbeat\.interval\.ms) must be less than group\.\w+\.session`},
	{"kafka-group-limits", `(?P<key>group\.(?:consumer|share|streams)\.[\w.]+) must be (?:greater|less) than or equal`},
	{"kafka-share-group-one-assignor", `(?P<key>group\.share\.assignors) must contain exactly one`},
	{"kafka-rack-tags-twice", `(?P<key>group\.streams\.rack\.aware\.assignment\.tags) must not contain duplicate`},
	{"kafka-authorizer-class", `Authorizer does not implement`},
	{"kafka-share-snapshot-updates", `(?P<key>share\.coordinator\.snapshot\.update\.records\.per\.snapshot) must be between`},
	{"kafka-principal-builder-serde", `(?P<key>principal\.builder\.class) must implement KafkaPrincipalSerde`},
	{"kafka-sasl-interbroker-ibp", `Only GSSAPI mechanism is supported for inter-broker`},
	{"kafka-sasl-interbroker-mechanism", `(?P<key>sasl\.mechanism\.inter\.broker\.protocol) must be included in`},
	{"kafka-authorizer-stops-brokers", `controller returned error CLUSTER_AUTHORIZATION_FAILED|User:ANONYMOUS is Denied operation = (?:CLUSTER_ACTION|ClusterAction)`},

	// clients
	{"kafka-producer-transaction-without-idempotence", `Cannot set a (?P<key>transactional\.id) without`},
	{"kafka-producer-two-phase-timeout", `Cannot set (?P<key>transaction\.timeout\.ms) when transaction\.two`},
	{"kafka-producer-idempotence", `Must set (?P<key>acks|retries|max\.in\.flight\.requests\.per\.connection) .*idempotent producer|To use the idempotent producer`},
	{"kafka-consumer-protocol-unsupported", `(?P<key>[a-z][a-z.]*) cannot be set when group\.protocol=`},
	{"kafka-consumer-instance-id", `Group instance id (?:is|must|cannot|")`},
	{"kafka-consumer-commit-without-group", `(?P<key>enable\.auto\.commit) cannot be set to true when default group`},

	// Streams and Connect
	{"kafka-streams-transaction-timeout", `Transaction timeout \d+ was set lower than streams commit interval`},
	{"kafka-streams-static-membership", `Streams rebalance protocol does not support static membership`},
	{"kafka-connect-worker-key", `Unable to create key generator with algorithm`},

	// stores and certificates
	{"tls-store-unreadable", `HmacPBE1\.2\.840\.113549\.1\.5\.14`}, // PBMAC1, which Java before 26 lacks
	{"kafka-store-password", `(?:keystore|Keystore|Key store) password was incorrect|Integrity check failed: java\.security\.UnrecoverableKeyException|[Kk]eystore was tampered with`},
	{"kafka-key-password", `Cannot recover key|Get Key failed`},
	{"kafka-store-settings", `(?:cannot be cast to class|constructor for) \S*SslEngineFactory|SSL (?:PEM )?(?:key|trust) store (?:is|certs|password)|SSL (?:private key|certificate chain) (?:is|can be)|Both SSL (?:key|trust) store location`},
	{"kafka-pem-store", `Failed to load PEM SSL|Invalid PEM (?:keystore|truststore)|algid parse error|PEM file|Expected one private key`},
	{"kafka-tls-algorithm-unknown", `NoSuchAlgorithmException|NoSuchProviderException|no such (?:provider|algorithm)|missing provider|SSLContext is initialized automatically`},
	{"kafka-tls-protocol-unusable", `Unsupported (?:protocol|CipherSuite)|No negotiable cipher suite`},
	{"kafka-principal-mapping-rules", `Invalid rule: `},
	{"kafka-principal-mapping-rules kafka-config-provider-class", `PatternSyntaxException`},
	{"kafka-store-unreadable", `DomainLoadStoreParameter|Failed to load SSL keystore .* of type|Invalid keystore format|DerInputStream\.getLength|toDerInputStream rejects`},
	{"kafka-tls-self-handshake", `Extended key usage does not permit use for TLS client`},
	{"tls-expired", `CertificateExpiredException|certificate_expired|NotAfter:`},
	{"tls-name-constraints", `name constraints check failed`},
	{"tls-path-length", `pathLenConstraint violated`},
	{"tls-chain-not-ca", `(?:this|") is not a CA certificate|keyCertSign bit`},
	{"tls-policy-missing", `policy tree is null`},
	{"tls-critical-extension", `unrecognized critical extension`},
	{"tls-usage-restricted", `KeyUsage does not allow|Netscape cert type does not permit`},
	{"tls-no-subject", `X\.509 Certificate is incomplete|Empty issuer DN`},
	{"tls-root-mismatch tls-root-unknown", `Path does not chain with any of the trust anchors`},
	{"tls-host-not-covered", `No subject alternative (?:DNS )?name|No name matching .* found`},
	{"tls-chain-incomplete", `PKIX path building failed|unable to find valid certification path`},
	{"kafka-tls-protocol-unusable", `No appropriate protocol|protocol is disabled or cipher suites are inappropriate`},
	{"kafka-tls-listener-without-keystore", `no cipher suites in common|No available authentication scheme`},
	{"kafka-tls-self-handshake", `SSLEngine created with the provided settings|trustAnchors parameter must be non-empty`},

	// SASL
	{"kafka-jaas-missing", `Could not find a '.*KafkaServer' .*entry|Could not find a '\w+' entry in the JAAS|No JAAS configuration section named`},
	{"kafka-jaas-syntax", `JAAS config property (?:.* )?(?:contain|end)|(?:JAAS config entry not terminated|[Ll]ogin module control flag|Value not specified for key|Login module not specified)`},
	{"kafka-jaas-module-forbidden", `[lL]oginModule .* is not allowed|not allowed\. Update System property|(?:dis)?allowed\.login\.modules|Unable to locate the LDAP directory`},
	{"kafka-jaas-class-unknown kafka-jaas-module-mismatch", `TextOutputCallback`},
	{"kafka-jaas-class-unknown", `(?:No LoginModule found|unable to find LoginModule class|cannot be cast to class javax\.security\.auth\.spi\.LoginModule)`},
	{"kafka-sasl-settings", `error occurred while retrieving token|No serviceName defined|jwks\.endpoint\.url|token\.endpoint\.url|oauthbearer\.allowed\.urls|oauthbearer\.expected\.|client is being asked for a password|Unable to obtain password from user|to garner +authentication|useKeyTab should be set|Unexpected SASL mechanism`},
	{"kafka-sasl-settings", `cannot be cast to class org\.apache\.kafka\.common\.security\.auth\.(?:AuthenticateCallbackHandler|Login)\b`},
	{"kafka-sasl-settings kafka-class-not-instantiable", `Could not (?:find a public no-argument constructor for|instantiate class) `},
	{"kafka-sasl-settings", `Failed to create new KafkaServerAcceptor|UnsupportedSaslMechanism|Client SASL mechanism .* not enabled`},

	// what shows while the cluster runs
	{"kafka-min-insync-above-replication kafka-min-insync-equals-replication", `fewer in-sync replicas than required|NotEnoughReplicas|NOT_ENOUGH_REPLICAS`},
	{"kafka-replication-above-brokers", `larger than available brokers|Unable to replicate the partition \d+ time`},
	{"kafka-default-replication-not-positive", `Replication factor must be larger than 0`},
	{"kafka-consumer-session-short", `session timeout is not within the range`},
	{"kafka-producer-buffer-small", `larger than the total memory buffer`},
	// the first bytes of TLS, read as a size: the client speaks TLS and the listener does not
	{"kafka-keystore-unused kafka-client-key-on-broker", `Invalid receive \(size = (?:369295616|369295617|369295618|369295619|352518912) `},
	// and the other way round: a client without TLS takes the answer for a size
	{"kafka-client-security-unused", `MemoryPool\$1\.tryAllocate|NetworkReceive\.readFrom.*OutOfMemoryError|Unexpected handshake request with client mechanism`},
	{"kafka-message-above-request", `InvalidReceiveException`},
	{"kafka-jaas-plain-users", `Authentication failed: Invalid username or password`},
	{"kafka-offsets-replication-below-min-insync kafka-replication-above-brokers", `COORDINATOR_NOT_AVAILABLE|coordinator is not available`},
	{"kafka-advertised-localhost", `Connection to node \d+ \((?:localhost|127\.)`},
	{"kafka-super-users-syntax", `format principalType:principalName`},
	{"kafka-log-dir-duplicate", `Duplicate log directory`},
	{"kafka-metrics-level-unknown", `No enum constant .*RecordingLevel`},

	// ZooKeeper
	{"zk-myid-missing", `myid file is missing`},
	{"zk-myid-not-listed", `My id -?\d+ not in the peer list`},
	{"zk-myid-malformed", `serverid .* is not a number`},
	{"zk-data-dir-missing", `dataDir is not set`},
	{"zk-limit-missing", `(?:initLimit|syncLimit) is not set`},
	{"zk-even-ensemble", `Non-optimi[a-z]* configuration, consider an odd number`},
	{"zk-two-servers", `No server failure will be tolerated`},
	{"zk-lone-server-line", `only one server specified \(ignoring\)`},
	{"zk-server-malformed", `does not have the form (?:server_config|host:port)`},
	{"zk-election-port-missing", `Missing election port for server`},
	{"zk-server-ports-equal", `Client and election port must be different`},
	{"zk-multi-address-disabled", `Multiple address feature is disabled`},
	{"zk-peer-type-unknown", `Unrecognised peertype`},
	{"zk-observers-without-participants", `Observers w/o participants`},
	{"zk-observers-with-one-participant", `Observers w/o quorum`},
	{"zk-server-without-group", `[Ss]erver \d+ is not in a group`},
	{"zk-server-in-two-groups", `[Ss]erver \d+ is in multiple groups`},
	{"zk-session-timeouts-crossed", `minSessionTimeout must not be larger`},
	{"zk-tick-time-zero", `tickTime is not set`},
	{"zk-address-without-port", `clientPortAddress is set but clientPort is not`},
	{"zk-client-port-missing", `clientPort is not set`},
	{"zk-election-alg-unsupported", `Invalid electionAlg value`},
	{"zk-not-a-boolean", `Choose 'true' or 'false`},
	{"zk-secure-port-needs-netty", `SSL isn't supported in NIOServerCnxn`},
	{"zk-data-in-wrong-directory", `directory has (?:log|snapshot) files`},
	{"zk-snapshot-missing", `No snapshot found, but there are log entries`},
	{"zk-data-dir-not-writable zk-data-dir-no-directory", `Unable to access datadir|Cannot write to (?:data|snap) directory|Unable to create (?:data|snap) directory`},
	{"zk-port-in-use", `Problem starting AdminServer`},
	{"zk-four-letter-words-few", `is not executed because it is not in the whitelist`},
	{"zk-quorum-sasl-needs-jaas", `configuration section '(?:QuorumServer|QuorumLearner)' could not be found`},

	// directories and ports
	{"kafka-meta-properties", `InconsistentClusterIdException|InconsistentBrokerIdException|InconsistentBrokerMetadataException|Invalid cluster\.id|Stored node id .* doesn't match|Configured (?:node|broker)\.id .* doesn't match stored`},
	{"kafka-storage-not-formatted", `No .?meta\.properties.? found in|has not been formatted|No readable meta\.properties`},
	{"kafka-log-dir-locked", `Failed to acquire lock on file \.lock`},
	{"kafka-log-dir-unusable", `Failed to create (?:log|data) directory|is not a directory|None of the specified log dirs`},
	{"kafka-log-dir-foreign", `Found directory .*, .* is not in the form of|topic-partition`},
	{"kafka-address-not-local", `Cannot assign requested address|Unresolved address`},
	{"kafka-port-in-use", `Address already in use|Socket server failed to bind to`},
	{"kafka-group-assignor", `KafkaException: Class .* cannot be found|^Class \S+ cannot be found`},
	{"kafka-class-not-found kafka-authorizer-class", `ClassNotFoundException`},
	{"kafka-connections-overrides-syntax", `NumberFormatException: For input string`},
}

// compiledPatterns are the expressions of logPatterns.
var compiledPatterns = sync.OnceValue(func() []*regexp.Regexp {
	all := make([]*regexp.Regexp, len(logPatterns))
	for i, p := range logPatterns {
		all[i] = regexp.MustCompile(p.pattern)
	}
	return all
})

const (
	maxLogLines = 100_000 // a pasted log; more is somebody's whole archive
	maxLogLine  = 4096    // bytes that are looked at: the message stands at the beginning
)

// ExplainLog finds the rules that explain what Kafka or Java said in a log or a stack trace, the likeliest for a line
// first. Each pair of a rule and a key, and each note, is returned once, in the order of the text.
func ExplainLog(text string) []LogMatch {
	var found []LogMatch
	seen := map[LogMatch]bool{}
	number := 0
	for line := range strings.Lines(text) {
		if number++; number > maxLogLines {
			break
		}
		for _, m := range explainLine(strings.TrimSpace(line[:min(len(line), maxLogLine)])) {
			if !seen[m] {
				seen[m] = true
				m.Line = number
				found = append(found, m)
			}
		}
	}
	return found
}

func explainLine(line string) []LogMatch {
	for i, re := range compiledPatterns() {
		groups := re.FindStringSubmatch(line)
		if groups == nil {
			continue
		}
		key := ""
		for n, name := range re.SubexpNames() {
			if name == "key" && groups[n] != "" {
				key = groups[n]
			}
		}
		rules := strings.Fields(logPatterns[i].rules)
		if rules[0] == "kafka-value-range" || rules[0] == "kafka-value-choice" {
			if slices.Contains(KeyNames(Topic), key) { // a broker's log: the defaults of all topics
				rules = append(rules, "kafka-topic-default")
			}
		}
		var found []LogMatch
		for _, r := range rules {
			found = append(found, LogMatch{Rule: r, Key: key})
		}
		return found
	}
	return noteLine(line)
}
