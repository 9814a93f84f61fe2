package kafkacfg

import (
	"errors"
	"fmt"
	"slices"
)

// Kind is what a properties file configures. The empty Kind means: guess it.
type Kind string

// The kinds of files.
const (
	Broker             Kind = "broker"   // server.properties, of brokers and of KRaft controllers
	Topic              Kind = "topic"    // a topic's own configuration
	Producer           Kind = "producer" //
	Consumer           Kind = "consumer"
	Admin              Kind = "admin"               // the admin client
	ConnectDistributed Kind = "connect-distributed" // a Connect worker of a cluster
	ConnectStandalone  Kind = "connect-standalone"  // a Connect worker on its own
	MirrorMaker        Kind = "mirror-maker"        // the dedicated MirrorMaker 2 process
	Streams            Kind = "streams"
	Group              Kind = "group"          // a group's own configuration, from 4.0
	ShareConsumer      Kind = "share-consumer" // from 4.1
)

var kinds = []Kind{
	Broker, Topic, Producer, Consumer, Admin, ConnectDistributed, ConnectStandalone, MirrorMaker, Streams, Group, ShareConsumer,
}

// Kinds returns every kind.
func Kinds() []Kind { return slices.Clone(kinds) }

// ErrUnknownKind is what ParseKind returns for a text that names no kind.
var ErrUnknownKind = errors.New("unknown kind of configuration")

// ParseKind reads a kind such as "broker".
func ParseKind(s string) (Kind, error) {
	if k := Kind(s); slices.Contains(kinds, k) {
		return k, nil
	}
	return "", fmt.Errorf("%w %q", ErrUnknownKind, s)
}
