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
