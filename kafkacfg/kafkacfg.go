// Package kafkacfg knows the configuration of Apache Kafka: every key of every release, and what the real classes of a
// release say about a properties file.
//
// # Files
//
// [Validate] takes a file that properties.Parse has read. It says whether a release starts with it, at which stage it
// refuses and why, and what it accepts in silence and should not:
//
//	f, err := properties.Parse("server.properties", data)
//	report, err := kafkacfg.Validate(f, kafkacfg.Options{Release: "3.9.1", Kind: kafkacfg.Broker})
//	err = finding.WriteText(os.Stdout, []finding.Report{report}, finding.TextOptions{})
//
// The zero [Options] guess the kind and take the newest release that fits. [Resolve] returns the effective configuration, in
// which every key of the release has its value or its default. [Explain] returns the page of a rule, and [ExplainLog] the
// rules that explain a stack trace. Stores, logins and directories are the business of package node.
//
// # Keys
//
// [Keys] and [LookupKey] return the definitions of a release, [DiffKeys] what changes between two, [HistoryOf] how one key
// came, changed and went, and [ReplacementFor] what to use instead of one that is gone.
//
// # Sources
//
// Names, types, defaults and bounds are those of the ConfigDefs in the jars of each release. The stages follow Kafka's
// AbstractConfig and ConfigDef (load, config), KafkaConfig and the clients' configurations (config), LogConfig (log) and the
// constructors of clients (start); tests let those classes judge beside this package. What is said beyond the verdict
// has its reason on the page of its rule.
//
// Nothing here touches disk, network, clock or environment, and everything is safe for concurrent use.
package kafkacfg
