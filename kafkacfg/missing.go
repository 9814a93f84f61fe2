package kafkacfg

import (
	"slices"
	"sync"

	"github.com/kcfg/kcfg/finding"
)

// requiredHelp says what to write for keys without a default.
var requiredHelp = sync.OnceValue(func() map[string]string {
	return map[string]string{
		rolesKey:                       "set process.roles=broker, controller, or broker,controller",
		nodeIDKey:                      "set node.id to a number that no other node of the cluster has",
		controllersKey:                 "set controller.listener.names=CONTROLLER, or the name that the controllers' listener has",
		zookeeperKey:                   "set zookeeper.connect=HOST:2181, all servers of the ensemble separated by commas",
		bootstrapKey:                   "set bootstrap.servers=HOST:9092, two or three brokers separated by commas",
		"key.serializer":               "set key.serializer=org.apache.kafka.common.serialization.StringSerializer, or the class of your keys",
		"value.serializer":             "set value.serializer=org.apache.kafka.common.serialization.StringSerializer, or the class of your values",
		"key.deserializer":             "set key.deserializer=org.apache.kafka.common.serialization.StringDeserializer, or the class of your keys",
		"value.deserializer":           "set value.deserializer=org.apache.kafka.common.serialization.StringDeserializer, or the class of your values",
		"key.converter":                "set key.converter=org.apache.kafka.connect.json.JsonConverter, or the converter of your keys",
		"value.converter":              "set value.converter=org.apache.kafka.connect.json.JsonConverter, or the converter of your values",
		"group.id":                     "set group.id to a name that all workers of this Connect cluster share, and nobody else",
		"config.storage.topic":         "set config.storage.topic=connect-configs",
		"offset.storage.topic":         "set offset.storage.topic=connect-offsets",
		"status.storage.topic":         "set status.storage.topic=connect-status",
		"offset.storage.file.filename": "set offset.storage.file.filename to a file that survives restarts",
		"application.id":               "set application.id to the name of the application",
	}
})

// completed reports whether the file is one of a client that was not said to be the whole configuration: a program or a
// command line adds the rest, as the console tools do with serializers and addresses.
func (c *Config) completed() bool {
	c.askMore()
	return c.guessed && slices.Contains(clientKinds, c.Kind)
}

// missingKey tells that a key without a default is not set.
func (c *Config) missingKey(key string) finding.Finding {
	f := finding.Finding{ID: "kafka-key-required", Severity: finding.Error, Stage: finding.Config, Key: key,
		Pos: c.absent(), Message: key + " is not set; it has no default", Help: requiredHelp()[key]}
	if f.Help == "" {
		f.Help = "set " + key
	}
	if c.completed() {
		f.Severity, f.Stage = finding.Info, ""
		f.Message = key + " is not set here; the program that reads the file has to give it"
	}
	return f
}
