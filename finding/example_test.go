package finding_test

import (
	"fmt"
	"os"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/kafkacfg"
	"github.com/kcfg/kcfg/properties"
)

// report is what Kafka 3.9.1 says about a file, and the file itself.
func report() (*properties.File, finding.Report) {
	f, err := properties.Parse("server.properties", []byte("zookeeper.connect=zk1:2181\nbroker.id=0 # the first\n"))
	if err != nil {
		panic(err)
	}
	r, err := kafkacfg.Validate(f, kafkacfg.Options{Release: "3.9.1", Kind: kafkacfg.Broker, Rules: map[string]kafkacfg.Level{
		"kafka-log-dir-temporary": kafkacfg.Off, "kafka-auto-create-topics": kafkacfg.Off, "kafka-advertised-implicit": kafkacfg.Off,
	}})
	if err != nil {
		panic(err)
	}
	return f, r
}

func ExampleWriteText() {
	f, r := report()
	hidden := properties.HideValues(kafkacfg.SecretKey)
	err := finding.WriteText(os.Stdout, []finding.Report{r}, finding.TextOptions{
		Source: func(p finding.Position) (finding.Excerpt, bool) { return f.Excerpt(p, hidden) },
	})
	if err != nil {
		panic(err)
	}
	fmt.Println(r.Verdict, "at stage", r.Stage)
	// Output:
	// error[kafka-value-type]: broker.id is 0 # the first, not a whole number
	//   --> server.properties:2:11
	//     |
	//   2 | broker.id=0 # the first
	//     |           ^^^^^^^^^^^^^
	//     |
	//     = help: put the comment on a line of its own: behind a value it is part of it
	//     = fix: move the comment to the line above
	//     = see: kcfg explain kafka-value-type
	// refuses at stage config
}

func ExampleWriteGitHub() {
	_, r := report()
	if err := finding.WriteGitHub(os.Stdout, []finding.Report{r}, nil); err != nil {
		panic(err)
	}
	// Output:
	// ::error file=server.properties,line=2,col=11,endLine=2,endColumn=24,title=kafka-value-type::broker.id is 0 # the first, not a whole number%0Ahelp: put the comment on a line of its own: behind a value it is part of it
}

func ExampleCount() {
	_, r := report()
	c := finding.Count([]finding.Report{r})
	fmt.Println(c)
	fmt.Println(c.Fixable, "with a safe fix; the worst is", r.Worst())
	// Output:
	// 1 error
	// 1 with a safe fix; the worst is error
}
