// Package node judges one Kafka process: its properties file together with the key and trust stores, PEM files, JAAS
// configuration and directories that the file names. It adds the stages security and environment to those of kafkacfg.
//
//	f, err := properties.Parse("server.properties", data)
//	report, err := node.Validate(f, node.Options{Root: os.DirFS("/"), User: "kafka"})
//
// The stage security follows what Kafka does when it makes its listeners (SslFactory, DefaultSslEngineFactory,
// ChannelBuilders, JaasContext), with the names of algorithms that Java 17 knows. The stage environment predicts what the
// process meets afterwards: meta.properties, the locks and contents of its directories, addresses, ports, permissions.
//
// The files come from an fs.FS that stands for the machine's root; nothing else is read.
package node
