package properties_test

import (
	"fmt"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/properties"
)

// Of duplicates the last counts, as in Java.
func ExampleFile_Effective() {
	f, err := properties.Parse("server.properties", []byte("num.partitions=3\nnode.id = 1\nnum.partitions=6\n"))
	if err != nil {
		panic(err)
	}
	for e := range f.Effective() {
		fmt.Println(e.KeyPos(), e.Key, e.Value)
	}
	// Output:
	// server.properties:2:1 node.id 1
	// server.properties:3:1 num.partitions 6
}

// Edits say what would change; Apply changes it.
func ExampleFile_Apply() {
	f, err := properties.Parse("server.properties", []byte("# topics\nnum.partitions : 3\n"))
	if err != nil {
		panic(err)
	}
	edit := f.SetEdit("num.partitions", "6")
	fmt.Println(edit.Start, edit.End, edit.New)
	if err := f.Apply([]finding.Edit{edit}); err != nil {
		panic(err)
	}
	fmt.Printf("%s", f.Bytes())
	// Output:
	// 26 27 6
	// # topics
	// num.partitions : 6
}

// What stands for no file, such as a topic's configuration from an Admin API.
func ExampleFromMap() {
	f := properties.FromMap("orders", map[string]string{"retention.ms": "86400000", "cleanup.policy": "delete"})
	fmt.Printf("%s", f.Bytes())
	// Output:
	// cleanup.policy=delete
	// retention.ms=86400000
}

// Secrets stay out of diffs and logs.
func ExampleFile_Redacted() {
	f, err := properties.Parse("server.properties", []byte("ssl.keystore.location=/etc/kafka/kafka1.p12\nssl.keystore.password=vZ8\n"))
	if err != nil {
		panic(err)
	}
	fmt.Print(f.Redacted(properties.HideValues(func(key string) bool { return key == "ssl.keystore.password" })))
	// Output:
	// ssl.keystore.location=/etc/kafka/kafka1.p12
	// ssl.keystore.password=[hidden]
}
