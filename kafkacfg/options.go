package kafkacfg

import (
	"io/fs"

	"github.com/kcfg/kcfg/finding"
)

// Options say how to judge a file. The zero value judges with the newest release that fits, guesses the kind and runs
// every rule.
type Options struct {
	// Release is one of Releases; ParseRelease makes one of a line such as "3.9". Empty: the newest that fits.
	Release Release
	// Kind is what the file configures. Empty: what GuessKind says.
	Kind Kind
	// Through is the last stage to judge: load, config, log or start; empty: all of them.
	Through finding.Stage
	// Root is the file system of the target machine, for what config providers read: /etc/kafka/secrets is looked up as
	// etc/kafka/secrets. Nil: not known, and what depends on it is undetermined.
	Root fs.FS
	// Env is the environment of the target process, for config providers.
	Env func(string) (string, bool)
	// Classes are further classes on the class path, by their full names. They are taken to have the type that a key asks
	// for. ClassesExact says that nothing is there but them and the release's own classes, so that any other refuses.
	Classes      []string
	ClassesExact bool
	// Plugins are prefixes of keys that belong to plug-ins, such as "confluent.".
	Plugins []string
	// Rules sets the level of rules by their IDs; others than those of RuleIDs are ignored. What refuses cannot be switched off.
	Rules map[string]Level
	// Brokers is the number of brokers of the cluster, and Replicas the replication factor of a topic; 0: not known.
	Brokers, Replicas int
}

// Level is what the caller makes of a rule.
type Level string

// The levels of a rule; the empty one is the rule's own.
const (
	Off     Level = "off"
	Info    Level = "info"
	Warning Level = "warning"
	Error   Level = "error"
)

// through returns the last stage to judge, which is one of this package's.
func (o *Options) through() finding.Stage {
	switch o.Through {
	case finding.Load, finding.Config, finding.Log:
		return o.Through
	}
	return finding.Start
}
