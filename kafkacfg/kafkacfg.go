// Package kafkacfg knows the configuration of Apache Kafka: every key of every release, and what the real classes of a
// release say about a properties file.
package kafkacfg
