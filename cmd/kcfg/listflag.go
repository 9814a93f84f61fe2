package main

import (
	"strings"

	"github.com/spf13/pflag"
)

// list is a flag that may be given several times. pflag's own writes its default as CSV, which costs a start more than all
// the rest of making a flag.
type list struct{ values *[]string }

func (l list) String() string {
	if l.values == nil {
		return ""
	}
	return strings.Join(*l.values, ",")
}

func (l list) Type() string { return "stringArray" }

func (l list) Set(v string) error {
	*l.values = append(*l.values, v)
	return nil
}

// listFlag adds a flag that may be given several times.
func listFlag(flags *pflag.FlagSet, target *[]string, name, usage string) {
	flags.Var(list{target}, name, usage)
}
