package kafkacfg

import (
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/internal/nearest"
)

// cures say what to do about what refuses, where the rule itself does not say it closer; {key} is the finding's key.
var cures = sync.OnceValue(func() map[string]string {
	return map[string]string{
		"kafka-advertised-controller-listener":        "remove the controller's listener from advertised.listeners",
		"kafka-advertised-listener-unknown":           "add the listener to listeners, or remove it from advertised.listeners",
		"kafka-advertised-listeners-empty":            "remove the line, or name the address by which clients reach this node: PLAINTEXT://HOST:9092",
		"kafka-authorizer-class":                      "check the name, or name the class with --classes if a jar of your own has it",
		"kafka-auto-join-without-controller":          "remove the line: it is for controllers alone",
		"kafka-broker-id-range":                       "set {key}=0 or another number that no other broker has",
		"kafka-broker-is-a-voter":                     "set {key} to a number that controller.quorum.voters does not name, or add the role controller to process.roles",
		"kafka-class-not-found":                       "check the name: packages and all; a class of your own is named with --classes",
		"kafka-client-plugin":                         "name a class that implements what the key asks for and has a constructor without arguments",
		"kafka-client-protocol-unknown":               "write PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL",
		"kafka-client-sasl-mechanism-missing":         "set sasl.mechanism to a mechanism that the brokers enable, such as SCRAM-SHA-512",
		"kafka-compression-type-unknown":              "set compression.type=producer, the default, or one of gzip, snappy, lz4, zstd, uncompressed",
		"kafka-config-provider-class":                 "check the name; Kafka's own providers are in org.apache.kafka.common.config.provider",
		"kafka-config-provider-read":                  "check the path and who may read it",
		"kafka-connect-listener":                      "write http://HOST:8083 or https://HOST:8443, several separated by commas",
		"kafka-connect-worker-key":                    "remove {key}: every algorithm has a good size of its own",
		"kafka-connect-worker-signature":              "add the algorithm to inter.worker.verification.algorithms, on all workers",
		"kafka-connections-overrides-syntax":          "write ADDRESS:NUMBER, several separated by commas",
		"kafka-consumer-commit-without-group":         "set group.id, or enable.auto.commit=false",
		"kafka-consumer-heartbeat-long":               "set heartbeat.interval.ms to a third of session.timeout.ms",
		"kafka-consumer-instance-id":                  "use letters, digits, dots, underscores and hyphens alone, or remove the line",
		"kafka-consumer-protocol-unsupported":         "remove {key}, or change group.protocol",
		"kafka-control-plane-listener-not-advertised": "add the listener to listeners and advertised.listeners",
		"kafka-control-plane-listener-shared":         "give the control plane a listener of its own, or remove the line",
		"kafka-control-plane-listener-unmapped":       "map the name to its protocol in listener.security.protocol.map",
		"kafka-controller-advertised-wildcard":        "advertise the name or address by which other nodes reach this controller",
		"kafka-controller-listener-unknown":           "add the controllers' listener to listeners, such as CONTROLLER://:9093, under the same name",
		"kafka-controller-listener-unmapped":          "map every name to its protocol in listener.security.protocol.map, such as CONTROLLER:PLAINTEXT",
		"kafka-controller-not-a-voter":                "set {key} to this node's number in controller.quorum.voters, or add ID@HOST:PORT for it there, on all nodes",
		"kafka-cordoned-log-dir-unknown":              "name directories of log.dirs alone, or * alone",
		"kafka-early-start-listener-unknown":          "name listeners as listeners has them, in capitals",
		"kafka-fetch-wait-long":                       "set replica.fetch.wait.max.ms=500, the default, or raise the other",
		"kafka-group-assignor":                        "check the name; a class of your own is named with --classes",
		"kafka-interbroker-listener-and-protocol":     "remove security.inter.broker.protocol: the listener's protocol stands in listener.security.protocol.map",
		"kafka-interbroker-listener-of-controller":    "remove the line: a controller needs none",
		"kafka-interbroker-listener-unmapped":         "map the name to its protocol in listener.security.protocol.map, or name one that is mapped",
		"kafka-interbroker-protocol-unknown":          "write PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL; a listener's own name goes into inter.broker.listener.name",
		"kafka-list-element-empty":                    "remove the comma",
		"kafka-list-empty":                            "give it an element, or remove the line",
		"kafka-listener-name-twice":                   "give each listener its own name, and map the names in listener.security.protocol.map",
		"kafka-listener-on-controller":                "remove that listener, or add the role broker to process.roles",
		"kafka-listener-override":                     "correct the value, or remove the line: then the key without prefix counts",
		"kafka-listener-port-twice":                   "give each listener its own port",
		"kafka-listener-syntax":                       "write NAME://HOST:PORT, such as PLAINTEXT://broker1:9092; without a host it binds every address",
		"kafka-listener-unmapped":                     "add the name with its protocol to listener.security.protocol.map, such as INTERNAL:SSL",
		"kafka-log-dirs-empty":                        "set {key} to a directory, such as /var/lib/kafka",
		"kafka-log-retention-zero":                    "set {key}=-1 to keep everything, or a positive number",
		"kafka-message-format-above-ibp":              "remove log.message.format.version, or raise inter.broker.protocol.version",
		"kafka-migration-authorizer":                  "update to 3.5.1 or later, or remove the authorizer for the migration",
		"kafka-migration-broker-id":                   "set broker.id to the number that the broker has now, in its meta.properties",
		"kafka-migration-controller-listener-missing": "set controller.listener.names=CONTROLLER, as the controllers have it",
		"kafka-migration-ibp":                         "remove inter.broker.protocol.version, or set it to 3.4 or later",
		"kafka-migration-log-dirs":                    "update to 3.7 or later with inter.broker.protocol.version=3.7 or later, or use one directory",
		"kafka-migration-quorum-missing":              "set controller.quorum.voters=ID@HOST:PORT for each controller",
		"kafka-migration-zookeeper-missing":           "set zookeeper.connect as the brokers have it",
		"kafka-node-id-missing":                       "set node.id to a number that no other node of the cluster has",
		"kafka-offsets-commit-acks":                   "remove the line: the default is -1",
		"kafka-offsets-zstd-ibp":                      "raise inter.broker.protocol.version to 2.1 or later, or use another codec",
		"kafka-policy-in-kraft":                       "update to 3.1 or later, or remove the line",
		"kafka-process-role-twice":                    "name each role once",
		"kafka-producer-compression-type":             "write none, gzip, snappy, lz4 or zstd, in small letters",
		"kafka-producer-two-phase-timeout":            "remove transaction.timeout.ms",
		"kafka-queued-bytes-small":                    "set queued.max.request.bytes above socket.request.max.bytes, or to -1 for no limit",
		"kafka-quorum-bootstrap-syntax":               "write HOST:PORT, several separated by commas",
		"kafka-rack-tags-twice":                       "name each tag once",
		"kafka-rebalance-protocol-classic":            "add classic to group.coordinator.rebalance.protocols, or remove the line",
		"kafka-rebalance-protocol-zookeeper":          "remove consumer from group.coordinator.rebalance.protocols",
		"kafka-sasl-interbroker-ibp":                  "remove inter.broker.protocol.version, or set it to 0.10.0 or later",
		"kafka-security-map-duplicate":                "map each name once",
		"kafka-security-map-empty-name":               "remove the entry, or give it its listener's name",
		"kafka-security-map-protocol":                 "map listeners to PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL",
		"kafka-security-map-syntax":                   "write NAME:PROTOCOL, several separated by commas",
		"kafka-share-group-one-assignor":              "name one assignor, such as simple",
		"kafka-share-snapshot-updates":                "set {key}=500, the default",
		"kafka-streams-client-tags":                   "set client.tag.NAME for each element of rack.aware.assignment.tags, with short names and values",
		"kafka-streams-static-membership":             "remove {key}, or set group.protocol=classic",
		"kafka-streams-transaction-timeout":           "raise producer.transaction.timeout.ms above commit.interval.ms, or shorten the interval",
		"kafka-throttled-replicas":                    "write PARTITION:BROKER, several separated by commas, or * alone",
		"kafka-tiered-storage-log-dirs":               "use one directory, or update to 3.8 or later",
		"kafka-topic-compression-codec":               "set {key}=0, or another number from 0 to 4",
		"kafka-value-empty":                           "give it a value, or remove the line",
		"kafka-version-unknown":                       "remove the line, unless a rolling upgrade is under way",
		"kafka-voter-not-routable":                    "write the names by which the nodes reach each other's controllers",
		"kafka-voter-syntax":                          "write ID@HOST:PORT for each controller, separated by commas",
	}
})

// cure gives a finding that refuses its cure, where the rule has not.
func (c *Config) cure(f *finding.Finding) {
	if f.Help != "" || !f.Refuses() {
		return
	}
	switch f.ID {
	case "kafka-value-choice":
		f.Help = c.choiceHelp(f.Key)
	case "kafka-value-type", "kafka-value-range", "kafka-topic-default":
	default:
		f.Help = strings.ReplaceAll(cures()[f.ID], "{key}", f.Key)
	}
	if f.Help == "" {
		f.Help = c.defaultHelp(f.Key)
	}
}

// defaultHelp points to the release's own value, which is never wrong.
func (c *Config) defaultHelp(key string) string {
	field := c.schema.field(key)
	if v := c.lookup(key); v != nil {
		field = v.field
	}
	switch {
	case field == nil || field.required:
		return "correct the value; see: kcfg explain " + key
	case field.null:
		return "correct the value, or remove the line: it is not set by default"
	case field.text == "":
		return "correct the value, or remove the line: it is empty by default"
	}
	return "correct the value, or remove the line: the default is " + show(field, field.text)
}

// meant is what people write for a choice whose words they do not know.
var meant = sync.OnceValue(func() map[string]map[string]string {
	return map[string]map[string]string{
		"ssl.client.auth":   {"true": "required", "yes": "required", "need": "required", "false": "none", "no": "none", "want": "requested", "optional": "requested"},
		"cleanup.policy":    {"compacted": "compact", "deleted": "delete", "compaction": "compact"},
		"auto.offset.reset": {"beginning": "earliest", "begining": "earliest", "smallest": "earliest", "first": "earliest", "end": "latest", "largest": "latest", "last": "latest"},
		"acks":              {"2": "all", "none": "0", "any": "1"},
	}
})

// choiceHelp finds the choice that was probably meant.
func (c *Config) choiceHelp(key string) string {
	v := c.lookup(key)
	if v == nil || v.field.valid == nil {
		return ""
	}
	options := v.field.valid.Values
	for _, text := range parseList(v.text) {
		if slices.Contains(options, text) {
			continue
		}
		for about, words := range meant() {
			if better := words[strings.ToLower(text)]; better != "" && strings.HasSuffix(key, about) {
				return "write " + better
			}
		}
		if i := slices.IndexFunc(options, func(o string) bool { return likeLetters(o) == likeLetters(text) }); i >= 0 {
			return "write " + options[i]
		}
		if best := nearest.Key(text, options); best != "" {
			return "did you mean " + best
		}
	}
	return ""
}

// likeLetters is a word without what people change: case, and the signs between its parts.
func likeLetters(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '-' || r == '_' || r == ' ' || r == '.' {
			return -1
		}
		return r
	}, strings.ToLower(s))
}

// sizeUnit, timeUnit and keyUnit are what units of sizes and times stand for: those that people write behind numbers, and those
// in which a key's last word says that it counts. 0 is none.
func sizeUnit(s string) float64 {
	switch s {
	case "b", "l":
		return 1
	case "k", "kb", "kib":
		return 1 << 10
	case "m", "mb", "mib":
		return 1 << 20
	case "g", "gb", "gib":
		return 1 << 30
	}
	return 0
}

func timeUnit(s string) float64 {
	switch s {
	case "ms":
		return 1
	case "s", "sec":
		return 1e3
	case "m", "min":
		return 6e4
	case "h", "hours":
		return 3.6e6
	case "d", "days":
		return 8.64e7
	case "w":
		return 6.048e8
	}
	return 0
}

func keyUnit(last string) float64 {
	switch last {
	case "ms":
		return 1
	case "seconds":
		return 1e3
	case "minutes":
		return 6e4
	case "hours":
		return 3.6e6
	}
	return 0
}

// meantNumber returns the whole number that was meant by 1e+06, 8.0, 1_000 or 10MB, where that is certain.
func meantNumber(key, text string) (string, bool) {
	digits := strings.NewReplacer("_", "", " ", "", "'", "").Replace(text)
	unit := strings.TrimLeft(digits, "+-.0123456789")
	scale := 1.0
	if n, err := strconv.ParseFloat(digits, 64); err == nil && !strings.ContainsAny(digits, "xXpPnN") {
		return wholeNumber(n)
	}
	number, err := strconv.ParseFloat(strings.TrimSuffix(digits, unit), 64)
	if err != nil || unit == "" {
		return "", false
	}
	last := key[strings.LastIndexByte(key, '.')+1:]
	unit = strings.ToLower(unit)
	switch {
	case last == "bytes" || last == "size":
		scale = sizeUnit(unit)
	case keyUnit(last) > 0:
		scale = timeUnit(unit) / keyUnit(last)
	default:
		scale = 0
		if unit == "l" {
			scale = 1
		}
	}
	if scale == 0 {
		return "", false
	}
	return wholeNumber(number * scale)
}

func wholeNumber(n float64) (string, bool) {
	const exact = 1 << 53
	if n != float64(int64(n)) || n > exact || n < -exact {
		return "", false
	}
	return strconv.FormatInt(int64(n), 10), true
}
