// Package zkcfg knows the configuration files of Apache ZooKeeper: zoo.cfg or zookeeper.properties, the myid file and the
// dynamic file. It says what a release makes of them: whether the server starts, in which mode, with which servers, and
// what is wrong with it that the server does not say.
package zkcfg
