package zkcfg_test

import (
	"fmt"

	"github.com/kcfg/kcfg/properties"
	"github.com/kcfg/kcfg/zkcfg"
)

func ExampleValidate() {
	f, err := properties.Parse("zoo.cfg", []byte("dataDir=/data\nclientPort=2181 # for Kafka\n"))
	if err != nil {
		panic(err)
	}
	r, err := zkcfg.Validate(f, zkcfg.Options{Release: "3.5.7"})
	if err != nil {
		panic(err)
	}
	fmt.Println(r.Verdict, r.Stage)
	for _, found := range r.Findings {
		if found.Refuses() {
			fmt.Println(found.Pos, found.Message)
		}
	}
	// Output:
	// refuses config
	// zoo.cfg:2:12 clientPort is "2181 # for Kafka"; it must be a number
}

// What a server makes of its file, defaults included.
func ExampleResolve() {
	f, err := properties.Parse("zoo.cfg", []byte(`dataDir=/data
clientPort=2181
initLimit=10
syncLimit=5
server.1=zk1.example.com:2888:3888
server.2=zk2.example.com:2888:3888
server.3=zk3.example.com:2888:3888
`))
	if err != nil {
		panic(err)
	}
	c, err := zkcfg.Resolve(f, zkcfg.Options{Release: "3.8.4", MyID: []byte("2\n")})
	if err != nil {
		panic(err)
	}
	fmt.Println(c.Mode, c.ID, c.Client, c.TickTime)
	for _, s := range c.Servers {
		fmt.Println(s.ID, s.Role, s.Quorum[0], s.Election[0])
	}
	// Output:
	// distributed 2 0.0.0.0:2181 3000
	// 1 participant zk1.example.com:2888 zk1.example.com:3888
	// 2 participant zk2.example.com:2888 zk2.example.com:3888
	// 3 participant zk3.example.com:2888 zk3.example.com:3888
}

// The files of several servers, looked at together.
func ExampleCompare() {
	const ensemble = "initLimit=10\nsyncLimit=5\nserver.1=zk1:2888:3888\nserver.2=zk2:2888:3888\nserver.3=zk3:2888:3888\n"
	var all []*zkcfg.Config
	for i, own := range []string{"tickTime=2000\n", "tickTime=3000\n"} {
		f, err := properties.Parse(fmt.Sprintf("zk%d/zoo.cfg", i+1), []byte("dataDir=/data\nclientPort=2181\n"+own+ensemble))
		if err != nil {
			panic(err)
		}
		c, err := zkcfg.Resolve(f, zkcfg.Options{Release: "3.8.4", MyID: []byte{byte('1' + i)}})
		if err != nil {
			panic(err)
		}
		all = append(all, c)
	}
	for _, f := range zkcfg.Compare(all) {
		fmt.Println(f.Pos, f.Message)
	}
	// Output:
	// zk2/zoo.cfg:3:10 tickTime is 3000, but 2000 in zk1/zoo.cfg
}

func ExampleLookupKey() {
	key, ok := zkcfg.LookupKey("3.8.4", "autopurge.purgeInterval")
	fmt.Println(ok, key.Type, key.Default, key.Source)
	_, ok = zkcfg.LookupKey("3.8.4", "autopurge.interval")
	fmt.Println(ok)
	// Output:
	// true int 0 file
	// false
}
