package kafkacfg

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestMessagesLeadToRules holds messages of the real classes, each with the rule that refuses the same file.
func TestMessagesLeadToRules(t *testing.T) {
	for _, c := range []struct{ message, rule, key string }{
		// brokers
		{"`node.id` and `broker.id` must be set to the same value. `broker.id` is deprecated, please use `node.id` instead.", "kafka-node-id-differs", "node.id"},
		{"Invalid value * for configuration group.consumer.assignors: Class cannot be found", "kafka-group-assignor", "group.consumer.assignors"},
		{"java.lang.String is not an instance of org.apache.kafka.coordinator.group.api.assignor.ConsumerGroupPartitionAssignor", "kafka-group-assignor", ""},
		{"group.share.assignors must contain exactly one assignor, but found 2", "kafka-share-group-one-assignor", "group.share.assignors"},
		{"group.streams.rack.aware.assignment.tags must not contain duplicate tag keys.", "kafka-rack-tags-twice", "group.streams.rack.aware.assignment.tags"},
		{"port out of range:99999", "kafka-quorum-bootstrap-syntax", ""},
		{"The provided listener name is null or empty string", "kafka-control-plane-listener-unmapped", ""},
		{"Authorizer does not implement org.apache.kafka.server.authorizer.Authorizer or kafka.security.auth.Authorizer.", "kafka-authorizer-class", ""},
		// clients
		{"Invalid value  for configuration share.acknowledgement.mode: Invalid value `` for configuration share.acknowledgement.mode. The value must either be 'implicit' or 'explicit'.",
			"kafka-value-choice", "share.acknowledgement.mode"},
		{`Group instance id cannot be "." or ".."`, "kafka-consumer-instance-id", ""},
		// Streams
		{"Invalid value [a, b] for configuration rack.aware.assignment.tags: Contains invalid value [a] which doesn't have corresponding tag set via [client.tag.] prefix.",
			"kafka-streams-client-tags", "rack.aware.assignment.tags"},
		{"Invalid value ( for configuration application.server: Error parsing host address (. Expected format host:port.", "kafka-value-choice", "application.server"},
		{`Unrecognized config. Acceptable values are: "+NO_OPTIMIZATION+", "+OPTIMIZE+", or a comma separated list of specific optimizations`, "kafka-value-choice", ""},
		{"Transaction timeout 10000 was set lower than streams commit interval 2147483647. This will cause ongoing transaction always timeout", "kafka-streams-transaction-timeout", ""},
		{"Streams rebalance protocol does not support static membership. Please set group.protocol=classic or remove group.instance.id from the configuration.", "kafka-streams-static-membership", ""},
		// Connect
		{"Invalid value for listeners, at least one URL is expected, ex: http://localhost:8080,https://localhost:8443.", "kafka-list-empty", "listeners"},
		{"Empty URL found when parsing admin.listeners list.", "kafka-list-element-empty", "admin.listeners"},
		{"Empty listener found when parsing list.", "kafka-list-element-empty", ""},
		{"Invalid format of header config '('. Expected: '[action] [header name]:[header value]'", "kafka-value-choice", ""},
		{"Invalid value  for configuration connect.protocol: Invalid Connect protocol compatibility", "kafka-value-choice", "connect.protocol"},
		{"Invalid value 0 for configuration config.storage.replication.factor: Replication factor must be positive and not larger than the number of brokers in the Kafka cluster",
			"kafka-value-range", "config.storage.replication.factor"},
		{"Unable to create key generator with algorithm HmacSHA256 and key size 1: Key length must be at least 40 bits", "kafka-connect-worker-key", ""},
		{"Invalid value [] for configuration inter.worker.verification.algorithms: At least one signature verification algorithm must be provided", "kafka-list-empty", "inter.worker.verification.algorithms"},
		{"Invalid value AES for configuration inter.worker.key.generation.algorithm: Key generation algorithm must be present in inter.worker.verification.algorithms list",
			"kafka-connect-worker-signature", "inter.worker.key.generation.algorithm"},
		// logins and stores
		{"JAAS config property contains 2 login modules, should be 1 module", "kafka-jaas-syntax", ""},
		{"java.lang.IllegalArgumentException: Unexpected SASL mechanism: PLAIN", "kafka-sasl-settings", ""},
		{"The OAuth configuration option sasl.oauthbearer.token.endpoint.url value must be non-null", "kafka-sasl-settings", ""},
		{"http://127.0.0.1:1/t is not allowed. Update system property 'org.apache.kafka.sasl.oauthbearer.allowed.urls' to allow http://127.0.0.1:1/t", "kafka-sasl-settings", ""},
		{"The OAuth validator for the broker requires \"sasl.oauthbearer.expected.audience\" to be configured so that the token's audience", "kafka-sasl-settings", ""},
		{"class java.lang.String cannot be cast to class org.apache.kafka.common.security.auth.AuthenticateCallbackHandler (java.lang.String is in module java.base", "kafka-sasl-settings", ""},
		{"class java.lang.String cannot be cast to class org.apache.kafka.common.security.auth.SslEngineFactory (java.lang.String is in module java.base", "kafka-store-settings", ""},
		{"Could not find a public no-argument constructor for org.apache.kafka.common.security.auth.SslEngineFactory", "kafka-store-settings", ""},
		{"Could not instantiate class org.apache.kafka.common.security.authenticator.AbstractLogin", "kafka-sasl-settings", ""},
		{"java.lang.ClassCastException: class java.lang.String cannot be cast to class javax.security.auth.spi.LoginModule (java.lang.String is in module", "kafka-jaas-class-unknown", ""},
		{"java.lang.UnsupportedOperationException: This keystore must be loaded using a DomainLoadStoreParameter", "kafka-store-unreadable", ""},
		{"Configuration Error - useKeyTab should be set to true to use the keytab/nope", "kafka-sasl-settings", ""},
		{"LoginException: Unable to obtain password from user", "kafka-sasl-settings", ""},
		{"null not available to garner  authentication information  from the user", "kafka-sasl-settings", ""},
		{"java.lang.IllegalArgumentException: missing provider", "kafka-tls-algorithm-unknown", ""},
	} {
		require.Contains(t, ExplainLog("Exception in thread \"main\" "+c.message), LogMatch{Line: 1, Rule: c.rule, Key: c.key}, c.message)
	}
}
