// Command kcfg prepares Apache Kafka and ZooKeeper clusters: key and trust stores from PEM files, and properties files
// checked with the verdict of the real server.
package main

import "os"

func main() { os.Exit(run(system())) }
