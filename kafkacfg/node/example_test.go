package node_test

import (
	"fmt"
	"testing/fstest"

	"github.com/kcfg/kcfg/kafkacfg"
	"github.com/kcfg/kcfg/kafkacfg/node"
	"github.com/kcfg/kcfg/properties"
)

func Example() {
	machine := fstest.MapFS{ // os.DirFS("/") on the machine itself
		"data/lost+found":       {Mode: 0o755 | 1<<31},
		"data/meta.properties":  {Data: []byte("version=0\nbroker.id=1\n")},
		"etc/kafka/secrets.txt": {Data: []byte("...")},
	}
	f, err := properties.Parse("server.properties", []byte(`broker.id=1
zookeeper.connect=zk1:2181
listeners=PLAINTEXT://kafka1:9092
log.dirs=/data
`))
	if err != nil {
		panic(err)
	}
	r, err := node.Validate(f, node.Options{Options: kafkacfg.Options{Release: "3.9.1"}, Root: machine})
	if err != nil {
		panic(err)
	}
	fmt.Println(r.Verdict, "at stage", r.Stage)
	for _, x := range r.Findings {
		if x.Refuses() {
			fmt.Println(x.Pos, x.Message)
		}
	}
	// Output:
	// refuses at stage environment
	// server.properties:4:10 /data holds the directory lost+found, which is no partition: the broker does not start
}
