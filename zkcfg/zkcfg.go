// Package zkcfg knows the configuration files of Apache ZooKeeper: zoo.cfg or zookeeper.properties, the myid file and the
// dynamic file. It says what a release makes of them: whether the server starts, in which mode, with which servers, and
// what is wrong with it that the server does not say.
//
//	f, err := properties.Parse("zoo.cfg", data)
//	report, err := zkcfg.Validate(f, zkcfg.Options{Release: "3.8.4", Root: os.DirFS("/")})
//
// [Resolve] returns what the server makes of the file: its servers, ports and limits, defaults included. [Compare] looks at
// the files of several servers together. [Keys] and [LookupKey] return what a release knows of a key, [Explain] the page of
// a rule.
//
// The verdict follows QuorumPeerConfig.parse (stage config), what QuorumPeerMain and ZooKeeperServerMain ask before they
// serve (stage start), and what lies on the machine (stage environment); tests compare it with those classes.
//
// Nothing here touches disk, network, clock or environment, and everything is safe for concurrent use.
package zkcfg
