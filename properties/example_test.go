package properties_test

import (
	"fmt"

	"github.com/kcfg/kcfg/properties"
)

func Example() {
	src := "# who we are\nnode.id=1\nlisteners = PLAINTEXT://:9092,\\\n            SSL://:9093\n"
	f, err := properties.Parse("server.properties", []byte(src))
	if err != nil {
		fmt.Println(err)
		return
	}
	f.Set("node.id", "2")
	f.Set("advertised.listeners", "SSL://k2.example.org:9093")
	listeners, _ := f.Lookup("listeners")
	fmt.Println(listeners.Value, "at", listeners.ValueRange(18, len(listeners.Value)))
	fmt.Printf("%s", f.Bytes())
	// Output:
	// PLAINTEXT://:9092,SSL://:9093 at server.properties:4:13
	// # who we are
	// node.id=2
	// listeners = PLAINTEXT://:9092,\
	//             SSL://:9093
	// advertised.listeners=SSL://k2.example.org:9093
}
