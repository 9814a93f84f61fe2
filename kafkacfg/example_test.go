package kafkacfg_test

import (
	"fmt"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/kafkacfg"
	"github.com/kcfg/kcfg/properties"
)

// What a file amounts to: what it sets, and the defaults of the release.
func ExampleResolve() {
	f, err := properties.Parse("server.properties", []byte(`process.roles=broker
node.id=2
listeners=PLAINTEXT://:9092,INTERNAL://10.0.0.2:9094
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,INTERNAL:SSL
`))
	if err != nil {
		panic(err)
	}
	c, err := kafkacfg.Resolve(f, kafkacfg.Options{Release: "3.9.1", Kind: kafkacfg.Broker})
	if err != nil {
		panic(err)
	}
	for _, key := range []string{"node.id", "broker.id", "num.partitions"} {
		v := c.Value(key)
		fmt.Println(key, v.Text, v.Origin == kafkacfg.FromFile)
	}
	for _, l := range c.Listeners() {
		fmt.Println(l.Name, l.Protocol, l.Host, l.Port)
	}
	// Output:
	// node.id 2 true
	// broker.id 2 false
	// num.partitions 1 false
	// PLAINTEXT PLAINTEXT  9092
	// INTERNAL SSL 10.0.0.2 9094
}

// The keys that a release has deprecated.
func ExampleKeys() {
	for key := range kafkacfg.Keys("3.9.1", kafkacfg.Topic) {
		if key.Deprecated {
			instead, _ := kafkacfg.ReplacementFor(kafkacfg.Topic, key.Name)
			fmt.Println(key.Name, "->", instead)
		}
	}
	// Output:
	// message.format.version -> records are always stored in the newest format (KIP-724)
	// message.timestamp.difference.max.ms -> message.timestamp.before.max.ms, message.timestamp.after.max.ms (KIP-937)
}

func ExampleHistoryOf() {
	h, ok := kafkacfg.HistoryOf(kafkacfg.Broker, "log.segment.bytes")
	fmt.Println(ok, h.Since, h.Until == "")
	for _, c := range h.Changes {
		fmt.Println(c.Release, c.Field, c.From, "to", c.To)
	}
	// Output:
	// true 2.5.0 true
	// 4.0.0 valid at least 14 to at least 1048576
}

func ExampleParseRelease() {
	r, err := kafkacfg.ParseRelease("3.9")
	fmt.Println(r, err)
	_, err = kafkacfg.ParseRelease("2.4.0")
	fmt.Println(err)
	// Output:
	// 3.9.2 <nil>
	// unknown Kafka release "2.4.0"
}

// What broke? The rules that explain a line of a log.
func ExampleExplainLog() {
	log := `[2026-11-29 10:00:00,000] ERROR Exiting Kafka due to fatal exception (kafka.Kafka$)
java.lang.IllegalArgumentException: requirement failed: advertised.listeners cannot use the nonroutable meta-address 0.0.0.0. Use a routable IP address.
`
	for _, m := range kafkacfg.ExplainLog(log) {
		fmt.Println(m.Line, m.Rule)
	}
	// Output:
	// 2 kafka-advertised-wildcard
	// 2 kafka-controller-advertised-wildcard
}

// A rule of another level: what refuses stays an error, all else is the caller's choice.
func ExampleOptions() {
	f, err := properties.Parse("server.properties", []byte("zookeeper.connect=zk1:2181\nauto.create.topics.enable=true\n"))
	if err != nil {
		panic(err)
	}
	r, err := kafkacfg.Validate(f, kafkacfg.Options{
		Release: "3.9.1",
		Kind:    kafkacfg.Broker,
		Rules:   map[string]kafkacfg.Level{"kafka-auto-create-topics": kafkacfg.Warning},
	})
	if err != nil {
		panic(err)
	}
	for _, f := range r.Findings {
		if f.Severity >= finding.Warning {
			fmt.Println(f.Severity, f.ID)
		}
	}
	// Output:
	// warning kafka-auto-create-topics
}
