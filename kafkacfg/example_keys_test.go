package kafkacfg_test

import (
	"fmt"

	"github.com/kcfg/kcfg/kafkacfg"
)

func ExampleLookupKey() {
	key, ok := kafkacfg.LookupKey("3.9.1", kafkacfg.Broker, "listener.name.internal.ssl.client.auth")
	fmt.Println(ok, key.Name, key.Type, key.DefaultText(), key.UpdateMode)
	fmt.Println(key.Valid)
	_, ok = kafkacfg.LookupKey("4.0.0", kafkacfg.Broker, "zookeeper.connect")
	fmt.Println(ok)
	// Output:
	// true ssl.client.auth STRING none per-broker
	// one of none, requested, required
	// false
}

func ExampleDiffKeys() {
	for _, d := range kafkacfg.DiffKeys(kafkacfg.Producer, "3.9.2", "4.0.0") {
		switch {
		case d.Old == nil:
			fmt.Println("added", d.Name)
		case d.New == nil:
			instead, _ := kafkacfg.ReplacementFor(kafkacfg.Producer, d.Name)
			fmt.Println("removed", d.Name, "for", instead.By)
		default:
			for _, c := range d.Changes {
				fmt.Println("changed", d.Name, c.Field, c.From, "to", c.To)
			}
		}
	}
	// Output:
	// removed auto.include.jmx.reporter for [metric.reporters]
	// changed linger.ms default 0 to 5
	// added metadata.recovery.rebootstrap.trigger.ms
	// changed metadata.recovery.strategy default none to rebootstrap
	// changed metric.reporters default "" to org.apache.kafka.common.metrics.JmxReporter
}
