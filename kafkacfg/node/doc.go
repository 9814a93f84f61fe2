// Package node judges one Kafka process: its properties file together with the key and trust stores, PEM files, JAAS
// configuration and directories that the file names. It adds the stages security and environment to those of kafkacfg.
//
// The files come from an fs.FS that stands for the machine's root; nothing else is read.
package node
