package kafkacfg

import (
	"strconv"
	"strings"
	"sync"
)

// Check names what a [Validator] does. Those with a meaning of their own, below the first group, are Kafka code: their
// names are data here, and the package has one function for each.
type Check string

// The checks that are data alone.
const (
	CheckRange             Check = "range"               // Min to Max, both inclusive and either may be missing; compared as doubles, so NaN passes
	CheckRangeOr           Check = "range-or"            // one of Values, or as CheckRange
	CheckIn                Check = "in"                  // one of Values
	CheckInAnyCase         Check = "in-any-case"         // one of Values, upper case or lower
	CheckListIn            Check = "list-in"             // up to 4.1: every element one of Values
	CheckList              Check = "list"                // from 4.2: no empty element; Empty and Null say what else may be; Values as CheckListIn where there are any
	CheckListSize          Check = "list-size"           // at most Max elements
	CheckNonNull           Check = "non-null"            // always true of what stands in a file
	CheckNonEmpty          Check = "non-empty"           // not the empty string
	CheckNonEmptyPrintable Check = "non-empty-printable" // not empty, no ISO control characters
	CheckAll               Check = "all"                 // every one of All
)

// The checks that are code.
const (
	CheckAPIVersion        Check = "api-version"              // up to 3.2: a version of Values, or its short name
	CheckMetadataVersion   Check = "metadata-version"         // 3.3 to 3.9: the same by other rules
	CheckThrottledReplicas Check = "throttled-replicas"       // *, or PARTITION:BROKER pairs
	CheckQuorumVoters      Check = "quorum-voters"            // ID@HOST:PORT, several
	CheckQuorumBootstrap   Check = "quorum-bootstrap-servers" // HOST:PORT, several
	CheckOffsetReset       Check = "offset-reset"             // one of Values, or by_duration: and an ISO 8601 duration that is not negative
	CheckTopologyOptimize  Check = "topology-optimization"    // all or none alone, or other Values
	CheckApplicationServer Check = "application-server"       // empty, HOST:PORT or PROTOCOL://HOST:PORT
	CheckRESTListeners     Check = "rest-listeners"           // URLs
	CheckAdminListeners    Check = "rest-admin-listeners"     // URLs, or nothing
	CheckResponseHeaders   Check = "rest-response-headers"    // [ACTION] NAME:VALUE rules
	CheckMACAlgorithm      Check = "mac-algorithm"            // an algorithm that the JVM knows
	CheckMACAlgorithms     Check = "mac-algorithms"           // one or more of them
	CheckKeyGenerator      Check = "key-generator"            // an algorithm that the JVM knows
	CheckReplication       Check = "replication-factor"       // -1 or more than 0
	CheckUniqueAliases     Check = "unique-aliases"           // names of transformations or predicates
	CheckPluginVersion     Check = "plugin-version"           // a Maven version range
	CheckConcreteSubclass  Check = "concrete-subclass"        // a class that can be made, of the type in Values
	CheckInstantiable      Check = "instantiable"             // a class with a public constructor without parameters
)

// Validator says which values of the right type a key takes.
type Validator struct {
	Check  Check       `json:"check"`
	Min    string      `json:"min,omitempty"` // a number, as Java writes it
	Max    string      `json:"max,omitempty"`
	Values []string    `json:"values,omitempty"`
	Empty  bool        `json:"empty,omitempty"` // CheckList: the empty list is allowed
	Null   bool        `json:"null,omitempty"`  // CheckList: no value at all is allowed
	All    []Validator `json:"all,omitempty"`
}

// InRange reports whether x lies between Min and Max, compared as Kafka does.
func (v *Validator) InRange(x float64) bool {
	if least, err := strconv.ParseFloat(v.Min, 64); err == nil && x < least {
		return false
	}
	most, err := strconv.ParseFloat(v.Max, 64)
	return err != nil || !(x > most)
}

var checkTexts = sync.OnceValue(func() map[Check]string {
	return map[Check]string{
		CheckNonNull:           "any",
		CheckNonEmpty:          "not empty",
		CheckNonEmptyPrintable: "not empty, no control characters",
		CheckAPIVersion:        "a version of Kafka up to this release",
		CheckMetadataVersion:   "a version of Kafka up to this release",
		CheckThrottledReplicas: "* or PARTITION:BROKER,...",
		CheckQuorumVoters:      "ID@HOST:PORT,...",
		CheckQuorumBootstrap:   "HOST:PORT,...",
		CheckApplicationServer: "empty, HOST:PORT or PROTOCOL://HOST:PORT",
		CheckRESTListeners:     "URL,...",
		CheckAdminListeners:    "URL,... or empty",
		CheckResponseHeaders:   "ACTION NAME:VALUE,...",
		CheckMACAlgorithm:      "a MAC algorithm of the JVM",
		CheckMACAlgorithms:     "MAC algorithms of the JVM",
		CheckKeyGenerator:      "a key generator of the JVM",
		CheckReplication:       "1 or more, or -1 for the brokers' default",
		CheckUniqueAliases:     "names that differ",
		CheckPluginVersion:     "a version or a range of versions",
		CheckInstantiable:      "a class with a public constructor without parameters",
	}
})

// String says in a few words which values pass: "0..100", "one of a, b".
func (v *Validator) String() string {
	if v == nil {
		return ""
	}
	values := strings.Join(v.Values, ", ")
	switch v.Check {
	case CheckRange:
		return v.rangeText()
	case CheckRangeOr:
		return v.rangeText() + ", or " + values
	case CheckIn:
		return "one of " + values
	case CheckInAnyCase:
		return "one of " + values + " (upper or lower case)"
	case CheckListIn:
		return "list of " + values
	case CheckList:
		return v.listText()
	case CheckListSize:
		return "at most " + v.Max + " elements"
	case CheckOffsetReset:
		return "one of " + values + ", or by_duration:PnDTnHnMn.nS"
	case CheckTopologyOptimize:
		return "one of all, none, or a list of " + values
	case CheckConcreteSubclass:
		return "a class that extends " + values
	case CheckAll:
		var parts []string
		for i := range v.All {
			parts = append(parts, v.All[i].String())
		}
		return strings.Join(parts, "; ")
	}
	if text, ok := checkTexts()[v.Check]; ok {
		return text
	}
	return string(v.Check)
}

func (v *Validator) rangeText() string {
	switch {
	case v.Min == "":
		return "at most " + v.Max
	case v.Max == "":
		return "at least " + v.Min
	}
	return v.Min + ".." + v.Max
}

func (v *Validator) listText() string {
	text := "list without empty elements"
	if len(v.Values) > 0 {
		text = "list of " + strings.Join(v.Values, ", ")
	}
	if !v.Empty {
		text += ", not empty"
	}
	return text
}
